/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sched/session.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "base/file.h"
#include "boot/initrd.h"
#include "boot/pvh.h"
#include "probe/report.h"
#include "sched/command_line.h"

#define WORDS_SIZE 64

static volatile sig_atomic_t interrupted;

struct session {
	const struct session_config *config;
	const struct images *images;
	struct machine *machine;
	struct tracer *tracer;
	struct machine_observer observer; /* the tracer's, with ours in front */
	const struct machine_observer *traced;
	struct report_events *last_events;
	const struct kernel *kernel;
	char *command_line;

	struct trace_writer *writer;
	int write_error;
	char write_message[256]; /* the error's text, until session_run() returns it */

	void (*console)(void *ctx, uint8_t byte);
	void *console_ctx;
	void (*checkpoint)(void *ctx, const struct trace_checkpoint *);
	void *checkpoint_ctx;
	XXH3_state_t *console_hash;
	bool panicked;
};

/* --- what the session hears --- */

static void write_failed(struct session *s, int err)
{
	if (s->write_error)
		return;
	s->write_error = err;
	snprintf(s->write_message, sizeof(s->write_message), "%s", error_message());
	machine_stop_request(s->machine);
}

static void on_event(void *ctx, const struct trace_event *event)
{
	struct session *s = ctx;

	s->panicked |= event->kind == TRACE_PANIC;
	if (s->writer && !s->write_error) {
		int err = trace_write_event(s->writer, event);

		if (err)
			write_failed(s, err);
	}
}

static void on_console(void *ctx, int cpu, uint8_t byte)
{
	struct session *s = ctx;

	XXH3_128bits_update(s->console_hash, &byte, 1);
	if (s->console)
		s->console(s->console_ctx, byte);
	s->traced->console(s->traced->ctx, cpu, byte);
}

static void on_checkpoint(void *ctx)
{
	struct session *s = ctx;
	struct trace_checkpoint point = {.icount = machine_icount(s->machine, 0)};

	/* The stop alone is part of the run; the digest costs a pass over all RAM. */
	if (!s->writer && !s->checkpoint)
		return;
	machine_digest(s->machine, point.digest);
	if (s->writer && !s->write_error) {
		int err = trace_write_checkpoint(s->writer, &point);

		if (err)
			write_failed(s, err);
	}
	if (s->checkpoint)
		s->checkpoint(s->checkpoint_ctx, &point);
}

/* The machine calls back with one context: these pass on to the tracer with its own. */
static void on_syscall(void *ctx, int cpu)
{
	struct session *s = ctx;

	s->traced->syscall(s->traced->ctx, cpu);
}

static void on_probe(void *ctx, int cpu, uint64_t address)
{
	struct session *s = ctx;

	s->traced->probe(s->traced->ctx, cpu, address);
}

static void on_exception(void *ctx, int cpu, int vector, uint64_t error, uint64_t address)
{
	struct session *s = ctx;

	s->traced->exception(s->traced->ctx, cpu, vector, error, address);
}

static void on_interrupt(void *ctx, int cpu, int vector, bool idle)
{
	struct session *s = ctx;

	s->traced->interrupt(s->traced->ctx, cpu, vector, idle);
}

static void on_input(void *ctx, uint64_t time, const uint8_t *bytes, size_t n)
{
	struct session *s = ctx;

	s->traced->input(s->traced->ctx, time, bytes, n);
}

/* --- opening --- */

static int compose_command_line(struct session *s)
{
	const struct session_config *c = s->config;
	char words[WORDS_SIZE] = "";

	if (c->command_line) {
		s->command_line = strdup(c->command_line);
		return s->command_line ? 0 : error_set(ERR_MEMORY, "out of memory");
	}
	if (c->timeslice) {
		int err = kernel_timeslice_word(s->kernel, words, sizeof(words),
		                                c->timeslice);

		if (err)
			return err;
	}
	return command_line_join(&s->command_line, words, c->append, c->argc, c->argv);
}

static int boot(struct session *s, const struct images *images)
{
	struct boot_images what = {
		.kernel_name = images->kernel.path,
		.kernel = images->kernel.data,
		.kernel_size = images->kernel.size,
		.initrd_name = images->initrd.path,
		.initrd = images->initrd.data,
		.initrd_size = images->initrd.size,
		.command_line = s->command_line,
	};
	struct boot_start start;
	int err = boot_pvh_load(machine_ram(s->machine), machine_ram_size(s->machine),
	                        &what, &start);

	return err ? err : machine_reset(s->machine, start.entry, start.ebx);
}

static void observe(struct session *s)
{
	s->traced = tracer_observer(s->tracer);
	s->observer = (struct machine_observer){
		.syscall = on_syscall,
		.probe = on_probe,
		.exception = on_exception,
		.interrupt = on_interrupt,
		.console = on_console,
		.input = on_input,
		.checkpoint = s->config->checkpoint ? on_checkpoint : NULL,
		.checkpoint_interval = s->config->checkpoint,
		.ctx = s,
	};
	machine_set_observer(s->machine, &s->observer);
	machine_set_interrupted(s->machine, &interrupted);
}

static int trace(struct session *s)
{
	struct tracer_options options = {s->config->syscalls, s->config->heap};
	int err = tracer_create(&s->tracer, s->machine, s->kernel, &options);

	if (err == 0)
		err = report_events_create(&s->last_events);
	if (err == 0)
		err = tracer_add_sink(s->tracer, on_event, s);
	if (err == 0)
		err = tracer_add_sink(s->tracer, report_events_emit, s->last_events);
	if (err == 0)
		observe(s);
	return err;
}

static int check_program(const struct images *images, const struct session_config *c)
{
	struct boot_initrd_member member;

	if (c->argc == 0 || c->command_line || !images->initrd.data ||
	    boot_initrd_find_program(images->initrd.data, images->initrd.size, c->argv[0],
	                             &member))
		return 0;
	return error_set(ERR_FILE,
	                 "%s: no such program in %s; `forkscope run -- ls /bin /testbin` "
	                 "shows those there are",
	                 c->argv[0], images->initrd.path);
}

int session_open(struct session **out, const struct images *images,
                 const struct session_config *config)
{
	struct machine_config machine = {.memory = config->memory, .cpus = config->cpus};
	struct session *s = calloc(1, sizeof(*s));
	int err;

	if (!s)
		return error_set(ERR_MEMORY, "out of memory");
	s->config = config;
	s->images = images;
	s->kernel = images->probe;
	s->console_hash = XXH3_createState();
	err = s->console_hash ? 0 : error_set(ERR_MEMORY, "out of memory");
	if (err == 0)
		err = check_program(images, config);
	if (err == 0)
		err = compose_command_line(s);
	if (err == 0)
		err = machine_create(&s->machine, &machine);
	if (err == 0)
		err = boot(s, images);
	if (err == 0)
		err = trace(s);
	if (err) {
		session_close(s);
		return err;
	}
	XXH3_128bits_reset(s->console_hash);
	*out = s;
	return 0;
}

void session_close(struct session *s)
{
	if (!s)
		return;
	trace_writer_close(s->writer);
	tracer_destroy(s->tracer);
	report_events_destroy(s->last_events);
	machine_destroy(s->machine);
	XXH3_freeState(s->console_hash);
	free(s->command_line);
	free(s);
}

struct machine *session_machine(struct session *s)
{
	return s->machine;
}

struct tracer *session_tracer(struct session *s)
{
	return s->tracer;
}

int session_record(struct session *s, const char *path)
{
	const struct session_config *c = s->config;
	const struct images *images = s->images;
	struct trace_header header = {
		.version = TRACE_VERSION,
		.cpus = c->cpus,
		.memory = c->memory,
		.checkpoint = c->checkpoint,
		/* Without folders: the same run gives the same trace everywhere. */
		.kernel = file_base_name(images->kernel.path),
		.initrd = file_base_name(images->initrd.path),
		.append = s->command_line,
		.argc = c->argc,
		.argv = c->argv,
		.schedule = c->schedule,
		.timeslice = c->timeslice,
		.seed = c->seed,
		.limit = c->limit,
	};

	memcpy(header.kernel_sha256, images_kernel_sha256(images), FILE_SHA256_SIZE);
	memcpy(header.initrd_sha256, images_initrd_sha256(images), FILE_SHA256_SIZE);
	return trace_writer_open(&s->writer, path, &header);
}

void session_on_console(struct session *s, void (*console)(void *ctx, uint8_t byte),
                        void *ctx)
{
	s->console = console;
	s->console_ctx = ctx;
}

void session_on_checkpoint(struct session *s,
                           void (*checkpoint)(void *ctx, const struct trace_checkpoint *),
                           void *ctx)
{
	s->checkpoint = checkpoint;
	s->checkpoint_ctx = ctx;
}

/* --- running --- */

void session_interrupt(void)
{
	interrupted = 1;
}

bool session_was_interrupted(void)
{
	return interrupted != 0;
}

static enum trace_outcome outcome_of(const struct session *s, enum machine_stop stop)
{
	switch (stop) {
	case MACHINE_POWEROFF:
		return s->panicked ? TRACE_PANICKED : TRACE_POWEROFF;
	case MACHINE_DEADLOCK:
		/* A wait for input that was cut short looks like one. */
		if (interrupted)
			return TRACE_LIMIT;
		return s->panicked ? TRACE_PANICKED : TRACE_DEADLOCK;
	case MACHINE_FAULT:
		return TRACE_FAULTED;
	default:
		return TRACE_LIMIT;
	}
}

static void console_digest(struct session *s, char digest[TRACE_DIGEST_SIZE])
{
	XXH128_canonical_t bytes;

	XXH128_canonicalFromHash(&bytes, XXH3_128bits_digest(s->console_hash));
	for (size_t i = 0; i < sizeof(bytes.digest); i++)
		snprintf(digest + 2 * i, 3, "%02x", bytes.digest[i]);
}

static int finish_recording(struct session *s, const struct session_result *r)
{
	struct trace_end end = {.icount = r->icount,
	                        .outcome = r->outcome,
	                        .status = r->status};
	int err = 0;

	memcpy(end.digest, r->digest, sizeof(end.digest));
	memcpy(end.console_digest, r->console_digest, sizeof(end.console_digest));
	if (s->writer && !s->write_error)
		err = trace_write_end(s->writer, &end);
	if (s->writer) {
		int closing = trace_writer_close(s->writer);

		s->writer = NULL;
		err = err ? err : closing;
	}
	return s->write_error ? error_set(s->write_error, "%s", s->write_message) : err;
}

int session_run(struct session *s, struct session_result *r)
{
	uint64_t limit = s->config->limit ? s->config->limit : UINT64_MAX;
	enum machine_stop stop = machine_run(s->machine, limit);

	memset(r, 0, sizeof(*r));
	tracer_finish(s->tracer);
	r->outcome = outcome_of(s, stop);
	r->interrupted = interrupted && r->outcome == TRACE_LIMIT;
	r->icount = machine_icount(s->machine, 0);
	if (stop == MACHINE_POWEROFF)
		r->status = (int)(machine_exit_code(s->machine) & 0xff);
	if (s->writer || s->config->digest)
		machine_digest(s->machine, r->digest);
	console_digest(s, r->console_digest);
	return finish_recording(s, r);
}

void session_report(struct session *s, FILE *out)
{
	if (machine_fault(s->machine)[0] != '\0')
		fprintf(out, "the guest did what this machine cannot do: %s\n",
		        machine_fault(s->machine));
	report_print(out, s->machine, 0, kernel_symbols(s->kernel), s->last_events);
}

enum exit_status session_exit_status(const struct session_result *r)
{
	switch (r->outcome) {
	case TRACE_POWEROFF:
		return r->status == 0 ? EXIT_GOOD : EXIT_FAILED;
	case TRACE_LIMIT:
		return EXIT_LIMIT;
	default:
		return EXIT_GUEST;
	}
}
