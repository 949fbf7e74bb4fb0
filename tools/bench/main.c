/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <ftw.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/bench.h"
#include "bench/report.h"

static const struct bench_suite *const suites[] = {
	&bench_suite_run,  &bench_suite_kernel,  &bench_suite_grade,
	&bench_suite_view, &bench_suite_explore, &bench_suite_mutants,
};
#define SHARE "../share/forkscope/"
#define SUITES (sizeof(suites) / sizeof(suites[0]))

static void usage(FILE *file)
{
	fprintf(file,
	        "usage: forkscope-bench [--quick] [--json FILE] [SUITE...]\n\n"
	        "Measures, and compares with targets; all suites where none is named.\n\n"
	        "  --quick      few rounds: to try the harness, not to judge by\n"
	        "  --json FILE  write the rows as JSON too\n\n");
	for (size_t i = 0; i < SUITES; i++)
		fprintf(file, "  %-12s %s\n", suites[i]->name, suites[i]->what);
	fprintf(file, "\nExit status: 0 every target met, 1 a target missed, 2 usage, "
	              "3 a measure could not be taken.\n");
}

/* The commands beside this one and the images that belong to them. */
static int find_files(struct bench *bench)
{
	char self[BENCH_PATH_SIZE - 64], *bin;
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n < 0)
		return error_set(ERR_SYSTEM, "/proc/self/exe: %s", strerror(errno));
	self[n] = '\0';
	bin = dirname(self);
	snprintf(bench->command, BENCH_PATH_SIZE, "%s/forkscope", bin);
	snprintf(bench->bare, BENCH_PATH_SIZE, "%s/forkscope-bench-bare", bin);
	snprintf(bench->kernel, BENCH_PATH_SIZE, "%s/" SHARE "kernel.elf", bin);
	snprintf(bench->initrd, BENCH_PATH_SIZE, "%s/" SHARE "initrd.tar", bin);
	snprintf(bench->mix, BENCH_PATH_SIZE, "%s/" SHARE "debug/mix", bin);
	snprintf(bench->directory, sizeof(bench->directory), "%s/forkscope-bench-XXXXXX",
	         getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp");
	if (mkdtemp(bench->directory) == NULL)
		return error_set(ERR_SYSTEM, "%s: %s", bench->directory, strerror(errno));
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st;
	(void)kind;
	(void)ftw;
	return remove(path);
}

static bool is_chosen(const char *name, char **names, int n)
{
	for (int i = 0; i < n; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return n == 0;
}

static bool is_suite(const char *name)
{
	for (size_t i = 0; i < SUITES; i++)
		if (strcmp(suites[i]->name, name) == 0)
			return true;
	return false;
}

static int run_suites(struct bench *bench, char **names, int n, const char *json)
{
	int err = find_files(bench);

	if (err != 0)
		return err;
	for (size_t i = 0; i < SUITES && err == 0; i++) {
		if (!is_chosen(suites[i]->name, names, n))
			continue;
		bench_report_suite(bench->report, suites[i]);
		err = suites[i]->run(bench);
	}
	nftw(bench->directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	if (err == 0 && json != NULL)
		err = bench_report_json(bench->report, json);
	return err;
}

int main(int argc, char **argv)
{
	static struct bench bench;
	const char *json = NULL;
	char **names = argv;
	int status = EXIT_GOOD, n = 0, err;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0) {
			usage(stdout);
			return EXIT_GOOD;
		} else if (strcmp(argv[i], "--quick") == 0) {
			bench.quick = true;
		} else if (strcmp(argv[i], "--json") == 0 && i + 1 < argc) {
			json = argv[++i];
		} else if (is_suite(argv[i])) {
			names[n++] = argv[i];
		} else {
			fprintf(stderr, "forkscope-bench: unknown: %s\n", argv[i]);
			usage(stderr);
			return EXIT_USAGE;
		}
	}
	bench.report = bench_report_new();
	if (bench.report == NULL)
		err = error_set(ERR_MEMORY, "no memory for the report");
	else
		err = run_suites(&bench, names, n, json);
	if (err != 0) {
		fprintf(stderr, "forkscope-bench: %s\n", error_message());
		status = EXIT_FILE;
	} else if (bench_report_missed(bench.report) > 0) {
		status = EXIT_FAILED;
	}
	bench_report_free(bench.report);
	return status;
}
