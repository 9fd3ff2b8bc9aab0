/* SPDX-License-Identifier: ISC */
#pragma once
/* The digest of a week and the report of a month as a document: for people who run the mail, and for those who pay for it. */
#include "present/doc.h"
#include "present/json_out.h"
#include "report/digest_span.h"

/* "Acme: 1 problem, 38 of 41 domains clean - week of 16 Nov 2026": title of the document and subject of the mail. */
struct str digest_doc_title(struct arena *arena, const struct digest *digest);
void digest_doc(const struct digest *digest, struct arena *arena, struct doc *out);
void digest_doc_json(const struct digest *digest, struct arena *arena, struct json_out *json);
