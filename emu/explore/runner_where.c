/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where preemptions are placed: --within and --without. */
#include "explore/runner_private.h"
#include "probe/symbols.h"

#include <stdlib.h>

static size_t length(const char *const *names)
{
	size_t n = 0;

	while (names && names[n])
		n++;
	return n;
}

static int find(const struct symbols *symbols, const char *const *names,
                struct runner_range **ranges, size_t *n)
{
	*n = length(names);
	*ranges = calloc(*n + 1, sizeof(**ranges));
	if (!*ranges)
		return error_set(ERR_MEMORY, "out of memory");
	for (size_t i = 0; i < *n; i++) {
		uint64_t start, size, offset;

		if (!symbols_lookup(symbols, names[i], &start, &size) ||
		    !symbols_function(symbols, start, &offset))
			return error_set(ERR_USAGE, "the kernel has no function %s",
			                 names[i]);
		(*ranges)[i] = (struct runner_range){start, start + size};
	}
	return 0;
}

static int find_locks(struct runner *r, const struct symbols *symbols,
                      const char *const *names)
{
	r->ncommuting = length(names);
	r->commuting = calloc(r->ncommuting + 1, sizeof(*r->commuting));
	if (!r->commuting)
		return error_set(ERR_MEMORY, "out of memory");
	for (size_t i = 0; i < r->ncommuting; i++) {
		uint64_t size, offset;

		if (!symbols_lookup(symbols, names[i], &r->commuting[i], &size) ||
		    symbols_function(symbols, r->commuting[i], &offset))
			return error_set(ERR_USAGE, "the kernel has no lock %s",
			                 names[i]);
	}
	return 0;
}

int runner_where_set(struct runner *r, const struct symbols *symbols,
                     const struct explore_config *config)
{
	int err = find(symbols, config->within, &r->within, &r->nwithin);

	if (err == 0)
		err = find(symbols, config->without, &r->without, &r->nwithout);
	return err ? err : find_locks(r, symbols, config->commute);
}

static bool in_any(const struct runner_range *ranges, size_t n, uint64_t rip)
{
	for (size_t i = 0; i < n; i++)
		if (rip >= ranges[i].start && rip < ranges[i].end)
			return true;
	return false;
}

bool runner_where_allows(const struct runner *r, uint64_t rip)
{
	return (r->nwithin == 0 || in_any(r->within, r->nwithin, rip)) &&
	       !in_any(r->without, r->nwithout, rip);
}
