/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "inspect/capture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xxh3.h"
#include "check/forest.h"
#include "probe/backtrace.h"
#include "probe/report.h"
#include "probe/tracer.h"
#include "sched/input.h"
#include "sched/replay.h"
#include "sched/script.h"
#include "trace/format.h"

/* Return addresses kept of a program: the libc is not deeper than this. */
#define USER_FRAMES 6
/* Bytes of code in a fingerprint: an instruction is no longer. */
#define FINGERPRINT_CODE 16

/* The program of a process, and where it last entered the kernel. */
struct user {
	const char *path; /* NULL: none known */
	uint64_t frames[USER_FRAMES];
	size_t n;
};

struct capture {
	const struct trace *trace;
	const struct program_images *images;
	struct session_config config;
	struct session *session;
	struct machine *machine;
	struct script script;
	struct script_player player;
	struct input_replay input;
	struct programs *programs;
	struct forest *forest; /* of the events so far */
	struct user *users;    /* by index of the process */
	size_t nusers;
	uint64_t compared;              /* events of the trace */
	bool ended;                     /* the guest has stopped for good */
	struct text recorded, replayed; /* scratch: two lines to compare */
	char failure[CAPTURE_TEXT * 4];
};

static void fail(struct capture *c, const char *why)
{
	if (c->failure[0] == '\0')
		snprintf(c->failure, sizeof(c->failure), "%s", why);
	machine_stop_request(c->machine);
}

/* --- what the processes do --- */

static struct user *user_of(struct capture *c, const char *proc)
{
	size_t at = forest_find(c->forest, proc);

	if (at == FOREST_NONE)
		return NULL;
	if (at >= c->nusers) {
		size_t more = at + at / 2 + 16;
		struct user *users = reallocarray(c->users, more, sizeof(*users));

		if (!users)
			return NULL;
		memset(users + c->nusers, 0, (more - c->nusers) * sizeof(*users));
		c->users = users;
		c->nusers = more;
	}
	return &c->users[at];
}

/* The string of an event lives only for the call; the trace's own copy lives on. */
static const char *recorded_path(const struct capture *c, const char *path)
{
	for (size_t i = c->compared; i-- > 0;) {
		const struct trace_event *e = &c->trace->events[i];

		if (e->kind == TRACE_EXEC && strcmp(e->exec.path, path) == 0)
			return e->exec.path;
	}
	return NULL;
}

static bool is_call(struct capture *c, const struct symbols *symbols, uint64_t address)
{
	uint64_t offset;
	uint8_t byte;

	return symbols_function(symbols, address - 1, &offset) != NULL &&
	       machine_read(c->machine, 0, address, &byte, 1);
}

/*
 * The program's way here, while the CPU is in ring 3.  The libc's system calls are leaf
 * functions without a frame, so the return address on top of the stack is tried first.
 */
static void keep_user_frames(struct capture *c, struct user *user,
                             const struct symbols *symbols)
{
	struct machine_registers r;
	uint64_t top, link[2], frame;

	machine_registers(c->machine, 0, &r);
	frame = r.gpr[GPR_RBP];
	user->n = 0;
	user->frames[user->n++] = r.rip;
	if (machine_read(c->machine, 0, r.gpr[GPR_RSP], &top, sizeof(top)) &&
	    is_call(c, symbols, top))
		user->frames[user->n++] = top;
	while (user->n < USER_FRAMES &&
	       machine_read(c->machine, 0, frame, link, sizeof(link)) &&
	       is_call(c, symbols, link[1])) {
		user->frames[user->n++] = link[1];
		if (link[0] <= frame)
			break;
		frame = link[0];
	}
}

static const struct symbols *symbols_of(struct capture *c, const struct user *user)
{
	return user && user->path ? programs_symbols(c->programs, user->path) : NULL;
}

static void follow(struct capture *c, const struct trace_event *e)
{
	struct user *user = user_of(c, e->proc), *child;
	struct machine_registers r;

	switch (e->kind) {
	case TRACE_FORK:
		child = user_of(c, e->fork.child_proc);
		user = user_of(c, e->proc); /* the table may have moved */
		if (user && child)
			*child = *user;
		break;
	case TRACE_EXEC:
		if (user)
			*user = (struct user){.path = recorded_path(c, e->exec.path)};
		break;
	case TRACE_SYSCALL:
	case TRACE_IRQ:
	case TRACE_FAULT:
		machine_registers(c->machine, 0, &r);
		if (user && r.cpl == 3 && symbols_of(c, user))
			keep_user_frames(c, user, symbols_of(c, user));
		break;
	default:
		break;
	}
}

/* A replay shows system calls and what they lead to, whether the recording does or not.
 */
static bool is_recorded(const struct capture *c, const struct trace_event *e)
{
	return e->kind != TRACE_SYSCALL ||
	       (c->compared < c->trace->nevents &&
	        c->trace->events[c->compared].kind == TRACE_SYSCALL);
}

/* Their numbers may differ, by the system calls. */
static bool same_event(struct capture *c, const struct trace_event *recorded,
                       const struct trace_event *replayed)
{
	struct trace_event event = *replayed;

	event.seq = recorded->seq;
	text_clear(&c->recorded);
	text_clear(&c->replayed);
	trace_format_event(&c->recorded, recorded);
	trace_format_event(&c->replayed, &event);
	return !c->recorded.failed && !c->replayed.failed &&
	       strcmp(c->recorded.data, c->replayed.data) == 0;
}

static void on_event(void *ctx, const struct trace_event *e)
{
	struct capture *c = ctx;

	if (is_recorded(c, e)) {
		const struct trace_event *r = &c->trace->events[c->compared];

		if (c->compared == c->trace->nevents)
			return;
		if (!same_event(c, r, e)) {
			char why[CAPTURE_TEXT];

			snprintf(why, sizeof(why),
			         "the replay differs from the trace at event %llu",
			         (unsigned long long)r->seq);
			fail(c, why);
			return;
		}
		c->compared++;
		if (forest_add(c->forest, r) != 0) {
			fail(c, error_message());
			return;
		}
	}
	follow(c, e);
}

/* --- running --- */

static int open_session(struct capture *c, const volatile sig_atomic_t *stop)
{
	int err = session_open(&c->session, c->images->boot, &c->config);

	if (err)
		return err;
	c->machine = session_machine(c->session);
	script_play(&c->player, &c->script);
	input_replay(&c->input, c->trace);
	machine_set_schedule(c->machine, &c->player.schedule);
	machine_set_input(c->machine, &c->input.source);
	machine_set_interrupted(c->machine, stop);
	return tracer_add_sink(session_tracer(c->session), on_event, c);
}

/* In fewer words than the digests that `forkscope replay` tells. */
static int check_images(const struct images *images, const struct trace *trace)
{
	if (replay_check_images(images, trace) == 0)
		return 0;
	if (strcmp(images_kernel_sha256(images), trace->header.kernel_sha256) != 0)
		return error_set(ERR_FILE, "recorded with another kernel; see --kernel");
	return error_set(ERR_FILE,
	                 "recorded with another initrd; see --initrd, --add, PROGRAM.c");
}

int capture_open(struct capture **capture, const struct program_images *images,
                 const struct trace *trace, const volatile sig_atomic_t *stop)
{
	struct capture *c;
	int err = check_images(images->boot, trace);

	if (err)
		return err;
	c = calloc(1, sizeof(*c));
	if (!c)
		return error_set(ERR_MEMORY, "out of memory");
	c->trace = trace;
	c->images = images;
	c->config = replay_config(trace);
	c->config.syscalls = true;
	c->config.digest = false;
	err = forest_create(&c->forest);
	if (err == 0)
		err = programs_create(&c->programs, images);
	if (err == 0)
		err = script_from_trace(&c->script, trace);
	if (err == 0)
		err = open_session(c, stop);
	if (err) {
		capture_close(c);
		return err;
	}
	*capture = c;
	return 0;
}

void capture_close(struct capture *c)
{
	if (!c)
		return;
	session_close(c->session);
	programs_free(c->programs);
	forest_free(c->forest);
	script_free(&c->script);
	text_free(&c->recorded);
	text_free(&c->replayed);
	free(c->users);
	free(c);
}

uint64_t capture_icount(const struct capture *c)
{
	return machine_icount(c->machine, 0);
}

bool capture_run(struct capture *c, uint64_t icount)
{
	enum machine_stop stop;

	if (c->failure[0])
		return false;
	/* The last events may lie at the very instruction that ended it. */
	if (c->ended)
		return capture_icount(c) >= icount;
	stop = machine_run(c->machine, icount);
	if (c->player.refused)
		fail(c, "the replay cannot take an interrupt where the trace has it");
	c->ended = stop == MACHINE_POWEROFF || stop == MACHINE_DEADLOCK ||
	           stop == MACHINE_FAULT;
	if (c->failure[0])
		return false;
	return c->ended ? capture_icount(c) >= icount : stop == MACHINE_LIMIT;
}

const char *capture_failure(const struct capture *c)
{
	return c->failure[0] ? c->failure : NULL;
}

/* --- looking --- */

static void put_place(struct capture_place *place, const struct symbols *symbols,
                      uint64_t address, bool returns)
{
	uint64_t at = address - returns, offset = 0;
	const char *name = symbols_function(symbols, at, &offset), *file;

	*place = (struct capture_place){0};
	if (!name)
		return;
	offset += address - at;
	if (offset)
		snprintf(place->function, sizeof(place->function), "%s+0x%llx", name,
		         (unsigned long long)offset);
	else
		snprintf(place->function, sizeof(place->function), "%s", name);
	file = symbols_line(symbols, at, &place->line);
	if (file)
		snprintf(place->file, sizeof(place->file), "%s", file);
	else
		place->line = 0;
}

static void put_code(struct capture *c, const struct symbols *symbols,
                     struct capture_state *s)
{
	uint64_t starts[REPORT_BEFORE], at = s->registers.rip;
	size_t n = symbols ? report_lead_up(c->machine, 0, symbols, at, starts) : 0;

	for (size_t i = 0; s->ncode < CAPTURE_CODE; i++) {
		struct capture_instruction *insn = &s->code[s->ncode++];
		uint64_t address = i < n ? starts[i] : at;
		int length = machine_disassemble(c->machine, 0, address, insn->text,
		                                 sizeof(insn->text));

		insn->address = address;
		insn->here = i == n;
		if (length <= 0) {
			snprintf(insn->text, sizeof(insn->text), "(no instruction)");
			break;
		}
		if (i >= n)
			at += (uint64_t)length;
	}
}

static void put_frames(struct capture *c, const struct symbols *symbols,
                       struct capture_state *s)
{
	uint64_t frames[CAPTURE_FRAMES];
	size_t n = backtrace_walk(c->machine, 0, symbols, frames, CAPTURE_FRAMES);

	for (size_t i = 0; i < n; i++)
		put_place(&s->frames[s->nframes++], symbols, frames[i], i > 0);
}

static void put_program(struct capture *c, const struct user *user,
                        struct capture_state *s)
{
	const struct symbols *symbols = symbols_of(c, user);
	const char *slash = user && user->path ? strrchr(user->path, '/') : NULL;

	if (user && user->path)
		snprintf(s->image, sizeof(s->image), "%s",
		         slash ? slash + 1 : user->path);
	for (size_t i = 0; symbols && i < user->n; i++) {
		put_place(&s->program, symbols, user->frames[i], i > 0);
		if (s->program.file[0] && !strstr(s->program.file, "libc/"))
			return;
	}
	/* All of it is the libc's, as when main() has returned. */
	if (symbols && user->n)
		put_place(&s->program, symbols, user->frames[0], false);
}

/* The process of an event, with the way its program came here where that runs. */
static struct user *look_at_user(struct capture *c, size_t event,
                                 const struct machine_registers *r)
{
	struct user *user = user_of(c, c->trace->events[event].proc);
	const struct symbols *symbols = symbols_of(c, user);

	if (r->cpl == 3 && symbols)
		keep_user_frames(c, user, symbols);
	return user;
}

void capture_state(struct capture *c, size_t event, struct capture_state *s)
{
	const struct symbols *kernel = kernel_symbols(c->images->boot->probe);
	const struct symbols *symbols;
	struct user *user;

	*s = (struct capture_state){0};
	machine_registers(c->machine, 0, &s->registers);
	user = look_at_user(c, event, &s->registers);
	symbols = s->registers.cpl == 0 ? kernel : symbols_of(c, user);
	if (symbols)
		put_place(&s->place, symbols, s->registers.rip, false);
	put_code(c, symbols, s);
	if (s->registers.cpl == 0)
		put_frames(c, kernel, s);
	put_program(c, user, s);
}

uint64_t capture_fingerprint(struct capture *c, size_t event)
{
	struct machine_registers r;
	const struct user *user;
	struct {
		uint64_t rip, ring;
		uint8_t code[FINGERPRINT_CODE];
		struct user user;
	} key;

	memset(&key, 0, sizeof(key));
	machine_registers(c->machine, 0, &r);
	user = look_at_user(c, event, &r);
	key.rip = r.rip;
	key.ring = (uint64_t)r.cpl;
	/* Some address is of another program now and then. */
	(void)machine_read(c->machine, 0, r.rip, key.code, sizeof(key.code));
	if (user) {
		key.user.path = user->path;
		key.user.n = user->n;
		memcpy(key.user.frames, user->frames, user->n * sizeof(*user->frames));
	}
	return XXH3_64bits(&key, sizeof(key));
}
