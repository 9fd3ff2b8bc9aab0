/* SPDX-License-Identifier: ISC */
/* Issues, and one of them. */
#include "base/num.h"
#include "present/issue_doc.h"
#include "role/api_change.h"
#include "role/api_handlers.h"
#include "role/clues.h"
#include "store/issues.h"

#define ISSUES_MOST 5000 /* that are looked through; closed ones that nobody has asked for in years are not */

struct wish {
	unsigned states; /* a set of 1 << enum issue_state */
	struct str text;
	struct str ids; /* with commas; absent: all */
	int64_t *of_reporter;
	size_t of_reporter_count;
};

static bool take_states(struct api *api, unsigned *out, struct err *err)
{
	struct str list = api_parameter(api, "state");

	*out = 1u << ISSUE_OPEN | 1u << ISSUE_ACKNOWLEDGED | 1u << ISSUE_SNOOZED;
	if (str_eq(list, STR("all")) || (list.p == NULL && api_parameter(api, "ids").p != NULL))
		*out = (1u << ISSUE_STATE_COUNT) - 1;
	if (list.p == NULL || str_eq(list, STR("all")))
		return true;
	*out = 0;
	while (list.p != NULL) {
		struct str one = str_cut(&list, ',');
		unsigned state = 0;
		while (state < ISSUE_STATE_COUNT && !str_eq(one, str_of(issue_state_text((enum issue_state)state))))
			state++;
		if (state == ISSUE_STATE_COUNT)
			return api_wrong(api, "state", "a state is open, acknowledged, snoozed or closed", err);
		*out |= 1u << state;
	}
	return true;
}

static bool take_severity(struct api *api, int *out, struct err *err)
{
	static const char *const texts[] = {"ok", "notice", "warning", "critical"};
	unsigned severity = SEVERITY_OK;

	if (!api_take_choice(api, "severity", texts, COUNT_OF(texts), &severity, err))
		return false;
	*out = (int)severity;
	return true;
}

static bool take_wish(struct api *api, struct wish *wish, struct issue_filter *filter, struct err *err)
{
	unsigned matter;

	*filter = (struct issue_filter){.with_closed = true, .domain = api->filter.domain, .limit = ISSUES_MOST};
	filter->matter = api_parameter(api, "cause");
	wish->text = api_parameter(api, "q");
	wish->ids = api_parameter(api, "ids");
	if (filter->matter.p != NULL && !issue_matter_of(filter->matter, &matter))
		return api_wrong(api, "cause", "there is no such cause", err);
	if (!take_states(api, &wish->states, err) || !take_severity(api, &filter->severity_least, err))
		return false;
	return api->filter.reporter.p == NULL || screens_issues_of(api->store, api->filter.reporter, &api->arena,
	                                                           &wish->of_reporter, &wish->of_reporter_count, err);
}

static bool is_of_reporter(const struct api *api, const struct wish *wish, int64_t id)
{
	if (api->filter.reporter.p == NULL)
		return true;
	for (size_t i = 0; i < wish->of_reporter_count; i++)
		if (wish->of_reporter[i] == id)
			return true;
	return false;
}

static bool is_named(const struct wish *wish, int64_t id)
{
	struct str list = wish->ids;
	int64_t one;

	while (list.p != NULL)
		if (issue_number_read(str_cut(&list, ','), &one) && one == id)
			return true;
	return wish->ids.p == NULL;
}

static bool matches(struct api *api, const struct wish *wish, const struct issue *issue)
{
	char number[ISSUE_NUMBER_MAX];

	if (!is_named(wish, issue->id) || !is_of_reporter(api, wish, issue->id))
		return false;
	if (wish->text.p == NULL)
		return true;
	struct str title = issue_doc_title(&api->arena, issue), id = issue_number(issue->id, number);
	return str_find_nocase(title, wish->text) < title.len || str_eq_nocase(id, wish->text) ||
	       str_find_nocase(issue->subject, wish->text) < issue->subject.len ||
	       str_find_nocase(str_of(issue_matter_text(issue->matter)), wish->text) <
	           strlen(issue_matter_text(issue->matter));
}

static bool load(struct api *api, struct wish *wish, struct issue **out, size_t *out_count, uint64_t *counts,
                 struct err *err)
{
	struct issue_filter filter;
	struct issue *issues;
	size_t n, kept = 0;
	instant now = instant_now();

	if (!take_wish(api, wish, &filter, err) || !issues_list(api->store, &filter, &api->arena, &issues, &n, err))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!matches(api, wish, &issues[i]))
			continue;
		enum issue_state state = issue_state(&issues[i], now);
		counts[state]++;
		if ((wish->states & 1u << state) != 0)
			issues[kept++] = issues[i];
	}
	*out = issues;
	*out_count = kept;
	return true;
}

/* Behind the one that the page before ended with; from the start where it is gone. */
static size_t page_start(const struct api *api, const struct issue *issues, size_t n)
{
	int64_t id;

	if (api->cursor.p == NULL || !issue_number_read(api->cursor, &id))
		return 0;
	for (size_t i = 0; i < n; i++)
		if (issues[i].id == id)
			return i + 1;
	return 0;
}

bool api_issues_list(struct api *api, struct err *err)
{
	struct wish wish = {0};
	struct issue *issues;
	uint64_t counts[ISSUE_STATE_COUNT] = {0};
	size_t n;
	struct json_out *json = &api->json;
	instant now = instant_now();
	char number[ISSUE_NUMBER_MAX];

	if (!load(api, &wish, &issues, &n, counts, err))
		return false;
	if (api->wants_csv)
		return api_answer_table(api, issue_doc_table(issues, n, now, &api->arena), "issues", err);
	size_t from = page_start(api, issues, n), until = from + api->filter.limit;
	until = until < n ? until : n;
	json_out_object(json, NULL);
	json_out_list(json, "issues");
	for (size_t i = from; i < until; i++)
		issue_doc_row_json(&issues[i], now, &api->arena, json, NULL);
	json_out_end(json);
	api_put_next(api, until < n && until > from ? issue_number(issues[until - 1].id, number) : STR_NONE);
	json_out_object(json, "counts");
	for (unsigned state = 0; state < ISSUE_STATE_COUNT; state++)
		json_out_uint(json, issue_state_text((enum issue_state)state), counts[state]);
	json_out_end(json);
	json_out_end(json);
	return true;
}

bool api_issues_one(struct api *api, struct err *err)
{
	struct issue_page page;
	int64_t id;

	if (!issue_number_read(api->visit->match.parts[0], &id))
		return err_set(err, ERR_MISSING, "an issue has a number, such as TI-1001");
	if (!clues_issue(api->store, id, &api->arena, &page, err))
		return false;
	issue_doc_json(&page, instant_now(), &api->arena, &api->json);
	api_change_try_tag(api, &(struct snapshot_key){.kind = SNAPSHOT_ISSUE, .id = id});
	return true;
}
