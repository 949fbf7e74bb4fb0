/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "grade/process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "grade/confine.h"

/* The exit code of a child that could not be confined. */
#define NOT_CONFINED 126

static void limit(int what, uint64_t value)
{
	struct rlimit r = {.rlim_cur = value, .rlim_max = value};

	setrlimit(what, &r);
}

/*
 * In the child, up to the exec.  The environment is the same everywhere, so that nothing
 * of the host's settings reaches what is built.
 */
static _Noreturn void become(char *const argv[], const char *directory,
                             const char *const *readable,
                             const struct process_limits *limits, int out)
{
	const char *path = getenv("PATH");
	char search[PATH_MAX], tmp[PATH_MAX];
	char locale[] = "LC_ALL=C", epoch[] = "SOURCE_DATE_EPOCH=0";
	/* A cache of compilers would lie in somebody's home. */
	char cache[] = "CCACHE_DISABLE=1";
	char *env[] = {search, tmp, locale, epoch, cache, NULL};
	int null = open("/dev/null", O_RDONLY);

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	snprintf(search, sizeof(search), "PATH=%s", path ? path : "/usr/bin:/bin");
	snprintf(tmp, sizeof(tmp), "TMPDIR=%s", directory);
	limit(RLIMIT_CPU, limits->cpu);
	limit(RLIMIT_FSIZE, limits->file);
	limit(RLIMIT_CORE, 0);
	if (limits->memory)
		limit(RLIMIT_AS, limits->memory);
	if (null < 0 || chdir(directory) != 0 || dup2(null, 0) < 0 || dup2(out, 1) < 0 ||
	    dup2(out, 2) < 0)
		_exit(PROCESS_NOT_STARTED);
	if (!confine_self(argv[0], readable, directory))
		_exit(NOT_CONFINED);
	execvpe(argv[0], argv, env);
	_exit(PROCESS_NOT_STARTED);
}

static int64_t milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Takes what is there; false at the end. */
static bool take(int fd, size_t room, struct text *output)
{
	char buffer[4096];
	ssize_t n = read(fd, buffer, sizeof(buffer));

	if (n < 0)
		return errno == EINTR;
	text_bytes(output, buffer, (size_t)n < room ? (size_t)n : room);
	return n > 0;
}

/* Until the process has ended and its output is taken, or the time is over. */
static void collect(int fd, int process, const struct process_limits *limits,
                    struct text *output)
{
	int64_t deadline = milliseconds() + (int64_t)limits->wall * 1000;
	size_t end = output->length + limits->output;
	struct pollfd p[] = {{.fd = fd, .events = POLLIN},
	                     {.fd = process, .events = POLLIN}};

	for (;;) {
		int64_t left = deadline - milliseconds();
		int ready = left > 0 ? poll(p, 2, (int)left) : 0;

		if (ready < 0 && errno == EINTR)
			continue;
		if (ready <= 0)
			return;
		if (p[0].revents) {
			if (!take(fd, end - output->length, output))
				p[0].fd = -1;
		} else if (p[1].revents) {
			return;
		}
	}
}

int process_run(char *const argv[], const char *directory, const char *const *readable,
                const struct process_limits *limits, struct text *output, int *status)
{
	int pipes[2], process, err = 0;
	pid_t pid;

	if (pipe2(pipes, O_CLOEXEC) != 0)
		return error_set(ERR_SYSTEM, "%s: no pipe: %s", argv[0], strerror(errno));
	pid = fork();
	if (pid == 0)
		become(argv, directory, readable, limits, pipes[1]);
	close(pipes[1]);
	if (pid < 0) {
		close(pipes[0]);
		return error_set(ERR_SYSTEM, "%s cannot be started: %s", argv[0],
		                 strerror(errno));
	}
	setpgid(pid, pid);
	process = pidfd_open(pid, 0);
	if (process >= 0) {
		collect(pipes[0], process, limits, output);
		close(process);
	} else {
		err = error_set(ERR_SYSTEM, "%s cannot be waited for: %s", argv[0],
		                strerror(errno));
	}
	close(pipes[0]);
	/* Itself, where it is out of time, and whatever it left behind. */
	kill(-pid, SIGKILL);
	while (waitpid(pid, status, 0) < 0)
		if (errno != EINTR)
			return error_set(ERR_SYSTEM, "%s is lost: %s", argv[0],
			                 strerror(errno));
	if (err)
		return err;
	if (WIFEXITED(*status) && WEXITSTATUS(*status) == NOT_CONFINED)
		return error_set(ERR_SYSTEM, "%s cannot be confined by Landlock",
		                 argv[0]);
	return output->failed ? error_set(ERR_MEMORY, "out of memory") : 0;
}
