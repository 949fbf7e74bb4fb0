/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cpu/internal.h"

#include <stdio.h>

#include "base/error.h"

#define INSN_BYTES_MAX 15

int disasm_open(struct cpu *cpu)
{
	if (cs_open(CS_ARCH_X86, CS_MODE_64, &cpu->capstone64) != CS_ERR_OK ||
	    cs_open(CS_ARCH_X86, CS_MODE_32, &cpu->capstone32) != CS_ERR_OK)
		return error_set(ERR_ENGINE, "Capstone cannot open an x86 disassembler");
	cpu->insn = cs_malloc(cpu->capstone64);
	return cpu->insn ? 0 : error_set(ERR_MEMORY, "out of memory");
}

void disasm_close(struct cpu *cpu)
{
	if (cpu->insn)
		cs_free(cpu->insn, 1);
	if (cpu->capstone64)
		cs_close(&cpu->capstone64);
	if (cpu->capstone32)
		cs_close(&cpu->capstone32);
}

void disasm_start(struct disasm_cursor *c, struct cpu *cpu, uint64_t pc)
{
	c->cpu = cpu;
	c->handle = cpu_hflags(cpu) & HF_CS64 ? cpu->capstone64 : cpu->capstone32;
	cpu_paging(cpu, &c->paging);
	c->pc = pc;
	c->left = 0;
}

/* Reads what is mapped of the next bytes: an instruction may end where a page does. */
static void refill(struct disasm_cursor *c)
{
	size_t page_left = 4096 - c->pc % 4096;
	size_t n = page_left < DISASM_WINDOW ? page_left : DISASM_WINDOW;

	c->next = c->window;
	c->left = 0;
	if (!paging_read(&c->paging, c->pc, c->window, n))
		return;
	c->left = n;
	if (n < DISASM_WINDOW &&
	    paging_read(&c->paging, c->pc + n, c->window + n, DISASM_WINDOW - n))
		c->left = DISASM_WINDOW;
}

/* The next instruction into cpu->insn; false where the bytes are none. */
static bool cursor_next(struct disasm_cursor *c)
{
	if (c->left < INSN_BYTES_MAX)
		refill(c);
	return cs_disasm_iter(c->handle, &c->next, &c->left, &c->pc, c->cpu->insn);
}

bool disasm_next(struct disasm_cursor *c, struct disasm_insn *insn)
{
	if (!cursor_next(c))
		return false;
	insn->address = c->cpu->insn->address;
	insn->id = c->cpu->insn->id;
	return true;
}

int disasm_count(struct cpu *cpu, uint64_t pc, uint64_t end)
{
	struct disasm_cursor c;
	int n = 0;

	disasm_start(&c, cpu, pc);
	while (c.pc < end) {
		if (!cursor_next(&c))
			return -1;
		n++;
	}
	return c.pc == end ? n : -1;
}

bool disasm_skip(struct cpu *cpu, uint64_t pc, uint32_t n, uint64_t *address)
{
	struct disasm_cursor c;

	disasm_start(&c, cpu, pc);
	while (n-- > 0) {
		if (!cursor_next(&c))
			return false;
	}
	*address = c.pc;
	return true;
}

/* IN, OUT, INS and OUTS: E4 to E7, EC to EF, 6C to 6F. */
static bool io_opcode(uint8_t byte)
{
	return (byte & 0xf4) == 0xe4 || (byte & 0xfc) == 0x6c;
}

static bool io_instruction(unsigned id)
{
	switch (id) {
	case X86_INS_IN:
	case X86_INS_OUT:
	case X86_INS_INSB:
	case X86_INS_INSW:
	case X86_INS_INSD:
	case X86_INS_OUTSB:
	case X86_INS_OUTSW:
	case X86_INS_OUTSD:
		return true;
	default:
		return false;
	}
}

/* Most blocks have no byte that could be such an opcode, and are not disassembled. */
static bool may_do_io(struct cpu *cpu, uint64_t pc, uint32_t size)
{
	uint8_t bytes[DISASM_WINDOW];
	struct paging p;

	cpu_paging(cpu, &p);
	for (uint32_t at = 0; at < size; at += DISASM_WINDOW) {
		uint32_t n = size - at < DISASM_WINDOW ? size - at : DISASM_WINDOW;

		if (!paging_read(&p, pc + at, bytes, n))
			return true;
		for (uint32_t i = 0; i < n; i++) {
			if (io_opcode(bytes[i]))
				return true;
		}
	}
	return false;
}

int disasm_find_io(struct cpu *cpu, uint64_t pc, uint32_t size)
{
	struct disasm_cursor c;

	if (!may_do_io(cpu, pc, size))
		return -1;
	disasm_start(&c, cpu, pc);
	for (int i = 0; c.pc < pc + size && cursor_next(&c); i++) {
		if (io_instruction(cpu->insn->id))
			return i;
	}
	return -1;
}

int cpu_disassemble(struct cpu *cpu, uint64_t va, char *text, size_t size)
{
	struct disasm_cursor c;

	disasm_start(&c, cpu, va);
	if (size > 0)
		text[0] = '\0';
	if (!cursor_next(&c))
		return 0;
	snprintf(text, size, "%s%s%s", cpu->insn->mnemonic,
	         cpu->insn->op_str[0] ? " " : "", cpu->insn->op_str);
	return cpu->insn->size;
}
