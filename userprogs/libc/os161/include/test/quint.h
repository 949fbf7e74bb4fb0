/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OS161_TEST_QUINT_H
#define OS161_TEST_QUINT_H

/* Runs five copies of the program at a time, and says which of them failed. */
void quint(const char *program);

#endif
