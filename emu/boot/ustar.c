/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "boot/ustar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot/initrd.h"

/* One file and the directories above it that are missing, as the archive will have them.
 */
struct addition {
	struct ustar_header headers[BOOT_INITRD_PATH_SIZE / 2 + 1]; /* the file's last */
	size_t nheaders;
	const void *data;
	size_t size;
};

static size_t padded(size_t size)
{
	return (size + USTAR_BLOCK - 1) & ~(size_t)(USTAR_BLOCK - 1);
}

static void seal(struct ustar_header *h)
{
	const unsigned char *bytes = (const unsigned char *)h;
	unsigned int sum = 0;

	memset(h->checksum, ' ', sizeof(h->checksum));
	for (size_t i = 0; i < sizeof(*h); i++)
		sum += bytes[i];
	snprintf(h->checksum, sizeof(h->checksum) - 1, "%06o", sum);
}

/* Name and prefix, split at a slash where the name alone does not hold the path. */
static bool set_path(struct ustar_header *h, const char *path)
{
	size_t length = strlen(path), skip = 0;

	if (length > sizeof(h->name)) {
		const char *slash = strchr(path + length - sizeof(h->name) - 1, '/');

		if (!slash || (size_t)(slash - path) > sizeof(h->prefix))
			return false;
		memcpy(h->prefix, path, (size_t)(slash - path));
		skip = (size_t)(slash - path) + 1;
	}
	memcpy(h->name, path + skip, length - skip);
	return true;
}

static bool add_header(struct addition *a, const char *path, char kind, size_t size)
{
	struct ustar_header *h = &a->headers[a->nheaders++];

	if (!set_path(h, path))
		return false;
	memcpy(h->mode, "0000755", sizeof(h->mode));
	memcpy(h->uid, "0000000", sizeof(h->uid));
	memcpy(h->gid, "0000000", sizeof(h->gid));
	snprintf(h->size, sizeof(h->size), "%011zo", size);
	memcpy(h->mtime, "00000000000", sizeof(h->mtime));
	memcpy(h->magic, "ustar", sizeof(h->magic));
	memcpy(h->version, "00", sizeof(h->version));
	h->kind = kind;
	seal(h);
	return true;
}

/* The headers for `path`, which is in the form of boot_initrd_member. */
static int make_headers(struct addition *a, const struct file *archive, const char *path)
{
	struct boot_initrd_member member;
	char directory[BOOT_INITRD_PATH_SIZE];

	for (const char *slash = strchr(path, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		memcpy(directory, path, (size_t)(slash - path));
		directory[slash - path] = '\0';
		if (!boot_initrd_find(archive->data, archive->size, directory, &member)) {
			if (!add_header(a, directory, '5', 0))
				return error_set(ERR_USAGE, "/%s: too long a path", path);
		} else if (!member.directory) {
			return error_set(ERR_USAGE, "/%s: /%s is a file in %s", path,
			                 directory, archive->path);
		}
	}
	if (!add_header(a, path, '0', a->size))
		return error_set(ERR_USAGE, "/%s: too long a path", path);
	return 0;
}

/*
 * In front of what is there: the end of an archive would have to be searched for.  What
 * stands from `cut` to `resume` is the file that is replaced.
 */
static int put(struct file *archive, const struct addition *a, size_t cut, size_t resume)
{
	size_t headers = a->nheaders * sizeof(a->headers[0]);
	size_t before = headers + padded(a->size);
	size_t size = before + archive->size - (resume - cut);
	uint8_t *data = calloc(1, size + 1);

	if (!data)
		return error_set(ERR_MEMORY, "out of memory");
	memcpy(data, a->headers, headers);
	if (a->size > 0)
		memcpy(data + headers, a->data, a->size);
	memcpy(data + before, archive->data, cut);
	memcpy(data + before + cut, archive->data + resume, archive->size - resume);
	free(archive->data);
	archive->data = data;
	archive->size = size;
	return 0;
}

int ustar_add(struct file *archive, const char *path, const void *data, size_t size)
{
	struct boot_initrd_member old;
	char clean[BOOT_INITRD_PATH_SIZE];
	size_t cut = 0, resume = 0;
	struct addition *a;
	int err;

	if (path[0] != '/')
		return error_set(ERR_USAGE, "%s: not an absolute path of the guest",
		                 path);
	if (!boot_initrd_path(path, clean))
		return error_set(ERR_USAGE, "%s: too long a path, or one with \"..\"",
		                 path);
	/* The root is a directory whether the archive says so or not. */
	bool found = boot_initrd_find(archive->data, archive->size, clean, &old);

	if (clean[0] == '\0' || (found && old.directory))
		return error_set(ERR_USAGE, "%s: a directory in %s", path, archive->path);
	if (found) {
		cut = (size_t)(old.data - archive->data) - USTAR_BLOCK;
		resume = cut + USTAR_BLOCK + padded(old.size);
	}
	a = calloc(1, sizeof(*a));
	if (!a)
		return error_set(ERR_MEMORY, "out of memory");
	a->data = data;
	a->size = size;
	err = make_headers(a, archive, clean);
	if (err == 0)
		err = put(archive, a, cut, resume);
	free(a);
	return err;
}
