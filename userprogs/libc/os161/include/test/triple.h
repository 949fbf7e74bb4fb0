/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OS161_TEST_TRIPLE_H
#define OS161_TEST_TRIPLE_H

/* Runs three copies of the program at a time, and says which of them failed. */
void triple(const char *program);

#endif
