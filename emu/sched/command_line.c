/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sched/command_line.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

static size_t quoted_size(const char *arg)
{
	return 2 * strlen(arg) + 3; /* every character escaped, two quotes, a space */
}

static char *put(char *to, const char *text)
{
	size_t n = strlen(text);

	memcpy(to, text, n);
	return to + n;
}

static char *put_quoted(char *to, const char *arg)
{
	if (*arg && !strpbrk(arg, " \"\\"))
		return put(to, arg);
	*to++ = '"';
	for (; *arg; arg++) {
		if (*arg == '"' || *arg == '\\')
			*to++ = '\\';
		*to++ = *arg;
	}
	*to++ = '"';
	return to;
}

static bool printable(const char *arg)
{
	for (; *arg; arg++) {
		if ((unsigned char)*arg < ' ' || *arg == 0x7f)
			return false;
	}
	return true;
}

int command_line_join(char **line, const char *words, const char *append, int argc,
                      const char *const *argv)
{
	size_t size = strlen(words) + (append ? strlen(append) : 0) + sizeof("   -- ");
	char *to;

	for (int i = 0; i < argc; i++) {
		if (!printable(argv[i]))
			return error_set(
				ERR_USAGE,
				"argument %d of the program has a control "
				"character, which a kernel command line cannot carry",
				i);
		size += quoted_size(argv[i]);
	}
	to = *line = malloc(size);
	if (!to)
		return error_set(ERR_MEMORY, "out of memory");
	to = put(to, words);
	if (append && *append) {
		if (to != *line)
			*to++ = ' ';
		to = put(to, append);
	}
	if (argc > 0)
		to = put(to, to == *line ? "--" : " --");
	for (int i = 0; i < argc; i++) {
		*to++ = ' ';
		to = put_quoted(to, argv[i]);
	}
	*to = '\0';
	return 0;
}
