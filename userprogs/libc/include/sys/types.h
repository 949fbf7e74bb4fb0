/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _SYS_TYPES_H
#define _SYS_TYPES_H

#include <stddef.h>
#include <stdint.h>

typedef int32_t pid_t;
typedef int64_t off_t;
typedef int64_t ssize_t;
typedef int64_t time_t;
typedef uint32_t mode_t;
typedef uint64_t ino_t;
typedef uint32_t dev_t;
typedef uint32_t nlink_t;
typedef int32_t uid_t;
typedef int32_t gid_t;
typedef int64_t blkcnt_t;
typedef uint32_t blksize_t;

#endif
