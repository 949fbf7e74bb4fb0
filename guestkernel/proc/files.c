/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "proc/files.h"

#include <stddef.h>

#include "abi/errno.h"
#include "fs/file.h"
#include "fs/inode.h"
#include "lib/string.h"
#include "mm/kmalloc.h"

static struct files *create_in(struct inode *cwd)
{
	struct files *files = kmalloc(sizeof(*files));

	if (files == NULL)
		return NULL;
	memset(files, 0, sizeof(*files));
	files->cwd = inode_hold(cwd);
	return files;
}

struct files *files_create(void)
{
	return create_in(inode_root());
}

struct files *files_copy(const struct files *from)
{
	struct files *to = create_in(from->cwd);

	if (to == NULL)
		return NULL;
	for (int fd = 0; fd < from->end; fd++)
		if (from->file[fd] != NULL)
			to->file[fd] = file_hold(from->file[fd]);
	to->end = from->end;
	return to;
}

PROBED void files_destroy(struct files *files)
{
	for (int fd = 0; fd < files->end; fd++)
		if (files->file[fd] != NULL)
			file_put(files->file[fd]);
	inode_put(files->cwd);
	kfree(files);
}

void files_set_cwd(struct files *files, struct inode *dir)
{
	inode_put(files->cwd);
	files->cwd = dir;
}

static void set(struct files *files, int fd, struct file *file)
{
	files->file[fd] = file;
	if (file != NULL && fd >= files->end)
		files->end = fd + 1;
	while (files->end > 0 && files->file[files->end - 1] == NULL)
		files->end--;
}

int files_add(struct files *files, struct file *file)
{
	for (int fd = 0; fd < OPEN_MAX; fd++) {
		if (files->file[fd] == NULL) {
			set(files, fd, file);
			return fd;
		}
	}
	return -EMFILE;
}

struct file *files_get(const struct files *files, int fd)
{
	return fd >= 0 && fd < OPEN_MAX ? files->file[fd] : NULL;
}

int files_close(struct files *files, int fd)
{
	struct file *file = files_get(files, fd);

	if (file == NULL)
		return -EBADF;
	set(files, fd, NULL);
	file_put(file);
	return 0;
}

int files_dup2(struct files *files, int from, int to)
{
	struct file *file = files_get(files, from);
	struct file *old;

	if (file == NULL || to < 0 || to >= OPEN_MAX)
		return -EBADF;
	if (from == to)
		return to;
	old = files->file[to];
	set(files, to, file_hold(file));
	if (old != NULL)
		file_put(old);
	return to;
}
