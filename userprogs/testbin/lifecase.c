/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lifecase CASE: one thing that fork, wait and exit owe to each other, in as few calls as
 * show it, for a search of all interleavings.  It says nothing where all is well.
 *
 *	wait      the parent waits, before or after the child exits
 *	leave     the parent exits without a wait, before or after the child exits
 *	any       two children, in whatever order they exit; then there are no more
 *	each      two children, the second waited for first
 *	mixed     one child by its pid, the other as any
 *	poll      a look that does not sleep, then a wait
 *	waiters   two parents wait at the same time, each for its own child
 *	orphan    a grandchild that its parent leaves behind
 *	zombie    the same, and then one more child: what was left is no hindrance
 *	reuse     a pid is free again when its process has been waited for, not before
 */
#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* What went wrong is told by the status, so that a child can tell it too. */
static void require(int holds, int line)
{
	if (!holds)
		_exit(line & 0xff);
}

#define REQUIRE(condition) require((condition) != 0, __LINE__)

static pid_t child_exiting(int code)
{
	pid_t pid = fork();

	REQUIRE(pid >= 0);
	if (pid == 0)
		_exit(code);
	return pid;
}

static void reap(pid_t pid, int code)
{
	int status = -1;

	REQUIRE(waitpid(pid, &status, 0) == pid);
	REQUIRE(status == MKWAIT_EXIT(code));
}

static void no_more_children(void)
{
	REQUIRE(waitpid(WAIT_ANY, NULL, 0) == -1 && errno == ECHILD);
}

static void case_wait(void)
{
	pid_t pid = child_exiting(1);

	reap(pid, 1);
	REQUIRE(waitpid(pid, NULL, 0) == -1 && errno == ECHILD);
}

static void case_leave(void)
{
	child_exiting(1);
}

static void case_any(void)
{
	pid_t first = child_exiting(1);
	pid_t second = child_exiting(2);
	int a = -1, b = -1;
	pid_t one = waitpid(WAIT_ANY, &a, 0);
	pid_t other = waitpid(WAIT_ANY, &b, 0);

	REQUIRE((one == first && other == second) || (one == second && other == first));
	REQUIRE(a == MKWAIT_EXIT(one == first ? 1 : 2));
	REQUIRE(b == MKWAIT_EXIT(other == first ? 1 : 2));
	no_more_children();
}

static void case_each(void)
{
	pid_t first = child_exiting(1);
	pid_t second = child_exiting(2);

	reap(second, 2);
	reap(first, 1);
}

static void case_mixed(void)
{
	pid_t first = child_exiting(1);
	pid_t second = child_exiting(2);
	int status = -1;

	reap(first, 1);
	REQUIRE(waitpid(WAIT_ANY, &status, 0) == second && status == MKWAIT_EXIT(2));
	no_more_children();
}

static void case_poll(void)
{
	pid_t pid = child_exiting(1);
	int status = -1;
	pid_t result = waitpid(pid, &status, WNOHANG);

	REQUIRE(result == 0 || result == pid);
	if (result == 0)
		reap(pid, 1);
	else
		REQUIRE(status == MKWAIT_EXIT(1));
	no_more_children();
}

static void case_waiters(void)
{
	pid_t pid = fork();

	REQUIRE(pid >= 0);
	if (pid == 0) {
		reap(child_exiting(1), 1);
		_exit(2);
	}
	reap(pid, 2);
}

static pid_t child_leaving_one(void)
{
	pid_t pid = fork();

	REQUIRE(pid >= 0);
	if (pid == 0) {
		child_exiting(1);
		_exit(2);
	}
	return pid;
}

static void case_orphan(void)
{
	reap(child_leaving_one(), 2);
	no_more_children();
}

static void case_zombie(void)
{
	reap(child_leaving_one(), 2);
	reap(child_exiting(3), 3);
	no_more_children();
}

static void case_reuse(void)
{
	pid_t first = child_exiting(1);
	pid_t second = child_exiting(2);

	REQUIRE(first != second);
	reap(first, 1);
	REQUIRE(child_exiting(3) == first);
	reap(first, 3);
	reap(second, 2);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} cases[] = {
		{"wait", case_wait},       {"leave", case_leave},
		{"any", case_any},         {"each", case_each},
		{"mixed", case_mixed},     {"poll", case_poll},
		{"waiters", case_waiters}, {"orphan", case_orphan},
		{"zombie", case_zombie},   {"reuse", case_reuse},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (argc == 2 && strcmp(argv[1], cases[i].name) == 0) {
			cases[i].run();
			return 0;
		}
	}
	return 2;
}
