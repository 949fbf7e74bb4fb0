/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records of interleavings that a test writes by hand, access by access, and what the
 * oracles say of them.  Code places are those of the shipped kernel.  One test program
 * includes it once.
 */
#ifndef ORACLE_RECORD_H
#define ORACLE_RECORD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "explore/oracle.h"
#include "probe/kernel.h"
#include "probe/symbols.h"

#define ENTRIES 4096
#define STACK 0x300000u /* of thread 0; the others' follow, a page each */

/* The threads of every record. */
enum { IDLE, INIT, PARENT, CHILD, SIBLING, KTHREAD, THREADS };

static struct kernel *kernel;
static struct oracle *oracle;
static struct explore_config config;
static struct machine_access accesses[ENTRIES];
static struct record_mark marks[ENTRIES];
static struct trace_event events[ENTRIES];
static struct record_thread threads[THREADS];
static struct record rec;
static struct oracle_finding findings[ORACLE_FINDINGS];
static size_t nfindings;
static uint16_t now;    /* the thread that runs */
static uint64_t icount; /* of the next access */
static bool interrupts; /* are on */
static bool user;       /* accesses are of ring 3 */

static inline int open_oracle(void **state)
{
	(void)state;
	config = (struct explore_config){.expect_status = -1};
	if (kernel_open(&kernel, TEST_SHARE_DIR "/kernel.elf") != 0)
		return -1;
	return oracle_create(&oracle, kernel, &config);
}

static inline int close_oracle(void **state)
{
	(void)state;
	oracle_free(oracle);
	kernel_close(kernel);
	return 0;
}

static inline int new_record(void **state)
{
	static const char *const procs[] = {"0", "1", "1.1", "1.1.1", "1.1.2", "0"};

	(void)state;
	config = (struct explore_config){.expect_status = -1};
	memset(accesses, 0, sizeof(accesses));
	for (int i = 0; i < THREADS; i++)
		threads[i] = (struct record_thread){
			.address = 0xffff800000200000 + 0x1000 * (uint64_t)i,
			.state = 0x200008 + 0x1000 * (uint64_t)i,
			.id = i,
			.pid = i == IDLE || i == KTHREAD ? 0 : i,
			.proc = procs[i],
			.idle = i == IDLE,
		};
	now = PARENT;
	icount = 1000;
	interrupts = true;
	user = false;
	rec = (struct record){
		.accesses = accesses,
		.marks = marks,
		.events = events,
		.threads = threads,
		.nthreads = THREADS,
		.first_thread = PARENT,
		.start = icount,
		.outcome = TRACE_POWEROFF,
		.console = "",
	};
	return 0;
}

static inline uint64_t symbol(const char *name)
{
	uint64_t address = 0, size;

	if (!symbols_lookup(kernel_symbols(kernel), name, &address, &size))
		fail_msg("no symbol %s", name);
	return address;
}

/* --- what happens --- */

static inline void touch(const char *function, uint32_t pa, uint8_t size, bool write)
{
	assert_true(rec.naccesses < ENTRIES);
	accesses[rec.naccesses++] = (struct machine_access){
		.rip = user ? 0x400000 : symbol(function) + 8,
		.icount = icount,
		.pa = pa,
		.size = size,
		.flags = (uint8_t)((write ? MACHINE_ACCESS_WRITE : 0) |
	                           (user ? MACHINE_ACCESS_USER : 0) |
	                           (interrupts ? 0 : MACHINE_ACCESS_ATOMIC)),
	};
	if (interrupts)
		icount += 10;
}

static inline void reads(const char *function, uint32_t pa)
{
	touch(function, pa, 8, false);
}

static inline void writes(const char *function, uint32_t pa)
{
	touch(function, pa, 8, true);
}

static inline void mark(enum record_kind kind, uint64_t a, uint64_t b)
{
	assert_true(rec.nmarks < ENTRIES);
	marks[rec.nmarks++] = (struct record_mark){
		.kind = kind,
		.thread = now,
		.access = (uint32_t)rec.naccesses,
		.icount = icount,
		.a = a,
		.b = b,
	};
}

/* From inside `function`: the return address is pushed. */
static inline void call(const char *function, enum record_kind kind, uint64_t a,
                        uint64_t b)
{
	touch(function, STACK + 4096u * now + 0x800, 8, true);
	mark(kind, a, b);
	touch("spinlock_acquire", STACK + 4096u * now + 0x7f8, 8, true);
}

static inline void off(void)
{
	interrupts = false;
}

static inline void on(void)
{
	interrupts = true;
	icount += 10;
}

static inline void acquire(const char *function, uint64_t lock)
{
	off();
	call(function, RECORD_ACQUIRE, lock, RECORD_SPINLOCK);
}

static inline void release(const char *function, uint64_t lock)
{
	call(function, RECORD_RELEASE, lock, RECORD_SPINLOCK);
}

/* Leaves the CPU with the scheduler's lock held, which the next one releases. */
static inline void switch_to(uint16_t thread, enum record_why why)
{
	uint64_t lock = symbol("sched_lock");

	acquire("thread_yield", lock);
	call("thread_yield", RECORD_SWITCH, thread, why);
	/* The last of the old thread's stack. */
	touch("switch_stacks", STACK + 4096u * now + 0x7f0, 8, true);
	now = thread;
	release("thread_yield", lock);
	on();
}

static inline struct trace_event *event(enum trace_event_kind kind, const char *proc)
{
	struct trace_event *e = &events[rec.nevents];

	assert_true(rec.nevents < ENTRIES);
	*e = (struct trace_event){
		.kind = kind,
		.seq = rec.nevents,
		.icount = icount,
		.proc = proc,
	};
	mark(RECORD_EVENT, rec.nevents++, 0);
	return e;
}

/* --- what is said of it --- */

static inline void judge(void)
{
	rec.end = icount;
	assert_int_equal(oracle_run(oracle, &rec, NULL, findings, ORACLE_FINDINGS,
	                            &nfindings),
	                 0);
}

static inline void fail_with_findings(const char *what)
{
	for (size_t i = 0; i < nfindings; i++)
		print_error("%d: %s\n", (int)findings[i].check, findings[i].reason);
	fail_msg("%s", what);
}

/* Exactly one finding, of this check, with this in its reason. */
static inline void expect(enum explore_check check, const char *reason)
{
	judge();
	if (nfindings != 1 || findings[0].check != check)
		fail_with_findings("expected one finding of another kind");
	if (!strstr(findings[0].reason, reason))
		fail_with_findings(reason);
	assert_int_equal(findings[0].warning,
	                 check == EXPLORE_RACE || check == EXPLORE_LOCK_ORDER);
}

static inline void clean(void)
{
	judge();
	if (nfindings != 0)
		fail_with_findings("expected none");
}

#define TEST(function) cmocka_unit_test_setup(function, new_record)

#endif
