/* SPDX-License-Identifier: ISC */
/* The searches that a user has saved; each is shown in the tenant alone in which he made it. */
#include "role/api_account.h"
#include "role/api_body.h"
#include "role/api_handlers.h"
#include "store/saved_searches.h"

static bool must_be_user(const struct api *api, struct err *err)
{
	return api->visit->principal.by == PRINCIPAL_BY_SESSION ||
	       err_set(err, ERR_DENIED, "this is for a user who has signed in");
}

bool api_searches_list(struct api *api, struct err *err)
{
	const struct principal *principal = &api->visit->principal;
	struct json_out *json = &api->json;
	struct saved_search_list list;

	if (!must_be_user(api, err) ||
	    !saved_searches_list(api->store, principal->user, principal->tenant, &api->arena, &list, err))
		return false;
	json_out_object(json, NULL);
	json_out_list(json, "searches");
	for (size_t i = 0; i < list.count; i++) {
		json_out_object(json, NULL);
		json_out_uint(json, "id", (uint64_t)list.rows[i].id);
		json_out_str(json, "screen", str_of(saved_search_screen_text(list.rows[i].screen)));
		json_out_str(json, "name", list.rows[i].name);
		json_out_str(json, "query", list.rows[i].query);
		json_out_instant(json, "created_at", list.rows[i].created_at);
		json_out_end(json);
	}
	json_out_end(json);
	json_out_end(json);
	return true;
}

/* What a browser writes into an address behind "?": nothing that could end it. */
static bool is_query(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.p[i] <= ' ' || text.p[i] > '~' || str_find_byte(STR("#\"<>\\"), text.p[i]) < 5)
			return false;
	return text.len > 0;
}

static bool save(struct api *api, struct api_body *body, struct err *err)
{
	struct str name = api_body_text(body, "name", SAVED_SEARCH_NAME_BYTES);
	struct str screen_text = api_body_text(body, "screen", 32);
	struct str query = api_body_text(body, "query", SAVED_SEARCH_QUERY_BYTES);
	enum saved_search_screen screen = SAVED_ON_REPORTS;
	struct api_change change;

	if (name.len == 0)
		(void)api_body_wrong(body, "name", "a search is saved by a name");
	if (!saved_search_screen_of(screen_text, &screen))
		(void)api_body_wrong(body, "screen", "a screen is reports, results, senders, issues or domains");
	if (!is_query(query))
		(void)api_body_wrong(body, "query", "it is what stands in the address behind the question mark");
	if (!api_body_end(body, err))
		return false;
	api_change_begin(api, "me-search-save", &change);
	wire_put_u64(&change.body, (uint64_t)api->visit->principal.user);
	wire_put_u64(&change.body, (uint64_t)api->visit->principal.tenant);
	wire_put_u8(&change.body, screen);
	wire_put_str(&change.body, name);
	wire_put_str(&change.body, query);
	bool ok = api_change_send_made(&change, err);
	api_change_done(&change);
	return ok;
}

bool api_searches_save(struct api *api, struct err *err)
{
	struct api_body body;

	if (!must_be_user(api, err))
		return false;
	bool ok = api_body_read(api, &body, err) && save(api, &body, err);
	api_body_done(&body);
	return ok;
}

bool api_searches_remove(struct api *api, struct err *err)
{
	struct api_change change;
	int64_t id;

	if (!must_be_user(api, err) || !api_number(api, &id, err))
		return false;
	api_change_begin(api, "me-search-remove", &change);
	wire_put_u64(&change.body, (uint64_t)api->visit->principal.user);
	wire_put_u64(&change.body, (uint64_t)id);
	bool ok = api_change_send(&change, NULL, err) && api_put_done(api);
	api_change_done(&change);
	return ok;
}
