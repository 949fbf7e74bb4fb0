/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pipes: a page of bytes between those who write and those who read.  An end stays open
 * as long as any descriptor stands for it, in whatever process.
 */
#include "abi/errno.h"
#include "abi/fcntl.h"
#include "abi/limits.h"
#include "abi/stat.h"
#include "fs/file.h"
#include "lib/panic.h"
#include "lib/string.h"
#include "mm/frame.h"
#include "mm/kmalloc.h"
#include "thread/condvar.h"
#include "thread/spinlock.h"

#define PIPE_SIZE PAGE_SIZE

_Static_assert(PIPE_BUF <= PIPE_SIZE, "a write that must be whole has to fit");

/* All fields but `bytes` itself, which is constant: lock. */
struct pipe {
	struct spinlock lock;
	struct condvar readable; /* bytes have come, or the writing end has gone */
	struct condvar writable; /* there is more room, or the reading end has gone */
	uint8_t *bytes;          /* PIPE_SIZE, used in a circle */
	size_t first;            /* the oldest byte's place */
	size_t count;
	bool reading; /* the end is open */
	bool writing;
};

/* The stretch at `at` that does not go round the end. */
static size_t straight(size_t at, size_t n)
{
	return MIN(n, PIPE_SIZE - at % PIPE_SIZE);
}

static size_t take(struct pipe *p, uint8_t *to, size_t n)
{
	size_t done = 0;

	n = MIN(n, p->count);
	while (done < n) {
		size_t part = straight(p->first, n - done);

		memcpy(to + done, p->bytes + p->first, part);
		p->first = (p->first + part) % PIPE_SIZE;
		p->count -= part;
		done += part;
	}
	return done;
}

static void put(struct pipe *p, const uint8_t *from, size_t n)
{
	assert(n <= PIPE_SIZE - p->count);
	while (n > 0) {
		size_t at = (p->first + p->count) % PIPE_SIZE;
		size_t part = straight(at, n);

		memcpy(p->bytes + at, from, part);
		p->count += part;
		from += part;
		n -= part;
	}
}

static int64_t pipe_read(struct file *file, uint8_t *bytes, size_t n)
{
	struct pipe *p = file->pipe;
	size_t done;

	spinlock_acquire(&p->lock);
	while (p->count == 0 && p->writing)
		condvar_wait(&p->readable, &p->lock);
	done = take(p, bytes, n);
	condvar_broadcast(&p->writable, &p->lock);
	spinlock_release(&p->lock);
	return (int64_t)done;
}

/* Of up to PIPE_BUF bytes all go in at once; of more, what there is room for. */
static int64_t pipe_write(struct file *file, const uint8_t *bytes, size_t n)
{
	struct pipe *p = file->pipe;
	size_t room_needed = n <= PIPE_BUF ? n : 1;
	size_t done = 0;

	spinlock_acquire(&p->lock);
	while (done < n && p->reading) {
		size_t room = PIPE_SIZE - p->count;
		size_t part = MIN(n - done, room);

		if (room < room_needed) {
			condvar_wait(&p->writable, &p->lock);
			continue;
		}
		put(p, bytes + done, part);
		done += part;
		condvar_broadcast(&p->readable, &p->lock);
	}
	spinlock_release(&p->lock);
	return done > 0 ? (int64_t)done : -EPIPE;
}

static void pipe_close(struct file *file)
{
	struct pipe *p = file->pipe;
	bool last;

	spinlock_acquire(&p->lock);
	if ((file->flags & O_ACCMODE) == O_RDONLY) {
		p->reading = false;
		condvar_broadcast(&p->writable, &p->lock);
	} else {
		p->writing = false;
		condvar_broadcast(&p->readable, &p->lock);
	}
	last = !p->reading && !p->writing;
	spinlock_release(&p->lock);
	if (last) {
		frame_unref(virt_to_phys(p->bytes));
		kfree(p);
	}
}

static const struct file_ops pipe_ops = {
	.read = pipe_read,
	.write = pipe_write,
	.close = pipe_close,
	.is_stream = true,
	.mode = S_IFIFO | 0600,
};

static struct pipe *make_pipe(void)
{
	struct pipe *p = kmalloc(sizeof(*p));
	uint64_t page;

	if (p == NULL)
		return NULL;
	page = frame_alloc();
	if (page == FRAME_NONE) {
		kfree(p);
		return NULL;
	}
	spinlock_init(&p->lock, "pipe");
	condvar_init(&p->readable);
	condvar_init(&p->writable);
	p->bytes = phys_to_virt(page);
	p->first = 0;
	p->count = 0;
	p->reading = false;
	p->writing = false;
	return p;
}

int file_pipe(struct file **in, struct file **out)
{
	struct pipe *p = make_pipe();

	if (p == NULL)
		return -ENOMEM;
	*in = file_make(&pipe_ops, NULL, O_RDONLY);
	if (*in == NULL)
		goto fail_pipe;
	*out = file_make(&pipe_ops, NULL, O_WRONLY);
	if (*out == NULL)
		goto fail_in;
	(*in)->pipe = p;
	(*out)->pipe = p;
	p->reading = true;
	p->writing = true;
	return 0;

fail_in:
	kfree(*in);
fail_pipe:
	frame_unref(virt_to_phys(p->bytes));
	kfree(p);
	return -ENOMEM;
}
