/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _ERRNO_H
#define _ERRNO_H

#include <abi/errno.h>

extern int errno;

#endif
