/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The symbols of the fixture's kernel.  One test program includes it once. */
#ifndef PROBE_SYMBOLS_H
#define PROBE_SYMBOLS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "probe/symbols.h"

static struct symbols *symbols;

static inline int open_fixture(void **state)
{
	(void)state;
	return symbols_open(&symbols, TEST_PROBE_FIXTURE);
}

static inline int close_fixture(void **state)
{
	(void)state;
	symbols_close(symbols);
	return 0;
}

static inline uint64_t address_of(const char *name)
{
	uint64_t address = 0, size;

	if (!symbols_lookup(symbols, name, &address, &size))
		fail_msg("no symbol %s", name);
	return address;
}

#endif
