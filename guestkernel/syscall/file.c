/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls about files. */
#include <stdbool.h>
#include <stddef.h>

#include "abi/errno.h"
#include "abi/limits.h"
#include "abi/stat.h"
#include "dev/console.h"
#include "fs/file.h"
#include "lib/panic.h"
#include "mm/addr_space.h"
#include "mm/kmalloc.h"
#include "mm/usercopy.h"
#include "proc/files.h"
#include "proc/proc.h"
#include "syscall/path.h"
#include "syscall/syscall.h"

static struct file *descriptor(uint64_t fd)
{
	return files_get(proc_current()->files, (int)fd);
}

static bool has_free_descriptor(void)
{
	uint64_t fd = 0;

	while (fd < OPEN_MAX && descriptor(fd) != NULL)
		fd++;
	return fd < OPEN_MAX;
}

/* open(const char *path, int flags) */
int64_t sys_open(struct trap_frame *tf)
{
	struct file *file;
	char *path;
	int64_t result = path_copyin(tf->rdi, &path);

	/* Known before a file is made or emptied; nobody else takes it meanwhile. */
	if (result == 0 && !has_free_descriptor())
		result = -EMFILE;
	if (result == 0)
		result = file_open(path_from(), path, (int)tf->rsi, &file);
	kfree(path);
	return result != 0 ? result : files_add(proc_current()->files, file);
}

/* pipe(int fds[2]): fds[0] is what is written to fds[1] */
int64_t sys_pipe(struct trap_frame *tf)
{
	struct files *files = proc_current()->files;
	struct file *in;
	struct file *out;
	int fds[2];
	int error = copyout_prepare(tf->rdi, sizeof(fds));

	if (error == 0)
		error = file_pipe(&in, &out);
	if (error != 0)
		return error;
	fds[0] = files_add(files, in);
	if (fds[0] < 0) {
		file_put(out);
		file_put(in);
		return fds[0];
	}
	fds[1] = files_add(files, out);
	if (fds[1] < 0) {
		file_put(out);
		files_close(files, fds[0]);
		return fds[1];
	}
	return copyout(tf->rdi, fds, sizeof(fds));
}

/* close(int fd) */
int64_t sys_close(struct trap_frame *tf)
{
	return files_close(proc_current()->files, (int)tf->rdi);
}

/* dup(int fd) */
int64_t sys_dup(struct trap_frame *tf)
{
	struct file *file = descriptor(tf->rdi);
	int result;

	if (file == NULL)
		return -EBADF;
	result = files_add(proc_current()->files, file_hold(file));
	if (result < 0)
		file_put(file);
	return result;
}

/* dup2(int from, int to) */
int64_t sys_dup2(struct trap_frame *tf)
{
	return files_dup2(proc_current()->files, (int)tf->rdi, (int)tf->rsi);
}

/* lseek(int fd, off_t offset, int whence) */
int64_t sys_lseek(struct trap_frame *tf)
{
	struct file *file = descriptor(tf->rdi);

	return file != NULL ? file_seek(file, (int64_t)tf->rsi, (int)tf->rdx) : -EBADF;
}

/* ftruncate(int fd, off_t size) */
int64_t sys_ftruncate(struct trap_frame *tf)
{
	struct file *file = descriptor(tf->rdi);

	return file != NULL ? file_resize(file, (int64_t)tf->rsi) : -EBADF;
}

/* fsync(int fd): what is in memory only is where it belongs */
int64_t sys_fsync(struct trap_frame *tf)
{
	return descriptor(tf->rdi) != NULL ? 0 : -EBADF;
}

/* ioctl(int fd, int code, void *data): no file knows any code */
int64_t sys_ioctl(struct trap_frame *tf)
{
	return descriptor(tf->rdi) != NULL ? -ENOTTY : -EBADF;
}

/* fstat(int fd, struct stat *st) */
int64_t sys_fstat(struct trap_frame *tf)
{
	struct file *file = descriptor(tf->rdi);
	struct stat st;

	if (file == NULL)
		return -EBADF;
	file_stat(file, &st);
	return copyout(tf->rsi, &st, sizeof(st));
}

/*
 * Goes through the program's memory page by page and lets `transfer` work on each part,
 * until one comes back short.  An error counts only if nothing was done before it.
 */
static int64_t transfer_user(struct file *file, uint64_t user, uint64_t n,
                             unsigned rights,
                             int64_t (*transfer)(struct file *file, uint8_t *bytes,
                                                 size_t n))
{
	struct addr_space *as = proc_current()->as;
	uint64_t done = 0;

	while (done < n) {
		size_t part = MIN(n - done, PAGE_SIZE - (user + done) % PAGE_SIZE);
		uint8_t *bytes;
		int64_t result = as_page(as, user + done, rights, &bytes);

		if (result == 0)
			result = transfer(file, bytes, part);
		if (result < 0)
			return done > 0 ? (int64_t)done : result;
		done += (uint64_t)result;
		if ((size_t)result < part || file->ops->is_stream)
			break;
	}
	return (int64_t)done;
}

/*
 * A stream is asked once, and page by page it would be asked for what is left of the
 * first page: so what is short comes by way of a buffer, in one piece across two pages
 * too. Nothing may fail once bytes have been taken out of the stream.
 */
static int64_t read_across(struct file *file, uint64_t user, uint64_t n)
{
	uint8_t buffer[CONSOLE_ATOMIC];
	int64_t result = copyout_prepare(user, n);

	if (result == 0)
		result = file_read(file, buffer, n);
	if (result > 0) {
		int error = copyout(user, buffer, (size_t)result);

		assert(error == 0);
	}
	return result;
}

/* read(int fd, void *buf, size_t n) */
int64_t sys_read(struct trap_frame *tf)
{
	struct file *file = descriptor(tf->rdi);
	uint64_t user = tf->rsi;
	uint64_t n = tf->rdx;
	int error;

	if (file == NULL)
		return -EBADF;
	if (file->ops->is_count)
		return file_read(file, NULL, n);
	error = as_check(proc_current()->as, user, n, REGION_WRITE);
	if (error != 0)
		return error;
	if (file->ops->is_stream && n <= CONSOLE_ATOMIC &&
	    user % PAGE_SIZE + n > PAGE_SIZE)
		return read_across(file, user, n);
	return transfer_user(file, user, n, REGION_WRITE, file_read);
}

static int64_t write_part(struct file *file, uint8_t *bytes, size_t n)
{
	return file_write(file, bytes, n);
}

/*
 * What goes to a stream is gathered first: a short text must come out in one piece even
 * where it crosses a page.
 */
static int64_t write_stream(struct file *file, uint64_t user, uint64_t n)
{
	uint8_t buffer[CONSOLE_ATOMIC];
	uint64_t done = 0;

	while (done < n) {
		size_t part = MIN(n - done, sizeof(buffer));
		int64_t result = copyin(buffer, user + done, part);

		if (result == 0)
			result = file_write(file, buffer, part);
		if (result < 0)
			return done > 0 ? (int64_t)done : result;
		done += (uint64_t)result;
		if ((size_t)result < part)
			break;
	}
	return (int64_t)done;
}

/* write(int fd, const void *buf, size_t n) */
int64_t sys_write(struct trap_frame *tf)
{
	struct file *file = descriptor(tf->rdi);
	uint64_t user = tf->rsi;
	uint64_t n = tf->rdx;
	int error;

	if (file == NULL)
		return -EBADF;
	if (file->ops->is_count)
		return file_write(file, NULL, n);
	error = as_check(proc_current()->as, user, n, REGION_READ);
	if (error != 0)
		return error;
	if (file->ops->is_stream)
		return write_stream(file, user, n);
	return transfer_user(file, user, n, REGION_READ, write_part);
}

/* getdirentry(int fd, char *buf, size_t n): the length of the next name, 0 at the end */
int64_t sys_getdirentry(struct trap_frame *tf)
{
	struct file *file = descriptor(tf->rdi);
	char name[NAME_MAX];
	int64_t length;
	int error;

	if (file == NULL)
		return -EBADF;
	error = copyout_prepare(tf->rsi, MIN(tf->rdx, sizeof(name)));
	if (error != 0)
		return error;
	length = file_next_entry(file, name, MIN(tf->rdx, sizeof(name)));
	if (length > 0)
		error = copyout(tf->rsi, name, (size_t)length);
	return error != 0 ? error : length;
}
