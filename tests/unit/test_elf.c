/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ELF loader and the PVH start: one good image, and every way to break it. */
#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "boot/elf.h"
#include "boot/pvh.h"

#define RAM_SIZE (4u << 20)
#define CODE_AT 0x100000u
#define DATA_AT 0x102000u

/* A kernel of three segments: notes, code, data with 0x1000 bytes more in memory. */
struct image {
	Elf64_Ehdr header;
	Elf64_Phdr segments[3];
	struct {
		Elf64_Nhdr header;
		char owner[4];
		uint32_t entry;
	} note;
	uint8_t code[16];
	uint8_t data[32];
};

static uint8_t ram[RAM_SIZE];

static Elf64_Phdr segment(uint32_t type, uint64_t offset, uint64_t paddr, uint64_t size)
{
	return (Elf64_Phdr){.p_type = type,
	                    .p_offset = offset,
	                    .p_paddr = paddr,
	                    .p_filesz = size,
	                    .p_memsz = size,
	                    .p_align = 4};
}

static struct image good_image(void)
{
	struct image image = {0};

	memcpy(image.header.e_ident, ELFMAG, SELFMAG);
	image.header.e_ident[EI_CLASS] = ELFCLASS64;
	image.header.e_ident[EI_DATA] = ELFDATA2LSB;
	image.header.e_ident[EI_VERSION] = EV_CURRENT;
	image.header.e_type = ET_EXEC;
	image.header.e_machine = EM_X86_64;
	image.header.e_phoff = offsetof(struct image, segments);
	image.header.e_phentsize = sizeof(Elf64_Phdr);
	image.header.e_phnum = 3;
	image.segments[0] =
		segment(PT_NOTE, offsetof(struct image, note), 0, sizeof(image.note));
	image.segments[1] = segment(PT_LOAD, offsetof(struct image, code), CODE_AT,
	                            sizeof(image.code));
	image.segments[2] = segment(PT_LOAD, offsetof(struct image, data), DATA_AT,
	                            sizeof(image.data));
	image.segments[2].p_memsz += 0x1000;
	image.note.header = (Elf64_Nhdr){.n_namesz = 4, .n_descsz = 4, .n_type = 18};
	memcpy(image.note.owner, "Xen", 4);
	image.note.entry = CODE_AT + 8;
	memset(image.code, 0xc0, sizeof(image.code));
	memset(image.data, 0xda, sizeof(image.data));
	return image;
}

static int load(const struct image *image, struct boot_kernel *kernel)
{
	return boot_elf_load(ram, RAM_SIZE, "kernel.elf", image, sizeof(*image), kernel);
}

static void assert_refused(const struct image *image, size_t size, const char *why)
{
	struct boot_kernel kernel;

	memset(ram, 0x55, RAM_SIZE);
	assert_int_equal(boot_elf_load(ram, RAM_SIZE, "kernel.elf", image, size, &kernel),
	                 ERR_FILE);
	assert_int_equal(strncmp(error_message(), "kernel.elf: ", 12), 0);
	if (strstr(error_message(), why) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", error_message(), why);
	assert_null(strchr(error_message(), '\n'));
	for (size_t i = 0; i < RAM_SIZE; i++)
		if (ram[i] != 0x55)
			fail_msg("RAM changed at 0x%zx", i);
}

static void loads_segments_by_physical_address(void **state)
{
	struct image image = good_image();
	struct boot_kernel kernel;

	(void)state;
	memset(ram, 0x55, RAM_SIZE);
	assert_int_equal(load(&image, &kernel), 0);
	assert_int_equal(kernel.entry, CODE_AT + 8);
	assert_int_equal(kernel.start, CODE_AT);
	assert_int_equal(kernel.end, DATA_AT + 32 + 0x1000);
	assert_int_equal(ram[CODE_AT - 1], 0x55);
	assert_memory_equal(ram + CODE_AT, image.code, sizeof(image.code));
	assert_int_equal(ram[CODE_AT + sizeof(image.code)], 0x55);
	assert_memory_equal(ram + DATA_AT, image.data, sizeof(image.data));
	for (size_t i = 0; i < 0x1000; i++)
		assert_int_equal(ram[DATA_AT + 32 + i], 0);
	assert_int_equal(ram[DATA_AT + 32 + 0x1000], 0x55);
}

static void finds_the_note_behind_others(void **state)
{
	static const struct {
		Elf64_Nhdr a;
		char a_owner[4];
		uint8_t a_desc[4];
		Elf64_Nhdr b;
		char b_owner[4];
		uint32_t b_entry[2];
	} notes = {
		{4, 3, 3}, "GNU", {1, 2, 3}, {4, 8, 18}, "Xen", {CODE_AT, 0},
	};
	struct image image = good_image();
	struct boot_kernel kernel;
	uint8_t whole[sizeof(image) + sizeof(notes)];

	(void)state;
	image.segments[0] = segment(PT_NOTE, sizeof(image), 0, sizeof(notes));
	memcpy(whole, &image, sizeof(image));
	memcpy(whole + sizeof(image), &notes, sizeof(notes));
	assert_int_equal(boot_elf_load(ram, RAM_SIZE, "kernel.elf", whole, sizeof(whole),
	                               &kernel),
	                 0);
	assert_int_equal(kernel.entry, CODE_AT);
}

static void refuses_what_is_no_kernel(void **state)
{
	struct image image = good_image();

	(void)state;
	assert_refused(&image, 0, "empty");
	assert_refused(&image, 3, "not an ELF file");
	assert_refused(&image, 4, "truncated");
	assert_refused(&image, sizeof(Elf64_Ehdr) - 1, "truncated");
	assert_refused(&image, sizeof(Elf64_Ehdr), "truncated in program header 0");
	assert_refused(&image, offsetof(struct image, note) - 1, "program header 2");
	assert_refused(&image, offsetof(struct image, data) + 31, "truncated: segment 2");
	image.header.e_ident[0] = 'M';
	assert_refused(&image, sizeof(image), "not an ELF file");
	image = good_image();
	image.header.e_ident[EI_CLASS] = ELFCLASS32;
	assert_refused(&image, sizeof(image), "32-bit");
	image = good_image();
	image.header.e_ident[EI_DATA] = ELFDATA2MSB;
	assert_refused(&image, sizeof(image), "big-endian");
	image = good_image();
	image.header.e_machine = EM_AARCH64;
	assert_refused(&image, sizeof(image), "machine 183");
	image = good_image();
	image.header.e_type = ET_REL;
	assert_refused(&image, sizeof(image), "not linked");
}

static void refuses_segments_that_cannot_be(void **state)
{
	struct image image = good_image();

	(void)state;
	image.header.e_phoff = UINT64_MAX - 8;
	assert_refused(&image, sizeof(image), "program header 0");
	image = good_image();
	image.header.e_phnum = 0;
	assert_refused(&image, sizeof(image), "no program headers");
	image.header.e_phnum = 65535;
	assert_refused(&image, sizeof(image), "65535 program headers");
	image = good_image();
	image.segments[1].p_offset = UINT64_MAX;
	assert_refused(&image, sizeof(image), "truncated: segment 1");
	image = good_image();
	image.segments[2].p_filesz = UINT64_MAX;
	image.segments[2].p_memsz = UINT64_MAX;
	assert_refused(&image, sizeof(image), "truncated: segment 2");
	image = good_image();
	image.segments[1].p_memsz = 1;
	assert_refused(&image, sizeof(image), "more bytes in the file");
	image = good_image();
	image.segments[1].p_type = image.segments[2].p_type = PT_NULL;
	assert_refused(&image, sizeof(image), "no segment to load");
}

static void refuses_segments_out_of_place(void **state)
{
	struct image image = good_image();

	(void)state;
	image.segments[2].p_memsz = UINT64_MAX;
	assert_refused(&image, sizeof(image), "outside the 4 MiB of RAM");
	image = good_image();
	image.segments[2].p_paddr = UINT64_MAX - 4;
	assert_refused(&image, sizeof(image), "outside");
	image.segments[2].p_paddr = RAM_SIZE - 0x1000;
	assert_refused(&image, sizeof(image), "--memory");
	image = good_image();
	image.segments[1].p_paddr = 0xfffff;
	assert_refused(&image, sizeof(image), "overlaps the boot information");
	image = good_image();
	image.segments[1].p_paddr = DATA_AT + 40;
	assert_refused(&image, sizeof(image), "segments 1 and 2 overlap");
}

static void refuses_notes_without_an_entry(void **state)
{
	struct image image = good_image();

	(void)state;
	image.note.header.n_type = 17;
	assert_refused(&image, sizeof(image), "no PVH entry point");
	image = good_image();
	memcpy(image.note.owner, "GNU", 4);
	assert_refused(&image, sizeof(image), "no PVH entry point");
	image = good_image();
	image.segments[0].p_type = PT_NULL;
	assert_refused(&image, sizeof(image), "no PVH entry point");
	image = good_image();
	image.segments[0].p_filesz = UINT64_MAX;
	assert_refused(&image, sizeof(image), "truncated in its notes");
	image = good_image();
	image.note.header.n_namesz = UINT32_MAX;
	assert_refused(&image, sizeof(image), "cut off");
	image = good_image();
	image.note.header.n_descsz = UINT32_MAX;
	assert_refused(&image, sizeof(image), "cut off");
	image = good_image();
	image.segments[2].p_memsz = 0;
	image.note.entry = DATA_AT;
	assert_refused(&image, sizeof(image), "lies in no segment");
	image = good_image();
	image.note.entry = DATA_AT + 32;
	assert_refused(&image, sizeof(image), "lies in no segment");
}

static uint64_t load64(uint64_t address)
{
	uint64_t value;

	assert_true(address <= RAM_SIZE - sizeof(value));
	memcpy(&value, ram + address, sizeof(value));
	return value;
}

static void start_info_describes_the_machine(void **state)
{
	static const uint8_t initrd[1024];
	struct image image = good_image();
	struct boot_images images = {.kernel_name = "kernel.elf",
	                             .kernel = &image,
	                             .kernel_size = sizeof(image),
	                             .initrd_name = "initrd.tar",
	                             .initrd = initrd,
	                             .initrd_size = sizeof(initrd),
	                             .command_line = "timeslice=1000 -- forktest"};
	struct boot_start start;
	uint64_t map;

	(void)state;
	memset(ram, 0, RAM_SIZE);
	assert_int_equal(boot_pvh_load(ram, RAM_SIZE, &images, &start), 0);
	assert_int_equal(start.entry, CODE_AT + 8);
	assert_int_equal(start.initrd_start, RAM_SIZE - 4096);
	assert_int_equal(load64(start.ebx), 0x1336ec578);     /* magic, version 1 */
	assert_int_equal(load64(start.ebx + 8), 0x100000000); /* flags, one module */
	assert_string_equal((char *)ram + load64(start.ebx + 24), images.command_line);
	assert_int_equal(load64(load64(start.ebx + 16)), start.initrd_start);
	assert_int_equal(load64(load64(start.ebx + 16) + 8), sizeof(initrd));
	map = load64(start.ebx + 40);
	assert_int_equal(load64(start.ebx + 48), 3);
	assert_int_equal(load64(map + 8), 0xa0000);
	assert_int_equal(load64(map + 16), 1);
	assert_int_equal(load64(map + 24 + 16), 2);
	assert_int_equal(load64(map + 48), 0x100000);
	assert_int_equal(load64(map + 56), RAM_SIZE - 0x100000);
	assert_int_equal(load64(map + 64), 1);
}

static void start_refuses_what_does_not_fit(void **state)
{
	static uint8_t initrd[RAM_SIZE];
	static char line[BOOT_COMMAND_LINE_SIZE + 1];
	struct image image = good_image();
	struct boot_images images = {.kernel_name = "kernel.elf",
	                             .kernel = &image,
	                             .kernel_size = sizeof(image),
	                             .initrd_name = "initrd.tar",
	                             .initrd = initrd,
	                             .command_line = line};
	struct boot_start start;
	const uint64_t room = RAM_SIZE - (DATA_AT + 32 + 0x1000);

	(void)state;
	images.initrd_size = room;
	assert_int_equal(boot_pvh_load(ram, RAM_SIZE, &images, &start), ERR_FILE);
	assert_non_null(strstr(error_message(), "initrd.tar: "));
	assert_non_null(strstr(error_message(), "--memory"));
	images.initrd_size = room + 1;
	assert_int_equal(boot_pvh_load(ram, RAM_SIZE, &images, &start), ERR_FILE);
	images.initrd_size = room & ~(uint64_t)4095;
	assert_int_equal(boot_pvh_load(ram, RAM_SIZE, &images, &start), 0);
	assert_true(start.initrd_start >= start.kernel.end);
	memset(line, 'x', sizeof(line) - 2);
	assert_int_equal(boot_pvh_load(ram, RAM_SIZE, &images, &start), 0);
	line[sizeof(line) - 2] = 'x';
	assert_int_equal(boot_pvh_load(ram, RAM_SIZE, &images, &start), ERR_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loads_segments_by_physical_address),
		cmocka_unit_test(finds_the_note_behind_others),
		cmocka_unit_test(refuses_what_is_no_kernel),
		cmocka_unit_test(refuses_segments_that_cannot_be),
		cmocka_unit_test(refuses_segments_out_of_place),
		cmocka_unit_test(refuses_notes_without_an_entry),
		cmocka_unit_test(start_info_describes_the_machine),
		cmocka_unit_test(start_refuses_what_does_not_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
