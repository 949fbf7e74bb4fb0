/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "grade/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITE                                                                            \
	(LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |                 \
	 LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |                 \
	 LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |                     \
	 LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |                   \
	 LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM)
/* The rights of the first version; those that came later are not needed to compile. */
#define ALL (READ | WRITE | LANDLOCK_ACCESS_FS_EXECUTE)
/* What can be granted on a file that is no folder. */
#define OF_FILES                                                                         \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE |                     \
	 LANDLOCK_ACCESS_FS_WRITE_FILE)

bool confine_possible(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0,
	               LANDLOCK_CREATE_RULESET_VERSION) > 0;
}

/* A place that is not there needs no rule. */
static bool allow(int ruleset, const char *path, uint64_t access)
{
	struct landlock_path_beneath_attr rule = {.allowed_access = access};
	struct stat st;
	long failed;

	rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (rule.parent_fd < 0)
		return true;
	if (fstat(rule.parent_fd, &st) == 0 && !S_ISDIR(st.st_mode))
		rule.allowed_access &= OF_FILES;
	failed = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH,
	                 &rule, 0);
	close(rule.parent_fd);
	return failed == 0;
}

/* The file that execvp() would execute, without symbolic links; false where none. */
static bool find_tool(const char *tool, char path[PATH_MAX])
{
	const char *search = getenv("PATH");
	char candidate[PATH_MAX];

	if (strchr(tool, '/'))
		return realpath(tool, path);
	while (search && *search) {
		size_t n = strcspn(search, ":");

		snprintf(candidate, sizeof(candidate), "%.*s/%s", (int)n, search, tool);
		if (n > 0 && access(candidate, X_OK) == 0 && realpath(candidate, path))
			return true;
		search += n + (search[n] == ':');
	}
	return false;
}

/* "/opt/bin/gcc" to "/opt/bin", and "/opt" to "". */
static void cut_last(char *path)
{
	char *slash = strrchr(path, '/');

	if (slash)
		*slash = '\0';
}

/*
 * Beside the system's own places those around the tool, /opt/gcc/bin/gcc for one.  Not
 * all of /usr: solutions and rubrics may lie in /usr/local or /usr/share.
 */
static bool allow_toolchain(int ruleset, const char *tool)
{
	static const char *const places[] = {
		"bin", "include", "lib", "lib32", "lib64", "libexec", "x86_64-linux-gnu"};
	/* The loader's files, of glibc and of musl; and where programs are linked to. */
	static const char *const others[] = {"/etc/ld.so.cache", "/etc/ld.so.preload",
	                                     "/etc/ld-musl-x86_64.path",
	                                     "/etc/alternatives", "/nix/store"};
	const char *roots[] = {"", "/usr", NULL};
	char path[PATH_MAX], file[PATH_MAX];
	bool good = true;

	if (find_tool(tool, file)) {
		cut_last(file);
		cut_last(file);
		roots[2] = file;
	}
	for (size_t r = 0; r < 3 && roots[r]; r++)
		for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
			snprintf(path, sizeof(path), "%s/%s", roots[r], places[i]);
			good &= allow(ruleset, path, READ | LANDLOCK_ACCESS_FS_EXECUTE);
		}
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		good &= allow(ruleset, others[i], READ | LANDLOCK_ACCESS_FS_EXECUTE);
	return good;
}

bool confine_self(const char *tool, const char *const *readable, const char *writable)
{
	const struct landlock_ruleset_attr all = {.handled_access_fs = ALL};
	int ruleset;
	bool good;

	if (!confine_possible())
		return true;
	ruleset = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof(all), 0);
	if (ruleset < 0)
		return false;
	good = allow_toolchain(ruleset, tool);
	for (; *readable; readable++)
		good &= allow(ruleset, *readable, READ);
	good &= allow(ruleset, writable, READ | WRITE);
	good &= allow(ruleset, "/dev/null",
	              LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE);
	good = good && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
	close(ruleset);
	return good;
}
