/* SPDX-License-Identifier: ISC */
#include "present/words.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/num.h"

static const char *const months[] = {"January", "February", "March",     "April",   "May",      "June",
                                     "July",    "August",   "September", "October", "November", "December"};
static const char *const months_short[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

const char *tr(const char *text)
{
	return text;
}

const char *tr_n(const char *one, const char *many, uint64_t n)
{
	return n == 1 ? tr(one) : tr(many);
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

struct str words_count(struct arena *arena, uint64_t n)
{
	char digits[NUM_DIGITS_MAX];
	struct str plain = num_format_uint(n, digits);
	char *text = arena_bytes(arena, plain.len + plain.len / 3 + 1);
	size_t len = 0;

	for (size_t i = 0; i < plain.len; i++) {
		if (i > 0 && (plain.len - i) % 3 == 0)
			text[len++] = ',';
		text[len++] = plain.p[i];
	}
	return str_make(text, len);
}

struct str words_share(struct arena *arena, uint64_t part, uint64_t whole)
{
	if (whole == 0)
		return STR("");
	double share = 100.0 * (double)part / (double)whole;
	if (part == 0)
		return STR("0 %");
	if (share < 0.1)
		return STR("< 0.1 %");
	if (part >= whole)
		return STR("100 %");
	if (share > 99.9)
		return STR("> 99.9 %");
	if (share >= 99)
		return str_of(arena_format(arena, "%.1f %%", (double)(uint64_t)(share * 10) / 10));
	return str_of(arena_format(arena, share < 9.95 ? "%.1f %%" : "%.0f %%", share));
}

struct str words_bytes(struct arena *arena, uint64_t bytes)
{
	static const char *const units[] = {"bytes", "kB", "MB", "GB", "TB", "PB", "EB"};
	double size = (double)bytes;
	size_t unit = 0;

	for (; size >= 999.5 && unit + 1 < COUNT_OF(units); unit++)
		size /= 1000;
	if (unit == 0)
		return str_of(arena_format(arena, bytes == 1 ? "%u byte" : "%u bytes", (unsigned)bytes));
	return str_of(arena_format(arena, size < 9.95 ? "%.1f %s" : "%.0f %s", size, units[unit]));
}

static struct str day_text(struct arena *arena, int32_t day, const char *const *names)
{
	if (day == DAY_NONE)
		return str_of(tr("not stated"));
	struct day_parts parts = day_split(day);
	return str_of(arena_format(arena, "%d %s %d", parts.day, tr(names[parts.month - 1]), parts.year));
}

struct str words_day(struct arena *arena, int32_t day)
{
	return day_text(arena, day, months);
}

struct str words_day_short(struct arena *arena, int32_t day)
{
	return day_text(arena, day, months_short);
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

struct str words_period(struct arena *arena, instant begin, instant end)
{
	if (begin == INSTANT_NONE || end == INSTANT_NONE)
		return str_of(tr("a period that is not stated"));
	int32_t first = day_of(begin);
	/* 23:59:59 and the next midnight both end a whole day. */
	bool whole = begin == day_start(first) && end > begin &&
	             (end == day_start(day_of(end)) || end == day_start(day_of(end) + 1) - 1);
	if (!whole)
		return WORDS(arena, "{begin} to {end}", {"begin", words_instant(arena, begin)},
		             {"end", words_instant(arena, end)});
	int32_t last = day_of(end == day_start(day_of(end)) ? end - 1 : end);
	if (first == last)
		return WORDS(arena, "{day} (UTC)", {"day", words_day(arena, first)});
	return WORDS(arena, "{first} to {last} (UTC)", {"first", words_day(arena, first)},
	             {"last", words_day(arena, last)});
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
