/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Local APIC with its timer (Intel SDM vol. 3A, chapter 11), one a CPU, at 0xFEE00000.
 *
 * The timer counts guest nanoseconds divided by its divide configuration: a bus of 1 GHz,
 * as QEMU has it.  The error, thermal and performance entries hold what is written and
 * never fire.
 */
#ifndef FORKSCOPE_DEV_LAPIC_H
#define FORKSCOPE_DEV_LAPIC_H

#include <stdbool.h>
#include <stdint.h>

#define LAPIC_BASE 0xFEE00000ull
#define LAPIC_SIZE 0x1000u

enum lapic_lvt {
	LAPIC_LVT_TIMER,
	LAPIC_LVT_THERMAL,
	LAPIC_LVT_PERFORMANCE,
	LAPIC_LVT_LINT0,
	LAPIC_LVT_LINT1,
	LAPIC_LVT_ERROR,
	LAPIC_LVTS
};

struct lapic {
	uint8_t id;
	bool enabled; /* bit 8 of the spurious vector register */
	uint8_t spurious;
	uint8_t tpr;
	uint32_t ldr, dfr;
	uint32_t icr[2];
	uint32_t lvt[LAPIC_LVTS];
	uint64_t irr[4];        /* requested, not yet taken: a bit a vector */
	uint64_t isr[4];        /* in service */
	uint32_t timer_divide;  /* the register's value */
	uint32_t timer_initial; /* 0: the timer stands */
	uint64_t timer_start;   /* when the initial count was written */
	uint64_t timer_next;    /* when it expires; DEADLINE_NEVER if it does not */
};

void lapic_reset(struct lapic *l, uint8_t id);

/* 32-bit registers; accesses of another size or place read 0 and write nothing. */
uint32_t lapic_read(const struct lapic *l, uint32_t offset, uint64_t now);
void lapic_write(struct lapic *l, uint32_t offset, uint32_t value, uint64_t now);

/* When the timer will next ask for an interrupt. */
uint64_t lapic_deadline(const struct lapic *l);
/* Lets timers that are due at `now` ask for their interrupt. */
void lapic_advance(struct lapic *l, uint64_t now);

/* A device's interrupt arrives. */
void lapic_request(struct lapic *l, uint8_t vector);
/* The vector that would be delivered now, or -1. */
int lapic_pending(const struct lapic *l);
/*
 * Whether the CPU would take `vector` if it were requested: enabled, and above what is in
 * service and the task priority.
 */
bool lapic_accepts(const struct lapic *l, uint8_t vector);
bool lapic_requested(const struct lapic *l, uint8_t vector);
/* From requested, if it was, to in service. */
void lapic_take(struct lapic *l, uint8_t vector);
/* The vector of the timer where it is set up and not masked, or -1. */
int lapic_timer_vector(const struct lapic *l);

#endif
