/* SPDX-License-Identifier: GPL-2.0-or-later */
/* osv's calls on top of the libc's. */
#include <abi/meminfo.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <lib/errcode.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "osv.h"

/* An answer of the libc as osv gives it. */
static int answer(long result)
{
	if (result >= 0)
		return (int)result;
	switch (errno) {
	case ENOMEM:
	case EAGAIN:
	case EMFILE:
	case ENFILE:
		return ERR_NOMEM;
	case ENOSPC:
	case EFBIG:
	case EROFS:
		return ERR_NORES;
	case EEXIST:
		return ERR_EXIST;
	case ENOENT:
		return ERR_NOTEXIST;
	case ENOTDIR:
	case EISDIR:
		return ERR_FTYPE;
	case ENOTEMPTY:
		return ERR_NOTEMPTY;
	case EPIPE:
		return ERR_END;
	case EFAULT:
		return ERR_FAULT;
	case ECHILD:
		return ERR_CHILD;
	default:
		return ERR_INVAL;
	}
}

int osv_fork(void)
{
	return answer(fork());
}

/*
 * The string may be anywhere: the kernel looks at it first, in parts of as many bytes as
 * it takes for a path.  The errno where there is none, or where it cannot.
 */
static int check_string(const char *s)
{
	size_t n;

	do {
		int fd = open(s, O_RDONLY);

		if (fd >= 0)
			close(fd);
		else if (errno == EFAULT || errno == ENOMEM)
			return -1;
		n = strnlen(s, PATH_MAX);
		s += n;
	} while (n == PATH_MAX);
	return 0;
}

int osv_spawn(const char *args, ...)
{
	static char line[ARG_MAX];
	char *argv[128];
	char path[PATH_MAX];
	char *next;
	size_t n = 0;

	if (check_string(args) < 0)
		return answer(-1);
	if (strlcpy(line, args, sizeof(line)) >= sizeof(line))
		return ERR_INVAL;
	argv[0] = strtok_r(line, " ", &next);
	while (argv[n] != NULL) {
		if (++n == sizeof(argv) / sizeof(argv[0]))
			return ERR_INVAL;
		argv[n] = strtok_r(NULL, " ", &next);
	}
	if (n == 0)
		return ERR_INVAL;
	if (program_path(argv[0], path, sizeof(path)) < 0)
		return answer(-1);
	return answer(spawn(path, argv));
}

int osv_wait(int pid, int *wstatus)
{
	int status;
	pid_t child = waitpid(pid, wstatus, 0);

	if (child < 0)
		return answer(-1);
	if (wstatus != NULL) {
		status = *wstatus;
		*wstatus = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
		if (*wstatus == 0xff)
			*wstatus = -1;
	}
	return child;
}

_Noreturn void osv_exit(int status)
{
	_exit(status);
}

int osv_getpid(void)
{
	return getpid();
}

void osv_sleep(unsigned int seconds)
{
	struct timespec t = {.tv_sec = seconds};

	nanosleep(&t, NULL);
}

int osv_open(const char *path, int flags, fmode_t mode)
{
	int known = OSV_RDWR | OSV_WRONLY | OSV_CREAT;

	if ((flags & ~known) != 0)
		return ERR_INVAL;
	return answer(
		open(path, (flags & 3) | ((flags & OSV_CREAT) != 0 ? O_CREAT : 0), mode));
}

/* osv has one error for all bad descriptors and what they are open for. */
int osv_close(int fd)
{
	return answer(close(fd));
}

ssize_t osv_read(int fd, void *buf, size_t n)
{
	return answer(read(fd, buf, n));
}

ssize_t osv_write(int fd, const void *buf, size_t n)
{
	return answer(write(fd, buf, n));
}

int osv_link(const char *from, const char *to)
{
	return answer(link(from, to));
}

int osv_unlink(const char *path)
{
	return answer(remove(path));
}

int osv_mkdir(const char *path)
{
	return answer(mkdir(path, 0755));
}

int osv_chdir(const char *path)
{
	return answer(chdir(path));
}

int osv_rmdir(const char *path)
{
	return answer(rmdir(path));
}

/*
 * Whether the program may write the two words at `words`, which are overwritten: what the
 * libc fills in by itself must be as safe from bad addresses as what the kernel does.
 */
static bool is_writable(void *words)
{
	time_t *seconds = words;
	unsigned long *nanoseconds = (unsigned long *)words + 1;

	return __time(seconds, nanoseconds) == 0;
}

_Static_assert(sizeof(struct osv_stat) == 16, "two words");

int osv_readdir(int fd, struct osv_dirent *entry)
{
	ssize_t n;

	if (!is_writable((char *)entry + sizeof(*entry) - 16))
		return ERR_FAULT;
	n = getdirentry(fd, entry->name, sizeof(entry->name) - 1);
	if (n < 0)
		return answer(-1);
	if (n == 0)
		return ERR_END;
	entry->name[n] = '\0';
	entry->inode_num = OSV_INODE_UNKNOWN;
	return ERR_OK;
}

int osv_fstat(int fd, struct osv_stat *st)
{
	struct stat real;

	if (fstat(fd, &real) < 0)
		return answer(-1);
	if (!S_ISREG(real.st_mode) && !S_ISDIR(real.st_mode))
		return ERR_INVAL;
	if (!is_writable(st))
		return ERR_FAULT;
	st->ftype = S_ISDIR(real.st_mode) ? OSV_FTYPE_DIR : OSV_FTYPE_FILE;
	st->inode_num = (int)real.st_ino;
	st->size = (size_t)real.st_size;
	return ERR_OK;
}

void *osv_sbrk(ssize_t change)
{
	void *end = sbrk(change);

	if (end == (void *)-1 && errno == EINVAL)
		end = sbrk(0); /* more than there is to give back: nothing happens */
	return end != (void *)-1 ? end : (void *)(intptr_t)ERR_NOMEM;
}

void osv_meminfo(void)
{
	struct meminfo m;

	if (meminfo(&m) == 0)
		printf("memory: %lu of %lu frames free\n", m.frames_free, m.frames_total);
}

int osv_dup(int fd)
{
	return answer(dup(fd));
}

int osv_pipe(int *fds)
{
	return answer(pipe(fds));
}

void osv_info(struct osv_sys_info *si)
{
	struct procinfo info;

	if (procinfo(getpid(), &info) > 0)
		si->num_pgfault = info.page_faults;
}

/* Only init may power off; ending the process comes nearest. */
_Noreturn void osv_halt(void)
{
	_exit(0);
}

int osv_puts(char *buf, int size)
{
	return (int)write(STDOUT_FILENO, buf, (size_t)size);
}

char *osv_gets(char *buf, int max)
{
	if (fgets(buf, max, stdin) == NULL && max > 0)
		buf[0] = '\0';
	return buf;
}

_Noreturn void osv_error(int line, const char *fmt, ...)
{
	char text[STDIO_LINE - 64];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	printf("\x1b[31mERROR\x1b[0m (line %d): %s\n", line, text);
	_exit(-1);
}

void osv_pass(const char *fmt, ...)
{
	char text[STDIO_LINE - 64];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	printf("\x1b[32mpassed\x1b[0m %s\n", text);
}
