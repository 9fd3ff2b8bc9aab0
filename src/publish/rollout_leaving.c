/* SPDX-License-Identifier: ISC */
#include "publish/rollout_leaving.h"

bool rollout_leaving_is_none(const struct advice_facts *facts)
{
	return facts->is_served ? facts->served_mode == MODE_NONE : facts->is_valid && facts->mode == MODE_NONE;
}

/* Whoever took record or file away first has begun as well: senders go on with what they hold. */
static bool is_begun(const struct advice_facts *facts)
{
	bool is_gone = !facts->is_served && !facts->is_valid && facts->record == CHECK_NONE;

	return rollout_leaving_is_none(facts) || (is_gone && facts->cached_until != INSTANT_NONE);
}

/* If mode none were published now, a sender that fetched the policy a moment ago is the last to hold it: what is served here,
 * or what another server was seen to give out. */
static instant would_end(const struct advice_facts *facts)
{
	instant until = facts->cached_until;
	uint64_t longest = facts->is_served && facts->served_mode != MODE_NONE ? facts->served_max_age_secs : 0;

	if (facts->is_valid && facts->mode != MODE_NONE && facts->max_age_secs > longest)
		longest = facts->max_age_secs;
	instant last = facts->now + (instant)longest;
	return longest > 0 && (until == INSTANT_NONE || last > until) ? last : until;
}

static enum leaving_state removal(enum check_state thing, bool is_its_turn)
{
	if (thing == CHECK_NONE)
		return LEAVING_DONE;
	if (!is_its_turn)
		return LEAVING_AHEAD;
	return thing == CHECK_CANNOT_TELL ? LEAVING_UNKNOWN : LEAVING_NOW;
}

void rollout_leaving(const struct advice_facts *facts, struct leaving *out)
{
	enum leaving_state *states = out->states;
	bool was_ever = facts->cached_until != INSTANT_NONE;

	*out = (struct leaving){.has_policy = was_ever || facts->is_served || facts->is_valid || facts->record == CHECK_OK,
	                        .is_begun = is_begun(facts)};
	out->until = out->is_begun ? facts->cached_until : would_end(facts);
	if (!out->is_begun) {
		bool is_known = facts->is_served || facts->is_valid || facts->record != CHECK_CANNOT_TELL;
		states[LEAVING_MODE_NONE] = is_known ? LEAVING_AHEAD : LEAVING_UNKNOWN;
		return;
	}
	states[LEAVING_MODE_NONE] = was_ever && facts->now < facts->cached_until ? LEAVING_NOW : LEAVING_DONE;
	states[LEAVING_RECORD] = removal(facts->record, states[LEAVING_MODE_NONE] == LEAVING_DONE);
	states[LEAVING_FILE] = removal(facts->file, states[LEAVING_MODE_NONE] == LEAVING_DONE && states[LEAVING_RECORD] == LEAVING_DONE);
	while (out->here < LEAVING_STEP_COUNT && states[out->here] == LEAVING_DONE)
		out->here++;
	out->here++;
}
