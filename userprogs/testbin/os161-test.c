/* SPDX-License-Identifier: GPL-2.0-or-later */
/* os161-test: written as a program for OS/161 is, with its headers and reports. */
#include <assert.h>
#include <err.h>
#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <test/test.h>
#include <test/triple.h>
#include <test161/test161.h>
#include <unistd.h>

/* OS/161 has no functions of these names. */
static int spawn(int copies)
{
	return copies * 2;
}

static const char *memchr(const char *s, size_t n, char c)
{
	while (n > 0 && *s != c) {
		s++;
		n--;
	}
	return n > 0 ? s : NULL;
}

static int abs(void)
{
	return 1;
}

static void perror(int n)
{
	printf("os161-test: %d\n", n);
}

/* A child waits at one semaphore and answers at another. */
static void semaphores(void)
{
	char byte = 0, buf[2];
	int go, done, status;
	pid_t pid;

	go = open("sem:os161-test.go", O_RDWR | O_CREAT | O_TRUNC, 0664);
	done = open("sem:os161-test.done", O_RDWR | O_CREAT | O_TRUNC, 0664);
	if (go < 0 || done < 0)
		err(1, "sem:");
	pid = fork();
	if (pid == 0) {
		int mine = open("sem:os161-test.go", O_RDONLY);

		if (read(mine, &byte, 1) != 1)
			err(1, "read");
		tprintf("os161-test: the child has been let go\n");
		_exit(write(done, "ab", 2) != 2);
	}
	tprintf("os161-test: the parent lets the child go\n");
	if (write(go, NULL, 1) != 1 || read(done, buf, 2) != 2)
		err(1, "sem:");
	if (waitpid(pid, &status, 0) != pid || status != 0)
		errx(1, "status %d", status);
	if (remove("sem:os161-test.go") < 0 || remove("sem:os161-test.done") < 0)
		err(1, "remove");
}

static void names(void)
{
	jmp_buf env;
	struct stat st;
	volatile int turns = 0;
	int fd = open("null:", O_RDWR);

	assert(spawn(2) == 4 && abs() == 1);
	assert(strcmp(memchr("names", 5, 'm'), "mes") == 0);
	perror(161);
	assert(waitpid(getpid(), NULL, 0) == -1 && errno == ECHILD);
	assert(waitpid(PID_MAX, NULL, 0) == -1 && errno == ESRCH);
	assert(waitpid(-8, NULL, 0) == -1 && errno == ESRCH);
	assert(waitpid(-1, NULL, 0) == -1 && errno == ECHILD);
	assert(waitpid(-1, NULL, WUNTRACED) == -1 && errno == EINVAL);
	assert(ioctl(fd, 12345, NULL) == -1 && errno == EIOCTL);
	assert(lseek(fd, 0, SEEK_SET) == -1 && errno == ESPIPE);
	if (setjmp(env) < 3) {
		turns++;
		longjmp(env, turns);
	}
	assert(turns == 3);
	assert(stat("null:", &st) == 0 && S_ISCHR(st.st_mode) && !S_ISBLK(st.st_mode));
	assert(getenv("PATH") == NULL && system("exit 3") == 3 << 2);
	for (int i = 0; i < 201; i++)
		TEST161_LPROGRESS(i);
	TEST161_TPROGRESS(0);
	__puts("\n");
}

int main(void)
{
	char buf[64];
	char words[] = "one two";
	time_t seconds;
	unsigned long nanoseconds;
	int status;
	pid_t pid;

	nprintf("os161-test: starting\n");
	pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (pid == 0) {
		tprintf("os161-test: the child\n");
		exit(3);
	}
	if (waitpid(pid, &status, 0) < 0)
		err(1, "waitpid");
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 3)
		errx(1, "status %d", status);
	if (__time(&seconds, &nanoseconds) < 0)
		err(1, "__time");
	srandom(7);
	assert(random() != random());
	assert(strcmp(strtok(words, " "), "one") == 0);
	snsecprintf(sizeof(buf), buf, SECRET, "message", "name");
	assert(strcmp(buf, "name: message") == 0);
	if (open("os161-test.out", O_WRONLY | O_CREAT | O_TRUNC) < 3)
		err(1, "os161-test.out");
	if (reboot(RB_HALT) == 0 || errno != EPERM)
		warn("reboot");
	if (reboot(15353) == 0 || errno != EINVAL)
		warn("reboot");
	semaphores();
	names();
	tsay("os161-test: %s\n", "tsay speaks");
	nsay("os161-test: %s\n", "nsay does not");
	lsay("os161-test: %s\n", "lsay too");
	printsf("os161-test: %s\n", "and printsf");
	triple("/bin/true");
	partial_credit(SECRET, "os161-test", 3, 4);
	secprintf(SECRET, "all is well", "os161-test");
	success(TEST161_SUCCESS, SECRET, "os161-test");
	return 0;
}
