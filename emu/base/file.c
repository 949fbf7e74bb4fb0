/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <nettle/sha2.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a pipe is read by, whose size nobody knows before. */
#define CHUNK 65536u

static int grow(struct file *file, size_t *capacity)
{
	size_t wanted = *capacity + (*capacity > CHUNK ? *capacity : CHUNK);
	uint8_t *data = realloc(file->data, wanted + 1);

	if (data == NULL)
		return error_set(ERR_MEMORY, "%s: not enough memory to read it",
		                 file->path);
	file->data = data;
	*capacity = wanted;
	return 0;
}

static int read_all(struct file *file, int fd, size_t capacity, size_t limit)
{
	for (;;) {
		ssize_t n;

		if (file->size == capacity && grow(file, &capacity) != 0)
			return ERR_MEMORY;
		n = read(fd, file->data + file->size, capacity - file->size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_set(ERR_FILE, "%s: %s", file->path, strerror(errno));
		if (n == 0)
			break;
		file->size += (size_t)n;
		if (file->size > limit)
			return error_set(ERR_FILE,
			                 "%s: larger than the %zu bytes allowed",
			                 file->path, limit);
	}
	file->data[file->size] = '\0';
	return 0;
}

int file_read(struct file *file, const char *path, size_t limit)
{
	struct stat st;
	size_t capacity = CHUNK;
	int fd, err;

	*file = (struct file){.path = path};
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) != 0) {
		err = error_set(ERR_FILE, "%s: %s", path, strerror(errno));
		goto out;
	}
	if (S_ISREG(st.st_mode) && (uint64_t)st.st_size > limit) {
		err = error_set(ERR_FILE, "%s: %llu bytes, larger than the %zu allowed",
		                path, (unsigned long long)st.st_size, limit);
		goto out;
	}
	/* One byte more than the file has, so that its end shows without growing. */
	if (S_ISREG(st.st_mode))
		capacity = (size_t)st.st_size + 1;
	file->data = malloc(capacity + 1);
	if (file->data == NULL)
		err = error_set(ERR_MEMORY, "%s: not enough memory to read it", path);
	else
		err = read_all(file, fd, capacity, limit);
out:
	if (fd >= 0)
		close(fd);
	if (err != 0)
		file_free(file);
	return err;
}

void file_free(struct file *file)
{
	free(file->data);
	*file = (struct file){0};
}

static bool write_all(const char *path, const void *data, size_t size, bool sync)
{
	FILE *file = fopen(path, "we");
	bool good = file && (size == 0 || fwrite(data, 1, size, file) == size);

	if (good && sync)
		good = fflush(file) == 0 && fsync(fileno(file)) == 0;
	if (file)
		good &= fclose(file) == 0;
	return good;
}

static int cannot_write(const char *path)
{
	return error_set(ERR_SYSTEM, "cannot write %s: %s", path, strerror(errno));
}

int file_write(const char *path, const void *data, size_t size)
{
	return write_all(path, data, size, false) ? 0 : cannot_write(path);
}

int file_replace(const char *path, const void *data, size_t size)
{
	char *new_path;
	int err = 0;

	if (asprintf(&new_path, "%s.new", path) < 0)
		return error_set(ERR_MEMORY, "out of memory");
	if (!write_all(new_path, data, size, true) || rename(new_path, path) != 0) {
		err = cannot_write(path);
		unlink(new_path);
	}
	free(new_path);
	return err;
}

int file_make_directory(const char *path)
{
	if (mkdir(path, 0777) != 0 && errno != EEXIST)
		return error_set(ERR_SYSTEM, "cannot make the directory %s: %s", path,
		                 strerror(errno));
	return 0;
}

const char *file_base_name(const char *path)
{
	const char *slash = path ? strrchr(path, '/') : NULL;

	return slash ? slash + 1 : path;
}

void file_sha256(const void *data, size_t size, char hex[FILE_SHA256_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	uint8_t digest[SHA256_DIGEST_SIZE];
	struct sha256_ctx ctx;

	sha256_init(&ctx);
	sha256_update(&ctx, size, data);
	sha256_digest(&ctx, sizeof(digest), digest);
	for (size_t i = 0; i < sizeof(digest); i++) {
		hex[2 * i] = digits[digest[i] >> 4];
		hex[2 * i + 1] = digits[digest[i] & 15];
	}
	hex[2 * sizeof(digest)] = '\0';
}
