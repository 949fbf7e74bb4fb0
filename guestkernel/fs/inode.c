/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inodes and directory entries; fs/names.c has what changes names. */
#include "fs/inode.h"

#include "abi/errno.h"
#include "abi/limits.h"
#include "abi/stat.h"
#include "fs/tree.h"
#include "lib/panic.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include "mm/layout.h"

#define STAT_BLOCK 512

struct sleeplock tree_lock;

static struct inode *root;   /* constant after boot */
static uint32_t next_number; /* tree_lock */

struct inode *tree_make_inode(enum inode_type type)
{
	struct inode *inode = kmalloc(sizeof(*inode));

	if (inode == NULL)
		return NULL;
	memset(inode, 0, sizeof(*inode));
	inode->type = type;
	inode->number = ++next_number;
	inode->refs = 1;
	list_init(&inode->entries);
	sleeplock_init(&inode->lock, "inode");
	return inode;
}

void tree_free_unused(struct inode *inode)
{
	assert(sleeplock_held(&tree_lock));
	if (inode->refs > 0 || inode->links > 0)
		return;
	contents_free(inode);
	kfree(inode->target);
	kfree(inode);
}

void inode_init_root(void)
{
	sleeplock_init(&tree_lock, "tree_lock");
	root = tree_make_inode(INODE_DIRECTORY);
	if (root == NULL)
		panic("boot: no memory for the file system");
	root->links = 1;
	root->parent = root;
}

struct inode *inode_root(void)
{
	return root;
}

struct inode *inode_hold(struct inode *inode)
{
	sleeplock_acquire(&tree_lock);
	inode->refs++;
	sleeplock_release(&tree_lock);
	return inode;
}

void inode_put(struct inode *inode)
{
	sleeplock_acquire(&tree_lock);
	assert(inode->refs > 0);
	inode->refs--;
	tree_free_unused(inode);
	sleeplock_release(&tree_lock);
}

struct entry *tree_find(const struct inode *dir, const char *name, size_t length)
{
	LIST_FOR_EACH(it, &dir->entries)
	{
		struct entry *e = LIST_ENTRY(it, struct entry, link);

		if (e->length == length && memcmp(e->name, name, length) == 0)
			return e;
	}
	return NULL;
}

bool tree_is_dots(const struct walk *w)
{
	return (w->length == 1 && w->name[0] == '.') ||
	       (w->length == 2 && w->name[0] == '.' && w->name[1] == '.');
}

int tree_add(struct inode *dir, const char *name, size_t length, struct inode *inode)
{
	struct entry *e;

	if (dir->links == 0)
		return -ENOENT; /* it was removed, and only those inside still see it */
	e = kmalloc(sizeof(*e) + length);
	if (e == NULL)
		return -ENOSPC;
	e->inode = inode;
	e->place = dir->next_place++;
	e->length = length;
	memcpy(e->name, name, length);
	list_append(&dir->entries, &e->link);
	inode->links++;
	if (inode->type == INODE_DIRECTORY)
		inode->parent = dir;
	return 0;
}

void tree_remove(struct inode *dir, struct entry *e)
{
	struct inode *inode = e->inode;

	assert(e == tree_find(dir, e->name, e->length) && inode->links > 0);
	list_remove(&e->link);
	kfree(e);
	inode->links--;
	if (inode->links == 0)
		inode->parent = NULL;
	tree_free_unused(inode);
}

int inode_lookup(struct inode *from, const char *path, bool follow, struct inode **inode)
{
	struct walk w;
	int error;

	sleeplock_acquire(&tree_lock);
	error = walk_start(&w, from, path, follow);
	if (error == 0 && w.inode == NULL)
		error = -ENOENT;
	if (error == 0) {
		*inode = w.inode;
		w.inode->refs++;
	}
	walk_end(&w);
	sleeplock_release(&tree_lock);
	return error;
}

int64_t inode_entry(struct inode *dir, uint64_t *place, char *name, size_t size)
{
	int64_t n = 0;

	if (dir->type != INODE_DIRECTORY)
		return -ENOTDIR;
	sleeplock_acquire(&tree_lock);
	LIST_FOR_EACH(it, &dir->entries)
	{
		const struct entry *e = LIST_ENTRY(it, struct entry, link);

		if (e->place >= *place) {
			n = (int64_t)MIN(size, e->length);
			memcpy(name, e->name, (size_t)n);
			*place = e->place + 1;
			break;
		}
	}
	sleeplock_release(&tree_lock);
	return n;
}

uint64_t inode_end(struct inode *inode)
{
	uint64_t place;

	if (inode->type != INODE_DIRECTORY)
		return inode_size(inode);
	sleeplock_acquire(&tree_lock);
	place = inode->next_place;
	sleeplock_release(&tree_lock);
	return place;
}

static const struct entry *entry_of(const struct inode *dir)
{
	LIST_FOR_EACH(it, &dir->parent->entries)
	{
		const struct entry *e = LIST_ENTRY(it, struct entry, link);

		if (e->inode == dir)
			return e;
	}
	panic("fs: a directory is not in its parent");
}

/* From the directory up, so from the end of the path to its beginning. */
static int64_t path_locked(const struct inode *dir, char *buf, size_t size, size_t *start)
{
	*start = size;
	for (; dir != root; dir = dir->parent) {
		const struct entry *e;

		if (dir->parent == NULL)
			return -ENOENT;
		e = entry_of(dir);
		if (*start < e->length + 1)
			return -ENAMETOOLONG;
		*start -= e->length + 1;
		buf[*start] = '/';
		memcpy(buf + *start + 1, e->name, e->length);
	}
	if (*start == size && size > 0)
		buf[--*start] = '/';
	return (int64_t)(size - *start);
}

int64_t inode_path(struct inode *dir, char *buf, size_t size, size_t *start)
{
	int64_t n;

	sleeplock_acquire(&tree_lock);
	n = path_locked(dir, buf, size, start);
	sleeplock_release(&tree_lock);
	return n;
}

void inode_stat(struct inode *inode, struct stat *st)
{
	static const uint32_t mode[] = {
		[INODE_DIRECTORY] = S_IFDIR | 0755,
		[INODE_FILE] = S_IFREG | 0755,
		[INODE_SYMLINK] = S_IFLNK | 0777,
	};

	*st = (struct stat){.st_ino = inode->number,
	                    .st_mode = mode[inode->type],
	                    .st_blksize = PAGE_SIZE};
	if (inode->type == INODE_SYMLINK)
		st->st_size = (int64_t)strlen(inode->target);
	else if (inode->type == INODE_FILE)
		st->st_size = (int64_t)inode_size(inode);
	st->st_blocks = (st->st_size + STAT_BLOCK - 1) / STAT_BLOCK;
	sleeplock_acquire(&tree_lock);
	st->st_nlink = inode->links;
	sleeplock_release(&tree_lock);
}
