/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers that are no call's. */
#include "badcall.h"

#include <abi/syscall.h>
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

void bad_numbers(void)
{
	static const long numbers[] = {
		1,    8,          44,         51,          120, SYS_COUNT,
		1000, 0x7fffffff, 0x80000000, 0x100000000, -1,  (long)(1UL << 63),
	};
	char what[40];

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		snprintf(what, sizeof(what), "number %ld", numbers[i]);
		expect("syscall", what, syscall(numbers[i], -1L, -1L, -1L), ENOSYS);
	}
}
