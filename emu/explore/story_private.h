/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The story's parts: story.c tells it, story_stretches.c finds who ran when,
 * story_differences.c which accesses a preemption put in another order, story_page.c lays
 * out columns and finds lines of source.
 */
#ifndef FORKSCOPE_EXPLORE_STORY_PRIVATE_H
#define FORKSCOPE_EXPLORE_STORY_PRIVATE_H

#include "explore/story.h"
#include "explore/walk.h"
#include "probe/sources.h"

struct story {
	struct text *out;
	const struct images *images;
	const struct symbols *symbols; /* of the kernel */
	struct sources *sources;
	const struct record *record;
	const struct steps *steps;
	const struct oracle_finding *finding;
	uint16_t columns[RECORD_THREADS_MAX]; /* of each thread */
	size_t ncolumns;                      /* 1: they would be too narrow */
	size_t width;                         /* of a column */
};

/* A thread's time on the CPU. */
struct story_stretch {
	uint16_t thread, next; /* and who came after it */
	enum record_why why;   /* it left */
	bool ended;            /* it did not leave: the run ended */
	bool passed;           /* it did nothing, and was made to leave */
	uint64_t at;           /* the count when it left */
	uint64_t first, last;  /* rip of its own accesses, 0: none */
	bool telling;          /* they are of neither a switch nor a lock */
	size_t mark, end;      /* its marks */
};

/* story_stretches.c: `*stretches` is for free().  ERR_MEMORY. */
int story_stretches(const struct story *s, struct story_stretch **stretches, size_t *n);

/* story_differences.c */
void story_differences(struct story *s);

/* story_page.c */

/* The names of those threads, each over its column. */
void story_heading(struct story *s, uint64_t threads);
/* Text in a column, broken at blanks; lines after the first are indented. */
void story_cell(struct story *s, uint16_t thread, const char *text);
/* Across the page. */
void story_line(struct story *s, size_t indent, const char *text);
/* "function (file:line)", and for a column without the file's folder. */
void story_place(const struct story *s, struct text *out, uint64_t rip);
void story_place_brief(const struct story *s, struct text *out, uint64_t rip);
/* "file:line  what is there", where the source is found; else nothing. */
void story_source(struct story *s, uint64_t rip);

#endif
