/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * To and from the memory of the current process.  The addresses come from a program and
 * may be anything: they are looked up in its address space, never followed.
 *
 * Errors: -EFAULT where the process itself could not read (write) there, -ENOMEM where a
 * page that is not there yet cannot be made.
 */
#ifndef MM_USERCOPY_H
#define MM_USERCOPY_H

#include <stddef.h>
#include <stdint.h>

int copyin(void *dst, uint64_t src, size_t n);
int copyout(uint64_t dst, const void *src, size_t n);

/*
 * Copies a string with its NUL into `size` bytes; *length (may be NULL) gets its length
 * without.  -ENAMETOOLONG where it does not fit.
 */
int copyinstr(char *dst, uint64_t src, size_t size, size_t *length);

/* Makes sure that a later copyout() of n bytes to `dst` cannot fail. */
int copyout_prepare(uint64_t dst, size_t n);

#endif
