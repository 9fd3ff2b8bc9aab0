/* SPDX-License-Identifier: ISC */
#include "role/alerting.h"

#include "alert/alert_rules.h"
#include "base/limits.h"
#include "base/log.h"
#include "present/issue_doc.h"
#include "store/alerts.h"
#include "store/issues.h"

#define DELIVER_MOST 100

static bool judge_one(struct store *store, struct arena *arena, int64_t id, instant now, struct err *err)
{
	struct issue issue;
	struct alert_row last = {0};
	struct alert_past past = {0};

	if (!issues_load(store, id, arena, &issue, err) ||
	    !alerts_past(store, id, &last, &past.was_said, &past.was_resolved, err))
		return false;
	if (past.was_said) {
		past.rule = last.rule < ALERT_RULE_COUNT ? (enum alert_rule)last.rule : ALERT_NEW_FAILURE;
		past.at = last.at;
	}
	enum alert_rule rule = alert_rule_of(&issue);
	if (rule != ALERT_RULE_COUNT && issue.end == END_NONE &&
	    !alerts_said_since(store, rule, now - ALERT_HOUR_SECS, &past.said_this_hour, err))
		return false;
	struct alert_decision decision = alert_rules_decide(&issue, &past, now);
	if (!decision.is_due)
		return true;
	struct alert_row row = {
	    .at = now, .issue = id, .rule = decision.rule, .kind = decision.kind, .outcome = decision.outcome};
	return alerts_add(store, &row, err);
}

bool alerting_judge(struct store *store, struct arena *arena, instant now, struct err *err)
{
	int64_t *due;
	size_t count;

	if (!alerts_wake(store, now, err) || !alerts_due(store, arena, &due, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!judge_one(store, arena, due[i], now, err))
			return false;
	for (unsigned rule = 0; rule < ALERT_RULE_COUNT; rule++) {
		struct alert_row digest = {.at = now, .rule = rule, .kind = ALERT_DIGEST, .outcome = ALERT_PENDING};
		if (!alerts_digest(store, rule, now - ALERT_HOUR_SECS, &digest.count, err) ||
		    (digest.count > 0 && !alerts_add(store, &digest, err)))
			return false;
	}
	return true;
}

static bool say(struct store *store, struct arena *arena, const struct alert_row *row, struct err *err)
{
	struct issue issue;
	char number[ISSUE_NUMBER_MAX];
	const char *rule = alert_rule_text((enum alert_rule)row->rule);

	if (row->kind == ALERT_DIGEST) {
		LOG(LOG_LEVEL_WARNING, "alert", LOG_TEXT("kind", alert_kind_text(ALERT_DIGEST)), LOG_TEXT("rule", rule),
		    LOG_NUM("issues", row->count));
		return true;
	}
	if (!issues_load(store, row->issue, arena, &issue, err))
		return false;
	LOG(LOG_LEVEL_WARNING, "alert", LOG_TEXT("kind", alert_kind_text((enum alert_kind)row->kind)),
	    LOG_TEXT("rule", rule), LOG_STR("issue", issue_number(issue.id, number)),
	    LOG_TEXT("severity", severity_text(issue.severity)), LOG_STR("title", issue_doc_title(arena, &issue)),
	    LOG_NUM("domains", issue.domains), LOG_NUM("refused", issue.refused));
	return true;
}

static bool deliver_some(struct store *store, struct arena *arena, instant now, size_t *out_count, struct err *err)
{
	struct alert_row *rows;

	if (!alerts_pending(store, DELIVER_MOST, arena, &rows, out_count, err))
		return false;
	for (size_t i = 0; i < *out_count; i++)
		if (rows[i].rule >= ALERT_RULE_COUNT || rows[i].kind >= ALERT_KIND_COUNT ||
		    !say(store, arena, &rows[i], err))
			return false;
	if (*out_count == 0)
		return true;
	bool ok = store_begin(store, err);
	for (size_t i = 0; ok && i < *out_count; i++)
		ok = alerts_mark_said(store, rows[i].id, now, err);
	return ok && store_commit(store, err);
}

bool alerting_deliver(struct store *store, instant now, struct err *err)
{
	struct arena arena;
	size_t count = DELIVER_MOST;
	bool ok = true;

	arena_init(&arena, MIB(8));
	while (ok && count == DELIVER_MOST) {
		arena_clear(&arena);
		ok = deliver_some(store, &arena, now, &count, err);
	}
	arena_done(&arena);
	return ok;
}
