/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * OS/161's <unistd.h>: the calls that it has, and what elsewhere lies in other headers,
 * flags of open(), wait statuses, the time.  Calls that it does not have are not
 * declared, since programs use their names for functions of their own.
 */
#ifndef OS161_UNISTD_H
#define OS161_UNISTD_H

#include <abi/reboot.h>
#include <fcntl.h>
#include <sys/cdefs.h>
#include <sys/ioctl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>

#define STDIN_FILENO 0
#define STDOUT_FILENO 1
#define STDERR_FILENO 2

__DEAD void _exit(int status);
int execv(const char *path, char *const *argv);
int execvp(const char *name, char *const *argv);
pid_t fork(void);
pid_t getpid(void);

int close(int fd);
ssize_t read(int fd, void *buf, size_t n);
ssize_t write(int fd, const void *buf, size_t n);
off_t lseek(int fd, off_t offset, int whence);
int dup2(int from, int to);
int pipe(int fds[2]);
int fsync(int fd);
int ftruncate(int fd, off_t size);
ssize_t getdirentry(int fd, char *buf, size_t n);

int chdir(const char *path);
ssize_t __getcwd(char *buf, size_t n);
char *getcwd(char *buf, size_t n);
int link(const char *from, const char *to);
int symlink(const char *target, const char *path);
ssize_t readlink(const char *path, char *buf, size_t n);
int remove(const char *path);
int rename(const char *from, const char *to);
int rmdir(const char *path);

void *sbrk(ptrdiff_t change);

/* Only init may. */
int reboot(int command) __asm__("os161_reboot");
/* All files are in memory: there is nothing to bring to a disk. */
int sync(void);

#endif
