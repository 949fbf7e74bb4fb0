/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a machine boots: kernel, profile and initrd, read and checked once, for any number
 * of runs.
 */
#ifndef FORKSCOPE_SCHED_IMAGES_H
#define FORKSCOPE_SCHED_IMAGES_H

#include "base/file.h"
#include "probe/kernel.h"

/* Bytes.  Far above what a teaching kernel needs; keeps a wrong path from filling memory.
 */
#define IMAGES_SIZE_MAX (256u << 20)

struct images {
	struct file kernel;
	struct file initrd; /* data is NULL without one */
	struct kernel *probe;
	struct image_digests *digests; /* of those asked for, as they are found */
};

/*
 * Reads and checks the images; the paths are borrowed for the life of `images`, and
 * `initrd` may be NULL.  ERR_FILE; then there is nothing to free.
 */
int images_load(struct images *images, const char *kernel, const char *initrd);
/*
 * Puts a file with `size` bytes of `data` at `path` of the guest into the initrd; before
 * any run.  As ustar_add(), and ERR_FILE where there is no initrd, or one too large.
 */
int images_add(struct images *images, const char *path, const void *data, size_t size);
void images_free(struct images *images);

/* In hexadecimal, for the life of `images` as they are; "" for an initrd there is not. */
const char *images_kernel_sha256(const struct images *images);
const char *images_initrd_sha256(const struct images *images);

#endif
