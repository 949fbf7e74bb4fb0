/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FORKSCOPE_DIFF_STRICT_H
#define FORKSCOPE_DIFF_STRICT_H

#include "diff/diff.h"

/*
 * Compares record by record, the headers apart; the first that differs goes into `d` by
 * its lines.  Fills in what the report says of the traces.
 */
int diff_strict(struct diff_report *report, struct diff_difference *d,
                const char *const paths[2]);

#endif
