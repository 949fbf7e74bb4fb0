/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The initial RAM disk: a POSIX ustar archive of regular files and directories.  Checked
 * as a whole before a run, so that a broken one is an error of the user with a place, not
 * a panic of the guest.
 */
#ifndef FORKSCOPE_BOOT_INITRD_H
#define FORKSCOPE_BOOT_INITRD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* A path of ustar: 155 bytes of prefix, a slash, 100 of name, and the final NUL. */
#define BOOT_INITRD_PATH_SIZE 257

struct boot_initrd_member {
	char path[BOOT_INITRD_PATH_SIZE]; /* without "./" before or '/' around it */
	bool directory;
	const uint8_t *data; /* into the archive */
	size_t size;
};

/*
 * Checks every header (magic, checksum, size, kind, name) and that the archive ends with
 * two blocks of zeros.  ERR_FILE with `name` and the offset of the offending header.
 */
int boot_initrd_check(const char *name, const void *archive, size_t size);

/*
 * Brings a path into the form of boot_initrd_member: empty and "." parts go.  The root is
 * the empty path.  False where it does not fit or has a part "..".
 */
bool boot_initrd_path(const char *path, char out[BOOT_INITRD_PATH_SIZE]);

/*
 * Finds the member with a path ("/bin/sh", "bin/sh" and "./bin/sh" are one) in an archive
 * that passed boot_initrd_check().
 */
bool boot_initrd_find(const void *archive, size_t size, const char *path,
                      struct boot_initrd_member *member);

/*
 * Finds a program as the guest's init does: a name with a slash as it is, any other in
 * /bin and then in /testbin.
 */
bool boot_initrd_find_program(const void *archive, size_t size, const char *program,
                              struct boot_initrd_member *member);

#endif
