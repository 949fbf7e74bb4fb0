/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * proctable: as many processes as there are pids, which takes some 400 MiB of memory.
 * Then fork and spawn fail with EAGAIN; and when all have been waited for, both work
 * again.  With less memory that runs out first, and it says so.
 */
#include "check.h"

#include <abi/limits.h>
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	char *const program[] = {(char *)"true", NULL};
	int gate[2], forked = 0, reaped = 0, error;
	char byte;
	pid_t pid;

	if (pipe(gate) < 0)
		err(1, "pipe");
	while ((pid = fork()) > 0)
		forked++;
	if (pid == 0) {
		close(gate[1]);
		_exit(read(gate[0], &byte, 1) != 0);
	}
	error = errno;
	if (error == EAGAIN) {
		struct meminfo info;

		check_error("spawn", spawn("/bin/true", program), EAGAIN);
		meminfo(&info);
		if (info.processes != PID_MAX)
			fail("%lu processes", info.processes);
		printf("proctable: %d processes\n", PID_MAX);
	}
	close(gate[1]);
	while (waitpid(WAIT_ANY, NULL, 0) > 0)
		reaped++;
	if (reaped != forked)
		fail("%d forked, %d reaped", forked, reaped);
	check_exited(spawn("/bin/true", program), 0);
	printf("proctable: then %s\n", strerror(error));
	return error != EAGAIN && error != ENOMEM;
}
