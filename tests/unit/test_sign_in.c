/* SPDX-License-Identifier: ISC */
/* What proves who somebody is: passwords, codes, secrets that are shown once, and how soon one may try again. */
#include <pthread.h>
#include <stdio.h>

#include "base/attr.h"
#include "base/base64.h"
#include "base/limits.h"
#include "sys/password.h"
#include "sys/qr.h"
#include "sys/totp.h"
#include "unit.h"
#include "web/request_origin.h"
#include "web/secret_text.h"
#include "web/sign_in_rate.h"

static void a_password_is_known_again_and_no_other(void **state)
{
	struct err err = {0};
	struct buf one, two;
	bool right;

	(void)state;
	buf_init(&one, KIB(1));
	buf_init(&two, KIB(1));
	assert_true(password_hash(STR("correct horse battery"), &one, &err));
	assert_true(password_hash(STR("correct horse battery"), &two, &err));
	assert_true(str_starts_with(buf_view(&one), STR("$y$")));
	assert_false(str_eq(buf_view(&one), buf_view(&two)));
	assert_true(password_check(STR("correct horse battery"), buf_view(&one), &right, &err) && right);
	assert_true(password_check(STR("correct horse batterx"), buf_view(&one), &right, &err) && !right);
	assert_true(password_check(STR("correct horse battery"), STR_NONE, &right, &err) && !right);
	assert_true(password_check(STR(""), buf_view(&one), &right, &err) && !right);
	assert_true(password_check(str_make("a\0b", 3), buf_view(&one), &right, &err) && !right);
	/* A hash that is none lets nobody in. */
	assert_true(password_check(STR("x"), STR("*0"), &right, &err) && !right);
	assert_true(password_check(STR("x"), STR("x"), &right, &err) && !right);
	buf_done(&one);
	buf_done(&two);
}

static void weak_and_endless_passwords_are_refused(void **state)
{
	static char endless[PASSWORD_BYTES_MOST + 2];
	struct err err = {0};
	struct buf out;
	bool right;

	(void)state;
	memset(endless, 'a', sizeof endless);
	endless[0] = 'b';
	buf_init(&out, KIB(1));
	assert_false(password_is_good(STR("short"), STR("anna"), &err));
	assert_false(password_is_good(STR("aaaaaaaaaaaaaa"), STR("anna"), &err));
	assert_false(password_is_good(STR("Anna@Example.com"), STR("anna@example.com"), &err));
	assert_false(password_is_good(str_make(endless, sizeof endless - 1), STR("anna"), &err));
	assert_true(password_is_good(str_make(endless, PASSWORD_BYTES_MOST), STR("anna"), &err));
	assert_true(password_hash(str_make(endless, PASSWORD_BYTES_MOST), &out, &err));
	assert_false(password_hash(str_make(endless, PASSWORD_BYTES_MOST + 1), &out, &err));
	assert_true(password_check(str_make(endless, PASSWORD_BYTES_MOST + 1), buf_view(&out), &right, &err) && !right);
	buf_done(&out);
}

static void *try_one(void *arg)
{
	struct err err = {0};
	bool right;
	if (!password_check(STR("something or other"), STR_NONE, &right, &err) && err.kind == ERR_LATER)
		__atomic_add_fetch((unsigned *)arg, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

static void many_at_once_are_told_to_come_later(void **state)
{
	pthread_t threads[60];
	unsigned later = 0;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, try_one, &later), 0);
	for (size_t i = 0; i < COUNT_OF(threads); i++)
		(void)pthread_join(threads[i], NULL);
	/* 24 wait at most; how many come at the same moment is the machine's to say. */
	assert_true(later <= COUNT_OF(threads) - 2);
	struct err err = {0};
	bool right;
	assert_true(password_check(STR("something or other"), STR_NONE, &right, &err));
}

static void the_codes_are_those_of_rfc_6238(void **state)
{
	/* Appendix B, SHA-1, its last six digits. */
	static const struct {
		instant at;
		const char *code;
	} cases[] = {{59, "287082"}, {1111111109, "081804"}, {1111111111, "050471"}, {1234567890, "005924"}, {2000000000, "279037"}};
	struct str secret = STR("12345678901234567890");
	int64_t step;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		assert_true(totp_check(secret, str_of(cases[i].code), cases[i].at, &step));
		assert_int_equal(step, cases[i].at / 30);
		assert_true(totp_check(secret, str_of(cases[i].code), cases[i].at + 30, &step));
		assert_int_equal(step, cases[i].at / 30);
		assert_false(totp_check(secret, str_of(cases[i].code), cases[i].at + 61, &step));
	}
	assert_true(totp_check(secret, STR(" 287 082\n"), 59, &step));
	static const char *const wrong[] = {"", "28708", "2870820", "28708a", "287083", "-87082", "287082x"};
	for (size_t i = 0; i < COUNT_OF(wrong); i++)
		assert_false(totp_check(secret, str_of(wrong[i]), 59, &step));
	assert_false(totp_check(STR_NONE, STR("287082"), 59, &step));
}

static void the_secret_is_base32_and_a_uri(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, KIB(1));
	totp_secret_text(STR("12345678901234567890"), &out);
	assert_true(str_eq(buf_view(&out), STR("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")));
	buf_clear(&out);
	totp_secret_text(STR("foobar"), &out);
	assert_true(str_eq(buf_view(&out), STR("MZXW6YTBOI")));
	buf_clear(&out);
	totp_uri(STR("12345678901234567890"), STR("mailseal reports.example"), STR("anna"), &out);
	assert_true(str_eq(buf_view(&out), STR("otpauth://totp/mailseal%20reports.example:anna?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
	                                       "&issuer=mailseal%20reports.example&algorithm=SHA1&digits=6&period=30")));
	buf_done(&out);
}

static void a_qr_code_is_one_path(void **state)
{
	static char endless[QR_BYTES_MOST + 1];
	struct err err = {0};
	struct buf out;

	(void)state;
	memset(endless, 'a', sizeof endless);
	buf_init(&out, KIB(256));
	assert_true(qr_svg(STR("otpauth://totp/x"), &out, &err));
	/* 16 bytes at level M need version 2: 25 modules and the quiet zone; the first finder is seven wide. */
	assert_true(str_find(buf_view(&out), STR("viewBox=\"0 0 33 33\"")) < out.len);
	assert_true(str_find(buf_view(&out), STR("d=\"M4 4h7v1h-7z")) < out.len);
	assert_true(str_ends_with(buf_view(&out), STR("\"/></svg>")));
	buf_clear(&out);
	assert_true(qr_svg(str_make(endless, QR_BYTES_MOST), &out, &err));
	assert_false(qr_svg(str_make(endless, QR_BYTES_MOST + 1), &out, &err));
	assert_false(qr_svg(STR(""), &out, &err));
	assert_false(qr_svg(str_make("a\0b", 3), &out, &err));
	buf_done(&out);
}

static void a_token_has_its_form_and_its_sum(void **state)
{
	unsigned char random[SECRET_RANDOM_BYTES];
	char token[SECRET_TOKEN_LEN + 1];

	(void)state;
	for (unsigned i = 0; i < sizeof random; i++)
		random[i] = (unsigned char)(i * 37);
	secret_token(random, token);
	assert_int_equal(strlen(token), SECRET_TOKEN_LEN);
	assert_true(secret_token_is_sound(str_of(token)));
	for (size_t i = 0; i < SECRET_TOKEN_LEN; i++) {
		char changed[SECRET_TOKEN_LEN + 1];
		memcpy(changed, token, sizeof changed);
		changed[i] = changed[i] == 'x' ? 'y' : 'x';
		assert_false(secret_token_is_sound(str_of(changed)));
	}
	assert_false(secret_token_is_sound(str_upto(str_of(token), SECRET_TOKEN_LEN - 1)));
	assert_false(secret_token_is_sound(STR("")));
}

static void a_recovery_code_is_read_as_people_type_it(void **state)
{
	unsigned char random[SECRET_RANDOM_BYTES] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
	char code[SECRET_RECOVERY_LEN + 1], typed[SECRET_RECOVERY_LEN + 1];

	(void)state;
	secret_recovery(random, code);
	assert_string_equal(code, "abcd-efgh-jkmn");
	assert_true(secret_recovery_read(STR("ABCD efgh JKMN "), typed));
	assert_string_equal(typed, code);
	assert_true(secret_recovery_read(STR("abcdefghjkmn"), typed));
	assert_false(secret_recovery_read(STR("abcdefghjkm"), typed));
	assert_false(secret_recovery_read(STR("abcdefghjkmnp"), typed));
	assert_false(secret_recovery_read(STR("abcd_efgh_jkmn"), typed));
}

static void who_fails_again_and_again_waits_longer(void **state)
{
	struct sign_in_rate *rate = sign_in_rate_new();
	int64_t now = 1000000;
	uint32_t last = 0;

	(void)state;
	for (int i = 0; i < 4; i++)
		sign_in_rate_failed(rate, STR("anna"), STR("192.0.2.0"), now);
	assert_int_equal(sign_in_rate_wait(rate, STR("anna"), STR("192.0.2.0"), now), 0);
	for (int i = 0; i < 6; i++) {
		sign_in_rate_failed(rate, STR("anna"), STR("192.0.2.0"), now);
		uint32_t wait = sign_in_rate_wait(rate, STR("anna"), STR("192.0.2.0"), now);
		assert_true(wait > last);
		last = wait;
	}
	assert_int_equal(last, 32);
	/* Neither another name from there nor the same from elsewhere is kept out by it. */
	assert_int_equal(sign_in_rate_wait(rate, STR("ben"), STR("192.0.2.0"), now), 0);
	assert_int_equal(sign_in_rate_wait(rate, STR("anna"), STR("198.51.100.0"), now), 0);
	assert_int_equal(sign_in_rate_wait(rate, STR("anna"), STR("192.0.2.0"), now + 31999), 1);
	assert_int_equal(sign_in_rate_wait(rate, STR("anna"), STR("192.0.2.0"), now + 32000), 0);
	sign_in_rate_succeeded(rate, STR("anna"), STR("192.0.2.0"));
	assert_int_equal(sign_in_rate_wait(rate, STR("anna"), STR("192.0.2.0"), now), 0);
	sign_in_rate_free(&rate);
}

static void one_network_cannot_try_many_names_nor_many_networks_one(void **state)
{
	struct sign_in_rate *rate = sign_in_rate_new();
	char name[32];
	uint32_t wait = 0;

	(void)state;
	for (int i = 0; i < 60; i++) {
		(void)snprintf(name, sizeof name, "user%d", i);
		sign_in_rate_failed(rate, str_of(name), STR("192.0.2.0"), 0);
	}
	assert_int_equal(sign_in_rate_wait(rate, STR("fresh"), STR("192.0.2.0"), 0), 900);
	for (int i = 0; i < 200; i++) {
		(void)snprintf(name, sizeof name, "198.51.%d.0", i);
		sign_in_rate_failed(rate, STR("anna"), str_of(name), 0);
	}
	/* The user himself waits half a minute at most, wherever he is. */
	wait = sign_in_rate_wait(rate, STR("anna"), STR("203.0.113.0"), 0);
	assert_true(wait > 0 && wait <= 30);
	sign_in_rate_free(&rate);
}

static void only_our_own_pages_may_change_things(void **state)
{
	static const struct {
		const char *site, *origin;
		bool is_ours;
	} cases[] = {
	    {"same-origin", "https://reports.example", true},
	    {"same-origin", NULL, true},
	    {NULL, "https://reports.example", true},
	    {NULL, "HTTPS://Reports.Example", true},
	    {NULL, NULL, false},
	    {"cross-site", "https://reports.example", false},
	    {"same-site", "https://reports.example", false},
	    {"none", NULL, false},
	    {"same-origin", "https://evil.example", false},
	    {NULL, "null", false},
	    {NULL, "https://reports.example.evil.example", false},
	    {NULL, "http://reports.example", false},
	    {NULL, "https://reports.example:8443", false},
	    {"", "https://reports.example", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		if (request_is_ours(str_of(cases[i].site), str_of(cases[i].origin), STR("https://reports.example")) != cases[i].is_ours)
			fail_msg("%s %s", cases[i].site, cases[i].origin);
}

static void the_cookie_is_found_and_set(void **state)
{
	struct buf out;

	(void)state;
	assert_true(str_eq(request_cookie(STR("a=b; __Host-mailseal=secret; c=d"), true), STR("secret")));
	assert_true(str_eq(request_cookie(STR("mailseal-plain=secret"), false), STR("secret")));
	assert_null(request_cookie(STR("mailseal-plain=secret"), true).p);
	assert_null(request_cookie(STR("__Host-mailseal=a; __Host-mailseal=b"), true).p);
	assert_null(request_cookie(STR("x__Host-mailseal=a"), true).p);
	assert_null(request_cookie(STR_NONE, true).p);
	assert_null(request_cookie(STR(";;;="), true).p);
	buf_init(&out, KIB(1));
	request_set_cookie(STR("secret"), true, 60, &out);
	assert_true(str_eq(buf_view(&out), STR("__Host-mailseal=secret; Path=/; HttpOnly; SameSite=Lax; Max-Age=60; Secure")));
	buf_clear(&out);
	request_set_cookie(STR(""), false, 60, &out);
	assert_true(str_eq(buf_view(&out), STR("mailseal-plain=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0")));
	buf_done(&out);
}

static void nobody_is_led_elsewhere(void **state)
{
	static const char *const bad[] = {"", "//evil.example", "/\\evil.example", "https://evil.example", "javascript:x", "/a b",
	                                  "/\t/evil.example", "/a\\b", "evil", "/\xc3\xa4"};

	(void)state;
	assert_true(str_eq(request_next(STR("/issues/TI-1001?x=1#y")), STR("/issues/TI-1001?x=1#y")));
	assert_true(str_eq(request_next(STR("/")), STR("/")));
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		assert_null(request_next(str_of(bad[i])).p);
}

static void base64url_is_strict(void **state)
{
	static const char *const bad[] = {"A", "AA=", "A+", "A/A", "AB", "AAB", "A A", "AAAA="};
	struct buf text, back;

	(void)state;
	buf_init(&text, KIB(4));
	buf_init(&back, KIB(4));
	for (size_t n = 0; n < 70; n++) {
		char bytes[70];
		for (size_t i = 0; i < n; i++)
			bytes[i] = (char)(unsigned char)(i * 91 + n);
		buf_clear(&text);
		buf_clear(&back);
		base64_url_encode(str_make(bytes, n), &text);
		assert_true(base64_url_decode(buf_view(&text), &back));
		assert_true(str_eq(buf_view(&back), str_make(bytes, n)));
	}
	buf_clear(&back);
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		if (base64_url_decode(str_of(bad[i]), &back))
			fail_msg("%s", bad[i]);
	assert_int_equal(back.len, 0);
	buf_done(&text);
	buf_done(&back);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_password_is_known_again_and_no_other),
	    cmocka_unit_test(weak_and_endless_passwords_are_refused),
	    cmocka_unit_test(many_at_once_are_told_to_come_later),
	    cmocka_unit_test(the_codes_are_those_of_rfc_6238),
	    cmocka_unit_test(the_secret_is_base32_and_a_uri),
	    cmocka_unit_test(a_qr_code_is_one_path),
	    cmocka_unit_test(a_token_has_its_form_and_its_sum),
	    cmocka_unit_test(a_recovery_code_is_read_as_people_type_it),
	    cmocka_unit_test(who_fails_again_and_again_waits_longer),
	    cmocka_unit_test(one_network_cannot_try_many_names_nor_many_networks_one),
	    cmocka_unit_test(only_our_own_pages_may_change_things),
	    cmocka_unit_test(the_cookie_is_found_and_set),
	    cmocka_unit_test(nobody_is_led_elsewhere),
	    cmocka_unit_test(base64url_is_strict),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
