/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * spawntest: a spawned process is a child as a forked one is.  It has its arguments, its
 * parent's open files and directory, none of its memory, and is waited for once; what
 * cannot be spawned leaves no child behind.
 */
#include "check.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SELF "/testbin/spawntest"
#define DIR "/spawntest.dir"
#define SHARED_FD 20

static int data = 1;

/* What the spawned process checks: "PARENT" and the descriptor it should have. */
static int child(char **argv)
{
	char path[PATH_MAX];
	char buf[5] = "";

	if (getppid() != atoi(argv[1]))
		fail("the parent is %d, not %s", getppid(), argv[1]);
	if (data != 1)
		fail("the parent's data came along");
	if (read(SHARED_FD, buf, 4) != 4 || strcmp(buf, "fork") != 0)
		fail("the parent's file gives \"%s\"", buf);
	if (getcwd(path, sizeof(path)) == NULL || strcmp(path, DIR) != 0)
		fail("the directory is %s", path);
	return 33;
}

static void once(void)
{
	char number[12];
	char *const argv[] = {(char *)"spawntest", number, NULL};
	char buf[4];
	pid_t pid;
	int fd = open("/data/haiku.txt", O_RDONLY);

	if (fd < 0 || dup2(fd, SHARED_FD) < 0 || read(fd, buf, 2) != 2)
		err(1, "/data/haiku.txt");
	if (mkdir(DIR, 0755) < 0 || chdir(DIR) < 0)
		err(1, DIR);
	snprintf(number, sizeof(number), "%d", getpid());
	data = 2;
	pid = spawn(SELF, argv);
	if (pid < 0)
		err(1, "spawn");
	check_exited(pid, 33);
	check_error("the second wait", waitpid(pid, NULL, 0), ECHILD);
	if (read(fd, buf, 1) != 1 || buf[0] != ' ')
		fail("the child did not share the offset");
	close(fd);
	close(SHARED_FD);
	chdir("/");
	rmdir(DIR);
}

static void many(void)
{
	char *const argv[] = {(char *)"false", NULL};
	pid_t pids[32];

	for (int i = 0; i < 32; i++)
		pids[i] = spawn("/bin/false", argv);
	for (int i = 0; i < 32; i++)
		check_exited(pids[i], 1);
}

int main(int argc, char **argv)
{
	char *const none[] = {(char *)"none", NULL};

	if (argc > 1)
		return child(argv);
	once();
	many();
	check_error("no such program", spawn("/bin/nothing", none), ENOENT);
	check_error("a text", spawn("/data/haiku.txt", none), ENOEXEC);
	check_error("any child", waitpid(WAIT_ANY, NULL, 0), ECHILD);
	printf("spawntest: passed\n");
	return 0;
}
