/* SPDX-License-Identifier: ISC */
/* The real reports beside the project, where they are: all are read, and no field of them is lost. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/num.h"
#include "decode/decode.h"
#include "decode/json_in.h"
#include "decode/report_names.h"
#include "unit.h"

static struct arena arena, other;
static struct buf haystack;
static size_t files, leaves;

static void hay(struct str text)
{
	buf_str(&haystack, str_trim(text));
	buf_byte(&haystack, '\n');
}

static void hay_number(uint64_t number)
{
	char digits[NUM_DIGITS_MAX];

	hay(num_format_uint(number, digits));
}

static void hay_instant(instant at)
{
	char text[INSTANT_TEXT_MAX];

	hay(instant_format(at, text));
}

static void hay_list(struct str_list list)
{
	for (size_t i = 0; i < list.count; i++)
		hay(list.items[i]);
}

static void hay_report(const struct report *report)
{
	hay(report->organization_name);
	hay(report->contact_info);
	hay(report->report_id);
	hay_instant(report->begin);
	hay_instant(report->end);
	for (size_t i = 0; i < report->unit_count; i++) {
		const struct unit *unit = &report->units[i];
		hay(unit->policy_type_text);
		hay(unit->policy_domain);
		hay_list(unit->policy_strings);
		hay_list(unit->mx_hosts);
		hay_number(unit->successful);
		hay_number(unit->failed);
		for (size_t k = 0; k < unit->failure_count; k++) {
			const struct failure *failure = &unit->failures[k];
			hay(failure->result_text);
			hay_number(failure->count);
			hay(failure->sending_mta_ip);
			hay(failure->receiving_mx_hostname);
			hay(failure->receiving_mx_helo);
			hay(failure->receiving_ip);
			hay(failure->reason_code);
			hay(failure->additional_information);
		}
	}
}

static bool is_there(struct str text)
{
	struct buf line;
	instant at;
	unsigned odd;
	char moment[INSTANT_TEXT_MAX];

	text = str_trim(text);
	if (instant_parse(text, &at, &odd))
		text = instant_format(at, moment);
	struct str address;
	if (report_names_address(text, &other, &address))
		text = address;
	buf_init(&line, MIB(1));
	buf_byte(&line, '\n');
	buf_str(&line, text);
	buf_byte(&line, '\n');
	bool found = str_find_nocase(buf_view(&haystack), buf_view(&line)) < haystack.len;
	buf_done(&line);
	return found;
}

static void check_text(const char *path, struct str text)
{
	leaves++;
	if (text.len > 1 && text.p[0] == '[') { /* a TLSA list inside of a text */
		struct str rest = str_from(text, 1);
		while (rest.p != NULL) {
			struct str record = str_cut(&rest, '"');
			if (record.len > 5)
				check_text(path, record);
		}
		return;
	}
	if (!is_there(text))
		fail_msg("%s: lost: %.*s", path, STR_ARGS(text));
}

static void check_leaves(const char *path, struct json_value value, int depth)
{
	assert_true(depth < 16);
	if (json_kind(value) == JSON_STRING)
		check_text(path, json_text(value));
	if (json_kind(value) == JSON_NUMBER) {
		char digits[NUM_DIGITS_MAX];
		check_text(path, num_format_uint(json_number(value).uint, digits));
	}
	struct json_walk walk = json_walk(value);
	while (json_next(&walk))
		check_leaves(path, walk.value, depth + 1);
}

static void check_file(const char *path)
{
	static const struct json_limits limits = {.depth = 16, .nodes = 10000, .memory_bytes = MIB(8)};
	struct buf bytes;
	struct err err = {0};
	struct decoded decoded;
	struct json_parser *parser = json_parser_new();
	struct json_value root;
	struct json_notes notes;
	struct json_fault fault;

	buf_init(&bytes, MIB(1));
	assert_true(file_read(path, &bytes, &err));
	struct arrival arrival = {.bytes = buf_view(&bytes), .name = str_of(path), .received_at = 1780000000};
	arena_clear(&arena);
	arena_clear(&other);
	decode_arrival(&arrival, &arena, &decoded);
	if (decoded.report_count != 1 || decoded.problem.kind != PROBLEM_NONE)
		fail_msg("%s: %s", path, problem_code(decoded.problem.kind));
	assert_true(decoded.reports[0].unit_count > 0);
	assert_int_equal(decoded.reports[0].unknown_count, 0);
	buf_clear(&haystack);
	buf_byte(&haystack, '\n');
	hay_report(&decoded.reports[0]);
	if (str_ends_with(str_of(path), STR(".json"))) {
		assert_true(json_parse(parser, buf_view(&bytes), &limits, &other, &root, &notes, &fault));
		check_leaves(path, root, 0);
	}
	files++;
	json_parser_free(&parser);
	buf_done(&bytes);
}

static void walk_folder(const char *path, int depth)
{
	DIR *folder = opendir(path);
	struct dirent *entry;

	if (folder == NULL)
		return;
	while ((entry = readdir(folder)) != NULL) {
		char inner[1024];
		struct str name = str_of(entry->d_name);
		if (entry->d_name[0] == '.')
			continue;
		(void)snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
		if (str_ends_with(name, STR(".json")) || str_ends_with(name, STR(".eml")))
			check_file(inner);
		else if (depth == 0)
			walk_folder(inner, depth + 1);
	}
	(void)closedir(folder);
}

static const char *corpus_folder(void)
{
	static char path[1024];
	const char *shared = getenv("MAILSEAL_SHARED");
	static const char *const places[] = {"../shared", "../../shared"};

	if (shared != NULL) {
		(void)snprintf(path, sizeof path, "%s/corpus", shared);
		return access(path, R_OK) == 0 ? path : NULL;
	}
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		(void)snprintf(path, sizeof path, "%s/corpus", places[i]);
		if (access(path, R_OK) == 0)
			return path;
	}
	return NULL;
}

static void loses_no_field_of_a_real_report(void **state)
{
	const char *folder = corpus_folder();

	(void)state;
	if (folder == NULL)
		skip();
	walk_folder(folder, 0);
	print_message("%zu files, %zu fields\n", files, leaves);
	assert_true(files >= 22);
	assert_true(leaves > 300);
}

static int start(void **state)
{
	(void)state;
	arena_init(&arena, MIB(8));
	arena_init(&other, MIB(8));
	buf_init(&haystack, MIB(1));
	return 0;
}

static int finish(void **state)
{
	(void)state;
	arena_done(&arena);
	arena_done(&other);
	buf_done(&haystack);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(loses_no_field_of_a_real_report)};
	return cmocka_run_group_tests(tests, start, finish);
}
