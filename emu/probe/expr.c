/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/expr.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define NAME_SIZE 128

/* System V: the registers of the integer parameters, in processor encoding. */
static const int argument_registers[6] = {7, 6, 2, 1, 8, 9};

/* Where the compiler stands in a path. */
struct cursor {
	const struct expr_scope *scope;
	const char *text; /* the whole expression, for messages */
	const char *at;   /* the rest of it */
	struct expr *e;
	uint64_t type;
	bool in_memory; /* the value is at the address computed so far, not that itself */
	bool pointer;   /* the value is a pointer to `type`, by no type of its own */
};

static int step(struct cursor *c, int op, uint64_t n)
{
	struct expr *e = c->e;

	if (op == EXPR_ADD && n == 0)
		return 0;
	if (op == EXPR_ADD && e->nsteps > 0 && e->steps[e->nsteps - 1].op == EXPR_ADD) {
		e->steps[e->nsteps - 1].n += n;
		return 0;
	}
	if (e->nsteps == EXPR_STEPS)
		return error_set(ERR_FILE, "\"%s\": too long", c->text);
	e->steps[e->nsteps].op = op;
	e->steps[e->nsteps++].n = n;
	return 0;
}

static void skip_space(struct cursor *c)
{
	while (*c->at == ' ')
		c->at++;
}

static bool accept(struct cursor *c, const char *token)
{
	size_t n = strlen(token);

	skip_space(c);
	if (strncmp(c->at, token, n) != 0)
		return false;
	c->at += n;
	return true;
}

/* An identifier into `name`; false where none starts here or it is too long. */
static bool identifier(struct cursor *c, char name[NAME_SIZE])
{
	size_t n = 0;

	skip_space(c);
	if (!isalpha((unsigned char)*c->at) && *c->at != '_')
		return false;
	while (isalnum((unsigned char)c->at[n]) || c->at[n] == '_')
		n++;
	if (n >= NAME_SIZE)
		return false;
	memcpy(name, c->at, n);
	name[n] = '\0';
	c->at += n;
	return true;
}

/* "(struct TAG *)"; the type it names, a pointer's target, in `*target`. */
static int cast(struct cursor *c, bool *present, uint64_t *target)
{
	char tag[NAME_SIZE];

	*present = accept(c, "(");
	if (!*present)
		return 0;
	if (!accept(c, "struct ") || !identifier(c, tag) || !accept(c, "*") ||
	    !accept(c, ")"))
		return error_set(ERR_FILE, "\"%s\": a cast reads (struct NAME *)",
		                 c->text);
	if (!types_struct(c->scope->types, tag, target))
		return error_set(ERR_FILE, "\"%s\": the kernel has no struct %s", c->text,
		                 tag);
	return 0;
}

/* N of "argN", or -1. */
static int argument_number(const char *name)
{
	if (strncmp(name, "arg", 3) != 0 || name[3] < '0' || name[3] > '5' || name[4])
		return -1;
	return name[3] - '0';
}

/* `argN`, or `ret` for N = -1: a register, typed by the function's declaration if any. */
static int start_register(struct cursor *c, const char *name, int n)
{
	const struct expr_scope *scope = c->scope;
	bool result = n < 0;
	uint64_t function;

	if (!scope->function)
		return error_set(ERR_FILE, "\"%s\": %s means nothing outside a probe",
		                 c->text, name);
	if (result && !scope->returns)
		return error_set(ERR_FILE, "\"%s\": ret needs \"when\": \"return\"",
		                 c->text);
	c->e->start = EXPR_REGISTER;
	c->e->result = result;
	c->e->reg = result ? GPR_RAX : argument_registers[n];
	c->type = TYPE_VOID;
	c->in_memory = false;
	if (!types_function(scope->types, scope->function, &function))
		return 0;
	if (result) {
		c->type = types_return(scope->types, function);
		if (c->type == TYPE_VOID)
			return error_set(ERR_FILE, "\"%s\": %s() returns nothing",
			                 c->text, scope->function);
		return 0;
	}
	if (!types_parameter(scope->types, function, n, &c->type))
		return error_set(ERR_FILE, "\"%s\": %s() has no parameter %d", c->text,
		                 scope->function, n);
	return 0;
}

/* `thread` and `process`: a pointer that whoever evaluates knows. */
static int start_pointer(struct cursor *c, enum expr_start start, uint64_t target)
{
	c->e->start = start;
	c->type = target;
	c->pointer = true;
	return 0;
}

static int start_field(struct cursor *c, const char *name)
{
	const struct expr_scope *scope = c->scope;
	struct type_field field;
	char type[NAME_SIZE];

	types_describe(scope->types, scope->object, type, sizeof(type));
	if (!types_field(scope->types, scope->object, name, &field))
		return error_set(ERR_FILE, "\"%s\": %s has no field %s", c->text, type,
		                 name);
	if (field.bits)
		return error_set(ERR_FILE, "\"%s\": %s is a bit field", c->text, name);
	c->e->start = EXPR_OBJECT;
	c->type = field.type;
	c->in_memory = true;
	return step(c, EXPR_ADD, field.offset);
}

static int start_global(struct cursor *c, const char *name)
{
	uint64_t size;

	if (!symbols_lookup(c->scope->symbols, name, &c->e->address, &size))
		return error_set(ERR_FILE, "\"%s\": the kernel has no symbol %s", c->text,
		                 name);
	c->e->start = EXPR_ADDRESS;
	c->in_memory = true;
	if (!types_variable(c->scope->types, name, &c->type))
		return error_set(ERR_FILE, "\"%s\": the type of %s is not known", c->text,
		                 name);
	return 0;
}

static int start(struct cursor *c)
{
	const struct expr_scope *scope = c->scope;
	char name[NAME_SIZE] = "";
	int n;

	if (!identifier(c, name))
		return error_set(ERR_FILE, "\"%s\": must start with a name", c->text);
	if (scope->object != TYPE_VOID)
		return start_field(c, name);
	n = argument_number(name);
	if (n >= 0 || strcmp(name, "ret") == 0)
		return start_register(c, name, n);
	if (strcmp(name, "thread") == 0 && scope->thread != TYPE_VOID)
		return start_pointer(c, EXPR_THREAD, scope->thread);
	if (strcmp(name, "process") == 0 && scope->process != TYPE_VOID)
		return start_pointer(c, EXPR_PROCESS, scope->process);
	return start_global(c, name);
}

/* Makes the pointer or array here the address of what it points to; its type follows. */
static int follow(struct cursor *c, const char *what)
{
	char type[NAME_SIZE];
	struct type_info info;

	if (c->pointer) {
		c->pointer = false;
		c->in_memory = true;
		return 0;
	}
	types_info(c->scope->types, c->type, &info);
	if (info.kind != TYPE_POINTER && !(info.kind == TYPE_ARRAY && c->in_memory)) {
		types_describe(c->scope->types, c->type, type, sizeof(type));
		return error_set(ERR_FILE, "\"%s\": %s needs a pointer, not %s", c->text,
		                 what, type);
	}
	c->type = info.target;
	if (info.kind == TYPE_POINTER && c->in_memory)
		return step(c, EXPR_LOAD, 0);
	c->in_memory = true;
	return 0;
}

static int select_field(struct cursor *c)
{
	char name[NAME_SIZE], type[NAME_SIZE];
	struct type_field field;
	struct type_info info;

	if (!identifier(c, name))
		return error_set(ERR_FILE, "\"%s\": a field name must follow", c->text);
	types_info(c->scope->types, c->type, &info);
	types_describe(c->scope->types, c->type, type, sizeof(type));
	if (info.kind == TYPE_POINTER || c->pointer)
		return error_set(ERR_FILE, "\"%s\": before %s stands a pointer: use ->",
		                 c->text, name);
	if (info.kind != TYPE_STRUCT || !c->in_memory)
		return error_set(ERR_FILE,
		                 "\"%s\": before %s stands no structure, but %s", c->text,
		                 name, type);
	if (!types_field(c->scope->types, c->type, name, &field))
		return error_set(ERR_FILE, "\"%s\": %s has no field %s", c->text, type,
		                 name);
	if (field.bits)
		return error_set(ERR_FILE, "\"%s\": %s is a bit field", c->text, name);
	c->type = field.type;
	return step(c, EXPR_ADD, field.offset);
}

static int select_element(struct cursor *c)
{
	struct type_info outer, element;
	uint64_t index = 0;
	bool cpu = accept(c, "cpu");
	char *end;
	int err;

	skip_space(c);
	if (!cpu) {
		index = strtoull(c->at, &end, 0);
		if (!isdigit((unsigned char)*c->at) || index > INT32_MAX)
			return error_set(ERR_FILE, "\"%s\": an index is a number or cpu",
			                 c->text);
		c->at = end;
	}
	if (!accept(c, "]"))
		return error_set(ERR_FILE, "\"%s\": ] is missing", c->text);
	types_info(c->scope->types, c->pointer ? TYPE_VOID : c->type, &outer);
	err = follow(c, "[]");
	if (err)
		return err;
	types_info(c->scope->types, c->type, &element);
	if (element.size == 0)
		return error_set(ERR_FILE, "\"%s\": the size of an element is not known",
		                 c->text);
	if (outer.kind == TYPE_ARRAY && outer.size && index >= outer.size / element.size)
		return error_set(ERR_FILE, "\"%s\": the array has %" PRIu64 " elements",
		                 c->text, outer.size / element.size);
	return cpu ? step(c, EXPR_CPU, element.size)
	           : step(c, EXPR_ADD, index * element.size);
}

static int path(struct cursor *c)
{
	int err = 0;

	for (;;) {
		if (accept(c, "->")) {
			err = follow(c, "->");
			if (!err)
				err = select_field(c);
		} else if (accept(c, ".")) {
			err = select_field(c);
		} else if (accept(c, "[")) {
			err = select_element(c);
		} else {
			skip_space(c);
			if (*c->at)
				return error_set(ERR_FILE, "\"%s\": cannot read \"%s\"",
				                 c->text, c->at);
			return 0;
		}
		if (err)
			return err;
	}
}

/* How the value at the end of the path is read. */
static int finish(struct cursor *c)
{
	char type[NAME_SIZE];
	struct type_info info;
	struct expr *e = c->e;

	e->size = 8;
	if (c->pointer)
		return 0;
	e->type = c->type;
	if (c->type == TYPE_VOID && !c->in_memory)
		return 0;
	types_info(c->scope->types, c->type, &info);
	e->load = c->in_memory;
	e->size = (int)info.size;
	e->is_signed = info.is_signed;
	if ((info.kind == TYPE_STRUCT || info.kind == TYPE_ARRAY) && c->in_memory) {
		e->load = false;
		e->size = 8;
		return 0;
	}
	if ((info.kind == TYPE_INTEGER || info.kind == TYPE_ENUM ||
	     info.kind == TYPE_POINTER) &&
	    (info.size == 1 || info.size == 2 || info.size == 4 || info.size == 8))
		return 0;
	types_describe(c->scope->types, c->type, type, sizeof(type));
	return error_set(ERR_FILE, "\"%s\": %s is no integer, enum or pointer", c->text,
	                 type);
}

int expr_compile(struct expr *e, const struct expr_scope *scope, const char *text)
{
	struct cursor c = {.scope = scope, .text = text, .at = text, .e = e};
	uint64_t target = TYPE_VOID;
	bool is_cast;
	int err;

	*e = (struct expr){.size = 8};
	err = cast(&c, &is_cast, &target);
	if (!err)
		err = start(&c);
	if (!err && is_cast) {
		struct type_info info;

		types_info(scope->types, c.type, &info);
		/* An array is already where its pointer would lead. */
		if (c.in_memory && info.kind != TYPE_ARRAY)
			err = step(&c, EXPR_LOAD, 0);
		c.type = target;
		c.pointer = true;
		c.in_memory = false;
	}
	if (!err)
		err = path(&c);
	return err ? err : finish(&c);
}

static uint64_t extend(uint64_t value, int size, bool is_signed)
{
	int shift = 64 - 8 * size;

	if (is_signed)
		return (uint64_t)((int64_t)(value << shift) >> shift);
	return value << shift >> shift;
}

/* The steps of the path, up to where the value is, or is read from. */
static bool walk(const struct expr *e, const struct expr_context *context,
                 uint64_t *address)
{
	uint64_t v = 0;

	switch (e->start) {
	case EXPR_REGISTER:
		v = context->registers->gpr[e->reg];
		break;
	case EXPR_ADDRESS:
		v = e->address;
		break;
	case EXPR_OBJECT:
		v = context->object;
		break;
	case EXPR_THREAD:
		v = context->thread;
		break;
	case EXPR_PROCESS:
		v = context->process;
		break;
	}
	for (int i = 0; i < e->nsteps; i++) {
		const struct expr_step *s = &e->steps[i];

		if (s->op == EXPR_ADD)
			v += s->n;
		else if (s->op == EXPR_CPU)
			v += s->n * (uint64_t)context->cpu;
		else if (!machine_read(context->machine, context->cpu, v, &v, sizeof(v)))
			return false;
	}
	*address = v;
	return true;
}

bool expr_address(const struct expr *e, const struct expr_context *context, uint64_t *va)
{
	return e->load && walk(e, context, va);
}

bool expr_eval(const struct expr *e, const struct expr_context *context, uint64_t *value)
{
	uint64_t v;

	if (!walk(e, context, &v))
		return false;
	if (e->load) {
		uint64_t raw = 0;

		if (!machine_read(context->machine, context->cpu, v, &raw,
		                  (size_t)e->size))
			return false;
		v = raw;
	}
	*value = extend(v, e->size, e->is_signed);
	return true;
}
