/* SPDX-License-Identifier: ISC */
#include "base/num.h"

bool num_parse_uint(struct str text, uint64_t max, uint64_t *out_value)
{
	uint64_t value = 0;

	if (text.len == 0)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (!byte_is_digit(text.p[i]) || __builtin_mul_overflow(value, 10u, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(text.p[i] - '0'), &value))
			return false;
	}
	if (value > max)
		return false;
	*out_value = value;
	return true;
}

bool num_parse_int(struct str text, int64_t *out_value)
{
	uint64_t size;

	if (text.len > 0 && text.p[0] == '-') {
		if (!num_parse_uint(str_from(text, 1), (uint64_t)INT64_MAX, &size))
			return false;
		*out_value = -(int64_t)size;
		return true;
	}
	if (!num_parse_uint(text, (uint64_t)INT64_MAX, &size))
		return false;
	*out_value = (int64_t)size;
	return true;
}

struct unit_of_measure {
	char letter;
	uint64_t factor;
};

static bool parse_scaled(struct str text, const struct unit_of_measure *units, size_t n, uint64_t *out)
{
	uint64_t factor = 1;
	uint64_t value;

	for (size_t i = 0; i < n && text.len > 0; i++) {
		if (byte_lower(text.p[text.len - 1]) == units[i].letter) {
			factor = units[i].factor;
			text.len--;
			break;
		}
	}
	if (!num_parse_uint(text, UINT64_MAX / factor, &value))
		return false;
	*out = value * factor;
	return true;
}

bool num_parse_secs(struct str text, uint64_t *out_secs)
{
	static const struct unit_of_measure units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}};
	return parse_scaled(text, units, sizeof units / sizeof units[0], out_secs);
}

bool num_parse_bytes(struct str text, uint64_t *out_bytes)
{
	static const struct unit_of_measure units[] = {{'b', 1}, {'k', 1024}, {'m', 1048576}, {'g', 1073741824}};
	return parse_scaled(text, units, sizeof units / sizeof units[0], out_bytes);
}

struct str num_format_uint(uint64_t value, char digits[NUM_DIGITS_MAX])
{
	size_t at = NUM_DIGITS_MAX;

	do {
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value > 0);
	return str_make(digits + at, NUM_DIGITS_MAX - at);
}
