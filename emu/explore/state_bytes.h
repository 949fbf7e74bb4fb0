/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a search is kept as bytes: numbers of 8 bytes, the lowest byte first, and strings
 * behind their length; before them a header of magic, version and XXH3 of all that
 * follows.
 */
#ifndef FORKSCOPE_EXPLORE_STATE_BYTES_H
#define FORKSCOPE_EXPLORE_STATE_BYTES_H

#include "trace/text.h"

void state_put(struct text *out, uint64_t value);
void state_put_double(struct text *out, double value);
/* NULL is told from "". */
void state_put_string(struct text *out, const char *s);

/* Begins a header; gives what state_end() wants, once all is put that it covers. */
size_t state_begin(struct text *out, uint64_t magic);
void state_end(struct text *out, size_t begun);

struct state_reader {
	const uint8_t *at;
	size_t left;
	bool bad; /* what is read cannot have been put; all that follows is 0 or NULL */
};

uint64_t state_get(struct state_reader *in);
double state_get_double(struct state_reader *in);
/* Owned; NULL where there was none, or with `bad`. */
char *state_get_string(struct state_reader *in);
/* A header, and whether all the rest is as it says.  ERR_FILE, naming `name`. */
int state_check(struct state_reader *in, uint64_t magic, const char *name);

#endif
