/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view/canvas.h"

#include <errno.h>
#include <math.h>
#include <png.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POINTS_MAX 8
/* Stripes of a hatch: every so many pixels, so many wide. */
#define HATCH 5
#define STRIPE 2

int canvas_create(struct canvas *c, struct font *font, int width, int height)
{
	c->font = font;
	c->surface = SDL_CreateRGBSurfaceWithFormat(0, width, height, 32,
	                                            SDL_PIXELFORMAT_RGB888);
	if (!c->surface)
		return error_set(ERR_MEMORY, "no memory for a picture of %d by %d", width,
		                 height);
	return 0;
}

void canvas_free(struct canvas *c)
{
	SDL_FreeSurface(c->surface);
	c->surface = NULL;
}

void canvas_clip(struct canvas *c, const SDL_Rect *clip)
{
	SDL_SetClipRect(c->surface, clip);
}

static uint32_t *row(const struct canvas *c, int y)
{
	return (uint32_t *)(void *)((uint8_t *)c->surface->pixels +
	                            (ptrdiff_t)y * c->surface->pitch);
}

/* The channels two at a time, which leaves each the room that the product needs. */
static uint32_t mix(uint32_t under, uint32_t over, unsigned alpha)
{
	uint32_t rb = under & 0xff00ff, g = under & 0x00ff00;

	rb += (((over & 0xff00ff) - rb) * alpha) >> 8;
	g += (((over & 0x00ff00) - g) * alpha) >> 8;
	return (rb & 0xff00ff) | (g & 0x00ff00);
}

/* `cover` is how much of the pixel is covered, from 0 to 1. */
static void blend(struct canvas *c, int x, int y, unsigned rgb, double cover)
{
	const SDL_Rect *clip = &c->surface->clip_rect;

	if (cover <= 0 || x < clip->x || y < clip->y || x >= clip->x + clip->w ||
	    y >= clip->y + clip->h)
		return;
	uint32_t *pixel = &row(c, y)[x];

	*pixel = cover >= 1 ? rgb : mix(*pixel, rgb, (unsigned)(cover * 256));
}

void canvas_fill(struct canvas *c, int x, int y, int w, int h, unsigned rgb)
{
	SDL_Rect rect = {x, y, w, h};

	if (w > 0 && h > 0)
		SDL_FillRect(c->surface, &rect, rgb);
}

void canvas_frame(struct canvas *c, int x, int y, int w, int h, unsigned rgb)
{
	canvas_fill(c, x, y, w, 1, rgb);
	canvas_fill(c, x, y + h - 1, w, 1, rgb);
	canvas_fill(c, x, y, 1, h, rgb);
	canvas_fill(c, x + w - 1, y, 1, h, rgb);
}

void canvas_tint(struct canvas *c, int x, int y, int w, int h, unsigned rgb, int alpha)
{
	SDL_Rect all = {x, y, w, h}, part;

	if (!SDL_IntersectRect(&all, &c->surface->clip_rect, &part))
		return;
	for (int j = part.y; j < part.y + part.h; j++)
		for (int i = part.x; i < part.x + part.w; i++)
			row(c, j)[i] = mix(row(c, j)[i], rgb, (unsigned)alpha);
}

void canvas_hatch(struct canvas *c, int x, int y, int w, int h, unsigned rgb,
                  unsigned paper)
{
	SDL_Rect all = {x, y, w, h}, part;

	if (!SDL_IntersectRect(&all, &c->surface->clip_rect, &part))
		return;
	for (int j = part.y; j < part.y + part.h; j++)
		for (int i = part.x; i < part.x + part.w; i++)
			row(c, j)[i] = (i + j) % HATCH < STRIPE ? rgb : paper;
}

/* Of the part of the line that can be seen along `axis`, whole pixels. */
static void span_of(double from, double to, int low, int size, int *first, int *last)
{
	double least = fmax(fmin(from, to), low - 1);
	double most = fmin(fmax(from, to), low + size);

	*first = (int)floor(least);
	*last = (int)ceil(most);
}

void canvas_line(struct canvas *c, struct canvas_point a, struct canvas_point b,
                 double width, double dash, unsigned rgb)
{
	const SDL_Rect *clip = &c->surface->clip_rect;
	double dx = b.x - a.x, dy = b.y - a.y, length = hypot(dx, dy);
	bool steep = fabs(dy) > fabs(dx);
	int first, last;

	if (length < 0.01)
		return;
	/* Along the longer axis a pixel at a time, and across it by distance. */
	double slope = steep ? dx / dy : dy / dx;
	double across = (steep ? fabs(dy) : fabs(dx)) / length, half = width / 2;
	double reach = half / across + 1;

	if (steep)
		span_of(a.y, b.y, clip->y, clip->h, &first, &last);
	else
		span_of(a.x, b.x, clip->x, clip->w, &first, &last);
	for (int i = first; i <= last; i++) {
		double along = (steep ? i + 0.5 - a.y : i + 0.5 - a.x);
		double centre = (steep ? a.x : a.y) + along * slope;
		/* From the start to here, and how much of this pixel is the line's. */
		double way = (steep ? along / dy : along / dx) * length;
		double ends = fmin(fmin(way * across, (length - way) * across) + 0.5, 1);

		if (ends <= 0 || (dash > 0 && fmod(way, 2 * dash) >= dash))
			continue;
		for (int j = (int)floor(centre - reach); j <= (int)ceil(centre + reach);
		     j++) {
			double away = fabs(j + 0.5 - centre) * across;
			double cover = fmin(half + 0.5 - away, 1) * ends;

			blend(c, steep ? j : i, steep ? i : j, rgb, cover);
		}
	}
}

/* Pixels are cut by each edge as if it alone were there: exact but at sharp corners. */
void canvas_polygon(struct canvas *c, const struct canvas_point *p, int n, unsigned rgb)
{
	const SDL_Rect *clip = &c->surface->clip_rect;
	double left = p[0].x, right = left, top = p[0].y, bottom = top, area = 0;
	struct canvas_point normal[POINTS_MAX];

	BUG_ON(n > POINTS_MAX);
	for (int i = 0; i < n; i++) {
		const struct canvas_point *q = &p[(i + 1) % n];
		double dx = q->x - p[i].x, dy = q->y - p[i].y, l = hypot(dx, dy);

		left = fmin(left, p[i].x);
		right = fmax(right, p[i].x);
		top = fmin(top, p[i].y);
		bottom = fmax(bottom, p[i].y);
		area += p[i].x * q->y - q->x * p[i].y;
		normal[i] =
			(struct canvas_point){l > 0 ? -dy / l : 0, l > 0 ? dx / l : 0};
	}
	left = fmax(left, clip->x);
	right = fmin(right, clip->x + clip->w);
	top = fmax(top, clip->y);
	bottom = fmin(bottom, clip->y + clip->h);
	for (int y = (int)floor(top); y < bottom; y++)
		for (int x = (int)floor(left); x < right; x++) {
			double cover = 1;

			for (int i = 0; i < n; i++) {
				double in = (x + 0.5 - p[i].x) * normal[i].x +
				            (y + 0.5 - p[i].y) * normal[i].y;

				cover = fmin(cover, (area > 0 ? in : -in) + 0.5);
			}
			blend(c, x, y, rgb, cover);
		}
}

static void put_text(struct canvas *c, int x, int y, enum font_style style, unsigned rgb,
                     const char *text, size_t n)
{
	SDL_Rect at = {x, y, 0, 0};
	SDL_Surface *picture;

	/* What cannot be seen need not be made. */
	if (y >= c->surface->clip_rect.y + c->surface->clip_rect.h ||
	    y + font_height(c->font) <= c->surface->clip_rect.y)
		return;
	picture = font_text(c->font, style, rgb, text, n);
	if (picture)
		SDL_BlitSurface(picture, NULL, c->surface, &at);
}

void canvas_text(struct canvas *c, int x, int y, enum font_style style, unsigned rgb,
                 const char *text)
{
	put_text(c, x, y, style, rgb, text, strlen(text));
}

void canvas_text_cut(struct canvas *c, int x, int y, enum font_style style, unsigned rgb,
                     const char *text, int columns)
{
	size_t n = strlen(text);

	if (columns <= 0)
		return;
	if (n <= (size_t)columns) {
		put_text(c, x, y, style, rgb, text, n);
		return;
	}
	put_text(c, x, y, style, rgb, text, (size_t)columns - 1);
	put_text(c, x + (columns - 1) * font_width(c->font), y, style, rgb, "~", 1);
}

/* libpng would say it on stderr first. */
static _Noreturn void on_error(png_structp png, png_const_charp message)
{
	(void)message;
	png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message)
{
	(void)png;
	(void)message;
}

/* Where libpng cannot go on it comes back to setjmp(). */
static bool write_rows(const struct canvas *c, FILE *file)
{
	png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, on_error,
	                                          on_warning);
	png_infop info = png ? png_create_info_struct(png) : NULL;

	if (!info || setjmp(png_jmpbuf(png))) {
		png_destroy_write_struct(&png, &info);
		return false;
	}
	png_init_io(png, file);
	png_set_IHDR(png, info, (png_uint_32)c->surface->w, (png_uint_32)c->surface->h, 8,
	             PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
	             PNG_FILTER_TYPE_DEFAULT);
	png_write_info(png, info);
	/* Blue lies first in memory, and a byte follows red. */
	png_set_bgr(png);
	png_set_filler(png, 0, PNG_FILLER_AFTER);
	for (int y = 0; y < c->surface->h; y++)
		png_write_row(png, (png_const_bytep)row(c, y));
	png_write_end(png, info);
	png_destroy_write_struct(&png, &info);
	return true;
}

int canvas_write_png(const struct canvas *c, const char *path)
{
	FILE *file = fopen(path, "wb");
	bool written;

	if (!file)
		return error_set(ERR_SYSTEM, "cannot create %s: %s", path,
		                 strerror(errno));
	written = write_rows(c, file);
	if (fclose(file) != 0)
		return error_set(ERR_SYSTEM, "cannot write %s: %s", path,
		                 strerror(errno));
	if (!written)
		return error_set(ERR_SYSTEM, "cannot write %s: disk full or no memory",
		                 path);
	return 0;
}
