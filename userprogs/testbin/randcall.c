/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * randcall [ROUNDS [CALLS [SEED]]]: calls of the kernel with arguments drawn at random
 * from good and bad ones.  Each round (20) is a child that makes CALLS (200) of them and
 * ends as it may; the kernel must outlive them all.  Its files are removed at the end.
 *
 * Left out is what may rightly sleep for ever or end the round at once: nanosleep, pipe,
 * _exit, and reading the console.
 */
#include "check.h"

#include <abi/syscall.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define DIR "/randcall.dir"

static char buffer[8192] __attribute__((aligned(4096)));
static char *strings[] = {
	(char *)"a",          (char *)"b",  (char *)"a/b", (char *)"./..//" DIR "/c",
	(char *)".",          (char *)"..", (char *)"",    (char *)DIR "/a",
	(char *)DIR "/a/b/c", NULL,
};

static const long numbers[] = {
	0,
	1,
	2,
	3,
	4,
	5,
	7,
	8,
	16,
	63,
	64,
	100,
	511,
	512,
	513,
	4095,
	4096,
	4097,
	65536,
	-1,
	-2,
	-4096,
	INT_MAX,
	INT_MIN,
	LONG_MAX,
	LONG_MIN,
	0x40000000,
	0x400000,
	0x7fffffffe000,
	0x7ffffffff000,
	0x800000000000,
	(long)0xffff800000000000,
	(long)0xffffffff80000000,
	(long)0xffffffff80100000,
};

#define COUNT(array) ((long)(sizeof(array) / sizeof((array)[0])))

static long any_argument(void)
{
	switch (random() % 8) {
	case 0:
	case 1:
	case 2:
		return (long)strings[random() % COUNT(strings)];
	case 3:
		return (long)buffer + random() % (long)sizeof(buffer);
	case 4:
		return (long)strings;
	case 5:
		return random() % 8 + 3; /* a descriptor, with luck */
	default:
		return numbers[random() % COUNT(numbers)];
	}
}

static long any_call(void)
{
	static const int calls[] = {
		SYS_execv,       SYS_waitpid, SYS_getpid,   SYS_getppid,   SYS_sbrk,
		SYS_open,        SYS_dup,     SYS_dup2,     SYS_close,     SYS_read,
		SYS_getdirentry, SYS_write,   SYS_lseek,    SYS_ftruncate, SYS_fsync,
		SYS_ioctl,       SYS_link,    SYS_remove,   SYS_mkdir,     SYS_rmdir,
		SYS_rename,      SYS_chdir,   SYS___getcwd, SYS_symlink,   SYS_readlink,
		SYS_stat,        SYS_fstat,   SYS_lstat,    SYS___time,    SYS_reboot,
		SYS_sched_yield, SYS_spawn,   SYS_meminfo,  SYS_fork,      1,
		SYS_COUNT,       -1,
	};

	return calls[random() % COUNT(calls)];
}

/* The console: out of reach, since reading it would wait and writing it show. */
static void close_console(void)
{
	for (int fd = 0; fd < 3; fd++) {
		close(fd);
		if (open("/", O_RDONLY) != fd)
			_exit(1);
	}
}

static _Noreturn void round_of(unsigned int seed, unsigned long calls)
{
	pid_t self = getpid();

	close_console();
	srandom(seed);
	for (unsigned long i = 0; i < calls; i++) {
		long call = any_call();
		long a = any_argument();
		long b = any_argument();
		long c = any_argument();

		syscall(call, a, b, c);
		if (getpid() != self)
			_exit(0);
	}
	_exit(0);
}

/* All names that the calls can make are below these; which of them there are is open. */
static void remove_files(void)
{
	static char *const argv[] = {"rm", "-r", "/a", "/b", DIR, NULL};
	pid_t pid = check_fork();

	if (pid == 0) {
		dup2(open("null:", O_WRONLY), STDERR_FILENO);
		execv("/bin/rm", argv);
		_exit(1);
	}
	check_wait(pid);
}

int main(int argc, char **argv)
{
	unsigned long rounds = argument(argc, argv, 1, 20);
	unsigned long calls = argument(argc, argv, 2, 200);
	unsigned long seed = argument(argc, argv, 3, 1);

	for (unsigned long i = 0; i < rounds; i++) {
		pid_t pid;

		mkdir(DIR, 0755);
		chdir(DIR);
		pid = check_fork();
		if (pid == 0)
			round_of((unsigned int)(seed + i) * 2654435761u, calls);
		check_wait(pid);
	}
	remove_files();
	printf("randcall: %lu rounds of %lu calls\n", rounds, calls);
	return 0;
}
