/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tree refuses: names that are taken, kinds, directories in use, loops. */
#include "badcall.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define IN_DIR DIR_NAME "/x"
#define LINK_NAME "/badcall.link"

static void kinds(void)
{
	expect("mkdir", "a directory that is there", mkdir(DIR_NAME, 0755), EEXIST);
	expect("mkdir", "a file that is there", mkdir(FILE_NAME, 0755), EEXIST);
	expect("mkdir", "the root", mkdir("/", 0755), EEXIST);
	expect("rmdir", "a file", rmdir(FILE_NAME), ENOTDIR);
	expect("rmdir", "the root", rmdir("/"), EINVAL);
	expect("rmdir", ".", rmdir(DIR_NAME "/."), EINVAL);
	expect("rmdir", "..", rmdir(DIR_NAME "/.."), EINVAL);
	expect("remove", "a directory", remove(DIR_NAME), EISDIR);
	expect("chdir", "a file", chdir(FILE_NAME), ENOTDIR);
	expect("link", "a directory", link(DIR_NAME, NO_NAME), EISDIR);
	expect("link", "a name that is taken", link(FILE_NAME, DIR_NAME), EEXIST);
	expect("symlink", "a name that is taken", symlink("target", FILE_NAME), EEXIST);
	expect("readlink", "a file", readlink(FILE_NAME, NULL, 0), EINVAL);
	expect("readlink", "a directory", readlink(DIR_NAME, NULL, 0), EINVAL);
}

static void contents(void)
{
	mkdir(IN_DIR, 0755);
	expect("rmdir", "a directory that holds one", rmdir(DIR_NAME), ENOTEMPTY);
	expect("rename", "a directory into itself", rename(DIR_NAME, IN_DIR "/y"),
	       EINVAL);
	expect("rename", "a file over a directory", rename(FILE_NAME, DIR_NAME), EISDIR);
	expect("rename", "a directory over a file", rename(DIR_NAME, FILE_NAME), ENOTDIR);
	rmdir(IN_DIR);
	expect("rename", "the root", rename("/", NO_NAME), EINVAL);
}

static void links(void)
{
	char name[PATH_MAX];

	symlink(LINK_NAME, LINK_NAME);
	expect("open", "a link to itself", open(LINK_NAME, O_RDONLY), ELOOP);
	expect("open", "a path through it", open(LINK_NAME "/x", O_RDONLY), ELOOP);
	remove(LINK_NAME);
	symlink(NO_NAME, LINK_NAME);
	expect("open", "a link to nothing", open(LINK_NAME, O_RDONLY), ENOENT);
	expect_value("readlink", "a link to nothing",
	             readlink(LINK_NAME, name, sizeof(name)), sizeof(NO_NAME) - 1);
	remove(LINK_NAME);
}

/* The current directory goes away. */
static void nowhere(void)
{
	char name[PATH_MAX];

	mkdir(IN_DIR, 0755);
	if (chdir(IN_DIR) < 0 || rmdir(IN_DIR) < 0)
		expect_value("chdir and rmdir", "as it should be", -1, 0);
	expect("__getcwd", "a directory that was removed", __getcwd(name, sizeof(name)),
	       ENOENT);
	expect("open", "in a directory that was removed", open("x", O_RDWR | O_CREAT),
	       ENOENT);
	chdir("/");
	expect("__getcwd", "too little room", __getcwd(name, 0), EINVAL);
}

/* Each name's place is where the offset was before it. */
static void places(void)
{
	char first[NAME_MAX], again[NAME_MAX];
	int fd = open("/data", O_RDONLY);
	ssize_t n = getdirentry(fd, first, sizeof(first));
	off_t second = lseek(fd, 0, SEEK_CUR);
	off_t end = lseek(fd, 0, SEEK_END);

	expect_value("getdirentry", "behind the last name", getdirentry(fd, again, 1), 0);
	expect_value("lseek", "the places are in order", 0 < second && second < end, 1);
	lseek(fd, 0, SEEK_SET);
	expect_value("getdirentry", "the first again",
	             getdirentry(fd, again, sizeof(again)), n);
	expect_value("getdirentry", "the same name", memcmp(first, again, (size_t)n), 0);
	close(fd);
}

void bad_directories(void)
{
	places();
	kinds();
	contents();
	links();
	nowhere();
}
