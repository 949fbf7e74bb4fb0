/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view/lane.h"

#include <stdlib.h>
#include <string.h>

static int by_process_and_start(const void *a, const void *b)
{
	const struct timeline_slice *x = a, *y = b;

	if (x->process != y->process)
		return x->process < y->process ? -1 : 1;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	if (x->end != y->end)
		return x->end < y->end ? -1 : 1;
	return (x->seq > y->seq) - (x->seq < y->seq);
}

static int by_process_and_time(const void *a, const void *b)
{
	const struct timeline_mark *x = a, *y = b;

	if (x->process != y->process)
		return x->process < y->process ? -1 : 1;
	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return (x->seq > y->seq) - (x->seq < y->seq);
}

static void fill_slices(struct lanes *l, size_t nslices)
{
	uint64_t sums[TIMELINE_STATES] = {0};

	for (size_t i = 0; i < nslices; i++) {
		const struct timeline_slice *s = &l->slices[i];
		struct lane *lane = &l->lane[s->process];

		if (lane->nslices == 0) {
			lane->slices = s;
			lane->spent = (const uint64_t(*)[TIMELINE_STATES]) & l->spent[i];
			memset(sums, 0, sizeof(sums));
		}
		lane->nslices++;
		memcpy(l->spent[i], sums, sizeof(sums));
		sums[s->state] += s->end - s->start;
	}
}

static void fill_marks(struct lanes *l, size_t nmarks)
{
	for (size_t i = 0; i < nmarks; i++) {
		struct lane *lane = &l->lane[l->marks[i].process];

		if (lane->nmarks++ == 0)
			lane->marks = &l->marks[i];
	}
}

int lanes_create(struct lanes *l, const struct timeline *t, size_t processes)
{
	*l = (struct lanes){.count = processes};
	l->lane = calloc(processes + 1, sizeof(*l->lane));
	l->slices = calloc(t->nslices + 1, sizeof(*l->slices));
	l->marks = calloc(t->nmarks + 1, sizeof(*l->marks));
	l->spent = calloc(t->nslices + 1, sizeof(*l->spent));
	if (!l->lane || !l->slices || !l->marks || !l->spent) {
		lanes_free(l);
		return error_set(ERR_MEMORY, "out of memory");
	}
	if (t->nslices) {
		memcpy(l->slices, t->slices, t->nslices * sizeof(*l->slices));
		qsort(l->slices, t->nslices, sizeof(*l->slices), by_process_and_start);
	}
	if (t->nmarks) {
		memcpy(l->marks, t->marks, t->nmarks * sizeof(*l->marks));
		qsort(l->marks, t->nmarks, sizeof(*l->marks), by_process_and_time);
	}
	fill_slices(l, t->nslices);
	fill_marks(l, t->nmarks);
	return 0;
}

void lanes_free(struct lanes *l)
{
	free(l->lane);
	free(l->slices);
	free(l->marks);
	free(l->spent);
	*l = (struct lanes){0};
}

size_t lane_slice(const struct lane *lane, uint64_t time)
{
	size_t low = 0, high = lane->nslices;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (lane->slices[middle].end > time)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

size_t lane_mark(const struct lane *lane, uint64_t time)
{
	size_t low = 0, high = lane->nmarks;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (lane->marks[middle].time >= time)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* What was spent before `time`. */
static void spent_before(const struct lane *lane, uint64_t time,
                         uint64_t spent[TIMELINE_STATES])
{
	size_t i = lane_slice(lane, time), last = i < lane->nslices ? i : i - 1;
	const struct timeline_slice *s = &lane->slices[last];

	memcpy(spent, lane->spent[last], sizeof(lane->spent[last]));
	if (time > s->start)
		spent[s->state] += (time < s->end ? time : s->end) - s->start;
}

void lane_spent(const struct lane *lane, uint64_t from, uint64_t to,
                uint64_t spent[TIMELINE_STATES])
{
	uint64_t before[TIMELINE_STATES];

	memset(spent, 0, TIMELINE_STATES * sizeof(*spent));
	if (lane->nslices == 0 || to <= from)
		return;
	spent_before(lane, from, before);
	spent_before(lane, to, spent);
	for (int i = 0; i < TIMELINE_STATES; i++)
		spent[i] -= before[i];
}
