/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dev/ioapic.h"

#include <string.h>

#define REG_SELECT 0x00
#define REG_WINDOW 0x10
#define INDEX_ID 0x00
#define INDEX_VERSION 0x01
#define INDEX_ARBITRATION 0x02
#define INDEX_TABLE 0x10

#define VERSION (0x11u | (IOAPIC_LINES - 1) << 16)
#define ENTRY_MASKED 0x10000ull
#define ENTRY_READ_ONLY 0x5000ull /* delivery status, remote IRR */

void ioapic_reset(struct ioapic *io)
{
	memset(io, 0, sizeof(*io));
	for (int i = 0; i < IOAPIC_LINES; i++)
		io->entries[i] = ENTRY_MASKED;
}

uint32_t ioapic_read(const struct ioapic *io, uint32_t offset)
{
	unsigned line = ((unsigned)io->select - INDEX_TABLE) / 2u;

	if (offset == REG_SELECT)
		return io->select;
	if (offset != REG_WINDOW)
		return 0;
	switch (io->select) {
	case INDEX_ID:
	case INDEX_ARBITRATION:
		return (uint32_t)io->id << 24;
	case INDEX_VERSION:
		return VERSION;
	default:
		if (io->select < INDEX_TABLE || line >= IOAPIC_LINES)
			return 0;
		return (uint32_t)(io->entries[line] >> (io->select % 2 ? 32 : 0));
	}
}

static void write_entry(struct ioapic *io, unsigned line, uint32_t value)
{
	uint64_t *entry = &io->entries[line];

	if (io->select % 2)
		*entry = (*entry & 0xffffffff) | (uint64_t)value << 32;
	else
		*entry = (*entry & ~0xffffffffull) | (value & ~ENTRY_READ_ONLY);
}

void ioapic_write(struct ioapic *io, uint32_t offset, uint32_t value)
{
	unsigned line = ((unsigned)io->select - INDEX_TABLE) / 2u;

	if (offset == REG_SELECT)
		io->select = (uint8_t)value;
	else if (offset == REG_WINDOW && io->select == INDEX_ID)
		io->id = value >> 24 & 0xf;
	else if (offset == REG_WINDOW && io->select >= INDEX_TABLE && line < IOAPIC_LINES)
		write_entry(io, line, value);
}

int ioapic_set_line(struct ioapic *io, unsigned line, bool level)
{
	bool rose = level && !(io->lines >> line & 1);

	io->lines = (io->lines & ~(1u << line)) | (uint32_t)level << line;
	if (!rose || (io->entries[line] & ENTRY_MASKED))
		return -1;
	return (int)(io->entries[line] & 0xff);
}
