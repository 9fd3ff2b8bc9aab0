/* SPDX-License-Identifier: ISC */
#include "base/attr.h"
#include "sys/resolve.h"
#include "unit.h"

static void rdata_is_read_by_its_form(void **state)
{
	(void)state;
	static const struct {
		enum resolve_type type;
		struct str rdata;
		const char *text; /* NULL: refused */
	} cases[] = {
	    {RESOLVE_TXT, STR("\3one\3two"), "onetwo"},
	    {RESOLVE_TXT, STR("\0"), ""},
	    {RESOLVE_TXT, STR(""), NULL},
	    {RESOLVE_TXT, STR("\4one"), NULL},
	    {RESOLVE_TXT, STR("\3one\x09two"), NULL},
	    {RESOLVE_A, STR("\xc0\0\2\1"), "192.0.2.1"},
	    {RESOLVE_A, STR("\xc0\0\2"), NULL},
	    {RESOLVE_AAAA, STR("\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\1"), "2001:db8::1"},
	    {RESOLVE_AAAA, STR("\xc0\0\2\1"), NULL},
	    {RESOLVE_MX, STR("\0\12\2MX\7example\3org\0"), "mx.example.org"},
	    {RESOLVE_MX, STR("\0\0\0"), ""},
	    {RESOLVE_MX, STR("\0\12\2MX\7example\3org"), NULL},
	    {RESOLVE_MX, STR("\0\12\2MX\7example\3org\0x"), NULL},
	    {RESOLVE_MX, STR("\0\12\xc0\x0c"), NULL},
	    {RESOLVE_CNAME, STR("\3a.b\1\n\0"), "a\\046b.\\010"},
	    {RESOLVE_NS, STR("\1a\0"), "a"},
	    {RESOLVE_SOA, STR("\1a\0\1b\0\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\5"), "a"},
	    {RESOLVE_SOA, STR("\1a\0\1b\0\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0"), NULL},
	    {RESOLVE_TLSA, STR("\3\1\1"), NULL},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct arena arena;
		struct resolve_record record = {0};
		arena_init(&arena, 65536);
		bool ok = resolve_read_rdata(cases[i].type, cases[i].rdata, &arena, &record);
		if (ok != (cases[i].text != NULL))
			fail_msg("case %zu %s", i, ok ? "was read" : "was refused");
		if (ok)
			assert_str(record.text, cases[i].text);
		arena_done(&arena);
	}
	struct arena arena;
	struct resolve_record record = {0};
	arena_init(&arena, 65536);
	assert_true(resolve_read_rdata(RESOLVE_TLSA, STR("\3\1\1abc"), &arena, &record));
	assert_int_equal(record.usage * 100 + record.selector * 10 + record.matching, 311);
	assert_str(record.data, "abc");
	assert_true(resolve_read_rdata(RESOLVE_MX, STR("\1\12\1a\0"), &arena, &record));
	assert_int_equal(record.preference, 266);
	arena_done(&arena);
}

/* Any bytes at all: the sanitizers watch.  A small generator, so that a failure comes again. */
static void any_bytes_are_read_or_refused(void **state)
{
	(void)state;
	static const enum resolve_type types[] = {
#define X(id, text, number) RESOLVE_##id,
	    DNS_TYPES(X)
#undef X
	};
	uint32_t seed = 1;
	struct arena arena;
	unsigned read = 0;
	arena_init(&arena, 1024 * 1024);
	for (unsigned round = 0; round < 200000; round++) {
		char bytes[80];
		seed = seed * 1664525u + 1013904223u;
		size_t len = (seed >> 16) % sizeof bytes;
		for (size_t i = 0; i < len; i++) {
			seed = seed * 1664525u + 1013904223u;
			/* Small numbers are lengths that fit. */
			bytes[i] = (char)(unsigned char)(seed >> 24 & (round % 2 == 0 ? 0xff : 0x07));
		}
		char *exact = test_malloc(len + 1); /* so that one byte too far is seen */
		memcpy(exact, bytes, len);
		struct resolve_record record;
		read += resolve_read_rdata(types[round % COUNT_OF(types)], str_make(exact, len), &arena, &record);
		test_free(exact);
		arena_clear(&arena);
	}
	assert_true(read > 1000);
	arena_done(&arena);
}

static void a_resolver_that_is_no_address_is_refused_by_name(void **state)
{
	(void)state;
	const char *forwarders[] = {"not-an-address"};
	struct resolve_options options = {.forwarders = forwarders, .forwarder_count = 1};
	struct resolve *resolve = NULL;
	struct err err = {0};
	assert_false(resolve_open(&options, &resolve, &err));
	assert_int_equal(err.kind, ERR_SETUP);
	assert_non_null(strstr(err.text, "not-an-address"));
	options = (struct resolve_options){.trust_anchor = "/nonexistent/anchor"};
	assert_false(resolve_open(&options, &resolve, &err));
	assert_non_null(strstr(err.text, "/nonexistent/anchor"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(rdata_is_read_by_its_form),
	    cmocka_unit_test(any_bytes_are_read_or_refused),
	    cmocka_unit_test(a_resolver_that_is_no_address_is_refused_by_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
