/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "abi/errno.h"
#include "compiler.h"
#include "fs/tree.h"
#include "lib/panic.h"
#include "lib/string.h"
#include "mm/frame.h"
#include "mm/kmalloc.h"

#define PAGE_SLOTS_MIN 8

void contents_free(struct inode *inode)
{
	for (size_t i = 0; i < inode->page_slots; i++)
		if (inode->pages[i] != NULL)
			frame_unref(virt_to_phys(inode->pages[i]));
	kfree(inode->pages);
	inode->pages = NULL;
	inode->page_slots = 0;
	inode->image = NULL;
	inode->size = 0;
}

void inode_set_image(struct inode *inode, const uint8_t *bytes, size_t n)
{
	sleeplock_acquire(&inode->lock);
	assert(inode->type == INODE_FILE && inode->size == 0);
	inode->image = bytes;
	inode->size = n;
	sleeplock_release(&inode->lock);
}

uint64_t inode_size(struct inode *inode)
{
	uint64_t size;

	sleeplock_acquire(&inode->lock);
	size = inode->size;
	sleeplock_release(&inode->lock);
	return size;
}

static void read_pages(const struct inode *inode, uint64_t offset, uint8_t *to, size_t n)
{
	while (n > 0) {
		size_t part = MIN(n, PAGE_SIZE - offset % PAGE_SIZE);
		size_t slot = offset / PAGE_SIZE;

		if (slot < inode->page_slots && inode->pages[slot] != NULL)
			memcpy(to, inode->pages[slot] + offset % PAGE_SIZE, part);
		else
			memset(to, 0, part);
		to += part;
		offset += part;
		n -= part;
	}
}

size_t inode_read(struct inode *inode, uint64_t offset, void *bytes, size_t n)
{
	sleeplock_acquire(&inode->lock);
	if (offset >= inode->size)
		n = 0;
	else
		n = MIN(n, inode->size - offset);
	if (inode->image != NULL)
		memcpy(bytes, inode->image + offset, n);
	else
		read_pages(inode, offset, bytes, n);
	sleeplock_release(&inode->lock);
	return n;
}

/* Room for `slots` page pointers, by doubling. */
static int grow_slots(struct inode *inode, size_t slots)
{
	size_t n = MAX(inode->page_slots, PAGE_SLOTS_MIN);
	uint8_t **pages;

	if (slots <= inode->page_slots)
		return 0;
	while (n < slots)
		n *= 2;
	pages = kmalloc(n * sizeof(*pages));
	if (pages == NULL)
		return -ENOSPC;
	memset(pages, 0, n * sizeof(*pages));
	if (inode->page_slots > 0)
		memcpy(pages, inode->pages, inode->page_slots * sizeof(*pages));
	kfree(inode->pages);
	inode->pages = pages;
	inode->page_slots = n;
	return 0;
}

/* Returns how much of it found room. */
static size_t write_pages(struct inode *inode, uint64_t offset, const uint8_t *from,
                          size_t n)
{
	size_t done = 0;

	if (grow_slots(inode, ALIGN_UP(offset + n, PAGE_SIZE) / PAGE_SIZE) != 0)
		return 0;
	while (done < n) {
		uint64_t at = offset + done;
		size_t part = MIN(n - done, PAGE_SIZE - at % PAGE_SIZE);
		uint8_t **page = &inode->pages[at / PAGE_SIZE];

		if (*page == NULL) {
			uint64_t pa = frame_alloc_zeroed();

			if (pa == FRAME_NONE)
				break;
			*page = phys_to_virt(pa);
		}
		memcpy(*page + at % PAGE_SIZE, from + done, part);
		done += part;
	}
	return done;
}

/* The first write to a file of the initrd: it gets pages of its own, or stays as it is.
 */
static int leave_image(struct inode *inode)
{
	const uint8_t *image = inode->image;
	uint64_t size = inode->size;

	if (image == NULL)
		return 0;
	if (write_pages(inode, 0, image, size) != size) {
		contents_free(inode);
		inode->image = image;
		inode->size = size;
		return -ENOSPC;
	}
	inode->image = NULL;
	return 0;
}

static int64_t write_locked(struct inode *inode, uint64_t offset, const void *bytes,
                            size_t n)
{
	size_t done;

	if (n == 0)
		return 0;
	if (offset > INODE_SIZE_MAX || n > INODE_SIZE_MAX - offset)
		return -EFBIG;
	if (leave_image(inode) != 0)
		return -ENOSPC;
	done = write_pages(inode, offset, bytes, n);
	if (done == 0)
		return -ENOSPC;
	inode->size = MAX(inode->size, offset + done);
	return (int64_t)done;
}

int64_t inode_write(struct inode *inode, uint64_t offset, const void *bytes, size_t n)
{
	int64_t done;

	sleeplock_acquire(&inode->lock);
	done = write_locked(inode, offset, bytes, n);
	sleeplock_release(&inode->lock);
	return done;
}

int64_t inode_append(struct inode *inode, const void *bytes, size_t n, uint64_t *end)
{
	int64_t done;

	sleeplock_acquire(&inode->lock);
	done = write_locked(inode, inode->size, bytes, n);
	*end = inode->size;
	sleeplock_release(&inode->lock);
	return done;
}

/* Frees the pages behind `size` and clears the rest of the last: they read as zeros. */
static void cut_pages(struct inode *inode, uint64_t size)
{
	size_t first = ALIGN_UP(size, PAGE_SIZE) / PAGE_SIZE;

	for (size_t i = first; i < inode->page_slots; i++) {
		if (inode->pages[i] != NULL)
			frame_unref(virt_to_phys(inode->pages[i]));
		inode->pages[i] = NULL;
	}
	if (size % PAGE_SIZE != 0 && first <= inode->page_slots &&
	    inode->pages[first - 1] != NULL)
		memset(inode->pages[first - 1] + size % PAGE_SIZE, 0,
		       PAGE_SIZE - size % PAGE_SIZE);
}

int inode_resize(struct inode *inode, uint64_t size)
{
	int error = 0;

	if (size > INODE_SIZE_MAX)
		return -EFBIG;
	sleeplock_acquire(&inode->lock);
	if (size == 0)
		contents_free(inode);
	else if (size != inode->size)
		error = leave_image(inode);
	if (error == 0) {
		if (size < inode->size)
			cut_pages(inode, size);
		inode->size = size;
	}
	sleeplock_release(&inode->lock);
	return error;
}
