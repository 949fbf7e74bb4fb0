/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "boot/initrd.h"

#include <stdio.h>
#include <string.h>

#include "boot/ustar.h"

#define BLOCK USTAR_BLOCK

struct walk {
	const char *name;
	const uint8_t *archive;
	size_t size;
	size_t at; /* of the header to be read next */
};

static int bad(const struct walk *w, const char *what)
{
	return error_set(
		ERR_FILE,
		"%s: %s at offset %zu; an initrd is made with tar --format=ustar",
		w->name, what, w->at);
}

/* Octal digits, then spaces or NULs to the end of the field. */
static bool parse_octal(const char *field, size_t n, uint64_t *value)
{
	size_t i = 0;

	*value = 0;
	while (i < n && field[i] == ' ')
		i++;
	if (i == n || field[i] < '0' || field[i] > '7')
		return false;
	for (; i < n && field[i] >= '0' && field[i] <= '7'; i++)
		*value = *value * 8 + (uint64_t)(field[i] - '0');
	for (; i < n; i++)
		if (field[i] != ' ' && field[i] != '\0')
			return false;
	return true;
}

static bool is_zero(const uint8_t *block)
{
	for (size_t i = 0; i < BLOCK; i++)
		if (block[i] != 0)
			return false;
	return true;
}

static bool checksum_good(const struct ustar_header *h)
{
	const uint8_t *bytes = (const uint8_t *)h;
	const size_t first = offsetof(struct ustar_header, checksum);
	uint64_t said, sum = 0;

	for (size_t i = 0; i < BLOCK; i++)
		sum += i >= first && i < first + sizeof(h->checksum) ? ' ' : bytes[i];
	return parse_octal(h->checksum, sizeof(h->checksum), &said) && said == sum;
}

bool boot_initrd_path(const char *path, char out[BOOT_INITRD_PATH_SIZE])
{
	size_t used = 0;

	out[0] = '\0';
	while (*path != '\0') {
		size_t n = strcspn(path, "/");

		if (n == 2 && path[0] == '.' && path[1] == '.')
			return false;
		if (n != 0 && !(n == 1 && path[0] == '.')) {
			if (used + n + 2 > BOOT_INITRD_PATH_SIZE)
				return false;
			if (used != 0)
				out[used++] = '/';
			memcpy(out + used, path, n);
			used += n;
			out[used] = '\0';
		}
		path += n;
		path += *path == '/';
	}
	return true;
}

static bool member_path(const struct ustar_header *h, char out[BOOT_INITRD_PATH_SIZE])
{
	char whole[BOOT_INITRD_PATH_SIZE];

	if (h->name[0] == '\0' || h->name[0] == '/' || h->prefix[0] == '/')
		return false;
	snprintf(whole, sizeof(whole), "%.*s%s%.*s", (int)sizeof(h->prefix), h->prefix,
	         h->prefix[0] == '\0' ? "" : "/", (int)sizeof(h->name), h->name);
	return boot_initrd_path(whole, out);
}

/* The next member: 1, or 0 at the end of the archive, or an error. */
static int next_member(struct walk *w, struct boot_initrd_member *member)
{
	struct ustar_header h;
	uint64_t size;
	size_t left;

	if (w->size - w->at < BLOCK)
		return bad(w, "truncated: no end of archive");
	memcpy(&h, w->archive + w->at, BLOCK);
	left = w->size - w->at - BLOCK;
	if (is_zero(w->archive + w->at)) {
		if (left < BLOCK || !is_zero(w->archive + w->at + BLOCK))
			return bad(w, "only one block of zeros where two end an archive");
		return 0;
	}
	if (memcmp(h.magic, "ustar", sizeof(h.magic)) != 0 ||
	    memcmp(h.version, "00", 2) != 0)
		return bad(w, "no ustar header");
	if (!checksum_good(&h))
		return bad(w, "a header with a wrong checksum");
	if (!parse_octal(h.size, sizeof(h.size), &size))
		return bad(w, "a header with a malformed size");
	if (h.kind != '0' && h.kind != '\0' && h.kind != '5')
		return bad(w, "neither a regular file nor a directory");
	member->directory = h.kind == '5';
	if (!member_path(&h, member->path) ||
	    (member->path[0] == '\0' && !member->directory))
		return bad(w, "a name that is empty, absolute or leads out by \"..\"");
	if (member->directory)
		size = 0;
	/* Twelve octal digits are 36 bits: the rounding cannot wrap. */
	if (((size + BLOCK - 1) & ~(uint64_t)(BLOCK - 1)) > left)
		return bad(w, "truncated: a file that does not end");
	member->data = w->archive + w->at + BLOCK;
	member->size = (size_t)size;
	w->at += BLOCK + (size_t)((size + BLOCK - 1) & ~(uint64_t)(BLOCK - 1));
	return 1;
}

int boot_initrd_check(const char *name, const void *archive, size_t size)
{
	struct walk w = {.name = name, .archive = archive, .size = size};
	struct boot_initrd_member member;
	int more;

	if (size == 0)
		return error_set(ERR_FILE, "%s: empty; an initrd is a ustar archive",
		                 name);
	do
		more = next_member(&w, &member);
	while (more > 0);
	return more;
}

bool boot_initrd_find(const void *archive, size_t size, const char *path,
                      struct boot_initrd_member *member)
{
	struct walk w = {.name = "initrd", .archive = archive, .size = size};
	char wanted[BOOT_INITRD_PATH_SIZE];

	if (!boot_initrd_path(path, wanted))
		return false;
	while (next_member(&w, member) > 0)
		if (strcmp(member->path, wanted) == 0)
			return true;
	return false;
}

bool boot_initrd_find_program(const void *archive, size_t size, const char *program,
                              struct boot_initrd_member *member)
{
	static const char *const directories[] = {"/bin", "/testbin"};
	char path[BOOT_INITRD_PATH_SIZE];

	if (strchr(program, '/') != NULL)
		return boot_initrd_find(archive, size, program, member) &&
		       !member->directory;
	for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++) {
		int n = snprintf(path, sizeof(path), "%s/%s", directories[i], program);

		if (n > 0 && (size_t)n < sizeof(path) &&
		    boot_initrd_find(archive, size, path, member) && !member->directory)
			return true;
	}
	return false;
}
