/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a metal test on a machine and prints its console.
 *
 *	metal_run IMAGE          as fast as it goes; exit status as the guest's
 *	metal_run IMAGE STEP     stopping every STEP instructions, which must change
 *nothing: compared with a run that does not stop, by count, digest and console
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "boot/pvh.h"
#include "machine/machine.h"

#define MEMORY (16u << 20)
#define IMAGE_MAX (64u << 20)
#define LIMIT 50000000u

struct result {
	char console[65536];
	size_t used;
	uint64_t icount;
	uint64_t time;
	enum machine_stop stop;
	uint32_t exit_code;
	char digest[33];
	char fault[200];
};

static void on_console(void *ctx, int cpu, uint8_t byte)
{
	struct result *r = ctx;

	(void)cpu;
	if (r->used < sizeof(r->console))
		r->console[r->used++] = (char)byte;
}

static _Noreturn void die(void)
{
	fprintf(stderr, "metal_run: %s\n", error_message());
	exit(2);
}

static struct machine *boot(const char *path, const struct file *image)
{
	struct machine_config config = {.memory = MEMORY, .cpus = 1};
	struct boot_images images = {
		.kernel_name = path,
		.kernel = image->data,
		.kernel_size = image->size,
		.command_line = "",
	};
	struct boot_start start;
	struct machine *m;

	if (machine_create(&m, &config) ||
	    boot_pvh_load(machine_ram(m), machine_ram_size(m), &images, &start) ||
	    machine_reset(m, start.entry, start.ebx))
		die();
	return m;
}

static void run(const char *path, const struct file *image, uint64_t step,
                struct result *r)
{
	struct machine_observer observer = {.console = on_console, .ctx = r};
	struct machine *m = boot(path, image);

	machine_set_observer(m, &observer);
	do {
		uint64_t until = step ? machine_icount(m, 0) + step : LIMIT;

		r->stop = machine_run(m, until < LIMIT ? until : LIMIT);
		if (r->stop == MACHINE_LIMIT && step && machine_icount(m, 0) != until &&
		    until < LIMIT) {
			fprintf(stderr, "metal_run: stopped at %llu, not %llu\n",
			        (unsigned long long)machine_icount(m, 0),
			        (unsigned long long)until);
			exit(1);
		}
	} while (r->stop == MACHINE_LIMIT && machine_icount(m, 0) < LIMIT);
	r->icount = machine_icount(m, 0);
	r->time = machine_time(m);
	r->exit_code = machine_exit_code(m);
	snprintf(r->fault, sizeof(r->fault), "%s", machine_fault(m));
	machine_digest(m, r->digest);
	machine_destroy(m);
}

static int compare(const struct result *a, const struct result *b)
{
	if (a->icount != b->icount || a->time != b->time || a->stop != b->stop ||
	    strcmp(a->digest, b->digest) != 0 || a->used != b->used ||
	    memcmp(a->console, b->console, a->used) != 0) {
		fprintf(stderr,
		        "metal_run: stopping changed the run: count %llu and %llu, "
		        "digest %s and %s\n",
		        (unsigned long long)a->icount, (unsigned long long)b->icount,
		        a->digest, b->digest);
		return 1;
	}
	printf("same after %llu instructions\n", (unsigned long long)a->icount);
	return 0;
}

int main(int argc, char **argv)
{
	static struct result straight, stepped;
	struct file image;

	if (argc < 2 || argc > 3) {
		fprintf(stderr, "usage: metal_run IMAGE [STEP]\n");
		return 2;
	}
	if (file_read(&image, argv[1], IMAGE_MAX))
		die();
	run(argv[1], &image, 0, &straight);
	if (argc == 3) {
		run(argv[1], &image, strtoull(argv[2], NULL, 0), &stepped);
		file_free(&image);
		return compare(&straight, &stepped);
	}
	file_free(&image);
	fwrite(straight.console, 1, straight.used, stdout);
	if (straight.stop != MACHINE_POWEROFF) {
		fprintf(stderr, "metal_run: stop %d at %llu: %s\n", (int)straight.stop,
		        (unsigned long long)straight.icount, straight.fault);
		return 3;
	}
	return (int)straight.exit_code;
}
