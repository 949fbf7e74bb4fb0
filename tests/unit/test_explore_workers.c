/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/error.h"
#include "explore/explore_private.h"

/* By the signal that it alone of this group does not ignore. */
static void kill_workers(void)
{
	siginfo_t info;

	signal(SIGUSR1, SIG_IGN);
	assert_int_equal(kill(0, SIGUSR1), 0);
	assert_int_equal(waitid(P_ALL, 0, &info, WEXITED | WNOWAIT), 0);
}

/* Before it was given anything: what is written to it goes nowhere. */
static void tells_that_a_worker_is_gone(void **state)
{
	static const struct search_item item;
	const struct search_item *items[] = {&item};
	const struct explore_config config = {.jobs = 1};
	struct explore e = {.config = &config};

	(void)state;
	setpgid(0, 0);
	assert_int_equal(explore_workers_start(&e), 0);
	kill_workers();
	assert_int_equal(explore_workers_run(&e, items, 1), ERR_SYSTEM);
	assert_non_null(strstr(error_message(), "a worker was ended by signal"));
	assert_null(strstr(error_message(), "--resume"));
	explore_workers_end(&e);
	assert_true(signal(SIGPIPE, SIG_DFL) == SIG_DFL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_that_a_worker_is_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
