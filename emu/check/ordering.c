/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "check/forest.h"

bool forest_matches(const struct forest_process *child, size_t parent, int target)
{
	return child->keeper == parent && child->reap == FOREST_NEVER &&
	       (target == -1 || (target > 0 && target == child->pid));
}

enum forest_ordering forest_ordering(const struct forest *f, size_t child)
{
	const struct forest_process *c = &f->processes[child];

	if (c->returned != FOREST_NEVER && c->waiter == c->parent)
		return c->entered < c->exit ? ORDERING_WAITS_BEFORE
		                            : ORDERING_WAITS_AFTER;
	if (c->parent == FOREST_NONE)
		return ORDERING_OPEN;
	uint64_t parent_exit = f->processes[c->parent].exit;

	if (parent_exit == FOREST_NEVER)
		return ORDERING_OPEN;
	return c->exit < parent_exit ? ORDERING_ZOMBIE : ORDERING_ORPHAN;
}

const char *forest_resource_name(enum forest_resource resource)
{
	static const char *const names[] = {"memory", "files", "thread", "entry"};

	return names[resource];
}

const char *forest_ordering_name(enum forest_ordering ordering)
{
	switch (ordering) {
	case ORDERING_WAITS_BEFORE:
		return "waits-before";
	case ORDERING_WAITS_AFTER:
		return "waits-after";
	case ORDERING_ORPHAN:
		return "no-wait/orphan";
	case ORDERING_ZOMBIE:
		return "no-wait/zombie";
	case ORDERING_OPEN:
		break;
	}
	return "open";
}

void forest_status_text(struct trace_status status, char *text, size_t size)
{
	const char *signal = trace_signal_name(status.value);

	if (!status.signaled)
		snprintf(text, size, "exit %d", status.value);
	else if (signal)
		snprintf(text, size, "%s", signal);
	else
		snprintf(text, size, "signal %d", status.value);
}
