/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between inode.c and contents.c only. */
#ifndef FS_CONTENTS_H
#define FS_CONTENTS_H

#include "fs/inode.h"

/* Frees the pages of an inode that nobody else can reach. */
void contents_free(struct inode *inode);

#endif
