/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "explore/explore.h"

#include <string.h>

static const char *const strategies[EXPLORE_STRATEGIES] = {
	[EXPLORE_DEFAULT] = "default", [EXPLORE_BOUNDED] = "bounded",
	[EXPLORE_DPOR] = "dpor",       [EXPLORE_PCT] = "pct",
	[EXPLORE_RANDOM] = "random",
};

static const struct {
	const char *name, *text;
} checks[EXPLORE_CHECKS] = {
	[EXPLORE_CONTRACT] = {"contract",
                              "fork, wait and exit keep their contract in each trace"},
	[EXPLORE_LOST_WAKEUP] = {"lost-wakeup",
                                 "nobody sleeps for what has already happened"},
	[EXPLORE_DEADLOCK] = {"deadlock", "nobody waits for one who will never come"},
	[EXPLORE_LIVELOCK] = {"livelock",
                              "within a bound of instructions somebody gets on"},
	[EXPLORE_PANIC] = {"panic", "the kernel neither panics nor fails an assertion"},
	[EXPLORE_KERNEL_FAULT] = {"kernel-fault", "the kernel itself does not fault"},
	[EXPLORE_DOUBLE_FREE] = {"double-free", "what is freed is allocated"},
	[EXPLORE_USE_AFTER_FREE] = {"use-after-free", "what was freed is not touched"},
	[EXPLORE_OUT_OF_BLOCK] = {"out-of-block",
                                  "writes to the heap stay in their blocks"},
	[EXPLORE_LEAK] = {"leak",
                          "when all is over nothing more is allocated than before"},
	[EXPLORE_LOCK_SLEEP] = {"lock-sleep", "nobody sleeps with a spinlock held"},
	[EXPLORE_LOCK_OWNER] = {"lock-owner", "locks are released by their holders"},
	[EXPLORE_LOCK_KEPT] = {"lock-kept", "locks that are acquired are released"},
	[EXPLORE_LOCK_ORDER] = {"lock-order", "any two locks are taken in one order"},
	[EXPLORE_RACE] = {"race", "conflicting accesses are ordered by locks or wakeups"},
	[EXPLORE_ISOLATION] = {"isolation",
                               "no process sees what another wrote to its memory"},
	[EXPLORE_STATUS] = {"status", "the program exits as it declares"},
	[EXPLORE_CONSOLE] = {"console", "the program prints what it declares"},
};

const char *explore_strategy_name(enum explore_strategy strategy)
{
	return strategies[strategy];
}

int explore_strategy_from_name(const char *name)
{
	for (int i = 0; i < EXPLORE_STRATEGIES; i++)
		if (strcmp(strategies[i], name) == 0)
			return i;
	return -1;
}

const char *explore_check_name(enum explore_check check)
{
	return checks[check].name;
}

const char *explore_check_text(enum explore_check check)
{
	return checks[check].text;
}
