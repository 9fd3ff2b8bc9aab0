/* SPDX-License-Identifier: ISC */
#include "present/page.h"

#include "base/limits.h"
#include "base/num.h"
#include "present/cause_words.h"
#include "present/doc_html.h"
#include "present/language.h"
#include "present/result_words.h"
#include "present/status_doc.h"
#include "present/words.h"
#include "report/reporter.h"

#define OVERVIEW_ROWS 10

static bool take_day(struct str value, bool is_since, int32_t *out)
{
	uint64_t secs;

	if (day_parse(value, out))
		return true;
	if (!str_ends_with(value, STR("d")) || !num_parse_secs(value, &secs) ||
	    secs > (uint64_t)LIMIT_PAST_DAYS * SECS_PER_DAY * 10)
		return false;
	*out = day_of(instant_now()) - (int32_t)(secs / SECS_PER_DAY) + (is_since ? 1 : 0);
	return true;
}

/* A name in a filter: not empty, no longer than a name may be. */
static bool take_name(struct str value, struct str *out)
{
	if (value.len == 0 || value.len > LIMIT_NAME_BYTES)
		return false;
	*out = value;
	return true;
}

bool page_take_parameter(struct filter *filter, bool *has_period, struct str name, struct str value)
{
	uint64_t n;

#define IS(text) str_eq(name, STR(text))
	if (IS("since") || IS("until")) {
		*has_period = true;
		return take_day(value, IS("since"), IS("since") ? &filter->since_day : &filter->until_day);
	}
	if (IS("domain"))
		return take_name(value, &filter->domain);
	if (IS("reporter"))
		return take_name(value, &filter->reporter);
	if (IS("result"))
		return take_name(value, &filter->result_type);
	if (IS("mx"))
		return take_name(value, &filter->mx);
	if (IS("mode")) {
		filter->mode = (int)sts_mode_of(value);
		return filter->mode != MODE_NOT_STATED;
	}
	if (IS("policy")) {
		filter->policy_type = (int)policy_type_of(value);
		return filter->policy_type != POLICY_OTHER;
	}
	if (IS("failures")) {
		filter->failures_only = str_eq(value, STR("1"));
		return true;
	}
	if (IS("after") && num_parse_uint(value, INT64_MAX, &n)) {
		filter->after_id = (int64_t)n;
		return true;
	}
	if (IS("limit") && num_parse_uint(value, LIMIT_PAGE_ROWS, &n) && n > 0) {
		filter->limit = n;
		return true;
	}
#undef IS
	return false;
}

static void put_figures(struct doc *doc, const struct store_status *status, const struct result_view *results)
{
	struct arena *arena = doc->arena;
	uint64_t total = num_add_sat(results->successful, results->failed);
	uint64_t enforced = 0;

	for (size_t i = 0; i < results->succeeded_count; i++)
		if (result_words_policy_refuses(results->succeeded[i].policy_type, results->succeeded[i].mode))
			enforced = num_add_sat(enforced, results->succeeded[i].sessions);
	doc_facts(doc, true);
	doc_fact(doc, tr("Sessions reported"), words_count(arena, total))->href = STR("/sources");
	doc_fact(doc, tr("Failed"), words_count(arena, results->failed))->href = STR("/results");
	doc_fact(doc, tr("Secured under an enforced policy"), total == 0 ? STR("-") : words_share(arena, enforced, total));
	doc_fact(doc, tr("Reporters seen"), words_count(arena, status->reporters))->href = STR("/sources");
}

static void put_worst(struct doc *doc, const struct result_view *results, const struct view_scope *scope)
{
	struct arena *arena = doc->arena;

	if (results->row_count == 0)
		return;
	doc_heading(doc, 2, str_of(tr("What failed")));
	for (size_t i = 0; i < results->row_count && i < OVERVIEW_ROWS; i++) {
		const struct result_row *row = &results->rows[i];
		struct str name = row->is_unexplained ? str_of(tr("not explained")) : cause_words_title(arena, row->cause, &(struct cause_about){.host = STR_NONE});
		doc_bar(doc, row->refused_sessions > 0 ? TONE_FAIL : TONE_WARN, name,
		        row->refused_sessions > 0
		            ? WORDS(arena, "{count}, {refused} refused", {"count", words_count(arena, row->sessions)},
		                    {"refused", words_count(arena, row->refused_sessions)})
		            : words_count(arena, row->sessions),
		        row->sessions, results->failed);
	}
	doc_link(doc, str_of(tr("All results")), view_words_href(arena, scope, "/results", NULL, STR_NONE), STR_NONE);
}

static const struct doc_column sender_columns[] = {
    {"Reporter", "reporter", COLUMN_TEXT, 0, NULL},
    {"State", "state", COLUMN_TEXT, 0, NULL},
    {"Sessions", "sessions", COLUMN_NUMBER, 0, NULL},
    {"Failed", "failed", COLUMN_NUMBER, 0, NULL},
    {"Last report", "last_report", COLUMN_TEXT, 0, NULL},
};

static void put_senders(struct doc *doc, const struct source_view *sources, const struct view_scope *scope)
{
	struct arena *arena = doc->arena;

	if (sources->row_count == 0)
		return;
	doc_heading(doc, 2, str_of(tr("Senders")));
	struct doc_table *table = doc_table(doc, str_of(tr("Who reported, most sessions first")), sender_columns,
	                                    COUNT_OF(sender_columns));
	for (size_t i = 0; i < sources->row_count && i < OVERVIEW_ROWS; i++) {
		const struct source_row *row = &sources->rows[i];
		struct doc_cell *cells = doc_row(table, 0);
		uint64_t total = num_add_sat(row->successful, row->failed);
		cells[0] = doc_cell_stated(reporter_name(row->reporter, row->name));
		cells[0].href = view_words_href(arena, scope, "/reports", "reporter", row->reporter);
		cells[1] = row->failed > 0 ? doc_cell_badge(TONE_WARN, tr("Failing")) : doc_cell_badge(TONE_OK, tr("Clean"));
		cells[2] = doc_cell_count(arena, total);
		cells[3] = doc_cell_count(arena, row->failed);
		if (row->failed > 0)
			cells[3].text = WORDS(arena, "{count} ({share})", {"count", words_count(arena, row->failed)},
			                      {"share", words_share(arena, row->failed, total)});
		cells[4] = doc_cell_instant(arena, row->last_report);
	}
	doc_link(doc, str_of(tr("All senders")), view_words_href(arena, scope, "/sources", NULL, STR_NONE), STR_NONE);
}

void page_overview(const struct store_status *status, const struct result_view *results,
                   const struct source_view *sources, const struct view_scope *scope, instant now, struct arena *arena,
                   struct doc *out)
{
	doc_init(out, arena, str_of(tr("Overview")));
	if (status->reports == 0) {
		view_words_empty(out, scope);
		return;
	}
	status_doc_verdict(out, status, now);
	put_figures(out, status, results);
	doc_sub(out, view_words_coverage(arena, scope));
	put_worst(out, results, scope);
	put_senders(out, sources, scope);
	doc_link(out, str_of(tr("What the last week brought")), STR("/digest"), STR("mailseal digest"));
	if (status->quarantined > 0) {
		doc_note(out, TONE_WARN, tr("Quarantine"),
		         WORDS_N(arena, status->quarantined, "One arrival is kept aside.", "{count} arrivals are kept aside.",
		                 {"count", words_count(arena, status->quarantined)}));
		doc_link(out, str_of(tr("What is kept aside, and why")), STR("/quarantine"), STR_NONE);
	}
}

void page_error(unsigned http_status, struct str what, struct arena *arena, struct doc *out)
{
	doc_init(out, arena, str_of(http_status == 404 ? tr("Not found") : tr("That did not work")));
	doc_sentence(out, what);
	doc_link(out, str_of(tr("Overview")), STR("/"), STR_NONE);
}

void page_html(const struct doc *doc, const char *current, const char *base, struct buf *out)
{
	static const struct doc_html_nav nav[] = {
	    {"/", tr_mark("Overview")}, {"/issues", tr_mark("Issues")},
	    {"/results", tr_mark("Results")}, {"/sources", tr_mark("Senders")}, {"/reports", tr_mark("Reports")},
	    {"/quarantine", tr_mark("Quarantine")}};

	doc_html(doc,
	         &(struct doc_html_look){
	             .nav = nav, .nav_count = COUNT_OF(nav), .current = current, .base = base, .lang = language_now()->tag},
	         out);
}
