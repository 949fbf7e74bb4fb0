/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OS161_SYS_TYPES_H
#define OS161_SYS_TYPES_H

#include "../../../include/sys/types.h"

#define CHAR_BIT 8

#endif
