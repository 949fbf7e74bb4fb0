/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "abi/errno.h"
#include "abi/limits.h"
#include "fs/device.h"
#include "fs/tree.h"
#include "lib/panic.h"
#include "lib/string.h"
#include "mm/kmalloc.h"

/* As many links as a path may lead through; a loop is told by nothing else. */
#define LINKS_MAX 8

/* The next component of *path; length 0 at the end.  *path moves behind it. */
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

static bool is_last(const char *rest)
{
	while (*rest == '/')
		rest++;
	return *rest == '\0';
}

/* What `name` is in `dir`, or NULL. */
static struct inode *step(struct inode *dir, const char *name, size_t length)
{
	struct entry *e;

	if (length == 1 && name[0] == '.')
		return dir;
	if (length == 2 && name[0] == '.' && name[1] == '.')
		return dir->parent;
	e = tree_find(dir, name, length);
	return e != NULL ? e->inode : NULL;
}

/* Makes the path what `link` says, with `rest` behind it. */
static int follow_link(struct walk *w, const struct inode *link, const char *rest)
{
	size_t head = strlen(link->target);
	size_t tail = strlen(rest);
	char *path;

	if (++w->links > LINKS_MAX)
		return -ELOOP;
	if (head + tail >= PATH_MAX)
		return -ENAMETOOLONG;
	path = kmalloc(head + tail + 1);
	if (path == NULL)
		return -ENOMEM;
	memcpy(path, link->target, head);
	memcpy(path + head, rest, tail + 1);
	kfree(w->buffer); /* `rest` may have been in it */
	w->buffer = path;
	return 0;
}

int walk_start(struct walk *w, struct inode *from, const char *path, bool follow)
{
	struct inode *at = *path == '/' ? inode_root() : from;

	assert(sleeplock_held(&tree_lock));
	*w = (struct walk){.dir = at};
	if (*path == '\0')
		return -EINVAL;
	if (device_is_path(path))
		return -ENODEV;
	for (;;) {
		int error;

		if (at->type != INODE_DIRECTORY)
			return -ENOTDIR;
		error = next_component(&path, &w->name, &w->length);
		if (error != 0)
			return error;
		w->dir = at;
		w->inode = w->length == 0 ? at : step(at, w->name, w->length);
		w->slash = *path == '/';
		if (w->inode != NULL && w->inode->type == INODE_SYMLINK &&
		    (follow || *path == '/')) {
			error = follow_link(w, w->inode, path);
			if (error != 0)
				return error;
			path = w->buffer;
			at = *path == '/' ? inode_root() : at;
			continue;
		}
		if (is_last(path))
			break;
		if (w->inode == NULL)
			return -ENOENT;
		at = w->inode;
	}
	if (w->slash && w->inode != NULL && w->inode->type != INODE_DIRECTORY)
		return -ENOTDIR;
	return 0;
}

void walk_end(struct walk *w)
{
	kfree(w->buffer);
}
