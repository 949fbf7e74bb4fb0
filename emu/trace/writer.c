/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One write(2) a line: what the kernel has taken survives the end of this process,
 * however that comes, so that at most the line being written is lost.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>

#include "trace/format.h"
#include "trace/limits.h"
#include "trace/trace.h"

struct trace_writer {
	int fd;
	char *path;
	struct text line;
	ZSTD_CStream *zstd; /* NULL for plain text */
	char *block;        /* of ZSTD_CStreamOutSize() bytes */
	size_t block_size;
	bool failed; /* for good; `why` says it again at every call */
	char why[256];
};

static int fail(struct trace_writer *w, const char *why)
{
	w->failed = true;
	snprintf(w->why, sizeof(w->why), "%s", why);
	return error_set(ERR_SYSTEM,
	                 "cannot write %s: %s; what was recorded before is kept", w->path,
	                 w->why);
}

static int write_all(struct trace_writer *w, const char *bytes, size_t n)
{
	while (n) {
		ssize_t done = write(w->fd, bytes, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return fail(w, strerror(errno));
		bytes += done;
		n -= (size_t)done;
	}
	return 0;
}

static int compress(struct trace_writer *w, const char *bytes, size_t n,
                    ZSTD_EndDirective how)
{
	ZSTD_inBuffer in = {bytes, n, 0};
	size_t left;

	do {
		ZSTD_outBuffer out = {w->block, w->block_size, 0};

		left = ZSTD_compressStream2(w->zstd, &out, &in, how);
		if (ZSTD_isError(left))
			return fail(w, ZSTD_getErrorName(left));
		int err = write_all(w, w->block, out.pos);

		if (err)
			return err;
	} while (left);
	return 0;
}

/* Sends w->line, a whole line. */
static int flush_line(struct trace_writer *w)
{
	if (w->failed)
		return error_set(ERR_SYSTEM, "cannot write %s: %s", w->path, w->why);
	if (w->line.failed)
		return fail(w, "out of memory");
	if (w->line.length > TRACE_LINE_MAX)
		return fail(w, "an event is longer than a line may be");
	if (w->zstd)
		return compress(w, w->line.data, w->line.length, ZSTD_e_flush);
	return write_all(w, w->line.data, w->line.length);
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s);
	size_t m = strlen(end);

	return n >= m && strcmp(s + n - m, end) == 0;
}

static int start_zstd(struct trace_writer *w)
{
	w->zstd = ZSTD_createCStream();
	w->block_size = ZSTD_CStreamOutSize();
	w->block = malloc(w->block_size);
	if (!w->zstd || !w->block)
		return error_set(ERR_MEMORY, "out of memory");
	ZSTD_CCtx_setParameter(w->zstd, ZSTD_c_checksumFlag, 1);
	return 0;
}

static void free_writer(struct trace_writer *w)
{
	ZSTD_freeCStream(w->zstd);
	free(w->block);
	text_free(&w->line);
	free(w->path);
	free(w);
}

static int open_file(struct trace_writer *w)
{
	int err = ends_with(w->path, ".zst") ? start_zstd(w) : 0;

	if (err)
		return err;
	w->fd = open(w->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (w->fd < 0)
		return error_set(ERR_SYSTEM, "cannot create %s: %s", w->path,
		                 strerror(errno));
	return 0;
}

int trace_writer_open(struct trace_writer **out, const char *path,
                      const struct trace_header *header)
{
	struct trace_writer *w = calloc(1, sizeof(*w));

	*out = NULL;
	if (!w)
		return error_set(ERR_MEMORY, "out of memory");
	w->fd = -1;
	w->path = strdup(path);
	int err = w->path ? open_file(w) : error_set(ERR_MEMORY, "out of memory");

	if (!err) {
		trace_format_header(&w->line, header);
		err = flush_line(w);
	}
	if (err) {
		if (w->fd >= 0)
			close(w->fd);
		free_writer(w);
		return err;
	}
	*out = w;
	return 0;
}

int trace_write_event(struct trace_writer *w, const struct trace_event *event)
{
	text_clear(&w->line);
	trace_format_event(&w->line, event);
	return flush_line(w);
}

int trace_write_checkpoint(struct trace_writer *w, const struct trace_checkpoint *point)
{
	text_clear(&w->line);
	trace_format_checkpoint(&w->line, point);
	return flush_line(w);
}

int trace_write_end(struct trace_writer *w, const struct trace_end *end)
{
	text_clear(&w->line);
	trace_format_end(&w->line, end);
	return flush_line(w);
}

int trace_writer_close(struct trace_writer *w)
{
	int err = 0;

	if (!w)
		return 0;
	if (w->failed)
		err = error_set(ERR_SYSTEM, "cannot write %s: %s", w->path, w->why);
	else if (w->zstd)
		err = compress(w, NULL, 0, ZSTD_e_end);
	if (close(w->fd) != 0 && !err)
		err = fail(w, strerror(errno));
	free_writer(w);
	return err;
}
