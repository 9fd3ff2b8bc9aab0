/* SPDX-License-Identifier: ISC */
/* What is the house's: where alerts go, its settings, and looks of our own that somebody asks for. */
#include "base/limits.h"
#include "present/language.h"
#include "report/alert_channel.h"
#include "role/api_body.h"
#include "role/api_change.h"
#include "role/api_handlers.h"
#include "role/keep_alert.h"
#include "store/alert_channels.h"
#include "store/issues.h"

#define LOOK_MS 60000 /* a look at all mail servers of a domain */
#define ADDRESS_BYTES 1000

/* --- channels --- */

static void put_channel(struct api *api, const struct alert_channel *channel)
{
	struct json_out *json = &api->json;

	json_out_str(json, "name", channel->name);
	json_out_str(json, "kind", str_of(alert_channel_kind_text(channel->kind)));
	json_out_str(json, "address", channel->address);
	json_out_str(json, "target", channel->target);
	json_out_str(json, "secret", channel->secret); /* where it is */
	json_out_str(json, "language", channel->language);
	json_out_bool(json, "paused", channel->is_paused);
	json_out_instant(json, "delivered_at", channel->delivered_at);
	json_out_instant(json, "failed_at", channel->failed_at);
	json_out_uint(json, "failures", channel->failures);
	json_out_str(json, "result", channel->result);
}

bool api_house_channels(struct api *api, struct err *err)
{
	struct alert_channel_list list;

	if (!alert_channels_list(api->store, &api->arena, &list, err))
		return false;
	json_out_object(&api->json, NULL);
	json_out_list(&api->json, "channels");
	for (size_t i = 0; i < list.count; i++) {
		json_out_object(&api->json, NULL);
		put_channel(api, &list.rows[i]);
		json_out_end(&api->json);
	}
	json_out_end(&api->json);
	json_out_end(&api->json);
	return true;
}

static bool find_channel(struct api *api, struct alert_channel *out, struct err *err)
{
	return alert_channels_find(api->store, api->visit->match.parts[0], &api->arena, out, err);
}

bool api_house_channel(struct api *api, struct err *err)
{
	struct alert_channel channel;

	if (!find_channel(api, &channel, err))
		return false;
	json_out_object(&api->json, NULL);
	put_channel(api, &channel);
	json_out_end(&api->json);
	return api_change_tag(api, &(struct snapshot_key){.kind = SNAPSHOT_CHANNEL, .name = channel.name}, err);
}

/* Whoever may name any file here could have it sent to himself: by the web only credentials that the operator has given to
 * the service.  For the same reason no channel is let at private addresses by the web. */
static struct str take_secret(struct api_body *body, bool *out_given)
{
	struct str secret = api_body_text(body, "secret", ADDRESS_BYTES);

	*out_given = secret.p != NULL;
	if (secret.len > 0 && !str_starts_with(secret, STR("cred:")))
		(void)api_body_wrong(body, "secret", "by the web a secret is named as cred:NAME, a credential of the service");
	return secret.p == NULL ? STR("") : secret;
}

static bool send_channel(struct api *api, struct api_body *body, struct err *err)
{
	struct str name = api_body_text(body, "name", ALERT_CHANNEL_NAME_MAX), kind_text = api_body_text(body, "kind", 32);
	struct str address = api_body_text(body, "address", ADDRESS_BYTES), target = api_body_text(body, "target", ADDRESS_BYTES);
	struct str language = api_body_text(body, "language", 16);
	enum alert_channel_kind kind = CHANNEL_MAIL;
	bool given, is_paused = api_body_bool(body, "paused", false);
	struct str secret = take_secret(body, &given);
	struct api_change change;

	if (!alert_channel_kind_of(kind_text, &kind))
		(void)api_body_wrong(body, "kind", "there is no such kind of channel");
	if (!api_body_end(body, err))
		return false;
	api_change_begin(api, "alert-channel-add", &change);
	wire_put_str(&change.body, name.p == NULL ? STR("") : name);
	wire_put_u8(&change.body, kind);
	wire_put_str(&change.body, address.p == NULL ? STR("") : address);
	wire_put_str(&change.body, target.p == NULL ? STR("") : target);
	wire_put_str(&change.body, secret);
	wire_put_str(&change.body, language.p == NULL ? str_of(language_now()->tag) : language);
	wire_put_u8(&change.body, is_paused);
	wire_put_u8(&change.body, false);
	wire_put_str(&change.body, STR(""));
	bool ok = api_change_send_made(&change, err);
	api_change_done(&change);
	return ok;
}

bool api_house_channel_add(struct api *api, struct err *err)
{
	struct api_body body;

	bool ok = api_change_is_fresh(api, err);
	if (!ok)
		return false;
	ok = api_body_read(api, &body, err) && send_channel(api, &body, err);
	api_body_done(&body);
	return ok;
}

static bool edit_channel(struct api *api, const struct alert_channel *channel, struct api_body *body, struct err *err)
{
	struct str address = api_body_text(body, "address", ADDRESS_BYTES), target = api_body_text(body, "target", ADDRESS_BYTES);
	struct str language = api_body_text(body, "language", 16);
	bool has_secret, is_paused = api_body_bool(body, "paused", false);
	struct str secret = take_secret(body, &has_secret);
	unsigned what = (address.p != NULL ? KEEP_CHANNEL_ADDRESS : 0) | (target.p != NULL ? KEEP_CHANNEL_TARGET : 0) |
	                (has_secret ? KEEP_CHANNEL_SECRET : 0) | (language.p != NULL ? KEEP_CHANNEL_LANGUAGE : 0) |
	                (!api_body_has(body, "paused") ? 0 : is_paused ? KEEP_CHANNEL_PAUSE : KEEP_CHANNEL_RESUME);
	struct api_change change;

	if (!api_body_end(body, err))
		return false;
	api_change_begin(api, "alert-channel-edit", &change);
	wire_put_str(&change.body, channel->name);
	wire_put_u8(&change.body, what);
	wire_put_str(&change.body, address.p == NULL ? STR("") : address);
	wire_put_str(&change.body, target.p == NULL ? STR("") : target);
	wire_put_str(&change.body, secret);
	wire_put_str(&change.body, language.p == NULL ? STR("") : language);
	wire_put_str(&change.body, STR(""));
	bool ok = api_change_send(&change, NULL, err) && api_put_done(api);
	api_change_done(&change);
	return ok;
}

bool api_house_channel_edit(struct api *api, struct err *err)
{
	struct alert_channel channel;
	struct api_body body;

	if (!find_channel(api, &channel, err) || !api_change_is_fresh(api, err))
		return false;
	bool ok = api_body_read(api, &body, err) && edit_channel(api, &channel, &body, err);
	api_body_done(&body);
	return ok;
}

static bool send_channel_name(struct api *api, const char *verb, struct err *err)
{
	struct alert_channel channel;
	struct api_change change;

	if (!find_channel(api, &channel, err))
		return false;
	api_change_begin(api, verb, &change);
	wire_put_str(&change.body, channel.name);
	bool ok = api_change_send(&change, NULL, err) && api_put_done(api);
	api_change_done(&change);
	return ok;
}

bool api_house_channel_remove(struct api *api, struct err *err)
{
	return send_channel_name(api, "alert-channel-remove", err);
}

/* The message waits in the outbox; what became of it stands in the channel. */
bool api_house_channel_test(struct api *api, struct err *err)
{
	return send_channel_name(api, "alert-test", err);
}

/* --- settings --- */

static struct str value_of(const struct config *config, size_t key, struct arena *arena)
{
	struct buf text;

	buf_init(&text, KIB(64));
	config_write_value(config, key, &text);
	struct str value = arena_str(arena, buf_view(&text));
	buf_done(&text);
	return value;
}

/* Read-out alone: what stands in the file is changed in the file.  A secret is never in it, only where it lies. */
static void put_setting(struct api *api, const struct config_key *key, const char *name, struct str value, struct str usual, uint32_t line)
{
	struct json_out *json = &api->json;

	json_out_object(json, NULL);
	json_out_str(json, "key", str_of(name));
	json_out_str(json, "kind", str_of(config_kind_text(key->kind)));
	json_out_str(json, "value", value);
	json_out_str(json, "default", usual);
	json_out_bool(json, "set", line > 0 || !str_eq(value, usual));
	if (line > 0)
		json_out_uint(json, "line", line);
	else
		json_out_null(json, "line");
	json_out_str(json, "explanation", str_of(key->prose));
	json_out_end(json);
}

/* What stands in the sections of providers; each of them has all keys. */
static void put_providers(struct api *api)
{
	const struct config *config = api->visit->door->config;

	for (size_t p = 0; p < config->oidc_count; p++) {
		for (size_t i = 0; i < config_oidc_key_count; i++) {
			const struct config_key *key = &config_oidc_keys[i];
			struct buf text;
			buf_init(&text, KIB(256));
			config_write_oidc_value(&config->oidc[p], i, &text);
			put_setting(api, key, arena_format(&api->arena, "oidc.%s.%s", config->oidc[p].name, key->name), buf_view(&text),
			            str_of(key->value), 0);
			buf_done(&text);
		}
	}
}

bool api_house_settings(struct api *api, struct err *err)
{
	const struct config *config = api->visit->door->config;
	struct config *defaults = NULL;

	if (!config_parse("", "defaults", &defaults, err))
		return false;
	json_out_object(&api->json, NULL);
	json_out_str(&api->json, "file", str_of(config->file));
	json_out_list(&api->json, "settings");
	for (size_t i = 0; i < config_key_count; i++) {
		const struct config_key *key = &config_keys[i];
		put_setting(api, key, arena_format(&api->arena, "%s.%s", key->section, key->name), value_of(config, i, &api->arena),
		            value_of(defaults, i, &api->arena), config->lines[i]);
	}
	put_providers(api);
	json_out_end(&api->json);
	json_out_end(&api->json);
	config_free(&defaults);
	return true;
}

/* --- looks of our own --- */

/* Blocks until the look is over. */
static bool look_now(struct api *api, struct str domain, struct err *err)
{
	struct api_change change;

	api_change_let_go(api);
	api_change_begin(api, "look-now", &change);
	change.wait_ms = LOOK_MS;
	wire_put_str(&change.body, domain);
	bool ok = api_change_send(&change, NULL, err);
	api_change_done(&change);
	return ok && api_change_take_again(api, err);
}

/* Looks at the first of the domains that have it, and says what is known of the issue then. */
bool api_house_recheck(struct api *api, struct err *err)
{
	struct issue_page page;
	int64_t id;

	if (!issue_number_read(api->visit->match.parts[0], &id))
		return err_set(err, ERR_MISSING, "an issue has a number, such as TI-1001");
	if (!issues_page(api->store, id, &api->arena, &page, err))
		return false;
	if (page.domain_count == 0)
		return err_set(err, ERR_INPUT, "no domain is known that has it; only reports can tell");
	struct str domain = arena_str(&api->arena, page.domains[0]);
	if (!look_now(api, domain, err) || !issues_page(api->store, id, &api->arena, &page, err))
		return false;
	json_out_object(&api->json, NULL);
	json_out_str(&api->json, "domain", domain);
	json_out_str(&api->json, "seen", str_of(issue_seen_text(page.issue.seen)));
	json_out_instant(&api->json, "looked_at", page.issue.looked_at);
	json_out_str(&api->json, "state", str_of(issue_state_text(issue_state(&page.issue, instant_now()))));
	json_out_end(&api->json);
	return true;
}
