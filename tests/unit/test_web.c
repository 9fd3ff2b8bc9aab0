/* SPDX-License-Identifier: ISC */
/* Which route a path is, who is here, and whose Host it is. */
#include "base/attr.h"
#include "unit.h"
#include "web/web_route.h"

static void each_path_is_its_route(void **state)
{
	static const struct {
		const char *path;
		unsigned method;
		enum web_route route;
		unsigned methods;
		const char *part;
	} cases[] = {
	    {"/", ROUTE_GET, WEB_ROUTE_HOME, ROUTE_GET, NULL},
	    {"/reports", ROUTE_GET, WEB_ROUTE_REPORTS, ROUTE_GET, NULL},
	    {"/reports/12", ROUTE_GET, WEB_ROUTE_REPORT, ROUTE_GET, "12"},
	    {"/reports/a%2Fb", ROUTE_GET, WEB_ROUTE_REPORT, ROUTE_GET, "a/b"},
	    {"/reports/%20", ROUTE_GET, WEB_ROUTE_REPORT, ROUTE_GET, " "},
	    {"/reports/", ROUTE_GET, WEB_ROUTE_COUNT, 0, NULL},
	    {"/reports/1/", ROUTE_GET, WEB_ROUTE_COUNT, 0, NULL},
	    {"/reports/1/2", ROUTE_GET, WEB_ROUTE_COUNT, 0, NULL},
	    {"/reports/%00", ROUTE_GET, WEB_ROUTE_COUNT, 0, NULL},
	    {"/reports/%4", ROUTE_GET, WEB_ROUTE_COUNT, 0, NULL},
	    {"/reports/%zz", ROUTE_GET, WEB_ROUTE_COUNT, 0, NULL},
	    {"//", ROUTE_GET, WEB_ROUTE_COUNT, 0, NULL},
	    {"", ROUTE_GET, WEB_ROUTE_COUNT, 0, NULL},
	    {"reports", ROUTE_GET, WEB_ROUTE_COUNT, 0, NULL},
	    {"/Reports", ROUTE_GET, WEB_ROUTE_COUNT, 0, NULL},
	    {"/report", ROUTE_POST, WEB_ROUTE_POST, ROUTE_POST, NULL},
	    {"/report", ROUTE_GET, WEB_ROUTE_COUNT, ROUTE_POST, NULL},
	    {"/report", 0, WEB_ROUTE_COUNT, ROUTE_POST, NULL},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct arena arena;
		arena_init(&arena, 65536);
		struct web_match match = web_route_find(str_of(cases[i].path), cases[i].method, &arena);
		if (match.route != cases[i].route || match.methods != cases[i].methods ||
		    !str_eq(match.parts[0], str_of(cases[i].part)))
			fail_msg("%s: route %d, methods %u", cases[i].path, (int)match.route, match.methods);
		arena_done(&arena);
	}
}

static void methods_are_said_in_words(void **state)
{
	(void)state;
	assert_string_equal(web_route_allow(ROUTE_GET), "GET, HEAD");
	assert_string_equal(web_route_allow(ROUTE_POST), "POST");
	assert_string_equal(web_route_allow(ROUTE_GET | ROUTE_POST | ROUTE_DELETE), "GET, HEAD, POST, DELETE");
	assert_string_equal(web_route_allow(ROUTE_PUT | ROUTE_PATCH), "PUT, PATCH");
}

static void a_base_is_taken_off_where_it_stands(void **state)
{
	(void)state;
	assert_true(str_eq(web_route_below(STR("/sub/results"), STR("/sub/")), STR("/results")));
	assert_true(str_eq(web_route_below(STR("/sub/"), STR("/sub/")), STR("/")));
	assert_true(str_eq(web_route_below(STR("/results"), STR("/sub/")), STR("/results")));
	assert_true(str_eq(web_route_below(STR("/submarine"), STR("/sub/")), STR("/submarine")));
	assert_true(str_eq(web_route_below(STR("/results"), STR("/")), STR("/results")));
}

static void a_host_is_ours_or_not(void **state)
{
	static const char *const hosts[] = {"tls.example.com", "mail.example.com:8443"};
	static const struct {
		const char *host;
		bool is_ours, is_here;
	} cases[] = {
	    {"localhost", true, true},          {"LOCALHOST:80", true, true},    {"127.0.0.1:8460", true, true},
	    {"[::1]:8460", true, true},         {"[::1]", true, true},           {"tls.example.com", true, false},
	    {"TLS.example.com:9", true, false}, {"mail.example.com:8443", true, false},
	    {"mail.example.com", false, false}, {"mail.example.com:1", false, false},
	    {"evil.example", false, false},     {"", false, false},              {":80", false, false},
	    {"localhost.", false, false},       {"localhost:", false, false},    {"localhost:99999", false, false},
	    {"localhost:80x", false, false},    {"a@localhost", false, false},   {"127.0.0.1.evil.example", false, false},
	    {"[::1", false, false},             {"[::1]x", false, false},        {"localhost, x", false, false},
	};
	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct str host = str_of(cases[i].host);
		if (principal_host_is_ours(host, hosts, COUNT_OF(hosts)) != cases[i].is_ours ||
		    principal_is_here(true, host) != cases[i].is_here)
			fail_msg("%s", cases[i].host);
		assert_false(principal_is_here(false, host));
	}
}

static void a_right_holds_those_below_it(void **state)
{
	struct principal operator = {.by = PRINCIPAL_BY_TOKEN, .right = WEB_RIGHT_OPERATOR}, nobody = {0};
	enum web_right right;

	(void)state;
	assert_true(principal_may(&operator, WEB_RIGHT_VIEWER));
	assert_true(principal_may(&operator, WEB_RIGHT_OPERATOR));
	assert_false(principal_may(&operator, WEB_RIGHT_ADMIN));
	assert_false(principal_may(&operator, WEB_RIGHT_SITE));
	assert_true(principal_may(&nobody, WEB_RIGHT_PUBLIC));
	nobody.right = WEB_RIGHT_SITE; /* a right without a person is none */
	assert_false(principal_may(&nobody, WEB_RIGHT_VIEWER));
	assert_true(principal_right_of(STR("admin"), &right));
	assert_int_equal(right, WEB_RIGHT_ADMIN);
	assert_false(principal_right_of(STR("root"), &right));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_path_is_its_route),
	    cmocka_unit_test(methods_are_said_in_words),
	    cmocka_unit_test(a_base_is_taken_off_where_it_stands),
	    cmocka_unit_test(a_host_is_ours_or_not),
	    cmocka_unit_test(a_right_holds_those_below_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
