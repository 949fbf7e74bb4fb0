/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trace/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>

#include "trace/limits.h"

/* Two whole lines, so that filling it moves each byte at most once in the long run. */
#define BUFFER_SIZE ((size_t)2 * TRACE_LINE_MAX)
#define CHUNK_SIZE ((size_t)128 << 10)

struct trace_lines {
	int fd;
	char *path;
	uint64_t number;
	char *buffer; /* BUFFER_SIZE bytes and a NUL; text not yet given: start to end */
	size_t start, end;
	bool eof;
	ZSTD_DStream *zstd; /* NULL for plain text */
	char *chunk;        /* compressed bytes not yet taken: in.pos to in.size */
	ZSTD_inBuffer in;
};

static int read_some(struct trace_lines *l, char *to, size_t room, size_t *got)
{
	ssize_t n;

	do
		n = read(l->fd, to, room);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return error_set(ERR_FILE, "cannot read %s: %s", l->path,
		                 strerror(errno));
	*got = (size_t)n;
	return 0;
}

/* Adds decompressed text to the buffer, or sets eof. */
static int fill_zstd(struct trace_lines *l)
{
	ZSTD_outBuffer out = {l->buffer + l->end, BUFFER_SIZE - l->end, 0};

	while (out.pos == 0 && !l->eof) {
		if (l->in.pos == l->in.size) {
			int err = read_some(l, l->chunk, CHUNK_SIZE, &l->in.size);

			if (err)
				return err;
			l->in.pos = 0;
			l->eof = l->in.size == 0;
		}
		size_t code = ZSTD_decompressStream(l->zstd, &out, &l->in);

		if (ZSTD_isError(code))
			return error_set(ERR_FILE,
			                 "%s: after line %llu: damaged zstd data (%s); "
			                 "record the run again",
			                 l->path, (unsigned long long)l->number,
			                 ZSTD_getErrorName(code));
	}
	l->end += out.pos;
	return 0;
}

static int fill(struct trace_lines *l)
{
	size_t got;

	if (l->start) {
		memmove(l->buffer, l->buffer + l->start, l->end - l->start);
		l->end -= l->start;
		l->start = 0;
	}
	if (l->zstd)
		return fill_zstd(l);
	int err = read_some(l, l->buffer + l->end, BUFFER_SIZE - l->end, &got);

	if (err)
		return err;
	l->eof = got == 0;
	l->end += got;
	return 0;
}

static int too_long(struct trace_lines *l)
{
	if (l->number == 0)
		return error_set(ERR_FILE,
		                 "%s: not a forkscope trace: its first line is longer "
		                 "than %d bytes",
		                 l->path, TRACE_LINE_MAX);
	return error_set(ERR_FILE,
	                 "%s:%llu: the line is longer than %d bytes; "
	                 "record the run again",
	                 l->path, (unsigned long long)l->number + 1, TRACE_LINE_MAX);
}

int trace_lines_next(struct trace_lines *l, char **line, size_t *n, bool *whole)
{
	size_t seen = 0;
	char *newline;

	for (;;) {
		size_t have = l->end - l->start;

		newline = NULL;
		if (have > seen)
			newline = memchr(l->buffer + l->start + seen, '\n', have - seen);
		if (newline || (have < TRACE_LINE_MAX && l->eof))
			break;
		if (have >= TRACE_LINE_MAX)
			return too_long(l);
		seen = have;
		int err = fill(l);

		if (err)
			return err;
	}
	*line = l->buffer + l->start;
	*whole = newline;
	*n = newline ? (size_t)(newline - *line) : l->end - l->start;
	if (*n >= TRACE_LINE_MAX)
		return too_long(l);
	if (!newline && *n == 0)
		return 0;
	(*line)[*n] = '\0';
	l->start += *n + (newline ? 1 : 0);
	l->number++;
	return 1;
}

static int start_zstd(struct trace_lines *l)
{
	l->zstd = ZSTD_createDStream();
	l->chunk = malloc(CHUNK_SIZE);
	if (!l->zstd || !l->chunk)
		return error_set(ERR_MEMORY, "out of memory");
	memcpy(l->chunk, l->buffer, l->end);
	l->in = (ZSTD_inBuffer){l->chunk, l->end, 0};
	l->end = 0;
	return 0;
}

/* Reads the first bytes and tells by them how the rest is to be read. */
static int open_file(struct trace_lines *l, const char *path)
{
	static const unsigned char magic[4] = {0x28, 0xb5, 0x2f, 0xfd};

	l->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (l->fd < 0)
		return error_set(ERR_FILE, "cannot open %s: %s", path, strerror(errno));
	while (l->end < sizeof(magic) && !l->eof) {
		size_t got;
		int err = read_some(l, l->buffer + l->end, CHUNK_SIZE - l->end, &got);

		if (err)
			return err;
		l->end += got;
		l->eof = got == 0;
	}
	if (l->end >= sizeof(magic) && memcmp(l->buffer, magic, sizeof(magic)) == 0)
		return start_zstd(l);
	return 0;
}

int trace_lines_open(struct trace_lines **out, const char *path)
{
	struct trace_lines *l = calloc(1, sizeof(*l));
	int err;

	*out = NULL;
	if (!l)
		return error_set(ERR_MEMORY, "out of memory");
	l->fd = -1;
	l->path = strdup(path);
	l->buffer = malloc(BUFFER_SIZE + 1);
	if (l->path && l->buffer)
		err = open_file(l, path);
	else
		err = error_set(ERR_MEMORY, "out of memory");
	if (err) {
		trace_lines_close(l);
		return err;
	}
	*out = l;
	return 0;
}

void trace_lines_close(struct trace_lines *l)
{
	if (!l)
		return;
	if (l->fd >= 0)
		close(l->fd);
	ZSTD_freeDStream(l->zstd);
	free(l->chunk);
	free(l->buffer);
	free(l->path);
	free(l);
}

const char *trace_lines_path(const struct trace_lines *l)
{
	return l->path;
}

uint64_t trace_lines_number(const struct trace_lines *l)
{
	return l->number;
}
