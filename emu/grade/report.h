/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the reports share. */
#ifndef FORKSCOPE_GRADE_REPORT_H
#define FORKSCOPE_GRADE_REPORT_H

#include "grade/grade.h"

/* Hundredths of a point as "15", "7.5", "0.25". */
void report_points(struct text *out, int64_t hundredths);
/* "DIRECTORY/SUBMISSION/FILE" */
void report_path(const struct grade *g, const struct grade_submission *s,
                 const char *file, struct text *out);
/* The command that replays a trace of the evidence, for a shell. */
void report_replay(const struct grade *g, const struct grade_submission *s,
                   const char *trace, struct text *out);
/* The points that a subtest has, of `test`'s. */
int64_t report_share(const struct rubric_test *test, const struct rubric_subtest *s,
                     uint32_t matches);

#endif
