/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "probe/backtrace.h"
#include "trace/fields.h"

/* As many events as lead up to a fault and fit on a screen. */
#define EVENTS_KEPT 24
/* The strings of an event, cut where they are longer. */
#define STRINGS_SIZE 256
/* Instructions shown after RIP. */
#define AFTER 4
/* An instruction is 15 bytes at most, so a function walked this far is a long one. */
#define WALK_MAX 65536
#define TEXT_SIZE 160

struct kept {
	struct trace_event event;
	char strings[STRINGS_SIZE];
	size_t used;
};

struct report_events {
	struct kept kept[EVENTS_KEPT];
	uint64_t n; /* seen so far; the ring's next place is n % EVENTS_KEPT */
};

int report_events_create(struct report_events **events)
{
	*events = calloc(1, sizeof(**events));
	return *events ? 0 : error_set(ERR_MEMORY, "no memory for the last events");
}

void report_events_destroy(struct report_events *events)
{
	free(events);
}

/* Copies `n` bytes of a string that lives only for the call; returns the copy. */
static const char *keep(struct kept *k, const char *text, size_t *n)
{
	size_t room = STRINGS_SIZE - k->used;
	char *copy = k->strings + k->used;

	if (room == 0) {
		*n = 0;
		return "";
	}
	if (*n > room - 1)
		*n = room - 1;
	memcpy(copy, text, *n);
	copy[*n] = '\0';
	k->used += *n + 1;
	return copy;
}

static void keep_string(struct kept *k, const char **text)
{
	size_t n = *text ? strlen(*text) : 0;

	if (*text)
		*text = keep(k, *text, &n);
}

static void *member(const struct trace_event *event, size_t offset)
{
	return (char *)event + offset;
}

void report_events_emit(void *ctx, const struct trace_event *event)
{
	struct report_events *events = ctx;
	struct kept *k = &events->kept[events->n++ % EVENTS_KEPT];
	const struct trace_field *field;

	k->event = *event;
	k->used = 0;
	keep_string(k, &k->event.proc);
	for (field = trace_event_fields(event->kind); field->name; field++) {
		const char **text = member(&k->event, field->offset);

		if (field->type == TRACE_FIELD_STRING || field->type == TRACE_FIELD_PROC)
			keep_string(k, text);
		else if (field->type == TRACE_FIELD_BYTES)
			*text = keep(k, *text, member(&k->event, field->second));
		else if (field->type == TRACE_FIELD_ARGV)
			*(int *)member(&k->event, field->offset) = 0;
	}
}

/* --- printing --- */

/* What a guest says must not steer a terminal. */
static void print_text(FILE *out, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '\n')
			fputs("\\n", out);
		else if (c < 0x20 || c >= 0x7f)
			fprintf(out, "\\x%02x", c);
		else
			fputc(c, out);
	}
}

static void print_field(FILE *out, const struct trace_event *event,
                        const struct trace_field *field)
{
	const void *value = member(event, field->offset);
	const struct trace_status *status = value;
	const char *text;

	if ((field->present && !field->present(event)) ||
	    field->type == TRACE_FIELD_ARGV || field->type == TRACE_FIELD_WORDS)
		return;
	fprintf(out, " %s=", field->name);
	switch (field->type) {
	case TRACE_FIELD_INT:
		fprintf(out, "%d", *(const int *)value);
		break;
	case TRACE_FIELD_UNSIGNED:
		fprintf(out, "%" PRIu64, *(const uint64_t *)value);
		break;
	case TRACE_FIELD_SIGNED:
		fprintf(out, "%" PRId64, *(const int64_t *)value);
		break;
	case TRACE_FIELD_ADDRESS:
		fprintf(out, "0x%" PRIx64, *(const uint64_t *)value);
		break;
	case TRACE_FIELD_BOOL:
		fputs(*(const bool *)value ? "yes" : "no", out);
		break;
	case TRACE_FIELD_STATUS:
		fprintf(out, "%s %d", status->signaled ? "signal" : "exit",
		        status->value);
		break;
	case TRACE_FIELD_BYTES:
		print_text(out, *(const char *const *)value,
		           *(size_t *)member(event, field->second));
		break;
	default:
		text = *(const char *const *)value;
		print_text(out, text, text ? strlen(text) : 0);
		break;
	}
}

static void print_events(FILE *out, const struct report_events *events)
{
	uint64_t n = events->n < EVENTS_KEPT ? events->n : EVENTS_KEPT;

	fprintf(out, "last events (instruction, process, what):\n");
	for (uint64_t i = events->n - n; i < events->n; i++) {
		const struct trace_event *event = &events->kept[i % EVENTS_KEPT].event;
		const struct trace_field *field;

		fprintf(out, "  %12" PRIu64 "  %-8s %s", event->icount, event->proc,
		        trace_event_name(event->kind));
		for (field = trace_event_fields(event->kind); field->name; field++)
			print_field(out, event, field);
		fputc('\n', out);
	}
}

static void print_registers(FILE *out, const struct machine_registers *r)
{
	static const char *const names[16] = {"rax", "rcx", "rdx", "rbx", "rsp", "rbp",
	                                      "rsi", "rdi", "r8",  "r9",  "r10", "r11",
	                                      "r12", "r13", "r14", "r15"};

	fprintf(out, "registers:\n");
	for (int i = 0; i < 16; i++)
		fprintf(out, "  %-3s %016" PRIx64 "%s", names[i], r->gpr[i],
		        i % 4 == 3 ? "\n" : "");
}

size_t report_lead_up(struct machine *m, int cpu, const struct symbols *symbols,
                      uint64_t rip, uint64_t starts[REPORT_BEFORE])
{
	uint64_t offset, at, ring[REPORT_BEFORE];
	char text[TEXT_SIZE];
	size_t n = 0, shown;

	if (!symbols_function(symbols, rip, &offset) || offset > WALK_MAX)
		return 0;
	for (at = rip - offset; at < rip;) {
		int length = machine_disassemble(m, cpu, at, text, sizeof(text));

		if (length <= 0)
			return 0;
		ring[n++ % REPORT_BEFORE] = at;
		at += (uint64_t)length;
	}
	if (at != rip)
		return 0;
	shown = n < REPORT_BEFORE ? n : REPORT_BEFORE;
	for (size_t i = 0; i < shown; i++)
		starts[i] = ring[(n - shown + i) % REPORT_BEFORE];
	return shown;
}

static int print_instruction(FILE *out, struct machine *m, int cpu, uint64_t at,
                             bool here)
{
	char text[TEXT_SIZE];
	int length = machine_disassemble(m, cpu, at, text, sizeof(text));

	fprintf(out, "%s %016" PRIx64 "  %s\n", here ? " =>" : "   ", at,
	        length > 0 ? text : "(no instruction)");
	return length;
}

static void print_code(FILE *out, struct machine *m, int cpu,
                       const struct symbols *symbols, uint64_t rip)
{
	uint64_t starts[REPORT_BEFORE], at = rip;
	size_t n = report_lead_up(m, cpu, symbols, rip, starts);

	fprintf(out, "code:\n");
	for (size_t i = 0; i < n; i++)
		print_instruction(out, m, cpu, starts[i], false);
	for (int i = 0; i <= AFTER; i++) {
		int length = print_instruction(out, m, cpu, at, i == 0);

		if (length <= 0)
			break;
		at += (uint64_t)length;
	}
}

static void print_backtrace(FILE *out, struct machine *m, int cpu,
                            const struct symbols *symbols)
{
	uint64_t frames[BACKTRACE_FRAMES];
	size_t n = backtrace_walk(m, cpu, symbols, frames, BACKTRACE_FRAMES);

	fprintf(out, "backtrace:\n");
	for (size_t i = 0; i < n; i++) {
		/* Of a return address, the call before it is where the function is. */
		uint64_t at = i ? frames[i] - 1 : frames[i], offset = 0;
		const char *name = symbols_function(symbols, at, &offset);
		const char *file;
		int line;

		fprintf(out, "  #%-2zu %016" PRIx64, i, frames[i]);
		if (name)
			fprintf(out, "  %s+0x%" PRIx64, name, offset + (frames[i] - at));
		file = symbols_line(symbols, at, &line);
		if (file)
			fprintf(out, "  %s:%d", file, line);
		fputc('\n', out);
	}
}

void report_print(FILE *out, struct machine *m, int cpu, const struct symbols *symbols,
                  const struct report_events *events)
{
	struct machine_registers r;
	char where[TEXT_SIZE];

	machine_registers(m, cpu, &r);
	symbols_describe(symbols, r.rip, where, sizeof(where));
	fprintf(out, "cpu %d after %" PRIu64 " instructions, in %s mode%s%s\n", cpu,
	        machine_icount(m, cpu), r.cpl == 0 ? "kernel" : "user",
	        where[0] ? ", " : "", where);
	print_registers(out, &r);
	fprintf(out, "  rip %016" PRIx64 "  flg %016" PRIx64 "  cs  %04x  ss %04x\n",
	        r.rip, r.rflags, r.cs, r.ss);
	fprintf(out,
	        "  cr0 %016" PRIx64 "  cr2 %016" PRIx64 "  cr3 %016" PRIx64
	        "  cr4 %016" PRIx64 "\n",
	        r.cr0, r.cr2, r.cr3, r.cr4);
	print_code(out, m, cpu, symbols, r.rip);
	print_backtrace(out, m, cpu, symbols);
	if (events)
		print_events(out, events);
}
