/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "inspect/where.h"

#include <stdlib.h>

#include "inspect/capture.h"
#include "trace/text.h"

/* Instructions kept before and after that of the event. */
#define AROUND 2
/* Bytes of a line of source. */
#define SOURCE_MAX 160

/* States whose places are remembered, a power of two. */
#define SEEN 16384

struct where {
	struct places *places;
	struct sources *sources;
	struct text source, code; /* scratch */
	struct {
		uint64_t fingerprint; /* 0: none */
		struct event_place at;
	} seen[SEEN]; /* by fingerprint */
};

/* Without the blanks it begins with. */
static const char *source_of(struct where *w, const struct capture_place *p)
{
	size_t n = 0;
	const char *line = NULL;

	if (p->file[0])
		line = sources_line(w->sources, p->file, p->line, &n);
	for (; line && n > 0 && (*line == ' ' || *line == '\t'); n--)
		line++;
	text_clear(&w->source);
	text_bytes(&w->source, line ? line : "", n < SOURCE_MAX ? n : SOURCE_MAX);
	return w->source.failed ? "" : w->source.data;
}

static const char *code_of(struct where *w, const struct capture_state *s)
{
	size_t here = 0;

	while (here < s->ncode && !s->code[here].here)
		here++;
	text_clear(&w->code);
	text_string(&w->code, "");
	for (size_t i = here < AROUND ? 0 : here - AROUND;
	     i < s->ncode && i <= here + AROUND; i++)
		/* All of a kernel lies in the upper 2 GiB: the lower half tells. */
		text_printf(&w->code, "%s%s%08x  %s", w->code.length ? "\n" : "",
		            i == here ? "> " : "  ", (unsigned)s->code[i].address,
		            s->code[i].text);
	return w->code.failed ? "" : w->code.data;
}

static int put(struct where *w, const char *image, const struct capture_place *p,
               const char *code)
{
	const struct place place = {.image = image,
	                            .function = p->function,
	                            .file = p->file,
	                            .line = p->line,
	                            .source = source_of(w, p),
	                            .code = code};

	return places_put(w->places, &place);
}

static struct event_place look(struct where *w, struct capture *capture, size_t event)
{
	uint64_t fingerprint = capture_fingerprint(capture, event);
	struct event_place at = {PLACE_NONE, PLACE_NONE};
	struct capture_state s;

	if (fingerprint && w->seen[fingerprint % SEEN].fingerprint == fingerprint)
		return w->seen[fingerprint % SEEN].at;
	capture_state(capture, event, &s);
	at.here = put(w, s.registers.cpl == 0 ? "kernel" : s.image, &s.place,
	              code_of(w, &s));
	if (s.program.function[0])
		at.program = put(w, s.image, &s.program, "");
	w->seen[fingerprint % SEEN].fingerprint = fingerprint;
	w->seen[fingerprint % SEEN].at = at;
	return at;
}

static int run_to(struct capture *capture, uint64_t icount)
{
	const char *why = "the replay ends before the trace";

	if (capture_run(capture, icount))
		return 0;
	if (capture_failure(capture))
		why = capture_failure(capture);
	return error_set(ERR_FILE, "%s", why);
}

/* How far it came is in *i. */
static int go_through(struct where *w, struct capture *capture, const struct trace *trace,
                      struct event_place *at, size_t *i)
{
	for (; *i < trace->nevents; ++*i) {
		int err = run_to(capture, trace->events[*i].icount);

		if (err)
			return err;
		at[*i] = look(w, capture, *i);
	}
	/* What happens at an instruction is compared once that has been run. */
	return trace->complete ? run_to(capture, trace->end.icount) : 0;
}

int where_events(struct places *places, struct event_place *at,
                 const struct program_images *images, const struct trace *trace,
                 struct sources *sources)
{
	static const volatile sig_atomic_t never;
	struct where *w = calloc(1, sizeof(*w));
	struct capture *capture;
	size_t i = 0;
	int err;

	if (!w)
		return error_set(ERR_MEMORY, "out of memory");
	w->places = places;
	w->sources = sources;
	err = capture_open(&capture, images, trace, &never);
	if (err == 0) {
		err = go_through(w, capture, trace, at, &i);
		capture_close(capture);
	}
	for (; i < trace->nevents; i++)
		at[i] = places_of_event(places, &trace->events[i]);
	text_free(&w->source);
	text_free(&w->code);
	free(w);
	return err;
}
