/* SPDX-License-Identifier: ISC */
#include "role/diagnosis_check.h"

#include "base/attr.h"
#include "base/limits.h"
#include "role/diagnosis.h"
#include "role/diagnosis_habits.h"
#include "role/look_findings.h"
#include "role/recheck.h"
#include "store/issues.h"

struct checking {
	struct store *store;
	const struct check *check;
	instant now;
	struct arena arena;
	struct err *err;
};

/* --- what is open --- */

static bool judge_open(struct checking *checking, enum issue_kind kind, struct str subject)
{
	static const enum issue_seen seen_of[] = {
	    [RECHECK_CLEAN] = SEEN_CLEAN, [RECHECK_BROKEN] = SEEN_BROKEN, [RECHECK_CANNOT_TELL] = SEEN_NOT};
	struct issue *open;
	struct recheck_plan plan;
	struct recheck_seen seen;
	size_t count;
	int64_t id;

	if (!issues_name(checking->store, subject, &id, checking->err) ||
	    !issues_open_on(checking->store, kind, id, &checking->arena, &open, &count, checking->err))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!recheck_plan(&open[i], checking->check->domain, &plan))
			continue;
		recheck_judge(&open[i], checking->check, &seen);
		struct diagnosis_looked looked = {.seen = seen_of[seen.verdict],
		                                  .story = recheck_story(&seen, &checking->arena)};
		if (seen.verdict != RECHECK_CANNOT_TELL &&
		    !diagnosis_look_inside(checking->store, open[i].id, &looked, checking->now, checking->err))
			return false;
	}
	return true;
}

/* --- what no failure tells of --- */

struct watched {
	unsigned matter;
	enum finding_code codes[8];
	size_t count;
};

/* The record of reports: one of these at most, the first that fits. */
static const struct watched of_record[] = {
    {MATTER_RECORD_MISSING, {FINDING_RECORD_MISSING, FINDING_RECORD_MISPLACED}, 2},
    {MATTER_RECORD_MULTIPLE, {FINDING_RECORD_MULTIPLE}, 1},
    {MATTER_RECORD_INVALID,
     {FINDING_RECORD_VERSION, FINDING_RECORD_QUOTES, FINDING_RECORD_SYNTAX, FINDING_RECORD_TAG_TWICE, FINDING_RUA_MISSING,
      FINDING_RUA_SCHEME, FINDING_RUA_ADDRESS, FINDING_RUA_ENCODING},
     8},
    {MATTER_RUA_NOT_OURS, {FINDING_RUA_NOT_OURS}, 1},
};
static const struct watched of_policy = {MATTER_MAX_AGE_SHORT, {FINDING_POLICY_MAX_AGE_SHORT}, 1};
static const struct watched of_server = {MATTER_CERT_EXPIRING, {FINDING_CERT_EXPIRING}, 1};
/* These end as soon as a look can tell that they are gone. */
static const struct watched of_servers[] = {
    {MATTER_SERVER_UNREACHABLE,
     {FINDING_MX_NO_ADDRESS, FINDING_MX_FORBIDDEN, FINDING_SMTP_NO_GREETING, FINDING_SMTP_BROKEN},
     4},
    {MATTER_STARTTLS_INJECTED, {FINDING_STARTTLS_INJECTED}, 1},
};
static const struct watched of_domain[] = {
    {MATTER_MX_MISSING, {FINDING_MX_MISSING}, 1},
    {MATTER_POLICY_CERT_EXPIRING, {FINDING_STS_HOST_CERT_EXPIRING}, 1},
    {MATTER_POLICY_DRIFT, {FINDING_POLICY_DRIFT}, 1},
};

static const struct finding *find(const struct check *check, const struct watched *watched, struct str subject)
{
	for (size_t i = 0; i < check->findings.count; i++)
		for (size_t c = 0; c < watched->count; c++)
			if (check->findings.items[i].code == watched->codes[c] &&
			    (subject.len == 0 || str_eq_nocase(check->findings.items[i].subject, subject)))
				return &check->findings.items[i];
	return NULL;
}

static bool set(struct checking *checking, unsigned matter, enum issue_kind kind, struct str subject,
                const struct finding *finding)
{
	struct recheck_seen seen = {.verdict = finding != NULL ? RECHECK_BROKEN : RECHECK_CLEAN, .finding = finding};
	struct diagnosis_switch wish = {.matter = matter,
	                                .kind = kind,
	                                .since = day_of(checking->now),
	                                .today = day_of(checking->now),
	                                .is_on = finding != NULL,
	                                .is_looked = true,
	                                .story = recheck_story(&seen, &checking->arena)};
	if (finding != NULL) {
		wish.severity = finding->severity;
		wish.detail = finding->detail;
	}
	return issues_name(checking->store, subject, &wish.subject, checking->err) &&
	       diagnosis_switch(checking->store, &checking->arena, &wish, checking->now, checking->err);
}

/* A record that is wrong is why a domain is silent: that one is part of this. */
static bool join_silence(struct checking *checking)
{
	struct issue issue;
	int64_t domain, id;

	if (!issues_name(checking->store, checking->check->domain, &domain, checking->err) ||
	    !issues_newest(checking->store, MATTER_DOMAIN_SILENT, ISSUE_ON_DOMAIN, domain, &id, checking->err))
		return false;
	if (id == 0)
		return true;
	if (!issues_load(checking->store, id, &checking->arena, &issue, checking->err))
		return false;
	if (issue.end != END_NONE)
		return true;
	issue.end = END_JOINED;
	issue.closed_at = issue.changed_at = checking->now;
	issue.clean_day = day_of(checking->now);
	return issues_save(checking->store, &issue, checking->err) &&
	       issues_history_add(checking->store, id, checking->now, EVENT_CLOSED, STR_NONE, checking->err);
}

static bool judge_record(struct checking *checking)
{
	const struct check *check = checking->check;
	const struct finding *found = NULL;
	size_t at = 0;

	if (check->tls_rpt.state == CHECK_CANNOT_TELL)
		return true;
	while (at < COUNT_OF(of_record) && (found = find(check, &of_record[at], STR_NONE)) == NULL)
		at++;
	for (size_t i = 0; i < COUNT_OF(of_record); i++)
		if (!set(checking, of_record[i].matter, ISSUE_ON_DOMAIN, check->domain, i == at ? found : NULL))
			return false;
	return found == NULL || join_silence(checking);
}

static bool has_shown(const struct check_mx *mx)
{
	for (size_t i = 0; i < mx->look_count; i++)
		if (mx->looks[i].state == LOOK_OK)
			return true;
	return false;
}

/* On or off, where the look could tell. */
static bool judge_told(struct checking *checking, const struct watched *watched, enum issue_kind kind, struct str subject,
                       struct str place)
{
	const struct finding *found = find(checking->check, watched, kind == ISSUE_ON_MX ? subject : STR_NONE);
	bool told = true;

	for (size_t c = 0; c < watched->count; c++)
		told = told && look_findings_told(checking->check, place, str_of(finding_code_text(watched->codes[c])));
	return (found == NULL && !told) || set(checking, watched->matter, kind, subject, found);
}

static bool judge_told_all(struct checking *checking)
{
	const struct check *check = checking->check;
	const struct str places[COUNT_OF(of_domain)] = {check->domain, check->mta_sts.host, check->domain};

	for (size_t i = 0; i < COUNT_OF(of_domain); i++)
		if (!judge_told(checking, &of_domain[i], ISSUE_ON_DOMAIN, check->domain, places[i]))
			return false;
	for (size_t i = 0; i < check->mx_count; i++)
		for (size_t w = 0; w < COUNT_OF(of_servers); w++)
			if (!judge_told(checking, &of_servers[w], ISSUE_ON_MX, check->mx[i].host, check->mx[i].host))
				return false;
	return true;
}

static bool judge_watched(struct checking *checking)
{
	const struct check *check = checking->check;

	if (check->mta_sts.policy.is_valid &&
	    !set(checking, of_policy.matter, ISSUE_ON_DOMAIN, check->domain,
	         check->mta_sts.policy.mode == MODE_ENFORCE ? find(check, &of_policy, STR_NONE) : NULL))
		return false;
	for (size_t i = 0; i < check->mx_count; i++)
		if (has_shown(&check->mx[i]) &&
		    !set(checking, of_server.matter, ISSUE_ON_MX, check->mx[i].host, find(check, &of_server, check->mx[i].host)))
			return false;
	return true;
}

/* --- what reports have not told of yet --- */

/* Whether an open issue says it already, in these words or in others of the same family. */
static bool is_known(struct checking *checking, enum issue_kind kind, struct str subject, enum cause cause, bool *out)
{
	struct issue *open;
	size_t count;
	int64_t id;

	*out = false;
	if (!issues_name(checking->store, subject, &id, checking->err) ||
	    !issues_open_on(checking->store, kind, id, &checking->arena, &open, &count, checking->err))
		return false;
	for (size_t i = 0; i < count; i++)
		*out |= open[i].matter < CAUSE_COUNT && (open[i].matter == CAUSE_UNKNOWN ||
		                                         cause_family((enum cause)open[i].matter) == cause_family(cause));
	return true;
}

static bool open_unreported(struct checking *checking, const struct finding *finding)
{
	enum cause cause;
	bool known;

	if (finding->severity < SEVERITY_WARNING || finding->code == FINDING_CERT_EXPIRING ||
	    !finding_cause(finding->code, &cause))
		return true;
	bool on_server = cause_subject(cause) == CAUSE_SUBJECT_MX;
	enum issue_kind kind = on_server ? ISSUE_ON_MX : ISSUE_ON_DOMAIN;
	struct str subject = on_server ? finding->subject : checking->check->domain;
	if (on_server) { /* a fault of the DNS may be about any name */
		bool is_server = false;
		for (size_t i = 0; i < checking->check->mx_count; i++)
			is_server |= str_eq_nocase(checking->check->mx[i].host, subject);
		if (!is_server)
			return true;
	}
	return is_known(checking, kind, subject, cause, &known) && (known || set(checking, cause, kind, subject, finding));
}

bool diagnosis_check(struct store *store, const struct check *check, instant now, struct err *err)
{
	struct checking checking = {.store = store, .check = check, .now = now, .err = err};

	arena_init(&checking.arena, MIB(16));
	bool ok = judge_open(&checking, ISSUE_ON_DOMAIN, check->domain);
	for (size_t i = 0; ok && i < check->mx_count; i++)
		ok = judge_open(&checking, ISSUE_ON_MX, check->mx[i].host);
	ok = ok && judge_record(&checking) && judge_watched(&checking) && judge_told_all(&checking);
	for (size_t i = 0; ok && i < check->findings.count; i++)
		ok = open_unreported(&checking, &check->findings.items[i]);
	arena_done(&checking.arena);
	return ok;
}
