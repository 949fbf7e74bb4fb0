/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The search: run a program under many interleavings of its threads and the kernel's,
 * with every check on, and keep each violation as a small trace that replays.
 *
 * docs/exploration.md has the model: what a step is, what a conflict is, what is covered
 * by "complete" and what is not.
 */
#ifndef FORKSCOPE_EXPLORE_EXPLORE_H
#define FORKSCOPE_EXPLORE_EXPLORE_H

#include <limits.h>

#include "sched/session.h"
#include "trace/text.h"

enum explore_strategy {
	EXPLORE_DEFAULT, /* bounded with up to 2 preemptions, then dpor */
	EXPLORE_BOUNDED, /* at most 0, then 1, then 2... preemptions */
	EXPLORE_DPOR,    /* source sets and sleep sets: each class once */
	EXPLORE_PCT,     /* random priorities, with a guarantee */
	EXPLORE_RANDOM,  /* the baseline */
	EXPLORE_STRATEGIES
};

/* Each with a name of its own in reports; what it says: explore_check_text(). */
enum explore_check {
	EXPLORE_CONTRACT,     /* an invariant of check.h; the reason names it */
	EXPLORE_LOST_WAKEUP,  /* quiescent, and a thread waits for what has happened */
	EXPLORE_DEADLOCK,     /* quiescent, and threads wait for each other */
	EXPLORE_LIVELOCK,     /* no progress within a bound of instructions */
	EXPLORE_PANIC,        /* panic or failed assertion */
	EXPLORE_KERNEL_FAULT, /* a fault in kernel mode, or what ends the machine */
	EXPLORE_DOUBLE_FREE,
	EXPLORE_USE_AFTER_FREE,
	EXPLORE_OUT_OF_BLOCK, /* a write outside any live block */
	EXPLORE_LEAK,         /* a block more at the end than at the start */
	EXPLORE_LOCK_SLEEP,   /* a spinlock held across a sleep */
	EXPLORE_LOCK_OWNER,   /* released by one who does not hold it */
	EXPLORE_LOCK_KEPT,    /* never released */
	EXPLORE_LOCK_ORDER,   /* warning: two locks taken in both orders */
	EXPLORE_RACE,         /* warning: accesses that no lock orders */
	EXPLORE_ISOLATION,    /* one process's write seen by another's user code */
	EXPLORE_STATUS,       /* exit status other than declared */
	EXPLORE_CONSOLE,      /* console other than declared */
	EXPLORE_CHECKS
};

/* Stderr of a long search; every fraction of a second. */
struct explore_progress {
	uint64_t runs, redundant, classes, violations;
	uint64_t pending; /* pieces of work known and not begun */
	double seconds;
	double share; /* estimate of what is done, 0 to 1; negative: unknown */
};

struct explore_config {
	enum explore_strategy strategy;
	int preemptions;    /* at most, of bounded; d - 1 of pct; -1: the default */
	uint64_t max_runs;  /* 0: no bound */
	double max_seconds; /* 0: no bound */
	uint64_t seed;
	int jobs;                  /* processes; at least 1 */
	const char *const *within; /* preempt only in these functions; NULL-terminated */
	const char *const *without;
	/*
	 * Spinlocks of the kernel, NULL-terminated: what is done under them is taken to
	 * come to the same in either order.
	 */
	const char *const *commute;
	int expect_status;          /* of the program, as a shell would say it; -1: any */
	const char *expect_console; /* the whole console; NULL: any */
	size_t expect_console_size;
	uint64_t progress_bound; /* instructions; 0: the default */
	bool first_only;         /* end at the first violation that is no warning */
	bool minimize;           /* and minimise what is found */
	const char
		*directory; /* for traces and state; made if need be; NULL: keep none */
	bool resume;        /* go on from the state in `directory` */
	/* For reports: what `forkscope replay TRACE` needs to find the images, or NULL.
	 */
	const char *replay_options;
	void (*progress)(void *ctx, const struct explore_progress *);
	void *ctx;
};

/* Of preemptions: the search was interrupted before they were counted. */
#define EXPLORE_UNCOUNTED UINT_MAX

struct explore_violation {
	enum explore_check check;
	bool warning;
	char *reason;             /* one sentence; owned */
	char *details;            /* for a person: threads, stacks, accesses; owned */
	uint64_t interleaving;    /* the first that showed it, from 1 */
	double seconds;           /* from the start of the search until then */
	uint64_t seen;            /* interleavings that showed it */
	unsigned int preemptions; /* in the trace kept; or EXPLORE_UNCOUNTED */
	/*
	 * Of a violation: no interleaving with fewer preemptions than these shows it. All
	 * were run, as many as that for this alone; 0: by the search itself.
	 */
	unsigned int ruled_out;
	uint64_t searched;
	char *trace;   /* path of the minimised trace, NULL where none is kept */
	char *story;   /* path of its story in text, likewise */
	bool replayed; /* the trace was replayed and showed it again */
};

enum explore_end {
	EXPLORE_COMPLETE,
	EXPLORE_MAX_RUNS,
	EXPLORE_MAX_SECONDS,
	EXPLORE_INTERRUPTED,
	EXPLORE_FIRST_FOUND,
	EXPLORE_CUT, /* all that is known was run, but not all of it to its end */
};

struct explore_report {
	enum explore_strategy strategy; /* the one that ended */
	enum explore_end end;
	uint64_t runs;      /* interleavings run to their end */
	uint64_t redundant; /* and those cut short as equivalent to another */
	uint64_t cut;       /* of both those too long to be recorded to their end */
	uint64_t classes;   /* Mazurkiewicz traces among them */
	int preemptions;    /* the bound that was completed, -1: no bound */
	uint64_t pending;   /* pieces of work known and not begun */
	double probability; /* pct: of finding a bug of that depth, at least */
	size_t threads;
	uint64_t steps;        /* visible steps of the longest interleaving */
	uint64_t instructions; /* of all interleavings, from the search's start on */
	double seconds;
	struct explore_violation *violations; /* in the order of finding */
	size_t nviolations;
	size_t nwarnings;           /* among them */
	const char *replay_options; /* the configuration's, borrowed */
	const char *const *commute; /* likewise; NULL: none */
};

/*
 * Runs the program of `session`, which must name one; its schedule and heap are ignored.
 * A violation is no error: it is in the report.  ERR_SYSTEM, ERR_FILE, ERR_MEMORY;
 * ERR_USAGE for what the configuration or the kernel's profile does not allow.
 */
int explore_run(const struct images *images, const struct session_config *session,
                const struct explore_config *config, struct explore_report **report);
void explore_report_free(struct explore_report *report);

const char *explore_strategy_name(enum explore_strategy strategy);
int explore_strategy_from_name(const char *name); /* -1: none */
/* "lost-wakeup" and the like, and what it means in one sentence. */
const char *explore_check_name(enum explore_check check);
const char *explore_check_text(enum explore_check check);

/*
 * Whether it is proved that fewer preemptions do not show a violation, as one line after
 * `indent`; see struct explore_violation.  Of one that takes none there is nothing to
 * say.
 */
void explore_fewest_text(struct text *out, const char *indent, unsigned int preemptions,
                         unsigned int ruled_out, uint64_t searched);

/* For people, within 80 columns; and one JSON object with a newline. */
void explore_report_text(const struct explore_report *report, struct text *out,
                         bool colour);
void explore_report_json(const struct explore_report *report, struct text *out);

#endif
