/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FS_INITRD_H
#define FS_INITRD_H

/*
 * Makes the file system from the initrd of boot_info.  Files stay where they are in it.
 * Panics without one, or at the first malformed member, naming its offset.
 */
void initrd_load(void);

#endif
