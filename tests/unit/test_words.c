/* SPDX-License-Identifier: ISC */
#include "present/words.h"

#include "golden.h"
#include "present/doc_text.h"
#include "present/language.h"
#include "present/report_doc.h"
#include "report_fixture.h"

static void counts_choose_the_form_of_the_language(void **state)
{
	static const struct {
		enum plural_rule rule;
		uint64_t n;
		unsigned form;
	} cases[] = {
	    {PLURAL_ONE, 0, 1},          {PLURAL_ONE, 1, 0},          {PLURAL_ONE, 2, 1},       {PLURAL_ONE, 101, 1},
	    {PLURAL_ONE_OR_NONE, 0, 0},  {PLURAL_ONE_OR_NONE, 1, 0},  {PLURAL_ONE_OR_NONE, 2, 1},
	    {PLURAL_POLISH, 0, 2},       {PLURAL_POLISH, 1, 0},       {PLURAL_POLISH, 2, 1},    {PLURAL_POLISH, 4, 1},
	    {PLURAL_POLISH, 5, 2},       {PLURAL_POLISH, 11, 2},      {PLURAL_POLISH, 12, 2},   {PLURAL_POLISH, 14, 2},
	    {PLURAL_POLISH, 15, 2},      {PLURAL_POLISH, 21, 2},      {PLURAL_POLISH, 22, 1},   {PLURAL_POLISH, 24, 1},
	    {PLURAL_POLISH, 25, 2},      {PLURAL_POLISH, 101, 2},     {PLURAL_POLISH, 112, 2},  {PLURAL_POLISH, 122, 1},
	    {PLURAL_POLISH, UINT64_MAX, 2},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		assert_int_equal(plural_form(cases[i].rule, cases[i].n), cases[i].form);
	language_use(language_find(STR("pl")));
	assert_string_equal(tr_n("{n} domain", "{n} domains", 1), "{n} domena");
	assert_string_equal(tr_n("{n} domain", "{n} domains", 3), "{n} domeny");
	assert_string_equal(tr_n("{n} domain", "{n} domains", 12), "{n} domen");
	language_use(NULL);
}

static void numbers_and_days_are_written_as_in_the_language(void **state)
{
	static const struct {
		const char *tag, *thousand, *million, *share, *bytes, *day, *first;
	} cases[] = {
	    {"en", "2,180", "1,234,567", "8.5 %", "1.5 kB", "21 November 2026", "1 May 2026"},
	    {"de", "2.180", "1.234.567", "8,5\xc2\xa0%", "1,5 kB", "21. November 2026", "1. Mai 2026"},
	    {"fr", "2\xe2\x80\xaf" "180", "1\xe2\x80\xaf" "234\xe2\x80\xaf" "567", "8,5\xe2\x80\xaf%", "1,5 ko", "21 novembre 2026",
	     "1er mai 2026"},
	    {"pl", "2180", "1\xc2\xa0" "234\xc2\xa0" "567", "8,5%", "1,5 kB", "21 listopada 2026", "1 maja 2026"},
	    {"pt", "2.180", "1.234.567", "8,5%", "1,5 kB", "21 de novembro de 2026", "1 de maio de 2026"},
	};
	struct arena arena;
	int32_t day, first;

	(void)state;
	arena_init(&arena, MIB(1));
	assert_true(day_parse(STR("2026-11-21"), &day));
	assert_true(day_parse(STR("2026-05-01"), &first));
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		const struct language *language = language_find(str_of(cases[i].tag));
		assert_non_null(language);
		language_use(language);
		assert_string_equal(arena_text(&arena, words_count(&arena, 2180)), cases[i].thousand);
		assert_string_equal(arena_text(&arena, words_count(&arena, 1234567)), cases[i].million);
		assert_string_equal(arena_text(&arena, words_share(&arena, 85, 1000)), cases[i].share);
		assert_string_equal(arena_text(&arena, words_bytes(&arena, 1500)), cases[i].bytes);
		assert_string_equal(arena_text(&arena, words_day(&arena, day)), cases[i].day);
		assert_string_equal(arena_text(&arena, words_day(&arena, first)), cases[i].first);
	}
	language_use(NULL);
	arena_done(&arena);
}

static void a_language_is_found_by_what_people_and_browsers_write(void **state)
{
	static const struct {
		const char *name, *tag; /* NULL: not known */
	} names[] = {{"de", "de"},       {"de_AT.UTF-8", "de"}, {"PT-br", "pt"}, {"C", "en"},  {"C.UTF-8", "en"},
	             {"en_GB", "en"},    {"pl_PL@euro", "pl"},  {"xx", NULL},    {"", NULL},   {"deutsch", NULL}};
	static const struct {
		const char *header, *tag;
	} headers[] = {
	    {"de", "de"},
	    {"fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5", "fr"},
	    {"en-GB,en;q=0.9,pl;q=0.8", "en"},
	    {"ja, pl ; q=0.3, pt;q=0.31", "pt"},
	    {"de;q=0, fr;q=0.001", "fr"},
	    {"de;q=x", "en"},
	    {"de;q=0.5;q=1", "en"},
	    {"", "en"},
	    {",,;;=,q", "en"},
	    {"zh", "en"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		const struct language *language = language_find(str_of(names[i].name));
		if (names[i].tag == NULL)
			assert_null(language);
		else
			assert_string_equal(language->tag, names[i].tag);
	}
	for (size_t i = 0; i < COUNT_OF(headers); i++)
		assert_string_equal(language_accepted(str_of(headers[i].header))->tag, headers[i].tag);
	assert_string_equal(language_accepted(STR_NONE)->tag, "en");
}

static void a_text_without_translation_stays_english(void **state)
{
	(void)state;
	language_use(language_find(STR("fr")));
	assert_string_equal(tr("No such text stands in a catalogue."), "No such text stands in a catalogue.");
	assert_string_equal(tr(""), "");
	assert_string_equal(tr("Overview"), "Vue d'ensemble");
	language_use(NULL);
	assert_string_equal(tr("Overview"), "Overview");
}

static void the_example_reads_in_each_language(void **state)
{
	static const char *const tags[] = {"de", "fr", "pl", "pt"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(tags); i++) {
		struct report_fixture f;
		struct arena arena;
		struct doc doc;
		struct buf out;
		char name[32];

		language_use(language_find(str_of(tags[i])));
		fixture_example(&f);
		arena_init(&arena, MIB(32));
		buf_init(&out, MIB(1));
		report_doc(&(struct report_view){.report = &f.report, .trust = TRUST_UNSIGNED}, &arena, &doc);
		doc_text(&doc, &(struct doc_text_look){.width = 100, .commands = true}, &out);
		(void)snprintf(name, sizeof name, "report.%s.txt", tags[i]);
		assert_golden(buf_view(&out), name);
		buf_done(&out);
		arena_done(&arena);
	}
	language_use(NULL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(counts_choose_the_form_of_the_language),
	    cmocka_unit_test(numbers_and_days_are_written_as_in_the_language),
	    cmocka_unit_test(a_language_is_found_by_what_people_and_browsers_write),
	    cmocka_unit_test(a_text_without_translation_stays_english),
	    cmocka_unit_test(the_example_reads_in_each_language),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
