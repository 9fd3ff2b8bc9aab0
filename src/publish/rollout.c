/* SPDX-License-Identifier: ISC */
#include "publish/rollout.h"

#include <limits.h>

#include "publish/rollout_leaving.h"

#define WEEK_SECS 604800u
#define MONTH_SECS 2592000u

static enum advice_state of_check(enum check_state state, enum advice_state when_wrong)
{
	switch (state) {
	case CHECK_OK: return ADVICE_OK;
	case CHECK_CANNOT_TELL: return ADVICE_UNKNOWN;
	case CHECK_NONE:
	case CHECK_PROBLEMS:
	case CHECK_STATE_COUNT: break;
	}
	return when_wrong;
}

static enum advice_state of_policy(const struct advice_facts *facts)
{
	if (facts->is_valid && facts->mta_sts == CHECK_OK)
		return ADVICE_OK;
	return of_check(facts->mta_sts == CHECK_OK ? CHECK_PROBLEMS : facts->mta_sts, ADVICE_BLOCKS);
}

static enum advice_state of_policy_host(const struct advice_facts *facts, const struct advice_limits *limits)
{
	if (!facts->has_cert_days)
		return ADVICE_UNKNOWN;
	return facts->cert_days < 0                   ? ADVICE_BLOCKS
	       : facts->cert_days < limits->cert_days ? ADVICE_WARNS
	                                              : ADVICE_OK;
}

static enum advice_state of_id(const struct advice_facts *facts)
{
	if (!facts->is_served)
		return ADVICE_IRRELEVANT;
	if (facts->id_matches)
		return ADVICE_OK;
	return facts->record == CHECK_CANNOT_TELL ? ADVICE_UNKNOWN : ADVICE_BLOCKS;
}

static void judge(const struct advice_facts *facts, const struct advice_limits *limits, struct advice *out)
{
	enum advice_state *states = out->states;

	states[ADVICE_TLS_RPT] = of_check(facts->tls_rpt, ADVICE_BLOCKS);
	states[ADVICE_POLICY] = of_policy(facts);
	states[ADVICE_POLICY_HOST] = of_policy_host(facts, limits);
	states[ADVICE_ID] = of_id(facts);
	states[ADVICE_MX_LISTED] = !facts->mx_known || !facts->is_valid ? ADVICE_UNKNOWN
	                           : facts->mx_unlisted > 0             ? ADVICE_BLOCKS
	                                                                : ADVICE_OK;
	states[ADVICE_MX_TLS] = facts->mx_bad > 0                             ? ADVICE_BLOCKS
	                        : !facts->mx_known || facts->mx_unknown > 0 ? ADVICE_UNKNOWN
	                                                                      : ADVICE_OK;
	states[ADVICE_DAYS] = facts->mode_days < limits->days ? ADVICE_BLOCKS : ADVICE_OK;
	/* A small domain may never hear from a second one: that is said, and blocks nothing. */
	states[ADVICE_REPORTERS] = facts->reporters < limits->reporters ? ADVICE_WARNS : ADVICE_OK;
	states[ADVICE_SESSIONS] = facts->sessions < limits->sessions ? ADVICE_WARNS : ADVICE_OK;
	states[ADVICE_REFUSALS] = facts->refused > limits->refused ? ADVICE_BLOCKS
	                          : facts->sessions == 0           ? ADVICE_UNKNOWN
	                                                           : ADVICE_OK;
}

static bool any(const struct advice *advice, enum advice_state state, unsigned except)
{
	for (unsigned i = 0; i < ADVICE_MATTER_COUNT; i++)
		if (i != except && advice->states[i] == state)
			return true;
	return false;
}

/* When the last step is old enough for another one; INSTANT_NONE: nobody knows when it was. */
static instant rested_at(const struct advice_facts *facts, const struct advice_limits *limits)
{
	instant rest = (instant)limits->step_days * SECS_PER_DAY;

	return facts->is_served ? facts->served_since + rest : facts->has_changed ? facts->seen_since + rest : INSTANT_NONE;
}

static bool is_fresh(const struct advice_facts *facts, const struct advice_limits *limits)
{
	instant rested = rested_at(facts, limits);

	return rested != INSTANT_NONE && facts->now < rested;
}

/* An enforced policy that refuses mail, or will. */
static bool is_regression(const struct advice *advice)
{
	return advice->states[ADVICE_MX_LISTED] == ADVICE_BLOCKS || advice->states[ADVICE_MX_TLS] == ADVICE_BLOCKS ||
	       advice->states[ADVICE_REFUSALS] == ADVICE_BLOCKS;
}

static enum advice_step step_of_enforced(const struct advice_facts *facts, const struct advice_limits *limits,
                                         const struct advice *advice)
{
	if (is_regression(advice))
		return ADVICE_RETREAT;
	if (facts->max_age_secs >= MONTH_SECS)
		return ADVICE_STAY;
	if (any(advice, ADVICE_BLOCKS, ADVICE_DAYS))
		return ADVICE_MEND;
	if (any(advice, ADVICE_UNKNOWN, ADVICE_MATTER_COUNT))
		return ADVICE_LOOK_AGAIN;
	if (is_fresh(facts, limits))
		return ADVICE_STEP_WAIT;
	return facts->max_age_secs < WEEK_SECS ? ADVICE_RAISE_WEEK : ADVICE_RAISE_MONTH;
}

static enum advice_step step_of(const struct advice_facts *facts, const struct advice_limits *limits,
                                const struct advice *advice)
{
	if (rollout_leaving_is_none(facts) && facts->cached_until != INSTANT_NONE)
		return facts->now < facts->cached_until ? ADVICE_LEAVING : ADVICE_LEFT;
	if (facts->mta_sts == CHECK_CANNOT_TELL)
		return ADVICE_LOOK_AGAIN;
	bool is_enforced = facts->is_valid && facts->mode == MODE_ENFORCE;
	if (advice->states[ADVICE_ID] == ADVICE_BLOCKS && !(is_enforced && is_regression(advice)))
		return ADVICE_SET_RECORD;
	if (facts->mta_sts == CHECK_NONE || (facts->is_valid && facts->mode == MODE_NONE))
		return ADVICE_START_TESTING;
	if (!facts->is_valid)
		return ADVICE_MEND;
	if (is_enforced)
		return step_of_enforced(facts, limits, advice);
	if (any(advice, ADVICE_BLOCKS, ADVICE_DAYS))
		return ADVICE_MEND;
	if (advice->states[ADVICE_DAYS] == ADVICE_BLOCKS)
		return ADVICE_WAIT;
	if (any(advice, ADVICE_UNKNOWN, ADVICE_MATTER_COUNT))
		return ADVICE_LOOK_AGAIN;
	return ADVICE_ENFORCE;
}

static unsigned rung_of(const struct advice_facts *facts, const struct advice *advice)
{
	if (!facts->is_valid || facts->mode == MODE_NONE || rollout_leaving_is_none(facts))
		return 0;
	if (facts->mode != MODE_ENFORCE)
		return advice->states[ADVICE_DAYS] == ADVICE_OK ? 2 : 1;
	return facts->max_age_secs < WEEK_SECS ? 3 : facts->max_age_secs < MONTH_SECS ? 4 : 5;
}

void rollout_rungs(const struct advice_limits *limits, struct advice_rung out[ADVICE_RUNGS])
{
	const struct advice_rung rungs[ADVICE_RUNGS] = {
	    {MODE_TESTING, SECS_PER_DAY, 0},
	    {MODE_TESTING, SECS_PER_DAY, limits->days},
	    {MODE_ENFORCE, SECS_PER_DAY, limits->step_days},
	    {MODE_ENFORCE, WEEK_SECS, limits->step_days},
	    {MODE_ENFORCE, MONTH_SECS, 0},
	};

	for (unsigned i = 0; i < ADVICE_RUNGS; i++)
		out[i] = rungs[i];
}

static unsigned matters(const struct advice *advice, enum advice_state state)
{
	unsigned out = 0;

	for (unsigned i = 0; i < ADVICE_MATTER_COUNT; i++)
		out |= advice->states[i] == state ? 1u << i : 0;
	return out;
}

/* What holds up the step after this one.  Testing refuses no mail, so little speaks against it: a broken policy is mended by it. */
static unsigned needs_of(const struct advice *advice)
{
	const unsigned id = 1u << ADVICE_ID, policy = 1u << ADVICE_POLICY, days = 1u << ADVICE_DAYS;

	switch (advice->step) {
	case ADVICE_SET_RECORD: return id;
	case ADVICE_LOOK_AGAIN: return matters(advice, ADVICE_UNKNOWN) & (advice->next.rung == 1 ? id | policy : UINT_MAX);
	case ADVICE_MEND:
	case ADVICE_WAIT: return matters(advice, ADVICE_BLOCKS) & (advice->next.rung == 1 ? id : advice->rung > 2 ? ~days : UINT_MAX);
	default: return 0;
	}
}

/* The two rungs of testing are one policy, so that the one after both is enforce. */
static void choose_next(const struct advice_facts *facts, const struct advice_limits *limits, struct advice *out)
{
	struct advice_next *next = &out->next;
	enum advice_step step = out->step;

	*next = (struct advice_next){.from = INSTANT_NONE, .is_back = step == ADVICE_RETREAT};
	if (step == ADVICE_LEAVING || step == ADVICE_LEFT || step == ADVICE_STAY || (out->rung == ADVICE_RUNGS && !next->is_back))
		return;
	next->rung = next->is_back || out->rung == 0 ? 1 : out->rung < 3 ? 3 : out->rung + 1;
	next->needs = needs_of(out);
	if (step == ADVICE_STEP_WAIT)
		next->from = rested_at(facts, limits);
	next->is_ready = next->needs == 0 && next->from == INSTANT_NONE;
}

void rollout_advise(const struct advice_facts *facts, const struct advice_limits *limits, struct advice *out)
{
	judge(facts, limits, out);
	out->step = step_of(facts, limits, out);
	out->rung = rung_of(facts, out);
	choose_next(facts, limits, out);
	rollout_leaving(facts, &out->leaving);
}
