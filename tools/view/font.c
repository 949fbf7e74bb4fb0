/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view/font.h"

#include <SDL_ttf.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Texts kept, in sets of a few among which the one not used for longest gives way. */
#define SETS 1024
#define WAYS 4
#define TEXT_MAX 256

struct kept {
	SDL_Surface *surface;
	uint64_t used; /* when, in calls */
	unsigned rgb;
	uint16_t length;
	uint8_t style;
	char text[TEXT_MAX];
};

struct font {
	TTF_Font *styles[FONT_STYLES];
	int width, height;
	uint64_t calls;
	struct kept kept[SETS][WAYS];
};

/* Debian and its kin, Fedora, Arch, SUSE, BSD. */
static const char *const usual[][FONT_STYLES] = {
	{"/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf",
         "/usr/share/fonts/truetype/dejavu/DejaVuSansMono-Bold.ttf"},
	{"/usr/share/fonts/dejavu-sans-mono-fonts/DejaVuSansMono.ttf",
         "/usr/share/fonts/dejavu-sans-mono-fonts/DejaVuSansMono-Bold.ttf"},
	{"/usr/share/fonts/TTF/DejaVuSansMono.ttf",
         "/usr/share/fonts/TTF/DejaVuSansMono-Bold.ttf"},
	{"/usr/share/fonts/truetype/DejaVuSansMono.ttf",
         "/usr/share/fonts/truetype/DejaVuSansMono-Bold.ttf"},
	{"/usr/local/share/fonts/dejavu/DejaVuSansMono.ttf",
         "/usr/local/share/fonts/dejavu/DejaVuSansMono-Bold.ttf"},
};

static int find_usual(const char *paths[FONT_STYLES])
{
	for (size_t i = 0; i < sizeof(usual) / sizeof(*usual); i++) {
		if (access(usual[i][FONT_PLAIN], R_OK) != 0)
			continue;
		paths[FONT_PLAIN] = usual[i][FONT_PLAIN];
		if (access(usual[i][FONT_BOLD], R_OK) == 0)
			paths[FONT_BOLD] = usual[i][FONT_BOLD];
		return 0;
	}
	return error_set(ERR_FILE, "DejaVu Sans Mono is not installed (Debian: "
	                           "fonts-dejavu-core); name a font with --font");
}

static int open_style(struct font *f, enum font_style style, const char *path, int pixels)
{
	f->styles[style] = TTF_OpenFont(path, pixels);
	if (!f->styles[style])
		return error_set(ERR_FILE, "%s: no font that can be used: %s", path,
		                 TTF_GetError());
	TTF_SetFontHinting(f->styles[style], TTF_HINTING_NORMAL);
	return 0;
}

int font_open(struct font **font, const char *path, int pixels)
{
	const char *paths[FONT_STYLES] = {path, NULL};
	struct font *f;
	int err = path ? 0 : find_usual(paths);

	if (err)
		return err;
	if (TTF_Init() != 0)
		return error_set(ERR_SYSTEM, "SDL_ttf: %s", TTF_GetError());
	f = calloc(1, sizeof(*f));
	if (!f) {
		TTF_Quit();
		return error_set(ERR_MEMORY, "out of memory");
	}
	err = open_style(f, FONT_PLAIN, paths[FONT_PLAIN], pixels);
	if (err == 0)
		err = open_style(f, FONT_BOLD,
		                 paths[paths[FONT_BOLD] ? FONT_BOLD : FONT_PLAIN],
		                 pixels);
	if (err) {
		font_close(f);
		return err;
	}
	if (!paths[FONT_BOLD])
		TTF_SetFontStyle(f->styles[FONT_BOLD], TTF_STYLE_BOLD);
	f->height = TTF_FontLineSkip(f->styles[FONT_PLAIN]);
	TTF_SizeUTF8(f->styles[FONT_PLAIN], "0", &f->width, NULL);
	*font = f;
	return 0;
}

void font_close(struct font *f)
{
	if (!f)
		return;
	for (int i = 0; i < SETS; i++)
		for (int k = 0; k < WAYS; k++)
			SDL_FreeSurface(f->kept[i][k].surface);
	for (int i = 0; i < FONT_STYLES; i++)
		if (f->styles[i])
			TTF_CloseFont(f->styles[i]);
	free(f);
	TTF_Quit();
}

int font_width(const struct font *f)
{
	return f->width;
}

int font_height(const struct font *f)
{
	return f->height;
}

/* FNV-1a. */
static uint64_t hash(enum font_style style, unsigned rgb, const char *text, size_t n)
{
	uint64_t h = 0xcbf29ce484222325u ^ rgb ^ ((uint64_t)style << 32);

	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)text[i]) * 0x100000001b3u;
	return h ^ h >> 32;
}

static bool is_it(const struct kept *k, enum font_style style, unsigned rgb,
                  const char *text, size_t n)
{
	return k->surface && k->style == style && k->rgb == rgb && k->length == n &&
	       memcmp(k->text, text, n) == 0;
}

SDL_Surface *font_text(struct font *f, enum font_style style, unsigned rgb,
                       const char *text, size_t n)
{
	SDL_Color colour = {(Uint8)(rgb >> 16), (Uint8)(rgb >> 8), (Uint8)rgb, 255};
	struct kept *set, *oldest;

	if (n >= TEXT_MAX)
		n = TEXT_MAX - 1;
	if (n == 0)
		return NULL;
	set = f->kept[hash(style, rgb, text, n) % SETS];
	oldest = set;
	f->calls++;
	for (int k = 0; k < WAYS; k++) {
		if (is_it(&set[k], style, rgb, text, n)) {
			set[k].used = f->calls;
			return set[k].surface;
		}
		if (set[k].used < oldest->used)
			oldest = &set[k];
	}
	SDL_FreeSurface(oldest->surface);
	memcpy(oldest->text, text, n);
	oldest->text[n] = '\0';
	oldest->length = (uint16_t)n;
	oldest->style = (uint8_t)style;
	oldest->rgb = rgb;
	oldest->used = f->calls;
	oldest->surface = TTF_RenderUTF8_Blended(f->styles[style], oldest->text, colour);
	return oldest->surface;
}
