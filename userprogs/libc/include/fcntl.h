/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _FCNTL_H
#define _FCNTL_H

#include <abi/fcntl.h>
#include <sys/types.h>

/* The mode counts only with O_CREAT, and then for nothing: files have no owners. */
int open(const char *path, int flags, ...);

#endif
