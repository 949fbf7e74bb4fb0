/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRAP_IDT_H
#define TRAP_IDT_H

/* Builds the table (once) and loads it on this CPU. */
void idt_init(void);

#endif
