/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that are no traces, or traces that nobody can have recorded. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "trace/limits.h"
#include "trace/text.h"
#include "trace/trace.h"

static char path[] = "/tmp/forkscope-test-XXXXXX";

#define SHA "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define XXH "dddddddddddddddddddddddddddddddd"
#define HEADER_WITH(more)                                                                \
	"{\"type\":\"header\",\"format\":\"forkscope-trace\",\"version\":1,\"cpus\":2,"  \
	"\"memory\":67108864,\"kernel_sha256\":\"" SHA "\",\"append\":\"\",\"argv\":[]," \
	"\"schedule\":\"periodic\"" more "}\n"
#define HEADER HEADER_WITH("")
#define EVENT(seq, icount, rest)                                                         \
	"{\"type\":\"event\",\"seq\":" seq ",\"icount\":" icount                         \
	",\"cpu\":0,\"pid\":1,\"proc\":\"1\"," rest "}\n"
#define BLOCK(seq, icount) EVENT(seq, icount, "\"ev\":\"wait.block\"")
#define FINISH                                                                           \
	"{\"type\":\"end\",\"icount\":900,\"outcome\":\"poweroff\",\"status\":0,"        \
	"\"digest\":\"" XXH "\",\"console_digest\":\"" XXH "\"}\n"

static int make_file(void **state)
{
	(void)state;
	int fd = mkstemp(path);

	return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

static int load_bytes(struct trace **trace, const char *bytes, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, n), n);
	close(fd);
	return trace_load(trace, path);
}

static void expect_error(const char *text, size_t n, const char *message)
{
	struct trace *t;

	assert_int_equal(load_bytes(&t, text, n), ERR_FILE);
	assert_null(t);
	if (!strstr(error_message(), message))
		fail_msg("'%s' is not in '%s'", message, error_message());
	assert_non_null(strstr(error_message(), path));
	assert_null(strchr(error_message(), '\n'));
}

static struct trace *expect_good(const char *text)
{
	struct trace *t;

	if (load_bytes(&t, text, strlen(text)) != 0)
		fail_msg("%s", error_message());
	return t;
}

struct sample {
	const char *text, *message;
};

static void expect_errors(const struct sample *samples, size_t n)
{
	for (size_t i = 0; i < n; i++)
		expect_error(samples[i].text, strlen(samples[i].text),
		             samples[i].message);
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void no_trace_at_all(void **state)
{
	static const struct sample samples[] = {
		{"", "empty, or no whole header line"},
		{"\n", "not a forkscope trace"},
		{"hello\n", "not a forkscope trace"},
		{"{}\n", "not a forkscope trace"},
		{"[]\n", "not a forkscope trace"},
		{"{\"type\":\"header\",\"format\":\"fork", "no whole header line"},
		{"{\"format\":\"other\",\"version\":1}\n", "not a forkscope trace"},
		{BLOCK("0", "1"), "not a forkscope trace"},
		{"\177ELF\1\1\1", "no whole header line"},
	};

	(void)state;
	expect_errors(samples, COUNT(samples));
}

static void other_versions(void **state)
{
	static const struct sample samples[] = {
		{"{\"format\":\"forkscope-trace\",\"version\":2}\n",
	         "version 2 of forkscope-trace is unknown; this forkscope reads version 1"},
		{"{\"format\":\"forkscope-trace\",\"version\":0}\n", "version 0"},
		{"{\"format\":\"forkscope-trace\",\"version\":1e99}\n", "is unknown"},
		{"{\"format\":\"forkscope-trace\",\"version\":1.5}\n", "is unknown"},
		{"{\"format\":\"forkscope-trace\",\"version\":\"1\"}\n", "is unknown"},
		{"{\"format\":\"forkscope-trace\"}\n", "is unknown"},
	};

	(void)state;
	expect_errors(samples, COUNT(samples));
}

static void broken_headers(void **state)
{
	static const struct sample samples[] = {
		{"{\"format\":\"forkscope-trace\",\"version\":1}\n",
	         ":1: \"cpus\" is missing"},
		{"{\"format\":\"forkscope-trace\",\"version\":1,\"cpus\":0}\n",
	         "\"cpus\" is not an integer"},
		{"{\"format\":\"forkscope-trace\",\"version\":1,\"cpus\":1,\"memory\":-1}\n",
	         "\"memory\" is not an unsigned"},
		{"{\"format\":\"forkscope-trace\",\"version\":1,\"cpus\":1000000000,\"memory\":1,"
	         "\"kernel_sha256\":\"" SHA "\",\"append\":\"\",\"argv\":[],"
	         "\"schedule\":\"x\"}\n",
	         "\"cpus\" is above 256"},
		{"{\"format\":\"forkscope-trace\",\"version\":1,\"cpus\":1,\"memory\":1,"
	         "\"kernel_sha256\":\"xyz\"}\n",
	         "\"kernel_sha256\" is not a digest"},
		{HEADER_WITH(",\"seed\":\"0x\""), "\"seed\" is not"},
		{HEADER_WITH(",\"initrd_sha256\":\"\""), "\"initrd_sha256\" is not"},
		{HEADER_WITH(",\"initrd\":7"), "\"initrd\" is not a string"},
		{HEADER HEADER, ":2: a second header"},
	};

	(void)state;
	expect_errors(samples, COUNT(samples));
}

static void edited_or_reordered(void **state)
{
	static const struct sample samples[] = {
		{HEADER BLOCK("1", "5"), ":2: \"seq\" is 1 where 0 must follow"},
		{HEADER BLOCK("0", "5") BLOCK("2", "6"),
	         ":3: \"seq\" is 2 where 1 must follow"},
		{HEADER BLOCK("0", "5") BLOCK("0", "6"),
	         ":3: \"seq\" is 0 where 1 must follow"},
		{HEADER BLOCK("0", "5") BLOCK("1", "4"),
	         ":3: \"icount\" goes back from 5 to 4 on cpu 0"},
		{HEADER BLOCK("0", "901") FINISH, "goes back from 901 to 900"},
		{HEADER BLOCK(
			 "0",
			 "9") "{\"type\":\"checkpoint\",\"icount\":8,\"digest\":\"" XXH
	                      "\"}\n",
	         "goes back from 9 to 8"},
		{HEADER FINISH BLOCK("0", "950"), ":3: a record after the end record"},
		{HEADER FINISH FINISH, ":3: a record after the end record"},
		{HEADER BLOCK("0", "5") "\n" BLOCK("1", "6"), ":3: not a JSON object"},
		{HEADER "{\"type\":\"event\",\"seq\":0,\"ico\n" BLOCK("0", "6"),
	         ":2: not a JSON object"},
		{HEADER BLOCK("0", "5") "{} garbage\n", ":3: not a JSON object"},
		{HEADER "{\"seq\":0}\n", ":2: \"type\" is missing"},
		{HEADER "{\"type\":7}\n", ":2: \"type\" is missing"},
	};

	(void)state;
	expect_errors(samples, COUNT(samples));
}

static const struct sample wrong_field_samples[] = {
	{HEADER EVENT("0", "-1", "\"ev\":\"wait.block\""), "\"icount\" is not"},
	{HEADER EVENT("0", "1.5", "\"ev\":\"wait.block\""), "\"icount\" is not"},
	{HEADER EVENT("0", "1e300", "\"ev\":\"wait.block\""), "\"icount\" is not"},
	{HEADER EVENT("0", "1e999", "\"ev\":\"wait.block\""), "\"icount\" is not"},
	{HEADER EVENT("0", "9007199254740993", "\"ev\":\"wait.block\""),
         "\"icount\" is not"},
	{HEADER EVENT("0", "\"0x11223344556677889\"", "\"ev\":\"wait.block\""),
         "\"icount\" is not"},
	{HEADER EVENT("0", "1", "\"x\":0"), "\"ev\" is missing"},
	{HEADER EVENT("0", "1", "\"ev\":\"fork\",\"child\":2"),
         "\"child_proc\" is missing"},
	{HEADER EVENT("0", "1", "\"ev\":\"fork\",\"child\":2,\"child_proc\":\"1..2\""),
         "\"child_proc\" is not a fork path"},
	{HEADER EVENT("0", "1", "\"ev\":\"fork\",\"child\":2,\"child_proc\":\"\""),
         "\"child_proc\" is not a fork path"},
	{HEADER EVENT("0", "1",
                      "\"ev\":\"fork\",\"child\":99999999999,\"child_proc\":\"1.1\""),
         "\"child\" is not an integer in range"},
	{HEADER EVENT("0", "1", "\"ev\":\"exit\",\"status\":3"),
         "\"status\" is not an object"},
	{HEADER EVENT("0", "1", "\"ev\":\"exit\",\"status\":{}"), "\"exit\" is missing"},
	{HEADER EVENT("0", "1", "\"ev\":\"exec\",\"path\":\"/a\",\"argv\":[1]"),
         "\"argv\" is not an array of strings"},
	{HEADER EVENT("0", "1", "\"ev\":\"exec\",\"path\":\"/a\\uef00b\",\"argv\":[]"),
         "\"path\" contains a NUL"},
	{HEADER EVENT("0", "1", "\"ev\":\"exec\",\"path\":\"/a\",\"argv\":[\"\\uef00\"]"),
         "\"argv\" contains a NUL"},
	{HEADER EVENT("0", "1", "\"ev\":\"irq\",\"vector\":32,\"idle\":0"),
         "\"idle\" is not true or false"},
	{HEADER EVENT("0", "1", "\"ev\":\"irq\",\"vector\":304,\"idle\":false"),
         "\"vector\" is not from 0 to 255"},
	{HEADER EVENT("0", "1", "\"ev\":\"irq\",\"vector\":-1,\"idle\":false"),
         "\"vector\" is not from 0 to 255"},
	{HEADER EVENT("0", "1", "\"ev\":\"free\",\"address\":16"),
         "\"address\" is not an address"},
	{HEADER EVENT("0", "1", "\"ev\":\"wait.return\""),
         "neither \"child\" nor \"error\""},
	{HEADER EVENT("0", "1", "\"ev\":\"wait.return\",\"child\":3"),
         "a child without \"child_proc\" and \"status\""},
	{HEADER EVENT("0", "1", "\"ev\":\"wait.return\",\"child\":-3"),
         "\"child\" is negative"},
	{HEADER EVENT("0", "1", "\"ev\":\"wait.return\",\"error\":0"),
         "\"error\" is not positive"},
	{HEADER EVENT("0", "1", "\"ev\":\"syscall\",\"number\":1"),
         "neither \"args\" nor \"result\""},
	{HEADER EVENT("0", "1", "\"ev\":\"syscall\",\"number\":1,\"args\":[]"),
         "\"args\" is not an array of six"},
	{HEADER "{\"type\":\"event\",\"seq\":0,\"icount\":1,\"cpu\":2,\"pid\":1,"
                "\"proc\":\"1\",\"ev\":\"wait.block\"}\n",
         "\"cpu\" is 2 of 2"},
	{HEADER "{\"type\":\"end\",\"icount\":1,\"outcome\":\"good\",\"status\":0,"
                "\"digest\":\"" XXH "\",\"console_digest\":\"" XXH "\"}\n",
         "\"outcome\" is none that is known"},
	{HEADER "{\"type\":\"checkpoint\",\"icount\":1,\"digest\":\"dd\"}\n",
         "\"digest\" is not a digest"},
};

static void wrong_fields(void **state)
{
	(void)state;
	expect_errors(wrong_field_samples, COUNT(wrong_field_samples));
}

static void bytes_that_are_no_text(void **state)
{
	static const char nul[] = HEADER "{\"type\":\0\"event\"}\n";

	(void)state;
	expect_error(nul, sizeof(nul) - 1, ":2: a NUL byte");
	expect_error(HEADER "{\"type\":\"\xff\"}\n", sizeof(HEADER) + 12,
	             ":2: text that is not UTF-8");
	expect_error(HEADER "{\"type\":\"a\\u0000b\"}\n", sizeof(HEADER) + 19,
	             ":2: an escaped NUL");
	expect_error(HEADER "{\"type\":\"\\ud800\"}\n", sizeof(HEADER) + 17,
	             ":2: not a JSON object");
	/* An escaped backslash before the letters is another thing. */
	trace_free(expect_good(HEADER "{\"type\":\"a\\\\u0000b\"}\n"));
}

static void other_cpus_keep_their_own_time(void **state)
{
	struct trace *t;

	(void)state;
	t = expect_good(HEADER BLOCK(
		"0",
		"500") "{\"type\":\"event\",\"seq\":1,\"icount\":3,\"cpu\":1,\"pid\":1,"
	               "\"proc\":\"1\",\"ev\":\"wait.block\"}\n" BLOCK("2", "500")
	                        FINISH);
	assert_int_equal(t->nevents, 3);
	assert_true(t->complete);
	trace_free(t);
}

static void unknown_things_are_passed_over(void **state)
{
	struct trace *t;

	(void)state;
	t = expect_good(
		HEADER_WITH(",\"later\":{\"a\":[1,2]}") EVENT(
			"0", "5", "\"ev\":\"teleport\",\"where\":[1]")
			EVENT("1", "6",
	                      "\"ev\":\"wait.block\",\"mood\":\"good\"") "{\"type\":\"poem\",\"lines\":4}\n" FINISH);
	assert_int_equal(t->nevents, 1);
	assert_int_equal(t->events[0].seq, 1);
	assert_int_equal(t->skipped, 2);
	assert_true(t->complete);
	trace_free(t);
	/* But they stand in the row. */
	expect_error(HEADER EVENT("1", "5", "\"ev\":\"teleport\""),
	             strlen(HEADER EVENT("1", "5", "\"ev\":\"teleport\"")),
	             "must follow");
}

static void the_first_of_two_fields_counts(void **state)
{
	struct trace *t;

	(void)state;
	t = expect_good(
		HEADER EVENT("0", "5",
	                     "\"ev\":\"kill\",\"reason\":\"a\",\"reason\":\"b\""));
	assert_string_equal(t->events[0].kill.reason, "a");
	trace_free(t);
}

static void a_whole_last_line_without_newline(void **state)
{
	static const char text[] = HEADER BLOCK("0", "5") FINISH;
	struct trace *t;

	(void)state;
	assert_int_equal(load_bytes(&t, text, sizeof(text) - 2), 0);
	assert_true(t->complete);
	trace_free(t);
	assert_int_equal(load_bytes(&t, text, sizeof(text) - 3), 0);
	assert_false(t->complete);
	assert_int_equal(t->nevents, 1);
	trace_free(t);
}

static void deep_and_long(void **state)
{
	struct text t = {0};
	struct trace *trace;

	(void)state;
	text_string(&t, HEADER "{\"type\":\"x\",\"a\":");
	text_repeat(&t, '[', 500000);
	text_repeat(&t, ']', 500000);
	text_string(&t, "}\n");
	expect_error(t.data, t.length, ":2: not a JSON object");
	text_clear(&t);
	text_string(&t, HEADER "{\"type\":\"");
	text_repeat(&t, 'x', TRACE_LINE_MAX);
	text_string(&t, "\"}\n");
	expect_error(t.data, t.length, ":2: the line is longer than 1048576 bytes");
	text_clear(&t);
	text_repeat(&t, 'x', 3 * TRACE_LINE_MAX);
	expect_error(t.data, t.length, "not a forkscope trace");
	/* The longest line that is allowed. */
	text_clear(&t);
	text_string(&t, HEADER "{\"type\":\"");
	text_repeat(&t, 'x', TRACE_LINE_MAX - 12);
	text_string(&t, "\"}\n" FINISH);
	assert_int_equal(load_bytes(&trace, t.data, t.length), 0);
	assert_int_equal(trace->skipped, 1);
	trace_free(trace);
	/* Many fields. */
	text_clear(&t);
	text_string(&t, HEADER "{\"type\":\"event\"");
	while (t.length < TRACE_LINE_MAX / 2)
		text_string(&t, ",\"a\":1");
	text_string(&t, "}\n");
	expect_error(t.data, t.length, ":2: \"seq\" is missing");
	text_free(&t);
}

static void damaged_compressed_data(void **state)
{
	/* A block of a type that does not exist, and a window of 4 GiB. */
	static const unsigned char reserved[] = {0x28, 0xb5, 0x2f, 0xfd, 0x00,
	                                         0x58, 0x07, 0x00, 0x00, 0x00};
	static const unsigned char window[] = {0x28, 0xb5, 0x2f, 0xfd, 0x00,
	                                       0xb0, 0x01, 0x00, 0x00, 0x00};

	(void)state;
	expect_error((const char *)reserved, sizeof(reserved), "damaged zstd data");
	expect_error((const char *)window, sizeof(window), "damaged zstd data");
	expect_error((const char *)reserved, 4, "empty, or no whole header line");
}

static void files_that_cannot_be_read(void **state)
{
	struct trace *t;

	(void)state;
	assert_int_equal(trace_load(&t, "/nonexistent/a"), ERR_FILE);
	assert_non_null(
		strstr(error_message(), "cannot open /nonexistent/a: No such file"));
	assert_int_equal(trace_load(&t, "/tmp"), ERR_FILE);
	assert_non_null(strstr(error_message(), "cannot read /tmp: Is a directory"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_trace_at_all),
		cmocka_unit_test(other_versions),
		cmocka_unit_test(broken_headers),
		cmocka_unit_test(edited_or_reordered),
		cmocka_unit_test(wrong_fields),
		cmocka_unit_test(bytes_that_are_no_text),
		cmocka_unit_test(other_cpus_keep_their_own_time),
		cmocka_unit_test(unknown_things_are_passed_over),
		cmocka_unit_test(the_first_of_two_fields_counts),
		cmocka_unit_test(a_whole_last_line_without_newline),
		cmocka_unit_test(deep_and_long),
		cmocka_unit_test(damaged_compressed_data),
		cmocka_unit_test(files_that_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
