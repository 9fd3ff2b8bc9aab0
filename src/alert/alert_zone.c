/* SPDX-License-Identifier: ISC */
#include "alert/alert_zone.h"

#define HOURS_MOST 167 /* RFC 9636 3.3.1 */

/* The start of one half of the year: Mm.w.d, Jn or n, and a time of day. */
struct change {
	enum { BY_WEEK, BY_DAY, BY_DAY_WITHOUT_LEAP } form;
	int month, week, day;
	int32_t secs; /* of the local day; may be negative */
};

struct zone {
	int32_t standard, summer; /* seconds east */
	bool has_summer;
	struct change to_summer, to_standard;
};

static bool take_number(struct str *rest, int most, int *out)
{
	int value = 0;
	size_t n = 0;

	while (n < rest->len && byte_is_digit(rest->p[n]) && value <= most)
		value = value * 10 + (rest->p[n++] - '0');
	if (n == 0 || value > most)
		return false;
	*rest = str_from(*rest, n);
	*out = value;
	return true;
}

static bool take_byte(struct str *rest, char byte)
{
	if (rest->len == 0 || rest->p[0] != byte)
		return false;
	*rest = str_from(*rest, 1);
	return true;
}

/* [+-]hh[:mm[:ss]] */
static bool take_time(struct str *rest, int32_t *out_secs)
{
	bool is_negative = take_byte(rest, '-');
	int hours, minutes = 0, secs = 0;

	if (!is_negative)
		(void)take_byte(rest, '+');
	if (!take_number(rest, HOURS_MOST, &hours) || (take_byte(rest, ':') && !take_number(rest, 59, &minutes)) ||
	    (take_byte(rest, ':') && !take_number(rest, 59, &secs)))
		return false;
	*out_secs = (hours * 3600 + minutes * 60 + secs) * (is_negative ? -1 : 1);
	return true;
}

/* "CET", "<+03>" */
static bool take_name(struct str *rest)
{
	size_t n = 0;

	if (take_byte(rest, '<')) {
		size_t end = str_find_byte(*rest, '>');
		bool ok = end < rest->len;
		*rest = str_from(*rest, end + 1);
		return ok;
	}
	while (n < rest->len && byte_is_alpha(rest->p[n]))
		n++;
	*rest = str_from(*rest, n);
	return n >= 3;
}

static bool take_change(struct str *rest, struct change *out)
{
	*out = (struct change){.form = BY_DAY, .secs = 2 * 3600};
	if (take_byte(rest, 'M')) {
		out->form = BY_WEEK;
		if (!take_number(rest, 12, &out->month) || !take_byte(rest, '.') || !take_number(rest, 5, &out->week) ||
		    !take_byte(rest, '.') || !take_number(rest, 6, &out->day) || out->month == 0 || out->week == 0)
			return false;
	} else {
		if (take_byte(rest, 'J'))
			out->form = BY_DAY_WITHOUT_LEAP;
		if (!take_number(rest, 365, &out->day) || (out->form == BY_DAY_WITHOUT_LEAP && out->day == 0))
			return false;
	}
	return !take_byte(rest, '/') || take_time(rest, &out->secs);
}

static bool read_zone(struct str rule, struct zone *out)
{
	struct zone zone = {0};
	int32_t west;

	if (!take_name(&rule) || !take_time(&rule, &west))
		return false;
	zone.standard = -west;
	if (rule.len == 0) {
		*out = zone;
		return true;
	}
	if (!take_name(&rule))
		return false;
	zone.has_summer = true;
	zone.summer = zone.standard + 3600;
	if (rule.len > 0 && rule.p[0] != ',') {
		if (!take_time(&rule, &west))
			return false;
		zone.summer = -west;
	}
	if (!take_byte(&rule, ',') || !take_change(&rule, &zone.to_summer) || !take_byte(&rule, ',') ||
	    !take_change(&rule, &zone.to_standard) || rule.len > 0)
		return false;
	*out = zone;
	return true;
}

static bool is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* The local day on which it happens. */
static int32_t change_day(const struct change *change, int year)
{
	int32_t first = day_join(year, 1, 1);

	if (change->form == BY_DAY)
		return first + change->day;
	if (change->form == BY_DAY_WITHOUT_LEAP)
		return first + change->day - 1 + (is_leap(year) && change->day > 59);
	int32_t day = day_join(year, change->month, 1);
	/* weekday: ours counts from Monday, theirs from Sunday */
	int weekday = (day_split(day).weekday + 1) % 7;
	day += (change->day - weekday + 7) % 7 + (change->week - 1) * 7;
	while (day_split(day).month != change->month)
		day -= 7;
	return day;
}

bool alert_zone_offset(struct str rule, instant at, int32_t *out_secs)
{
	struct zone zone;

	if (rule.len == 0) {
		*out_secs = 0;
		return true;
	}
	if (!read_zone(rule, &zone))
		return false;
	if (!zone.has_summer) {
		*out_secs = zone.standard;
		return true;
	}
	int year = day_split(day_of(at + zone.standard)).year;
	instant begin = day_start(change_day(&zone.to_summer, year)) + zone.to_summer.secs - zone.standard;
	instant end = day_start(change_day(&zone.to_standard, year)) + zone.to_standard.secs - zone.summer;
	/* South of the equator summer goes over the turn of the year. */
	bool is_summer = begin < end ? at >= begin && at < end : at >= begin || at < end;
	*out_secs = is_summer ? zone.summer : zone.standard;
	return true;
}

bool alert_zone_of_file(struct str bytes, struct str *out_rule)
{
	int32_t offset;

	if (!str_starts_with(bytes, STR("TZif")) || bytes.len < 44 || bytes.p[bytes.len - 1] != '\n')
		return false;
	size_t end = bytes.len - 1, begin = end;
	while (begin > 0 && bytes.p[begin - 1] != '\n')
		begin--;
	struct str rule = str_make(bytes.p + begin, end - begin);
	if (rule.len == 0 || rule.len > 100 || !alert_zone_offset(rule, 0, &offset))
		return false;
	*out_rule = rule;
	return true;
}
