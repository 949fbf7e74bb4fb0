/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Nothing will ever happen again: who waits, where, and why nobody will come. */
#include "explore/oracle_private.h"

#include <stdio.h>
#include <string.h>

#include "check/check.h"

/* Threads that one sentence has room for, and callers of each. */
#define TOLD 3
#define CALLERS 3

static bool in_scheduler(const struct oracle *o, uint64_t address)
{
	for (size_t i = 0; i < o->nscheduler; i++)
		if (address >= o->scheduler[i].start && address < o->scheduler[i].end)
			return true;
	return false;
}

static bool read_stack(struct oracle *o, uint64_t va, uint64_t words[2])
{
	return o->machine && machine_read(o->machine, 0, va, words, 2 * sizeof(*words));
}

/*
 * The calls that a sleeping thread is in, from the innermost outside the scheduler.  The
 * last thing it did by its own account was to call the function of the switch's probe,
 * which begins by pushing the frame pointer: so that lies right below the return address.
 */
static size_t sleep_frames(struct oracle *o, uint16_t thread, uint64_t *frames)
{
	uint32_t mark = o->threads[thread].last_switch;
	const struct machine_access *call;
	uint64_t frame, link[2], offset;
	size_t n = 0;

	if (mark == ORACLE_NEVER || o->record->marks[mark].access == 0)
		return 0;
	call = &o->record->accesses[o->record->marks[mark].access - 1];
	if (!in_scheduler(o, call->rip))
		frames[n++] = call->rip;
	if (!o->machine || !(call->flags & MACHINE_ACCESS_WRITE) || call->size != 8 ||
	    call->pa < 8 || call->pa >= o->ram)
		return n;
	memcpy(&frame, machine_ram(o->machine) + call->pa - 8, sizeof(frame));
	while (n < ORACLE_FRAMES && frame % sizeof(frame) == 0 &&
	       read_stack(o, frame, link) &&
	       symbols_function(o->symbols, link[1] - 1, &offset)) {
		if (!in_scheduler(o, link[1] - 1))
			frames[n++] = link[1] - 1;
		if (link[0] <= frame)
			break;
		frame = link[0];
	}
	return n;
}

/* Threads of the kernel's own wait for work as long as there is none. */
static bool is_stuck(const struct oracle *o, size_t thread)
{
	const struct record_thread *t = &o->record->threads[thread];

	return !t->idle && !t->exited && t->blocked &&
	       strcmp(t->proc, TRACE_KERNEL_PROC) != 0;
}

static const struct forest_process *find_process(const struct check_report *report,
                                                 const char *proc)
{
	size_t at = report ? forest_find(report->forest, proc) : FOREST_NONE;

	return at == FOREST_NONE ? NULL : &report->forest->processes[at];
}

static size_t append(char *text, size_t size, size_t used, const char *more)
{
	size_t n = strlen(more);

	if (used + n >= size)
		return used;
	memcpy(text + used, more, n + 1);
	return used + n;
}

/* "1 in its wait (condvar_wait < lifetime_wait < sys_waitpid)" */
static size_t tell_thread(struct oracle *o, const struct check_report *report,
                          uint16_t thread, char *text, size_t size, uint64_t *key)
{
	const struct record_thread *t = &o->record->threads[thread];
	const struct forest_process *p = find_process(report, t->proc);
	uint64_t frames[ORACLE_FRAMES], offset;
	size_t n = sleep_frames(o, thread, frames), used;

	used = append(text, size, 0, t->proc);
	if (p && p->waiting)
		used = append(text, size, used, " in its wait");
	*key = oracle_mix(1, p && p->waiting);
	for (size_t i = 0; i < n && i < CALLERS; i++) {
		const char *name = symbols_function(o->symbols, frames[i], &offset);

		*key = oracle_mix(*key, frames[i]);
		used = append(text, size, used, i == 0 ? " (" : " < ");
		used = append(text, size, used, name ? name : "?");
	}
	return n > 0 ? append(text, size, used, ")") : used;
}

static void tell_stuck(struct oracle *o, const struct check_report *report,
                       enum explore_check check, const char *why)
{
	char text[ORACLE_REASON_SIZE] = "", one[120];
	uint64_t key = 0, place[TOLD];
	uint16_t first[2] = {ORACLE_NOBODY, ORACLE_NOBODY};
	size_t used = 0, told = 0, more = 0;
	struct oracle_finding *f;

	for (size_t i = 0; i < o->record->nthreads; i++) {
		if (!is_stuck(o, i))
			continue;
		if (told == TOLD) {
			more++;
			continue;
		}
		tell_thread(o, report, (uint16_t)i, one, sizeof(one), &place[told]);
		if (told < 2)
			first[told] = (uint16_t)i;
		used = append(text, sizeof(text), used, told++ > 0 ? ", " : "");
		used = append(text, sizeof(text), used, one);
	}
	/* Whoever came first: the same threads at the same places are one defect. */
	for (size_t i = 0; i < told; i++)
		key += place[i];
	f = oracle_find(o, check, key, 0);
	if (!f)
		return;
	for (int i = 0; i < 2; i++)
		if (first[i] != ORACLE_NOBODY &&
		    o->threads[first[i]].last_switch != ORACLE_NEVER)
			oracle_place_mark(o, f, o->threads[first[i]].last_switch);
	if (told == 0)
		oracle_reason(f, "nothing can run, no process waits, and the machine "
		                 "was not powered off");
	else if (more > 0)
		oracle_reason(f, "%s: %s and %zu more sleep for ever", why, text, more);
	else
		oracle_reason(f, "%s: %s sleep%s for ever", why, text,
		              told == 1 ? "s" : "");
}

void oracle_stuck(struct oracle *o, const struct check_report *report)
{
	const struct check_result *lost = &report->results[CHECK_LOST_WAKEUP];
	char why[CHECK_REASON_SIZE];

	if (o->record->outcome != TRACE_DEADLOCK)
		return;
	if (lost->verdict != CHECK_VIOLATED) {
		tell_stuck(o, report, EXPLORE_DEADLOCK, "nothing can run");
		return;
	}
	snprintf(why, sizeof(why), "%s has exited and nobody was woken",
	         lost->process == FOREST_NONE
	                 ? "a child"
	                 : report->forest->processes[lost->process].path);
	tell_stuck(o, report, EXPLORE_LOST_WAKEUP, why);
}
