/* SPDX-License-Identifier: ISC */
#include "present/digest_doc.h"

#include "base/num.h"
#include "present/complete_words.h"
#include "present/issue_doc.h"
#include "present/results_doc.h"
#include "present/sources_doc.h"
#include "present/state_words.h"
#include "present/words.h"
#include "report/reporter.h"

#define HISTORY_MOST 12 /* of one issue of a month */

static uint64_t total(const struct digest_sums *sums)
{
	return num_add_sat(sums->successful, sums->failed);
}

static struct str span_words(struct arena *arena, const struct digest *digest)
{
	if (digest->span == DIGEST_WEEK)
		return WORDS(arena, "week of {day}", {"day", words_day_short(arena, digest->since_day)});
	return words_period(arena, day_start(digest->since_day), day_start(digest->until_day + 1));
}

static struct str who(const struct digest *digest)
{
	if (digest->domain.len > 0)
		return digest->domain;
	if (digest->heading.len > 0)
		return digest->heading;
	return digest->tenant.len > 0 ? digest->tenant : str_of(tr("TLS on incoming mail"));
}

struct str digest_doc_title(struct arena *arena, const struct digest *digest)
{
	uint64_t clean = digest->now.domains - digest->now.failing_domains;
	struct str problems = WORDS_N(arena, digest->open_count, "{count} problem", "{count} problems",
	                              {"count", words_count(arena, digest->open_count)});
	const struct word words[] = {{"who", who(digest)},
	                             {"problems", problems},
	                             {"clean", words_count(arena, clean)},
	                             {"domains", words_count(arena, digest->now.domains)},
	                             {"span", span_words(arena, digest)}};
	return words_fill(arena,
	                  digest->domain.len > 0 || digest->now.domains == 0
	                      ? tr("{who}: {problems} - {span}")
	                      : tr("{who}: {problems}, {clean} of {domains} domains clean - {span}"),
	                  words, COUNT_OF(words));
}

/* --- the head --- */

static const struct issue *worst_of(const struct digest *digest)
{
	const struct issue *worst = NULL;
	for (size_t i = 0; i < digest->open_count + digest->closed_count; i++) {
		const struct issue *issue =
		    i < digest->open_count ? &digest->open[i] : &digest->closed[i - digest->open_count];
		if (worst == NULL || issue->severity > worst->severity ||
		    (issue->severity == worst->severity && issue->refused > worst->refused))
			worst = issue;
	}
	return worst;
}

static struct str why(struct arena *arena, const struct digest *digest, struct str text)
{
	const struct issue *worst = worst_of(digest);
	if (worst == NULL)
		return text;
	return WORDS(arena, "{text} {title}.", {"text", text}, {"title", issue_doc_title(arena, worst)});
}

static void put_verdict(struct doc *doc, const struct digest *digest)
{
	struct arena *arena = doc->arena;
	const struct digest_sums *now = &digest->now;
	const struct word words[] = {{"count", words_count(arena, now->refused)},
	                             {"failed", words_count(arena, now->failed)},
	                             {"total", words_count(arena, total(now))},
	                             {"share", words_share(arena, now->failed, total(now))}};
	const char *text;

	if (total(now) == 0) {
		doc_verdict(doc, TONE_NONE, tr("No reports"), str_of(tr("No report tells of these days.")));
	} else if (now->refused > 0) {
		text = tr_n("Mail was refused in one session.", "Mail was refused in {count} sessions.", now->refused);
		doc_verdict(doc, TONE_FAIL, tr("Refused"), why(arena, digest, words_fill(arena, text, words, COUNT_OF(words))));
	} else if (now->failed > 0) {
		text = tr("{failed} of {total} sessions failed ({share}); nothing was refused.");
		doc_verdict(doc, TONE_WARN, tr("Failed"), why(arena, digest, words_fill(arena, text, words, COUNT_OF(words))));
	} else {
		text = tr_n("Nothing failed in the one session.", "Nothing failed in {total} sessions.", total(now));
		doc_verdict(doc, TONE_OK, tr("All clear"), words_fill(arena, text, words, COUNT_OF(words)));
	}
}

static void put_comparison(struct doc *doc, const struct digest *digest)
{
	struct arena *arena = doc->arena;
	const struct digest_sums *before = &digest->before;
	const struct word words[] = {{"total", words_count(arena, total(before))},
	                             {"failed", words_count(arena, before->failed)},
	                             {"share", words_share(arena, before->failed, total(before))},
	                             {"refused", words_count(arena, before->refused)}};
	const char *text;

	if (total(before) == 0) {
		doc_sentence(doc, str_of(digest->span == DIGEST_WEEK ? tr("There are no reports of the week before to compare with.")
		                                                     : tr("There are no reports of the month before to compare with.")));
		return;
	}
	if (digest->span == DIGEST_WEEK)
		text = tr("In the week before, {failed} of {total} sessions failed ({share}) and {refused} were refused.");
	else
		text = tr("In the month before, {failed} of {total} sessions failed ({share}) and {refused} were refused.");
	doc_sentence(doc, words_fill(arena, text, words, COUNT_OF(words)));
}

/* "16,902 (+4 %)" */
static struct str with_change(struct arena *arena, uint64_t now, uint64_t before)
{
	uint64_t change = now > before ? now - before : before - now;
	struct str count = words_count(arena, now);

	if (before == 0 || change == 0)
		return count;
	if (change > before)
		return WORDS(arena, "{count} (before: {before})", {"count", count}, {"before", words_count(arena, before)});
	return str_of(arena_format(arena, "%.*s (%s%.*s)", STR_ARGS(count), now > before ? "+" : "-",
	                           STR_ARGS(words_share(arena, change, before))));
}

static void put_figures(struct doc *doc, const struct digest *digest)
{
	struct arena *arena = doc->arena;
	const struct digest_sums *now = &digest->now;
	struct str failed = words_count(arena, now->failed);

	if (now->failed > 0)
		failed = WORDS(arena, "{count} ({share})", {"count", failed}, {"share", words_share(arena, now->failed, total(now))});
	doc_facts(doc, true);
	doc_fact(doc, tr("Sessions"), with_change(arena, total(now), total(&digest->before)));
	doc_fact(doc, tr("Failed"), failed);
	doc_fact(doc, tr("Refused"), words_count(arena, now->refused));
	doc_fact(doc, tr("Reporters"), words_count(arena, now->reporters));
}

static void put_days(struct doc *doc, const struct digest *digest)
{
	struct arena *arena = doc->arena;
	uint64_t most = 0;

	for (size_t i = 0; i < digest->day_count; i++) {
		uint64_t all = num_add_sat(digest->days[i].successful, digest->days[i].failed);
		most = all > most ? all : most;
	}
	if (digest->day_count > 0)
		doc_heading(doc, 2, str_of(tr("Sessions each day")));
	for (size_t i = 0; i < digest->day_count; i++) {
		const struct digest_day *day = &digest->days[i];
		uint64_t all = num_add_sat(day->successful, day->failed);
		struct str label = words_day_short(arena, day->day), count = words_count(arena, all);
		if (complete_words_is_partial(&digest->complete, day->day))
			label = WORDS(arena, "{day} (partial)", {"day", label});
		if (day->failed > 0)
			count = WORDS(arena, "{count}, {failed} failed", {"count", count}, {"failed", words_count(arena, day->failed)});
		doc_bar(doc, day->failed > 0 ? TONE_WARN : TONE_OK, label, count, all, most);
	}
}

/* --- issues --- */

static const struct doc_column columns[] = {
    {"Issue", "id", COLUMN_CODE, 0, NULL},       {"Severity", "severity", COLUMN_TEXT, 0, NULL},
    {"What", "title", COLUMN_TEXT, 0, NULL},     {"Refused", "refused_sessions", COLUMN_NUMBER, 0, NULL},
    {"Since", "first_seen", COLUMN_TEXT, 0, NULL},
};

static void put_issues(struct doc *doc, const char *caption, const struct issue *issues, size_t n)
{
	struct arena *arena = doc->arena;
	char number[ISSUE_NUMBER_MAX], day[INSTANT_TEXT_MAX];

	if (n == 0)
		return;
	doc_heading(doc, 2, WORDS(arena, "{caption} ({count})", {"caption", str_of(caption)}, {"count", words_count(arena, n)}));
	struct doc_table *table = doc_table(doc, STR_NONE, columns, COUNT_OF(columns));
	for (size_t i = 0; i < n; i++) {
		struct doc_cell *cells = doc_row(table, 0);
		cells[0] = doc_cell(arena_str(arena, issue_number(issues[i].id, number)));
		cells[0].href = str_of(arena_format(arena, "/issues/%.*s", STR_ARGS(cells[0].text)));
		cells[1] = doc_cell_badge(issue_doc_tone(&issues[i]), severity_words(issues[i].severity));
		cells[1].raw = str_of(severity_text(issues[i].severity));
		cells[2] = doc_cell(issue_doc_title(arena, &issues[i]));
		cells[3] = doc_cell_count(arena, issues[i].refused);
		cells[4] = doc_cell(words_day_short(arena, issues[i].first_day));
		cells[4].raw = arena_str(arena, day_format(issues[i].first_day, day));
	}
}

static struct str coming_words(struct arena *arena, const struct digest *digest, const struct digest_coming *coming)
{
	struct str day = words_day(arena, coming->day);
	switch (coming->event) {
	case DIGEST_CERT_ENDS:
		if (coming->day == DAY_NONE)
			return WORDS(arena, "The certificate of {subject} ends soon.", {"subject", coming->subject});
		return WORDS(arena, "The certificate of {subject} ends on {day}.", {"subject", coming->subject}, {"day", day});
	case DIGEST_MAY_ENFORCE:
		if (coming->day <= digest->until_day + 1)
			return WORDS(arena, "{subject} could move to enforce, as far as reports tell.", {"subject", coming->subject});
		return WORDS(arena, "{subject} could move to enforce from {day}, as far as reports tell.",
		             {"subject", coming->subject}, {"day", day});
	case DIGEST_POLICY_ENDS:
		if (coming->day == DAY_NONE)
			return WORDS(arena, "{reporter} still uses an older policy of {subject}.",
			             {"reporter", reporter_name(coming->reporter, STR_NONE)}, {"subject", coming->subject});
		return WORDS(arena, "{reporter} uses an older policy of {subject}, until {day} at the latest.",
		             {"reporter", reporter_name(coming->reporter, STR_NONE)}, {"subject", coming->subject}, {"day", day});
	case DIGEST_EVENT_COUNT: break;
	}
	return STR_NONE;
}

static void put_lists(struct doc *doc, const struct digest *digest)
{
	struct arena *arena = doc->arena;

	if (digest->coming_count > 0)
		doc_heading(doc, 2, str_of(tr("Coming up")));
	for (size_t i = 0; i < digest->coming_count; i++)
		doc_item(doc, coming_words(arena, digest, &digest->coming[i]));
	if (digest->silent_count > 0)
		doc_heading(doc, 2, str_of(tr("Silent")));
	for (size_t i = 0; i < digest->silent_count; i++)
		doc_item(doc, WORDS(arena, "{title}. {sentences}", {"title", issue_doc_title(arena, &digest->silent[i])},
		                    {"sentences", issue_doc_sentences(arena, &digest->silent[i], STR_NONE)}));
}

/* --- the rest of a month --- */

static void put_page(struct doc *doc, const struct issue_page *page, instant now)
{
	struct arena *arena = doc->arena;
	const struct issue *issue = &page->issue;
	struct str only = page->evidence_count == 1 ? page->evidence[0].reporter : STR_NONE;

	doc_heading(doc, 3, issue_doc_title(arena, issue));
	doc_note(doc, issue_doc_tone(issue), severity_words(issue->severity), issue_doc_sentences(arena, issue, only));
	doc_facts(doc, false);
	doc_fact(doc, tr("State"), str_of(issue_state_words(issue_state(issue, now))));
	doc_fact(doc, tr("First day"), words_day(arena, issue->first_day));
	doc_fact(doc, tr("Last day"), words_day(arena, issue->last_day));
	if (page->domain_count > 0)
		doc_fact(doc, tr("Domains"), words_list(arena, page->domains, page->domain_count, 10));
	issue_doc_history(doc, page, HISTORY_MOST);
}

static const struct doc_column domain_columns[] = {
    {"Domain", "domain", COLUMN_CODE, 0, NULL},
    {"Sessions", "sessions", COLUMN_NUMBER, 0, NULL},
    {"Failed", "failed", COLUMN_NUMBER, 0, NULL},
    {"Refused", "refused", COLUMN_NUMBER, 0, NULL},
};

static void put_domains(struct doc *doc, const struct digest *digest)
{
	struct arena *arena = doc->arena;

	if (digest->domain_count == 0 || digest->domain.len > 0)
		return;
	doc_heading(doc, 2, str_of(tr("Domains")));
	struct doc_table *table = doc_table(doc, STR_NONE, domain_columns, COUNT_OF(domain_columns));
	for (size_t i = 0; i < digest->domain_count; i++) {
		const struct digest_domain *domain = &digest->domains[i];
		struct doc_cell *cells = doc_row(table, 0);
		cells[0] = doc_cell_stated(domain->name);
		cells[1] = doc_cell_count(arena, num_add_sat(domain->successful, domain->failed));
		cells[2] = doc_cell_count(arena, domain->failed);
		cells[3] = doc_cell_count(arena, domain->refused);
	}
	uint64_t all = digest->span == DIGEST_WEEK ? digest->now.failing_domains : digest->now.domains;
	if (all > digest->domain_count)
		doc_sub(doc, WORDS(arena, "The first {count} of {total} domains.", {"count", words_count(arena, digest->domain_count)},
		                   {"total", words_count(arena, all)}));
}

static void put_month(struct doc *doc, const struct digest *digest, instant now)
{
	struct arena *arena = doc->arena;
	struct view_scope scope = {.filter = FILTER_ALL, .command = "result list", .path = "/results"};

	scope.filter.since_day = digest->since_day;
	scope.filter.until_day = digest->until_day;
	scope.filter.domain = digest->domain;
	if (digest->page_count > 0)
		doc_heading(doc, 2, str_of(tr("What went wrong")));
	for (size_t i = 0; i < digest->page_count; i++)
		put_page(doc, &digest->pages[i], now);
	if (digest->results.reports > 0)
		results_doc_add(doc, &digest->results, &scope);
	if (digest->sources.row_count > 0)
		sources_doc_add(doc, &digest->sources, &scope);
	doc_heading(doc, 2, str_of(tr("Method")));
	doc_sentence(doc, WORDS(arena,
	                        "This rests on {reports} reports of {reporters} reporters. On {full} of {days} days all of the "
	                        "{usual} who usually report did; senders that do not report are not in it.",
	                        {"reports", words_count(arena, digest->now.reports)},
	                        {"reporters", words_count(arena, digest->now.reporters)},
	                        {"full", words_count(arena, digest->full_days)},
	                        {"days", words_count(arena, (uint64_t)(digest->until_day - digest->since_day + 1))},
	                        {"usual", words_count(arena, digest->usual_reporters)}));
	doc_sentence(doc, str_of(tr("Sessions are counted for each policy: one that met MTA-STS and DANE counts under both.")));
	doc_sentence(doc, str_of(tr("A session is one attempt to deliver over TLS and may carry many mails. Refused means that the "
	                            "sender had to give up delivery, because MTA-STS was enforced or DANE was in force.")));
}

void digest_doc(const struct digest *digest, struct arena *arena, struct doc *out)
{
	doc_init(out, arena, digest_doc_title(arena, digest));
	put_verdict(out, digest);
	put_comparison(out, digest);
	put_figures(out, digest);
	complete_words_put(out, &digest->complete);
	put_issues(out, tr("Open"), digest->open, digest->open_count);
	put_issues(out, tr("Closed"), digest->closed, digest->closed_count);
	put_lists(out, digest);
	put_days(out, digest);
	put_domains(out, digest);
	if (digest->span == DIGEST_MONTH)
		put_month(out, digest, digest->made_at);
	doc_sub(out, WORDS(arena, "Made by mailseal on {time}.", {"time", words_instant(arena, digest->made_at)}));
}

/* --- JSON --- */

static void put_sums_json(struct json_out *json, const char *key, const struct digest_sums *sums)
{
	json_out_object(json, key);
	json_out_uint(json, "successful", sums->successful);
	json_out_uint(json, "failed", sums->failed);
	json_out_uint(json, "refused", sums->refused);
	json_out_uint(json, "reports", sums->reports);
	json_out_end(json);
}

static void put_issues_json(struct json_out *json, const char *key, const struct issue *issues, size_t n, instant now,
                            struct arena *arena)
{
	json_out_list(json, key);
	for (size_t i = 0; i < n; i++)
		issue_doc_row_json(&issues[i], now, arena, json, NULL);
	json_out_end(json);
}

void digest_doc_json(const struct digest *digest, struct arena *arena, struct json_out *json)
{
	instant now = digest->made_at;

	json_out_object(json, NULL);
	json_out_str(json, "span", str_of(digest_span_text(digest->span)));
	json_out_day(json, "since", digest->since_day);
	json_out_day(json, "until", digest->until_day);
	json_out_instant(json, "made_at", now);
	json_out_str(json, "tenant", digest->tenant.len > 0 ? digest->tenant : STR_NONE);
	json_out_str(json, "domain", digest->domain.len > 0 ? digest->domain : STR_NONE);
	json_out_str(json, "title", digest_doc_title(arena, digest));
	json_out_bool(json, "clean", digest_span_is_clean(digest));
	put_sums_json(json, "sessions", &digest->now);
	put_sums_json(json, "sessions_before", &digest->before);
	json_out_uint(json, "reporters", digest->now.reporters);
	json_out_uint(json, "domains", digest->now.domains);
	json_out_uint(json, "failing_domains", digest->now.failing_domains);
	complete_words_json(json, &digest->complete);
	json_out_uint(json, "full_days", digest->full_days);
	put_issues_json(json, "open", digest->open, digest->open_count, now, arena);
	put_issues_json(json, "closed", digest->closed, digest->closed_count, now, arena);
	put_issues_json(json, "silent", digest->silent, digest->silent_count, now, arena);
	json_out_list(json, "coming");
	for (size_t i = 0; i < digest->coming_count; i++) {
		const struct digest_coming *coming = &digest->coming[i];
		json_out_object(json, NULL);
		json_out_str(json, "event", str_of(digest_span_event_text(coming->event)));
		json_out_str(json, "subject", coming->subject);
		json_out_str(json, "reporter", coming->reporter.len > 0 ? coming->reporter : STR_NONE);
		json_out_day(json, "day", coming->day);
		json_out_str(json, "sentence", coming_words(arena, digest, coming));
		json_out_end(json);
	}
	json_out_end(json);
	json_out_list(json, "days");
	for (size_t i = 0; i < digest->day_count; i++) {
		json_out_object(json, NULL);
		json_out_day(json, "day", digest->days[i].day);
		json_out_uint(json, "successful", digest->days[i].successful);
		json_out_uint(json, "failed", digest->days[i].failed);
		json_out_end(json);
	}
	json_out_end(json);
	json_out_list(json, "domain_list");
	for (size_t i = 0; i < digest->domain_count; i++) {
		json_out_object(json, NULL);
		json_out_str(json, "domain", digest->domains[i].name);
		json_out_uint(json, "successful", digest->domains[i].successful);
		json_out_uint(json, "failed", digest->domains[i].failed);
		json_out_uint(json, "refused", digest->domains[i].refused);
		json_out_end(json);
	}
	json_out_end(json);
	json_out_end(json);
}
