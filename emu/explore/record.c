/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "explore/record.h"

#include <stdio.h>
#include <string.h>

const char *record_who(const struct record *record, uint16_t thread)
{
	static _Thread_local char texts[8][32];
	static _Thread_local unsigned int next;
	const struct record_thread *t = &record->threads[thread];
	char *text = texts[next++ % 8];

	if (thread >= record->nthreads)
		return "nobody";
	if (t->idle)
		return "the idle thread";
	if (strcmp(t->proc, TRACE_KERNEL_PROC) != 0)
		return t->proc;
	snprintf(text, sizeof(texts[0]), "the kernel's thread %d", t->id);
	return text;
}
