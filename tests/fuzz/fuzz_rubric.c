/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rubric reader on any bytes: what it takes keeps the promises of rubric.h, and
 * whatever it has read is freed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "grade/rubric.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_at(const struct rubric *r)
{
	size_t subtests = 0;
	int64_t points = 0;

	for (size_t i = 0; i < r->ntests; i++) {
		const struct rubric_test *t = &r->tests[i];

		BUG_ON(strchr(t->name, '/') || t->name[0] == '.');
		BUG_ON(t->argc < 1 || t->argv[t->argc] || !t->argv[0][0]);
		BUG_ON(t->points < 0 || t->timeout == 0 || t->memory == 0);
		BUG_ON((t->console == RUBRIC_ANY) != (t->expected == NULL));
		BUG_ON(t->first_subtest != subtests);
		for (size_t k = 0; k < t->nneeds; k++)
			BUG_ON(t->needs[k] >= i);
		for (size_t k = 0; k < t->nsubtests; k++)
			BUG_ON(t->subtests[k].count == 0 || t->subtests[k].weight == 0);
		subtests += t->nsubtests;
		points += t->points;
	}
	BUG_ON(subtests != r->nsubtests || points != r->points);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rubric *rubric;
	char path[64];
	int fd = memfd_create("rubric", 0);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (rubric_load(&rubric, path) == 0) {
		look_at(rubric);
		rubric_free(rubric);
	}
	close(fd);
	return 0;
}
