/* SPDX-License-Identifier: ISC */
/* What a user does for himself: name and looks, password, authenticator app, recovery codes, passkeys, sessions. */
#include <string.h>
#include <sys/random.h>

#include "base/base64.h"
#include "base/limits.h"
#include "present/account_json.h"
#include "present/language.h"
#include "role/api_account.h"
#include "role/api_body.h"
#include "role/api_handlers.h"
#include "role/http_sign_in.h"
#include "role/new_secret.h"
#include "store/accounts.h"
#include "store/passkeys.h"
#include "store/store_domains.h"
#include "store/web_sessions.h"
#include "sys/password.h"
#include "sys/qr.h"
#include "sys/totp.h"
#include "sys/webauthn.h"
#include "web/passkey_data.h"

/* Who is signed in; a token or the reader of this machine is nobody who has a profile. */
static bool load_me(struct api *api, struct account *out, struct err *err)
{
	if (api->visit->principal.by != PRINCIPAL_BY_SESSION)
		return err_set(err, ERR_DENIED, "this is for a user who has signed in");
	/* He is himself in whichever tenant he looks at. */
	store_set_tenant(api->store, 0);
	return accounts_load(api->store, api->visit->principal.user, &api->arena, out, err);
}

static void begin_mine(struct api *api, const char *verb, struct api_change *out)
{
	api_change_begin(api, verb, out);
	wire_put_u64(&out->body, (uint64_t)api->visit->principal.user);
}

bool api_me_put(struct api *api, struct err *err)
{
	struct json_out *json = &api->json;
	struct account account;
	char csrf[HTTP_CSRF_BYTES];

	if (api->visit->principal.by != PRINCIPAL_BY_SESSION) {
		json_out_null(json, "user");
		json_out_null(json, "csrf_token");
		return true;
	}
	if (!load_me(api, &account, err))
		return false;
	json_out_object(json, "user");
	account_json_user(json, &account);
	json_out_str(json, "language", account.language);
	json_out_str(json, "time_zone", account.time_zone);
	json_out_str(json, "theme", account.theme);
	json_out_str(json, "density", account.density);
	json_out_bool(json, "shortcuts", account.has_shortcuts);
	json_out_uint(json, "recovery_codes", account.recovery_codes);
	json_out_end(json);
	http_sign_in_csrf(api->visit->signed_in.secret, csrf);
	json_out_str(json, "csrf_token", str_of(csrf));
	return true;
}

/* --- name and looks --- */

static bool is_one_of(struct str text, const char *const *texts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(text, str_of(texts[i])))
			return true;
	return false;
}

/* "Europe/Berlin": the letters of a name in the time zone data base; what it means, the browser knows. */
static bool is_zone(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!byte_is_alpha(text.p[i]) && !byte_is_digit(text.p[i]) && str_find_byte(STR("/_+-"), text.p[i]) == 4)
			return false;
	return text.len <= 64;
}

static struct str either(struct str given, struct str old)
{
	return given.p != NULL ? given : old;
}

static void take_profile(struct api_body *body, struct account *account)
{
	static const char *const themes[] = {"", "light", "dark"};
	static const char *const densities[] = {"", "comfortable", "compact"};

	account->full_name = either(api_body_text(body, "full_name", 200), account->full_name);
	account->language = either(api_body_text(body, "language", 16), account->language);
	account->time_zone = either(api_body_text(body, "time_zone", 64), account->time_zone);
	account->theme = either(api_body_text(body, "theme", 16), account->theme);
	account->density = either(api_body_text(body, "density", 16), account->density);
	account->has_shortcuts = api_body_bool(body, "shortcuts", account->has_shortcuts);
	if (!is_one_of(account->theme, themes, COUNT_OF(themes)))
		(void)api_body_wrong(body, "theme", "a theme is light, dark, or empty for that of the system");
	if (!is_one_of(account->density, densities, COUNT_OF(densities)))
		(void)api_body_wrong(body, "density", "it is comfortable or compact, or empty");
	if (!is_zone(account->time_zone))
		(void)api_body_wrong(body, "time_zone", "it is a name such as Europe/Berlin");
	if (account->language.len > 0 && language_find(account->language) == NULL)
		(void)api_body_wrong(body, "language", "this language is not there");
}

bool api_me_edit(struct api *api, struct err *err)
{
	struct account account;
	struct api_change change;
	struct api_body body;

	if (!load_me(api, &account, err))
		return false;
	bool ok = api_body_read(api, &body, err);
	if (ok)
		take_profile(&body, &account);
	ok = ok && api_body_end(&body, err);
	if (ok) {
		begin_mine(api, "me-edit", &change);
		wire_put_str(&change.body, account.full_name);
		wire_put_str(&change.body, account.language);
		wire_put_str(&change.body, account.time_zone);
		wire_put_str(&change.body, account.theme);
		wire_put_str(&change.body, account.density);
		wire_put_u8(&change.body, account.has_shortcuts);
		ok = api_change_send(&change, NULL, err) && api_put_done(api);
		api_change_done(&change);
	}
	api_body_done(&body);
	return ok;
}

/* --- the password --- */

/* Who stands at an open screen does not know it. */
static bool knows_password(struct api *api, const struct account *account, struct str password, struct err *err)
{
	bool is_right = false;
	uint32_t secs = http_desk_wait(api->visit->door->desk, account->name, api->visit->request->network);

	if (account->password.p == NULL)
		return api_change_is_fresh(api, err);
	if (secs > 0) {
		api->status = 429;
		api->code = "too-fast";
		api->retry_secs = secs;
		return err_set(err, ERR_DENIED, "too many tries went wrong; wait %u seconds", secs);
	}
	if (!password_check(password, account->password, &is_right, err))
		return false;
	http_desk_tried(api->visit->door->desk, account->name, api->visit->request->network, is_right);
	api->status = 403;
	api->code = is_right ? NULL : "password";
	return is_right || err_set(err, ERR_DENIED, "the password of now is not right");
}

static bool change_password(struct api *api, const struct account *account, struct str new_password, struct err *err)
{
	struct api_change change;
	struct buf hash;

	if (!password_is_good(new_password, account->name, err)) {
		api->wrong = "/new_password";
		return false;
	}
	buf_init(&hash, KIB(1));
	bool ok = password_hash(new_password, &hash, err);
	if (ok) {
		begin_mine(api, "me-password", &change);
		wire_put_str(&change.body, buf_view(&hash));
		wire_put_u64(&change.body, (uint64_t)api->visit->signed_in.session);
		ok = api_change_send(&change, NULL, err) && api_put_done(api);
		api_change_done(&change);
	}
	buf_done(&hash);
	return ok;
}

/* All other sessions end: they may have begun with the old one. */
bool api_me_password(struct api *api, struct err *err)
{
	struct account account;
	struct api_body body;

	if (!load_me(api, &account, err))
		return false;
	bool ok = api_body_read(api, &body, err);
	if (ok) {
		struct str password = api_body_secret(&body, "password", KIB(1));
		struct str new_password = api_body_secret(&body, "new_password", KIB(1));
		ok = api_body_end(&body, err);
		api_change_let_go(api);
		ok = ok && knows_password(api, &account, password, err) && change_password(api, &account, new_password, err);
	}
	api_body_done(&body);
	return ok;
}

/* --- the authenticator app --- */

bool api_me_totp_options(struct api *api, struct err *err)
{
	struct account account;
	unsigned char secret[TOTP_SECRET_BYTES], key[CHALLENGE_BYTES];
	struct buf text;

	if (!load_me(api, &account, err) || !api_change_is_fresh(api, err))
		return false;
	if (account.password.p == NULL)
		return err_set(err, ERR_INPUT, "a code goes with a password, and there is none; a passkey needs no code");
	if (getrandom(secret, sizeof secret, 0) != (ssize_t)sizeof secret)
		return err_set(err, ERR_LATER, "the system gives no random bytes");
	if (!http_desk_begin(api->visit->door->desk, CHALLENGE_TOTP, api->visit->signed_in.session,
	                     str_make(secret, sizeof secret), key, err))
		return false;
	struct str own = http_sign_in_origin(api->visit, &api->arena);
	struct str issuer = str_of(arena_format(&api->arena, "mailseal %.*s", STR_ARGS(str_from(own, str_find(own, STR("://")) + 3))));
	json_out_object(&api->json, NULL);
	api_account_put_bytes(api, "challenge", str_make(key, sizeof key));
	buf_init(&text, KIB(64));
	totp_secret_text(str_make(secret, sizeof secret), &text);
	json_out_str(&api->json, "secret", buf_view(&text));
	buf_clear(&text);
	totp_uri(str_make(secret, sizeof secret), issuer, account.name, &text);
	struct str uri = arena_str(&api->arena, buf_view(&text));
	json_out_str(&api->json, "uri", uri);
	buf_clear(&text);
	bool ok = qr_svg(uri, &text, err);
	json_out_str(&api->json, "qr_svg", buf_view(&text));
	json_out_end(&api->json);
	buf_done(&text);
	explicit_bzero(secret, sizeof secret);
	return ok;
}

/* Makes new codes; their hashes one after the other in `hashes`. */
static bool make_recovery(struct api *api, struct buf *hashes, struct str *codes, struct err *err)
{
	struct new_secret one;

	for (size_t i = 0; i < ACCOUNT_RECOVERY_CODES; i++) {
		if (!new_secret_recovery(&one, err))
			return false;
		buf_str(hashes, new_secret_hash(&one));
		codes[i] = arena_str(&api->arena, str_of(one.text));
	}
	return true;
}

static void put_recovery(struct api *api, const struct str *codes)
{
	json_out_object(&api->json, NULL);
	json_out_list(&api->json, "recovery_codes");
	for (size_t i = 0; i < ACCOUNT_RECOVERY_CODES; i++)
		json_out_str(&api->json, NULL, codes[i]);
	json_out_end(&api->json);
	json_out_end(&api->json);
	api->visit->answer->cache = NULL;
}

static bool set_totp(struct api *api, struct str secret, int64_t step, struct err *err)
{
	struct str codes[ACCOUNT_RECOVERY_CODES];
	struct api_change change;
	struct buf hashes;

	buf_init(&hashes, KIB(1));
	bool ok = make_recovery(api, &hashes, codes, err);
	if (ok) {
		begin_mine(api, secret.p == NULL ? "me-recovery" : "me-totp", &change);
		if (secret.p != NULL) {
			wire_put_str(&change.body, secret);
			wire_put_u64(&change.body, (uint64_t)step);
		}
		wire_put_str(&change.body, buf_view(&hashes));
		ok = api_change_send(&change, NULL, err);
		api_change_done(&change);
	}
	buf_done(&hashes);
	if (ok)
		put_recovery(api, codes);
	return ok;
}

/* The first code shows that the app has the secret; the recovery codes are shown now and never again. */
bool api_me_totp(struct api *api, struct err *err)
{
	struct account account;
	struct api_body body;
	struct buf secret;
	int64_t step = 0;

	if (!load_me(api, &account, err))
		return false;
	buf_init(&secret, KIB(1));
	bool ok = api_body_read(api, &body, err);
	if (ok) {
		struct str key = api_body_bytes(&body, "challenge", CHALLENGE_BYTES);
		struct str code = api_body_text(&body, "code", 64);
		ok = api_body_end(&body, err) &&
		     (http_desk_end(api->visit->door->desk, CHALLENGE_TOTP, key, api->visit->signed_in.session, &secret) ||
		      err_set(err, ERR_INPUT, "this was not begun, or too long ago: begin again"));
		if (ok && !totp_check(buf_view(&secret), code, instant_now(), &step))
			ok = api_wrong(api, "/code", "this is not the code of now: begin again, and look at the clock of the device", err);
		ok = ok && set_totp(api, buf_view(&secret), step, err);
	}
	api_body_done(&body);
	if (secret.p != NULL)
		explicit_bzero(secret.p, secret.size);
	buf_done(&secret);
	return ok;
}

bool api_me_totp_off(struct api *api, struct err *err)
{
	struct account account;
	struct api_change change;

	if (!load_me(api, &account, err) || !api_change_is_fresh(api, err))
		return false;
	begin_mine(api, "me-totp-off", &change);
	bool ok = api_change_send(&change, NULL, err) && api_put_done(api);
	api_change_done(&change);
	return ok;
}

bool api_me_recovery(struct api *api, struct err *err)
{
	struct account account;

	if (!load_me(api, &account, err) || !api_change_is_fresh(api, err))
		return false;
	if (account.totp.p == NULL)
		return err_set(err, ERR_INPUT, "recovery codes stand in for the code of an authenticator app, and there is none");
	return set_totp(api, STR_NONE, 0, err);
}

/* --- passkeys --- */

bool api_me_passkeys(struct api *api, struct err *err)
{
	struct passkey_list list;
	struct account account;

	if (!load_me(api, &account, err) || !passkeys_list(api->store, account.id, &api->arena, &list, err))
		return false;
	json_out_object(&api->json, NULL);
	json_out_list(&api->json, "passkeys");
	for (size_t i = 0; i < list.count; i++) {
		json_out_object(&api->json, NULL);
		account_json_passkey(&api->json, &list.rows[i]);
		json_out_end(&api->json);
	}
	json_out_end(&api->json);
	json_out_end(&api->json);
	return true;
}

bool api_me_passkey_options(struct api *api, struct err *err)
{
	struct str site = passkey_data_site(http_sign_in_origin(api->visit, &api->arena));
	unsigned char key[CHALLENGE_BYTES];
	struct passkey_list list;
	struct account account;

	if (!load_me(api, &account, err) || !api_change_is_fresh(api, err) ||
	    !passkeys_list(api->store, account.id, &api->arena, &list, err))
		return false;
	if (site.p == NULL)
		return err_set(err, ERR_SETUP, "passkeys need a name in the address of this server, not a number");
	if (!http_desk_begin(api->visit->door->desk, CHALLENGE_PASSKEY_ADD, api->visit->signed_in.session, STR_NONE, key, err))
		return false;
	json_out_object(&api->json, NULL);
	api_account_put_bytes(api, "challenge", str_make(key, sizeof key));
	json_out_str(&api->json, "rp_id", site);
	json_out_str(&api->json, "rp_name", STR("mailseal"));
	api_account_put_bytes(api, "user_handle", account.handle);
	json_out_str(&api->json, "user_name", account.name);
	json_out_str(&api->json, "user_display_name", account.full_name.len > 0 ? account.full_name : account.name);
	json_out_list(&api->json, "algorithms");
	json_out_int(&api->json, NULL, WEBAUTHN_ES256);
	json_out_int(&api->json, NULL, WEBAUTHN_EDDSA);
	json_out_int(&api->json, NULL, WEBAUTHN_RS256);
	json_out_end(&api->json);
	json_out_list(&api->json, "exclude");
	for (size_t i = 0; i < list.count; i++)
		api_account_put_bytes(api, NULL, list.rows[i].credential);
	json_out_end(&api->json);
	json_out_str(&api->json, "user_verification", STR("required"));
	json_out_str(&api->json, "resident_key", STR("required"));
	json_out_str(&api->json, "attestation", STR("none"));
	json_out_uint(&api->json, "timeout_secs", CHALLENGE_SECS);
	json_out_end(&api->json);
	return true;
}

static bool add_passkey(struct api *api, struct str label, struct str client_data, struct str attestation, struct err *err)
{
	struct str site = passkey_data_site(http_sign_in_origin(api->visit, &api->arena));
	struct webauthn_credential credential;
	struct api_change change;

	if (site.p == NULL ||
	    !api_account_client_data(api, client_data, CHALLENGE_PASSKEY_ADD, api->visit->signed_in.session, err) ||
	    !webauthn_register(arena_text(&api->arena, site), client_data, attestation, &api->arena, &credential, err))
		return err->kind != ERR_NONE ? false : err_set(err, ERR_DENIED, "there are no passkeys here");
	begin_mine(api, "me-passkey-add", &change);
	wire_put_str(&change.body, label.len == 0 ? STR("Passkey") : label);
	wire_put_str(&change.body, credential.id);
	wire_put_str(&change.body, credential.public_key);
	wire_put_u64(&change.body, (uint64_t)(int64_t)credential.algorithm);
	wire_put_u32(&change.body, credential.counter);
	bool ok = api_change_send_made(&change, err);
	api_change_done(&change);
	return ok;
}

bool api_me_passkey_add(struct api *api, struct err *err)
{
	struct account account;
	struct api_body body;

	if (!load_me(api, &account, err))
		return false;
	bool ok = api_body_read(api, &body, err);
	if (ok) {
		struct str label = api_body_text(&body, "label", 200);
		struct str client_data = api_body_bytes(&body, "client_data", WEBAUTHN_BYTES_MOST);
		struct str attestation = api_body_bytes(&body, "attestation", WEBAUTHN_BYTES_MOST);
		ok = api_body_end(&body, err) && add_passkey(api, label, client_data, attestation, err);
	}
	api_body_done(&body);
	return ok;
}

static bool edit_passkey(struct api *api, int64_t id, struct str label, struct err *err)
{
	struct api_change change;

	begin_mine(api, "me-passkey-edit", &change);
	wire_put_u64(&change.body, (uint64_t)id);
	wire_put_str(&change.body, label);
	bool ok = api_change_send(&change, NULL, err) && api_put_done(api);
	api_change_done(&change);
	return ok;
}

bool api_me_passkey_rename(struct api *api, struct err *err)
{
	struct account account;
	struct api_body body;
	int64_t id;

	if (!load_me(api, &account, err) || !api_number(api, &id, err))
		return false;
	bool ok = api_body_read(api, &body, err);
	if (ok) {
		struct str label = api_body_text(&body, "label", 200);
		ok = api_body_end(&body, err) &&
		     (label.len > 0 ? edit_passkey(api, id, label, err) : api_wrong(api, "/label", "a passkey needs a name", err));
	}
	api_body_done(&body);
	return ok;
}

bool api_me_passkey_remove(struct api *api, struct err *err)
{
	struct account account;
	int64_t id;

	return load_me(api, &account, err) && api_number(api, &id, err) && api_change_is_fresh(api, err) &&
	       edit_passkey(api, id, STR_NONE, err);
}

/* --- sessions --- */

bool api_me_sessions(struct api *api, struct err *err)
{
	struct web_session_list list;
	struct account account;

	if (!load_me(api, &account, err) || !web_sessions_list(api->store, account.id, &api->arena, &list, err))
		return false;
	json_out_object(&api->json, NULL);
	json_out_list(&api->json, "sessions");
	for (size_t i = 0; i < list.count; i++) {
		json_out_object(&api->json, NULL);
		account_json_session(&api->json, &list.rows[i], list.rows[i].id == api->visit->signed_in.session);
		json_out_end(&api->json);
	}
	json_out_end(&api->json);
	json_out_end(&api->json);
	return true;
}

static bool end_session(struct api *api, int64_t id, bool others, struct err *err)
{
	struct api_change change;

	begin_mine(api, "me-session-end", &change);
	wire_put_u64(&change.body, (uint64_t)id);
	wire_put_u8(&change.body, others);
	bool ok = api_change_send(&change, NULL, err) && api_put_done(api);
	api_change_done(&change);
	return ok;
}

bool api_me_session_end(struct api *api, struct err *err)
{
	struct account account;
	int64_t id;

	return load_me(api, &account, err) && api_number(api, &id, err) && end_session(api, id, false, err);
}

bool api_me_session_end_others(struct api *api, struct err *err)
{
	struct account account;

	return load_me(api, &account, err) && end_session(api, api->visit->signed_in.session, true, err);
}
