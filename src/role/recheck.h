/* SPDX-License-Identifier: ISC */
#pragma once
/* Whether what an issue is about is still so, by our own look: which look its matter asks for, and what such a look says
 * of it.  The one place for `mailseal issue recheck` and for the looks that the server makes of its own accord.  Pure. */
#include "report/check.h"
#include "report/issue.h"

struct recheck_plan {
	unsigned parts;    /* of domain_look(): a set of enum domain_look_part */
	struct str domain; /* what to look at; the host itself where no domain is known */
	struct str server; /* only this one; absent: those of the domain */
};

/* False where no look of ours can show it: a sender's own fault, silence, habits.  `member` is one of the domains of the
 * issue, or absent.  The plan points into `issue` and `member`. */
bool recheck_plan(const struct issue *issue, struct str member, struct recheck_plan *out);

enum recheck_verdict {
	RECHECK_CLEAN,
	RECHECK_BROKEN,
	RECHECK_CANNOT_TELL, /* the look did not come so far, or did not look there */
	RECHECK_COUNT
};

struct recheck_seen {
	enum recheck_verdict verdict;
	const struct finding *finding; /* what shows that it is broken; may be NULL */
};

/* `check` is a look with at least the parts of the plan; that of a whole domain will do, for each issue on it or on one
 * of its servers. */
void recheck_judge(const struct issue *issue, const struct check *check, struct recheck_seen *out);

/* How the look is kept in the history of the issue: the code of the finding, its subject and detail, parted by blanks;
 * absent without a finding.  In the arena. */
struct str recheck_story(const struct recheck_seen *seen, struct arena *arena);
