/* SPDX-License-Identifier: ISC */
/* Coming in and going out: by password and code, by a passkey, by a link that opens once. */
#include <stdio.h>

#include "base/base64.h"
#include "base/limits.h"
#include "base/log.h"
#include "role/api_account.h"
#include "role/api_body.h"
#include "role/api_handlers.h"
#include "role/api_sign_in.h"
#include "role/http_desk.h"
#include "role/http_sign_in.h"
#include "role/new_secret.h"
#include "store/accounts.h"
#include "store/passkeys.h"
#include "store/store_domains.h"
#include "sys/password.h"
#include "sys/totp.h"
#include "sys/webauthn.h"
#include "web/passkey_data.h"
#include "web/request_origin.h"

#define AGENT_BYTES 200
#define PASSWORD_FIELD_BYTES 1024 /* looked at, and refused over PASSWORD_BYTES_MOST by a sentence */

/* What of it is used up, and how he came in. */
struct proof {
	enum sign_in_method method;
	int64_t totp_step;
	struct str recovery; /* hash */
	int64_t passkey;
	uint32_t counter;
};

struct str api_sign_in_agent(const struct api *api)
{
	struct str agent = httpd_header(api->visit->request, "User-Agent");
	struct buf out;

	/* A header holds any bytes; the store wants text. */
	buf_init(&out, AGENT_BYTES);
	for (size_t i = 0; i < agent.len && i < AGENT_BYTES - 1; i++)
		buf_byte(&out, agent.p[i] >= ' ' && agent.p[i] < 0x7f ? agent.p[i] : '?');
	struct str text = arena_str(&api->visit->arena, buf_view(&out));
	buf_done(&out);
	return text;
}

void api_sign_in_cookie(struct api *api, struct str secret)
{
	struct buf out;

	buf_init(&out, KIB(1));
	request_set_cookie(secret, http_sign_in_is_secure(api->visit), (uint32_t)api->visit->door->config->web_session_length, &out);
	httpd_answer_field(api->visit->answer, "Set-Cookie", buf_view(&out));
	buf_done(&out);
}

void api_sign_in_end_old(struct api *api)
{
	struct api_change change;
	struct err ignored = {0};

	if (api->visit->signed_in.session == 0)
		return;
	api_change_begin_as(api, api->visit->principal.user, api->visit->principal.who, "me-session-end", &change);
	wire_put_u64(&change.body, (uint64_t)api->visit->principal.user);
	wire_put_u64(&change.body, (uint64_t)api->visit->signed_in.session);
	wire_put_u8(&change.body, false);
	(void)api_change_send(&change, NULL, &ignored);
	api_change_done(&change);
}

static void answer_signed_in(struct api *api, const struct new_secret *secret)
{
	char csrf[HTTP_CSRF_BYTES];

	api_sign_in_cookie(api, str_of(secret->text));
	http_sign_in_csrf(str_of(secret->text), csrf);
	json_out_object(&api->json, NULL);
	json_out_bool(&api->json, "signed_in", true);
	json_out_str(&api->json, "csrf_token", str_of(csrf));
	json_out_end(&api->json);
	api->visit->answer->cache = NULL;
}

static bool open_session(struct api *api, int64_t account, struct str name, const struct proof *proof, struct err *err)
{
	struct api_change change;
	struct new_secret secret;

	if (!new_secret_link(&secret, err))
		return false;
	api_change_begin_as(api, account, name, "session-open", &change);
	wire_put_u64(&change.body, (uint64_t)account);
	wire_put_str(&change.body, new_secret_hash(&secret));
	wire_put_u8(&change.body, proof->method);
	wire_put_str(&change.body, api->visit->request->peer);
	wire_put_str(&change.body, api_sign_in_agent(api));
	wire_put_u64(&change.body, (uint64_t)proof->totp_step);
	wire_put_str(&change.body, proof->recovery);
	wire_put_u64(&change.body, (uint64_t)proof->passkey);
	wire_put_u32(&change.body, proof->counter);
	bool ok = api_change_send(&change, NULL, err);
	api_change_done(&change);
	if (ok) {
		api_sign_in_end_old(api);
		LOG(LOG_LEVEL_INFO, "signed-in", LOG_STR("name", name), LOG_STR("peer", api->visit->request->peer),
		    LOG_TEXT("by", sign_in_method_text(proof->method)));
		answer_signed_in(api, &secret);
	}
	explicit_bzero(&secret, sizeof secret);
	return ok;
}

/* --- the password --- */

/* One sentence for all that can be wrong. */
static bool refuse(struct api *api, struct str name, const char *why, struct err *err)
{
	http_desk_tried(api->visit->door->desk, name, api->visit->request->network, false);
	LOG(LOG_LEVEL_WARNING, "sign-in-failed", LOG_STR("name", name), LOG_STR("peer", api->visit->request->peer),
	    LOG_TEXT("why", why));
	api->status = 401;
	api->code = "sign-in-failed";
	return err_set(err, ERR_DENIED, "the name or the password is not right");
}

bool api_sign_in_may_try(struct api *api, struct str name, struct err *err)
{
	uint32_t secs = http_desk_wait(api->visit->door->desk, name, api->visit->request->network);

	if (secs == 0)
		return true;
	api->status = 429;
	api->code = "too-fast";
	api->retry_secs = secs;
	return err_set(err, ERR_DENIED, "too many tries went wrong; wait %u seconds", secs);
}

/* Which of the two it is, its form says. */
static bool prove_second(struct api *api, const struct account *account, struct str code, struct proof *proof)
{
	char typed[SECRET_RECOVERY_LEN + 1];
	unsigned char *hash;

	if (totp_check(account->totp, code, instant_now(), &proof->totp_step)) {
		proof->method = SIGN_IN_PASSWORD_TOTP;
		return proof->totp_step > account->totp_step;
	}
	if (!secret_recovery_read(code, typed))
		return false;
	hash = (unsigned char *)arena_bytes(&api->arena, ACCOUNT_HASH_BYTES);
	new_secret_hash_of(str_of(typed), hash);
	proof->recovery = str_make(hash, ACCOUNT_HASH_BYTES);
	proof->method = SIGN_IN_RECOVERY;
	return true;
}

static bool ask_for_code(struct api *api, struct err *err)
{
	api->status = 401;
	api->code = "second-factor";
	return err_set(err, ERR_DENIED, "the code of the authenticator app is needed too");
}

static bool with_password(struct api *api, struct str name, struct str password, struct str code, struct err *err)
{
	struct account account = {0};
	struct proof proof = {.method = SIGN_IN_PASSWORD};
	struct err missing = {0};
	bool is_right;

	bool is_there = accounts_find(api->store, name, &api->arena, &account, &missing) && !account.is_disabled;
	if (!is_there && missing.kind != ERR_MISSING && missing.kind != ERR_NONE)
		return err_set(err, missing.kind, "%s", missing.text);
	/* The same work for a user who is not there. */
	api_change_let_go(api);
	if (!password_check(password, is_there ? account.password : STR_NONE, &is_right, err))
		return false;
	if (!is_right)
		return refuse(api, name, is_there ? "password" : "no such user", err);
	if (account.totp.p != NULL && code.len == 0)
		return ask_for_code(api, err);
	if (account.totp.p != NULL && !prove_second(api, &account, code, &proof))
		return refuse(api, name, "code", err);
	if (!open_session(api, account.id, account.name, &proof, err))
		return err->kind == ERR_DENIED ? refuse(api, name, "used before", err) : false;
	http_desk_tried(api->visit->door->desk, name, api->visit->request->network, true);
	return true;
}

static struct str lower(struct arena *arena, struct str text)
{
	char *bytes = arena_bytes(arena, text.len + 1);

	for (size_t i = 0; i < text.len; i++)
		bytes[i] = byte_lower(text.p[i]);
	return str_make(bytes, text.len);
}

static bool has_passwords(const struct api *api)
{
	return strcmp(api->visit->door->config->web_passwords, "yes") == 0;
}

bool api_sign_in(struct api *api, struct err *err)
{
	struct api_body body;

	if (!has_passwords(api)) {
		api->code = "passwords-off";
		return err_set(err, ERR_DENIED, "nobody signs in by a password here");
	}

	bool ok = api_body_read(api, &body, err);
	if (ok) {
		struct str name = lower(&api->arena, api_body_text(&body, "name", LIMIT_NAME_BYTES));
		struct str password = api_body_secret(&body, "password", PASSWORD_FIELD_BYTES);
		struct str code = api_body_text(&body, "code", 64);
		ok = api_body_end(&body, err) && api_sign_in_may_try(api, name, err) && with_password(api, name, password, code, err);
	}
	api_body_done(&body);
	return ok;
}

bool api_sign_in_ways(struct api *api, struct err *err)
{
	struct str site = passkey_data_site(http_sign_in_origin(api->visit, &api->arena));
	bool any;

	if (!accounts_any(api->store, &any, err))
		return false;
	json_out_object(&api->json, NULL);
	json_out_bool(&api->json, "signed_in", api->visit->principal.by == PRINCIPAL_BY_SESSION);
	json_out_bool(&api->json, "has_users", any);
	json_out_list(&api->json, "ways");
	if (site.p != NULL)
		json_out_str(&api->json, NULL, STR("passkey"));
	if (has_passwords(api))
		json_out_str(&api->json, NULL, STR("password"));
	json_out_end(&api->json);
	api_oidc_put_ways(api);
	json_out_end(&api->json);
	return true;
}

bool api_sign_in_out(struct api *api, struct err *err)
{
	(void)err;
	api_sign_in_end_old(api);
	api_sign_in_cookie(api, STR(""));
	json_out_object(&api->json, NULL);
	json_out_bool(&api->json, "signed_in", false);
	json_out_end(&api->json);
	return true;
}

/* --- passkeys --- */

bool api_sign_in_passkey_options(struct api *api, struct err *err)
{
	struct str site = passkey_data_site(http_sign_in_origin(api->visit, &api->arena));
	unsigned char key[CHALLENGE_BYTES];

	if (site.p == NULL)
		return err_set(err, ERR_SETUP, "passkeys need a name in the address of this server, not a number");
	if (!http_desk_begin(api->visit->door->desk, CHALLENGE_PASSKEY_SIGN_IN, 0, STR_NONE, key, err))
		return false;
	json_out_object(&api->json, NULL);
	api_account_put_bytes(api, "challenge", str_make(key, sizeof key));
	json_out_str(&api->json, "rp_id", site);
	json_out_str(&api->json, "user_verification", STR("required"));
	json_out_uint(&api->json, "timeout_secs", CHALLENGE_SECS);
	json_out_end(&api->json);
	return true;
}

struct assertion {
	struct str id, client_data, data, signature;
};

static bool check_assertion(struct api *api, const struct assertion *assertion, struct passkey *passkey, struct proof *proof,
                            struct err *err)
{
	struct str site = passkey_data_site(http_sign_in_origin(api->visit, &api->arena));

	if (site.p == NULL || !api_account_client_data(api, assertion->client_data, CHALLENGE_PASSKEY_SIGN_IN, 0, err))
		return err->kind != ERR_NONE ? false : err_set(err, ERR_DENIED, "there are no passkeys here");
	if (!passkeys_find(api->store, assertion->id, &api->arena, passkey, err))
		return false;
	struct webauthn_credential credential = {.id = passkey->credential,
	                                         .public_key = passkey->public_key,
	                                         .algorithm = (int)passkey->algorithm,
	                                         .counter = passkey->counter};
	proof->passkey = passkey->id;
	proof->method = SIGN_IN_PASSKEY;
	return webauthn_verify(arena_text(&api->arena, site), &credential, assertion->client_data, assertion->data,
	                       assertion->signature, &proof->counter, err);
}

/* Who has no passkey of ours is told no more than who has one and did not use it rightly. */
static bool refuse_passkey(struct api *api, struct str id, const struct err *why, struct err *err)
{
	http_desk_tried(api->visit->door->desk, id, api->visit->request->network, false);
	LOG(LOG_LEVEL_WARNING, "sign-in-failed", LOG_STR("peer", api->visit->request->peer), LOG_TEXT("why", why->text));
	api->status = 401;
	api->code = "sign-in-failed";
	return err_set(err, ERR_DENIED, "this passkey does not sign in here");
}

static bool with_passkey(struct api *api, const struct assertion *assertion, struct err *err)
{
	struct proof proof = {0};
	struct passkey passkey;
	struct account account;
	struct err why = {0};

	if (!check_assertion(api, assertion, &passkey, &proof, &why) ||
	    !accounts_load(api->store, passkey.account, &api->arena, &account, &why))
		return why.kind == ERR_LATER ? err_set(err, ERR_LATER, "%s", why.text) : refuse_passkey(api, assertion->id, &why, err);
	if (open_session(api, account.id, account.name, &proof, &why)) {
		http_desk_tried(api->visit->door->desk, assertion->id, api->visit->request->network, true);
		return true;
	}
	return why.kind == ERR_DENIED ? refuse_passkey(api, assertion->id, &why, err) : err_set(err, why.kind, "%s", why.text);
}

bool api_sign_in_passkey(struct api *api, struct err *err)
{
	struct api_body body;

	bool ok = api_body_read(api, &body, err);
	if (ok) {
		struct assertion assertion = {
		    .id = api_body_bytes(&body, "id", KIB(1)),
		    .client_data = api_body_bytes(&body, "client_data", WEBAUTHN_BYTES_MOST),
		    .data = api_body_bytes(&body, "authenticator_data", WEBAUTHN_BYTES_MOST),
		    .signature = api_body_bytes(&body, "signature", KIB(2)),
		};
		(void)api_body_has(&body, "user_handle");
		ok = api_body_end(&body, err) && api_sign_in_may_try(api, assertion.id, err) && with_passkey(api, &assertion, err);
	}
	api_body_done(&body);
	return ok;
}

/* --- links --- */

/* What a link is for, so that the page can say it.  It stands in the body: no log has it. */
bool api_sign_in_link(struct api *api, struct err *err)
{
	unsigned char hash[ACCOUNT_HASH_BYTES];
	struct api_body body;
	struct account_link link;
	struct account account = {0};

	bool ok = api_body_read(api, &body, err);
	struct str text = ok ? api_body_text(&body, "link", 64) : STR_NONE;
	ok = ok && api_body_end(&body, err) && api_sign_in_may_try(api, text, err);
	api_body_done(&body);
	if (!ok)
		return false;
	new_secret_hash_of(text, hash);
	if (!secret_link_is_sound(text) || !accounts_link(api->store, str_make(hash, sizeof hash), instant_now(), &link, err)) {
		http_desk_tried(api->visit->door->desk, text, api->visit->request->network, false);
		return err->kind != ERR_NONE ? false : err_set(err, ERR_MISSING, "this link was used, or is too old");
	}
	if (link.account != 0 && !accounts_load(api->store, link.account, &api->arena, &account, err))
		return false;
	json_out_object(&api->json, NULL);
	json_out_str(&api->json, "kind", str_of(link_kind_text(link.kind)));
	json_out_str(&api->json, "name", link.account == 0 ? STR_NONE : account.name);
	json_out_str(&api->json, "full_name", link.account == 0 ? STR_NONE : account.full_name);
	json_out_instant(&api->json, "expires_at", link.expires_at);
	json_out_end(&api->json);
	return true;
}

struct coming {
	struct str link, name, full_name, password;
};

static bool use_link(struct api *api, const struct coming *coming, struct err *err)
{
	unsigned char hash[ACCOUNT_HASH_BYTES];
	struct api_change change;
	struct new_secret secret;
	struct buf password;

	buf_init(&password, KIB(1));
	new_secret_hash_of(coming->link, hash);
	api_change_let_go(api);
	bool ok = new_secret_link(&secret, err) && (coming->password.p == NULL || password_hash(coming->password, &password, err));
	if (ok) {
		api_change_begin_as(api, 0, STR(""), "link-use", &change);
		wire_put_str(&change.body, str_make(hash, sizeof hash));
		wire_put_str(&change.body, coming->name);
		wire_put_str(&change.body, coming->full_name);
		wire_put_str(&change.body, STR_NONE);
		wire_put_str(&change.body, coming->password.p == NULL ? STR_NONE : buf_view(&password));
		wire_put_str(&change.body, new_secret_hash(&secret));
		wire_put_str(&change.body, api->visit->request->peer);
		wire_put_str(&change.body, api_sign_in_agent(api));
		ok = api_change_send(&change, NULL, err);
		api_change_done(&change);
	}
	buf_done(&password);
	if (ok)
		answer_signed_in(api, &secret);
	return ok;
}

/* The first run makes the first user; an invitation or a reset opens the door once.  Without a password he is in for this
 * session alone, to add a passkey. */
bool api_sign_in_use_link(struct api *api, struct err *err)
{
	unsigned char hash[ACCOUNT_HASH_BYTES];
	struct api_body body;
	struct account_link link;
	struct account account;

	bool ok = api_body_read(api, &body, err);
	struct coming coming = {0};
	if (ok) {
		coming = (struct coming){.link = api_body_text(&body, "link", 64),
		                         .name = lower(&api->arena, api_body_text(&body, "name", LIMIT_NAME_BYTES)),
		                         .full_name = api_body_text(&body, "full_name", 200),
		                         .password = api_body_secret(&body, "password", PASSWORD_FIELD_BYTES)};
		ok = api_body_end(&body, err) && api_sign_in_may_try(api, coming.link, err);
	}
	api_body_done(&body);
	if (!ok)
		return false;
	new_secret_hash_of(coming.link, hash);
	if (!accounts_link(api->store, str_make(hash, sizeof hash), instant_now(), &link, err)) {
		http_desk_tried(api->visit->door->desk, coming.link, api->visit->request->network, false);
		return false;
	}
	if (link.account != 0) {
		if (!accounts_load(api->store, link.account, &api->arena, &account, err))
			return false;
		coming.name = account.name;
	} else if (!account_name_is_good(coming.name)) {
		return api_wrong(api, "/name", "a name has 1 to 64 of a-z, 0-9 and . _ - + @, and begins with a letter or digit", err);
	}
	if (coming.password.p != NULL && !password_is_good(coming.password, coming.name, err)) {
		api->wrong = "/password";
		return false;
	}
	return use_link(api, &coming, err);
}
