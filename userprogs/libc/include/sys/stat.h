/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _SYS_STAT_H
#define _SYS_STAT_H

#include <abi/stat.h>
#include <sys/types.h>

/* lstat() does not follow a symbolic link at the end of the path. */
int stat(const char *path, struct stat *st);
int lstat(const char *path, struct stat *st);
int fstat(int fd, struct stat *st);
int mkdir(const char *path, mode_t mode);

#endif
