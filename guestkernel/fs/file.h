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
struct named_semaphore;
struct pipe;
struct stat;

/* What kinds of files differ in.  `bytes` are the kernel's own; n > 0. */
struct file_ops {
	int64_t (*read)(struct file *file, uint8_t *bytes, size_t n);
	int64_t (*write)(struct file *file, const uint8_t *bytes, size_t n);
	int64_t (*seek)(struct file *file, int64_t offset,
	                int whence);      /* NULL: -ESPIPE */
	void (*close)(struct file *file); /* the last reference is gone */
	bool is_stream; /* a read may come back short, and must not be asked twice */
	bool is_count;  /* only `n` means something: `bytes` may be NULL */
	uint32_t mode;  /* a stream's kind, for stat */
};

struct file {
	const struct file_ops *ops;        /* constant */
	int flags;                         /* constant; O_* of the open */
	int refs;                          /* file_lock */
	struct inode *inode;               /* constant; held; NULL for a stream */
	struct pipe *pipe;                 /* constant; NULL for what is none */
	struct named_semaphore *semaphore; /* constant; held; NULL for what is none */
	struct sleeplock lock;             /* not for streams; before the inode's locks */
	uint64_t offset; /* lock; of a directory: a place, see inode_entry() */
};

/*
 * Opens `path`, from the directory `from`, with O_* flags; the caller gets one reference.
 * fs/device.h has what is no file of the tree.  -EINVAL (flags), -EISDIR, -EEXIST,
 * -ENOMEM, -ENOSPC, and what fs/inode.h says of paths; nothing has changed then.
 */
int file_open(struct inode *from, const char *path, int flags, struct file **file);

/* A new pipe: *in is what is read of it, *out what is written to it.  -ENOMEM. */
int file_pipe(struct file **in, struct file **out);

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

/*
 * Cuts or extends.  -EBADF (not open for writing), -EINVAL (no file of the tree, a size
 * below 0), -EFBIG, -ENOSPC.
 */
int file_resize(struct file *file, int64_t size);

void file_stat(struct file *file, struct stat *st);

/* The same of what is at `path`; `follow` a link at its end. */
int file_stat_path(struct inode *from, const char *path, bool follow, struct stat *st);

/* Takes the name of a file, a link or a semaphore away.  -EISDIR. */
int file_remove(struct inode *from, const char *path);

/* The next name of an open directory, at most n bytes; 0 at the end.  -ENOTDIR, -EBADF.
 */
int64_t file_next_entry(struct file *file, char *name, size_t n);

/* Inside fs/: an open file with one reference, whose hold of the inode goes over. */
struct file *file_make(const struct file_ops *ops, struct inode *inode, int flags);

#endif
