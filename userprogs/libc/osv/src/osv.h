/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * osv's types under names of their own, so that its calls can be written with those of
 * the libc in sight, and the prototypes of what <lib/usyscall.h> and <lib/test.h>
 * declare.
 */
#ifndef OSV_H
#define OSV_H

#include <arch/types.h>

#define OSV_FTYPE_DIR 1
#define OSV_FTYPE_FILE 2
#define OSV_WRONLY 0x001
#define OSV_RDWR 0x002
#define OSV_CREAT 0x100
/* 0 would say that the entry is not in use. */
#define OSV_INODE_UNKNOWN (-1)

struct osv_stat {
	int ftype;
	int inode_num;
	size_t size;
};

struct osv_dirent {
	char name[28];
	int inode_num;
};

struct osv_sys_info {
	size_t num_pgfault;
};

int osv_fork(void);
int osv_spawn(const char *args, ...);
int osv_wait(int pid, int *wstatus);
_Noreturn void osv_exit(int status);
int osv_getpid(void);
void osv_sleep(unsigned int seconds);
int osv_open(const char *path, int flags, fmode_t mode);
int osv_close(int fd);
ssize_t osv_read(int fd, void *buf, size_t n);
ssize_t osv_write(int fd, const void *buf, size_t n);
int osv_link(const char *from, const char *to);
int osv_unlink(const char *path);
int osv_mkdir(const char *path);
int osv_chdir(const char *path);
int osv_rmdir(const char *path);
int osv_readdir(int fd, struct osv_dirent *entry);
int osv_fstat(int fd, struct osv_stat *st);
void *osv_sbrk(ssize_t change);
void osv_meminfo(void);
int osv_dup(int fd);
int osv_pipe(int *fds);
void osv_info(struct osv_sys_info *si);
_Noreturn void osv_halt(void);
int osv_puts(char *buf, int size);
char *osv_gets(char *buf, int max);
_Noreturn void osv_error(int line, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void osv_pass(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
