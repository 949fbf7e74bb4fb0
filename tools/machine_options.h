/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The options of every subcommand that boots a guest, as an argp child: which images,
 * which machine, which program.
 */
#ifndef FORKSCOPE_TOOLS_MACHINE_OPTIONS_H
#define FORKSCOPE_TOOLS_MACHINE_OPTIONS_H

#include <argp.h>

#include "base/file.h"
#include "sched/session.h"
#include "trace/text.h"

struct machine_options {
	struct session_config config; /* what the options decide of it */
	const char *kernel;           /* NULL: the one that is installed */
	const char *initrd;
	char *installed_kernel; /* owned */
	char *installed_initrd;
	const char **added; /* --add, as given; the array is owned */
	size_t nadded;
	const char *personality; /* NULL: native */
	/*
	 * The source of a program in C: the program that is run is named by it, or it
	 * only has to be in the initrd.
	 */
	const char *source;
	char *program;          /* owned; its path in the guest */
	const char *limit_help; /* what --max-instructions is here; NULL: as for run */
	const char **argv;      /* owned; config's then */
};

/*
 * --kernel, --initrd, --add, --personality; the child's input is a struct
 * machine_options.
 */
extern const struct argp machine_image_argp;
/* These, and --memory, --cpus, --append, --timeslice, --max-instructions. */
extern const struct argp machine_argp;

/*
 * A program and its arguments: all the rest from argp's ARGP_KEY_ARG on.  Where it is a C
 * source, the images will have it compiled, and the guest's name of it takes its place in
 * config.
 */
void machine_options_program(struct machine_options *o, struct argp_state *state);
/* Takes a C source that only has to be in the initrd; false for any other argument. */
bool machine_options_source(struct machine_options *o, const char *arg);

/* What stands where no option was given. */
void machine_options_init(struct machine_options *o);
/*
 * Loads the images that the options name, with what they add to the initrd.  ERR_FAILED
 * where the program does not compile, ERR_USAGE, ERR_FILE, ERR_MEMORY, ERR_SYSTEM; then
 * there are no images to free.  Frees nothing of `o`.
 */
int machine_options_load(struct machine_options *o, struct images *images);
/*
 * The program in C with its symbols, which the images have without; zeroed where the
 * options name none.  To be freed with file_free().  Errors as above.
 */
int machine_options_symbols(const struct machine_options *o, struct file *program);
/* Whether any option or program in C says which images. */
bool machine_options_given(const struct machine_options *o);
void machine_options_free(struct machine_options *o);

/*
 * The options by which another command finds the same images, as words for a shell; the
 * program in C comes last.  For a trace they follow its name.
 */
void machine_options_words(const struct machine_options *o, struct text *out);

/*
 * The path of a file or folder under share/forkscope, seen from where this program lies;
 * the caller frees it.  ERR_SYSTEM, ERR_MEMORY.
 */
int machine_options_installed(char **path, const char *name);

/*
 * A decimal number from `min` to `max`, with an optional suffix k, M or G (powers of
 * 1,000); anything else ends with a usage error that names the option.
 */
uint64_t machine_options_number(const char *option, const char *arg, uint64_t min,
                                uint64_t max, struct argp_state *state);

/* From now on Ctrl-C, and a request to terminate, end runs in good order. */
void machine_options_catch_interrupt(void);

#endif
