/* SPDX-License-Identifier: ISC */
/* Users, tokens and the audit log, as admins see and change them. */
#include <stdio.h>

#include "base/limits.h"
#include "base/num.h"
#include "base/quote.h"
#include "present/account_json.h"
#include "role/api_account.h"
#include "role/api_body.h"
#include "role/api_handlers.h"
#include "role/http_sign_in.h"
#include "role/keep_accounts.h"
#include "role/new_secret.h"
#include "store/accounts.h"
#include "store/api_tokens.h"
#include "store/audit.h"
#include "store/store_domains.h"

#define LINK_SECS (3 * SECS_PER_DAY)
#define TOKEN_DAYS 90
#define TOKEN_DAYS_MOST 3650
#define AUDIT_PAGE_MOST 500

/* A change of one thing that has a number, and nothing to say but that it is done. */
static bool send_number(struct api *api, const char *verb, int64_t id, struct err *err)
{
	struct api_change change;

	api_change_begin(api, verb, &change);
	wire_put_u64(&change.body, (uint64_t)id);
	bool ok = api_change_send(&change, NULL, err) && api_put_done(api);
	api_change_done(&change);
	return ok;
}

/* --- users --- */

bool api_users_list(struct api *api, struct err *err)
{
	struct account_list list;

	if (!accounts_list(api->store, &api->arena, &list, err))
		return false;
	json_out_object(&api->json, NULL);
	json_out_list(&api->json, "users");
	for (size_t i = 0; i < list.count; i++) {
		json_out_object(&api->json, NULL);
		account_json_user(&api->json, &list.rows[i]);
		json_out_end(&api->json);
	}
	json_out_end(&api->json);
	json_out_end(&api->json);
	return true;
}

bool api_users_one(struct api *api, struct err *err)
{
	struct account account;
	int64_t id;

	if (!api_number(api, &id, err) || !accounts_load(api->store, id, &api->arena, &account, err) ||
	    !api_change_tag(api, &(struct snapshot_key){.kind = SNAPSHOT_ACCOUNT, .id = id}, err))
		return false;
	json_out_object(&api->json, NULL);
	account_json_user(&api->json, &account);
	json_out_end(&api->json);
	return true;
}

static void put_link(struct api *api, const struct new_secret *link)
{
	struct str own = http_sign_in_origin(api->visit, &api->arena);
	struct str base = api->visit->door->base;
	struct buf text;

	buf_init(&text, KIB(4));
	new_secret_put_link(arena_format(&api->arena, "%.*s%.*s", STR_ARGS(own), STR_ARGS(base)), link, &text);
	json_out_str(&api->json, "link", buf_view(&text));
	json_out_instant(&api->json, "link_expires_at", instant_now() + LINK_SECS);
	buf_done(&text);
	api->visit->answer->cache = NULL;
}

/* The tenant that a body names, which must be one that he may name; absent: where he is. */
static bool take_tenant(struct api *api, struct api_body *body, int64_t *out, struct err *err)
{
	struct str name = api_body_text(body, "tenant", LIMIT_NAME_BYTES);
	const struct principal *principal = &api->visit->principal;

	*out = principal->tenant;
	if (name.p == NULL)
		return true;
	if (!store_tenant_find(api->store, name, out, err))
		return false;
	return principal->tenant == 0 || principal->tenant == *out || err_set(err, ERR_MISSING, "there is no such tenant");
}

static enum user_role take_role(struct api_body *body, enum user_role fallback)
{
	struct str text = api_body_text(body, "role", 16);
	enum user_role role = fallback;

	if (text.p != NULL && !user_role_of(text, &role))
		(void)api_body_wrong(body, "role", "a role is viewer, operator, admin or none");
	return role;
}

static bool send_user(struct api *api, struct api_body *body, struct err *err)
{
	struct str name = api_body_text(body, "name", 64), full_name = api_body_text(body, "full_name", 200);
	struct str language = api_body_text(body, "language", 16);
	bool is_site = api_body_bool(body, "site_admin", false);
	enum user_role role = take_role(body, USER_ROLE_NONE);
	struct api_change change;
	struct wire_reader reader;
	struct new_secret link;
	int64_t tenant;

	if (!take_tenant(api, body, &tenant, err) || !api_body_end(body, err) || !new_secret_link(&link, err))
		return false;
	if (!is_site && role == USER_ROLE_NONE)
		return api_wrong(api, "/role", "say what the user may", err);
	api_change_begin(api, "user-add", &change);
	wire_put_str(&change.body, name.p == NULL ? STR("") : name);
	wire_put_str(&change.body, full_name);
	wire_put_str(&change.body, language);
	wire_put_u8(&change.body, is_site);
	wire_put_u64(&change.body, (uint64_t)tenant);
	wire_put_u8(&change.body, role);
	wire_put_str(&change.body, new_secret_hash(&link));
	wire_put_u64(&change.body, (uint64_t)(instant_now() + LINK_SECS));
	bool ok = api_change_send(&change, &reader, err);
	if (ok) {
		api->visit->answer->status = 201;
		json_out_object(&api->json, NULL);
		json_out_uint(&api->json, "id", wire_get_u64(&reader));
		put_link(api, &link);
		json_out_end(&api->json);
	}
	api_change_done(&change);
	return ok;
}

bool api_users_add(struct api *api, struct err *err)
{
	struct api_body body;

	if (!api_change_is_fresh(api, err))
		return false;
	bool ok = api_body_read(api, &body, err) && send_user(api, &body, err);
	api_body_done(&body);
	return ok;
}

static bool send_edit(struct api *api, int64_t id, struct api_body *body, struct err *err)
{
	struct str full_name = api_body_text(body, "full_name", 200);
	unsigned what = (full_name.p != NULL ? KEEP_ACCOUNT_NAME : 0) |
	                (api_body_has(body, "site_admin") ? KEEP_ACCOUNT_SITE : 0) |
	                (api_body_has(body, "disabled") ? KEEP_ACCOUNT_DISABLED : 0);
	bool is_site = api_body_bool(body, "site_admin", false), is_disabled = api_body_bool(body, "disabled", false);
	struct api_change change;

	if (!api_body_end(body, err))
		return false;
	api_change_begin(api, "user-edit", &change);
	wire_put_u64(&change.body, (uint64_t)id);
	wire_put_u8(&change.body, what);
	wire_put_str(&change.body, full_name);
	wire_put_u8(&change.body, is_site);
	wire_put_u8(&change.body, is_disabled);
	bool ok = api_change_send(&change, NULL, err) && api_put_done(api);
	api_change_done(&change);
	return ok;
}

static bool send_role(struct api *api, int64_t id, struct api_body *body, struct err *err)
{
	enum user_role role = take_role(body, USER_ROLE_COUNT);
	struct api_change change;
	int64_t tenant;

	if (!take_tenant(api, body, &tenant, err) || !api_body_end(body, err))
		return false;
	if (role == USER_ROLE_COUNT)
		return api_wrong(api, "/role", "which role?", err);
	api_change_begin(api, "user-role", &change);
	wire_put_u64(&change.body, (uint64_t)id);
	wire_put_u64(&change.body, (uint64_t)tenant);
	wire_put_u8(&change.body, role);
	bool ok = api_change_send(&change, NULL, err) && api_put_done(api);
	api_change_done(&change);
	return ok;
}

/* What is there at all comes before what the body says of it. */
static bool find_user(struct api *api, int64_t *out, struct err *err)
{
	struct account account;
	return api_number(api, out, err) && accounts_load(api->store, *out, &api->arena, &account, err);
}

bool api_users_edit(struct api *api, struct err *err)
{
	int64_t id;
	return find_user(api, &id, err) && api_change_is_fresh(api, err) && api_body_with(api, send_edit, id, err);
}

bool api_users_role(struct api *api, struct err *err)
{
	int64_t id;
	return find_user(api, &id, err) && api_change_is_fresh(api, err) && api_body_with(api, send_role, id, err);
}

bool api_users_remove(struct api *api, struct err *err)
{
	int64_t id;
	return find_user(api, &id, err) && api_change_is_fresh(api, err) && send_number(api, "user-remove", id, err);
}

bool api_users_reset(struct api *api, struct err *err)
{
	struct api_change change;
	struct new_secret link;
	int64_t id;

	if (!find_user(api, &id, err) || !api_change_is_fresh(api, err) || !new_secret_link(&link, err))
		return false;
	api_change_begin(api, "user-reset", &change);
	wire_put_u64(&change.body, (uint64_t)id);
	wire_put_str(&change.body, new_secret_hash(&link));
	wire_put_u64(&change.body, (uint64_t)(instant_now() + LINK_SECS));
	bool ok = api_change_send(&change, NULL, err);
	if (ok) {
		json_out_object(&api->json, NULL);
		put_link(api, &link);
		json_out_end(&api->json);
	}
	api_change_done(&change);
	return ok;
}

/* --- tokens --- */

bool api_users_tokens(struct api *api, struct err *err)
{
	struct api_token_list list;

	if (!api_tokens_list(api->store, &api->arena, &list, err))
		return false;
	json_out_object(&api->json, NULL);
	json_out_list(&api->json, "tokens");
	for (size_t i = 0; i < list.count; i++) {
		json_out_object(&api->json, NULL);
		account_json_token(&api->json, &list.rows[i]);
		json_out_end(&api->json);
	}
	json_out_end(&api->json);
	json_out_end(&api->json);
	return true;
}

static unsigned take_scopes(struct api_body *body, unsigned fallback)
{
	struct str_list list;
	unsigned scopes = 0, one;

	if (!api_body_list(body, "scopes", 8, &list))
		return fallback;
	for (size_t i = 0; i < list.count; i++) {
		if (!token_scopes_of(list.items[i], &one))
			(void)api_body_wrong(body, "scopes", "a scope is reports:read, issues:write, ingest or admin");
		else
			scopes |= one;
	}
	return scopes;
}

static instant take_end(struct api_body *body, instant fallback)
{
	instant at = api_body_instant(body, "expires_at"), now = instant_now();

	if (at == INSTANT_NONE)
		return fallback;
	if (at <= now || at > now + (instant)TOKEN_DAYS_MOST * SECS_PER_DAY)
		(void)api_body_wrong(body, "expires_at", "it is a moment in the future, ten years away at most");
	return at;
}

static bool send_token(struct api *api, struct api_body *body, struct err *err)
{
	struct str label = api_body_text(body, "label", 200);
	unsigned scopes = take_scopes(body, 0);
	instant end = take_end(body, instant_now() + (instant)TOKEN_DAYS * SECS_PER_DAY);
	struct api_change change;
	struct wire_reader reader;
	struct new_secret token;
	int64_t tenant;

	if (!take_tenant(api, body, &tenant, err) || !api_body_end(body, err) || !new_secret_token(&token, err))
		return false;
	api_change_begin(api, "token-add", &change);
	wire_put_u64(&change.body, (uint64_t)tenant);
	wire_put_str(&change.body, label);
	wire_put_u8(&change.body, scopes);
	wire_put_u64(&change.body, (uint64_t)end);
	wire_put_str(&change.body, new_secret_hash(&token));
	wire_put_str(&change.body, str_upto(str_of(token.text), SECRET_HINT_LEN));
	bool ok = api_change_send(&change, &reader, err);
	if (ok) {
		api->visit->answer->status = 201;
		api->visit->answer->cache = NULL;
		json_out_object(&api->json, NULL);
		json_out_uint(&api->json, "id", wire_get_u64(&reader));
		json_out_str(&api->json, "token", str_of(token.text));
		json_out_instant(&api->json, "expires_at", end);
		json_out_end(&api->json);
	}
	explicit_bzero(&token, sizeof token);
	api_change_done(&change);
	return ok;
}

bool api_users_token_add(struct api *api, struct err *err)
{
	struct api_body body;

	if (!api_change_is_fresh(api, err))
		return false;
	bool ok = api_body_read(api, &body, err) && send_token(api, &body, err);
	api_body_done(&body);
	return ok;
}

static bool edit_token(struct api *api, int64_t id, struct api_body *body, struct err *err)
{
	struct api_change change;
	struct api_token token;

	if (!api_tokens_load(api->store, id, &api->arena, &token, err))
		return false;
	token.label = api_body_text_or(body, "label", 200, token.label);
	token.scopes = take_scopes(body, token.scopes);
	token.expires_at = take_end(body, token.expires_at);
	if (!api_body_end(body, err))
		return false;
	api_change_begin(api, "token-edit", &change);
	wire_put_u64(&change.body, (uint64_t)id);
	wire_put_str(&change.body, token.label);
	wire_put_u8(&change.body, token.scopes);
	wire_put_u64(&change.body, (uint64_t)token.expires_at);
	bool ok = api_change_send(&change, NULL, err) && api_put_done(api);
	api_change_done(&change);
	return ok;
}

static bool find_token(struct api *api, int64_t *out, struct err *err)
{
	struct api_token token;
	return api_number(api, out, err) && api_tokens_load(api->store, *out, &api->arena, &token, err);
}

bool api_users_token_edit(struct api *api, struct err *err)
{
	int64_t id;
	return find_token(api, &id, err) && api_change_is_fresh(api, err) && api_body_with(api, edit_token, id, err);
}

bool api_users_token_remove(struct api *api, struct err *err)
{
	int64_t id;
	return find_token(api, &id, err) && send_number(api, "token-remove", id, err);
}

/* --- the audit log --- */

#define AUDIT_CSV_ROWS 50000

/* The whole of what the filter leaves. */
static bool csv_audit(struct api *api, struct audit_filter *filter, struct err *err)
{
	static const struct doc_column columns[] = {
	    {.title = "", .key = "time"},     {.title = "", .key = "by"},         {.title = "", .key = "who"},
	    {.title = "", .key = "from"},     {.title = "", .key = "tenant"}, {.title = "", .key = "action"},
	    {.title = "", .key = "object"}, {.title = "", .key = "before"}, {.title = "", .key = "after"},
	};
	struct doc_table *table = doc_table_new(&api->arena, columns, COUNT_OF(columns));
	struct audit_list list;

	filter->limit = AUDIT_CSV_ROWS;
	if (!audit_list(api->store, filter, &api->arena, &list, err))
		return false;
	for (size_t i = 0; i < list.count; i++) {
		const struct audit_row *row = &list.rows[i];
		struct doc_cell *cells = doc_row(table, 0);
		const struct str texts[] = {str_of(actor_kind_text(row->actor_kind)), row->actor_name, row->peer, row->tenant_name,
		                            row->action, row->object, row->before, row->after};
		cells[0] = doc_cell_instant(&api->arena, row->at);
		for (size_t j = 0; j < COUNT_OF(texts); j++)
			cells[j + 1] = doc_cell(texts[j].p == NULL ? STR("") : texts[j]);
	}
	return api_answer_table(api, table, "audit", err);
}

bool api_users_audit(struct api *api, struct err *err)
{
	struct audit_filter filter = {.limit = api->filter.limit < AUDIT_PAGE_MOST ? api->filter.limit : AUDIT_PAGE_MOST,
	                              .actor = api_parameter(api, "who"),
	                              .action = api_parameter(api, "action"),
	                              .object = api_parameter(api, "object")};
	struct audit_list list;
	uint64_t before = 0;

	if (api->cursor.p != NULL && !num_parse_uint(api->cursor, INT64_MAX, &before))
		return api_wrong(api, "cursor", "it is `next` of the page before", err);
	filter.before_id = (int64_t)before;
	if (api->wants_csv)
		return csv_audit(api, &filter, err);
	if (!audit_list(api->store, &filter, &api->arena, &list, err))
		return false;
	json_out_object(&api->json, NULL);
	json_out_list(&api->json, "audit");
	for (size_t i = 0; i < list.count; i++) {
		json_out_object(&api->json, NULL);
		account_json_audit(&api->json, &list.rows[i]);
		json_out_end(&api->json);
	}
	json_out_end(&api->json);
	api_put_next(api, list.next == 0 ? STR_NONE : str_of(arena_format(&api->arena, "%lld", (long long)list.next)));
	json_out_end(&api->json);
	return true;
}
