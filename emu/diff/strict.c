/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The writer gives the same record the same bytes, so that lines can be compared as they
 * are, which costs next to nothing.
 */
#include "diff/strict.h"

#include <string.h>

#include "trace/lines.h"
#include "trace/trace.h"

struct stream {
	struct trace_lines *lines;
	char *line;
	size_t n;
	bool more; /* there is a line at hand */
	bool end;  /* the last line so far was the end record */
};

static const char end_record[] = "{\"type\":\"end\",";

static int advance(struct stream *s)
{
	bool whole;
	int got = trace_lines_next(s->lines, &s->line, &s->n, &whole);

	/* A last line that was cut is no part of the trace. */
	s->more = got > 0 && (whole || s->line[s->n - 1] == '}');
	if (s->more)
		s->end = s->n >= sizeof(end_record) - 1 &&
		         memcmp(s->line, end_record, sizeof(end_record) - 1) == 0;
	return got < 0 ? got : 0;
}

/* Both headers have to be sound; what they say is compared in part. */
static int read_headers(struct diff_report *r, const char *const paths[2])
{
	char digests[2][2][TRACE_SHA256_SIZE];

	for (int side = 0; side < 2; side++) {
		struct trace_reader *reader;
		int err = trace_reader_open(&reader, paths[side]);

		if (err)
			return err;
		memcpy(digests[side][0], trace_reader_header(reader)->kernel_sha256,
		       TRACE_SHA256_SIZE);
		memcpy(digests[side][1], trace_reader_header(reader)->initrd_sha256,
		       TRACE_SHA256_SIZE);
		trace_reader_close(reader);
	}
	r->same_kernel = strcmp(digests[0][0], digests[1][0]) == 0 &&
	                 strcmp(digests[0][1], digests[1][1]) == 0;
	return 0;
}

/* The lines of `d`, while both sides stand at what differs. */
static void note(const struct diff_report *r, struct diff_difference *d,
                 const struct stream s[2])
{
	d->index = r->compared;
	d->before = r->compared < DIFF_BEFORE ? (size_t)r->compared : DIFF_BEFORE;
	for (int side = 0; side < 2; side++) {
		for (size_t k = 0; k < d->before; k++)
			d->shown[side][k].line = d->index + 2 - d->before + k;
		if (s[side].more)
			d->shown[side][d->before].line = d->index + 2;
	}
}

/* Both to their ends, for whether there is an end record. */
static int read_on(struct stream s[2])
{
	int err = 0;

	for (int side = 0; side < 2; side++)
		while (!err && s[side].more)
			err = advance(&s[side]);
	return err;
}

static int compare(struct diff_report *r, struct diff_difference *d, struct stream s[2])
{
	int err = 0;

	for (;;) {
		for (int side = 0; side < 2 && !err; side++)
			err = advance(&s[side]);
		if (err)
			return err;
		if (!s[0].more && !s[1].more) {
			r->equal = true;
			return 0;
		}
		/* The first is the header. */
		if (trace_lines_number(s[0].lines) == 1)
			continue;
		if (!s[0].more || !s[1].more || s[0].n != s[1].n ||
		    memcmp(s[0].line, s[1].line, s[0].n) != 0)
			break;
		r->compared++;
	}
	note(r, d, s);
	return read_on(s);
}

int diff_strict(struct diff_report *r, struct diff_difference *d,
                const char *const paths[2])
{
	struct stream s[2] = {{0}};
	int err = read_headers(r, paths);

	for (int side = 0; side < 2 && !err; side++)
		err = trace_lines_open(&s[side].lines, paths[side]);
	if (!err)
		err = compare(r, d, s);
	for (int side = 0; side < 2; side++) {
		r->complete[side] = s[side].end;
		trace_lines_close(s[side].lines);
	}
	return err;
}
