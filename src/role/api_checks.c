/* SPDX-License-Identifier: ISC */
/* Our own look at a domain, asked for by a screen; and the adviser, who rests on it. */
#include "role/api_checks.h"

#include "present/advice_doc.h"
#include "present/check_view.h"
#include "role/advising.h"
#include "role/api_change.h"
#include "role/api_handlers.h"
#include "role/check_desk.h"

#define YOUNG_SECS 30 /* a look that is not repeated */
#define WINDOW_DAYS 14
#define WINDOW_MOST 400

bool api_checks_domain(struct api *api, struct str *out, struct err *err)
{
	struct screens_domain *rows = NULL;
	size_t n = 0;

	if (!api_take_domain(api, api->visit->match.parts[0], "domain", &api->filter.domain, err))
		return false;
	api->filter.since_day = api->filter.until_day = day_of(instant_now());
	if (!screens_domains(api->store, &api->filter, DAY_NONE, &api->arena, &rows, &n, err))
		return false;
	*out = api->filter.domain;
	return n > 0 || err_set(err, ERR_MISSING, "there is no such domain");
}

static void put_state(struct api *api, struct str domain)
{
	static const char *const states[] = {"none", "running", "done", "failed"};
	struct json_out *json = &api->json;
	struct check_desk_look *look = ARENA_NEW(&api->arena, struct check_desk_look);

	check_desk_get(api->visit->door->checks, domain, &api->arena, look);
	json_out_object(json, NULL);
	json_out_str(json, "domain", domain);
	json_out_str(json, "state", str_of(states[look->state]));
	json_out_instant(json, "asked_at", look->asked_at);
	json_out_instant(json, "at", look->at);
	json_out_str(json, "sentence", look->sentence);
	if (look->has_check)
		check_view_member_json(&look->check, &api->arena, "check", json);
	else
		json_out_null(json, "check");
	json_out_end(json);
}

bool api_checks_one(struct api *api, struct err *err)
{
	struct str domain;

	if (!api_checks_domain(api, &domain, err))
		return false;
	put_state(api, domain);
	return true;
}

bool api_checks_start(struct api *api, struct err *err)
{
	struct api_change change;
	struct str domain;

	if (!api_checks_domain(api, &domain, err))
		return false;
	api_change_begin(api, "look-now", &change);
	wire_put_str(&change.body, domain);
	bool ok = !change.body.failed &&
	          check_desk_ask(api->visit->door->checks, domain, buf_view(&change.body), YOUNG_SECS, err);
	api_change_done(&change);
	if (!ok)
		return false;
	api->visit->answer->status = 202;
	httpd_answer_field(api->visit->answer, "Location",
	                   str_of(arena_format(&api->arena, "%.*sapi/v1/checks/%.*s", STR_ARGS(api->visit->door->base),
	                                       STR_ARGS(domain))));
	put_state(api, domain);
	return true;
}

bool api_checks_advice(struct api *api, struct err *err)
{
	struct check_desk_look *look = ARENA_NEW(&api->arena, struct check_desk_look);
	struct advising_options options = {.limits = ADVICE_LIMITS};
	struct advice_page page = {0};
	struct str domain;
	uint64_t window = WINDOW_DAYS;

	if (!api_take_count(api, "window", WINDOW_MOST, &window, err) || !api_checks_domain(api, &domain, err))
		return false;
	options.window_days = (uint32_t)window;
	check_desk_get(api->visit->door->checks, domain, &api->arena, look);
	if (!look->has_check)
		advising_blind(domain, &api->arena, &look->check);
	if (!advising_of(&look->check, api->store, &options, &api->arena, &page, err))
		return false;
	advice_doc_json(&page, &api->arena, &api->json);
	return true;
}
