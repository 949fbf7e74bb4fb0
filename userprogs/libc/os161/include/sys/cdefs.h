/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OS161_SYS_CDEFS_H
#define OS161_SYS_CDEFS_H

#define __DEAD __attribute__((__noreturn__))

#endif
