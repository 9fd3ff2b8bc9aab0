/* SPDX-License-Identifier: ISC */
#pragma once
/* Stories of issues: reports come in over weeks, the clock is ours, and the whole list of issues is stated. */
#include "diagnose/classify.h"
#include "role/diagnosis.h"
#include "store/issues.h"
#include "store_fixture.h"

#define FIRST 20100

struct word {
	const char *reporter, *domain, *mx, *result, *reason;
	uint64_t successful, failed;
	enum policy_type type;
	enum sts_mode mode;
};

static inline instant story_morning(int32_t day)
{
	return day_start(day + 1) + 6 * 3600;
}

static inline void story_commit(struct fixture *f, instant now)
{
	bool more = true;
	while (more)
		must(f, diagnosis_run(f->store, now, 4096, &more, &f->err));
	must(f, store_commit(f->store, &f->err));
}

/* One report of one day, come in `late` days after the usual morning; inside a transaction.  `policy` may be NULL. */
static inline void story_hear_late(struct fixture *f, int32_t day, int late, const struct word *word, const char *policy)
{
	static int serial;
	int number = ++serial;
	struct sketch sketch = {.reporter = word->reporter,
	                        .id = arena_format(&f->arena, "s%d", number),
	                        .domain = word->domain,
	                        .day = day,
	                        .successful = word->successful,
	                        .failed = word->failed,
	                        .result = word->result,
	                        .mx = word->mx,
	                        .type = word->type,
	                        .mode = word->mode,
	                        .door = DOOR_SMTP,
	                        .received_at = story_morning(day + late),
	                        .seed = serial};
	struct ingest_result result = {0};
	struct arrival arrival = sketch_arrival(&f->arena, &sketch);
	struct decoded decoded = {.reports = sketch_report(&f->arena, &sketch), .report_count = 1};
	struct unit *unit = decoded.reports->units;
	if (word->result != NULL)
		unit->failures->reason_code = str_of(word->reason);
	struct str lines[16], rest = str_of(policy);
	while (policy != NULL && rest.len > 0)
		lines[unit->policy_strings.count++] = str_cut(&rest, '\n');
	unit->policy_strings.items = lines;
	classify_report(decoded.reports);
	must(f, store_ingest(f->store, &arrival, &decoded, TRUST_SIGNED, STR("test"), &result, &f->err));
	assert_int_equal(result.outcome, INGEST_STORED);
}

static inline void story_hear_policy(struct fixture *f, int32_t day, const struct word *word, const char *policy)
{
	story_hear_late(f, day, 0, word, policy);
}

static inline void story_hear(struct fixture *f, int32_t day, const struct word *word)
{
	story_hear_late(f, day, 0, word, NULL);
}

static inline void story_hear_one(struct fixture *f, int32_t day, const struct word *word)
{
	must(f, store_begin(f->store, &f->err));
	story_hear(f, day, word);
	story_commit(f, story_morning(day));
}

static inline void story_dawn(struct fixture *f, int32_t day)
{
	must(f, store_begin(f->store, &f->err));
	must(f, diagnosis_daily(f->store, story_morning(day), &f->err));
	story_commit(f, story_morning(day));
}

/* All issues, one a line, in the order of their numbers. */
static inline const char *story_list(struct fixture *f)
{
	struct issue_filter filter = {.with_closed = true};
	struct issue *issues;
	size_t n;
	struct buf out;
	buf_init(&out, MIB(1));
	must(f, issues_list(f->store, &filter, &f->arena, &issues, &n, &f->err));
	for (int64_t id = 1; id <= (int64_t)n; id++)
		for (size_t i = 0; i < n; i++) {
			const struct issue *issue = &issues[i];
			if (issue->id != id)
				continue;
			buf_format(&out, "%lld %s %s %s %.*s %s %s fault=%s failed=%llu%s%.*s\n", (long long)id + 1000,
			           issue->end == END_NONE ? "open" : issue_end_text(issue->end),
			           issue_matter_text(issue->matter), issue_kind_text(issue->kind), STR_ARGS(issue->subject),
			           severity_text(issue->severity), confidence_text(issue->confidence), fault_text(issue->fault),
			           (unsigned long long)issue->failed, issue->detail.len > 0 ? " detail=" : "",
			           STR_ARGS(issue->detail));
		}
	char *text = arena_text(&f->arena, buf_view(&out));
	buf_done(&out);
	return text;
}

static inline const char *story_history(struct fixture *f, int64_t id)
{
	struct issue_page page;
	struct buf out;
	buf_init(&out, MIB(1));
	must(f, issues_page(f->store, id, &f->arena, &page, &f->err));
	for (size_t i = 0; i < page.history_count; i++)
		buf_format(&out, "%s%d %s%s%.*s", i > 0 ? ", " : "", day_of(page.history[i].at) - FIRST,
		           issue_event_text(page.history[i].event), page.history[i].text.len > 0 ? " " : "",
		           STR_ARGS(page.history[i].text));
	char *text = arena_text(&f->arena, buf_view(&out));
	buf_done(&out);
	return text;
}
