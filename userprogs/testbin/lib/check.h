/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the test programs share.  Each function says on standard error what failed and
 * ends the calling process with status 1.
 */
#ifndef CHECK_H
#define CHECK_H

#include <stdint.h>
#include <sys/types.h>

/* Says that a check failed, and ends the process. */
_Noreturn void fail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

pid_t check_fork(void);
/* Waits for this child; its status as waitpid() gives it. */
int check_wait(pid_t pid);
/* Waits for this child, which must have ended so. */
void check_exited(pid_t pid, int code);
void check_killed(pid_t pid, int sig);

/* A call of the kernel that must have failed with `error`, named for the message. */
void check_error(const char *call, long result, int error);

/* The number in argv[n], or `otherwise` where there is none; only digits will do. */
unsigned long argument(int argc, char **argv, int n, unsigned long otherwise);

/* Sleeps for `us` guest microseconds. */
void check_sleep(unsigned long us);

/*
 * A gate: processes forked after gate_create() wait at it until one of them opens it for
 * all.  It is a file whose offset they share, so it needs no more of the kernel than open
 * and lseek.
 */
int gate_create(void);
void gate_open(int gate);
void gate_wait(int gate);

/*
 * Runs `act` in a child, which must be killed by signal `sig`, and says so:
 * "PROGRAM: WHAT: child killed by SIGSEGV".
 */
void check_fatal(const char *what, void (*act)(void), int sig);

/* Keeps the processor busy for about 4 * steps instructions; the result is a checksum. */
uint32_t busy(unsigned long steps);

#endif
