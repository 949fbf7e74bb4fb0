/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "metal.h"

#define COM1 0x3f8

void (*metal_handler)(struct trap *t);

static int failures;

void metal_trap(struct trap *t);

void metal_trap(struct trap *t)
{
	metal_handler(t);
}

void metal_print(const char *text)
{
	for (; *text; text++)
		outb(COM1, (uint8_t)*text);
}

void metal_print_hex(uint64_t value)
{
	char digits[17] = {0};

	for (int i = 15; i >= 0; i--, value >>= 4)
		digits[i] = "0123456789abcdef"[value & 15];
	metal_print(digits);
}

void metal_check(const char *name, uint64_t got, uint64_t want)
{
	metal_print(got == want ? "ok " : "FAIL ");
	metal_print(name);
	if (got != want) {
		failures++;
		metal_print(": got ");
		metal_print_hex(got);
		metal_print(", not ");
		metal_print_hex(want);
	}
	metal_print("\n");
}

bool metal_on_qemu(void)
{
	/* cmdline_paddr is at offset 24 (xen/include/public/arch-x86/hvm/start_info.h) */
	const char *line = *(const char *const *)(metal_start_info + 24);

	return line && line[0] == 'q';
}

int metal_failures(void)
{
	return failures;
}
