/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dev/lapic.h"

#include "mm/paging.h"
#include "trap/vectors.h"

#define LAPIC_PHYS 0xfee00000

#define LAPIC_ID 0x020
#define LAPIC_TPR 0x080
#define LAPIC_EOI 0x0b0
#define LAPIC_SVR 0x0f0
#define LAPIC_LVT_TIMER 0x320
#define LAPIC_LVT_LINT0 0x350
#define LAPIC_LVT_LINT1 0x360
#define LAPIC_TIMER_INITIAL 0x380
#define LAPIC_TIMER_CURRENT 0x390
#define LAPIC_TIMER_DIVIDE 0x3e0

#define SVR_ENABLE 0x100
#define LVT_MASKED 0x10000
#define DIVIDE_BY_1 0x0b

static volatile uint32_t *lapic;

static void lapic_write(unsigned reg, uint32_t value)
{
	lapic[reg / 4] = value;
}

void lapic_init(void)
{
	lapic = paging_map_device(LAPIC_PHYS);
	lapic_write(LAPIC_SVR, SVR_ENABLE | VECTOR_SPURIOUS);
	lapic_write(LAPIC_LVT_LINT0, LVT_MASKED);
	lapic_write(LAPIC_LVT_LINT1, LVT_MASKED);
	lapic_write(LAPIC_TIMER_DIVIDE, DIVIDE_BY_1);
	lapic_timer_stop();
	lapic_write(LAPIC_TPR, 0);
}

uint32_t lapic_id(void)
{
	return lapic[LAPIC_ID / 4] >> 24;
}

void lapic_end_of_interrupt(void)
{
	lapic_write(LAPIC_EOI, 0);
}

void lapic_timer_start(uint32_t ticks)
{
	lapic_write(LAPIC_LVT_TIMER, VECTOR_TIMER);
	lapic_write(LAPIC_TIMER_INITIAL, ticks);
}

void lapic_timer_stop(void)
{
	lapic_write(LAPIC_LVT_TIMER, LVT_MASKED | VECTOR_TIMER);
	lapic_write(LAPIC_TIMER_INITIAL, 0);
}

uint32_t lapic_timer_left(void)
{
	return lapic[LAPIC_TIMER_CURRENT / 4];
}
