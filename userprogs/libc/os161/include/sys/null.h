/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OS161_SYS_NULL_H
#define OS161_SYS_NULL_H

#include <stddef.h>

#endif
