/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * 16550A serial port with FIFOs, COM1 at 0x3F8, line 4.  What is sent goes out at once,
 * and the transmitter is always empty.  Received bytes wait in a FIFO of 16; the sender
 * holds back while it is full, as a flow-controlled line does.
 */
#ifndef FORKSCOPE_DEV_UART16550_H
#define FORKSCOPE_DEV_UART16550_H

#include <stdbool.h>
#include <stdint.h>

#define UART_BASE 0x3F8
#define UART_PORTS 8
#define UART_LINE 4
#define UART_FIFO 16

struct uart {
	uint8_t ier, lcr, mcr, scr, fcr;
	uint16_t divisor;
	bool thr_interrupt; /* the transmitter has become empty, and nobody was told */
	uint8_t fifo[UART_FIFO];
	uint8_t head, count;
};

void uart_reset(struct uart *u);
uint8_t uart_read(struct uart *u, unsigned reg);
/* True where the guest sent a byte: `value`. */
bool uart_write(struct uart *u, unsigned reg, uint8_t value);

unsigned uart_room(const struct uart *u);
/* A byte arrives; there must be room. */
void uart_receive(struct uart *u, uint8_t byte);
/* The level of the interrupt line. */
bool uart_line(const struct uart *u);

#endif
