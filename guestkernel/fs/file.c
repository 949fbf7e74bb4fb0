/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fs/file.h"

#include "abi/errno.h"
#include "abi/fcntl.h"
#include "abi/stat.h"
#include "compiler.h"
#include "fs/device.h"
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
		base = (int64_t)inode_end(file->inode);
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
	file->semaphore = NULL;
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

int file_open(struct inode *from, const char *path, int flags, struct file **file)
{
	int error;

	if ((flags & ~OPEN_FLAGS) || (flags & O_ACCMODE) == O_ACCMODE)
		return -EINVAL;
	if (device_is_path(path))
		return device_open(path, flags, file);
	/* First what can fail and leaves nothing behind. */
	*file = file_make(&inode_ops, NULL, flags);
	if (*file == NULL)
		return -ENOMEM;
	error = find_inode(from, path, flags, &(*file)->inode);
	if (error != 0) {
		kfree(*file);
		return error;
	}
	if ((flags & O_TRUNC) && (flags & O_ACCMODE) != O_RDONLY)
		inode_resize((*file)->inode, 0);
	return 0;
}

int file_remove(struct inode *from, const char *path)
{
	return device_is_path(path) ? device_remove(path) : inode_remove(from, path);
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
	if ((file->flags & O_ACCMODE) == O_RDONLY)
		return -EBADF;
	if (file->inode == NULL || size < 0)
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

int file_stat_path(struct inode *from, const char *path, bool follow, struct stat *st)
{
	struct inode *inode;
	struct file *file;
	int error;

	if (device_is_path(path)) {
		error = device_open(path, O_RDONLY, &file);
		if (error == 0) {
			file_stat(file, st);
			file_put(file);
		}
		return error;
	}
	error = inode_lookup(from, path, follow, &inode);
	if (error == 0) {
		inode_stat(inode, st);
		inode_put(inode);
	}
	return error;
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
