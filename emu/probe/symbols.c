/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/symbols.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <gelf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

/* No kernel is larger; a file that is would only exhaust the host. */
#define IMAGE_SIZE_MAX ((size_t)1 << 30)

struct symbol {
	uint64_t address;
	uint64_t end;     /* first address after it; its own address where unknown */
	const char *name; /* in the ELF string table */
	int rank;         /* of two at one address or of one name, the higher counts */
	bool code;
};

struct symbols {
	char *name;
	char *image;
	Elf *elf;
	Dwarf *dwarf;
	struct symbol *code; /* by address */
	size_t ncode;
	struct symbol *names; /* by name, then rank, highest first */
	size_t nnames;
};

static int by_address(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return strcmp(x->name, y->name);
}

static int by_name(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	if (order != 0)
		return order;
	if (x->rank != y->rank)
		return x->rank > y->rank ? -1 : 1;
	return x->address < y->address ? -1 : x->address > y->address;
}

/* A name is shown on terminals, which it must not steer: no control characters. */
static bool is_harmless(const char *name)
{
	for (const unsigned char *c = (const unsigned char *)name; *c; c++)
		if (*c < ' ' || *c == 0x7f || (*c == 0xc2 && c[1] < 0xa0))
			return false;
	return true;
}

/* What a symbol table entry says that we want; false for sections, files, undefined... */
static bool take(struct symbols *s, const GElf_Shdr *table, const GElf_Sym *sym,
                 struct symbol *out)
{
	int type = GELF_ST_TYPE(sym->st_info);
	GElf_Shdr header;
	Elf_Scn *section;

	if (type != STT_FUNC && type != STT_OBJECT && type != STT_NOTYPE)
		return false;
	if (sym->st_shndx == SHN_UNDEF || sym->st_shndx >= SHN_LORESERVE)
		return false;
	section = elf_getscn(s->elf, sym->st_shndx);
	if (!section || !gelf_getshdr(section, &header))
		return false;
	out->name = elf_strptr(s->elf, table->sh_link, sym->st_name);
	if (!out->name || !out->name[0] || !is_harmless(out->name))
		return false;
	out->address = sym->st_value;
	out->end = sym->st_value + sym->st_size;
	if (out->end < out->address)
		out->end = out->address;
	out->code = type == STT_FUNC ||
	            (type == STT_NOTYPE && header.sh_flags & SHF_EXECINSTR);
	out->rank =
		(type == STT_NOTYPE ? 0 : 2) + (GELF_ST_BIND(sym->st_info) != STB_LOCAL);
	return true;
}

static int read_table(struct symbols *s, Elf_Scn *section, const GElf_Shdr *header)
{
	Elf_Data *data = elf_getdata(section, NULL);
	size_t n = data && header->sh_entsize ? data->d_size / header->sh_entsize : 0;
	struct symbol *names;
	GElf_Sym sym;

	if (n > INT32_MAX)
		n = INT32_MAX;
	names = realloc(s->names, (s->nnames + n + 1) * sizeof(*names));
	if (!names)
		return error_set(ERR_MEMORY, "%s: no memory for its symbols", s->name);
	s->names = names;
	for (size_t i = 0; i < n; i++)
		if (gelf_getsym(data, (int)i, &sym) &&
		    take(s, header, &sym, &s->names[s->nnames]))
			s->nnames++;
	return 0;
}

static int read_symbols(struct symbols *s)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	while ((section = elf_nextscn(s->elf, section))) {
		if (!gelf_getshdr(section, &header) || header.sh_type != SHT_SYMTAB)
			continue;
		int err = read_table(s, section, &header);
		if (err)
			return err;
	}
	if (s->nnames == 0)
		return 0;
	s->code = calloc(s->nnames, sizeof(*s->code));
	if (!s->code)
		return error_set(ERR_MEMORY, "%s: no memory for its symbols", s->name);
	for (size_t i = 0; i < s->nnames; i++)
		if (s->names[i].code)
			s->code[s->ncode++] = s->names[i];
	qsort(s->code, s->ncode, sizeof(*s->code), by_address);
	qsort(s->names, s->nnames, sizeof(*s->names), by_name);
	return 0;
}

static int open_image(struct symbols *s, size_t size)
{
	GElf_Ehdr header;

	if (elf_version(EV_CURRENT) == EV_NONE)
		return error_set(ERR_SYSTEM, "libelf is too old");
	if (size < sizeof(Elf64_Ehdr) || memcmp(s->image, ELFMAG, SELFMAG) != 0)
		return error_set(ERR_FILE, "%s: not an ELF file", s->name);
	if (s->image[EI_CLASS] != ELFCLASS64)
		return error_set(ERR_FILE, "%s: not a 64-bit ELF file", s->name);
	s->elf = elf_memory(s->image, size);
	if (!s->elf || elf_kind(s->elf) != ELF_K_ELF || !gelf_getehdr(s->elf, &header))
		return error_set(ERR_FILE, "%s: malformed ELF file: %s", s->name,
		                 elf_errmsg(-1));
	if (header.e_machine != EM_X86_64)
		return error_set(ERR_FILE, "%s: not for x86-64", s->name);
	int err = read_symbols(s);
	if (err)
		return err;
	s->dwarf = dwarf_begin_elf(s->elf, DWARF_C_READ, NULL);
	return 0;
}

/* Takes `image` over, whatever it returns. */
static int open_owned(struct symbols **out, char *image, size_t size, const char *name)
{
	struct symbols *s = calloc(1, sizeof(*s));
	int err;

	*out = NULL;
	if (!s) {
		free(image);
		return error_set(ERR_MEMORY, "%s: no memory for its symbols", name);
	}
	s->image = image;
	s->name = strdup(name);
	err = s->name ? open_image(s, size)
	              : error_set(ERR_MEMORY, "%s: no memory for its symbols", name);
	if (err) {
		symbols_close(s);
		return err;
	}
	*out = s;
	return 0;
}

int symbols_open_memory(struct symbols **s, const void *image, size_t size,
                        const char *name)
{
	char *copy = malloc(size ? size : 1);

	*s = NULL;
	if (!copy)
		return error_set(ERR_MEMORY, "%s: no memory for the image", name);
	if (size)
		memcpy(copy, image, size);
	return open_owned(s, copy, size, name);
}

int symbols_open(struct symbols **s, const char *path)
{
	struct file file;
	int err;

	*s = NULL;
	err = file_read(&file, path, IMAGE_SIZE_MAX);
	return err ? err : open_owned(s, (char *)file.data, file.size, path);
}

void symbols_close(struct symbols *s)
{
	if (!s)
		return;
	dwarf_end(s->dwarf);
	elf_end(s->elf);
	free(s->code);
	free(s->names);
	free(s->image);
	free(s->name);
	free(s);
}

const char *symbols_name(const struct symbols *s)
{
	return s->name;
}

struct Dwarf *symbols_dwarf(const struct symbols *s)
{
	return s->dwarf;
}

/*
 * The last symbol at or before `address` counts where it holds the address.  An assembler
 * label without a size reaches to the next symbol, and inside a function with a size it
 * is the function that counts.
 */
static const struct symbol *find_code(const struct symbols *s, uint64_t address)
{
	size_t low = 0, high = s->ncode;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (s->code[mid].address <= address)
			low = mid + 1;
		else
			high = mid;
	}
	/* Labels inside one function are few; a bound keeps a strange image cheap. */
	for (size_t i = low, tries = 0; i > 0 && tries < 64; i--, tries++)
		if (address < s->code[i - 1].end)
			return &s->code[i - 1];
	if (low > 0 && low < s->ncode && s->code[low - 1].end == s->code[low - 1].address)
		return &s->code[low - 1];
	return NULL;
}

const char *symbols_function(const struct symbols *s, uint64_t address, uint64_t *offset)
{
	const struct symbol *symbol = find_code(s, address);

	if (!symbol)
		return NULL;
	*offset = address - symbol->address;
	return symbol->name;
}

/* The first symbol whose name is not before `name`. */
static size_t lower_bound(const struct symbols *s, const char *name)
{
	size_t low = 0, high = s->nnames;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (strcmp(s->names[mid].name, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

bool symbols_lookup(const struct symbols *s, const char *name, uint64_t *address,
                    uint64_t *size)
{
	size_t i = lower_bound(s, name);

	if (i == s->nnames || strcmp(s->names[i].name, name) != 0)
		return false;
	*address = s->names[i].address;
	*size = s->names[i].end - s->names[i].address;
	return true;
}

const char *symbols_clone(const struct symbols *s, const char *name)
{
	static const char *const kinds[] = {".constprop.", ".isra.", ".part."};
	size_t n = strlen(name);

	for (size_t i = lower_bound(s, name); i < s->nnames; i++) {
		const char *other = s->names[i].name;

		if (strncmp(other, name, n) != 0)
			break;
		for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
			if (strncmp(other + n, kinds[k], strlen(kinds[k])) == 0)
				return other;
	}
	return NULL;
}

bool symbols_describe(const struct symbols *s, uint64_t address, char *text, size_t size)
{
	uint64_t offset;
	const char *name = symbols_function(s, address, &offset);

	if (size == 0)
		return false;
	text[0] = '\0';
	if (!name)
		return false;
	if (offset == 0)
		snprintf(text, size, "%s", name);
	else
		snprintf(text, size, "%s+0x%" PRIx64, name, offset);
	return true;
}

/* Cuts the build directory and "./" off a path of the line table. */
static const char *relative_path(Dwarf_Die *unit, const char *path)
{
	Dwarf_Attribute attribute;
	const char *directory =
		dwarf_formstring(dwarf_attr(unit, DW_AT_comp_dir, &attribute));
	size_t n = directory ? strlen(directory) : 0;

	if (n > 0 && strncmp(path, directory, n) == 0 && path[n] == '/')
		path += n + 1;
	while (path[0] == '.' && path[1] == '/')
		path += 2;
	return path;
}

const char *symbols_line(const struct symbols *s, uint64_t address, int *line)
{
	Dwarf_CU *cu = NULL;
	Dwarf_Die unit;

	if (!s->dwarf)
		return NULL;
	while (dwarf_get_units(s->dwarf, cu, &cu, NULL, NULL, &unit, NULL) == 0) {
		Dwarf_Line *entry = dwarf_getsrc_die(&unit, address);
		bool end = true;

		if (!entry || dwarf_lineendsequence(entry, &end) != 0 || end)
			continue;
		const char *path = dwarf_linesrc(entry, NULL, NULL);
		if (path && is_harmless(path) && dwarf_lineno(entry, line) == 0)
			return relative_path(&unit, path);
	}
	return NULL;
}

const char *symbols_object(const struct symbols *s, uint64_t address, uint64_t *offset)
{
	for (size_t i = 0; i < s->nnames; i++) {
		const struct symbol *symbol = &s->names[i];

		if (symbol->code || address < symbol->address || address >= symbol->end)
			continue;
		*offset = address - symbol->address;
		return symbol->name;
	}
	return NULL;
}

bool symbols_physical(const struct symbols *s, uint64_t address, uint64_t *pa)
{
	GElf_Phdr segment;
	size_t n;

	if (elf_getphdrnum(s->elf, &n) != 0)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!gelf_getphdr(s->elf, (int)i, &segment) ||
		    segment.p_type != PT_LOAD || address < segment.p_vaddr ||
		    address - segment.p_vaddr >= segment.p_memsz)
			continue;
		*pa = segment.p_paddr + (address - segment.p_vaddr);
		return true;
	}
	return false;
}

size_t symbols_unit(const struct symbols *s, uint64_t address,
                    struct symbols_range *ranges, size_t max)
{
	Dwarf_CU *cu = NULL;
	Dwarf_Die unit;

	if (!s->dwarf)
		return 0;
	while (dwarf_get_units(s->dwarf, cu, &cu, NULL, NULL, &unit, NULL) == 0) {
		Dwarf_Addr base, start, end;
		ptrdiff_t at = 0;
		size_t n = 0;

		if (dwarf_haspc(&unit, address) != 1)
			continue;
		while (n < max && (at = dwarf_ranges(&unit, at, &base, &start, &end)) > 0)
			ranges[n++] = (struct symbols_range){start, end};
		return n;
	}
	return 0;
}
