/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "proc/lifetime.h"

#include "lib/format.h"
#include "lib/panic.h"
#include "lib/string.h"

static const struct lifetime_ops *const known[] = {
	&lifetime_reparent,
	&lifetime_exitlock,
	&lifetime_mailbox,
	&lifetime_waitqueue,
};

const struct lifetime_ops *lifetime;

void lifetime_choose(const char *name)
{
	char names[128] = "";

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		size_t n = strlen(names);

		if (strcmp(known[i]->name, name) == 0) {
			lifetime = known[i];
			if (lifetime->start != NULL)
				lifetime->start();
			return;
		}
		format_text(names + n, sizeof(names) - n, "%s%s", i > 0 ? ", " : "",
		            known[i]->name);
	}
	panic("command line: unknown lifetime \"%s\" (known: %s)", name, names);
}
