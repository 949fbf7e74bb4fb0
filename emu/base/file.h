/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whole files in memory and back, and the SHA-256 by which a trace names its images.
 *
 * SHA-256 is Nettle's: a quarter of a megabyte with no configuration of its own, where
 * libcrypto would bring several megabytes and a start-up that reads files of the host.
 */
#ifndef FORKSCOPE_BASE_FILE_H
#define FORKSCOPE_BASE_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define FILE_SHA256_SIZE 65 /* in hexadecimal, with the final NUL */

struct file {
	const char *path; /* as given to file_read(), borrowed */
	uint8_t *data;    /* owned; one NUL stands after the last byte */
	size_t size;
};

/*
 * Reads a regular file, a pipe or a device to its end.  ERR_FILE where it cannot be
 * opened or read, is a directory, or holds more than `limit` bytes; then there is nothing
 * to free.
 */
int file_read(struct file *file, const char *path, size_t limit);

/* A new file of these bytes, or one that is there emptied first.  ERR_SYSTEM. */
int file_write(const char *path, const void *data, size_t size);
/*
 * The same so that whoever looks at `path` sees the old bytes or the new ones, even after
 * a crash; by way of PATH.new.  ERR_SYSTEM, ERR_MEMORY.
 */
int file_replace(const char *path, const void *data, size_t size);

/* Makes a directory where there is none.  ERR_SYSTEM. */
int file_make_directory(const char *path);
/* The last part of a path; NULL for NULL. */
const char *file_base_name(const char *path);

/* Frees what file_read() allocated; a zeroed structure is allowed. */
void file_free(struct file *file);

void file_sha256(const void *data, size_t size, char hex[FILE_SHA256_SIZE]);

#endif
