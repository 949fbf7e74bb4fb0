/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * waitpid(): options and the encoding of a wait status (OS/161's).  The low two bits say
 * how the process ended, the rest is its exit code (0 to 255) or the signal.
 */
#ifndef ABI_WAIT_H
#define ABI_WAIT_H

#define WNOHANG 1

/* waitpid()'s target for "any child". */
#define WAIT_ANY (-1)

#define WAIT_EXITED 0
#define WAIT_SIGNALED 1

#define MKWAIT_EXIT(code) ((((int)(code) & 0xff) << 2) | WAIT_EXITED)
#define MKWAIT_SIG(sig) (((int)(sig) << 2) | WAIT_SIGNALED)

#define WIFEXITED(status) (((status) & 3) == WAIT_EXITED)
#define WIFSIGNALED(status) (((status) & 3) == WAIT_SIGNALED)
#define WIFSTOPPED(status) (((status) & 3) > WAIT_SIGNALED)
#define WEXITSTATUS(status) ((status) >> 2)
#define WTERMSIG(status) ((status) >> 2)
#define WSTOPSIG(status) ((status) >> 2)
#define WCOREDUMP(status) (0 * (status))

#endif
