/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "program.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* A program larger than the guest's memory is of no use. */
#define PROGRAM_MAX (64u << 20)
#define WORDS_MAX 32

extern char **environ;

bool program_is_source(const char *name)
{
	const char *base = file_base_name(name);
	size_t n = strlen(base);

	return n > 2 && strcmp(base + n - 2, ".c") == 0;
}

/* --- argument vectors --- */

struct words {
	char *word[WORDS_MAX + 1]; /* owned, ended by NULL */
	size_t n;
	bool failed;
};

__attribute__((format(printf, 2, 3))) static void add(struct words *w, const char *fmt,
                                                      ...)
{
	va_list args;

	BUG_ON(w->n == WORDS_MAX);
	va_start(args, fmt);
	if (w->failed || vasprintf(&w->word[w->n], fmt, args) < 0)
		w->failed = true;
	else
		w->n++;
	va_end(args);
	w->word[w->n] = NULL;
}

static void words_free(struct words *w)
{
	for (size_t i = 0; i < w->n; i++)
		free(w->word[i]);
}

/*
 * The compiler's arguments.  No path of the host reaches the program: __FILE__ is seen
 * from the source's own folder, and the debugging information stays out of the initrd.
 */
static void arguments(struct words *w, const char *source, const char *user_dir,
                      const char *personality, const char *output, bool symbols)
{
	const char *slash = strrchr(source, '/');
	/* A name that looks like an option. */
	const char *here = source[0] == '-' || source[0] == '@' ? "./" : "";

	add(w, "cc");
	add(w, "-std=gnu17");
	add(w, "@%s/cflags", user_dir);
	/* A main() that ends without a return gives 0; the libc need not have more. */
	add(w, "-fhosted");
	add(w, "-fno-builtin");
	add(w, "-ffile-prefix-map=%s=user", user_dir);
	if (slash)
		add(w, "-ffile-prefix-map=%.*s=", (int)(slash - source) + 1, source);
	else if (here[0])
		add(w, "-ffile-prefix-map=./=");
	if (personality)
		add(w, "-isystem%s/%s/include", user_dir, personality);
	add(w, "-isystem%s/include", user_dir);
	add(w, "-o%s", output);
	add(w, "%s%s", here, source);
	add(w, "@%s/ldflags", user_dir);
	add(w, "-T%s/lib/user.ld", user_dir);
	if (!symbols)
		add(w, "-s");
	if (personality)
		add(w, "%s/lib/lib%s.a", user_dir, personality);
	add(w, "%s/lib/libc.a", user_dir);
	add(w, "-lgcc");
}

/*
 * The environment, without what would bring in other headers and libraries; what
 * __DATE__ says does not depend on the day, and all temporary files are in one place.
 */
static char **environment(struct words *ours, const char *directory)
{
	static const char *const without[] = {"CPATH=", "C_INCLUDE_PATH=",
	                                      "LIBRARY_PATH=", "TMPDIR=",
	                                      "SOURCE_DATE_EPOCH="};
	size_t n = 0, used = 0;
	char **env;

	add(ours, "TMPDIR=%s", directory);
	add(ours, "SOURCE_DATE_EPOCH=0");
	while (environ[n])
		n++;
	env = calloc(n + ours->n + 1, sizeof(*env));
	if (!env || ours->failed) {
		free(env);
		return NULL;
	}
	for (size_t i = 0; i < n; i++) {
		bool keep = true;

		for (size_t k = 0; k < sizeof(without) / sizeof(without[0]); k++)
			keep &= strncmp(environ[i], without[k], strlen(without[k])) != 0;
		if (keep)
			env[used++] = environ[i];
	}
	for (size_t i = 0; i < ours->n; i++)
		env[used++] = ours->word[i];
	return env;
}

/* --- running the compiler --- */

static int wait_for(pid_t pid, const char *source)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return error_set(ERR_SYSTEM, "%s: the compiler is lost: %s",
			                 source, strerror(errno));
	if (WIFSIGNALED(status))
		return error_set(ERR_FAILED, "%s: the compiler was killed by signal %d",
		                 source, WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		return error_set(ERR_FAILED, "%s: does not compile", source);
	return 0;
}

static int spawn(const char *source, char **argv, char **env, const sigset_t *mask)
{
	static const char *const compilers[] = {"gcc", "cc"};
	posix_spawnattr_t attributes;
	int err = ENOENT;
	pid_t pid = 0;

	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigmask(&attributes, mask);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
	for (size_t i = 0; i < 2 && err == ENOENT; i++)
		err = posix_spawnp(&pid, compilers[i], NULL, &attributes, argv, env);
	posix_spawnattr_destroy(&attributes);
	if (err == ENOENT)
		return error_set(ERR_SYSTEM,
		                 "%s: no C compiler: neither gcc nor cc is in PATH",
		                 source);
	if (err)
		return error_set(ERR_SYSTEM, "%s: the compiler cannot be started: %s",
		                 source, strerror(err));
	return wait_for(pid, source);
}

static void remove_directory(const char *path)
{
	DIR *dir = opendir(path);
	int fd = dir ? dirfd(dir) : -1;
	struct dirent *entry;

	while (fd >= 0 && (entry = readdir(dir)))
		unlinkat(fd, entry->d_name, 0);
	if (dir)
		closedir(dir);
	rmdir(path);
}

static int compile_in(const char *directory, struct file *image, const char *source,
                      const char *user_dir, const char *personality, bool symbols,
                      const sigset_t *mask)
{
	struct words argv = {0}, ours = {0};
	char output[PATH_MAX];
	char **env = environment(&ours, directory);
	int err;

	snprintf(output, sizeof(output), "%s/program", directory);
	arguments(&argv, source, user_dir, personality, output, symbols);
	if (!env || argv.failed)
		err = error_set(ERR_MEMORY, "out of memory");
	else
		err = spawn(source, argv.word, env, mask);
	if (err == 0)
		err = file_read(image, output, PROGRAM_MAX);
	if (err == 0)
		image->path = source;
	free(env);
	words_free(&argv);
	words_free(&ours);
	return err;
}

static bool readable(const char *user_dir, const char *fmt, const char *name)
{
	char path[PATH_MAX], part[PATH_MAX];

	snprintf(part, sizeof(part), fmt, name);
	return (size_t)snprintf(path, sizeof(path), "%s/%s", user_dir, part) <
	               sizeof(path) &&
	       access(path, R_OK) == 0;
}

static int check(const char *source, const char *user_dir, const char *personality)
{
	if (access(source, R_OK) != 0)
		return error_set(ERR_FILE, "%s: %s", source, strerror(errno));
	if (!readable(user_dir, "%s", "cflags") ||
	    !readable(user_dir, "lib/%s", "libc.a"))
		return error_set(ERR_FILE,
		                 "%s: the libc that programs are compiled with is not "
		                 "installed",
		                 user_dir);
	if (personality && (strchr(personality, '/') || personality[0] == '.' ||
	                    !readable(user_dir, "%s/include", personality) ||
	                    !readable(user_dir, "lib/lib%s.a", personality)))
		return error_set(ERR_USAGE,
		                 "--personality %s: not one of those installed: native, "
		                 "os161, osv",
		                 personality);
	return 0;
}

/*
 * A signal that would end this process waits until the directory is gone again; the
 * compiler, in the same process group, takes the one of a Ctrl-C at once.
 */
static int compile(struct file *image, const char *source, const char *user_dir,
                   const char *personality, bool symbols)
{
	const char *tmp = getenv("TMPDIR");
	char directory[PATH_MAX];
	sigset_t hold, before;
	int err;

	if (personality && strcmp(personality, "native") == 0)
		personality = NULL;
	err = check(source, user_dir, personality);
	if (err)
		return err;
	if ((size_t)snprintf(directory, sizeof(directory), "%s/forkscope-XXXXXX",
	                     tmp && tmp[0] ? tmp : "/tmp") >= sizeof(directory) - 16)
		return error_set(ERR_SYSTEM, "TMPDIR is too long a path");
	sigemptyset(&hold);
	sigaddset(&hold, SIGHUP);
	sigaddset(&hold, SIGINT);
	sigaddset(&hold, SIGQUIT);
	sigaddset(&hold, SIGTERM);
	sigprocmask(SIG_BLOCK, &hold, &before);
	if (!mkdtemp(directory)) {
		err = error_set(ERR_SYSTEM, "%s: %s", directory, strerror(errno));
	} else {
		err = compile_in(directory, image, source, user_dir, personality, symbols,
		                 &before);
		remove_directory(directory);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	return err;
}

int program_compile(struct file *image, const char *source, const char *user_dir,
                    const char *personality)
{
	return compile(image, source, user_dir, personality, false);
}

int program_compile_symbols(struct file *image, const char *source, const char *user_dir,
                            const char *personality)
{
	return compile(image, source, user_dir, personality, true);
}
