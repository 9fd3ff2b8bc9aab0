/* SPDX-License-Identifier: ISC */
/* What `keep` and `reach` say to each other about the errands of the set-up guide. */
#include "base/limits.h"
#include "role/setup_wire.h"
#include "unit.h"

static void fill(struct setup_answer *answer, struct arena *arena)
{
	static struct str rua[] = {{"mailto:a@example.com", 20}, {"https://b.example/x", 19}};

	*answer = (struct setup_answer){.errand = SETUP_TEST, .domain = STR("example.com"), .view_count = 2, .test_count = 1};
	answer->found = (struct domain_proof_found){.proof = DOMAIN_PROVEN_RECORD};
	answer->views[0] = (struct record_view){.resolver = "192.0.2.53@53", .seen = RECORD_FAULTY, .ttl_secs = 30, .record = STR("v=TLSRPTv1")};
	findings_add(&answer->views[0].findings, arena, FINDING_RECORD_MISSING, STR("_smtp._tls.example.com"), STR("\xff"));
	answer->views[1] = (struct record_view){.seen = RECORD_SEEN, .rua = {rua, COUNT_OF(rua)}};
	answer->tests[0] = (struct test_report){.uri = rua[0], .result = TEST_REPORT_REFUSED, .reason = STR("550 no")};
	answer->ids[0] = STR("mailseal-test-1");
}

static struct str written(struct arena *arena)
{
	struct setup_answer answer;
	struct buf out;

	fill(&answer, arena);
	buf_init(&out, MIB(1));
	setup_wire_write_answer(&answer, &out);
	assert_false(out.failed);
	struct str bytes = arena_str(arena, buf_view(&out));
	buf_done(&out);
	return bytes;
}

static void an_answer_comes_back_as_it_was_sent(void **state)
{
	(void)state;
	struct arena arena;
	struct setup_answer answer;
	struct buf again;
	struct err err = {0};

	arena_init(&arena, MIB(1));
	struct str bytes = written(&arena);
	assert_true(setup_wire_read_answer(bytes, &arena, &answer, &err));
	assert_null(answer.views[1].resolver);
	assert_int_equal(answer.views[0].findings.items[0].code, FINDING_RECORD_MISSING);
	assert_str(answer.views[1].rua.items[1], "https://b.example/x");
	assert_str(answer.tests[0].reason, "550 no");
	buf_init(&again, MIB(1));
	setup_wire_write_answer(&answer, &again);
	assert_true(str_eq(bytes, buf_view(&again)));
	buf_done(&again);
	arena_done(&arena);
}

static void an_answer_that_is_cut_off_anywhere_is_refused(void **state)
{
	(void)state;
	struct arena arena;

	arena_init(&arena, MIB(16));
	struct str bytes = written(&arena);
	for (size_t len = 0; len < bytes.len; len++) {
		struct setup_answer answer;
		struct err err = {0};
		assert_false(setup_wire_read_answer(str_upto(bytes, len), &arena, &answer, &err));
		assert_int_equal(err.kind, ERR_INPUT);
	}
	arena_done(&arena);
}

static void an_answer_with_any_byte_changed_is_refused_or_sound(void **state)
{
	(void)state;
	static const unsigned char values[] = {0, 1, 0x7f, 0x80, 0xff};
	struct arena arena;

	for (size_t at = 0;; at++) {
		arena_init(&arena, MIB(16));
		struct str bytes = written(&arena);
		bool is_over = at == bytes.len;
		for (size_t i = 0; i < COUNT_OF(values) && !is_over; i++) {
			struct setup_answer answer;
			struct err err = {0};
			char *changed = arena_bytes(&arena, bytes.len);
			memcpy(changed, bytes.p, bytes.len);
			changed[at] = (char)values[i];
			if (!setup_wire_read_answer(str_make(changed, bytes.len), &arena, &answer, &err))
				continue;
			assert_true(answer.view_count <= RECORD_WATCH_MOST && answer.test_count <= SETUP_ADDRESSES_MOST);
			/* Nobody proves by the DNS that an operator has said so. */
			assert_true(answer.found.proof != DOMAIN_PROVEN_OPERATOR && answer.found.proof < DOMAIN_PROOF_COUNT);
		}
		arena_done(&arena);
		if (is_over)
			return;
	}
}

static void a_request_names_a_domain_and_an_address(void **state)
{
	(void)state;
	struct str ours[] = {STR("mailto:tls-x@reports.example")};
	const struct {
		const char *domain;
		size_t addresses;
		bool good;
	} cases[] = {{"example.com", 1, true}, {"example.com", 0, false}, {"", 1, false}, {"a b.example", 1, false}, {"..", 1, false}};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct setup_request request = {.errand = SETUP_WATCH, 
		                                .proof = {.domain = str_of(cases[i].domain), .nonce = STR("n"), .token = STR("t"),
		                                          .tenant_token = STR("u"), .host = STR("reports.example")},
		                                .ours = {ours, cases[i].addresses}};
		struct setup_request read;
		struct arena arena;
		struct buf out;
		struct err err = {0};

		arena_init(&arena, KIB(64));
		buf_init(&out, KIB(16));
		setup_wire_write_request(&request, &out);
		assert_int_equal(setup_wire_read_request(buf_view(&out), &arena, &read, &err), cases[i].good);
		buf_done(&out);
		arena_done(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_answer_comes_back_as_it_was_sent),
	    cmocka_unit_test(an_answer_that_is_cut_off_anywhere_is_refused),
	    cmocka_unit_test(an_answer_with_any_byte_changed_is_refused_or_sound),
	    cmocka_unit_test(a_request_names_a_domain_and_an_address),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
