/* SPDX-License-Identifier: ISC */
/* Tokens of OpenID Connect: what is read out of them, and which are believed.  The keys are made here, and sign what no provider
 * would. */
#include <stdlib.h>

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>

#include "base/attr.h"
#include "base/base64.h"
#include "base/limits.h"
#include "decode/oidc_read.h"
#include "trust/oidc_check.h"
#include "unit.h"

#define NOW 1800000000
#define ISSUER "https://login.example"
#define CLIENT "mailseal"

enum maker { RSA, WEAK_RSA, OTHER_RSA, P256, ED25519, MAKERS };
static gnutls_privkey_t makers[MAKERS];
static char jwks[16384];

static struct str of_datum(gnutls_datum_t bytes)
{
	return str_make(bytes.data, bytes.size);
}

/* "name":"base64url" of a number without sign; `width` pads it. */
static void put_number(struct buf *out, const char *name, gnutls_datum_t bytes, size_t width)
{
	struct str number = of_datum(bytes);
	struct buf padded;

	buf_init(&padded, 4096);
	while (number.len > width && number.p[0] == '\0')
		number = str_from(number, 1);
	for (size_t i = number.len; i < width; i++)
		buf_byte(&padded, '\0');
	buf_str(&padded, number);
	buf_format(out, ",\"%s\":\"", name);
	base64_url_encode(buf_view(&padded), out);
	buf_byte(out, '"');
	buf_done(&padded);
	gnutls_free(bytes.data);
}

static void put_key(struct buf *out, enum maker maker, const char *head)
{
	gnutls_datum_t a = {0}, b = {0};
	gnutls_ecc_curve_t curve;
	gnutls_pubkey_t key;

	assert_int_equal(gnutls_pubkey_init(&key), 0);
	assert_int_equal(gnutls_pubkey_import_privkey(key, makers[maker], 0, 0), 0);
	buf_format(out, "%s{%s", out->len > 10 ? "," : "", head);
	if (maker == P256 || maker == ED25519) {
		assert_int_equal(gnutls_pubkey_export_ecc_raw2(key, &curve, &a, &b, 0), 0);
		put_number(out, "x", a, 32);
		if (maker == P256)
			put_number(out, "y", b, 32);
	} else {
		assert_int_equal(gnutls_pubkey_export_rsa_raw2(key, &a, &b, 0), 0);
		put_number(out, "n", a, 1);
		put_number(out, "e", b, 1);
	}
	buf_byte(out, '}');
	gnutls_pubkey_deinit(key);
}

static int make_keys(void **state)
{
	static const struct {
		gnutls_pk_algorithm_t algorithm;
		unsigned bits;
	} kinds[MAKERS] = {{GNUTLS_PK_RSA, 2048},
	                   {GNUTLS_PK_RSA, 1024},
	                   {GNUTLS_PK_RSA, 2048},
	                   {GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1)},
	                   {GNUTLS_PK_EDDSA_ED25519, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_ED25519)}};
	struct buf out;

	(void)state;
	for (unsigned i = 0; i < MAKERS; i++) {
		assert_int_equal(gnutls_privkey_init(&makers[i]), 0);
		assert_int_equal(gnutls_privkey_generate(makers[i], kinds[i].algorithm, kinds[i].bits, 0), 0);
	}
	buf_init(&out, sizeof jwks);
	buf_text(&out, "{\"keys\":[");
	put_key(&out, RSA, "\"kty\":\"RSA\",\"kid\":\"r\",\"use\":\"sig\"");
	put_key(&out, WEAK_RSA, "\"kty\":\"RSA\",\"kid\":\"weak\"");
	put_key(&out, P256, "\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"p\",\"alg\":\"ES256\"");
	put_key(&out, ED25519, "\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"e\"");
	put_key(&out, OTHER_RSA, "\"kty\":\"RSA\",\"kid\":\"for-encryption\",\"use\":\"enc\"");
	put_key(&out, OTHER_RSA, "\"kty\":\"RSA\",\"kid\":\"pinned\",\"alg\":\"PS256\"");
	buf_text(&out, ",{\"kty\":\"EC\",\"crv\":\"P-521\",\"kid\":\"x\",\"x\":\"AQ\",\"y\":\"AQ\"},{\"kty\":\"oct\",\"kid\":\"o\",\"k\":\"AQ\"}]}");
	assert_false(out.failed);
	memcpy(jwks, out.p, out.len);
	buf_done(&out);
	return 0;
}

static int drop_keys(void **state)
{
	(void)state;
	for (unsigned i = 0; i < MAKERS; i++)
		gnutls_privkey_deinit(makers[i]);
	return 0;
}

static void put_signature(struct buf *out, enum maker maker, const char *algorithm)
{
	gnutls_datum_t text, signature = {0}, r = {0}, s = {0};
	bool is_pss = strcmp(algorithm, "PS256") == 0;
	unsigned char *copy = malloc(out->len);
	unsigned char raw[64] = {0};

	memcpy(copy, out->p, out->len);
	text = (gnutls_datum_t){.data = copy, .size = (unsigned)out->len};
	gnutls_sign_algorithm_t how = maker == P256 ? GNUTLS_SIGN_ECDSA_SHA256
	                              : maker == ED25519 ? GNUTLS_SIGN_EDDSA_ED25519
	                              : is_pss           ? GNUTLS_SIGN_RSA_PSS_RSAE_SHA256
	                                                 : GNUTLS_SIGN_RSA_SHA256;
	assert_int_equal(gnutls_privkey_sign_data2(makers[maker], how, 0, &text, &signature), 0);
	buf_byte(out, '.');
	if (maker == P256) {
		assert_int_equal(gnutls_decode_rs_value(&signature, &r, &s), 0);
		struct str parts[] = {of_datum(r), of_datum(s)};
		for (unsigned i = 0; i < 2; i++) {
			while (parts[i].len > 32)
				parts[i] = str_from(parts[i], 1);
			memcpy(raw + 32 * (i + 1) - parts[i].len, parts[i].p, parts[i].len);
		}
		base64_url_encode(str_make(raw, sizeof raw), out);
		gnutls_free(r.data);
		gnutls_free(s.data);
	} else {
		base64_url_encode(of_datum(signature), out);
	}
	gnutls_free(signature.data);
	free(copy);
}

static void put_token(struct buf *out, enum maker maker, const char *algorithm, const char *header, const char *claims)
{
	base64_url_encode(str_of(header), out);
	buf_byte(out, '.');
	base64_url_encode(str_of(claims), out);
	put_signature(out, maker, algorithm);
}

#define CLAIMS                                                                                                         \
	"\"iss\":\"" ISSUER "\",\"sub\":\"u1\",\"aud\":\"" CLIENT "\",\"nonce\":\"n-1\",\"exp\":1800000300,\"iat\":1799999990"

static enum oidc_problem judged(struct str text, struct arena *arena)
{
	const struct oidc_expected expected = {.issuer = STR(ISSUER),
	                                       .client_id = STR(CLIENT),
	                                       .nonce = STR("n-1"),
	                                       .access_token = STR("access"),
	                                       .now = NOW};
	struct oidc_token token;
	struct oidc_keys keys;

	assert_true(oidc_read_keys(str_of(jwks), arena, &keys));
	assert_int_equal(keys.count, 5); /* those for encryption, of other curves and kinds are left out */
	enum oidc_problem problem = oidc_read_token(text, STR("groups"), arena, &token);
	return problem != OIDC_NONE ? problem : oidc_check(&token, &keys, &expected);
}

static void only_what_holds_in_all_is_believed(void **state)
{
	static const struct {
		const char *label;
		enum maker maker;
		const char *algorithm, *header, *claims;
		enum oidc_problem problem;
	} cases[] = {
	    {"RS256", RSA, "RS256", "{\"alg\":\"RS256\",\"kid\":\"r\"}", "{" CLAIMS "}", OIDC_NONE},
	    {"PS256", RSA, "PS256", "{\"alg\":\"PS256\",\"kid\":\"r\"}", "{" CLAIMS "}", OIDC_NONE},
	    {"ES256", P256, "ES256", "{\"alg\":\"ES256\",\"kid\":\"p\"}", "{" CLAIMS "}", OIDC_NONE},
	    {"EdDSA", ED25519, "EdDSA", "{\"alg\":\"EdDSA\",\"kid\":\"e\"}", "{" CLAIMS "}", OIDC_NONE},
	    {"no name of a key", RSA, "RS256", "{\"alg\":\"RS256\"}", "{" CLAIMS "}", OIDC_NONE},
	    {"a key pinned to PS256 that signs RS256", OTHER_RSA, "RS256", "{\"alg\":\"RS256\",\"kid\":\"pinned\"}", "{" CLAIMS "}", OIDC_TOKEN_KEY},
	    {"a key of 1024 bits", WEAK_RSA, "RS256", "{\"alg\":\"RS256\",\"kid\":\"weak\"}", "{" CLAIMS "}", OIDC_TOKEN_KEY},
	    {"a key for encryption", OTHER_RSA, "RS256", "{\"alg\":\"RS256\",\"kid\":\"for-encryption\"}", "{" CLAIMS "}", OIDC_TOKEN_KEY},
	    {"a key that is not there", RSA, "RS256", "{\"alg\":\"RS256\",\"kid\":\"new\"}", "{" CLAIMS "}", OIDC_TOKEN_KEY},
	    {"a key of another kind", RSA, "RS256", "{\"alg\":\"ES256\",\"kid\":\"r\"}", "{" CLAIMS "}", OIDC_TOKEN_KEY},
	    {"signed by another", OTHER_RSA, "RS256", "{\"alg\":\"RS256\",\"kid\":\"r\"}", "{" CLAIMS "}", OIDC_TOKEN_SIGNATURE},
	    {"RS256 that says PS256", RSA, "RS256", "{\"alg\":\"PS256\",\"kid\":\"r\"}", "{" CLAIMS "}", OIDC_TOKEN_SIGNATURE},
	    {"none", RSA, "RS256", "{\"alg\":\"none\"}", "{" CLAIMS "}", OIDC_TOKEN_ALGORITHM},
	    {"None", RSA, "RS256", "{\"alg\":\"None\"}", "{" CLAIMS "}", OIDC_TOKEN_ALGORITHM},
	    {"HS256", RSA, "RS256", "{\"alg\":\"HS256\",\"kid\":\"r\"}", "{" CLAIMS "}", OIDC_TOKEN_ALGORITHM},
	    {"no algorithm", RSA, "RS256", "{\"kid\":\"r\"}", "{" CLAIMS "}", OIDC_TOKEN_ALGORITHM},
	    {"two algorithms", RSA, "RS256", "{\"alg\":\"RS256\",\"alg\":\"none\",\"kid\":\"r\"}", "{" CLAIMS "}", OIDC_TOKEN_MALFORMED},
	    {"crit", RSA, "RS256", "{\"alg\":\"RS256\",\"kid\":\"r\",\"crit\":[\"x\"],\"x\":1}", "{" CLAIMS "}", OIDC_TOKEN_MALFORMED},
	    {"two issuers", RSA, "RS256", "{\"alg\":\"RS256\",\"kid\":\"r\"}", "{" CLAIMS ",\"iss\":\"https://evil.example\"}", OIDC_TOKEN_MALFORMED},
	    {"no subject", RSA, "RS256", "{\"alg\":\"RS256\",\"kid\":\"r\"}", "{\"iss\":\"" ISSUER "\"}", OIDC_TOKEN_MALFORMED},
	    {"a number as subject", RSA, "RS256", "{\"alg\":\"RS256\",\"kid\":\"r\"}", "{\"iss\":\"" ISSUER "\",\"sub\":1}", OIDC_TOKEN_MALFORMED},
	    {"claims that are a list", RSA, "RS256", "{\"alg\":\"RS256\",\"kid\":\"r\"}", "[]", OIDC_TOKEN_MALFORMED},
	    {"another issuer", RSA, "RS256", "{\"alg\":\"RS256\",\"kid\":\"r\"}",
	     "{\"iss\":\"https://evil.example\",\"sub\":\"u1\",\"aud\":\"" CLIENT "\",\"nonce\":\"n-1\",\"exp\":1800000300,\"iat\":1799999990}", OIDC_TOKEN_ISSUER},
	    {"a slash behind the issuer", RSA, "RS256", "{\"alg\":\"RS256\",\"kid\":\"r\"}",
	     "{\"iss\":\"" ISSUER "/\",\"sub\":\"u1\",\"aud\":\"" CLIENT "\",\"nonce\":\"n-1\",\"exp\":1800000300,\"iat\":1799999990}", OIDC_TOKEN_ISSUER},
	    {"for another", RSA, "RS256", "{\"alg\":\"RS256\",\"kid\":\"r\"}",
	     "{\"iss\":\"" ISSUER "\",\"sub\":\"u1\",\"aud\":\"other\",\"nonce\":\"n-1\",\"exp\":1800000300,\"iat\":1799999990}", OIDC_TOKEN_AUDIENCE},
	    {"for nobody", RSA, "RS256", "{\"alg\":\"RS256\",\"kid\":\"r\"}",
	     "{\"iss\":\"" ISSUER "\",\"sub\":\"u1\",\"nonce\":\"n-1\",\"exp\":1800000300,\"iat\":1799999990}", OIDC_TOKEN_AUDIENCE},
	    {"for us and another, made for us", RSA, "RS256", "{\"alg\":\"RS256\",\"kid\":\"r\"}",
	     "{\"iss\":\"" ISSUER "\",\"sub\":\"u1\",\"aud\":[\"other\",\"" CLIENT "\"],\"azp\":\"" CLIENT "\",\"nonce\":\"n-1\",\"exp\":1800000300,\"iat\":1799999990}", OIDC_NONE},
	    {"for us and another, nobody says made for whom", RSA, "RS256", "{\"alg\":\"RS256\",\"kid\":\"r\"}",
	     "{\"iss\":\"" ISSUER "\",\"sub\":\"u1\",\"aud\":[\"other\",\"" CLIENT "\"],\"nonce\":\"n-1\",\"exp\":1800000300,\"iat\":1799999990}", OIDC_TOKEN_AUDIENCE},
	    {"made for another", RSA, "RS256", "{\"alg\":\"RS256\",\"kid\":\"r\"}", "{" CLAIMS ",\"azp\":\"other\"}", OIDC_TOKEN_AUDIENCE},
	    {"another nonce", RSA, "RS256", "{\"alg\":\"RS256\",\"kid\":\"r\"}",
	     "{\"iss\":\"" ISSUER "\",\"sub\":\"u1\",\"aud\":\"" CLIENT "\",\"nonce\":\"n-2\",\"exp\":1800000300,\"iat\":1799999990}", OIDC_TOKEN_NONCE},
	    {"no nonce", RSA, "RS256", "{\"alg\":\"RS256\",\"kid\":\"r\"}",
	     "{\"iss\":\"" ISSUER "\",\"sub\":\"u1\",\"aud\":\"" CLIENT "\",\"exp\":1800000300,\"iat\":1799999990}", OIDC_TOKEN_NONCE},
	    {"run out 299 s ago", RSA, "RS256", "{\"alg\":\"RS256\",\"kid\":\"r\"}",
	     "{\"iss\":\"" ISSUER "\",\"sub\":\"u1\",\"aud\":\"" CLIENT "\",\"nonce\":\"n-1\",\"exp\":1799999701,\"iat\":1799999000}", OIDC_NONE},
	    {"run out 300 s ago", RSA, "RS256", "{\"alg\":\"RS256\",\"kid\":\"r\"}",
	     "{\"iss\":\"" ISSUER "\",\"sub\":\"u1\",\"aud\":\"" CLIENT "\",\"nonce\":\"n-1\",\"exp\":1799999700,\"iat\":1799999000}", OIDC_TOKEN_TIME},
	    {"made in 301 s", RSA, "RS256", "{\"alg\":\"RS256\",\"kid\":\"r\"}",
	     "{\"iss\":\"" ISSUER "\",\"sub\":\"u1\",\"aud\":\"" CLIENT "\",\"nonce\":\"n-1\",\"exp\":1800009999,\"iat\":1800000301}", OIDC_TOKEN_TIME},
	    {"not before 301 s from now", RSA, "RS256", "{\"alg\":\"RS256\",\"kid\":\"r\"}", "{" CLAIMS ",\"nbf\":1800000301}", OIDC_TOKEN_TIME},
	    {"no end", RSA, "RS256", "{\"alg\":\"RS256\",\"kid\":\"r\"}",
	     "{\"iss\":\"" ISSUER "\",\"sub\":\"u1\",\"aud\":\"" CLIENT "\",\"nonce\":\"n-1\",\"iat\":1799999990}", OIDC_TOKEN_TIME},
	    {"an end that is a text", RSA, "RS256", "{\"alg\":\"RS256\",\"kid\":\"r\"}",
	     "{\"iss\":\"" ISSUER "\",\"sub\":\"u1\",\"aud\":\"" CLIENT "\",\"nonce\":\"n-1\",\"exp\":\"1800000300\",\"iat\":1799999990}", OIDC_TOKEN_MALFORMED},
	    {"an end beyond all time", RSA, "RS256", "{\"alg\":\"RS256\",\"kid\":\"r\"}",
	     "{\"iss\":\"" ISSUER "\",\"sub\":\"u1\",\"aud\":\"" CLIENT "\",\"nonce\":\"n-1\",\"exp\":9223372036854775807,\"iat\":1799999990}", OIDC_TOKEN_MALFORMED},
	    {"the hash of the access token", RSA, "RS256", "{\"alg\":\"RS256\",\"kid\":\"r\"}", "{" CLAIMS ",\"at_hash\":\"g6mTMjq4IX4dYqFoEdYcNg\"}", OIDC_TOKEN_HASH},
	    {"groups that are numbers", RSA, "RS256", "{\"alg\":\"RS256\",\"kid\":\"r\"}", "{" CLAIMS ",\"groups\":[1]}", OIDC_TOKEN_MALFORMED},
	    {"one group as a text", RSA, "RS256", "{\"alg\":\"RS256\",\"kid\":\"r\"}", "{" CLAIMS ",\"groups\":\"a\"}", OIDC_NONE},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct arena arena;
		struct buf text;
		arena_init(&arena, MIB(32));
		buf_init(&text, OIDC_TOKEN_BYTES);
		put_token(&text, cases[i].maker, cases[i].algorithm, cases[i].header, cases[i].claims);
		enum oidc_problem problem = judged(buf_view(&text), &arena);
		if (problem != cases[i].problem)
			fail_msg("%s: %s", cases[i].label, oidc_problem_text(problem));
		buf_done(&text);
		arena_done(&arena);
	}
}

static void the_hash_of_the_access_token_is_compared(void **state)
{
	static const struct {
		enum maker maker;
		const char *algorithm, *header, *hash;
	} cases[] = {
	    /* left halves of SHA-256 and SHA-512 of "access" */
	    {RSA, "RS256", "{\"alg\":\"RS256\",\"kid\":\"r\"}", "oFYf1knNtrqnhAVfBRuteQ"},
	    {ED25519, "EdDSA", "{\"alg\":\"EdDSA\",\"kid\":\"e\"}", "kyd4-h3ZoV2sH212kLKbcOnCBajStKQ38Ae_bfT-PFI"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct arena arena;
		struct buf text;
		arena_init(&arena, MIB(32));
		buf_init(&text, OIDC_TOKEN_BYTES);
		put_token(&text, cases[i].maker, cases[i].algorithm, cases[i].header,
		          arena_format(&arena, "{" CLAIMS ",\"at_hash\":\"%s\"}", cases[i].hash));
		assert_int_equal(judged(buf_view(&text), &arena), OIDC_NONE);
		buf_done(&text);
		arena_done(&arena);
	}
}

/* One bit of it anywhere. */
static void a_changed_token_is_not_believed(void **state)
{
	struct arena arena;
	struct buf text;

	(void)state;
	arena_init(&arena, MIB(256));
	buf_init(&text, OIDC_TOKEN_BYTES);
	put_token(&text, P256, "ES256", "{\"alg\":\"ES256\",\"kid\":\"p\"}", "{" CLAIMS "}");
	assert_int_equal(judged(buf_view(&text), &arena), OIDC_NONE);
	for (size_t i = 0; i < text.len; i++) {
		text.p[i] ^= 4;
		if (judged(buf_view(&text), &arena) == OIDC_NONE)
			fail_msg("byte %zu", i);
		text.p[i] ^= 4;
	}
	for (size_t len = 0; len < text.len; len++)
		assert_int_not_equal(judged(str_upto(buf_view(&text), len), &arena), OIDC_NONE);
	buf_done(&text);
	arena_done(&arena);
}

static void what_is_no_token_is_no_token(void **state)
{
	static const char *const texts[] = {"", ".", "..", "...", "a.b.c", "a.b.c.d.e", "e30.e30.", "e30.e30", "!.!.!",
	                                    "eyJhbGciOiJub25lIn0.e30.e30.", "bnVsbA.bnVsbA.AA", "W10.W10.AA", "e30.e30.AA"};
	struct oidc_token token;
	struct arena arena;

	(void)state;
	arena_init(&arena, MIB(32));
	for (size_t i = 0; i < COUNT_OF(texts); i++)
		if (oidc_read_token(str_of(texts[i]), STR("groups"), &arena, &token) == OIDC_NONE)
			fail_msg("\"%s\"", texts[i]);
	assert_int_equal(oidc_read_token(STR("eyJhbGciOiJub25lIn0.e30."), STR("groups"), &arena, &token), OIDC_TOKEN_ALGORITHM);
	arena_done(&arena);
}

static void groups_are_read(void **state)
{
	static const struct {
		const char *claims;
		unsigned count;
		bool is_elsewhere;
	} cases[] = {
	    {"{" CLAIMS "}", 0, false},
	    {"{" CLAIMS ",\"groups\":[\"a\",\"b c\",\"\\u00e4\"]}", 3, false},
	    {"{" CLAIMS ",\"groups\":null}", 0, false},
	    {"{" CLAIMS ",\"_claim_names\":{\"groups\":\"src1\"}}", 0, true},
	    {"{" CLAIMS ",\"_claim_names\":{\"other\":\"src1\"},\"groups\":[\"a\"]}", 1, false},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct oidc_token token;
		struct arena arena;
		struct buf text;
		arena_init(&arena, MIB(32));
		buf_init(&text, OIDC_TOKEN_BYTES);
		put_token(&text, RSA, "RS256", "{\"alg\":\"RS256\"}", cases[i].claims);
		assert_int_equal(oidc_read_token(buf_view(&text), STR("groups"), &arena, &token), OIDC_NONE);
		assert_int_equal(token.groups.count, cases[i].count);
		assert_int_equal(token.groups_elsewhere, cases[i].is_elsewhere);
		buf_done(&text);
		arena_done(&arena);
	}
}

static void documents_of_a_provider_are_read(void **state)
{
	struct oidc_provider provider;
	struct oidc_answer answer;
	struct oidc_keys keys;
	struct arena arena;
	struct buf many;

	(void)state;
	arena_init(&arena, MIB(32));
	assert_true(oidc_read_provider(STR("{\"issuer\":\"https://a\",\"authorization_endpoint\":\"https://a/x\",\"more\":[1]}"), &arena, &provider));
	assert_str(provider.issuer, "https://a");
	assert_true(provider.takes_basic);
	assert_false(provider.sends_issuer);
	assert_null(provider.token.p);
	assert_true(oidc_read_provider(STR("{\"issuer\":\"i\",\"token_endpoint_auth_methods_supported\":[\"client_secret_post\"],"
	                                   "\"authorization_response_iss_parameter_supported\":true}"), &arena, &provider));
	assert_true(provider.takes_post && !provider.takes_basic && provider.sends_issuer);
	assert_false(oidc_read_provider(STR("{\"issuer\":1}"), &arena, &provider));
	assert_false(oidc_read_provider(STR("{\"issuer\":\"a\",\"issuer\":\"b\"}"), &arena, &provider));
	assert_false(oidc_read_provider(STR("<html>"), &arena, &provider));
	assert_true(oidc_read_answer(STR("{\"error\":\"invalid_grant\"}"), &arena, &answer));
	assert_str(answer.error, "invalid_grant");
	assert_false(oidc_read_keys(STR("{\"keys\":{}}"), &arena, &keys));
	assert_false(oidc_read_keys(STR("{\"keys\":[1]}"), &arena, &keys));
	assert_false(oidc_read_keys(STR("[]"), &arena, &keys));
	buf_init(&many, KIB(64));
	buf_text(&many, "{\"keys\":[{}");
	for (unsigned i = 0; i < OIDC_READ_KEYS; i++)
		buf_text(&many, ",{}");
	buf_text(&many, "]}");
	assert_false(oidc_read_keys(buf_view(&many), &arena, &keys));
	buf_done(&many);
	arena_done(&arena);
}

static void a_grant_is_read_from_its_end(void **state)
{
	static const struct {
		const char *text, *group, *tenant;
		bool is_site;
		enum user_role role;
	} cases[] = {
	    {"admins=site", "admins", NULL, true, USER_ROLE_NONE},
	    {"team=Example Ltd:operator", "team", "Example Ltd", false, USER_ROLE_OPERATOR},
	    {" team = Example: Ltd : viewer ", "team", "Example: Ltd", false, USER_ROLE_VIEWER},
	    {"cn=ops,dc=example=*:admin", "cn=ops,dc=example", NULL, false, USER_ROLE_ADMIN},
	    {"a:b=*:viewer", "a:b", NULL, false, USER_ROLE_VIEWER},
	    {"team", NULL, NULL, false, USER_ROLE_NONE},
	    {"=site", NULL, NULL, false, USER_ROLE_NONE},
	    {"team=", NULL, NULL, false, USER_ROLE_NONE},
	    {"team=viewer", NULL, NULL, false, USER_ROLE_NONE},
	    {"team=:viewer", NULL, NULL, false, USER_ROLE_NONE},
	    {"team=a:none", NULL, NULL, false, USER_ROLE_NONE},
	    {"team=a:Site", NULL, NULL, false, USER_ROLE_NONE},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct oidc_grant grant;
		if (oidc_grant_of(str_of(cases[i].text), &grant) != (cases[i].group != NULL))
			fail_msg("%s", cases[i].text);
		if (cases[i].group == NULL)
			continue;
		assert_str(grant.group, cases[i].group);
		assert_true(str_eq(grant.tenant, str_of(cases[i].tenant)) && (grant.tenant.p == NULL) == (cases[i].tenant == NULL));
		assert_int_equal(grant.is_site, cases[i].is_site);
		if (!grant.is_site)
			assert_int_equal(grant.role, cases[i].role);
	}
}

static void each_problem_has_a_name_of_its_own(void **state)
{
	enum oidc_problem found;

	(void)state;
	for (unsigned i = 0; i < OIDC_PROBLEM_COUNT; i++) {
		assert_true(oidc_problem_of(str_of(oidc_problem_text((enum oidc_problem)i)), &found));
		assert_int_equal(found, i);
	}
	assert_false(oidc_problem_of(STR("<script>"), &found));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(only_what_holds_in_all_is_believed),
	    cmocka_unit_test(the_hash_of_the_access_token_is_compared),
	    cmocka_unit_test(a_changed_token_is_not_believed),
	    cmocka_unit_test(what_is_no_token_is_no_token),
	    cmocka_unit_test(groups_are_read),
	    cmocka_unit_test(documents_of_a_provider_are_read),
	    cmocka_unit_test(a_grant_is_read_from_its_end),
	    cmocka_unit_test(each_problem_has_a_name_of_its_own),
	};
	return cmocka_run_group_tests(tests, make_keys, drop_keys);
}
