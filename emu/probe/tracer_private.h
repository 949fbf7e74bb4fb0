/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tracer's insides.
 *
 *	tracer.c          life, callbacks of the machine, emission
 *	tracer_returns.c  probe sites, and the returns of probed functions
 *	tracer_tables.c   processes and threads
 *	tracer_events.c   what each probe means
 *	tracer_console.c  console text and input
 *	tracer_notes.c    what is for searches only
 *	tracer_query.c    what others ask
 *	tracer_snapshot.c going back
 *
 * Tables are as large as they may become from the start (the host commits their pages
 * only when touched), so nothing moves, and a guest gone wild meets a bound and not our
 * memory.
 */
#ifndef FORKSCOPE_PROBE_TRACER_PRIVATE_H
#define FORKSCOPE_PROBE_TRACER_PRIVATE_H

#include "probe/kernel_private.h"
#include "probe/map.h"
#include "probe/tracer.h"
#include "trace/strings.h"

/* More than fit into any guest's RAM, at some pages each. */
#define PROCESSES_MAX 65536
#define THREADS_MAX 65536
/*
 * Processes that are reaped stay known for a while: what they held is freed, and the wait
 * that returns them ends, only afterwards.
 */
#define REAPED_MAX 1024
/* Functions entered that may still return, and places that they return to. */
#define PENDING_MAX 16384
#define RETURN_SITES_MAX 4096
/* Fork paths longer than this start with a hash in place of their first part. */
#define PATH_LENGTH_MAX 4000

#define CONSOLE_TEXT_MAX 256
/* What is read of a guest's strings. */
#define STRING_MAX 1024
#define ARGS_MAX 256
#define ARGS_TEXT_MAX 65536

struct process {
	bool used;
	uint64_t serial;  /* of all ever known; a slot is used again, this never */
	uint64_t address; /* of the guest's structure, while `mapped` */
	bool mapped;      /* found by its address */
	const char *path; /* interned */
	int pid;
	uint32_t forks; /* children so far */
	struct process *parent;
	/* Children in order of fork, those included that are reaped and still known. */
	struct process *first_child, *last_child, *older_sibling, *newer_sibling;
	struct process *older, *newer; /* all, in order of fork */
	struct process
		*next_reaped; /* in order of reaping; the next free one if unused */
	bool exited, reaped, returned; /* returned: a wait has told of it */
	struct trace_status status;
	unsigned int bound; /* bit i: objects[i] is bound to it */
	uint64_t objects[KERNEL_RESOURCES];
};

struct thread {
	bool used;
	uint64_t serial; /* as a process's */
	uint64_t address;
	int id;
	struct process *process; /* NULL: the kernel's; see tracer_thread_process() */
	uint64_t process_serial;
	struct thread *older, *newer;
	struct thread *next_free;
	struct {
		bool active;
		int target, options;
		uint64_t status; /* where the caller wants the status, 0 for nowhere */
		/* What it has reaped; before it returns the pid may be another's. */
		struct process *reaped;
		uint64_t reaped_serial;
	} wait;
	struct {
		bool active;
		uint64_t number;
		uint64_t args[6];
	} call;
	/*
	 * The interrupt it is in.  One taken in user mode lasts until the next entry from
	 * there; one taken in the kernel for as long as its frame is on the stack.
	 */
	bool user_interrupt;
	uint64_t frame, frame_rip, frame_rsp; /* frame 0: none */
};

/* A probed function that was entered and may return. */
struct pending {
	uint64_t rsp; /* as it will be after the return */
	uint32_t probe;
	uint32_t next_free;
	unsigned int valid;             /* bit i: values[i] could be read */
	uint64_t values[PROFILE_EXPRS]; /* of the parameters, read at entry */
};

struct tracer {
	struct machine *machine;
	const struct kernel *kernel;
	struct tracer_options options;
	struct machine_observer observer;
	struct {
		void (*emit)(void *ctx, const struct trace_event *event);
		void *ctx;
	} sinks[TRACER_SINKS];
	int nsinks;
	void (*note)(void *ctx, int cpu, enum tracer_note what, uint64_t a, uint64_t b);
	void *note_ctx;
	uint64_t seq, lost;

	struct map sites;     /* address -> SITE_* | index of its first probe */
	uint32_t *by_address; /* the kernel's probes, ordered by address */
	size_t nprobes;       /* those in use */
	uint32_t *returning;  /* probes that act at return */
	size_t nreturning;
	uint64_t *return_sites; /* a ring, oldest first from `return_first` */
	size_t nreturn_sites, return_first;
	struct pending *pending;
	struct map pending_map;
	uint32_t pending_free, pending_used;

	struct process *processes;
	size_t processes_used;
	struct process *free_process, *first_process, *last_process;
	struct process *first_reaped, *last_reaped;
	size_t nreaped;
	uint32_t kernel_forks;
	uint64_t serial;
	struct map process_map; /* guest address -> index */
	struct map object_map; /* object and kind -> index of the process that holds it */
	unsigned int watched;  /* resources that some probe releases */

	struct thread *threads;
	size_t threads_used;
	struct thread *free_thread, *first_thread, *last_thread;
	uint64_t thread_serial;
	struct map thread_map;
	struct strings *paths; /* of processes, those included that are no more */
	struct {
		bool known;
		struct thread *thread; /* NULL: one that is not tracked */
	} current[MACHINE_CPUS_MAX];

	struct {
		char text[CONSOLE_TEXT_MAX];
		size_t length;
		struct process *writer;
		int cpu;
	} console;

	/* Scratch: all above is copied by a snapshot, this is not. */
	char args_text[ARGS_TEXT_MAX];
	const char *args[ARGS_MAX + 1];
};

/* Values of a probe's expressions. */
struct probe_values {
	unsigned int valid;
	uint64_t value[PROFILE_EXPRS];
};

/* Fills in count, number and the process (NULL: the kernel) and hands it to the sinks. */
void tracer_emit(struct tracer *t, int cpu, const struct process *process,
                 struct trace_event *event);
/*
 * A NUL-terminated string of the guest, cut to what fits; false where it is unreadable.
 */
bool tracer_string(struct tracer *t, int cpu, uint64_t va, char *text, size_t size);

/* tracer_returns.c */
int tracer_sites_create(struct tracer *t);
/* Sets those that have become wanted. */
int tracer_sites_extend(struct tracer *t);
void tracer_sites_destroy(struct tracer *t);
void tracer_probe_hit(struct tracer *t, int cpu, uint64_t address);

/* tracer_tables.c */
int tracer_tables_create(struct tracer *t);
void tracer_tables_destroy(struct tracer *t);
struct thread *tracer_thread(struct tracer *t, int cpu); /* the current one, or NULL */
struct process *tracer_process(struct tracer *t, int cpu);
/* The thread at an address, made known if it is not; NULL at the bound. */
struct thread *tracer_thread_get(struct tracer *t, int cpu, uint64_t address);
/* Reads the number and the process of a thread anew. */
void tracer_thread_refresh(struct tracer *t, int cpu, struct thread *thread);
struct thread *tracer_thread_find(struct tracer *t, uint64_t address);
void tracer_thread_forget(struct tracer *t, struct thread *thread);
/* NULL where it is the kernel's or its process is no longer known. */
struct process *tracer_thread_process(const struct thread *thread);
void tracer_thread_assign(struct thread *thread, struct process *process);
/* The process whose structure lies at an address; NULL where none is known. */
struct process *tracer_process_find(struct tracer *t, uint64_t address);
/* The fork path of the next child of `parent` (NULL: the kernel); NULL: no memory. */
const char *tracer_fork_path(struct tracer *t, struct process *parent);
/* Makes a process known.  NULL at the bound. */
struct process *tracer_process_add(struct tracer *t, struct process *parent,
                                   const char *path, uint64_t address, int pid);
void tracer_process_reap(struct tracer *t, struct process *process);
void tracer_process_adopt(struct process *process, struct process *parent);
/* Reads what the process holds, in place of what it held. */
void tracer_process_bind(struct tracer *t, int cpu, struct process *process);
/* The process that holds the object, which from now on it does not; NULL for none. */
struct process *tracer_object_release(struct tracer *t, int what, uint64_t object);
/* The child that a wait of `parent` tells of; NULL where it has none with this pid. */
struct process *tracer_child(const struct process *parent, int pid);

/* tracer_events.c */
void tracer_probe_event(struct tracer *t, int cpu, const struct kernel_probe *probe,
                        const struct probe_values *values,
                        const struct machine_registers *registers);

/* tracer_console.c */
void tracer_console_byte(struct tracer *t, int cpu, uint8_t byte);
void tracer_console_flush(struct tracer *t);
void tracer_console_input(struct tracer *t, uint64_t time, const uint8_t *bytes,
                          size_t n);

/* tracer_notes.c */
void tracer_note_event(struct tracer *t, int cpu, const struct kernel_probe *probe,
                       const struct probe_values *values);

/* tracer_query.c */
enum tracer_state tracer_thread_state(struct tracer *t, int cpu,
                                      const struct thread *thread);

#endif
