/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The local APIC of this CPU: end of interrupt, and its timer, whose tick at divider 1 is
 * one guest nanosecond.  The timer is used one-shot only.
 */
#ifndef DEV_LAPIC_H
#define DEV_LAPIC_H

#include <stdint.h>

void lapic_init(void);
uint32_t lapic_id(void);
void lapic_end_of_interrupt(void);

/* Interrupts once, VECTOR_TIMER, after `ticks`; anything started before is forgotten. */
void lapic_timer_start(uint32_t ticks);

/* Masks and stops it: no timer interrupt comes any more. */
void lapic_timer_stop(void);

/* Ticks left of what was started; 0 once it has expired. */
uint32_t lapic_timer_left(void);

#endif
