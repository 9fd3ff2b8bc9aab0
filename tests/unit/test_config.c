/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/attr.h"
#include "sys/config.h"
#include "unit.h"

static void starts_without_a_file(void **state)
{
	(void)state;
	struct config *config = NULL;
	struct err err = {0};
	assert_true(config_parse("", "none", &config, &err));
	assert_int_equal(config->smtp_listen.count, 1);
	assert_string_equal(config->smtp_listen.items[0], "127.0.0.1:8425");
	assert_string_equal(config->http_listen.items[0], "127.0.0.1:8460");
	assert_string_equal(config->trust_unsigned, "hold");
	assert_int_equal(config->store_originals_days, 400);
	assert_int_equal(config->limits_message_bytes, MIB(25));
	assert_int_equal(config->smtp_lmtp.count, 0);
	config_free(&config);
	assert_null(config);
}

static void reads_values_of_every_kind(void **state)
{
	(void)state;
	struct config *config = NULL;
	struct err err = {0};
	const char *text = "# a comment\nsmtp {\n  listen = {'192.0.2.1:25', \"[2001:db8::1]:25\"}\n hostname = mx.example\n}\n"
	                   "// so\n/* or\n so # } */ web { url = https://a.example } # }\n"
	                   "http { listen = {} }\ntrust { unsigned = count }\nlimits { message_bytes = 1M }\n";
	assert_true(config_parse(text, "t", &config, &err));
	assert_int_equal(config->smtp_listen.count, 2);
	assert_string_equal(config->smtp_listen.items[1], "[2001:db8::1]:25");
	assert_string_equal(config->smtp_hostname, "mx.example");
	assert_int_equal(config->http_listen.count, 0);
	assert_string_equal(config->trust_unsigned, "count");
	assert_string_equal(config->web_url, "https://a.example");
	assert_int_equal(config->limits_message_bytes, MIB(1));
	config_free(&config);
}

static uint32_t line_of(const struct config *config, const char *section, const char *name)
{
	for (size_t i = 0; i < config_key_count; i++)
		if (strcmp(config_keys[i].section, section) == 0 && strcmp(config_keys[i].name, name) == 0)
			return config->lines[i];
	fail_msg("there is no key %s.%s", section, name);
	return 0;
}

static void knows_in_which_line_each_key_stands(void **state)
{
	struct config *config = NULL;
	struct err err = {0};

	(void)state;
	assert_true(config_parse("# one\nsmtp {\n  hostname = mx.example\n  listen = {'192.0.2.1:25',\n   '192.0.2.2:25'}\n}\n\n"
	                         "store { originals_days = 400 }\noidc a {\n issuer = 'https://a' client_id = x }\n",
	                         "t", &config, &err));
	assert_string_equal(config->file, "t");
	assert_int_equal(line_of(config, "smtp", "hostname"), 3);
	assert_int_equal(line_of(config, "smtp", "listen"), 4);
	assert_int_equal(line_of(config, "store", "originals_days"), 8); /* also where the value is the usual one */
	assert_int_equal(line_of(config, "http", "listen"), 0);
	/* Another role is told so too. */
	struct config *sent = config;
	struct buf text;
	buf_init(&text, MIB(1));
	config_send(sent, &text);
	buf_byte(&text, '\0');
	assert_true(config_receive(text.p, &config, &err));
	assert_string_equal(config->file, "t");
	assert_memory_equal(config->lines, sent->lines, sizeof sent->lines);
	assert_string_equal(config->smtp_listen.items[1], "192.0.2.2:25");
	config_free(&sent);
	buf_done(&text);
	config_free(&config);
	assert_false(config_receive("# t\n# 1 2\n", &config, &err));
	assert_false(config_receive("smtp { }\n", &config, &err));
	err = (struct err){0};
	assert_true(config_parse("", "u", &config, &err));
	assert_int_equal(line_of(config, "smtp", "hostname"), 0);
	config_free(&config);
}

static void names_the_line_and_the_key_of_a_fault(void **state)
{
	(void)state;
	static const struct {
		const char *text, *says;
	} cases[] = {
	    {"smtp {\n\n  lisden = {x}\n}\n", "t, line 3: no such option 'lisden'"},
	    {"smpt {\n}\n", "t, line 1: no such option 'smpt'"},
	    {"trust {\n unsigned = perhaps\n}\n", "t, line 2: trust.unsigned: one of these is expected: hold count"},
	    {"limits {\n\n message_bytes = 1G\n}\n", "t, line 3: limits.message_bytes: a size from"},
	    {"limits {\n connections = many\n}\n", "t, line 2: limits.connections: a number from 1"},
	    {"limits {\n connections = -1\n}\n", "t, line 2: limits.connections"},
	    {"limits {\n connections = 0\n}\n", "t, line 2: limits.connections"},
	    {"# one\n// two\n\n/* three\n*/ smtp { # four\n\n  lisden = {x}\n}\n", "t, line 7: no such option 'lisden'"},
	    {"smtp {\n hostname = 'a#b//c' # d '\n listen = {x//y, // z\n 'u\\'#'}\n lisden = x\n}\n", "t, line 5: no such option 'lisden'"},
	    {"smtp {\n hostname = a/* b */\n lisden = x\n}\n", "t, line 2"},
	    {"smtp {\n hostname = 'x\n", "t, line"},
	    {"smtp {\n hostname = x\n", "t, line 4: the } of a section is missing"},
	    {"oidc 'a' {\n issuer = 'https://a'\n}\n", "t, line 3: oidc \"a\": client_id"},
	    {"oidc 'A b' { issuer = 'https://a' client_id = x }", "t, line 1: oidc \"A b\": the name"},
	    {"oidc 'a' { issuer = 'http://a' client_id = x }", "t, line 1: oidc \"a\": issuer"},
	    {"oidc 'a' { issuer = 'https://a?x' client_id = x }", "t, line 1: oidc \"a\": issuer"},
	    {"oidc 'a' { issuer = 'https://a' client_id = x scopes = {profile} }", "t, line 1: oidc \"a\": scopes"},
	    {"oidc 'a' { issuer = 'https://a' client_id = x groups = {'b=c'} }", "t, line 1: oidc \"a\": groups"},
	    {"oidc 'a' { new_users = maybe }", "t, line 1: oidc.new_users: one of these"},
	    {"oidc { }", "t, line 1: missing title"},
	    {"include('/etc/passwd')\n", "t, line 1: no such option 'include'"},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct config *config = NULL;
		struct err err = {0};
		if (config_parse(cases[i].text, "t", &config, &err))
			fail_msg("\"%s\" was read", cases[i].text);
		assert_null(config);
		assert_int_equal(err.kind, ERR_INPUT);
		if (!str_starts_with(str_of(err.text), str_of(cases[i].says)))
			fail_msg("got \"%s\", want \"%s\"", err.text, cases[i].says);
	}
}

static void writes_what_it_reads_back(void **state)
{
	(void)state;
	struct config *config = NULL;
	struct config *again = NULL;
	struct err err = {0};
	struct buf first;
	struct buf second;
	buf_init(&first, MIB(1));
	buf_init(&second, MIB(1));
	assert_true(config_parse("smtp { hostname = \"a'b\\\\c ${HOME} #\"\n lmtp = {/run/x, 'y z'} }\n"
	                         "oidc one { issuer = 'https://a/' client_id = x groups = {'g=site', \"h'=*:viewer\"} timeout = 9s }\n"
	                         "oidc two { issuer = 'http://localhost:1' client_id = y local = yes }", "t", &config, &err));
	config_write(config, &first);
	buf_byte(&first, '\0');
	assert_true(config_parse(first.p, "again", &again, &err));
	assert_string_equal(config->smtp_hostname, again->smtp_hostname);
	assert_int_equal(again->oidc_count, 2);
	assert_string_equal(config_oidc_of(again, STR("one"))->groups.items[1], "h'=*:viewer");
	assert_int_equal(config_oidc_of(again, STR("one"))->timeout, 9);
	assert_string_equal(config_oidc_of(again, STR("two"))->scopes.items[0], "openid");
	assert_null(config_oidc_of(again, STR("three")));
	config_write(again, &second);
	buf_byte(&second, '\0');
	assert_string_equal(first.p, second.p);
	config_free(&config);
	config_free(&again);
	buf_done(&first);
	buf_done(&second);
}

static void example_file_is_the_defaults(void **state)
{
	(void)state;
	struct config *config = NULL;
	struct err err = {0};
	struct buf text;
	buf_init(&text, MIB(1));
	config_write_example(&text);
	buf_byte(&text, '\0');
	assert_true(config_parse(text.p, "example", &config, &err));
	assert_string_equal(config->report_addresses.items[0], "tls-reports@localhost");
	config_free(&config);
	buf_done(&text);
}

static void finds_the_database(void **state)
{
	(void)state;
	struct config *config = NULL;
	struct err err = {0};
	char path[512];
	char tiny[4];
	unsetenv("STATE_DIRECTORY");
	unsetenv("XDG_DATA_HOME");
	setenv("HOME", "/home/ann", 1);
	assert_true(config_parse("", "t", &config, &err));
	assert_true(config_store_path(config, path, sizeof path, &err));
	assert_string_equal(path, "/home/ann/.local/share/mailseal/mailseal.db");
	setenv("XDG_DATA_HOME", "/data", 1);
	assert_true(config_store_path(config, path, sizeof path, &err));
	assert_string_equal(path, "/data/mailseal/mailseal.db");
	config_set_text(&config->store_path, "sqlite:/x/y.db");
	assert_true(config_store_path(config, path, sizeof path, &err));
	assert_string_equal(path, "/x/y.db");
	assert_false(config_store_path(config, tiny, sizeof tiny, &err));
	config_set_text(&config->store_path, "mysql://x");
	assert_false(config_store_path(config, path, sizeof path, &err));
	assert_int_equal(err.kind, ERR_SETUP);
	config_free(&config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(starts_without_a_file),
	    cmocka_unit_test(reads_values_of_every_kind),
	    cmocka_unit_test(knows_in_which_line_each_key_stands),
	    cmocka_unit_test(names_the_line_and_the_key_of_a_fault),
	    cmocka_unit_test(writes_what_it_reads_back),
	    cmocka_unit_test(example_file_is_the_defaults),
	    cmocka_unit_test(finds_the_database),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
