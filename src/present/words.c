/* SPDX-License-Identifier: ISC */
#include "present/words.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/num.h"
#include "present/language.h"

const char *tr(const char *text)
{
	const char *other = language_text(text, 0);
	return other != NULL ? other : text;
}

const char *tr_n(const char *one, const char *many, uint64_t n)
{
	const char *other = language_text(one, plural_form(language_now()->plural, n));
	return other != NULL ? other : n == 1 ? one : many;
}

static const struct word *find(const struct word *words, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(str_of(words[i].name), name))
			return &words[i];
	return NULL;
}

struct str words_fill(struct arena *arena, const char *text, const struct word *words, size_t n)
{
	struct buf out;
	struct str rest = str_of(text);

	buf_init(&out, MIB(4));
	while (rest.len > 0) {
		size_t open = str_find_byte(rest, '{');
		buf_str(&out, str_upto(rest, open));
		rest = str_from(rest, open);
		if (rest.len == 0)
			break;
		size_t close = str_find_byte(rest, '}');
		const struct word *word =
		    close < rest.len ? find(words, n, str_upto(str_from(rest, 1), close - 1)) : NULL;
		if (word == NULL) {
			buf_byte(&out, '{');
			rest = str_from(rest, 1);
		} else {
			buf_str(&out, word->value);
			rest = str_from(rest, close + 1);
		}
	}
	struct str filled = arena_str(arena, buf_view(&out));
	buf_done(&out);
	return filled;
}

struct str words_stated(struct str text)
{
	return text.len == 0 || str_eq(text, STR("not stated")) ? str_of(tr("not stated")) : text;
}

struct str words_count(struct arena *arena, uint64_t n)
{
	const struct language *language = language_now();
	char digits[NUM_DIGITS_MAX];
	struct str plain = num_format_uint(n, digits);
	struct buf out;

	buf_init(&out, NUM_DIGITS_MAX * 4);
	for (size_t i = 0; i < plain.len; i++) {
		if (i > 0 && (plain.len - i) % 3 == 0 && plain.len >= language->group_from)
			buf_text(&out, language->thousands);
		buf_byte(&out, plain.p[i]);
	}
	struct str text = arena_str(arena, buf_view(&out));
	buf_done(&out);
	return text;
}

/* With so many digits after the decimal sign; cut off, not rounded, when told. */
static struct str decimal(struct arena *arena, double value, bool has_tenth)
{
	uint64_t tenths = (uint64_t)(value * 10 + 0.5);

	if (!has_tenth)
		return words_count(arena, (uint64_t)(value + 0.5));
	return str_of(arena_format(arena, "%.*s%s%u", STR_ARGS(words_count(arena, tenths / 10)), language_now()->decimal,
	                           (unsigned)(tenths % 10)));
}

static struct str percent(struct arena *arena, const char *sign, double share, bool has_tenth)
{
	return str_of(arena_format(arena, "%s%.*s%s", sign, STR_ARGS(decimal(arena, share, has_tenth)),
	                           language_now()->percent));
}

struct str words_share(struct arena *arena, uint64_t part, uint64_t whole)
{
	if (whole == 0)
		return STR("");
	double share = 100.0 * (double)part / (double)whole;
	if (part == 0)
		return percent(arena, "", 0, false);
	if (share < 0.1)
		return percent(arena, "< ", 0.1, true);
	if (part >= whole)
		return percent(arena, "", 100, false);
	if (share > 99.9)
		return percent(arena, "> ", 99.9, true);
	if (share >= 99)
		return percent(arena, "", (double)(uint64_t)(share * 10) / 10, true);
	return percent(arena, "", share, share < 9.95);
}

struct str words_bytes(struct arena *arena, uint64_t bytes)
{
	static const char *const units[] = {tr_mark("{n} kB"), tr_mark("{n} MB"), tr_mark("{n} GB"),
	                                    tr_mark("{n} TB"), tr_mark("{n} PB"), tr_mark("{n} EB")};
	double size = (double)bytes;
	size_t unit = 0;

	for (; size >= 999.5 && unit < COUNT_OF(units); unit++)
		size /= 1000;
	if (unit == 0)
		return WORDS_N(arena, bytes, "{n} byte", "{n} bytes", {"n", words_count(arena, bytes)});
	return WORDS(arena, units[unit - 1], {"n", decimal(arena, size, size < 9.95)});
}

static struct str day_text(struct arena *arena, int32_t day, const char *pattern, const char *const *months)
{
	const struct language *language = language_now();

	if (day == DAY_NONE)
		return str_of(tr("not stated"));
	struct day_parts parts = day_split(day);
	const struct word words[] = {
	    {"day", parts.day == 1 && language->first_of_month != NULL
	                ? str_of(language->first_of_month)
	                : str_of(arena_format(arena, "%d", parts.day))},
	    {"month", str_of(months[parts.month - 1])},
	    {"year", str_of(arena_format(arena, "%d", parts.year))}};
	return words_fill(arena, pattern, words, COUNT_OF(words));
}

struct str words_day(struct arena *arena, int32_t day)
{
	return day_text(arena, day, language_now()->day, language_now()->months);
}

struct str words_day_short(struct arena *arena, int32_t day)
{
	return day_text(arena, day, language_now()->day_short, language_now()->months_short);
}

struct str words_instant(struct arena *arena, instant at)
{
	if (at == INSTANT_NONE)
		return str_of(tr("not stated"));
	int32_t day = day_of(at);
	int64_t secs = at - day_start(day);
	return str_of(arena_format(arena, "%.*s, %02d:%02d:%02d UTC", STR_ARGS(words_day_short(arena, day)),
	                           (int)(secs / 3600), (int)(secs / 60 % 60), (int)(secs % 60)));
}

/* 23:59:59 and the next midnight both end a whole day. */
static bool is_whole_days(instant begin, instant end)
{
	return begin == day_start(day_of(begin)) && end > begin &&
	       (end == day_start(day_of(end)) || end == day_start(day_of(end) + 1) - 1);
}

static int32_t last_day(instant end)
{
	return day_of(end == day_start(day_of(end)) ? end - 1 : end);
}

bool words_period_is_day(instant begin, instant end)
{
	return begin != INSTANT_NONE && end != INSTANT_NONE && is_whole_days(begin, end) && last_day(end) == day_of(begin);
}

struct str words_period(struct arena *arena, instant begin, instant end)
{
	if (begin == INSTANT_NONE || end == INSTANT_NONE)
		return str_of(tr("a period that is not stated"));
	if (!is_whole_days(begin, end))
		return WORDS(arena, "{begin} to {end}", {"begin", words_instant(arena, begin)},
		             {"end", words_instant(arena, end)});
	if (words_period_is_day(begin, end))
		return WORDS(arena, "{day} (UTC)", {"day", words_day(arena, day_of(begin))});
	return WORDS(arena, "{first} to {last} (UTC)", {"first", words_day(arena, day_of(begin))},
	             {"last", words_day(arena, last_day(end))});
}

struct str words_list(struct arena *arena, const struct str *items, size_t n, size_t most)
{
	struct str head = STR("");
	size_t shown = n > most ? most : n;

	if (n == 0)
		return head;
	for (size_t i = 0; i < shown; i++) {
		bool is_last = i + 1 == n;
		if (i == 0)
			head = items[0];
		else if (is_last)
			head = WORDS(arena, "{list} and {item}", {"list", head}, {"item", items[i]});
		else
			head = WORDS(arena, "{list}, {item}", {"list", head}, {"item", items[i]});
	}
	if (shown < n)
		head = WORDS(arena, "{list} and {count} more", {"list", head}, {"count", words_count(arena, n - shown)});
	return head;
}
