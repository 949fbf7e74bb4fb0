/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls about names of files. */
#include <stddef.h>

#include "abi/errno.h"
#include "abi/limits.h"
#include "abi/stat.h"
#include "fs/file.h"
#include "fs/inode.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include "mm/usercopy.h"
#include "proc/files.h"
#include "proc/proc.h"
#include "syscall/path.h"
#include "syscall/syscall.h"

int path_copyin(uint64_t user, char **path)
{
	int error;

	*path = kmalloc(PATH_MAX);
	if (*path == NULL)
		return -ENOMEM;
	error = copyinstr(*path, user, PATH_MAX, NULL);
	if (error != 0) {
		kfree(*path);
		*path = NULL;
	}
	return error;
}

struct inode *path_from(void)
{
	return proc_current()->files->cwd;
}

/* Calls with one path that give back nothing. */
static int64_t with_path(uint64_t user, int (*call)(struct inode *from, const char *path))
{
	char *path;
	int error = path_copyin(user, &path);

	if (error == 0)
		error = call(path_from(), path);
	kfree(path);
	return error;
}

static int64_t with_two_paths(uint64_t user_a, uint64_t user_b,
                              int (*call)(struct inode *from, const char *a,
                                          const char *b))
{
	char *a;
	char *b = NULL;
	int error = path_copyin(user_a, &a);

	if (error == 0)
		error = path_copyin(user_b, &b);
	if (error == 0)
		error = call(path_from(), a, b);
	kfree(b);
	kfree(a);
	return error;
}

/* link(const char *old, const char *path) */
int64_t sys_link(struct trap_frame *tf)
{
	return with_two_paths(tf->rdi, tf->rsi, inode_link);
}

static int symlink_from(struct inode *from, const char *target, const char *path)
{
	return inode_symlink(from, path, target);
}

/* symlink(const char *target, const char *path) */
int64_t sys_symlink(struct trap_frame *tf)
{
	return with_two_paths(tf->rdi, tf->rsi, symlink_from);
}

/* rename(const char *old, const char *path) */
int64_t sys_rename(struct trap_frame *tf)
{
	return with_two_paths(tf->rdi, tf->rsi, inode_rename);
}

/* remove(const char *path) */
int64_t sys_remove(struct trap_frame *tf)
{
	return with_path(tf->rdi, file_remove);
}

/* rmdir(const char *path) */
int64_t sys_rmdir(struct trap_frame *tf)
{
	return with_path(tf->rdi, inode_rmdir);
}

static int make_directory(struct inode *from, const char *path)
{
	struct inode *dir;
	int error = inode_create(from, path, INODE_DIRECTORY, false, &dir);

	if (error == 0)
		inode_put(dir);
	return error;
}

/* mkdir(const char *path, mode) */
int64_t sys_mkdir(struct trap_frame *tf)
{
	return with_path(tf->rdi, make_directory);
}

static int change_directory(struct inode *from, const char *path)
{
	struct inode *dir;
	int error = inode_lookup(from, path, true, &dir);

	if (error != 0)
		return error;
	if (dir->type != INODE_DIRECTORY) {
		inode_put(dir);
		return -ENOTDIR;
	}
	files_set_cwd(proc_current()->files, dir);
	return 0;
}

/* chdir(const char *path) */
int64_t sys_chdir(struct trap_frame *tf)
{
	return with_path(tf->rdi, change_directory);
}

/* __getcwd(char *buf, size_t n): the path's length; no final NUL */
int64_t sys_getcwd(struct trap_frame *tf)
{
	size_t start;
	int64_t length;
	char *path;

	if (tf->rsi == 0)
		return -EINVAL;
	path = kmalloc(PATH_MAX);
	if (path == NULL)
		return -ENOMEM;
	length = inode_path(path_from(), path, PATH_MAX, &start);
	if (length > 0) {
		int error;

		length = MIN(length, (int64_t)MIN(tf->rsi, PATH_MAX));
		error = copyout(tf->rdi, path + start, (size_t)length);
		if (error != 0)
			length = error;
	}
	kfree(path);
	return length;
}

static int64_t stat_path(struct trap_frame *tf, bool follow)
{
	struct stat st;
	char *path;
	int error = path_copyin(tf->rdi, &path);

	if (error == 0)
		error = file_stat_path(path_from(), path, follow, &st);
	kfree(path);
	return error != 0 ? error : copyout(tf->rsi, &st, sizeof(st));
}

/* stat(const char *path, struct stat *st) */
int64_t sys_stat(struct trap_frame *tf)
{
	return stat_path(tf, true);
}

/* lstat(const char *path, struct stat *st): not through a link at the end */
int64_t sys_lstat(struct trap_frame *tf)
{
	return stat_path(tf, false);
}

/* readlink(const char *path, char *buf, size_t n): the bytes written; no final NUL */
int64_t sys_readlink(struct trap_frame *tf)
{
	struct inode *inode;
	char *path;
	int64_t result = path_copyin(tf->rdi, &path);

	if (result == 0)
		result = inode_lookup(path_from(), path, false, &inode);
	kfree(path);
	if (result != 0)
		return result;
	if (inode->type != INODE_SYMLINK) {
		result = -EINVAL;
	} else {
		size_t n = MIN(tf->rdx, strlen(inode->target));

		result = copyout(tf->rsi, inode->target, n);
		if (result == 0)
			result = (int64_t)n;
	}
	inode_put(inode);
	return result;
}
