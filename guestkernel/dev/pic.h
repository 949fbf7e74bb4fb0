/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two 8259s, which are there only to be silenced. */
#ifndef DEV_PIC_H
#define DEV_PIC_H

#include "x86.h"

#define PIC_MASTER_DATA 0x21
#define PIC_SLAVE_DATA 0xa1

static inline void pic_mask_all(void)
{
	x86_outb(PIC_MASTER_DATA, 0xff);
	x86_outb(PIC_SLAVE_DATA, 0xff);
}

#endif
