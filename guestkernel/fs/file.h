/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Open files: what a descriptor stands for.  fork() and dup2() make further descriptors
 * for the same one, which share its offset.
 */
#ifndef FS_FILE_H
#define FS_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "thread/sleeplock.h"

struct file;
struct inode;

/* What kinds of files differ in.  `bytes` are the kernel's own; n > 0. */
struct file_ops {
	int64_t (*read)(struct file *file, uint8_t *bytes, size_t n);
	int64_t (*write)(struct file *file, const uint8_t *bytes, size_t n);
	int64_t (*seek)(struct file *file, int64_t offset, int whence);
	void (*close)(struct file *file); /* the last reference is gone */
	bool is_stream; /* a read may come back short, and must not be asked twice */
};

struct file {
	const struct file_ops *ops; /* constant */
	int flags;                  /* constant; O_* of the open */
	int refs;                   /* file_lock */
	struct inode *inode;        /* constant; held; NULL for a stream */
	struct sleeplock lock;      /* not for streams; before the inode's locks */
	uint64_t offset;            /* lock; of a directory: a place, see inode_entry() */
};

/*
 * Opens `path` ("con:" is the console) with O_* flags; the caller gets one reference.
 * -EINVAL (flags), -EISDIR, -EEXIST, -ENOMEM, and what inode_lookup() and inode_create()
 * say.
 */
int file_open(const char *path, int flags, struct file **file);

/* One reference more; one less, closing the file with the last. */
struct file *file_hold(struct file *file);
void file_put(struct file *file);

/*
 * From and to the file's offset, which moves on.  -EBADF (not open for that), -EISDIR.
 */
int64_t file_read(struct file *file, uint8_t *bytes, size_t n);
int64_t file_write(struct file *file, const uint8_t *bytes, size_t n);

/* The new offset.  -EINVAL, -ESPIPE. */
int64_t file_seek(struct file *file, int64_t offset, int whence);

/* The next name of an open directory, at most n bytes; 0 at the end.  -ENOTDIR, -EBADF. */
int64_t file_next_entry(struct file *file, char *name, size_t n);

#endif
