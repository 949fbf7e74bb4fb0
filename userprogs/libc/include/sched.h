/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _SCHED_H
#define _SCHED_H

/* Gives up the rest of the time slice. */
int sched_yield(void);

#endif
