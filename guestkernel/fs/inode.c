/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names and directories; fs/contents.c has what is in the files. */
#include "fs/inode.h"

#include "abi/errno.h"
#include "abi/limits.h"
#include "fs/contents.h"
#include "lib/panic.h"
#include "lib/string.h"
#include "mm/kmalloc.h"

struct entry {
	struct list link; /* tree_lock */
	struct inode *inode;
	uint64_t place; /* constant; never used twice in a directory */
	size_t length;
	char name[]; /* no NUL */
};

static struct sleeplock tree_lock;
static struct inode *root;
static uint32_t next_number; /* tree_lock */

static struct inode *make_inode(enum inode_type type)
{
	struct inode *inode = kmalloc(sizeof(*inode));

	if (inode == NULL)
		return NULL;
	memset(inode, 0, sizeof(*inode));
	inode->type = type;
	inode->number = ++next_number;
	list_init(&inode->entries);
	sleeplock_init(&inode->lock, "inode");
	return inode;
}

void inode_init_root(void)
{
	sleeplock_init(&tree_lock, "tree_lock");
	root = make_inode(INODE_DIRECTORY);
	if (root == NULL)
		panic("boot: no memory for the file system");
	root->links = 1;
	root->parent = root;
}

struct inode *inode_root(void)
{
	return root;
}

void inode_hold(struct inode *inode)
{
	sleeplock_acquire(&tree_lock);
	inode->refs++;
	sleeplock_release(&tree_lock);
}

void inode_put(struct inode *inode)
{
	bool last;

	sleeplock_acquire(&tree_lock);
	assert(inode->refs > 0);
	inode->refs--;
	last = inode->refs == 0 && inode->links == 0;
	sleeplock_release(&tree_lock);
	/* No name leads to it and nobody holds it: it is ours alone. */
	if (last) {
		contents_free(inode);
		kfree(inode);
	}
}

static struct entry *find_entry(const struct inode *dir, const char *name, size_t length)
{
	LIST_FOR_EACH(it, &dir->entries) {
		struct entry *e = LIST_ENTRY(it, struct entry, link);

		if (e->length == length && memcmp(e->name, name, length) == 0)
			return e;
	}
	return NULL;
}

static bool is_dots(const char *name, size_t length)
{
	return (length == 1 && name[0] == '.') ||
	       (length == 2 && name[0] == '.' && name[1] == '.');
}

/* What `name` is in `dir`, or NULL. */
static struct inode *step(struct inode *dir, const char *name, size_t length)
{
	struct entry *e;

	if (length == 1 && name[0] == '.')
		return dir;
	if (length == 2 && name[0] == '.' && name[1] == '.')
		return dir->parent;
	e = find_entry(dir, name, length);
	return e != NULL ? e->inode : NULL;
}

/* The next component of *path; 0 at the end.  *path moves behind it. */
static int next_component(const char **path, const char **name, size_t *length)
{
	const char *at = *path;

	while (*at == '/')
		at++;
	*name = at;
	while (*at != '\0' && *at != '/')
		at++;
	*length = (size_t)(at - *name);
	*path = at;
	return *length > NAME_MAX ? -ENAMETOOLONG : 0;
}

/*
 * Walks to the directory of the last component.  *name and *length get that component;
 * a length of 0 means that the path is the root itself.
 */
static int walk_to_parent(const char *path, struct inode **dir, const char **name,
                          size_t *length)
{
	struct inode *at = root;
	int error = next_component(&path, name, length);

	assert(sleeplock_held(&tree_lock));
	while (error == 0 && *length > 0) {
		const char *next;
		size_t next_length;

		if (at->type != INODE_DIRECTORY)
			return -ENOTDIR;
		error = next_component(&path, &next, &next_length);
		if (error != 0 || next_length == 0)
			break;
		at = step(at, *name, *length);
		if (at == NULL)
			return -ENOENT;
		*name = next;
		*length = next_length;
	}
	*dir = at;
	return error;
}

static int lookup_locked(const char *path, struct inode **inode)
{
	const char *name;
	size_t length;
	struct inode *dir;
	int error = walk_to_parent(path, &dir, &name, &length);

	if (error != 0)
		return error;
	*inode = length == 0 ? dir : step(dir, name, length);
	if (*inode == NULL)
		return -ENOENT;
	/* "file/" asks for a directory. */
	if (name[length] == '/' && (*inode)->type != INODE_DIRECTORY)
		return -ENOTDIR;
	return 0;
}

int inode_lookup(const char *path, struct inode **inode)
{
	int error = -ENOENT;

	if (*path == '\0')
		return error;
	sleeplock_acquire(&tree_lock);
	error = lookup_locked(path, inode);
	if (error == 0)
		(*inode)->refs++;
	sleeplock_release(&tree_lock);
	return error;
}

static int add_entry(struct inode *dir, const char *name, size_t length,
                     enum inode_type type, struct inode **inode)
{
	struct entry *e = kmalloc(sizeof(*e) + length);

	if (e == NULL)
		return -ENOMEM;
	*inode = make_inode(type);
	if (*inode == NULL) {
		kfree(e);
		return -ENOMEM;
	}
	(*inode)->parent = dir;
	(*inode)->links = 1;
	(*inode)->refs = 1;
	e->inode = *inode;
	e->place = dir->next_place++;
	e->length = length;
	memcpy(e->name, name, length);
	list_append(&dir->entries, &e->link);
	return 0;
}

static int create_locked(const char *path, enum inode_type type, struct inode **inode)
{
	const char *name;
	size_t length;
	struct inode *dir;
	int error = walk_to_parent(path, &dir, &name, &length);

	if (error != 0)
		return error;
	if (length == 0)
		return -EEXIST;
	if (dir->type != INODE_DIRECTORY)
		return -ENOTDIR;
	if (is_dots(name, length))
		return -EINVAL;
	if (find_entry(dir, name, length) != NULL)
		return -EEXIST;
	if (name[length] == '/' && type != INODE_DIRECTORY)
		return -ENOENT;
	return add_entry(dir, name, length, type, inode);
}

int inode_create(const char *path, enum inode_type type, struct inode **inode)
{
	int error = -ENOENT;

	if (*path == '\0')
		return error;
	sleeplock_acquire(&tree_lock);
	error = create_locked(path, type, inode);
	sleeplock_release(&tree_lock);
	return error;
}

int64_t inode_entry(struct inode *dir, uint64_t *place, char *name, size_t size)
{
	int64_t n = 0;

	if (dir->type != INODE_DIRECTORY)
		return -ENOTDIR;
	sleeplock_acquire(&tree_lock);
	LIST_FOR_EACH(it, &dir->entries) {
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
