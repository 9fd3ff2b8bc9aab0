/* SPDX-License-Identifier: ISC */
#include "base/attr.h"
#include "base/base64.h"
#include "sys/org_domain.h"
#include "trust/dkim_key.h"
#include "trust/grade.h"
#include "unit.h"

/* Keys and signatures made once with a general cryptographic tool; what is signed is SHA-256 of "mailseal". */
#define SIGNED_HASH "E2W7HtUxNYBRHd118Z77GxiioWVBFSR3lAIL+M2unvg="
#define RSA_2048 \
	"MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA1tGKDQGCqnNzCUix4JS2Hjelt99qcysAsIAEMbsNzdVHFBkuBNnOYihs" \
	"Uyvx2qX+JIVTrl9CKCT9qy5RixaTbtPnNjdgVeBl/AehDMfeTElniinw1+Em8sLzoAgp58iijd/9IsOpgPWK1iFk/lFAW2xGCDPh" \
	"14i/docQmC6z6t9mPJAdmKkAdpeGF6wehkWvhTsCmTFLD162Zp//SOKBDAqEiTMP1pNBN92tTYYN6uxurZpv/p9YpoeDlYsnx0hE" \
	"157QM/wr+65IGnUZh8rFUKBCmeUrz6TQxJ+1OUvwGuol8UMy1vUvRbwq5pygm8AOW7zDXPVHEH1269NgvNyMTQIDAQAB"
#define RSA_2048_BARE \
	"MIIBCgKCAQEA1tGKDQGCqnNzCUix4JS2Hjelt99qcysAsIAEMbsNzdVHFBkuBNnOYihsUyvx2qX+JIVTrl9CKCT9qy5RixaTbtPn" \
	"NjdgVeBl/AehDMfeTElniinw1+Em8sLzoAgp58iijd/9IsOpgPWK1iFk/lFAW2xGCDPh14i/docQmC6z6t9mPJAdmKkAdpeGF6we" \
	"hkWvhTsCmTFLD162Zp//SOKBDAqEiTMP1pNBN92tTYYN6uxurZpv/p9YpoeDlYsnx0hE157QM/wr+65IGnUZh8rFUKBCmeUrz6TQ" \
	"xJ+1OUvwGuol8UMy1vUvRbwq5pygm8AOW7zDXPVHEH1269NgvNyMTQIDAQAB"
#define RSA_2048_SIGNATURE \
	"hWA8XN1qOlPRyBbjSdgLWqEimiWyKd4zrRYYEL0mCQI8z7WbY9QdMNawcvQGlfLuHfE/URn/b5cooqMe4SQi6UCaAa4sStoWbuX2" \
	"bvkkClzJwoAWqky+xGYmT5PW/8NV+U2FvJMgIjj7tJtWEEinN5//FelLkA80CwEdy4sW3st/Y6hwmtb7mClPwfQ5mCwXihG3WdyW" \
	"uIziuX2FwujzQp0hxdhuwkwOH+bPmdolS8pZw6ZFv5LWKvymBsLspCfpYqd2UVcwhSJ0CBOJVsoxPbH/F5mbtp+JaUsaSv08MWCd" \
	"Did8Xn5KDJMI2aO3JvDyHlVx1EZ2c5qovaGZLdvlxQ=="
#define RSA_1024 \
	"MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC1dwZKgROsnOnflmrcpM/Wu3bUxSm0X5TJcx9ZByQlu5oz4HBoJ5h8greGhFbR" \
	"HGOmG0b30Qg9ZM5lrhN740N7IP1L2aftKkh2Yr5yW6vhqQEi6LJmMsCuorwxHpuL3tOvMLJhNTlCNuujp5BkHWCjXyUqoKK2ASt1" \
	"GD1VOh/6wwIDAQAB"
#define RSA_1024_BARE \
	"MIGJAoGBALV3BkqBE6yc6d+Watykz9a7dtTFKbRflMlzH1kHJCW7mjPgcGgnmHyCt4aEVtEcY6YbRvfRCD1kzmWuE3vjQ3sg/UvZ" \
	"p+0qSHZivnJbq+GpASLosmYywK6ivDEem4ve068wsmE1OUI266OnkGQdYKNfJSqgorYBK3UYPVU6H/rDAgMBAAE="
#define RSA_1024_SIGNATURE \
	"KVbslFc94b8Ci2esx3LHdp8LpKA8udWu0BshGQMWmvlARTKz5P4kVFwNsoFDAy5zNR6sm5u2togUWkXCCIlW4YQBayl6bewKFvNj" \
	"kjKWcHmp02dKb4EtiWIyjbM+1Zq9RFpw5YxIYUIFNRJ5rhc8ZWVrRg5y7Kj4K3TlpICfPQA="
#define ED25519 \
	"IH0T7xPNtOqTIp+zau+urcbH2VigKw+sqO1cJOz/BTE="
#define ED25519_WRAPPED \
	"MCowBQYDK2VwAyEAIH0T7xPNtOqTIp+zau+urcbH2VigKw+sqO1cJOz/BTE="
#define ED25519_SIGNATURE \
	"GlBv0sMxlnG0Vs5zNDXrFhAVMWDe54MBrnPN3WbLkohYf21/mCOeksYmIDvMlhnBJrNEkVv53fo4tvtxnXLkCw=="

struct fixture {
	struct arena arena;
	struct buf scratch;
};

static int setup(void **state)
{
	struct fixture *fixture = test_calloc(1, sizeof *fixture);
	arena_init(&fixture->arena, 1024 * 1024);
	buf_init(&fixture->scratch, 64 * 1024);
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;
	arena_done(&fixture->arena);
	buf_done(&fixture->scratch);
	test_free(fixture);
	return 0;
}

static struct str decode(struct fixture *fixture, const char *text)
{
	buf_clear(&fixture->scratch);
	assert_true(base64_decode(str_of(text), &fixture->scratch));
	return arena_str(&fixture->arena, buf_view(&fixture->scratch));
}

static void base64_is_strict(void **state)
{
	struct fixture *fixture = *state;
	static const struct {
		const char *text, *bytes;
	} cases[] = {
	    {"TWFu", "Man"},    {"TWE=", "Ma"}, {"TQ==", "M"},    {"TQ", "M"},      {"TW Fu\r\n", "Man"}, {"", ""},
	    {"T", NULL},        {"TQ=", NULL},  {"TQ===", NULL},  {"TQ==TQ==", NULL}, {"TW*u", NULL},     {"=", NULL},
	    {"TWFu=", NULL},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		buf_clear(&fixture->scratch);
		bool ok = base64_decode(str_of(cases[i].text), &fixture->scratch);
		if (ok != (cases[i].bytes != NULL))
			fail_msg("\"%s\" %s", cases[i].text, ok ? "was read" : "was not read");
		if (ok)
			assert_str(buf_view(&fixture->scratch), cases[i].bytes);
	}
	buf_clear(&fixture->scratch);
	base64_encode(STR("Ma"), &fixture->scratch);
	base64_encode(STR("Man"), &fixture->scratch);
	base64_encode(STR("M"), &fixture->scratch);
	assert_str(buf_view(&fixture->scratch), "TWE=TWFuTQ==");
}

static void organisations_are_told_apart_by_the_list_of_suffixes(void **state)
{
	(void)state;
	static const struct {
		const char *a, *b;
		bool same;
	} cases[] = {
	    {"google.com", "mail.google.com", true},
	    {"Mail.Example.CO.UK.", "example.co.uk", true},
	    {"a.co.uk", "b.co.uk", false},
	    {"co.uk", "a.co.uk", false},
	    {"a.github.io", "b.github.io", false},
	    {"example.com", "example.net", false},
	    {"notexample.com", "example.com", false},
	    {"", "", false},
	    {"example.com", "", false},
	    {"192.0.2.1", "198.51.2.1", false},
	    {"example..com", "example.com", false},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		if (org_domain_same(str_of(cases[i].a), str_of(cases[i].b)) != cases[i].same)
			fail_msg("%s and %s", cases[i].a, cases[i].b);
	}
	assert_false(org_domain_same(STR_NONE, STR_NONE));
	assert_false(org_domain_same(STR("a\0.example.com"), STR("b\0.example.com")));
}

static void key_records_are_read_by_their_grammar(void **state)
{
	struct fixture *fixture = *state;
	static const struct {
		const char *record;
		const char *reason; /* NULL: it is read */
	} cases[] = {
	    {"v=DKIM1; k=rsa; p=" RSA_2048, NULL},
	    {"p=" RSA_2048, NULL},
	    {"v=DKIM1;p=" RSA_2048_BARE ";", NULL},
	    {" v = DKIM1 ;\tk = rsa ; n=a note ; p = " RSA_1024 " ; ", NULL},
	    {"v=DKIM1; k=ed25519; p=" ED25519, NULL},
	    {"v=DKIM1; k=ed25519; p=" ED25519_WRAPPED, NULL},
	    {"v=DKIM1; k=future; p=AAAA", NULL},
	    {"v=DKIM1; p=", NULL},
	    {"k=rsa; v=DKIM1; p=" RSA_1024, "the key record is of another version than DKIM1"},
	    {"v=DKIM2; p=" RSA_1024, "the key record is of another version than DKIM1"},
	    {"v=dkim1; p=" RSA_1024, "the key record is of another version than DKIM1"},
	    {"v=DKIM1; p=" RSA_1024 "; p=" RSA_1024, "the key record breaks its form"},
	    {"v=DKIM1; rubbish; p=" RSA_1024, "the key record breaks its form"},
	    {"v=DKIM1; k=rsa", "the key record holds no key"},
	    {"", "the key record holds no key"},
	    {"v=DKIM1; p=*", "the key in the key record is not Base64"},
	    {"v=DKIM1; p=AAAA", "the key record holds no RSA key"},
	    {"v=DKIM1; p=" ED25519_WRAPPED, "the key record holds no RSA key"},
	    {"v=DKIM1; k=ed25519; p=" RSA_1024, "the key record holds no Ed25519 key"},
	    {"v=DKIM1; p=MAYCAQ8CAQE=", "the RSA key has numbers that no key has"},  /* n=15 e=1 */
	    {"v=DKIM1; p=MAYCAQ4CAQM=", "the RSA key has numbers that no key has"},  /* n=14 e=3 */
	    {"v=DKIM1; p=MIIBAgEPAgED", "the key record holds no RSA key"},          /* longer than it is */
	    {"v=DKIM1; p=MAYCAf8CAQM=", "the key record holds no RSA key"},          /* negative */
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct dkim_key key;
		const char *reason = "";
		bool ok = dkim_key_read(str_of(cases[i].record), &fixture->arena, &key, &reason);
		if (ok != (cases[i].reason == NULL))
			fail_msg("%.60s: %s", cases[i].record, ok ? "was read" : reason);
		if (!ok)
			assert_string_equal(reason, cases[i].reason);
	}
}

static void key_records_say_what_the_key_is_for(void **state)
{
	struct fixture *fixture = *state;
	static const struct {
		const char *tags;
		bool tlsrpt, sha256, testing, strict;
	} cases[] = {
	    {"", true, true, false, false},
	    {"s=*; ", true, true, false, false},
	    {"s=tlsrpt; ", true, true, false, false},
	    {"s=email; ", false, true, false, false},
	    {"s=email:tlsrpt; ", true, true, false, false},
	    {"s=email : * ; ", true, true, false, false},
	    {"s=; ", false, true, false, false},
	    {"h=sha1; ", true, false, false, false},
	    {"h=sha1:SHA256; ", true, true, false, false},
	    {"t=y:s; ", true, true, true, true},
	    {"t=s; ", true, true, false, true},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct dkim_key key;
		const char *reason = "";
		char *record = arena_format(&fixture->arena, "v=DKIM1; %sp=" RSA_1024, cases[i].tags);
		assert_true(dkim_key_read(str_of(record), &fixture->arena, &key, &reason));
		if (key.allows_tlsrpt != cases[i].tlsrpt || key.allows_sha256 != cases[i].sha256 ||
		    key.is_testing != cases[i].testing || key.is_strict != cases[i].strict)
			fail_msg("%s", cases[i].tags);
		assert_int_equal(key.bits, 1024);
	}
}

/* An RSA key record with a modulus of that many bits; no one knows its factors. */
static char *made_up_key(struct fixture *fixture, unsigned bits, unsigned exponent_bytes)
{
	struct buf der, text;
	unsigned n = (bits + 7) / 8 + 1, inside = n + exponent_bytes + 8;
	buf_init(&der, 8192);
	buf_init(&text, 16384);
	char head[] = {0x30, (char)0x82, (char)(unsigned char)(inside >> 8), (char)(unsigned char)inside,
	               0x02, (char)0x82, (char)(unsigned char)(n >> 8), (char)(unsigned char)n, 0};
	buf_bytes(&der, head, sizeof head);
	buf_byte(&der, (char)(unsigned char)(1u << ((bits - 1) % 8)));
	for (unsigned i = 2; i < n; i++)
		buf_byte(&der, 0x55);
	char more[] = {0x02, (char)0x82, (char)(unsigned char)(exponent_bytes >> 8),
	               (char)(unsigned char)exponent_bytes};
	buf_bytes(&der, more, sizeof more);
	for (unsigned i = 0; i < exponent_bytes; i++)
		buf_byte(&der, 0x11);
	base64_encode(buf_view(&der), &text);
	buf_byte(&text, '\0');
	assert_false(text.failed);
	char *record = arena_format(&fixture->arena, "v=DKIM1; p=%s", text.p);
	buf_done(&der);
	buf_done(&text);
	return record;
}

static struct str signed_hash(struct fixture *fixture)
{
	return decode(fixture, SIGNED_HASH);
}

static struct dkim_form rsa_form(struct fixture *fixture, const char *signature)
{
	return (struct dkim_form){
	    .domain = STR("example.com"), .selector = STR("s1"), .algorithm_text = STR("rsa-sha256"),
	    .algorithm = DKIM_RSA_SHA256, .signature = decode(fixture, signature), .header_hash = signed_hash(fixture),
	    .body_matches = true, .signed_at = INSTANT_NONE, .expires_at = INSTANT_NONE};
}

static struct dkim_result judge(struct fixture *fixture, const struct dkim_form *form, const char *const *records,
                                size_t count)
{
	struct resolve_answer answer = {.outcome = RESOLVE_ANSWER, .count = count};
	struct dkim_result result = {0};

	answer.records = ARENA_ARRAY(&fixture->arena, count, struct resolve_record);
	for (size_t i = 0; i < count; i++)
		answer.records[i].text = str_of(records[i]);
	dkim_verify_judge(form, &answer, &fixture->arena, &result);
	return result;
}

static void a_signature_holds_only_with_its_own_key(void **state)
{
	struct fixture *fixture = *state;
	const struct {
		const char *record, *signature;
		bool is_ed25519;
		enum dkim_verdict verdict;
		const char *reason;
	} cases[] = {
	    {"v=DKIM1; p=" RSA_2048, RSA_2048_SIGNATURE, false, DKIM_PASS, "it holds"},
	    {"v=DKIM1; p=" RSA_2048_BARE, RSA_2048_SIGNATURE, false, DKIM_PASS, "it holds"},
	    {"v=DKIM1; t=y; p=" RSA_2048, RSA_2048_SIGNATURE, false, DKIM_PASS, "it holds; the key is marked as a test"},
	    {"p=" RSA_1024, RSA_1024_SIGNATURE, false, DKIM_PASS, "the key has only 1024 bits"},
	    {"p=" RSA_1024, RSA_2048_SIGNATURE, false, DKIM_FAIL, NULL},
	    {"p=" RSA_2048, RSA_1024_SIGNATURE, false, DKIM_FAIL, NULL},
	    {"k=ed25519; p=" ED25519, ED25519_SIGNATURE, true, DKIM_PASS, "it holds"},
	    {"k=ed25519; p=" ED25519_WRAPPED, ED25519_SIGNATURE, true, DKIM_PASS, "it holds"},
	    {"k=ed25519; p=" ED25519, RSA_2048_SIGNATURE, true, DKIM_FAIL, NULL},
	    {"p=" RSA_2048, ED25519_SIGNATURE, true, DKIM_PERMERROR, "the key is of another kind than the signature"},
	    {"k=ed25519; p=" ED25519, RSA_2048_SIGNATURE, false, DKIM_PERMERROR,
	     "the key is of another kind than the signature"},
	    {"s=email; p=" RSA_2048, RSA_2048_SIGNATURE, false, DKIM_POLICY, "the key is not for TLS reports (s=)"},
	    {"h=sha1; p=" RSA_2048, RSA_2048_SIGNATURE, false, DKIM_PERMERROR, "the key does not allow SHA-256 (h=)"},
	    {"v=DKIM1; p=", RSA_2048_SIGNATURE, false, DKIM_PERMERROR, "the key was revoked"},
	    {"v=spf1 -all", RSA_2048_SIGNATURE, false, DKIM_PERMERROR, "there is no key among the TXT records"},
	    {made_up_key(fixture, 512, 3), RSA_2048_SIGNATURE, false, DKIM_FAIL, "the key is shorter than 1024 bits"},
	    {made_up_key(fixture, 1023, 3), RSA_2048_SIGNATURE, false, DKIM_FAIL, "the key is shorter than 1024 bits"},
	    {made_up_key(fixture, 4096, 3), RSA_2048_SIGNATURE, false, DKIM_FAIL, NULL},
	    {made_up_key(fixture, 8193, 3), RSA_2048_SIGNATURE, false, DKIM_PERMERROR,
	     "the key is longer than 8192 bits"},
	    {made_up_key(fixture, 16384, 3), RSA_2048_SIGNATURE, false, DKIM_PERMERROR,
	     "the key is longer than 8192 bits"},
	    {made_up_key(fixture, 2048, 200), RSA_2048_SIGNATURE, false, DKIM_PERMERROR,
	     "the RSA key has numbers that no key has"},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct dkim_form form = rsa_form(fixture, cases[i].signature);
		if (cases[i].is_ed25519)
			form.algorithm = DKIM_ED25519_SHA256;
		struct dkim_result result = judge(fixture, &form, &cases[i].record, 1);
		if (result.verdict != cases[i].verdict)
			fail_msg("case %zu: %s, %.*s", i, dkim_verdict_text(result.verdict), STR_ARGS(result.reason));
		if (cases[i].reason != NULL)
			assert_str(result.reason, cases[i].reason);
	}
}

static void one_flipped_bit_breaks_hash_and_signature(void **state)
{
	struct fixture *fixture = *state;
	const char *record = "p=" RSA_1024;
	for (unsigned bit = 0; bit < 256 + 1024; bit++) {
		struct dkim_form form = rsa_form(fixture, RSA_1024_SIGNATURE);
		struct str *target = bit < 256 ? &form.header_hash : &form.signature;
		char *bytes = arena_text(&fixture->arena, *target);
		unsigned at = bit < 256 ? bit : bit - 256;
		bytes[at / 8] = (char)(bytes[at / 8] ^ (1 << at % 8));
		target->p = bytes;
		assert_int_equal(judge(fixture, &form, &record, 1).verdict, DKIM_FAIL);
		if (bit % 64 == 0)
			arena_clear(&fixture->arena);
	}
}

static void other_records_beside_the_key_do_no_harm_and_a_second_key_does(void **state)
{
	struct fixture *fixture = *state;
	struct dkim_form form = rsa_form(fixture, RSA_2048_SIGNATURE);
	const char *beside[] = {"v=spf1 -all", "some words", "v=DKIM1; p=" RSA_2048, "v=TLSRPTv1; rua=mailto:a@example.com"};
	assert_int_equal(judge(fixture, &form, beside, 4).verdict, DKIM_PASS);
	const char *twice[] = {"v=DKIM1; p=" RSA_2048, "v=DKIM1; p=" RSA_1024};
	assert_str(judge(fixture, &form, twice, 2).reason, "there are several keys at one name");
}

static void each_answer_of_the_dns_has_its_verdict(void **state)
{
	struct fixture *fixture = *state;
	static const struct {
		enum resolve_outcome outcome;
		enum dkim_verdict verdict;
	} cases[] = {
	    {RESOLVE_NXDOMAIN, DKIM_PERMERROR}, {RESOLVE_NODATA, DKIM_PERMERROR},   {RESOLVE_SERVFAIL, DKIM_TEMPERROR},
	    {RESOLVE_BOGUS, DKIM_TEMPERROR},    {RESOLVE_TIMEOUT, DKIM_TEMPERROR}, {RESOLVE_BROKEN, DKIM_PERMERROR},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct dkim_form form = rsa_form(fixture, RSA_2048_SIGNATURE);
		struct resolve_answer answer = {.outcome = cases[i].outcome};
		struct dkim_result result = {0};
		dkim_verify_judge(&form, &answer, &fixture->arena, &result);
		assert_int_equal(result.verdict, cases[i].verdict);
	}
}

static void names_that_are_no_names_never_reach_the_dns(void **state)
{
	(void)state;
	static const struct {
		struct str domain, selector;
		const char *name;
	} cases[] = {
	    {STR("Example.COM"), STR("s1"), "s1._domainkey.example.com"},
	    {STR("example.com."), STR("2024.key_a"), "2024.key_a._domainkey.example.com"},
	    {STR("com"), STR("s1"), NULL},
	    {STR("example..com"), STR("s1"), NULL},
	    {STR("example.com"), STR("s1\0x"), NULL},
	    {STR("example.com"), STR("s1%00"), NULL},
	    {STR("example.com"), STR(""), NULL},
	    {STR(""), STR("s1"), NULL},
	    {STR("b\xc3\xbc.example"), STR("s1"), NULL},
	    {STR("example.com"), STR("a b"), NULL},
	    {STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example"), STR("s1"), NULL},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		char text[RESOLVE_NAME_MAX];
		struct str name;
		bool ok = dkim_verify_name(cases[i].domain, cases[i].selector, text, &name);
		if (ok != (cases[i].name != NULL))
			fail_msg("case %zu", i);
		if (ok)
			assert_str(name, cases[i].name);
	}
}

static void the_domain_of_contact_info_is_found(void **state)
{
	(void)state;
	static const struct {
		const char *contact, *domain;
	} cases[] = {
	    {"smtp-tls-reporting@google.com", "google.com"},
	    {"mailto:tls@example.com", "example.com"},
	    {"TLS <tls@example.com>", "example.com"},
	    {"https://example.com/contact", "example.com"},
	    {"a@evil.example <tls@example.com>", "example.com"},
	    {"call us", NULL},
	    {"@", NULL},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct str domain = dkim_verify_contact(str_of(cases[i].contact));
		if (cases[i].domain == NULL)
			assert_null(domain.p);
		else
			assert_str(domain, cases[i].domain);
	}
	assert_null(dkim_verify_contact(STR_NONE).p);
}

static void the_plan_asks_for_five_keys_those_of_the_reporter_first(void **state)
{
	struct fixture *fixture = *state;
	struct dkim_form forms[10];
	struct report report = {.contact_info = STR("tls@example.com")};
	struct decoded decoded = {.reports = &report, .report_count = 1,
	                          .mail = {.is_mail = true, .signatures = forms, .signature_count = 10}};
	for (size_t i = 0; i < 10; i++) {
		forms[i] = rsa_form(fixture, RSA_2048_SIGNATURE);
		forms[i].domain = i == 7 || i == 9 ? STR("mail.example.com") : STR("example.net");
	}
	forms[0].algorithm = DKIM_RSA_SHA1;
	forms[1].body_matches = false;
	struct dkim_plan plan;
	dkim_verify_plan(&decoded, 1000000, &fixture->arena, &plan);
	static const size_t wanted[] = {7, 9, 2, 3, 4};
	assert_int_equal(plan.ask_count, COUNT_OF(wanted));
	for (size_t i = 0; i < COUNT_OF(wanted); i++)
		assert_int_equal(plan.ask[i], wanted[i]);
	assert_int_equal(plan.results[0].verdict, DKIM_FAIL);
	assert_int_equal(plan.results[1].verdict, DKIM_FAIL);
	assert_int_equal(plan.results[8].verdict, DKIM_POLICY);
}

static void times_are_held_against_the_arrival_with_five_minutes_of_grace(void **state)
{
	struct fixture *fixture = *state;
	static const struct {
		instant signed_at, expires_at;
		bool asks;
	} cases[] = {
	    {INSTANT_NONE, INSTANT_NONE, true}, {1000000, 1000100, true}, {1000300, INSTANT_NONE, true},
	    {1000301, INSTANT_NONE, false},     {999000, 999700, true},   {999000, 999699, false},
	    {1000000, 999999, false},
	};
	struct report report = {.contact_info = STR("tls@example.com")};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct dkim_form form = rsa_form(fixture, RSA_2048_SIGNATURE);
		struct decoded decoded = {.reports = &report, .report_count = 1,
		                          .mail = {.is_mail = true, .signatures = &form, .signature_count = 1}};
		struct dkim_plan plan;
		form.signed_at = cases[i].signed_at;
		form.expires_at = cases[i].expires_at;
		dkim_verify_plan(&decoded, 1000000, &fixture->arena, &plan);
		if ((plan.ask_count == 1) != cases[i].asks)
			fail_msg("case %zu", i);
	}
}

#define PASS_ALIGNED {.domain = STR("google.com"), .verdict = DKIM_PASS, .is_aligned = true, .reason = STR("it holds")}
#define PASS_OTHER {.domain = STR("example.net"), .verdict = DKIM_PASS, .reason = STR("it holds")}
#define TEMP_ALIGNED {.domain = STR("google.com"), .verdict = DKIM_TEMPERROR, .is_aligned = true, .reason = STR("later")}
#define FAIL_ALIGNED {.domain = STR("google.com"), .verdict = DKIM_FAIL, .is_aligned = true, .reason = STR("broken")}

static void grades_follow_the_rules_and_say_why(void **state)
{
	struct fixture *fixture = *state;
	static const struct {
		enum door door;
		bool is_secret;
		struct dkim_result results[3];
		size_t count;
		enum trust trust;
		const char *reason;
	} cases[] = {
	    {DOOR_SMTP, false, {PASS_ALIGNED}, 1, TRUST_SIGNED, "signed by google.com"},
	    {DOOR_SMTP, false, {PASS_OTHER}, 1, TRUST_SIGNED_OTHER, "signature of example.net, which is not the reporter"},
	    {DOOR_SMTP, false, {PASS_OTHER, FAIL_ALIGNED, PASS_ALIGNED}, 3, TRUST_SIGNED, "signed by google.com"},
	    {DOOR_SMTP, false, {PASS_OTHER, TEMP_ALIGNED}, 2, TRUST_PENDING, "signature of google.com: later"},
	    {DOOR_SMTP, false, {TEMP_ALIGNED, PASS_ALIGNED}, 2, TRUST_SIGNED, "signed by google.com"},
	    {DOOR_SMTP, false, {FAIL_ALIGNED}, 1, TRUST_UNSIGNED, "signature of google.com does not count: broken"},
	    {DOOR_SMTP, false, {PASS_OTHER}, 0, TRUST_UNSIGNED, "not signed"},
	    {DOOR_SMTP, true, {PASS_OTHER}, 1, TRUST_SECRET, "came to the secret address"},
	    {DOOR_SMTP, true, {PASS_ALIGNED}, 1, TRUST_SIGNED, "signed by google.com"},
	    {DOOR_HTTP, false, {PASS_OTHER}, 0, TRUST_UNSIGNED, "posted without a secret address"},
	    {DOOR_HTTP, true, {PASS_OTHER}, 0, TRUST_SECRET, "came to the secret address"},
	    {DOOR_FILE, false, {FAIL_ALIGNED}, 1, TRUST_OPERATOR, "given by the operator"},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct arrival arrival = {.door = cases[i].door, .is_secret = cases[i].is_secret};
		struct grade grade;
		grade_arrival(&arrival, cases[i].results, cases[i].count, &fixture->arena, &grade);
		if (grade.trust != cases[i].trust)
			fail_msg("case %zu: %s", i, trust_text(grade.trust));
		assert_str(grade.reason, cases[i].reason);
	}
}

static void the_submitter_reports_in_his_own_name(void **state)
{
	struct fixture *fixture = *state;
	struct report report = {.contact_info = STR("smtp-tls-reporting@google.com"), .reporter = STR("google.com")};
	struct decoded decoded = {.reports = &report, .report_count = 1, .mail = {.submitter = STR("Mail.Example.NET")}};
	struct grade grade = {.trust = TRUST_SIGNED, .signer = STR("example.net")};
	grade_claim(&grade, &fixture->arena, &decoded);
	assert_str(report.reporter, "mail.example.net");
	report.reporter = STR("google.com");
	grade.signer = STR("mail.google.com");
	grade_claim(&grade, &fixture->arena, &decoded);
	assert_str(report.reporter, "google.com");
	grade = (struct grade){.trust = TRUST_SIGNED_OTHER, .signer = STR("example.net")};
	grade_claim(&grade, &fixture->arena, &decoded);
	assert_str(report.reporter, "google.com");
}

/* Whoever has a mailbox there gets the signature. */
static void a_mailbox_speaks_for_its_own_domain_alone(void **state)
{
	(void)state;
	static const struct {
		const char *signer, *claim;
		bool same;
	} cases[] = {
	    {"mail.ru", "mail.ru", true},        {"mail.ru", "corp.mail.ru", false},  {"corp.mail.ru", "corp.mail.ru", true},
	    {"corp.mail.ru", "mail.ru", true},   {"Yahoo.com", "yahoo.COM", true},    {"yahoo.com", "reports.yahoo.com", false},
	    {"google.com", "mail.google.com", true}, {"gmail.com", "google.com", false}, {"gmail.com", "", false},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		if (dkim_verify_same(str_of(cases[i].signer), str_of(cases[i].claim)) != cases[i].same)
			fail_msg("%s for %s", cases[i].signer, cases[i].claim);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
	    TEST(base64_is_strict),
	    TEST(organisations_are_told_apart_by_the_list_of_suffixes),
	    TEST(a_mailbox_speaks_for_its_own_domain_alone),
	    TEST(key_records_are_read_by_their_grammar),
	    TEST(key_records_say_what_the_key_is_for),
	    TEST(a_signature_holds_only_with_its_own_key),
	    TEST(one_flipped_bit_breaks_hash_and_signature),
	    TEST(other_records_beside_the_key_do_no_harm_and_a_second_key_does),
	    TEST(each_answer_of_the_dns_has_its_verdict),
	    TEST(names_that_are_no_names_never_reach_the_dns),
	    TEST(the_domain_of_contact_info_is_found),
	    TEST(the_plan_asks_for_five_keys_those_of_the_reporter_first),
	    TEST(times_are_held_against_the_arrival_with_five_minutes_of_grace),
	    TEST(grades_follow_the_rules_and_say_why),
	    TEST(the_submitter_reports_in_his_own_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
