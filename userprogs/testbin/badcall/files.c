/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What files refuse: flags, modes, positions, kinds of objects. */
#include "badcall.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

static void opening(void)
{
	expect("open", "access mode 3", open(FILE_NAME, 3), EINVAL);
	expect("open", "unknown flags", open(FILE_NAME, 0x4000), EINVAL);
	expect("open", "negative flags", open(FILE_NAME, -1), EINVAL);
	expect("open", "O_EXCL on a file that is there",
	       open(FILE_NAME, O_RDWR | O_CREAT | O_EXCL, 0644), EEXIST);
	expect("open", "a directory for writing", open(DIR_NAME, O_WRONLY), EISDIR);
	expect("open", "a directory to read and write", open(DIR_NAME, O_RDWR), EISDIR);
	expect("open", "a device that is not there", open("nodevice:", O_RDONLY), ENODEV);
	expect("open", "a name on the console", open("con:name", O_RDONLY), ENODEV);
	expect("open", "a semaphore that is not there", open("sem:none", O_RDWR), ENOENT);
	expect("open", "a semaphore without a name", open("sem:", O_RDWR | O_CREAT),
	       EISDIR);
}

static void devices(void)
{
	int null = open("null:", O_RDWR);
	int numbers = open("random:", O_RDWR);
	int sem = open("sem:badcall", O_RDWR | O_CREAT | O_EXCL);
	struct stat st;
	char buf[8];
	char again[8];

	expect_value("write", "to null:", write(null, buf, sizeof(buf)), sizeof(buf));
	expect_value("read", "from null:", read(null, buf, sizeof(buf)), 0);
	expect("lseek", "null:", lseek(null, 0, SEEK_SET), ESPIPE);
	expect("ftruncate", "null:", ftruncate(null, 0), EINVAL);
	expect_value("stat", "null:", stat("null:", &st), 0);
	expect_value("stat", "null: is a device", S_ISCHR(st.st_mode), 1);
	expect("remove", "null:", remove("null:"), ENODEV);
	expect("rename", "null:", rename("null:", NO_NAME), ENODEV);
	close(null);

	expect_value("read", "from random:", read(numbers, buf, 7), 7);
	expect_value("read", "from random: again", read(numbers, again, 7), 7);
	expect_value("read", "the same from random:", memcmp(buf, again, 7) == 0, 0);
	expect_value("write", "to random:", write(numbers, buf, 7), 7);
	expect("lseek", "random:", lseek(numbers, 0, SEEK_SET), ESPIPE);
	close(numbers);

	expect("open", "O_EXCL on a semaphore that is there",
	       open("sem:badcall", O_RDWR | O_CREAT | O_EXCL), EEXIST);
	expect("lseek", "a semaphore", lseek(sem, 0, SEEK_SET), ESPIPE);
	expect("ftruncate", "a semaphore", ftruncate(sem, 0), EINVAL);
	expect("getdirentry", "a semaphore", getdirentry(sem, buf, sizeof(buf)), ENOTDIR);
	expect_value("remove", "a semaphore", remove("sem:badcall"), 0);
	expect("remove", "a semaphore that is gone", remove("sem:badcall"), ENOENT);
	expect_value("write", "to a semaphore without a name", write(sem, buf, 2), 2);
	expect_value("read", "from a semaphore without a name", read(sem, buf, 2), 2);
	close(sem);
}

static void access_modes(void)
{
	char buf[8];
	int in = open(FILE_NAME, O_RDONLY);
	int out = open(FILE_NAME, O_WRONLY);
	int dir = open(DIR_NAME, O_RDONLY);

	expect("write", "a file open for reading", write(in, "text", 4), EBADF);
	expect("read", "a file open for writing", read(out, buf, sizeof(buf)), EBADF);
	expect("ftruncate", "a file open for reading", ftruncate(in, 0), EBADF);
	expect("ftruncate", "a negative size", ftruncate(out, -1), EINVAL);
	expect("read", "a directory", read(dir, buf, sizeof(buf)), EISDIR);
	expect("write", "a directory", write(dir, "text", 4), EBADF);
	expect("getdirentry", "a file", getdirentry(in, buf, sizeof(buf)), ENOTDIR);
	expect("getdirentry", "the console", getdirentry(STDIN_FILENO, buf, sizeof(buf)),
	       ENOTDIR);
	expect("ioctl", "a file", ioctl(in, 1, NULL), ENOTTY);
	expect("ioctl", "the console", ioctl(STDOUT_FILENO, 1, NULL), ENOTTY);
	expect_value("read", "no bytes into null", read(in, NULL, 0), 0);
	expect_value("write", "no bytes from null", write(out, NULL, 0), 0);
	close(in);
	close(out);
	close(dir);
}

static void positions(void)
{
	int fd = open(FILE_NAME, O_RDWR);
	int fds[2];
	char buf[8];

	expect("lseek", "unknown origin", lseek(fd, 0, 3), EINVAL);
	expect("lseek", "negative origin", lseek(fd, 0, -1), EINVAL);
	expect("lseek", "before the start", lseek(fd, -1, SEEK_SET), EINVAL);
	expect("lseek", "before the start from the end", lseek(fd, -1000, SEEK_END),
	       EINVAL);
	expect("lseek", "beyond all numbers", lseek(fd, LONG_MAX, SEEK_END), EINVAL);
	expect_value("lseek", "the position stays", lseek(fd, 0, SEEK_CUR), 0);
	expect("lseek", "the console", lseek(STDIN_FILENO, 0, SEEK_SET), ESPIPE);
	expect_value("lseek", "behind the end", lseek(fd, 5000, SEEK_SET), 5000);
	expect_value("read", "behind the end", read(fd, buf, sizeof(buf)), 0);
	close(fd);

	if (pipe(fds) < 0) {
		expect_value("pipe", "as it should be", -1, 0);
		return;
	}
	expect("lseek", "a pipe", lseek(fds[0], 0, SEEK_SET), ESPIPE);
	expect("write", "the end to read from", write(fds[0], "text", 4), EBADF);
	expect("read", "the end to write to", read(fds[1], buf, sizeof(buf)), EBADF);
	close(fds[0]);
	expect("write", "a pipe that nobody reads", write(fds[1], "text", 4), EPIPE);
	close(fds[1]);
}

void bad_files(void)
{
	opening();
	devices();
	access_modes();
	positions();
}
