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

	assert(fstat(fd, (struct stat *)KMAP_BASE) == ERR_FAULT);
	assert(fstat(fd, (struct stat *)0x65439876) == ERR_FAULT);
	assert(fstat(fd, &st) == ERR_OK && st.ftype == FTYPE_FILE && st.size == 73);
	assert(fstat(stdin, &st) == ERR_INVAL && fstat(63, &st) == ERR_INVAL);
	assert(readdir(dir, (struct dirent *)KMAP_BASE) == ERR_FAULT);
	assert(readdir(dir, (struct dirent *)0xffffff00) == ERR_FAULT);
	assert(readdir(fd, &entry) == ERR_FTYPE);
	assert(readdir(dir, &entry) == ERR_OK && entry.inode_num != 0);
	assert(strcmp(entry.name, "badseg.elf") == 0);
	assert(pipe((int *)0) == ERR_FAULT);
	assert(close(fd) == ERR_OK && close(dir) == ERR_OK);
	pass("addresses");
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
	memory();
	faults();
	exit(0);
}
