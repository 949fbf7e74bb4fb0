/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cpu/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

/* The engine's callbacks go through void *, which ISO C does not promise for functions */
#define CALLBACK(f) ((void *)(uintptr_t)(f))

static uint32_t on_in(uc_engine *uc, uint32_t port, int size, void *opaque)
{
	struct cpu *cpu = opaque;

	(void)uc;
	access_on_port(cpu, (uint16_t)port, size, false);
	return cpu->bus->in(cpu->bus->ctx, cpu->index, (uint16_t)port, size);
}

static void on_out(uc_engine *uc, uint32_t port, int size, uint32_t value, void *opaque)
{
	struct cpu *cpu = opaque;

	(void)uc;
	access_on_port(cpu, (uint16_t)port, size, true);
	cpu->bus->out(cpu->bus->ctx, cpu->index, (uint16_t)port, size, value);
}

static void on_syscall(uc_engine *uc, void *opaque)
{
	struct cpu *cpu = opaque;

	cpu->pending.rip = cpu_reg(cpu, UC_X86_REG_RIP);
	cpu->event = EVENT_SYSCALL;
	uc_emu_stop(uc);
}

/* Retired before the instruction at RIP, from inside a callback of that instruction. */
static uint64_t exact_icount(struct cpu *cpu)
{
	int done = disasm_count(cpu, blocks_start(cpu), cpu_reg(cpu, UC_X86_REG_RIP));

	return cpu->icount - blocks_counted(cpu) + (done > 0 ? (uint32_t)done : 0);
}

/* RDTSC and RDTSCP give guest time, to the instruction. */
static int on_rdtsc(uc_engine *uc, void *opaque)
{
	struct cpu *cpu = opaque;
	uint64_t now = cpu->bus->tsc(cpu->bus->ctx, cpu->index, exact_icount(cpu));
	uint64_t low = now & 0xffffffff, high = now >> 32;
	uc_reg_write(uc, UC_X86_REG_RAX, &low);
	uc_reg_write(uc, UC_X86_REG_RDX, &high);
	return 1;
}

static int on_rdtscp(uc_engine *uc, void *opaque)
{
	struct cpu *cpu = opaque;
	uint64_t index = (uint64_t)cpu->index;

	uc_reg_write(uc, UC_X86_REG_RCX, &index);
	return on_rdtsc(uc, opaque);
}

/*
 * A fixed processor: what the engine executes and nothing that depends on the host.
 * Without RDRAND, XSAVE, FSGSBASE; with a time-stamp counter of 1 GHz (leaf 15H).
 */
static int on_cpuid(uc_engine *uc, void *opaque)
{
	static const struct {
		uint32_t leaf;
		uint32_t eax, ebx, ecx, edx;
	} leaves[] = {
		{0x00000000, 0x15, 0x6b726f66, 0x20202065, 0x706f6373}, /* "forkscope" */
		{0x00000001, 0x00000663, 0x00000800, 0x00002001, 0x078bfbfd},
		{0x00000015, 1, 1, 1000000000, 0},
		{0x80000000, 0x80000008, 0, 0, 0},
		{0x80000001, 0x00000663, 0, 0x00000001, 0x20100800},
		{0x80000008, 0x00003028, 0, 0, 0},
	};
	uint64_t out[4] = {0};
	static const int regs[4] = {UC_X86_REG_RAX, UC_X86_REG_RBX, UC_X86_REG_RCX,
	                            UC_X86_REG_RDX};
	uint32_t leaf = (uint32_t)cpu_reg(opaque, UC_X86_REG_RAX);

	for (size_t i = 0; i < sizeof(leaves) / sizeof(*leaves); i++) {
		if (leaves[i].leaf == leaf) {
			out[0] = leaves[i].eax;
			out[1] = leaves[i].ebx;
			out[2] = leaves[i].ecx;
			out[3] = leaves[i].edx;
		}
	}
	for (int i = 0; i < 4; i++)
		uc_reg_write(uc, regs[i], &out[i]);
	return 1;
}

static uint64_t on_mmio_read(uc_engine *uc, uint64_t offset, unsigned size, void *opaque)
{
	struct mmio_window *w = opaque;
	struct cpu *cpu = w->cpu;

	(void)uc;
	return cpu->bus->mmio_read(cpu->bus->ctx, cpu->index, w->base + offset,
	                           (int)size);
}

static void on_mmio_write(uc_engine *uc, uint64_t offset, unsigned size, uint64_t value,
                          void *opaque)
{
	struct mmio_window *w = opaque;
	struct cpu *cpu = w->cpu;

	(void)uc;
	cpu->bus->mmio_write(cpu->bus->ctx, cpu->index, w->base + offset, (int)size,
	                     value);
}

static int add_hooks(struct cpu *cpu)
{
	const struct {
		int type;
		void *callback;
		int insn;
	} hooks[] = {
		{UC_HOOK_BLOCK, CALLBACK(blocks_on_block), 0},
		{UC_HOOK_INTR, CALLBACK(deliver_on_exception), 0},
		{UC_HOOK_INSN_INVALID, CALLBACK(deliver_on_invalid), 0},
		{UC_HOOK_INSN, CALLBACK(on_in), UC_X86_INS_IN},
		{UC_HOOK_INSN, CALLBACK(on_out), UC_X86_INS_OUT},
		{UC_HOOK_INSN, CALLBACK(on_syscall), UC_X86_INS_SYSCALL},
		{UC_HOOK_INSN, CALLBACK(on_rdtsc), UC_X86_INS_RDTSC},
		{UC_HOOK_INSN, CALLBACK(on_rdtscp), UC_X86_INS_RDTSCP},
		{UC_HOOK_INSN, CALLBACK(on_cpuid), UC_X86_INS_CPUID},
	};

	for (size_t i = 0; i < sizeof(hooks) / sizeof(*hooks); i++) {
		uc_hook handle;

		if (uc_hook_add(cpu->uc, i == 0 ? &cpu->block_hook : &handle,
		                hooks[i].type, hooks[i].callback, cpu, 1, 0,
		                hooks[i].insn) != UC_ERR_OK)
			return error_set(ERR_ENGINE,
			                 "Unicorn refuses a hook (number %zu)", i);
	}
	return 0;
}

/*
 * Bytes for translations.  Where they are full, the engine begins anew.  It would take
 * 1 GiB: too much between them and what they call (docs/tricks.md).
 */
#define TRANSLATIONS (128u << 20)

static int open_engine(struct cpu *cpu)
{
	uint64_t none = 0;
	int err = layout_find(&cpu->layout);

	if (err)
		return err;
	/* Exits are on from the start: switching them later would flush all code. */
	if (uc_open(UC_ARCH_X86, UC_MODE_64, &cpu->uc) != UC_ERR_OK ||
	    uc_ctl_set_cpu_model(cpu->uc, UC_CPU_X86_QEMU64) != UC_ERR_OK ||
	    uc_ctl_set_tcg_buffer_size(cpu->uc, TRANSLATIONS) != UC_ERR_OK ||
	    uc_ctl_exits_enable(cpu->uc) != UC_ERR_OK ||
	    uc_ctl_set_exits(cpu->uc, &none, 0) != UC_ERR_OK ||
	    uc_context_alloc(cpu->uc, &cpu->context) != UC_ERR_OK ||
	    uc_context_alloc(cpu->uc, &cpu->io_context) != UC_ERR_OK)
		return error_set(ERR_ENGINE, "Unicorn cannot open an x86-64 engine");
	cpu->words = (uint32_t *)cpu->context;
	if (uc_mem_map_ptr(cpu->uc, 0, cpu->ram_size, UC_PROT_ALL, cpu->ram) != UC_ERR_OK)
		return error_set(ERR_ENGINE, "Unicorn cannot map the guest's RAM");
	exitcheck_open(cpu);
	return add_hooks(cpu);
}

int cpu_create(struct cpu **out, int index, uint8_t *ram, uint64_t ram_size,
               const struct cpu_bus *bus)
{
	struct cpu *cpu = calloc(1, sizeof(*cpu));
	int err;

	if (!cpu)
		return error_set(ERR_MEMORY, "out of memory");
	cpu->index = index;
	cpu->ram = ram;
	cpu->ram_size = ram_size;
	cpu->bus = bus;
	cpu->slow_block = blocks_slow;
	cpu->stamp[0] = cpu->lower_stamp = STAMP_LOWER;
	cpu->stamp[1] = cpu->half_stamp = STAMP_UPPER;
	cpu->frames = calloc(ram_size / PAGE_SIZE, sizeof(*cpu->frames));
	err = cpu->frames ? open_engine(cpu) : error_set(ERR_MEMORY, "out of memory");
	if (err == 0)
		err = disasm_open(cpu);
	if (err) {
		cpu_destroy(cpu);
		return err;
	}
	*out = cpu;
	return 0;
}

void cpu_destroy(struct cpu *cpu)
{
	if (!cpu)
		return;
	disasm_close(cpu);
	if (cpu->context)
		uc_context_free(cpu->context);
	if (cpu->io_context)
		uc_context_free(cpu->io_context);
	if (cpu->uc)
		uc_close(cpu->uc);
	free(cpu->probes);
	free(cpu->frames);
	free(cpu->access);
	free(cpu);
}

int cpu_map_mmio(struct cpu *cpu, uint64_t base, uint64_t size)
{
	struct mmio_window *w;

	BUG_ON(cpu->nmmio == MMIO_WINDOWS);
	w = &cpu->mmio[cpu->nmmio++];
	*w = (struct mmio_window){cpu, base};
	if (uc_mmio_map(cpu->uc, base, size, on_mmio_read, w, on_mmio_write, w) !=
	    UC_ERR_OK)
		return error_set(ERR_ENGINE, "Unicorn cannot map device memory");
	return 0;
}

static void set_fast_limit(struct cpu *cpu)
{
	cpu->fast_limit = cpu->due < cpu->limit ? cpu->due : cpu->limit;
	if (cpu->window || cpu->stop)
		cpu->fast_limit = 0;
}

void cpu_due(struct cpu *cpu, uint64_t due)
{
	if (due < cpu->due) {
		cpu->due = due;
		set_fast_limit(cpu);
	}
}

void cpu_stop(struct cpu *cpu)
{
	cpu->stop = true;
	cpu->fast_limit = 0;
}

void cpu_stop_at_io(struct cpu *cpu)
{
	char text[64];
	uint64_t rip = cpu_reg(cpu, UC_X86_REG_RIP);

	cpu->icount = exact_icount(cpu) + 1;
	cpu->block = NULL;
	cpu->fast_limit = 0;
	cpu->event = EVENT_STOP;
	/* The engine runs the block to its end; the registers must not show it. */
	uc_context_save(cpu->uc, cpu->io_context);
	cpu->io_rip = rip + (uint64_t)cpu_disassemble(cpu, rip, text, sizeof(text));
	cpu->io_stop = true;
	uc_emu_stop(cpu->uc);
}

static void finish_io_stop(struct cpu *cpu)
{
	cpu->io_stop = false;
	uc_context_restore(cpu->uc, cpu->io_context);
	uc_reg_write(cpu->uc, UC_X86_REG_RIP, &cpu->io_rip);
}

/* Ring 3 runs up to its IN or OUT, which then is #GP(0). */
static void run_to_io(struct cpu *cpu)
{
	int n = blocks_find_io(cpu);

	BUG_ON(n < 0);
	cpu->event = EVENT_NONE;
	if (n > 0)
		blocks_run_part(cpu, (uint32_t)n);
	if (cpu->event != EVENT_NONE)
		return;
	cpu->pending = (struct exception){
		.vector = VECTOR_GP,
		.has_error = true,
		.rip = cpu_reg(cpu, UC_X86_REG_RIP),
	};
	cpu->event = EVENT_EXCEPTION;
}

/*
 * What the guest did that the engine cannot do.  A hook on unmapped memory would tell the
 * physical address too, but costs every access of the guest two thirds of its speed.
 */
static void describe_error(struct cpu *cpu, uc_err err, uint64_t rip)
{
	const char *what;
	char insn[96];

	switch (err) {
	case UC_ERR_READ_UNMAPPED:
		what = "read from a physical address where this machine has nothing";
		break;
	case UC_ERR_WRITE_UNMAPPED:
		what = "write to a physical address where this machine has nothing";
		break;
	case UC_ERR_FETCH_UNMAPPED:
		what = "code fetched from a physical address where this machine has nothing";
		break;
	default:
		what = uc_strerror(err);
		break;
	}
	cpu_disassemble(cpu, rip, insn, sizeof(insn));
	cpu_set_fault(cpu, "%s, at %#llx%s%s", what, (unsigned long long)rip,
	              insn[0] ? ": " : "", insn);
}

/* The engine came back without an event of ours: HLT, or an error. */
static void explain_return(struct cpu *cpu, uc_err err)
{
	uint64_t rip = cpu_reg(cpu, UC_X86_REG_RIP);

	if (err == UC_ERR_OK)
		return;
	blocks_settle(cpu, rip);
	describe_error(cpu, err, rip);
	cpu->event = EVENT_FAULT;
}

static bool take_exception(struct cpu *cpu)
{
	struct exception e = cpu->pending;
	bool fetch = e.vector == VECTOR_PF && (e.error & 0x10);

	/* A fault on fetching comes before its block begins: the last one is complete. */
	if (!fetch)
		blocks_settle(cpu, e.rip);
	cpu->block = NULL;
	if (!e.software)
		cpu->bus->exception(cpu->bus->ctx, cpu->index, e.vector, e.error,
		                    e.address);
	return deliver(cpu, e);
}

/*
 * Deals with what brought the engine back.  True: go on running; false: *exit is set.
 */
static bool handle_event(struct cpu *cpu, enum cpu_exit *exit)
{
	if (cpu->event == EVENT_IO)
		run_to_io(cpu);
	if (cpu->event == EVENT_PARTIAL) {
		uint64_t n = cpu->limit - cpu->icount;

		cpu->event = EVENT_NONE;
		if (n > 0)
			blocks_run_part(cpu, (uint32_t)n);
		if (cpu->event == EVENT_NONE) {
			*exit = CPU_LIMIT;
			return false;
		}
	}
	switch (cpu->event) {
	case EVENT_NONE:
		*exit = CPU_HALTED;
		return false;
	case EVENT_DUE:
		*exit = CPU_LIMIT;
		return false;
	case EVENT_EXCEPTION:
		*exit = CPU_FAULT;
		return take_exception(cpu);
	case EVENT_SYSCALL:
		cpu->block = NULL;
		cpu->bus->syscall(cpu->bus->ctx, cpu->index);
		*exit = CPU_FAULT;
		return deliver_syscall(cpu);
	case EVENT_STALE:
		blocks_drop_stale(cpu);
		return true;
	case EVENT_WINDOW:
		*exit = CPU_WINDOW;
		return false;
	case EVENT_STOP:
		if (cpu->io_stop)
			finish_io_stop(cpu);
		*exit = CPU_STOPPED;
		return false;
	default:
		*exit = CPU_FAULT;
		return false;
	}
}

enum cpu_exit cpu_run(struct cpu *cpu, uint64_t limit, uint64_t due, bool window)
{
	enum cpu_exit exit = CPU_LIMIT;

	cpu->limit = limit;
	cpu->due = due;
	cpu->window = window;
	cpu->stop = false;
	cpu->fault[0] = '\0';
	do {
		if (cpu->stop)
			return CPU_STOPPED;
		if (cpu->icount >= cpu->limit || cpu->icount >= cpu->due)
			return CPU_LIMIT;
		set_fast_limit(cpu);
		exitcheck_resume(cpu);
		cpu->event = EVENT_NONE;
		uc_err err = uc_emu_start(cpu->uc, cpu_reg(cpu, UC_X86_REG_RIP), 0, 0, 0);
		if (cpu->event == EVENT_NONE)
			explain_return(cpu, err);
		cpu->fast_limit = 0;
	} while (handle_event(cpu, &exit));
	cpu->block = NULL;
	return exit;
}

int cpu_interrupt(struct cpu *cpu, int vector)
{
	struct exception e = {.vector = vector, .rip = cpu_reg(cpu, UC_X86_REG_RIP)};

	return deliver(cpu, e) ? 0 : CPU_FAULT;
}
