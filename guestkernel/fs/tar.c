/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fs/tar.h"

#include <stdbool.h>

#include "lib/string.h"

#define BLOCK 512

struct tar_header {
	char name[100];
	char mode[8];
	char uid[8];
	char gid[8];
	char size[12];
	char mtime[12];
	char checksum[8];
	char type;
	char linkname[100];
	char magic[6];
	char version[2];
	char uname[32];
	char gname[32];
	char devmajor[8];
	char devminor[8];
	char prefix[155];
	char padding[12];
};

_Static_assert(sizeof(struct tar_header) == BLOCK, "a header is one block");

/* Octal digits between blanks, ended by a blank, a NUL or the field. */
static bool parse_octal(const char *field, size_t n, uint64_t *value)
{
	size_t i = 0;
	bool any = false;

	*value = 0;
	while (i < n && field[i] == ' ')
		i++;
	for (; i < n && field[i] >= '0' && field[i] <= '7'; i++, any = true)
		*value = *value * 8 + (uint64_t)(field[i] - '0');
	return any && (i == n || field[i] == ' ' || field[i] == '\0');
}

/*
 * The sum of the header's bytes, its own field taken as blanks.  Four lanes of 16 bits in
 * a word take in eight bytes at a time: 2 * 64 bytes of at most 255 fit in each.
 */
static uint64_t header_sum(const struct tar_header *h)
{
	const uint64_t lanes = 0x00ff00ff00ff00ff;
	uint64_t sums = 0;
	uint64_t sum = 8 * ' ';
	uint64_t word;

	for (size_t i = 0; i < BLOCK; i += sizeof(word)) {
		__builtin_memcpy(&word, (const uint8_t *)h + i, sizeof(word));
		sums += (word & lanes) + (word >> 8 & lanes);
	}
	for (int lane = 0; lane < 4; lane++)
		sum += sums >> (16 * lane) & 0xffff;
	for (size_t i = 0; i < sizeof(h->checksum); i++)
		sum -= (uint8_t)h->checksum[i];
	return sum;
}

static bool is_zero(const uint8_t *block)
{
	uint64_t word;

	for (size_t i = 0; i < BLOCK; i += sizeof(word)) {
		__builtin_memcpy(&word, block + i, sizeof(word));
		if (word != 0)
			return false;
	}
	return true;
}

/* Appends at most n characters of `field` to `path`. */
static void append(char *path, const char *field, size_t n)
{
	size_t at = strlen(path);

	for (size_t i = 0; i < n && field[i] != '\0'; i++)
		path[at++] = field[i];
	path[at] = '\0';
}

static const char *check_header(const struct tar_header *h, uint64_t room, uint64_t *size)
{
	uint64_t sum;

	if (memcmp(h->magic, "ustar", 5) != 0)
		return "no ustar header";
	if (!parse_octal(h->checksum, sizeof(h->checksum), &sum) || sum != header_sum(h))
		return "wrong checksum";
	if (h->name[0] == '\0')
		return "a member without a name";
	if (h->type != '0' && h->type != '\0' && h->type != '5')
		return "a member that is neither file nor directory";
	if (!parse_octal(h->size, sizeof(h->size), size))
		return "a size that is no number";
	if (h->type == '5')
		*size = 0;
	if (*size > room)
		return "a member longer than the archive";
	return NULL;
}

int tar_next(const uint8_t *archive, uint64_t size, uint64_t *offset,
             struct tar_member *member, const char **why)
{
	const struct tar_header *h = (const struct tar_header *)(archive + *offset);
	uint64_t after;

	if (*offset == size)
		return 0;
	if (size - *offset < BLOCK) {
		*why = "a truncated header";
		return -1;
	}
	if (is_zero((const uint8_t *)h))
		return 0;
	after = *offset + BLOCK;
	*why = check_header(h, size - after, &member->size);
	if (*why != NULL)
		return -1;
	member->path[0] = '\0';
	if (h->prefix[0] != '\0') {
		append(member->path, h->prefix, sizeof(h->prefix));
		append(member->path, "/", 1);
	}
	append(member->path, h->name, sizeof(h->name));
	member->type = h->type == '5' ? TAR_DIRECTORY : TAR_FILE;
	member->bytes = archive + after;
	after += (member->size + BLOCK - 1) / BLOCK * BLOCK;
	*offset = after < size ? after : size;
	return 1;
}
