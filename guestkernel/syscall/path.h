/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside syscall/: paths as arguments. */
#ifndef SYSCALL_PATH_H
#define SYSCALL_PATH_H

#include <stdint.h>

struct inode;

/*
 * A kernel copy of the string at `user`, for kfree().  -EFAULT, -ENAMETOOLONG, -ENOMEM;
 * *path is NULL then.
 */
int path_copyin(uint64_t user, char **path);

/* The current directory of the current process. */
struct inode *path_from(void);

#endif
