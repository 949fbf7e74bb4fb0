/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The system calls as osv's programs know them, on top of the libc's: an error is one of
 * the ERR_* values, and the status of a child is what it gave to exit(), from 0 to 254,
 * or -1 for exit(-1) and for a child that was killed.
 *
 * The functions have names of their own for the linker, since the libc has functions of
 * the same names that do other things.
 */
#ifndef OSV_LIB_USYSCALL_H
#define OSV_LIB_USYSCALL_H

#include <arch/types.h>
#include <lib/errcode.h>
#include <lib/stddef.h>

#define FTYPE_DIR 1
#define FTYPE_FILE 2
#define FTYPE_DEV 3

struct stat {
	int ftype;
	int inode_num;
	size_t size;
};

#define FNAME_LEN 28

/* inode_num is -1: our directories give names only. */
struct dirent {
	char name[FNAME_LEN];
	int inode_num;
};

#define NUM_FILES 64

#define FS_RDONLY 0x000
#define FS_WRONLY 0x001
#define FS_RDWR 0x002
#define FS_CREAT 0x100
#define EMPTY_MODE 0

/* An address of the kernel, and the end of the user's stack. */
#define KMAP_BASE 0xffffffff80000000
#define USTACK_UPPERBOUND 0x00007ffffffff000

/* Of the process, since it was made. */
struct sys_info {
	size_t num_pgfault;
};

int fork(void) __asm__("osv_fork");
/* Runs the program that is the first of the words in `args`, with all of them. */
int spawn(const char *args, ...) __asm__("osv_spawn");
int wait(int pid, int *wstatus) __asm__("osv_wait");
void exit(int status) __asm__("osv_exit") __attribute__((noreturn));
int getpid(void) __asm__("osv_getpid");
void sleep(unsigned int seconds) __asm__("osv_sleep");
int open(const char *path, int flags, fmode_t mode) __asm__("osv_open");
int close(int fd) __asm__("osv_close");
ssize_t read(int fd, void *buf, size_t n) __asm__("osv_read");
ssize_t write(int fd, const void *buf, size_t n) __asm__("osv_write");
int link(const char *from, const char *to) __asm__("osv_link");
int unlink(const char *path) __asm__("osv_unlink");
int mkdir(const char *path) __asm__("osv_mkdir");
int chdir(const char *path) __asm__("osv_chdir");
/* ERR_END behind the last entry. */
int readdir(int fd, struct dirent *entry) __asm__("osv_readdir");
int rmdir(const char *path) __asm__("osv_rmdir");
int fstat(int fd, struct stat *st) __asm__("osv_fstat");
/* To give back more than there is changes nothing. */
void *sbrk(ssize_t change) __asm__("osv_sbrk");
void meminfo(void) __asm__("osv_meminfo");
int dup(int fd) __asm__("osv_dup");
int pipe(int *fds) __asm__("osv_pipe");
void info(struct sys_info *si) __asm__("osv_info");
void halt(void) __asm__("osv_halt") __attribute__((noreturn));

#endif
