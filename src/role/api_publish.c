/* SPDX-License-Identifier: ISC */
/* The MTA-STS policy that this house serves for a domain: what is served and what is seen from outside, what a publication
 * would do, and the publication.  What speaks against it is judged here for the page, and by `keep` once more. */
#include "base/limits.h"
#include "present/publishing_doc.h"
#include "role/advising.h"
#include "role/api_body.h"
#include "role/api_change.h"
#include "role/api_checks.h"
#include "role/api_handlers.h"
#include "role/check_desk.h"
#include "role/publish_plan.h"
#include "store/published.h"
#include "store/store_domains.h"

#define DEFAULT_TTL_SECS 3600
#define MX_MOST 64
#define FORMAT_BYTES 32

/* What was seen lately; false: nobody has looked, and nothing is known. */
static bool seen_of(struct api *api, struct str domain, struct check *out)
{
	struct check_desk_look *look = ARENA_NEW(&api->arena, struct check_desk_look);

	check_desk_get(api->visit->door->checks, domain, &api->arena, look);
	bool is_young = look->has_check && look->at > instant_now() - PUBLISH_PLAN_LOOK_SECS;
	if (is_young)
		*out = look->check;
	else
		advising_blind(domain, &api->arena, out);
	return is_young;
}

/* --- what there is --- */

static void put_list(const char *key, const struct str_list *list, struct json_out *json)
{
	json_out_list(json, key);
	for (size_t i = 0; i < list->count; i++)
		json_out_str(json, NULL, list->items[i]);
	json_out_end(json);
}

static void put_outside(const struct check *check, struct json_out *json)
{
	const struct sts_policy *policy = &check->mta_sts.policy;

	json_out_object(json, "outside");
	json_out_instant(json, "at", check->at);
	json_out_str(json, "state", str_of(check_state_text(check->mta_sts.state)));
	json_out_str(json, "record", check->mta_sts.record);
	json_out_str(json, "id", check->mta_sts.id);
	json_out_str(json, "text", check->mta_sts.body);
	json_out_str(json, "mode", policy->is_valid ? str_of(sts_mode_text(policy->mode)) : STR_NONE);
	json_out_list(json, "servers");
	for (size_t i = 0; i < check->mx_count; i++)
		json_out_str(json, NULL, check->mx[i].host);
	json_out_end(json);
	put_list("could_not_tell", &check->unknowns, json);
	json_out_end(json);
}

static bool put_place(struct api *api, struct str domain, struct err *err)
{
	static const char *const texts[] = {"unknown", "here", "elsewhere"};
	enum place_leads leads = PLACE_UNKNOWN;
	instant at = INSTANT_NONE;

	_Static_assert(COUNT_OF(texts) == PLACE_LEADS_COUNT, "each has a text");
	if (!published_place(api->store, domain, &leads, &at, err))
		return false;
	json_out_str(&api->json, "place", str_of(texts[leads]));
	json_out_instant(&api->json, "place_at", at);
	return true;
}

bool api_publish_state(struct api *api, struct err *err)
{
	struct check *check = ARENA_NEW(&api->arena, struct check);
	struct json_out *json = &api->json;
	struct published_list history;
	struct published none = {0};
	struct domain_row row;
	struct err missing = {0};
	struct str domain;

	if (!api_checks_domain(api, &domain, err) || !published_history(api->store, domain, &api->arena, &history, err))
		return false;
	json_out_object(json, NULL);
	json_out_str(json, "domain", domain);
	json_out_bool(json, "listed", store_domain(api->store, domain, &api->arena, &row, &missing));
	publishing_doc_policy_json(history.count > 0 ? &history.rows[0] : &none, "served", json);
	if (!put_place(api, domain, err))
		return false;
	if (seen_of(api, domain, check))
		put_outside(check, json);
	else
		json_out_null(json, "outside");
	publishing_doc_history_json(&history, json);
	json_out_end(json);
	return true;
}

/* --- what is to be --- */

struct wish {
	struct publish_order order;
	bool is_preview, has_before;
	struct str before; /* the id that he saw as served; "": none */
};

static bool take_mode(struct api_body *body, struct publish_order *out)
{
	struct str text = api_body_text(body, "mode", FORMAT_BYTES);

	out->mode = sts_mode_of(text);
	out->has_mode = text.p != NULL;
	return !out->has_mode || out->mode != MODE_NOT_STATED ||
	       api_body_wrong(body, "mode", "a policy has the mode testing, enforce or none");
}

static bool take_overruled(struct api_body *body, struct publish_order *out)
{
	struct str_list words;

	if (!api_body_list(body, "overrule", DOUBT_COUNT, &words))
		return true;
	for (size_t i = 0; i < words.count; i++) {
		unsigned bit = 0;
		for (unsigned doubt = 0; doubt < DOUBT_COUNT; doubt++)
			if (str_eq(words.items[i], str_of(publishing_doc_word((enum publishing_doubt)doubt))))
				bit = publishing_overrule((enum publishing_doubt)doubt);
		if (bit == 0)
			return api_body_wrong(body, "overrule", "what may be overruled is servers, refused and cached");
		out->overruled |= bit;
	}
	return true;
}

static bool take_format(struct api_body *body, struct publish_order *out)
{
	struct str text = api_body_text(body, "format", FORMAT_BYTES);

	out->format = ZONE_TEXT;
	out->ttl_secs = (uint32_t)DEFAULT_TTL_SECS;
	return text.p == NULL || zone_format_of(text, &out->format) || api_body_wrong(body, "format", "there is no such format");
}

static bool take_wish(struct api *api, struct api_body *body, struct wish *out, struct err *err)
{
	struct publish_order *order = &out->order;

	order->who = api->visit->principal.who.p == NULL ? STR("") : api->visit->principal.who;
	order->is_down = api_body_bool(body, "take_down", false);
	order->has_max_age = api_body_has(body, "max_age");
	order->max_age_secs = api_body_uint(body, "max_age", 0);
	out->is_preview = api_body_bool(body, "preview", false);
	out->has_before = api_body_has(body, "before");
	out->before = api_body_text(body, "before", LIMIT_NAME_BYTES);
	(void)api_body_list(body, "mx", MX_MOST, &order->mx);
	(void)take_mode(body, order);
	(void)take_overruled(body, order);
	(void)take_format(body, order);
	if (!body->failed && order->max_age_secs > STS_MAX_AGE_MOST_SECS)
		(void)api_body_wrong(body, "max_age", "a policy is kept for one year at most");
	if (!body->failed && !order->has_mode && !order->is_down)
		(void)api_body_wrong(body, "mode", "a policy has the mode testing, enforce or none");
	return api_body_end(body, err);
}

/* What he decided by may be gone. */
static bool is_as_seen(const struct wish *wish, const struct published *was, struct err *err)
{
	struct str now = published_is_up(was) ? was->id : STR(""), before = wish->before.p == NULL ? STR("") : wish->before;

	return !wish->has_before || str_eq(now, before) || err_set(err, ERR_CHANGED, "it was changed meanwhile: look at it again");
}

static bool send(struct api *api, const struct wish *wish, const struct check *check, struct publishing *out, struct err *err)
{
	struct api_change change;
	struct wire_reader reader;

	api_change_begin(api, "policy-publish", &change);
	bool ok = publish_plan_request(out, check, &change.body, err) && api_change_send(&change, &reader, err) &&
	          publish_plan_done(reader.rest, &wish->order, &api->arena, out, err);
	api_change_done(&change);
	return ok;
}

static bool publish(struct api *api, struct wish *wish, struct err *err)
{
	struct advising_options options = {.limits = ADVICE_LIMITS, .window_days = PUBLISH_PLAN_WINDOW_DAYS};
	struct check *check = ARENA_NEW(&api->arena, struct check);
	struct advice_page *page = ARENA_NEW(&api->arena, struct advice_page);
	struct publishing *publishing = ARENA_NEW(&api->arena, struct publishing);
	const struct publish_order *order = &wish->order;

	(void)seen_of(api, order->domain, check);
	if (!advising_of(check, api->store, &options, &api->arena, page, err) ||
	    !publish_plan(api->store, check, page, order, &api->arena, publishing, err) ||
	    !is_as_seen(wish, &publishing->was, err))
		return false;
	bool is_refused = publishing->reason_count > 0;
	publishing->is_dry_run = wish->is_preview;
	bool ok = wish->is_preview || is_refused ? publish_plan_propose(api->store, check, order, &api->arena, publishing, err)
	                                         : send(api, wish, check, publishing, err);
	if (ok && is_refused && !wish->is_preview)
		api->visit->answer->status = 409;
	if (ok)
		publishing_doc_json(publishing, &api->arena, &api->json);
	return ok;
}

bool api_publish(struct api *api, struct err *err)
{
	struct api_body body;
	struct wish wish = {0};

	if (!api_listed_domain(api, &wish.order.domain, err))
		return false;
	bool ok = api_body_read(api, &body, err) && take_wish(api, &body, &wish, err) && publish(api, &wish, err);
	api_body_done(&body);
	return ok;
}
