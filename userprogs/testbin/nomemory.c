/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nomemory: uses up all memory and tries the calls that need some.  Each fails with the
 * error of its manual page, changes nothing, and works again when there is memory.
 *
 * Frames go to this program's heap, and what the kernel has left in blocks as long as a
 * path to symbolic links.  Such a link takes three blocks and leaves up to two, with
 * which calls of one or two paths may get through: they succeed, or say that memory is
 * short.
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
#define TOO_LARGE ((256l << 20) + 1)

/* Frames that the kernel's allocator may keep partly in use. */
#define SLACK 8

static char *const program[] = {(char *)"true", NULL};
static char target[PATH_MAX];
static int links;

/* ENOENT comes of one that has failed before. */
static long may_fail(const char *call, long result)
{
	if (result < 0 && errno != ENOMEM && errno != ENOENT)
		err(1, "%s", call);
	return result;
}

static const char *link_name(int i)
{
	static char name[32];

	snprintf(name, sizeof(name), DIR_NAME "/%d", i);
	return name;
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

static void *take_all(void)
{
	void *before = take_frames();

	while (symlink(target, link_name(links)) == 0)
		links++;
	if (errno != ENOMEM)
		err(1, "symlink");
	return before;
}

static void give_back(void *before)
{
	if (sbrk((char *)before - (char *)sbrk(0)) == (void *)-1)
		err(1, "sbrk");
	while (links > 0)
		if (remove(link_name(--links)) < 0)
			err(1, "%s", link_name(links));
}

static void try_paths(void)
{
	struct stat st;
	char buf[8];

	close((int)may_fail("open", open(FILE_NAME, O_RDONLY)));
	close((int)may_fail("open to create", open("/new", O_RDWR | O_CREAT)));
	may_fail("chdir", chdir("/"));
	may_fail("__getcwd", __getcwd(buf, sizeof(buf)));
	may_fail("mkdir", mkdir("/directory", 0755));
	may_fail("link", link(FILE_NAME, "/link"));
	may_fail("rename", rename("/link", "/renamed"));
	may_fail("stat", stat(FILE_NAME, &st));
	may_fail("lstat", lstat(FILE_NAME, &st));
	may_fail("readlink", readlink(link_name(0), buf, sizeof(buf)));
}

/* What got through; with memory again there is no other error than that it did not. */
static void remove_made(void)
{
	static const char *const files[] = {"/new", "/link", "/renamed"};

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (remove(files[i]) < 0 && errno != ENOENT)
			err(1, "%s", files[i]);
	if (rmdir("/directory") < 0 && errno != ENOENT)
		err(1, "rmdir");
}

static void try_calls(int fd)
{
	int fds[2];

	check_error("fork", fork(), ENOMEM);
	check_error("execv", execv("/bin/true", program), ENOMEM);
	check_error("spawn", spawn("/bin/true", program), ENOMEM);
	check_error("pipe", pipe(fds), ENOMEM);
	check_error("symlink", symlink(target, link_name(links)), ENOMEM);
	check_error("sbrk", (long)sbrk(4096), ENOMEM);
	check_error("write", write(fd, "text", 4), ENOSPC);
	try_paths();
	printf("nomemory: every call was refused\n");
}

/* What needs no memory works all the same. */
static void try_others(int fd)
{
	struct stat st;

	if (getpid() < 2 || fstat(fd, &st) < 0 || st.st_size != 0 || dup2(fd, 9) != 9 ||
	    close(9) < 0 || lseek(fd, 0, SEEK_CUR) != 0)
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

	memset(target, 'x', sizeof(target) - 1);
	if (fd < 0 || mkdir(DIR_NAME, 0755) < 0)
		err(1, "files");
	too_large(fd);
	check_fatal("a page of the stack", touch_stack, SIGKILL);
	give_back(take_all());
	meminfo(&before);

	end = take_all();
	try_calls(fd);
	try_others(fd);
	give_back(end);
	remove_made();
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
