/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/palette.h"

unsigned palette_state(enum timeline_state state)
{
	static const unsigned colours[] = {PALETTE_ACCENT, 0xe69f00, 0x56b4e9, 0xbbbbbb,
	                                   PALETTE_ALARM};

	return colours[state];
}

unsigned palette_link(enum timeline_link link)
{
	static const unsigned colours[] = {0x009e73, 0xcc79a7, PALETTE_ALARM};

	return colours[link];
}

unsigned palette_mark(enum timeline_mark_kind kind)
{
	static const unsigned colours[] = {PALETTE_INK, PALETTE_EXEC, PALETTE_PAPER,
	                                   PALETTE_ALARM, PALETTE_ALARM};

	return colours[kind];
}

int palette_height(enum timeline_state state)
{
	static const int heights[] = {14, 8, 4, 2, 10};

	return heights[state];
}
