/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _SYS_WAIT_H
#define _SYS_WAIT_H

#include <abi/wait.h>
#include <sys/types.h>

/*
 * Waits for child `pid`, or for any with -1, and stores how it ended where `status` is
 * not NULL.  The child's pid; 0 where WNOHANG is given and none has exited.
 */
pid_t waitpid(pid_t pid, int *status, int options);
pid_t wait(int *status);

#endif
