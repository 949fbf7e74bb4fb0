/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file system: a tree of directories, files and symbolic links in memory.  A file's
 * contents lie in the initrd until it is first written to, then in pages of its own.
 *
 * An inode lives while a directory names it (`links`) or somebody holds it (`refs`).
 *
 * Locks: tree_lock, a sleep lock, covers all directories, links and refs; an inode's own
 * lock a file's contents.  tree_lock comes first.
 *
 * Paths: "/" separates, "." and ".." are understood; one without a leading "/" begins at
 * the directory `from`.  Every function that takes one may return -ENOENT, -ENOTDIR,
 * -EINVAL (an empty path), -ENODEV (it begins with the name of a device: the tree has
 * none of them), -ENAMETOOLONG, -ELOOP (too many symbolic links) or -ENOMEM.
 *
 * The tree is full where there is no memory for what it is to keep: a name, an inode,
 * contents.  That is -ENOSPC of the function that was to add it.
 */
#ifndef FS_INODE_H
#define FS_INODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/list.h"
#include "thread/sleeplock.h"

struct stat;

enum inode_type {
	INODE_DIRECTORY,
	INODE_FILE,
	INODE_SYMLINK,
};

/* Larger files are refused with -EFBIG. */
#define INODE_SIZE_MAX (256ull << 20)

struct inode {
	enum inode_type type; /* constant */
	uint32_t number;      /* constant; unique since boot */
	uint32_t refs;        /* tree_lock */
	uint32_t links;       /* tree_lock */

	/* A directory's; all tree_lock. */
	struct list entries; /* by rising `place`, see fs/tree.h */
	uint64_t next_place;
	struct inode *parent; /* the root is its own; NULL once removed */

	char *target; /* a symbolic link's; constant */

	/* A file's; all `lock`. */
	struct sleeplock lock;
	uint64_t size;
	const uint8_t *image; /* contents in place; NULL: they are in pages */
	uint8_t **pages;      /* NULL entries read as zeros */
	size_t page_slots;
};

/* fs/inode.c */

/* An empty root directory. */
void inode_init_root(void);
struct inode *inode_root(void);

/* One holder more (returns `inode`); one less, freeing it with the last hold and link. */
struct inode *inode_hold(struct inode *inode);
void inode_put(struct inode *inode);

/* What is at `path`, held for the caller; `follow` a link at its end. */
int inode_lookup(struct inode *from, const char *path, bool follow, struct inode **inode);

/*
 * Makes `path` a new empty file or directory and holds it for the caller.  -EEXIST; with
 * `reuse` what is there is held instead.  -ENOSPC.
 */
int inode_create(struct inode *from, const char *path, enum inode_type type, bool reuse,
                 struct inode **inode);

/* A symbolic link at `path` that says `target`.  -EEXIST, -ENOSPC. */
int inode_symlink(struct inode *from, const char *path, const char *target);

/* A further name `path` for a file.  -EEXIST, -EISDIR, -ENOSPC. */
int inode_link(struct inode *from, const char *old, const char *path);

/* Takes the name of a file or link away.  -EISDIR. */
int inode_remove(struct inode *from, const char *path);

/* The same for an empty directory.  -ENOTEMPTY, -EINVAL (the root, "." and ".."). */
int inode_rmdir(struct inode *from, const char *path);

/*
 * Gives what is at `old` the name `path`, in place of what has it.  -EINVAL (the root,
 * "." and "..", a directory into itself), -EISDIR, -ENOTDIR, -ENOTEMPTY, -ENOSPC.
 */
int inode_rename(struct inode *from, const char *old, const char *path);

/*
 * The name of the first entry at or after *place; *place moves behind it.  At most `size`
 * bytes, no NUL; returns how many, 0 at the end.  -ENOTDIR.
 */
int64_t inode_entry(struct inode *dir, uint64_t *place, char *name, size_t size);

/* Where reading comes to the end: a file's size, the place behind a directory's entries.
 */
uint64_t inode_end(struct inode *inode);

/*
 * The path of a directory, right-aligned in `size` bytes: *start gets where it begins;
 * returns its length.  -ENOENT (it was removed), -ENAMETOOLONG.
 */
int64_t inode_path(struct inode *dir, char *buf, size_t size, size_t *start);

void inode_stat(struct inode *inode, struct stat *st);

/* fs/contents.c */

/* Returns bytes read, less than n at the end of the file. */
size_t inode_read(struct inode *inode, uint64_t offset, void *bytes, size_t n);

/* Returns bytes written: less than n only where memory ran short.  -ENOSPC, -EFBIG. */
int64_t inode_write(struct inode *inode, uint64_t offset, const void *bytes, size_t n);

/* The same at the end of the file; *end gets where that is afterwards. */
int64_t inode_append(struct inode *inode, const void *bytes, size_t n, uint64_t *end);

/* Cuts a file, or extends it with zeros.  -EFBIG, -ENOSPC. */
int inode_resize(struct inode *inode, uint64_t size);

uint64_t inode_size(struct inode *inode);

/* The contents of a new file are `n` bytes that never change nor go away. */
void inode_set_image(struct inode *inode, const uint8_t *bytes, size_t n);

#endif
