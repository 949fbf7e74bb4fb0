/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OS161_SYS_WAIT_H
#define OS161_SYS_WAIT_H

#include <abi/wait.h>
#include <sys/types.h>

/* Refused by waitpid(): nothing is ever stopped, and there are no process groups. */
#define WUNTRACED 2
#define WAIT_MYPGRP 0

/* As elsewhere; but where no process has that pid, the error is ESRCH. */
pid_t waitpid(pid_t pid, int *status, int options) __asm__("os161_waitpid");

#endif
