/* SPDX-License-Identifier: ISC */
#include "base/instant.h"
#include "base/limits.h"
#include "role/look_findings.h"
#include "role/look_manners.h"
#include "role/look_wire.h"
#include "unit.h"

/* A look with something of everything. */
static void fill(struct check *check, struct arena *arena)
{
	static struct cert_seen cert;
	static struct mx_look look;
	static struct dane_match match;
	static struct check_mx mx;
	static struct str rua[] = {{"mailto:a@example.com", 20}};
	static struct str unknown[] = {{"mx2.example.com: no answer", 26}};

	cert = (struct cert_seen){.der = STR("der"), .subject = STR("CN=mx"), .issuer = STR("CN=ca"), .names = STR("mx1.example.com"),
	                          .not_before = 1, .not_after = 2, .key = STR("RSA 2048"), .signature = STR("RSA-SHA256"),
	                          .spki = STR("spki")};
	look = (struct mx_look){.host = STR("mx1.example.com"), .address = STR("192.0.2.1"), .state = LOOK_OK, .banner = STR("220 \xff"),
	                        .at = 5, .took_ms = 7};
	look.tls = (struct tls_seen){.version = STR("TLS1.3"), .chain = &cert, .chain_count = 1, .faults = CERT_EXPIRED};
	match = (struct dane_match){.record = {3, 1, 1, STR("digest")}, .fault = TLSA_DIGEST_LENGTH};
	mx = (struct check_mx){.host = STR("mx1.example.com"), .preference = 10, .looks = &look, .look_count = 1, .is_listed = true};
	mx.dane = (struct dane_seen){.state = DANE_ALL_UNUSABLE, .is_secure = true, .matches = &match, .match_count = 1};
	*check = (struct check){.domain = STR("example.com"), .at = 9, .verdict = CHECK_PROBLEMS, .mx = &mx, .mx_count = 1};
	check->tls_rpt.name = STR("_smtp._tls.example.com");
	check->tls_rpt.rua = (struct str_list){rua, 1};
	check->mta_sts.body = STR("version: STSv1\n");
	check->mta_sts.cert_not_after = INSTANT_NONE;
	check->mta_sts.policy.mode = MODE_TESTING;
	findings_add(&check->findings, arena, FINDING_CERT_EXPIRED, mx.host, STR("2026-01-01"));
	check->unknowns = (struct str_list){unknown, 1};
}

static void written(struct buf *out, struct arena *arena)
{
	struct check check;

	fill(&check, arena);
	buf_init(out, LIMIT_LOOK_BYTES);
	look_wire_write_check(&check, out);
	assert_false(out->failed);
}

static void a_look_comes_back_as_it_was_sent(void **state)
{
	(void)state;
	struct arena arena;
	struct buf bytes, again;
	struct check check;
	struct err err = {0};

	arena_init(&arena, MIB(1));
	written(&bytes, &arena);
	assert_true(look_wire_read_check(buf_view(&bytes), &arena, &check, &err));
	assert_int_equal(check.mx_count, 1);
	assert_int_equal(check.mx[0].looks[0].tls.chain[0].not_after, 2);
	assert_int_equal(check.findings.items[0].code, FINDING_CERT_EXPIRED);
	buf_init(&again, LIMIT_LOOK_BYTES);
	look_wire_write_check(&check, &again);
	assert_true(str_eq(buf_view(&bytes), buf_view(&again)));
	buf_done(&again);
	buf_done(&bytes);
	arena_done(&arena);
}

static void a_look_that_is_cut_off_anywhere_is_refused(void **state)
{
	(void)state;
	struct arena arena;
	struct buf bytes;

	arena_init(&arena, MIB(64));
	written(&bytes, &arena);
	for (size_t len = 0; len < bytes.len; len++) {
		struct check check;
		struct err err = {0};
		assert_false(look_wire_read_check(str_upto(buf_view(&bytes), len), &arena, &check, &err));
		assert_int_equal(err.kind, ERR_INPUT);
	}
	buf_done(&bytes);
	arena_done(&arena);
}

/* Whatever byte is another one: refused, or read into values that are within their lists. */
static void a_look_with_any_byte_changed_is_refused_or_sound(void **state)
{
	(void)state;
	static const unsigned char values[] = {0, 1, 0x7f, 0x80, 0xff};
	struct arena arena;
	struct buf bytes;

	arena_init(&arena, MIB(64));
	written(&bytes, &arena);
	for (size_t at = 0; at < bytes.len; at++) {
		for (size_t v = 0; v < COUNT_OF(values); v++) {
			struct check check;
			struct err err = {0};
			char was = bytes.p[at];
			bytes.p[at] = (char)values[v];
			if (look_wire_read_check(buf_view(&bytes), &arena, &check, &err)) {
				assert_true(check.mx_count <= LIMIT_LOOK_SERVERS && check.verdict < CHECK_STATE_COUNT);
				for (size_t i = 0; i < check.findings.count; i++)
					assert_true(check.findings.items[i].code < FINDING_COUNT);
				for (size_t i = 0; i < check.mx_count; i++)
					assert_true(check.mx[i].look_count <= LIMIT_LOOK_ADDRESSES && check.mx[i].dane.state < DANE_STATE_COUNT);
			}
			bytes.p[at] = was;
		}
		arena_clear(&arena);
	}
	buf_done(&bytes);
	arena_done(&arena);
}

static void a_request_names_a_domain(void **state)
{
	(void)state;
	static const struct {
		const char *domain;
		bool ok;
	} cases[] = {{"example.com", true}, {"", false}, {"a b.example", false}, {"example..com", false}};
	struct arena arena;

	arena_init(&arena, KIB(64));
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct look_request request = {.domain = str_of(cases[i].domain), .is_fresh = true}, read;
		struct buf bytes;
		struct err err = {0};
		buf_init(&bytes, KIB(4));
		look_wire_write_request(&request, &bytes);
		assert_int_equal(look_wire_read_request(buf_view(&bytes), &arena, &read, &err), cases[i].ok);
		buf_done(&bytes);
	}
	arena_done(&arena);
}

/* --- manners --- */

static void an_address_is_knocked_at_five_times_in_a_row_and_then_waits(void **state)
{
	(void)state;
	struct look_manners *manners = look_manners_new();
	struct address one, other, same_net, other_net;

	assert_true(address_parse(STR("192.0.2.1"), &one) && address_parse(STR("192.0.2.2"), &other));
	assert_true(address_parse(STR("2001:db8::1"), &same_net) && address_parse(STR("2001:db8:0:1::1"), &other_net));
	for (int i = 0; i < 5; i++)
		assert_true(look_manners_knock(manners, &one, clock_ms() + 1));
	assert_false(look_manners_knock(manners, &one, clock_ms() + 1));
	assert_true(look_manners_knock(manners, &other, clock_ms() + 1));
	assert_true(look_manners_knock(manners, &one, clock_ms() + 5000)); /* its turn comes */
	for (int i = 0; i < 5; i++) {
		same_net.bytes[15] = (unsigned char)i;
		assert_true(look_manners_knock(manners, &same_net, clock_ms() + 1));
	}
	assert_false(look_manners_knock(manners, &same_net, clock_ms() + 1)); /* a /64 is one */
	assert_true(look_manners_knock(manners, &other_net, clock_ms() + 1));
	look_manners_free(&manners);
}

static void what_one_look_saw_serves_the_next(void **state)
{
	(void)state;
	struct look_manners *manners = look_manners_new();
	struct mx_look_options options = {.port = 25, .our_name = STR("looker.example"), .timeout_ms = 2000};
	struct address address;
	struct mx_look look;
	struct arena arena;

	/* Where we do not connect: no packet goes out, and still it is one look. */
	assert_true(address_parse(STR("10.0.0.1"), &address));
	arena_init(&arena, MIB(1));
	int64_t began = clock_ms();
	for (int i = 0; i < 20; i++) {
		look_manners_look(manners, STR("mx.example.com"), &address, &options, began, &arena, &look);
		assert_int_equal(look.state, LOOK_FORBIDDEN);
		assert_true(str_eq(look.address, STR("10.0.0.1")));
	}
	/* Fresh ones take a turn each. */
	for (int i = 0; i < 4; i++) {
		look_manners_look(manners, STR("mx.example.com"), &address, &options, INT64_MAX, &arena, &look);
		assert_int_equal(look.state, LOOK_FORBIDDEN);
	}
	options.timeout_ms = 1;
	look_manners_look(manners, STR("mx.example.com"), &address, &options, INT64_MAX, &arena, &look);
	assert_int_equal(look.state, LOOK_HELD_BACK);
	arena_done(&arena);
	look_manners_free(&manners);
}

/* --- findings --- */

static void not_answered_is_not_gone(void **state)
{
	(void)state;
	struct arena arena;
	struct check check;

	arena_init(&arena, MIB(1));
	fill(&check, &arena);
	assert_true(look_findings_told(&check, STR("mx1.example.com"), STR("cert-expired")));
	assert_false(look_findings_told(&check, STR("mx2.example.com"), STR("cert-expired"))); /* it did not answer */
	assert_true(look_findings_told(&check, STR("mx3.example.com"), STR("cert-expired")));  /* no server any more */
	check.mx_count = 0;
	check.mx_state = CHECK_CANNOT_TELL;
	assert_false(look_findings_told(&check, STR("mx3.example.com"), STR("cert-expired")));
	assert_true(look_findings_told(&check, check.tls_rpt.name, STR("record-missing")));
	check.tls_rpt.state = CHECK_CANNOT_TELL;
	assert_false(look_findings_told(&check, check.tls_rpt.name, STR("record-missing")));
	check.mta_sts.host = STR("mta-sts.example.com");
	assert_true(look_findings_told(&check, check.mta_sts.host, STR("policy-mode-missing")));
	check.mta_sts.body = STR_NONE;
	check.mta_sts.state = CHECK_PROBLEMS;
	assert_false(look_findings_told(&check, check.mta_sts.host, STR("policy-mode-missing")));
	arena_done(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_look_comes_back_as_it_was_sent),
	    cmocka_unit_test(a_look_that_is_cut_off_anywhere_is_refused),
	    cmocka_unit_test(a_look_with_any_byte_changed_is_refused_or_sound),
	    cmocka_unit_test(a_request_names_a_domain),
	    cmocka_unit_test(an_address_is_knocked_at_five_times_in_a_row_and_then_waits),
	    cmocka_unit_test(what_one_look_saw_serves_the_next),
	    cmocka_unit_test(not_answered_is_not_gone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
