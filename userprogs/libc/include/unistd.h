/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The system calls.  Each returns -1 and sets errno where the kernel refuses; the errors
 * are those of the call's manual page.
 */
#ifndef _UNISTD_H
#define _UNISTD_H

#include <abi/meminfo.h>
#include <abi/procinfo.h>
#include <sys/types.h>

#define STDIN_FILENO 0
#define STDOUT_FILENO 1
#define STDERR_FILENO 2

#ifndef SEEK_SET
#define SEEK_SET 0
#define SEEK_CUR 1
#define SEEK_END 2
#endif

pid_t fork(void);
int execv(const char *path, char *const *argv);
/*
 * As execv(), but a name without a slash is looked for in the directories of
 * program_path().
 */
int execvp(const char *name, char *const *argv);
/*
 * fork() and execv() in one, without a copy of the caller in between: the new process
 * runs the program, with the caller's open files and current directory.  Its pid.
 */
pid_t spawn(const char *path, char *const *argv);
_Noreturn void _exit(int status);
/* <sys/wait.h> says how it works. */
pid_t waitpid(pid_t pid, int *status, int options);
pid_t getpid(void);
pid_t getppid(void);

/* Moves the end of the heap by `change` bytes; the old end, or (void *)-1. */
void *sbrk(ptrdiff_t change);

int open(const char *path, int flags, ...);
int close(int fd);
ssize_t read(int fd, void *buf, size_t n);
ssize_t write(int fd, const void *buf, size_t n);
off_t lseek(int fd, off_t offset, int whence);
int dup(int fd);
int dup2(int from, int to);
/* fds[0] is for reading what is written to fds[1]. */
int pipe(int fds[2]);
int ftruncate(int fd, off_t size);
int fsync(int fd);
/* The next name of a directory, without a final NUL; its length, or 0 at the end. */
ssize_t getdirentry(int fd, char *buf, size_t n);

int chdir(const char *path);
/* The length of the current directory's path, written without a final NUL. */
ssize_t __getcwd(char *buf, size_t n);
/* The same as a string; NULL where it does not fit. */
char *getcwd(char *buf, size_t n);

int link(const char *from, const char *to);
int symlink(const char *target, const char *path);
ssize_t readlink(const char *path, char *buf, size_t n);
int remove(const char *path);
int unlink(const char *path);
int rename(const char *from, const char *to);
int rmdir(const char *path);
/* <sys/stat.h> has the rest of it. */
int mkdir(const char *path, mode_t mode);

/* What memory and how many processes there are, <abi/meminfo.h>. */
int meminfo(struct meminfo *info);
/* The process with the lowest pid from `from` up: its pid, or 0 where there is none. */
int procinfo(int from, struct procinfo *info);

/* Any call by its number in <abi/syscall.h>, with up to three arguments, all long. */
long syscall(long number, ...);

/* Only init may: `cmd` of <abi/reboot.h>, `status` for the machine's owner. */
int reboot(int cmd, int status);

/*
 * Where the program `name` lies: the name itself if it has a slash, else the first of
 * /bin/NAME and /testbin/NAME that can be opened.  0, or -1 with errno (ENOENT).
 */
int program_path(const char *name, char *path, size_t size);

#endif
