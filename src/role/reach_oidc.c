/* SPDX-License-Identifier: ISC */
#include "role/reach_oidc.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/instant.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "decode/oidc_read.h"
#include "role/oidc_form.h"
#include "role/oidc_wire.h"
#include "role/reach_way.h"
#include "sys/sandbox.h"
#include "sys/secret.h"
#include "trust/oidc_check.h"
#include "version.h"

#define THREADS 4u
#define QUEUE 16u
#define YOUNG_MS 3600000     /* for so long a description and keys are believed without asking again */
#define FAILED_MS 3000       /* for so long a provider that gave none is not asked again, whoever clicks */
#define KEYS_AGAIN_MS 60000  /* how soon after that they are fetched for a key that is not among them */
#define DOCUMENT_BYTES KIB(64)
#define FORM_BYTES KIB(32)
#define SECRET_BYTES KIB(4)
#define NAME_BYTES 200
#define WELL_KNOWN "/.well-known/openid-configuration"

/* A document of the provider, as it came. */
struct held {
	struct buf text; /* empty: none */
	int64_t at_ms;
};

struct provider {
	const struct config_oidc *config;
	char *secret; /* NULL: none */
	bool has_fault; /* it could not be read */
	struct held description, keys;
	enum oidc_problem failed_with; /* the last description; OIDC_NONE: it came */
	int64_t failed_at_ms;
};

struct errand {
	uint64_t id;
	struct buf body;
};

struct reach_oidc {
	const struct config *config;
	struct resolve *resolve;
	struct keep_link *link;
	struct provider *providers;
	pthread_mutex_t lock; /* guards the rest, and what is held of providers */
	pthread_cond_t more;
	struct errand queue[QUEUE]; /* a ring */
	size_t first, count;
};

/* One errand under way. */
struct going {
	struct reach_oidc *oidc;
	struct provider *provider;
	struct oidc_request request;
	struct oidc_provider description;
	struct arena arena;
	char why[300]; /* for the log */
};

/* --- set-up --- */

static void read_secret(struct provider *provider)
{
	struct err err = {0};
	struct buf text;

	if (provider->config->client_secret[0] == '\0')
		return;
	buf_init(&text, SECRET_BYTES);
	struct str trimmed = STR_NONE;
	if (secret_read(provider->config->client_secret, &text, &err))
		trimmed = str_trim(buf_view(&text));
	if (trimmed.len > 0) {
		provider->secret = mem_new(trimmed.len + 1);
		memcpy(provider->secret, trimmed.p, trimmed.len);
	} else {
		provider->has_fault = true;
		LOG(LOG_LEVEL_ERROR, "no-client-secret", LOG_TEXT("provider", provider->config->name),
		    LOG_TEXT("why", err.kind != ERR_NONE ? err.text : "it is empty"));
	}
	secret_done(&text);
}

struct reach_oidc *reach_oidc_new(const struct config *config, struct resolve *resolve)
{
	struct reach_oidc *oidc = mem_new(sizeof *oidc);

	*oidc = (struct reach_oidc){.config = config, .resolve = resolve};
	oidc->providers = config->oidc_count == 0 ? NULL : mem_new_array(config->oidc_count, sizeof oidc->providers[0]);
	for (size_t i = 0; i < config->oidc_count; i++) {
		struct provider *provider = &oidc->providers[i];
		*provider = (struct provider){.config = &config->oidc[i]};
		buf_init(&provider->description.text, DOCUMENT_BYTES + 1);
		buf_init(&provider->keys.text, DOCUMENT_BYTES + 1);
		read_secret(provider);
		sandbox_may_read(provider->config->ca_file[0] == '\0' ? NULL : provider->config->ca_file);
	}
	(void)pthread_mutex_init(&oidc->lock, NULL);
	(void)pthread_cond_init(&oidc->more, NULL);
	return oidc;
}

/* --- one question --- */

PRINTF_LIKE(3, 4)
static enum oidc_problem say(struct going *going, enum oidc_problem problem, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(going->why, sizeof going->why, format, args);
	va_end(args);
	return problem;
}

static bool is_local(const struct going *going)
{
	return strcmp(going->provider->config->local, "yes") == 0;
}

/* Without TLS only on this machine, and where the operator says so. */
static bool is_allowed(const struct going *going, struct str url, const char *host)
{
	struct address address;

	if (str_starts_with(url, STR("https://")))
		return true;
	bool is_here = strcmp(host, "localhost") == 0 || (address_parse(str_of(host), &address) && address_forbidden(&address) != NULL &&
	                                                  strcmp(address_forbidden(&address), "loopback") == 0);
	return is_local(going) && str_starts_with(url, STR("http://")) && is_here;
}

/* `form` absent: GET. */
static enum oidc_problem ask(struct going *going, struct str url, struct str form, const char *authorization,
                             struct courier_answer *out)
{
	const struct config_oidc *config = going->provider->config;
	const char *headers[3] = {"Accept: application/json"};
	struct courier_post post = {.url = arena_text(&going->arena, url),
	                            .is_get = form.p == NULL,
	                            .headers = headers,
	                            .header_count = 1,
	                            .body = form,
	                            .user_agent = "mailseal/" MAILSEAL_VERSION};
	struct courier_way way = {.may_be_local = is_local(going),
	                          .ca_file = config->ca_file[0] == '\0' ? NULL : config->ca_file,
	                          .timeout_ms = (uint32_t)config->timeout * 1000};
	struct err err = {0};
	char host[256];
	uint16_t port;

	if (url.len == 0 || !courier_host(post.url, host, &port) || !is_allowed(going, url, host))
		return say(going, OIDC_PROVIDER_BROKEN, "an address is not https://, or none");
	if (!reach_way_find(going->oidc->resolve, host, &going->arena, &way, &err))
		return say(going, OIDC_UNREACHABLE, "%s", err.text);
	if (form.p != NULL)
		headers[post.header_count++] = "Content-Type: application/x-www-form-urlencoded";
	if (authorization != NULL)
		headers[post.header_count++] = authorization;
	courier_post(&post, &way, &going->arena, out);
	if (out->result != COURIER_OK)
		return say(going, OIDC_UNREACHABLE, "%s: %s", host, reach_way_failure(out->result));
	if (out->is_cut)
		return say(going, OIDC_PROVIDER_BROKEN, "%s: the answer is too large", host);
	if (out->status >= 300 && out->status < 400)
		return say(going, OIDC_PROVIDER_BROKEN, "%s: HTTP %u, a redirect, which is not followed", host, out->status);
	return OIDC_NONE;
}

/* --- documents --- */

/* What is held and young enough. */
static bool recall(struct going *going, const struct held *held, int64_t age_ms, struct str *out)
{
	(void)pthread_mutex_lock(&going->oidc->lock);
	bool is_young = held->text.len > 0 && clock_ms() - held->at_ms < age_ms;
	if (is_young)
		*out = arena_str(&going->arena, buf_view(&held->text));
	(void)pthread_mutex_unlock(&going->oidc->lock);
	return is_young;
}

static void remember(struct going *going, struct held *held, struct str text)
{
	(void)pthread_mutex_lock(&going->oidc->lock);
	buf_clear(&held->text);
	buf_str(&held->text, text);
	held->at_ms = clock_ms();
	(void)pthread_mutex_unlock(&going->oidc->lock);
}

static enum oidc_problem document(struct going *going, struct str url, struct str *out)
{
	struct courier_answer answer;
	enum oidc_problem problem = ask(going, url, STR_NONE, NULL, &answer);

	if (problem != OIDC_NONE)
		return problem;
	if (answer.status != 200)
		return say(going, answer.status >= 500 ? OIDC_UNREACHABLE : OIDC_PROVIDER_BROKEN, "HTTP %u where %s was expected",
		           answer.status, "a document");
	*out = answer.body;
	return OIDC_NONE;
}

/* Discovery section 4.3: it is the one it says to be, to the letter. */
static enum oidc_problem fetch_description(struct going *going)
{
	struct provider *provider = going->provider;
	struct str issuer = str_of(provider->config->issuer), base = issuer, text;

	if (base.len > 0 && base.p[base.len - 1] == '/')
		base.len--;
	enum oidc_problem problem =
	    document(going, str_of(arena_format(&going->arena, "%.*s" WELL_KNOWN, STR_ARGS(base))), &text);
	if (problem != OIDC_NONE)
		return problem;
	if (!oidc_read_provider(text, &going->arena, &going->description))
		return say(going, OIDC_PROVIDER_BROKEN, "its description cannot be read");
	if (!str_eq(going->description.issuer, issuer))
		return say(going, OIDC_PROVIDER_BROKEN, "it names itself otherwise than `issuer` of the configuration does");
	struct str authorization = going->description.authorization;
	if (!str_starts_with(authorization, STR("https://")) && !(is_local(going) && str_starts_with(authorization, STR("http://"))))
		return say(going, OIDC_PROVIDER_BROKEN, "its authorization_endpoint is not https://");
	remember(going, &provider->description, text);
	return OIDC_NONE;
}

static enum oidc_problem describe(struct going *going)
{
	struct provider *provider = going->provider;
	enum oidc_problem problem = OIDC_NONE;
	struct str text;

	if (provider->has_fault)
		return say(going, OIDC_SETUP, "the client secret could not be read when the server was started");
	if (recall(going, &provider->description, YOUNG_MS, &text) && oidc_read_provider(text, &going->arena, &going->description))
		return OIDC_NONE;
	(void)pthread_mutex_lock(&going->oidc->lock);
	if (clock_ms() - provider->failed_at_ms < FAILED_MS)
		problem = provider->failed_with;
	(void)pthread_mutex_unlock(&going->oidc->lock);
	if (problem != OIDC_NONE)
		return say(going, problem, "as a moment ago");
	problem = fetch_description(going);
	(void)pthread_mutex_lock(&going->oidc->lock);
	provider->failed_with = problem;
	provider->failed_at_ms = clock_ms();
	(void)pthread_mutex_unlock(&going->oidc->lock);
	return problem;
}

/* `age_ms`: how old they may be. */
static enum oidc_problem fetch_keys(struct going *going, int64_t age_ms, struct oidc_keys *out)
{
	struct held *held = &going->provider->keys;
	struct str text;

	if (recall(going, held, age_ms, &text) && oidc_read_keys(text, &going->arena, out))
		return OIDC_NONE;
	enum oidc_problem problem = document(going, going->description.keys, &text);
	if (problem != OIDC_NONE)
		return problem;
	if (!oidc_read_keys(text, &going->arena, out))
		return say(going, OIDC_PROVIDER_BROKEN, "its keys cannot be read");
	remember(going, held, text);
	return OIDC_NONE;
}

/* --- the code --- */

/* RFC 6749 section 2.3.1: both are encoded as in a form first. */
static const char *basic(struct going *going)
{
	struct buf pair, header;

	buf_init(&pair, SECRET_BYTES * 4);
	buf_init(&header, SECRET_BYTES * 6);
	oidc_form_encode(str_of(going->provider->config->client_id), &pair);
	buf_byte(&pair, ':');
	oidc_form_encode(str_of(going->provider->secret), &pair);
	buf_text(&header, "Authorization: Basic ");
	base64_encode(buf_view(&pair), &header);
	const char *text = arena_text(&going->arena, buf_view(&header));
	secret_done(&pair);
	secret_done(&header);
	return text;
}

static enum oidc_problem judge_refusal(struct going *going, const struct courier_answer *answer)
{
	struct oidc_answer said = {0};
	struct buf quoted;

	(void)oidc_read_answer(answer->body, &going->arena, &said);
	buf_init(&quoted, KIB(1));
	buf_str(&quoted, str_upto(said.error, 100));
	for (size_t i = 0; i < quoted.len; i++)
		if (quoted.p[i] <= ' ' || quoted.p[i] > '~')
			quoted.p[i] = '?';
	enum oidc_problem problem = str_eq(said.error, STR("invalid_grant"))    ? OIDC_CODE
	                            : str_eq(said.error, STR("invalid_client")) ||
	                                      str_eq(said.error, STR("unauthorized_client"))
	                                ? OIDC_SETUP
	                                : OIDC_PROVIDER_ERROR;
	(void)say(going, problem, "the token endpoint says HTTP %u %.*s", answer->status, STR_ARGS(buf_view(&quoted)));
	buf_done(&quoted);
	return problem;
}

static enum oidc_problem exchange(struct going *going, struct oidc_answer *out)
{
	const struct provider *provider = going->provider;
	const struct oidc_request *request = &going->request;
	const char *authorization = NULL;
	struct courier_answer answer;
	struct buf form;

	buf_init(&form, FORM_BYTES * 3);
	oidc_form_put(&form, "grant_type", STR("authorization_code"));
	oidc_form_put(&form, "code", request->code);
	oidc_form_put(&form, "redirect_uri", request->redirect);
	oidc_form_put(&form, "code_verifier", request->verifier);
	if (provider->secret != NULL && (going->description.takes_basic || !going->description.takes_post)) {
		authorization = basic(going);
	} else {
		oidc_form_put(&form, "client_id", str_of(provider->config->client_id));
		if (provider->secret != NULL)
			oidc_form_put(&form, "client_secret", str_of(provider->secret));
	}
	enum oidc_problem problem = form.failed ? say(going, OIDC_PROVIDER_ERROR, "the code is too long")
	                                        : ask(going, going->description.token, buf_view(&form), authorization, &answer);
	secret_done(&form);
	if (problem != OIDC_NONE)
		return problem;
	if (answer.status != 200)
		return judge_refusal(going, &answer);
	if (!oidc_read_answer(answer.body, &going->arena, out) || out->id_token.p == NULL)
		return say(going, OIDC_TOKEN_MALFORMED, "the answer of the token endpoint has no ID token that can be read");
	return OIDC_NONE;
}

/* --- who it is --- */

static enum oidc_problem judge(struct going *going, const struct oidc_answer *answer, struct oidc_token *token)
{
	const struct config_oidc *config = going->provider->config;
	struct oidc_expected expected = {.issuer = str_of(config->issuer),
	                                 .client_id = str_of(config->client_id),
	                                 .nonce = going->request.nonce,
	                                 .access_token = answer->access_token,
	                                 .now = instant_now()};
	struct str claim = config->groups_claim[0] == '\0' ? STR_NONE : str_of(config->groups_claim);
	struct oidc_keys keys;
	enum oidc_problem problem = oidc_read_token(answer->id_token, claim, &going->arena, token);

	if (problem == OIDC_NONE)
		problem = fetch_keys(going, YOUNG_MS, &keys);
	if (problem != OIDC_NONE)
		return problem;
	problem = oidc_check(token, &keys, &expected);
	if (problem == OIDC_TOKEN_KEY) {
		/* Keys change; who makes names of keys up has us ask no more than once a minute. */
		problem = fetch_keys(going, KEYS_AGAIN_MS, &keys);
		problem = problem != OIDC_NONE ? problem : oidc_check(token, &keys, &expected);
	}
	if (problem == OIDC_TOKEN_TIME)
		return say(going, problem, "by our clock it is %lld, the token is of %lld to %lld", (long long)expected.now,
		           (long long)token->issued_at, (long long)token->expires_at);
	if (problem == OIDC_NONE && token->groups_elsewhere)
		return say(going, OIDC_GROUPS_ELSEWHERE, "the claim %.60s is not in the token itself", config->groups_claim);
	return problem;
}

/* Only groups that mean something here go on. */
static void choose_groups(struct going *going, const struct oidc_token *token, struct str_list *out)
{
	const struct config_list *grants = &going->provider->config->groups;
	struct oidc_grant grant;

	*out = (struct str_list){.items = ARENA_ARRAY(&going->arena, token->groups.count + 1, struct str)};
	for (size_t i = 0; i < token->groups.count; i++) {
		bool is_known = false;
		for (size_t g = 0; !is_known && g < grants->count; g++)
			is_known = oidc_grant_of(str_of(grants->items[g]), &grant) && str_eq(grant.group, token->groups.items[i]);
		if (is_known)
			out->items[out->count++] = token->groups.items[i];
	}
}

/* RFC 9207 section 2.4, before the code goes anywhere. */
static enum oidc_problem check_sender(struct going *going)
{
	struct str said = going->request.issuer;

	if (said.p == NULL ? going->description.sends_issuer : !str_eq(said, str_of(going->provider->config->issuer)))
		return say(going, OIDC_MIX_UP, said.p == NULL ? "the answer has no iss" : "iss of the answer is another");
	return OIDC_NONE;
}

/* What it calls him, without what is no text for people. */
static struct str clean(struct going *going, struct str text)
{
	struct buf out;

	buf_init(&out, KIB(8) + 1);
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.p[i] >= ' ' && text.p[i] != 0x7f)
			buf_byte(&out, text.p[i]);
	size_t len = out.len < NAME_BYTES ? out.len : NAME_BYTES;
	while (len < out.len && len > 0 && ((unsigned char)out.p[len] & 0xc0) == 0x80)
		len--;
	struct str copy = arena_str(&going->arena, str_trim(str_make(out.len == 0 ? "" : out.p, len)));
	buf_done(&out);
	return copy;
}

static enum oidc_problem find_out(struct going *going, struct oidc_told *out)
{
	struct oidc_answer answer;
	struct oidc_token token;

	enum oidc_problem problem = check_sender(going);
	if (problem == OIDC_NONE)
		problem = exchange(going, &answer);
	if (problem == OIDC_NONE)
		problem = judge(going, &answer, &token);
	if (problem != OIDC_NONE)
		return problem;
	out->person = (struct oidc_person){.subject = token.subject,
	                                   .username = clean(going, token.username.len > 0 ? token.username : token.mail),
	                                   .full_name = clean(going, token.full_name)};
	choose_groups(going, &token, &out->person.groups);
	return OIDC_NONE;
}

static void run(struct going *going, struct oidc_told *out)
{
	*out = (struct oidc_told){.problem = describe(going)};
	if (out->problem == OIDC_NONE && going->request.what == OIDC_WHERE)
		out->authorization = going->description.authorization;
	else if (out->problem == OIDC_NONE)
		out->problem = find_out(going, out);
	if (out->problem != OIDC_NONE)
		LOG(LOG_LEVEL_WARNING, "oidc-failed", LOG_TEXT("provider", going->provider->config->name),
		    LOG_TEXT("problem", oidc_problem_text(out->problem)), LOG_TEXT("why", going->why));
}

static struct provider *provider_of(struct reach_oidc *oidc, struct str name)
{
	for (size_t i = 0; i < oidc->config->oidc_count; i++)
		if (str_eq(name, str_of(oidc->config->oidc[i].name)))
			return &oidc->providers[i];
	return NULL;
}

static void run_errand(struct reach_oidc *oidc, struct errand *errand)
{
	struct going going = {.oidc = oidc};
	struct oidc_told told = {.problem = OIDC_SETUP};
	struct buf body;

	arena_init(&going.arena, MIB(32));
	buf_init(&body, OIDC_WIRE_TOLD_BYTES);
	if (oidc_wire_read_request(buf_view(&errand->body), &going.request) &&
	    (going.provider = provider_of(oidc, going.request.provider)) != NULL)
		run(&going, &told);
	oidc_wire_write_told(&told, &body);
	keep_link_tell(oidc->link, errand->id, buf_view(&body));
	secret_done(&body);
	arena_done(&going.arena);
}

/* --- the queue --- */

static void *work(void *data)
{
	struct reach_oidc *oidc = data;

	for (;;) {
		(void)pthread_mutex_lock(&oidc->lock);
		while (oidc->count == 0)
			(void)pthread_cond_wait(&oidc->more, &oidc->lock);
		struct errand errand = oidc->queue[oidc->first];
		oidc->first = (oidc->first + 1) % QUEUE;
		oidc->count--;
		(void)pthread_mutex_unlock(&oidc->lock);
		run_errand(oidc, &errand);
		secret_done(&errand.body);
	}
	return NULL;
}

bool reach_oidc_take(struct reach_oidc *oidc, uint64_t id, struct str body)
{
	struct oidc_request request;

	if (!oidc_wire_read_request(body, &request))
		return false;
	(void)pthread_mutex_lock(&oidc->lock);
	bool has_room = oidc->count < QUEUE;
	if (has_room) {
		struct errand *errand = &oidc->queue[(oidc->first + oidc->count++) % QUEUE];
		errand->id = id;
		buf_init(&errand->body, OIDC_WIRE_REQUEST_BYTES);
		buf_str(&errand->body, body);
		(void)pthread_cond_signal(&oidc->more);
	}
	(void)pthread_mutex_unlock(&oidc->lock);
	/* keep has no more under way than there is room for. */
	return true;
}

void reach_oidc_start(struct reach_oidc *oidc, struct keep_link *link)
{
	pthread_attr_t attributes;
	pthread_t thread;

	oidc->link = link;
	(void)pthread_attr_init(&attributes);
	(void)pthread_attr_setstacksize(&attributes, MIB(1));
	for (unsigned i = 0; i < THREADS && oidc->config->oidc_count > 0; i++) {
		if (pthread_create(&thread, &attributes, work, oidc) != 0) {
			LOG(LOG_LEVEL_ERROR, "no-thread");
			exit(EXIT_FAILURE);
		}
		(void)pthread_detach(thread);
	}
	(void)pthread_attr_destroy(&attributes);
}
