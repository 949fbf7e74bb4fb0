/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands of reboot(cmd, status). */
#ifndef ABI_REBOOT_H
#define ABI_REBOOT_H

/* The only one: power off; the machine reports `status` to its host. */
#define RB_POWEROFF 2

#endif
