/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ps: the processes, by pid, with what each is doing. */
#include <err.h>
#include <stdio.h>
#include <unistd.h>

int main(void)
{
	static const char *const states[] = {
		[PROCINFO_NEW] = "new",         [PROCINFO_READY] = "ready",
		[PROCINFO_RUNNING] = "running", [PROCINFO_SLEEPING] = "sleeping",
		[PROCINFO_ZOMBIE] = "zombie",
	};
	struct procinfo info;
	int pid;

	printf("%5s %-8s %s\n", "PID", "STATE", "NAME");
	for (int from = 1; (pid = procinfo(from, &info)) > 0; from = pid + 1)
		printf("%5d %-8s %s\n", pid, states[info.state], info.name);
	if (pid < 0)
		err(1, "procinfo");
	return 0;
}
