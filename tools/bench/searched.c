/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bench/searched.h"

#include <cJSON.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"

/* Far more than a report with all its findings. */
#define REPORT_MAX (16u << 20)

static double number(const cJSON *object, const char *name)
{
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, name);

	return cJSON_IsNumber(value) ? value->valuedouble : 0;
}

static void read_finding(const cJSON *finding, struct bench_searched *s)
{
	const cJSON *check = cJSON_GetObjectItemCaseSensitive(finding, "check");

	snprintf(s->check, sizeof(s->check), "%s",
	         cJSON_IsString(check) ? check->valuestring : "?");
	s->interleaving = number(finding, "interleaving");
	s->found = number(finding, "seconds");
	s->preemptions = (int)number(finding, "preemptions");
}

static bool is_warning(const cJSON *finding)
{
	return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(finding, "warning"));
}

static int read_report(const cJSON *report, struct bench_searched *s)
{
	const cJSON *findings = cJSON_GetObjectItemCaseSensitive(report, "findings");
	const cJSON *finding;

	if (!cJSON_IsArray(findings))
		return error_set(ERR_FAILED, "forkscope explore printed no report");
	s->complete = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(report, "complete"));
	s->runs = number(report, "interleavings") + number(report, "redundant");
	s->seconds = number(report, "seconds");
	s->violations = (int)number(report, "violations");
	cJSON_ArrayForEach(finding, findings)
	{
		if (is_warning(finding))
			continue;
		read_finding(finding, s);
		break;
	}
	return 0;
}

int bench_search(struct bench *bench, const char *const *argv, struct bench_searched *s)
{
	/* What it finds decides its status: that is told by the report. */
	static const char script[] = "\"$0\" explore --json \"$@\"; exit 0";
	char output[BENCH_PATH_SIZE + 32];
	struct bench_command command = {
		.argv = {"sh", "-c", script, bench->command},
		.output = output,
	};
	struct file file = {0};
	cJSON *report;
	int err;

	*s = (struct bench_searched){0};
	for (size_t i = 0; argv[i] && i + 5 < BENCH_ARGS_MAX; i++)
		command.argv[4 + i] = argv[i];
	snprintf(output, sizeof(output), "%s/report.json", bench->directory);
	err = bench_spawn(&command, &s->cost);
	if (err == 0)
		err = file_read(&file, output, REPORT_MAX);
	if (err)
		return err;
	report = cJSON_ParseWithLength((const char *)file.data, file.size);
	err = read_report(report, s);
	cJSON_Delete(report);
	file_free(&file);
	return err;
}
