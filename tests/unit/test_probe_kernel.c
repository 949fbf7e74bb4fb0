/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The profile of the guest kernel that is shipped, against its image. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "probe/kernel.h"
#include "probe/profile.h"
#include "probe/symbols.h"

static struct kernel *kernel;

static int open_kernel(void **state)
{
	(void)state;
	return kernel_open(&kernel, TEST_SHARE_DIR "/kernel.elf");
}

static int close_kernel(void **state)
{
	(void)state;
	kernel_close(kernel);
	return 0;
}

static void every_event(void **state)
{
	const struct profile *p = kernel_profile(kernel);
	bool seen[PROFILE_EVENTS] = {false};

	(void)state;
	for (size_t i = 0; i < p->nprobes; i++)
		seen[p->probes[i].event] = true;
	for (int event = 0; event < PROFILE_EVENTS; event++)
		if (!seen[event])
			fail_msg("no probe for %s", profile_event_name(event));
}

/* Where each probe stands, as a report would say it: no build directory in sight. */
static void every_line(void **state)
{
	const struct profile *p = kernel_profile(kernel);

	(void)state;
	for (size_t i = 0; i < p->nprobes; i++) {
		uint64_t address, size;
		const char *file;
		int line;

		assert_true(symbols_lookup(kernel_symbols(kernel), p->probes[i].function,
		                           &address, &size));
		file = symbols_line(kernel_symbols(kernel), address, &line);
		if (!file || strncmp(file, "guestkernel/", 12) != 0)
			fail_msg("%s is in %s", p->probes[i].function,
			         file ? file : "no file");
	}
}

static void timeslice(void **state)
{
	char text[64];

	(void)state;
	assert_int_equal(kernel_timeslice_word(kernel, text, sizeof(text), 5000), 0);
	assert_string_equal(text, "timeslice=5000");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_event),
		cmocka_unit_test(every_line),
		cmocka_unit_test(timeslice),
	};

	return cmocka_run_group_tests(tests, open_kernel, close_kernel);
}
