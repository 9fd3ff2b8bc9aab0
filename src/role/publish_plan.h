/* SPDX-License-Identifier: ISC */
#pragma once
/* Publishing a policy: what is to be served, what speaks against it, the word to `keep`, and what comes next.  Whoever asks
 * for it has looked before, and sends the word himself. */
#include "base/buf.h"
#include "present/advice_doc.h"
#include "publish/zone_format.h"
#include "report/publishing.h"
#include "store/store.h"

struct publish_order {
	struct str domain, who;
	bool has_mode, has_max_age;
	enum sts_mode mode;
	uint64_t max_age_secs;
	struct str_list mx; /* empty: the live ones */
	bool is_down, is_leaving, is_retreat;
	unsigned overruled; /* enum published_overruled */
	int64_t wave;
	enum zone_format format;
	uint32_t ttl_secs;
};

/* What has to be looked at: enum domain_look_part, 0 for all. */
unsigned publish_plan_parts(const struct publish_order *order, const struct published *was);

/* With reasons in `out` it is not to be done.  ERR_MISSING: the domain is not listed, or nothing is served; ERR_LATER: its
 * mail servers could not be told; ERR_INPUT: it has none. */
bool publish_plan(struct store *store, const struct check *check, const struct advice_page *page,
                  const struct publish_order *order, struct arena *arena, struct publishing *out, struct err *err);

/* How old the look may be by which the web publishes. */
#define PUBLISH_PLAN_LOOK_SECS 900
/* And how many days of sessions it is judged by. */
#define PUBLISH_PLAN_WINDOW_DAYS 14

/* An id for what is only planned, and its record: whoever serves the file elsewhere takes it from there.
 * Where nothing would change it is that of what is served. */
bool publish_plan_propose(struct store *store, const struct check *check, const struct publish_order *order,
                          struct arena *arena, struct publishing *out, struct err *err);

/* The arguments of the verb policy-publish (role/keep_policy.h). */
bool publish_plan_request(const struct publishing *publishing, const struct check *check, struct buf *out, struct err *err);
/* Its answer, and the record that is to be set now. */
bool publish_plan_done(struct str answer, const struct publish_order *order, struct arena *arena, struct publishing *out,
                       struct err *err);
