/* SPDX-License-Identifier: ISC */
#pragma once
/* A generated report as the mail that carries it. */
#include "base/buf.h"
#include "bench/world.h"

struct report_mail; /* keeps the compressor and its buffers from mail to mail */

struct report_mail *report_mail_new(void);
void report_mail_free(struct report_mail **mail);

enum report_mail_form {
	REPORT_MAIL_GZIP,       /* multipart/report, application/tlsrpt+gzip, base64: what nearly all send */
	REPORT_MAIL_JSON,       /* application/tlsrpt+json, base64 */
	REPORT_MAIL_PLAIN,      /* application/tlsrpt+json, 7bit */
	REPORT_MAIL_QUOTED,     /* application/tlsrpt+json, quoted-printable */
	REPORT_MAIL_GENERIC,    /* application/gzip with a name */
	REPORT_MAIL_MIXED,      /* multipart/mixed around the tlsrpt+gzip part */
	REPORT_MAIL_FORMS,
};

/* Appends the mail with CRLF line ends. */
void report_mail_write(struct report_mail *mail, const struct world_report *report, enum report_mail_form form,
                       struct buf *out);
/* Appends the gzip file. */
void report_mail_gzip(struct report_mail *mail, struct str text, struct buf *out);
/* The file name of RFC 8460 section 5.1, without its suffix. */
#define REPORT_MAIL_NAME_MAX 320
void report_mail_name(const struct world_report *report, char out[REPORT_MAIL_NAME_MAX]);
