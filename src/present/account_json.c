/* SPDX-License-Identifier: ISC */
#include "present/account_json.h"

static struct str stated(struct str text)
{
	return text.len == 0 ? STR_NONE : text;
}

void account_json_user(struct json_out *json, const struct account *account)
{
	json_out_uint(json, "id", (uint64_t)account->id);
	json_out_str(json, "name", account->name);
	json_out_str(json, "full_name", account->full_name);
	json_out_bool(json, "site_admin", account->is_site_admin);
	json_out_bool(json, "disabled", account->is_disabled);
	json_out_list(json, "roles");
	for (size_t i = 0; i < account->membership_count; i++) {
		const struct membership *membership = &account->memberships[i];
		json_out_object(json, NULL);
		json_out_str(json, "tenant", membership->tenant == 0 ? STR_NONE : membership->tenant_name);
		json_out_str(json, "role", str_of(user_role_text(membership->role)));
		json_out_bool(json, "by_group", membership->by_group);
		json_out_end(json);
	}
	json_out_end(json);
	json_out_bool(json, "password", account->password.p != NULL);
	json_out_bool(json, "totp", account->totp.p != NULL);
	json_out_uint(json, "passkeys", account->passkeys);
	json_out_str(json, "oidc_issuer", account->issuer);
	json_out_instant(json, "created_at", account->created_at);
	json_out_instant(json, "last_seen_at", account->last_seen_at);
}

void account_json_scopes(struct json_out *json, unsigned scopes)
{
	json_out_list(json, "scopes");
	for (const char *scope; (scope = token_scopes_next(&scopes)) != NULL;)
		json_out_str(json, NULL, str_of(scope));
	json_out_end(json);
}

void account_json_token(struct json_out *json, const struct api_token *token)
{
	json_out_uint(json, "id", (uint64_t)token->id);
	json_out_str(json, "label", token->label);
	json_out_str(json, "hint", token->hint);
	json_out_str(json, "user", stated(token->account_name));
	json_out_str(json, "tenant", token->tenant == 0 ? STR_NONE : token->tenant_name);
	account_json_scopes(json, token->scopes);
	json_out_instant(json, "created_at", token->created_at);
	json_out_instant(json, "expires_at", token->expires_at);
	json_out_instant(json, "last_used_at", token->last_used_at);
	json_out_str(json, "last_used_from", stated(token->last_peer));
}

void account_json_session(struct json_out *json, const struct web_session *session, bool is_own)
{
	json_out_uint(json, "id", (uint64_t)session->id);
	json_out_bool(json, "current", is_own);
	json_out_str(json, "method", str_of(sign_in_method_text(session->method)));
	json_out_instant(json, "created_at", session->created_at);
	json_out_instant(json, "last_used_at", session->last_used_at);
	json_out_str(json, "peer", stated(session->peer));
	json_out_str(json, "agent", stated(session->agent));
}

void account_json_passkey(struct json_out *json, const struct passkey *passkey)
{
	json_out_uint(json, "id", (uint64_t)passkey->id);
	json_out_str(json, "label", passkey->label);
	json_out_instant(json, "created_at", passkey->created_at);
	json_out_instant(json, "last_used_at", passkey->last_used_at);
}

void account_json_audit(struct json_out *json, const struct audit_row *row)
{
	json_out_uint(json, "id", (uint64_t)row->id);
	json_out_instant(json, "at", row->at);
	json_out_str(json, "by", str_of(actor_kind_text(row->actor_kind)));
	json_out_str(json, "who", stated(row->actor_name));
	json_out_str(json, "from", stated(row->peer));
	json_out_str(json, "tenant", stated(row->tenant_name));
	json_out_str(json, "action", row->action);
	json_out_str(json, "object", row->object);
	if (row->before.p == NULL)
		json_out_null(json, "before");
	else
		json_out_text(json, "before", row->before);
	if (row->after.p == NULL)
		json_out_null(json, "after");
	else
		json_out_text(json, "after", row->after);
}
