/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _SYS_IOCTL_H
#define _SYS_IOCTL_H

/* No object has any: ENOTTY. */
int ioctl(int fd, int code, void *data);

#endif
