/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Traces written and read back: nothing is lost, whatever the guest says and ends like.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "build_trace.h"
#include "trace/format.h"
#include "trace/limits.h"

static struct build b;
static char dir[] = "/tmp/forkscope-test-XXXXXX";
static char plain[64], zst[64];

static int make_dir(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(plain, sizeof(plain), "%s/a.fst.jsonl", dir);
	snprintf(zst, sizeof(zst), "%s/a.fst.jsonl.zst", dir);
	return 0;
}

static int remove_dir(void **state)
{
	(void)state;
	unlink(plain);
	unlink(zst);
	return rmdir(dir);
}

static struct text read_file(const char *path)
{
	struct text t = {0};
	char chunk[4096];
	int fd = open(path, O_RDONLY);
	ssize_t n;

	assert_true(fd >= 0);
	while ((n = read(fd, chunk, sizeof(chunk))) > 0)
		text_bytes(&t, chunk, (size_t)n);
	assert_int_equal(n, 0);
	close(fd);
	return t;
}

static void write_file(const char *path, const char *bytes, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, n), n);
	close(fd);
}

/* The whole trace as text, as the writer would write it. */
static struct text formatted(const struct trace *trace)
{
	struct text t = {0};

	trace_format_header(&t, &trace->header);
	for (size_t i = 0; i < trace->nevents; i++)
		trace_format_event(&t, &trace->events[i]);
	for (size_t i = 0; i < trace->ncheckpoints; i++)
		trace_format_checkpoint(&t, &trace->checkpoints[i]);
	if (trace->complete)
		trace_format_end(&t, &trace->end);
	assert_false(t.failed);
	return t;
}

/* --- there and back --- */

static void round_trip(const char *path)
{
	struct trace *trace;

	assert_int_equal(build_write(&b, path), 0);
	assert_int_equal(trace_load(&trace, path), 0);
	assert_int_equal(trace->nevents, b.trace.nevents);
	assert_true(trace->complete);
	assert_int_equal(trace->skipped, 0);
	struct text want = formatted(&b.trace);
	struct text got = formatted(trace);

	assert_string_equal(got.data, want.data);
	text_free(&want);
	text_free(&got);
	trace_free(trace);
}

static void every_kind(void **state)
{
	bool seen[TRACE_EVENT_KINDS] = {false};

	(void)state;
	build_start(&b);
	build_every_kind(&b);
	for (size_t i = 0; i < b.trace.nevents; i++)
		seen[b.events[i].kind] = true;
	for (int i = 0; i < TRACE_EVENT_KINDS; i++)
		assert_true(seen[i]);
	round_trip(plain);
	round_trip(zst);
}

static void fields_come_back(void **state)
{
	struct trace *t;
	size_t i = 0;

	(void)state;
	build_start(&b);
	build_every_kind(&b);
	assert_int_equal(build_write(&b, plain), 0);
	assert_int_equal(trace_load(&t, plain), 0);
	assert_int_equal(t->header.cpus, 1);
	assert_string_equal(t->header.argv[1], "-v");
	assert_null(t->header.argv[2]);
	while (t->events[i].kind != TRACE_EXIT)
		i++;
	assert_true(t->events[i].exit.status.signaled);
	assert_int_equal(t->events[i].exit.status.value, 11);
	while (t->events[i].kind != TRACE_WAIT_RETURN || !t->events[i].wait_return.error)
		i++;
	assert_int_equal(t->events[i].wait_return.child, -1);
	assert_null(t->events[i].wait_return.child_proc);
	while (t->events[i].kind != TRACE_FAULT)
		i++;
	assert_true(t->events[i].fault.address == UINT64_MAX);
	assert_null(t->events[++i].fault.symbol);
	while (t->events[i].kind != TRACE_SYSCALL)
		i++;
	assert_false(t->events[i].syscall.returned);
	assert_true(t->events[i].syscall.args[4] == UINT64_C(0x123456789abcdef) << 4);
	i++;
	assert_true(t->events[i].syscall.returned);
	assert_null(t->events[i].syscall.name);
	assert_true(t->events[i].syscall.number == UINT64_MAX);
	assert_true(t->events[i].syscall.result == -38);
	assert_true(t->events[i + 1].syscall.result == INT64_MIN);
	while (t->events[i].kind != TRACE_CONSOLE)
		i++;
	assert_int_equal(t->events[i].console.length, 17);
	assert_memory_equal(t->events[i].console.text,
	                    "h\xc3\xa9 \0\xff\xc3(\xee\xbe\x80\xc2\x9b\x1b\x7f\r\n", 17);
	trace_free(t);
}

static void equal_strings_are_one(void **state)
{
	struct trace *t;

	(void)state;
	build_start(&b);
	build_orphan_run(&b);
	assert_int_equal(build_write(&b, plain), 0);
	assert_int_equal(trace_load(&t, plain), 0);
	assert_ptr_equal(t->events[0].fork.child_proc, t->events[4].proc);
	trace_free(t);
}

static void checkpoints(void **state)
{
	struct trace_checkpoint point = {.icount = 1000000};
	struct trace_writer *w;
	struct trace *t;

	(void)state;
	build_start(&b);
	memset(point.digest, '7', TRACE_DIGEST_SIZE - 1);
	assert_int_equal(trace_writer_open(&w, plain, &b.trace.header), 0);
	assert_int_equal(trace_write_checkpoint(w, &point), 0);
	point.icount = 2000000;
	assert_int_equal(trace_write_checkpoint(w, &point), 0);
	assert_int_equal(trace_writer_close(w), 0);
	assert_int_equal(trace_load(&t, plain), 0);
	assert_int_equal(t->ncheckpoints, 2);
	assert_int_equal(t->checkpoints[1].icount, 2000000);
	assert_string_equal(t->checkpoints[1].digest, point.digest);
	assert_false(t->complete);
	trace_free(t);
}

/* --- bytes --- */

/* As JSON, parsed back by hand: escapes of JSON first, then ours. */
static void expect_bytes(const char *bytes, size_t n)
{
	struct trace_event *e;
	struct trace *t;

	build_start(&b);
	e = build_event(&b, "1", TRACE_CONSOLE);
	e->console.text = bytes;
	e->console.length = n;
	assert_int_equal(build_write(&b, plain), 0);
	assert_int_equal(trace_load(&t, plain), 0);
	assert_int_equal(t->events[0].console.length, n);
	assert_memory_equal(t->events[0].console.text, bytes, n);
	trace_free(t);
}

static void every_byte(void **state)
{
	char all[256];

	(void)state;
	for (int i = 0; i < 256; i++)
		all[i] = (char)i;
	expect_bytes(all, sizeof(all));
	for (int i = 0; i < 256; i++)
		expect_bytes(all + i, 1);
	expect_bytes("", 0);
}

static void awkward_sequences(void **state)
{
	static const char *const sequences[] = {
		"\xc3\xa9",             /* two bytes */
		"\xe2\x82\xac",         /* three */
		"\xf0\x9f\x98\x80",     /* four */
		"\xc0\x80",             /* overlong */
		"\xe0\x80\xaf",         /* overlong */
		"\xed\xa0\x80",         /* a surrogate */
		"\xf4\x90\x80\x80",     /* beyond Unicode */
		"\xf8\x88\x80\x80\x80", /* five */
		"\xe2\x82",             /* cut */
		"\xe2\x82\xe2\x82\xac", /* cut, then whole */
		"\xee\xbc\x80",         /* what the escape uses: U+EF00 */
		"\xee\xbf\xbf",         /* U+EFFF */
		"\xee\xbb\xbf",         /* its neighbours */
		"\xef\x80\x80",
		"\\uef80", /* looks like an escape, and is none */
		"\\u0000",
		"\x80\xc3\xa9\xff",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(sequences) / sizeof(sequences[0]); i++)
		expect_bytes(sequences[i], strlen(sequences[i]));
}

static void what_is_written_is_utf8(void **state)
{
	struct text t = {0};
	char bytes[3];

	(void)state;
	for (int i = 0; i < 256; i++) {
		for (int k = 0; k < 256; k += 5) {
			bytes[0] = (char)i;
			bytes[1] = (char)k;
			bytes[2] = (char)(k ^ 0x80);
			text_clear(&t);
			text_json_bytes(&t, bytes, 3);
			assert_true(text_is_utf8(t.data, t.length));
			for (size_t at = 0; at < t.length; at++)
				assert_true((unsigned char)t.data[at] >= 0x20);
		}
	}
	text_free(&t);
}

static void escapes_are_as_documented(void **state)
{
	struct text t = {0};

	(void)state;
	text_json_bytes(&t, "a\"\\\n\x01\0\xff\xc2\x9b", 9);
	assert_string_equal(t.data, "\"a\\\"\\\\\\n\\u0001\\uef00\\uefff\\u009b\"");
	text_free(&t);
}

static void integers_beyond_a_double(void **state)
{
	struct text t = {0};

	(void)state;
	text_json_unsigned(&t, TEXT_JSON_INTEGER_MAX);
	text_char(&t, ' ');
	text_json_unsigned(&t, TEXT_JSON_INTEGER_MAX + 1);
	text_char(&t, ' ');
	text_json_signed(&t, -5);
	text_char(&t, ' ');
	text_json_signed(&t, INT64_MIN);
	assert_string_equal(t.data, "9007199254740991 \"0x20000000000000\" -5 "
	                            "\"0x8000000000000000\"");
	text_free(&t);
}

static void members_and_elements_are_parted_by_commas(void **state)
{
	struct text t = {0};

	(void)state;
	text_char(&t, '{');
	text_member_string(&t, "a", "{");
	text_member_string(&t, "b", NULL);
	text_json_key(&t, "c");
	text_char(&t, '[');
	for (int i = 0; i < 2; i++) {
		text_json_next(&t);
		text_char(&t, '{');
		text_member_bool(&t, "d", i);
		text_member_signed(&t, "e", -i);
		text_char(&t, '}');
	}
	text_char(&t, ']');
	text_member_unsigned(&t, "f", 7);
	text_char(&t, '}');
	assert_string_equal(t.data,
	                    "{\"a\":\"{\",\"b\":null,\"c\":[{\"d\":false,\"e\":0},"
	                    "{\"d\":true,\"e\":-1}],\"f\":7}");
	text_free(&t);
}

/* --- prefixes --- */

/* Cut anywhere, it is a shorter trace, or no trace while the header is not whole. */
static void cut_everywhere(const char *path, size_t step)
{
	size_t last = 0;

	build_start(&b);
	build_orphan_run(&b);
	assert_int_equal(build_write(&b, path), 0);
	struct text whole = read_file(path);

	for (size_t n = 0; n < whole.length; n += step) {
		struct trace *t;

		write_file(path, whole.data, n);
		int err = trace_load(&t, path);

		if (err) {
			assert_int_equal(err, ERR_FILE);
			assert_int_equal(last, 0);
			continue;
		}
		assert_true(t->nevents >= last && t->nevents <= b.trace.nevents);
		last = t->nevents;
		if (t->complete)
			assert_int_equal(t->nevents, b.trace.nevents);
		trace_free(t);
	}
	assert_int_equal(last, b.trace.nevents);
	text_free(&whole);
}

static void cut_plain(void **state)
{
	(void)state;
	cut_everywhere(plain, 1);
}

static void cut_compressed(void **state)
{
	(void)state;
	cut_everywhere(zst, 1);
}

static void killed_writer(const char *path)
{
	struct trace *t;
	int status;

	build_start(&b);
	build_orphan_run(&b);
	pid_t child = fork();

	if (child == 0) {
		struct trace_writer *w;

		if (trace_writer_open(&w, path, &b.trace.header) == 0)
			for (size_t i = 0; i < b.trace.nevents; i++)
				trace_write_event(w, &b.events[i]);
		raise(SIGKILL);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(trace_load(&t, path), 0);
	assert_int_equal(t->nevents, b.trace.nevents);
	assert_false(t->complete);
	trace_free(t);
}

static void killed_writer_loses_nothing(void **state)
{
	(void)state;
	killed_writer(plain);
	killed_writer(zst);
}

/* --- a disk that is full --- */

static void full_disk_at_once(void **state)
{
	struct trace_writer *w;

	(void)state;
	build_start(&b);
	assert_int_equal(trace_writer_open(&w, "/dev/full", &b.trace.header), ERR_SYSTEM);
	assert_non_null(strstr(error_message(), "/dev/full: No space left on device"));
	assert_null(w);
}

static void full_disk_later(const char *path)
{
	struct rlimit old, small;
	struct trace_writer *w;
	struct trace *t;
	size_t i = 0;
	int err = 0;

	build_start(&b);
	build_orphan_run(&b);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	small = old;
	small.rlim_cur = 900;
	assert_int_equal(trace_writer_open(&w, path, &b.trace.header), 0);
	setrlimit(RLIMIT_FSIZE, &small);
	while (i < b.trace.nevents && !(err = trace_write_event(w, &b.events[i])))
		i++;
	setrlimit(RLIMIT_FSIZE, &old);
	assert_int_equal(err, ERR_SYSTEM);
	assert_non_null(strstr(error_message(), "File too large"));
	/* There is room again, but a line in the middle is gone: the error stays. */
	assert_int_equal(trace_write_event(w, &b.events[i + 1]), ERR_SYSTEM);
	assert_int_equal(trace_write_end(w, &b.trace.end), ERR_SYSTEM);
	assert_int_equal(trace_writer_close(w), ERR_SYSTEM);
	assert_int_equal(trace_load(&t, path), 0);
	assert_int_equal(t->nevents, i);
	assert_false(t->complete);
	trace_free(t);
}

static void full_disk_keeps_a_prefix(void **state)
{
	(void)state;
	full_disk_later(plain);
	full_disk_later(zst);
}

static void no_such_directory(void **state)
{
	struct trace_writer *w;

	(void)state;
	build_start(&b);
	assert_int_equal(trace_writer_open(&w, "/nonexistent/a", &b.trace.header),
	                 ERR_SYSTEM);
	assert_non_null(strstr(error_message(), "/nonexistent/a"));
}

static void too_long_for_a_line(void **state)
{
	static char text[TRACE_LINE_MAX];
	struct trace_writer *w;
	struct trace_event *e;

	(void)state;
	build_start(&b);
	memset(text, 'x', sizeof(text));
	e = build_event(&b, "1", TRACE_CONSOLE);
	e->console.text = text;
	e->console.length = sizeof(text);
	assert_int_equal(trace_writer_open(&w, plain, &b.trace.header), 0);
	assert_int_equal(trace_write_event(w, e), ERR_SYSTEM);
	assert_non_null(strstr(error_message(), "longer than a line may be"));
	trace_writer_close(w);
}

/* --- golden traces --- */

static void build_waits_before_run(struct build *build)
{
	build_waits_before(build, "1", "1.1", 2, 3);
	build_end(build, TRACE_POWEROFF, 3);
}

static void build_waits_after_run(struct build *build)
{
	build_waits_after(build, "1", "1.1", 2, 3);
	build_end(build, TRACE_POWEROFF, 3);
}

/* With UPDATE_GOLDEN set, writes them instead: for a change of the format. */
static void golden_traces(void **state)
{
	static const struct {
		const char *name;
		void (*build)(struct build *);
	} golden[] = {
		{"waits-before", build_waits_before_run},
		{"waits-after", build_waits_after_run},
		{"orphan", build_orphan_run},
		{"zombie", build_zombie_run},
		{"every-kind", build_every_kind},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(golden) / sizeof(golden[0]); i++) {
		char path[512];

		build_start(&b);
		golden[i].build(&b);
		snprintf(path, sizeof(path),
		         TEST_SOURCE_DIR "/traces/golden/%s.fst.jsonl", golden[i].name);
		if (getenv("UPDATE_GOLDEN"))
			assert_int_equal(build_write(&b, path), 0);
		assert_int_equal(build_write(&b, plain), 0);
		struct text want = read_file(path);
		struct text got = read_file(plain);

		assert_string_equal(got.data, want.data);
		text_free(&want);
		text_free(&got);
		struct trace *t;

		assert_int_equal(trace_load(&t, path), 0);
		got = formatted(t);
		want = read_file(path);
		assert_string_equal(got.data, want.data);
		text_free(&want);
		text_free(&got);
		trace_free(t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind),
		cmocka_unit_test(fields_come_back),
		cmocka_unit_test(equal_strings_are_one),
		cmocka_unit_test(checkpoints),
		cmocka_unit_test(every_byte),
		cmocka_unit_test(awkward_sequences),
		cmocka_unit_test(what_is_written_is_utf8),
		cmocka_unit_test(escapes_are_as_documented),
		cmocka_unit_test(integers_beyond_a_double),
		cmocka_unit_test(members_and_elements_are_parted_by_commas),
		cmocka_unit_test(cut_plain),
		cmocka_unit_test(cut_compressed),
		cmocka_unit_test(killed_writer_loses_nothing),
		cmocka_unit_test(full_disk_at_once),
		cmocka_unit_test(full_disk_keeps_a_prefix),
		cmocka_unit_test(no_such_directory),
		cmocka_unit_test(too_long_for_a_line),
		cmocka_unit_test(golden_traces),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
