/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fs/file.h"

#include "abi/errno.h"
#include "abi/fcntl.h"
#include "abi/stat.h"
#include "compiler.h"
#include "dev/console.h"
#include "fs/inode.h"
#include "lib/panic.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include "thread/spinlock.h"

#define OPEN_FLAGS (O_ACCMODE | O_CREAT | O_EXCL | O_TRUNC | O_APPEND)

static struct spinlock file_lock = SPINLOCK_INIT("file_lock");

static int64_t inode_file_read(struct file *file, uint8_t *bytes, size_t n)
{
	size_t done;

	if (file->inode->type == INODE_DIRECTORY)
		return -EISDIR;
	sleeplock_acquire(&file->lock);
	done = inode_read(file->inode, file->offset, bytes, n);
	file->offset += done;
	sleeplock_release(&file->lock);
	return (int64_t)done;
}

static int64_t inode_file_write(struct file *file, const uint8_t *bytes, size_t n)
{
	int64_t done;

	sleeplock_acquire(&file->lock);
	if (file->flags & O_APPEND) {
		done = inode_append(file->inode, bytes, n, &file->offset);
	} else {
		done = inode_write(file->inode, file->offset, bytes, n);
		if (done > 0)
			file->offset += (uint64_t)done;
	}
	sleeplock_release(&file->lock);
	return done;
}

/* `offset` from where `whence` says, or -EINVAL. */
static int64_t seek_target(const struct file *file, int64_t offset, int whence)
{
	int64_t base = 0;

	if (whence == SEEK_CUR)
		base = (int64_t)file->offset;
	else if (whence == SEEK_END)
		base = (int64_t)inode_size(file->inode);
	else if (whence != SEEK_SET)
		return -EINVAL;
	if (__builtin_add_overflow(base, offset, &base) || base < 0)
		return -EINVAL;
	return base;
}

static int64_t inode_file_seek(struct file *file, int64_t offset, int whence)
{
	int64_t target;

	sleeplock_acquire(&file->lock);
	target = seek_target(file, offset, whence);
	if (target >= 0)
		file->offset = (uint64_t)target;
	sleeplock_release(&file->lock);
	return target;
}

static void inode_file_close(struct file *file)
{
	inode_put(file->inode);
}

static const struct file_ops inode_ops = {
	.read = inode_file_read,
	.write = inode_file_write,
	.seek = inode_file_seek,
	.close = inode_file_close,
};

static int64_t console_file_read(struct file *file, uint8_t *bytes, size_t n)
{
	(void)file;
	return (int64_t)console_read((char *)bytes, n);
}

static int64_t console_file_write(struct file *file, const uint8_t *bytes, size_t n)
{
	(void)file;
	console_write((const char *)bytes, n);
	return (int64_t)n;
}

static void console_file_close(struct file *file)
{
	(void)file;
}

static const struct file_ops console_ops = {
	.read = console_file_read,
	.write = console_file_write,
	.close = console_file_close,
	.is_stream = true,
	.mode = S_IFCHR | 0666,
};

struct file *file_make(const struct file_ops *ops, struct inode *inode, int flags)
{
	struct file *file = kmalloc(sizeof(*file));

	if (file == NULL)
		return NULL;
	file->ops = ops;
	file->flags = flags;
	file->refs = 1;
	file->inode = inode;
	file->pipe = NULL;
	file->offset = 0;
	sleeplock_init(&file->lock, "file");
	return file;
}

static int find_inode(struct inode *from, const char *path, int flags,
                      struct inode **inode)
{
	int error;

	if (flags & O_CREAT)
		error = inode_create(from, path, INODE_FILE, !(flags & O_EXCL), inode);
	else
		error = inode_lookup(from, path, true, inode);
	if (error != 0)
		return error;
	if ((*inode)->type == INODE_DIRECTORY && flags != O_RDONLY) {
		inode_put(*inode);
		return -EISDIR;
	}
	return 0;
}

static bool is_device_name(const char *path)
{
	size_t n = strlen(path);

	return n > 0 && path[n - 1] == ':' && strchr(path, '/') == NULL;
}

int file_open(struct inode *from, const char *path, int flags, struct file **file)
{
	struct inode *inode = NULL;
	const struct file_ops *ops = &inode_ops;
	int error = 0;

	if ((flags & ~OPEN_FLAGS) || (flags & O_ACCMODE) == O_ACCMODE)
		return -EINVAL;
	if (strcmp(path, "con:") == 0)
		ops = &console_ops;
	else if (is_device_name(path))
		error = -ENODEV;
	else
		error = find_inode(from, path, flags, &inode);
	if (error != 0)
		return error;
	*file = file_make(ops, inode, flags);
	if (*file == NULL) {
		if (inode != NULL)
			inode_put(inode);
		return -ENOMEM;
	}
	if (inode != NULL && (flags & O_TRUNC) && (flags & O_ACCMODE) != O_RDONLY)
		inode_resize(inode, 0);
	return 0;
}

struct file *file_hold(struct file *file)
{
	spinlock_acquire(&file_lock);
	assert(file->refs > 0);
	file->refs++;
	spinlock_release(&file_lock);
	return file;
}

void file_put(struct file *file)
{
	bool last;

	spinlock_acquire(&file_lock);
	assert(file->refs > 0);
	last = --file->refs == 0;
	spinlock_release(&file_lock);
	if (last) {
		file->ops->close(file);
		kfree(file);
	}
}

int64_t file_read(struct file *file, uint8_t *bytes, size_t n)
{
	if ((file->flags & O_ACCMODE) == O_WRONLY)
		return -EBADF;
	return file->ops->read(file, bytes, n);
}

int64_t file_write(struct file *file, const uint8_t *bytes, size_t n)
{
	if ((file->flags & O_ACCMODE) == O_RDONLY)
		return -EBADF;
	return file->ops->write(file, bytes, n);
}

int64_t file_seek(struct file *file, int64_t offset, int whence)
{
	return file->ops->seek != NULL ? file->ops->seek(file, offset, whence) : -ESPIPE;
}

int file_resize(struct file *file, int64_t size)
{
	if (file->inode == NULL || (file->flags & O_ACCMODE) == O_RDONLY || size < 0)
		return -EINVAL;
	return inode_resize(file->inode, (uint64_t)size);
}

void file_stat(struct file *file, struct stat *st)
{
	if (file->inode != NULL)
		inode_stat(file->inode, st);
	else
		*st = (struct stat){.st_mode = file->ops->mode, .st_nlink = 1};
}

int64_t file_next_entry(struct file *file, char *name, size_t n)
{
	int64_t length;

	if (file->inode == NULL)
		return -ENOTDIR;
	if ((file->flags & O_ACCMODE) == O_WRONLY)
		return -EBADF;
	sleeplock_acquire(&file->lock);
	length = inode_entry(file->inode, &file->offset, name, n);
	sleeplock_release(&file->lock);
	return length;
}
