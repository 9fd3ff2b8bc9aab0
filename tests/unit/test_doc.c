/* SPDX-License-Identifier: ISC */
#include "present/doc.h"

#include "golden.h"
#include "naughty.h"
#include "present/doc_csv.h"
#include "present/doc_html.h"
#include "present/doc_text.h"
#include "present/json_out.h"
#include "present/words.h"

static const struct doc_column columns[] = {
    {"Result", "result_type", COLUMN_CODE, 0, "The keyword of RFC 8460."},
    {"Server", "mx", COLUMN_CODE, 0, NULL},
    {"Sessions", "sessions", COLUMN_NUMBER, 0, "Sessions, not mails."},
    {"Reporters", "reporters", COLUMN_NUMBER, 1, NULL},
    {"Mode", "mode", COLUMN_TEXT, 2, NULL},
};

/* Every kind of node, with `text` wherever foreign text may stand. */
static void build(struct doc *doc, struct arena *arena, struct str text)
{
	doc_init(doc, arena, text);
	doc_verdict(doc, TONE_FAIL, "Failed", text);
	doc_sentence(doc, text);
	doc_sub(doc, text);
	doc_facts(doc, true);
	doc_fact(doc, "Sessions", words_count(arena, 71204));
	doc_fact(doc, "State", text)->tone = TONE_OK;
	doc_heading(doc, 2, text);
	struct doc_table *table = doc_table(doc, text, columns, COUNT_OF(columns));
	for (unsigned depth = 0; depth < 3; depth++) {
		struct doc_cell *cells = doc_row(table, depth);
		cells[0] = doc_cell(text);
		cells[0].href = text;
		cells[1] = (struct doc_cell){.text = text, .tone = TONE_WARN};
		cells[2] = doc_cell_count(arena, 1440);
		cells[3] = doc_cell_count(arena, 3);
		cells[4] = doc_cell(text);
	}
	doc_bar(doc, TONE_TEST, text, text, 3, 4);
	doc_item(doc, text);
	doc_code(doc, text);
	doc_note(doc, TONE_NONE, "Note", text);
	doc_link(doc, text, text, text);
	doc_facts(doc, false);
	doc_fact(doc, "Name", text)->href = text;
}

struct fixture {
	struct arena arena;
	struct buf out;
	struct doc doc;
};

static void start(struct fixture *f, const char *text)
{
	arena_init(&f->arena, MIB(16));
	buf_init(&f->out, MIB(4));
	build(&f->doc, &f->arena, str_of(text));
}

static void finish(struct fixture *f)
{
	buf_done(&f->out);
	arena_done(&f->arena);
}

static void foreign_text_comes_out_harmless_in_every_rendering(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(naughty_texts); i++) {
		struct fixture f;
		start(&f, naughty_texts[i]);
		for (size_t width = 20; width <= 200; width += 60) {
			buf_clear(&f.out);
			doc_text(&f.doc, &(struct doc_text_look){.width = width, .fit_tables = true}, &f.out);
			assert_harmless(buf_view(&f.out), "\n", false);
		}
		buf_clear(&f.out);
		doc_html(&f.doc, &(struct doc_html_look){.lang = "en"}, &f.out);
		assert_harmless_html(buf_view(&f.out));
		const struct doc_table *table = NULL;
		for (const struct doc_node *node = f.doc.first; node != NULL; node = node->next)
			table = node->kind == DOC_TABLE ? node->table : table;
		buf_clear(&f.out);
		doc_csv(table, &f.out);
		assert_harmless_csv(buf_view(&f.out));
		buf_clear(&f.out);
		doc_csv_plain(table, &f.out);
		assert_harmless(buf_view(&f.out), "\n\t", false);
		size_t lines = 0, tabs = 0;
		for (size_t at = 0; at < f.out.len; at++) {
			lines += f.out.p[at] == '\n';
			tabs += f.out.p[at] == '\t';
		}
		assert_int_equal(lines, 3);
		assert_int_equal(tabs, 3 * (COUNT_OF(columns) - 1));
		finish(&f);
	}
}

static void only_paths_of_our_own_become_links(void **state)
{
	(void)state;
	static const struct {
		const char *href;
		bool is_link;
	} cases[] = {{"/reports/12", true}, {"/", true}, {"//evil.example/", false}, {"/\\evil.example", false},
	             {"https://evil.example/", false}, {"javascript:alert(1)", false}, {"", false}};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct fixture f;
		start(&f, "x");
		doc_init(&f.doc, &f.arena, STR("Links"));
		doc_link(&f.doc, STR("more"), str_of(cases[i].href), STR_NONE);
		buf_clear(&f.out);
		doc_html(&f.doc, &(struct doc_html_look){.lang = "en"}, &f.out);
		assert_int_equal(str_find(buf_view(&f.out), STR(">more</a>")) < f.out.len, cases[i].is_link);
		finish(&f);
	}
}

static void values_in_addresses_are_percent_encoded(void **state)
{
	(void)state;
	struct arena arena;
	arena_init(&arena, MIB(2));
	const struct doc_param params[] = {{"domain", STR("a&b=c/\"<ü")}, {"reporter", STR_NONE}, {"mx", STR("*.example.com")}};
	assert_str(doc_html_href(&arena, "/reports", params, COUNT_OF(params)),
	           "/reports?domain=a%26b%3Dc%2F%22%3C%C3%BC&mx=%2A.example.com");
	arena_done(&arena);
}

static size_t longest_line(struct str s)
{
	size_t longest = 0;
	while (s.p != NULL) {
		size_t width = utf8_width(str_cut(&s, '\n'));
		longest = width > longest ? width : longest;
	}
	return longest;
}

static void build_table(struct doc_table *table, struct arena *arena)
{
	struct doc_cell *cells = doc_row(table, 0);
	cells[0] = doc_cell(STR("certificate-host-mismatch"));
	cells[1] = doc_cell(STR("a-long-name-of-a-server.mail.example.com"));
	cells[2] = doc_cell_count(arena, 1440);
	cells[3] = doc_cell_count(arena, 3);
	cells[4] = doc_cell(STR("enforce"));
	cells = doc_row(table, 1);
	cells[0] = doc_cell(STR("日本語のサーバ"));
	cells[1] = doc_cell(STR("mx.example"));
	cells[2] = doc_cell_count(arena, 2);
	cells[3] = doc_cell_count(arena, 1);
	cells[4] = doc_cell(STR("testing"));
}

static void a_narrow_terminal_loses_columns_by_priority_and_then_cuts_with_dots(void **state)
{
	(void)state;
	static const struct {
		size_t width;
		bool has_mode, has_reporters, has_dots;
	} cases[] = {{120, true, true, false}, {96, false, true, false}, {80, false, false, false}, {60, false, false, true}};
	struct arena arena;
	struct buf out;
	arena_init(&arena, MIB(4));
	buf_init(&out, MIB(1));
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct doc_table *table = doc_table_new(&arena, columns, COUNT_OF(columns));
		build_table(table, &arena);
		buf_clear(&out);
		doc_text_table(table, &(struct doc_text_look){.width = cases[i].width, .fit_tables = true}, &out);
		struct str s = buf_view(&out);
		assert_int_equal(str_find(s, STR("Mode")) < s.len, cases[i].has_mode);
		assert_int_equal(str_find(s, STR("Reporters")) < s.len, cases[i].has_reporters);
		assert_int_equal(str_find(s, STR("...")) < s.len, cases[i].has_dots);
		if (longest_line(s) > cases[i].width)
			fail_msg("%zu columns where %zu fit:\n%.*s", longest_line(s), cases[i].width, STR_ARGS(s));
		assert_true(str_find(s, STR("Sessions")) < s.len);
	}
	buf_clear(&out);
	struct doc_table *table = doc_table_new(&arena, columns, COUNT_OF(columns));
	build_table(table, &arena);
	doc_text_table(table, &(struct doc_text_look){.width = 20}, &out);
	assert_golden(buf_view(&out), "table.txt");
	buf_done(&out);
	arena_done(&arena);
}

static void a_colourless_text_holds_no_escape_and_says_every_state_in_words(void **state)
{
	(void)state;
	struct fixture f;
	start(&f, "plain words");
	doc_text(&f.doc, &(struct doc_text_look){.width = 72, .commands = true}, &f.out);
	assert_golden(buf_view(&f.out), "every-node.txt");
	buf_clear(&f.out);
	doc_text(&f.doc, &(struct doc_text_look){.width = 72, .color = true}, &f.out);
	assert_true(str_find(buf_view(&f.out), STR("\x1b[1m")) < f.out.len);
	buf_clear(&f.out);
	doc_html(&f.doc, &(struct doc_html_look){.lang = "en"}, &f.out);
	assert_golden(buf_view(&f.out), "every-node.html");
	finish(&f);
}

static void numbers_shares_sizes_and_periods_read_well(void **state)
{
	(void)state;
	struct arena arena;
	arena_init(&arena, MIB(1));
	assert_str(words_count(&arena, 0), "0");
	assert_str(words_count(&arena, 999), "999");
	assert_str(words_count(&arena, 2180), "2,180");
	assert_str(words_count(&arena, UINT64_MAX), "18,446,744,073,709,551,615");
	static const struct {
		uint64_t part, whole;
		const char *text;
	} shares[] = {{0, 10, "0 %"},      {10, 10, "100 %"},         {1, 100000, "< 0.1 %"}, {35, 9022, "0.4 %"},
	              {402, 2180, "18 %"}, {99999, 100000, "> 99.9 %"}, {1475, 71204, "2.1 %"}, {0, 0, ""},
	              {9949, 100000, "9.9 %"}, {996, 1000, "99.6 %"}};
	for (size_t i = 0; i < COUNT_OF(shares); i++)
		assert_str(words_share(&arena, shares[i].part, shares[i].whole), shares[i].text);
	assert_str(words_bytes(&arena, 1), "1 byte");
	assert_str(words_bytes(&arena, 1248), "1.2 kB");
	assert_str(words_bytes(&arena, 18230), "18 kB");
	static const struct {
		const char *begin, *end, *text;
	} periods[] = {
	    {"2026-11-21T00:00:00Z", "2026-11-21T23:59:59Z", "21 November 2026 (UTC)"},
	    {"2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z", "21 November 2026 (UTC)"},
	    {"2026-11-21T00:00:00Z", "2026-11-27T23:59:59Z", "21 November 2026 to 27 November 2026 (UTC)"},
	    {"2026-11-21T02:00:00Z", "2026-11-22T02:00:00Z", "21 Nov 2026, 02:00:00 UTC to 22 Nov 2026, 02:00:00 UTC"},
	};
	for (size_t i = 0; i < COUNT_OF(periods); i++) {
		instant begin, end;
		unsigned odd;
		assert_true(instant_parse(str_of(periods[i].begin), &begin, &odd));
		assert_true(instant_parse(str_of(periods[i].end), &end, &odd));
		assert_str(words_period(&arena, begin, end), periods[i].text);
	}
	assert_str(words_period(&arena, INSTANT_NONE, 0), "a period that is not stated");
	const struct str names[] = {STR("a"), STR("b"), STR("c"), STR("d")};
	assert_str(words_list(&arena, names, 1, 3), "a");
	assert_str(words_list(&arena, names, 2, 3), "a and b");
	assert_str(words_list(&arena, names, 3, 3), "a, b and c");
	assert_str(words_list(&arena, names, 4, 2), "a, b and 2 more");
	assert_str(WORDS(&arena, "{a} of {b}, {c}", {"a", STR("{b}")}, {"b", STR("2")}), "{b} of 2, {c}");
	arena_done(&arena);
}

static void json_is_written_member_by_member(void **state)
{
	(void)state;
	struct buf out;
	struct json_out json;
	buf_init(&out, MIB(1));
	json_out_init(&json, &out, false);
	json_out_object(&json, NULL);
	json_out_str(&json, "name", STR("a\"<\x1b>\xff"));
	json_out_str(&json, "absent", STR_NONE);
	json_out_list(&json, "list");
	json_out_end(&json);
	json_out_list(&json, "rows");
	json_out_uint(&json, NULL, UINT64_MAX);
	json_out_int(&json, NULL, -1);
	json_out_object(&json, NULL);
	json_out_bool(&json, "yes", true);
	json_out_instant(&json, "at", 0);
	json_out_instant(&json, "never", INSTANT_NONE);
	json_out_end(&json);
	json_out_end(&json);
	json_out_end(&json);
	assert_str(buf_view(&out),
	           "{\"name\":\"a\\\"<\\u001b>\xef\xbf\xbd\",\"absent\":null,\"list\":[],\"rows\":"
	           "[18446744073709551615,-1,{\"yes\":true,\"at\":\"1970-01-01T00:00:00Z\",\"never\":null}]}\n");
	buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(foreign_text_comes_out_harmless_in_every_rendering),
	    cmocka_unit_test(only_paths_of_our_own_become_links),
	    cmocka_unit_test(values_in_addresses_are_percent_encoded),
	    cmocka_unit_test(a_narrow_terminal_loses_columns_by_priority_and_then_cuts_with_dots),
	    cmocka_unit_test(a_colourless_text_holds_no_escape_and_says_every_state_in_words),
	    cmocka_unit_test(numbers_shares_sizes_and_periods_read_well),
	    cmocka_unit_test(json_is_written_member_by_member),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
