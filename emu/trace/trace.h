/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Traces as files: forkscope-trace, version 1 (traces/format.md).
 *
 * JSON Lines, one record a line, each line written as it happens, so that a crash of
 * anything loses at most the last line.  A name that ends in ".zst" is compressed; each
 * line is then flushed as a whole block.
 */
#ifndef FORKSCOPE_TRACE_TRACE_H
#define FORKSCOPE_TRACE_TRACE_H

#include "base/error.h"
#include "trace/event.h"

struct trace_writer;

/*
 * Creates `path` and writes the header.  ERR_SYSTEM where the file cannot be written; a
 * later write error (disk full) comes back from every call after it, and what was written
 * before it stays a valid prefix.
 */
int trace_writer_open(struct trace_writer **w, const char *path,
                      const struct trace_header *header);
int trace_write_event(struct trace_writer *w, const struct trace_event *event);
int trace_write_checkpoint(struct trace_writer *w, const struct trace_checkpoint *point);
int trace_write_end(struct trace_writer *w, const struct trace_end *end);
/* Closes and frees; w may be NULL. */
int trace_writer_close(struct trace_writer *w);

enum trace_record_kind { TRACE_RECORD_EVENT, TRACE_RECORD_CHECKPOINT, TRACE_RECORD_END };

struct trace_record {
	enum trace_record_kind kind;
	union {
		struct trace_event event;
		struct trace_checkpoint checkpoint;
		struct trace_end end;
	};
};

struct trace_reader;

/*
 * Opens a trace, plain or compressed (told by its first bytes), and reads its header.
 * ERR_FILE with file, line and remedy where it is no trace, malformed, or of a version
 * this forkscope does not know.
 */
int trace_reader_open(struct trace_reader **r, const char *path);
const struct trace_header *trace_reader_header(const struct trace_reader *r);
/* The next record: 1, or 0 at the end of the file, or an error with file and line. */
int trace_read(struct trace_reader *r, struct trace_record *record);
/* Records so far that were passed over: events or types of a later forkscope. */
uint64_t trace_reader_skipped(const struct trace_reader *r);
/* The number of the line that the last record came from; the header is line 1. */
uint64_t trace_reader_line(const struct trace_reader *r);
/* Whether the file ended in a line that was cut. */
bool trace_reader_cut(const struct trace_reader *r);
void trace_reader_close(struct trace_reader *r);

/*
 * A whole trace in memory.  Owns its strings.  `complete` is false where the end record
 * is missing: a valid prefix, of which a last line that was cut is no part.
 */
struct trace {
	struct trace_header header;
	struct trace_event *events;
	size_t nevents;
	struct trace_checkpoint *checkpoints;
	size_t ncheckpoints;
	bool complete;
	struct trace_end end;
	uint64_t skipped; /* as trace_reader_skipped() */
	void *storage;    /* the module's own */
};

int trace_load(struct trace **trace, const char *path);
void trace_free(struct trace *trace);

#endif
