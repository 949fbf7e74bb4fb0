/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bad pointers to each call that takes the address of a buffer or of a structure. */
#include "badcall.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LINK_NAME "/badcall.link"

static int file, dir;

static long do_read(void *p)
{
	return read(file, p, 8);
}

static long do_write(void *p)
{
	return write(file, p, 8);
}

static long do_getdirentry(void *p)
{
	return getdirentry(dir, p, 64);
}

static long do_fstat(void *p)
{
	return fstat(file, p);
}

static long do_stat(void *p)
{
	return stat(FILE_NAME, p);
}

static long do_lstat(void *p)
{
	return lstat(FILE_NAME, p);
}

static long do_readlink(void *p)
{
	return readlink(LINK_NAME, p, 64);
}

static long do_getcwd(void *p)
{
	return __getcwd(p, 64);
}

static long do_pipe(void *p)
{
	return pipe(p);
}

static long do_time(void *p)
{
	return __time(p, NULL);
}

static long do_time_ns(void *p)
{
	return __time(NULL, p);
}

static long do_nanosleep(void *p)
{
	return nanosleep(p, NULL);
}

static long do_meminfo(void *p)
{
	return meminfo(p);
}

static long do_procinfo(void *p)
{
	return procinfo(1, p);
}

/* The child is still there to be waited for afterwards. */
static long do_waitpid(void *p)
{
	int status;
	long result;
	int error;
	pid_t pid = fork();

	if (pid == 0)
		_exit(21);
	result = waitpid(pid, p, 0);
	error = errno;
	if (result == -1 &&
	    (waitpid(pid, &status, 0) != pid || status != MKWAIT_EXIT(21)))
		return -2;
	errno = error;
	return result;
}

static const struct {
	const char *name;
	long (*call)(void *p);
	int null_is_none; /* a null pointer means that nothing is wanted */
} calls[] = {
	{"read", do_read, 0},
	{"write", do_write, 0},
	{"getdirentry", do_getdirentry, 0},
	{"fstat", do_fstat, 0},
	{"stat", do_stat, 0},
	{"lstat", do_lstat, 0},
	{"readlink", do_readlink, 0},
	{"__getcwd", do_getcwd, 0},
	{"pipe", do_pipe, 0},
	{"__time, seconds", do_time, 1},
	{"__time, nanoseconds", do_time_ns, 1},
	{"nanosleep", do_nanosleep, 0},
	{"meminfo", do_meminfo, 0},
	{"procinfo", do_procinfo, 0},
	{"waitpid", do_waitpid, 1},
};

void bad_buffers(void)
{
	file = open(FILE_NAME, O_RDWR);
	dir = open("/bin", O_RDONLY);
	if (symlink(FILE_NAME, LINK_NAME) < 0)
		printf("symlink: FAILED\n");
	for (size_t c = 0; c < sizeof(calls) / sizeof(calls[0]); c++) {
		for (int b = calls[c].null_is_none; b < BAD_POINTERS; b++)
			expect(calls[c].name, bad_pointers[b].what,
			       calls[c].call(bad_pointers[b].address), EFAULT);
	}
	remove(LINK_NAME);
	close(file);
	close(dir);
}
