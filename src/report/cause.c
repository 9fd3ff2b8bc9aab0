/* SPDX-License-Identifier: ISC */
#include "report/cause.h"

#include <assert.h>

#include "base/attr.h"

static const struct cause_facts {
	enum cause_family family;
	enum fault fault;
	enum cause_refusal refusal;
	enum cause_check check;
	enum severity refused, testing, without;
	const char *rfc, *title, *sentence, *also;
	enum fix_step steps[CAUSE_STEPS_MAX];
	size_t step_count;
} causes[] = {
#define X(id, text, family, fault, refusal, check, refused, testing, without, rfc, title, sentence, also, \
	  ...)                                                                                            \
	{CAUSE_FAMILY_##family,                                                                           \
	 FAULT_##fault,                                                                                   \
	 CAUSE_REFUSED_##refusal,                                                                         \
	 CAUSE_CHECK_##check,                                                                             \
	 SEVERITY_##refused,                                                                              \
	 SEVERITY_##testing,                                                                              \
	 SEVERITY_##without,                                                                              \
	 rfc,                                                                                             \
	 title,                                                                                           \
	 sentence,                                                                                        \
	 also,                                                                                            \
	 {__VA_ARGS__},                                                                                   \
	 COUNT_OF(((const enum fix_step[]){__VA_ARGS__}))},
    CAUSES(X)
#undef X
};
static_assert(COUNT_OF(causes) == CAUSE_COUNT, "facts each");

static const char *const step_sentences[] = {
#define X(id, sentence) sentence,
    FIX_STEPS(X)
#undef X
};

static const struct {
	enum fix_step step;
	struct fix_command command;
} commands[] = {
#define X(step, software, command) {STEP_##step, {software, command}},
    FIX_COMMANDS(X)
#undef X
};

static const char *const check_texts[] = {
    "none", "mx-connect", "mx-starttls", "mx-handshake", "mx-certificate",
    "tlsa", "dnssec",     "sts-record",  "sts-policy",   "sts-host-certificate",
};
static_assert(COUNT_OF(check_texts) == CAUSE_CHECK_COUNT, "one text each");

static const struct cause_facts *facts_of(enum cause cause)
{
	assert((unsigned)cause < CAUSE_COUNT);
	return &causes[cause];
}

enum cause_family cause_family(enum cause cause)
{
	return facts_of(cause)->family;
}

enum cause_subject cause_subject(enum cause cause)
{
	switch (facts_of(cause)->family) {
	case CAUSE_FAMILY_POLICY_FETCH:
	case CAUSE_FAMILY_POLICY_MATCH: return CAUSE_SUBJECT_DOMAIN;
	case CAUSE_FAMILY_SENDER: return CAUSE_SUBJECT_REPORTER;
	default: return CAUSE_SUBJECT_MX;
	}
}

enum fault cause_fault(enum cause cause)
{
	return facts_of(cause)->fault;
}

enum cause_refusal cause_refusal(enum cause cause)
{
	return facts_of(cause)->refusal;
}

enum cause_check cause_check(enum cause cause)
{
	return facts_of(cause)->check;
}

const char *cause_check_text(enum cause_check check)
{
	assert((unsigned)check < CAUSE_CHECK_COUNT);
	return check_texts[check];
}

enum severity cause_severity(enum cause cause, enum policy_type policy_type, enum sts_mode mode)
{
	const struct cause_facts *facts = facts_of(cause);
	if (policy_type == POLICY_TLSA || (policy_type == POLICY_STS && mode == MODE_ENFORCE))
		return facts->refused;
	/* A policy that could not be read states no mode: it may be any, so the milder one is taken. */
	return policy_type == POLICY_STS && mode != MODE_NONE ? facts->testing : facts->without;
}

const char *cause_title(enum cause cause)
{
	return facts_of(cause)->title;
}

const char *cause_sentence(enum cause cause)
{
	return facts_of(cause)->sentence;
}

const char *cause_rfc(enum cause cause)
{
	return facts_of(cause)->rfc;
}

struct str cause_also_called(enum cause cause)
{
	return str_of(facts_of(cause)->also);
}

static bool same_name(struct str a, struct str b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++) {
		char x = a.p[i] == '-' || a.p[i] == ' ' ? '_' : byte_lower(a.p[i]);
		char y = b.p[i] == '-' ? '_' : b.p[i];
		if (x != y)
			return false;
	}
	return true;
}

bool cause_find(struct str name, enum cause *out_cause)
{
	name = str_trim(name);
	for (unsigned c = 0; c < CAUSE_COUNT; c++) {
		struct str others = str_of(causes[c].also);
		bool found = same_name(name, str_of(cause_text((enum cause)c)));
		while (!found && others.p != NULL)
			found = same_name(name, str_cut(&others, ' '));
		if (found) {
			*out_cause = (enum cause)c;
			return true;
		}
	}
	return false;
}

size_t cause_steps(enum cause cause, enum fix_step out[CAUSE_STEPS_MAX])
{
	const struct cause_facts *facts = facts_of(cause);
	memcpy(out, facts->steps, facts->step_count * sizeof(*out));
	return facts->step_count;
}

const char *fix_step_sentence(enum fix_step step)
{
	assert((unsigned)step < STEP_COUNT);
	return step_sentences[step];
}

size_t fix_step_commands(enum fix_step step, struct fix_command out[FIX_COMMANDS_MAX])
{
	size_t n = 0;
	for (size_t i = 0; i < COUNT_OF(commands); i++)
		if (commands[i].step == step) {
			assert(n < FIX_COMMANDS_MAX);
			out[n++] = commands[i].command;
		}
	return n;
}
