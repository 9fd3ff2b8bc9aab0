/* SPDX-License-Identifier: ISC */
#include "role/snapshot.h"

#include <inttypes.h>

#include "base/base64.h"
#include "base/limits.h"
#include "present/json_out.h"
#include "report/account.h"
#include "report/issue.h"
#include "store/accounts.h"
#include "store/alert_channels.h"
#include "store/alert_outbox.h"
#include "store/alert_ruleset.h"
#include "store/api_tokens.h"
#include "store/issues.h"
#include "store/published.h"
#include "store/sign_ins.h"
#include "store/store_domains.h"
#include "store/tenants.h"
#include "store/store_trust.h"
#include "store/store_unread.h"
#include "sys/digest.h"

#define ARENA_BYTES MIB(64)

struct shot {
	struct store *store;
	const struct snapshot_key *key;
	struct arena arena;
	struct json_out json;
	int64_t tenant;
};

static bool shoot_issue(struct shot *shot, struct err *err)
{
	struct issue_page page;
	char number[ISSUE_NUMBER_MAX];

	if (!issues_page(shot->store, shot->key->id, &shot->arena, &page, err))
		return false;
	const struct issue *issue = &page.issue;
	json_out_str(&shot->json, "id", issue_number(issue->id, number));
	json_out_bool(&shot->json, "acknowledged", issue->is_acknowledged);
	json_out_str(&shot->json, "owner", issue->owner.p == NULL ? STR("") : issue->owner);
	json_out_instant(&shot->json, "snoozed_until", issue->snoozed_until);
	json_out_str(&shot->json, "closed_as", str_of(issue_end_text(issue->end)));
	json_out_str(&shot->json, "note", issue->note.p == NULL ? STR("") : issue->note);
	return true;
}

static bool shoot_arrival(struct shot *shot, struct err *err)
{
	struct quarantine_row row;
	struct buf original;

	buf_init(&original, LIMIT_ARRIVAL_BYTES);
	bool ok = store_quarantine_one(shot->store, shot->key->id, &shot->arena, &row, &original, err);
	buf_done(&original);
	if (!ok)
		return false;
	json_out_uint(&shot->json, "id", (uint64_t)row.id);
	json_out_instant(&shot->json, "received_at", row.received_at);
	json_out_uint(&shot->json, "bytes", row.bytes);
	return true;
}

static void put_roles(struct shot *shot, const struct account *account)
{
	json_out_list(&shot->json, "roles");
	for (size_t i = 0; i < account->membership_count; i++) {
		const struct membership *membership = &account->memberships[i];
		json_out_object(&shot->json, NULL);
		json_out_str(&shot->json, "tenant", membership->tenant == 0 ? STR_NONE : membership->tenant_name);
		json_out_str(&shot->json, "role", str_of(user_role_text(membership->role)));
		json_out_bool(&shot->json, "by_group", membership->by_group);
		json_out_end(&shot->json);
	}
	json_out_end(&shot->json);
}

static bool put_sign_ins(struct shot *shot, int64_t account, struct err *err)
{
	struct sign_in_list list;

	if (!sign_ins_list(shot->store, account, &shot->arena, &list, err))
		return false;
	json_out_list(&shot->json, "sign_ins");
	for (size_t i = 0; i < list.count; i++) {
		json_out_object(&shot->json, NULL);
		json_out_str(&shot->json, "issuer", list.rows[i].issuer);
		json_out_str(&shot->json, "subject", list.rows[i].subject);
		json_out_end(&shot->json);
	}
	json_out_end(&shot->json);
	return true;
}

static bool load_account(struct shot *shot, struct account *out, struct err *err)
{
	return shot->key->name.p != NULL ? accounts_find(shot->store, shot->key->name, &shot->arena, out, err)
	                                 : accounts_load(shot->store, shot->key->id, &shot->arena, out, err);
}

static bool shoot_account(struct shot *shot, struct err *err)
{
	struct account account;

	if (!load_account(shot, &account, err))
		return false;
	json_out_str(&shot->json, "name", account.name);
	json_out_str(&shot->json, "full_name", account.full_name);
	json_out_bool(&shot->json, "site_admin", account.is_site_admin);
	json_out_bool(&shot->json, "disabled", account.is_disabled);
	json_out_str(&shot->json, "language", account.language);
	json_out_str(&shot->json, "time_zone", account.time_zone);
	json_out_str(&shot->json, "theme", account.theme);
	json_out_str(&shot->json, "density", account.density);
	json_out_bool(&shot->json, "shortcuts", account.has_shortcuts);
	json_out_bool(&shot->json, "password", account.password.p != NULL);
	json_out_bool(&shot->json, "totp", account.totp.p != NULL);
	json_out_uint(&shot->json, "passkeys", account.passkeys);
	json_out_uint(&shot->json, "recovery_codes", account.recovery_codes);
	put_roles(shot, &account);
	if (account.membership_count == 1)
		shot->tenant = account.memberships[0].tenant;
	return put_sign_ins(shot, account.id, err);
}

static bool shoot_token(struct shot *shot, struct err *err)
{
	struct api_token token;

	if (!api_tokens_load(shot->store, shot->key->id, &shot->arena, &token, err))
		return false;
	json_out_str(&shot->json, "label", token.label);
	json_out_str(&shot->json, "user", token.account == 0 ? STR_NONE : token.account_name);
	json_out_str(&shot->json, "tenant", token.tenant == 0 ? STR_NONE : token.tenant_name);
	json_out_list(&shot->json, "scopes");
	unsigned left = token.scopes;
	for (const char *scope; (scope = token_scopes_next(&left)) != NULL;)
		json_out_str(&shot->json, NULL, str_of(scope));
	json_out_end(&shot->json);
	json_out_instant(&shot->json, "expires_at", token.expires_at);
	shot->tenant = token.tenant;
	return true;
}

static bool shoot_domain(struct shot *shot, struct err *err)
{
	struct domain_row row;
	char tag[SNAPSHOT_TAG_BYTES];

	if (!store_domain(shot->store, shot->key->name, &shot->arena, &row, err))
		return false;
	snapshot_tag(row.token, tag);
	json_out_str(&shot->json, "name", row.name);
	json_out_str(&shot->json, "tenant", row.tenant == 0 ? STR_NONE : row.tenant_name);
	json_out_uint(&shot->json, "proof", row.proof);
	json_out_bool(&shot->json, "paused", row.is_paused);
	json_out_str(&shot->json, "address_mark", str_of(tag)); /* changes with the secret address, and does not tell it */
	shot->tenant = row.tenant;
	return true;
}

static bool shoot_source(struct shot *shot, struct err *err)
{
	static const char *const texts[] = {"none", "trust", "distrust", "trust-others"};
	struct decision_list list;
	enum store_decision decision = STORE_DECISION_NONE;

	_Static_assert(COUNT_OF(texts) == STORE_DECISION_COUNT, "each has a text");
	if (!store_decisions(shot->store, &shot->arena, &list, err))
		return false;
	for (size_t i = 0; i < list.count; i++)
		if (str_eq_nocase(list.rows[i].reporter, shot->key->name))
			decision = list.rows[i].decision;
	json_out_str(&shot->json, "reporter", shot->key->name);
	json_out_str(&shot->json, "decision", str_of(texts[decision]));
	return true;
}

static bool shoot_policy(struct shot *shot, struct err *err)
{
	struct domain_row domain;
	struct published policy;

	if (!store_domain(shot->store, shot->key->name, &shot->arena, &domain, err) ||
	    !published_now(shot->store, shot->key->name, &shot->arena, &policy, err))
		return false;
	json_out_str(&shot->json, "domain", domain.name);
	json_out_str(&shot->json, "id", policy.n == 0 ? STR_NONE : policy.id);
	json_out_str(&shot->json, "text", policy.n == 0 ? STR_NONE : policy.text);
	shot->tenant = domain.tenant;
	return true;
}

static bool shoot_channel(struct shot *shot, struct err *err)
{
	struct alert_channel channel;

	if (!alert_channels_find(shot->store, shot->key->name, &shot->arena, &channel, err))
		return false;
	json_out_str(&shot->json, "name", channel.name);
	json_out_str(&shot->json, "kind", str_of(alert_channel_kind_text(channel.kind)));
	json_out_str(&shot->json, "address", channel.address);
	json_out_str(&shot->json, "target", channel.target);
	json_out_str(&shot->json, "secret", channel.secret); /* where it is, not what */
	json_out_str(&shot->json, "language", channel.language);
	json_out_bool(&shot->json, "paused", channel.is_paused);
	json_out_bool(&shot->json, "local", channel.may_be_local);
	return true;
}

static bool shoot_tenant(struct shot *shot, struct err *err)
{
	struct tenant_settings settings;
	int64_t id = shot->key->id;

	if ((id == 0 && shot->key->name.p != NULL && !store_tenant_find(shot->store, shot->key->name, &id, err)) ||
	    !tenants_settings(shot->store, id, &shot->arena, &settings, err))
		return false;
	json_out_str(&shot->json, "name", settings.name);
	json_out_str(&shot->json, "title", settings.title);
	json_out_str(&shot->json, "logo_text", settings.logo_text);
	json_out_str(&shot->json, "colour", settings.colour);
	json_out_str(&shot->json, "language", settings.language);
	json_out_uint(&shot->json, "most_domains", settings.most_domains);
	json_out_uint(&shot->json, "originals_days", settings.originals_days);
	json_out_str(&shot->json, "logo", settings.logo_hash);
	char tag[SNAPSHOT_TAG_BYTES];
	snapshot_tag(settings.token, tag); /* which one, not what it is */
	json_out_str(&shot->json, "address", str_of(settings.token.len > 0 ? tag : ""));
	shot->tenant = settings.id;
	return true;
}

static bool shoot_rule(struct shot *shot, struct err *err)
{
	struct json_out *json = &shot->json;
	struct alert_rule rule;

	if (!alert_ruleset_find(shot->store, shot->key->name, &shot->arena, &rule, err))
		return false;
	json_out_str(json, "name", rule.name);
	json_out_str(json, "what", str_of(alert_rule_what_text(rule.what)));
	json_out_uint(json, "over", rule.over);
	json_out_uint(json, "least_sessions", rule.least_sessions);
	json_out_str(json, "severity", str_of(severity_text(rule.severity)));
	json_out_str(json, "cause", rule.cause);
	json_out_str(json, "scope", str_of(alert_rule_scope_text(rule.scope)));
	json_out_str(json, "scope_name", rule.scope_name);
	json_out_str(json, "when", str_of(alert_rule_when_text(rule.when)));
	json_out_uint(json, "daily_minute", rule.daily_minute);
	json_out_bool(json, "has_quiet", rule.has_quiet);
	json_out_uint(json, "quiet_from", rule.quiet_from);
	json_out_uint(json, "quiet_to", rule.quiet_to);
	json_out_str(json, "zone", rule.zone);
	json_out_uint(json, "repeat_days", rule.repeat_days);
	json_out_bool(json, "off", rule.is_off);
	json_out_instant(json, "muted_until", rule.muted_until);
	json_out_list(json, "channels");
	for (size_t i = 0; i < rule.channel_count; i++)
		json_out_int(json, NULL, rule.channels[i]);
	json_out_end(json);
	return true;
}

static bool shoot_quarantine(struct shot *shot, struct err *err)
{
	uint64_t readable;

	if (!store_unread_readable(shot->store, &readable, err))
		return false;
	json_out_uint(&shot->json, "readable", readable);
	return true;
}

static bool shoot_delivery(struct shot *shot, struct err *err)
{
	struct alert_delivery delivery;
	uint64_t again, of_channel;

	if (!alert_outbox_load(shot->store, shot->key->id, &shot->arena, &delivery, err) ||
	    !alert_outbox_again_counts(shot->store, &delivery, 0, 0, &again, &of_channel, err))
		return false;
	json_out_str(&shot->json, "channel", delivery.channel_name);
	json_out_str(&shot->json, "headline", delivery.headline);
	json_out_str(&shot->json, "state", str_of(alert_outbox_state_text(delivery.state)));
	json_out_uint(&shot->json, "sent_again", again);
	return true;
}

static bool shoot(struct shot *shot, struct err *err)
{
	switch (shot->key->kind) {
	case SNAPSHOT_ISSUE: return shoot_issue(shot, err);
	case SNAPSHOT_ARRIVAL: return shoot_arrival(shot, err);
	case SNAPSHOT_ACCOUNT: return shoot_account(shot, err);
	case SNAPSHOT_TOKEN: return shoot_token(shot, err);
	case SNAPSHOT_DOMAIN: return shoot_domain(shot, err);
	case SNAPSHOT_SOURCE: return shoot_source(shot, err);
	case SNAPSHOT_POLICY: return shoot_policy(shot, err);
	case SNAPSHOT_CHANNEL: return shoot_channel(shot, err);
	case SNAPSHOT_TENANT: return shoot_tenant(shot, err);
	case SNAPSHOT_RULE: return shoot_rule(shot, err);
	case SNAPSHOT_QUARANTINE: return shoot_quarantine(shot, err);
	case SNAPSHOT_DELIVERY: return shoot_delivery(shot, err);
	case SNAPSHOT_NONE: break;
	}
	return err_set(err, ERR_MISSING, "there is no such thing");
}

bool snapshot(struct store *store, const struct snapshot_key *key, struct buf *out, int64_t *out_tenant, struct err *err)
{
	struct shot shot = {.store = store, .key = key};
	size_t before = out->len;

	arena_init(&shot.arena, ARENA_BYTES);
	json_out_init(&shot.json, out, false);
	json_out_object(&shot.json, NULL);
	bool ok = shoot(&shot, err);
	json_out_end(&shot.json);
	arena_done(&shot.arena);
	if (!ok) {
		out->len = before;
		return false;
	}
	if (out->len > before && out->p[out->len - 1] == '\n')
		out->len--;
	*out_tenant = shot.tenant;
	return true;
}

void snapshot_name(const struct snapshot_key *key, struct buf *out)
{
	static const char *const words[] = {"",       "issue",   "arrival", "user", "token",      "domain", "source",
	                                    "policy", "channel", "tenant",  "rule", "quarantine", "message"};
	char number[ISSUE_NUMBER_MAX];

	buf_text(out, words[key->kind]);
	if (key->kind == SNAPSHOT_QUARANTINE)
		return;
	if (key->kind != SNAPSHOT_NONE)
		buf_byte(out, ' ');
	if (key->kind == SNAPSHOT_ISSUE)
		buf_str(out, issue_number(key->id, number));
	else if (key->name.p != NULL)
		buf_str(out, key->name);
	else if (key->kind != SNAPSHOT_NONE)
		buf_int(out, key->id);
}

void snapshot_tag(struct str json, char out[SNAPSHOT_TAG_BYTES])
{
	unsigned char hash[DIGEST_SHA256_BYTES];
	struct buf text;

	digest_sha256(json, hash);
	buf_init(&text, 64);
	base64_url_encode(str_make(hash, 16), &text);
	memcpy(out, text.p, 22);
	out[22] = '\0';
	buf_done(&text);
}
