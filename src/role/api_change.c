/* SPDX-License-Identifier: ISC */
#include "role/api_change.h"

#include <stdio.h>

#include "base/limits.h"
#include "role/actor.h"
#include "store/store_domains.h"

#define CHANGE_MS 20000
#define FRESH_SECS 3600

static struct str without_quotes(struct str tag)
{
	tag = str_trim(tag);
	if (str_starts_with(tag, STR("W/")))
		tag = str_from(tag, 2);
	return tag.len >= 2 && tag.p[0] == '"' && tag.p[tag.len - 1] == '"' ? str_upto(str_from(tag, 1), tag.len - 2) : tag;
}

/* The ETag of an answer is that of its bytes, a point, and that of what can be changed of the thing: only the second
 * matters to a change. */
static struct str expected_of(const struct api *api)
{
	struct str given = httpd_header(api->visit->request, "If-Match");

	if (given.p == NULL)
		return STR_NONE;
	struct str tag = without_quotes(given);
	if (str_eq(tag, STR("*")))
		return STR_NONE;
	return str_from(tag, str_find_byte(tag, '.') == tag.len ? 0 : str_find_byte(tag, '.') + 1);
}

static struct actor actor_of(const struct api *api)
{
	static const enum actor_kind kinds[PRINCIPAL_BY_COUNT] = {
	    [PRINCIPAL_BY_NOTHING] = ACTOR_HOUSE,
	    [PRINCIPAL_BY_LOOPBACK] = ACTOR_HOUSE,
	    [PRINCIPAL_BY_SESSION] = ACTOR_USER,
	    [PRINCIPAL_BY_TOKEN] = ACTOR_TOKEN,
	};
	const struct principal *principal = &api->visit->principal;

	return (struct actor){
	    .kind = kinds[principal->by],
	    .id = principal->user,
	    .is_site = principal->right == WEB_RIGHT_SITE,
	    .name = principal->who.p == NULL ? STR("") : principal->who,
	    .peer = api->visit->request->peer,
	    .expected = expected_of(api),
	};
}

static void begin(struct api *api, const struct actor *actor, const char *verb, int64_t tenant, struct api_change *out)
{
	*out = (struct api_change){.api = api, .wait_ms = CHANGE_MS};
	buf_init(&out->body, KIB(64));
	buf_init(&out->answer, MIB(1));
	actor_write(actor, &out->body);
	wire_put_str(&out->body, str_of(verb));
	wire_put_u64(&out->body, (uint64_t)tenant);
	wire_put_str(&out->body, STR_NONE);
}

void api_change_begin(struct api *api, const char *verb, struct api_change *out)
{
	struct actor actor = actor_of(api);
	begin(api, &actor, verb, api->visit->principal.tenant, out);
}

void api_change_begin_as(struct api *api, int64_t account, struct str name, const char *verb, struct api_change *out)
{
	struct actor actor = {.kind = ACTOR_USER, .id = account, .name = name, .peer = api->visit->request->peer};
	begin(api, &actor, verb, 0, out);
}

bool api_change_send(struct api_change *change, struct wire_reader *out, struct err *err)
{
	if (change->body.failed)
		return err_set(err, ERR_TOO_BIG, "this is more than one change can hold");
	if (!keep_link_command(change->api->visit->door->link, &change->body, clock_ms() + change->wait_ms, &change->answer, err))
		return false;
	if (out != NULL)
		*out = (struct wire_reader){.rest = buf_view(&change->answer)};
	return true;
}

bool api_change_send_made(struct api_change *change, struct err *err)
{
	struct api *api = change->api;
	struct wire_reader reader;

	if (!api_change_send(change, &reader, err))
		return false;
	api->visit->answer->status = 201;
	json_out_object(&api->json, NULL);
	json_out_uint(&api->json, "id", wire_get_u64(&reader));
	json_out_end(&api->json);
	return true;
}

void api_change_done(struct api_change *change)
{
	if (change->body.p != NULL)
		explicit_bzero(change->body.p, change->body.size);
	buf_done(&change->body);
	buf_done(&change->answer);
}

void api_change_let_go(struct api *api)
{
	if (api->store == NULL)
		return;
	store_set_tenant(api->store, 0);
	store_readers_give(api->visit->door->readers, &api->store, true);
}

bool api_change_take_again(struct api *api, struct err *err)
{
	if (api->store != NULL)
		return true;
	if (!store_readers_take(api->visit->door->readers, &api->store, err))
		return false;
	store_set_tenant(api->store, api->visit->principal.tenant);
	return true;
}

bool api_change_tag(struct api *api, const struct snapshot_key *key, struct err *err)
{
	struct buf json;
	int64_t tenant;

	buf_init(&json, MIB(1));
	bool ok = snapshot(api->store, key, &json, &tenant, err);
	if (ok)
		snapshot_tag(buf_view(&json), api->tag);
	buf_done(&json);
	return ok;
}

bool api_change_is_fresh(struct api *api, struct err *err)
{
	const struct http_visit *visit = api->visit;

	if (visit->principal.by != PRINCIPAL_BY_SESSION || instant_now() - visit->signed_in.at < FRESH_SECS)
		return true;
	api->code = "verify";
	return err_set(err, ERR_DENIED, "this needs somebody who has signed in within the hour: sign in again");
}

void api_change_try_tag(struct api *api, const struct snapshot_key *key)
{
	struct err ignored = {0};
	(void)api_change_tag(api, key, &ignored);
}
