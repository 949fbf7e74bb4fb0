/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine: RAM, CPUs, devices and virtual time behind one run loop.
 *
 * A run is a function of (images, command line, configuration, recorded input, schedule).
 * Nothing here reads the host's clock, addresses or randomness.  machine/run.c opens with
 * the account of where time advances and where the outside world enters.
 *
 * Counts are retired instructions of one CPU.  Virtual time is in guest nanoseconds:
 * instructions retired plus the time skipped while every CPU was halted.
 */
#ifndef FORKSCOPE_MACHINE_MACHINE_H
#define FORKSCOPE_MACHINE_MACHINE_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "cpu/access.h"
#include "cpu/registers.h"

struct machine;

#define MACHINE_CPUS_MAX 1

/* Why machine_run() came back. */
enum machine_stop {
	MACHINE_POWEROFF, /* the guest wrote the debug-exit port: machine_exit_code() */
	MACHINE_DEADLOCK, /* every CPU halted, no deadline, no input to come */
	MACHINE_LIMIT,    /* the count asked for is reached exactly */
	MACHINE_FAULT,    /* the guest did what ends a run; see machine_fault() */
	MACHINE_REQUEST,  /* an observer or the schedule called machine_stop_request() */
};

struct machine_config {
	uint64_t memory; /* bytes of RAM, a multiple of 2 MiB */
	int cpus;        /* 1 to MACHINE_CPUS_MAX */
};

/* Answers of a schedule's ask(), besides a vector to deliver now. */
#define SCHEDULE_NONE (-1)
#define SCHEDULE_TIMER (-2) /* the vector of the CPU's timer */
#define SCHEDULE_STOP (-3)  /* end the run with MACHINE_REQUEST */

/*
 * Decides which interrupts a running CPU takes, and exactly when.  Without a schedule it
 * takes each as soon as the device asks and the processor can.  With one, a running CPU
 * takes an interrupt only where the schedule says so; a halted CPU takes whatever is
 * pending, and where nothing is, time jumps to the next deadline.  So a schedule without
 * any interrupt still lets sleepers wake, and a machine without work does not hang.
 */
struct machine_schedule {
	/*
	 * The count at which it wants to be asked, `icount` or later; UINT64_MAX: never.
	 */
	uint64_t (*next)(void *ctx, int cpu, uint64_t icount);
	/*
	 * CPU stands at that count and can take an interrupt: which?  A CPU that cannot
	 * is asked at the next block where it can.  An answer that the processor does not
	 * take (masked, or of no device that asks) is passed over.
	 */
	int (*ask)(void *ctx, int cpu, uint64_t icount);
	/*
	 * With `exact` set neither happens: what cannot be delivered at `icount` ends the
	 * run with MACHINE_REQUEST, after this call; `vector` is -1 where interrupts are
	 * off.
	 */
	void (*refused)(void *ctx, int cpu, uint64_t icount, int vector);
	bool exact;
	void *ctx;
};

/*
 * Where console input comes from.  The serial port takes a byte whenever its FIFO has
 * room and one is due.
 */
struct machine_input {
	/* When the next byte should be asked for, at `now` or later; UINT64_MAX: never */
	uint64_t (*due)(void *ctx, uint64_t now);
	/* The byte, or -1 where none is there after all. */
	int (*take)(void *ctx, uint64_t now);
	/*
	 * Nothing else will ever happen: wait for a byte on the host's side; false where
	 * none will come.  NULL: none will.
	 */
	bool (*wait)(void *ctx);
	void *ctx;
};

/*
 * What watches a run.  Any callback may be NULL.  They run inside machine_run(), at exact
 * counts, may read registers and memory, and must not change the guest; to end the run
 * they call machine_stop_request().
 */
struct machine_observer {
	/* A SYSCALL instruction is about to enter the kernel; registers are the user's */
	void (*syscall)(void *ctx, int cpu);
	/* An instruction address given to machine_probe() is about to execute. */
	void (*probe)(void *ctx, int cpu, uint64_t address);
	/* An exception is about to be delivered (after its count is settled). */
	void (*exception)(void *ctx, int cpu, int vector, uint64_t error,
	                  uint64_t address);
	/* An interrupt is about to be delivered; `idle` where it ended a halt. */
	void (*interrupt)(void *ctx, int cpu, int vector, bool idle);
	/* The guest's serial port sent a byte. */
	void (*console)(void *ctx, int cpu, uint8_t byte);
	/* Bytes arrived at the guest's serial port at virtual time `time`. */
	void (*input)(void *ctx, uint64_t time, const uint8_t *bytes, size_t n);
	/* Every `checkpoint_interval` instructions of CPU 0. */
	void (*checkpoint)(void *ctx);
	uint64_t checkpoint_interval; /* 0 for none */
	void *ctx;
};

/*
 * Builds a machine with empty RAM and stopped CPUs.  Calibrates the processor engine at
 * the first call (ERR_ENGINE where it does not behave as needed).
 */
int machine_create(struct machine **m, const struct machine_config *config);
void machine_destroy(struct machine *m);

/* RAM of the guest, host view: machine_ram_size() bytes from physical address 0. */
uint8_t *machine_ram(struct machine *m);
uint64_t machine_ram_size(const struct machine *m);

/* CPU 0 starts at `entry` in 32-bit protected mode, paging off, EBX = `ebx` (PVH). */
int machine_reset(struct machine *m, uint32_t entry, uint32_t ebx);

/* All borrowed, to outlive the runs; NULL takes away. */
void machine_set_observer(struct machine *m, const struct machine_observer *observer);
void machine_set_schedule(struct machine *m, const struct machine_schedule *schedule);
void machine_set_input(struct machine *m, const struct machine_input *input);

/*
 * Calls the observer's probe() whenever CPU executes `address` (virtual), which must be
 * the first instruction of a function or one that follows a call: where a block begins.
 * Adding one is cheap, and any number may be set; adding twice counts once.
 */
int machine_probe(struct machine *m, uint64_t address);
void machine_unprobe(struct machine *m, uint64_t address);

/* --- for searches: what a run touches, and going back --- */

/*
 * Makes a machine that can go back.  Once, before the first run; from then on each access
 * is seen, at a tenth of the speed.  `log` has room for `max` accesses; those after them
 * are left out.  ERR_ENGINE, ERR_MEMORY.
 */
int machine_watch(struct machine *m, struct machine_access *log, size_t max);
/* Accesses logged so far; and from now on, from the beginning of the log again. */
size_t machine_logged(const struct machine *m);
void machine_forget_log(struct machine *m);
/*
 * Snapshots form a stack.  machine_push() takes one of the machine as it stands, between
 * two runs; it costs what is then written, page by page.  machine_rewind() goes back to
 * number `n` (0 is the lowest), drops those above it, and leaves it in place; counts,
 * devices and the log go back with it.  machine_pushed() is how many there are.
 */
int machine_push(struct machine *m);
void machine_rewind(struct machine *m, size_t n);
size_t machine_pushed(const struct machine *m);
/*
 * The next machine_run() comes back, with MACHINE_LIMIT, at the first block boundary at
 * or after `icount`, which costs less than an exact bound.  Once.
 */
void machine_pause_at(struct machine *m, uint64_t icount);

/*
 * Runs until something in `enum machine_stop` happens, at most until CPU 0 has retired
 * `until` instructions in all (UINT64_MAX: no bound).  May be called again after
 * MACHINE_LIMIT and MACHINE_REQUEST and goes on as if it had not stopped.
 */
enum machine_stop machine_run(struct machine *m, uint64_t until);

/* From inside an observer or a schedule: come back before the next block. */
void machine_stop_request(struct machine *m);
/*
 * Runs end with MACHINE_REQUEST soon after *flag is no longer 0, which a signal handler
 * may see to.  Borrowed; NULL takes it away.
 */
void machine_set_interrupted(struct machine *m, const volatile sig_atomic_t *flag);
/* From inside an observer: the schedule's next() has changed; ask it before the next
 * block. */
void machine_reschedule(struct machine *m);

uint64_t machine_icount(const struct machine *m, int cpu);
uint64_t machine_time(const struct machine *m);
/* What the guest wrote to the debug-exit port. */
uint32_t machine_exit_code(const struct machine *m);

void machine_registers(struct machine *m, int cpu, struct machine_registers *regs);

/*
 * Reads guest memory at a virtual address through the CPU's present page tables, without
 * side effects, rights ignored.  False where a byte is unmapped or not RAM; then nothing
 * of `buf` counts.
 */
bool machine_read(struct machine *m, int cpu, uint64_t va, void *buf, size_t n);

/* Where `va` lies in RAM now; false where it is unmapped. */
bool machine_translate(struct machine *m, int cpu, uint64_t va, uint64_t *pa);

/* XXH3-128 of the CPUs' registers and all RAM, in hexadecimal with the final NUL. */
void machine_digest(struct machine *m, char digest[33]);

/*
 * One instruction at `va`, disassembled ("mov qword ptr [rax], rcx"); its length, or 0
 * with an empty text where there is none.
 */
int machine_disassemble(struct machine *m, int cpu, uint64_t va, char *text, size_t size);

/* What ended the run with MACHINE_FAULT, in one line ("triple fault", ...). */
const char *machine_fault(const struct machine *m);

#endif
