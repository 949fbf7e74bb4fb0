/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a submission is, and the kernel that it comes to. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "grade/source.h"
#include "grade/worker.h"

#define KERNEL_MAX ((size_t)64 << 20)
#define TRACE_MAX ((size_t)256 << 20)

void worker_path(const struct worker *w, const char *name, const char *suffix, char *path,
                 size_t size)
{
	snprintf(path, size, "%s/%s%s", w->directory, name, suffix);
}

static int copy_file(const char *from, const char *to)
{
	struct file file;
	int err = file_read(&file, from, KERNEL_MAX);

	if (err)
		return err;
	err = file_write(to, file.data, file.size);
	file_free(&file);
	return err;
}

/* The profile that the reference's kernel has beside it, or the one that was named. */
static int add_profile(struct worker *w)
{
	char from[4096], to[4096];
	const char *kernel = w->options->kernel;
	size_t n = strlen(kernel);

	if (n > 4 && strcmp(kernel + n - 4, ".elf") == 0)
		n -= 4;
	snprintf(from, sizeof(from), "%.*s.profile.json", (int)n, kernel);
	worker_path(w, "kernel", ".profile.json", to, sizeof(to));
	return copy_file(w->options->profile ? w->options->profile : from, to);
}

static int own_kernel(struct worker *w)
{
	int err = add_profile(w);

	w->result->own_kernel = err == 0;
	worker_path(w, "kernel", ".elf", w->kernel, sizeof(w->kernel));
	return err;
}

/* An absolute path, since the compiler runs elsewhere; of a folder that is there. */
static int absolute(const char *path, char **result)
{
	*result = realpath(path, NULL);
	return *result ? 0 : error_set(ERR_SYSTEM, "%s: %s", path, strerror(errno));
}

static int build(struct worker *w, struct source *s, const char *directory)
{
	char output[4096];
	int err;

	if (s->nfiles == 0)
		return 0;
	err = own_kernel(w);
	snprintf(output, sizeof(output), "%s/kernel.elf", directory);
	if (err == 0)
		err = source_build(s, output);
	w->result->own_kernel = err == 0;
	if (err) {
		worker_path(w, "kernel", ".profile.json", output, sizeof(output));
		unlink(output);
	}
	snprintf(w->result->words, sizeof(w->result->words), "%s",
	         s->words.data ? s->words.data : "");
	return err;
}

/* A folder in which nothing differs is the reference itself. */
static int prepare_folder(struct worker *w)
{
	char *directory = NULL, *reference = NULL;
	char work[4096];
	struct source s = {0};
	int err = absolute(w->directory, &directory);

	w->result->kind = GRADE_FOLDER;
	if (err == 0)
		err = absolute(w->options->kernel_src, &reference);
	if (err == 0) {
		snprintf(work, sizeof(work), "%s/build", directory);
		err = source_take(&s, w->path, reference, work);
		if (err == 0)
			err = build(w, &s, directory);
		source_free(&s);
	}
	free(directory);
	free(reference);
	return err;
}

static int prepare_kernel(struct worker *w, const struct file *file)
{
	int err = own_kernel(w);

	w->result->kind = GRADE_KERNEL;
	return err ? err : file_write(w->kernel, file->data, file->size);
}

/* It is copied, so that what is judged is what lies in the evidence. */
static int prepare_trace(struct worker *w, const struct file *file)
{
	char path[4096];
	const char *why;
	size_t n;
	int err;

	w->result->kind = GRADE_TRACE;
	worker_path(w, "submitted", ".fst.jsonl", path, sizeof(path));
	err = file_write(path, file->data, file->size);
	if (err)
		return err;
	err = trace_load(&w->trace, path);
	if (err != ERR_FILE)
		return err;
	/* "PATH:LINE: what is wrong" */
	why = error_message();
	n = strlen(path);
	if (strncmp(why, path, n) == 0 && why[n] == ':' &&
	    strchr("123456789", why[n + 1]))
		return error_set(ERR_FAILED, "It is no trace: line %s", why + n + 1);
	return error_set(ERR_FAILED, "It is no trace: %s",
	                 strncmp(why, path, n) == 0 ? why + n + 2 : why);
}

static bool begins(const struct file *file, const char *bytes, size_t n)
{
	return file->size >= n && memcmp(file->data, bytes, n) == 0;
}

static int prepare_file(struct worker *w)
{
	struct file file;
	int err = file_read(&file, w->path, TRACE_MAX);

	if (err == ERR_FILE)
		return error_set(ERR_FAILED, "It cannot be read: %s", error_message());
	if (err)
		return err;
	if (begins(&file, "\177ELF", 4) && file.size <= KERNEL_MAX)
		err = prepare_kernel(w, &file);
	else if (begins(&file, "{", 1) || begins(&file, "\x28\xb5\x2f\xfd", 4))
		err = prepare_trace(w, &file);
	else
		err = error_set(ERR_FAILED,
		                "It is neither a folder, nor a kernel, nor a trace");
	file_free(&file);
	return err;
}

/* The message without the folder of evidence. */
static int refuse_kernel(struct worker *w, int err)
{
	const char *why = error_message();
	size_t n = strlen(w->directory);

	if (err == ERR_MEMORY)
		return err;
	if (strncmp(why, w->directory, n) == 0 && why[n] == '/')
		why += n + 1;
	return error_set(ERR_FAILED, "It is no kernel that can be run: %s", why);
}

/* A kernel that was handed in may be one that no machine of the rubric's can boot. */
static int try_boot(struct worker *w)
{
	struct session_config config = {
		.memory = UINT64_MAX,
		.cpus = 1,
		.schedule = "periodic",
	};
	struct session *s;
	int err;

	for (size_t i = 0; i < w->rubric->ntests; i++)
		if (w->rubric->tests[i].memory < config.memory)
			config.memory = w->rubric->tests[i].memory;
	err = session_open(&s, &w->images, &config);
	if (err) {
		images_free(&w->images);
		return refuse_kernel(w, err);
	}
	session_close(s);
	return 0;
}

/*
 * A trace of one of the guest's own programs was recorded without those that the rubric
 * brings along.
 */
static int fit_initrd(struct worker *w)
{
	const char *initrd = w->trace->header.initrd_sha256;

	if (!w->options->programs ||
	    strcmp(initrd, images_initrd_sha256(&w->images)) == 0)
		return 0;
	images_free(&w->images);
	w->result->plain_initrd = true;
	return images_load(&w->images, w->kernel, w->options->initrd);
}

int worker_prepare(struct worker *w)
{
	struct stat st;
	int err;

	snprintf(w->kernel, sizeof(w->kernel), "%s", w->options->kernel);
	if (stat(w->path, &st) != 0)
		err = error_set(ERR_FAILED, "It cannot be read: %s", strerror(errno));
	else if (S_ISDIR(st.st_mode))
		err = prepare_folder(w);
	else if (S_ISREG(st.st_mode))
		err = prepare_file(w);
	else
		err = error_set(ERR_FAILED,
		                "It is neither a folder, nor a kernel, nor a trace");
	if (err)
		return err;
	err = images_load(&w->images, w->kernel, w->initrd);
	if (err && w->result->own_kernel)
		return refuse_kernel(w, err);
	if (err == 0 && w->trace)
		err = fit_initrd(w);
	if (err == 0 && w->result->own_kernel)
		err = try_boot(w);
	return err;
}
