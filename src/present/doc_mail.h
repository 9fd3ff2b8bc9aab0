/* SPDX-License-Identifier: ISC */
#pragma once
/* A document as the HTML part of a mail: one column of 600 pixels in tables, styles in place, nothing that is loaded, no
 * colour that a dark reader could turn against the text.  The text part of the same mail is doc_text. */
#include "base/buf.h"
#include "present/doc.h"

struct doc_mail_look {
	struct str base; /* of our pages, "https://tls.example.com"; absent: no links */
	const char *lang;
	bool has_parts; /* the logo of the letterhead is a part of the mail, DOC_MAIL_LOGO_ID; else it stands in the page */
};
#define DOC_MAIL_LOGO_ID "letterhead@mailseal"

void doc_mail(const struct doc *doc, const struct doc_mail_look *look, struct buf *out);
