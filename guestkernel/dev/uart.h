/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The 16550 at COM1: polled output, input by interrupt. */
#ifndef DEV_UART_H
#define DEV_UART_H

#define UART_IRQ 4

/* 115200 8N1, FIFOs on, no interrupts. */
void uart_init(void);

/*
 * Lets it interrupt when bytes are there.  Only once the interrupt is routed: its line is
 * edge triggered, and an edge that nobody saw does not come again.
 */
void uart_enable_receive(void);

/* Waits until the transmitter takes it. */
void uart_put(char c);

/* The next byte received, or -1. */
int uart_get(void);

#endif
