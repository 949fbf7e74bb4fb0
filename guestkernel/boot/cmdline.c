/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "boot/cmdline.h"

#include <stdbool.h>

#include "lib/panic.h"
#include "lib/string.h"

#define TIMESLICE_DEFAULT 100000
/* A tick costs some hundred instructions; what is left must let a thread get on. */
#define TIMESLICE_MIN 1000
#define TIMESLICE_MAX 4000000000u

struct cmdline cmdline = {.timeslice = TIMESLICE_DEFAULT, .lifetime = "reparent"};

/*
 * The next word, unquoted in place (it only shrinks, so the copy never overtakes the
 * reader); NULL at the end.
 */
static char *next_word(char **cursor)
{
	char *from = *cursor;
	char *word;
	char *to;
	bool quoted = false;

	while (*from == ' ' || *from == '\t' || *from == '\n')
		from++;
	if (*from == '\0')
		return NULL;
	word = to = from;
	for (; *from != '\0' && (quoted || !strchr(" \t\n", *from)); from++) {
		if (*from == '"') {
			quoted = !quoted;
			continue;
		}
		if (quoted && *from == '\\' && (from[1] == '"' || from[1] == '\\'))
			from++;
		*to++ = *from;
	}
	if (quoted)
		panic("command line: a quote is not closed");
	*cursor = *from == '\0' ? from : from + 1;
	*to = '\0';
	return word;
}

static uint32_t parse_timeslice(const char *text)
{
	uint64_t n = 0;
	const char *c = text;

	for (; *c >= '0' && *c <= '9' && n <= TIMESLICE_MAX; c++)
		n = n * 10 + (uint64_t)(*c - '0');
	if (*c != '\0' || n < TIMESLICE_MIN || n > TIMESLICE_MAX)
		panic("command line: timeslice=%s is not a number from %u to %u", text,
		      TIMESLICE_MIN, TIMESLICE_MAX);
	return (uint32_t)n;
}

static const char *value_of(const char *word, const char *name)
{
	size_t n = strlen(name);

	return strncmp(word, name, n) == 0 && word[n] == '=' ? word + n + 1 : NULL;
}

void cmdline_parse(char *line)
{
	char *word;
	const char *value;

	while ((word = next_word(&line)) != NULL && strcmp(word, "--") != 0) {
		if ((value = value_of(word, "timeslice")) != NULL)
			cmdline.timeslice = parse_timeslice(value);
		else if ((value = value_of(word, "lifetime")) != NULL)
			cmdline.lifetime = value;
		else if (strcmp(word, "menu") == 0)
			cmdline.menu = true;
		else
			panic("command line: unknown option \"%s\" (known: timeslice=N, "
			      "lifetime=NAME, menu)",
			      word);
	}
	while (word != NULL && (word = next_word(&line)) != NULL) {
		if (cmdline.argc == CMDLINE_ARGS_MAX)
			panic("command line: more than %d arguments", CMDLINE_ARGS_MAX);
		cmdline.argv[cmdline.argc++] = word;
	}
}
