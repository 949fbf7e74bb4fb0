/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * OS/161's <unistd.h> gives what elsewhere lies in other headers: flags of open(), wait
 * statuses, ioctl(), the time.
 */
#ifndef OS161_UNISTD_H
#define OS161_UNISTD_H

#include "../../include/unistd.h"

#include <abi/reboot.h>
#include <fcntl.h>
#include <sys/cdefs.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>

#define RB_REBOOT 0
#define RB_HALT 1

/* There it takes the command only. */
#define reboot(command) reboot(command, 0)

/* All files are in memory: there is nothing to bring to a disk. */
int sync(void);

#endif
