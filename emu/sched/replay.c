/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sched/replay.h"

#include <string.h>

#include "probe/symbols.h"
#include "sched/input.h"
#include "sched/script.h"
#include "trace/format.h"

#define U(n) ((unsigned long long)(n))

struct replay {
	const struct trace *trace;
	const struct kernel *kernel;
	struct machine *machine;
	struct replay_result *result;
	struct script script;
	struct script_player player;
	struct input_replay input;
	struct text recorded, replayed; /* scratch: two lines to compare */
	uint64_t until;
	bool diverged;
};

/* Where the guest stands, with its code there. */
static void describe_place(struct replay *r, struct text *out)
{
	const struct symbols *symbols = kernel_symbols(r->kernel);
	struct machine_registers regs;
	char name[128], insn[128];
	const char *file;
	int line;

	machine_registers(r->machine, 0, &regs);
	text_printf(out, "  at icount %llu, rip %#llx", U(machine_icount(r->machine, 0)),
	            U(regs.rip));
	if (regs.cpl == 0 && symbols_describe(symbols, regs.rip, name, sizeof(name))) {
		text_printf(out, " %s", name);
		file = symbols_line(symbols, regs.rip, &line);
		if (file)
			text_printf(out, " (%s:%d)", file, line);
	}
	text_char(out, '\n');
	for (int i = 0; i < 4; i++) {
		int n = machine_disassemble(r->machine, 0, regs.rip, insn, sizeof(insn));

		if (n == 0)
			break;
		text_printf(out, "    %#llx  %s\n", U(regs.rip), insn);
		regs.rip += (unsigned)n;
	}
}

/* Both sides end with a newline. */
static void diverge(struct replay *r, const char *what, const char *recorded,
                    const char *replayed)
{
	struct text *out = &r->result->divergence;

	if (r->diverged)
		return;
	r->diverged = true;
	text_printf(out, "%s\n  recorded: %s  replayed: %s", what, recorded, replayed);
	describe_place(r, out);
	machine_stop_request(r->machine);
}

static bool all_compared(const struct replay *r)
{
	return r->result->events == r->trace->nevents &&
	       r->result->checkpoints == r->trace->ncheckpoints;
}

static void compared(struct replay *r)
{
	/* A prefix says nothing of what comes after it. */
	if (!r->trace->complete && all_compared(r))
		machine_stop_request(r->machine);
}

static void on_event(void *ctx, const struct trace_event *event)
{
	struct replay *r = ctx;
	uint64_t i = r->result->events;

	if (r->diverged)
		return;
	if (i == r->trace->nevents) {
		/* Text held back at the cut of a prefix, or at --until. */
		if (!r->trace->complete || r->until)
			return;
		text_clear(&r->replayed);
		trace_format_event(&r->replayed, event);
		diverge(r, "an event that was not recorded", "nothing\n",
		        r->replayed.data);
		return;
	}
	if (r->until && event->icount >= r->until)
		return;
	text_clear(&r->recorded);
	text_clear(&r->replayed);
	trace_format_event(&r->recorded, &r->trace->events[i]);
	trace_format_event(&r->replayed, event);
	if (r->recorded.failed || r->replayed.failed) {
		diverge(r, "out of memory", "\n", "\n");
		return;
	}
	if (strcmp(r->recorded.data, r->replayed.data) != 0) {
		diverge(r, "events differ", r->recorded.data, r->replayed.data);
		return;
	}
	r->result->events++;
	compared(r);
}

static void on_checkpoint(void *ctx, const struct trace_checkpoint *point)
{
	struct replay *r = ctx;
	uint64_t i = r->result->checkpoints;

	if (r->diverged || i == r->trace->ncheckpoints)
		return;
	text_clear(&r->recorded);
	text_clear(&r->replayed);
	trace_format_checkpoint(&r->recorded, &r->trace->checkpoints[i]);
	trace_format_checkpoint(&r->replayed, point);
	if (strcmp(r->recorded.data, r->replayed.data) != 0) {
		diverge(r, "machine states differ, though all events before agree",
		        r->recorded.data, r->replayed.data);
		return;
	}
	r->result->checkpoints++;
	compared(r);
}

static int check_image(const char *what, const char *recorded, const char *given,
                       const char *path, const char *remedy)
{
	if (strcmp(recorded, given) == 0)
		return 0;
	return error_set(ERR_FILE,
	                 "recorded with another %s: its SHA-256 is %s, that of %s is %s; "
	                 "%s",
	                 what, recorded[0] ? recorded : "none", path ? path : "this run",
	                 given[0] ? given : "none", remedy);
}

int replay_check_images(const struct images *images, const struct trace *trace)
{
	const struct trace_header *h = &trace->header;
	int err = check_image("kernel", h->kernel_sha256, images_kernel_sha256(images),
	                      images->kernel.path, "name the right one with --kernel");

	if (err)
		return err;
	return check_image("initrd", h->initrd_sha256, images_initrd_sha256(images),
	                   images->initrd.path,
	                   "give the same --initrd, --add and program in C as for the "
	                   "recording");
}

/* A run that refuses a listed interrupt stands where it should have come in. */
static void check_refusal(struct replay *r)
{
	const struct script_player *p = &r->player;

	if (!p->refused || r->diverged)
		return;
	text_clear(&r->recorded);
	text_printf(&r->recorded, "vector %d at icount %llu\n",
	            p->script->entries[p->next].vector,
	            U(p->script->entries[p->next].icount));
	diverge(r, "an interrupt cannot be delivered where it was recorded",
	        r->recorded.data, "the processor does not take it\n");
}

static void check_end(struct replay *r, const struct session_result *end)
{
	struct trace_end replayed = {.icount = end->icount,
	                             .outcome = end->outcome,
	                             .status = end->status};

	if (r->diverged || r->until)
		return;
	if (!all_compared(r)) {
		text_clear(&r->recorded);
		if (r->result->events < r->trace->nevents)
			trace_format_event(&r->recorded,
			                   &r->trace->events[r->result->events]);
		else
			trace_format_checkpoint(
				&r->recorded,
				&r->trace->checkpoints[r->result->checkpoints]);
		diverge(r, "the run ended too soon", r->recorded.data, "nothing\n");
		return;
	}
	if (!r->trace->complete)
		return;
	memcpy(replayed.digest, end->digest, sizeof(replayed.digest));
	memcpy(replayed.console_digest, end->console_digest,
	       sizeof(replayed.console_digest));
	text_clear(&r->recorded);
	text_clear(&r->replayed);
	trace_format_end(&r->recorded, &r->trace->end);
	trace_format_end(&r->replayed, &replayed);
	if (strcmp(r->recorded.data, r->replayed.data) != 0)
		diverge(r, "the ends differ", r->recorded.data, r->replayed.data);
}

static bool has_kind(const struct trace *trace, enum trace_event_kind kind)
{
	for (size_t i = 0; i < trace->nevents; i++) {
		if (trace->events[i].kind == kind)
			return true;
	}
	return false;
}

struct session_config replay_config(const struct trace *trace)
{
	const struct trace_header *h = &trace->header;
	struct session_config c = {
		.memory = h->memory,
		.cpus = h->cpus,
		.argc = h->argc,
		.argv = h->argv,
		.timeslice = h->timeslice,
		.limit = h->limit,
		.checkpoint = h->checkpoint,
		.schedule = h->schedule,
		.seed = h->seed,
		.command_line = h->append,
		.digest = trace->complete,
		.syscalls = has_kind(trace, TRACE_SYSCALL),
		.heap = has_kind(trace, TRACE_ALLOC) || has_kind(trace, TRACE_FREE),
	};

	if (trace->complete && trace->end.outcome == TRACE_LIMIT)
		c.limit = trace->end.icount;
	return c;
}

static int replay_session(struct replay *r, struct session *s,
                          const struct replay_options *options)
{
	struct session_result end;
	int err;

	r->machine = session_machine(s);
	script_play(&r->player, &r->script);
	input_replay(&r->input, r->trace);
	machine_set_schedule(r->machine, &r->player.schedule);
	machine_set_input(r->machine, &r->input.source);
	session_on_checkpoint(s, on_checkpoint, r);
	err = tracer_add_sink(session_tracer(s), on_event, r);
	/* A prefix may be all header. */
	compared(r);
	if (err == 0)
		err = session_run(s, &end);
	if (err)
		return err;
	r->result->interrupted = end.interrupted;
	r->result->icount = end.icount;
	check_refusal(r);
	if (!end.interrupted)
		check_end(r, &end);
	if (options->report && r->until && !r->diverged)
		session_report(s, options->report);
	return 0;
}

int replay_run(const struct images *images, const struct trace *trace,
               const struct replay_options *options, struct replay_result *result)
{
	struct session_config config = replay_config(trace);
	struct replay r = {
		.trace = trace,
		.kernel = images->probe,
		.result = result,
		.until = options->until,
	};
	struct session *s = NULL;
	int err;

	*result = (struct replay_result){.prefix = !trace->complete};
	if (options->until && (config.limit == 0 || options->until < config.limit))
		config.limit = options->until;
	err = replay_check_images(images, trace);
	if (err == 0)
		err = script_from_trace(&r.script, trace);
	if (err == 0)
		err = session_open(&s, images, &config);
	/* All of the configuration is the trace's, and no option's. */
	if (err == ERR_USAGE)
		err = ERR_FILE;
	if (err == 0)
		err = replay_session(&r, s, options);
	result->identical = err == 0 && !r.diverged && !result->interrupted;
	session_close(s);
	script_free(&r.script);
	text_free(&r.recorded);
	text_free(&r.replayed);
	return err;
}

void replay_free(struct replay_result *result)
{
	text_free(&result->divergence);
}
