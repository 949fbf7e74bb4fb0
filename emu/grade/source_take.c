/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "grade/source.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

/* The reference has some hundred files of some kilobytes. */
#define FILES_MAX 500u
#define ENTRIES_MAX 20000u
#define FILE_MAX ((size_t)1 << 20)
#define DEPTH_MAX 16

struct walk {
	struct source *source;
	unsigned int entries;
};

static const char *suffix(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot ? dot : "";
}

static bool is_header(const char *name)
{
	return strcmp(suffix(name), ".h") == 0;
}

/* What the compiler would be given, or would find. */
static bool is_source(const char *name)
{
	return strcmp(suffix(name), ".c") == 0 || strcmp(suffix(name), ".S") == 0 ||
	       is_header(name);
}

/* Files that belong to a kernel and cannot be replaced. */
static bool is_fixed(const char *name)
{
	return strcmp(suffix(name), ".ld") == 0 ||
	       (strlen(name) > 13 &&
	        strcmp(name + strlen(name) - 13, ".profile.json") == 0);
}

static bool is_plain(const char *name)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789._-/";

	return strspn(name, letters) == strlen(name) && name[0] != '-' &&
	       !strstr(name, "/-") && !strstr(name, "..");
}

/* The file in the reference's tree: its size, or -1. */
static off_t reference_size(const struct source *s, const char *name, char *path)
{
	struct stat st;

	snprintf(path, PATH_MAX, "%s/guestkernel/%s", s->reference, name);
	return stat(path, &st) == 0 && S_ISREG(st.st_mode) ? st.st_size : -1;
}

/* The reference's tree has the folder that the file lies in, and sources may lie there.
 */
static bool has_place(const struct source *s, const char *name)
{
	const char *slash = strrchr(name, '/');
	char path[PATH_MAX];
	struct stat st;

	if (!slash)
		return false;
	/* Only headers lie deeper than one folder. */
	if (strchr(name, '/') != slash && !is_header(name))
		return false;
	snprintf(path, sizeof(path), "%s/guestkernel/%.*s", s->reference,
	         (int)(slash - name), name);
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

int source_make_folders(const struct source *s, const char *name)
{
	char path[PATH_MAX];
	int err = 0;

	for (const char *c = strchr(name, '/'); c && err == 0; c = strchr(c + 1, '/')) {
		snprintf(path, sizeof(path), "%s/%.*s", s->work, (int)(c - name), name);
		err = file_make_directory(path);
	}
	return err;
}

static int keep(struct source *s, const char *name, const struct file *file, bool is_new)
{
	struct source_file *files;
	char path[PATH_MAX];
	FILE *out;
	int err;

	if (s->nfiles == FILES_MAX)
		return error_set(ERR_FAILED, "The folder replaces more than %u files",
		                 FILES_MAX);
	files = realloc(s->files, (s->nfiles + 1) * sizeof(*files));
	if (!files)
		return error_set(ERR_MEMORY, "out of memory");
	s->files = files;
	files[s->nfiles] = (struct source_file){.is_new = is_new};
	snprintf(files[s->nfiles].name, sizeof(files->name), "%s", name);
	s->nfiles++;
	s->headers |= is_header(name);
	snprintf(path, sizeof(path), "%s/guestkernel/%s", s->work, name);
	err = source_make_folders(s, path + strlen(s->work) + 1);
	if (err)
		return err;
	/* Where the reference's file is linked to. */
	unlink(path);
	out = fopen(path, "wx");
	if (out && file->size > 0)
		fwrite(file->data, 1, file->size, out);
	bool failed = !out || ferror(out);

	if (out)
		failed |= fclose(out) != 0;
	return failed ? error_set(ERR_SYSTEM, "cannot write %s: %s", path,
	                          strerror(errno))
	              : 0;
}

static int read_fd(int fd, const char *name, struct file *file)
{
	char path[64];
	int err;

	/* What was opened, and not what has its name by now. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	err = file_read(file, path, FILE_MAX);
	return err == ERR_FILE ? error_set(ERR_FAILED,
	                                   "%s cannot be read, or is larger "
	                                   "than %zu bytes",
	                                   name, FILE_MAX)
	                       : err;
}

/* A file that matters: as the reference's, or one that replaces it. */
static int take_file(struct source *s, int fd, const char *name)
{
	char path[PATH_MAX];
	off_t size = reference_size(s, name, path);
	struct file file, ours = {0};
	int err = read_fd(fd, name, &file);

	if (err)
		return err;
	if (size >= 0 && (size_t)size == file.size)
		err = file_read(&ours, path, FILE_MAX);
	if (err == 0 && ours.data && memcmp(ours.data, file.data, file.size) == 0)
		;
	else if (err == 0 && is_fixed(name))
		err = error_set(ERR_FAILED, "%s cannot be replaced", name);
	else if (err == 0 && !has_place(s, name))
		err = error_set(ERR_FAILED,
		                "%s has no place in the kernel's tree, where sources lie "
		                "as proc/fork.c does",
		                name);
	else if (err == 0)
		err = keep(s, name, &file, size < 0);
	file_free(&ours);
	file_free(&file);
	return err;
}

static int walk(struct walk *w, int folder, const char *prefix, int depth);

static int take_entry(struct walk *w, int folder, const char *name, const char *entry,
                      int depth)
{
	struct stat st;
	int fd, err;

	if (fstatat(folder, entry, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return error_set(ERR_FAILED, "%s cannot be read: %s", name,
		                 strerror(errno));
	if (S_ISLNK(st.st_mode))
		return error_set(ERR_FAILED, "%s is a symbolic link", name);
	if (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode))
		return error_set(ERR_FAILED, "%s is neither a file nor a folder", name);
	if (S_ISREG(st.st_mode) && !is_source(name) && !is_fixed(name))
		return 0;
	if (!is_plain(name) || strlen(name) >= sizeof(w->source->files->name))
		return error_set(ERR_FAILED, "%.80s is no name of a kernel file", name);
	if (S_ISDIR(st.st_mode) && depth == DEPTH_MAX)
		return error_set(ERR_FAILED, "%s lies too deep", name);
	/* The kind may have changed since; then there is nothing to wait for here. */
	fd = openat(folder, entry, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return error_set(ERR_FAILED, "%s cannot be read: %s", name,
		                 strerror(errno));
	err = S_ISDIR(st.st_mode) ? walk(w, fd, name, depth + 1)
	                          : take_file(w->source, fd, name);
	close(fd);
	return err;
}

/* Names in a fixed order, so that the same folder gives the same complaint. */
static int walk(struct walk *w, int folder, const char *prefix, int depth)
{
	struct dirent **entries;
	int n = scandirat(folder, ".", &entries, NULL, alphasort);
	int err = 0;

	if (n < 0)
		return error_set(ERR_FAILED, "%s cannot be read: %s",
		                 prefix[0] ? prefix : "the folder", strerror(errno));
	for (int i = 0; i < n; i++) {
		const char *entry = entries[i]->d_name;
		char name[PATH_MAX];

		/* Also those of version control. */
		if (err == 0 && entry[0] != '.') {
			snprintf(name, sizeof(name), "%s%s%s", prefix,
			         prefix[0] ? "/" : "", entry);
			err = ++w->entries > ENTRIES_MAX
			              ? error_set(ERR_FAILED,
			                          "The folder holds more than %u files",
			                          ENTRIES_MAX)
			              : take_entry(w, folder, name, entry, depth);
		}
		free(entries[i]);
	}
	free(entries);
	return err;
}

int source_take(struct source *s, const char *folder, const char *reference,
                const char *work)
{
	struct walk w = {.source = s};
	int fd, err;

	*s = (struct source){.reference = reference, .work = work};
	err = file_make_directory(work);
	if (err == 0)
		err = source_make_folders(s, "guestkernel/");
	if (err)
		return err;
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return error_set(ERR_FAILED, "The folder cannot be read: %s",
		                 strerror(errno));
	err = walk(&w, fd, "", 0);
	close(fd);
	return err;
}

/* --- removing --- */

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st;
	(void)kind;
	(void)ftw;
	remove(path);
	return 0;
}

void source_remove_tree(const char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void source_free(struct source *s)
{
	if (s->work)
		source_remove_tree(s->work);
	text_free(&s->words);
	free(s->files);
}
