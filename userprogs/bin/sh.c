/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sh [-c TEXT | FILE]: a shell.
 *
 *	line     = [job {(";" | "&") job}]
 *	job      = command {"|" command}
 *	command  = {word | "<" word | ">" word | ">>" word}
 *
 * A word ends at a blank or an operator outside double quotes; a backslash takes the next
 * byte as it is; # starts a comment.  Built in: cd [DIR], exit [N], wait.  A job followed
 * by & runs in the background.  The shell's own status is that of its last job.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define LINE_SIZE 4096
#define WORDS_MAX 256
#define COMMANDS_MAX 16
#define JOBS_MAX 64

#define STATUS_NOT_FOUND 127
#define STATUS_NOT_RUN 126
#define STATUS_SYNTAX 2

enum token { END, WORD, SEMICOLON, BACKGROUND, PIPE, INPUT, OUTPUT, APPEND, BAD };

struct command {
	char *argv[WORDS_MAX + 1];
	int argc;
	char *input; /* NULL: inherited */
	char *output;
	bool append;
};

/* Commands joined by pipes. */
struct job {
	struct command commands[COMMANDS_MAX];
	int n;
};

/* Background jobs, by number; 0 where none.  Only the last command of a pipe counts. */
static pid_t background[JOBS_MAX + 1];
static bool interactive;
static int last_status;

/*
 * Takes the next token from *p.  A word is unquoted in place; *word points to it.  The
 * byte that ended it may be overwritten by its NUL, so it is kept in *held and read first
 * the next time.
 */
static enum token next_token(char **p, char *held, char **word)
{
	char *from = *p;
	char *to;
	bool quoted = false;
	char c = *held != '\0' ? *held : *from;

	*held = '\0';
	while (c == ' ' || c == '\t')
		c = *++from;
	*p = from + 1;
	switch (c) {
	case '\0':
	case '\n':
	case '#':
		return END;
	case ';':
		return SEMICOLON;
	case '&':
		return BACKGROUND;
	case '|':
		return PIPE;
	case '<':
		return INPUT;
	case '>':
		if (from[1] != '>')
			return OUTPUT;
		*p = from + 2;
		return APPEND;
	default:
		break;
	}
	*from = c;
	for (*word = to = from; *from != '\0' && *from != '\n'; from++) {
		if (!quoted && strchr(" \t;&|<>", *from) != NULL)
			break;
		if (*from == '"')
			quoted = !quoted;
		else if (*from == '\\' && from[1] != '\0' && from[1] != '\n')
			*to++ = *++from;
		else
			*to++ = *from;
	}
	*held = *from;
	*to = '\0';
	*p = from;
	return quoted ? BAD : WORD;
}

static int syntax_error(const char *what)
{
	warnx("syntax error: %s", what);
	last_status = STATUS_SYNTAX;
	return -1;
}

/*
 * Parses a job from *p into `job`; *end says what ended it: END, SEMICOLON, BACKGROUND.
 * -1 with a message where the text is wrong.
 */
static int parse_job(char **p, char *held, struct job *job, enum token *end)
{
	struct command *c = &job->commands[0];
	char **file = NULL;
	char *word;

	memset(job, 0, sizeof(*job));
	job->n = 1;
	for (;;) {
		enum token t = next_token(p, held, &word);

		if (t == BAD)
			return syntax_error("a quote is not closed");
		if (file != NULL) {
			if (t != WORD)
				return syntax_error("a redirection lacks its file");
			*file = word;
			file = NULL;
		} else if (t == WORD) {
			if (c->argc == WORDS_MAX)
				return syntax_error("too many words");
			c->argv[c->argc++] = word;
		} else if (t == INPUT) {
			file = &c->input;
		} else if (t == OUTPUT || t == APPEND) {
			file = &c->output;
			c->append = t == APPEND;
		} else if (t == PIPE) {
			if (c->argc == 0 || job->n == COMMANDS_MAX)
				return syntax_error("a command is missing or too many");
			c = &job->commands[job->n++];
		} else {
			*end = t;
			break;
		}
	}
	if (c->argc == 0 && (job->n > 1 || c->input != NULL || c->output != NULL))
		return syntax_error("a command is missing");
	return 0;
}

static void move_fd(int from, int to)
{
	if (from == to)
		return;
	if (dup2(from, to) < 0)
		err(STATUS_NOT_RUN, "dup2");
	close(from);
}

static void redirect(const char *path, int flags, int to)
{
	int fd = open(path, flags, 0644);

	if (fd < 0)
		err(STATUS_NOT_RUN, "%s", path);
	move_fd(fd, to);
}

/* In the child: becomes the command. */
static _Noreturn void become(struct command *c)
{
	if (c->input != NULL)
		redirect(c->input, O_RDONLY, STDIN_FILENO);
	if (c->output != NULL)
		redirect(c->output, O_WRONLY | O_CREAT | (c->append ? O_APPEND : O_TRUNC),
		         STDOUT_FILENO);
	execvp(c->argv[0], c->argv);
	warn("%s", c->argv[0]);
	_exit(errno == ENOENT ? STATUS_NOT_FOUND : STATUS_NOT_RUN);
}

/*
 * Starts the commands of a job; the pids go to `pids`.  How many were started: fewer than
 * all, with a message, where the kernel had no more.
 */
static int start(struct job *job, pid_t *pids)
{
	int input = STDIN_FILENO;
	int i;

	for (i = 0; i < job->n; i++) {
		int fds[2] = {-1, STDOUT_FILENO};

		if (i < job->n - 1 && pipe(fds) < 0) {
			warn("pipe");
			break;
		}
		pids[i] = fork();
		if (pids[i] == 0) {
			if (fds[0] >= 0)
				close(fds[0]);
			move_fd(input, STDIN_FILENO);
			move_fd(fds[1], STDOUT_FILENO);
			become(&job->commands[i]);
		}
		if (input != STDIN_FILENO)
			close(input);
		if (fds[1] != STDOUT_FILENO)
			close(fds[1]);
		input = fds[0];
		if (pids[i] < 0) {
			warn("fork");
			break;
		}
	}
	if (i < job->n && input > STDIN_FILENO)
		close(input);
	return i;
}

/* What a job's end means for the shell: its status, and a line where it is worth one. */
static int report(const char *name, int status)
{
	int code = WEXITSTATUS(status);

	if (WIFSIGNALED(status)) {
		warnx("%s: killed by %s", name, signame(WTERMSIG(status)));
		return 128 + WTERMSIG(status);
	}
	if (interactive && code != 0 && code < STATUS_NOT_RUN)
		warnx("%s: exit %d", name, code);
	return code;
}

static void run_foreground(struct job *job)
{
	pid_t pids[COMMANDS_MAX];
	int n = start(job, pids);

	if (n < job->n)
		last_status = STATUS_NOT_RUN;
	for (int i = 0; i < n; i++) {
		int status;

		if (waitpid(pids[i], &status, 0) < 0)
			warn("waitpid");
		else if (i == job->n - 1)
			last_status = report(job->commands[i].argv[0], status);
	}
}

static void run_background(struct job *job)
{
	pid_t pids[COMMANDS_MAX];
	int n = start(job, pids);

	last_status = n < job->n ? STATUS_NOT_RUN : 0;
	for (int i = 1; n == job->n && i <= JOBS_MAX; i++) {
		if (background[i] != 0)
			continue;
		background[i] = pids[n - 1];
		if (interactive)
			dprintf(STDERR_FILENO, "[%d] pid %d\n", i, background[i]);
		return;
	}
}

/* Reaps what has ended in the background, or with `block` all that runs there. */
static void reap(bool block)
{
	char name[16];
	int status;
	pid_t pid;

	while ((pid = waitpid(WAIT_ANY, &status, block ? 0 : WNOHANG)) > 0) {
		for (int i = 1; i <= JOBS_MAX; i++) {
			if (background[i] != pid)
				continue;
			background[i] = 0;
			snprintf(name, sizeof(name), "[%d]", i);
			last_status = report(name, status);
		}
	}
}

/* Whether the job is a built-in command; then it has been run. */
static bool run_builtin(struct job *job)
{
	struct command *c = &job->commands[0];

	if (job->n > 1)
		return false;
	if (strcmp(c->argv[0], "exit") == 0)
		exit(c->argc > 1 ? atoi(c->argv[1]) : last_status);
	if (strcmp(c->argv[0], "wait") == 0) {
		reap(true);
		return true;
	}
	if (strcmp(c->argv[0], "cd") != 0)
		return false;
	last_status = 0;
	if (chdir(c->argc > 1 ? c->argv[1] : "/") < 0) {
		warn("cd: %s", c->argc > 1 ? c->argv[1] : "/");
		last_status = 1;
	}
	return true;
}

static void run_line(char *line)
{
	static struct job job; /* too large for a comfortable stack */
	enum token end;
	char held = '\0';

	do {
		if (parse_job(&line, &held, &job, &end) < 0)
			return;
		if (job.commands[0].argc == 0)
			continue;
		if (end == BACKGROUND)
			run_background(&job);
		else if (!run_builtin(&job))
			run_foreground(&job);
	} while (end != END);
}

int main(int argc, char **argv)
{
	static char line[LINE_SIZE];

	if (argc == 3 && strcmp(argv[1], "-c") == 0) {
		if (strlcpy(line, argv[2], sizeof(line)) >= sizeof(line))
			errx(STATUS_SYNTAX, "the text is too long");
		run_line(line);
		return last_status;
	}
	if (argc > 2)
		errx(STATUS_SYNTAX, "usage: sh [-c TEXT | FILE]");
	if (argc == 2)
		redirect(argv[1], O_RDONLY, STDIN_FILENO);

	interactive = argc == 1;
	for (;;) {
		reap(false);
		if (interactive)
			printf("$ ");
		if (fgets(line, sizeof(line), stdin) == NULL)
			break;
		run_line(line);
	}
	return last_status;
}
