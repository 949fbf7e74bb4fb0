/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trace/fastjson.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Objects and arrays in one another; the format has an object or array in a record. */
#define DEPTH_MAX 3
/* Digits of an integer that a double surely holds. */
#define DIGITS_MAX 15

struct cursor {
	struct trace_fastjson *f;
	char *at; /* a NUL ends the line */
	int depth;
};

static cJSON *new_node(struct cursor *c, int type)
{
	if (c->f->used == TRACE_FASTJSON_NODES)
		return NULL;
	cJSON *node = &c->f->nodes[c->f->used++];

	memset(node, 0, sizeof(*node));
	node->type = type;
	return node;
}

/* The string after a quote, ended by a NUL in place of the other; NULL with an escape. */
static char *take_string(struct cursor *c)
{
	char *start = c->at;
	size_t n = strcspn(start, "\"\\");

	if (start[n] != '"')
		return NULL;
	start[n] = '\0';
	c->at = start + n + 1;
	return start;
}

static cJSON *take_number(struct cursor *c)
{
	bool negative = *c->at == '-';
	double value = 0;
	int digits = 0;

	c->at += negative;
	for (; *c->at >= '0' && *c->at <= '9' && digits <= DIGITS_MAX; c->at++, digits++)
		value = value * 10 + (*c->at - '0');
	if (digits == 0 || digits > DIGITS_MAX ||
	    (*c->at != ',' && *c->at != '}' && *c->at != ']'))
		return NULL;
	cJSON *node = new_node(c, cJSON_Number);

	if (node)
		node->valuedouble = negative ? -value : value;
	return node;
}

static cJSON *take_word(struct cursor *c, const char *word, int type)
{
	size_t n = strlen(word);

	if (strncmp(c->at, word, n) != 0)
		return NULL;
	c->at += n;
	return new_node(c, type);
}

static cJSON *take_members(struct cursor *c, int type, char end);

static cJSON *take_value(struct cursor *c)
{
	cJSON *node;

	switch (*c->at) {
	case '"':
		node = new_node(c, cJSON_String);
		c->at++;
		if (node)
			node->valuestring = take_string(c);
		return node && node->valuestring ? node : NULL;
	case '{':
		return take_members(c, cJSON_Object, '}');
	case '[':
		return take_members(c, cJSON_Array, ']');
	case 't':
		return take_word(c, "true", cJSON_True);
	case 'f':
		return take_word(c, "false", cJSON_False);
	default:
		return take_number(c);
	}
}

static cJSON *take_member(struct cursor *c, bool named)
{
	char *name = NULL;
	cJSON *node;

	if (named) {
		if (*c->at != '"')
			return NULL;
		c->at++;
		name = take_string(c);
		if (!name || *c->at != ':')
			return NULL;
		c->at++;
	}
	node = take_value(c);
	if (node)
		node->string = name;
	return node;
}

/* An object or an array, from its bracket on. */
static cJSON *take_members(struct cursor *c, int type, char end)
{
	cJSON *parent = new_node(c, type), *last = NULL;

	if (!parent || ++c->depth > DEPTH_MAX)
		return NULL;
	c->at++;
	while (*c->at != end) {
		if (last && *c->at++ != ',')
			return NULL;
		cJSON *node = take_member(c, type == cJSON_Object);

		if (!node)
			return NULL;
		node->prev = last;
		*(last ? &last->next : &parent->child) = node;
		last = node;
	}
	/* As cJSON has it: the first one's predecessor is the last. */
	if (last)
		parent->child->prev = last;
	c->at++;
	c->depth--;
	return parent;
}

cJSON *trace_fastjson_parse(struct trace_fastjson *f, const char *line, size_t n)
{
	if (n + 1 > f->size) {
		size_t size = n + 1 > 4096 ? n + 1 : 4096;
		char *copy = realloc(f->copy, size);

		if (!copy)
			return NULL;
		f->copy = copy;
		f->size = size;
	}
	memcpy(f->copy, line, n);
	f->copy[n] = '\0';
	f->used = 0;
	struct cursor c = {.f = f, .at = f->copy};
	cJSON *object = *c.at == '{' ? take_value(&c) : NULL;

	return object && c.at == f->copy + n ? object : NULL;
}

void trace_fastjson_free(struct trace_fastjson *f)
{
	free(f->copy);
	f->copy = NULL;
	f->size = 0;
}
