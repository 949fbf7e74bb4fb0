/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dev/lapic.h"

#include <string.h>

#include "dev/port.h"

#define REG_ID 0x020
#define REG_VERSION 0x030
#define REG_TPR 0x080
#define REG_PPR 0x0A0
#define REG_EOI 0x0B0
#define REG_LDR 0x0D0
#define REG_DFR 0x0E0
#define REG_SPURIOUS 0x0F0
#define REG_ISR 0x100
#define REG_TMR 0x180
#define REG_IRR 0x200
#define REG_ESR 0x280
#define REG_ICR_LOW 0x300
#define REG_ICR_HIGH 0x310
#define REG_LVT_TIMER 0x320
#define REG_LVT_ERROR 0x370
#define REG_TIMER_INITIAL 0x380
#define REG_TIMER_CURRENT 0x390
#define REG_TIMER_DIVIDE 0x3E0

#define VERSION 0x00050014u /* six LVT entries, integrated APIC */
#define SPURIOUS_ENABLE 0x100u
#define LVT_MASKED 0x10000u
#define LVT_PERIODIC 0x20000u
#define LVT_WRITABLE 0x310ffu
#define ICR_SELF 0x40000u
#define ICR_SHORTHAND 0xc0000u
#define ICR_WRITABLE 0x000ccfffu
#define LOWEST_VECTOR 16

void lapic_reset(struct lapic *l, uint8_t id)
{
	memset(l, 0, sizeof(*l));
	l->id = id;
	l->spurious = 0xff;
	l->dfr = 0xffffffff;
	l->timer_next = DEADLINE_NEVER;
	for (int i = 0; i < LAPIC_LVTS; i++)
		l->lvt[i] = LVT_MASKED;
}

static void set_bit(uint64_t *bits, unsigned vector)
{
	bits[vector / 64] |= 1ull << vector % 64;
}

static void clear_bit(uint64_t *bits, unsigned vector)
{
	bits[vector / 64] &= ~(1ull << vector % 64);
}

static int highest(const uint64_t *bits)
{
	for (int i = 3; i >= 0; i--) {
		if (bits[i])
			return i * 64 + 63 - __builtin_clzll(bits[i]);
	}
	return -1;
}

/* Processor priority: a vector must have a higher class to be taken. */
static unsigned priority(const struct lapic *l)
{
	int serving = highest(l->isr);
	unsigned class = serving < 0 ? 0 : (unsigned)serving & 0xf0;

	return class > (l->tpr & 0xf0u) ? class : l->tpr;
}

static unsigned timer_divisor(const struct lapic *l)
{
	unsigned code = (l->timer_divide & 3) | ((l->timer_divide >> 1) & 4);

	return code == 7 ? 1 : 2u << code;
}

static uint64_t timer_period(const struct lapic *l)
{
	return (uint64_t)l->timer_initial * timer_divisor(l);
}

static uint32_t timer_current(const struct lapic *l, uint64_t now)
{
	uint64_t period = timer_period(l);
	uint64_t passed = now - l->timer_start;

	if (period == 0)
		return 0;
	if (l->lvt[LAPIC_LVT_TIMER] & LVT_PERIODIC)
		passed %= period;
	else if (passed >= period)
		return 0;
	return (uint32_t)((period - passed + timer_divisor(l) - 1) / timer_divisor(l));
}

static void start_timer(struct lapic *l, uint32_t initial, uint64_t now)
{
	l->timer_initial = initial;
	l->timer_start = now;
	l->timer_next = initial ? now + timer_period(l) : DEADLINE_NEVER;
}

/* The divisor changes in mid-count: what is left runs on at the new rate. */
static void set_divide(struct lapic *l, uint32_t value, uint64_t now)
{
	uint32_t left = timer_current(l, now);

	l->timer_divide = value & 0xb;
	if (l->timer_next != DEADLINE_NEVER) {
		l->timer_next = now + (uint64_t)left * timer_divisor(l);
		l->timer_start = l->timer_next - timer_period(l);
	}
}

static void set_lvt(struct lapic *l, unsigned entry, uint32_t value, uint64_t now)
{
	bool was_periodic = l->lvt[entry] & LVT_PERIODIC;

	l->lvt[entry] = value & LVT_WRITABLE;
	if (entry != LAPIC_LVT_TIMER || !l->timer_initial)
		return;
	/* A one-shot that has run out starts again when it is made periodic. */
	if ((value & LVT_PERIODIC) && !was_periodic && l->timer_next == DEADLINE_NEVER)
		start_timer(l, l->timer_initial, now);
}

uint32_t lapic_read(const struct lapic *l, uint32_t offset, uint64_t now)
{
	if (offset >= REG_ISR && offset < REG_ISR + 0x80)
		return (uint32_t)(l->isr[(offset - REG_ISR) / 32] >>
		                  ((offset & 0x10) ? 32 : 0));
	if (offset >= REG_IRR && offset < REG_IRR + 0x80)
		return (uint32_t)(l->irr[(offset - REG_IRR) / 32] >>
		                  ((offset & 0x10) ? 32 : 0));
	if (offset >= REG_LVT_TIMER && offset <= REG_LVT_ERROR && offset % 16 == 0)
		return l->lvt[(offset - REG_LVT_TIMER) / 16];
	switch (offset) {
	case REG_ID:
		return (uint32_t)l->id << 24;
	case REG_VERSION:
		return VERSION;
	case REG_TPR:
		return l->tpr;
	case REG_PPR:
		return priority(l);
	case REG_LDR:
		return l->ldr;
	case REG_DFR:
		return l->dfr;
	case REG_SPURIOUS:
		return l->spurious | (l->enabled ? SPURIOUS_ENABLE : 0);
	case REG_ICR_LOW:
		return l->icr[0];
	case REG_ICR_HIGH:
		return l->icr[1];
	case REG_TIMER_INITIAL:
		return l->timer_initial;
	case REG_TIMER_CURRENT:
		return timer_current(l, now);
	case REG_TIMER_DIVIDE:
		return l->timer_divide;
	default: /* TMR, ESR and the reserved ones: nothing to tell */
		return 0;
	}
}

/* Fixed interrupts to oneself; there is nobody else to send one to. */
static void send_ipi(struct lapic *l)
{
	uint32_t shorthand = l->icr[0] & ICR_SHORTHAND;
	bool self = shorthand == ICR_SELF || shorthand == 2 * ICR_SELF ||
	            (shorthand == 0 && l->icr[1] >> 24 == l->id);

	if (self && (l->icr[0] & 0x700) == 0)
		lapic_request(l, (uint8_t)l->icr[0]);
}

void lapic_write(struct lapic *l, uint32_t offset, uint32_t value, uint64_t now)
{
	int serving;

	/* What expired under the old settings belongs to them. */
	lapic_advance(l, now);
	if (offset >= REG_LVT_TIMER && offset <= REG_LVT_ERROR && offset % 16 == 0) {
		set_lvt(l, (offset - REG_LVT_TIMER) / 16, value, now);
		return;
	}
	switch (offset) {
	case REG_TPR:
		l->tpr = (uint8_t)value;
		break;
	case REG_EOI:
		serving = highest(l->isr);
		if (serving >= 0)
			clear_bit(l->isr, (unsigned)serving);
		break;
	case REG_LDR:
		l->ldr = value & 0xff000000;
		break;
	case REG_DFR:
		l->dfr = value | 0x0fffffff;
		break;
	case REG_SPURIOUS:
		l->spurious = (uint8_t)value;
		l->enabled = value & SPURIOUS_ENABLE;
		break;
	case REG_ICR_LOW:
		l->icr[0] = value & ICR_WRITABLE;
		send_ipi(l);
		break;
	case REG_ICR_HIGH:
		l->icr[1] = value & 0xff000000;
		break;
	case REG_TIMER_INITIAL:
		start_timer(l, value, now);
		break;
	case REG_TIMER_DIVIDE:
		set_divide(l, value, now);
		break;
	default: /* read-only or reserved */
		break;
	}
}

uint64_t lapic_deadline(const struct lapic *l)
{
	return lapic_timer_vector(l) < 0 ? DEADLINE_NEVER : l->timer_next;
}

void lapic_advance(struct lapic *l, uint64_t now)
{
	uint64_t period = timer_period(l);

	if (l->timer_next > now)
		return;
	if (lapic_timer_vector(l) >= 0)
		lapic_request(l, (uint8_t)l->lvt[LAPIC_LVT_TIMER]);
	if (l->lvt[LAPIC_LVT_TIMER] & LVT_PERIODIC)
		l->timer_next += ((now - l->timer_next) / period + 1) * period;
	else
		l->timer_next = DEADLINE_NEVER;
}

void lapic_request(struct lapic *l, uint8_t vector)
{
	if (vector >= LOWEST_VECTOR && l->enabled)
		set_bit(l->irr, vector);
}

bool lapic_accepts(const struct lapic *l, uint8_t vector)
{
	return l->enabled && vector >= LOWEST_VECTOR &&
	       (vector & 0xf0u) > (priority(l) & 0xf0u);
}

int lapic_pending(const struct lapic *l)
{
	int vector = highest(l->irr);

	return vector >= 0 && lapic_accepts(l, (uint8_t)vector) ? vector : -1;
}

bool lapic_requested(const struct lapic *l, uint8_t vector)
{
	return l->irr[vector / 64] >> vector % 64 & 1;
}

void lapic_take(struct lapic *l, uint8_t vector)
{
	clear_bit(l->irr, vector);
	set_bit(l->isr, vector);
}

int lapic_timer_vector(const struct lapic *l)
{
	uint32_t lvt = l->lvt[LAPIC_LVT_TIMER];

	if (!l->enabled || (lvt & LVT_MASKED) || (lvt & 0xff) < LOWEST_VECTOR)
		return -1;
	return (int)(lvt & 0xff);
}
