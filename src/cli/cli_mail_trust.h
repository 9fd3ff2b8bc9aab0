/* SPDX-License-Identifier: ISC */
#pragma once
/* Judges a mail from a file as the server would judge it by SMTP: its DKIM signatures, with keys from DNS. */
#include "base/arena.h"
#include "base/err.h"
#include "present/report_view.h"
#include "report/decoded.h"

struct cli_mail_trust {
	const char *const *resolvers; /* "ADDRESS@PORT"; none: those of the system */
	size_t resolver_count;
	const char *trust_anchor; /* NULL: the public root */
};

/* Fills trust, trust_reason and the signatures of `out`, and may set the reporter of the reports to the proven domain.
 * ERR_SETUP, ERR_INPUT: a resolver cannot be used. */
bool cli_mail_trust_judge(const struct cli_mail_trust *how, const struct arrival *arrival, struct decoded *decoded,
                          struct arena *arena, struct report_view *out, struct err *err);
