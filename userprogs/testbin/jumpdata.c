/* SPDX-License-Identifier: GPL-2.0-or-later */
/* jumpdata: children execute a return instruction that lies in data, heap and stack. */
#include "check.h"

#include <signal.h>
#include <stdint.h>
#include <stdlib.h>

#define RET 0xc3

static unsigned char data[] = {RET};
static unsigned char *heap;

static void call(void *code)
{
	((void (*)(void))(uintptr_t)code)();
}

static void call_data(void)
{
	call(data);
}

static void call_heap(void)
{
	call(heap);
}

static void call_stack(void)
{
	volatile unsigned char code[] = {RET};

	call((void *)(uintptr_t)code);
}

int main(void)
{
	heap = malloc(1);
	if (heap == NULL)
		fail("no memory");
	*heap = RET;
	check_fatal("a call of data", call_data, SIGSEGV);
	check_fatal("a call of the heap", call_heap, SIGSEGV);
	check_fatal("a call of the stack", call_stack, SIGSEGV);
	return 0;
}
