/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The quick parser against cJSON: on every golden line the same tree, and never more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "trace/fastjson.h"
#include "trace/lines.h"

static struct trace_fastjson fast;

static cJSON *quick(const char *line)
{
	return trace_fastjson_parse(&fast, line, strlen(line));
}

static void expect_same(const char *line)
{
	cJSON *slow = cJSON_Parse(line);
	cJSON *taken = quick(line);

	assert_non_null(slow);
	if (!taken)
		fail_msg("not taken: %s", line);
	char *a = cJSON_PrintUnformatted(taken), *b = cJSON_PrintUnformatted(slow);

	assert_string_equal(a, b);
	free(a);
	free(b);
	cJSON_Delete(slow);
}

static void golden_lines(void **state)
{
	static const char *const names[] = {"waits-before", "waits-after", "orphan",
	                                    "zombie", "every-kind"};
	size_t taken = 0, lines_read = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct trace_lines *lines;
		char path[512];
		char *line;
		size_t n;
		bool whole;

		snprintf(path, sizeof(path),
		         TEST_SOURCE_DIR "/traces/golden/%s.fst.jsonl", names[i]);
		assert_int_equal(trace_lines_open(&lines, path), 0);
		while (trace_lines_next(lines, &line, &n, &whole) > 0) {
			lines_read++;
			if (strchr(line, '\\')) {
				assert_null(quick(line));
				continue;
			}
			taken++;
			expect_same(line);
		}
		trace_lines_close(lines);
	}
	assert_true(taken > lines_read * 9 / 10);
}

static void values(void **state)
{
	(void)state;
	expect_same("{}");
	expect_same("{\"a\":[]}");
	expect_same("{\"a\":{}}");
	expect_same("{\"a\":-12,\"b\":true,\"c\":false,\"d\":\"\",\"e\":[1,2,[3]]}");
	expect_same("{\"a\":999999999999999}");
	expect_same("{\"a\":1,\"a\":2}");
	expect_same("{\"a\":\"\xc3\xa9\"}");
	assert_true(cJSON_GetObjectItem(quick("{\"a\":-7}"), "a")->valuedouble == -7);
}

static void left_to_the_other(void **state)
{
	static const char *const lines[] = {
		"",
		"{",
		"[]",
		"7",
		"{}x",
		"{} ",
		" {}",
		"{\"a\":1,}",
		"{,\"a\":1}",
		"{\"a\" :1}",
		"{\"a\":1.5}",
		"{\"a\":1e3}",
		"{\"a\":-}",
		"{\"a\":1234567890123456}",
		"{\"a\":null}",
		"{\"a\":tru}",
		"{\"a\":\"b",
		"{\"a\":\"b\\n\"}",
		"{\"a\\\\\":1}",
		"{a:1}",
		"{\"a\"}",
		"{\"a\":[1,2}",
		"{\"a\":[1 2]}",
		"{\"a\":[[[1]]]}",
		"{\"a\":1",
	};
	char many[1024] = "{\"a\":[1";

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (quick(lines[i]))
			fail_msg("taken: %s", lines[i]);
	for (int i = 0; i < TRACE_FASTJSON_NODES; i++)
		strcat(many, ",1");
	strcat(many, "]}");
	assert_null(quick(many));
	/* And goes on afterwards. */
	expect_same("{\"a\":1}");
}

static int free_parser(void **state)
{
	(void)state;
	trace_fastjson_free(&fast);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_lines),
		cmocka_unit_test(values),
		cmocka_unit_test(left_to_the_other),
	};

	return cmocka_run_group_tests(tests, NULL, free_parser);
}
