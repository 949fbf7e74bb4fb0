/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Work like that of real programs: sorting, hashing, trees and text, in blocks of a few
 * instructions with loads and stores between the branches.
 */
#ifndef WORK_H
#define WORK_H

#include <stdint.h>

/* Instructions of one round, to within a few per cent. */
#define WORK_ROUND 200000

/* Does `rounds` rounds; the result depends on nothing but the arguments. */
uint32_t work(unsigned long rounds, uint32_t seed);

#endif
