/* SPDX-License-Identifier: ISC */
#include "role/clues.h"

#include "publish/sts_text.h"
#include "store/issues.h"
#include "store/looks.h"
#include "store/observations.h"
#include "store/policies.h"

#define BEFORE_SECS (7 * (int64_t)SECS_PER_DAY) /* what is longer ago explains nothing */

struct seeking {
	struct arena *arena;
	struct clue *clues;
	size_t count, room;
	/* The period of the first report with the failure, and the end of the last day with one; INSTANT_NONE: no issue. */
	instant first_begin, first_end, last_end;
};

static void add(struct seeking *seeking, const struct clue *clue)
{
	void *clues = seeking->clues;

	*(struct clue *)arena_push(seeking->arena, &clues, &seeking->count, &seeking->room, sizeof *clue) = *clue;
	seeking->clues = clues;
}

/* A change at `clue->at`, where it may have to do with the failures.  Without an issue every change is told elsewhere. */
static bool add_change(struct seeking *seeking, struct clue clue)
{
	if (seeking->first_begin == INSTANT_NONE)
		return false;
	if (clue.at > seeking->last_end)
		clue.before_secs = seeking->last_end - clue.at;
	else if (clue.at >= seeking->first_begin && clue.at <= seeking->first_end)
		clue.before_secs = 0;
	else if (clue.at < seeking->first_begin && seeking->first_begin - clue.at <= BEFORE_SECS)
		clue.before_secs = seeking->first_begin - clue.at;
	else
		return false;
	add(seeking, &clue);
	return true;
}

/* The row that this one replaced: what was seen until then is gone since. */
static const struct observation *before(const struct observation *rows, size_t n, const struct observation *row)
{
	const struct observation *found = NULL;

	for (size_t i = 0; i < n; i++) {
		const struct observation *old = &rows[i];
		if (old->kind == row->kind && str_eq(old->subject, row->subject) &&
		    (row->kind != OBSERVED_CERT || str_eq(old->place, row->place)) && old->gone_at != INSTANT_NONE &&
		    old->gone_at <= row->first_seen && !str_eq(old->value, row->value) &&
		    (found == NULL || old->gone_at > found->gone_at))
			found = old;
	}
	return found;
}

/* --- servers --- */

/* Does "3 1 1 HEX" (or 3 0 1) name this certificate? */
static bool tlsa_names(struct str record, const struct observation *cert)
{
	return (str_ends_with(record, cert->cert.key_sha256) && cert->cert.key_sha256.len > 0 &&
	        str_find(record, STR(" 1 1 ")) < record.len) ||
	       (str_ends_with(record, cert->value) && str_find(record, STR(" 0 1 ")) < record.len);
}

static bool is_of(const struct observation *row, enum observation_kind kind, struct str subject)
{
	return row->kind == kind && str_eq(row->subject, subject);
}

/* The records that are published name no certificate of today, and one of before. */
static void seek_old_key(struct seeking *seeking, const struct observation *rows, size_t n, struct str host)
{
	bool names_today = false, names_old = false, has_cert = false;

	for (size_t i = 0; i < n; i++) {
		if (!is_of(&rows[i], OBSERVED_TLSA, host) || rows[i].gone_at != INSTANT_NONE)
			continue;
		for (size_t j = 0; j < n; j++) {
			if (!is_of(&rows[j], OBSERVED_CERT, host))
				continue;
			bool is_today = rows[j].gone_at == INSTANT_NONE;
			has_cert = has_cert || is_today;
			bool named = tlsa_names(rows[i].value, &rows[j]);
			names_today = names_today || (named && is_today);
			names_old = names_old || (named && !is_today);
		}
	}
	if (has_cert && names_old && !names_today)
		add(seeking, &(struct clue){.kind = CLUE_TLSA_OLD_KEY, .subject = host, .at = INSTANT_NONE, .until = INSTANT_NONE,
		                            .before_secs = CLUE_NO_ISSUE});
}

/* The rows are the newest first: the latest change of a kind that fits is the one. */
static void seek_change(struct seeking *seeking, const struct observation *rows, size_t n, enum observation_kind kind,
                        struct str subject, enum clue_kind clue)
{
	for (size_t i = 0; i < n; i++)
		if (is_of(&rows[i], kind, subject) && before(rows, n, &rows[i]) != NULL &&
		    add_change(seeking, (struct clue){.kind = clue, .subject = subject, .at = rows[i].first_seen,
		                                      .until = INSTANT_NONE}))
			return;
}

static bool set_has(struct str set, struct str host)
{
	for (struct str rest = set; rest.p != NULL;) {
		struct str line = str_cut(&rest, '\n');
		if (str_eq_nocase(str_from(line, str_find_byte(line, ' ') + 1), host))
			return true;
	}
	return false;
}

static void seek_joined(struct seeking *seeking, const struct observation *rows, size_t n, struct str host)
{
	for (size_t i = 0; i < n; i++) {
		const struct observation *old = rows[i].kind == OBSERVED_MX ? before(rows, n, &rows[i]) : NULL;
		if (old != NULL && set_has(rows[i].value, host) && !set_has(old->value, host) &&
		    add_change(seeking, (struct clue){.kind = CLUE_MX_JOINED, .subject = host, .other = rows[i].subject,
		                                      .at = rows[i].first_seen, .until = INSTANT_NONE}))
			return;
	}
}

static void seek_server(struct seeking *seeking, const struct observation *rows, size_t n, struct str host)
{
	seek_change(seeking, rows, n, OBSERVED_CERT, host, CLUE_CERT_REPLACED);
	seek_change(seeking, rows, n, OBSERVED_TLSA, host, CLUE_TLSA_CHANGED);
	seek_old_key(seeking, rows, n, host);
	seek_joined(seeking, rows, n, host);
}

/* --- policies --- */

static bool has_pattern(const struct str_list *patterns, struct str pattern)
{
	for (size_t i = 0; i < patterns->count; i++)
		if (str_eq_nocase(patterns->items[i], pattern))
			return true;
	return false;
}

/* The same policy, however it is written down. */
static bool same_policy(const struct sts_policy *a, const struct sts_policy *b)
{
	bool same = a->is_valid && b->is_valid && a->mode == b->mode && a->max_age_secs == b->max_age_secs &&
	            a->mx.count == b->mx.count;

	for (size_t i = 0; same && i < a->mx.count; i++)
		same = has_pattern(&b->mx, a->mx.items[i]);
	return same;
}

static void read_policy(struct str text, struct arena *arena, struct sts_policy *out)
{
	struct findings ignored = {0};

	sts_text_read(text, STR("policy"), arena, out, &ignored);
}

static void read_seen(const struct policy_seen *seen, struct arena *arena, struct sts_policy *out)
{
	struct buf text;

	buf_init(&text, STS_POLICY_MOST_BYTES);
	for (size_t i = 0; i < seen->strings.count; i++) {
		buf_str(&text, seen->strings.items[i]);
		buf_byte(&text, '\n');
	}
	read_policy(arena_str(arena, text.len > 0 ? buf_view(&text) : STR("")), arena, out);
	buf_done(&text);
}

static bool is_last_of(const struct policy_seen *seen, size_t n, size_t at)
{
	for (size_t i = 0; i < n; i++)
		if (i != at && seen[i].type == POLICY_STS && str_eq(seen[i].reporter, seen[at].reporter) &&
		    (seen[i].last_day > seen[at].last_day || (seen[i].last_day == seen[at].last_day && i < at)))
			return false;
	return true;
}

/* The newest policy that a reporter told of is one that we saw replaced. */
static void seek_stale(struct seeking *seeking, const struct observation *rows, size_t n, struct str domain,
                       const struct policy_seen *seen, size_t seen_count)
{
	for (size_t i = 0; i < seen_count; i++) {
		struct sts_policy theirs;
		bool is_current = false;
		const struct observation *old = NULL;
		uint64_t max_age = 0;
		if (seen[i].type != POLICY_STS || !is_last_of(seen, seen_count, i))
			continue;
		read_seen(&seen[i], seeking->arena, &theirs);
		for (size_t j = 0; j < n && !is_current; j++) {
			struct sts_policy ours;
			if (!is_of(&rows[j], OBSERVED_POLICY, domain))
				continue;
			read_policy(rows[j].text, seeking->arena, &ours);
			if (!same_policy(&ours, &theirs))
				continue;
			is_current = rows[j].gone_at == INSTANT_NONE;
			if (old == NULL) {
				old = &rows[j];
				max_age = ours.max_age_secs;
			}
		}
		/* Reports of the day of the change tell of both. */
		if (is_current || old == NULL || seen[i].last_day <= day_of(old->gone_at))
			continue;
		add(seeking, &(struct clue){.kind = CLUE_STALE_POLICY, .subject = domain,
		                            .other = seen[i].reporter,
		                            .at = old->first_seen, .until = old->gone_at + (instant)max_age,
		                            .before_secs = CLUE_NO_ISSUE});
	}
}

static void seek_drift(struct seeking *seeking, const struct observation *rows, size_t n, struct str domain)
{
	for (size_t i = 0; i < n; i++)
		if (is_of(&rows[i], OBSERVED_FINDING, domain) && rows[i].gone_at == INSTANT_NONE &&
		    str_eq(rows[i].value, str_of(finding_code_text(FINDING_POLICY_DRIFT))))
			add(seeking, &(struct clue){.kind = CLUE_POLICY_DRIFT, .subject = domain, .at = rows[i].first_seen,
			                            .until = INSTANT_NONE, .before_secs = CLUE_NO_ISSUE});
}

/* --- of a domain --- */

static bool read_look(struct store *store, struct arena *arena, struct domain_history *out, struct err *err)
{
	struct look_row row;
	struct err missing = {0};

	out->looked_at = out->next_at = INSTANT_NONE;
	out->is_looked_at = looks_one(store, out->domain, arena, &row, &missing);
	if (!out->is_looked_at)
		return missing.kind == ERR_MISSING || err_set(err, missing.kind, "%s", missing.text);
	out->looked_at = row.looked_at;
	out->next_at = row.next_at;
	out->verdict = row.verdict;
	out->reason = row.reason;
	return true;
}

static bool is_seen(const struct observation *rows, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (rows[i].kind == OBSERVED_TLSA && str_eq(rows[i].subject, rows[at].subject))
			return true;
	return false;
}

bool clues_history(struct store *store, struct str domain, size_t most, struct arena *arena, struct domain_history *out,
                   struct err *err)
{
	struct domain_history history = {.domain = domain};
	struct seeking seeking = {.arena = arena, .first_begin = INSTANT_NONE};
	struct observation *rows;
	struct policy_seen *seen;

	if (!read_look(store, arena, &history, err) ||
	    !observations_of_domain(store, domain, true, most, arena, &rows, &history.count, err) ||
	    !policies_seen(store, domain, arena, &seen, &history.seen_count, err))
		return false;
	history.rows = rows;
	history.seen = seen;
	for (size_t i = 0; i < history.count; i++)
		if (rows[i].kind == OBSERVED_TLSA && !is_seen(rows, i))
			seek_old_key(&seeking, rows, history.count, rows[i].subject);
	seek_drift(&seeking, rows, history.count, domain);
	seek_stale(&seeking, rows, history.count, domain, seen, history.seen_count);
	history.clues = seeking.clues;
	history.clue_count = seeking.count;
	*out = history;
	return true;
}

/* --- of an issue --- */

static void seek_policy(struct seeking *seeking, const struct observation *rows, size_t n, struct str domain)
{
	seek_change(seeking, rows, n, OBSERVED_POLICY, domain, CLUE_POLICY_CHANGED);
	seek_drift(seeking, rows, n, domain);
}

/* Failures of a policy, and of a server that a policy does not name. */
static bool seek_on_domain(struct store *store, struct seeking *seeking, const struct issue *issue, struct str domain,
                           struct err *err)
{
	struct observation *rows;
	struct policy_seen *seen;
	size_t n, seen_count;

	if (!observations_of_domain(store, domain, true, 0, seeking->arena, &rows, &n, err))
		return false;
	if (issue->kind == ISSUE_ON_MX) {
		seek_server(seeking, rows, n, issue->subject);
	} else {
		seek_policy(seeking, rows, n, domain);
		for (size_t i = 0; i < n && issue->matter == CAUSE_STS_MX_MISMATCH; i++)
			if (is_of(&rows[i], OBSERVED_FINDING, domain) && str_eq(rows[i].value, STR("sts-mx-mismatch")))
				seek_joined(seeking, rows, n, rows[i].place);
	}
	bool is_about_policy = issue->matter == CAUSE_STS_MX_MISMATCH || issue->matter == MATTER_STALE_POLICY;
	if (!is_about_policy)
		return true;
	if (!policies_seen(store, domain, seeking->arena, &seen, &seen_count, err))
		return false;
	seek_stale(seeking, rows, n, domain, seen, seen_count);
	return true;
}

bool clues_issue(struct store *store, int64_t id, struct arena *arena, struct issue_page *out, struct err *err)
{
	struct seeking seeking = {.arena = arena, .first_begin = INSTANT_NONE};
	struct issue_page page = {0};

	if (!issues_page(store, id, arena, &page, err))
		return false;
	const struct issue *issue = &page.issue;
	if (page.domain_count == 0 && issue->kind == ISSUE_ON_MX) {
		struct str_list domains;
		if (!observations_domains(store, issue->subject, arena, &domains, err))
			return false;
		page.domains = domains.items;
		page.domain_count = domains.count;
	}
	if (!issues_first_failure(store, issue, &seeking.first_begin, &seeking.first_end, err))
		return false;
	seeking.last_end = day_start(issue->last_day) + SECS_PER_DAY - 1;
	struct str domain = issue->kind == ISSUE_ON_DOMAIN ? issue->subject : page.domain_count > 0 ? page.domains[0] : STR_NONE;
	bool can_be_seen = issue->kind == ISSUE_ON_MX || issue->kind == ISSUE_ON_DOMAIN;
	if (can_be_seen && domain.len > 0 && !seek_on_domain(store, &seeking, issue, domain, err))
		return false;
	page.clues = seeking.clues;
	page.clue_count = seeking.count;
	*out = page;
	return true;
}
