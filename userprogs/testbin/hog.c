/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hog [N]: keeps the processor for about N million instructions (20), and says nothing.
 */
#include "check.h"

int main(int argc, char **argv)
{
	busy(argument(argc, argv, 1, 20) * 250000);
	return 0;
}
