/* SPDX-License-Identifier: ISC */
/* Mails around reports: every form, every cut, every bomb. */
#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/quote.h"
#include "decode/decode.h"
#include "report/wire.h"
#include "unit.h"

#define JSON                                                                                                           \
	"{\"organization-name\":\"Sender Example\",\"contact-info\":\"tls@sender.example\",\"report-id\":\"r1\","       \
	"\"date-range\":{\"start-datetime\":\"2026-01-02T00:00:00Z\",\"end-datetime\":\"2026-01-02T23:59:59Z\"},"       \
	"\"policies\":[{\"policy\":{\"policy-type\":\"sts\",\"policy-domain\":\"example.com\"},"                        \
	"\"summary\":{\"total-successful-session-count\":5,\"total-failure-session-count\":0}}]}"
#define TOP                                                                                                            \
	"From: tls@sender.example\r\nTo: r@example.com\r\nSubject: Report Domain: example.com Submitter: "              \
	"sender.example Report-ID: <r1@sender.example>\r\nTLS-Report-Domain: example.com\r\n"                           \
	"TLS-Report-Submitter: sender.example\r\nMIME-Version: 1.0\r\n"

static struct arena arena;
static struct decoded decoded;

static void decode(struct str bytes)
{
	struct arrival arrival = {.bytes = bytes, .received_at = 1767484800};

	arena_clear(&arena);
	decode_arrival(&arrival, &arena, &decoded);
}

static struct buf mail;

static void add(const char *text)
{
	buf_text(&mail, text);
}

static void add_base64(struct str bytes)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < bytes.len; i += 3) {
		unsigned v = 0;
		for (size_t k = 0; k < 3; k++)
			v = v << 8 | (i + k < bytes.len ? (unsigned char)bytes.p[i + k] : 0);
		for (unsigned k = 0; k < 4; k++)
			buf_byte(&mail, i + k > bytes.len ? '=' : letters[v >> (18 - 6 * k) & 63]);
		if (i % 57 == 54)
			add("\r\n");
	}
	add("\r\n");
}

static struct str gzipped(struct str bytes, struct buf *out)
{
	struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(6);
	size_t bound = libdeflate_gzip_compress_bound(compressor, bytes.len);

	buf_init(out, bound);
	char *room = buf_reserve(out, bound);
	assert_non_null(room);
	buf_advance(out, libdeflate_gzip_compress(compressor, bytes.p, bytes.len, room, bound));
	libdeflate_free_compressor(compressor);
	return buf_view(out);
}

/* A zip with stored entries: two names, the first a note. */
static void add_zip_entry(struct buf *zip, struct buf *list, const char *name, struct str bytes)
{
	size_t name_len = strlen(name);
	uint32_t crc = libdeflate_crc32(0, bytes.p, bytes.len);
	uint32_t offset = (uint32_t)zip->len, size = (uint32_t)bytes.len;
	unsigned char h[46] = {'P', 'K', 3, 4, 20};

	memcpy(h + 14, &crc, 4);
	memcpy(h + 18, &size, 4);
	memcpy(h + 22, &size, 4);
	h[26] = (unsigned char)name_len;
	buf_bytes(zip, h, 30);
	buf_text(zip, name);
	buf_str(zip, bytes);
	unsigned char c[46] = {'P', 'K', 1, 2, 20, 0, 20};
	memcpy(c + 16, &crc, 4);
	memcpy(c + 20, &size, 4);
	memcpy(c + 24, &size, 4);
	c[28] = (unsigned char)name_len;
	memcpy(c + 42, &offset, 4);
	buf_bytes(list, c, 46);
	buf_text(list, name);
}

static void make_zip(struct buf *zip, bool with_note)
{
	struct buf list;
	unsigned char end[22] = {'P', 'K', 5, 6};

	buf_init(zip, MIB(1));
	buf_init(&list, MIB(1));
	if (with_note)
		add_zip_entry(zip, &list, "note.txt", STR("hello"));
	add_zip_entry(zip, &list, "../../r.json", STR(JSON));
	uint32_t at = (uint32_t)zip->len, size = (uint32_t)list.len;
	end[8] = end[10] = with_note ? 2 : 1;
	memcpy(end + 12, &size, 4);
	memcpy(end + 16, &at, 4);
	buf_str(zip, buf_view(&list));
	buf_bytes(zip, end, sizeof end);
	buf_done(&list);
}

enum packing { PLAIN, GZIP, ZIP, ZIP_SECOND };
enum coding { BASE64, QUOTED, SEVEN };

static void add_coded(enum packing packing, enum coding coding)
{
	struct buf packed;
	struct str bytes = STR(JSON);

	buf_init(&packed, MIB(1));
	if (packing == GZIP)
		bytes = gzipped(bytes, &packed);
	if (packing == ZIP || packing == ZIP_SECOND) {
		make_zip(&packed, packing == ZIP_SECOND);
		bytes = buf_view(&packed);
	}
	add(coding == BASE64   ? "Content-Transfer-Encoding: base64\r\n\r\n"
	    : coding == QUOTED ? "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
	                       : "\r\n");
	if (coding == BASE64)
		add_base64(bytes);
	for (size_t i = 0; coding == QUOTED && i < bytes.len; i++) {
		if (bytes.p[i] == ':' || bytes.p[i] == '=')
			buf_format(&mail, "=%02X", (unsigned)(unsigned char)bytes.p[i]);
		else
			buf_byte(&mail, bytes.p[i]);
		if (i % 60 == 59)
			add("=\r\n");
	}
	if (coding == SEVEN)
		buf_str(&mail, bytes);
	add("\r\n");
	buf_done(&packed);
}

struct form {
	const char *label, *multipart, *type, *name;
	enum packing packing;
	enum coding coding;
	const char *deviation; /* NULL: none */
};

static const struct form forms[] = {
    {"tlsrpt+gzip", "report; report-type=tlsrpt", "application/tlsrpt+gzip", NULL, GZIP, BASE64, NULL},
    {"tlsrpt+json base64", "report; report-type=\"tlsrpt\";", "application/tlsrpt+json", NULL, PLAIN, BASE64, NULL},
    {"tlsrpt+json 7bit", "report; report-type=tlsrpt", "application/tlsrpt+json", NULL, PLAIN, SEVEN, NULL},
    {"tlsrpt+json qp", "report; report-type=tlsrpt", "application/tlsrpt+json", NULL, PLAIN, QUOTED, NULL},
    {"gzip", "mixed", "application/gzip", "a!example.com!1!2.json.gz", GZIP, BASE64, NULL},
    {"octet-stream", "mixed", "application/octet-stream", "a!example.com!1!2.json.gz", GZIP, BASE64, NULL},
    {"json base64", "mixed", "application/json", NULL, PLAIN, BASE64, NULL},
    {"json 7bit", "mixed", "application/json", NULL, PLAIN, SEVEN, NULL},
    {"json qp", "mixed", "application/json", NULL, PLAIN, QUOTED, NULL},
    {"text/plain named json", "mixed", "text/plain", "r.json", PLAIN, BASE64, NULL},
    {"text/json", "mixed", "text/json", NULL, PLAIN, SEVEN, NULL},
    {"zip", "mixed", "application/zip", "r.zip", ZIP, BASE64, "zip"},
    {"zip second entry", "mixed", "application/zip", "r.zip", ZIP_SECOND, BASE64, "zip"},
    {"mixed around gzip", "mixed", "application/tlsrpt+gzip", NULL, GZIP, BASE64, NULL},
    {"gzip label, json inside", "report", "application/tlsrpt+gzip", NULL, PLAIN, BASE64, "label-differs"},
    {"json label, gzip inside", "report", "application/tlsrpt+json", NULL, GZIP, BASE64, "label-differs"},
    {"no type at all", "mixed", NULL, NULL, PLAIN, SEVEN, NULL},
};

static void build(const struct form *form)
{
	buf_clear(&mail);
	add(TOP "Content-Type: multipart/");
	add(form->multipart);
	add("; boundary=\"=_b 1\"\r\n\r\npreamble\r\n--=_b 1\r\nContent-Type: text/plain\r\n\r\n[External] {a report}\r\n"
	    "--=_b 10\r\n--=_b 1  \r\n");
	if (form->type != NULL)
		buf_format(&mail, "Content-Type: %s\r\n", form->type);
	if (form->name != NULL)
		buf_format(&mail, "Content-Disposition: attachment;\r\n\tfilename*0=\"%.5s\"; filename*1=\"%s\"\r\n", form->name,
		           form->name + 5);
	add_coded(form->packing, form->coding);
	add("--=_b 1--\r\nepilogue {\r\n");
}

static void assert_one_report(const char *label, const char *deviation)
{
	if (decoded.report_count != 1 || decoded.problem.kind != PROBLEM_NONE)
		fail_msg("%s: %zu reports, %s", label, decoded.report_count, problem_code(decoded.problem.kind));
	const struct report *report = &decoded.reports[0];
	assert_str(report->report_id, "r1");
	assert_str(report->units[0].policy_domain, "example.com");
	assert_int_equal(report->units[0].successful, 5);
	size_t want = deviation == NULL ? 0 : 1;
	if (report->deviation_count != want)
		fail_msg("%s: %zu deviations, first %s", label, report->deviation_count,
		         report->deviation_count > 0 ? deviation_code(report->deviations[0].kind) : "");
	if (deviation != NULL)
		assert_string_equal(deviation_code(report->deviations[0].kind), deviation);
}

static void reads_every_form_of_mail(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		build(&forms[i]);
		decode(buf_view(&mail));
		assert_one_report(forms[i].label, forms[i].deviation);
		assert_true(decoded.mail.is_mail);
		assert_str(decoded.mail.report_domain, "example.com");
		assert_str(decoded.reports[0].submitter, "sender.example");
	}
}

static void reads_every_form_with_lf_and_behind_an_mbox_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		struct buf lf;
		build(&forms[i]);
		buf_init(&lf, MIB(1));
		buf_text(&lf, "From tls@sender.example Fri Jan  2 00:00:00 2026\n");
		for (size_t k = 0; k < mail.len; k++)
			if (mail.p[k] != '\r')
				buf_byte(&lf, mail.p[k]);
		decode(buf_view(&lf));
		assert_one_report(forms[i].label, forms[i].deviation);
		buf_done(&lf);
	}
}

static void reads_every_form_inside_of_another_mail(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		for (int encoded = 0; encoded < 2; encoded++) {
			build(&forms[i]);
			struct str inner = arena_str(&arena, buf_view(&mail));
			struct buf copy;
			buf_init(&copy, MIB(1));
			buf_str(&copy, inner);
			buf_clear(&mail);
			add("From: list@example.org\r\nSubject: Fwd\r\nContent-Type: multipart/mixed; boundary=out\r\n\r\n--out\r\n"
			    "Content-Type: message/rfc822\r\n");
			add(encoded ? "Content-Transfer-Encoding: base64\r\n\r\n" : "\r\n");
			if (encoded)
				add_base64(buf_view(&copy));
			else
				buf_str(&mail, buf_view(&copy));
			add("\r\n--out\r\nContent-Type: text/plain\r\n\r\nfooter\r\n--out--\r\n");
			decode(buf_view(&mail));
			if (decoded.report_count != 1)
				fail_msg("%s %d: %s", forms[i].label, encoded, problem_code(decoded.problem.kind));
			bool forwarded = false;
			for (size_t k = 0; k < decoded.reports[0].deviation_count; k++)
				forwarded |= decoded.reports[0].deviations[k].kind == DEVIATION_FORWARDED;
			assert_true(forwarded);
			assert_str(decoded.reports[0].submitter, "sender.example");
			assert_str(decoded.mail.subject, "Fwd");
			buf_done(&copy);
		}
	}
}

static void reads_a_mail_that_is_attached_as_a_file(void **state)
{
	static const struct {
		const char *headers;
		bool is_base64;
	} cases[] = {
	    {"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n", true},
	    {"Content-Type: application/octet-stream; name=\"report.eml\"\r\n", false},
	    {"Content-Type: text/plain\r\nContent-Disposition: attachment; filename=Fwd.EML\r\nContent-Transfer-Encoding: base64\r\n", true},
	    {"Content-Type: application/x-mail; name=a.eml\r\n", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		build(&forms[0]);
		struct buf copy;
		buf_init(&copy, MIB(1));
		buf_str(&copy, buf_view(&mail));
		buf_clear(&mail);
		add("From: list@example.org\r\nSubject: Fwd\r\nContent-Type: multipart/mixed; boundary=out\r\n\r\n--out\r\n"
		    "Content-Type: text/plain\r\n\r\nSee: attached.\r\n--out\r\n");
		add(cases[i].headers);
		add("\r\n");
		if (cases[i].is_base64)
			add_base64(buf_view(&copy));
		else
			buf_str(&mail, buf_view(&copy));
		add("\r\n--out--\r\n");
		decode(buf_view(&mail));
		if (decoded.report_count != 1)
			fail_msg("%s: %s", cases[i].headers, problem_code(decoded.problem.kind));
		assert_str(decoded.reports[0].submitter, "sender.example");
		assert_string_equal(deviation_code(decoded.reports[0].deviations[0].kind), "forwarded");
		assert_str(decoded.mail.subject, "Fwd");
		buf_done(&copy);
	}
}

static void reads_base64_that_no_header_announces(void **state)
{
	static const char *const encodings[] = {"", "Content-Transfer-Encoding: 8bit\r\n", "Content-Transfer-Encoding: x-lost\r\n"};
	static const enum packing packings[] = {PLAIN, GZIP, ZIP};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(encodings) * COUNT_OF(packings); i++) {
		struct buf packed;
		struct str bytes = STR(JSON);
		enum packing packing = packings[i % COUNT_OF(packings)];
		buf_init(&packed, MIB(1));
		if (packing == GZIP) {
			bytes = gzipped(bytes, &packed);
		} else if (packing == ZIP) {
			make_zip(&packed, false);
			bytes = buf_view(&packed);
		}
		buf_clear(&mail);
		add(TOP "Content-Type: application/tlsrpt+gzip\r\n");
		add(encodings[i / COUNT_OF(packings)]);
		add("\r\n");
		add_base64(bytes);
		decode(buf_view(&mail));
		if (decoded.report_count != 1)
			fail_msg("%zu: %s", i, problem_code(decoded.problem.kind));
		bool is_odd = false;
		for (size_t k = 0; k < decoded.reports[0].deviation_count; k++)
			is_odd |= decoded.reports[0].deviations[k].kind == DEVIATION_ENCODING_ODD;
		assert_true(is_odd);
		buf_done(&packed);
	}
}

/* The answer passes the channel: nothing in it breaks a limit or is no UTF-8. */
static void assert_passes_the_channel(void)
{
	static struct arena read_arena;
	struct decoded read;
	struct err err = {0};
	struct buf frame;

	arena_init(&read_arena, MIB(64));
	buf_init(&frame, LIMIT_DECODED_BYTES);
	wire_write_decoded(&decoded, &frame);
	assert_false(frame.failed);
	if (!wire_read_decoded(buf_view(&frame), &read_arena, &read, &err))
		fail_msg("%s", err.text);
	assert_int_equal(read.report_count, decoded.report_count);
	buf_done(&frame);
	arena_done(&read_arena);
}

static void survives_a_cut_at_every_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		build(&forms[i]);
		size_t whole = 0;
		for (size_t len = 0; len <= mail.len; len++) {
			char *cut = malloc(len + 1); /* so that the sanitizer sees a read behind the end */
			assert_non_null(cut);
			memcpy(cut, mail.p, len);
			decode(str_make(cut, len));
			if (decoded.report_count == 0)
				assert_true(decoded.problem.kind != PROBLEM_NONE);
			whole += decoded.report_count;
			assert_passes_the_channel();
			free(cut);
		}
		assert_true(whole > 0 && whole < mail.len / 2);
	}
}

static void survives_flipped_bits(void **state)
{
	uint32_t random = 7;

	(void)state;
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		build(&forms[i]);
		for (int round = 0; round < 600; round++) {
			random = random * 1664525u + 1013904223u;
			size_t at = (random >> 8) % mail.len;
			mail.p[at] = (char)(mail.p[at] ^ (1 << (random >> 29)));
			decode(buf_view(&mail));
			assert_passes_the_channel();
			if (round % 3 != 0)
				mail.p[at] = (char)(mail.p[at] ^ (1 << (random >> 29)));
		}
	}
}

static void names_what_holds_no_report(void **state)
{
	static const struct {
		const char *bytes, *code;
	} cases[] = {
	    {"", "empty"},
	    {" \r\n\t", "empty"},
	    {"hello world", "no-report"},
	    {"From: a@b.example\r\n\r\n", "no-report"},
	    {"From: a@b.example\r\n\r\nhello\r\n", "no-report"},
	    {"From: a@b.example\r\nAuto-Submitted: auto-replied\r\n\r\naway\r\n", "auto-reply"},
	    {"From: a@b.example\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n--x\r\n\r\n"
	     "failed\r\n--x--\r\n",
	     "bounce"},
	    {"From: a@b.example\r\nContent-Type: application/pkcs7-mime\r\n\r\nxx\r\n", "encrypted"},
	    {"From: a@b.example\r\nContent-Type: application/tlsrpt+json\r\n\r\nnothing\r\n", "json-broken"},
	    {"From: a@b.example\r\nContent-Type: application/tlsrpt+json\r\n\r\n{\"a\":1}\r\n", "not-tlsrpt"},
	    {"From: a@b.example\r\n\r\n<?xml version=\"1.0\"?><feedback></feedback>\r\n", "dmarc-report"},
	    {"BZh91AY", "container"},
	    {"\x1f\x8b\x08", "gzip-truncated"},
	    {"PK\x03\x04xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "zip-broken"},
	    {"\xff\xfe{", "json-encoding"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		decode(str_of(cases[i].bytes));
		if (strcmp(problem_code(decoded.problem.kind), cases[i].code) != 0)
			fail_msg("case %zu: %s", i, problem_code(decoded.problem.kind));
		assert_int_equal(decoded.report_count, 0);
	}
}

static void reads_all_reports_of_one_mail(void **state)
{
	(void)state;
	buf_clear(&mail);
	add(TOP "Content-Type: multipart/mixed; boundary=b\r\n\r\n");
	for (int i = 0; i < 3; i++)
		add("--b\r\nContent-Type: application/tlsrpt+json\r\n\r\n" JSON "\r\n");
	add("--b\r\nContent-Type: application/tlsrpt+json\r\n\r\n{broken\r\n--b--\r\n");
	decode(buf_view(&mail));
	assert_int_equal(decoded.report_count, 3);
	assert_string_equal(problem_code(decoded.problem.kind), "json-broken");
	assert_str(decoded.problem.place, "part 4, line 1, byte 1");
}

#define PART(boundary, json) "--" boundary "\r\nContent-Type: application/tlsrpt+json\r\n\r\n" json "\r\n--" boundary "--\r\n"
#define TWO_TYPES                                                                                                      \
	TOP "Content-Type: multipart/mixed; boundary=a\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"

static void believes_neither_of_two_readings(void **state)
{
	static const char other[] = JSON;
	static const struct {
		const char *label, *end;
		size_t reports;
		const char *code;
	} cases[] = {
	    {"another report for who takes the last header", PART("b", "ZZZ"), 0, "mime-ambiguous"},
	    {"the same for both", PART("b", JSON), 1, ""},
	    {"nothing for who takes the last one", "", 1, ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct str rest = str_of(cases[i].end);
		size_t at = str_find(rest, STR("ZZZ"));
		buf_clear(&mail);
		add(TWO_TYPES PART("a", JSON));
		buf_str(&mail, str_upto(rest, at));
		if (at < rest.len) {
			for (const char *c = other; *c != '\0'; c++) /* other counts */
				buf_byte(&mail, *c == '5' ? '6' : *c);
			buf_str(&mail, str_from(rest, at + 3));
		}
		decode(buf_view(&mail));
		if (decoded.report_count != cases[i].reports || strcmp(problem_code(decoded.problem.kind), cases[i].code) != 0)
			fail_msg("%s: %zu, %s", cases[i].label, decoded.report_count, problem_code(decoded.problem.kind));
		for (size_t d = 0; cases[i].reports > 0 && d <= decoded.reports[0].deviation_count; d++) {
			if (d == decoded.reports[0].deviation_count)
				fail_msg("%s: nothing is said of it", cases[i].label);
			if (decoded.reports[0].deviations[d].kind == DEVIATION_MIME_AMBIGUOUS)
				break;
		}
	}
}

static double cpu_secs(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void assert_code(const char *label, const char *code, double since)
{
	if (strcmp(problem_code(decoded.problem.kind), code) != 0)
		fail_msg("%s: %s", label, problem_code(decoded.problem.kind));
	if (cpu_secs() - since > 2)
		fail_msg("%s took %.1f s", label, cpu_secs() - since);
	if (arena.total > MIB(100))
		fail_msg("%s took %zu bytes", label, arena.total);
}

static void repeat(struct buf *buf, const char *text, size_t times)
{
	for (size_t i = 0; i < times; i++)
		buf_text(buf, text);
}

static void stops_at_each_bomb(void **state)
{
	static const struct {
		const char *label, *front, *text, *back;
		size_t times;
		bool packed;
		const char *code;
	} bombs[] = {
	    {"zeros", "", "\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t", "", MIB(4), true, "inflate-limit"},
	    {"objects", "[", "{},", "{}]", MIB(8), true, "json-limit"},
	    {"empty texts", "[", "\"\",", "1]", MIB(8), true, "json-limit"},
	    {"deep", "", "[", "", MIB(1), true, "json-limit"},
	    {"deep objects", "", "{\"\":", "", 250001, false, "json-limit"},
	    {"numbers", "[", "1,", "1]", MIB(12), true, "json-limit"},
	    {"one text", "{\"a\":\"", "xxxxxxxxxxxxxxxx", "\"}", MIB(1), true, "not-tlsrpt"},
	    {"headers", "From: a@b.example\r\n", "X-A: b\r\n", "\r\n" JSON, 100000, false, "header-limit"},
	    {"folds", "From: a@b.example\r\nX-A: b\r\n", " c\r\n", "\r\n" JSON, 300000, false, "header-limit"},
	    {"parts", "From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n", "--b\r\n\r\nx\r\n", "", 100000,
	     false, "mime-limit"},
	    {"near boundaries", "From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n", "--bc\r\n",
	     "--b--", 1000000, false, "no-report"},
	    {"mails in mails", "From: a@b.example\r\n", "Content-Type: message/rfc822\r\n\r\n", "", 100000, false, "mime-limit"},
	    {"parameters", "From: a@b.example\r\nContent-Type: multipart/mixed", "; a*1=b", "\r\n\r\nx", 8000, false, "no-report"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof bombs / sizeof bombs[0]; i++) {
		struct buf plain, packed;
		buf_init(&plain, MIB(128));
		buf_init(&packed, 1);
		buf_text(&plain, bombs[i].front);
		repeat(&plain, bombs[i].text, bombs[i].times);
		buf_text(&plain, bombs[i].back);
		struct str bytes = bombs[i].packed ? gzipped(buf_view(&plain), &packed) : buf_view(&plain);
		double since = cpu_secs();
		decode(bytes);
		assert_code(bombs[i].label, bombs[i].code, since);
		buf_done(&plain);
		buf_done(&packed);
	}
}

/* `levels` multiparts inside of each other. */
static void stops_below_ten_levels(void **state)
{
	(void)state;
	for (unsigned levels = 1; levels < 3000; levels = levels < 12 ? levels + 1 : levels * 10) {
		buf_clear(&mail);
		add("From: a@b.example\r\n");
		for (unsigned i = 0; i < levels; i++)
			buf_format(&mail, "Content-Type: multipart/mixed; boundary=b%u\r\n\r\n--b%u\r\n", i, i);
		add("Content-Type: application/json\r\n\r\n" JSON "\r\n");
		for (unsigned i = levels; i > 0; i--)
			buf_format(&mail, "--b%u--\r\n", i - 1);
		decode(buf_view(&mail));
		assert_int_equal(decoded.report_count, levels <= LIMIT_MIME_DEPTH);
		assert_string_equal(problem_code(decoded.problem.kind), levels <= LIMIT_MIME_DEPTH ? "" : "mime-limit");
	}
}

static void reads_each_gzip_member(void **state)
{
	struct buf packed, twice;

	(void)state;
	struct str one = gzipped(STR(JSON), &packed);
	buf_init(&twice, MIB(1));
	buf_str(&twice, one);
	buf_str(&twice, one);
	buf_text(&twice, "junk");
	decode(buf_view(&twice));
	assert_int_equal(decoded.report_count, 2);
	assert_int_equal(decoded.reports[0].deviation_count, 2);
	buf_clear(&twice);
	struct buf left, right;
	buf_str(&twice, gzipped(str_upto(STR(JSON), 100), &left));
	buf_str(&twice, gzipped(str_from(STR(JSON), 100), &right));
	decode(buf_view(&twice));
	assert_int_equal(decoded.report_count, 1);
	assert_string_equal(deviation_code(decoded.reports[0].deviations[0].kind), "gzip-members");
	buf_clear(&twice);
	struct buf again;
	buf_str(&twice, gzipped(one, &again));
	decode(buf_view(&twice));
	assert_string_equal(problem_code(decoded.problem.kind), "nested-compression");
	buf_done(&packed);
	buf_done(&twice);
	buf_done(&left);
	buf_done(&right);
	buf_done(&again);
}

static void a_broken_part_never_loses_the_next_one(void **state)
{
	struct buf packed;
	struct str whole = gzipped(STR(JSON), &packed);

	(void)state;
	buf_clear(&mail);
	add(TOP "Content-Type: multipart/mixed; boundary=b\r\n\r\n");
	for (int i = 0; i < 3; i++) {
		add("--b\r\nContent-Type: application/tlsrpt+gzip\r\nContent-Transfer-Encoding: base64\r\n\r\n");
		add_base64(i == 1 ? whole : str_upto(whole, whole.len / 2));
	}
	add("--b--\r\n");
	decode(buf_view(&mail));
	assert_int_equal(decoded.report_count, 1);
	assert_string_equal(problem_code(decoded.problem.kind), "gzip-truncated");
	assert_true(str_starts_with(decoded.problem.place, STR("part 1, byte ")));
	buf_done(&packed);
}

static void tells_a_cut_gzip_from_a_damaged_one(void **state)
{
	struct buf packed;
	struct str whole = gzipped(STR(JSON), &packed);

	(void)state;
	for (size_t len = 2; len < whole.len; len++) {
		char place[32];
		decode(str_upto(whole, len));
		assert_int_equal(decoded.report_count, 0);
		assert_string_equal(problem_code(decoded.problem.kind), "gzip-truncated");
		(void)snprintf(place, sizeof place, "byte %zu", len);
		assert_str(decoded.problem.place, place);
	}
	for (size_t at = whole.len - 8; at < whole.len; at++) {
		packed.p[at] = (char)(packed.p[at] ^ 4);
		decode(buf_view(&packed));
		packed.p[at] = (char)(packed.p[at] ^ 4);
		assert_string_equal(problem_code(decoded.problem.kind), "gzip-broken");
	}
	buf_done(&packed);
}

static int start(void **state)
{
	(void)state;
	arena_init(&arena, MIB(120));
	buf_init(&mail, MIB(8));
	return 0;
}

static int finish(void **state)
{
	(void)state;
	arena_done(&arena);
	buf_done(&mail);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_every_form_of_mail),
	    cmocka_unit_test(reads_every_form_with_lf_and_behind_an_mbox_line),
	    cmocka_unit_test(reads_every_form_inside_of_another_mail),
	    cmocka_unit_test(reads_a_mail_that_is_attached_as_a_file),
	    cmocka_unit_test(reads_base64_that_no_header_announces),
	    cmocka_unit_test(survives_a_cut_at_every_byte),
	    cmocka_unit_test(survives_flipped_bits),
	    cmocka_unit_test(names_what_holds_no_report),
	    cmocka_unit_test(reads_all_reports_of_one_mail),
	    cmocka_unit_test(believes_neither_of_two_readings),
	    cmocka_unit_test(stops_at_each_bomb),
	    cmocka_unit_test(stops_below_ten_levels),
	    cmocka_unit_test(reads_each_gzip_member),
	    cmocka_unit_test(a_broken_part_never_loses_the_next_one),
	    cmocka_unit_test(tells_a_cut_gzip_from_a_damaged_one),
	};
	return cmocka_run_group_tests(tests, start, finish);
}
