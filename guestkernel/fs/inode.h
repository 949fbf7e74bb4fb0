/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file system: a tree of directories and files in memory.  A file's contents lie in
 * the initrd until it is first written to, then in pages of its own.
 *
 * An inode lives while a directory names it (`links`) or somebody holds it (`refs`).
 *
 * Locks: tree_lock (a sleep lock, inside fs/) covers all directories, links and refs; an
 * inode's own lock its contents.  tree_lock comes first.
 */
#ifndef FS_INODE_H
#define FS_INODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/list.h"
#include "thread/sleeplock.h"

enum inode_type {
	INODE_DIRECTORY,
	INODE_FILE,
};

/* Larger files are refused with -EFBIG. */
#define INODE_SIZE_MAX (256ull << 20)

struct inode {
	enum inode_type type; /* constant */
	uint32_t number;      /* constant; unique since boot */
	uint32_t refs;        /* tree_lock */
	uint32_t links;       /* tree_lock */

	/* A directory's; all tree_lock. */
	struct list entries; /* of struct entry, by rising `place` */
	uint64_t next_place;
	struct inode *parent; /* the root is its own */

	/* A file's; all `lock`. */
	struct sleeplock lock;
	uint64_t size;
	const uint8_t *image; /* contents in place; NULL: they are in pages */
	uint8_t **pages;      /* NULL entries read as zeros */
	size_t page_slots;
};

/* An empty root directory. */
void inode_init_root(void);
struct inode *inode_root(void);

/* One holder more, one less; the last one out frees an inode without links. */
void inode_hold(struct inode *inode);
void inode_put(struct inode *inode);

/*
 * The inode at `path`, held for the caller: "/" separates, "." and ".." are understood,
 * paths without a leading "/" begin at the root too.  -ENOENT, -ENOTDIR, -ENAMETOOLONG.
 */
int inode_lookup(const char *path, struct inode **inode);

/*
 * Makes `path` a new empty file or directory in an existing directory and holds it for
 * the caller.  -EEXIST, -ENOENT, -ENOTDIR, -ENAMETOOLONG, -EINVAL (a last component of
 * "." or ".."), -ENOMEM.
 */
int inode_create(const char *path, enum inode_type type, struct inode **inode);

/*
 * The name of the first entry at or after *place; *place moves behind it.  At most `size`
 * bytes, no NUL; returns how many, 0 at the end.  -ENOTDIR.
 */
int64_t inode_entry(struct inode *dir, uint64_t *place, char *name, size_t size);

/* A file's contents.  Returns bytes read, less than n at the end of the file. */
size_t inode_read(struct inode *inode, uint64_t offset, void *bytes, size_t n);

/* Returns bytes written: less than n only where memory ran short.  -ENOSPC, -EFBIG. */
int64_t inode_write(struct inode *inode, uint64_t offset, const void *bytes, size_t n);

/* The same at the end of the file; *end gets where that is afterwards. */
int64_t inode_append(struct inode *inode, const void *bytes, size_t n, uint64_t *end);

/* Cuts the file to no bytes. */
void inode_truncate(struct inode *inode);

uint64_t inode_size(struct inode *inode);

/* The contents of a new file are `n` bytes that never change nor go away. */
void inode_set_image(struct inode *inode, const uint8_t *bytes, size_t n);

#endif
