/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What timelines are drawn with, in any format: the colours of Okabe and Ito, which the
 * colour-blind tell apart, as 0xRRGGBB, and heights, since states differ by more than
 * their colour.
 */
#ifndef FORKSCOPE_RENDER_PALETTE_H
#define FORKSCOPE_RENDER_PALETTE_H

#include "render/timeline.h"

enum palette {
	PALETTE_PAPER = 0xffffff,
	PALETTE_INK = 0x222222,
	PALETTE_FAINT_INK = 0x555555,
	PALETTE_BRANCH = 0x888888,
	PALETTE_GRID = 0xeeeeee,
	PALETTE_RULE = 0xd9dce1,
	PALETTE_CHOSEN = 0xe6f0f8,
	PALETTE_HERE = 0xfff3bf, /* the instruction and the line that come next */
	PALETTE_ACCENT = 0x0072b2,
	PALETTE_EXEC = 0xf0e442,
	PALETTE_ALARM = 0xd55e00, /* a kill, an orphan, a violation */
};

/* Of a slice; that of a zombie is hatched with it on paper. */
unsigned palette_state(enum timeline_state state);
/* Of an arrow. */
unsigned palette_link(enum timeline_link link);
/* Of the inside of a mark. */
unsigned palette_mark(enum timeline_mark_kind kind);
/* How tall a slice is drawn, in pixels: the less a process does, the thinner. */
int palette_height(enum timeline_state state);

#endif
