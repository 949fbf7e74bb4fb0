/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "boot/elf.h"

#include <elf.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#define XEN_ELFNOTE_PHYS32_ENTRY 18
/* A kernel has about six; the bound keeps the check for overlaps short. */
#define SEGMENTS_MAX 64

struct image {
	const char *name;
	const uint8_t *data;
	size_t size;
	Elf64_Ehdr header;
};

/* The one way in which bytes of the image are looked at. */
static bool fetch(const struct image *image, uint64_t offset, void *to, size_t n)
{
	if (offset > image->size || n > image->size - offset)
		return false;
	memcpy(to, image->data + offset, n);
	return true;
}

static int check_ident(const struct image *image)
{
	const unsigned char *ident = image->data;
	const char *name = image->name;

	if (image->size == 0)
		return error_set(ERR_FILE, "%s: empty; a kernel image is expected", name);
	if (image->size < SELFMAG || memcmp(ident, ELFMAG, SELFMAG) != 0)
		return error_set(ERR_FILE,
		                 "%s: not an ELF file; give the kernel's ELF image, "
		                 "not a bzImage or a raw binary",
		                 name);
	if (image->size < EI_NIDENT)
		return error_set(ERR_FILE, "%s: truncated in the ELF header", name);
	if (ident[EI_CLASS] != ELFCLASS64)
		return error_set(ERR_FILE,
		                 "%s: a 32-bit ELF file; build the kernel for x86-64",
		                 name);
	if (ident[EI_DATA] != ELFDATA2LSB)
		return error_set(ERR_FILE,
		                 "%s: a big-endian ELF file; build the kernel for x86-64",
		                 name);
	if (ident[EI_VERSION] != EV_CURRENT)
		return error_set(ERR_FILE, "%s: ELF version %d is unknown", name,
		                 ident[EI_VERSION]);
	return 0;
}

static int check_header(struct image *image)
{
	const Elf64_Ehdr *h = &image->header;
	const char *name = image->name;
	int err = check_ident(image);

	if (err != 0)
		return err;
	if (!fetch(image, 0, &image->header, sizeof(image->header)))
		return error_set(ERR_FILE, "%s: truncated in the ELF header", name);
	if (h->e_machine != EM_X86_64)
		return error_set(
			ERR_FILE,
			"%s: for machine %d, not x86-64; build the kernel for x86-64",
			name, h->e_machine);
	if (h->e_type != ET_EXEC && h->e_type != ET_DYN)
		return error_set(ERR_FILE,
		                 "%s: not linked (ELF type %d); link the kernel first",
		                 name, h->e_type);
	if (h->e_phnum == 0)
		return error_set(ERR_FILE, "%s: no program headers, so nothing to load",
		                 name);
	if (h->e_phentsize != sizeof(Elf64_Phdr))
		return error_set(ERR_FILE, "%s: program headers of %d bytes, not %zu",
		                 name, h->e_phentsize, sizeof(Elf64_Phdr));
	if (h->e_phnum > SEGMENTS_MAX)
		return error_set(ERR_FILE, "%s: %d program headers, more than %d", name,
		                 h->e_phnum, SEGMENTS_MAX);
	return 0;
}

static int read_segments(const struct image *image, Elf64_Phdr *segments)
{
	for (unsigned int i = 0; i < image->header.e_phnum; i++) {
		/* e_phoff is any 64-bit number: the sum may wrap. */
		uint64_t offset = image->header.e_phoff + i * sizeof(Elf64_Phdr);

		if (offset < image->header.e_phoff ||
		    !fetch(image, offset, &segments[i], sizeof(segments[i])))
			return error_set(ERR_FILE, "%s: truncated in program header %u",
			                 image->name, i);
	}
	return 0;
}

static bool overlap(const Elf64_Phdr *a, const Elf64_Phdr *b)
{
	return a->p_paddr < b->p_paddr + b->p_memsz &&
	       b->p_paddr < a->p_paddr + a->p_memsz;
}

static int check_segment(const struct image *image, const Elf64_Phdr *segment,
                         unsigned int i, uint64_t ram_size)
{
	const char *name = image->name;

	if (segment->p_offset > image->size ||
	    segment->p_filesz > image->size - segment->p_offset)
		return error_set(ERR_FILE,
		                 "%s: truncated: segment %u ends beyond the file's end",
		                 name, i);
	if (segment->p_filesz > segment->p_memsz)
		return error_set(
			ERR_FILE,
			"%s: segment %u has more bytes in the file than in memory", name,
			i);
	if (segment->p_paddr < BOOT_KERNEL_BASE)
		return error_set(ERR_FILE,
		                 "%s: segment %u at physical 0x%" PRIx64
		                 " overlaps the boot information below 1 MiB; "
		                 "link the kernel at 1 MiB or above",
		                 name, i, segment->p_paddr);
	if (segment->p_paddr > ram_size || segment->p_memsz > ram_size - segment->p_paddr)
		return error_set(ERR_FILE,
		                 "%s: segment %u (0x%" PRIx64
		                 " bytes at physical 0x%" PRIx64
		                 ") lies outside the %" PRIu64
		                 " MiB of RAM; give more with --memory",
		                 name, i, segment->p_memsz, segment->p_paddr,
		                 ram_size >> 20);
	return 0;
}

static int check_segments(const struct image *image, const Elf64_Phdr *segments,
                          uint64_t ram_size, struct boot_kernel *kernel)
{
	kernel->start = UINT64_MAX;
	kernel->end = 0;
	for (unsigned int i = 0; i < image->header.e_phnum; i++) {
		const Elf64_Phdr *s = &segments[i];
		int err;

		if (s->p_type != PT_LOAD || s->p_memsz == 0)
			continue;
		err = check_segment(image, s, i, ram_size);
		if (err != 0)
			return err;
		for (unsigned int j = 0; j < i; j++)
			if (segments[j].p_type == PT_LOAD && segments[j].p_memsz != 0 &&
			    overlap(s, &segments[j]))
				return error_set(ERR_FILE,
				                 "%s: segments %u and %u overlap",
				                 image->name, j, i);
		if (s->p_paddr < kernel->start)
			kernel->start = s->p_paddr;
		if (s->p_paddr + s->p_memsz > kernel->end)
			kernel->end = s->p_paddr + s->p_memsz;
	}
	if (kernel->end == 0)
		return error_set(ERR_FILE, "%s: no segment to load", image->name);
	return 0;
}

static uint64_t align_up(uint64_t n, uint64_t align)
{
	return (n + align - 1) & ~(align - 1);
}

/* Looks through a segment's notes: 1 and *entry where the PVH note is among them. */
static int find_pvh_note(const struct image *image, const Elf64_Phdr *segment,
                         uint64_t *entry)
{
	uint64_t align = segment->p_align == 8 ? 8 : 4;
	uint64_t at = segment->p_offset, left;
	Elf64_Nhdr note;

	if (at > image->size || segment->p_filesz > image->size - at)
		return error_set(ERR_FILE, "%s: truncated in its notes", image->name);
	/* Sizes below are 32-bit numbers of the file: no 64-bit sum of them can wrap. */
	for (left = segment->p_filesz; left >= sizeof(note);) {
		char owner[4];
		uint64_t desc, length;

		if (!fetch(image, at, &note, sizeof(note)))
			break;
		desc = align_up(sizeof(note) + (uint64_t)note.n_namesz, align);
		length = align_up(desc + note.n_descsz, align);
		if (desc + note.n_descsz > left)
			return error_set(ERR_FILE,
			                 "%s: a note at offset 0x%" PRIx64 " is cut off",
			                 image->name, at);
		if (note.n_type == XEN_ELFNOTE_PHYS32_ENTRY &&
		    note.n_namesz == sizeof(owner) &&
		    fetch(image, at + sizeof(note), owner, sizeof(owner)) &&
		    memcmp(owner, "Xen", sizeof(owner)) == 0 &&
		    (note.n_descsz == 4 || note.n_descsz == 8)) {
			*entry = 0;
			fetch(image, at + desc, entry, note.n_descsz);
			return 1;
		}
		if (length >= left)
			break;
		at += length;
		left -= length;
	}
	return 0;
}

static int find_entry(const struct image *image, const Elf64_Phdr *segments,
                      struct boot_kernel *kernel)
{
	uint64_t entry = 0;
	int found = 0;

	for (unsigned int i = 0; i < image->header.e_phnum && found == 0; i++)
		if (segments[i].p_type == PT_NOTE)
			found = find_pvh_note(image, &segments[i], &entry);
	if (found < 0)
		return found;
	if (found == 0)
		return error_set(ERR_FILE,
		                 "%s: no PVH entry point; the kernel needs the ELF note "
		                 "XEN_ELFNOTE_PHYS32_ENTRY (for Linux, CONFIG_PVH=y)",
		                 image->name);
	for (unsigned int i = 0; i < image->header.e_phnum; i++) {
		/* One without memory is not loaded, whatever it has in the file. */
		if (segments[i].p_type == PT_LOAD && segments[i].p_memsz != 0 &&
		    entry >= segments[i].p_paddr &&
		    entry - segments[i].p_paddr < segments[i].p_filesz &&
		    entry <= UINT32_MAX) {
			kernel->entry = (uint32_t)entry;
			return 0;
		}
	}
	return error_set(ERR_FILE,
	                 "%s: the PVH entry point 0x%" PRIx64
	                 " lies in no segment below 4 GiB",
	                 image->name, entry);
}

static int check_image(struct image *image, Elf64_Phdr *segments, uint64_t ram_size,
                       struct boot_kernel *kernel)
{
	int err = check_header(image);

	if (err == 0)
		err = read_segments(image, segments);
	if (err == 0)
		err = check_segments(image, segments, ram_size, kernel);
	if (err == 0)
		err = find_entry(image, segments, kernel);
	return err;
}

int boot_elf_check(const char *name, const void *data, size_t size)
{
	struct image image = {.name = name, .data = data, .size = size};
	Elf64_Phdr segments[SEGMENTS_MAX];
	struct boot_kernel kernel;

	return check_image(&image, segments, UINT64_MAX, &kernel);
}

int boot_elf_load(uint8_t *ram, uint64_t ram_size, const char *name, const void *data,
                  size_t size, struct boot_kernel *kernel)
{
	struct image image = {.name = name, .data = data, .size = size};
	Elf64_Phdr segments[SEGMENTS_MAX];
	int err = check_image(&image, segments, ram_size, kernel);

	if (err != 0)
		return err;
	for (unsigned int i = 0; i < image.header.e_phnum; i++) {
		const Elf64_Phdr *s = &segments[i];

		if (s->p_type != PT_LOAD || s->p_memsz == 0)
			continue;
		memcpy(ram + s->p_paddr, image.data + s->p_offset, s->p_filesz);
		memset(ram + s->p_paddr + s->p_filesz, 0, s->p_memsz - s->p_filesz);
	}
	return 0;
}
