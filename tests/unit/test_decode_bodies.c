/* SPDX-License-Identifier: ISC */
/* Each body of tests/fixtures/bodies beside what is read from it.  After an intended change: MAILSEAL_GOLDEN=write. */
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/quote.h"
#include "decode/decode.h"
#include "unit.h"

static struct buf dump;

static void put(const char *name, struct str text)
{
	if (text.p == NULL)
		return;
	buf_format(&dump, " %s=", name);
	quote_json(text, &dump);
}

static void put_list(const char *name, struct str_list list)
{
	for (size_t i = 0; i < list.count; i++)
		put(name, list.items[i]);
}

static void dump_unit(const struct unit *unit)
{
	buf_format(&dump, "unit %d guessed=%d mode=\"%s\" successful=%llu failed=%llu unexplained=%llu", (int)unit->policy_type,
	           unit->domain_is_guessed, sts_mode_text(unit->mode), (unsigned long long)unit->successful,
	           (unsigned long long)unit->failed, (unsigned long long)unit->unexplained);
	put("type", unit->policy_type_text);
	put("domain", unit->policy_domain);
	put_list("line", unit->policy_strings);
	put_list("mx", unit->mx_hosts);
	buf_byte(&dump, '\n');
	for (size_t i = 0; i < unit->failure_count; i++) {
		const struct failure *failure = &unit->failures[i];
		buf_format(&dump, "  failure count=%llu", (unsigned long long)failure->count);
		put("result", failure_result(failure));
		put("from", failure->sending_mta_ip);
		put("mx", failure->receiving_mx_hostname);
		put("helo", failure->receiving_mx_helo);
		put("to", failure->receiving_ip);
		put("reason", failure->reason_code);
		put("information", failure->additional_information);
		buf_byte(&dump, '\n');
	}
}

static void dump_report(const struct report *report)
{
	char text[INSTANT_TEXT_MAX];

	buf_text(&dump, "report");
	put("organization", report->organization_name);
	put("contact", report->contact_info);
	put("id", report->report_id);
	put("reporter", report->reporter);
	put("begin", instant_format(report->begin, text));
	put("end", instant_format(report->end, text));
	buf_byte(&dump, '\n');
	for (size_t i = 0; i < report->unit_count; i++)
		dump_unit(&report->units[i]);
	for (size_t i = 0; i < report->deviation_count; i++) {
		buf_format(&dump, "deviation %s", deviation_code(report->deviations[i].kind));
		put("at", report->deviations[i].path);
		put("read_as", report->deviations[i].read_as);
		buf_byte(&dump, '\n');
	}
	for (size_t i = 0; i < report->unknown_count; i++) {
		buf_text(&dump, "unknown");
		put("at", report->unknown_members[i].path);
		put("value", report->unknown_members[i].value);
		buf_byte(&dump, '\n');
	}
}

static void check_body(const char *path)
{
	struct buf bytes, golden;
	struct err err = {0};
	struct arena arena;
	struct decoded decoded;
	char golden_path[512];

	buf_init(&bytes, MIB(1));
	buf_init(&golden, MIB(1));
	buf_clear(&dump);
	arena_init(&arena, MIB(8));
	assert_true(file_read(path, &bytes, &err));
	struct arrival arrival = {.bytes = buf_view(&bytes), .received_at = 1767484800};
	decode_arrival(&arrival, &arena, &decoded);
	assert_string_equal(problem_code(decoded.problem.kind), "");
	assert_int_equal(decoded.report_count, 1);
	dump_report(&decoded.reports[0]);
	(void)snprintf(golden_path, sizeof golden_path, "%.*s.golden", (int)(strlen(path) - 5), path);
	const char *mode = getenv("MAILSEAL_GOLDEN");
	if (mode != NULL && strcmp(mode, "write") == 0) {
		int fd = open(golden_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
		assert_true(fd >= 0);
		assert_true(file_write_fd(fd, buf_view(&dump), &err));
		(void)close(fd);
	}
	if (!file_read(golden_path, &golden, &err))
		fail_msg("%s", err.text);
	if (!str_eq(buf_view(&golden), buf_view(&dump)))
		fail_msg("%s: read as\n%.*s", path, (int)dump.len, dump.p);
	arena_done(&arena);
	buf_done(&golden);
	buf_done(&bytes);
}

static void reads_every_body_as_its_golden_file_says(void **state)
{
	glob_t found;

	(void)state;
	assert_int_equal(glob("tests/fixtures/bodies/*.json", 0, NULL, &found), 0);
	assert_true(found.gl_pathc >= 15);
	for (size_t i = 0; i < found.gl_pathc; i++)
		check_body(found.gl_pathv[i]);
	globfree(&found);
}

static int start(void **state)
{
	(void)state;
	buf_init(&dump, MIB(1));
	return 0;
}

static int finish(void **state)
{
	(void)state;
	buf_done(&dump);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(reads_every_body_as_its_golden_file_says)};
	return cmocka_run_group_tests(tests, start, finish);
}
