/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef _STDNORETURN_H
#define _STDNORETURN_H

#define noreturn _Noreturn

#endif
