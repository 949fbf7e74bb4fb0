/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * init [PROGRAM [ARG...]]: the first process.
 *
 * Runs the program, or a shell on the console, and then waits for every process there is,
 * its own child and the orphans given to it.  When none is left it powers the machine
 * off, with the program's exit code as the status, 128 + N if signal N killed it, and 127
 * if it could not be run.
 */
#include <abi/reboot.h>
#include <err.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define STATUS_NOT_RUN 127
#define STATUS_SIGNAL 128

static _Noreturn void power_off(int status)
{
	reboot(RB_POWEROFF, status);
	err(1, "reboot");
}

static pid_t start(char **argv)
{
	char path[PATH_MAX];
	pid_t pid;

	if (program_path(argv[0], path, sizeof(path)) < 0) {
		if (errno == ENOENT)
			warnx("%s: no such program", argv[0]);
		else
			warn("%s", argv[0]);
		power_off(STATUS_NOT_RUN);
	}
	pid = fork();
	if (pid < 0) {
		warn("fork");
		power_off(STATUS_NOT_RUN);
	}
	if (pid == 0) {
		execv(path, argv);
		warn("%s", argv[0]);
		_exit(STATUS_NOT_RUN);
	}
	return pid;
}

int main(int argc, char **argv)
{
	static char *shell[] = {(char *)"/bin/sh", NULL};
	pid_t program = start(argc > 1 ? argv + 1 : shell);
	int result = STATUS_NOT_RUN;

	for (;;) {
		int status;
		pid_t pid = waitpid(WAIT_ANY, &status, 0);

		if (pid < 0)
			break;
		if (pid == program) {
			result = WIFEXITED(status) ? WEXITSTATUS(status)
			                           : STATUS_SIGNAL + WTERMSIG(status);
			program = 0; /* an orphan may get the same pid */
		}
	}
	if (errno != ECHILD)
		warn("waitpid");
	power_off(result);
}
