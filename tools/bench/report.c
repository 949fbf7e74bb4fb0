/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bench/report.h"

#include <cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define JSON_FORMAT "{\"format\": \"forkscope-bench\", \"version\": 1, \"rows\": %s}\n"

struct bench_report {
	const struct bench_suite *suite;
	cJSON *rows;
	int missed;
};

struct bench_report *bench_report_new(void)
{
	struct bench_report *report = calloc(1, sizeof(*report));

	if (report == NULL)
		return NULL;
	report->rows = cJSON_CreateArray();
	return report;
}

void bench_report_free(struct bench_report *report)
{
	if (report == NULL)
		return;
	cJSON_Delete(report->rows);
	free(report);
}

void bench_report_suite(struct bench_report *report, const struct bench_suite *suite)
{
	report->suite = suite;
	printf("suite %s: %s\n", suite->name, suite->what);
	printf("%-38s %10s %-12s %-22s %6s %-14s %s\n", "measure", "median", "unit",
	       "compared with", "ratio", "target", "met");
}

static bool is_met(const struct bench_row *row)
{
	switch (row->target) {
	case BENCH_MEDIAN_AT_LEAST:
		return row->median >= row->bound;
	case BENCH_MEDIAN_AT_MOST:
		return row->median <= row->bound;
	case BENCH_RATIO_AT_LEAST:
		return row->ratio >= row->bound;
	case BENCH_NO_TARGET:
		break;
	}
	return true;
}

static void target_text(const struct bench_row *row, char *text, size_t size)
{
	switch (row->target) {
	case BENCH_MEDIAN_AT_LEAST:
		snprintf(text, size, ">= %.6g", row->bound);
		break;
	case BENCH_MEDIAN_AT_MOST:
		snprintf(text, size, "<= %.6g", row->bound);
		break;
	case BENCH_RATIO_AT_LEAST:
		snprintf(text, size, "ratio >= %.2f", row->bound);
		break;
	case BENCH_NO_TARGET:
		snprintf(text, size, "-");
		break;
	}
}

static int keep(struct bench_report *report, const struct bench_row *row,
                const char *target)
{
	cJSON *object = cJSON_CreateObject();

	cJSON_AddStringToObject(object, "suite", report->suite->name);
	cJSON_AddStringToObject(object, "name", row->name);
	cJSON_AddNumberToObject(object, "median", row->median);
	cJSON_AddStringToObject(object, "unit", row->unit);
	if (row->compared != NULL) {
		cJSON_AddStringToObject(object, "compared_with", row->compared);
		cJSON_AddNumberToObject(object, "ratio", row->ratio);
	} else {
		cJSON_AddNullToObject(object, "compared_with");
		cJSON_AddNullToObject(object, "ratio");
	}
	if (row->target != BENCH_NO_TARGET) {
		cJSON_AddStringToObject(object, "target", target);
		cJSON_AddBoolToObject(object, "met", is_met(row));
	} else {
		cJSON_AddNullToObject(object, "target");
		cJSON_AddNullToObject(object, "met");
	}
	if (!cJSON_AddItemToArray(report->rows, object))
		return error_set(ERR_MEMORY, "no memory for the report");
	return 0;
}

int bench_row(struct bench *bench, const struct bench_row *row)
{
	bool met = is_met(row), judged = row->target != BENCH_NO_TARGET;
	char target[32], ratio[32] = "-";

	target_text(row, target, sizeof(target));
	if (row->compared != NULL)
		snprintf(ratio, sizeof(ratio), "%.2f", row->ratio);
	printf("%-38s %10.4g %-12s %-22s %6s %-14s %s\n", row->name, row->median,
	       row->unit, row->compared != NULL ? row->compared : "-", ratio, target,
	       !judged ? "-" : (met ? "yes" : "NO"));
	fflush(stdout);
	if (!met)
		bench->report->missed++;
	return keep(bench->report, row, target);
}

int bench_report_missed(const struct bench_report *report)
{
	return report->missed;
}

int bench_report_json(const struct bench_report *report, const char *path)
{
	char *text = cJSON_Print(report->rows);
	FILE *file = fopen(path, "w");
	int err = 0;

	if (text == NULL)
		err = error_set(ERR_MEMORY, "no memory for the report");
	else if (file == NULL)
		err = error_set(ERR_SYSTEM, "%s: %s", path, strerror(errno));
	else if (fprintf(file, JSON_FORMAT, text) < 0)
		err = error_set(ERR_SYSTEM, "%s: %s", path, strerror(errno));
	if (file != NULL && fclose(file) != 0 && err == 0)
		err = error_set(ERR_SYSTEM, "%s: %s", path, strerror(errno));
	cJSON_free(text);
	return err;
}
