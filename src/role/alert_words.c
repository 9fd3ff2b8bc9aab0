/* SPDX-License-Identifier: ISC */
#include "role/alert_words.h"

#include "alert/alert_rules.h"
#include "base/attr.h"
#include "base/limits.h"
#include "present/cause_words.h"
#include "present/issue_doc.h"
#include "present/language.h"
#include "present/words.h"
#include "role/mute_token.h"
#include "store/issues.h"

#define STEPS_MOST 3    /* in the line that says what to do; the page has them all */
#define LINES_MOST 200 /* of a digest; the rest is counted */

static void begin(const struct alert_channel *channel, const struct alert_house *house, instant now,
                  struct alert_message *out)
{
	const struct language *language = language_find(channel->language);

	language_use(language);
	*out = (struct alert_message){.house = house->name,
	                              .at = now,
	                              .language = str_of(language_now()->tag),
	                              .look_label = str_of(tr("More")),
	                              .mute_label = str_of(tr("Quiet for 7 days")),
	                              .fix_label = str_of(tr("To do"))};
}

static struct str page_url(const struct alert_house *house, struct str number, struct arena *arena)
{
	if (house->base_url.len == 0)
		return STR_NONE;
	return str_of(arena_format(arena, "%.*s/issues/%.*s", STR_ARGS(house->base_url), STR_ARGS(number)));
}

/* The link that keeps quiet; absent where there are no pages. */
static struct str mute_url(const struct alert_house *house, enum mute_target target, int64_t id, instant now,
                           struct arena *arena)
{
	if (house->base_url.len == 0 || house->mute_key.len == 0)
		return STR_NONE;
	struct str token = mute_token_make(house->mute_key, target, id, now, arena);
	return str_of(arena_format(arena, "%.*s/mute/%.*s", STR_ARGS(house->base_url), STR_ARGS(token)));
}

/* --- one issue --- */

/* What to do, in one line. */
static struct str steps_line(const struct issue_page *page, struct arena *arena)
{
	const struct issue *issue = &page->issue;
	enum fix_step steps[CAUSE_STEPS_MAX];
	struct cause_about about = {.subject = issue->subject};

	if (issue->matter >= CAUSE_COUNT || cause_steps((enum cause)issue->matter, steps) == 0)
		return STR_NONE;
	if (issue->kind == ISSUE_ON_MX)
		about.host = issue->subject;
	if (issue->kind == ISSUE_ON_DOMAIN)
		about.domain = issue->subject;
	else if (page->domain_count > 0)
		about.domain = page->domains[0];
	size_t n = cause_steps((enum cause)issue->matter, steps);
	struct buf line;
	buf_init(&line, KIB(8));
	for (size_t i = 0; i < n && i < STEPS_MOST; i++) {
		buf_text(&line, i == 0 ? "" : " ");
		buf_str(&line, cause_words_step(arena, steps[i], &about));
	}
	struct str copy = arena_str(arena, buf_view(&line));
	buf_done(&line);
	return copy;
}

struct str alert_words_rule(const struct alert_rule *rule)
{
	return rule->id < ALERT_READY_COUNT ? str_of(tr(alert_rule_title((enum alert_ready)rule->id))) : rule->name;
}

static struct str fired_headline(const struct alert_rule *rule, struct str title, struct arena *arena)
{
	switch (rule->id) {
	case ALERT_MAIL_REFUSED: return WORDS(arena, "Mail is being refused: {title}", {"title", title});
	case ALERT_REPORTS_STOPPED: return WORDS(arena, "Reports have stopped: {title}", {"title", title});
	case ALERT_CHECK_TROUBLE: return WORDS(arena, "Our own check found: {title}", {"title", title});
	case ALERT_NEW_FAILURE: return WORDS(arena, "A new kind of failure: {title}", {"title", title});
	default: break;
	}
	return str_of(arena_format(arena, "%.*s: %.*s", STR_ARGS(rule->name), STR_ARGS(title)));
}

static const char *end_sentence(enum issue_end end)
{
	switch (end) {
	case END_CLEAN: return tr("It closed by itself: reports came without it, from all who had it.");
	case END_FADED: return tr("It closed by itself: nothing was heard of it for a month.");
	case END_FIXED: return tr("It was closed by hand, as fixed.");
	case END_NOT_MINE: return tr("It was closed by hand: the fault is somebody else's.");
	case END_ACCEPTED: return tr("It was closed by hand, as known and accepted.");
	case END_JOINED:
	case END_NONE:
	case END_COUNT: break;
	}
	return tr("It is over.");
}

static struct str over_sentences(const struct issue *issue, struct arena *arena)
{
	struct str lasted =
	    issue->refused == 0
	        ? WORDS(arena, "It lasted from {first} to {last}; no mail was refused because of it.",
	                {"first", words_day(arena, issue->first_day)}, {"last", words_day(arena, issue->last_day)})
	        : WORDS_N(arena, issue->refused,
	                  "It lasted from {first} to {last}; mail was refused in {count} session.",
	                  "It lasted from {first} to {last}; mail was refused in {count} sessions.",
	                  {"first", words_day(arena, issue->first_day)}, {"last", words_day(arena, issue->last_day)},
	                  {"count", words_count(arena, issue->refused)});
	return str_of(arena_format(arena, "%s %.*s", end_sentence(issue->end), STR_ARGS(lasted)));
}

static struct str why(const struct alert_rule *rule, const struct alert_channel *channel, struct arena *arena)
{
	return WORDS(arena, "This was sent because of the rule '{rule}' to the channel {channel}.",
	             {"rule", alert_words_rule(rule)}, {"channel", channel->name});
}

static struct str refused_words(const struct issue *issue, struct arena *arena)
{
	return WORDS_N(arena, issue->domains, "{count} domain is hit.", "{count} domains are hit.",
	               {"count", words_count(arena, issue->domains)});
}

static bool say_issue(struct store *store, const struct alert_row *row, const struct alert_rule *rule,
                      const struct alert_house *house, struct arena *arena, struct alert_message *out, struct err *err)
{
	struct issue_page page = {0};
	char number[ISSUE_NUMBER_MAX];

	if (!issues_page(store, row->issue, arena, &page, err))
		return false;
	struct issue *issue = ARENA_NEW(arena, struct issue);
	*issue = page.issue;
	struct str shown = arena_str(arena, issue_number(issue->id, number));
	struct str only = page.evidence_count == 1 ? page.evidence[0].reporter : STR_NONE;
	bool is_over = row->kind == ALERT_RESOLVED;
	out->issue = issue;
	out->title = issue_doc_title(arena, issue);
	out->severity = issue->severity;
	out->event = is_over ? ALERT_EVENT_RESOLVED : ALERT_EVENT_OPENED;
	out->link = page_url(house, shown, arena);
	out->command = str_of(arena_format(arena, "mailseal issue show %.*s", STR_ARGS(shown)));
	struct str head = is_over ? WORDS(arena, "Over: {title}", {"title", out->title})
	                          : fired_headline(rule, out->title, arena);
	out->headline = str_of(arena_format(arena, "%.*s [%.*s]", STR_ARGS(head), STR_ARGS(shown)));
	if (is_over) {
		out->sentences = over_sentences(issue, arena);
		return true;
	}
	struct str text = issue_doc_sentences(arena, issue, only);
	out->sentences = issue->domains > 1 ? str_of(arena_format(arena, "%.*s %.*s", STR_ARGS(text),
	                                                          STR_ARGS(refused_words(issue, arena))))
	                                    : text;
	out->fix = steps_line(&page, arena);
	out->mute_command = str_of(arena_format(arena, "mailseal issue snooze %.*s --for 7d", STR_ARGS(shown)));
	out->mute_link = mute_url(house, MUTE_ISSUE, issue->id, out->at, arena);
	return true;
}

/* --- the sums of a day --- */

struct str alert_words_day(const struct alert_row *row, const struct alert_rule *rule, struct arena *arena)
{
	struct str day = words_day(arena, row->day), count = words_count(arena, row->count);

	switch (rule->what) {
	case WHAT_SHARE:
		return WORDS(arena, "{share} of {total} sessions failed on {day}.", {"share", words_share(arena, row->count, row->total)},
		             {"total", words_count(arena, row->total)}, {"day", day});
	case WHAT_REFUSED:
		return WORDS_N(arena, row->count, "Mail was refused in {count} session on {day}.",
		               "Mail was refused in {count} sessions on {day}.", {"count", count}, {"day", day});
	case WHAT_SILENCE:
		if (row->kind == ALERT_RESOLVED)
			return WORDS(arena, "On {day} there were reports again.", {"day", day});
		return WORDS_N(arena, row->count, "On {day} there had been no report for {count} day.",
		               "On {day} there had been no report for {count} days.", {"count", count}, {"day", day});
	case WHAT_READY:
	case WHAT_FAILED:
	case WHAT_NEW_CAUSE:
	case WHAT_SEVERITY:
	case WHAT_CAUSE:
	case WHAT_COUNT: break;
	}
	return WORDS_N(arena, row->count, "{count} session failed on {day}.", "{count} sessions failed on {day}.",
	               {"count", count}, {"day", day});
}

static struct str scope_words(const struct alert_rule *rule, struct arena *arena)
{
	if (rule->scope == SCOPE_DOMAIN)
		return WORDS(arena, "It looks at the domain {name}.", {"name", rule->scope_name});
	if (rule->scope == SCOPE_TENANT)
		return WORDS(arena, "It looks at the domains of {name}.", {"name", rule->scope_name});
	return str_of(tr("It looks at all domains."));
}

static struct str day_headline(const struct alert_row *row, const struct alert_rule *rule, struct arena *arena)
{
	struct str text = alert_words_day(row, rule, arena);
	struct str over = row->kind == ALERT_RESOLVED ? WORDS(arena, "Over: {title}", {"title", rule->name}) : rule->name;
	return str_of(arena_format(arena, "%.*s: %.*s", STR_ARGS(over), STR_ARGS(text)));
}

static void say_day(const struct alert_row *row, const struct alert_rule *rule, const struct alert_house *house,
                    struct arena *arena, struct alert_message *out)
{
	char day[INSTANT_TEXT_MAX];
	struct str shown = day_format(row->day, day);

	out->event = row->kind == ALERT_RESOLVED ? ALERT_EVENT_MEASURE_OVER : ALERT_EVENT_MEASURE;
	out->severity = rule->what == WHAT_REFUSED ? SEVERITY_CRITICAL : SEVERITY_WARNING;
	out->headline = day_headline(row, rule, arena);
	out->sentences = scope_words(rule, arena);
	out->link = house->base_url.len == 0 ? STR_NONE : str_of(arena_format(arena, "%.*s/results?since=%.*s&until=%.*s",
	                                                                      STR_ARGS(house->base_url), STR_ARGS(shown),
	                                                                      STR_ARGS(shown)));
	out->command = str_of(arena_format(arena, "mailseal result list --since %.*s --until %.*s%s%.*s", STR_ARGS(shown),
	                                   STR_ARGS(shown), rule->scope == SCOPE_DOMAIN ? " --domain " : "",
	                                   STR_ARGS(rule->scope == SCOPE_DOMAIN ? rule->scope_name : STR(""))));
	out->mute_command = str_of(arena_format(arena, "mailseal alert rule mute '%.*s' --for 7d", STR_ARGS(rule->name)));
	out->mute_link = mute_url(house, MUTE_RULE, rule->id, out->at, arena);
}

/* --- several in one --- */

static bool say_line(struct store *store, const struct alert_row *row, const struct alert_rule *rule,
                     const struct alert_house *house, struct arena *arena, struct alert_line *line, enum severity *worst,
                     struct err *err)
{
	struct issue issue;
	char number[ISSUE_NUMBER_MAX];

	if (row->day != DAY_NONE) {
		*line = (struct alert_line){.text = day_headline(row, rule, arena)};
		return true;
	}
	if (!issues_load(store, row->issue, arena, &issue, err))
		return false;
	line->number = arena_str(arena, issue_number(issue.id, number));
	line->link = page_url(house, line->number, arena);
	struct str title = issue_doc_title(arena, &issue);
	struct str said = row->kind == ALERT_RESOLVED ? WORDS(arena, "Over: {title}", {"title", title}) : title;
	line->text = str_of(arena_format(arena, "%.*s: %.*s", STR_ARGS(line->number), STR_ARGS(said)));
	if (row->kind != ALERT_RESOLVED && issue.severity > *worst)
		*worst = issue.severity;
	return true;
}

/* The rows, each digest among them opened up. */
static bool all_members(struct store *store, const struct alert_row *rows, size_t n, struct arena *arena,
                        struct alert_row **out, size_t *out_count, struct err *err)
{
	void *members = NULL;
	size_t count = 0, room = 0;

	for (size_t i = 0; i < n; i++) {
		struct alert_row *inner = NULL;
		size_t inner_count = 0;
		if (rows[i].kind != ALERT_DIGEST)
			*(struct alert_row *)arena_push(arena, &members, &count, &room, sizeof rows[i]) = rows[i];
		else if (!alerts_digest_members(store, &rows[i], LINES_MOST, arena, &inner, &inner_count, err))
			return false;
		for (size_t j = 0; j < inner_count; j++)
			*(struct alert_row *)arena_push(arena, &members, &count, &room, sizeof rows[i]) = inner[j];
	}
	*out = members;
	*out_count = count;
	return true;
}

static bool say_several(struct store *store, const struct alert_row *rows, size_t n, const struct alert_rule *rule,
                        const struct alert_house *house, struct arena *arena, struct alert_message *out, struct err *err)
{
	struct alert_row *members;
	size_t count;

	if (!all_members(store, rows, n, arena, &members, &count, err))
		return false;
	struct alert_line *lines = ARENA_ARRAY(arena, count + 1, struct alert_line);
	size_t shown = count < LINES_MOST ? count : LINES_MOST;
	for (size_t i = 0; i < shown; i++)
		if (!say_line(store, &members[i], rule, house, arena, &lines[i], &out->severity, err))
			return false;
	out->event = ALERT_EVENT_DIGEST;
	out->lines = lines;
	out->line_count = shown;
	struct word words[] = {{"count", words_count(arena, count)}, {"rule", alert_words_rule(rule)}};
	bool is_of_an_hour = n == 1 && rows->kind == ALERT_DIGEST;
	out->headline = words_fill(arena,
	                           is_of_an_hour ? tr_n("{count} more message of the last hour: {rule}",
	                                                "{count} more messages of the last hour: {rule}", count)
	                                         : tr_n("{count} message: {rule}", "{count} messages: {rule}", count),
	                           words, COUNT_OF(words));
	out->sentences = str_of(is_of_an_hour ? tr("More than four messages in an hour become one, so that the first ones are "
	                                           "not drowned.")
	                                      : tr("They waited for their hour, as the rule says."));
	out->link = house->base_url.len == 0 ? STR_NONE
	                                     : str_of(arena_format(arena, "%.*s/issues", STR_ARGS(house->base_url)));
	out->command = STR("mailseal issue list");
	return true;
}

bool alert_words_rows(struct store *store, const struct alert_row *rows, size_t n, const struct alert_rule *rule,
                      const struct alert_channel *channel, const struct alert_house *house, instant now,
                      struct arena *arena, struct alert_message *out, struct err *err)
{
	const struct language *before = language_now();
	struct alert_message message;
	bool ok = true;

	begin(channel, house, now, &message);
	message.rule = rule->name;
	message.rule_id = rule->id;
	if (channel->kind == CHANNEL_MAIL)
		message.unsubscribe = mute_url(house, MUTE_CHANNEL, channel->id, now, arena);
	message.why = why(rule, channel, arena);
	if (n > 1 || rows->kind == ALERT_DIGEST)
		ok = say_several(store, rows, n, rule, house, arena, &message, err);
	else if (rows->day != DAY_NONE)
		say_day(rows, rule, house, arena, &message);
	else
		ok = say_issue(store, rows, rule, house, arena, &message, err);
	language_use(before);
	if (ok)
		*out = message;
	return ok;
}

/* --- about channels --- */

void alert_words_test(const struct alert_channel *channel, const struct alert_house *house, instant now,
                      struct arena *arena, struct alert_message *out)
{
	const struct language *before = language_now();

	begin(channel, house, now, out);
	out->event = ALERT_EVENT_TEST;
	out->severity = SEVERITY_NOTICE;
	out->rule = STR("test");
	out->headline = WORDS(arena, "A test of the channel {channel}", {"channel", channel->name});
	out->sentences = str_of(tr("Nothing is wrong. Alerts arrive the way this did."));
	out->link = house->base_url.len > 0 ? house->base_url : STR_NONE;
	out->command = STR("mailseal status");
	out->why = WORDS(arena, "This was sent because somebody asked for a test of the channel {channel} on {host}.",
	                 {"channel", channel->name}, {"host", house->name});
	language_use(before);
}

void alert_words_failing(const struct alert_channel *channel, const struct alert_channel *failing,
                         const struct alert_house *house, instant now, struct arena *arena, struct alert_message *out)
{
	const struct language *before = language_now();

	begin(channel, house, now, out);
	out->event = ALERT_EVENT_CHANNEL;
	out->severity = SEVERITY_WARNING;
	out->rule = STR("channel");
	out->headline = WORDS(arena, "Alerts do not reach the channel {channel}", {"channel", failing->name});
	out->sentences = WORDS(arena, "A message was given up. The last answer was: {answer}", {"answer", failing->result});
	out->fix = WORDS(arena, "See what {command} says, and mend or remove the channel.",
	                 {"command", str_of(arena_format(arena, "mailseal alert test %.*s", STR_ARGS(failing->name)))});
	out->command = STR("mailseal alert channel list");
	out->why = str_of(tr("This was sent to every other channel, because alerts about it cannot go there."));
	language_use(before);
}
