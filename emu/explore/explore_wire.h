/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pieces of work and what came of them as flat bytes, between a process and the ones it
 * forked: the same program, so structures go as they are, with offsets for pointers.
 */
#ifndef FORKSCOPE_EXPLORE_EXPLORE_WIRE_H
#define FORKSCOPE_EXPLORE_EXPLORE_WIRE_H

#include "explore/explore_private.h"

enum wire_kind {
	WIRE_ITEM,    /* struct search_item */
	WIRE_OUTCOME, /* struct explore_outcome */
	WIRE_STOPPED, /* the search was interrupted; nothing */
	WIRE_ERROR,   /* the text of the error; nothing where it is over */
};

/* What each message begins with. */
struct wire_header {
	uint64_t size; /* bytes, this included */
	uint32_t kind;
	int32_t error;  /* enum error */
	uint64_t index; /* of the piece in its batch */
};

/* They replace what `out` holds, and set its `failed` where memory is out. */
void wire_put_item(struct text *out, const struct search_item *item, uint64_t index);
void wire_put_outcome(struct text *out, const struct explore_outcome *outcome,
                      size_t nsleepers, uint64_t index);
void wire_put_error(struct text *out, int error, uint64_t index);
void wire_put_stopped(struct text *out, uint64_t index);

/*
 * What a message of `header->size` bytes, aligned as malloc() does it, holds.  They lie
 * in it, and once only: the offsets have become pointers.
 */
const struct search_item *wire_item(struct wire_header *header);
const struct explore_outcome *wire_outcome(struct wire_header *header);
const char *wire_error(const struct wire_header *header);

#endif
