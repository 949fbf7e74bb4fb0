/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/tracer_private.h"

#define PAGE_SHIFT 12
#define PAGE_SIZE (UINT64_C(1) << PAGE_SHIFT)
/* Larger orders than any memory has. */
#define ORDER_MAX 40

int tracer_on_note(struct tracer *t,
                   void (*note)(void *ctx, int cpu, enum tracer_note what, uint64_t a,
                                uint64_t b),
                   void *ctx)
{
	t->note = note;
	t->note_ctx = ctx;
	return tracer_sites_extend(t);
}

/* Expressions: address, frame, size, order. */
static void note_pages(struct tracer *t, int cpu, enum tracer_note what,
                       const struct kernel_probe *probe,
                       const struct probe_values *values)
{
	uint64_t address = values->value[0], size = PAGE_SIZE;

	for (int i = 0; i < PROFILE_EXPRS; i++)
		if (probe->has[i] && !(values->valid >> i & 1))
			return;
	if (probe->has[1])
		address = values->value[1] << PAGE_SHIFT;
	if (probe->has[2])
		size = values->value[2];
	if (probe->has[3] && values->value[3] <= ORDER_MAX)
		size = PAGE_SIZE << values->value[3];
	/* Giving out nothing, for want of memory, is no note. */
	if (address != 0)
		t->note(t->note_ctx, cpu, what, address, size);
}

void tracer_note_event(struct tracer *t, int cpu, const struct kernel_probe *probe,
                       const struct probe_values *values)
{
	if (probe->event == PROFILE_PAGES_ALLOC)
		note_pages(t, cpu, TRACER_PAGES, probe, values);
	else if (probe->event == PROFILE_PAGES_FREE)
		note_pages(t, cpu, TRACER_PAGES_FREE, probe, values);
	else if (values->valid & 1)
		t->note(t->note_ctx, cpu,
		        probe->event == PROFILE_LOCK_ACQUIRE ? TRACER_ACQUIRE
		                                             : TRACER_RELEASE,
		        values->value[0], (uint64_t)probe->what);
}
