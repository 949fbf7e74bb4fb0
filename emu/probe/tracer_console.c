/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/tracer_private.h"

/*
 * Text is held back until a line is whole, so that a trace has a line and not a byte an
 * event, and so that where the timer struck within a line makes no difference.
 */
void tracer_console_flush(struct tracer *t)
{
	struct trace_event event = {.kind = TRACE_CONSOLE};

	if (t->console.length == 0)
		return;
	event.console.text = t->console.text;
	event.console.length = t->console.length;
	t->console.length = 0;
	tracer_emit(t, t->console.cpu, t->console.writer, &event);
	t->console.writer = NULL;
}

void tracer_console_byte(struct tracer *t, int cpu, uint8_t byte)
{
	struct process *writer = tracer_process(t, cpu);

	if (writer != t->console.writer)
		tracer_console_flush(t);
	t->console.writer = writer;
	t->console.cpu = cpu;
	t->console.text[t->console.length++] = (char)byte;
	if (byte == '\n' || t->console.length == CONSOLE_TEXT_MAX)
		tracer_console_flush(t);
}

void tracer_console_input(struct tracer *t, uint64_t time, const uint8_t *bytes, size_t n)
{
	struct trace_event event = {.kind = TRACE_INPUT};

	/* A prompt comes before what was typed at it. */
	tracer_console_flush(t);
	event.input.time = time;
	event.input.text = (const char *)bytes;
	event.input.length = n;
	tracer_emit(t, 0, NULL, &event);
}
