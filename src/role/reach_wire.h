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

/* Who in `keep` waits for an answer: the top byte of the id of each ASK and of its TOLD.  What is below it is his own. */
enum reach_desk {
	REACH_DESK_KEYS,   /* role/key_desk */
	REACH_DESK_PLACES, /* role/keep_places */
	REACH_DESK_ALERTS, /* role/alert_desk */
	REACH_DESK_LOOKS,  /* role/look_schedule */
	REACH_DESK_SETUP,  /* role/setup_desk */
	REACH_DESK_OIDC,   /* role/oidc_desk */
};

#define REACH_DESK_SHIFT 56
#define REACH_NUMBER_MAX ((UINT64_C(1) << REACH_DESK_SHIFT) - 1)
static inline uint64_t reach_id(enum reach_desk desk, uint64_t number)
{
	return (uint64_t)desk << REACH_DESK_SHIFT | (number & REACH_NUMBER_MAX);
}
static inline bool reach_id_is_of(uint64_t id, enum reach_desk desk)
{
	return id >> REACH_DESK_SHIFT == (uint64_t)desk;
}

struct reach_question {
	enum reach_kind kind;
	enum resolve_type type;
	struct str name; /* points into the message */
};

void reach_write_question(const struct reach_question *question, struct buf *out);
bool reach_read_question(struct str body, struct reach_question *out, struct err *err);

void reach_write_answer(const struct resolve_answer *answer, struct buf *out);
bool reach_read_answer(struct str body, struct arena *arena, struct resolve_answer *out, struct err *err);
