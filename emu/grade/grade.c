/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "grade/grade.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "grade/source.h"
#include "grade/worker.h"

/* Lies in a folder of evidence, so that nothing else is ever taken for one. */
#define MARK ".forkscope-grade"

struct job {
	struct worker_result *result; /* shared with the process */
	size_t size;                  /* of the memory that this is */
	pid_t pid;                    /* 0: none */
};

/* --- the folder of evidence --- */

static int refuse_directory(const char *path)
{
	return error_set(ERR_USAGE,
	                 "%s: neither empty nor of an earlier grading: name another "
	                 "folder with -o",
	                 path);
}

static bool is_empty(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	bool empty = dir != NULL;

	while (dir && (entry = readdir(dir)))
		empty &= strcmp(entry->d_name, ".") == 0 ||
		         strcmp(entry->d_name, "..") == 0;
	if (dir)
		closedir(dir);
	return empty;
}

static int make_directory(const char *path)
{
	char mark[4096];
	struct stat st;
	int err;

	snprintf(mark, sizeof(mark), "%s/" MARK, path);
	if (lstat(path, &st) == 0 && !is_empty(path)) {
		if (access(mark, F_OK) != 0)
			return refuse_directory(path);
		source_remove_tree(path);
	}
	err = file_make_directory(path);
	return err ? err : file_write(mark, NULL, 0);
}

static int make_initrd(struct grade *g)
{
	const struct file *programs = g->options->programs;

	if (!programs) {
		snprintf(g->initrd, sizeof(g->initrd), "%s", g->options->initrd);
		return 0;
	}
	snprintf(g->initrd, sizeof(g->initrd), "%s/initrd.tar", g->options->directory);
	return file_write(g->initrd, programs->data, programs->size);
}

/* The last part of its path, in letters that are plain everywhere. */
static char *plain_name(const char *path)
{
	size_t end = strlen(path), begin;
	char *name;

	while (end > 1 && path[end - 1] == '/')
		end--;
	begin = end;
	while (begin > 0 && path[begin - 1] != '/')
		begin--;
	name = strndup(path + begin, end - begin < 80 ? end - begin : 80);
	for (char *c = name; c && *c; c++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		            "0123456789._-",
		            *c) ||
		    (c == name && (*c == '.' || *c == '-')))
			*c = '_';
	if (name && !*name) {
		free(name);
		name = strdup("_");
	}
	return name;
}

/* Two that would have the same name get numbers: "a", "a-2". */
static char *name_for(const struct grade *g, size_t index, const char *path)
{
	char *plain = plain_name(path), *name = plain ? strdup(plain) : NULL;
	unsigned int number = 1;

	for (size_t i = 0; name && i < index; i++) {
		if (strcmp(g->submissions[i].name, name) != 0)
			continue;
		free(name);
		if (asprintf(&name, "%s-%u", plain, ++number) < 0)
			name = NULL;
		i = SIZE_MAX;
	}
	free(plain);
	return name;
}

/* --- one process --- */

static int share(struct job *job, const struct rubric *rubric)
{
	struct worker_result *r;

	job->size = sizeof(*r) + rubric->ntests * sizeof(*r->tests) +
	            rubric->nsubtests * sizeof(*r->matches);
	r = mmap(NULL, job->size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
	         0);
	if (r == MAP_FAILED)
		return error_set(ERR_MEMORY, "out of memory");
	r->tests = (struct grade_test *)(r + 1);
	r->matches = (uint32_t *)(r->tests + rubric->ntests);
	job->result = r;
	return 0;
}

static int begin(const struct grade *g, size_t index, struct job *job)
{
	struct grade_submission *s = &g->submissions[index];
	int err = share(job, g->rubric);

	if (err)
		return err;
	job->pid = fork();
	if (job->pid < 0) {
		job->pid = 0;
		munmap(job->result, job->size);
		return error_set(ERR_SYSTEM, "no process for %s: %s", s->path,
		                 strerror(errno));
	}
	if (job->pid > 0)
		return 0;
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	char directory[4096];
	struct worker w = {
		.rubric = g->rubric,
		.options = g->options,
		.initrd = g->initrd,
		.path = s->path,
		.directory = directory,
		.result = job->result,
	};
	snprintf(directory, sizeof(directory), "%s/%s", g->options->directory, s->name);
	if (file_make_directory(directory) == 0 && worker_grade(&w) == 0)
		_exit(0);
	snprintf(job->result->error, sizeof(job->result->error), "%s", error_message());
	_exit(1);
}

static void take_results(const struct grade *g, struct grade_submission *s,
                         const struct worker_result *r, int status)
{
	char why[JUDGE_REASON_SIZE];

	s->kind = r->kind;
	s->own_kernel = r->own_kernel;
	s->plain_initrd = r->plain_initrd;
	s->broken = !r->finished;
	memcpy(s->words, r->words, sizeof(s->words));
	memcpy(s->tests, r->tests, g->rubric->ntests * sizeof(*s->tests));
	memcpy(s->matches, r->matches, g->rubric->nsubtests * sizeof(*s->matches));
	if (r->error[0])
		snprintf(why, sizeof(why), "forkscope failed: %.380s", r->error);
	else if (WIFSIGNALED(status))
		snprintf(why, sizeof(why), "forkscope was ended by signal %d.",
		         WTERMSIG(status));
	else
		snprintf(why, sizeof(why), "forkscope ended with status %d.",
		         WEXITSTATUS(status));
	for (size_t i = 0; i < g->rubric->ntests; i++) {
		struct grade_test *t = &s->tests[i];

		if (t->outcome == GRADE_ERROR) {
			memset(t, 0, sizeof(*t));
			memcpy(t->reason, why, sizeof(why));
		}
		s->score += t->score;
	}
}

/* Nothing to show leaves no folder. */
static void tidy(const struct grade *g, const struct grade_submission *s)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", g->options->directory, s->name);
	if (s->score == g->rubric->points && !s->broken)
		source_remove_tree(path);
	else
		rmdir(path);
}

static void end(const struct grade *g, size_t index, struct job *job, int status)
{
	struct grade_submission *s = &g->submissions[index];

	take_results(g, s, job->result, status);
	munmap(job->result, job->size);
	job->pid = 0;
	tidy(g, s);
}

/* --- all of them --- */

static size_t job_of(const struct job *jobs, size_t n, pid_t pid)
{
	for (size_t i = 0; i < n; i++)
		if (jobs[i].pid == pid)
			return i;
	return n;
}

static int run_jobs(struct grade *g, struct job *jobs)
{
	size_t next = 0, running = 0, done = 0;
	int err = 0;

	while ((err == 0 && next < g->n) || running > 0) {
		int status;
		pid_t pid;

		if (err == 0 && next < g->n && running < g->options->jobs) {
			err = begin(g, next, &jobs[next]);
			next++;
			running += err == 0;
			continue;
		}
		pid = waitpid(-1, &status, 0);
		if (pid <= 0 && errno == EINTR)
			continue;
		if (pid <= 0)
			return error_set(ERR_SYSTEM, "a process is lost: %s",
			                 strerror(errno));
		size_t i = job_of(jobs, next, pid);

		if (i == next)
			continue;
		end(g, i, &jobs[i], status);
		running--;
		done++;
		if (g->options->progress)
			g->options->progress(g->options->ctx, done, g->n);
	}
	return err;
}

static int add_submissions(struct grade *g, const char *const *paths)
{
	for (size_t i = 0; i < g->n; i++) {
		struct grade_submission *s = &g->submissions[i];

		if (access(paths[i], F_OK) != 0)
			return error_set(ERR_FILE, "%s: %s", paths[i], strerror(errno));
		s->path = paths[i];
		s->name = name_for(g, i, paths[i]);
		s->tests = calloc(g->rubric->ntests, sizeof(*s->tests));
		s->matches = calloc(g->rubric->nsubtests + 1, sizeof(*s->matches));
		if (!s->name || !s->tests || !s->matches)
			return error_set(ERR_MEMORY, "out of memory");
	}
	return 0;
}

int grade_run(struct grade **out, const struct rubric *rubric,
              const struct grade_options *options, const char *const *paths, size_t n)
{
	struct grade *g = calloc(1, sizeof(*g));
	struct job *jobs = calloc(n, sizeof(*jobs));
	int err = 0;

	if (g)
		g->submissions = calloc(n, sizeof(*g->submissions));
	if (!g || !jobs || !g->submissions) {
		err = error_set(ERR_MEMORY, "out of memory");
	} else {
		g->rubric = rubric;
		g->options = options;
		g->n = n;
		err = add_submissions(g, paths);
	}
	if (err == 0)
		err = make_directory(options->directory);
	if (err == 0)
		err = make_initrd(g);
	if (err == 0)
		err = run_jobs(g, jobs);
	free(jobs);
	if (err) {
		grade_free(g);
		return err;
	}
	*out = g;
	return 0;
}

void grade_free(struct grade *g)
{
	if (!g)
		return;
	for (size_t i = 0; g->submissions && i < g->n; i++) {
		free(g->submissions[i].name);
		free(g->submissions[i].tests);
		free(g->submissions[i].matches);
	}
	free(g->submissions);
	free(g);
}

const char *grade_kind_name(enum grade_kind kind)
{
	static const char *const names[] = {"unknown", "folder", "kernel", "trace"};

	return names[kind];
}
