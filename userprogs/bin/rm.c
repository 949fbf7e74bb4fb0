/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rm [-r] PATH...: removes files, with -r directories and what they hold. */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int remove_tree(char *path, size_t length);

/* The first name in the directory that is not itself or its parent; its length or 0. */
static ssize_t first_name(const char *path, char *name, size_t size)
{
	int fd = open(path, O_RDONLY);
	ssize_t n;

	if (fd < 0)
		return -1;
	while ((n = getdirentry(fd, name, size - 1)) > 0) {
		name[n] = '\0';
		if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
			break;
	}
	close(fd);
	return n;
}

static int remove_directory(char *path, size_t length)
{
	char name[NAME_MAX + 1];
	ssize_t n;

	/* Each look finds the first one anew, since removing one moves the others. */
	while ((n = first_name(path, name, sizeof(name))) > 0) {
		if (length + 1 + (size_t)n >= PATH_MAX) {
			errno = ENAMETOOLONG;
			return -1;
		}
		path[length] = '/';
		strcpy(path + length + 1, name);
		if (remove_tree(path, length + 1 + (size_t)n) < 0)
			return -1;
		path[length] = '\0';
	}
	return n < 0 ? -1 : rmdir(path);
}

/* On failure `path` is what could not be removed. */
static int remove_tree(char *path, size_t length)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return -1;
	return S_ISDIR(st.st_mode) ? remove_directory(path, length) : remove(path);
}

int main(int argc, char **argv)
{
	int recursive = argc > 1 && strcmp(argv[1], "-r") == 0;
	char path[PATH_MAX];
	int failed = 0;

	if (argc < 2 + recursive)
		errx(2, "usage: rm [-r] PATH...");
	for (int i = 1 + recursive; i < argc; i++) {
		size_t length = strlcpy(path, argv[i], sizeof(path));

		if (length >= sizeof(path))
			errx(1, "a path is too long");
		if ((recursive ? remove_tree(path, length) : remove(path)) < 0) {
			warn("%s", path);
			failed = 1;
		}
	}
	return failed;
}
