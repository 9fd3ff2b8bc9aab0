/* SPDX-License-Identifier: ISC */
#include "decode/report_check.h"

#include "base/limits.h"
#include "base/num.h"
#include "decode/report_names.h"

static void add(struct report_notes *notes, enum deviation_kind kind, struct str base, const char *path,
                struct str read_as)
{
	struct str full = base.len == 0
	                      ? str_of(path)
	                      : str_of(arena_format(notes->arena, "%.*s%s", (int)base.len, base.p, path));
	report_notes_add(notes, kind, full, read_as);
}

static struct str instant_text(struct arena *arena, instant at)
{
	char text[INSTANT_TEXT_MAX];

	return arena_str(arena, instant_format(at, text));
}

static void check_period(struct report_notes *notes, struct str base, instant now)
{
	const struct report *report = notes->report;
	instant begin = report->begin, end = report->end;
	enum deviation_kind kind;

	if (begin == INSTANT_NONE || end == INSTANT_NONE)
		return;
	instant length = end - begin;
	if (length < 0)
		kind = DEVIATION_PERIOD_REVERSED;
	else if (length > (instant)LIMIT_PERIOD_DAYS * SECS_PER_DAY)
		kind = DEVIATION_PERIOD_LONG;
	else if (begin % SECS_PER_DAY != 0 || (length != SECS_PER_DAY && length != SECS_PER_DAY - 1))
		kind = DEVIATION_PERIOD_ODD;
	else
		kind = DEVIATION_COUNT;
	if (kind != DEVIATION_COUNT)
		add(notes, kind, base, "/date-range", STR_NONE);
	if (now == INSTANT_NONE || now == 0)
		return;
	if (end > now + 2 * SECS_PER_DAY || begin < now - (instant)LIMIT_PAST_DAYS * SECS_PER_DAY)
		add(notes, DEVIATION_PERIOD_IMPROBABLE, base, "/date-range", instant_text(notes->arena, begin));
}

static void check_sums(struct report_notes *notes, struct str base)
{
	struct report *report = notes->report;

	for (size_t i = 0; i < report->unit_count; i++) {
		struct unit *unit = &report->units[i];
		uint64_t sum = 0;
		for (size_t k = 0; k < unit->failure_count; k++)
			sum = num_add_sat(sum, unit->failures[k].count);
		unit->unexplained = unit->failed > sum ? unit->failed - sum : 0;
		if (unit->failure_count > 0 && sum != unit->failed)
			report_notes_add(notes, DEVIATION_DETAILS_DIFFER,
			                 str_of(arena_format(notes->arena, "%.*s/policies/%zu", (int)base.len,
			                                     base.p == NULL ? "" : base.p, i)),
			                 STR_NONE);
	}
}

static void check_sender(struct report_notes *notes, struct str base, const struct report_hints *hints)
{
	struct report *report = notes->report;
	struct str contact = report_names_mail_domain(report->contact_info, notes->arena);
	struct str submitter = STR_NONE;

	if (hints->submitter.len > 0) {
		report->submitter = report_names_cut(hints->submitter, LIMIT_NAME_BYTES);
		(void)report_names_domain(report->submitter, false, notes->arena, &submitter);
	}
	if (report->organization_name.p == NULL)
		add(notes, DEVIATION_ORGANIZATION_MISSING, base, "/organization-name", STR_NONE);
	if (report->contact_info.p == NULL)
		add(notes, DEVIATION_CONTACT_MISSING, base, "/contact-info", STR_NONE);
	if (report->report_id.p == NULL)
		add(notes, DEVIATION_REPORT_ID_MISSING, base, "/report-id", STR_NONE);
	if (contact.len > 0 && submitter.len > 0 && !str_eq(contact, submitter))
		add(notes, DEVIATION_SUBMITTER_DIFFERS, STR_NONE, "header TLS-Report-Submitter", submitter);
	if (contact.len > 0)
		report->reporter = contact;
	else if (submitter.len > 0)
		report->reporter = submitter;
	else
		report->reporter = report_names_lower(str_trim(report->organization_name), notes->arena);
	if (report->reporter.len == 0)
		report->reporter = STR_NONE;
}

static void guess_domains(struct report_notes *notes, struct str base, const struct report_hints *hints)
{
	struct report *report = notes->report;
	struct str guess = STR_NONE;
	bool asked = false;

	for (size_t i = 0; i < report->unit_count; i++) {
		struct unit *unit = &report->units[i];
		if (unit->policy_domain.p != NULL)
			continue;
		if (!asked)
			guess = report_hints_domain(hints, notes->arena);
		asked = true;
		unit->policy_domain = guess;
		unit->domain_is_guessed = guess.p != NULL;
		report_notes_add(notes,
		                 guess.p != NULL ? DEVIATION_POLICY_DOMAIN_GUESSED : DEVIATION_POLICY_DOMAIN_MISSING,
		                 str_of(arena_format(notes->arena, "%.*s/policies/%zu/policy/policy-domain",
		                                     (int)base.len, base.p == NULL ? "" : base.p, i)),
		                 guess);
	}
}

void report_check(struct report_notes *notes, struct str base, const struct report_hints *hints)
{
	check_sender(notes, base, hints);
	check_period(notes, base, hints->received_at);
	if (notes->report->unit_count == 0)
		add(notes, DEVIATION_POLICIES_EMPTY, base, "/policies", STR_NONE);
	guess_domains(notes, base, hints);
	check_sums(notes, base);
}
