/* SPDX-License-Identifier: ISC */
#include "present/complete_words.h"

#include "present/words.h"
#include "report/reporter.h"

#define NAMES_MOST 3
#define MINUTE_SECS 60

static struct str data_up_to(struct arena *arena, int32_t day)
{
	return WORDS(arena, "Data up to {day}, 23:59 UTC.", {"day", words_day_short(arena, day)});
}

/* The hour by which all that are missing are usually here; -1 where it is not known of each. */
static int64_t usual_secs(const struct completeness *complete)
{
	int64_t secs = -1;
	for (size_t i = 0; i < complete->missing_count; i++) {
		if (complete->missing[i].usual_secs < 0)
			return -1;
		if (complete->missing[i].usual_secs > secs)
			secs = complete->missing[i].usual_secs;
	}
	return secs;
}

static struct str clock_words(struct arena *arena, int64_t secs)
{
	int64_t of_day = secs % SECS_PER_DAY;
	return str_of(arena_format(arena, "%02d:%02d", (int)(of_day / 3600), (int)(of_day / MINUTE_SECS % 60)));
}

static struct str missing_words(struct arena *arena, const struct completeness *complete, const struct word words[2])
{
	struct str *names = ARENA_ARRAY(arena, complete->missing_count, struct str);
	int64_t secs = usual_secs(complete);

	for (size_t i = 0; i < complete->missing_count; i++)
		names[i] = words_stated(reporter_name(complete->missing[i].reporter, complete->missing[i].organization));
	const struct word all[] = {words[0], words[1],
	                           {"reporters", words_list(arena, names, complete->missing_count, NAMES_MOST)},
	                           {"time", secs < 0 ? STR_NONE : clock_words(arena, secs)}};
	const char *text;
	if (secs < 0)
		text = tr("{reported} of {usual} usual reporters have reported for that day (not yet: {reporters}).");
	else if (secs >= SECS_PER_DAY)
		text = tr("{reported} of {usual} usual reporters have reported for that day ({reporters} usually report by {time} UTC "
		          "two days later).");
	else if (complete->missing_count == 1)
		text = tr("{reported} of {usual} usual reporters have reported for that day ({reporters} usually reports by {time} UTC).");
	else
		text = tr("{reported} of {usual} usual reporters have reported for that day ({reporters} usually report by {time} UTC).");
	return words_fill(arena, text, all, COUNT_OF(all));
}

static struct str last_day_words(struct arena *arena, const struct completeness *complete)
{
	const struct complete_day *last = &complete->last;
	const struct word words[] = {{"reported", words_count(arena, last->reported)},
	                             {"usual", words_count(arena, last->usual)}};

	if (last->usual == 0)
		return str_of(tr("Who usually reports is not known yet; that takes ten days with reports."));
	if (last->reported < last->usual)
		return missing_words(arena, complete, words);
	return words_fill(arena,
	                  tr_n("The one usual reporter has reported for that day.",
	                       "All {usual} usual reporters have reported for that day.", last->usual),
	                  words, COUNT_OF(words));
}

static struct str partial_words(struct arena *arena, const struct completeness *complete)
{
	struct str days[COMPLETE_DAYS];
	for (size_t i = 0; i < complete->partial_count; i++)
		days[i] = WORDS(arena, "{day} ({reported} of {usual})", {"day", words_day_short(arena, complete->partial[i].day)},
		                {"reported", words_count(arena, complete->partial[i].reported)},
		                {"usual", words_count(arena, complete->partial[i].usual)});
	return WORDS(arena, "Also partial: {days}.", {"days", words_list(arena, days, complete->partial_count, NAMES_MOST)});
}

struct str complete_words(struct arena *arena, const struct completeness *complete)
{
	if (complete->last.day == DAY_NONE)
		return STR_NONE;
	struct str up_to = data_up_to(arena, complete->last.day), last = last_day_words(arena, complete);
	if (complete->partial_count == 0)
		return str_of(arena_format(arena, "%.*s %.*s", STR_ARGS(up_to), STR_ARGS(last)));
	struct str partial = partial_words(arena, complete);
	return str_of(arena_format(arena, "%.*s %.*s %.*s", STR_ARGS(up_to), STR_ARGS(last), STR_ARGS(partial)));
}

void complete_words_put(struct doc *doc, const struct completeness *complete)
{
	struct str text = complete_words(doc->arena, complete);
	if (text.p != NULL)
		doc_sub(doc, text);
}

bool complete_words_is_partial(const struct completeness *complete, int32_t day)
{
	if (complete->last.day == day)
		return complete->last.reported < complete->last.usual;
	for (size_t i = 0; i < complete->partial_count; i++)
		if (complete->partial[i].day == day)
			return true;
	return false;
}

static void put_missing_json(struct json_out *json, const struct complete_reporter *missing)
{
	json_out_object(json, NULL);
	json_out_str(json, "reporter", missing->reporter);
	json_out_str(json, "name", reporter_name(missing->reporter, missing->organization));
	if (missing->usual_secs < 0)
		json_out_null(json, "usual_hours");
	else /* after the end of the day */
		json_out_uint(json, "usual_hours", (uint64_t)missing->usual_secs / 3600);
	json_out_end(json);
}

void complete_words_json(struct json_out *json, const struct completeness *complete)
{
	json_out_object(json, "completeness");
	json_out_day(json, "day", complete->last.day);
	json_out_instant(json, "end",
	                 complete->last.day == DAY_NONE ? INSTANT_NONE : day_start(complete->last.day) + SECS_PER_DAY);
	json_out_uint(json, "reported", complete->last.reported);
	json_out_uint(json, "usual", complete->last.usual);
	json_out_list(json, "missing");
	for (size_t i = 0; i < complete->missing_count; i++)
		put_missing_json(json, &complete->missing[i]);
	json_out_end(json);
	json_out_list(json, "partial_days");
	for (size_t i = 0; i < complete->partial_count; i++) {
		json_out_object(json, NULL);
		json_out_day(json, "day", complete->partial[i].day);
		json_out_uint(json, "reported", complete->partial[i].reported);
		json_out_uint(json, "usual", complete->partial[i].usual);
		json_out_end(json);
	}
	json_out_end(json);
	json_out_end(json);
}
