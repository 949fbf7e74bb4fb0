/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bad paths to each call that takes one. */
#include "badcall.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static long do_open(const char *path)
{
	return open(path, O_RDONLY);
}

static long do_create(const char *path)
{
	return open(path, O_RDWR | O_CREAT, 0644);
}

static long do_execv(const char *path)
{
	char *const argv[] = {(char *)"badcall", NULL};

	return execv(path, argv);
}

static long do_spawn(const char *path)
{
	char *const argv[] = {(char *)"badcall", NULL};

	return spawn(path, argv);
}

static long do_chdir(const char *path)
{
	return chdir(path);
}

static long do_mkdir(const char *path)
{
	return mkdir(path, 0755);
}

static long do_rmdir(const char *path)
{
	return rmdir(path);
}

static long do_remove(const char *path)
{
	return remove(path);
}

static long do_stat(const char *path)
{
	struct stat st;

	return stat(path, &st);
}

static long do_lstat(const char *path)
{
	struct stat st;

	return lstat(path, &st);
}

static long do_readlink(const char *path)
{
	char buf[PATH_MAX];

	return readlink(path, buf, sizeof(buf));
}

static long do_link_from(const char *path)
{
	return link(path, NO_NAME);
}

static long do_link_to(const char *path)
{
	return link(FILE_NAME, path);
}

static long do_rename_from(const char *path)
{
	return rename(path, NO_NAME);
}

static long do_rename_to(const char *path)
{
	return rename(FILE_NAME, path);
}

static long do_symlink_at(const char *path)
{
	return symlink("target", path);
}

static const struct {
	const char *name;
	long (*call)(const char *path);
	int makes; /* what is at the path need not be there */
} calls[] = {
	{"open", do_open, 0},           {"open to create", do_create, 1},
	{"execv", do_execv, 0},         {"spawn", do_spawn, 0},
	{"chdir", do_chdir, 0},         {"mkdir", do_mkdir, 1},
	{"rmdir", do_rmdir, 0},         {"remove", do_remove, 0},
	{"stat", do_stat, 0},           {"lstat", do_lstat, 0},
	{"readlink", do_readlink, 0},   {"link from", do_link_from, 0},
	{"link to", do_link_to, 1},     {"rename from", do_rename_from, 0},
	{"rename to", do_rename_to, 1}, {"symlink", do_symlink_at, 1},
};

#define LOOP_NAME "/badcall.loop"

static char long_name[NAME_MAX + 3];
static char long_path[PATH_MAX + 2];

static void try(const char *name, long (*call)(const char *), int makes)
{
	for (int b = 0; b < BAD_POINTERS; b++)
		expect(name, bad_pointers[b].what, call(bad_pointers[b].address), EFAULT);
	expect(name, "an empty path", call(""), EINVAL);
	expect(name, "a device that is not there", call("nodevice:x"), ENODEV);
	if (!makes)
		expect(name, "a file that is not there", call(NO_NAME), ENOENT);
	expect(name, "a directory that is not there", call(NO_NAME "/x"), ENOENT);
	expect(name, "a file as a directory", call(FILE_NAME "/x"), ENOTDIR);
	expect(name, "through a link to itself", call(LOOP_NAME "/x"), ELOOP);
	expect(name, "a component too long", call(long_name), ENAMETOOLONG);
	expect(name, "a path too long", call(long_path), ENAMETOOLONG);
}

void bad_paths(void)
{
	memset(long_name, 'a', sizeof(long_name) - 1);
	long_name[0] = '/';
	for (size_t i = 0; i < sizeof(long_path) - 1; i++)
		long_path[i] = i % 2 == 0 ? '/' : 'a';
	expect_value("symlink", "to itself", symlink(LOOP_NAME, LOOP_NAME), 0);
	for (size_t c = 0; c < sizeof(calls) / sizeof(calls[0]); c++)
		try(calls[c].name, calls[c].call, calls[c].makes);
	expect_value("remove", "the link to itself", remove(LOOP_NAME), 0);
	for (int b = 0; b < BAD_POINTERS; b++)
		expect("symlink's target", bad_pointers[b].what,
		       symlink(bad_pointers[b].address, NO_NAME), EFAULT);
}
