/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text as pictures.  The font has one width for all characters, and each text that was
 * drawn lately is kept, since most of what one frame says the next says again.
 */
#ifndef FORKSCOPE_TOOLS_VIEW_FONT_H
#define FORKSCOPE_TOOLS_VIEW_FONT_H

#include <SDL.h>

#include "base/error.h"

struct font;

enum font_style { FONT_PLAIN, FONT_BOLD, FONT_STYLES };

/*
 * The font in file `path`, or DejaVu Sans Mono where the usual systems have it if `path`
 * is NULL.  ERR_FILE where there is none, or it is no font.
 */
int font_open(struct font **font, const char *path, int pixels);
void font_close(struct font *font); /* NULL is fine */

/* Of one character, and of a line, in pixels. */
int font_width(const struct font *font);
int font_height(const struct font *font);

/* `n` bytes of printable ASCII; owned by the font until the next call.  NULL for none. */
SDL_Surface *font_text(struct font *font, enum font_style style, unsigned rgb,
                       const char *text, size_t n);

#endif
