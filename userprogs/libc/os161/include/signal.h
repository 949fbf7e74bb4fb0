/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signals that kill nobody here have names too. */
#ifndef OS161_SIGNAL_H
#define OS161_SIGNAL_H

#include "../../include/signal.h"

#define SIGHUP 1
#define SIGINT 2
#define SIGQUIT 3
#define SIGUSR1 10
#define SIGUSR2 12
#define SIGPIPE 13
#define SIGALRM 14
#define SIGTERM 15
#define SIGCHLD 17
#define SIGCONT 18
#define SIGSTOP 19
#define SIGTSTP 20

#endif
