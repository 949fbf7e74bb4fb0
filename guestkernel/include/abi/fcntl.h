/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Flags of open() and origins of lseek(). */
#ifndef ABI_FCNTL_H
#define ABI_FCNTL_H

#define O_RDONLY 0
#define O_WRONLY 1
#define O_RDWR 2
#define O_ACCMODE 3
#define O_CREAT 4
#define O_EXCL 8
#define O_TRUNC 16
#define O_APPEND 32

#ifndef SEEK_SET
#define SEEK_SET 0
#define SEEK_CUR 1
#define SEEK_END 2
#endif

#endif
