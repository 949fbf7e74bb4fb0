/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * leave: parent and child exit, and nobody waits.  Which of them is first is up to the
 * schedule: the child becomes an orphan, or is a zombie when its parent goes.
 */
#include <unistd.h>

int main(void)
{
	if (fork() == 0)
		_exit(6);
	_exit(0);
}
