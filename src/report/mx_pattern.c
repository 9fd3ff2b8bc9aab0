/* SPDX-License-Identifier: ISC */
#include "report/mx_pattern.h"

static struct str without_dot(struct str name)
{
	return str_ends_with(name, STR(".")) ? str_upto(name, name.len - 1) : name;
}

static bool label_is_valid(struct str label)
{
	if (label.len == 0 || label.len > 63 || label.p[0] == '-' || label.p[label.len - 1] == '-')
		return false;
	for (size_t i = 0; i < label.len; i++) {
		char c = label.p[i];
		if (!byte_is_alpha(c) && !byte_is_digit(c) && c != '-' && c != '_')
			return false;
	}
	return true;
}

bool host_name_is_valid(struct str name)
{
	struct str rest = without_dot(name);
	size_t labels = 0;

	if (rest.len == 0 || rest.len > 253)
		return false;
	while (rest.p != NULL) {
		if (!label_is_valid(str_cut(&rest, '.')))
			return false;
		labels++;
	}
	return labels >= 2;
}

bool host_name_equal(struct str a, struct str b)
{
	return str_eq_nocase(without_dot(a), without_dot(b));
}

bool mx_pattern_is_valid(struct str pattern)
{
	if (str_starts_with(pattern, STR("*.")))
		pattern = str_from(pattern, 2);
	return host_name_is_valid(pattern);
}

bool mx_pattern_matches(struct str pattern, struct str host)
{
	if (!str_starts_with(pattern, STR("*.")))
		return host_name_equal(pattern, host);
	size_t dot = str_find_byte(host, '.');
	return dot > 0 && dot < host.len && host_name_equal(str_from(pattern, 2), str_from(host, dot + 1));
}
