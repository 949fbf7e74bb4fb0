/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What osv's calls return where they fail.  ERR_NOMEM is said of descriptors and pids
 * too, ERR_NORES of a full file system.  ERR_UNALLOC, INCOMP, REGISTER, INIT,
 * PGFAULT_ALLOC and LOCK_BUSY pass between parts of osv's kernel; no call returns them.
 */
#ifndef OSV_LIB_ERRCODE_H
#define OSV_LIB_ERRCODE_H

#define ERR_OK 0
#define ERR_NOMEM (-1)
#define ERR_NORES (-2)
#define ERR_UNALLOC (-3)
#define ERR_EXIST (-4)
#define ERR_NOTEXIST (-5)
#define ERR_INCOMP (-6)
#define ERR_FTYPE (-7)
#define ERR_REGISTER (-8)
#define ERR_NOTEMPTY (-9)
#define ERR_END (-10)
#define ERR_INIT (-11)
#define ERR_FAULT (-12)
#define ERR_INVAL (-13)
#define ERR_CHILD (-14)
#define ERR_PGFAULT_ALLOC (-15)
#define ERR_LOCK_BUSY (-16)

#endif
