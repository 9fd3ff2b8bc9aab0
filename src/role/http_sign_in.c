/* SPDX-License-Identifier: ISC */
#include "role/http_sign_in.h"

#include "base/attr.h"
#include "base/base64.h"
#include "base/instant.h"
#include "base/limits.h"
#include "base/num.h"
#include "role/http_desk.h"
#include "role/new_secret.h"
#include "store/accounts.h"
#include "store/api_tokens.h"
#include "store/store_domains.h"
#include "store/web_sessions.h"
#include "sys/digest.h"
#include "web/request_origin.h"

/* --- where the request comes from --- */

/* A proxy in front tells by these that the reader is not on this machine. */
static bool is_forwarded(const struct httpd_request *request)
{
	static const char *const names[] = {"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via"};

	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (httpd_header(request, names[i]).p != NULL)
			return true;
	return false;
}

/* "https://host:port" of "https://host:port/path". */
static struct str origin_of(struct str url)
{
	size_t at = str_find(url, STR("://"));

	if (at == url.len)
		return STR_NONE;
	return str_upto(url, at + 3 + str_find_byte(str_from(url, at + 3), '/'));
}

struct str http_sign_in_origin(const struct http_visit *visit, struct arena *arena)
{
	struct str url = str_of(visit->door->config->web_url), given = httpd_header(visit->request, "Origin");

	if (url.len > 0)
		return origin_of(url);
	/* A proxy may speak https where we do not: then the browser says so, of this very host. */
	const char *scheme = str_starts_with_nocase(given, STR("https://")) ? "https" : "http";
	return str_of(arena_format(arena, "%s://%.*s", scheme, STR_ARGS(httpd_header(visit->request, "Host"))));
}

bool http_sign_in_is_secure(const struct http_visit *visit)
{
	struct str url = str_of(visit->door->config->web_url), origin = httpd_header(visit->request, "Origin");

	if (url.len > 0 || origin.p != NULL)
		return str_starts_with_nocase(url.len > 0 ? url : origin, STR("https://"));
	/* Who follows a link says no Origin; but this cookie is sent by https alone. */
	return request_cookie_named(httpd_header(visit->request, "Cookie"), COOKIE_TRIP_SECURE).p != NULL;
}

struct str http_sign_in_url(const struct http_visit *visit, struct arena *arena)
{
	struct str base = visit->door->base;
	char url[1100];

	if (visit->door->config->web_url[0] == '\0')
		return str_of(arena_format(arena, "%s://%.*s%.*s", http_sign_in_is_secure(visit) ? "https" : "http",
		                           STR_ARGS(httpd_header(visit->request, "Host")), STR_ARGS(str_upto(base, base.len - 1))));
	config_web_url(visit->door->config, NULL, url, sizeof url);
	return arena_str(arena, str_of(url));
}

void http_sign_in_csrf(struct str secret, char out[HTTP_CSRF_BYTES])
{
	unsigned char hash[DIGEST_SHA256_BYTES];
	struct buf text;

	buf_init(&text, 256);
	buf_text(&text, "csrf ");
	buf_str(&text, secret);
	digest_sha256(buf_view(&text), hash);
	buf_clear(&text);
	base64_url_encode(str_make(hash, sizeof hash), &text);
	memcpy(out, text.p, HTTP_CSRF_BYTES - 1);
	out[HTTP_CSRF_BYTES - 1] = '\0';
	buf_done(&text);
}

bool http_sign_in_is_ours(const struct http_visit *visit)
{
	struct str site = httpd_header(visit->request, "Sec-Fetch-Site"), origin = httpd_header(visit->request, "Origin");
	struct arena arena;
	char csrf[HTTP_CSRF_BYTES];

	if (visit->request->method == HTTPD_GET || visit->request->method == HTTPD_HEAD ||
	    visit->principal.by == PRINCIPAL_BY_TOKEN)
		return true;
	/* A program that is no browser sends neither; without a session there is nothing of anybody's to be misused by it. */
	if (site.p == NULL && origin.p == NULL && visit->principal.by != PRINCIPAL_BY_SESSION)
		return true;
	arena_init(&arena, KIB(8));
	bool is_ours = request_is_ours(site, origin, http_sign_in_origin(visit, &arena));
	arena_done(&arena);
	if (!is_ours || visit->principal.by != PRINCIPAL_BY_SESSION)
		return is_ours;
	http_sign_in_csrf(visit->signed_in.secret, csrf);
	return secret_same(httpd_header(visit->request, "X-CSRF-Token"), str_of(csrf));
}

/* --- who it is --- */

/* The tenant that the reader asks for; 0: none. */
static int64_t asked_tenant(const struct http_visit *visit)
{
	uint64_t tenant;

	return num_parse_uint(httpd_parameter(visit->request, "tenant"), INT64_MAX, &tenant) ? (int64_t)tenant : 0;
}

static enum web_right right_of(enum user_role role)
{
	static const enum web_right rights[USER_ROLE_COUNT] = {
	    [USER_ROLE_NONE] = WEB_RIGHT_PUBLIC,
	    [USER_ROLE_VIEWER] = WEB_RIGHT_VIEWER,
	    [USER_ROLE_OPERATOR] = WEB_RIGHT_OPERATOR,
	    [USER_ROLE_ADMIN] = WEB_RIGHT_ADMIN,
	};
	return rights[role];
}

/* What a user may where he asks to be: in a tenant of his, else in the first of them, or in the whole house. */
static void grant_user(const struct account *account, int64_t asked, struct principal *out)
{
	const struct membership *chosen = NULL;
	enum user_role house = USER_ROLE_NONE;

	for (size_t i = 0; i < account->membership_count; i++) {
		const struct membership *one = &account->memberships[i];
		if (one->tenant == 0)
			house = one->role;
		else if (one->tenant == asked || (chosen == NULL && asked == 0))
			chosen = one;
	}
	if (account->is_site_admin || house != USER_ROLE_NONE) {
		out->sees_all = true;
		out->right = account->is_site_admin ? WEB_RIGHT_SITE : right_of(house);
		if (asked != 0 && chosen != NULL && right_of(chosen->role) > out->right)
			out->right = right_of(chosen->role);
		out->tenant = 0;
	} else if (chosen != NULL) {
		out->right = right_of(chosen->role);
		out->tenant = chosen->tenant;
	} else if (account->membership_count > 0) {
		/* A tenant that is not his: he is where he may be, and what he asked for is not there. */
		out->right = right_of(account->memberships[0].role);
		out->tenant = account->memberships[0].tenant;
	}
	out->user = account->id;
	out->who = account->name;
}

static enum web_right right_of_scopes(unsigned scopes)
{
	if ((scopes & TOKEN_SCOPE_ADMIN) != 0)
		return WEB_RIGHT_ADMIN;
	if ((scopes & TOKEN_SCOPE_ISSUES_WRITE) != 0)
		return WEB_RIGHT_OPERATOR;
	return (scopes & TOKEN_SCOPE_REPORTS_READ) != 0 ? WEB_RIGHT_VIEWER : WEB_RIGHT_PUBLIC;
}

/* A token may no more than its user may now. */
static bool cap_token(struct http_visit *visit, struct store *store, const struct api_token *token, struct err *err)
{
	struct principal user = {0};
	struct account account;

	if (token->account == 0)
		return true;
	if (!accounts_load(store, token->account, &visit->arena, &account, err))
		return err->kind == ERR_MISSING;
	grant_user(&account, token->tenant, &user);
	if (!user.sees_all && user.tenant != token->tenant)
		visit->principal.right = WEB_RIGHT_PUBLIC;
	else if (user.right < visit->principal.right)
		visit->principal.right = user.right;
	return true;
}

static bool by_token(struct http_visit *visit, struct store *store, struct str text, struct err *err)
{
	unsigned char hash[ACCOUNT_HASH_BYTES];
	struct api_token token;

	if (!secret_token_is_sound(text))
		return true;
	new_secret_hash_of(text, hash);
	if (!api_tokens_find(store, str_make(hash, sizeof hash), instant_now(), &visit->arena, &token, err))
		return err->kind == ERR_MISSING;
	visit->principal = (struct principal){
	    .by = PRINCIPAL_BY_TOKEN,
	    .right = right_of_scopes(token.scopes),
	    .tenant = token.tenant,
	    .sees_all = token.tenant == 0,
	    .user = token.id,
	    .who = token.label,
	};
	visit->signed_in.scopes = token.scopes;
	http_desk_seen(visit->door->desk, true, token.id, token.last_used_at, visit->request->peer);
	return cap_token(visit, store, &token, err);
}

static struct web_session_limits limits_of(const struct http_visit *visit)
{
	const struct config *config = visit->door->config;
	return (struct web_session_limits){.idle_secs = (uint32_t)config->web_session_idle,
	                                   .whole_secs = (uint32_t)config->web_session_length,
	                                   .oidc_secs = (uint32_t)config->web_session_oidc};
}

static struct str cookie_of(const struct http_visit *visit)
{
	struct str header = httpd_header(visit->request, "Cookie"), url = str_of(visit->door->config->web_url);
	struct str secure = request_cookie(header, true);

	if (secure.p != NULL || str_starts_with_nocase(url, STR("https://")))
		return secure;
	return request_cookie(header, false);
}

static bool by_session(struct http_visit *visit, struct store *store, struct err *err)
{
	unsigned char hash[ACCOUNT_HASH_BYTES];
	struct web_session session;
	struct account account;
	struct str secret = cookie_of(visit);

	if (!secret_link_is_sound(secret))
		return true;
	new_secret_hash_of(secret, hash);
	if (!web_sessions_find(store, str_make(hash, sizeof hash), limits_of(visit), instant_now(), &visit->arena, &session, err) ||
	    !accounts_load(store, session.account, &visit->arena, &account, err))
		return err->kind == ERR_MISSING;
	visit->principal.by = PRINCIPAL_BY_SESSION;
	visit->signed_in = (struct http_signed){.session = session.id,
	                                        .at = session.created_at,
	                                        .secret = arena_str(&visit->arena, secret)};
	grant_user(&account, asked_tenant(visit), &visit->principal);
	http_desk_seen(visit->door->desk, false, session.id, session.last_used_at, visit->request->peer);
	return true;
}

static bool by_place(struct http_visit *visit, struct store *store, enum http_sign_in *out, struct err *err)
{
	struct tenant_list tenants;

	if (!store_tenant_list(store, &visit->arena, &tenants, err))
		return false;
	if (!principal_is_here(visit->request->is_local, httpd_header(visit->request, "Host")) || is_forwarded(visit->request)) {
		*out = HTTP_SIGN_IN_FIRST_ACCOUNT;
	} else if (tenants.count > 1) {
		*out = HTTP_SIGN_IN_TENANTS;
	} else {
		visit->principal = (struct principal){
		    .by = PRINCIPAL_BY_LOOPBACK, .right = WEB_RIGHT_OPERATOR, .sees_all = true};
		*out = HTTP_SIGN_IN_KNOWN;
	}
	return true;
}

bool http_sign_in(struct http_visit *visit, struct store *store, enum http_sign_in *out, struct err *err)
{
	struct str header = httpd_header(visit->request, "Authorization");
	struct err missing = {0};
	bool any;

	visit->principal = (struct principal){.by = PRINCIPAL_BY_NOTHING};
	visit->signed_in = (struct http_signed){0};
	if (!accounts_any(store, &any, err))
		return false;
	visit->needs_sign_in = any;
	/* Who shows a token is who the token says, or nobody. */
	if (header.p != NULL && str_starts_with_nocase(header, STR("Bearer "))) {
		if (!by_token(visit, store, str_trim(str_from(header, 7)), &missing))
			return err_set(err, missing.kind, "%s", missing.text);
	} else if (!any) {
		return by_place(visit, store, out, err);
	} else if (!by_session(visit, store, &missing)) {
		return err_set(err, missing.kind, "%s", missing.text);
	}
	*out = visit->principal.by == PRINCIPAL_BY_NOTHING ? HTTP_SIGN_IN_NEEDED : HTTP_SIGN_IN_KNOWN;
	return true;
}
