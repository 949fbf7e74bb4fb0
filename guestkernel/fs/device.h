/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is named by a device and not by the tree.  A path that has a colon
 * before any slash begins with the name of a device:
 *
 *	con:       the console
 *	null:      reads come to the end at once, writes go nowhere
 *	random:    numbers, the same in each run; writes go nowhere
 *	sem:NAME   a counting semaphore, 0 when it is made (O_CREAT): to write n bytes is
 *	           to raise it by n, to read n bytes is to wait for n and take them; the
 *	           bytes themselves are not looked at, and their address may be any
 */
#ifndef FS_DEVICE_H
#define FS_DEVICE_H

#include <stdbool.h>

struct file;

/* At boot. */
void device_init(void);

/* All below: inside fs/. */

/* Whether `path` begins with the name of a device, one that there is or not. */
bool device_is_path(const char *path);

/* As file_open().  -ENODEV, -ENOENT, -EEXIST, -EISDIR (sem: alone), -ENAMETOOLONG. */
int device_open(const char *path, int flags, struct file **file);

/* Takes the name of a semaphore away; it lives as long as it is open. */
int device_remove(const char *path);

/* The same for sem:, by the part of the path behind it. */
void named_semaphores_init(void);
int named_semaphore_open(const char *name, int flags, struct file **file);
int named_semaphore_remove(const char *name);

#endif
