/* SPDX-License-Identifier: ISC */
#include "present/report_words.h"

#include <stdlib.h>

#include "base/num.h"
#include "present/result_words.h"
#include "present/words.h"
#include "report/cause.h"
#include "report/reporter.h"

#define MOST_DOMAINS 3
#define MOST_KINDS 3     /* kinds of failure that get a sentence; the table has all */
#define MOST_SENTENCES 16
#define REASON_BYTES 100 /* a reason code up to that length stands in the sentence */

uint64_t report_words_refused(const struct unit *unit)
{
	uint64_t refused = result_words_policy_refuses(unit->policy_type, unit->mode) ? unit->unexplained : 0;

	for (size_t i = 0; i < unit->failure_count; i++)
		if (unit->failures[i].refused)
			refused = num_add_sat(refused, unit->failures[i].count);
	return refused < unit->failed ? refused : unit->failed;
}

/* --- figures --- */

struct share { /* of one domain under one kind of policy */
	uint64_t total, failed, refused, testing;
};

static uint64_t larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static void add_unit(const struct unit *unit, struct share *share)
{
	uint64_t refused = report_words_refused(unit);

	share->total = num_add_sat(share->total, num_add_sat(unit->successful, unit->failed));
	share->failed = num_add_sat(share->failed, unit->failed);
	share->refused = num_add_sat(share->refused, refused);
	if (unit->policy_type == POLICY_STS && unit->mode == MODE_TESTING)
		share->testing = num_add_sat(share->testing, unit->failed - refused);
}

static int by_domain(const void *a, const void *b)
{
	const struct unit *const *left = a;
	const struct unit *const *right = b;
	return str_cmp((*left)->policy_domain, (*right)->policy_domain);
}

/* Adds the units of one domain: where MTA-STS and DANE both stand, the larger of them. */
static void add_domain(const struct unit *const *units, size_t n, struct report_figures *sum)
{
	struct share sts = {0}, tlsa = {0}, rest = {0};

	for (size_t i = 0; i < n; i++) {
		const struct unit *unit = units[i];
		bool is_sts = unit->policy_type == POLICY_STS, is_tlsa = unit->policy_type == POLICY_TLSA;
		add_unit(unit, is_sts ? &sts : is_tlsa ? &tlsa : &rest);
		if (unit->policy_type == POLICY_NONE_FOUND || (is_sts && unit->mode == MODE_NONE))
			sum->without_policy = num_add_sat(sum->without_policy, unit->successful);
	}
	sum->total = num_add_sat(sum->total, num_add_sat(larger(sts.total, tlsa.total), rest.total));
	sum->failed = num_add_sat(sum->failed, num_add_sat(larger(sts.failed, tlsa.failed), rest.failed));
	sum->refused = num_add_sat(sum->refused, num_add_sat(larger(sts.refused, tlsa.refused), rest.refused));
	sum->testing = num_add_sat(sum->testing, sts.testing);
	sum->sts_total = num_add_sat(sum->sts_total, sts.total);
	sum->sts_failed = num_add_sat(sum->sts_failed, sts.failed);
	sum->tlsa_total = num_add_sat(sum->tlsa_total, tlsa.total);
	sum->tlsa_failed = num_add_sat(sum->tlsa_failed, tlsa.failed);
	sum->may_overlap = sum->may_overlap || (sts.total > 0 && tlsa.total > 0);
}

static uint64_t at_most(uint64_t value, uint64_t most)
{
	return value < most ? value : most;
}

static void figures(const struct unit *const *units, size_t n, struct report_figures *out)
{
	*out = (struct report_figures){0};
	for (size_t first = 0, i = 1; i <= n; i++) {
		if (i < n && str_eq(units[i]->policy_domain, units[first]->policy_domain))
			continue;
		add_domain(units + first, i - first, out);
		first = i;
	}
	for (size_t i = 0; i < n; i++)
		out->unexplained = num_add_sat(out->unexplained, units[i]->unexplained);
	out->has_sts = out->sts_total > 0;
	out->has_tlsa = out->tlsa_total > 0;
	out->refused = at_most(out->refused, out->failed);
	out->testing = at_most(out->testing, out->failed - out->refused);
	out->without_policy = at_most(out->without_policy, out->total - out->failed);
	out->secured = out->total - out->failed - out->without_policy;
}

/* --- kinds of failure --- */

struct kind {
	const struct failure *failure; /* one of them */
	enum policy_type policy_type;
	uint64_t count;
	bool same_reason;
};

static int by_kind(const void *a, const void *b)
{
	const struct kind *left = a, *right = b;
	int order = (int)left->failure->result_type - (int)right->failure->result_type;

	order = order != 0 ? order : str_cmp(left->failure->result_text, right->failure->result_text);
	order = order != 0 ? order : (int)left->policy_type - (int)right->policy_type;
	order = order != 0 ? order : (int)left->failure->cause - (int)right->failure->cause;
	return order != 0 ? order
	                  : str_cmp(left->failure->receiving_mx_hostname, right->failure->receiving_mx_hostname);
}

static int by_count(const void *a, const void *b)
{
	const struct kind *left = a, *right = b;
	return left->count != right->count ? (left->count > right->count ? -1 : 1) : by_kind(a, b);
}

/* The failures of all units by result, policy type and server; most sessions first. */
static size_t gather(const struct report *report, struct arena *arena, struct kind **out)
{
	size_t n = 0, kept = 0;

	for (size_t u = 0; u < report->unit_count; u++)
		n += report->units[u].failure_count;
	struct kind *kinds = ARENA_ARRAY(arena, n + 1, struct kind);
	n = 0;
	for (size_t u = 0; u < report->unit_count; u++)
		for (size_t f = 0; f < report->units[u].failure_count; f++)
			kinds[n++] = (struct kind){.failure = &report->units[u].failures[f],
			                           .policy_type = report->units[u].policy_type,
			                           .count = report->units[u].failures[f].count,
			                           .same_reason = true};
	qsort(kinds, n, sizeof *kinds, by_kind);
	for (size_t i = 0; i < n; i++) {
		if (kept > 0 && by_kind(&kinds[kept - 1], &kinds[i]) == 0) {
			struct kind *same = &kinds[kept - 1];
			same->count = num_add_sat(same->count, kinds[i].count);
			same->same_reason = same->same_reason &&
			                    str_eq(same->failure->reason_code, kinds[i].failure->reason_code);
		} else {
			kinds[kept++] = kinds[i];
		}
	}
	qsort(kinds, kept, sizeof *kinds, by_count);
	*out = kinds;
	return kept;
}

/* --- sentences --- */

struct saying {
	struct arena *arena;
	struct report_words *words;
};

static void say(struct saying *s, struct str sentence)
{
	if (s->words->count < MOST_SENTENCES)
		s->words->sentences[s->words->count++] = sentence;
}

#define COUNT(n) words_count(s->arena, (n))

static void say_nothing_failed(struct saying *s)
{
	const struct report_figures *f = &s->words->figures;

	if (f->total == 0) {
		s->words->tone = TONE_NONE;
		s->words->word = tr_mark("Empty");
		say(s, str_of(tr("The report counts no sessions.")));
	} else if (f->without_policy == f->total) {
		s->words->tone = TONE_NONE;
		s->words->word = tr_mark("No policy");
		say(s, WORDS_N(s->arena, f->total, "No policy was in force in the one session.",
		               "No policy was in force in these {total} sessions.", {"total", COUNT(f->total)}));
		say(s, str_of(tr("TLS may still have been used, but nothing required it.")));
	} else if (f->without_policy > 0) {
		s->words->tone = TONE_OK;
		s->words->word = tr_mark("Secured");
		say(s, WORDS(s->arena, "None of {total} sessions failed: secured {secured}, with no policy in force {without}.",
		             {"total", COUNT(f->total)}, {"secured", COUNT(f->secured)},
		             {"without", COUNT(f->without_policy)}));
	} else {
		s->words->tone = TONE_OK;
		s->words->word = tr_mark("Secured");
		say(s, WORDS_N(s->arena, f->total, "The one session was secured.", "All {total} sessions were secured.",
		               {"total", COUNT(f->total)}));
	}
}

/* What failing led to, by what the policies asked for. */
static void say_consequence(struct saying *s)
{
	const struct report_figures *f = &s->words->figures;
	uint64_t rest = f->failed - f->refused - f->testing;

	if (f->refused == f->failed)
		say(s, WORDS_N(s->arena, f->failed, "{reporter} refused to deliver it.",
		               "{reporter} refused to deliver them.", {"reporter", s->words->subject}));
	else if (f->refused > 0)
		say(s, WORDS(s->arena, "{reporter} refused to deliver {count} of them.",
		             {"reporter", s->words->subject}, {"count", COUNT(f->refused)}));
	if (f->testing == f->failed)
		say(s, WORDS(s->arena,
		             "The MTA-STS policy was in testing mode, so {reporter} delivered without full protection.",
		             {"reporter", s->words->reporter}));
	else if (f->testing > 0)
		say(s, WORDS_N(s->arena, f->testing,
		               "{count} was delivered without full protection, because MTA-STS was in testing mode.",
		               "{count} were delivered without full protection, because MTA-STS was in testing mode.",
		               {"count", COUNT(f->testing)}));
	if (rest > 0 && rest == f->failed)
		say(s, str_of(tr("No policy that was enforced is stated, so nothing says that mail was refused.")));
	else if (rest > 0)
		say(s, WORDS(s->arena, "For {count} of them no policy that was enforced is stated.", {"count", COUNT(rest)}));
}

static void say_failed(struct saying *s)
{
	const struct report_figures *f = &s->words->figures;

	s->words->tone = f->refused > 0 ? TONE_FAIL : TONE_WARN;
	s->words->word = f->refused > 0 ? tr_mark("Refused") : tr_mark("Failed");
	if (f->failed == f->total)
		say(s, WORDS_N(s->arena, f->total, "The one session failed.", "All {total} sessions failed.",
		               {"total", COUNT(f->total)}));
	else
		say(s, WORDS(s->arena, "{failed} of {total} sessions failed.", {"failed", COUNT(f->failed)},
		             {"total", COUNT(f->total)}));
	say_consequence(s);
}

/* " on 21 November 2026", " from ... to ...", or nothing. */
static struct str when(struct arena *arena, const struct report *report)
{
	if (report->begin == INSTANT_NONE || report->end == INSTANT_NONE)
		return STR("");
	struct str period = words_period(arena, report->begin, report->end);
	return words_period_is_day(report->begin, report->end) ? WORDS(arena, " on {day}", {"day", period})
	                                                       : WORDS(arena, " from {period}", {"period", period});
}

static void say_what_was_tried(struct saying *s, const struct report *report)
{
	const struct report_figures *f = &s->words->figures;

	if (f->total == 0)
		return;
	say(s, WORDS_N(s->arena, f->total, "{reporter} tried to deliver mail to {domains} in one session{when}.",
	               "{reporter} tried to deliver mail to {domains} in {total} sessions{when}.",
	               {"reporter", s->words->subject}, {"domains", s->words->domains}, {"total", COUNT(f->total)},
	               {"when", when(s->arena, report)}));
	if (f->failed > 0 && f->secured > 0)
		say(s, WORDS_N(s->arena, f->secured, "{secured} was secured.", "{secured} were secured.",
		               {"secured", COUNT(f->secured)}));
	if (f->failed > 0 && f->without_policy > 0)
		say(s, WORDS(s->arena, "In {without} no policy was in force.", {"without", COUNT(f->without_policy)}));
}

static struct str because(struct saying *s, const struct failure *failure)
{
	if (failure->result_type != RESULT_OTHER)
		return str_of(result_words_because(failure->result_type));
	if (failure->result_text.len == 0)
		return str_of(tr("with a result that is not stated"));
	return WORDS(s->arena, "with the result \"{result}\", which RFC 8460 does not know",
	             {"result", failure->result_text});
}

static void say_kind(struct saying *s, const struct kind *kind)
{
	const struct failure *failure = kind->failure;
	struct str mx = failure->receiving_mx_hostname;
	struct str tail = STR("");

	if (kind->same_reason && failure->reason_code.len > 0 && failure->reason_code.len <= REASON_BYTES)
		tail = WORDS(s->arena, " (reason code: {reason})", {"reason", failure->reason_code});
	if (s->words->figures.has_sts && s->words->figures.has_tlsa)
		tail = WORDS(s->arena, "{tail} (under {policy})", {"tail", tail},
		             {"policy", result_words_policy(kind->policy_type, STR_NONE)});
	const struct word words[] = {{"count", COUNT(kind->count)},
	                             {"mx", mx},
	                             {"because", because(s, failure)},
	                             {"cause", str_of(tr(cause_sentence(failure->cause)))},
	                             {"tail", tail}};
	bool is_vague = failure->result_type == RESULT_VALIDATION_FAILURE || failure->result_type == RESULT_OTHER;
	const char *text = mx.len > 0 ? tr("{count} failed at {mx} {because}{tail}.") : tr("{count} failed {because}{tail}.");

	/* The reason code may tell more than such a result. */
	if (is_vague && failure->cause != CAUSE_UNKNOWN)
		text = mx.len > 0 ? tr("{count} failed at {mx}{tail}: {cause}") : tr("{count} failed{tail}: {cause}");
	say(s, words_fill(s->arena, text, words, COUNT_OF(words)));
}

static void say_why(struct saying *s, const struct report *report)
{
	struct kind *kinds;
	size_t n = gather(report, s->arena, &kinds);

	for (size_t i = 0; i < n && i < MOST_KINDS; i++)
		say_kind(s, &kinds[i]);
	if (n > MOST_KINDS)
		say(s, WORDS_N(s->arena, n - MOST_KINDS, "One more kind of failure stands below.",
		               "{count} more kinds of failure stand below.", {"count", COUNT(n - MOST_KINDS)}));
	if (s->words->figures.unexplained > 0)
		say(s, WORDS_N(s->arena, s->words->figures.unexplained,
		               "{count} failed session is not explained by the reporter.",
		               "{count} failed sessions are not explained by the reporter.",
		               {"count", COUNT(s->words->figures.unexplained)}));
}

/* Why such sessions are refused, for those who set the policy up. */
static void say_rule(struct saying *s, const struct report *report)
{
	bool by_sts = false, by_tlsa = false;

	for (size_t i = 0; i < report->unit_count; i++) {
		bool refused = report_words_refused(&report->units[i]) > 0;
		by_sts = by_sts || (refused && report->units[i].policy_type == POLICY_STS);
		by_tlsa = by_tlsa || (refused && report->units[i].policy_type == POLICY_TLSA);
	}
	if (by_sts)
		say(s, WORDS(s->arena, "The MTA-STS policy was in enforce mode, so {reporter} did not deliver in such sessions.",
		             {"reporter", s->words->reporter}));
	if (by_tlsa)
		say(s, WORDS(s->arena, "DANE is always enforced, so {reporter} did not deliver in such sessions.",
		             {"reporter", s->words->reporter}));
}

static void say_how_it_is_counted(struct saying *s)
{
	const struct report_figures *f = &s->words->figures;

	if (!f->has_sts || !f->has_tlsa)
		return;
	const struct word words[] = {{"total", COUNT(f->total)},
	                             {"sts", COUNT(f->sts_total)},
	                             {"sts_failed", COUNT(f->sts_failed)},
	                             {"tlsa", COUNT(f->tlsa_total)},
	                             {"tlsa_failed", COUNT(f->tlsa_failed)}};
	const char *text =
	    f->may_overlap ? tr("MTA-STS ({sts_failed} of {sts} failed) and DANE ({tlsa_failed} of {tlsa} failed) may "
	                        "describe the same sessions, so they are not added up.")
	                   : tr("Of the {total} sessions, {sts} are counted under MTA-STS and {tlsa} under DANE; one may be "
	                        "counted under both.");
	say(s, words_fill(s->arena, text, words, COUNT_OF(words)));
}

/* --- names --- */

static struct str domain_names(const struct unit *const *units, size_t n, struct arena *arena)
{
	struct str *names = ARENA_ARRAY(arena, n + 1, struct str);
	size_t count = 0;
	bool has_sts = false;

	for (size_t i = 0; i < n; i++)
		has_sts = has_sts || units[i]->policy_type != POLICY_TLSA;
	for (size_t i = 0; i < n; i++) {
		/* A DANE unit often names the MX host; the domains stand in the other units then. */
		if (units[i]->policy_domain.len == 0 || (has_sts && units[i]->policy_type == POLICY_TLSA))
			continue;
		if (count == 0 || !str_eq(names[count - 1], units[i]->policy_domain))
			names[count++] = units[i]->policy_domain;
	}
	return count == 0 ? str_of(tr("a domain that is not stated")) : words_list(arena, names, count, MOST_DOMAINS);
}

void report_words(const struct report *report, struct arena *arena, struct report_words *out)
{
	struct saying s = {.arena = arena, .words = out};
	const struct unit **units = ARENA_ARRAY(arena, report->unit_count + 1, const struct unit *);

	*out = (struct report_words){.sentences = ARENA_ARRAY(arena, MOST_SENTENCES, struct str)};
	for (size_t i = 0; i < report->unit_count; i++)
		units[i] = &report->units[i];
	qsort(units, report->unit_count, sizeof(struct unit *), by_domain);
	figures(units, report->unit_count, &out->figures);
	struct str name = reporter_name(report->reporter, report->organization_name);
	out->reporter = name.len > 0 ? name : str_of(tr("the reporter"));
	out->subject = name.len > 0 ? name : str_of(tr("The reporter"));
	out->domains = domain_names(units, report->unit_count, arena);
	out->title = WORDS(arena, "Report from {reporter} about {domains}, {period}",
	                   {"reporter", name.len > 0 ? name : str_of(tr("an unnamed reporter"))},
	                   {"domains", out->domains}, {"period", words_period(arena, report->begin, report->end)});
	if (out->figures.failed == 0)
		say_nothing_failed(&s);
	else
		say_failed(&s);
	out->verdict_count = out->count;
	say_what_was_tried(&s, report);
	say_how_it_is_counted(&s);
	if (out->figures.failed > 0 || out->figures.unexplained > 0)
		say_why(&s, report);
	say_rule(&s, report);
}
