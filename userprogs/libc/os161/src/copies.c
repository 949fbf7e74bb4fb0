/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Several copies of a program at a time. */
#include <err.h>
#include <stdlib.h>
#include <test/quint.h>
#include <test/triple.h>
#include <unistd.h>

#define COPIES_MAX 5

static void run_copies(const char *program, int n)
{
	char *const argv[] = {(char *)program, NULL};
	pid_t pids[COPIES_MAX];
	int failed = 0;

	for (int i = 0; i < n; i++) {
		pids[i] = spawn(program, argv);
		if (pids[i] < 0)
			err(1, "%s", program);
	}
	for (int i = 0; i < n; i++) {
		int status;

		if (waitpid(pids[i], &status, 0) < 0) {
			warn("waitpid");
			failed++;
		} else if (status != 0) {
			warnx("copy %d of %s: status 0x%x", i, program, status);
			failed++;
		}
	}
	if (failed > 0)
		errx(1, "%d copies of %s failed", failed, program);
	warnx("%d copies of %s: all succeeded", n, program);
}

void triple(const char *program)
{
	run_copies(program, 3);
}

void quint(const char *program)
{
	run_copies(program, 5);
}

int sync(void)
{
	return 0;
}
