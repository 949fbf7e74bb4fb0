/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/panic.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

#include "dev/debugexit.h"
#include "dev/uart.h"
#include "lib/format.h"
#include "mm/layout.h"
#include "trap/trap_frame.h"
#include "x86.h"

#define PANIC_STATUS 255
#define BACKTRACE_DEPTH 24

static char panic_text[512];

/*
 * Straight to the serial port: a panic must be able to speak whatever locks are held, and
 * nothing runs beside it any more.
 */
static void panic_print(const char *format, ...) PRINTF_LIKE(1, 2);

static void panic_print(const char *format, ...)
{
	static char line[600];
	va_list args;

	va_start(args, format);
	format_args(line, sizeof(line), format, args);
	va_end(args);
	for (const char *c = line; *c != '\0'; c++)
		uart_put(*c);
}

/* Frames lie on one stack, each above the one it called; anything else ends the walk. */
static void print_backtrace(uint64_t rbp)
{
	uint64_t last = 0;

	panic_print("backtrace:");
	for (int i = 0; i < BACKTRACE_DEPTH; i++) {
		if (rbp < DIRECT_MAP_BASE || rbp % 8 != 0 || rbp <= last)
			break;
		const uint64_t *frame = (const uint64_t *)rbp;

		if (frame[1] == 0)
			break;
		panic_print(" %lx", frame[1]);
		last = rbp;
		rbp = frame[0];
	}
	panic_print("\n");
}

static void print_registers(const struct trap_frame *tf)
{
	panic_print("rip %016lx rsp %016lx rflags %08lx cs %lx vector %lu error %lx\n",
	            tf->rip, tf->rsp, tf->rflags, tf->cs, tf->vector, tf->error);
	panic_print("rax %016lx rbx %016lx rcx %016lx rdx %016lx\n", tf->rax, tf->rbx,
	            tf->rcx, tf->rdx);
	panic_print("rsi %016lx rdi %016lx rbp %016lx r8  %016lx\n", tf->rsi, tf->rdi,
	            tf->rbp, tf->r8);
	panic_print("r9  %016lx r10 %016lx r11 %016lx r12 %016lx\n", tf->r9, tf->r10,
	            tf->r11, tf->r12);
	panic_print("r13 %016lx r14 %016lx r15 %016lx cr2 %016lx\n", tf->r13, tf->r14,
	            tf->r15, x86_read_cr2());
}

PROBED NORETURN void panic_stop(const char *text, const struct trap_frame *tf)
{
	static bool panicking;

	x86_cli();
	if (!panicking) {
		panicking = true;
		panic_print("panic: %s\n", text);
		if (tf != NULL)
			print_registers(tf);
		print_backtrace(tf != NULL ? tf->rbp
		                           : (uint64_t)__builtin_frame_address(0));
	}
	debugexit_write(PANIC_STATUS);
	for (;;)
		x86_hlt();
}

NORETURN void panic(const char *format, ...)
{
	va_list args;

	x86_cli();
	va_start(args, format);
	format_args(panic_text, sizeof(panic_text), format, args);
	va_end(args);
	panic_stop(panic_text, NULL);
}

NORETURN void panic_fault(const struct trap_frame *tf, const char *format, ...)
{
	va_list args;

	x86_cli();
	va_start(args, format);
	format_args(panic_text, sizeof(panic_text), format, args);
	va_end(args);
	panic_stop(panic_text, tf);
}
