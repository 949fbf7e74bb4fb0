/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench/bench.h"

#define COMMANDS_MAX 8

static double seconds(const struct timeval *tv)
{
	return (double)tv->tv_sec + (double)tv->tv_usec * 1e-6;
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec * 1e-9;
}

static int start(const struct bench_command *command, pid_t *pid)
{
	const char *output = command->output != NULL ? command->output : "/dev/null";
	posix_spawn_file_actions_t files;
	int err;

	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, output,
	                                 O_WRONLY | O_CREAT | O_TRUNC, 0666);
	/* Who is to fail says so, to nobody here. */
	if (command->status != 0)
		posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null",
		                                 O_WRONLY, 0);
	err = posix_spawnp(pid, command->argv[0], &files, NULL, (char **)command->argv,
	                   environ);
	posix_spawn_file_actions_destroy(&files);
	if (err != 0)
		return error_set(ERR_SYSTEM, "%s: %s", command->argv[0], strerror(err));
	return 0;
}

int bench_spawn(const struct bench_command *command, struct bench_cost *cost)
{
	double before = now();
	struct rusage usage;
	int status, err;
	pid_t pid;

	err = start(command, &pid);
	if (err != 0)
		return err;
	while (wait4(pid, &status, 0, &usage) < 0)
		if (errno != EINTR)
			return error_set(ERR_SYSTEM, "wait4: %s", strerror(errno));
	cost->wall = now() - before;
	cost->cpu = seconds(&usage.ru_utime) + seconds(&usage.ru_stime);
	cost->peak = (double)usage.ru_maxrss * 1024;
	if (WIFSIGNALED(status))
		return error_set(ERR_FAILED, "%s %s: killed by signal %d",
		                 command->argv[0], command->argv[1], WTERMSIG(status));
	if (WEXITSTATUS(status) != command->status)
		return error_set(ERR_FAILED, "%s %s: exit status %d, not %d",
		                 command->argv[0], command->argv[1], WEXITSTATUS(status),
		                 command->status);
	return 0;
}

int bench_compare(const struct bench_command *commands, size_t n, int rounds,
                  struct bench_cost *medians)
{
	double *cpu = calloc(n * (size_t)rounds, sizeof(*cpu));
	double *wall = calloc(n * (size_t)rounds, sizeof(*wall));
	int err = 0;

	BUG_ON(n > COMMANDS_MAX || rounds < 1);
	if (cpu == NULL || wall == NULL)
		err = error_set(ERR_MEMORY, "no memory for %d rounds", rounds);
	for (int round = -1; round < rounds && err == 0; round++)
		for (size_t i = 0; i < n && err == 0; i++) {
			struct bench_cost cost;

			err = bench_spawn(&commands[i], &cost);
			if (err != 0 || round < 0)
				continue;
			cpu[i * (size_t)rounds + (size_t)round] = cost.cpu;
			wall[i * (size_t)rounds + (size_t)round] = cost.wall;
		}
	for (size_t i = 0; i < n && err == 0; i++) {
		medians[i].cpu = bench_median(cpu + i * (size_t)rounds, (size_t)rounds);
		medians[i].wall = bench_median(wall + i * (size_t)rounds, (size_t)rounds);
	}
	free(cpu);
	free(wall);
	return err;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double bench_median(double *values, size_t n)
{
	BUG_ON(n == 0);
	qsort(values, n, sizeof(*values), by_value);
	return (values[(n - 1) / 2] + values[n / 2]) / 2;
}
