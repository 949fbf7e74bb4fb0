/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside fs/: directory entries, inodes without their locks, and the walk along a path.
 */
#ifndef FS_TREE_H
#define FS_TREE_H

#include "fs/inode.h"

struct entry {
	struct list link;    /* tree_lock */
	struct inode *inode; /* tree_lock */
	uint64_t place;      /* constant; never used twice in a directory */
	size_t length;       /* constant */
	char name[];         /* constant; no NUL */
};

extern struct sleeplock tree_lock;

/*
 * Where a path leads.  `name` is its last component, in the path or in `buffer`; length 0
 * means that the path is `dir` itself ("/").
 */
struct walk {
	struct inode *dir;
	const char *name;
	size_t length;
	struct inode *inode; /* what has the name; NULL: nothing */
	bool slash;          /* a "/" follows: only a directory will do */
	char *buffer;        /* the module's own */
	int links;
};

/*
 * Walks along `path`, following links in the middle, and at the end too if `follow`.
 * tree_lock is held, and as long as it is the result is good.  walk_end() frees what it
 * took, after an error as well.
 */
int walk_start(struct walk *w, struct inode *from, const char *path, bool follow);
void walk_end(struct walk *w);

/* All of these: tree_lock is held. */
struct entry *tree_find(const struct inode *dir, const char *name, size_t length);
bool tree_is_dots(const struct walk *w);
int tree_add(struct inode *dir, const char *name, size_t length, struct inode *inode);
void tree_remove(struct inode *dir, struct entry *e);

/* A new inode without links, held once; NULL where memory is short. */
struct inode *tree_make_inode(enum inode_type type);
/* Frees it if it has neither links nor holders. */
void tree_free_unused(struct inode *inode);

/* Frees the pages of an inode that nobody else can reach. */
void contents_free(struct inode *inode);

#endif
