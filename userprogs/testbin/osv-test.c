/* SPDX-License-Identifier: GPL-2.0-or-later */
/* osv-test: written as a program for osv is, with its headers, errors and reports. */
#include <lib/malloc.h>
#include <lib/stddef.h>
#include <lib/stdio.h>
#include <lib/string.h>
#include <lib/test.h>

/* osv's <lib/stdio.h> has no such names. */
int stdin = 0;
int stdout = 1;

static void processes(void)
{
	int status;
	int pid = fork();

	if (pid < 0)
		error("fork returned %d", pid);
	if (pid == 0)
		exit(42);
	assert(wait(pid, (int *)KMAP_BASE) == ERR_FAULT);
	assert(wait(pid, &status) == pid);
	assert(status == 42);
	assert(wait(pid, &status) == ERR_CHILD);
	assert(wait(-1, NULL) == ERR_CHILD);

	pid = fork();
	if (pid == 0) {
		*(volatile int *)KMAP_BASE = 1;
		exit(0);
	}
	assert(wait(-1, &status) == pid && status == -1);
	pass("processes");
}

static void files(void)
{
	char buf[8];
	int fd = open("/data/haiku.txt", FS_RDONLY, EMPTY_MODE);

	assert(fd > 2);
	assert(read(fd, buf, 6) == 6 && memcmp(buf, "A fork", 6) == 0);
	assert(read(fd, (void *)KMAP_BASE, 6) == ERR_FAULT);
	assert(write(fd, buf, 6) == ERR_INVAL);
	assert(close(fd) == ERR_OK && close(fd) == ERR_INVAL);
	assert(open("/data/nothing", FS_RDONLY, EMPTY_MODE) == ERR_NOTEXIST);
	assert(write(stdout, "", 0) == 0);
	assert(open("/data/haiku.txt/x", FS_RDONLY, EMPTY_MODE) == ERR_FTYPE);
	assert(open("/data/haiku.txt", 0x4000, EMPTY_MODE) == ERR_INVAL);
	assert(open("/data/haiku.txt", FS_WRONLY | FS_RDWR, EMPTY_MODE) == ERR_INVAL);
	fd = open("/data/haiku.txt", FS_WRONLY, EMPTY_MODE);
	assert(read(fd, buf, 6) == ERR_INVAL && close(fd) == ERR_OK);
	fd = open("/osv-test.out", FS_RDWR | FS_CREAT, EMPTY_MODE);
	assert(fd > 2 && write(fd, "text", 4) == 4 && close(fd) == ERR_OK);
	pass("files");
}

static void addresses(void)
{
	struct stat st;
	struct dirent entry;
	int fd = open("/data/haiku.txt", FS_RDONLY, EMPTY_MODE);
	int dir = open("/data", FS_RDONLY, EMPTY_MODE);
	int console;

	assert(fstat(fd, (struct stat *)KMAP_BASE) == ERR_FAULT);
	assert(fstat(fd, (struct stat *)0x65439876) == ERR_FAULT);
	assert(fstat(fd, &st) == ERR_OK && st.ftype == FTYPE_FILE && st.size == 73);
	assert(fstat(stdin, &st) == ERR_INVAL && fstat(63, &st) == ERR_INVAL);
	console = dup(stdout);
	assert(fstat(console, &st) == ERR_INVAL && close(console) == ERR_OK);
	assert(readdir(dir, (struct dirent *)KMAP_BASE) == ERR_FAULT);
	assert(readdir(dir, (struct dirent *)0xffffff00) == ERR_FAULT);
	assert(readdir(fd, &entry) == ERR_FTYPE);
	assert(readdir(dir, &entry) == ERR_OK && entry.inode_num != 0);
	assert(strcmp(entry.name, "badseg.elf") == 0);
	assert(pipe((int *)0) == ERR_FAULT);
	assert(close(fd) == ERR_OK && close(dir) == ERR_OK);
	pass("addresses");
}

#define BAD ((char *)KMAP_BASE)
#define TEXT "/data/haiku.txt"

/* Calls with a path, each with every error that osv's header names for it. */
static void paths(void)
{
	assert(open(BAD, FS_RDONLY, EMPTY_MODE) == ERR_FAULT);
	assert(open("/none/x", FS_RDWR | FS_CREAT, EMPTY_MODE) == ERR_NOTEXIST);
	assert(link(BAD, "/x") == ERR_FAULT && link(TEXT, BAD) == ERR_FAULT);
	assert(link(TEXT, "/data/empty") == ERR_EXIST);
	assert(link("/none", "/x") == ERR_NOTEXIST &&
	       link(TEXT, "/none/x") == ERR_NOTEXIST);
	assert(link(TEXT "/x", "/x") == ERR_FTYPE && link("/data", "/x") == ERR_FTYPE);
	assert(unlink(BAD) == ERR_FAULT && unlink("/none") == ERR_NOTEXIST);
	assert(unlink("/none/x") == ERR_NOTEXIST);
	assert(unlink(TEXT "/x") == ERR_FTYPE && unlink("/data") == ERR_FTYPE);
	assert(mkdir(BAD) == ERR_FAULT && mkdir("/data") == ERR_EXIST);
	assert(mkdir("/none/x") == ERR_NOTEXIST && mkdir(TEXT "/x") == ERR_FTYPE);
	assert(chdir(BAD) == ERR_FAULT && chdir("/none") == ERR_NOTEXIST);
	assert(chdir(TEXT) == ERR_FTYPE && chdir(TEXT "/x") == ERR_FTYPE);
	assert(rmdir(BAD) == ERR_FAULT && rmdir("/none") == ERR_NOTEXIST);
	assert(rmdir("/none/x") == ERR_NOTEXIST && rmdir("/data") == ERR_NOTEMPTY);
	assert(rmdir(TEXT) == ERR_FTYPE && rmdir(TEXT "/x") == ERR_FTYPE);
	assert(mkdir("/osv") == ERR_OK && chdir("/osv") == ERR_OK);
	assert(link(TEXT, "name") == ERR_OK && unlink("name") == ERR_OK);
	assert(chdir("/") == ERR_OK && rmdir("/osv") == ERR_OK);
	pass("paths");
}

static void descriptors(void)
{
	struct dirent entry;
	int fds[2], fd, first, last, status, n = 0;
	char byte;

	assert(close(-1) == ERR_INVAL && close(NUM_FILES) == ERR_INVAL);
	assert(read(-1, &byte, 1) == ERR_INVAL && read(63, &byte, 1) == ERR_INVAL);
	assert(write(-1, &byte, 1) == ERR_INVAL && write(stdout, BAD, 1) == ERR_FAULT);
	assert(dup(-1) == ERR_INVAL && dup(63) == ERR_INVAL);
	assert(readdir(-1, &entry) == ERR_INVAL && readdir(63, &entry) == ERR_INVAL);
	fd = open("/data", FS_RDONLY, EMPTY_MODE);
	while (readdir(fd, &entry) == ERR_OK)
		n++;
	assert(n > 3 && readdir(fd, &entry) == ERR_END);

	assert(pipe(fds) == ERR_OK && close(fds[0]) == ERR_OK);
	assert(write(fds[1], "x", 1) == ERR_END && close(fds[1]) == ERR_OK);

	first = last = dup(fd);
	while ((n = dup(fd)) >= 0)
		last = n;
	assert(n == ERR_NOMEM && last == NUM_FILES - 1);
	assert(open(TEXT, FS_RDONLY, EMPTY_MODE) == ERR_NOMEM);
	assert(pipe(fds) == ERR_NOMEM);
	assert(spawn("true") > 0 && wait(-1, &status) > 0 && status == 0);
	assert(close(last) == ERR_OK && pipe(fds) == ERR_NOMEM && dup(fd) == last);
	for (; last >= first; last--)
		assert(close(last) == ERR_OK);
	assert(close(fd) == ERR_OK);
	pass("descriptors");
}

static void memory(void)
{
	char *p = malloc(100);
	char *end = sbrk(0);

	assert(p != NULL && end != NULL);
	strcpy(p, "heap");
	assert(strcmp(p, "heap") == 0 && NELEM("heap") == 5 && min(3, 2) == 2);
	free(p);
	assert(sbrk((ssize_t)1 << 40) == (void *)ERR_NOMEM);
	end = sbrk(0);
	assert(sbrk(-((ssize_t)1 << 40)) == end && sbrk(0) == end);
	pass("memory");
}

/* A page of the stack comes when it is touched. */
static void faults(void)
{
	struct sys_info before, after;
	volatile char pages[8 * 4096];

	info(&before);
	for (int i = 0; i < 8; i++)
		pages[i * 4096] = 1;
	info(&after);
	assert(pages[7 * 4096] == 1);
	assert(after.num_pgfault >= before.num_pgfault + 7);
	pass("faults");
}

int main(void)
{
	processes();
	files();
	addresses();
	paths();
	descriptors();
	memory();
	faults();
	exit(0);
}
