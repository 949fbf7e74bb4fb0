/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "inspect/programs.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "boot/initrd.h"

/* Far above what a guest has; a trace may name any number of paths. */
#define PROGRAMS_MAX 256

struct programs {
	const struct program_images *images;
	struct {
		char *path;
		struct symbols *symbols; /* NULL: none were found */
	} known[PROGRAMS_MAX];
	size_t n;
};

int programs_create(struct programs **programs, const struct program_images *images)
{
	*programs = calloc(1, sizeof(**programs));
	if (!*programs)
		return error_set(ERR_MEMORY, "out of memory");
	(*programs)->images = images;
	return 0;
}

void programs_free(struct programs *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->n; i++) {
		free(p->known[i].path);
		symbols_close(p->known[i].symbols);
	}
	free(p);
}

/* The program headers of an ELF64 image, which is not trusted; NULL where it has none. */
static const Elf64_Phdr *headers(const uint8_t *image, size_t size, size_t *n)
{
	const Elf64_Ehdr *e = (const void *)image;

	if (size < sizeof(*e) || memcmp(e->e_ident, ELFMAG, SELFMAG) != 0 ||
	    e->e_phoff % sizeof(uint64_t) != 0 || e->e_phoff > size ||
	    e->e_phentsize != sizeof(Elf64_Phdr) ||
	    e->e_phnum > (size - e->e_phoff) / sizeof(Elf64_Phdr))
		return NULL;
	*n = e->e_phnum;
	return (const void *)(image + e->e_phoff);
}

static bool holds(const Elf64_Phdr *h, size_t size)
{
	return h->p_offset <= size && h->p_filesz <= size - h->p_offset;
}

/* Whether both load the same bytes at the same addresses. */
static bool same_program(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size)
{
	size_t n = 0, m = 0;
	const Elf64_Phdr *p = headers(a, a_size, &n), *q = headers(b, b_size, &m);

	if (!p || !q || n != m)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (p[i].p_type != q[i].p_type)
			return false;
		if (p[i].p_type != PT_LOAD)
			continue;
		if (!holds(&p[i], a_size) || !holds(&q[i], b_size) ||
		    p[i].p_vaddr != q[i].p_vaddr || p[i].p_filesz != q[i].p_filesz ||
		    memcmp(a + p[i].p_offset, b + q[i].p_offset, p[i].p_filesz) != 0)
			return false;
	}
	return true;
}

/* NULL where the file is of another program. */
static struct symbols *from_file(const struct file *file, const char *name,
                                 const struct boot_initrd_member *member)
{
	struct symbols *symbols;

	if (!file->data ||
	    !same_program(file->data, file->size, member->data, member->size) ||
	    symbols_open_memory(&symbols, file->data, file->size, name) != 0)
		return NULL;
	return symbols;
}

/* debug/NAME beside one of the images. */
static struct symbols *from_debug_file(const char *image, const char *path,
                                       const struct boot_initrd_member *member)
{
	int folder = (int)(file_base_name(image) - image);
	struct symbols *symbols = NULL;
	struct file file = {0};
	char *debug;

	if (asprintf(&debug, "%.*sdebug/%s", folder, image, file_base_name(path)) < 0)
		return NULL;
	if (file_read(&file, debug, IMAGES_SIZE_MAX) == 0)
		symbols = from_file(&file, debug, member);
	file_free(&file);
	free(debug);
	return symbols;
}

static struct symbols *find(const struct program_images *images, const char *path)
{
	const struct file *initrd = &images->boot->initrd;
	struct boot_initrd_member member;
	struct symbols *symbols = NULL, *better;

	if (!initrd->data || !boot_initrd_find(initrd->data, initrd->size, path, &member))
		return NULL;
	if (symbols_open_memory(&symbols, member.data, member.size, path) != 0)
		return NULL;
	if (symbols_dwarf(symbols))
		return symbols;
	better = from_file(images->program, path, &member);
	if (!better)
		better = from_debug_file(images->boot->kernel.path, path, &member);
	if (!better)
		better = from_debug_file(initrd->path, path, &member);
	if (!better)
		return symbols;
	symbols_close(symbols);
	return better;
}

const struct symbols *programs_symbols(struct programs *p, const char *path)
{
	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->known[i].path, path) == 0)
			return p->known[i].symbols;
	if (p->n == PROGRAMS_MAX)
		return NULL;
	p->known[p->n].path = strdup(path);
	if (!p->known[p->n].path)
		return NULL;
	p->known[p->n].symbols = find(p->images, path);
	return p->known[p->n++].symbols;
}
