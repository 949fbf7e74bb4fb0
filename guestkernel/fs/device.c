/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fs/device.h"

#include <stddef.h>

#include "abi/errno.h"
#include "abi/stat.h"
#include "compiler.h"
#include "dev/console.h"
#include "fs/file.h"
#include "lib/string.h"
#include "thread/spinlock.h"

static struct spinlock random_lock = SPINLOCK_INIT("random_lock");
static uint32_t random_state = 1; /* random_lock */

static int64_t console_file_read(struct file *file, uint8_t *bytes, size_t n)
{
	(void)file;
	return (int64_t)console_read((char *)bytes, n);
}

static int64_t console_file_write(struct file *file, const uint8_t *bytes, size_t n)
{
	(void)file;
	console_write((const char *)bytes, n);
	return (int64_t)n;
}

static int64_t null_read(struct file *file, uint8_t *bytes, size_t n)
{
	(void)file;
	(void)bytes;
	(void)n;
	return 0;
}

static int64_t null_write(struct file *file, const uint8_t *bytes, size_t n)
{
	(void)file;
	(void)bytes;
	return (int64_t)n;
}

/*
 * Marsaglia's xorshift: no state but 0 leads to 0.  Nothing about the machine is left to
 * chance, so neither are these.
 */
static uint32_t draw(void)
{
	uint32_t n;

	spinlock_acquire(&random_lock);
	n = random_state;
	n ^= n << 13;
	n ^= n >> 17;
	n ^= n << 5;
	random_state = n;
	spinlock_release(&random_lock);
	return n;
}

static int64_t random_read(struct file *file, uint8_t *bytes, size_t n)
{
	(void)file;
	for (size_t i = 0; i < n; i += sizeof(uint32_t)) {
		uint32_t drawn = draw();

		memcpy(bytes + i, &drawn, MIN(n - i, sizeof(drawn)));
	}
	return (int64_t)n;
}

static void nothing_to_close(struct file *file)
{
	(void)file;
}

static const struct file_ops console_ops = {
	.read = console_file_read,
	.write = console_file_write,
	.close = nothing_to_close,
	.is_stream = true,
	.mode = S_IFCHR | 0666,
};

static const struct file_ops null_ops = {
	.read = null_read,
	.write = null_write,
	.close = nothing_to_close,
	.is_stream = true,
	.mode = S_IFCHR | 0666,
};

static const struct file_ops random_ops = {
	.read = random_read,
	.write = null_write,
	.close = nothing_to_close,
	.is_stream = true,
	.mode = S_IFCHR | 0666,
};

void device_init(void)
{
	named_semaphores_init();
}

/* Where the path goes on behind the colon, or NULL where it begins with no device. */
static const char *behind_colon(const char *path)
{
	for (; *path != '\0' && *path != '/'; path++)
		if (*path == ':')
			return path + 1;
	return NULL;
}

bool device_is_path(const char *path)
{
	return behind_colon(path) != NULL;
}

static bool is_semaphore(const char *path)
{
	return behind_colon(path) == path + 4 && memcmp(path, "sem:", 4) == 0;
}

int device_open(const char *path, int flags, struct file **file)
{
	const struct file_ops *ops = NULL;

	if (is_semaphore(path))
		return named_semaphore_open(behind_colon(path), flags, file);
	if (strcmp(path, "con:") == 0)
		ops = &console_ops;
	else if (strcmp(path, "null:") == 0)
		ops = &null_ops;
	else if (strcmp(path, "random:") == 0)
		ops = &random_ops;
	else
		return -ENODEV;
	*file = file_make(ops, NULL, flags);
	return *file != NULL ? 0 : -ENOMEM;
}

int device_remove(const char *path)
{
	return is_semaphore(path) ? named_semaphore_remove(behind_colon(path)) : -ENODEV;
}
