/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSV_LIB_STRING_H
#define OSV_LIB_STRING_H

#include <arch/types.h>
#include <string.h>

#endif
