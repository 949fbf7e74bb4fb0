/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The order in which the kernel comes to life. */
#include <stdint.h>

#include "boot/boot_info.h"
#include "boot/cmdline.h"
#include "compiler.h"
#include "dev/console.h"
#include "dev/ioapic.h"
#include "dev/lapic.h"
#include "dev/pic.h"
#include "dev/uart.h"
#include "fs/device.h"
#include "fs/initrd.h"
#include "fs/inode.h"
#include "mm/frame.h"
#include "mm/paging.h"
#include "proc/lifetime.h"
#include "proc/proc.h"
#include "thread/clock.h"
#include "thread/cpu.h"
#include "thread/thread.h"
#include "trap/gdt.h"
#include "trap/idt.h"
#include "trap/vectors.h"

extern uint8_t boot_stack[];

NORETURN void kernel_main(uint32_t start_info);

NORETURN void kernel_main(uint32_t start_info)
{
	/* First what a panic needs, then what a trap needs, then memory, then the rest.
	 */
	cpu_init(0);
	console_init();
	gdt_init();
	idt_init();

	boot_info_init(start_info);
	cmdline_parse(boot_info.command_line);
	paging_init();
	frame_init();

	pic_mask_all();
	lapic_init();
	ioapic_init();
	ioapic_route(UART_IRQ, VECTOR_IRQ_BASE + UART_IRQ, lapic_id());
	uart_enable_receive();
	clock_init(cmdline.timeslice);

	thread_init(boot_stack);
	lifetime_choose(cmdline.lifetime);
	proc_init();
	inode_init_root();
	device_init();
	initrd_load();
	proc_start_init();
	thread_idle();
}
