/* SPDX-License-Identifier: GPL-2.0-or-later */
/* readers: two children read from a pipe that nobody writes to; both find its end. */
#include <sys/wait.h>
#include <unistd.h>

static void reader(const int *fds)
{
	char byte;

	if (fork() != 0)
		return;
	close(fds[1]);
	_exit(read(fds[0], &byte, 1) != 0);
}

int main(void)
{
	int fds[2];
	int failed = 0;

	if (pipe(fds) < 0)
		_exit(1);
	reader(fds);
	reader(fds);
	close(fds[1]);
	for (int i = 0; i < 2; i++) {
		int status;

		failed |= waitpid(WAIT_ANY, &status, 0) < 0 || status != 0;
	}
	_exit(failed);
}
