/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a process can be killed.  There is no call to send or to catch a signal. */
#ifndef _SIGNAL_H
#define _SIGNAL_H

#include <abi/signal.h>

/* "SIGSEGV" and the like; NULL for a number that kills nobody. */
const char *signame(int sig);

#endif
