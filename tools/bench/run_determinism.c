/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "bench/suite_run.h"

#define TRACE_LIMIT ((size_t)1 << 30)

static int digest_of(const char *path, char hex[FILE_SHA256_SIZE])
{
	struct file file;
	int err = file_read(&file, path, TRACE_LIMIT);

	if (err != 0)
		return err;
	file_sha256(file.data, file.size, hex);
	file_free(&file);
	return 0;
}

/* Counts the recordings that are byte for byte the first one, which stays in `path`. */
static int count_recordings(struct bench *bench, const char *path, int rounds, int *equal)
{
	char first[FILE_SHA256_SIZE] = "", other[FILE_SHA256_SIZE] = "";
	struct bench_command command = {
		.argv = {bench->command, "run", "--record", path, "--", "procs200"}};
	struct bench_cost cost;

	*equal = 0;
	for (int i = 0; i < rounds; i++) {
		int err = bench_spawn(&command, &cost);

		if (err == 0)
			err = digest_of(path, i == 0 ? first : other);
		if (err != 0)
			return err;
		*equal += i == 0 || strcmp(first, other) == 0;
	}
	return 0;
}

/* Counts the replays that come to the events, checkpoints and digest of the recording. */
static int count_replays(struct bench *bench, const char *path, int rounds, int *equal)
{
	struct bench_command command = {.argv = {bench->command, "replay", path}};
	struct bench_cost cost;

	*equal = 0;
	for (int i = 0; i < rounds; i++) {
		int err = bench_spawn(&command, &cost);

		if (err == ERR_SYSTEM)
			return err;
		*equal += err == 0;
	}
	return 0;
}

int run_determinism(struct bench *bench)
{
	char path[BENCH_PATH_SIZE + 32];
	int recordings = bench->quick ? 5 : 100, replays = bench->quick ? 10 : 1000;
	int equal, err;

	snprintf(path, sizeof(path), "%s/procs200.fst.jsonl", bench->directory);
	err = count_recordings(bench, path, recordings, &equal);
	if (err == 0)
		err = bench_row(bench,
		                &(struct bench_row){
					.name = "equal recordings of 200 processes",
					.median = equal,
					.unit = "recordings",
					.target = BENCH_MEDIAN_AT_LEAST,
					.bound = recordings,
				});
	if (err == 0)
		err = count_replays(bench, path, replays, &equal);
	if (err == 0)
		err = bench_row(bench,
		                &(struct bench_row){
					.name = "replays that come to the same digest",
					.median = equal,
					.unit = "replays",
					.target = BENCH_MEDIAN_AT_LEAST,
					.bound = replays,
				});
	return err;
}
