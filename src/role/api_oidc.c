/* SPDX-License-Identifier: ISC */
/* Coming in by another server (OpenID Connect Core 1.0 section 3.1: the code, with PKCE of RFC 7636): the way there, the way
 * back, and the ways in that a user has. */
#include <string.h>
#include <sys/random.h>

#include "base/base64.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/quote.h"
#include "present/words.h"
#include "role/api_account.h"
#include "role/api_body.h"
#include "role/api_handlers.h"
#include "role/api_sign_in.h"
#include "role/http_desk.h"
#include "role/http_sign_in.h"
#include "role/new_secret.h"
#include "role/oidc_form.h"
#include "role/oidc_wire.h"
#include "store/accounts.h"
#include "store/sign_ins.h"
#include "store/store_domains.h"
#include "sys/digest.h"
#include "web/request_origin.h"

#define SEED_BYTES 32
#define DERIVED_BYTES 44 /* base64url of 32 bytes */
#define TRIP_SECS 600
#define ASK_MS 125000 /* four questions, each of at most oidc.timeout */
#define URL_BYTES KIB(4)

/* What is remembered between the way there and the way back, under the state. */
struct trip {
	unsigned char seed[SEED_BYTES];             /* of the verifier and the nonce */
	unsigned char browser[ACCOUNT_HASH_BYTES];  /* of the cookie */
	uint32_t provider;                          /* index in the configuration */
	int64_t session;                            /* of who adds a way in; 0: somebody comes in */
};
#define TRIP_NEXT_BYTES (CHALLENGE_NOTE_BYTES - sizeof(struct trip))

/* The same seed gives both, and neither tells of the other. */
static void derive(const struct trip *trip, const char *what, char out[DERIVED_BYTES])
{
	unsigned char hash[DIGEST_SHA256_BYTES];
	struct buf text;

	digest_hmac_sha256(str_make(trip->seed, SEED_BYTES), str_of(what), hash);
	buf_init(&text, 64);
	base64_url_encode(str_make(hash, sizeof hash), &text);
	memcpy(out, text.p, DERIVED_BYTES - 1);
	out[DERIVED_BYTES - 1] = '\0';
	buf_done(&text);
}

static const struct config_oidc *provider_of(const struct api *api)
{
	return config_oidc_of(api->visit->door->config, api->visit->match.parts[0]);
}

/* One for each provider: an answer of one is never taken for that of another (RFC 9700 section 4.4.2). */
static struct str redirect_of(struct api *api, const struct config_oidc *provider)
{
	return str_of(arena_format(&api->arena, "%.*s/api/v1/sign-in/oidc/%s", STR_ARGS(http_sign_in_url(api->visit, &api->arena)),
	                           provider->name));
}

/* Who fails is counted by where he is: the names are the provider's. */
static struct str rate_name(struct api *api)
{
	struct str network = api->visit->request->network;
	return str_of(arena_format(&api->arena, "oidc %.*s", STR_ARGS(network)));
}

static enum oidc_problem ask(struct api *api, const struct oidc_request *request, struct oidc_told *out)
{
	struct api_change change;
	struct wire_reader reader;
	struct err err = {0};

	api_change_let_go(api);
	api_change_begin_as(api, 0, STR(""), "oidc-ask", &change);
	change.wait_ms = ASK_MS;
	oidc_wire_write_request(request, &change.body);
	bool ok = api_change_send(&change, &reader, &err);
	struct str told = ok ? arena_str(&api->arena, reader.rest) : STR_NONE;
	api_change_done(&change);
	if (!ok)
		return OIDC_BUSY;
	return oidc_wire_read_told(told, &api->arena, out) ? out->problem : OIDC_BUSY;
}

/* --- the way there --- */

static const char *trip_cookie(bool is_secure)
{
	return is_secure ? COOKIE_TRIP_SECURE : COOKIE_TRIP_PLAIN;
}

/* Several windows of a browser share its cookie. */
static bool mark_browser(struct api *api, struct trip *trip, struct err *err)
{
	bool is_secure = http_sign_in_is_secure(api->visit);
	struct str given = request_cookie_named(httpd_header(api->visit->request, "Cookie"), trip_cookie(is_secure));
	struct new_secret secret;
	struct buf out;

	if (!new_secret_link(&secret, err))
		return false;
	struct str text = secret_link_is_sound(given) ? given : str_of(secret.text);
	new_secret_hash_of(text, trip->browser);
	buf_init(&out, KIB(1));
	request_set_cookie_named(trip_cookie(is_secure), text, is_secure, TRIP_SECS, &out);
	httpd_answer_field(api->visit->answer, "Set-Cookie", buf_view(&out));
	buf_done(&out);
	explicit_bzero(&secret, sizeof secret);
	return true;
}

/* Where to afterwards: a page of ours that fits, else the first one. */
static struct str next_of(const struct api *api, struct str wanted)
{
	struct str next = request_next(wanted), base = api->visit->door->base;
	return next.p != NULL && next.len <= TRIP_NEXT_BYTES && str_starts_with(next, base) ? next : base;
}

static bool begin(struct api *api, const struct trip *trip, struct str next, unsigned char state[CHALLENGE_BYTES], struct err *err)
{
	char note[CHALLENGE_NOTE_BYTES];

	memcpy(note, trip, sizeof *trip);
	memcpy(note + sizeof *trip, next.p, next.len);
	bool ok = http_desk_begin(api->visit->door->desk, CHALLENGE_OIDC, 0, str_make(note, sizeof *trip + next.len), state, err);
	explicit_bzero(note, sizeof note);
	return ok;
}

static struct str scopes_of(struct api *api, const struct config_oidc *provider)
{
	struct buf out;

	buf_init(&out, KIB(4));
	for (size_t i = 0; i < provider->scopes.count; i++)
		buf_format(&out, "%s%s", i == 0 ? "" : " ", provider->scopes.items[i]);
	struct str text = arena_str(&api->arena, buf_view(&out));
	buf_done(&out);
	return text;
}

static void put_url(struct api *api, const struct config_oidc *provider, const struct trip *trip, struct str authorization,
                    const unsigned char state[CHALLENGE_BYTES])
{
	unsigned char hash[DIGEST_SHA256_BYTES];
	char verifier[DERIVED_BYTES], nonce[DERIVED_BYTES];
	struct buf url, text;

	derive(trip, "verifier", verifier);
	derive(trip, "nonce", nonce);
	digest_sha256(str_of(verifier), hash);
	buf_init(&url, URL_BYTES * 2);
	buf_init(&text, 128);
	buf_str(&url, authorization);
	if (str_find_byte(authorization, '?') == authorization.len)
		buf_byte(&url, '?');
	oidc_form_put(&url, "response_type", STR("code"));
	oidc_form_put(&url, "client_id", str_of(provider->client_id));
	oidc_form_put(&url, "redirect_uri", redirect_of(api, provider));
	oidc_form_put(&url, "scope", scopes_of(api, provider));
	base64_url_encode(str_make(state, CHALLENGE_BYTES), &text);
	oidc_form_put(&url, "state", buf_view(&text));
	oidc_form_put(&url, "nonce", str_of(nonce));
	buf_clear(&text);
	base64_url_encode(str_make(hash, sizeof hash), &text);
	oidc_form_put(&url, "code_challenge", buf_view(&text));
	oidc_form_put(&url, "code_challenge_method", STR("S256"));
	json_out_object(&api->json, NULL);
	json_out_str(&api->json, "url", buf_view(&url));
	json_out_end(&api->json);
	buf_done(&text);
	buf_done(&url);
	explicit_bzero(verifier, sizeof verifier);
}

static bool go_there(struct api *api, int64_t session, struct str next, struct err *err)
{
	const struct config_oidc *provider = provider_of(api);
	struct oidc_request request = {.what = OIDC_WHERE};
	struct trip trip = {.session = session};
	unsigned char state[CHALLENGE_BYTES];
	struct oidc_told told;

	if (provider == NULL)
		return err_set(err, ERR_MISSING, "there is no such provider");
	request.provider = str_of(provider->name);
	trip.provider = (uint32_t)(provider - api->visit->door->config->oidc);
	enum oidc_problem problem = ask(api, &request, &told);
	if (problem != OIDC_NONE) {
		api->status = 503;
		api->code = oidc_problem_text(problem);
		return err_set(err, ERR_LATER, "%s", tr(oidc_problem_sentence(problem)));
	}
	if (getrandom(trip.seed, sizeof trip.seed, 0) != (ssize_t)sizeof trip.seed)
		return err_set(err, ERR_LATER, "the system gives no random bytes");
	bool ok = mark_browser(api, &trip, err) && begin(api, &trip, next_of(api, next), state, err);
	if (ok)
		put_url(api, provider, &trip, told.authorization, state);
	explicit_bzero(&trip, sizeof trip);
	api->visit->answer->cache = NULL;
	return ok;
}

bool api_oidc_go(struct api *api, struct err *err)
{
	struct api_body body;

	bool ok = api_body_read(api, &body, err);
	struct str next = ok ? api_body_text(&body, "next", 2000) : STR_NONE;
	ok = ok && api_body_end(&body, err) && api_sign_in_may_try(api, rate_name(api), err) && go_there(api, 0, next, err);
	api_body_done(&body);
	return ok;
}

/* --- the way back --- */

struct coming_back {
	const struct config_oidc *provider;
	struct trip trip;
	struct str next;
};

/* The trip that this answer ends, if this browser began it. */
static enum oidc_problem take_trip(struct api *api, struct coming_back *back)
{
	const struct http_visit *visit = api->visit;
	bool is_secure = http_sign_in_is_secure(visit);
	struct str cookie = request_cookie_named(httpd_header(visit->request, "Cookie"), trip_cookie(is_secure));
	unsigned char hash[ACCOUNT_HASH_BYTES];
	struct buf state, note;

	buf_init(&state, 256);
	buf_init(&note, CHALLENGE_NOTE_BYTES + 1);
	bool ok = base64_url_decode(str_upto(httpd_parameter(visit->request, "state"), 100), &state) && state.len == CHALLENGE_BYTES &&
	          http_desk_end(visit->door->desk, CHALLENGE_OIDC, buf_view(&state), 0, &note) && note.len > sizeof back->trip;
	if (ok) {
		memcpy(&back->trip, note.p, sizeof back->trip);
		back->next = arena_str(&api->arena, str_from(buf_view(&note), sizeof back->trip));
	}
	if (note.p != NULL)
		explicit_bzero(note.p, note.size);
	buf_done(&note);
	buf_done(&state);
	if (!ok || !secret_link_is_sound(cookie))
		return OIDC_STATE;
	new_secret_hash_of(cookie, hash);
	if (!secret_same(str_make(hash, sizeof hash), str_make(back->trip.browser, sizeof back->trip.browser)))
		return OIDC_STATE;
	return &visit->door->config->oidc[back->trip.provider] == back->provider ? OIDC_NONE : OIDC_MIX_UP;
}

/* RFC 6749 section 4.1.2.1. */
static enum oidc_problem read_refusal(struct api *api)
{
	struct str error = httpd_parameter(api->visit->request, "error");

	if (error.p == NULL)
		return httpd_parameter(api->visit->request, "code").len > 0 ? OIDC_NONE : OIDC_PROVIDER_ERROR;
	LOG(LOG_LEVEL_WARNING, "oidc-refused", LOG_STR("error", str_upto(error, 100)));
	return str_eq(error, STR("access_denied")) ? OIDC_ACCESS_DENIED : OIDC_PROVIDER_ERROR;
}

static void put_whoever(struct buf *out, const struct coming_back *back, const struct oidc_person *person)
{
	wire_put_str(out, str_of(back->provider->name));
	wire_put_str(out, person->subject);
	wire_put_str(out, person->username);
	wire_put_str(out, person->full_name);
	wire_put_u32(out, (uint32_t)person->groups.count);
	for (size_t i = 0; i < person->groups.count; i++)
		wire_put_str(out, person->groups.items[i]);
}

static enum oidc_problem problem_of(const struct err *err, enum oidc_problem denied, enum oidc_problem missing)
{
	switch (err->kind) {
	case ERR_DENIED: return denied;
	case ERR_MISSING: return missing;
	case ERR_INPUT: return OIDC_TAKEN;
	default: return OIDC_BUSY;
	}
}

static enum oidc_problem enter(struct api *api, const struct coming_back *back, const struct oidc_person *person)
{
	struct sign_in sign_in = {0};
	struct api_change change;
	struct new_secret secret;
	struct wire_reader reader;
	struct err err = {0};

	if (!api_change_take_again(api, &err))
		return OIDC_BUSY;
	store_set_tenant(api->store, 0);
	bool is_known = sign_ins_find(api->store, str_of(back->provider->issuer), person->subject, &api->arena, &sign_in, &err);
	if ((!is_known && err.kind != ERR_MISSING) || !new_secret_link(&secret, &err))
		return OIDC_BUSY;
	struct str name = person->username.len > 0 ? person->username : person->subject;
	api_change_begin_as(api, sign_in.account, name, is_known ? "oidc-enter" : "oidc-new", &change);
	if (is_known)
		wire_put_u64(&change.body, (uint64_t)sign_in.account);
	put_whoever(&change.body, back, person);
	wire_put_str(&change.body, new_secret_hash(&secret));
	wire_put_str(&change.body, api->visit->request->peer);
	wire_put_str(&change.body, api_sign_in_agent(api));
	enum oidc_problem problem = OIDC_NONE;
	if (!api_change_send(&change, &reader, &err))
		problem = problem_of(&err, is_known ? OIDC_DISABLED : OIDC_UNKNOWN, OIDC_NO_GROUP);
	else if (is_known && wire_get_u64(&reader) == 0)
		problem = OIDC_NO_GROUP;
	api_change_done(&change);
	if (problem == OIDC_NONE) {
		api_sign_in_end_old(api);
		LOG(LOG_LEVEL_INFO, "signed-in", LOG_STR("name", name), LOG_STR("peer", api->visit->request->peer),
		    LOG_TEXT("by", back->provider->name));
		api_sign_in_cookie(api, str_of(secret.text));
	}
	explicit_bzero(&secret, sizeof secret);
	return problem;
}

/* Only to the session that began it. */
static enum oidc_problem link_to(struct api *api, const struct coming_back *back, const struct oidc_person *person)
{
	struct api_change change;
	struct err err = {0};

	if (api->visit->principal.by != PRINCIPAL_BY_SESSION || api->visit->signed_in.session != back->trip.session)
		return OIDC_SIGNED_OUT;
	api_change_begin(api, "me-oidc-add", &change);
	wire_put_u64(&change.body, (uint64_t)api->visit->principal.user);
	put_whoever(&change.body, back, person);
	bool ok = api_change_send(&change, NULL, &err);
	api_change_done(&change);
	return ok ? OIDC_NONE : problem_of(&err, OIDC_SIGNED_OUT, OIDC_SIGNED_OUT);
}

static enum oidc_problem come_back(struct api *api, struct coming_back *back)
{
	const struct httpd_request *request = api->visit->request;
	char verifier[DERIVED_BYTES], nonce[DERIVED_BYTES];
	struct oidc_request question = {.what = OIDC_WHO, .provider = str_of(back->provider->name)};
	struct oidc_told told;
	enum oidc_problem problem = take_trip(api, back);

	if (problem == OIDC_NONE)
		problem = read_refusal(api);
	if (problem != OIDC_NONE)
		return problem;
	derive(&back->trip, "verifier", verifier);
	derive(&back->trip, "nonce", nonce);
	question.code = str_upto(httpd_parameter(request, "code"), OIDC_WIRE_CODE_BYTES);
	question.verifier = str_of(verifier);
	question.nonce = str_of(nonce);
	question.redirect = redirect_of(api, back->provider);
	question.issuer = httpd_parameter(request, "iss");
	problem = ask(api, &question, &told);
	explicit_bzero(verifier, sizeof verifier);
	if (problem != OIDC_NONE)
		return problem;
	return back->trip.session != 0 ? link_to(api, back, &told.person) : enter(api, back, &told.person);
}

/* The browser came by itself, so it is shown a page; the problem is a word of our list, never of the request. */
static void send_on(struct api *api, const struct coming_back *back, enum oidc_problem problem)
{
	struct http_visit *visit = api->visit;
	struct str where = back->next;

	if (problem != OIDC_NONE)
		where = str_of(arena_format(&api->arena, "%.*s%s?problem=%s", STR_ARGS(visit->door->base),
		                            back->trip.session != 0 ? "accounts/me" : "", oidc_problem_text(problem)));
	visit->answer->status = 303;
	visit->answer->cache = NULL;
	httpd_answer_field(visit->answer, "Location", where);
	httpd_answer_field(visit->answer, "Referrer-Policy", STR("no-referrer"));
	json_out_object(&api->json, NULL);
	json_out_str(&api->json, "problem", problem == OIDC_NONE ? STR_NONE : str_of(oidc_problem_text(problem)));
	json_out_end(&api->json);
}

/* What an honest browser and an honest provider never bring; who is merely unknown, or says no, does nothing wrong. */
static bool is_odd(enum oidc_problem problem)
{
	return problem == OIDC_STATE || problem == OIDC_MIX_UP || problem == OIDC_CODE ||
	       (problem >= OIDC_TOKEN_MALFORMED && problem <= OIDC_TOKEN_HASH);
}

bool api_oidc_back(struct api *api, struct err *err)
{
	struct coming_back back = {.provider = provider_of(api)};
	struct str name = rate_name(api);

	if (back.provider == NULL)
		return err_set(err, ERR_MISSING, "there is no such provider");
	if (!api_sign_in_may_try(api, name, err))
		return false;
	enum oidc_problem problem = come_back(api, &back);
	if (problem == OIDC_NONE || is_odd(problem))
		http_desk_tried(api->visit->door->desk, name, api->visit->request->network, problem == OIDC_NONE);
	if (problem != OIDC_NONE)
		LOG(LOG_LEVEL_WARNING, "sign-in-failed", LOG_TEXT("by", back.provider->name),
		    LOG_STR("peer", api->visit->request->peer), LOG_TEXT("why", oidc_problem_text(problem)));
	send_on(api, &back, problem);
	explicit_bzero(&back.trip, sizeof back.trip);
	return true;
}

/* --- on the sign-in page --- */

void api_oidc_put_ways(struct api *api)
{
	const struct config *config = api->visit->door->config;
	struct json_out *json = &api->json;
	enum oidc_problem problem;

	json_out_list(json, "providers");
	for (size_t i = 0; i < config->oidc_count; i++) {
		json_out_object(json, NULL);
		json_out_str(json, "name", str_of(config->oidc[i].name));
		json_out_str(json, "title", str_of(config->oidc[i].title[0] == '\0' ? config->oidc[i].name : config->oidc[i].title));
		json_out_end(json);
	}
	json_out_end(json);
	bool is_known = oidc_problem_of(api_parameter(api, "problem"), &problem) && problem != OIDC_NONE;
	json_out_str(json, "problem", is_known ? str_of(tr(oidc_problem_sentence(problem))) : STR_NONE);
}

/* --- the ways in of a user --- */

static bool is_me(struct api *api, struct err *err)
{
	return api->visit->principal.by == PRINCIPAL_BY_SESSION || err_set(err, ERR_DENIED, "this is for a user who has signed in");
}

bool api_oidc_mine(struct api *api, struct err *err)
{
	const struct config *config = api->visit->door->config;
	struct sign_in_list list;

	if (!is_me(api, err) || !sign_ins_list(api->store, api->visit->principal.user, &api->arena, &list, err))
		return false;
	json_out_object(&api->json, NULL);
	json_out_list(&api->json, "sign_ins");
	for (size_t i = 0; i < list.count; i++) {
		const struct sign_in *row = &list.rows[i];
		struct str title = row->issuer;
		for (size_t p = 0; p < config->oidc_count; p++)
			if (str_eq(row->issuer, str_of(config->oidc[p].issuer)))
				title = str_of(config->oidc[p].title[0] == '\0' ? config->oidc[p].name : config->oidc[p].title);
		json_out_object(&api->json, NULL);
		json_out_int(&api->json, "id", row->id);
		json_out_str(&api->json, "provider", title);
		json_out_str(&api->json, "label", row->label);
		json_out_instant(&api->json, "created_at", row->created_at);
		json_out_instant(&api->json, "last_used_at", row->last_used_at);
		json_out_end(&api->json);
	}
	json_out_end(&api->json);
	api_oidc_put_ways(api);
	json_out_end(&api->json);
	return true;
}

bool api_oidc_link(struct api *api, struct err *err)
{
	struct str here = str_of(arena_format(&api->arena, "%.*saccounts/me", STR_ARGS(api->visit->door->base)));

	return is_me(api, err) && api_change_is_fresh(api, err) && go_there(api, api->visit->signed_in.session, here, err);
}

bool api_oidc_unlink(struct api *api, struct err *err)
{
	struct api_change change;
	int64_t id;

	if (!is_me(api, err) || !api_number(api, &id, err) || !api_change_is_fresh(api, err))
		return false;
	api_change_begin(api, "me-oidc-remove", &change);
	wire_put_u64(&change.body, (uint64_t)api->visit->principal.user);
	wire_put_u64(&change.body, (uint64_t)id);
	wire_put_u64(&change.body, (uint64_t)api->visit->signed_in.session);
	bool ok = api_change_send(&change, NULL, err);
	api_change_done(&change);
	return ok && api_put_done(api);
}
