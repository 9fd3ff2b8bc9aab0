/* SPDX-License-Identifier: ISC */
#pragma once
/* The two TXT records: TLS-RPT (RFC 8460 section 3) and MTA-STS (RFC 8461 section 3.1), read and written. */
#include "base/buf.h"
#include "base/err.h"
#include "report/finding.h"
#include "report/report.h"

enum txt_kind { TXT_TLSRPT, TXT_STS, TXT_KIND_COUNT };

const char *txt_kind_text(enum txt_kind kind);  /* "tls-rpt", "mta-sts" */
const char *txt_kind_label(enum txt_kind kind); /* "_smtp._tls", "_mta-sts" */

struct txt_tag {
	struct str name, value;
	const char *sentence; /* what it means: English, out of facts/record_parts.h */
};

struct txt_record {
	enum txt_kind kind;
	bool is_valid; /* a sender would use it */
	struct txt_tag *tags;
	size_t tag_count;
	struct str_list rua; /* TLS-RPT: the addresses, as written */
	struct str id;       /* MTA-STS */
};

/* Which kind a text is meant to be, also when misspelt; false when neither. */
bool txt_record_kind(struct str text, enum txt_kind *out_kind);

/* One record: the strings of the TXT already joined.  Texts point into `text`. */
void txt_record_read(struct str text, enum txt_kind kind, struct str subject, struct arena *arena,
                     struct txt_record *out, struct findings *findings);

/* Chooses among all TXT records at the name, as a sender does (RFC 8460 section 3: those that do not begin with the
 * version are dropped, exactly one must be left).  -1 where none counts; findings say why. */
int txt_record_choose(const struct str_list *texts, enum txt_kind kind, struct str subject, struct arena *arena,
                      struct findings *findings);

/* Appends `uri` with what RFC 8460 section 3 wants percent-encoded.  A bare address becomes mailto:.
 * ERR_INPUT for what cannot be a mailto: or https: URI. */
bool txt_record_encode_rua(struct str uri, struct buf *out, struct err *err);

/* "v=TLSRPTv1; rua=..."; the URIs are encoded already. */
void txt_record_write_tlsrpt(const struct str_list *rua, struct buf *out);
void txt_record_write_sts(struct str id, struct buf *out);
