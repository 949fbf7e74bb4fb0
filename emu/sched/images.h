/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a machine boots: kernel, profile and initrd, read and checked once, for any number
 * of runs.
 */
#ifndef FORKSCOPE_SCHED_IMAGES_H
#define FORKSCOPE_SCHED_IMAGES_H

#include "base/file.h"
#include "probe/kernel.h"

struct images {
	struct file kernel;
	struct file initrd; /* data is NULL without one */
	char kernel_sha256[FILE_SHA256_SIZE];
	char initrd_sha256[FILE_SHA256_SIZE]; /* "" without one */
	struct kernel *probe;
};

/*
 * Reads and checks the images; the paths are borrowed for the life of `images`, and
 * `initrd` may be NULL.  ERR_FILE; then there is nothing to free.
 */
int images_load(struct images *images, const char *kernel, const char *initrd);
void images_free(struct images *images);

#endif
