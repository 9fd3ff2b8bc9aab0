/* SPDX-License-Identifier: ISC */
#include "present/view_words.h"

#include "base/num.h"
#include "present/doc_html.h"
#include "present/words.h"

#define MOST_FILTERS 8

void view_words_default_period(const struct store_status *status, struct filter *filter)
{
	int32_t today = day_of(instant_now());
	int32_t last = status->last_end == INSTANT_NONE ? today : day_of(status->last_end - 1);

	filter->until_day = last < today ? last : today;
	filter->since_day = filter->until_day - VIEW_DEFAULT_DAYS + 1;
}

/* The filters beside the period, as "--flag value". */
static size_t filters_in_words(struct arena *arena, const struct filter *filter, struct str *out)
{
	const struct word flags[] = {
	    {"--domain", filter->domain},
	    {"--reporter", filter->reporter},
	    {"--result", filter->result_type},
	    {"--mx", filter->mx},
	    {"--mode", filter->mode < 0 ? STR_NONE : str_of(sts_mode_text((enum sts_mode)filter->mode))},
	    {"--policy", filter->policy_type < 0 ? STR_NONE : str_of(policy_type_text((enum policy_type)filter->policy_type))},
	};
	size_t n = 0;

	for (size_t i = 0; i < COUNT_OF(flags); i++)
		if (flags[i].value.p != NULL)
			out[n++] = words_fill(arena, "{flag} {value}",
			                      (const struct word[]){{"flag", str_of(flags[i].name)}, {"value", flags[i].value}},
			                      2);
	if (filter->failures_only)
		out[n++] = STR("--failures-only");
	return n;
}

static struct str days_in_words(struct arena *arena, int32_t since, int32_t until)
{
	if (since == DAY_NONE && until == DAY_NONE)
		return str_of(tr("all days"));
	if (since == DAY_NONE)
		return WORDS(arena, "all days up to {day}", {"day", words_day_short(arena, until)});
	if (until == DAY_NONE)
		return WORDS(arena, "all days since {day}", {"day", words_day_short(arena, since)});
	if (since == until)
		return words_day_short(arena, since);
	return WORDS(arena, "{since} to {until}", {"since", words_day_short(arena, since)},
	             {"until", words_day_short(arena, until)});
}

struct str view_words_coverage(struct arena *arena, const struct view_scope *scope)
{
	const struct filter *filter = &scope->filter;
	struct str text = filter->since_day == DAY_NONE && filter->until_day == DAY_NONE
	                      ? str_of(tr("All days (UTC)."))
	                      : WORDS(arena, "Days (UTC): {days}.",
	                              {"days", days_in_words(arena, filter->since_day, filter->until_day)});
	struct str filters[MOST_FILTERS];
	size_t n = filters_in_words(arena, filter, filters);

	if (n > 0)
		text = WORDS(arena, "{text} Only: {filters}.", {"text", text},
		             {"filters", words_list(arena, filters, n, MOST_FILTERS)});
	return text;
}

static void put_first_steps(struct doc *doc)
{
	doc_verdict(doc, TONE_NONE, tr("Waiting"), str_of(tr("Waiting for the first report.")));
	doc_sentence(doc, str_of(tr("Senders report once a day for the day before; the first one is usually here within "
	                            "48 hours after the TLS-RPT record was published. Reports that you have already can be "
	                            "read in:")));
	doc_code(doc, STR("mailseal import FILE-OR-FOLDER..."));
}

void view_words_empty(struct doc *doc, const struct view_scope *scope)
{
	struct arena *arena = doc->arena;
	const struct filter *filter = &scope->filter;
	struct str filters[MOST_FILTERS];
	size_t n = filters_in_words(arena, filter, filters);

	if (scope->status != NULL && scope->status->reports == 0) {
		put_first_steps(doc);
		return;
	}
	if (n > 0) {
		doc_verdict(doc, TONE_NONE, tr("Nothing"),
		            WORDS_N(arena, n, "Nothing matches this filter.", "Nothing matches these {count} filters.",
		                    {"count", words_count(arena, n)}));
		for (size_t i = 0; i < n; i++)
			doc_item(doc, filters[i]);
		doc_sub(doc, WORDS(arena, "Looked at: {days}.",
		                   {"days", days_in_words(arena, filter->since_day, filter->until_day)}));
		doc_link(doc, str_of(tr("Without filters")), str_of(scope->path),
		         WORDS(arena, "mailseal {command}", {"command", str_of(scope->command)}));
		return;
	}
	doc_verdict(doc, TONE_NONE, tr("Nothing"),
	            WORDS(arena, "No report that counts is about {days}.",
	                  {"days", days_in_words(arena, filter->since_day, filter->until_day)}));
	if (scope->status != NULL && scope->status->held > 0) {
		doc_sentence(doc, WORDS_N(arena, scope->status->held,
		                          "One report is held: it does not count, because nobody vouches for it.",
		                          "{count} reports are held: they do not count, because nobody vouches for them.",
		                          {"count", words_count(arena, scope->status->held)}));
		doc_link(doc, str_of(tr("What is held, and why")), STR("/quarantine"), STR("mailseal quarantine list"));
	}
	if (scope->status == NULL || scope->status->last_end == INSTANT_NONE)
		return;
	int32_t last = day_of(scope->status->last_end - 1);
	char since[INSTANT_TEXT_MAX];
	struct str from = arena_str(arena, day_format(last - VIEW_DEFAULT_DAYS + 1, since));
	doc_sentence(doc, WORDS(arena, "The newest data is of {day}.", {"day", words_day(arena, last)}));
	doc_link(doc, str_of(tr("Show the last days with data")),
	         doc_html_href(arena, scope->path, &(const struct doc_param){"since", from}, 1),
	         WORDS(arena, "mailseal {command} --since {day}", {"command", str_of(scope->command)}, {"day", from}));
}

static struct str day_param(struct arena *arena, int32_t day)
{
	char text[INSTANT_TEXT_MAX];
	return day == DAY_NONE ? STR_NONE : arena_str(arena, day_format(day, text));
}

struct str view_words_href(struct arena *arena, const struct view_scope *scope, const char *path, const char *name,
                           struct str value)
{
	const struct filter *filter = &scope->filter;
	struct doc_param params[MOST_FILTERS + 4] = {
	    {"since", scope->is_default_period ? STR_NONE : day_param(arena, filter->since_day)},
	    {"until", scope->is_default_period ? STR_NONE : day_param(arena, filter->until_day)},
	    {"domain", filter->domain},
	    {"reporter", filter->reporter},
	    {"result", filter->result_type},
	    {"mx", filter->mx},
	    {"mode", filter->mode < 0 ? STR_NONE : str_of(sts_mode_text((enum sts_mode)filter->mode))},
	    {"policy", filter->policy_type < 0 ? STR_NONE : str_of(policy_type_text((enum policy_type)filter->policy_type))},
	    {"failures", filter->failures_only ? STR("1") : STR_NONE},
	};
	size_t n = 9;

	for (size_t i = 0; i < n && name != NULL; i++) {
		if (strcmp(params[i].name, name) == 0) {
			params[i].value = value;
			name = NULL;
		}
	}
	if (name != NULL)
		params[n++] = (struct doc_param){name, value};
	return doc_html_href(arena, path, params, n);
}

void view_words_periods(struct doc *doc, const struct view_scope *scope)
{
	static const struct {
		const char *text;
		int32_t days;
	} periods[] = {{tr_mark("Last 7 days"), 7}, {tr_mark("30 days"), 30}, {tr_mark("90 days"), 90}, {tr_mark("13 months"), 396}};
	int32_t today = day_of(instant_now());

	for (size_t i = 0; i < COUNT_OF(periods); i++) {
		struct view_scope other = *scope;
		other.is_default_period = false;
		other.filter.until_day = DAY_NONE;
		doc_link(doc, str_of(tr(periods[i].text)),
		         view_words_href(doc->arena, &other, scope->path, "since",
		                         day_param(doc->arena, today - periods[i].days + 1)),
		         STR_NONE);
	}
}

void view_words_period_json(struct json_out *json, struct period period)
{
	json_out_object(json, "period");
	json_out_instant(json, "begin", period.begin);
	json_out_instant(json, "end", period.end);
	json_out_end(json);
}

struct str view_words_behind(struct arena *arena, struct str address, struct str behind)
{
	return WORDS(arena,
	             "{address} lies behind {host}, which is watched here. If TLS to it breaks, this alert may not arrive. Add a "
	             "channel that goes another way.",
	             {"address", address}, {"host", behind});
}
