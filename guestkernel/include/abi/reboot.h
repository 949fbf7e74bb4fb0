/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands of reboot(cmd, status). */
#ifndef ABI_REBOOT_H
#define ABI_REBOOT_H

/* All of them power off; the machine reports `status` to its host. */
#define RB_REBOOT 0
#define RB_HALT 1
#define RB_POWEROFF 2

#endif
