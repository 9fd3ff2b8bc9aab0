/* SPDX-License-Identifier: ISC */
#include "base/instant.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/num.h"

/* Days from civil date and back, proleptic Gregorian, after the usual shift of the year to March. */
int32_t day_join(int year, int month, int day)
{
	int y = month <= 2 ? year - 1 : year;
	int era = (y >= 0 ? y : y - 399) / 400;
	int yoe = y - era * 400;
	int doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
	return era * 146097 + doe - 719468;
}

struct day_parts day_split(int32_t day)
{
	int64_t z = (int64_t)day + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;
	int month = (int)(mp < 10 ? mp + 3 : mp - 9);
	int64_t weekday = ((int64_t)day + 3) % 7;
	return (struct day_parts){
	    .year = (int)(yoe + era * 400) + (month <= 2),
	    .month = month,
	    .day = (int)(doy - (153 * mp + 2) / 5 + 1),
	    .weekday = (int)(weekday < 0 ? weekday + 7 : weekday),
	};
}

int32_t day_of(instant at)
{
	if (at == INSTANT_NONE)
		return DAY_NONE;
	int64_t day = at / SECS_PER_DAY - (at % SECS_PER_DAY < 0);
	return day < INT32_MIN + 1 ? INT32_MIN + 1 : day > INT32_MAX ? INT32_MAX : (int32_t)day;
}

instant day_start(int32_t day)
{
	return day == DAY_NONE ? INSTANT_NONE : (instant)day * SECS_PER_DAY;
}

static int days_in_month(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return days[month - 1] + (month == 2 && leap);
}

/* Takes `min` to `max` digits off the front. */
static bool take_digits(struct str *s, size_t min, size_t max, int *out)
{
	size_t n = 0;
	uint64_t value;

	while (n < max && n < s->len && byte_is_digit(s->p[n]))
		n++;
	if (n < min || !num_parse_uint(str_upto(*s, n), 999999, &value))
		return false;
	*out = (int)value;
	*s = str_from(*s, n);
	return true;
}

static bool take_byte(struct str *s, char byte)
{
	if (s->len == 0 || s->p[0] != byte)
		return false;
	*s = str_from(*s, 1);
	return true;
}

static bool take_zone(struct str *s, int *out_secs, unsigned *odd)
{
	int hours, minutes = 0;

	*out_secs = 0;
	if (s->len == 0) {
		*odd |= INSTANT_ODD_NO_ZONE;
		return true;
	}
	if (s->p[0] == 'Z' || s->p[0] == 'z') {
		if (s->p[0] == 'z')
			*odd |= INSTANT_ODD_LOWER_CASE;
		*s = str_from(*s, 1);
		return true;
	}
	if (str_eq_nocase(*s, STR("UTC")) || str_eq_nocase(*s, STR("GMT"))) {
		*odd |= INSTANT_ODD_ZONE_NAME;
		*s = str_from(*s, s->len);
		return true;
	}
	bool west = s->p[0] == '-';
	if (!take_byte(s, '+') && !take_byte(s, '-'))
		return false;
	if (!take_digits(s, 2, 2, &hours))
		return false;
	(void)take_byte(s, ':');
	if (s->len > 0 && !take_digits(s, 2, 2, &minutes))
		return false;
	if (hours > 23 || minutes > 59)
		return false;
	*out_secs = (hours * 60 + minutes) * 60 * (west ? -1 : 1);
	if (*out_secs != 0)
		*odd |= INSTANT_ODD_OFFSET;
	return true;
}

struct clock_face {
	int hour, minute, second;
};

static bool take_clock(struct str *s, struct clock_face *face, unsigned *odd)
{
	struct str before = *s;

	face->second = 0;
	if (!take_digits(s, 1, 2, &face->hour) || !take_byte(s, ':') || !take_digits(s, 1, 2, &face->minute))
		return false;
	if (take_byte(s, ':')) {
		if (!take_digits(s, 1, 2, &face->second))
			return false;
		if (before.len - s->len != 8)
			*odd |= INSTANT_ODD_SHORT;
		if (s->len > 0 && (s->p[0] == '.' || s->p[0] == ',')) {
			size_t n = 1;
			while (n < s->len && byte_is_digit(s->p[n]))
				n++;
			if (n == 1)
				return false;
			*s = str_from(*s, n);
		}
	} else {
		*odd |= INSTANT_ODD_SHORT;
	}
	if (face->hour == 24 && face->minute == 0 && face->second == 0)
		*odd |= INSTANT_ODD_24;
	else if (face->hour > 23)
		return false;
	if (face->second == 60) {
		*odd |= INSTANT_ODD_LEAP;
		face->second = 59;
	}
	return face->minute <= 59 && face->second <= 59;
}

static instant join(int32_t day, struct clock_face face, int zone_secs)
{
	return day_start(day) + face.hour * 3600 + face.minute * 60 + face.second - zone_secs;
}

static bool parse_epoch(struct str s, instant *out)
{
	uint64_t secs;
	/* From 2001 to 2286: ten digits.  Anything else would be a guess. */
	if (s.len != 10 || !num_parse_uint(s, 9999999999u, &secs) || secs < 1000000000u)
		return false;
	*out = (instant)secs;
	return true;
}

static bool parse_rfc5322(struct str s, instant *out)
{
	static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";
	size_t comma = str_find_byte(s, ',');
	int day, year, month = 0, zone;
	unsigned odd = 0;
	struct clock_face face;

	if (comma < s.len)
		s = str_trim(str_from(s, comma + 1));
	if (!take_digits(&s, 1, 2, &day) || !take_byte(&s, ' ') || s.len < 4)
		return false;
	for (int i = 0; i < 12; i++)
		if (str_eq_nocase(str_upto(s, 3), str_make(months + 3 * i, 3)))
			month = i + 1;
	s = str_from(s, 3);
	if (month == 0 || !take_byte(&s, ' ') || !take_digits(&s, 4, 4, &year) || !take_byte(&s, ' ') ||
	    !take_clock(&s, &face, &odd))
		return false;
	s = str_trim(s);
	if (str_eq_nocase(s, STR("GMT")) || str_eq_nocase(s, STR("UTC")))
		s = STR("Z");
	if (day < 1 || day > days_in_month(year, month) || !take_zone(&s, &zone, &odd) || s.len > 0)
		return false;
	*out = join(day_join(year, month, day), face, zone);
	return true;
}

bool instant_parse(struct str text, instant *out, unsigned *out_odd)
{
	struct str s = str_trim(text);
	unsigned odd = 0;
	int year, month, day, zone = 0;
	struct clock_face face = {0, 0, 0};
	instant at;

	if (parse_epoch(s, &at)) {
		*out = at;
		*out_odd = INSTANT_ODD_EPOCH;
		return true;
	}
	if (parse_rfc5322(s, &at)) {
		*out = at;
		*out_odd = INSTANT_ODD_RFC5322;
		return true;
	}
	if (!take_digits(&s, 4, 4, &year) || !take_byte(&s, '-') || !take_digits(&s, 2, 2, &month) ||
	    !take_byte(&s, '-') || !take_digits(&s, 2, 2, &day))
		return false;
	if (year < 1 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month))
		return false;
	if (s.len == 0) {
		odd |= INSTANT_ODD_DATE_ONLY | INSTANT_ODD_NO_ZONE;
	} else {
		char separator = s.p[0];
		if (separator == 't')
			odd |= INSTANT_ODD_LOWER_CASE;
		else if (separator == ' ')
			odd |= INSTANT_ODD_BLANK;
		else if (separator != 'T')
			return false;
		s = str_from(s, 1);
		if (!take_clock(&s, &face, &odd))
			return false;
		if (s.len > 0 && s.p[0] == ' ') {
			odd |= INSTANT_ODD_BLANK;
			s = str_trim(s);
		}
		if (!take_zone(&s, &zone, &odd) || s.len > 0)
			return false;
	}
	*out = join(day_join(year, month, day), face, zone);
	*out_odd = odd;
	return true;
}

struct str day_format(int32_t day, char text[INSTANT_TEXT_MAX])
{
	struct day_parts parts = day_split(day);

	if (day == DAY_NONE || parts.year < 0 || parts.year > 9999)
		return str_make(text, 0);
	int n = snprintf(text, INSTANT_TEXT_MAX, "%04d-%02d-%02d", parts.year, parts.month, parts.day);
	return str_make(text, (size_t)n);
}

struct str instant_format(instant at, char text[INSTANT_TEXT_MAX])
{
	struct str date = day_format(day_of(at), text);

	if (date.len == 0)
		return date;
	int secs = (int)(at - day_start(day_of(at)));
	int n = snprintf(text + date.len, INSTANT_TEXT_MAX - date.len, "T%02d:%02d:%02dZ", secs / 3600,
	                 secs / 60 % 60, secs % 60);
	return str_make(text, date.len + (size_t)n);
}

bool day_parse(struct str text, int32_t *out_day)
{
	instant at;
	unsigned odd;

	if (text.len != 10 || !instant_parse(text, &at, &odd) || (odd & INSTANT_ODD_DATE_ONLY) == 0)
		return false;
	*out_day = day_of(at);
	return true;
}

static _Atomic instant fake = INSTANT_NONE;
static atomic_bool asked;

void instant_set_fake(instant at)
{
	atomic_store(&asked, true);
	atomic_store(&fake, at);
}

instant instant_now(void)
{
	if (!atomic_exchange(&asked, true)) {
		const char *text = getenv("MAILSEAL_FAKE_TIME");
		int64_t at;
		if (text != NULL && num_parse_int(str_of(text), &at))
			atomic_store(&fake, at);
	}
	instant at = atomic_load(&fake);
	return at == INSTANT_NONE ? (instant)time(NULL) : at;
}

int64_t clock_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
