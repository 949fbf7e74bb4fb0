/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading a ustar archive in memory.  Touches nothing but its arguments. */
#ifndef FS_TAR_H
#define FS_TAR_H

#include <stddef.h>
#include <stdint.h>

#define TAR_PATH_SIZE 258 /* prefix, '/', name, NUL */

enum tar_type {
	TAR_FILE,
	TAR_DIRECTORY,
};

struct tar_member {
	char path[TAR_PATH_SIZE];
	enum tar_type type;
	const uint8_t *bytes; /* in the archive */
	uint64_t size;
};

/*
 * Reads the member at *offset and moves *offset to the next.  1 where there is one, 0 at
 * the end of the archive.  Where it is malformed, -1 with *why saying how (a constant),
 * and *offset stays.
 */
int tar_next(const uint8_t *archive, uint64_t size, uint64_t *offset,
             struct tar_member *member, const char **why);

#endif
