/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OS161_SYS_STAT_H
#define OS161_SYS_STAT_H

#include "../../../include/sys/stat.h"

/* Kinds that nothing is of here. */
#define S_IFBLK 0060000
#define S_IFSOCK 0140000
#define S_ISBLK(mode) (((mode) & S_IFMT) == S_IFBLK)
#define S_ISSOCK(mode) (((mode) & S_IFMT) == S_IFSOCK)
#define S_ISIFO(mode) (((mode) & S_IFMT) == S_IFIFO)

#endif
