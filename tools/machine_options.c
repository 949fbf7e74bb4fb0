/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "machine_options.h"
#include "command.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "boot/initrd.h"
#include "program.h"

enum {
	KEY_KERNEL = 0x200,
	KEY_INITRD,
	KEY_ADD,
	KEY_PERSONALITY,
	KEY_MEMORY,
	KEY_CPUS,
	KEY_APPEND,
	KEY_LIMIT,
	KEY_TIMESLICE
};

#define MEMORY_MIN_MIB 8
#define MEMORY_MAX_MIB 2048
/* Below this a guest does little but take timer interrupts. */
#define TIMESLICE_MIN 1000
#define TIMESLICE_MAX 4000000000ull

uint64_t machine_options_number(const char *option, const char *arg, uint64_t min,
                                uint64_t max, struct argp_state *state)
{
	char *end;
	uint64_t factor = 1;
	unsigned long long n;

	errno = 0;
	n = strtoull(arg, &end, 10);
	switch (*end) {
	case 'G':
		factor *= 1000;
		__attribute__((fallthrough));
	case 'M':
		factor *= 1000;
		__attribute__((fallthrough));
	case 'k':
		factor *= 1000;
		end++;
		break;
	default:
		break;
	}
	if (errno || *end || arg[0] < '0' || arg[0] > '9' || n > UINT64_MAX / factor ||
	    n * factor < min || n * factor > max)
		argp_failure(state, EXIT_USAGE, 0,
		             "--%s takes a number from %llu to %llu, not '%s'", option,
		             (unsigned long long)min, (unsigned long long)max, arg);
	return n * factor;
}

static error_t parse_images(int key, char *arg, struct argp_state *state)
{
	struct machine_options *o = state->input;

	switch (key) {
	case KEY_KERNEL:
		o->kernel = arg;
		return 0;
	case KEY_INITRD:
		o->initrd = arg;
		return 0;
	case KEY_ADD:
		return command_keep(&o->added, &o->nadded, arg);
	case KEY_PERSONALITY:
		o->personality = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static error_t parse_machine(int key, char *arg, struct argp_state *state)
{
	struct machine_options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = o;
		return 0;
	case KEY_MEMORY:
		o->config.memory = machine_options_number("memory", arg, MEMORY_MIN_MIB,
		                                          MEMORY_MAX_MIB, state)
		                   << 20;
		if (o->config.memory % (2u << 20) != 0)
			argp_failure(state, EXIT_USAGE, 0,
			             "--memory takes an even number of MiB");
		return 0;
	case KEY_CPUS:
		o->config.cpus = (int)machine_options_number("cpus", arg, 1,
		                                             MACHINE_CPUS_MAX, state);
		return 0;
	case KEY_APPEND:
		o->config.append = arg;
		return 0;
	case KEY_TIMESLICE:
		o->config.timeslice =
			machine_options_number("timeslice", arg, TIMESLICE_MIN,
		                               TIMESLICE_MAX, state);
		return 0;
	case KEY_LIMIT:
		o->config.limit = machine_options_number("max-instructions", arg, 1,
		                                         UINT64_MAX, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option image_options[] = {
	{"kernel", KEY_KERNEL, "FILE", 0,
         "the guest kernel, with its profile beside it (default: the built-in one)", 10},
	{"initrd", KEY_INITRD, "FILE", 0,
         "the initial RAM disk with the programs (default: the built-in one)", 10},
	{"add", KEY_ADD, "FILE[:PATH]", 0,
         "puts FILE into the initial RAM disk, at PATH of the guest (default: /data and "
         "its name); may repeat",
         10},
	{"personality", KEY_PERSONALITY, "NAME", 0,
         "the headers that a program in C is compiled with: native (the default), os161 "
         "or osv",
         10},
	{0},
};

static const struct argp_option machine_option_list[] = {
	{"memory", KEY_MEMORY, "MIB", 0, "RAM of the guest in MiB (default 64)", 11},
	{"cpus", KEY_CPUS, "N", 0, "CPUs of the guest (one, so far)", 11},
	{"append", KEY_APPEND, "WORDS", 0, "more words for the kernel's command line",
         11},
	{"timeslice", KEY_TIMESLICE, "N", 0,
         "instructions between timer interrupts (default: the kernel's own)", 11},
	{"max-instructions", KEY_LIMIT, "N", 0, "stop after N instructions, status 5",
         11},
	{0},
};

const struct argp machine_image_argp = {image_options, parse_images, NULL, NULL,
                                        NULL,          NULL,         NULL};

static const struct argp_child image_child[] = {{&machine_image_argp, 0, NULL, 0}, {0}};

static char *help(int key, const char *text, void *input)
{
	const struct machine_options *o = input;

	return key == KEY_LIMIT && o && o->limit_help ? strdup(o->limit_help)
	                                              : (char *)text;
}

const struct argp machine_argp = {machine_option_list, parse_machine, NULL, NULL,
                                  image_child,         help,          NULL};

void machine_options_program(struct machine_options *o, struct argp_state *state)
{
	state->next--;
	o->config.argc = state->argc - state->next;
	o->config.argv = (const char *const *)(state->argv + state->next);
	if (program_is_source(o->config.argv[0]))
		o->source = o->config.argv[0];
	state->next = state->argc;
}

bool machine_options_source(struct machine_options *o, const char *arg)
{
	if (o->source || !program_is_source(arg))
		return false;
	o->source = arg;
	return true;
}

void machine_options_init(struct machine_options *o)
{
	memset(o, 0, sizeof(*o));
	o->config.memory = SESSION_MEMORY_DEFAULT;
	o->config.cpus = 1;
	o->config.schedule = "periodic";
	o->config.checkpoint = SESSION_CHECKPOINT_DEFAULT;
}

int machine_options_installed(char **path, const char *name)
{
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash;

	self[n > 0 ? n : 0] = '\0';
	slash = strrchr(self, '/');
	if (!slash)
		return error_set(ERR_SYSTEM,
		                 "cannot tell where this program is installed; "
		                 "use --kernel and --initrd");
	*slash = '\0';
	slash = strrchr(self, '/');
	if (slash)
		*slash = '\0';
	if (asprintf(path, "%s/share/forkscope/%s", self, name) < 0)
		return error_set(ERR_MEMORY, "out of memory");
	return 0;
}

/* FILE[:PATH], split at the last colon. */
static int add_file(struct images *images, const char *argument)
{
	char *name = strdup(argument), *path = NULL;
	struct file file = {0};
	int err = 0;

	if (!name)
		return error_set(ERR_MEMORY, "out of memory");
	char *colon = strrchr(name, ':'), *slash;

	if (colon)
		*colon = '\0';
	slash = strrchr(name, '/');
	if (asprintf(&path, "%s%s", colon ? "" : "/data/",
	             colon   ? colon + 1
	             : slash ? slash + 1
	                     : name) < 0) {
		path = NULL;
		err = error_set(ERR_MEMORY, "out of memory");
	}
	if (err == 0)
		err = file_read(&file, name, IMAGES_SIZE_MAX);
	if (err == 0)
		err = images_add(images, path, file.data, file.size);
	if (err)
		error_prefix(err, "--add");
	file_free(&file);
	free(path);
	free(name);
	return err;
}

/*
 * What the guest calls /testbin/NAME: by NAME alone where that finds it, as any program
 * there; by its path where /bin has another NAME.
 */
static int name_program(struct machine_options *o, const struct images *images)
{
	struct boot_initrd_member other;
	size_t directory = strlen("/testbin/");
	char *in_bin;
	bool hidden;

	if (o->config.argc == 0)
		return 0;
	o->argv = calloc((size_t)o->config.argc + 1, sizeof(*o->argv));
	if (!o->argv || asprintf(&in_bin, "/bin/%s", o->program + directory) < 0)
		return error_set(ERR_MEMORY, "out of memory");
	hidden = boot_initrd_find(images->initrd.data, images->initrd.size, in_bin,
	                          &other);
	free(in_bin);
	for (int i = 1; i < o->config.argc; i++)
		o->argv[i] = o->config.argv[i];
	o->argv[0] = hidden ? o->program : o->program + directory;
	o->config.argv = o->argv;
	return 0;
}

static int add_program(struct machine_options *o, struct images *images)
{
	const char *slash = strrchr(o->source, '/');
	const char *name = slash ? slash + 1 : o->source;
	struct file image = {0};
	char *user_dir;
	int err = machine_options_installed(&user_dir, "user");

	if (err)
		return err;
	err = program_compile(&image, o->source, user_dir, o->personality);
	free(user_dir);
	if (err == 0 &&
	    asprintf(&o->program, "/testbin/%.*s", (int)strlen(name) - 2, name) < 0) {
		o->program = NULL;
		err = error_set(ERR_MEMORY, "out of memory");
	}
	if (err == 0)
		err = images_add(images, o->program, image.data, image.size);
	if (err == 0)
		err = name_program(o, images);
	file_free(&image);
	return err;
}

static int load(struct machine_options *o, struct images *images)
{
	int err = 0;

	if (!o->kernel) {
		err = machine_options_installed(&o->installed_kernel, "kernel.elf");
		o->kernel = o->installed_kernel;
	}
	if (err == 0 && !o->initrd) {
		err = machine_options_installed(&o->installed_initrd, "initrd.tar");
		o->initrd = o->installed_initrd;
	}
	return err ? err : images_load(images, o->kernel, o->initrd);
}

int machine_options_load(struct machine_options *o, struct images *images)
{
	int err;

	if (o->personality && !o->source)
		return error_set(ERR_USAGE,
		                 "--personality is for a program in C, such as my.c");
	err = load(o, images);
	if (err)
		return err;
	for (size_t i = 0; i < o->nadded && err == 0; i++)
		err = add_file(images, o->added[i]);
	if (err == 0 && o->source)
		err = add_program(o, images);
	if (err)
		images_free(images);
	return err;
}

int machine_options_symbols(const struct machine_options *o, struct file *program)
{
	char *user_dir;
	int err;

	*program = (struct file){0};
	if (!o->source)
		return 0;
	err = machine_options_installed(&user_dir, "user");
	if (err)
		return err;
	err = program_compile_symbols(program, o->source, user_dir, o->personality);
	free(user_dir);
	return err;
}

bool machine_options_given(const struct machine_options *o)
{
	return o->kernel || o->initrd || o->nadded || o->personality || o->source;
}

void machine_options_free(struct machine_options *o)
{
	free(o->installed_kernel);
	free(o->installed_initrd);
	free(o->added);
	free(o->program);
	free(o->argv);
}

static void on_signal(int signal)
{
	(void)signal;
	session_interrupt();
}

void machine_options_catch_interrupt(void)
{
	/* What is being written goes out whole; waiting for input is poll(2)'s. */
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};

	/* It comes twice from timeout(1): to the process, and to its group. */
	sigaction(SIGTERM, &action, NULL);
	/* The second one ends the process at once, should the first not help. */
	action.sa_flags |= (int)SA_RESETHAND;
	sigaction(SIGINT, &action, NULL);
}

/* --- back to words --- */

static void put_option(struct text *out, const char *name, const char *value)
{
	if (out->length)
		text_char(out, ' ');
	text_string(out, name);
	if (*name)
		text_char(out, ' ');
	text_shell_word(out, value);
}

void machine_options_words(const struct machine_options *m, struct text *out)
{
	if (m->kernel && m->kernel != m->installed_kernel)
		put_option(out, "--kernel", m->kernel);
	if (m->initrd && m->initrd != m->installed_initrd)
		put_option(out, "--initrd", m->initrd);
	for (size_t i = 0; i < m->nadded; i++)
		put_option(out, "--add", m->added[i]);
	if (m->personality)
		put_option(out, "--personality", m->personality);
	if (m->source)
		put_option(out, "", m->source);
}
