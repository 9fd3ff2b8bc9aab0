/* SPDX-License-Identifier: ISC */
#include "report/report.h"

#include <assert.h>

#include "base/attr.h"
#include "base/num.h"

#define TEXT(id, text) text,
#define CAUSE_TEXT(id, text, ...) text,
#define CODE(id, code, sentence) code,
#define SENTENCE(id, code, sentence) sentence,

static const char *const result_texts[] = {RESULT_TYPES(TEXT) ""};
static const char *const policy_texts[] = {"sts", "tlsa", "no-policy-found", ""};
static const char *const mode_texts[] = {"", "enforce", "testing", "none"};
static const char *const cause_texts[] = {CAUSES(CAUSE_TEXT)};
static const char *const fault_texts[] = {"unknown", "receiver", "dns", "policy-host", "sender"};
static const char *const deviation_codes[] = {DEVIATIONS(CODE)};
static const char *const deviation_sentences[] = {DEVIATIONS(SENTENCE)};

static_assert(COUNT_OF(result_texts) == RESULT_TYPE_COUNT, "one text each");
static_assert(COUNT_OF(policy_texts) == POLICY_TYPE_COUNT, "one text each");
static_assert(COUNT_OF(mode_texts) == MODE_COUNT, "one text each");
static_assert(COUNT_OF(fault_texts) == FAULT_COUNT, "one text each");

const char *result_type_text(enum result_type type)
{
	assert((unsigned)type < RESULT_TYPE_COUNT);
	return result_texts[type];
}

const char *policy_type_text(enum policy_type type)
{
	assert((unsigned)type < POLICY_TYPE_COUNT);
	return policy_texts[type];
}

const char *sts_mode_text(enum sts_mode mode)
{
	assert((unsigned)mode < MODE_COUNT);
	return mode_texts[mode];
}

const char *cause_text(enum cause cause)
{
	assert((unsigned)cause < CAUSE_COUNT);
	return cause_texts[cause];
}

const char *fault_text(enum fault fault)
{
	assert((unsigned)fault < FAULT_COUNT);
	return fault_texts[fault];
}

const char *deviation_code(enum deviation_kind kind)
{
	assert((unsigned)kind < DEVIATION_COUNT);
	return deviation_codes[kind];
}

const char *deviation_sentence(enum deviation_kind kind)
{
	assert((unsigned)kind < DEVIATION_COUNT);
	return deviation_sentences[kind];
}

/* Index of `text` among `n` texts, or n. */
static unsigned index_of(struct str text, const char *const *texts, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (texts[i][0] != '\0' && str_eq_nocase(text, str_of(texts[i])))
			return i;
	return n;
}

enum result_type result_type_of(struct str text)
{
	return (enum result_type)index_of(text, result_texts, RESULT_OTHER);
}

enum policy_type policy_type_of(struct str text)
{
	return (enum policy_type)index_of(text, policy_texts, POLICY_OTHER);
}

enum sts_mode sts_mode_of(struct str text)
{
	unsigned at = index_of(text, mode_texts, MODE_COUNT);
	return at == MODE_COUNT ? MODE_NOT_STATED : (enum sts_mode)at;
}

bool cause_of(struct str text, enum cause *out_cause)
{
	unsigned at = index_of(text, cause_texts, CAUSE_COUNT);
	if (at == CAUSE_COUNT)
		return false;
	*out_cause = (enum cause)at;
	return true;
}

int32_t report_day(const struct report *report)
{
	if (report->begin == INSTANT_NONE && report->end == INSTANT_NONE)
		return DAY_NONE;
	if (report->begin == INSTANT_NONE)
		return day_of(report->end - 1);
	if (report->end == INSTANT_NONE || report->end < report->begin)
		return day_of(report->begin);
	return day_of(report->begin + (report->end - report->begin) / 2);
}

struct str failure_result(const struct failure *failure)
{
	if (failure->result_type != RESULT_OTHER)
		return str_of(result_type_text(failure->result_type));
	return failure->result_text.len > 0 ? failure->result_text : STR("not stated");
}

struct str unit_policy_type(const struct unit *unit)
{
	if (unit->policy_type != POLICY_OTHER)
		return str_of(policy_type_text(unit->policy_type));
	return unit->policy_type_text.len > 0 ? unit->policy_type_text : STR("not stated");
}
