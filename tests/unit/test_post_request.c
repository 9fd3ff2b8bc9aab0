/* SPDX-License-Identifier: ISC */
#include <stdio.h>

#include "base/attr.h"
#include "intake/post_rate.h"
#include "intake/post_request.h"
#include "unit.h"

static void headers_refuse_before_the_body_is_read(void **state)
{
	(void)state;
	static const struct {
		const char *type, *coding;
		uint64_t length;
		unsigned status;
	} cases[] = {
	    {"application/tlsrpt+gzip", NULL, 1000, 0},        {"application/tlsrpt+gzip", NULL, 1001, 413},
	    {"application/tlsrpt+json", "gzip", 5, 0},         {"application/tlsrpt+gzip", "GZIP ", 5, 0},
	    {"application/tlsrpt+gzip", "identity", 5, 0},     {"application/tlsrpt+gzip", "gzip, gzip", 5, 415},
	    {"application/tlsrpt+gzip", "br", 5, 415},         {"application/tlsrpt+gzip", "deflate", 5, 415},
	    {"multipart/form-data; boundary=x", NULL, 5, 415}, {NULL, NULL, 5, 0},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct post_head head = {str_of(cases[i].type), str_of(cases[i].coding), true, cases[i].length};
		if (post_request_check_head(&head, 1000) != cases[i].status)
			fail_msg("case %zu", i);
	}
}

static void the_bytes_decide_what_a_body_is(void **state)
{
	(void)state;
	static const struct {
		const char *type;
		struct str body;
		unsigned status;
	} cases[] = {
	    {"application/tlsrpt+gzip", STR("\x1f\x8b\x08"), 0},
	    {"application/tlsrpt+json", STR("what is this"), 0}, /* kept, in quarantine */
	    {"Application/TLSRPT+JSON; charset=utf-8", STR("x"), 0},
	    {"application/tlsrpt+json", STR(""), 400},
	    {"text/plain", STR(" \r\n{}"), 0},
	    {"text/plain", STR("\xef\xbb\xbf{}"), 0},
	    {"application/x-www-form-urlencoded", STR("\x1f\x8b\x08"), 0},
	    {NULL, STR("PK\x03\x04"), 0},
	    {NULL, STR("[{}]"), 0},
	    {NULL, STR("hello"), 415},
	    {"text/html", STR("<html>"), 415},
	    {"text/plain", STR("   "), 415},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct post_head head = {.content_type = str_of(cases[i].type)};
		if (post_request_check_body(&head, cases[i].body) != cases[i].status)
			fail_msg("case %zu", i);
	}
}

static void a_network_that_asks_too_often_waits(void **state)
{
	(void)state;
	struct post_rate *rate = post_rate_new(3, 60);
	for (int i = 0; i < 3; i++)
		assert_true(post_rate_take(rate, STR("192.0.2.0/24"), 1000));
	assert_false(post_rate_take(rate, STR("192.0.2.0/24"), 1000));
	assert_true(post_rate_take(rate, STR("198.51.100.0/24"), 1000));
	assert_false(post_rate_take(rate, STR("192.0.2.0/24"), 1999));
	assert_true(post_rate_take(rate, STR("192.0.2.0/24"), 2999));
	assert_false(post_rate_take(rate, STR("192.0.2.0/24"), 2999));
	/* full again, and not fuller */
	for (int i = 0; i < 3; i++)
		assert_true(post_rate_take(rate, STR("192.0.2.0/24"), INT64_MAX / 2));
	assert_false(post_rate_take(rate, STR("192.0.2.0/24"), INT64_MAX / 2));
	/* any number of networks fits */
	for (int i = 0; i < 100000; i++) {
		char network[32];
		(void)snprintf(network, sizeof network, "2001:db8:%x::/64", (unsigned)i);
		assert_true(post_rate_take(rate, str_of(network), INT64_MAX / 2));
	}
	post_rate_free(&rate);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(headers_refuse_before_the_body_is_read),
	    cmocka_unit_test(the_bytes_decide_what_a_body_is),
	    cmocka_unit_test(a_network_that_asks_too_often_waits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
