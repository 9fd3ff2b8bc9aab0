/* SPDX-License-Identifier: ISC */
#pragma once
/* How far an arrival may be believed (docs/ARCHITECTURE.md, "Trust"), and why, in words. */
#include "report/arrival.h"
#include "trust/dkim_verify.h"

struct grade {
	enum trust trust;
	struct str reason; /* "signed by google.com" */
	struct str signer; /* d= of the signature that decides; absent where none holds */
	bool needs_key;    /* looking up a key again may make it better */
};

/* `results` are those of the finished plan; none for what is no mail. */
void grade_arrival(const struct arrival *arrival, const struct dkim_result *results, size_t count,
                   struct arena *arena, struct grade *out);

/* Sets the reporter of each report to the domain that is proven where the signature is that of the mail's submitter and
 * contact-info names somebody else: so that nobody can report in the name of another by naming him in contact-info. */
void grade_claim(const struct grade *grade, struct arena *arena, struct decoded *decoded);
