/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What every command says and how it ends.
 *
 * A closed pipe on stdout ends the process by SIGPIPE, quietly, as it ends cat: a shell
 * sees 141.  Any other failure to write stdout, a full disk above all, is an error even
 * where all else went well, since part of the answer is missing.
 */
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* As given to command_speaker(). */
static const char *speaker;

static void say(const char *kind, const char *fmt, va_list ap)
{
	fflush(stdout);
	flockfile(stderr);
	fprintf(stderr, "%s: %s", speaker, kind);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	funlockfile(stderr);
}

void command_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("", fmt, ap);
	va_end(ap);
}

void command_warning(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("warning: ", fmt, ap);
	va_end(ap);
}

void command_usage(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("", fmt, ap);
	va_end(ap);
	exit(EXIT_USAGE);
}

bool command_colour(FILE *file)
{
	const char *no_color = getenv("NO_COLOR");

	return (!no_color || !*no_color) && isatty(fileno(file));
}

error_t command_keep(const char ***list, size_t *n, const char *arg)
{
	const char **moved = reallocarray(*list, *n + 2, sizeof(*moved));

	if (!moved)
		return ENOMEM;
	moved[(*n)++] = arg;
	moved[*n] = NULL;
	*list = moved;
	return 0;
}

error_t command_trace_parse(int key, char *arg, struct argp_state *state)
{
	struct command_trace *o = state->input;

	switch (key) {
	case COMMAND_TRACE_JSON:
		o->json = true;
		return 0;
	case ARGP_KEY_ARG:
		if (o->path)
			command_usage("one trace at a time, not also '%s'", arg);
		o->path = arg;
		return 0;
	case ARGP_KEY_NO_ARGS:
		command_usage("the name of a trace is missing, see --help");
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

int command_output(struct text *text, const char *path)
{
	FILE *file = path ? fopen(path, "w") : stdout;
	int err = 0;

	if (!file)
		err = error_set(ERR_SYSTEM, "cannot create %s: %s", path,
		                strerror(errno));
	else if (text->failed)
		err = error_set(ERR_MEMORY, "out of memory");
	else
		fwrite(text->data, 1, text->length, file);
	text_free(text);
	if (!path || !file)
		return err;
	bool failed = ferror(file);

	failed |= fclose(file) != 0;
	if (failed && !err)
		err = error_set(ERR_SYSTEM, "cannot write %s: %s", path, strerror(errno));
	return err;
}

int command_load(struct trace **trace, const char *path)
{
	int err = trace_load(trace, path);

	if (err)
		return err;
	if ((*trace)->skipped)
		command_warning(
			"%s: %llu records are of kinds this version does not know", path,
			(unsigned long long)(*trace)->skipped);
	if (!(*trace)->complete)
		command_warning(
			"%s: no end record: a prefix of a run, read as far as it goes",
			path);
	return 0;
}

/* At exit, also where argp exits by itself. */
static void close_stdout(void)
{
	bool failed = ferror(stdout);
	int why = 0;

	if (fflush(stdout) != 0) {
		failed = true;
		why = errno;
	}
	if (!failed)
		return;
	command_error("cannot write standard output: %s",
	              why ? strerror(why) : "an earlier write failed");
	_exit(EXIT_FILE);
}

/*
 * Where one of the standard files is closed, the next file that is opened would be taken
 * for it: the console would be written into the trace.  What holds its place can be used
 * for nothing, so that using it fails as before.
 */
static void hold_standard_files(void)
{
	static const int useless[] = {O_WRONLY, O_RDONLY, O_RDONLY};

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			open("/dev/null", useless[fd]);
}

void command_speaker(const char *name)
{
	if (!speaker) {
		hold_standard_files();
		signal(SIGPIPE, SIG_DFL);
		atexit(close_stdout);
	}
	speaker = name;
}
