/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cpu/watch.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

/* Pages of the journal that are allocated at once: 4 MiB. */
#define WATCH_CHUNK 1024u

int watch_create(struct watch **out, uint8_t *ram, uint64_t ram_size,
                 struct machine_access *log, size_t max)
{
	struct watch *w = calloc(1, sizeof(*w));

	if (!w)
		return error_set(ERR_MEMORY, "out of memory");
	*w = (struct watch){.ram = ram, .ram_size = ram_size, .log = log, .max = max};
	w->levels = calloc(ram_size / WATCH_PAGE, sizeof(*w->levels));
	w->chunks = calloc(ram_size / WATCH_PAGE, sizeof(struct watch_page *));
	if (!w->levels || !w->chunks) {
		watch_destroy(w);
		return error_set(ERR_MEMORY, "out of memory");
	}
	*out = w;
	return 0;
}

void watch_destroy(struct watch *w)
{
	if (!w)
		return;
	for (size_t i = 0; i < w->nchunks; i++)
		free(w->chunks[i]);
	free(w->chunks);
	free(w->levels);
	free(w);
}

static struct watch_page *page_at(const struct watch *w, size_t i)
{
	return &w->chunks[i / WATCH_CHUNK][i % WATCH_CHUNK];
}

/* The journal holds as many pages as RAM has at most, for each of WATCH_CHUNK levels. */
static bool make_room(struct watch *w)
{
	if (w->npages < w->nchunks * WATCH_CHUNK)
		return true;
	if (w->nchunks == w->ram_size / WATCH_PAGE)
		return false;
	w->chunks[w->nchunks] = malloc(WATCH_CHUNK * sizeof(struct watch_page));
	if (!w->chunks[w->nchunks])
		return false;
	w->nchunks++;
	return true;
}

void watch_save_page(struct watch *w, uint32_t frame)
{
	struct watch_page *page;

	if (!make_room(w)) {
		w->failed = true;
		return;
	}
	page = page_at(w, w->npages++);
	page->frame = frame;
	page->level = w->levels[frame];
	memcpy(page->bytes, w->ram + (size_t)frame * WATCH_PAGE, WATCH_PAGE);
	w->levels[frame] = w->level;
}

size_t watch_push(struct watch *w)
{
	w->level++;
	return w->npages;
}

void watch_rewind(struct watch *w, size_t place, uint32_t level)
{
	while (w->npages > place) {
		const struct watch_page *page = page_at(w, --w->npages);

		memcpy(w->ram + (size_t)page->frame * WATCH_PAGE, page->bytes,
		       WATCH_PAGE);
		w->levels[page->frame] = page->level;
	}
	w->level = level;
}
