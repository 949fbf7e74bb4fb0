/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signal numbers.  They occur in wait statuses only: no signal can be sent or caught. */
#ifndef ABI_SIGNAL_H
#define ABI_SIGNAL_H

#define SIGILL 4
#define SIGTRAP 5
#define SIGABRT 6
#define SIGBUS 7
#define SIGFPE 8
#define SIGKILL 9
#define SIGSEGV 11

#endif
