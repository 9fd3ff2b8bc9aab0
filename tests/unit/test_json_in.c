/* SPDX-License-Identifier: ISC */
/* JSON: our verdicts, and those of jansson over mutated texts. */
/* Both sides have these names. */
#define JSON_NULL JUDGE_NULL
#define JSON_STRING JUDGE_STRING
#define JSON_OBJECT JUDGE_OBJECT
#include <jansson.h>
#undef JSON_NULL
#undef JSON_STRING
#undef JSON_OBJECT
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/limits.h"
#include "decode/json_in.h"
#include "unit.h"

static struct arena arena;
static struct json_parser *parser;
static struct json_fault fault;
static struct json_value root;
static struct json_notes notes;

static bool parse(struct str text, bool mend, bool measure)
{
	struct json_limits limits = {.depth = 512, .nodes = LIMIT_JSON_NODES, .memory_bytes = MIB(64),
	                             .mend_utf8 = mend, .measure_always = measure};

	arena_clear(&arena);
	return json_parse(parser, text, &limits, &arena, &root, &notes, &fault);
}

static void accepts_what_is_json_and_nothing_else(void **state)
{
	static const struct {
		const char *text;
		bool ok;
	} cases[] = {
	    {"{}", true}, {"[]", true}, {" null ", true}, {"\"a\"", true}, {"-0", true}, {"1e5", true}, {"[1E+2]", true},
	    {"[0.5]", true}, {"\"\\u00e9\\ud83d\\ude00\"", true}, {"{\"a\":1,\"a\":2}", true}, {"[\"\\u0000\"]", true},
	    {"\xef\xbb\xbf{}", true}, {"[\"\\ud800\"]", true}, {"[1e999]", true}, {"[123456789012345678901234567890]", true},
	    {"", false}, {" ", false}, {"{", false}, {"[1,]", false}, {"{\"a\":1,}", false}, {"{a:1}", false}, {"[01]", false},
	    {"[1.]", false}, {"[.5]", false}, {"[+1]", false}, {"[1e]", false}, {"[NaN]", false}, {"[0x1]", false},
	    {"['a']", false}, {"[\"\\x\"]", false}, {"[\"\\u12\"]", false}, {"[\"\t\"]", false}, {"[\"\xe9\"]", false},
	    {"[\"\xc0\x80\"]", false}, {"[\"\xed\xa0\x80\"]", false}, {"[1]x", false}, {"[1][2]", false}, {"[1 2]", false},
	    {"{\"a\" 1}", false}, {"{\"a\":}", false}, {"tru", false}, {"TRUE", false}, {"[1]//", false}, {"[1\f]", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		for (int measure = 0; measure < 2; measure++)
			if (parse(str_of(cases[i].text), false, measure != 0) != cases[i].ok)
				fail_msg("%s", cases[i].text);
}

static void keeps_a_number_that_fits_nowhere_as_text(void **state)
{
	(void)state;
	assert_true(parse(STR("[1e999,1.5,123456789012345678901234567890123456789012345]"), false, false));
	struct json_walk walk = json_walk(root);
	assert_true(json_next(&walk));
	assert_int_equal(json_kind(walk.value), JSON_NUMBER);
	assert_str(json_number(walk.value).text, "1e999");
	assert_true(json_next(&walk));
	assert_true(json_number(walk.value).kind == JSON_NUMBER_REAL);
	assert_true(json_next(&walk));
	assert_int_equal(json_number(walk.value).kind, JSON_NUMBER_TEXT);
}

static void mends_what_is_not_utf8_only_when_asked(void **state)
{
	(void)state;
	assert_false(parse(STR("[\"a\xe9\"]"), false, false));
	assert_int_equal(fault.kind, JSON_FAULT_ENCODING);
	assert_int_equal(fault.offset, 3);
	assert_true(parse(STR("[\"a\xe9\"]"), true, false));
	assert_true(notes.not_utf8);
	struct json_walk walk = json_walk(root);
	assert_true(json_next(&walk));
	assert_str(json_text(walk.value), "a\xef\xbf\xbd");
}

static void writes_what_it_read(void **state)
{
	(void)state;
	assert_true(parse(STR(" { \"a\" : [ 1 , -2, true, null, {\"b\":\"c\\n\"}, [] ], \"d\":{} } "), false, false));
	assert_str(json_write(root, 4096, &arena), "{\"a\":[1,-2,true,null,{\"b\":\"c\\n\"},[]],\"d\":{}}");
	assert_str(json_write(root, 12, &arena), "{\"a\":[1,-...");
	assert_int_equal(json_count(root), 2);
}

/* Numbers out of range and lone surrogates are refused by jansson; we document that we take them. */
static bool is_our_own_reading(struct str text)
{
	struct json_findings findings;
	struct json_fault ignored;

	return json_check(text, 512, &findings, &ignored) && (findings.lone_surrogate || findings.odd_number);
}

static void agrees_with_jansson_on_mutated_texts(void **state)
{
	static const char seed[] = "{\"organization-name\":\"S \\u00e9 \\ud83d\\ude00\",\"date-range\":{\"start\":\"x\"},"
	                           "\"policies\":[{\"n\":-12,\"m\":0.5e1,\"t\":true,\"f\":false,\"z\":null,\"e\":[],"
	                           "\"q\":\"a\\\"b\\\\\"}, [1,[2,[3]]]],\"k\":\"\xc3\xbc\"}";
	static const char alphabet[] = "{}[]:,\"\\u0159eE+-. \ntfn\xc3\xa9\x01";
	char text[sizeof seed + 8];
	uint32_t random = 11;
	size_t accepted = 0;

	(void)state;
	for (int round = 0; round < 30000; round++) {
		size_t len = sizeof seed - 1;
		memcpy(text, seed, len);
		random = random * 1664525u + 1013904223u;
		unsigned changes = 1 + (random >> 30);
		for (unsigned i = 0; i < changes; i++) {
			random = random * 1664525u + 1013904223u;
			size_t at = (random >> 8) % len;
			random = random * 1664525u + 1013904223u;
			if ((random >> 28) < 5) {
				memmove(text + at, text + at + 1, len - at - 1);
				len--;
			} else {
				text[at] = alphabet[(random >> 8) % (sizeof alphabet - 1)];
			}
		}
		json_error_t error;
		json_t *judge = json_loadb(text, len, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
		bool ours = parse(str_make(text, len), false, round % 2 == 0);
		if (ours != (judge != NULL) && !(ours && is_our_own_reading(str_make(text, len))))
			fail_msg("%.*s: ours %d, jansson %d", (int)len, text, ours, judge != NULL);
		accepted += ours;
		json_decref(judge);
	}
	assert_true(accepted > 1000 && accepted < 29000);
}

static int start(void **state)
{
	(void)state;
	arena_init(&arena, MIB(64));
	parser = json_parser_new();
	return 0;
}

static int finish(void **state)
{
	(void)state;
	json_parser_free(&parser);
	arena_done(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(accepts_what_is_json_and_nothing_else),
	    cmocka_unit_test(keeps_a_number_that_fits_nowhere_as_text),
	    cmocka_unit_test(mends_what_is_not_utf8_only_when_asked),
	    cmocka_unit_test(writes_what_it_read),
	    cmocka_unit_test(agrees_with_jansson_on_mutated_texts),
	};
	return cmocka_run_group_tests(tests, start, finish);
}
