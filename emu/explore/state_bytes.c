/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "explore/state_bytes.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/xxh3.h"

#define VERSION 1
#define NONE UINT64_MAX

enum { HEADER = 3 * 8 };

/* --- writing --- */

void state_put(struct text *out, uint64_t value)
{
	value = htole64(value);
	text_bytes(out, (const char *)&value, sizeof(value));
}

void state_put_double(struct text *out, double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	state_put(out, bits);
}

void state_put_string(struct text *out, const char *s)
{
	state_put(out, s ? strlen(s) : NONE);
	if (s)
		text_string(out, s);
}

size_t state_begin(struct text *out, uint64_t magic)
{
	size_t begun = out->length;

	state_put(out, magic);
	state_put(out, VERSION);
	state_put(out, 0);
	return begun;
}

void state_end(struct text *out, size_t begun)
{
	size_t after = begun + HEADER;
	uint64_t hash;

	if (out->failed)
		return;
	hash = htole64(XXH3_64bits(out->data + after, out->length - after));
	memcpy(out->data + after - sizeof(hash), &hash, sizeof(hash));
}

/* --- reading --- */

uint64_t state_get(struct state_reader *in)
{
	uint64_t value;

	if (in->left < sizeof(value)) {
		in->bad = true;
		return 0;
	}
	memcpy(&value, in->at, sizeof(value));
	in->at += sizeof(value);
	in->left -= sizeof(value);
	return le64toh(value);
}

double state_get_double(struct state_reader *in)
{
	uint64_t bits = state_get(in);
	double value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

char *state_get_string(struct state_reader *in)
{
	uint64_t n = state_get(in);
	char *s;

	if (n == NONE || in->bad)
		return NULL;
	s = n <= in->left ? malloc(n + 1) : NULL;
	if (!s) {
		in->bad = true;
		return NULL;
	}
	memcpy(s, in->at, n);
	s[n] = '\0';
	in->at += n;
	in->left -= n;
	return s;
}

int state_check(struct state_reader *in, uint64_t magic, const char *name)
{
	uint64_t found = state_get(in), version = state_get(in), hash = state_get(in);

	if (in->bad || found != magic)
		return error_set(ERR_FILE, "%s: not the state of a search", name);
	if (version != VERSION)
		return error_set(ERR_FILE,
		                 "%s: the state of a search, of version %llu; only %d is "
		                 "understood",
		                 name, (unsigned long long)version, VERSION);
	if (hash != XXH3_64bits(in->at, in->left))
		return error_set(ERR_FILE, "%s: the state of a search, but damaged",
		                 name);
	return 0;
}
