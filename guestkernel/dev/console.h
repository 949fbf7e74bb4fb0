/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The console: the serial port with a line discipline.  Input is echoed and edited by
 * lines (backspace and DEL rub out, ^U the line, ^D ends the input, CR is LF).
 */
#ifndef DEV_CONSOLE_H
#define DEV_CONSOLE_H

#include <stddef.h>

void console_init(void);

/* Writes all of it; not mixed with another's up to CONSOLE_ATOMIC bytes. */
#define CONSOLE_ATOMIC 512
void console_write(const char *bytes, size_t n);

/*
 * Sleeps until a line is there and takes at most `n` bytes of it.  0 at the end of the
 * input (^D on an empty line).  No spinlock is held.
 */
size_t console_read(char *bytes, size_t n);

/* Bytes have arrived. */
void console_interrupt(void);

#endif
