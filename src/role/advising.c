/* SPDX-License-Identifier: ISC */
#include "role/advising.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/num.h"
#include "diagnose/classify.h"
#include "present/words.h"
#include "publish/dane_rollover.h"
#include "publish/rollout.h"
#include "publish/sts_text.h"
#include "report/reporter.h"
#include "store/observations.h"
#include "store/policies.h"
#include "store/published.h"

bool advising_is_about_tls(enum finding_code code)
{
	return code != FINDING_STS_MX_MISMATCH && code != FINDING_CERT_EXPIRING && code != FINDING_TLSA_MISMATCH &&
	       code != FINDING_TLSA_UNUSABLE && code != FINDING_TLSA_RECORD_UNUSABLE && code != FINDING_TLSA_INSECURE;
}

static void count_servers(const struct check *check, struct advice_facts *facts)
{
	facts->mx_known = check->mx_state != CHECK_CANNOT_TELL || check->mx_count > 0;
	facts->mx_count = check->mx_count;
	for (size_t i = 0; i < check->mx_count; i++) {
		const struct check_mx *mx = &check->mx[i];
		bool is_bad = false;
		for (size_t j = 0; j < check->findings.count; j++) {
			const struct finding *finding = &check->findings.items[j];
			is_bad = is_bad || (str_eq(finding->subject, mx->host) && finding->severity >= SEVERITY_WARNING &&
			                    advising_is_about_tls(finding->code));
		}
		bool seen = false;
		for (size_t j = 0; j < mx->look_count; j++)
			seen = seen || mx->looks[j].state == LOOK_OK;
		facts->mx_unlisted += !mx->is_listed;
		facts->mx_bad += is_bad;
		facts->mx_unknown += !is_bad && !seen;
	}
}

static void take_check(const struct check *check, struct advice_facts *facts)
{
	facts->tls_rpt = check->tls_rpt.state;
	facts->mta_sts = check->mta_sts.state;
	facts->is_valid = check->mta_sts.policy.is_valid;
	facts->mode = check->mta_sts.policy.mode;
	facts->max_age_secs = check->mta_sts.policy.max_age_secs;
	facts->record = check_sts_record(check);
	facts->file = check_sts_file(check);
	facts->has_cert_days = check->mta_sts.cert_not_after != INSTANT_NONE;
	if (facts->has_cert_days)
		facts->cert_days = (check->mta_sts.cert_not_after - check->at) / SECS_PER_DAY;
	count_servers(check, facts);
}

/* --- reports --- */

/* The rule is that of a failure in an enforced policy, whatever the mode was. */
static uint64_t refused_of(const struct policy_sessions *one, struct policy_failure *failures, size_t n)
{
	uint64_t refused = one->unexplained;

	for (size_t i = 0; i < n; i++) {
		struct failure *failure = &failures[i].failure;
		if (!str_eq(failures[i].reporter, one->reporter))
			continue;
		classify_failure(failure, POLICY_STS, MODE_ENFORCE, one->reporter);
		refused += failure->refused ? failure->count : 0;
	}
	/* Details may add up to more than the totals, which count. */
	return refused < one->failed ? refused : one->failed;
}

static int by_refused(const void *a, const void *b)
{
	const struct advice_refusal *x = a, *y = b;
	return x->refused < y->refused ? 1 : x->refused > y->refused ? -1 : 0;
}

/* What senders saw that enforce would be judged by: the mode that is published; without a policy, sessions without one. */
static void choose_kind(const struct advice_facts *facts, enum policy_type *out_type, enum sts_mode *out_mode)
{
	bool has_policy = facts->is_valid && facts->mode != MODE_NONE;

	*out_type = has_policy || facts->mta_sts == CHECK_PROBLEMS || facts->mta_sts == CHECK_CANNOT_TELL ? POLICY_STS
	                                                                                                  : POLICY_NONE_FOUND;
	*out_mode = *out_type == POLICY_NONE_FOUND                     ? MODE_NOT_STATED
	            : facts->is_valid && facts->mode == MODE_ENFORCE ? MODE_ENFORCE
	                                                               : MODE_TESTING;
}

static bool take_reports(struct store *store, struct arena *arena, struct advice_page *page, struct err *err)
{
	struct advice_facts *facts = &page->facts;
	struct policy_sessions *sessions = NULL;
	struct policy_failure *failures = NULL;
	size_t session_count = 0, failure_count = 0;
	enum policy_type type;
	enum sts_mode mode;

	choose_kind(facts, &type, &mode);
	if (!policies_sessions(store, page->domain, type, mode, page->since_day, page->until_day, arena, &sessions,
	                       &session_count, &facts->mode_days, err) ||
	    !policies_failures(store, page->domain, type, mode, page->since_day, page->until_day, arena, &failures,
	                       &failure_count, err))
		return false;
	page->refusals = ARENA_ARRAY(arena, session_count + 1, struct advice_refusal);
	for (size_t i = 0; i < session_count; i++) {
		const struct policy_sessions *one = &sessions[i];
		uint64_t refused = refused_of(one, failures, failure_count);
		facts->sessions += one->successful + one->failed;
		facts->refused += refused;
		facts->unexplained += one->unexplained;
		facts->reporters += one->successful + one->failed > 0;
		if (refused > 0)
			page->refusals[page->refusal_count++] =
			    (struct advice_refusal){.reporter = reporter_name(one->reporter, one->organization),
			                            .refused = refused,
			                            .sessions = one->successful + one->failed};
	}
	qsort(page->refusals, page->refusal_count, sizeof *page->refusals, by_refused);
	return true;
}

/* --- what is served here --- */

static instant later(instant a, instant b)
{
	return a == INSTANT_NONE || b > a ? b : a;
}

/* Until when a sender may hold an older policy: the last moment each was served, and its max_age on top. */
static instant cached_until(const struct published_list *history)
{
	instant until = INSTANT_NONE;

	for (size_t i = 1; i < history->count; i++)
		if (published_is_up(&history->rows[i]))
			until = later(until, history->rows[i - 1].at + (instant)history->rows[i].policy.max_age_secs);
	return until;
}

/* After a way back the days of testing count anew. */
static void restart_days(const struct published_list *history, struct advice_facts *facts)
{
	bool is_back = history->count > 1 && history->rows[0].policy.mode == MODE_TESTING && published_is_up(&history->rows[1]) &&
	               history->rows[1].policy.mode == MODE_ENFORCE;
	uint64_t days = (uint64_t)((facts->now - history->rows[0].at) / SECS_PER_DAY);

	if (is_back && days < facts->mode_days)
		facts->mode_days = days;
}

/* A reporter that told of a policy holds it for its max_age from that day on, also one that another server gave out. */
static bool seen_until(struct store *store, struct str domain, struct arena *arena, instant *until, struct err *err)
{
	struct policy_seen *seen = NULL;
	size_t count = 0;

	if (!policies_seen(store, domain, arena, &seen, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (seen[i].type != POLICY_STS || (seen[i].mode != MODE_ENFORCE && seen[i].mode != MODE_TESTING))
			continue;
		for (size_t j = 0; j < seen[i].strings.count; j++) {
			struct str line = seen[i].strings.items[j];
			uint64_t secs;
			if (str_starts_with(line, STR("max_age:")) &&
			    num_parse_uint(str_trim(str_from(line, 8)), STS_MAX_AGE_MOST_SECS, &secs))
				*until = later(*until, day_start(seen[i].last_day + 1) + (instant)secs);
		}
	}
	return true;
}

/* And what our own looks saw: the file of an older policy was there until the look that missed it. */
static bool looked_until(struct store *store, struct str domain, struct arena *arena, instant *until, struct err *err)
{
	const struct observations_filter filter = {.subject = domain, .kind = OBSERVED_POLICY, .with_gone = true};
	struct observation *rows = NULL;
	size_t count = 0;

	if (!observations_list(store, &filter, arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		struct findings findings = {0};
		struct sts_policy policy;
		sts_text_read(rows[i].text, domain, arena, &policy, &findings);
		if (policy.is_valid && policy.mode != MODE_NONE)
			*until = later(*until, (rows[i].gone_at == INSTANT_NONE ? rows[i].last_seen : rows[i].gone_at) + (instant)policy.max_age_secs);
	}
	return true;
}

/* Since when the policy of today stands, where another one was seen before it. */
static bool take_change(struct store *store, struct arena *arena, struct advice_page *page, struct err *err)
{
	const struct observations_filter filter = {.subject = page->domain, .kind = OBSERVED_POLICY, .with_gone = true, .most = 2};
	struct observation *rows = NULL;
	size_t count = 0;

	if (!observations_list(store, &filter, arena, &rows, &count, err))
		return false;
	page->facts.has_changed = count > 1 && rows[0].gone_at == INSTANT_NONE;
	page->facts.seen_since = page->facts.has_changed ? rows[0].first_seen : INSTANT_NONE;
	return true;
}

static void take_shelf(const struct check *check, const struct published_list *history, struct advice_page *page)
{
	struct advice_facts *facts = &page->facts;
	const struct published *now = &history->rows[0];

	facts->is_served = true;
	facts->file = CHECK_OK;
	facts->served_since = now->at;
	page->served_id = now->id;
	facts->id_matches = str_eq(check->mta_sts.id, now->id);
	facts->served_mode = now->policy.mode;
	facts->served_max_age_secs = now->policy.max_age_secs;
	restart_days(history, facts);
}

static bool take_served(const struct check *check, struct store *store, struct arena *arena, struct advice_page *page,
                        struct err *err)
{
	struct advice_facts *facts = &page->facts;
	struct published_list history;

	if (!published_history(store, page->domain, arena, &history, err) || !take_change(store, arena, page, err))
		return false;
	facts->cached_until = cached_until(&history);
	if (history.count > 0 && published_is_up(&history.rows[0]))
		take_shelf(check, &history, page);
	else if (history.count > 0 && facts->file == CHECK_CANNOT_TELL)
		facts->file = CHECK_NONE; /* taken down here, and without a record nobody looks elsewhere */
	bool is_held = facts->is_served ? facts->served_mode != MODE_NONE : facts->is_valid && facts->mode != MODE_NONE;
	return is_held || (seen_until(store, page->domain, arena, &facts->cached_until, err) &&
	                   looked_until(store, page->domain, arena, &facts->cached_until, err));
}

bool advising_of(const struct check *check, struct store *store, const struct advising_options *options,
                 struct arena *arena, struct advice_page *out, struct err *err)
{
	struct advice_page page = {.domain = check->domain, .limits = options->limits, .unknowns = check->unknowns,
	                           .complete.last.day = DAY_NONE};
	struct filter filter = FILTER_ALL;

	page.until_day = day_of(instant_now());
	page.since_day = page.until_day - (int32_t)options->window_days;
	page.facts.window_days = options->window_days;
	page.facts.cached_until = page.facts.seen_since = INSTANT_NONE;
	page.facts.now = instant_now();
	take_check(check, &page.facts);
	page.mx_known = page.facts.mx_known && check->mx_count > 0;
	page.mx_is_secure = check->mx_is_secure;
	rollout_rungs(&page.limits, page.rungs);
	page.rollovers = ARENA_ARRAY(arena, check->mx_count, struct rollover);
	for (size_t i = 0; i < check->mx_count; i++)
		dane_rollover(&check->mx[i], options->next_spki, arena, &page.rollovers[page.rollover_count++]);
	filter.domain = check->domain;
	if (store != NULL &&
	    (!take_reports(store, arena, &page, err) || !take_served(check, store, arena, &page, err) ||
	     !store_complete(store, &filter, arena, &page.complete, err)))
		return false;
	rollout_advise(&page.facts, &page.limits, &page.advice);
	*out = page;
	return true;
}

void advising_blind(struct str domain, struct arena *arena, struct check *out)
{
	*out = (struct check){.domain = domain,
	                      .at = instant_now(),
	                      .verdict = CHECK_CANNOT_TELL,
	                      .tls_rpt = {.state = CHECK_CANNOT_TELL},
	                      .mta_sts = {.state = CHECK_CANNOT_TELL, .cert_not_after = INSTANT_NONE},
	                      .dane = {.state = CHECK_CANNOT_TELL},
	                      .mx_state = CHECK_CANNOT_TELL};
	out->unknowns.items = ARENA_ARRAY(arena, 1, struct str);
	out->unknowns.items[out->unknowns.count++] = str_of(tr("Nobody has looked at the domain from here lately."));
}

bool advising(struct str domain, const struct domain_look_options *look, struct store *store,
              const struct advising_options *options, struct arena *arena, struct check *out_check,
              struct advice_page *out, struct err *err)
{
	domain_look(domain, look, arena, out_check);
	return advising_of(out_check, store, options, arena, out, err);
}
