/* SPDX-License-Identifier: GPL-2.0-or-later */
/* OS/161's names of errors: those of its own for what is called otherwise here, and those
 * that no call here gives. */
#ifndef OS161_ERRNO_H
#define OS161_ERRNO_H

#include "../../include/errno.h"

#define EIOCTL ENOTTY
#define ENPROC EAGAIN /* too many processes */

#define ENXIO 6
#define EDOM 33
#define EILSEQ 84
#define ENOTSUP 95
#define EDQUOT 122
#define EMPROC 200 /* too many of one user: there are no users */
#define EFTYPE 201

#endif
