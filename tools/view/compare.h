/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where two traces differ: the first record at which their schedules part, and, whatever
 * the schedules, the first difference in what each process did.
 */
#ifndef FORKSCOPE_TOOLS_VIEW_COMPARE_H
#define FORKSCOPE_TOOLS_VIEW_COMPARE_H

#include "trace/text.h"
#include "view/model.h"

struct compare_place {
	size_t event[2]; /* in each trace; MODEL_NONE where it has nothing there */
	char what[80];   /* "schedules part", "1.2 ends otherwise"... */
};

struct compare {
	struct compare_place *places; /* by the first trace's event */
	size_t count;
	bool same_deeds; /* every process did the same */
	char summary[120];
};

/* ERR_FILE where a file has changed since, ERR_MEMORY. */
int compare_make(struct compare *compare, const struct model *a, const struct model *b);
void compare_free(struct compare *compare);

#endif
