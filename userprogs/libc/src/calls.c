/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The system calls, each a line; their specification is in <unistd.h>. */
#include "syscall.h"

#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

pid_t fork(void)
{
	return (pid_t)SYSCALL0(fork);
}

int execv(const char *path, char *const *argv)
{
	return (int)SYSCALL2(execv, path, argv);
}

_Noreturn void _exit(int status)
{
	for (;;)
		SYSCALL1(_exit, status);
}

pid_t waitpid(pid_t pid, int *status, int options)
{
	return (pid_t)SYSCALL3(waitpid, pid, status, options);
}

pid_t wait(int *status)
{
	return waitpid(-1, status, 0);
}

pid_t getpid(void)
{
	return (pid_t)SYSCALL0(getpid);
}

pid_t getppid(void)
{
	return (pid_t)SYSCALL0(getppid);
}

void *sbrk(ptrdiff_t change)
{
	return (void *)SYSCALL1(sbrk, change);
}

int open(const char *path, int flags, ...)
{
	return (int)SYSCALL2(open, path, flags);
}

int close(int fd)
{
	return (int)SYSCALL1(close, fd);
}

ssize_t read(int fd, void *buf, size_t n)
{
	return SYSCALL3(read, fd, buf, n);
}

ssize_t write(int fd, const void *buf, size_t n)
{
	return SYSCALL3(write, fd, buf, n);
}

off_t lseek(int fd, off_t offset, int whence)
{
	return SYSCALL3(lseek, fd, offset, whence);
}

int dup2(int from, int to)
{
	return (int)SYSCALL2(dup2, from, to);
}

ssize_t getdirentry(int fd, char *buf, size_t n)
{
	return SYSCALL3(getdirentry, fd, buf, n);
}

int nanosleep(const struct timespec *t, struct timespec *rest)
{
	return (int)SYSCALL2(nanosleep, t, rest);
}

int sched_yield(void)
{
	return (int)SYSCALL0(sched_yield);
}

int reboot(int cmd, int status)
{
	return (int)SYSCALL2(reboot, cmd, status);
}

int dup(int fd)
{
	return (int)SYSCALL1(dup, fd);
}

int pipe(int fds[2])
{
	return (int)SYSCALL1(pipe, fds);
}

int ftruncate(int fd, off_t size)
{
	return (int)SYSCALL2(ftruncate, fd, size);
}

int fsync(int fd)
{
	return (int)SYSCALL1(fsync, fd);
}

int ioctl(int fd, int code, void *data)
{
	return (int)SYSCALL3(ioctl, fd, code, data);
}

int link(const char *from, const char *to)
{
	return (int)SYSCALL2(link, from, to);
}

int remove(const char *path)
{
	return (int)SYSCALL1(remove, path);
}

int mkdir(const char *path, mode_t mode)
{
	return (int)SYSCALL2(mkdir, path, mode);
}

int rmdir(const char *path)
{
	return (int)SYSCALL1(rmdir, path);
}

int rename(const char *from, const char *to)
{
	return (int)SYSCALL2(rename, from, to);
}

int chdir(const char *path)
{
	return (int)SYSCALL1(chdir, path);
}

ssize_t __getcwd(char *buf, size_t n)
{
	return SYSCALL2(__getcwd, buf, n);
}

int symlink(const char *target, const char *path)
{
	return (int)SYSCALL2(symlink, target, path);
}

ssize_t readlink(const char *path, char *buf, size_t n)
{
	return SYSCALL3(readlink, path, buf, n);
}

int stat(const char *path, struct stat *st)
{
	return (int)SYSCALL2(stat, path, st);
}

int fstat(int fd, struct stat *st)
{
	return (int)SYSCALL2(fstat, fd, st);
}

int lstat(const char *path, struct stat *st)
{
	return (int)SYSCALL2(lstat, path, st);
}

int __time(time_t *seconds, unsigned long *nanoseconds)
{
	return (int)SYSCALL2(__time, seconds, nanoseconds);
}

int unlink(const char *path)
{
	return remove(path);
}

char *getcwd(char *buf, size_t n)
{
	ssize_t length;

	if (n == 0) {
		errno = EINVAL;
		return NULL;
	}
	length = __getcwd(buf, n - 1);
	if (length < 0)
		return NULL;
	buf[length] = '\0';
	return buf;
}

time_t time(time_t *seconds)
{
	time_t now = 0;

	if (__time(&now, NULL) < 0)
		return -1;
	if (seconds != NULL)
		*seconds = now;
	return now;
}

long syscall(long number, ...)
{
	va_list ap;
	long a, b, c;

	va_start(ap, number);
	a = va_arg(ap, long);
	b = va_arg(ap, long);
	c = va_arg(ap, long);
	va_end(ap);
	return syscall3(number, a, b, c);
}
