/* SPDX-License-Identifier: ISC */
#pragma once
/* TLSA records (RFC 6698, RFC 7671) as SMTP senders use them (RFC 7672). */
#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

enum tlsa_usage { TLSA_PKIX_TA, TLSA_PKIX_EE, TLSA_DANE_TA, TLSA_DANE_EE };
enum tlsa_selector { TLSA_CERT, TLSA_SPKI };
enum tlsa_matching { TLSA_FULL, TLSA_SHA256, TLSA_SHA512 };

struct tls_record {
	unsigned usage, selector, matching; /* as published; may be unknown numbers */
	struct str data;                    /* bytes */
};

/* Why a record cannot be used, or that it can (RFC 7672 sections 3.1 and 3.1.3). */
enum tlsa_fault {
	TLSA_USABLE,
	TLSA_USAGE_PKIX,     /* 0 or 1: senders may treat it as unusable */
	TLSA_USAGE_UNKNOWN,
	TLSA_SELECTOR_UNKNOWN,
	TLSA_MATCHING_UNKNOWN,
	TLSA_DIGEST_LENGTH,  /* not 32 or 64 bytes */
	TLSA_DATA_EMPTY,
	TLSA_FAULT_COUNT
};

/* From the wire form of the RDATA; false when it is shorter than three bytes. */
bool tls_record_read(struct str rdata, struct tls_record *out);
/* From "3 1 1 HEX", blanks inside the hex allowed; bytes live in `arena`. */
bool tls_record_parse(struct str text, struct arena *arena, struct tls_record *out);
/* "3 1 1 hex" */
void tls_record_write(const struct tls_record *record, struct buf *out);

enum tlsa_fault tls_record_fault(const struct tls_record *record);
const char *tlsa_fault_sentence(enum tlsa_fault fault);
