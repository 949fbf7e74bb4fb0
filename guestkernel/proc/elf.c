/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "proc/elf.h"

#include <stdbool.h>

#include "abi/errno.h"
#include "fs/inode.h"
#include "lib/string.h"
#include "mm/kmalloc.h"

#define ELF_CLASS_64 2
#define ELF_LITTLE_ENDIAN 1
#define ELF_EXECUTABLE 2
#define ELF_X86_64 62
#define ELF_VERSION 1

#define PT_LOAD 1
#define PT_INTERP 3

#define PF_X 1
#define PF_W 2
#define PF_R 4

struct elf_header {
	uint8_t magic[4];
	uint8_t class;
	uint8_t data;
	uint8_t ident_version;
	uint8_t padding[9];
	uint16_t type;
	uint16_t machine;
	uint32_t version;
	uint64_t entry;
	uint64_t phoff;
	uint64_t shoff;
	uint32_t flags;
	uint16_t ehsize;
	uint16_t phentsize;
	uint16_t phnum;
	uint16_t shentsize;
	uint16_t shnum;
	uint16_t shstrndx;
};

struct elf_program_header {
	uint32_t type;
	uint32_t flags;
	uint64_t offset;
	uint64_t vaddr;
	uint64_t paddr;
	uint64_t filesz;
	uint64_t memsz;
	uint64_t align;
};

static bool header_is_good(const struct elf_header *h, size_t n)
{
	return memcmp(h->magic, "\177ELF", 4) == 0 && h->class == ELF_CLASS_64 &&
	       h->data == ELF_LITTLE_ENDIAN && h->ident_version == ELF_VERSION &&
	       h->type == ELF_EXECUTABLE && h->machine == ELF_X86_64 &&
	       h->version == ELF_VERSION &&
	       h->phentsize == sizeof(struct elf_program_header) && h->phnum > 0 &&
	       h->phoff <= n && h->phnum <= (n - h->phoff) / h->phentsize;
}

static bool segment_is_good(const struct elf_program_header *ph, uint64_t file_size)
{
	bool writable_code = (ph->flags & PF_W) && (ph->flags & PF_X);

	return !writable_code && (ph->flags & (PF_R | PF_W | PF_X)) != 0 &&
	       ph->filesz <= ph->memsz && ph->offset <= file_size &&
	       ph->filesz <= file_size - ph->offset && ph->vaddr >= USER_MIN &&
	       ph->vaddr < USER_HEAP_LIMIT && ph->memsz <= USER_HEAP_LIMIT - ph->vaddr;
}

static unsigned segment_rights(uint32_t flags)
{
	return (flags & PF_R ? REGION_READ : 0u) | (flags & PF_W ? REGION_WRITE : 0u) |
	       (flags & PF_X ? REGION_EXEC : 0u);
}

static bool entry_is_good(const struct elf_image *image)
{
	for (int i = 0; i < image->segment_count; i++) {
		const struct elf_segment *s = &image->segments[i];

		if ((s->rights & REGION_EXEC) && image->entry >= s->va &&
		    image->entry - s->va < s->memory_size)
			return true;
	}
	return false;
}

int elf_parse(const uint8_t *head, size_t n, uint64_t file_size, struct elf_image *image)
{
	struct elf_header h;
	struct elf_program_header ph;

	if (n < sizeof(h))
		return -ENOEXEC;
	memcpy(&h, head, sizeof(h));
	if (!header_is_good(&h, n))
		return -ENOEXEC;
	image->entry = h.entry;
	image->segment_count = 0;
	for (size_t i = 0; i < h.phnum; i++) {
		memcpy(&ph, head + h.phoff + i * sizeof(ph), sizeof(ph));
		if (ph.type == PT_INTERP)
			return -ENOEXEC;
		if (ph.type != PT_LOAD || ph.memsz == 0)
			continue;
		if (image->segment_count == AS_SEGMENTS_MAX ||
		    !segment_is_good(&ph, file_size))
			return -ENOEXEC;
		image->segments[image->segment_count++] =
			(struct elf_segment){.va = ph.vaddr,
		                             .memory_size = ph.memsz,
		                             .offset = ph.offset,
		                             .file_size = ph.filesz,
		                             .rights = segment_rights(ph.flags)};
	}
	return entry_is_good(image) ? 0 : -ENOEXEC;
}

/* What the file does not cover is left to as_page(): it comes as zeros when touched. */
static int load_segment(struct inode *file, struct addr_space *as,
                        const struct elf_segment *s)
{
	uint64_t done = 0;
	int error = as_add_region(as, ALIGN_DOWN(s->va, PAGE_SIZE),
	                          ALIGN_UP(s->va + s->memory_size, PAGE_SIZE), s->rights);

	while (error == 0 && done < s->file_size) {
		uint64_t va = s->va + done;
		size_t part = MIN(s->file_size - done, PAGE_SIZE - va % PAGE_SIZE);
		uint8_t *bytes;

		error = as_page(as, va, 0, &bytes);
		/* Shorter than a moment ago: somebody has truncated it. */
		if (error == 0 && inode_read(file, s->offset + done, bytes, part) != part)
			error = -ENOEXEC;
		done += part;
	}
	return error;
}

static int parse_file(struct inode *file, struct elf_image *image)
{
	uint8_t *head = kmalloc(ELF_HEAD_SIZE);
	size_t n;
	int error;

	if (head == NULL)
		return -ENOMEM;
	n = inode_read(file, 0, head, ELF_HEAD_SIZE);
	error = elf_parse(head, n, inode_size(file), image);
	kfree(head);
	return error;
}

int elf_load(struct inode *file, struct addr_space *as, uint64_t *entry)
{
	struct elf_image image;
	int error;

	if (file->type != INODE_FILE)
		return -EISDIR;
	error = parse_file(file, &image);
	if (error != 0)
		return error;
	for (int i = 0; error == 0 && i < image.segment_count; i++)
		error = load_segment(file, as, &image.segments[i]);
	*entry = image.entry;
	return error;
}
