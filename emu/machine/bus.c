/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ports and device memory: who answers at which address.  What the guest does here is
 * dated with the count at its block's start (cpu_io_icount()).
 */
#include "machine/internal.h"

#include <stdarg.h>
#include <stdio.h>

#define DEBUG_EXIT_BASE 0xF4
#define DEBUG_EXIT_PORTS 4
#define MASTER 0
#define SLAVE 1

static uint64_t io_time(const struct machine *m, int cpu)
{
	return cpu_io_icount(m->cpus[cpu].cpu) + m->skipped;
}

/*
 * The guest has changed what its devices ask for: if that is an interrupt to take or an
 * earlier deadline, the run loop must look again.
 */
static void look_again(struct machine *m, int cpu)
{
	const struct lapic *l = &m->cpus[cpu].lapic;
	uint64_t deadline = lapic_deadline(l);

	if (!m->schedule && lapic_pending(l) >= 0)
		cpu_stop(m->cpus[cpu].cpu);
	else if (deadline != DEADLINE_NEVER)
		cpu_due(m->cpus[cpu].cpu,
		        deadline > m->skipped ? deadline - m->skipped : 0);
}

void bus_update_uart(struct machine *m)
{
	int vector = ioapic_set_line(&m->ioapic, UART_LINE, uart_line(&m->uart));

	if (vector >= 0)
		lapic_request(&m->cpus[0].lapic, (uint8_t)vector);
}

static uint8_t uart_in(struct machine *m, int cpu, unsigned reg)
{
	bool was_full = uart_room(&m->uart) == 0;
	uint8_t value = uart_read(&m->uart, reg);

	bus_update_uart(m);
	if (was_full && uart_room(&m->uart) > 0 && m->input)
		cpu_stop(m->cpus[cpu].cpu); /* the next byte may come in */
	return value;
}

static void uart_out(struct machine *m, int cpu, unsigned reg, uint8_t value)
{
	bool sent = uart_write(&m->uart, reg, value);

	bus_update_uart(m);
	look_again(m, cpu);
	if (sent && m->observer->console)
		m->observer->console(m->observer->ctx, cpu, value);
}

__attribute__((format(printf, 3, 4))) static void guest_fault(struct machine *m, int cpu,
                                                              const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(m->fault, sizeof(m->fault), fmt, ap);
	va_end(ap);
	cpu_stop_at_io(m->cpus[cpu].cpu);
}

static bool within(uint16_t port, unsigned base, unsigned n)
{
	return port >= base && port < base + n;
}

static uint32_t on_in(void *ctx, int cpu, uint16_t port, int size)
{
	struct machine *m = ctx;

	if (size == 1 && within(port, UART_BASE, UART_PORTS))
		return uart_in(m, cpu, port - UART_BASE);
	if (size == 1 && within(port, I8259_MASTER, I8259_PORTS))
		return i8259_read(&m->pics[MASTER], port - I8259_MASTER);
	if (size == 1 && within(port, I8259_SLAVE, I8259_PORTS))
		return i8259_read(&m->pics[SLAVE], port - I8259_SLAVE);
	guest_fault(m, cpu,
	            "IN of %d bytes from port %#x, where this machine has no device",
	            size, port);
	return port_float(size);
}

static void on_out(void *ctx, int cpu, uint16_t port, int size, uint32_t value)
{
	struct machine *m = ctx;

	if (size == 1 && within(port, UART_BASE, UART_PORTS)) {
		uart_out(m, cpu, port - UART_BASE, (uint8_t)value);
	} else if (size == 1 && within(port, I8259_MASTER, I8259_PORTS)) {
		i8259_write(&m->pics[MASTER], port - I8259_MASTER, (uint8_t)value);
	} else if (size == 1 && within(port, I8259_SLAVE, I8259_PORTS)) {
		i8259_write(&m->pics[SLAVE], port - I8259_SLAVE, (uint8_t)value);
	} else if (within(port, DEBUG_EXIT_BASE, DEBUG_EXIT_PORTS)) {
		m->exit_code = value;
		m->powered_off = true;
		cpu_stop_at_io(m->cpus[cpu].cpu);
	} else {
		guest_fault(
			m, cpu,
			"OUT of %d bytes to port %#x, where this machine has no device",
			size, port);
	}
}

static uint64_t on_mmio_read(void *ctx, int cpu, uint64_t pa, int size)
{
	struct machine *m = ctx;

	if (size != 4)
		return 0;
	if (pa >= LAPIC_BASE)
		return lapic_read(&m->cpus[cpu].lapic, (uint32_t)(pa - LAPIC_BASE),
		                  io_time(m, cpu));
	return ioapic_read(&m->ioapic, (uint32_t)(pa - IOAPIC_BASE));
}

static void on_mmio_write(void *ctx, int cpu, uint64_t pa, int size, uint64_t value)
{
	struct machine *m = ctx;

	if (size != 4)
		return;
	if (pa >= LAPIC_BASE)
		lapic_write(&m->cpus[cpu].lapic, (uint32_t)(pa - LAPIC_BASE),
		            (uint32_t)value, io_time(m, cpu));
	else
		ioapic_write(&m->ioapic, (uint32_t)(pa - IOAPIC_BASE), (uint32_t)value);
	look_again(m, cpu);
}

static uint64_t on_tsc(void *ctx, int cpu, uint64_t icount)
{
	struct machine *m = ctx;

	(void)cpu;
	return icount + m->skipped;
}

static void on_syscall(void *ctx, int cpu)
{
	struct machine *m = ctx;

	if (m->observer->syscall)
		m->observer->syscall(m->observer->ctx, cpu);
}

static void on_probe(void *ctx, int cpu, uint64_t address)
{
	struct machine *m = ctx;

	if (m->observer->probe)
		m->observer->probe(m->observer->ctx, cpu, address);
}

static void on_exception(void *ctx, int cpu, int vector, uint64_t error, uint64_t address)
{
	struct machine *m = ctx;

	if (m->observer->exception)
		m->observer->exception(m->observer->ctx, cpu, vector, error, address);
}

void bus_init(struct machine *m)
{
	m->bus = (struct cpu_bus){
		.in = on_in,
		.out = on_out,
		.mmio_read = on_mmio_read,
		.mmio_write = on_mmio_write,
		.tsc = on_tsc,
		.syscall = on_syscall,
		.probe = on_probe,
		.exception = on_exception,
		.ctx = m,
	};
}

int bus_map(struct cpu *cpu)
{
	int err = cpu_map_mmio(cpu, LAPIC_BASE, LAPIC_SIZE);

	return err ? err : cpu_map_mmio(cpu, IOAPIC_BASE, IOAPIC_SIZE);
}
