/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel profiles: a good one, every way to break it, and its check against the image. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "fake_machine.h"
#include "fixtures/probe_kernel.h"
#include "probe/kernel.h"
#include "probe/profile.h"
#include "probe/symbols.h"

static char *good; /* the text of the fixture's profile */

static char *profile_path(void)
{
	static char path[4096];

	snprintf(path, sizeof(path), "%s", TEST_PROBE_FIXTURE);
	strcpy(path + strlen(path) - 4, ".profile.json");
	return path;
}

static int read_good(void **state)
{
	struct file file;

	(void)state;
	if (file_read(&file, profile_path(), 1 << 20) != 0)
		return -1;
	good = (char *)file.data;
	return 0;
}

static int free_good(void **state)
{
	(void)state;
	free(good);
	return 0;
}

/* The good profile with the first `from` replaced by `to`. */
static char *changed(const char *from, const char *to)
{
	const char *at = strstr(good, from);
	char *text;

	if (!at)
		fail_msg("the profile has no %s", from);
	text = malloc(strlen(good) + strlen(to) + 1);
	assert_non_null(text);
	sprintf(text, "%.*s%s%s", (int)(at - good), good, to, at + strlen(from));
	return text;
}

static void refuse_text(const char *text, const char *message)
{
	struct profile *p;

	assert_int_equal(profile_parse(&p, text, strlen(text), "K.json"), ERR_FILE);
	assert_null(p);
	assert_string_equal(error_message(), message);
}

static void refuse(const char *from, const char *to, const char *message)
{
	char *text = changed(from, to);

	refuse_text(text, message);
	free(text);
}

static void good_profile(void **state)
{
	struct profile *p;

	(void)state;
	assert_int_equal(profile_open(&p, profile_path()), 0);
	assert_string_equal(p->name, "fixture");
	assert_int_equal(p->wait_status, PROFILE_OS161);
	assert_string_equal(p->current_thread, "cpus[cpu].current");
	assert_int_equal(p->nsyscalls, 5);
	assert_int_equal(p->nresources, 3);
	assert_int_equal(p->nprobes, 20);
	assert_int_equal(p->probes[0].event, PROFILE_SWITCH);
	assert_string_equal(p->probes[0].exprs[1], "arg1");
	assert_true(p->probes[10].returns);
	assert_string_equal(p->probes[7].what, "memory");
	assert_int_equal(p->nstates, 5);
	profile_close(p);
	profile_close(NULL);
}

static void shape(void **state)
{
	(void)state;
	refuse_text("", "K.json:1: not JSON");
	refuse_text("{\n\n\"format\" 1}", "K.json:3: not JSON");
	refuse_text("[]", "K.json: $: must be an object");
	refuse_text("{}", "K.json: $: \"format\" is missing");
	refuse("}\n", "} x\n", "K.json:19: not JSON");
	refuse("-kernel-profile", "-trace",
	       "K.json: $.format: is not \"forkscope-kernel-profile\"");
	refuse("\"version\": 1", "\"version\": 2",
	       "K.json: $.version: 2 is unknown; this forkscope reads 1");
	refuse("\"version\": 1", "\"version\": \"1\"",
	       "K.json: $.version: must be a number");
	refuse("\"name\": \"fixture\"", "\"name\": 5",
	       "K.json: $: \"name\" must be a string with text");
	refuse("\"name\"", "\"nam\"", "K.json: $: \"name\" is missing");
	refuse("os161", "vms", "K.json: $.wait_status: must be os161, posix or raw");
	refuse("\"comment\"", "\"remark\"", "K.json: $: unknown key \"remark\"");
	refuse("slice=%u", "slice=%s",
	       "K.json: $.command_line.timeslice: must hold one %u");
	refuse("slice=%u", "slice=%u%n",
	       "K.json: $.command_line.timeslice: must hold one %u");
	refuse("\"id\": \"id\"", "\"id\": null",
	       "K.json: $.thread: \"id\" must be a string with text");
	refuse("\"state\": \"state\"", "\"stat\": \"state\"",
	       "K.json: $.thread: unknown key \"stat\"");
	refuse("[\"THREAD_RUNNING\"]", "\"THREAD_RUNNING\"",
	       "K.json: $.thread.states.running: must be a list of names or numbers");
	refuse("[\"THREAD_RUNNING\"]", "[[]]",
	       "K.json: $.thread.states.running: must be a list of names or numbers");
	refuse("\"running\"", "\"racing\"",
	       "K.json: $.thread.states: unknown key \"racing\"");
	refuse("\"memory\": \"as\"", "\"memory\": 1",
	       "K.json: $.process.resources: \"memory\" must be a string");
	refuse("\"fork\": 0", "\"fork\": -1",
	       "K.json: $.syscalls: \"fork\" must be a number from 0");
	refuse("\"fork\": 0", "\"fork\": 0.5",
	       "K.json: $.syscalls: \"fork\" must be a number from 0");
}

static void probe_shape(void **state)
{
	(void)state;
	refuse("\"event\": \"fork\"", "\"event\": \"spoon\"",
	       "K.json: $.probes[1]: \"event\": \"spoon\" is none");
	refuse("\"event\": \"fork\", ", "", "K.json: $.probes[1]: \"event\" is missing");
	refuse("\"function\": \"context_switch\", ", "",
	       "K.json: $.probes[0]: \"function\" is missing");
	refuse("\"from\": \"arg0\", ", "", "K.json: $.probes[0]: \"from\" is missing");
	refuse("\"from\"", "\"form\"", "K.json: $.probes[0]: unknown key \"form\"");
	refuse("\"thread\": \"arg0\" }", "\"when\": \"entry\" }",
	       "K.json: $.probes[1]: one of \"thread\" and \"process\" is needed");
	refuse("\"when\": \"return\"", "\"when\": \"later\"",
	       "K.json: $.probes[10]: \"when\" must be entry or return");
	refuse("\"what\": \"memory\", ", "", "K.json: $.probes[7]: \"what\" is missing");
	refuse("\"frame\": \"arg0\", ", "",
	       "K.json: $.probes[15]: one of \"address\" and \"frame\" is needed");
	refuse("\"frame\": \"arg0\"", "\"frame\": \"arg0\", \"address\": \"arg0\"",
	       "K.json: $.probes[15]: one of \"address\" and \"frame\" is needed");
	refuse("\"size\": \"arg1\" }", "\"size\": \"arg1\", \"order\": \"arg1\" }",
	       "K.json: $.probes[15]: \"size\" and \"order\" exclude each other");
	refuse("\"what\": \"spinlock\"", "\"what\": \"mutex\"",
	       "K.json: $.probes[18]: \"what\" must be spinlock or sleeplock");
	refuse("\"spin_acquire\", \"lock\": \"arg0\"", "\"spin_acquire\"",
	       "K.json: $.probes[17]: \"lock\" is missing");
	refuse("\"from\": \"arg0\"", "\"from\": {}",
	       "K.json: $.probes[0]: \"from\" must be a string with text");
	refuse("\"probes\": [", "\"probes\": [ 7,",
	       "K.json: $.probes[0]: must be an object");
	refuse("\"probes\": [", "\"probes\": 7, \"comment\": [",
	       "K.json: $.probes: must be a list");
}

/* The kernel of the fixture with a changed profile. */
static int open_changed(const char *from, const char *to, char **message)
{
	char path[] = "/tmp/forkscope-profile-XXXXXX";
	char *text = changed(from, to);
	struct kernel *k;
	int fd = mkstemp(path), err;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	free(text);
	err = kernel_open_profile(&k, TEST_PROBE_FIXTURE, path);
	unlink(path);
	/* What follows the file's name. */
	*message = strdup(error_message() + (err ? strlen(path) : 0));
	kernel_close(k);
	return err;
}

static void refuse_kernel(const char *from, const char *to, const char *want)
{
	char *message;

	assert_int_equal(open_changed(from, to, &message), ERR_FILE);
	assert_string_equal(message, want);
	free(message);
}

static void against_the_image(void **state)
{
	(void)state;
	refuse_kernel(
		"cpus[cpu].current", "cpu[cpu].current",
		": $.current_thread: \"cpu[cpu].current\": the kernel has no symbol cpu");
	refuse_kernel("cpus[cpu].current", "counter",
	              ": $.current_thread: \"counter\": is no pointer to a structure");
	refuse_kernel(
		"\"process\": \"proc\"", "\"process\": \"process\"",
		": $.thread.process: \"process\": struct thread has no field process");
	refuse_kernel("\"pid\": \"pid\"", "\"pid\": \"pdi\"",
	              ": $.process.pid: \"pdi\": struct proc has no field pdi");
	refuse_kernel("\"memory\": \"as\"", "\"memory\": \"a\"",
	              ": $.process.resources.memory: \"a\": struct proc has no field a");
	refuse_kernel("\"THREAD_RUNNING\"", "\"THREAD_SPINNING\"",
	              ": $.thread.states: no enumerator \"THREAD_SPINNING\"");
	refuse_kernel("\"context_switch\"", "\"context_swap\"",
	              ": $.probes[0].function: the kernel has no symbol context_swap");
	refuse_kernel(
		"\"from\": \"arg0\"", "\"from\": \"arg2\"",
		": $.probes[0].from: \"arg2\": context_switch() has no parameter 2");
	refuse_kernel("\"status\": \"arg0\"", "\"status\": \"ret\"",
	              ": $.probes[3].status: \"ret\": ret needs \"when\": \"return\"");
	refuse_kernel("\"what\": \"memory\"", "\"what\": \"money\"",
	              ": $.probes[7].what: \"money\" is not in $.process.resources");
}

static void open_kernel(void **state)
{
	struct kernel *k;
	char text[64];
	char *message;

	(void)state;
	assert_int_equal(kernel_open(&k, TEST_PROBE_FIXTURE), 0);
	assert_string_equal(kernel_profile(k)->name, "fixture");
	assert_int_equal(kernel_timeslice_word(k, text, sizeof(text), 12345), 0);
	assert_string_equal(text, "slice=12345,exact");
	/* Cut, it would be another word. */
	assert_int_equal(kernel_timeslice_word(k, text, 8, 12345), ERR_FILE);
	assert_non_null(strstr(error_message(), "$.command_line.timeslice: too long"));
	kernel_close(k);
	kernel_close(NULL);

	assert_int_equal(kernel_open(&k, "/no/such.elf"), ERR_FILE);
	assert_non_null(strstr(error_message(), "/no/such.elf: "));
	assert_int_equal(kernel_open_profile(&k, TEST_PROBE_FIXTURE, "/no/such.json"),
	                 ERR_FILE);
	assert_non_null(strstr(error_message(), "/no/such.json: "));
	assert_non_null(strstr(error_message(), "needs a profile"));

	/* Without a word for it the timeslice is the kernel's own affair. */
	assert_int_equal(open_changed("\"timeslice\": \"slice=%u,exact\"", "", &message),
	                 0);
	free(message);
}

static void places(void **state)
{
	static const struct {
		const char *function;
		bool allocator, lock;
	} functions[] = {
		{"kmalloc", true, false},       {"page_free", true, false},
		{"spin_acquire", true, true},   {"spin_release", true, true},
		{"sleep_acquire", true, false}, {"make_opaque", false, false},
	};
	uint64_t address, size, percpu;
	struct kernel *k;

	(void)state;
	assert_int_equal(kernel_open(&k, TEST_PROBE_FIXTURE), 0);
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		assert_true(symbols_lookup(kernel_symbols(k), functions[i].function,
		                           &address, &size));
		assert_int_equal(kernel_in_allocator(k, address), functions[i].allocator);
		assert_int_equal(kernel_in_lock(k, address), functions[i].lock);
		assert_int_equal(kernel_in_lock(k, address + size - 1),
		                 functions[i].lock);
	}
	assert_false(kernel_in_allocator(k, 0));
	assert_false(kernel_in_lock(k, UINT64_MAX));
	assert_true(symbols_lookup(kernel_symbols(k), "cpus", &address, &size));
	assert_true(kernel_percpu(k, &percpu, &size));
	assert_int_equal(percpu, address);
	assert_int_equal(size, sizeof(struct cpu[CPUS]));
	assert_int_equal(kernel_thread_size(k), sizeof(struct thread));
	kernel_close(k);
}

static void state_address(void **state)
{
	struct thread thread = {.state = THREAD_READY};
	struct kernel *k;
	uint64_t va;

	(void)state;
	assert_int_equal(kernel_open(&k, TEST_PROBE_FIXTURE), 0);
	assert_true(kernel_thread_state_address(k, NULL, 0, (uint64_t)&thread, &va));
	assert_int_equal(va, (uint64_t)&thread.state);
	kernel_close(k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_profile),  cmocka_unit_test(shape),
		cmocka_unit_test(probe_shape),   cmocka_unit_test(against_the_image),
		cmocka_unit_test(open_kernel),   cmocka_unit_test(places),
		cmocka_unit_test(state_address),
	};

	return cmocka_run_group_tests(tests, read_good, free_good);
}
