/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nomemory: uses up all memory and tries the calls that need some.  Each fails with the
 * error of its manual page, changes nothing, and works again when there is memory.
 *
 * Frames go to this program's heap.  What the kernel has left in blocks goes to
 * directories and links until no more can be made, and at last what it has for copies of
 * paths goes to files: the list of a file's pages is a block of that size where it is
 * written to behind its 64th page.
 */
#include "check.h"

#include <abi/limits.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define FILE_NAME "/nomemory.file"
#define DIR_NAME "/nomemory.dir"
#define IMAGE_NAME "/data/haiku.txt"
#define TOO_LARGE ((256l << 20) + 1)
#define FAR (64 * 4096)
#define FAR_FILES 8

/* Frames that the kernel's allocator may keep partly in use. */
#define SLACK 8

static char *const program[] = {(char *)"true", NULL};
static int far[FAR_FILES];
static int image; /* a file of the initrd, whose contents are not in pages yet */
static int dirs, links;

static const char *name(char kind, int i)
{
	static char names[2][32];
	static int turn;

	turn = !turn;
	snprintf(names[turn], sizeof(names[turn]), DIR_NAME "/%c%d", kind, i);
	return names[turn];
}

/* The heap takes what there is; its size before. */
static void *take_frames(void)
{
	void *before = sbrk(0);

	for (long bytes = 1l << 30; bytes >= 4096; bytes /= 2)
		while (sbrk(bytes) != (void *)-1)
			continue;
	check_error("sbrk", (long)sbrk(4096), ENOMEM);
	return before;
}

/* The file system is full.  A rename makes the new name before it takes the old. */
static void take_names(void)
{
	int fd = open(FILE_NAME, O_RDONLY);

	while (mkdir(name('d', dirs), 0755) == 0)
		dirs++;
	check_error("mkdir", -1, ENOSPC);
	while (link(FILE_NAME, name('l', links)) == 0)
		links++;
	check_error("link", -1, ENOSPC);
	check_error("rename", rename(name('f', 0), name('r', 0)), ENOSPC);
	check_error("symlink", symlink("x", name('s', 0)), ENOSPC);
	close(fd); /* it leaves room for what is no name */
	check_error("open to create", open(name('c', 0), O_RDWR | O_CREAT), ENOSPC);
	check_error("ftruncate", ftruncate(image, 5), ENOSPC);
}

static void take_paths(void)
{
	for (int i = 0; chdir("/") == 0; i++) {
		if (i == FAR_FILES)
			fail("still room for a path");
		check_error("write", write(far[i], "text", 4), ENOSPC);
	}
	check_error("chdir", -1, ENOMEM);
}

static void open_far(void)
{
	for (int i = 0; i < FAR_FILES; i++) {
		far[i] = open(name('f', i), O_RDWR | O_CREAT, 0644);
		if (far[i] < 0 || lseek(far[i], FAR, SEEK_SET) != FAR)
			err(1, "%s", name('f', i));
	}
	image = open(IMAGE_NAME, O_RDWR);
	if (image < 0)
		err(1, IMAGE_NAME);
}

static void give_back(void *before)
{
	if (sbrk((char *)before - (char *)sbrk(0)) == (void *)-1)
		err(1, "sbrk");
	while (links > 0)
		if (remove(name('l', --links)) < 0)
			err(1, "%s", name('l', links));
	while (dirs > 0)
		if (rmdir(name('d', --dirs)) < 0)
			err(1, "%s", name('d', dirs));
	for (int i = 0; i < FAR_FILES; i++)
		if (close(far[i]) < 0 || remove(name('f', i)) < 0)
			err(1, "%s", name('f', i));
	close(image);
}

static void try_processes(void)
{
	int fds[2];

	check_error("fork", fork(), ENOMEM);
	check_error("execv", execv("/bin/true", program), ENOMEM);
	check_error("spawn", spawn("/bin/true", program), ENOMEM);
	check_error("pipe", pipe(fds), ENOMEM);
	check_error("sbrk", (long)sbrk(4096), ENOMEM);
}

static void try_paths(void)
{
	struct stat st;
	char buf[8];

	check_error("open", open(FILE_NAME, O_RDONLY), ENOMEM);
	check_error("open to create", open("/new", O_RDWR | O_CREAT), ENOMEM);
	check_error("chdir", chdir("/"), ENOMEM);
	check_error("__getcwd", __getcwd(buf, sizeof(buf)), ENOMEM);
	check_error("mkdir", mkdir("/directory", 0755), ENOMEM);
	check_error("rmdir", rmdir(DIR_NAME), ENOMEM);
	check_error("link", link(FILE_NAME, "/link"), ENOMEM);
	check_error("symlink", symlink("x", "/link"), ENOMEM);
	check_error("rename", rename(FILE_NAME, "/renamed"), ENOMEM);
	check_error("remove", remove(FILE_NAME), ENOMEM);
	check_error("stat", stat(FILE_NAME, &st), ENOMEM);
	check_error("lstat", lstat(FILE_NAME, &st), ENOMEM);
	check_error("readlink", readlink(FILE_NAME, buf, sizeof(buf)), ENOMEM);
}

static void *take_all(int fd)
{
	void *before;

	open_far();
	before = take_frames();
	take_names();
	try_processes();
	take_paths();
	try_processes();
	try_paths();
	check_error("write", write(fd, "text", 4), ENOSPC);
	return before;
}

/* What needs no memory works all the same. */
static void try_others(int fd)
{
	struct stat st;

	if (getpid() < 2 || fstat(fd, &st) < 0 || st.st_size != 0 || dup2(fd, 60) != 60 ||
	    close(60) < 0 || lseek(fd, 0, SEEK_CUR) != 0)
		fail("calls that need no memory");
	check_error("waitpid", waitpid(WAIT_ANY, NULL, 0), ECHILD);
}

/* The last of the stack's pages has never been touched. */
static void touch_stack(void)
{
	take_frames();
	*((volatile char *)USER_STACK_TOP - USER_STACK_SIZE) = 1;
}

static void too_large(int fd)
{
	check_error("ftruncate", ftruncate(fd, TOO_LARGE), EFBIG);
	if (lseek(fd, TOO_LARGE, SEEK_SET) != TOO_LARGE)
		err(1, "lseek");
	check_error("write", write(fd, "text", 4), EFBIG);
	if (lseek(fd, 0, SEEK_END) != 0)
		fail("the file has changed");
	printf("nomemory: no file is larger than 256 MiB\n");
}

int main(void)
{
	int fd = open(FILE_NAME, O_RDWR | O_CREAT | O_TRUNC, 0644);
	struct meminfo before, after;
	void *end;

	if (fd < 0 || mkdir(DIR_NAME, 0755) < 0)
		err(1, "files");
	too_large(fd);
	check_fatal("a page of the stack", touch_stack, SIGKILL);
	give_back(take_all(fd));
	meminfo(&before);

	end = take_all(fd);
	printf("nomemory: every call was refused\n");
	try_others(fd);
	give_back(end);
	ftruncate(fd, 0); /* it may have got as far as a list of pages */

	meminfo(&after);
	if (after.heap_blocks != before.heap_blocks ||
	    after.frames_free + SLACK < before.frames_free)
		fail("%lu blocks and %lu frames, before %lu and %lu", after.heap_blocks,
		     after.frames_free, before.heap_blocks, before.frames_free);
	check_exited(spawn("/bin/true", program), 0);
	if (write(fd, "text", 4) != 4 || rmdir(DIR_NAME) < 0 || remove(FILE_NAME) < 0)
		err(1, "afterwards");
	printf("nomemory: all is as before\n");
	return 0;
}
