/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "proc/menu.h"

#include <stdbool.h>

#include "abi/errno.h"
#include "abi/wait.h"
#include "boot/cmdline.h"
#include "dev/console.h"
#include "lib/format.h"
#include "lib/string.h"
#include "mm/frame.h"
#include "mm/kmalloc.h"
#include "mm/layout.h"
#include "proc/proc.h"

#define LINE_SIZE 256
#define WORDS_MAX 32

struct command {
	const char *name;
	const char *help;
	void (*run)(int argc, char **argv);
};

/* The first of the usual places that has it; its error otherwise. */
static int spawn_by_name(int argc, char **argv)
{
	static const char *const places[] = {"/bin/", "/testbin/"};
	char path[LINE_SIZE + 16];
	int result = -ENOENT;

	if (strchr(argv[0], '/') != NULL)
		return proc_spawn_program(argv[0], argc, argv);
	for (size_t i = 0; i < ARRAY_SIZE(places) && result == -ENOENT; i++) {
		format_text(path, sizeof(path), "%s%s", places[i], argv[0]);
		result = proc_spawn_program(path, argc, argv);
	}
	return result;
}

static void run_program(int argc, char **argv)
{
	int status;
	int pid;

	if (argc < 2) {
		kprintf("p: which program?\n");
		return;
	}
	pid = spawn_by_name(argc - 1, argv + 1);
	if (pid < 0) {
		kprintf("%s: error %d\n", argv[1], -pid);
		return;
	}
	lifetime->wait(proc_current(), pid, 0, &status);
	if (WIFSIGNALED(status))
		kprintf("%s: killed by signal %d\n", argv[1], WTERMSIG(status));
	else if (WEXITSTATUS(status) != 0)
		kprintf("%s: exit status %d\n", argv[1], WEXITSTATUS(status));
}

/* Blocks of the generation given, and later; else since the menu began. */
static void dump_heap(int argc, char **argv)
{
	uint32_t from = 0;

	if (argc < 2)
		from = 1;
	else
		for (const char *c = argv[1]; *c >= '0' && *c <= '9'; c++)
			from = from * 10 + (uint32_t)(*c - '0');
	kheap_dump(from);
}

static void next_generation(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	kprintf("generation %u\n", kheap_next_generation());
}

static void print_process(const struct proc *p)
{
	static const char *const states[] = {
		[THREAD_NEW] = "new",         [THREAD_READY] = "ready",
		[THREAD_RUNNING] = "running", [THREAD_SLEEPING] = "sleeping",
		[THREAD_EXITED] = "exited",
	};

	if (p->thread != NULL)
		kprintf("%4d %8s %s\n", p->pid, states[p->thread->state],
		        p->thread->name);
}

static void list_processes(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	proc_visit(print_process);
}

static void show_memory(int argc, char **argv)
{
	struct kheap_usage heap;

	(void)argc;
	(void)argv;
	kheap_usage(&heap);
	kprintf("frames: %lu of %lu free\n", frame_count_free(), frame_count_total());
	kprintf("heap: %lu bytes in %lu blocks\n", heap.bytes, heap.blocks);
}

static void reap_orphans(int options)
{
	int status;

	while (lifetime->wait(proc_current(), WAIT_ANY, options, &status) > 0)
		continue;
}

static void quit(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	reap_orphans(0);
	proc_power_off(0);
}

static void help(int argc, char **argv);

static const struct command commands[] = {
	{"p", "PROGRAM [ARG...]: run a program and wait for it", run_program},
	{"ps", "list the processes", list_processes},
	{"mem", "show what memory is free", show_memory},
	{"khdump", "[GENERATION]: list the blocks of the kernel heap", dump_heap},
	{"khgen", "begin a new generation of the kernel heap", next_generation},
	{"q", "power off", quit},
	{"?", "list the commands", help},
};

static void help(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		kprintf("%s\t%s\n", commands[i].name, commands[i].help);
}

/* Words of `line`, taken apart in place; NULL ends them. */
static int split(char *line, char **words)
{
	int n = 0;

	while (*line != '\0' && n < WORDS_MAX) {
		while (*line == ' ')
			*line++ = '\0';
		if (*line == '\0')
			break;
		words[n++] = line;
		while (*line != '\0' && *line != ' ')
			line++;
	}
	words[n] = NULL;
	return n;
}

static void run_command(char *line)
{
	char *words[WORDS_MAX + 1];
	int n = split(line, words);

	if (n == 0)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		if (strcmp(commands[i].name, words[0]) == 0) {
			commands[i].run(n, words);
			return;
		}
	}
	kprintf("%s: no such command (? lists them)\n", words[0]);
}

/* Without its newline; false at the end of the input. */
static bool read_line(char *line, size_t size)
{
	size_t n = console_read(line, size - 1);

	if (n == 0)
		return false;
	if (line[n - 1] == '\n')
		n--;
	line[n] = '\0';
	return true;
}

void menu_enter(void *arg)
{
	char line[LINE_SIZE];

	(void)arg;
	kheap_next_generation();
	for (int i = 0; i < cmdline.argc; i++)
		run_command(cmdline.argv[i]);
	for (;;) {
		reap_orphans(WNOHANG);
		kprintf("kernel [? for menu]: ");
		if (!read_line(line, sizeof(line)))
			quit(0, NULL);
		run_command(line);
	}
}
