/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ustar format of an initrd, and adding files to an archive in memory. */
#ifndef FORKSCOPE_BOOT_USTAR_H
#define FORKSCOPE_BOOT_USTAR_H

#include <stddef.h>

#include "base/error.h"
#include "base/file.h"

#define USTAR_BLOCK 512u

struct ustar_header {
	char name[100];
	char mode[8];
	char uid[8];
	char gid[8];
	char size[12];
	char mtime[12];
	char checksum[8];
	char kind;
	char link[100];
	char magic[6];
	char version[2];
	char user[32];
	char group[32];
	char major[8];
	char minor[8];
	char prefix[155];
	char unused[12];
};

_Static_assert(sizeof(struct ustar_header) == USTAR_BLOCK, "a ustar header is one block");

/*
 * Puts a regular file with `size` bytes of `data` at `path`, an absolute path of the
 * guest, into an archive that passed boot_initrd_check(); in place of a file that is
 * there already, and with the directories that it needs.  The same calls give the same
 * bytes.
 *
 * ERR_USAGE where the path is not absolute, has a part "..", is too long for the format,
 * is that of a directory or leads through a file; ERR_MEMORY.  Then the archive is as it
 * was.
 */
int ustar_add(struct file *archive, const char *path, const void *data, size_t size);

#endif
