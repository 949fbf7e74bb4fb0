/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a process has of the file system: its descriptors and its current directory.
 * Locking: the process's own thread only, or whoever is making the process; what is
 * behind them has its own locks.
 */
#ifndef PROC_FILES_H
#define PROC_FILES_H

#include "abi/limits.h"
#include "compiler.h"

struct file;
struct inode;

struct files {
	struct file *file[OPEN_MAX]; /* NULL: free; each holds a reference */
	int end;                     /* no descriptor at or above it is in use */
	struct inode *cwd;           /* held */
};

/* Without any open file, in the root directory.  NULL where memory is short. */
struct files *files_create(void);

/* The same open files under the same descriptors.  NULL where memory is short. */
struct files *files_copy(const struct files *from);

/* Closes them all and lets go of the directory. */
PROBED void files_destroy(struct files *files);

/* Takes the lowest free descriptor, and the caller's reference.  -EMFILE. */
int files_add(struct files *files, struct file *file);

/* The open file, good until it is closed; NULL for a bad descriptor. */
struct file *files_get(const struct files *files, int fd);

/* -EBADF. */
int files_close(struct files *files, int fd);

/* Makes `to` the same open file as `from`, closing what it was; returns `to`.  -EBADF. */
int files_dup2(struct files *files, int from, int to);

/* A directory, whose hold goes over, becomes the current one. */
void files_set_cwd(struct files *files, struct inode *dir);

#endif
