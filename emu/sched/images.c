/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sched/images.h"

#include <stdlib.h>
#include <string.h>

#include "boot/elf.h"
#include "boot/initrd.h"
#include "boot/ustar.h"

/* Only a trace needs them, and they take a good part of the time of a short run. */
struct image_digests {
	char kernel[FILE_SHA256_SIZE]; /* "": not known yet */
	char initrd[FILE_SHA256_SIZE];
};

static int load_initrd(struct images *images, const char *path)
{
	int err = file_read(&images->initrd, path, IMAGES_SIZE_MAX);

	if (err == 0)
		err = boot_initrd_check(path, images->initrd.data, images->initrd.size);
	return err;
}

int images_load(struct images *images, const char *kernel, const char *initrd)
{
	int err;

	memset(images, 0, sizeof(*images));
	images->digests = calloc(1, sizeof(*images->digests));
	if (!images->digests)
		return error_set(ERR_MEMORY, "out of memory");
	err = file_read(&images->kernel, kernel, IMAGES_SIZE_MAX);
	if (err == 0)
		err = boot_elf_check(kernel, images->kernel.data, images->kernel.size);
	if (err == 0)
		err = kernel_open(&images->probe, kernel);
	if (err == 0 && initrd)
		err = load_initrd(images, initrd);
	if (err)
		images_free(images);
	return err;
}

int images_add(struct images *images, const char *path, const void *data, size_t size)
{
	int err;

	if (!images->initrd.data)
		return error_set(ERR_FILE, "%s: no initrd to put it into", path);
	if (size > IMAGES_SIZE_MAX || images->initrd.size > IMAGES_SIZE_MAX - size)
		return error_set(ERR_FILE, "%s: the initrd would exceed %u bytes", path,
		                 IMAGES_SIZE_MAX);
	err = ustar_add(&images->initrd, path, data, size);
	images->digests->initrd[0] = '\0';
	return err;
}

void images_free(struct images *images)
{
	kernel_close(images->probe);
	file_free(&images->kernel);
	file_free(&images->initrd);
	free(images->digests);
	memset(images, 0, sizeof(*images));
}

static const char *digest(char hex[FILE_SHA256_SIZE], const struct file *file)
{
	if (hex[0] == '\0' && file->data)
		file_sha256(file->data, file->size, hex);
	return hex;
}

const char *images_kernel_sha256(const struct images *images)
{
	return digest(images->digests->kernel, &images->kernel);
}

const char *images_initrd_sha256(const struct images *images)
{
	return digest(images->digests->initrd, &images->initrd);
}
