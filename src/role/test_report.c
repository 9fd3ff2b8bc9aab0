/* SPDX-License-Identifier: ISC */
#include "role/test_report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sys/random.h>

#include "base/base64.h"
#include "base/limits.h"
#include "present/json_out.h"
#include "sys/courier.h"

#define ADDRESSES_MOST 8u
#define SERVERS_MOST 5u
#define SEND_MS 30000u

const char *test_report_result_text(enum test_report_result result)
{
	static const char *const texts[TEST_REPORT_RESULT_COUNT] = {"taken", "refused", "no-way", "tls"};
	return texts[result];
}

/* --- what is said --- */

struct str test_report_id(struct arena *arena)
{
	uint64_t random = 0;

	if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random)
		random = (uint64_t)clock_ms();
	return str_of(arena_format(arena, "mailseal-test-%016" PRIx64, random));
}

instant test_report_begin(void)
{
	return day_start(day_of(instant_now()) - 1);
}

static void write_report(struct str domain, struct str id, struct buf *out)
{
	struct json_out json;
	instant begin = test_report_begin();

	json_out_init(&json, out, false);
	json_out_object(&json, NULL);
	json_out_str(&json, "organization-name", STR("mailseal set-up test"));
	json_out_object(&json, "date-range");
	json_out_instant(&json, "start-datetime", begin);
	json_out_instant(&json, "end-datetime", begin + SECS_PER_DAY - 1);
	json_out_end(&json);
	json_out_str(&json, "contact-info", STR("test@mailseal.invalid"));
	json_out_str(&json, "report-id", id);
	json_out_list(&json, "policies");
	json_out_object(&json, NULL);
	json_out_object(&json, "policy");
	json_out_str(&json, "policy-type", STR("no-policy-found"));
	json_out_str(&json, "policy-domain", domain);
	json_out_end(&json);
	json_out_object(&json, "summary");
	json_out_uint(&json, "total-successful-session-count", 0);
	json_out_uint(&json, "total-failure-session-count", 0);
	json_out_end(&json);
	json_out_end(&json);
	json_out_end(&json);
	json_out_end(&json);
}

static void put_base64(struct str bytes, struct buf *out)
{
	for (struct str rest = bytes; rest.len > 0; rest = str_from(rest, 57)) {
		base64_encode(str_upto(rest, 57), out);
		buf_text(out, "\r\n");
	}
}

/* RFC 8460 section 5.3. */
static void write_mail(struct str domain, struct str to, struct str id, struct str our_name, struct buf *out)
{
	struct buf report;

	buf_init(&report, KIB(16));
	write_report(domain, id, &report);
	buf_format(out,
	           "From: mailseal <postmaster@%.*s>\r\nTo: <%.*s>\r\n"
	           "Subject: Report Domain: %.*s Submitter: mailseal.invalid Report-ID: <%.*s>\r\n"
	           "Message-ID: <%.*s@mailseal.invalid>\r\nAuto-Submitted: auto-generated\r\n"
	           "TLS-Report-Domain: %.*s\r\nTLS-Report-Submitter: mailseal.invalid\r\nMIME-Version: 1.0\r\n"
	           "Content-Type: multipart/report; report-type=tlsrpt; boundary=\"mailseal\"\r\n\r\n"
	           "--mailseal\r\nContent-Type: text/plain\r\n\r\nA test of the set-up guide of mailseal.\r\n"
	           "--mailseal\r\nContent-Type: application/tlsrpt+json\r\nContent-Transfer-Encoding: base64\r\n\r\n",
	           STR_ARGS(our_name), STR_ARGS(to), STR_ARGS(domain), STR_ARGS(id), STR_ARGS(id), STR_ARGS(domain));
	put_base64(buf_view(&report), out);
	buf_text(out, "--mailseal--\r\n");
	buf_done(&report);
}

/* --- the way --- */

static size_t addresses_of(const struct domain_look_options *look, struct str host, struct arena *arena,
                           struct address *out)
{
	static const enum resolve_type types[] = {RESOLVE_A, RESOLVE_AAAA};
	size_t count = 0;

	for (size_t t = 0; t < COUNT_OF(types); t++) {
		struct resolve_answer answer;
		resolve_ask(look->resolve, host, types[t], resolve_deadline(look->resolve), arena, &answer);
		for (size_t i = 0; answer.outcome == RESOLVE_ANSWER && i < answer.count && count < ADDRESSES_MOST; i++)
			if (address_parse(answer.records[i].text, &out[count]))
				count++;
	}
	return count;
}

static int by_preference(const void *a, const void *b)
{
	const struct resolve_record *x = a, *y = b;
	return x->preference < y->preference ? -1 : x->preference > y->preference;
}

static void take_answer(const struct courier_answer *answer, struct test_report *out)
{
	out->reason = answer->reason;
	if (answer->result == COURIER_OK)
		out->result = TEST_REPORT_TAKEN;
	else if (answer->result == COURIER_REFUSED)
		out->result = TEST_REPORT_REFUSED;
	else
		out->result = answer->result == COURIER_TLS ? TEST_REPORT_TLS : TEST_REPORT_NO_WAY;
}

/* As reporters must: with TLS where it can be had, and without where it cannot (RFC 8460 section 3). */
static void send_to(struct str host, struct str to, struct str body, const struct domain_look_options *look,
                    struct arena *arena, struct test_report *out)
{
	struct courier_way way = {.may_be_local = look->smtp_local, .ca_file = look->ca_file, .timeout_ms = SEND_MS};
	struct courier_mail mail = {.host = arena_text(arena, host), .port = look->smtp_port, .tls = COURIER_STARTTLS,
	                            .hello = arena_text(arena, look->our_name), .from = "", .to = arena_text(arena, to), .body = body};
	struct courier_answer answer;

	way.address_count = addresses_of(look, host, arena, way.addresses);
	if (way.address_count == 0) {
		out->reason = str_of(arena_format(arena, "%.*s has no address", STR_ARGS(host)));
		return;
	}
	courier_mail(&mail, &way, arena, &answer);
	if (answer.result == COURIER_TLS) {
		mail.tls = COURIER_PLAIN;
		courier_mail(&mail, &way, arena, &answer);
	}
	take_answer(&answer, out);
}

static void send_mail(struct str domain, struct str to, struct str id, const struct domain_look_options *look,
                      struct arena *arena, struct test_report *out)
{
	struct str host = str_from(to, str_find_byte(to, '@') + 1);
	struct resolve_answer mx;
	struct buf body;

	buf_init(&body, KIB(64));
	write_mail(domain, to, id, look->our_name, &body);
	resolve_ask(look->resolve, host, RESOLVE_MX, resolve_deadline(look->resolve), arena, &mx);
	if (mx.outcome == RESOLVE_ANSWER)
		qsort(mx.records, mx.count, sizeof *mx.records, by_preference);
	if (resolve_may_pass(mx.outcome))
		out->reason = str_of(arena_format(arena, "the DNS does not tell the mail servers of %.*s", STR_ARGS(host)));
	else if (mx.outcome != RESOLVE_ANSWER)
		send_to(host, to, buf_view(&body), look, arena, out);
	for (size_t i = 0; mx.outcome == RESOLVE_ANSWER && i < mx.count && i < SERVERS_MOST && out->result == TEST_REPORT_NO_WAY; i++)
		send_to(mx.records[i].text, to, buf_view(&body), look, arena, out);
	buf_done(&body);
}

static void send_post(struct str domain, struct str url, struct str id, const struct domain_look_options *look,
                      struct arena *arena, struct test_report *out)
{
	static const char *const headers[] = {"Content-Type: application/tlsrpt+json"};
	struct courier_way way = {.may_be_local = look->https_local, .ca_file = look->ca_file, .timeout_ms = SEND_MS};
	struct courier_answer answer;
	struct buf body;
	char host[256];
	uint16_t port;

	const char *text = arena_text(arena, url);
	if (!courier_host(text, host, &port)) {
		out->reason = STR("this is no address of the web");
		return;
	}
	way.address_count = addresses_of(look, str_of(host), arena, way.addresses);
	if (way.address_count == 0) {
		out->reason = str_of(arena_format(arena, "%s has no address", host));
		return;
	}
	buf_init(&body, KIB(16));
	write_report(domain, id, &body);
	struct courier_post post = {.url = text, .headers = headers, .header_count = COUNT_OF(headers), .body = buf_view(&body),
	                            .user_agent = look->user_agent};
	courier_post(&post, &way, arena, &answer);
	take_answer(&answer, out);
	if (answer.result == COURIER_OK && answer.status / 100 != 2) {
		out->result = TEST_REPORT_REFUSED;
		out->reason = str_of(arena_format(arena, "HTTP status %u", answer.status));
	}
	buf_done(&body);
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c == '\0' ? NULL : strchr(digits, byte_lower(c));
	return at == NULL ? -1 : (int)(at - digits);
}

static struct str decoded(struct str text, struct arena *arena)
{
	char *out = arena_bytes(arena, text.len + 1);
	size_t len = 0;

	for (size_t i = 0; i < text.len; i++) {
		int high = i + 2 < text.len && text.p[i] == '%' ? hex_digit(text.p[i + 1]) : -1;
		int low = high >= 0 ? hex_digit(text.p[i + 2]) : -1;
		if (low >= 0)
			i += 2;
		out[len++] = low >= 0 ? (char)(high * 16 + low) : text.p[i];
	}
	return str_make(out, len);
}

void test_report_send(struct str domain, struct str uri, struct str id, const struct domain_look_options *look,
                      struct arena *arena, struct test_report *out)
{
	*out = (struct test_report){.uri = uri, .result = TEST_REPORT_NO_WAY};
	if (str_starts_with_nocase(uri, STR("mailto:"))) {
		struct str address = str_upto(str_from(uri, 7), str_find_byte(str_from(uri, 7), '?'));
		send_mail(domain, decoded(address, arena), id, look, arena, out);
	} else {
		send_post(domain, uri, id, look, arena, out);
	}
}
