/* SPDX-License-Identifier: ISC */
#pragma once
/* What `decode` answers for one arrival: the reports found, the problem if a part or all of it cannot be read, and what
 * the mail around them says.  An arrival with reports and a problem is stored and quarantined. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "facts/problems.h"
#include "report/report.h"

enum problem_kind {
	PROBLEM_NONE,
#define X(id, code, sentence) PROBLEM_##id,
	PROBLEMS(X)
#undef X
	    PROBLEM_COUNT
};

struct problem {
	enum problem_kind kind;
	struct str place;    /* "line 3, byte 120", a JSON pointer, "part 1.2"; may be absent */
	struct str detail;   /* a sentence about this case; may be absent */
	struct str expected; /* what should stand there; may be absent */
};

/* One DKIM-Signature, parsed, with the hashes made over the bytes (RFC 6376 section 3.7): everything that needs the
 * mail.  The key and the check of the signature itself come later, outside the sandbox. */
enum dkim_algorithm { DKIM_RSA_SHA256, DKIM_ED25519_SHA256, DKIM_RSA_SHA1, DKIM_ALGORITHM_OTHER };

struct dkim_form {
	struct str domain;   /* d=, lower case */
	struct str selector; /* s= */
	struct str algorithm_text;
	enum dkim_algorithm algorithm;
	struct str signature; /* b=, decoded */
	struct str header_hash; /* 32 bytes: SHA-256 of the header block as signed */
	bool body_matches;    /* bh= equals the hash of the body */
	bool has_length;      /* l= is there: counts as unsigned (RFC 8460 section 3) */
	instant signed_at, expires_at; /* t=, x=; INSTANT_NONE */
	bool identity_is_deeper; /* i= names a subdomain of d= */
	struct str fault;     /* why the form is unusable, in words; absent if it can be verified */
};

struct mail_facts {
	bool is_mail; /* false for a bare JSON, gzip or zip: nothing below is set */
	struct str from, subject, message_id, date;
	struct str report_domain; /* TLS-Report-Domain */
	struct str submitter;     /* TLS-Report-Submitter */
	struct dkim_form *signatures;
	size_t signature_count;
};

struct decoded {
	struct report *reports;
	size_t report_count;
	struct problem problem;
	struct mail_facts mail;
	struct str text;    /* what arrival.wants_text asked for, its first LIMIT_SHOWN_TEXT_BYTES; absent */
	uint64_t text_bytes; /* how long it is */
};

const char *problem_code(enum problem_kind kind); /* "" for PROBLEM_NONE */
const char *problem_sentence(enum problem_kind kind);
