/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Semaphores with names, as files: for processes that have nothing else in common.  Each
 * descriptor that opened one stands for the same count.
 *
 * names_lock covers names and references.  It is taken under no other sleep lock, and
 * none is taken under it; who waits for a count holds neither.
 */
#include <stddef.h>

#include "abi/errno.h"
#include "abi/fcntl.h"
#include "abi/limits.h"
#include "abi/stat.h"
#include "fs/device.h"
#include "fs/file.h"
#include "lib/list.h"
#include "lib/panic.h"
#include "lib/string.h"
#include "mm/kmalloc.h"
#include "thread/semaphore.h"

struct named_semaphore {
	struct semaphore semaphore; /* has its own lock */
	struct list link;           /* names_lock; on `named`, or on no list */
	int refs;                   /* names_lock; open files, and one for the name */
	char name[];                /* constant */
};

static struct sleeplock names_lock;
static struct list named = LIST_INIT(named); /* names_lock */

void named_semaphores_init(void)
{
	sleeplock_init(&names_lock, "names_lock");
}

static struct named_semaphore *find(const char *name)
{
	assert(sleeplock_held(&names_lock));
	LIST_FOR_EACH(it, &named)
	{
		struct named_semaphore *s = LIST_ENTRY(it, struct named_semaphore, link);

		if (strcmp(s->name, name) == 0)
			return s;
	}
	return NULL;
}

static struct named_semaphore *make(const char *name)
{
	size_t n = strlen(name) + 1;
	struct named_semaphore *s = kmalloc(sizeof(*s) + n);

	if (s == NULL)
		return NULL;
	semaphore_init(&s->semaphore, 0);
	s->refs = 1;
	memcpy(s->name, name, n);
	list_append(&named, &s->link);
	return s;
}

static void let_go(struct named_semaphore *s)
{
	assert(sleeplock_held(&names_lock) && s->refs > 0);
	if (--s->refs == 0)
		kfree(s);
}

static void take_name(struct named_semaphore *s)
{
	list_remove(&s->link);
	let_go(s);
}

static int64_t semaphore_read(struct file *file, uint8_t *bytes, size_t n)
{
	(void)bytes;
	for (size_t i = 0; i < n; i++)
		semaphore_down(&file->semaphore->semaphore);
	return (int64_t)n;
}

static int64_t semaphore_write(struct file *file, const uint8_t *bytes, size_t n)
{
	(void)bytes;
	for (size_t i = 0; i < n; i++)
		semaphore_up(&file->semaphore->semaphore);
	return (int64_t)n;
}

static void semaphore_close(struct file *file)
{
	sleeplock_acquire(&names_lock);
	let_go(file->semaphore);
	sleeplock_release(&names_lock);
}

static const struct file_ops semaphore_ops = {
	.read = semaphore_read,
	.write = semaphore_write,
	.close = semaphore_close,
	.is_count = true,
	.mode = S_IFCHR | 0666,
};

static int open_locked(const char *name, int flags, struct file **file)
{
	struct named_semaphore *s = find(name);
	bool is_new = s == NULL;

	if (is_new && !(flags & O_CREAT))
		return -ENOENT;
	if (!is_new && (flags & O_CREAT) && (flags & O_EXCL))
		return -EEXIST;
	if (is_new)
		s = make(name);
	if (s == NULL)
		return -ENOMEM;
	*file = file_make(&semaphore_ops, NULL, flags);
	if (*file == NULL) {
		if (is_new)
			take_name(s);
		return -ENOMEM;
	}
	(*file)->semaphore = s;
	s->refs++;
	return 0;
}

int named_semaphore_open(const char *name, int flags, struct file **file)
{
	int error;

	if (name[0] == '\0')
		return -EISDIR;
	if (strlen(name) > NAME_MAX)
		return -ENAMETOOLONG;
	sleeplock_acquire(&names_lock);
	error = open_locked(name, flags, file);
	sleeplock_release(&names_lock);
	return error;
}

int named_semaphore_remove(const char *name)
{
	struct named_semaphore *s;

	sleeplock_acquire(&names_lock);
	s = find(name);
	if (s != NULL)
		take_name(s);
	sleeplock_release(&names_lock);
	return s != NULL ? 0 : -ENOENT;
}
