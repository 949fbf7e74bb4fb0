/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "render/palette.h"

unsigned palette_state(enum timeline_state state)
{
	static const unsigned colours[] = {0x0072b2, 0xe69f00, 0x56b4e9, 0xbbbbbb,
	                                   PALETTE_ALARM};

	return colours[state];
}

unsigned palette_link(enum timeline_link link)
{
	static const unsigned colours[] = {0x009e73, 0xcc79a7, PALETTE_ALARM};

	return colours[link];
}

int palette_height(enum timeline_state state)
{
	static const int heights[] = {14, 8, 4, 2, 10};

	return heights[state];
}
