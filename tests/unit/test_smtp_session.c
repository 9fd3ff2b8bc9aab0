/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>

#include "base/attr.h"
#include "base/limits.h"
#include "intake/smtp_data.h"
#include "intake/smtp_session.h"
#include "unit.h"

static bool room = true;

static enum smtp_recipient find(void *context, struct str address)
{
	(void)context;
	if (str_eq(address, STR("tls@example.com")) || str_eq(address, STR("reports@xn--bcher-kva.example")))
		return SMTP_RECIPIENT_COMMON;
	return str_eq(address, STR("tls-abc@example.com")) || str_eq(address, STR("tls-def@example.com"))
	           ? SMTP_RECIPIENT_SECRET
	           : SMTP_RECIPIENT_UNKNOWN;
}

static bool has_room(void *context)
{
	(void)context;
	return room;
}

static const struct smtp_policy smtp = {
    .offers_tls = true, .host = "mx.example.org", .message_bytes = 1000, .find_recipient = find, .has_room = has_room};
static const struct smtp_policy lmtp = {
    .is_lmtp = true, .offers_tls = true, .host = "mx.example.org", .message_bytes = 1000, .find_recipient = find};

/* A connection without a socket: session, data, and what would have been delivered. */
struct line {
	struct smtp_session *session;
	bool in_data, closed;
	struct smtp_data data;
	struct buf message, out;
	struct buf log; /* "HELO|FROM|TO,secret|BYTES;" for each delivery */
	unsigned delivered;
	enum smtp_result results[LIMIT_SMTP_RECIPIENTS];
};

static void line_init(struct line *line, const struct smtp_policy *policy)
{
	*line = (struct line){.session = smtp_session_new(policy)};
	buf_init(&line->message, policy->message_bytes);
	buf_init(&line->out, MIB(1));
	buf_init(&line->log, MIB(1));
}

static void line_done(struct line *line)
{
	smtp_session_free(&line->session);
	buf_done(&line->message);
	buf_done(&line->out);
	buf_done(&line->log);
}

static void end_data(struct line *line)
{
	size_t n = smtp_session_delivery_count(line->session);
	assert_true(n > 0);
	for (size_t i = 0; i < n; i++) {
		struct arrival arrival;
		smtp_session_delivery(line->session, i, &arrival);
		assert_true(arrival.mail_from.p != NULL && arrival.helo.len > 0 && arrival.recipient.len > 0);
		buf_str(&line->log, arrival.helo);
		buf_byte(&line->log, '|');
		buf_str(&line->log, arrival.mail_from);
		buf_byte(&line->log, '|');
		buf_str(&line->log, arrival.recipient);
		buf_text(&line->log, arrival.is_secret ? ",secret|" : "|");
		buf_str(&line->log, buf_view(&line->message));
		buf_byte(&line->log, ';');
		if (line->message.failed)
			line->results[i] = SMTP_TOO_BIG;
		line->delivered++;
	}
	if (smtp_session_data_end(line->session, line->results, &line->out) == SMTP_ACTION_CLOSE)
		line->closed = true;
	line->in_data = false;
}

static void feed(struct line *line, struct str bytes)
{
	while (bytes.len > 0 && !line->closed) {
		size_t used;
		if (line->in_data) {
			used = smtp_data_take(&line->data, bytes, &line->message);
			if (smtp_data_is_done(&line->data))
				end_data(line);
		} else {
			switch (smtp_session_take(line->session, bytes, &used, &line->out)) {
			case SMTP_ACTION_NONE: assert_int_equal(used, bytes.len); break;
			case SMTP_ACTION_CLOSE: line->closed = true; break;
			case SMTP_ACTION_START_TLS: smtp_session_secured(line->session); break;
			case SMTP_ACTION_TAKE_DATA:
				line->in_data = true;
				smtp_data_init(&line->data);
				buf_clear(&line->message);
				break;
			}
		}
		bytes = str_from(bytes, used);
	}
}

/* The codes of all replies, "250-" lines left out. */
static void codes_of(struct str replies, struct buf *codes)
{
	while (replies.len > 0) {
		size_t end = str_find(replies, STR("\r\n"));
		assert_true(end < replies.len && end >= 4 && end <= 510);
		if (replies.p[3] == ' ') {
			if (codes->len > 0)
				buf_byte(codes, ' ');
			buf_str(codes, str_upto(replies, 3));
		}
		replies = str_from(replies, end + 2);
	}
}

/* Each of `parts` is sent when the one before was answered. */
static void expect(const struct smtp_policy *policy, const char *const *parts, const char *codes, const char *log)
{
	struct line line;
	struct buf got;
	line_init(&line, policy);
	buf_init(&got, KIB(64));
	for (; *parts != NULL; parts++)
		feed(&line, str_of(*parts));
	codes_of(buf_view(&line.out), &got);
	assert_str(buf_view(&got), codes);
	if (log != NULL)
		assert_str(buf_view(&line.log), log);
	buf_done(&got);
	line_done(&line);
}
#define PARTS(...) ((const char *const[]){__VA_ARGS__, NULL})

#define GOOD_MAIL "MAIL FROM:<a@example.net>\r\n"
#define GOOD_RCPT "RCPT TO:<tls@example.com>\r\n"
#define ENVELOPE GOOD_MAIL GOOD_RCPT "DATA\r\n"

static void a_report_is_taken_in_two_round_trips(void **state)
{
	(void)state;
	expect(&smtp, PARTS("EHLO c\r\n", ENVELOPE, "x\r\n.\r\n", "QUIT\r\n"), "250 250 250 354 250 221",
	       "c|a@example.net|tls@example.com|x\r\n;");
	expect(&smtp, PARTS("HELO c\r\n", GOOD_MAIL, GOOD_RCPT, "DATA\r\n", ".\r\nQUIT\r\n"), "250 250 250 354 250 221",
	       "c|a@example.net|tls@example.com|;");
	/* the next transaction in the same group as the end of the data */
	expect(&smtp, PARTS("EHLO c\r\n", ENVELOPE, "x\r\n.\r\n" ENVELOPE, "y\r\n.\r\n"),
	       "250 250 250 354 250 250 250 354 250",
	       "c|a@example.net|tls@example.com|x\r\n;c|a@example.net|tls@example.com|y\r\n;");
}

static void announces_what_it_can_and_starttls_until_it_is_done(void **state)
{
	(void)state;
	struct line line;
	line_init(&line, &smtp);
	feed(&line, STR("EHLO c\r\n"));
	assert_str(buf_view(&line.out), "250-mx.example.org\r\n250-PIPELINING\r\n250-SIZE 1000\r\n250-8BITMIME\r\n"
	                                "250-STARTTLS\r\n250 ENHANCEDSTATUSCODES\r\n");
	feed(&line, STR("STARTTLS\r\n"));
	assert_true(smtp_session_is_secure(line.session));
	buf_clear(&line.out);
	feed(&line, STR(GOOD_MAIL));
	feed(&line, STR("EHLO c\r\n"));
	feed(&line, STR("STARTTLS\r\n"));
	assert_str(buf_view(&line.out),
	           "503 5.5.1 not now\r\n250-mx.example.org\r\n250-PIPELINING\r\n250-SIZE 1000\r\n250-8BITMIME\r\n"
	           "250 ENHANCEDSTATUSCODES\r\n503 5.5.1 this is TLS already\r\n");
	line_done(&line);
	static const struct smtp_policy plain = {.host = "h", .message_bytes = 10, .find_recipient = find};
	expect(&plain, PARTS("EHLO c\r\n", "STARTTLS\r\n", "STARTTLS now\r\n"), "250 502 501", "");
}

static void what_is_said_before_the_handshake_ends_the_session(void **state)
{
	(void)state;
	expect(&smtp, PARTS("EHLO c\r\n", "STARTTLS\r\nRCPT TO:<tls@example.com>\r\n", "NOOP\r\n"), "250 554", "");
	expect(&smtp, PARTS("EHLO c\r\n", "STARTTLS\r\nR", "NOOP\r\n"), "250 554", "");
}

static void a_client_that_does_not_wait_is_sent_away(void **state)
{
	(void)state;
	expect(&smtp, PARTS("EHLO c\r\n" GOOD_MAIL), "503", "");
	expect(&smtp, PARTS("EHLO c\r\n", ENVELOPE "x\r\n.\r\n"), "250 250 250 503", "");
	expect(&smtp, PARTS("HELO c\r\n", GOOD_MAIL GOOD_RCPT), "250 503", "");
	expect(&smtp, PARTS("NOOP\r\nNOOP\r\n"), "503", "");
	/* DATA that is not answered by 354 may stand in the middle: nothing can be mistaken then */
	expect(&smtp, PARTS("EHLO c\r\n", "DATA\r\nNOOP\r\n"), "250 503 250", "");
}

static void paths_have_a_grammar(void **state)
{
	(void)state;
	char local64[] = "MAIL FROM:<aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@b>\r\n";
	char local65[] = "MAIL FROM:<aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@b>\r\n";
	struct {
		const char *line, *codes;
	} cases[] = {
	    {"MAIL FROM:<>\r\n", "250 250"},
	    {"mail from: <a@b>\r\n", "250 250"},
	    {"MAIL FROM:<a@b>   \r\n", "250 250"},
	    {"MAIL FROM:<@x,@y:a@b>\r\n", "250 250"},
	    {"MAIL FROM:<\"a b\\\">\"@b>\r\n", "250 250"},
	    {"MAIL FROM:<a@[192.0.2.1]>\r\n", "250 250"},
	    {"MAIL FROM:<a@[IPv6:2001:db8::1]>\r\n", "250 250"},
	    {"MAIL FROM:<a@b> SIZE=1000 BODY=8BITMIME\r\n", "250 250"},
	    {"MAIL FROM:<a@b> SIZE=1001\r\n", "250 552"},
	    {"MAIL FROM:<a@b> SIZE=18446744073709551616\r\n", "250 501"},
	    {"MAIL FROM:<a@b> SIZE=-1\r\n", "250 501"},
	    {"MAIL FROM:<a@b> SIZE=1e9\r\n", "250 501"},
	    {"MAIL FROM:<a@b> SIZE=\r\n", "250 501"},
	    {"MAIL FROM:<a@b> SIZE=1 SIZE=1\r\n", "250 501"},
	    {"MAIL FROM:<a@b> BODY=7BIT BODY=7BIT\r\n", "250 501"},
	    {"MAIL FROM:<a@b> BODY=BINARYMIME\r\n", "250 555"},
	    {"MAIL FROM:<a@b> SMTPUTF8\r\n", "250 555"},
	    {"MAIL FROM:<a@b> RET=FULL ENVID=1\r\n", "250 555"},
	    {"MAIL FROM:<a@b>SIZE=1\r\n", "250 501"},
	    {"MAIL FROM:<a>\r\n", "250 501"},
	    {"MAIL FROM:<a@>\r\n", "250 501"},
	    {"MAIL FROM:<@b>\r\n", "250 501"},
	    {"MAIL FROM:<\"\"@>\r\n", "250 501"},
	    {"MAIL FROM:<\"a@b>\r\n", "250 501"},
	    {"MAIL FROM:<a@b..c>\r\n", "250 501"},
	    {"MAIL FROM:<a;b@c>\r\n", "250 501"},
	    {"MAIL FROM:a@b\r\n", "250 501"},
	    {"MAIL FROM:<a@b\r\n", "250 501"},
	    {"MAIL\r\n", "250 501"},
	    {"MAIL TO:<a@b>\r\n", "250 501"},
	    {"MAIL FROM:<\xc0\xaf@b>\r\n", "250 500"},
	    {"MAIL FROM:<a\x7f@b>\r\n", "250 500"},
	    {"MAIL FROM:<a\x1b[1m@b>\r\n", "250 500"},
	    {"MAIL FROM:<a@b>\r\r\n", "250 500"},
	    {local64, "250 250"},
	    {local65, "250 501"},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		expect(&smtp, PARTS("EHLO c\r\n", cases[i].line), cases[i].codes, "");
	}
}

static void only_report_addresses_are_accepted(void **state)
{
	(void)state;
	static const struct {
		const char *line, *codes;
	} cases[] = {
	    {"RCPT TO:<tls@example.com>\r\n", "250"},
	    {"RCPT TO:<TLS@Example.COM>\r\n", "250"},
	    {"RCPT TO:<tls+june@example.com>\r\n", "250"},
	    {"RCPT TO:<tls@example.com.>\r\n", "250"},
	    {"RCPT TO:<reports@XN--Bcher-KVA.example>\r\n", "250"},
	    {"RCPT TO:<tls-abc@example.com>\r\n", "250"},
	    {"RCPT TO:<@relay.example:tls@example.com>\r\n", "250"},
	    {"RCPT TO:<tls@example.org>\r\n", "550"},
	    {"RCPT TO:<tls@example.com@example.org>\r\n", "501"},
	    {"RCPT TO:<+@example.com>\r\n", "550"},
	    {"RCPT TO:<tls%example.com@example.org>\r\n", "550"},
	    {"RCPT TO:<postmaster>\r\n", "550"},
	    {"RCPT TO:<tls-@example.com>\r\n", "550"},
	    {"RCPT TO:<\"tls\"@example.com>\r\n", "550"},
	    {"RCPT TO:<>\r\n", "501"},
	    {"RCPT TO:<tls@example.com> NOTIFY=NEVER\r\n", "555"},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		char want[32];
		(void)snprintf(want, sizeof want, "250 250 %s", cases[i].codes);
		expect(&smtp, PARTS("EHLO c\r\n", "MAIL FROM:<>\r\n", cases[i].line), want, "");
	}
}

static void one_arrival_for_all_common_addresses_and_one_for_each_secret(void **state)
{
	(void)state;
	expect(&smtp,
	       PARTS("EHLO c\r\n",
	             "MAIL FROM:<>\r\nRCPT TO:<tls@example.com>\r\nRCPT TO:<tls-abc@example.com>\r\n"
	             "RCPT TO:<reports@xn--bcher-kva.example>\r\nRCPT TO:<tls-def@example.com>\r\n"
	             "RCPT TO:<TLS-ABC@example.com>\r\nDATA\r\n",
	             "x\r\n.\r\n"),
	       "250 250 250 250 250 250 250 354 250",
	       "c||tls@example.com|x\r\n;c||tls-abc@example.com,secret|x\r\n;c||tls-def@example.com,secret|x\r\n;");
}

static void lmtp_answers_each_recipient_in_order(void **state)
{
	(void)state;
	struct line line;
	struct buf got;
	line_init(&line, &lmtp);
	buf_init(&got, 1024);
	line.results[1] = SMTP_LATER;
	feed(&line, STR("LHLO c\r\n"));
	feed(&line, STR("MAIL FROM:<>\r\nRCPT TO:<tls@example.com>\r\nRCPT TO:<no@example.com>\r\n"
	                "RCPT TO:<tls-abc@example.com>\r\nRCPT TO:<tls@example.com>\r\nDATA\r\n"));
	feed(&line, STR("x\r\n.\r\n"));
	codes_of(buf_view(&line.out), &got);
	assert_str(buf_view(&got), "250 250 250 550 250 250 354 250 451 250");
	line_done(&line);
	buf_done(&got);
	expect(&lmtp, PARTS("EHLO c\r\n", "HELO c\r\n", "LHLO c\r\n"), "500 500 250", "");
	expect(&smtp, PARTS("LHLO c\r\n"), "500", "");
}

static void each_result_has_its_reply_and_a_temporary_one_wins(void **state)
{
	(void)state;
	static const struct {
		enum smtp_result first, second;
		const char *code;
	} cases[] = {
	    {SMTP_KEPT, SMTP_KEPT, "250"},    {SMTP_KEPT, SMTP_LATER, "451"},      {SMTP_REFUSED, SMTP_LATER, "451"},
	    {SMTP_KEPT, SMTP_REFUSED, "554"}, {SMTP_TOO_BIG, SMTP_TOO_BIG, "552"}, {SMTP_NO_ROOM, SMTP_NO_ROOM, "452"},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct line line;
		line_init(&line, &smtp);
		line.results[0] = cases[i].first;
		line.results[1] = cases[i].second;
		feed(&line, STR("EHLO c\r\n"));
		feed(&line,
		     STR("MAIL FROM:<>\r\nRCPT TO:<tls@example.com>\r\nRCPT TO:<tls-abc@example.com>\r\nDATA\r\n"));
		buf_clear(&line.out);
		feed(&line, STR(".\r\n"));
		assert_str(str_upto(buf_view(&line.out), 3), cases[i].code);
		assert_int_equal(line.out.len, str_find(buf_view(&line.out), STR("\r\n")) + 2);
		/* whatever became of it, nothing of the envelope is left */
		buf_clear(&line.out);
		feed(&line, STR("DATA\r\n"));
		assert_str(buf_view(&line.out), "503 5.5.1 not now\r\n");
		line_done(&line);
	}
}

static void a_lone_lf_or_cr_executes_nothing(void **state)
{
	(void)state;
	expect(&smtp, PARTS("EHLO c\n"), "500", "");
	expect(&smtp, PARTS("EHLO c\r\n", "NOOP\nMAIL FROM:<>\r\n", "RCPT TO:<tls@example.com>\r\n"), "250 500 500 503",
	       "");
	expect(&smtp, PARTS("EHLO c\r\n", "NOOP\n", "NOOP\r\n", "NOOP\r\n"), "250 500 500 250", "");
	expect(&smtp, PARTS("EHLO c\r\n", "NOOP\rMAIL FROM:<>\r\n", "DATA\r\n"), "250 500 503", "");
	expect(&smtp, PARTS("EHLO c\r\n", "MAIL FROM:<a\r\n250 ok@x>\r\n"), "250 501 500", "");
}

static void browsers_and_chunks_end_the_session(void **state)
{
	(void)state;
	static const char *const lines[] = {"GET / HTTP/1.1\r\n", "POST / HTTP/1.1\r\n", "CONNECT x:25 HTTP/1.1\r\n",
	                                    "PRI * HTTP/2.0\r\n", "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n"};
	for (size_t i = 0; i < COUNT_OF(lines); i++)
		expect(&smtp, PARTS(lines[i], "EHLO c\r\n"), "554", "");
	expect(&smtp, PARTS("EHLO c\r\n", "BDAT 10 LAST\r\nNOOP\r\nNOOP\r\n"), "250 503", "");
	expect(&smtp, PARTS("EHLO c\r\n", "VRFY a\r\n", "EXPN a\r\n", "AUTH PLAIN\r\n", "XCLIENT A=b\r\n"),
	       "250 502 502 502 502", "");
}

static void too_many_errors_or_idle_commands_end_the_session(void **state)
{
	(void)state;
	struct line line;
	unsigned said = 0;
	line_init(&line, &smtp);
	feed(&line, STR("EHLO c\r\n"));
	for (; !line.closed; said++)
		feed(&line, STR("WHAT\r\n"));
	assert_int_equal(said, LIMIT_SMTP_ERRORS + 1);
	line_done(&line);
	line_init(&line, &smtp);
	for (said = 0; !line.closed; said++)
		feed(&line, STR("NOOP\r\n"));
	assert_int_equal(said, LIMIT_SMTP_JUNK + 1);
	line_done(&line);
}

static void a_line_has_a_limit_and_so_has_its_rest(void **state)
{
	(void)state;
	for (size_t len = LIMIT_SMTP_LINE_BYTES - 1; len <= LIMIT_SMTP_LINE_BYTES + 1; len++) {
		struct line line;
		struct buf text;
		line_init(&line, &smtp);
		buf_init(&text, KIB(8));
		buf_text(&text, "NOOP ");
		while (text.len < len - 2)
			buf_byte(&text, 'x');
		buf_text(&text, "\r\n");
		feed(&line, buf_view(&text));
		feed(&line, STR("NOOP\r\n"));
		assert_str(str_upto(buf_view(&line.out), 3), len <= LIMIT_SMTP_LINE_BYTES ? "250" : "500");
		assert_false(line.closed);
		buf_done(&text);
		line_done(&line);
	}
	struct line line;
	line_init(&line, &smtp);
	for (size_t i = 0; i < LIMIT_SMTP_DISCARD_BYTES; i++)
		feed(&line, STR("x"));
	assert_int_equal(line.out.len, 0);
	feed(&line, STR("x"));
	assert_str(str_upto(buf_view(&line.out), 3), "421");
	assert_true(line.closed);
	line_done(&line);
}

static void recipients_have_a_limit(void **state)
{
	(void)state;
	struct line line;
	line_init(&line, &smtp);
	feed(&line, STR("EHLO c\r\n"));
	feed(&line, STR("MAIL FROM:<>\r\n"));
	for (int i = 0; i < LIMIT_SMTP_RECIPIENTS; i++)
		feed(&line, STR(GOOD_RCPT));
	buf_clear(&line.out);
	feed(&line, STR(GOOD_RCPT));
	assert_str(str_upto(buf_view(&line.out), 9), "452 4.5.3");
	feed(&line, STR("DATA\r\n"));
	feed(&line, STR(".\r\n"));
	assert_int_equal(line.delivered, 1);
	line_done(&line);
}

static void without_room_data_is_answered_452(void **state)
{
	(void)state;
	room = false;
	expect(&smtp, PARTS("EHLO c\r\n", ENVELOPE, "MAIL FROM:<>\r\n"), "250 250 250 452 250", "");
	room = true;
}

static void a_message_over_the_limit_is_answered_552(void **state)
{
	(void)state;
	for (int over = 0; over < 2; over++) {
		struct line line;
		line_init(&line, &smtp);
		feed(&line, STR("EHLO c\r\n"));
		feed(&line, STR(ENVELOPE));
		for (int i = 0; i < 998 + over; i++)
			feed(&line, STR("x"));
		buf_clear(&line.out);
		feed(&line, STR("\r\n.\r\n"));
		assert_str(str_upto(buf_view(&line.out), 3), over ? "552" : "250");
		line_done(&line);
	}
}

/* The groups of a good session, each cut at every place and into single bytes: the same replies and deliveries. */
static void any_segmentation_gives_the_same_session(void **state)
{
	(void)state;
	static const char *const groups[] = {
	    "EHLO c\r\n",
	    "MAIL FROM:<a@b>\r\nRCPT TO:<no@x>\r\nRCPT TO:<tls+1@example.com>\r\nDATA\r\n",
	    ("A: 1\r\n\r\n..x\r\n.y\n.\n\r.\r\r\n.\r\nNOOP\r\nMAIL FROM:<>\r\nRSET\r\nMAIL FROM:<c@d>\r\n"
	     "RCPT TO:<tls-abc@example.com>\r\nDATA\r\n"),
	    ".\r\nWHAT\r\nNOOP\nNOOP\r\nQUIT\r\n",
	};
	struct line whole;
	line_init(&whole, &smtp);
	for (size_t g = 0; g < COUNT_OF(groups); g++)
		feed(&whole, str_of(groups[g]));
	assert_true(whole.closed);
	assert_int_equal(whole.delivered, 2);
	for (size_t g = 0; g < COUNT_OF(groups); g++) {
		for (size_t cut = 0; cut <= strlen(groups[g]); cut++) {
			struct line line;
			line_init(&line, &smtp);
			for (size_t h = 0; h < COUNT_OF(groups); h++) {
				struct str text = str_of(groups[h]);
				if (h != g || cut > 0) {
					feed(&line, str_upto(text, h == g ? cut : text.len));
					feed(&line, str_from(text, h == g ? cut : text.len));
				} else {
					for (size_t i = 0; i < text.len; i++)
						feed(&line, str_make(text.p + i, 1));
				}
			}
			assert_true(str_eq(buf_view(&line.out), buf_view(&whole.out)));
			assert_true(str_eq(buf_view(&line.log), buf_view(&whole.log)));
			line_done(&line);
		}
	}
	/* And a session that ends too early delivers only what was finished. */
	for (size_t g = 0; g < COUNT_OF(groups); g++) {
		for (size_t cut = 0; cut < strlen(groups[g]); cut++) {
			struct line line;
			line_init(&line, &smtp);
			for (size_t h = 0; h < g; h++)
				feed(&line, str_of(groups[h]));
			feed(&line, str_upto(str_of(groups[g]), cut));
			struct str end = STR("\r\n.\r\n");
			size_t first_end = str_find(str_of(groups[2]), end) + end.len;
			unsigned want = g > 2 || (g == 2 && cut >= first_end) ? 1 : 0;
			want += g == 3 && cut >= 3 ? 1 : 0;
			assert_int_equal(line.delivered, want);
			line_done(&line);
		}
	}
	line_done(&whole);
}

/* --- every sequence of commands against a model --- */

struct model {
	bool greeted, secure, has_sender, closed;
	unsigned recipients, delivered;
};

enum say {
	SAY_EHLO,
	SAY_HELO,
	SAY_MAIL,
	SAY_BAD_MAIL,
	SAY_RCPT,
	SAY_BAD_RCPT,
	SAY_DATA,
	SAY_RSET,
	SAY_NOOP,
	SAY_TLS,
	SAY_QUIT,
	SAY_BDAT,
	SAY_VRFY,
	SAY_WHAT,
	SAY_COUNT
};
static const char *const say_text[SAY_COUNT] = {
    "EHLO c\r\n", "HELO c\r\n", GOOD_MAIL,      "MAIL FROM:<x>\r\n", GOOD_RCPT,    "RCPT TO:<x@y>\r\n", "DATA\r\n",
    "RSET\r\n",   "NOOP\r\n",   "STARTTLS\r\n", "QUIT\r\n",          "BDAT 1\r\n", "VRFY a\r\n",        "WHAT\r\n",
};

static void model_clear(struct model *model)
{
	model->has_sender = false;
	model->recipients = 0;
}

static int model_say(struct model *model, enum say say)
{
	switch (say) {
	case SAY_EHLO:
	case SAY_HELO:
		model->greeted = true;
		model_clear(model);
		return 250;
	case SAY_MAIL:
	case SAY_BAD_MAIL:
		if (!model->greeted || model->has_sender)
			return 503;
		model->has_sender = say == SAY_MAIL;
		return say == SAY_MAIL ? 250 : 501;
	case SAY_RCPT:
	case SAY_BAD_RCPT:
		if (!model->has_sender)
			return 503;
		model->recipients += say == SAY_RCPT;
		return say == SAY_RCPT ? 250 : 550;
	case SAY_DATA:
		if (model->recipients == 0)
			return 503;
		model->delivered++;
		model_clear(model);
		return 250;
	case SAY_RSET: model_clear(model); return 250;
	case SAY_NOOP: return 250;
	case SAY_TLS:
		if (!model->greeted || model->has_sender || model->secure)
			return 503;
		model->secure = true;
		model->greeted = false;
		return 220;
	case SAY_QUIT: model->closed = true; return 221;
	case SAY_BDAT: model->closed = true; return 503;
	case SAY_VRFY: return 502;
	case SAY_WHAT: return 500;
	case SAY_COUNT: break;
	}
	return 0;
}

static bool agrees(const enum say *says, size_t n)
{
	struct line line;
	struct model model = {0};
	bool same = true;

	line_init(&line, &smtp);
	for (size_t i = 0; i < n && same && !model.closed; i++) {
		int want = model_say(&model, says[i]);
		buf_clear(&line.out);
		feed(&line, str_of(say_text[says[i]]));
		if (line.in_data) {
			buf_clear(&line.out);
			feed(&line, STR("x\r\n.\r\n"));
		}
		int got = line.out.len < 3
		              ? 0
		              : (line.out.p[0] - '0') * 100 + (line.out.p[1] - '0') * 10 + (line.out.p[2] - '0');
		same = got == want && line.delivered == model.delivered && line.closed == model.closed;
	}
	line_done(&line);
	return same;
}

/* SMTP_SEQUENCES=6 takes some minutes. */
static void every_sequence_of_commands_behaves_as_the_model(void **state)
{
	(void)state;
	const char *wanted = getenv("SMTP_SEQUENCES");
	size_t most = wanted != NULL && *wanted == '6' ? 6 : 5;
	size_t total = 1;
	for (size_t i = 0; i < most; i++)
		total *= SAY_COUNT;
	for (size_t n = 0; n < total; n++) {
		enum say says[6];
		size_t rest = n;
		for (size_t i = 0; i < most; i++, rest /= SAY_COUNT)
			says[most - 1 - i] = (enum say)(rest % SAY_COUNT);
		if (agrees(says, most))
			continue;
		for (size_t i = 0; i < most; i++)
			print_error("%s", say_text[says[i]]);
		fail_msg("differs from the model");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_report_is_taken_in_two_round_trips),
	    cmocka_unit_test(announces_what_it_can_and_starttls_until_it_is_done),
	    cmocka_unit_test(what_is_said_before_the_handshake_ends_the_session),
	    cmocka_unit_test(a_client_that_does_not_wait_is_sent_away),
	    cmocka_unit_test(paths_have_a_grammar),
	    cmocka_unit_test(only_report_addresses_are_accepted),
	    cmocka_unit_test(one_arrival_for_all_common_addresses_and_one_for_each_secret),
	    cmocka_unit_test(lmtp_answers_each_recipient_in_order),
	    cmocka_unit_test(each_result_has_its_reply_and_a_temporary_one_wins),
	    cmocka_unit_test(a_lone_lf_or_cr_executes_nothing),
	    cmocka_unit_test(browsers_and_chunks_end_the_session),
	    cmocka_unit_test(too_many_errors_or_idle_commands_end_the_session),
	    cmocka_unit_test(a_line_has_a_limit_and_so_has_its_rest),
	    cmocka_unit_test(recipients_have_a_limit),
	    cmocka_unit_test(without_room_data_is_answered_452),
	    cmocka_unit_test(a_message_over_the_limit_is_answered_552),
	    cmocka_unit_test(any_segmentation_gives_the_same_session),
	    cmocka_unit_test(every_sequence_of_commands_behaves_as_the_model),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
