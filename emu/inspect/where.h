/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the events of a trace happened, found by running it again. */
#ifndef FORKSCOPE_INSPECT_WHERE_H
#define FORKSCOPE_INSPECT_WHERE_H

#include "inspect/programs.h"
#include "probe/sources.h"
#include "render/places.h"

/*
 * Fills `at`, one element for each event, and puts the places into `places`.
 *
 * ERR_FILE where the images are not those of the recording, or the replay does something
 * else: then events from there on have what the trace says by itself.  ERR_MEMORY.
 */
int where_events(struct places *places, struct event_place *at,
                 const struct program_images *images, const struct trace *trace,
                 struct sources *sources);

#endif
