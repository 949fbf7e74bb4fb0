/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The event model: what a trace says, apart from how it is written down.  The fields are
 * those of traces/format.md, under the same names.
 *
 * Strings in these structures are borrowed: whoever fills one in keeps them alive for the
 * call, and a reader's stay valid until its next record.
 */
#ifndef FORKSCOPE_TRACE_EVENT_H
#define FORKSCOPE_TRACE_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TRACE_FORMAT "forkscope-trace"
#define TRACE_VERSION 1

/* The fork path of the kernel itself: boot, idle and kernel threads. */
#define TRACE_KERNEL_PROC "0"

/* XXH3-128 in hexadecimal, and SHA-256 in hexadecimal, with the final NUL. */
#define TRACE_DIGEST_SIZE 33
#define TRACE_SHA256_SIZE 65

enum trace_event_kind {
	TRACE_FORK,        /* "fork" */
	TRACE_EXEC,        /* "exec" */
	TRACE_EXIT,        /* "exit" */
	TRACE_WAIT_ENTER,  /* "wait.enter" */
	TRACE_WAIT_BLOCK,  /* "wait.block" */
	TRACE_WAIT_RETURN, /* "wait.return" */
	TRACE_REAP,        /* "reap" */
	TRACE_ORPHAN,      /* "orphan" */
	TRACE_REPARENT,    /* "reparent" */
	TRACE_RELEASE,     /* "release" */
	TRACE_SWITCH,      /* "switch" */
	TRACE_IRQ,         /* "irq" */
	TRACE_FAULT,       /* "fault" */
	TRACE_KILL,        /* "kill" */
	TRACE_SYSCALL,     /* "syscall" */
	TRACE_ALLOC,       /* "alloc" */
	TRACE_FREE,        /* "free" */
	TRACE_CONSOLE,     /* "console" */
	TRACE_INPUT,       /* "input" */
	TRACE_PANIC,       /* "panic" */
	TRACE_EVENT_KINDS
};

/* How a process ended: an exit code, or the number of the signal that killed it. */
struct trace_status {
	bool signaled;
	int value;
};

struct trace_event {
	enum trace_event_kind kind;
	uint64_t seq;    /* 0, 1, 2... over the events of a trace */
	uint64_t icount; /* instructions retired by `cpu` before the event */
	int cpu;
	int pid;          /* of the process it happens in; 0 is the kernel */
	const char *proc; /* its fork path */
	union {
		struct {
			int child;
			const char *child_proc;
		} fork; /* in the parent, before the child can run */
		struct {
			const char *path;
			int argc;
			const char *const *argv;
		} exec; /* once the new image is in place */
		struct {
			struct trace_status status;
		} exit; /* the process has begun to exit */
		struct {
			int target; /* a pid, or -1 for any child */
			int options;
		} wait_enter;
		/* wait_block has no fields of its own: the caller sleeps in its wait. */
		struct {
			int child; /* 0: WNOHANG found none, or -1 with `error` set */
			const char *child_proc; /* NULL where child <= 0 */
			struct trace_status status;
			int error; /* 0, or the positive errno of a wait that failed */
		} wait_return;
		struct {
			const char *child_proc;
		} reap; /* its entry in the process table is given up */
		struct {
			const char *child_proc;
		} orphan; /* in the exiting parent, for each child still unreaped */
		struct {
			const char *child_proc;
			const char *to_proc;
		} reparent;
		struct {
			const char *child_proc;
			const char *what; /* "memory", "files", "thread", "entry" */
		} release;                /* what the child held is freed */
		struct {
			const char *from; /* fork paths of the two threads' processes */
			const char *to;
			int from_thread; /* the kernel's own numbers of the threads */
			int to_thread;
			const char *why; /* "preempt", "block", "yield", "exit" */
		} switch_;
		struct {
			int vector;
			bool idle; /* it ended a halt, by the rule of machine.h */
		} irq;
		struct {
			int vector;
			uint64_t error;
			uint64_t address; /* CR2 where the vector is 14, else 0 */
			uint64_t rip;
			const char *symbol; /* "function+0x12", or NULL */
			const char *insn;   /* disassembled, or NULL */
		} fault;
		struct {
			const char *reason; /* "SIGSEGV" and the like */
		} kill;
		struct {
			const char *name; /* NULL where the profile names none */
			uint64_t number;
			uint64_t args[6];
			bool returned; /* false at entry, true with `result` at return */
			int64_t result;
		} syscall;
		struct {
			uint64_t address;
			uint64_t size;
			const char *label;
		} alloc; /* also "free", where only the address counts */
		struct {
			const char *text; /* bytes as the guest wrote them */
			size_t length;
		} console;
		struct {
			uint64_t time; /* guest nanoseconds at which the bytes arrived */
			const char *text;
			size_t length;
		} input;
		struct {
			const char *text;
		} panic;
	};
};

enum trace_outcome {
	TRACE_POWEROFF,
	TRACE_PANICKED,
	TRACE_DEADLOCK,
	TRACE_LIMIT,
	TRACE_FAULTED,
	TRACE_OUTCOMES
};

struct trace_header {
	uint64_t version;
	int cpus;
	uint64_t memory;     /* bytes of RAM */
	uint64_t checkpoint; /* instructions between checkpoints, 0 for none */
	char kernel_sha256[TRACE_SHA256_SIZE];
	char initrd_sha256[TRACE_SHA256_SIZE]; /* "" without an initrd */
	const char *kernel; /* the paths as given, for people; the digests identify */
	const char *initrd; /* NULL without */
	const char *append; /* the whole kernel command line */
	int argc;           /* the program and its arguments; 0 is the shell */
	const char *const *argv;
	const char *schedule; /* "periodic", "scripted", "steered" */
	uint64_t timeslice;   /* instructions, as given to the kernel; 0: its own */
	uint64_t seed;
	uint64_t limit; /* --max-instructions, 0 for none */
};

struct trace_checkpoint {
	uint64_t icount;
	char digest[TRACE_DIGEST_SIZE];
};

struct trace_end {
	uint64_t icount;
	enum trace_outcome outcome;
	int status; /* of the program, as a shell would say it: 128 + signal if killed */
	char digest[TRACE_DIGEST_SIZE];
	char console_digest[TRACE_DIGEST_SIZE];
};

/* "SIGSEGV" and the like; NULL for a signal without a name here. */
const char *trace_signal_name(int signal);
/* "fork", "wait.enter"...; the inverse gives -1 for a name that is none. */
const char *trace_event_name(enum trace_event_kind kind);
int trace_event_kind_from_name(const char *name);
const char *trace_outcome_name(enum trace_outcome outcome);
int trace_outcome_from_name(const char *name);

#endif
