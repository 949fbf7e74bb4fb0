/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "thread/cpu.h"

#include <stddef.h>

#include "lib/panic.h"
#include "x86.h"

_Static_assert(offsetof(struct cpu, current) == CPU_CURRENT, "entry.S relies on it");
_Static_assert(offsetof(struct cpu, kernel_rsp) == CPU_KERNEL_RSP,
               "entry.S relies on it");
_Static_assert(offsetof(struct cpu, user_rsp) == CPU_USER_RSP, "entry.S relies on it");

struct cpu cpus[CPUS_MAX];

void cpu_init(int id)
{
	struct cpu *c = &cpus[id];

	c->self = c;
	c->id = id;
	x86_wrmsr(MSR_GS_BASE, (uint64_t)c);
	x86_wrmsr(MSR_KERNEL_GS_BASE, 0);
}
