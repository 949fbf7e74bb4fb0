/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * osv-full: what osv's calls say where there is no more memory (ERR_NOMEM) or the file
 * system is full (ERR_NORES); afterwards all is as before.  `osv-full pids` uses up the
 * pids instead, for which there must be memory enough.
 *
 * Frames go to the heap, and what the kernel has left in blocks to directories and links.
 * What it has for copies of paths goes to files at last: behind its 64th page the list of
 * a file's pages is a block of that size.
 */
#include <lib/stddef.h>
#include <lib/stdio.h>
#include <lib/string.h>
#include <lib/test.h>

#define TEXT "/data/haiku.txt"
#define PAGE 4096
#define FILES 8
#define FILE_PAGES 64

static int files[FILES];
static int dirs, links;

static const char *name(char kind, int i)
{
	static char text[32];

	snprintf(text, sizeof(text), "/osv-full.%c%d", kind, i);
	return text;
}

static void make_files(void)
{
	static char page[PAGE];

	for (int i = 0; i < FILES; i++) {
		files[i] = open(name('f', i), FS_RDWR | FS_CREAT, EMPTY_MODE);
		for (int n = 0; n < FILE_PAGES; n++)
			assert(write(files[i], page, PAGE) == PAGE);
	}
}

static void remove_files(void)
{
	for (int i = 0; i < FILES; i++)
		assert(close(files[i]) == ERR_OK && unlink(name('f', i)) == ERR_OK);
}

static void *take_memory(void)
{
	void *before = sbrk(0);

	for (ssize_t bytes = 1 << 30; bytes >= PAGE; bytes /= 2)
		while (sbrk(bytes) != (void *)ERR_NOMEM)
			continue;
	return before;
}

static void memory(void)
{
	int fds[2];

	assert(fork() == ERR_NOMEM);
	assert(spawn("true") == ERR_NOMEM);
	assert(pipe(fds) == ERR_NOMEM);
	assert(sbrk(PAGE) == (void *)ERR_NOMEM);
	assert(wait(-1, NULL) == ERR_CHILD);
	pass("memory");
}

static void file_system(void)
{
	int fd = open(TEXT, FS_RDONLY, EMPTY_MODE);
	int result;

	while ((result = mkdir(name('d', dirs))) == ERR_OK)
		dirs++;
	assert(result == ERR_NORES);
	while ((result = link(TEXT, name('l', links))) == ERR_OK)
		links++;
	assert(result == ERR_NORES);
	assert(close(fd) == ERR_OK); /* it leaves room for what is no name */
	assert(open(name('c', 0), FS_RDWR | FS_CREAT, EMPTY_MODE) == ERR_NORES);
	assert(open(name('c', 0), FS_RDWR, EMPTY_MODE) == ERR_NOTEXIST);
	pass("file system");
}

static void paths(void)
{
	for (int i = 0; chdir("/") == ERR_OK; i++) {
		assert(i < FILES);
		assert(write(files[i], "text", 4) == ERR_NORES);
	}
	assert(chdir("/") == ERR_NOMEM);
	assert(open(TEXT, FS_RDONLY, EMPTY_MODE) == ERR_NOMEM);
	assert(open("/new", FS_RDWR | FS_CREAT, EMPTY_MODE) == ERR_NOMEM);
	assert(link(TEXT, "/new") == ERR_NOMEM && unlink(TEXT) == ERR_NOMEM);
	assert(mkdir("/new") == ERR_NOMEM && rmdir("/data") == ERR_NOMEM);
	assert(spawn("true") == ERR_NOMEM && spawn((char *)KMAP_BASE) == ERR_NOMEM);
	pass("paths");
}

static void give_back(char *before)
{
	sbrk(before - (char *)sbrk(0));
	assert(sbrk(0) == before);
	while (dirs > 0)
		assert(rmdir(name('d', --dirs)) == ERR_OK);
	while (links > 0)
		assert(unlink(name('l', --links)) == ERR_OK);
	remove_files();
}

static void spawn_true(void)
{
	int status;
	int pid = spawn("true");

	assert(pid > 0 && wait(pid, &status) == pid && status == 0);
}

static void pids(void)
{
	int children = 0, pid, fds[2];
	char byte;

	assert(pipe(fds) == ERR_OK);
	while ((pid = fork()) > 0)
		children++;
	if (pid == 0) {
		close(fds[1]);
		exit(read(fds[0], &byte, 1) != 0);
	}
	assert(pid == ERR_NOMEM && spawn("true") == ERR_NOMEM);
	assert(close(fds[0]) == ERR_OK && close(fds[1]) == ERR_OK);
	for (int i = 0; i < children; i++)
		assert(wait(-1, NULL) > 0);
	assert(wait(-1, NULL) == ERR_CHILD);
	pass("%d children", children);
}

int main(int argc, char **argv)
{
	void *before;

	spawn_true();
	if (argc > 1 && strcmp(argv[1], "pids") == 0) {
		pids();
	} else {
		make_files();
		before = take_memory();
		memory();
		file_system();
		paths();
		give_back(before);
	}
	spawn_true();
	pass("all is as before");
	exit(0);
}
