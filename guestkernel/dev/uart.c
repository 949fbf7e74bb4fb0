/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dev/uart.h"

#include "x86.h"

#define COM1 0x3f8
#define UART_DATA (COM1 + 0)
#define UART_IER (COM1 + 1)
#define UART_FCR (COM1 + 2)
#define UART_LCR (COM1 + 3)
#define UART_MCR (COM1 + 4)
#define UART_LSR (COM1 + 5)

#define IER_RECEIVE 0x01
#define FCR_ENABLE 0x01 /* and clear nothing: somebody may have typed already */
#define LCR_DIVISOR_ACCESS 0x80
#define LCR_8N1 0x03
#define MCR_DTR_RTS_OUT2 0x0b /* OUT2 lets the interrupt through */
#define LSR_RECEIVED 0x01
#define LSR_TRANSMIT_EMPTY 0x20

void uart_init(void)
{
	x86_outb(UART_IER, 0);
	x86_outb(UART_LCR, LCR_DIVISOR_ACCESS);
	x86_outb(UART_DATA, 1); /* divisor 1: 115200 */
	x86_outb(UART_IER, 0);
	x86_outb(UART_LCR, LCR_8N1);
	x86_outb(UART_FCR, FCR_ENABLE);
	x86_outb(UART_MCR, MCR_DTR_RTS_OUT2);
}

void uart_enable_receive(void)
{
	x86_outb(UART_IER, IER_RECEIVE);
}

void uart_put(char c)
{
	while (!(x86_inb(UART_LSR) & LSR_TRANSMIT_EMPTY))
		x86_pause();
	x86_outb(UART_DATA, (uint8_t)c);
}

int uart_get(void)
{
	if (!(x86_inb(UART_LSR) & LSR_RECEIVED))
		return -1;
	return x86_inb(UART_DATA);
}
