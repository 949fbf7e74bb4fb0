/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One x86-64 processor on Unicorn: exact instruction counts, and exceptions, interrupts
 * and system calls delivered as the processor does it, which Unicorn leaves to its host.
 *
 * Counts are retired instructions.  Each iteration of a REP string instruction counts as
 * one; INT, SYSCALL and HLT count; an instruction that faults does not.
 */
#ifndef FORKSCOPE_CPU_CPU_H
#define FORKSCOPE_CPU_CPU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cpu;
struct machine_registers;
struct watch;

/* Why cpu_run() came back. */
enum cpu_exit {
	CPU_LIMIT,   /* the count asked for is reached */
	CPU_HALTED,  /* HLT has retired */
	CPU_WINDOW,  /* an interrupt may be delivered now, as asked for */
	CPU_STOPPED, /* cpu_stop() was called */
	CPU_FAULT,   /* triple fault, or what this processor cannot do; see cpu_fault() */
};

/* What a processor asks of the machine round it.  All callbacks are required. */
struct cpu_bus {
	uint32_t (*in)(void *ctx, int cpu, uint16_t port, int size);
	void (*out)(void *ctx, int cpu, uint16_t port, int size, uint32_t value);
	uint64_t (*mmio_read)(void *ctx, int cpu, uint64_t pa, int size);
	void (*mmio_write)(void *ctx, int cpu, uint64_t pa, int size, uint64_t value);
	/* The time-stamp counter once `icount` instructions have retired. */
	uint64_t (*tsc)(void *ctx, int cpu, uint64_t icount);
	/* SYSCALL is about to enter the kernel; registers are still the user's. */
	void (*syscall)(void *ctx, int cpu);
	/* The instruction at a probed address is about to execute. */
	void (*probe)(void *ctx, int cpu, uint64_t address);
	/*
	 * An exception is about to be delivered; `address` is CR2 for vector 14, else 0.
	 */
	void (*exception)(void *ctx, int cpu, int vector, uint64_t error,
	                  uint64_t address);
	void *ctx;
};

/* `ram` is borrowed and shared by all CPUs.  ERR_ENGINE, ERR_MEMORY. */
int cpu_create(struct cpu **cpu, int index, uint8_t *ram, uint64_t ram_size,
               const struct cpu_bus *bus);
void cpu_destroy(struct cpu *cpu);

/* Physical range served by mmio_read and mmio_write; pages of 4 KiB. */
int cpu_map_mmio(struct cpu *cpu, uint64_t base, uint64_t size);

/* To `entry` in flat 32-bit protected mode without paging, EBX given, count zero. */
int cpu_reset(struct cpu *cpu, uint32_t entry, uint32_t ebx);

/*
 * Runs until `limit` instructions have retired in all, or an exit of another kind.  Also
 * stops, as with a limit, at the first block boundary at or after `due`, which costs less
 * than an exact count; and with `window` at the first where an interrupt can be taken.
 */
enum cpu_exit cpu_run(struct cpu *cpu, uint64_t limit, uint64_t due, bool window);

/* From a bus callback: bring `due` of the run under way forward. */
void cpu_due(struct cpu *cpu, uint64_t due);
/* From a bus callback: come back before the next block. */
void cpu_stop(struct cpu *cpu);
/*
 * From `in` or `out`: come back with that instruction as the last one.  What its block
 * still does to memory and devices happens all the same.
 */
void cpu_stop_at_io(struct cpu *cpu);

/* Interrupts enabled and no shadow of STI or MOV SS. */
bool cpu_interruptible(struct cpu *cpu);
/* Delivers an external interrupt now; the CPU must be interruptible.  CPU_FAULT or 0. */
int cpu_interrupt(struct cpu *cpu, int vector);

/* See machine_probe(). */
int cpu_probe(struct cpu *cpu, uint64_t address);
void cpu_unprobe(struct cpu *cpu, uint64_t address);

/*
 * From now on, and before anything has run, `watch` hears of every access and keeps what
 * is overwritten.  Borrowed.  ERR_ENGINE, ERR_MEMORY.
 */
int cpu_watch(struct cpu *cpu, struct watch *watch);

/* Where a step of the guest began, as access.c follows it. */
struct access_position {
	bool read_flag; /* the interrupt flag may have changed */
	bool off;       /* no interrupt can be taken, */
	uint64_t off_since;
	uint64_t boundary; /* the last count at which one could, should it be off now */
};

/* A watched CPU between two runs, apart from RAM. */
struct cpu_snapshot {
	struct uc_context *context;
	uint64_t icount;
	uint64_t resumed_at, resumed_from;
	uint64_t probed_pc, probed_at;
	struct access_position position;
};

int cpu_snapshot_create(struct cpu *cpu, struct cpu_snapshot *s); /* ERR_MEMORY */
void cpu_snapshot_destroy(struct cpu_snapshot *s);
void cpu_snapshot_take(struct cpu *cpu, struct cpu_snapshot *s);
/* RAM must be back already. */
void cpu_snapshot_restore(struct cpu *cpu, const struct cpu_snapshot *s);

/* Retired so far; within callbacks that run at a block's start, exact. */
uint64_t cpu_icount(const struct cpu *cpu);
/*
 * The count that device accesses are dated with: that of the start of the basic block.
 * Unlike the place in a translated block it does not depend on where a run was stopped.
 */
uint64_t cpu_io_icount(const struct cpu *cpu);

const char *cpu_fault(const struct cpu *cpu);

void cpu_registers(struct cpu *cpu, struct machine_registers *regs);
uint64_t cpu_cr3(struct cpu *cpu);
/* All architectural registers, in a fixed layout, for digests. */
size_t cpu_state(struct cpu *cpu, uint8_t *buf, size_t size);
#define CPU_STATE_SIZE 1024

/* Reads memory through the tables at `cr3`; false where something is unmapped. */
bool cpu_read(struct cpu *cpu, uint64_t cr3, uint64_t va, void *buf, size_t n);

/* See machine_translate(). */
bool cpu_translate(struct cpu *cpu, uint64_t va, uint64_t *pa);

/* One instruction at `va`: its length and text, or 0 with an empty text. */
int cpu_disassemble(struct cpu *cpu, uint64_t va, char *text, size_t size);

#endif
