/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What happens on a trap: a fault of a program ends that program, a fault of the kernel
 * ends the kernel, an interrupt goes to its device.
 */
#include <stdbool.h>
#include <stddef.h>

#include "abi/errno.h"
#include "abi/signal.h"
#include "abi/wait.h"
#include "dev/console.h"
#include "dev/lapic.h"
#include "dev/uart.h"
#include "lib/panic.h"
#include "mm/addr_space.h"
#include "proc/proc.h"
#include "thread/clock.h"
#include "thread/cpu.h"
#include "thread/thread.h"
#include "trap/entry.h"
#include "x86.h"

#define FAULT_PROTECTION 0x01 /* the page is there, but not for that */
#define FAULT_WRITE 0x02
#define FAULT_FETCH 0x10

_Static_assert(offsetof(struct trap_frame, rax) == TF_RAX, "entry.S relies on it");
_Static_assert(offsetof(struct trap_frame, cs) == TF_CS, "entry.S relies on it");
_Static_assert(sizeof(struct trap_frame) == TF_SIZE, "entry.S relies on it");

static const int fault_signal[VECTOR_EXCEPTIONS] = {
	[VECTOR_DIVIDE] = SIGFPE,       [VECTOR_DEBUG] = SIGTRAP,
	[VECTOR_BREAKPOINT] = SIGTRAP,  [VECTOR_OVERFLOW] = SIGSEGV,
	[VECTOR_BOUND] = SIGSEGV,       [VECTOR_INVALID_OPCODE] = SIGILL,
	[VECTOR_NO_FPU] = SIGILL,       [VECTOR_INVALID_TSS] = SIGSEGV,
	[VECTOR_NOT_PRESENT] = SIGSEGV, [VECTOR_STACK] = SIGSEGV,
	[VECTOR_PROTECTION] = SIGSEGV,  [VECTOR_PAGE_FAULT] = SIGSEGV,
	[VECTOR_FPU] = SIGFPE,          [VECTOR_ALIGNMENT] = SIGBUS,
	[VECTOR_SIMD] = SIGFPE,
};

/* Makes the page that a program touched for the first time.  Else the signal. */
static int page_fault_signal(uint64_t address, uint64_t error)
{
	unsigned rights = REGION_READ;
	uint8_t *bytes;
	int result;

	if (error & FAULT_PROTECTION)
		return SIGSEGV;
	if (error & FAULT_WRITE)
		rights = REGION_WRITE;
	if (error & FAULT_FETCH)
		rights = REGION_EXEC;
	result = as_page(proc_current()->as, address, rights, &bytes);
	if (result == -ENOMEM)
		return SIGKILL; /* nothing else is left to do with it */
	if (result != 0)
		return SIGSEGV;
	proc_current()->page_faults++;
	return 0;
}

static void user_fault(struct trap_frame *tf)
{
	uint64_t address = x86_read_cr2();
	int signal = fault_signal[tf->vector];

	/* As in a system call: what follows may take long, and proc_exit() sleeps. */
	x86_sti();
	if (tf->vector == VECTOR_PAGE_FAULT)
		signal = page_fault_signal(address, tf->error);
	else if (signal == 0)
		panic_fault(tf, "unexpected exception %lu in user mode", tf->vector);
	if (signal != 0)
		proc_exit(MKWAIT_SIG(signal));
	x86_cli();
}

static void interrupt(struct trap_frame *tf)
{
	switch (tf->vector) {
	case VECTOR_TIMER:
		lapic_end_of_interrupt();
		clock_tick();
		/*
		 * Before the switch the interrupt is acknowledged: it may be long until
		 * this thread is back here.
		 */
		thread_preempt();
		break;
	case VECTOR_IRQ_BASE + UART_IRQ:
		lapic_end_of_interrupt();
		console_interrupt();
		break;
	default:
		panic_fault(tf, "unexpected interrupt %lu", tf->vector);
	}
}

void trap_handle(struct trap_frame *tf)
{
	if (tf->vector >= VECTOR_EXCEPTIONS)
		interrupt(tf);
	else if (tf->vector == VECTOR_DOUBLE_FAULT)
		panic_fault(tf,
		            "double fault at rip %lx, rsp %lx (kernel stack overflow?)",
		            tf->rip, tf->rsp);
	else if (trap_frame_is_user(tf) && tf->vector != VECTOR_NMI &&
	         tf->vector != VECTOR_MACHINE_CHECK)
		user_fault(tf);
	else
		panic_fault(tf,
		            "exception %lu in kernel mode at rip %lx, error %lx, cr2 %lx",
		            tf->vector, tf->rip, tf->error, x86_read_cr2());
}
