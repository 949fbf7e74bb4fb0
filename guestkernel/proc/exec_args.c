/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "proc/exec_args.h"

#include "abi/errno.h"
#include "abi/limits.h"
#include "compiler.h"
#include "lib/string.h"
#include "mm/addr_space.h"
#include "mm/kmalloc.h"
#include "mm/usercopy.h"

#define CAPACITY_MIN 1024

static int init_args(struct exec_args *args, int argc)
{
	*args = (struct exec_args){.argc = argc, .capacity = CAPACITY_MIN};
	args->argv = kmalloc(((size_t)argc + 1) * sizeof(*args->argv));
	if (args->argv == NULL)
		return -ENOMEM;
	args->strings = kmalloc(args->capacity);
	if (args->strings == NULL) {
		kfree(args->argv);
		return -ENOMEM;
	}
	return 0;
}

void exec_args_free(struct exec_args *args)
{
	kfree(args->strings);
	kfree(args->argv);
}

static int grow(struct exec_args *args)
{
	char *larger;

	if (args->capacity == ARG_MAX)
		return -E2BIG;
	larger = kmalloc(args->capacity * 2);
	if (larger == NULL)
		return -ENOMEM;
	memcpy(larger, args->strings, args->used);
	kfree(args->strings);
	args->strings = larger;
	args->capacity *= 2;
	return 0;
}

_Static_assert(ARG_MAX % CAPACITY_MIN == 0, "doubling must meet ARG_MAX");

/* `strings` may still move, so until all are there argv[i] holds an offset. */
static void note_string(struct exec_args *args, int i, size_t length)
{
	args->argv[i] = (char *)args->used;
	args->used += length + 1;
}

static void offsets_to_pointers(struct exec_args *args)
{
	for (int i = 0; i < args->argc; i++)
		args->argv[i] = args->strings + (size_t)args->argv[i];
	args->argv[args->argc] = NULL;
}

static int count_pointers(uint64_t argv, int *argc)
{
	for (*argc = 0; *argc <= ARGC_MAX; (*argc)++) {
		uint64_t pointer;
		int error = copyin(&pointer, argv + 8 * (uint64_t)*argc, sizeof(pointer));

		if (error != 0)
			return error;
		if (pointer == 0)
			return 0;
	}
	return -E2BIG;
}

static int copyin_string(struct exec_args *args, int i, uint64_t argv)
{
	uint64_t pointer;
	size_t length;
	int error = copyin(&pointer, argv + 8 * (uint64_t)i, sizeof(pointer));

	while (error == 0) {
		error = copyinstr(args->strings + args->used, pointer,
		                  args->capacity - args->used, &length);
		if (error == 0) {
			note_string(args, i, length);
			return 0;
		}
		if (error == -ENAMETOOLONG)
			error = grow(args);
	}
	return error;
}

int exec_args_copyin(struct exec_args *args, uint64_t argv)
{
	int argc;
	int error = count_pointers(argv, &argc);

	if (error == 0)
		error = init_args(args, argc);
	if (error != 0)
		return error;
	for (int i = 0; i < argc; i++) {
		error = copyin_string(args, i, argv);
		if (error != 0) {
			exec_args_free(args);
			return error;
		}
	}
	offsets_to_pointers(args);
	return 0;
}

int exec_args_set(struct exec_args *args, const char *first, int argc, char *const *rest)
{
	int error = init_args(args, argc + 1);

	for (int i = 0; error == 0 && i <= argc; i++) {
		const char *s = i == 0 ? first : rest[i - 1];
		size_t length = strlen(s);

		while (error == 0 && args->capacity - args->used < length + 1)
			error = grow(args);
		if (error != 0) {
			exec_args_free(args);
			return error;
		}
		memcpy(args->strings + args->used, s, length + 1);
		note_string(args, i, length);
	}
	if (error == 0)
		offsets_to_pointers(args);
	return error;
}

int exec_args_push(const struct exec_args *args, struct addr_space *as, uint64_t *sp)
{
	uint64_t strings = USER_STACK_TOP - ALIGN_UP(args->used, 16);
	uint64_t argv = ALIGN_DOWN(strings - 8 * ((uint64_t)args->argc + 1), 16);
	int error = as_fill(as, strings, args->strings, args->used);

	for (int i = 0; error == 0 && i <= args->argc; i++) {
		uint64_t pointer = 0;

		if (i < args->argc)
			pointer = strings + (uint64_t)(args->argv[i] - args->strings);
		error = as_fill(as, argv + 8 * (uint64_t)i, &pointer, sizeof(pointer));
	}
	*sp = argv;
	return error;
}
