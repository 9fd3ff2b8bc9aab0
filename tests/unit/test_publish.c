/* SPDX-License-Identifier: ISC */
#include "base/limits.h"
#include "publish/dane_rollover.h"
#include "publish/policy_id.h"
#include "publish/sts_text.h"
#include "publish/txt_record.h"
#include "publish/zone_format.h"
#include "report/mx_pattern.h"
#include "sys/digest.h"
#include "unit.h"

struct world {
	struct arena arena;
	struct findings findings;
};

static int make_world(void **state)
{
	static struct world world;
	world = (struct world){0};
	arena_init(&world.arena, MIB(8));
	*state = &world;
	return 0;
}

static int end_world(void **state)
{
	arena_done(&((struct world *)*state)->arena);
	return 0;
}

/* The codes, in order, with blanks between. */
static const char *codes(struct world *world)
{
	struct buf out;
	buf_init(&out, KIB(8));
	for (size_t i = 0; i < world->findings.count; i++)
		buf_format(&out, "%s%s", i > 0 ? " " : "", finding_code_text(world->findings.items[i].code));
	const char *text = arena_text(&world->arena, buf_view(&out));
	buf_done(&out);
	world->findings = (struct findings){0};
	return text;
}

static void records_are_read_as_senders_read_them(void **state)
{
	static const struct {
		const char *text;
		enum txt_kind kind;
		bool valid;
		const char *codes;
	} cases[] = {
	    {"v=TLSRPTv1; rua=mailto:a@example.com", TXT_TLSRPT, true, ""},
	    {"v=TLSRPTv1;rua=mailto:a@example.com;", TXT_TLSRPT, true, ""},
	    {"v=TLSRPTv1; rua=https://r.example.com/tls", TXT_TLSRPT, true, ""},
	    {"v=TLSRPTv1; rua=mailto:a@example.com,https://r.example.com/tls", TXT_TLSRPT, true, "rua-several"},
	    {"v=TLSRPTv1 ; rua=mailto:a@example.com", TXT_TLSRPT, true, "record-blank"},
	    {"v=TSLRPTv1; rua=mailto:a@example.com", TXT_TLSRPT, false, "record-version"},
	    {"v=tlsrptv1; rua=mailto:a@example.com", TXT_TLSRPT, false, "record-version"},
	    {"rua=mailto:a@example.com; v=TLSRPTv1", TXT_TLSRPT, false, "record-version record-tag-unknown"},
	    {"\"v=TLSRPTv1; rua=mailto:a@example.com\"", TXT_TLSRPT, false, "record-quotes"},
	    {"v=TLSRPTv1; rua=a@example.com", TXT_TLSRPT, false, "rua-scheme"},
	    {"v=TLSRPTv1; rua=mailto:a@example.com!10m", TXT_TLSRPT, false, "rua-encoding"},
	    {"v=TLSRPTv1; rua=mailto:example.com", TXT_TLSRPT, false, "rua-address"},
	    {"v=TLSRPTv1; rua=https:///x", TXT_TLSRPT, false, "rua-address"},
	    {"v=TLSRPTv1; rua=http://r.example.com/", TXT_TLSRPT, false, "rua-scheme"},
	    {"v=TLSRPTv1; rua=", TXT_TLSRPT, false, "rua-address"},
	    {"v=TLSRPTv1;", TXT_TLSRPT, false, "rua-missing"},
	    {"v=TLSRPTv1", TXT_TLSRPT, false, "rua-missing"},
	    {"v=TLSRPTv1; ruf=mailto:a@example.com", TXT_TLSRPT, false, "record-tag-unknown rua-missing"},
	    {"v=TLSRPTv1; rua=mailto:a@example.com; x", TXT_TLSRPT, false, "record-syntax"},
	    {"v=TLSRPTv1;; rua=mailto:a@example.com", TXT_TLSRPT, false, "record-syntax"},
	    {"v=TLSRPTv1; rua=mailto:a@example.com; rua=mailto:b@example.com", TXT_TLSRPT, true, "record-tag-twice"},
	    {"v=STSv1; id=20261001T000000", TXT_STS, true, ""},
	    {"v=STSv1; id=2026-10-01", TXT_STS, false, "sts-record-id-invalid"},
	    {"v=STSv1; id=123456789012345678901234567890123", TXT_STS, false, "sts-record-id-invalid"},
	    {"v=STSv1;", TXT_STS, false, "sts-record-id-missing"},
	    {"v=sts1; id=1", TXT_STS, false, "sts-record-version"},
	};
	struct world *world = *state;

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct txt_record record;
		enum txt_kind kind;
		assert_true(txt_record_kind(str_of(cases[i].text), &kind));
		assert_int_equal(kind, cases[i].kind);
		txt_record_read(str_of(cases[i].text), kind, STR("x"), &world->arena, &record, &world->findings);
		const char *got = codes(world);
		if (strcmp(got, cases[i].codes) != 0 || record.is_valid != cases[i].valid)
			fail_msg("%s: valid %d, findings \"%s\"", cases[i].text, record.is_valid, got);
	}
}

static void one_record_counts_and_several_count_as_none(void **state)
{
	struct world *world = *state;
	struct str good = STR("v=TLSRPTv1; rua=mailto:a@example.com");
	struct str other = STR("v=spf1 -all");
	struct str typo = STR("v=TSLRPTv1; rua=mailto:a@example.com");
	const struct {
		struct str items[2];
		int chosen;
		const char *codes;
	} cases[] = {{{good, other}, 0, ""},
	             {{other, good}, 1, ""},
	             {{good, good}, -1, "record-multiple"},
	             {{other, other}, -1, "record-missing"},
	             {{typo, other}, 0, ""},
	             {{typo, good}, 1, ""}};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct str items[2] = {cases[i].items[0], cases[i].items[1]};
		struct str_list list = {.items = items, .count = 2};
		int chosen = txt_record_choose(&list, TXT_TLSRPT, STR("x"), &world->arena, &world->findings);
		assert_int_equal(chosen, cases[i].chosen);
		assert_string_equal(codes(world), cases[i].codes);
	}
}

static void policies_are_read_by_the_grammar_of_the_rfc(void **state)
{
	static const struct {
		const char *text;
		bool valid;
		size_t mx;
		const char *codes;
	} cases[] = {
	    {"version: STSv1\nmode: enforce\nmx: a.example.com\nmx: *.example.net\nmax_age: 604800\n", true, 2, ""},
	    {"version: STSv1\r\nmode: testing\r\nmx: a.example.com\r\nmax_age: 86400\r\n", true, 1, ""},
	    {"max_age:86400\nmx:\ta.example.com\nmode:testing\nversion:STSv1", true, 1, ""},
	    {"version: STSv1\nmode: none\nmax_age: 86400\n", true, 0, ""},
	    {"version: STSv1\nmode: enforce\nmx: a.example.com\nmax_age: 86400\n", true, 1, "policy-max-age-short"},
	    {"version: STSv1\nmode: enforce\nmax_age: 604800\n", false, 0, "policy-mx-missing"},
	    {"version: STSv1\nmode: enforced\nmx: a.example.com\nmax_age: 604800\n", false, 1, "policy-mode-invalid"},
	    {"version: STSv1\nmode: Enforce\nmx: a.example.com\nmax_age: 604800\n", false, 1, "policy-mode-invalid"},
	    {"version: STSv1\nMode: enforce\nmx: a.example.com\nmax_age: 604800\n", false, 1,
	     "policy-key-case policy-mode-missing"},
	    {"version: STSv2\nmode: testing\nmx: a.example.com\nmax_age: 1\n", false, 1, "policy-version"},
	    {"version: STSv1\nmode: testing\nmx: *\nmax_age: 604800\n", false, 0, "policy-mx-invalid"},
	    {"version: STSv1\nmode: testing\nmx: a.example.com, b.example.com\nmax_age: 604800\n", false, 0,
	     "policy-mx-invalid"},
	    {"version: STSv1\nmode: testing\nmx: a.*.com\nmax_age: 604800\n", false, 0, "policy-mx-invalid"},
	    {"version: STSv1\nmode: testing\nmx: a.example.com\nmax_age: 31557600\n", true, 1, ""},
	    {"version: STSv1\nmode: testing\nmx: a.example.com\nmax_age: 31557601\n", false, 1, "policy-max-age-invalid"},
	    {"version: STSv1\nmode: testing\nmx: a.example.com\nmax_age: 1000000000000\n", false, 1,
	     "policy-max-age-invalid"},
	    {"version: STSv1\nmode: testing\nmx: a.example.com\n", false, 1, "policy-max-age-missing"},
	    {"version: STSv1\nmode: testing\nmode: enforce\nmx: a.example.com\nmax_age: 604800\n", true, 1,
	     "policy-key-twice"},
	    {"version: STSv1\nmode: testing\nmx: a.example.com\nmax_age: 604800\nfoo: bar\n", true, 1,
	     "policy-key-unknown"},
	    {"version: STSv1\nmode testing\nmx: a.example.com\nmax_age: 604800\n", false, 1,
	     "policy-line policy-mode-missing"},
	    {"\xef\xbb\xbfversion: STSv1\nmode: testing\nmx: a.example.com\nmax_age: 604800\n", true, 1, "policy-bom"},
	    {"<!DOCTYPE html><html></html>", false, 0, "policy-not-text"},
	    {"", false, 0, "policy-version policy-mode-missing policy-max-age-missing"},
	};
	struct world *world = *state;

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct sts_policy policy;
		sts_text_read(str_of(cases[i].text), STR("x"), &world->arena, &policy, &world->findings);
		const char *got = codes(world);
		if (strcmp(got, cases[i].codes) != 0 || policy.is_valid != cases[i].valid || policy.mx.count != cases[i].mx)
			fail_msg("%s: valid %d, %zu mx, findings \"%s\"", cases[i].text, policy.is_valid, policy.mx.count, got);
	}
}

static void a_policy_of_64_kib_is_read_and_one_byte_more_is_not(void **state)
{
	struct world *world = *state;
	static char text[STS_POLICY_MOST_BYTES + 1];
	static const char head[] = "version: STSv1\nmode: testing\nmx: a.example.com\nmax_age: 604800\n";
	struct sts_policy policy;

	memset(text, '\n', sizeof text);
	memcpy(text, head, sizeof head - 1);
	sts_text_read(str_make(text, STS_POLICY_MOST_BYTES), STR("x"), &world->arena, &policy, &world->findings);
	assert_true(policy.is_valid);
	assert_string_equal(codes(world), "");
	sts_text_read(str_make(text, sizeof text), STR("x"), &world->arena, &policy, &world->findings);
	assert_false(policy.is_valid);
	assert_string_equal(codes(world), "policy-too-large");
}

static void what_is_written_reads_back_the_same(void **state)
{
	struct world *world = *state;
	struct str mx[] = {STR("a.example.com"), STR("*.example.net")};
	struct sts_policy policy = {.mode = MODE_ENFORCE, .max_age_secs = 604800, .mx = {mx, 2}}, again;
	struct buf out;

	buf_init(&out, KIB(4));
	sts_text_write(&policy, &out);
	sts_text_read(buf_view(&out), STR("x"), &world->arena, &again, &world->findings);
	assert_true(again.is_valid && again.mode == MODE_ENFORCE && again.max_age_secs == 604800 && again.mx.count == 2);
	assert_string_equal(codes(world), "");
	buf_done(&out);
}

static void a_star_stands_for_exactly_one_label(void **state)
{
	(void)state;
	static const struct {
		const char *pattern, *host;
		bool matches;
	} cases[] = {{"mx.example.com", "MX.example.com.", true},  {"*.example.com", "mx.example.com", true},
	             {"*.example.com", "a.mx.example.com", false}, {"*.example.com", "example.com", false},
	             {"*.example.com", ".example.com", false},     {"mx.example.com", "mx.example.org", false}};
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		assert_int_equal(mx_pattern_matches(str_of(cases[i].pattern), str_of(cases[i].host)), cases[i].matches);
}

static void addresses_for_reports_are_encoded(void **state)
{
	(void)state;
	static const struct {
		const char *uri, *encoded;
	} cases[] = {{"tls@example.com", "mailto:tls@example.com"},
	             {"mailto:a!b@example.com", "mailto:a%21b@example.com"},
	             {"https://r.example.com/a,b;c", "https://r.example.com/a%2Cb%3Bc"},
	             {"http://r.example.com/", NULL},
	             {"example.com", NULL},
	             {"mailto:example.com", NULL}};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct buf out;
		struct err err = {0};
		buf_init(&out, KIB(1));
		assert_int_equal(txt_record_encode_rua(str_of(cases[i].uri), &out, &err), cases[i].encoded != NULL);
		if (cases[i].encoded != NULL)
			assert_str(buf_view(&out), cases[i].encoded);
		buf_done(&out);
	}
}

static void long_values_are_split_into_strings_of_255_bytes(void **state)
{
	(void)state;
	char value[300];
	struct buf out;
	struct err err = {0};

	memset(value, 'x', sizeof value);
	buf_init(&out, KIB(4));
	assert_true(zone_format_write(ZONE_BIND, STR("_smtp._tls"), STR("example.com"), str_make(value, sizeof value), 60,
	                              &out, &err));
	struct str rest = str_from(buf_view(&out), str_find_byte(buf_view(&out), '"') + 1);
	assert_int_equal(str_find_byte(rest, '"'), 255);
	assert_false(zone_format_write(ZONE_BIND, STR("_smtp._tls"), STR("example.com"), STR("a\nb"), 60, &out, &err));
	buf_clear(&out);
	/* The provider puts quotation marks around the whole; those inside part it. */
	assert_true(zone_format_write(ZONE_TERRAFORM, STR("_smtp._tls"), STR("example.com"), str_make(value, sizeof value), 60,
	                              &out, &err));
	rest = str_from(buf_view(&out), str_find(buf_view(&out), STR("records = [\"")) + 12);
	assert_int_equal(str_find(rest, STR("\\\"\\\"")), 255);
	buf_clear(&out);
	assert_true(zone_format_write(ZONE_POWERDNS, STR("_smtp._tls"), STR("example.com"), STR("v=TLSRPTv1; rua=mailto:o'b@example.com"),
	                              60, &out, &err));
	assert_true(str_find(buf_view(&out), STR("o'\\''b@")) < out.len);
	buf_done(&out);
}

static void an_id_is_never_the_same_as_one_that_was_used(void **state)
{
	struct str used_ids[] = {STR("20261128T120000Z"), STR("20261128T120001z"), STR("1")};
	struct str_list none = {0}, used = {.items = used_ids, .count = COUNT_OF(used_ids)};
	struct arena arena;
	instant at = day_start(day_join(2026, 11, 28)) + 12 * 3600;

	(void)state;
	arena_init(&arena, KIB(64));
	assert_str(policy_id(at, &none, &arena), "20261128T120000Z");
	assert_str(policy_id(at, &used, &arena), "20261128T120002Z");
	arena_done(&arena);
}

/* --- DANE --- */

static const char old_key[] = "the old key", new_key[] = "the new key";

static void digest_of(const char *key, unsigned char out[DIGEST_SHA256_BYTES])
{
	digest_sha256(str_of(key), out);
}

static void each_state_of_a_key_change_has_its_name(void **state)
{
	unsigned char old_digest[DIGEST_SHA256_BYTES], new_digest[DIGEST_SHA256_BYTES];
	struct cert_seen leaf = {.spki = str_of(old_key)};
	struct mx_look look = {.state = LOOK_OK, .tls = {.chain = &leaf, .chain_count = 1}};
	struct arena arena;
	static const struct {
		const char *label;
		bool has_old, has_new, is_secure;
		enum dane_state dane;
		enum rollover_state wanted;
	} cases[] = {
	    {"nothing, unsigned", false, false, false, DANE_NONE, ROLLOVER_NONE},
	    {"nothing, signed", false, false, true, DANE_NONE, ROLLOVER_MAY_BEGIN},
	    {"the old one", true, false, true, DANE_MATCH, ROLLOVER_ONE},
	    {"both", true, true, true, DANE_MATCH, ROLLOVER_BOTH},
	    {"the new one", false, true, true, DANE_MISMATCH, ROLLOVER_MISMATCH},
	    {"unsigned records", true, false, false, DANE_NONE, ROLLOVER_NONE},
	    {"not usable", false, true, true, DANE_ALL_UNUSABLE, ROLLOVER_UNUSABLE},
	    {"could not tell", true, false, true, DANE_CANNOT_TELL, ROLLOVER_CANNOT_TELL},
	};

	(void)state;
	digest_of(old_key, old_digest);
	digest_of(new_key, new_digest);
	arena_init(&arena, KIB(64));
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct dane_match matches[2] = {{{0}, TLSA_USABLE, false}};
		struct check_mx mx = {.host = STR("mx.example.com"), .looks = &look, .look_count = 1};
		struct rollover rollover;
		mx.dane = (struct dane_seen){.state = cases[i].dane, .is_secure = cases[i].is_secure, .ttl_secs = 300, .matches = matches};
		if (cases[i].has_old)
			matches[mx.dane.match_count++] =
			    (struct dane_match){{TLSA_DANE_EE, TLSA_SPKI, TLSA_SHA256, str_make(old_digest, DIGEST_SHA256_BYTES)},
			                        TLSA_USABLE, true};
		if (cases[i].has_new)
			matches[mx.dane.match_count++] =
			    (struct dane_match){{TLSA_DANE_EE, TLSA_SPKI, TLSA_SHA256, str_make(new_digest, DIGEST_SHA256_BYTES)},
			                        TLSA_USABLE, false};
		dane_rollover(&mx, str_of(new_key), &arena, &rollover);
		if (rollover.state != cases[i].wanted)
			fail_msg("%s: %d", cases[i].label, (int)rollover.state);
		assert_int_equal(rollover.next_published, cases[i].has_new);
		assert_int_equal(rollover.ttl_secs, 300);
		assert_true(str_starts_with(rollover.now, STR("3 1 1 ")) && rollover.now.len == 6 + 64);
	}
	arena_done(&arena);
}

static void each_record_says_how_it_stands_beside_what_the_server_shows(void **state)
{
	struct cert_seen leaf = {.spki = str_of(old_key)};
	struct mx_look look = {.state = LOOK_OK, .tls = {.chain = &leaf, .chain_count = 1}};
	struct dane_match usable = {{TLSA_DANE_EE, TLSA_SPKI, TLSA_FULL, str_of(new_key)}, TLSA_USABLE, false};
	struct dane_match matching = {{TLSA_DANE_EE, TLSA_SPKI, TLSA_FULL, str_of(old_key)}, TLSA_USABLE, true};
	struct dane_match pkix = {{TLSA_PKIX_EE, TLSA_SPKI, TLSA_FULL, str_of(old_key)}, TLSA_USAGE_PKIX, false};
	struct arena arena;
	const struct {
		const char *label;
		struct dane_match first, second;
		size_t count, looks;
		bool is_secure;
		enum dane_state dane;
		enum tlsa_standing wanted[2];
		enum check_state zone;
	} cases[] = {
	    {"the next key beside that of now", matching, usable, 2, 1, true, DANE_MATCH, {TLSA_STANDS_MATCH, TLSA_STANDS_SPARE}, CHECK_OK},
	    {"only another key", usable, usable, 2, 1, true, DANE_MISMATCH, {TLSA_STANDS_MISMATCH, TLSA_STANDS_MISMATCH}, CHECK_OK},
	    {"not for SMTP", matching, pkix, 2, 1, true, DANE_MATCH, {TLSA_STANDS_MATCH, TLSA_STANDS_UNUSABLE}, CHECK_OK},
	    {"not signed", matching, usable, 2, 1, false, DANE_NONE, {TLSA_STANDS_MATCH, TLSA_STANDS_SPARE}, CHECK_NONE},
	    {"the server does not answer", usable, pkix, 2, 0, true, DANE_CANNOT_TELL, {TLSA_STANDS_UNKNOWN, TLSA_STANDS_UNUSABLE}, CHECK_OK},
	    {"the DNS does not answer", usable, usable, 0, 1, false, DANE_CANNOT_TELL, {TLSA_STANDS_COUNT, TLSA_STANDS_COUNT}, CHECK_CANNOT_TELL},
	    {"no records, signed", usable, usable, 0, 1, true, DANE_NONE, {TLSA_STANDS_COUNT, TLSA_STANDS_COUNT}, CHECK_OK},
	};

	(void)state;
	arena_init(&arena, KIB(64));
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct dane_match matches[] = {cases[i].first, cases[i].second};
		struct check_mx mx = {.host = STR("mx.example.com"), .looks = &look, .look_count = cases[i].looks};
		struct rollover rollover;
		mx.dane = (struct dane_seen){.state = cases[i].dane, .is_secure = cases[i].is_secure, .matches = matches, .match_count = cases[i].count};
		dane_rollover(&mx, STR_NONE, &arena, &rollover);
		bool is_right = rollover.record_count == cases[i].count && rollover.zone == cases[i].zone;
		for (size_t j = 0; j < rollover.record_count; j++)
			is_right = is_right && rollover.records[j].standing == cases[i].wanted[j];
		if (!is_right)
			fail_msg("%s: %zu records, zone %d", cases[i].label, rollover.record_count, (int)rollover.zone);
	}
	arena_done(&arena);
}

static void a_record_is_gone_only_where_the_dns_said_so(void **state)
{
	static const struct {
		const char *label, *record, *body;
		enum check_state state;
		int finding;
		const char *detail;
		enum check_state wanted_record, wanted_file;
	} cases[] = {
	    {"both are there", "v=STSv1; id=1", "version: STSv1", CHECK_OK, -1, NULL, CHECK_OK, CHECK_OK},
	    {"the record is broken", "v=STSv1", NULL, CHECK_PROBLEMS, FINDING_STS_RECORD_ID_MISSING, NULL, CHECK_OK, CHECK_CANNOT_TELL},
	    {"several records", NULL, NULL, CHECK_PROBLEMS, FINDING_STS_RECORD_MULTIPLE, NULL, CHECK_OK, CHECK_CANNOT_TELL},
	    {"no answer", NULL, NULL, CHECK_CANNOT_TELL, -1, NULL, CHECK_CANNOT_TELL, CHECK_CANNOT_TELL},
	    {"signatures that do not hold", NULL, NULL, CHECK_PROBLEMS, FINDING_DNSSEC_BOGUS, NULL, CHECK_CANNOT_TELL, CHECK_CANNOT_TELL},
	    {"nothing of it", NULL, NULL, CHECK_NONE, FINDING_STS_ABSENT, NULL, CHECK_NONE, CHECK_NONE},
	    {"the host stands, and no record", NULL, NULL, CHECK_PROBLEMS, FINDING_STS_RECORD_MISSING, NULL, CHECK_NONE, CHECK_CANNOT_TELL},
	    {"the file is gone before the record", "v=STSv1; id=1", NULL, CHECK_PROBLEMS, FINDING_STS_FETCH_HTTP_STATUS, "404", CHECK_OK, CHECK_NONE},
	    {"the policy host has a fault", "v=STSv1; id=1", NULL, CHECK_PROBLEMS, FINDING_STS_FETCH_HTTP_STATUS, "503", CHECK_OK, CHECK_CANNOT_TELL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct finding finding = {.code = (enum finding_code)cases[i].finding, .detail = str_of(cases[i].detail)};
		struct check check = {.mta_sts = {.state = cases[i].state, .record = str_of(cases[i].record), .body = str_of(cases[i].body)},
		                      .findings = {.items = &finding, .count = cases[i].finding >= 0}};
		if (check_sts_record(&check) != cases[i].wanted_record || check_sts_file(&check) != cases[i].wanted_file)
			fail_msg("%s: record %d, file %d", cases[i].label, (int)check_sts_record(&check), (int)check_sts_file(&check));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(records_are_read_as_senders_read_them, make_world, end_world),
	    cmocka_unit_test_setup_teardown(one_record_counts_and_several_count_as_none, make_world, end_world),
	    cmocka_unit_test_setup_teardown(policies_are_read_by_the_grammar_of_the_rfc, make_world, end_world),
	    cmocka_unit_test_setup_teardown(a_policy_of_64_kib_is_read_and_one_byte_more_is_not, make_world, end_world),
	    cmocka_unit_test_setup_teardown(what_is_written_reads_back_the_same, make_world, end_world),
	    cmocka_unit_test(a_star_stands_for_exactly_one_label),
	    cmocka_unit_test(addresses_for_reports_are_encoded),
	    cmocka_unit_test(an_id_is_never_the_same_as_one_that_was_used),
	    cmocka_unit_test(each_state_of_a_key_change_has_its_name),
	    cmocka_unit_test(each_record_says_how_it_stands_beside_what_the_server_shows),
	    cmocka_unit_test(a_record_is_gone_only_where_the_dns_said_so),
	    cmocka_unit_test(long_values_are_split_into_strings_of_255_bytes),
	};
	return cmocka_run_group_tests_name("publish", tests, NULL, NULL);
}
