/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OS161_SYS_CDEFS_H
#define OS161_SYS_CDEFS_H

#define __DEAD __attribute__((__noreturn__))

/*
 * OS/161's machine, the only one that its programs know: they ask for it to choose
 * addresses that no process has (0x40000000, 0x80000000) and bytes that are no
 * instruction (0x3f), and refuse to be compiled for any other.  Both hold here too.
 */
#define __mips__ 1

#endif
