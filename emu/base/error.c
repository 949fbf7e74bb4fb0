/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MESSAGE_SIZE 1024

static _Thread_local char message[MESSAGE_SIZE];

int error_text(const char *fmt, ...)
{
	/* Formatted aside, since an argument may be the old message itself. */
	char text[MESSAGE_SIZE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	memcpy(message, text, sizeof(message));
	return 0;
}

int error_context(const char *fmt, ...)
{
	char text[MESSAGE_SIZE];
	va_list ap;

	va_start(ap, fmt);
	int used = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (used >= 0 && (size_t)used < sizeof(text)) {
		int room = (int)sizeof(text) - used - (int)sizeof(": ");

		if (room > 0)
			snprintf(text + used, sizeof(text) - (size_t)used, ": %.*s", room,
			         message);
	}
	memcpy(message, text, sizeof(message));
	return 0;
}

const char *error_message(void)
{
	return message;
}

enum exit_status error_exit_status(int err)
{
	switch (err) {
	case 0:
		return EXIT_GOOD;
	case ERR_FAILED:
		return EXIT_FAILED;
	case ERR_USAGE:
		return EXIT_USAGE;
	case ERR_FILE:
	case ERR_MEMORY:
	case ERR_SYSTEM:
	case ERR_ENGINE:
		return EXIT_FILE;
	case ERR_GUEST:
		return EXIT_GUEST;
	case ERR_LIMIT:
		return EXIT_LIMIT;
	default:
		return EXIT_BUG;
	}
}

_Noreturn void bug_at(const char *file, int line, const char *what)
{
	fprintf(stderr, "forkscope: bug at %s:%d: %s\n", file, line, what);
	_Exit(EXIT_BUG);
}
