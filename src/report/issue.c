/* SPDX-License-Identifier: ISC */
#include "report/issue.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/attr.h"
#include "base/num.h"

static const struct {
	const char *text, *title, *sentence;
	enum fault fault;
	enum severity severity;
} derived[] = {
#define X(id, text, fault, severity, title, sentence) {text, title, sentence, FAULT_##fault, SEVERITY_##severity},
    DERIVED_MATTERS(X)
#undef X
};
static_assert(COUNT_OF(derived) == MATTER_COUNT - (unsigned)CAUSE_COUNT, "facts each");

static const char *const kind_texts[] = {"mx", "domain", "reporter", "house", "result"};
static const char *const state_texts[] = {"open", "acknowledged", "snoozed", "closed"};
static const char *const trend_texts[] = {"steady", "growing", "recovering"};
static const char *const seen_texts[] = {"none", "clean", "broken"};
static const char *const confidence_texts[] = {"one-reporter", "several-reporters", "confirmed", "not-seen-by-us",
                                               "new-reporters"};
static const char *const end_texts[] = {"", "clean", "faded", "joined", "fixed", "not-mine", "accepted"};
static const char *const event_texts[] = {"opened",   "reporter-joined", "grew",    "severity", "recovering", "closed",
                                          "reopened", "acknowledged",    "snoozed", "looked",   "note"};
static_assert(COUNT_OF(kind_texts) == ISSUE_KIND_COUNT, "one each");
static_assert(COUNT_OF(state_texts) == ISSUE_STATE_COUNT, "one each");
static_assert(COUNT_OF(trend_texts) == TREND_COUNT, "one each");
static_assert(COUNT_OF(seen_texts) == SEEN_COUNT, "one each");
static_assert(COUNT_OF(confidence_texts) == CONFIDENCE_COUNT, "one each");
static_assert(COUNT_OF(end_texts) == END_COUNT, "one each");
static_assert(COUNT_OF(event_texts) == EVENT_COUNT, "one each");

#define TEXT_OF(texts, value) (assert((unsigned)(value) < COUNT_OF(texts)), (texts)[(value)])

bool issue_matter_is_reported(unsigned matter)
{
	return matter < CAUSE_COUNT || matter == MATTER_UNKNOWN_RESULT;
}

enum issue_state issue_state(const struct issue *issue, instant now)
{
	if (issue->end != END_NONE)
		return ISSUE_CLOSED;
	if (issue->snoozed_until != INSTANT_NONE && issue->snoozed_until > now)
		return ISSUE_SNOOZED;
	return issue->is_acknowledged ? ISSUE_ACKNOWLEDGED : ISSUE_OPEN;
}

const char *issue_matter_text(unsigned matter)
{
	assert(matter < MATTER_COUNT);
	return matter < CAUSE_COUNT ? cause_text((enum cause)matter) : derived[matter - CAUSE_COUNT].text;
}

bool issue_matter_of(struct str text, unsigned *out_matter)
{
	for (unsigned m = 0; m < MATTER_COUNT; m++)
		if (str_eq_nocase(text, str_of(issue_matter_text(m)))) {
			*out_matter = m;
			return true;
		}
	return false;
}

const char *issue_matter_title(unsigned matter)
{
	assert(matter < MATTER_COUNT);
	return matter < CAUSE_COUNT ? cause_title((enum cause)matter) : derived[matter - CAUSE_COUNT].title;
}

const char *issue_matter_sentence(unsigned matter)
{
	assert(matter < MATTER_COUNT);
	return matter < CAUSE_COUNT ? cause_sentence((enum cause)matter) : derived[matter - CAUSE_COUNT].sentence;
}

enum fault issue_matter_fault(unsigned matter)
{
	assert(matter < MATTER_COUNT);
	return matter < CAUSE_COUNT ? cause_fault((enum cause)matter) : derived[matter - CAUSE_COUNT].fault;
}

enum severity issue_matter_severity(unsigned matter)
{
	assert(matter < MATTER_COUNT);
	return matter < CAUSE_COUNT ? cause_severity((enum cause)matter, POLICY_TLSA, MODE_NOT_STATED)
	                            : derived[matter - CAUSE_COUNT].severity;
}

const char *issue_kind_text(enum issue_kind kind)
{
	return TEXT_OF(kind_texts, kind);
}

const char *issue_state_text(enum issue_state state)
{
	return TEXT_OF(state_texts, state);
}

const char *issue_trend_text(enum issue_trend trend)
{
	return TEXT_OF(trend_texts, trend);
}

const char *issue_seen_text(enum issue_seen look)
{
	return TEXT_OF(seen_texts, look);
}

const char *confidence_text(enum confidence confidence)
{
	return TEXT_OF(confidence_texts, confidence);
}

const char *issue_end_text(enum issue_end end)
{
	return TEXT_OF(end_texts, end);
}

bool issue_end_of(struct str text, enum issue_end *out_end)
{
	for (unsigned e = END_FIXED; e < END_COUNT; e++)
		if (str_eq_nocase(text, str_of(end_texts[e]))) {
			*out_end = (enum issue_end)e;
			return true;
		}
	return false;
}

const char *issue_event_text(enum issue_event event)
{
	return TEXT_OF(event_texts, event);
}

struct str issue_number(int64_t id, char text[ISSUE_NUMBER_MAX])
{
	int len = snprintf(text, ISSUE_NUMBER_MAX, "TI-%" PRId64, id + ISSUE_FIRST_NUMBER);
	return str_make(text, (size_t)len);
}

bool issue_number_read(struct str text, int64_t *out_id)
{
	uint64_t number;
	if (str_starts_with_nocase(text, STR("TI-")))
		text = str_from(text, 3);
	if (!num_parse_uint(text, INT32_MAX, &number) || number <= ISSUE_FIRST_NUMBER)
		return false;
	*out_id = (int64_t)number - ISSUE_FIRST_NUMBER;
	return true;
}
