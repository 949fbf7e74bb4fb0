/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starts the threads of workload.c, sleeps until nothing else can run, frees them. */
#include <time.h>
#include <unistd.h>

int main(void)
{
	const struct timespec second = {1, 0};

	getpid();
	nanosleep(&second, NULL);
	getpid();
	return 0;
}
