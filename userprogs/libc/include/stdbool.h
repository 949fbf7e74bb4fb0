/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _STDBOOL_H
#define _STDBOOL_H

#define bool _Bool
#define true 1
#define false 0

#endif
