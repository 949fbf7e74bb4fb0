/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel menu, on the console when `menu` stands on the command line.  It is process
 * 1 in kernel mode: it runs programs, waits for them, reaps orphans.
 */
#ifndef PROC_MENU_H
#define PROC_MENU_H

#include "compiler.h"

/* The entry of its thread.  First come the commands of the command line. */
void menu_enter(void *arg);

#endif
