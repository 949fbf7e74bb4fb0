/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What gives, takes and changes names.  tree_lock is held through each. */
#include "abi/errno.h"
#include "abi/limits.h"
#include "fs/tree.h"
#include "lib/panic.h"
#include "lib/string.h"
#include "mm/kmalloc.h"

/* The walk's name for a new inode, which keeps only that link if it is not held. */
static int name_new(const struct walk *w, struct inode *inode)
{
	int error = -ENOSPC;

	if (inode != NULL)
		error = tree_add(w->dir, w->name, w->length, inode);
	if (error != 0 && inode != NULL) {
		inode->refs--;
		tree_free_unused(inode);
	}
	return error;
}

static int create_locked(const struct walk *w, enum inode_type type, bool reuse,
                         struct inode **inode)
{
	if (w->inode != NULL) {
		*inode = w->inode;
		if (!reuse)
			return -EEXIST;
		w->inode->refs++;
		return 0;
	}
	if (tree_is_dots(w) || (w->slash && type != INODE_DIRECTORY))
		return -ENOENT;
	*inode = tree_make_inode(type);
	return name_new(w, *inode);
}

int inode_create(struct inode *from, const char *path, enum inode_type type, bool reuse,
                 struct inode **inode)
{
	struct walk w;
	int error;

	sleeplock_acquire(&tree_lock);
	error = walk_start(&w, from, path, reuse);
	if (error == 0)
		error = create_locked(&w, type, reuse, inode);
	walk_end(&w);
	sleeplock_release(&tree_lock);
	return error;
}

static int symlink_locked(const struct walk *w, const char *target)
{
	size_t n = strlen(target) + 1;
	struct inode *inode;
	int error;

	if (w->inode != NULL)
		return -EEXIST;
	if (tree_is_dots(w) || w->slash)
		return -ENOENT;
	inode = tree_make_inode(INODE_SYMLINK);
	if (inode == NULL)
		return -ENOSPC;
	inode->target = kmalloc(n);
	if (inode->target == NULL) {
		inode->refs--;
		tree_free_unused(inode);
		return -ENOSPC;
	}
	memcpy(inode->target, target, n);
	error = name_new(w, inode);
	if (error == 0)
		inode->refs--;
	return error;
}

int inode_symlink(struct inode *from, const char *path, const char *target)
{
	struct walk w;
	int error;

	sleeplock_acquire(&tree_lock);
	error = walk_start(&w, from, path, false);
	if (error == 0)
		error = symlink_locked(&w, target);
	walk_end(&w);
	sleeplock_release(&tree_lock);
	return error;
}

/* Both paths of a link or a rename; the first must lead to something. */
static int walk_two(struct walk *a, struct walk *b, struct inode *from, const char *old,
                    const char *path)
{
	int error = walk_start(a, from, old, false);

	*b = (struct walk){.dir = from};
	if (error == 0 && a->inode == NULL)
		error = -ENOENT;
	if (error == 0)
		error = walk_start(b, from, path, false);
	return error;
}

int inode_link(struct inode *from, const char *old, const char *path)
{
	struct walk a;
	struct walk b;
	int error;

	sleeplock_acquire(&tree_lock);
	error = walk_two(&a, &b, from, old, path);
	if (error == 0 && a.inode->type == INODE_DIRECTORY)
		error = -EISDIR;
	if (error == 0 && b.inode != NULL)
		error = -EEXIST;
	if (error == 0 && (tree_is_dots(&b) || b.slash))
		error = -ENOENT;
	if (error == 0)
		error = tree_add(b.dir, b.name, b.length, a.inode);
	walk_end(&b);
	walk_end(&a);
	sleeplock_release(&tree_lock);
	return error;
}

int inode_remove(struct inode *from, const char *path)
{
	struct walk w;
	int error;

	sleeplock_acquire(&tree_lock);
	error = walk_start(&w, from, path, false);
	if (error == 0 && w.inode == NULL)
		error = -ENOENT;
	if (error == 0 && w.inode->type == INODE_DIRECTORY)
		error = -EISDIR;
	if (error == 0)
		tree_remove(w.dir, tree_find(w.dir, w.name, w.length));
	walk_end(&w);
	sleeplock_release(&tree_lock);
	return error;
}

int inode_rmdir(struct inode *from, const char *path)
{
	struct walk w;
	int error;

	sleeplock_acquire(&tree_lock);
	error = walk_start(&w, from, path, false);
	if (error == 0 && (w.length == 0 || tree_is_dots(&w)))
		error = -EINVAL;
	if (error == 0 && w.inode == NULL)
		error = -ENOENT;
	if (error == 0 && w.inode->type != INODE_DIRECTORY)
		error = -ENOTDIR;
	if (error == 0 && !list_empty(&w.inode->entries))
		error = -ENOTEMPTY;
	if (error == 0)
		tree_remove(w.dir, tree_find(w.dir, w.name, w.length));
	walk_end(&w);
	sleeplock_release(&tree_lock);
	return error;
}

static bool is_inside(const struct inode *dir, const struct inode *what)
{
	for (; dir != NULL && dir != inode_root(); dir = dir->parent)
		if (dir == what)
			return true;
	return dir == what;
}

/* Whether `a` may take the name that `b` leads to. */
static int check_rename(const struct walk *a, const struct walk *b)
{
	bool directory = a->inode->type == INODE_DIRECTORY;

	if (a->length == 0 || tree_is_dots(a) || b->length == 0 || tree_is_dots(b))
		return -EINVAL;
	if (directory && is_inside(b->dir, a->inode))
		return -EINVAL;
	if (b->inode == NULL)
		return b->slash && !directory ? -ENOTDIR : 0;
	if (!directory)
		return b->inode->type == INODE_DIRECTORY ? -EISDIR : 0;
	if (b->inode->type != INODE_DIRECTORY)
		return -ENOTDIR;
	return list_empty(&b->inode->entries) ? 0 : -ENOTEMPTY;
}

/*
 * The new name is there before the old one goes, so that a failure changes nothing; the
 * two links in between are nobody's business, since tree_lock is held.
 */
static int rename_locked(const struct walk *a, const struct walk *b)
{
	struct inode *inode = a->inode;
	struct entry *replaced;
	int error = check_rename(a, b);

	if (error != 0 || a->inode == b->inode)
		return error;
	replaced = tree_find(b->dir, b->name, b->length);
	error = tree_add(b->dir, b->name, b->length, inode);
	if (error != 0)
		return error;
	if (replaced != NULL)
		tree_remove(b->dir, replaced);
	tree_remove(a->dir, tree_find(a->dir, a->name, a->length));
	return 0;
}

int inode_rename(struct inode *from, const char *old, const char *path)
{
	struct walk a;
	struct walk b;
	int error;

	sleeplock_acquire(&tree_lock);
	error = walk_two(&a, &b, from, old, path);
	if (error == 0)
		error = rename_locked(&a, &b);
	walk_end(&b);
	walk_end(&a);
	sleeplock_release(&tree_lock);
	return error;
}
