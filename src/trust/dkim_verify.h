/* SPDX-License-Identifier: ISC */
#pragma once
/* The verdict on the DKIM signatures of a mail (RFC 6376, 8301, 8463; RFC 8460 section 3), in two steps: the plan says what
 * can be said without DNS and which keys are needed; the judge takes the answer of DNS for one of them.  Who asks DNS
 * stands between the two. */
#include "base/limits.h"
#include "report/decoded.h"
#include "sys/resolve.h"

enum dkim_verdict {
	DKIM_PASS,
	DKIM_FAIL,      /* the mail is not as it was signed, or the signature is too weak or over */
	DKIM_POLICY,    /* it may hold, and cannot be used: l=, a key for other uses, too many signatures */
	DKIM_PERMERROR, /* signature or key record are unusable */
	DKIM_TEMPERROR, /* the key cannot be looked up now */
	DKIM_VERDICT_COUNT
};

struct dkim_result {
	struct str domain, selector, algorithm; /* as in struct dkim_form */
	enum dkim_verdict verdict;
	bool is_aligned; /* d= is of the reporter's organisation, for every report of the mail */
	bool is_weak;    /* RSA below 2048 bits */
	bool is_secure;  /* the key came with DNSSEC */
	struct str reason;
};

struct dkim_plan {
	struct dkim_result *results; /* one for each signature of the mail, in its order */
	size_t count;
	size_t ask[LIMIT_DKIM_VERIFIED]; /* which of them need a key, those of the reporter first */
	size_t ask_count;
};

/* `at` is the time of the arrival: x= and t= are held against it. */
void dkim_verify_plan(const struct decoded *decoded, instant at, struct arena *arena, struct dkim_plan *out);

/* The name of the key record, SELECTOR._domainkey.DOMAIN; false where it cannot stand in DNS. */
bool dkim_verify_name(struct str domain, struct str selector, char name[RESOLVE_NAME_MAX], struct str *out);

/* Finishes one result of the plan: verdict, is_weak, is_secure, reason. */
void dkim_verify_judge(const struct dkim_form *form, const struct resolve_answer *answer, struct arena *arena,
                       struct dkim_result *result);

/* Whether what `domain` signs may speak for `claim`: of the same organisation; where anybody may have a mailbox, and gets
 * its signature, for that very domain alone. */
bool dkim_verify_same(struct str domain, struct str claim);
/* Whether d= is of the same organisation as the report's contact-info or the submitter of its mail. */
bool dkim_verify_aligned(struct str domain, const struct report *report, struct str submitter);

/* The domain that contact-info names: of a mail address or a URL.  Absent where there is none. */
struct str dkim_verify_contact(struct str contact_info);

const char *dkim_verdict_text(enum dkim_verdict verdict); /* "pass" */
