/* SPDX-License-Identifier: ISC */
#pragma once
/* What one report says, in sentences: chosen by rules over how much failed, what the policies asked for, and why.
 *
 * A report is about mail that comes in to the domains it names, and it counts sessions.  Units of MTA-STS and DANE for the
 * same domain may describe the same sessions: there the larger of the two gives the figure.  For different domains (DANE
 * units often name the MX host) they are added.  Either way a sentence says so. */
#include "base/arena.h"
#include "present/doc.h"
#include "report/report.h"

struct report_figures {
	uint64_t total, failed;   /* as above */
	uint64_t secured;         /* under MTA-STS or DANE */
	uint64_t without_policy;  /* no-policy-found, mode none: nothing failed and nothing was asked for */
	uint64_t refused;         /* failed while the policy was enforced */
	uint64_t testing;         /* failed while MTA-STS was in testing mode */
	uint64_t unexplained;
	bool has_sts, has_tlsa;
	bool may_overlap;         /* MTA-STS and DANE for the same domain */
	uint64_t sts_total, sts_failed, tlsa_total, tlsa_failed;
};

struct report_words {
	struct report_figures figures;
	struct str title;    /* "Report from Google about example.com, 21 November 2026 (UTC)" */
	struct str reporter; /* "Google", "the reporter" */
	struct str subject;  /* the same at the begin of a sentence */
	struct str domains;  /* "example.com and example.org" */
	enum doc_tone tone;
	const char *word;    /* of the badge, English */
	struct str *sentences; /* the first `verdict_count` answer the question, the others say more */
	size_t verdict_count, count;
};

void report_words(const struct report *report, struct arena *arena, struct report_words *out);
/* Failed sessions of the unit that were refused: by its details, and by its policy for what they do not explain. */
uint64_t report_words_refused(const struct unit *unit);
