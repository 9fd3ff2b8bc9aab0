/* SPDX-License-Identifier: ISC */
/* Messages in the form of each channel, whatever their texts hold; which channels may be; when an attempt is repeated. */
#include "alert/alert_compose.h"
#include "alert/alert_hook.h"
#include "alert/alert_mail.h"
#include "alert/alert_retry.h"
#include "base/json_text.h"
#include "base/limits.h"
#include "naughty.h"
#include "unit.h"

static struct issue an_issue(struct str subject)
{
	return (struct issue){.id = 42,
	                      .matter = CAUSE_CERT_EXPIRED,
	                      .kind = ISSUE_ON_MX,
	                      .subject = subject,
	                      .severity = SEVERITY_CRITICAL,
	                      .domains = 500,
	                      .reporters = 3,
	                      .failed = 1440,
	                      .refused = 1440,
	                      .opened_at = 1000000000,
	                      .closed_at = INSTANT_NONE};
}

static struct alert_message a_message(struct str text, const struct issue *issue)
{
	return (struct alert_message){.event = ALERT_EVENT_OPENED,
	                              .id = STR("0123-7"),
	                              .thread = STR("0123-TI-1042"),
	                              .house = STR("host.example"),
	                              .at = 1000000000,
	                              .language = STR("en"),
	                              .headline = text,
	                              .sentences = text,
	                              .fix = text,
	                              .fix_label = STR("To do"),
	                              .link = STR("https://tls.example.org/issues/TI-1042"),
	                              .command = STR("mailseal issue show TI-1042"),
	                              .look_label = STR("More"),
	                              .mute_label = STR("Quiet for 7 days"),
	                              .mute_command = STR("mailseal issue snooze TI-1042 --for 7d"),
	                              .why = text,
	                              .rule = STR("mail-refused"),
	                              .issue = issue,
	                              .title = text,
	                              .severity = SEVERITY_CRITICAL};
}

static struct alert_channel a_channel(enum alert_channel_kind kind)
{
	return (struct alert_channel){.name = STR("ops"),
	                              .kind = kind,
	                              .address = kind == CHANNEL_MAIL ? STR("ops@example.net") : STR("https://hooks.example.net/x"),
	                              .target = kind == CHANNEL_MATRIX ? STR("!a:example.net") : STR("tls"),
	                              .secret = STR("cred:x"),
	                              .language = STR("en")};
}

/* --- what no text may do --- */

static void check_json(struct str body)
{
	assert_true(json_text_is_value(body));
	for (size_t i = 0; i < body.len; i++)
		assert_true((unsigned char)body.p[i] >= 32);
}

/* Every line of the header is one of ours, or the fold of one. */
static void check_mail(struct str mail)
{
	static const char *const names[] = {"From: ",        "To: ",          "Subject: ",          "Date: ",
	                                    "Message-ID: ",  "In-Reply-To: ", "References: ",       "Auto-Submitted: ",
	                                    "TLS-Required: ", "List-Id: ",    "List-Unsubscribe: ", "MIME-Version: ",
	                                    "Content-Type: multipart/alternative; boundary=mailseal-parts"};
	struct str rest = mail;
	size_t i = 0;

	for (;;) {
		struct str line = str_cut(&rest, '\n');
		assert_true(line.len > 0 && line.p[line.len - 1] == '\r');
		if (line.len == 1)
			break;
		if (line.p[0] == ' ')
			continue;
		assert_true(i < COUNT_OF(names) && str_starts_with(line, str_of(names[i])));
		i++;
	}
	assert_int_equal(i, COUNT_OF(names));
	for (size_t at = 0; at < mail.len; at++) {
		assert_true(mail.p[at] != '\n' || (at > 0 && mail.p[at - 1] == '\r'));
		assert_true(mail.p[at] != '\r' || mail.p[at + 1] == '\n');
		assert_true((unsigned char)mail.p[at] < 127 && (mail.p[at] >= 32 || mail.p[at] == '\r' || mail.p[at] == '\n'));
	}
	while (rest.p != NULL) {
		struct str line = str_cut(&rest, '\n');
		assert_true(line.len <= 77);
		assert_false(str_starts_with(line, STR(".")));
	}
}

static void no_text_becomes_more_than_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(naughty_texts); i++) {
		struct issue issue = an_issue(str_of(naughty_texts[i]));
		struct alert_message message = a_message(str_of(naughty_texts[i]), &issue);
		for (unsigned kind = 0; kind < CHANNEL_KIND_COUNT; kind++) {
			struct alert_channel channel = a_channel((enum alert_channel_kind)kind);
			struct alert_request request;
			struct arena arena;
			arena_init(&arena, MIB(4));
			assert_true(alert_compose(&message, &channel, STR("mailseal@host.example"), &arena, &request));
			if (request.carrier == CARRY_HTTP)
				check_json(request.body);
			else if (request.carrier == CARRY_MAIL)
				check_mail(request.body);
			else
				assert_int_equal(str_find_byte(request.body, '\n'), request.body.len);
			arena_done(&arena);
		}
	}
}

static void a_subject_brings_no_header(void **state)
{
	(void)state;
	struct buf out;
	struct alert_mail mail = {.from = STR("a@example.org"),
	                          .to = STR("b@example.net"),
	                          .subject = STR("x\r\nBcc: v@example.com\r\n\r\nbody"),
	                          .id = STR("1"),
	                          .thread = STR("t>\r\nX: y"),
	                          .list = STR("ops"),
	                          .text = STR("a\r.\n.\nFrom here\n--mailseal-parts--\n"),
	                          .html = STR("<p>x</p>")};
	buf_init(&out, MIB(1));
	assert_true(alert_mail_compose(&mail, &out));
	check_mail(buf_view(&out));
	struct str whole = buf_view(&out);
	assert_true(str_find(whole, STR("\nBcc")) == whole.len && str_find(whole, STR("\nX: y")) == whole.len);
	assert_true(str_find(whole, STR("a=0D.\r\n=2E\r\n=46rom here\r\n=2D-mailseal-parts--\r\n")) < whole.len);
	buf_done(&out);
}

static void a_long_text_is_cut_where_its_target_is_narrow(void **state)
{
	(void)state;
	static char text[40000];
	for (size_t i = 0; i + 2 < sizeof text; i += 3)
		memcpy(text + i, "\xE2\x82\xAC", 3);
	struct str words = str_make(text, sizeof text - 1);
	struct issue issue = an_issue(words);
	struct alert_message message = a_message(words, &issue);
	struct buf out;
	buf_init(&out, MIB(1));
	alert_hook_webhook(&message, &out);
	assert_true(out.len < ALERT_HOOK_BYTES);
	check_json(buf_view(&out));
	buf_clear(&out);
	alert_hook_slack(&message, &out);
	assert_true(out.len < 8000);
	check_json(buf_view(&out));
	buf_clear(&out);
	alert_hook_pagerduty(&message, &out);
	assert_true(out.len < 10000);
	buf_done(&out);
}

static void a_resolve_closes_what_the_trigger_opened(void **state)
{
	(void)state;
	struct issue issue = an_issue(STR("mx.example.net"));
	struct alert_message message = a_message(STR("Certificate expired"), &issue);
	struct buf out;
	buf_init(&out, MIB(1));
	alert_hook_pagerduty(&message, &out);
	assert_true(str_find(buf_view(&out), STR("\"event_action\":\"trigger\",\"dedup_key\":\"0123-TI-1042\"")) < out.len);
	assert_true(str_find(buf_view(&out), STR("\"routing_key\":" ALERT_REQUEST_MARK)) < out.len);
	buf_clear(&out);
	message.event = ALERT_EVENT_RESOLVED;
	alert_hook_pagerduty(&message, &out);
	assert_true(str_find(buf_view(&out), STR("\"event_action\":\"resolve\",\"dedup_key\":\"0123-TI-1042\"")) < out.len);
	buf_done(&out);
}

static void a_line_of_syslog_is_that_of_rfc_5424(void **state)
{
	(void)state;
	struct issue issue = an_issue(STR("mx.example.net"));
	struct alert_message message = a_message(STR("Certificate expired"), &issue);
	struct alert_channel channel = a_channel(CHANNEL_SYSLOG);
	struct alert_request request;
	struct arena arena;
	arena_init(&arena, MIB(1));
	assert_true(alert_compose(&message, &channel, STR("a@example.org"), &arena, &request));
	assert_string_equal(arena_text(&arena, request.body),
	                    "<18>1 2001-09-09T01:46:40Z host.example mailseal - issue.opened - \xEF\xBB\xBF"
	                    "Certificate expired issue=TI-1042 severity=critical cause=cert-expired domains=500 refused=1440 "
	                    "subject=\"mx.example.net\"");
	arena_done(&arena);
}

/* --- the way between keep and reach --- */

static void a_request_comes_back_as_it_was(void **state)
{
	(void)state;
	struct issue issue = an_issue(STR("mx.example.net"));
	struct alert_message message = a_message(STR("x"), &issue);
	struct alert_channel channel = a_channel(CHANNEL_MATRIX);
	struct alert_request request, read;
	struct err err = {0};
	struct arena arena;
	struct buf bytes;
	arena_init(&arena, MIB(1));
	buf_init(&bytes, MIB(1));
	assert_true(alert_compose(&message, &channel, STR("a@example.org"), &arena, &request));
	alert_request_write(&request, &bytes);
	assert_true(alert_request_read(buf_view(&bytes), &read, &err));
	assert_true(str_eq(read.body, request.body) && str_eq(read.url, request.url) && read.is_put &&
	            read.secret_use == SECRET_BEARER);
	assert_true(str_eq(read.url, STR("https://hooks.example.net/x/_matrix/client/v3/rooms/%21a%3Aexample.net/send/"
	                                 "m.room.message/0123-7")));
	for (size_t i = 0; i < bytes.len; i++)
		assert_false(alert_request_read(str_upto(buf_view(&bytes), i), &read, &err));
	buf_byte(&bytes, 0);
	assert_false(alert_request_read(buf_view(&bytes), &read, &err));
	buf_done(&bytes);
	arena_done(&arena);
}

static void attempts_follow_the_ten_steps(void **state)
{
	(void)state;
	static const instant steps[] = {0, 5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400};
	instant at = 0;
	for (uint64_t attempts = 1; attempts < ALERT_ATTEMPTS; attempts++)
		for (uint64_t seed = 0; seed < 1000; seed++) {
			assert_true(alert_retry_next(attempts, seed, 0, 1000, &at));
			assert_true(at >= 1000 + steps[attempts] && at <= 1000 + steps[attempts] + steps[attempts] / 10);
		}
	assert_true(alert_retry_next(1, 0, 3600, 1000, &at));
	assert_true(at >= 4600);
	assert_false(alert_retry_next(ALERT_ATTEMPTS, 0, 0, 1000, &at));
}

static void a_channel_is_what_its_kind_can_be(void **state)
{
	(void)state;
	static const struct {
		const char *label;
		enum alert_channel_kind kind;
		const char *address, *target, *secret;
		bool may_be_local, is_good;
	} cases[] = {
	    {"an address", CHANNEL_MAIL, "ops@example.net", "", "", false, true},
	    {"two addresses", CHANNEL_MAIL, "a@example.net,b@example.net", "", "", false, false},
	    {"a name and an address", CHANNEL_MAIL, "Ops <a@example.net>", "", "", false, false},
	    {"a line end", CHANNEL_MAIL, "a@example.net\r\nX: y", "", "", false, false},
	    {"no domain", CHANNEL_MAIL, "a@", "", "", false, false},
	    {"a host without a dot", CHANNEL_MAIL, "a@localhost", "", "", false, false},
	    {"a URL", CHANNEL_WEBHOOK, "https://a.example/x?y=z", "", "cred:x", false, true},
	    {"plain HTTP", CHANNEL_WEBHOOK, "http://a.example/", "", "cred:x", false, false},
	    {"plain HTTP inside", CHANNEL_WEBHOOK, "http://10.0.0.1/", "", "cred:x", true, true},
	    {"a user", CHANNEL_WEBHOOK, "https://u:p@a.example/", "", "cred:x", false, false},
	    {"a file", CHANNEL_WEBHOOK, "file:///etc/passwd", "", "cred:x", true, false},
	    {"no host", CHANNEL_WEBHOOK, "https:///x", "", "cred:x", false, false},
	    {"a secret itself", CHANNEL_WEBHOOK, "https://a.example/", "", "whsec_abc", false, false},
	    {"a relative file", CHANNEL_WEBHOOK, "https://a.example/", "", "file:x", false, false},
	    {"no secret", CHANNEL_SLACK, "", "", "", false, false},
	    {"a secret URL", CHANNEL_SLACK, "", "", "file:/etc/mailseal/secrets/slack", false, true},
	    {"a room", CHANNEL_MATRIX, "https://a.example", "!x:a.example", "cred:x", false, true},
	    {"an alias", CHANNEL_MATRIX, "https://a.example", "#x:a.example", "cred:x", false, false},
	    {"a topic without a token", CHANNEL_NTFY, "https://ntfy.example", "tls", "", false, true},
	    {"a topic with a path", CHANNEL_NTFY, "https://ntfy.example", "a/b", "", false, false},
	    {"syslog", CHANNEL_SYSLOG, "tls://log.example:6514", "", "", false, true},
	    {"syslog by HTTP", CHANNEL_SYSLOG, "http://log.example", "", "", true, false},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct alert_channel channel = {.name = STR("x"),
		                                .kind = cases[i].kind,
		                                .address = str_of(cases[i].address),
		                                .target = str_of(cases[i].target),
		                                .secret = str_of(cases[i].secret),
		                                .may_be_local = cases[i].may_be_local};
		struct err err = {0};
		if (alert_channel_check(&channel, &err) != cases[i].is_good)
			fail_msg("%s: %s", cases[i].label, err.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(no_text_becomes_more_than_text),
	    cmocka_unit_test(a_subject_brings_no_header),
	    cmocka_unit_test(a_long_text_is_cut_where_its_target_is_narrow),
	    cmocka_unit_test(a_resolve_closes_what_the_trigger_opened),
	    cmocka_unit_test(a_line_of_syslog_is_that_of_rfc_5424),
	    cmocka_unit_test(a_request_comes_back_as_it_was),
	    cmocka_unit_test(attempts_follow_the_ten_steps),
	    cmocka_unit_test(a_channel_is_what_its_kind_can_be),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
