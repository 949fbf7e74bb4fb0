/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "boot/initrd.h"
#include "boot/ustar.h"
#include "command.h"
#include "grade/confine.h"
#include "grade/grade.h"
#include "machine_options.h"
#include "program.h"
#include "sched/images.h"

enum { KEY_KERNEL = 0x100, KEY_INITRD, KEY_PROFILE, KEY_TIMEOUT, KEY_LIFETIME };

#define JOBS_MAX 1024

struct options {
	struct grade_options grade;
	const char *rubric;
	const char **submissions;
	size_t n;
	int format;          /* index into formats */
	char directory[256]; /* where no option names one */
	struct file initrd;  /* with the rubric's own programs, where there are any */
};

enum { TABLE, JSON, JUNIT, GRADESCOPE };
static const char *const formats[] = {"table", "json", "junit", "gradescope"};

/* --- the command line --- */

static int format_of(const char *name)
{
	for (int i = 0; i < 4; i++)
		if (strcmp(formats[i], name) == 0)
			return i;
	command_usage("--format takes table, json, junit or gradescope, not '%s'", name);
}

/* It goes onto the kernel's command line, as one word. */
static const char *lifetime_of(const char *name)
{
	if (!*name ||
	    strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_") != strlen(name))
		command_usage("--lifetime takes a name, not '%s'", name);
	return name;
}

static void add_argument(struct options *o, char *arg, struct argp_state *state)
{
	if (!o->rubric) {
		o->rubric = arg;
		return;
	}
	if (!o->submissions)
		o->submissions = calloc((size_t)state->argc, sizeof(*o->submissions));
	if (!o->submissions)
		argp_failure(state, EXIT_FILE, 0, "out of memory");
	else
		o->submissions[o->n++] = arg;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'f':
		o->format = format_of(arg);
		return 0;
	case 'j':
		o->grade.jobs = (unsigned int)machine_options_number("jobs", arg, 1,
		                                                     JOBS_MAX, state);
		return 0;
	case 'o':
		o->grade.directory = arg;
		return 0;
	case KEY_TIMEOUT:
		o->grade.timeout =
			machine_options_number("timeout", arg, 1, 1000000000000, state);
		return 0;
	case KEY_LIFETIME:
		o->grade.lifetime = lifetime_of(arg);
		return 0;
	case KEY_KERNEL:
		o->grade.kernel = arg;
		o->grade.kernel_option = true;
		return 0;
	case KEY_INITRD:
		o->grade.initrd = arg;
		o->grade.initrd_option = true;
		return 0;
	case KEY_PROFILE:
		o->grade.profile = arg;
		return 0;
	case ARGP_KEY_ARG:
		add_argument(o, arg, state);
		return 0;
	case ARGP_KEY_END:
		if (!o->rubric)
			command_usage("the name of a rubric is missing");
		if (o->n == 0)
			command_usage("there is no submission to grade");
		if (o->format == GRADESCOPE && o->n > 1)
			command_usage("results.json of Gradescope is of one submission");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* --- grading --- */

static void on_progress(void *ctx, size_t done, size_t n)
{
	(void)ctx;
	fprintf(stderr, "\r%zu of %zu graded%s", done, n, done == n ? "\n" : "");
}

/* A name that is no file may be that of a rubric which comes along. */
static int find_rubric(const char *name, char **path)
{
	char *file;
	int err;

	*path = NULL;
	if (strchr(name, '/') || access(name, F_OK) == 0)
		return 0;
	if (asprintf(&file, "rubrics/%s.json", name) < 0)
		return error_set(ERR_MEMORY, "out of memory");
	err = machine_options_installed(path, file);
	free(file);
	if (err == 0 && access(*path, R_OK) != 0) {
		free(*path);
		*path = NULL;
	}
	return err;
}

/* "grade-RUBRIC", by the file's own name. */
static void default_directory(const char *rubric, char *name, size_t size)
{
	const char *base = file_base_name(rubric);
	size_t n = strlen(base);

	if (n > 5 && strcmp(base + n - 5, ".json") == 0)
		n -= 5;
	snprintf(name, size, "grade-%.*s", (int)n, base);
}

static enum exit_status status_of(const struct grade *g)
{
	enum exit_status status = EXIT_GOOD;

	for (size_t i = 0; i < g->n; i++) {
		if (g->submissions[i].broken)
			return EXIT_FILE;
		if (g->submissions[i].score < g->rubric->points)
			status = EXIT_FAILED;
	}
	return status;
}

static int report(const struct grade *g, int format)
{
	struct text out = {0};

	switch (format) {
	case JSON:
		grade_json(g, &out);
		break;
	case JUNIT:
		grade_junit(g, &out);
		break;
	case GRADESCOPE:
		grade_gradescope(g, &out);
		break;
	default:
		grade_table(g, &out, command_colour(stdout));
		break;
	}
	return command_output(&out, NULL);
}

/* Only folders are compiled. */
static void warn_of_reading(const struct options *o)
{
	struct stat st;

	if (confine_possible())
		return;
	for (size_t i = 0; i < o->n; i++) {
		if (stat(o->submissions[i], &st) != 0 || !S_ISDIR(st.st_mode))
			continue;
		command_warning("this system has no Landlock: a submission that is "
		                "compiled can read what you can");
		return;
	}
}

static int grade(struct options *o, const struct rubric *rubric)
{
	struct grade *g;
	enum exit_status status;
	int err;

	warn_of_reading(o);
	if (isatty(STDERR_FILENO))
		o->grade.progress = on_progress;
	err = grade_run(&g, rubric, &o->grade, o->submissions, o->n);
	if (err)
		return err;
	err = report(g, o->format);
	status = status_of(g);
	for (size_t i = 0; i < g->n; i++)
		if (g->submissions[i].broken)
			command_error("%s: could not be graded to its end",
			              g->submissions[i].path);
	grade_free(g);
	return err ? err : (int)status;
}

/* What no option named, as installed; `paths` are to be freed. */
static int fill_in(struct options *o, char *paths[3])
{
	int err = machine_options_installed(&paths[0], "kernel.elf");

	if (err == 0)
		err = machine_options_installed(&paths[1], "initrd.tar");
	if (err == 0)
		err = machine_options_installed(&paths[2], "kernel-src");
	if (!o->grade.kernel)
		o->grade.kernel = paths[0];
	if (!o->grade.initrd)
		o->grade.initrd = paths[1];
	o->grade.kernel_src = paths[2];
	return err;
}

/* What all submissions would stumble over is said once. */
static int check_reference(const struct grade_options *o)
{
	struct images images;
	int err = images_load(&images, o->kernel, o->initrd);

	if (err)
		return err;
	images_free(&images);
	if (o->profile && access(o->profile, R_OK) != 0)
		return error_set(ERR_FILE, "%s: %s", o->profile, strerror(errno));
	return 0;
}

/* Compiles the test's program and puts it where the guest finds it. */
static int add_program(const struct options *o, const struct rubric_test *test,
                       const char *user_dir, struct file *initrd)
{
	struct boot_initrd_member other;
	struct file image;
	char *path, *in_bin;
	int err = program_compile(&image, test->source, user_dir, test->personality);

	/* A fault of the rubric's, which costs no submission points. */
	if (err == ERR_FAILED)
		err = ERR_FILE;
	if (err)
		return error_prefix(err, "%s: %s", o->rubric, test->name);
	if (asprintf(&path, "/testbin/%s", test->source_name) < 0)
		path = NULL;
	if (asprintf(&in_bin, "/bin/%s", test->source_name) < 0)
		in_bin = NULL;
	if (!path || !in_bin)
		err = error_set(ERR_MEMORY, "out of memory");
	else if (boot_initrd_find(initrd->data, initrd->size, in_bin, &other))
		err = error_set(ERR_USAGE, "%s: %s: %s would be hidden by %s", o->rubric,
		                test->name, test->source, in_bin);
	else
		err = ustar_add(initrd, path, image.data, image.size);
	free(path);
	free(in_bin);
	file_free(&image);
	return err;
}

/* A source that several tests name is compiled once; two of the same name cannot be. */
static int is_added(const struct options *o, const struct rubric *r, size_t index)
{
	for (size_t i = 0; i < index; i++) {
		if (!r->tests[i].source ||
		    strcmp(r->tests[i].source_name, r->tests[index].source_name) != 0)
			continue;
		if (strcmp(r->tests[i].source, r->tests[index].source) == 0)
			return 1;
		return error_set(ERR_USAGE, "%s: %s and %s have the same name", o->rubric,
		                 r->tests[i].source, r->tests[index].source);
	}
	return 0;
}

static int add_programs(struct options *o, const struct rubric *r, struct file *initrd)
{
	char *user_dir;
	int err = machine_options_installed(&user_dir, "user");

	if (err)
		return err;
	for (size_t i = 0; i < r->ntests && err == 0; i++) {
		if (!r->tests[i].source)
			continue;
		if (!initrd->data)
			err = file_read(initrd, o->grade.initrd, IMAGES_SIZE_MAX);
		if (err == 0 && !o->grade.programs)
			err = boot_initrd_check(o->grade.initrd, initrd->data,
			                        initrd->size);
		o->grade.programs = initrd;
		if (err == 0)
			err = is_added(o, r, i);
		if (err == 0)
			err = add_program(o, &r->tests[i], user_dir, initrd);
		if (err > 0)
			err = 0;
	}
	free(user_dir);
	return err;
}

static int load_and_grade(struct options *o)
{
	char *installed, *paths[3] = {NULL};
	struct rubric *rubric = NULL;
	int err = find_rubric(o->rubric, &installed);

	if (err == 0)
		err = rubric_load(&rubric, installed ? installed : o->rubric);
	default_directory(o->rubric, o->directory, sizeof(o->directory));
	if (!o->grade.directory)
		o->grade.directory = o->directory;
	if (err == 0)
		err = fill_in(o, paths);
	if (err == 0)
		err = check_reference(&o->grade);
	if (err == 0)
		err = add_programs(o, rubric, &o->initrd);
	if (err == 0)
		err = grade(o, rubric);
	file_free(&o->initrd);
	rubric_free(rubric);
	free(installed);
	for (int i = 0; i < 3; i++)
		free(paths[i]);
	return err;
}

int cmd_grade(int argc, char **argv)
{
	static const struct argp_option list[] = {
		{"format", 'f', "FORMAT", 0,
	         "table (the default), json, junit or gradescope", 1},
		{"output", 'o', "DIR", 0,
	         "where the evidence is kept (default: grade-RUBRIC)", 1},
		{"jobs", 'j', "N", 0, "submissions graded at once (default 1)", 1},
		{"timeout", KEY_TIMEOUT, "N", 0,
	         "instructions after which a run is stopped (default: the rubric's)", 1},
		{"lifetime", KEY_LIFETIME, "NAME", 0,
	         "the kernel's lifetime=NAME, where a test names none", 1},
		{"kernel", KEY_KERNEL, "FILE", 0,
	         "the reference kernel, with its profile beside it", 2},
		{"initrd", KEY_INITRD, "FILE", 0,
	         "the initial RAM disk with the programs", 2},
		{"profile", KEY_PROFILE, "FILE", 0,
	         "the profile of kernels that are handed in (default: the reference's)",
	         2},
		{0},
	};
	static const struct argp argp = {
		list,
		parse,
		"RUBRIC SUBMISSION...",
		"Grades each SUBMISSION by RUBRIC: a folder with replaced kernel files, a "
		"kernel image, or a recorded trace.  RUBRIC is a JSON file, or the name of "
		"one that comes along: os161-asst5, osv-multiprocessing.\v"
		"Status 0 where all have full marks, 1 where points were lost, 3 where "
		"forkscope itself failed on one.",
		NULL,
		NULL,
		NULL};
	struct options o = {.grade.jobs = 1};
	int err;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	err = load_and_grade(&o);
	free(o.submissions);
	return err;
}
