/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Programs: static ELF64 executables for x86-64.  Whatever a file contains, reading it
 * has no other effect than -ENOEXEC.
 */
#ifndef PROC_ELF_H
#define PROC_ELF_H

#include <stddef.h>
#include <stdint.h>

#include "mm/addr_space.h"

struct inode;

/* The bytes at the start of a file that elf_parse() needs at most. */
#define ELF_HEAD_SIZE 4096

struct elf_segment {
	uint64_t va;
	uint64_t memory_size; /* > 0 */
	uint64_t offset;
	uint64_t file_size; /* <= memory_size, and inside the file */
	unsigned rights;    /* REGION_* */
};

struct elf_image {
	uint64_t entry; /* inside an executable segment */
	int segment_count;
	struct elf_segment segments[AS_SEGMENTS_MAX];
};

/*
 * Checks a file of `file_size` bytes by its first `n`.  Touches nothing but its
 * arguments.  -ENOEXEC; that segments do not overlap is for the address space to say.
 */
int elf_parse(const uint8_t *head, size_t n, uint64_t file_size, struct elf_image *image);

/* Fills an empty address space from a file.  -ENOEXEC, -ENOMEM, -EISDIR. */
int elf_load(struct inode *file, struct addr_space *as, uint64_t *entry);

#endif
