/* SPDX-License-Identifier: ISC */
#include "bench/report_mail.h"

#include <inttypes.h>
#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/instant.h"
#include "base/mem.h"
#include "bench/report_text.h"

#define TEXT_BYTES_MAX ((size_t)1024 * 1024)
#define COMPRESSION_LEVEL 6

struct report_mail {
	struct libdeflate_compressor *compressor;
	struct buf text, packed;
};

struct report_mail *report_mail_new(void)
{
	struct report_mail *mail = mem_new(sizeof(*mail));
	mail->compressor = libdeflate_alloc_compressor(COMPRESSION_LEVEL);
	if (mail->compressor == NULL)
		abort();
	buf_init(&mail->text, TEXT_BYTES_MAX);
	buf_init(&mail->packed, TEXT_BYTES_MAX);
	return mail;
}

void report_mail_free(struct report_mail **mail)
{
	if (*mail == NULL)
		return;
	libdeflate_free_compressor((*mail)->compressor);
	buf_done(&(*mail)->text);
	buf_done(&(*mail)->packed);
	mem_free(*mail);
	*mail = NULL;
}

void report_mail_gzip(struct report_mail *mail, struct str text, struct buf *out)
{
	size_t bound = libdeflate_gzip_compress_bound(mail->compressor, text.len);
	char *room = buf_reserve(out, bound);
	if (room == NULL)
		return;
	buf_advance(out, libdeflate_gzip_compress(mail->compressor, text.p, text.len, room, bound));
}

void report_mail_name(const struct world_report *report, char out[REPORT_MAIL_NAME_MAX])
{
	struct report_ids ids;
	report_ids(report, &ids);
	int64_t from = day_start(report->day);
	snprintf(out, REPORT_MAIL_NAME_MAX, "%s!%s!%" PRId64 "!%" PRId64 "%s%s", report->reporter->submitter,
	         report->domain->name, from, from + SECS_PER_DAY - 1, ids.unique[0] == 0 ? "" : "!", ids.unique);
}

/* ---- transfer encodings ---- */

static void base64_lines(struct str bytes, struct buf *out)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t column = 0;
	for (size_t i = 0; i < bytes.len; i += 3) {
		size_t left = bytes.len - i;
		uint32_t three = (uint32_t)(unsigned char)bytes.p[i] << 16;
		three |= left > 1 ? (uint32_t)(unsigned char)bytes.p[i + 1] << 8 : 0;
		three |= left > 2 ? (uint32_t)(unsigned char)bytes.p[i + 2] : 0;
		char four[4] = {digits[three >> 18], digits[three >> 12 & 63], left > 1 ? digits[three >> 6 & 63] : '=',
		                left > 2 ? digits[three & 63] : '='};
		buf_bytes(out, four, 4);
		column += 4;
		if (column == 76 || left <= 3) {
			buf_text(out, "\r\n");
			column = 0;
		}
	}
}

static void quoted_printable(struct str bytes, struct buf *out)
{
	size_t column = 0;
	for (size_t i = 0; i < bytes.len; i++) {
		unsigned char c = (unsigned char)bytes.p[i];
		if (column >= 72) {
			buf_text(out, "=\r\n");
			column = 0;
		}
		if (c == '\n') {
			buf_text(out, "\r\n");
			column = 0;
		} else if (c < ' ' || c == '=' || c > '~' ||
		           (c == ' ' && (i + 1 == bytes.len || bytes.p[i + 1] == '\n'))) {
			buf_format(out, "=%02X", c);
			column += 3;
		} else {
			buf_byte(out, (char)c);
			column++;
		}
	}
	buf_text(out, "\r\n");
}

static void plain_lines(struct str text, struct buf *out)
{
	for (struct str rest = text; rest.p != NULL && rest.len > 0;) {
		buf_str(out, str_cut(&rest, '\n'));
		buf_text(out, "\r\n");
	}
}

/* ---- the mail ---- */

static void date_stamp(const struct world_report *report, struct buf *out)
{
	static const char *const weekdays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
	static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
	                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	struct day_parts parts = day_split(report->day + 1);
	struct random random = {report->number};
	uint32_t minute = 10 * 60 + random_below(&random, 300);
	buf_format(out, "%s, %d %s %d %02u:%02u:%02u +0000\r\n", weekdays[parts.weekday], parts.day,
	           months[parts.month - 1], parts.year, minute / 60, minute % 60, random_below(&random, 60));
}

static void signature_header(const struct world_report *report, struct buf *out)
{
	struct random random = {report->number ^ UINT64_C(0x5eed)};
	char noise[64];
	buf_format(out, "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=%s; s=mail2025;\r\n",
	           strchr(report->reporter->from, '@') + 1);
	buf_text(out, "\th=to:subject:message-id:tls-report-submitter:tls-report-domain:date:from:mime-version;\r\n\tb=");
	for (int i = 0; i < 5; i++) {
		snprintf(noise, sizeof(noise), "%016" PRIx64 "%016" PRIx64 "%016" PRIx64, random_next(&random),
		         random_next(&random), random_next(&random));
		buf_format(out, "%s\r\n\t ", noise);
	}
	buf_text(out, "ab=\r\n");
}

static void headers(const struct world_report *report, enum report_mail_form form, const char *boundary,
                    struct buf *out)
{
	const struct world_reporter *reporter = report->reporter;
	const char *domain = report->domain->name;
	struct report_ids ids;
	report_ids(report, &ids);
	buf_format(out, "Received: from out.%s (out.%s [198.51.100.%u])\r\n\tby mx1.%s with ESMTPS id %" PRIx64 ";\r\n",
	           reporter->submitter, reporter->submitter, 1 + (unsigned)(report->number % 250), domain,
	           report->number + 0x10000);
	buf_text(out, "\t");
	date_stamp(report, out);
	signature_header(report, out);
	buf_text(out, "MIME-Version: 1.0\r\n");
	buf_text(out, "Date: ");
	date_stamp(report, out);
	buf_format(out, "Message-ID: <%016" PRIx64 ".tlsrpt@%s>\r\n", report->number ^ UINT64_C(0xa5a5a5a5),
	           reporter->manner == MANNER_MICROSOFT ? domain : reporter->submitter);
	buf_format(out, "Subject: Report Domain: %s\r\n Submitter: %s\r\n Report-ID: %s\r\n", domain,
	           reporter->submitter, ids.subject);
	buf_format(out, "From: <%s>\r\nTo: <tlsrpt@%s>\r\n", reporter->from, domain);
	buf_format(out, "TLS-Report-Domain: %s\r\nTLS-Report-Submitter: %s\r\n", domain, reporter->submitter);
	if (reporter->manner == MANNER_MOX || reporter->manner == MANNER_POSTFIX)
		buf_text(out, "TLS-Required: No\r\n");
	if (reporter->manner == MANNER_MAILRU)
		buf_text(out, "Auto-Submitted: auto-generated\r\n");
	if (form == REPORT_MAIL_MIXED)
		buf_format(out, "Content-Type: multipart/mixed; boundary=\"%s\"\r\n\r\n", boundary);
	else
		buf_format(out, "Content-Type: multipart/report; report-type=tlsrpt;\r\n\tboundary=\"%s\"\r\n\r\n",
		           boundary);
}

static void words(const struct world_report *report, const char *boundary, struct buf *out)
{
	buf_format(out, "--%s\r\n", boundary);
	if (report->reporter->manner == MANNER_MICROSOFT) {
		buf_text(out, "Content-Type: text/html; charset=\"us-ascii\"\r\n"
		              "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
		              "<html><body><p style=3D\"margin:0\">This is an aggregate TLS report.</p></body></html=\r\n>\r\n");
		return;
	}
	buf_format(out, "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\n"
	                "This is an aggregate TLS report from %s for %s.\r\n",
	           report->reporter->organization, report->domain->name);
}

static void attachment(struct report_mail *mail, const struct world_report *report, enum report_mail_form form,
                       const char *boundary, struct buf *out)
{
	static const char *const types[REPORT_MAIL_FORMS] = {"application/tlsrpt+gzip", "application/tlsrpt+json",
	                                                     "application/tlsrpt+json", "application/tlsrpt+json",
	                                                     "application/gzip",        "application/tlsrpt+gzip"};
	static const char *const encodings[REPORT_MAIL_FORMS] = {"base64",           "base64", "7bit",
	                                                         "quoted-printable", "base64", "base64"};
	bool packed = form == REPORT_MAIL_GZIP || form == REPORT_MAIL_GENERIC || form == REPORT_MAIL_MIXED;
	char name[REPORT_MAIL_NAME_MAX];
	report_mail_name(report, name);
	buf_format(out, "--%s\r\nContent-Type: %s", boundary, types[form]);
	if (report->reporter->manner != MANNER_MICROSOFT)
		buf_format(out, ";\r\n\tname=\"%s.json%s\"", name, packed ? ".gz" : "");
	buf_format(out, "\r\nContent-Disposition: attachment;\r\n\tfilename=\"%s.json%s\"\r\n", name,
	           packed ? ".gz" : "");
	buf_format(out, "Content-Transfer-Encoding: %s\r\n\r\n", encodings[form]);
	if (packed) {
		buf_clear(&mail->packed);
		report_mail_gzip(mail, buf_view(&mail->text), &mail->packed);
		base64_lines(buf_view(&mail->packed), out);
	} else if (form == REPORT_MAIL_QUOTED) {
		quoted_printable(buf_view(&mail->text), out);
	} else if (form == REPORT_MAIL_PLAIN) {
		plain_lines(buf_view(&mail->text), out);
	} else {
		base64_lines(buf_view(&mail->text), out);
	}
}

void report_mail_write(struct report_mail *mail, const struct world_report *report, enum report_mail_form form,
                       struct buf *out)
{
	char boundary[48];
	struct random random = {report->number ^ UINT64_C(0xb0)};
	snprintf(boundary, sizeof(boundary), "=_%016" PRIx64 "_%u", random_next(&random), (unsigned)report->number % 10);
	buf_clear(&mail->text);
	report_text(report, &mail->text);
	headers(report, form, boundary, out);
	words(report, boundary, out);
	attachment(mail, report, form, boundary, out);
	buf_format(out, "--%s--\r\n", boundary);
}
