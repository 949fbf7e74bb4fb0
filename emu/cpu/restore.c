/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guest's program counter in a hook on memory, without what it costs.
 *
 * Translated code does not keep it.  Before each hook on an access the engine finds it
 * out from the host's return address (cpu_restore_state), which takes longer than the
 * access: it looks for the block in a tree and decodes a table.  But it depends on that
 * address alone.  The engine calls itself through symbols, so that a function of this
 * name in the program comes before its own: it passes calls on, except those that only
 * precede a hook on an access; these leave the address, by which the hook looks the
 * counter up in a table (access.c).
 *
 * Which calls these are is learned: from where, the first time, the engine went on to
 * such a hook without another call in between.  An engine that does not call this
 * function, being linked in another way, is only slower.
 */
#include "cpu/restore.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

#include "base/error.h"

/* Of the engine's program text: it has a handful for reads and writes each. */
#define SITES 16u

typedef bool restore_function(void *state, uintptr_t host_pc, bool exits);

static _Thread_local struct {
	bool deferring;
	uintptr_t sites[SITES];
	unsigned nsites;
	uintptr_t site;    /* of the last call, if it was passed on; else 0 */
	uintptr_t host_pc; /* of the last call, if it was not; else 0 */
	void *state;
} last;

static restore_function *engines_own(void)
{
	static _Thread_local restore_function *own;

	if (!own) {
		void *symbol = dlsym(RTLD_NEXT, "cpu_restore_state_x86_64");

		BUG_ON(!symbol);
		memcpy(&own, &symbol, sizeof(own));
	}
	return own;
}

static bool is_known(uintptr_t site)
{
	for (unsigned i = 0; i < last.nsites; i++)
		if (last.sites[i] == site)
			return true;
	return false;
}

/* The engine's, by name and type. */
__attribute__((visibility("default"))) bool cpu_restore_state_x86_64(void *state,
                                                                     uintptr_t host_pc,
                                                                     bool exits);

bool cpu_restore_state_x86_64(void *state, uintptr_t host_pc, bool exits)
{
	uintptr_t site = (uintptr_t)__builtin_return_address(0);

	if (last.deferring && !exits && is_known(site)) {
		last.host_pc = host_pc;
		last.state = state;
		last.site = 0;
		return true;
	}
	last.host_pc = 0;
	last.site = exits ? 0 : site;
	return engines_own()(state, host_pc, exits);
}

void restore_defer(void)
{
	last.deferring = true;
}

void restore_forget(void)
{
	last.site = last.host_pc = 0;
}

uintptr_t restore_deferred(void)
{
	uintptr_t host_pc = last.host_pc;

	if (host_pc == 0 && last.site != 0 && last.nsites < SITES)
		last.sites[last.nsites++] = last.site;
	last.site = last.host_pc = 0;
	return host_pc;
}

void restore_now(uintptr_t host_pc)
{
	engines_own()(last.state, host_pc, false);
}
