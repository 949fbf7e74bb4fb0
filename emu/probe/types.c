/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/types.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Garbage may make a type refer to itself.  Real chains of typedefs, pointers and unnamed
 * structures are far shorter than this.
 */
#define DEPTH_MAX 32
/* And no structure has more members than this, those of unnamed ones inside included. */
#define MEMBERS_MAX 100000

/* What a name may stand for; each has a namespace of its own in C or here. */
enum entry_kind { ENTRY_VARIABLE, ENTRY_STRUCT, ENTRY_FUNCTION, ENTRY_ENUM };

struct entry {
	const char *name;
	uint64_t offset;
	enum entry_kind kind;
	bool definition; /* preferred to a declaration of the same name */
};

struct types {
	const struct symbols *symbols;
	Dwarf *dwarf;
	struct entry *entries; /* hash table, open addressing, a power of two */
	size_t room, used;
};

static size_t hash(const char *name, enum entry_kind kind)
{
	size_t h = 1469598103934665603u + (size_t)kind;

	for (; *name; name++)
		h = (h ^ (unsigned char)*name) * 1099511628211u;
	return h;
}

/* The entry, or the free place where it belongs. */
static struct entry *find(const struct types *t, const char *name, enum entry_kind kind)
{
	size_t i = hash(name, kind);

	for (;; i++) {
		struct entry *e = &t->entries[i & (t->room - 1)];
		if (!e->name || (e->kind == kind && strcmp(e->name, name) == 0))
			return e;
	}
}

static bool grow(struct types *t)
{
	struct types bigger = {.room = t->room ? t->room * 2 : 4096};

	bigger.entries = calloc(bigger.room, sizeof(*bigger.entries));
	if (!bigger.entries)
		return false;
	for (size_t i = 0; i < t->room; i++)
		if (t->entries[i].name)
			*find(&bigger, t->entries[i].name, t->entries[i].kind) =
				t->entries[i];
	free(t->entries);
	t->entries = bigger.entries;
	t->room = bigger.room;
	return true;
}

static bool add(struct types *t, const struct entry *new)
{
	struct entry *e;

	if (t->used * 2 >= t->room && !grow(t))
		return false;
	e = find(t, new->name, new->kind);
	if (e->name && (e->definition || !new->definition))
		return true;
	t->used += !e->name;
	*e = *new;
	return true;
}

/* The next entry of the same parent; garbage that leads back ends the list. */
static bool next_sibling(Dwarf_Die *die)
{
	Dwarf_Off here = dwarf_dieoffset(die);

	return dwarf_siblingof(die, die) == 0 && dwarf_dieoffset(die) > here;
}

static bool has_flag(Dwarf_Die *die, unsigned int name)
{
	Dwarf_Attribute attribute;
	bool value = false;

	return dwarf_formflag(dwarf_attr_integrate(die, name, &attribute), &value) == 0 &&
	       value;
}

/* Enters a top-level entry of a compilation unit, if it is of a kind we look up. */
static bool index_die(struct types *t, Dwarf_Die *die)
{
	struct entry e = {.offset = dwarf_dieoffset(die)};
	bool declared = has_flag(die, DW_AT_declaration);
	Dwarf_Die first;

	switch (dwarf_tag(die)) {
	case DW_TAG_variable:
		e.kind = ENTRY_VARIABLE;
		e.definition = dwarf_hasattr_integrate(die, DW_AT_location) != 0;
		break;
	case DW_TAG_subprogram:
		e.kind = ENTRY_FUNCTION;
		e.definition = dwarf_hasattr(die, DW_AT_low_pc) != 0;
		break;
	case DW_TAG_structure_type:
	case DW_TAG_union_type:
		e.kind = ENTRY_STRUCT;
		e.definition = !declared;
		break;
	case DW_TAG_enumeration_type:
		e.kind = ENTRY_ENUM;
		e.definition = true;
		/*
		 * One without a tag goes by its first name: what it holds is looked up.
		 */
		if (!dwarf_diename(die) && dwarf_child(die, &first) == 0)
			e.name = dwarf_diename(&first);
		break;
	default:
		return true;
	}
	if (!e.name)
		e.name = dwarf_diename(die);
	return !e.name || add(t, &e);
}

static int build_index(struct types *t)
{
	Dwarf_CU *cu = NULL;
	Dwarf_Die unit, child;

	while (dwarf_get_units(t->dwarf, cu, &cu, NULL, NULL, &unit, NULL) == 0) {
		if (dwarf_child(&unit, &child) != 0)
			continue;
		do {
			if (!index_die(t, &child))
				return error_set(ERR_MEMORY,
				                 "%s: no memory for its types",
				                 symbols_name(t->symbols));
		} while (next_sibling(&child));
	}
	return 0;
}

int types_create(struct types **out, const struct symbols *s)
{
	struct types *t;

	*out = NULL;
	if (!symbols_dwarf(s))
		return error_set(ERR_FILE,
		                 "%s: has no debugging information; build it with -g",
		                 symbols_name(s));
	t = calloc(1, sizeof(*t));
	if (!t || !grow(t)) {
		free(t);
		return error_set(ERR_MEMORY, "%s: no memory for its types",
		                 symbols_name(s));
	}
	t->symbols = s;
	t->dwarf = symbols_dwarf(s);
	int err = build_index(t);
	if (err) {
		types_destroy(t);
		return err;
	}
	*out = t;
	return 0;
}

void types_destroy(struct types *t)
{
	if (!t)
		return;
	free(t->entries);
	free(t);
}

static bool lookup(const struct types *t, const char *name, enum entry_kind kind,
                   uint64_t *offset)
{
	const struct entry *e = find(t, name, kind);

	if (!e->name)
		return false;
	*offset = e->offset;
	return true;
}

static bool die_at(const struct types *t, uint64_t offset, Dwarf_Die *die)
{
	return offset != TYPE_VOID && dwarf_offdie(t->dwarf, offset, die) != NULL;
}

/* The entry's DW_AT_type, seen through specifications and abstract origins. */
static uint64_t type_of(Dwarf_Die *die)
{
	Dwarf_Attribute attribute;
	Dwarf_Die type;

	if (!dwarf_attr_integrate(die, DW_AT_type, &attribute) ||
	    !dwarf_formref_die(&attribute, &type))
		return TYPE_VOID;
	return dwarf_dieoffset(&type);
}

/* Looks through typedefs, qualifiers and declarations. */
static bool strip(const struct types *t, uint64_t type, Dwarf_Die *die)
{
	for (int depth = 0; depth < DEPTH_MAX; depth++) {
		uint64_t definition;

		if (!die_at(t, type, die))
			return false;
		switch (dwarf_tag(die)) {
		case DW_TAG_typedef:
		case DW_TAG_const_type:
		case DW_TAG_volatile_type:
		case DW_TAG_restrict_type:
		case DW_TAG_atomic_type:
			type = type_of(die);
			continue;
		case DW_TAG_structure_type:
		case DW_TAG_union_type:
			if (has_flag(die, DW_AT_declaration) && dwarf_diename(die) &&
			    lookup(t, dwarf_diename(die), ENTRY_STRUCT, &definition) &&
			    definition != type) {
				type = definition;
				continue;
			}
			return true;
		default:
			return true;
		}
	}
	return false;
}

static void base_type(Dwarf_Die *die, struct type_info *info)
{
	Dwarf_Attribute attribute;
	Dwarf_Word encoding = 0;

	dwarf_formudata(dwarf_attr(die, DW_AT_encoding, &attribute), &encoding);
	switch (encoding) {
	case DW_ATE_signed:
	case DW_ATE_signed_char:
		info->is_signed = true;
		info->kind = TYPE_INTEGER;
		break;
	case DW_ATE_unsigned:
	case DW_ATE_unsigned_char:
	case DW_ATE_boolean:
		info->kind = TYPE_INTEGER;
		break;
	default:
		info->kind = TYPE_OTHER;
	}
}

/* Whether an enum has a negative value: then it is stored signed. */
static bool enum_signed(Dwarf_Die *die)
{
	Dwarf_Attribute attribute;
	Dwarf_Sword value;
	Dwarf_Die child;

	if (dwarf_child(die, &child) != 0)
		return false;
	do {
		if (dwarf_formsdata(dwarf_attr(&child, DW_AT_const_value, &attribute),
		                    &value) == 0 &&
		    value < 0)
			return true;
	} while (next_sibling(&child));
	return false;
}

void types_info(const struct types *t, uint64_t type, struct type_info *info)
{
	Dwarf_Die die;
	Dwarf_Word size = 0;

	*info = (struct type_info){.kind = TYPE_OTHER, .type = type};
	if (!strip(t, type, &die))
		return;
	info->type = dwarf_dieoffset(&die);
	switch (dwarf_tag(&die)) {
	case DW_TAG_base_type:
		base_type(&die, info);
		break;
	case DW_TAG_enumeration_type:
		info->kind = TYPE_ENUM;
		info->is_signed = enum_signed(&die);
		break;
	case DW_TAG_pointer_type:
		info->kind = TYPE_POINTER;
		info->size = sizeof(uint64_t);
		info->target = type_of(&die);
		return;
	case DW_TAG_array_type:
		info->kind = TYPE_ARRAY;
		info->target = type_of(&die);
		break;
	case DW_TAG_structure_type:
	case DW_TAG_union_type:
		info->kind = TYPE_STRUCT;
		break;
	default:
		return;
	}
	if (dwarf_aggregate_size(&die, &size) == 0)
		info->size = size;
}

/* Appends as snprintf() does, cutting at the end of the buffer. */
static void append(char *text, size_t size, const char *more)
{
	size_t n = strlen(text);

	if (n + 1 < size)
		snprintf(text + n, size - n, "%s", more);
}

static void describe(const struct types *t, uint64_t type, char *text, size_t size,
                     int depth)
{
	const char *name;
	Dwarf_Die die;

	if (!die_at(t, type, &die) || depth > DEPTH_MAX) {
		append(text, size, "void");
		return;
	}
	name = dwarf_diename(&die);
	switch (dwarf_tag(&die)) {
	case DW_TAG_structure_type:
		append(text, size, "struct ");
		break;
	case DW_TAG_union_type:
		append(text, size, "union ");
		break;
	case DW_TAG_enumeration_type:
		append(text, size, "enum ");
		break;
	case DW_TAG_pointer_type:
		describe(t, type_of(&die), text, size, depth + 1);
		append(text, size, " *");
		return;
	case DW_TAG_array_type:
		describe(t, type_of(&die), text, size, depth + 1);
		append(text, size, "[]");
		return;
	case DW_TAG_subroutine_type:
		append(text, size, "function");
		return;
	case DW_TAG_const_type:
	case DW_TAG_volatile_type:
	case DW_TAG_restrict_type:
	case DW_TAG_atomic_type:
		describe(t, type_of(&die), text, size, depth + 1);
		return;
	default:
		break;
	}
	append(text, size, name ? name : "(unnamed)");
}

void types_describe(const struct types *t, uint64_t type, char *text, size_t size)
{
	if (size == 0)
		return;
	text[0] = '\0';
	describe(t, type, text, size, 0);
}

bool types_variable(const struct types *t, const char *name, uint64_t *type)
{
	uint64_t variable;
	Dwarf_Die die;

	if (!lookup(t, name, ENTRY_VARIABLE, &variable) || !die_at(t, variable, &die))
		return false;
	*type = type_of(&die);
	return *type != TYPE_VOID;
}

bool types_struct(const struct types *t, const char *tag, uint64_t *type)
{
	return lookup(t, tag, ENTRY_STRUCT, type);
}

bool types_function(const struct types *t, const char *name, uint64_t *function)
{
	return lookup(t, name, ENTRY_FUNCTION, function);
}

bool types_parameter(const struct types *t, uint64_t function, int n, uint64_t *type)
{
	Dwarf_Die die, child;

	if (!die_at(t, function, &die) || dwarf_child(&die, &child) != 0)
		return false;
	do {
		if (dwarf_tag(&child) != DW_TAG_formal_parameter || n-- > 0)
			continue;
		*type = type_of(&child);
		return *type != TYPE_VOID;
	} while (next_sibling(&child));
	return false;
}

uint64_t types_return(const struct types *t, uint64_t function)
{
	Dwarf_Die die;

	return die_at(t, function, &die) ? type_of(&die) : TYPE_VOID;
}

static uint64_t unsigned_attribute(Dwarf_Die *die, unsigned int name)
{
	Dwarf_Attribute attribute;
	Dwarf_Word value = 0;

	if (dwarf_formudata(dwarf_attr(die, name, &attribute), &value) != 0)
		return 0;
	return value;
}

static bool find_field(const struct types *t, uint64_t type, const char *name,
                       struct type_field *field, int depth, int *budget)
{
	Dwarf_Die die, member;

	if (depth > DEPTH_MAX || !strip(t, type, &die) ||
	    (dwarf_tag(&die) != DW_TAG_structure_type &&
	     dwarf_tag(&die) != DW_TAG_union_type) ||
	    dwarf_child(&die, &member) != 0)
		return false;
	do {
		const char *member_name = dwarf_diename(&member);
		uint64_t offset;

		if (dwarf_tag(&member) != DW_TAG_member)
			continue;
		offset = unsigned_attribute(&member, DW_AT_data_member_location);
		if (member_name && strcmp(member_name, name) == 0) {
			field->offset = offset;
			field->type = type_of(&member);
			field->bits = dwarf_hasattr(&member, DW_AT_bit_size) != 0;
			return field->type != TYPE_VOID;
		}
		if (!member_name &&
		    find_field(t, type_of(&member), name, field, depth + 1, budget)) {
			field->offset += offset;
			return true;
		}
	} while (--*budget > 0 && next_sibling(&member));
	return false;
}

bool types_field(const struct types *t, uint64_t type, const char *name,
                 struct type_field *field)
{
	int budget = MEMBERS_MAX;

	return find_field(t, type, name, field, 0, &budget);
}

/* Goes over an enum for a name, or with a NULL name for a value. */
static bool search_enum(const struct types *t, uint64_t type, const char *name,
                        int64_t *value)
{
	Dwarf_Attribute attribute;
	Dwarf_Die die, child;

	if (!strip(t, type, &die) || dwarf_tag(&die) != DW_TAG_enumeration_type ||
	    dwarf_child(&die, &child) != 0)
		return false;
	do {
		const char *child_name = dwarf_diename(&child);
		Dwarf_Sword child_value;

		if (dwarf_tag(&child) != DW_TAG_enumerator || !child_name ||
		    strcmp(child_name, name) != 0 ||
		    dwarf_formsdata(dwarf_attr(&child, DW_AT_const_value, &attribute),
		                    &child_value) != 0)
			continue;
		*value = child_value;
		return true;
	} while (next_sibling(&child));
	return false;
}

bool types_enumerator(const struct types *t, uint64_t type, const char *name,
                      int64_t *value)
{
	if (type != TYPE_VOID)
		return search_enum(t, type, name, value);
	for (size_t i = 0; i < t->room; i++)
		if (t->entries[i].name && t->entries[i].kind == ENTRY_ENUM &&
		    search_enum(t, t->entries[i].offset, name, value))
			return true;
	return false;
}
