/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dev/console.h"

#include <stdbool.h>
#include <stdint.h>

#include "compiler.h"
#include "dev/uart.h"
#include "thread/condvar.h"
#include "thread/spinlock.h"

#define INPUT_SIZE 1024 /* a power of two */

#define CONTROL(c) ((c) - '@')
#define DEL 0x7f

static struct spinlock console_lock = SPINLOCK_INIT("console_lock");

/*
 * All fields: console_lock.  The counters only grow; a byte's place is its number modulo
 * INPUT_SIZE.  taken <= complete <= typed <= taken + INPUT_SIZE.
 *
 * While there is no room, bytes stay in the serial port, which stops the sender when it
 * is full itself; reading makes room and fetches them.
 */
static struct {
	char bytes[INPUT_SIZE];
	uint64_t taken;    /* read by programs */
	uint64_t complete; /* the end of the last whole line */
	uint64_t typed;    /* the end of the line that is being edited */
	struct condvar line_there;
} input;

void console_init(void)
{
	condvar_init(&input.line_there);
	uart_init();
}

static void put_all(const char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		uart_put(bytes[i]);
}

void console_write(const char *bytes, size_t n)
{
	while (n > 0) {
		size_t part = MIN(n, CONSOLE_ATOMIC);

		spinlock_acquire(&console_lock);
		put_all(bytes, part);
		spinlock_release(&console_lock);
		bytes += part;
		n -= part;
	}
}

static char *input_byte(uint64_t number)
{
	return &input.bytes[number % INPUT_SIZE];
}

static void rub_out(void)
{
	input.typed--;
	put_all("\b \b", 3);
}

static void line_done(void)
{
	input.complete = input.typed;
	condvar_broadcast(&input.line_there, &console_lock);
}

static bool has_room(void)
{
	return input.typed - input.taken < INPUT_SIZE;
}

static void add_byte(char c)
{
	*input_byte(input.typed++) = c;
	if (c != CONTROL('D'))
		put_all(&c, 1);
	/* A line that fills the buffer is as whole as it will ever be. */
	if (c == '\n' || c == CONTROL('D') || !has_room())
		line_done();
}

static void typed(char c)
{
	if (c == '\b' || c == DEL) {
		if (input.typed > input.complete)
			rub_out();
	} else if (c == CONTROL('U')) {
		while (input.typed > input.complete)
			rub_out();
	} else {
		add_byte(c == '\r' ? '\n' : c);
	}
}

/* Leaves nothing behind but for want of room: the line's edge does not come again. */
static void fetch(void)
{
	int c;

	while (has_room() && (c = uart_get()) >= 0)
		typed((char)c);
}

void console_interrupt(void)
{
	spinlock_acquire(&console_lock);
	fetch();
	spinlock_release(&console_lock);
}

size_t console_read(char *bytes, size_t n)
{
	size_t done = 0;

	spinlock_acquire(&console_lock);
	while (input.taken == input.complete)
		condvar_wait(&input.line_there, &console_lock);
	while (done < n && input.taken < input.complete) {
		char c = *input_byte(input.taken);

		/* ^D after text ends this read, and the next one finds it alone: the end.
		 */
		if (c == CONTROL('D') && done > 0)
			break;
		input.taken++;
		if (c == CONTROL('D'))
			break;
		bytes[done++] = c;
		if (c == '\n')
			break;
	}
	fetch();
	spinlock_release(&console_lock);
	return done;
}
