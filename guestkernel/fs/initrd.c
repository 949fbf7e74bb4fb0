/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fs/initrd.h"

#include <stdbool.h>

#include "abi/errno.h"
#include "boot/boot_info.h"
#include "fs/inode.h"
#include "fs/tar.h"
#include "lib/panic.h"
#include "lib/string.h"
#include "mm/layout.h"

/*
 * Archives may leave directories out or name them after their files: makes those that
 * `path` (a scratch copy) leads through.
 */
static int make_parents(char *path)
{
	for (char *c = path + 1; *c != '\0'; c++) {
		struct inode *dir;
		int error;

		if (*c != '/' || c[1] == '\0')
			continue;
		*c = '\0';
		error = inode_create(inode_root(), path, INODE_DIRECTORY, true, &dir);
		*c = '/';
		if (error != 0)
			return error;
		inode_put(dir);
	}
	return 0;
}

static int add_member(const struct tar_member *m)
{
	enum inode_type type = m->type == TAR_DIRECTORY ? INODE_DIRECTORY : INODE_FILE;
	bool reuse = type == INODE_DIRECTORY;
	struct inode *inode;
	int error = inode_create(inode_root(), m->path, type, reuse, &inode);

	if (error == -ENOENT) {
		char path[TAR_PATH_SIZE];

		string_copy(path, m->path, sizeof(path));
		error = make_parents(path);
		if (error == 0)
			error = inode_create(inode_root(), m->path, type, reuse, &inode);
	}
	if (error != 0)
		return error;
	if (type == INODE_FILE)
		inode_set_image(inode, m->bytes, m->size);
	inode_put(inode);
	return 0;
}

void initrd_load(void)
{
	const uint8_t *archive = phys_to_virt(boot_info.initrd.start);
	uint64_t size = boot_info.initrd.end - boot_info.initrd.start;
	uint64_t offset = 0;
	struct tar_member member;
	const char *why;

	if (size == 0)
		panic("initrd: none given");
	for (;;) {
		uint64_t at = offset;
		int result = tar_next(archive, size, &offset, &member, &why);
		int error;

		if (result == 0)
			return;
		if (result < 0)
			panic("initrd: %s at offset %lu", why, at);
		error = add_member(&member);
		if (error != 0)
			panic("initrd: cannot add %s at offset %lu (error %d)",
			      member.path, at, -error);
	}
}
