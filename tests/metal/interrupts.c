/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interrupts: when they are taken and when not, halting, the shadow of STI, priorities,
 * the timer's modes, and a double fault on a stack of its own.
 */
#include "metal.h"

#define TIMER 0x40
#define HIGH 0x90 /* a class above the timer's */
#define PAGE_ABSENT 0x600000ul

#define LAPIC_TPR 0x080
#define LAPIC_EOI 0x0b0
#define LAPIC_SPURIOUS 0x0f0
#define LAPIC_IRR 0x200
#define LAPIC_ICR 0x300
#define LAPIC_LVT_TIMER 0x320
#define LAPIC_INITIAL 0x380
#define LAPIC_CURRENT 0x390
#define LAPIC_DIVIDE 0x3e0
#define PERIODIC 0x20000u
#define MASKED 0x10000u
#define SEND_TO_SELF 0x40000u
#define DIVIDE_BY_1 0xbu

static volatile uint64_t taken[256]; /* by vector */
static volatile uint64_t order[4];   /* vectors as they came */
static volatile int norder;
static volatile uint64_t last_rip, last_at;
static volatile bool keep_serving; /* leave the end of interrupt to the test */

static void handler(struct trap *t)
{
	taken[t->vector]++;
	last_rip = t->rip;
	last_at = (uint64_t)t;
	if (norder < 4)
		order[norder++] = t->vector;
	if (t->vector == 8)
		metal_exit(metal_failures() + (last_at < (uint64_t)ist_top - 4096));
	if (t->vector >= 32 && !keep_serving)
		LAPIC_REG(LAPIC_EOI) = 0;
}

static void start(uint32_t mode, uint32_t count)
{
	LAPIC_REG(LAPIC_DIVIDE) = DIVIDE_BY_1;
	LAPIC_REG(LAPIC_LVT_TIMER) = TIMER | mode;
	LAPIC_REG(LAPIC_INITIAL) = count;
}

static void wait_until_expired(void)
{
	while (LAPIC_REG(LAPIC_CURRENT) != 0)
		;
}

/* Until the timer has asked: on QEMU that may be a while after it has run out. */
static void wait_until_requested(void)
{
	while (!(LAPIC_REG(LAPIC_IRR + TIMER / 32 * 16) >> TIMER % 32 & 1))
		;
}

static void reset(void)
{
	LAPIC_REG(LAPIC_INITIAL) = 0;
	for (int i = 0; i < 256; i++)
		taken[i] = 0;
	norder = 0;
	keep_serving = false;
}

static void one_shot(void)
{
	reset();
	start(0, 100000);
	__asm__ volatile("sti; hlt; cli");
	metal_check("one-shot ends a halt", taken[TIMER], 1);
	metal_check("one-shot has run out", LAPIC_REG(LAPIC_CURRENT), 0);
}

static void periodic(void)
{
	reset();
	start(PERIODIC, 200000);
	for (int i = 0; i < 5; i++)
		__asm__ volatile("sti; hlt; cli");
	metal_check("periodic ends each halt", taken[TIMER], 5);
	LAPIC_REG(LAPIC_INITIAL) = 0;
}

static void masked(void)
{
	reset();
	start(0, 10000);
	wait_until_requested();
	metal_check("not taken with interrupts off", taken[TIMER], 0);
	__asm__ volatile("sti; nop; nop; cli" ::: "memory");
	metal_check("taken once they are on", taken[TIMER], 1);

	reset();
	start(MASKED, 10000);
	wait_until_expired();
	__asm__ volatile("sti; nop; nop; cli" ::: "memory");
	metal_check("not taken from a masked timer", taken[TIMER], 0);
}

/* STI holds interrupts back for one instruction more. */
static void shadow(void)
{
	reset();
	start(0, 10000);
	wait_until_requested();
	__asm__ volatile("sti; cli" ::: "memory");
	metal_check("not between sti and cli", taken[TIMER], 0);
	__asm__ volatile("lea 1f(%%rip), %%r15\n"
	                 "sti\n"
	                 "nop\n"
	                 "1: nop\n"
	                 "cli\n"
	                 "mov %%r15, %0"
	                 : "=m"(order[3])
	                 :
	                 : "r15", "memory");
	metal_check("after the instruction behind sti", last_rip, order[3]);
}

static void priorities(void)
{
	reset();
	LAPIC_REG(LAPIC_ICR) = SEND_TO_SELF | TIMER;
	LAPIC_REG(LAPIC_ICR) = SEND_TO_SELF | HIGH;
	__asm__ volatile("sti; nop; nop; nop; cli" ::: "memory");
	metal_check("the higher class first", order[0], HIGH);
	metal_check("then the lower", order[1], TIMER);

	reset();
	keep_serving = true;
	LAPIC_REG(LAPIC_ICR) = SEND_TO_SELF | HIGH;
	__asm__ volatile("sti; nop; nop; cli" ::: "memory");
	LAPIC_REG(LAPIC_ICR) = SEND_TO_SELF | TIMER;
	__asm__ volatile("sti; nop; nop; cli" ::: "memory");
	metal_check("none below what is in service", taken[TIMER], 0);
	keep_serving = false;
	LAPIC_REG(LAPIC_EOI) = 0;
	__asm__ volatile("sti; nop; nop; cli" ::: "memory");
	metal_check("but after its end", taken[TIMER], 1);

	reset();
	LAPIC_REG(LAPIC_TPR) = HIGH;
	LAPIC_REG(LAPIC_ICR) = SEND_TO_SELF | TIMER;
	__asm__ volatile("sti; nop; nop; cli" ::: "memory");
	metal_check("none below the task priority", taken[TIMER], 0);
	LAPIC_REG(LAPIC_TPR) = 0;
	__asm__ volatile("sti; nop; nop; cli" ::: "memory");
	metal_check("but once that falls", taken[TIMER], 1);
}

static uint64_t rdtsc(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
}

static void time_stamps(void)
{
	uint64_t first = rdtsc();
	uint64_t second = rdtsc();

	metal_check("the time-stamp counter goes on", second > first, 1);
}

/* A push on a page that is absent, with the handler's own stack absent too. */
static void double_fault(void)
{
	pd[PAGE_ABSENT >> 21] = 0;
	flush_tlb();
	idt[2 * 8] |= 1ull << 32; /* IST 1 */
	metal_print("the double fault ends it\n");
	__asm__ volatile("mov %0, %%rsp; push %%rax" : : "r"(PAGE_ABSENT + 64));
}

int metal_main(void)
{
	metal_handler = handler;
	outb(0x21, 0xff);
	outb(0xa1, 0xff);
	LAPIC_REG(LAPIC_SPURIOUS) = 0x1ff;
	one_shot();
	periodic();
	masked();
	shadow();
	priorities();
	time_stamps();
	double_fault();
	return 1;
}
