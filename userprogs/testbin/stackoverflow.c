/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stackoverflow: a child uses most of its stack, which is well, and one calls itself
 * until it runs into the page below the stack.
 */
#include "check.h"

#include <abi/limits.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define FRAME 1024

/* Not a tail call: the frame is read after it. */
static int deeper(unsigned long frames)
{
	volatile char frame[FRAME];

	frame[0] = (char)frames;
	if (frames == 0)
		return 0;
	return deeper(frames - 1) + (frame[0] != (char)frames);
}

static void act(void)
{
	deeper(USER_STACK_SIZE / FRAME + 1);
}

int main(void)
{
	pid_t pid = check_fork();

	if (pid == 0)
		_exit(deeper(USER_STACK_SIZE / FRAME * 3 / 4));
	check_exited(pid, 0);
	check_fatal("an endless stack", act, SIGSEGV);
	return 0;
}
