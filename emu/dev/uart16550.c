/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dev/uart16550.h"

#include <string.h>

#include "base/error.h"

#define IER_RECEIVED 1u
#define IER_SENT 2u
#define IIR_NONE 1u
#define IIR_SENT 2u
#define IIR_RECEIVED 4u
#define IIR_FIFO 0xc0u
#define FCR_ENABLE 1u
#define FCR_CLEAR_RECEIVER 2u
#define LCR_DIVISOR 0x80u
#define MCR_LOOP 0x10u
#define LSR_READY 0x01u
#define LSR_SENDER_EMPTY 0x60u
#define MSR_CONNECTED 0xb0u /* carrier, data set ready, clear to send */

void uart_reset(struct uart *u)
{
	memset(u, 0, sizeof(*u));
	u->divisor = 12;
}

static uint8_t receive(struct uart *u)
{
	uint8_t byte;

	if (u->count == 0)
		return 0;
	byte = u->fifo[u->head];
	u->head = (u->head + 1) % UART_FIFO;
	u->count--;
	return byte;
}

static uint8_t interrupt_id(struct uart *u)
{
	uint8_t fifo = u->fcr & FCR_ENABLE ? IIR_FIFO : 0;

	if ((u->ier & IER_RECEIVED) && u->count > 0)
		return fifo | IIR_RECEIVED;
	if ((u->ier & IER_SENT) && u->thr_interrupt) {
		u->thr_interrupt = false; /* reading it is the acknowledgement */
		return fifo | IIR_SENT;
	}
	return fifo | IIR_NONE;
}

uint8_t uart_read(struct uart *u, unsigned reg)
{
	bool divisor = u->lcr & LCR_DIVISOR;

	switch (reg) {
	case 0:
		return divisor ? (uint8_t)u->divisor : receive(u);
	case 1:
		return divisor ? (uint8_t)(u->divisor >> 8) : u->ier;
	case 2:
		return interrupt_id(u);
	case 3:
		return u->lcr;
	case 4:
		return u->mcr;
	case 5:
		return LSR_SENDER_EMPTY | (u->count ? LSR_READY : 0);
	case 6:
		return MSR_CONNECTED;
	default:
		return u->scr;
	}
}

static bool send(struct uart *u, uint8_t value)
{
	u->thr_interrupt = true;
	if (!(u->mcr & MCR_LOOP))
		return true;
	if (uart_room(u) > 0)
		uart_receive(u, value);
	return false;
}

bool uart_write(struct uart *u, unsigned reg, uint8_t value)
{
	bool divisor = u->lcr & LCR_DIVISOR;

	switch (reg) {
	case 0:
		if (!divisor)
			return send(u, value);
		u->divisor = (u->divisor & 0xff00) | value;
		break;
	case 1:
		if (divisor) {
			u->divisor = (uint16_t)((u->divisor & 0xff) | value << 8);
			break;
		}
		/* Enabling it while the transmitter is empty asks at once. */
		if ((value & IER_SENT) && !(u->ier & IER_SENT))
			u->thr_interrupt = true;
		u->ier = value & 0xf;
		break;
	case 2:
		u->fcr = value;
		if (value & FCR_CLEAR_RECEIVER)
			u->head = u->count = 0;
		break;
	case 3:
		u->lcr = value;
		break;
	case 4:
		u->mcr = value & 0x1f;
		break;
	case 7:
		u->scr = value;
		break;
	default: /* line and modem status are read-only */
		break;
	}
	return false;
}

unsigned uart_room(const struct uart *u)
{
	return UART_FIFO - u->count;
}

void uart_receive(struct uart *u, uint8_t byte)
{
	BUG_ON(uart_room(u) == 0);
	u->fifo[(u->head + u->count) % UART_FIFO] = byte;
	u->count++;
}

bool uart_line(const struct uart *u)
{
	return ((u->ier & IER_RECEIVED) && u->count > 0) ||
	       ((u->ier & IER_SENT) && u->thr_interrupt);
}
