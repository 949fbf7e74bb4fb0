/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What pictures are drawn on: pixels in memory, by this program alone, so that the same
 * picture comes out with any display and without one.  Colours are 0xRRGGBB; whatever
 * lies outside of the clip is not drawn.
 */
#ifndef FORKSCOPE_TOOLS_VIEW_CANVAS_H
#define FORKSCOPE_TOOLS_VIEW_CANVAS_H

#include <SDL.h>

#include "base/error.h"
#include "view/font.h"

struct canvas {
	SDL_Surface *surface;
	struct font *font; /* borrowed */
};

int canvas_create(struct canvas *canvas, struct font *font, int width, int height);
void canvas_free(struct canvas *canvas);
/* Writes the picture as PNG.  ERR_SYSTEM where the file cannot be written. */
int canvas_write_png(const struct canvas *canvas, const char *path);

/* NULL: all of it. */
void canvas_clip(struct canvas *canvas, const SDL_Rect *clip);

void canvas_fill(struct canvas *canvas, int x, int y, int w, int h, unsigned rgb);
/* Over what is there; `alpha` from 0 to 255. */
void canvas_tint(struct canvas *canvas, int x, int y, int w, int h, unsigned rgb,
                 int alpha);
void canvas_frame(struct canvas *canvas, int x, int y, int w, int h, unsigned rgb);
/* Stripes from the lower left to the upper right, on paper. */
void canvas_hatch(struct canvas *canvas, int x, int y, int w, int h, unsigned rgb,
                  unsigned paper);

struct canvas_point {
	double x, y;
};

/* Smooth; `dash` is the length of dashes and gaps, 0 for none. */
void canvas_line(struct canvas *canvas, struct canvas_point a, struct canvas_point b,
                 double width, double dash, unsigned rgb);
/* A convex polygon of at most 8 points, smooth. */
void canvas_polygon(struct canvas *canvas, const struct canvas_point *points, int n,
                    unsigned rgb);

/* Printable ASCII, its upper left corner at (x, y). */
void canvas_text(struct canvas *canvas, int x, int y, enum font_style style, unsigned rgb,
                 const char *text);
/* At most `columns` characters of it, the last one '~' where it was cut. */
void canvas_text_cut(struct canvas *canvas, int x, int y, enum font_style style,
                     unsigned rgb, const char *text, int columns);

#endif
