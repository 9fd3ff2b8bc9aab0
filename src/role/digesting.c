/* SPDX-License-Identifier: ISC */
#include "role/digesting.h"

#include "base/num.h"
#include "store/digests.h"
#include "store/issues.h"
#include "store/store_domains.h"
#include "store/tenants.h"

#define ISSUES_MOST 500
#define PAGES_MOST 30      /* of a month */
#define DOMAINS_MOST 20    /* of a week; of a month 500 */
#define MONTH_DOMAINS_MOST 500
#define ENFORCE_DAYS 14    /* as publish/rollout asks for */
#define SOON_DAYS 7

struct digesting {
	struct store *store;
	struct arena *arena;
	struct digest *digest;
	struct filter filter;
	struct err *err;
};

static void set_days(const struct digest_wish *wish, struct digest *out)
{
	if (wish->span == DIGEST_MONTH) {
		digest_span_month(wish->day, &out->since_day, &out->until_day);
		return;
	}
	out->since_day = digest_span_monday(wish->day);
	out->until_day = out->since_day + 6;
}

int32_t digesting_last(enum digest_span span, instant now)
{
	int32_t first, last, today = day_of(now);

	if (span == DIGEST_WEEK)
		return digest_span_monday(today) - 7;
	digest_span_month(today, &first, &last);
	return first - 1;
}

/* --- sums --- */

static bool sum(struct digesting *digesting, const struct filter *filter, struct digest_sums *out, struct result_view *results)
{
	if (!store_results(digesting->store, filter, digesting->arena, results, digesting->err))
		return false;
	out->successful = results->successful;
	out->failed = results->failed;
	out->reports = results->reports;
	for (size_t i = 0; i < results->row_count; i++)
		out->refused = num_add_sat(out->refused, results->rows[i].refused_sessions);
	return true;
}

static bool sum_before(struct digesting *digesting)
{
	struct digest *digest = digesting->digest;
	struct filter filter = digesting->filter;
	struct result_view results;

	filter.until_day = digest->since_day - 1;
	filter.since_day = filter.until_day - 6;
	if (digest->span == DIGEST_MONTH)
		digest_span_month(filter.until_day, &filter.since_day, &filter.until_day);
	return sum(digesting, &filter, &digest->before, &results);
}

static bool add_sums(struct digesting *digesting)
{
	struct digest *digest = digesting->digest;
	struct store *store = digesting->store;

	if (!sum(digesting, &digesting->filter, &digest->now, &digest->results) || !sum_before(digesting) ||
	    !store_sources(store, &digesting->filter, SOURCE_BY_REPORTER, digesting->arena, &digest->sources, digesting->err) ||
	    !digests_days(store, &digesting->filter, digesting->arena, &digest->days, &digest->day_count, digesting->err) ||
	    !digests_domains(store, &digesting->filter, digesting->arena, &digest->domains, &digest->domain_count, &digest->now,
	                     digesting->err))
		return false;
	digest->now.reporters = digest->sources.row_count;
	digest->complete = digest->results.complete;
	size_t most = digest->span == DIGEST_MONTH ? MONTH_DOMAINS_MOST : DOMAINS_MOST;
	if (digest->span == DIGEST_WEEK)
		digest->domain_count = digest->now.failing_domains;
	if (digest->domain_count > most)
		digest->domain_count = most;
	return true;
}

/* On how many days of the span everybody who usually reports has reported. */
static bool add_full_days(struct digesting *digesting)
{
	struct digest *digest = digesting->digest;
	struct filter filter = digesting->filter;

	for (size_t i = 0; i < digest->day_count; i++) {
		struct completeness complete;
		filter.since_day = filter.until_day = digest->days[i].day;
		if (!store_complete(digesting->store, &filter, digesting->arena, &complete, digesting->err))
			return false;
		if (complete.last.day != digest->days[i].day)
			continue;
		digest->full_days += complete.last.usual > 0 && complete.last.reported == complete.last.usual;
		if (complete.last.usual > digest->usual_reporters)
			digest->usual_reporters = complete.last.usual;
	}
	return true;
}

/* --- issues --- */

static bool is_silence(const struct issue *issue)
{
	return issue->matter == MATTER_DOMAIN_SILENT || issue->matter == MATTER_REPORTER_SILENT ||
	       issue->matter == MATTER_INTAKE_SILENT;
}

static void push(struct digesting *digesting, struct issue **rows, size_t *count, size_t *room, const struct issue *issue)
{
	void *items = *rows;
	*(struct issue *)arena_push(digesting->arena, &items, count, room, sizeof *issue) = *issue;
	*rows = items;
}

/* By the clock, or by the days of its reports: those come a day or two later, out of an archive much later. */
static bool was_closed(const struct digest *digest, const struct issue *issue, instant begin, instant end)
{
	return (issue->closed_at >= begin && issue->closed_at < end) ||
	       (issue->clean_day >= digest->since_day && issue->clean_day <= digest->until_day);
}

/* As it stood at the end of the span: what came later is not told of. */
static bool add_issues(struct digesting *digesting)
{
	struct digest *digest = digesting->digest;
	instant begin = day_start(digest->since_day), end = day_start(digest->until_day + 1);
	struct issue_filter filter = {
	    .with_closed = true, .closed_since = begin, .domain = digest->domain, .limit = ISSUES_MOST};
	size_t open_room = 0, closed_room = 0, silent_room = 0, count;
	struct issue *issues;

	if (!issues_list(digesting->store, &filter, digesting->arena, &issues, &count, digesting->err))
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct issue *issue = &issues[i];
		if (issue->end == END_JOINED || issue->first_day > digest->until_day)
			continue;
		if (issue->end != END_NONE && was_closed(digest, issue, begin, end))
			push(digesting, &digest->closed, &digest->closed_count, &closed_room, issue);
		else if (issue->end != END_NONE && issue->clean_day < digest->since_day)
			continue; /* an older one, out of an archive that was read in later */
		else if (is_silence(issue))
			push(digesting, &digest->silent, &digest->silent_count, &silent_room, issue);
		else
			push(digesting, &digest->open, &digest->open_count, &open_room, issue);
	}
	return true;
}

static bool add_page(struct digesting *digesting, const struct issue *issue)
{
	struct digest *digest = digesting->digest;
	return issues_page(digesting->store, issue->id, digesting->arena, &digest->pages[digest->page_count++], digesting->err);
}

static bool add_pages(struct digesting *digesting)
{
	struct digest *digest = digesting->digest;

	if (digest->span != DIGEST_MONTH)
		return true;
	digest->pages = ARENA_ARRAY(digesting->arena, PAGES_MOST, struct issue_page);
	for (size_t i = 0; i < digest->open_count && digest->page_count < PAGES_MOST; i++)
		if (!add_page(digesting, &digest->open[i]))
			return false;
	for (size_t i = 0; i < digest->closed_count && digest->page_count < PAGES_MOST; i++)
		if (!add_page(digesting, &digest->closed[i]))
			return false;
	return true;
}

/* --- what comes up --- */

static struct digest_coming *coming(struct digesting *digesting, size_t *room, enum digest_event event, struct str subject)
{
	struct digest *digest = digesting->digest;
	void *items = digest->coming;
	struct digest_coming *row =
	    arena_push(digesting->arena, &items, &digest->coming_count, room, sizeof(struct digest_coming));
	digest->coming = items;
	*row = (struct digest_coming){.event = event, .subject = subject, .day = DAY_NONE};
	return row;
}

static int32_t day_in(struct str text)
{
	int32_t day;
	return day_parse(text, &day) ? day : DAY_NONE;
}

static int32_t number_in(struct str text)
{
	uint64_t n;
	return num_parse_uint(text, INT32_MAX, &n) && n > 0 ? (int32_t)n : DAY_NONE;
}

static bool add_coming(struct digesting *digesting)
{
	struct digest *digest = digesting->digest;
	struct digests_ready *ready;
	size_t room = 0, count;

	for (size_t i = 0; i < digest->open_count; i++) {
		const struct issue *issue = &digest->open[i];
		struct str rest = issue->detail;
		if (issue->matter == MATTER_CERT_EXPIRING)
			coming(digesting, &room, DIGEST_CERT_ENDS, issue->subject)->day = day_in(issue->detail);
		if (issue->matter != MATTER_STALE_POLICY || issue->detail.len == 0)
			continue;
		struct digest_coming *row = coming(digesting, &room, DIGEST_POLICY_ENDS, issue->subject);
		row->reporter = str_cut(&rest, ' ');
		(void)str_cut(&rest, ' ');
		row->day = number_in(str_cut(&rest, ' '));
	}
	if (!digests_ready(digesting->store, &digesting->filter, digesting->arena, &ready, &count, digesting->err))
		return false;
	for (size_t i = 0; i < count; i++) {
		int32_t wait = ready[i].days >= ENFORCE_DAYS ? 0 : (int32_t)(ENFORCE_DAYS - ready[i].days);
		if (wait <= SOON_DAYS)
			coming(digesting, &room, DIGEST_MAY_ENFORCE, ready[i].domain)->day = digest->until_day + 1 + wait;
	}
	return true;
}

static bool add_heading(struct digesting *digesting)
{
	struct digest *digest = digesting->digest;
	struct tenant_settings settings;
	int64_t id;

	if (digest->tenant.len == 0)
		return true;
	if (!store_tenant_find(digesting->store, digest->tenant, &id, digesting->err) ||
	    !tenants_settings(digesting->store, id, digesting->arena, &settings, digesting->err))
		return false;
	digest->heading = settings.title;
	digest->language = settings.language;
	return true;
}

bool digesting_make(struct store *store, const struct digest_wish *wish, instant now, struct arena *arena,
                    struct digest *out, struct err *err)
{
	struct digesting digesting = {.store = store, .arena = arena, .digest = out, .filter = FILTER_ALL, .err = err};

	*out = (struct digest){.span = wish->span, .made_at = now, .tenant = wish->tenant_name, .domain = wish->domain};
	set_days(wish, out);
	digesting.filter.since_day = out->since_day;
	digesting.filter.until_day = out->until_day;
	digesting.filter.domain = wish->domain;
	return add_heading(&digesting) && add_sums(&digesting) && add_full_days(&digesting) && add_issues(&digesting) &&
	       add_pages(&digesting) && add_coming(&digesting);
}
