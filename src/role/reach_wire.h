/* SPDX-License-Identifier: ISC */
#pragma once
/* What `keep` asks `reach` (ASK), and what it is told (TOLD).  Both are checked when they are read. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "sys/resolve.h"

enum reach_kind {
	REACH_DNS,     /* a question to the DNS */
	REACH_DELIVER, /* an alert: report/alert_request.h */
	REACH_LOOK,    /* a look at a domain: role/look_wire */
	REACH_SETUP,   /* an errand of the set-up guide: role/setup_wire */
	REACH_OIDC,    /* a question to a provider of OpenID Connect: role/oidc_wire */
	REACH_KIND_COUNT
};

struct reach_question {
	enum reach_kind kind;
	enum resolve_type type;
	struct str name; /* points into the message */
};

void reach_write_question(const struct reach_question *question, struct buf *out);
bool reach_read_question(struct str body, struct reach_question *out, struct err *err);

void reach_write_answer(const struct resolve_answer *answer, struct buf *out);
bool reach_read_answer(struct str body, struct arena *arena, struct resolve_answer *out, struct err *err);
