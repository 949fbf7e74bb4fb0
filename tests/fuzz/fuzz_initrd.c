/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The initrd reader on any bytes.  Checksums are made right first, since a fuzzer cannot
 * guess them; what is accepted must give members inside the archive, by any name.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot/initrd.h"

#define BLOCK 512u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void seal_headers(uint8_t *archive, size_t size)
{
	for (size_t at = 0; at + BLOCK <= size; at += BLOCK) {
		uint8_t *header = archive + at;
		unsigned int sum = 0;

		if (memcmp(header + 257, "ustar", 6) != 0)
			continue;
		memset(header + 148, ' ', 8);
		for (size_t i = 0; i < BLOCK; i++)
			sum += header[i];
		snprintf((char *)header + 148, 8, "%06o", sum & 0777777);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const programs[] = {"sh", "/bin/sh", "forktest", "", "a/b"};
	struct boot_initrd_member member;
	/* Of the exact size, for the sanitizer to see the first byte beyond. */
	uint8_t *archive = malloc(size == 0 ? 1 : size);

	if (archive == NULL)
		abort();
	memcpy(archive, data, size);
	seal_headers(archive, size);
	if (boot_initrd_check("fuzz", archive, size) == 0)
		for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
			if (boot_initrd_find_program(archive, size, programs[i], &member))
				BUG_ON(member.data < archive || member.directory ||
				       member.size > size ||
				       member.data > archive + size - member.size);
	free(archive);
	return 0;
}
