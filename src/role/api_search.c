/* SPDX-License-Identifier: ISC */
/* The palette, and values for filters. */
#include "base/attr.h"
#include "base/num.h"
#include "present/issue_doc.h"
#include "report/reporter.h"
#include "role/api_handlers.h"
#include "store/issues.h"

#define HITS 8      /* of each kind */
#define TEXT_MOST 200
#define LOOKED_THROUGH 500

static struct str lower(struct api *api, struct str text)
{
	char *copy = arena_text(&api->arena, text);

	for (size_t i = 0; i < text.len; i++)
		copy[i] = byte_lower(copy[i]);
	return str_make(copy, text.len);
}

static bool take_text(struct api *api, struct str *out, struct err *err)
{
	struct str text = api_parameter(api, "q");

	if (text.len > TEXT_MOST)
		return api_wrong(api, "q", "that is too long", err);
	*out = text.p == NULL ? STR("") : lower(api, str_trim(text));
	return true;
}

static void put_hit(struct api *api, const char *kind, struct str id, struct str title, struct str detail)
{
	json_out_object(&api->json, NULL);
	json_out_str(&api->json, "kind", str_of(kind));
	json_out_str(&api->json, "id", id);
	json_out_str(&api->json, "title", title);
	json_out_str(&api->json, "detail", detail);
	json_out_end(&api->json);
}

static bool put_names(struct api *api, enum screens_names kind, struct str text, struct err *err)
{
	struct str_list names;

	if (!screens_names(api->store, kind, text, HITS, &api->arena, &names, err))
		return false;
	for (size_t i = 0; i < names.count; i++) {
		bool is_domain = kind == SCREENS_DOMAINS;
		struct str shown = is_domain ? names.items[i] : reporter_name(names.items[i], STR_NONE);
		put_hit(api, is_domain ? "domain" : "reporter", names.items[i], shown,
		        str_eq(shown, names.items[i]) ? STR_NONE : names.items[i]);
	}
	return true;
}

static bool put_issues(struct api *api, struct str text, struct err *err)
{
	struct issue_filter filter = {.with_closed = true, .limit = LOOKED_THROUGH};
	struct issue *issues;
	size_t n, put = 0;
	char number[ISSUE_NUMBER_MAX];

	if (!issues_list(api->store, &filter, &api->arena, &issues, &n, err))
		return err->kind == ERR_DENIED;
	for (size_t i = 0; i < n && put < HITS; i++) {
		struct str title = issue_doc_title(&api->arena, &issues[i]), id = issue_number(issues[i].id, number);
		if (str_find_nocase(title, text) == title.len && str_find_nocase(id, text) == id.len)
			continue;
		put++;
		put_hit(api, "issue", id, title, str_of(issue_state_text(issue_state(&issues[i], instant_now()))));
	}
	return true;
}

/* A number may be that of a report. */
static bool put_report(struct api *api, struct str text, struct err *err)
{
	struct stored_report *stored = ARENA_NEW(&api->arena, struct stored_report);
	uint64_t id;

	if (!num_parse_uint(text, INT64_MAX, &id) || id == 0)
		return true;
	if (!store_report(api->store, (int64_t)id, &api->arena, stored, err))
		return err->kind == ERR_MISSING;
	put_hit(api, "report", text, stored->row.report_id.p != NULL ? stored->row.report_id : text,
	        reporter_name(stored->row.reporter, stored->row.organization_name));
	return true;
}

bool api_search(struct api *api, struct err *err)
{
	struct str text;

	if (!take_text(api, &text, err))
		return false;
	json_out_object(&api->json, NULL);
	json_out_list(&api->json, "hits");
	bool ok = text.len == 0 || (put_names(api, SCREENS_DOMAINS, text, err) && put_issues(api, text, err) &&
	                            put_names(api, SCREENS_REPORTERS, text, err) && put_report(api, text, err));
	json_out_end(&api->json);
	json_out_end(&api->json);
	return ok;
}

bool api_search_suggest(struct api *api, struct err *err)
{
	static const char *const kinds[] = {"domain", "reporter", "result", "mx"};
	unsigned kind = COUNT_OF(kinds);
	struct str_list names;
	struct str text;

	_Static_assert(COUNT_OF(kinds) == SCREENS_NAMES_COUNT, "each has a name");
	if (!take_text(api, &text, err) || !api_take_choice(api, "kind", kinds, COUNT_OF(kinds), &kind, err))
		return false;
	if (kind == COUNT_OF(kinds))
		return api_wrong(api, "kind", "it is domain, reporter, result or mx", err);
	if (!screens_names(api->store, (enum screens_names)kind, text, api->filter.limit, &api->arena, &names, err))
		return false;
	json_out_object(&api->json, NULL);
	json_out_list(&api->json, "items");
	for (size_t i = 0; i < names.count; i++) {
		struct str label = kind == SCREENS_REPORTERS ? reporter_name(names.items[i], STR_NONE) : STR_NONE;
		json_out_object(&api->json, NULL);
		json_out_str(&api->json, "value", names.items[i]);
		json_out_str(&api->json, "label", str_eq(label, names.items[i]) ? STR_NONE : label);
		json_out_end(&api->json);
	}
	json_out_end(&api->json);
	json_out_end(&api->json);
	return true;
}
