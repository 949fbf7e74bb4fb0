/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stat(), lstat() and fstat() fill in. */
#ifndef ABI_STAT_H
#define ABI_STAT_H

#include <stdint.h>

#define S_IFMT 0170000
#define S_IFCHR 0020000
#define S_IFDIR 0040000
#define S_IFREG 0100000
#define S_IFLNK 0120000
#define S_IFIFO 0010000

#define S_ISCHR(mode) (((mode) & S_IFMT) == S_IFCHR)
#define S_ISDIR(mode) (((mode) & S_IFMT) == S_IFDIR)
#define S_ISREG(mode) (((mode) & S_IFMT) == S_IFREG)
#define S_ISLNK(mode) (((mode) & S_IFMT) == S_IFLNK)
#define S_ISFIFO(mode) (((mode) & S_IFMT) == S_IFIFO)

struct stat {
	uint64_t st_dev;
	uint64_t st_ino;
	uint32_t st_mode; /* type (S_IFMT) and permission bits */
	uint32_t st_nlink;
	int64_t st_size;   /* bytes */
	int64_t st_blocks; /* 512-byte units of memory in use */
	uint32_t st_blksize;
	uint32_t st_reserved; /* 0 */
};

#endif
