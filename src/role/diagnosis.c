/* SPDX-License-Identifier: ISC */
#include "role/diagnosis.h"

#include "base/limits.h"
#include "base/log.h"
#include "base/num.h"
#include "diagnose/classify.h"
#include "diagnose/issue_life.h"
#include "report/weigh.h"
#include "role/alerting.h"
#include "role/diagnosis_habits.h"
#include "role/diagnosis_mass.h"
#include "role/diagnosis_silence.h"
#include "store/issues.h"

#define KEYS_MOST 4096
#define DATA_DAYS 7 /* an archive that is read in makes days pass that the clock does not know */
#define ARENA_BYTES MIB(64)
/* Servers of one reporter, domain and day that get an issue of their own; a report may name 100,000. */
#define PLACES_MOST 64
#define LOOK_HOLDS_DAYS 3
#define EVERYWHERE_SERVERS 3
#define LARGE_DOMAINS 256 /* judging such an issue costs as many steps: not with each commit */
#define LARGE_SECS 10

/* An issue that this run has in hand: read once, written once, at the end. */
struct held {
	struct issue issue;
	int64_t subject; /* 0: not known, it was not found by its place */
	bool is_changed; /* to be judged and written */
};

struct run {
	struct store *store;
	struct arena arena; /* of the whole run */
	instant now;
	int32_t today; /* the day after the last one with data, at the latest that of the clock */
	struct held **held;
	size_t held_count, held_room;
	bool judges_large; /* issues of many domains too */
	bool has_put_off, has_judged_large;
	struct issue_breadth breadth; /* of the last reporter that was asked for */
	struct err *err;
};

static struct held *hold(struct run *run, const struct issue *issue, int64_t subject)
{
	struct held *held = ARENA_NEW(&run->arena, struct held);
	void *array = run->held;
	*(struct held **)arena_push(&run->arena, &array, &run->held_count, &run->held_room, sizeof held) = held;
	run->held = array;
	*held = (struct held){.issue = *issue, .subject = subject};
	return held;
}

/* NULL on failure.  The newest are looked at first: reports of a morning hit the same few. */
static struct held *held_of(struct run *run, int64_t id)
{
	struct issue issue;
	for (size_t i = run->held_count; i > 0; i--)
		if (run->held[i - 1]->issue.id == id)
			return run->held[i - 1];
	return issues_load(run->store, id, &run->arena, &issue, run->err) ? hold(run, &issue, 0) : NULL;
}

static bool tell(struct run *run, int64_t issue, enum issue_event event, struct str text)
{
	return issues_history_add(run->store, issue, run->now, event, text, run->err);
}

/* --- to which issue a failure belongs --- */

/* One failing part of a day, with its place. */
struct place {
	unsigned matter;
	enum issue_kind kind;
	int64_t subject;
};

/* A failure belongs to its MX where one is stated.  Without one: to the open issue of the same cause on an MX that has
 * this domain already (another reporter named the MX); a cause that says nothing, to the reporter, because it is one
 * thing however many domains it has; else to the domain. */
static bool place_of(struct run *run, const struct issue_key *key, const struct issue_day_row *row, struct place *out,
                     int64_t *out_issue)
{
	*out_issue = 0;
	*out = (struct place){.matter = row->cause};
	if (row->odd_result != 0) { /* one thing, whoever names it and wherever */
		*out = (struct place){MATTER_UNKNOWN_RESULT, ISSUE_ON_RESULT, row->odd_result};
		return true;
	}
	switch (cause_subject(row->cause)) {
	case CAUSE_SUBJECT_DOMAIN:
		out->kind = ISSUE_ON_DOMAIN;
		out->subject = key->domain;
		return true;
	case CAUSE_SUBJECT_REPORTER:
		out->kind = ISSUE_ON_REPORTER;
		out->subject = key->reporter;
		return true;
	case CAUSE_SUBJECT_MX: break;
	}
	bool says_nothing = row->cause == CAUSE_UNKNOWN;
	if (row->mx == 0 || says_nothing) {
		unsigned matter = says_nothing ? MATTER_COUNT : row->cause;
		if (!issues_of_mx(run->store, matter, row->mx, key->domain, out_issue, run->err))
			return false;
		if (*out_issue != 0)
			return true;
	}
	out->kind = row->mx != 0 ? ISSUE_ON_MX : says_nothing ? ISSUE_ON_REPORTER : ISSUE_ON_DOMAIN;
	out->subject = row->mx != 0 ? row->mx : says_nothing ? key->reporter : key->domain;
	return true;
}

static struct held *open_new(struct run *run, const struct place *place, const struct issue_key *key)
{
	struct issue issue = {.matter = place->matter,
	                      .kind = place->kind,
	                      .fault = issue_matter_fault(place->matter),
	                      .opened_at = run->now,
	                      .changed_at = run->now,
	                      .snoozed_until = INSTANT_NONE,
	                      .closed_at = INSTANT_NONE,
	                      .looked_at = INSTANT_NONE,
	                      .first_day = key->day,
	                      .last_day = key->day,
	                      .clean_day = DAY_NONE};
	if (!issues_add(run->store, &issue, place->subject, run->err) || !tell(run, issue.id, EVENT_OPENED, STR_NONE))
		return NULL;
	return hold(run, &issue, place->subject);
}

static bool reopen(struct run *run, struct issue *issue)
{
	issue->end = END_NONE;
	issue->closed_at = INSTANT_NONE;
	issue->is_acknowledged = false;
	issue->snoozed_until = INSTANT_NONE;
	issue->trend = TREND_STEADY;
	issue->changed_at = run->now;
	return tell(run, issue->id, EVENT_REOPENED, STR_NONE);
}

static bool newest_at(struct run *run, const struct place *place, struct held **out)
{
	int64_t id;
	*out = NULL;
	for (size_t i = run->held_count; i > 0; i--) { /* the last one added is the newest */
		struct held *held = run->held[i - 1];
		if (held->subject == place->subject && held->issue.kind == place->kind &&
		    held->issue.matter == place->matter) {
			*out = held;
			return true;
		}
	}
	if (!issues_newest(run->store, place->matter, place->kind, place->subject, &id, run->err))
		return false;
	if (id == 0)
		return true;
	*out = held_of(run, id);
	if (*out != NULL)
		(*out)->subject = place->subject;
	return *out != NULL;
}

/* What our own look has found there is told by reporters in other words of the same family. */
static bool confirmed_at(struct run *run, const struct place *place, struct held **held)
{
	struct issue *open;
	size_t count;

	if (place->matter >= CAUSE_COUNT)
		return true;
	if (!issues_open_on(run->store, place->kind, place->subject, &run->arena, &open, &count, run->err))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (open[i].seen != SEEN_BROKEN || open[i].matter >= CAUSE_COUNT ||
		    cause_family((enum cause)open[i].matter) != cause_family((enum cause)place->matter))
			continue;
		*held = held_of(run, open[i].id);
		return *held != NULL;
	}
	return true;
}

/* The issue of a place for failures of this day: the newest, reopened or anew where the rules say so.  NULL on failure. */
static struct held *issue_at(struct run *run, const struct place *place, const struct issue_key *key)
{
	struct held *held;
	if (!newest_at(run, place, &held) ||
	    ((held == NULL || held->issue.end != END_NONE) && !confirmed_at(run, place, &held)))
		return NULL;
	if (held == NULL)
		return open_new(run, place, key);
	switch (issue_life_place(held->issue.end, held->issue.clean_day, key->day)) {
	case LIFE_BELONGS: return held;
	case LIFE_REOPENS: return reopen(run, &held->issue) ? held : NULL;
	case LIFE_NEW: break;
	}
	held->subject = 0; /* the new one stands in its place */
	return open_new(run, place, key);
}

/* --- bookkeeping of one key --- */

struct change {
	struct issue_part part; /* as it shall be; failed 0: gone */
	enum severity worst;
};

static struct change *change_of(struct change *changes, size_t *count, int64_t issue)
{
	for (size_t i = 0; i < *count; i++)
		if (changes[i].part.issue == issue)
			return &changes[i];
	changes[*count] = (struct change){.part.issue = issue};
	return &changes[(*count)++];
}

static struct held *issue_of_row(struct run *run, const struct issue_key *key, const struct issue_day_row *row)
{
	struct place place;
	int64_t issue;
	if (!place_of(run, key, row, &place, &issue))
		return NULL;
	return issue != 0 ? held_of(run, issue) : issue_at(run, &place, key);
}

/* `known` may hold the issue already, or gets it. */
static bool add_row(struct run *run, const struct issue_key *key, const struct issue_day_row *row, uint64_t total,
                    struct held **known, struct change *changes, size_t *count)
{
	if (*known == NULL)
		*known = issue_of_row(run, key, row);
	struct held *held = *known;
	if (held == NULL)
		return false;
	bool refused = row->is_unexplained ? classify_unit_refuses(row->type, row->mode) : row->refused;
	struct change *change = change_of(changes, count, held->issue.id);
	enum severity severity =
	    row->odd_result != 0 ? SEVERITY_NOTICE : cause_severity(row->cause, row->type, row->mode);
	change->part.failed += row->sessions;
	change->part.refused += refused ? row->sessions : 0;
	change->part.total = total;
	if (severity > change->worst)
		change->worst = severity;
	return true;
}

static uint64_t moved(uint64_t sum, uint64_t was, uint64_t is)
{
	uint64_t more = num_add_sat(sum, is);
	return more > was ? more - was : 0;
}

static bool keep_part(struct run *run, const struct issue_key *key, const struct change *change,
                      const struct issue_part *was)
{
	const struct issue_part *is = &change->part;
	struct held *held = held_of(run, is->issue);
	if (held == NULL || !issues_set_part(run->store, key, is, run->err))
		return false;
	struct issue *issue = &held->issue;
	issue->failed = moved(issue->failed, was->failed, is->failed);
	issue->refused = moved(issue->refused, was->refused, is->refused);
	issue->total = moved(issue->total, was->total, is->failed == 0 ? 0 : is->total);
	if (is->failed > 0 && key->day < issue->first_day)
		issue->first_day = key->day;
	if (is->failed > 0 && key->day > issue->last_day)
		issue->last_day = key->day;
	if (change->worst > issue->worst)
		issue->worst = change->worst;
	return true;
}

/* What is known of one key before it is worked on. */
struct known {
	const struct issue_member *members;
	size_t member_count;
	uint64_t total; /* sessions; 0: the day was taken back */
};

/* Where the pair stands now: its last bad day, and whether it has reported without the issue since.  What the rows of the
 * member say is enough unless something was taken back; then, and for a new member, all days are looked at. */
static bool keep_member(struct run *run, const struct issue_key *key, const struct known *known, int64_t issue,
                        bool is_bad, bool is_taken_back)
{
	const struct issue_member *was = NULL;
	struct issue_member is = {.part.issue = issue, .last_bad = key->day};
	int32_t heard = key->day;
	for (size_t i = 0; i < known->member_count; i++)
		if (known->members[i].part.issue == issue)
			was = &known->members[i];
	struct held *held = held_of(run, issue);
	if (held == NULL)
		return false;
	if (was == NULL || is_taken_back || known->total == 0) {
		if (!issues_last_heard(run->store, key->reporter, key->domain, &heard, run->err) ||
		    !issues_last_bad(run->store, key, issue, &is.last_bad, run->err))
			return false;
	} else {
		is.last_bad = is_bad && key->day > was->last_bad ? key->day : was->last_bad;
		heard = was->last_clean > heard ? was->last_clean : heard;
	}
	is.last_clean = heard > is.last_bad ? heard : DAY_NONE;
	if (was != NULL && was->last_bad == is.last_bad && was->last_clean == is.last_clean && !is_bad)
		return true;
	held->is_changed = true;
	return issues_set_member(run->store, key->reporter, key->domain, &is, run->err);
}

static bool apply(struct run *run, const struct issue_key *key, const struct known *known, struct change *changes,
                  size_t count)
{
	size_t bad_count = count;

	for (size_t i = 0; i < known->member_count; i++) /* what was there and is not any more */
		if (known->members[i].part.failed > 0)
			(void)change_of(changes, &count, known->members[i].part.issue);
	for (size_t i = 0; i < count; i++) {
		struct issue_part was = {0};
		const struct issue_part *is = &changes[i].part;
		for (size_t m = 0; m < known->member_count; m++)
			if (known->members[m].part.issue == is->issue)
				was = known->members[m].part;
		bool is_bad = i < bad_count;
		bool same = is_bad && was.failed == is->failed && was.refused == is->refused && was.total == is->total;
		if (!same && !keep_part(run, key, &changes[i], &was))
			return false;
		if (!keep_member(run, key, known, is->issue, is_bad, !is_bad))
			return false;
	}
	for (size_t i = 0; i < known->member_count; i++) { /* which may be clean now */
		bool is_done = false;
		for (size_t c = 0; c < count; c++)
			is_done |= changes[c].part.issue == known->members[i].part.issue;
		if (!is_done && !keep_member(run, key, known, known->members[i].part.issue, false, false))
			return false;
	}
	return true;
}

static bool take_key(struct run *run, const struct issue_key *key)
{
	struct known known = {0};
	struct issue_day_row *rows;
	struct issue_member *members;
	size_t row_count, count = 0;

	if (!issues_day(run->store, key, &run->arena, &rows, &row_count, &known.total, run->err) ||
	    !issues_known(run->store, key, &run->arena, &members, &known.member_count, run->err))
		return false;
	known.members = members;
	struct change *changes = ARENA_ARRAY(&run->arena, row_count + known.member_count + 1, struct change);
	struct held *of_cause[CAUSE_COUNT] = {NULL}; /* of what is beyond PLACES_MOST */
	for (size_t i = 0; i < row_count; i++) {
		struct held *none = NULL;
		bool is_beyond = i >= PLACES_MOST;
		if (is_beyond)
			rows[i].mx = 0;
		if (!add_row(run, key, &rows[i], known.total, is_beyond ? &of_cause[rows[i].cause] : &none, changes,
		             &count))
			return false;
	}
	return apply(run, key, &known, changes, count);
}

/* --- judging an issue --- */

static bool close_issue(struct run *run, struct issue *issue, enum issue_end why, int32_t clean_day, struct str text)
{
	issue->end = why;
	issue->closed_at = run->now;
	issue->changed_at = run->now;
	issue->clean_day = clean_day;
	issue->trend = TREND_STEADY;
	issue->snoozed_until = INSTANT_NONE;
	return tell(run, issue->id, EVENT_CLOSED, text);
}

/* The same cause was seen on the domain alone before its MX was named: those issues are part of this one. */
static bool join_domains(struct run *run, struct issue *issue)
{
	int64_t *others;
	size_t count;
	char text[ISSUE_NUMBER_MAX];

	if (issue->kind != ISSUE_ON_MX || issue->end != END_NONE)
		return true;
	if (!issues_joinable(run->store, issue, &run->arena, &others, &count, run->err))
		return false;
	for (size_t i = 0; i < count; i++) {
		struct held *held = held_of(run, others[i]);
		if (held == NULL)
			return false;
		struct issue *joined = &held->issue;
		if (joined->end != END_NONE)
			continue;
		if (!issues_move(run->store, joined->id, issue->id, run->err) ||
		    !close_issue(run, joined, END_JOINED, joined->last_day, issue_number(issue->id, text)) ||
		    !issues_save(run->store, joined, run->err))
			return false;
		held->is_changed = false;
		issue->failed = num_add_sat(issue->failed, joined->failed);
		issue->refused = num_add_sat(issue->refused, joined->refused);
		issue->total = num_add_sat(issue->total, joined->total);
		issue->first_day = joined->first_day < issue->first_day ? joined->first_day : issue->first_day;
		issue->last_day = joined->last_day > issue->last_day ? joined->last_day : issue->last_day;
		issue->worst = joined->worst > issue->worst ? joined->worst : issue->worst;
	}
	return true;
}

/* Whether the one reporter fails at server after server, whoever's they are.  What others have judged in this run is not
 * written yet: it shows with the next. */
static bool fails_everywhere(struct run *run, const struct issue *issue, int64_t reporter, bool *out)
{
	struct issue_breadth *breadth = &run->breadth;
	if (breadth->reporter != reporter || breadth->day != issue->last_day) {
		*breadth = (struct issue_breadth){.reporter = reporter, .day = issue->last_day};
		if (!issues_breadth(run->store, EVERYWHERE_SERVERS, breadth, run->err))
			return false;
	}
	*out = breadth->servers >= EVERYWHERE_SERVERS && breadth->failed * 10 >= breadth->total * 9;
	return true;
}

static bool weigh(struct run *run, struct issue *issue, const struct issue_reporter *list, size_t reporters)
{
	enum severity before = issue->severity;
	uint64_t known;
	bool everywhere = false;

	issue->others_sessions = issue->others_reporters = 0;
	if (!issues_known_reporters(run->store, list, reporters, run->now, &known, run->err) ||
	    (weigh_compares(issue, reporters) &&
	     !issues_others(run->store, issue, &issue->others_sessions, &issue->others_reporters, run->err)) ||
	    (reporters == 1 && issue->kind == ISSUE_ON_MX && issue->matter < CAUSE_COUNT && issue->others_sessions == 0 &&
	     !fails_everywhere(run, issue, list[0].reporter, &everywhere)))
		return false;
	weigh_issue(issue, known, everywhere);
	if (before != issue->severity && before != SEVERITY_OK)
		return tell(run, issue->id, EVENT_SEVERITY, str_of(severity_text(issue->severity)));
	return true;
}

/* Says which reporters and how many domains came to it since the last time. */
static bool tell_growth(struct run *run, struct issue *issue, const struct issue_reporter *reporters, size_t n,
                        uint64_t domains)
{
	bool grows = false;
	if (issue->reporters > 0 && n > issue->reporters) {
		const struct issue_reporter *newest = &reporters[0];
		for (size_t i = 1; i < n; i++)
			if (reporters[i].reporter > newest->reporter)
				newest = &reporters[i];
		grows = true;
		if (!tell(run, issue->id, EVENT_REPORTER, newest->name))
			return false;
	}
	if (issue->domains_told == 0) {
		issue->domains_told = domains;
	} else if (domains >= 2 * issue->domains_told) {
		issue->domains_told = domains;
		grows = true;
		if (!tell(run, issue->id, EVENT_GREW,
		          str_of(arena_format(&run->arena, "%llu", (unsigned long long)domains))))
			return false;
	}
	if (grows)
		issue->trend = TREND_GROWING;
	issue->reporters = n;
	issue->domains = domains;
	return true;
}

static int32_t day_after_last(const struct issue *issue)
{
	return issue->last_day + 1;
}

/* Where nobody has looked again for days, the reports know better. */
static enum issue_seen seen_lately(const struct run *run, const struct issue *issue)
{
	bool is_old = issue->looked_at == INSTANT_NONE || run->now - issue->looked_at > LOOK_HOLDS_DAYS * SECS_PER_DAY;
	return is_old ? SEEN_NOT : issue->seen;
}

/* No reporter has it: our own look alone, or a revision took its last failure away. */
static bool live_on_alone(struct run *run, struct issue *issue)
{
	if (issue->looked_at == INSTANT_NONE || issue->seen == SEEN_CLEAN)
		return close_issue(run, issue, END_CLEAN, issue->last_day, STR_NONE);
	if (day_of(run->now) - day_of(issue->looked_at) > ISSUE_FADES_DAYS)
		return close_issue(run, issue, END_FADED, day_of(run->now), STR_NONE);
	return true;
}

static bool live_on(struct run *run, struct issue *issue, const struct issue_reporter *reporters, size_t n)
{
	struct life_reporter *lives = ARENA_ARRAY(&run->arena, n + 1, struct life_reporter);
	for (size_t i = 0; i < n; i++)
		lives[i] = (struct life_reporter){.last_bad = reporters[i].last_bad,
		                                  .last_heard = reporters[i].last_heard,
		                                  .members = reporters[i].members,
		                                  .clean_members = reporters[i].clean_members};
	if (n == 0)
		return live_on_alone(run, issue);
	switch (issue_life_judge(lives, n, seen_lately(run, issue), run->today)) {
	case LIFE_CLEAN: return close_issue(run, issue, END_CLEAN, day_after_last(issue), STR_NONE);
	case LIFE_FADED: return close_issue(run, issue, END_FADED, day_after_last(issue), STR_NONE);
	case LIFE_RECOVERING:
		if (issue->trend == TREND_RECOVERING)
			return true;
		issue->trend = TREND_RECOVERING;
		return tell(run, issue->id, EVENT_RECOVERING, STR_NONE);
	case LIFE_STAYS: break;
	}
	if (issue->trend == TREND_RECOVERING)
		issue->trend = TREND_STEADY;
	return true;
}

/* Silence that has lasted so long is the new habit: nothing is left to compare with. */
static bool fade_derived(struct run *run, struct issue *issue)
{
	if (issue->seen != SEEN_NOT)
		issue->confidence = weigh_confidence(1, issue->seen);
	int32_t since = issue->looked_at == INSTANT_NONE ? issue->first_day : day_of(issue->looked_at);
	if (issue->end != END_NONE || day_of(run->now) - since <= 2 * ISSUE_FADES_DAYS)
		return true;
	return close_issue(run, issue, END_FADED, day_of(run->now), STR_NONE);
}

static bool judge(struct run *run, struct issue *issue)
{
	struct issue_reporter *reporters;
	size_t n;
	uint64_t domains;

	if (!issue_matter_is_reported(issue->matter))
		return fade_derived(run, issue);
	if (!join_domains(run, issue) ||
	    !issues_reporters(run->store, issue->id, &run->arena, &reporters, &n, &domains, run->err))
		return false;
	if (issue->end != END_NONE) { /* late words about the past */
		issue->reporters = n;
		issue->domains = domains;
		return true;
	}
	return tell_growth(run, issue, reporters, n, domains) && (n == 0 || weigh(run, issue, reporters, n)) &&
	       live_on(run, issue, reporters, n);
}

/* Those that come in while judging (an issue that is joined to another) are settled where that happens. */
static bool judge_all(struct run *run)
{
	for (size_t i = 0; i < run->held_count; i++) {
		struct held *held = run->held[i];
		if (!held->is_changed)
			continue;
		bool is_put_off =
		    !run->judges_large && held->issue.end == END_NONE && held->issue.domains >= LARGE_DOMAINS;
		run->has_put_off |= is_put_off;
		run->has_judged_large |= !is_put_off && held->issue.domains >= LARGE_DOMAINS;
		if (is_put_off ? !issues_put_off(run->store, held->issue.id, run->err) : !judge(run, &held->issue))
			return false;
		if (!issues_save(run->store, &held->issue, run->err))
			return false;
	}
	return true;
}

/* That nothing is heard of an issue says something only as far as anything is heard: an archive that is read in, or a
 * house that gets no reports any more, must not close what may still be wrong. */
static bool begin(struct run *run, struct store *store, instant now, struct err *err)
{
	int32_t last_day = DAY_NONE;
	*run = (struct run){.store = store, .now = now, .today = day_of(now), .judges_large = true, .err = err};
	arena_init(&run->arena, ARENA_BYTES);
	if (!issues_last_day(store, &last_day, err))
		return false;
	if (last_day != DAY_NONE && last_day < run->today)
		run->today = last_day + 1;
	return true;
}

/* What earlier parts have left. */
static bool take_put_off(struct run *run)
{
	int64_t *ids;
	size_t count;

	if (!issues_take_put_off(run->store, &run->arena, &ids, &count, run->err))
		return false;
	for (size_t i = 0; i < count; i++) {
		struct held *held = held_of(run, ids[i]);
		if (held == NULL)
			return false;
		held->is_changed = true;
	}
	return true;
}

/* When nothing comes in any more, or once in a while. */
static bool may_judge_large(struct run *run, size_t touched, bool *out)
{
	int64_t last;

	if (!issues_recall(run->store, "diagnosis-large", &last, run->err))
		return false;
	*out = touched == 0 || last == INT64_MIN || run->now < last || run->now - last >= LARGE_SECS;
	return true;
}

bool diagnosis_run(struct store *store, instant now, size_t most, bool *out_more, struct err *err)
{
	struct run run;
	struct issue_key *keys;
	size_t count = 0;

	bool ok = begin(&run, store, now, err) && issues_touched(store, most, &run.arena, &keys, &count, err);
	for (size_t i = 0; ok && i < count; i++)
		ok = take_key(&run, &keys[i]);
	ok = ok && may_judge_large(&run, count, &run.judges_large) && (!run.judges_large || take_put_off(&run)) &&
	     judge_all(&run) &&
	     (!run.has_judged_large || issues_remember(store, "diagnosis-large", now, err));
	*out_more = ok && (count == most || run.has_put_off);
	arena_done(&run.arena);
	return ok;
}

/* --- by the clock --- */

bool diagnosis_daily(struct store *store, instant now, struct err *err)
{
	struct run run;
	int64_t *ids, last;
	size_t count = 0;

	int64_t last_data;
	int32_t data;

	if (!issues_recall(store, "diagnosis-day", &last, err) ||
	    !issues_recall(store, "diagnosis-data", &last_data, err) || !issues_last_day(store, &data, err))
		return false;
	if (last == day_of(now) && data < last_data + DATA_DAYS)
		return true;
	bool ok = begin(&run, store, now, err) && issues_remember(store, "diagnosis-day", day_of(now), err) &&
	          issues_remember(store, "diagnosis-data", data, err) &&
	          issues_open_ids(store, &run.arena, &ids, &count, err);
	for (size_t i = 0; ok && i < count; i++) {
		struct held *held = held_of(&run, ids[i]);
		ok = held != NULL;
		if (ok)
			held->is_changed = true;
	}
	ok = ok && judge_all(&run) && diagnosis_silence(store, &run.arena, now, err) &&
	     diagnosis_habits(store, &run.arena, now, err);
	arena_done(&run.arena);
	return ok;
}

static bool mass(struct store *store, instant now, struct err *err)
{
	struct arena arena;
	arena_init(&arena, ARENA_BYTES);
	bool ok = diagnosis_mass(store, &arena, now, err);
	arena_done(&arena);
	return ok;
}

bool diagnosis_step(struct store *store, instant now, size_t most)
{
	struct err err = {0};
	bool ok = issues_mark(store, &err), more = true;
	if (!ok) {
		LOG(LOG_LEVEL_ERROR, "diagnosis-failed", LOG_TEXT("why", err.text));
		return false;
	}
	ok = diagnosis_daily(store, now, &err) && mass(store, now, &err);
	for (size_t left = most; ok && more && left > 0;) {
		size_t keys = left < KEYS_MOST ? left : KEYS_MOST;
		ok = diagnosis_run(store, now, keys, &more, &err);
		left = most == DIAGNOSIS_ALL ? left : left - keys;
	}
	if (ok) {
		struct arena arena;
		arena_init(&arena, ARENA_BYTES);
		ok = alerting_judge(store, &arena, now, &err);
		arena_done(&arena);
	}
	if (!ok)
		LOG(LOG_LEVEL_ERROR, "diagnosis-failed", LOG_TEXT("why", err.text));
	if (!issues_unmark(store, ok, &err))
		LOG(LOG_LEVEL_ERROR, "diagnosis-failed", LOG_TEXT("why", err.text));
	return ok && more;
}

/* --- by hand --- */

/* One change of one issue in a transaction of its own. */
typedef bool act_fn(struct run *run, struct issue *issue, const void *what);

static bool act_inside(struct store *store, int64_t id, instant now, act_fn *fn, const void *what, struct err *err)
{
	struct run run;
	struct issue issue;
	bool ok =
	    begin(&run, store, now, err) && issues_load(store, id, &run.arena, &issue, err) && fn(&run, &issue, what);
	if (ok) {
		issue.changed_at = now;
		ok = issues_save(store, &issue, err);
	}
	arena_done(&run.arena);
	return ok;
}

static bool act(struct store *store, int64_t id, instant now, act_fn *fn, const void *what, struct err *err)
{
	if (!issues_may_change(store, id, err) || !store_begin(store, err))
		return false;
	if (!act_inside(store, id, now, fn, what, err)) {
		store_rollback(store);
		return false;
	}
	return store_commit(store, err);
}

static bool must_be_open(const struct issue *issue, struct err *err)
{
	return issue->end == END_NONE || err_set(err, ERR_INPUT, "the issue is closed");
}

static bool acknowledge(struct run *run, struct issue *issue, const void *what)
{
	const struct str *owner = what;
	issue->is_acknowledged = true;
	issue->snoozed_until = INSTANT_NONE;
	if (owner->len > 0)
		issue->owner = *owner;
	return must_be_open(issue, run->err) && tell(run, issue->id, EVENT_ACKNOWLEDGED, *owner);
}

bool diagnosis_acknowledge(struct store *store, int64_t id, struct str owner, instant now, struct err *err)
{
	return act(store, id, now, acknowledge, &owner, err);
}

static bool snooze(struct run *run, struct issue *issue, const void *what)
{
	char text[INSTANT_TEXT_MAX];
	issue->snoozed_until = *(const instant *)what;
	if (issue->snoozed_until <= run->now)
		return err_set(run->err, ERR_INPUT, "that moment has passed");
	return must_be_open(issue, run->err) &&
	       tell(run, issue->id, EVENT_SNOOZED, instant_format(issue->snoozed_until, text));
}

bool diagnosis_snooze(struct store *store, int64_t id, instant until, instant now, struct err *err)
{
	return act(store, id, now, snooze, &until, err);
}

struct closing {
	enum issue_end why;
	struct str note;
};

static bool close_by_hand(struct run *run, struct issue *issue, const void *what)
{
	const struct closing *closing = what;
	if (!must_be_open(issue, run->err))
		return false;
	if (closing->note.len > 0)
		issue->note = closing->note;
	const char *text = closing->note.len == 0 ? issue_end_text(closing->why)
	                                          : arena_format(&run->arena, "%s: %.*s", issue_end_text(closing->why),
	                                                         STR_ARGS(closing->note));
	/* Sessions of today may have come before the mending. */
	return close_issue(run, issue, closing->why, day_of(run->now), str_of(text));
}

bool diagnosis_close(struct store *store, int64_t id, enum issue_end why, struct str note, instant now, struct err *err)
{
	struct closing closing = {why, note};
	return act(store, id, now, close_by_hand, &closing, err);
}

static bool note(struct run *run, struct issue *issue, const void *what)
{
	const struct str *text = what;
	if (text->len == 0)
		return err_set(run->err, ERR_INPUT, "a note says something");
	return tell(run, issue->id, EVENT_NOTE, *text);
}

bool diagnosis_note(struct store *store, int64_t id, struct str text, instant now, struct err *err)
{
	return act(store, id, now, note, &text, err);
}

static bool reopen_by_hand(struct run *run, struct issue *issue, const void *what)
{
	(void)what;
	if (issue->end == END_NONE)
		return err_set(run->err, ERR_INPUT, "the issue is open");
	if (issue->end == END_JOINED)
		return err_set(run->err, ERR_INPUT, "the issue is part of another one");
	return reopen(run, issue);
}

bool diagnosis_reopen(struct store *store, int64_t id, instant now, struct err *err)
{
	return act(store, id, now, reopen_by_hand, NULL, err);
}

static bool look(struct run *run, struct issue *issue, const void *what)
{
	const struct diagnosis_looked *looked = what;
	const char *seen = issue_seen_text(looked->seen);
	bool changed = looked->seen != SEEN_NOT && looked->seen != issue->seen;
	if (looked->seen != SEEN_NOT) {
		issue->seen = looked->seen;
		issue->looked_at = run->now;
	}
	const char *text = looked->story.len == 0
	                       ? seen
	                       : arena_format(&run->arena, "%s %.*s", seen, STR_ARGS(looked->story));
	if ((changed || looked->is_asked_for) && !tell(run, issue->id, EVENT_LOOKED, str_of(text)))
		return false;
	return judge(run, issue); /* what our look says weighs on severity and on the end */
}

bool diagnosis_look_inside(struct store *store, int64_t id, const struct diagnosis_looked *looked, instant now,
                           struct err *err)
{
	return act_inside(store, id, now, look, looked, err);
}

bool diagnosis_look(struct store *store, int64_t id, const struct diagnosis_looked *looked, instant now, struct err *err)
{
	return act(store, id, now, look, looked, err);
}
