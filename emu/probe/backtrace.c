/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/backtrace.h"

/*
 * A return address may be one past the end of its function, where the call was the last
 * instruction because the callee never returns: the call itself is what counts.
 */
static bool is_return_address(const struct symbols *symbols, uint64_t address)
{
	uint64_t offset;

	return symbols_function(symbols, address - 1, &offset) != NULL;
}

size_t backtrace_walk(struct machine *m, int cpu, const struct symbols *symbols,
                      uint64_t *frames, size_t max)
{
	struct machine_registers registers;
	uint64_t frame, link[2]; /* the caller's frame pointer, the return address */
	size_t n = 0;

	machine_registers(m, cpu, &registers);
	if (max == 0)
		return 0;
	frames[n++] = registers.rip;
	frame = registers.gpr[GPR_RBP];
	while (n < max && frame % sizeof(uint64_t) == 0 &&
	       machine_read(m, cpu, frame, link, sizeof(link)) &&
	       is_return_address(symbols, link[1])) {
		frames[n++] = link[1];
		if (link[0] <= frame)
			break;
		frame = link[0];
	}
	return n;
}
