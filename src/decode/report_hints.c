/* SPDX-License-Identifier: ISC */
#include "decode/report_hints.h"

#include "base/limits.h"
#include "decode/report_names.h"

/* A name that has a dot: a lone word is more likely a file name than a domain. */
static struct str as_domain(struct str text, struct arena *arena)
{
	struct str domain;

	text = str_trim(text);
	if (text.len == 0 || text.len > LIMIT_NAME_BYTES || str_find_byte(text, '.') == text.len)
		return STR_NONE;
	return report_names_domain(text, false, arena, &domain) ? domain : STR_NONE;
}

struct str report_hints_name_domain(struct str file_name, struct arena *arena)
{
	struct str rest = str_upto(file_name, LIMIT_PARAMETER_BYTES);
	size_t slash = rest.len;

	while (slash > 0 && rest.p[slash - 1] != '/' && rest.p[slash - 1] != '\\')
		slash--;
	rest = str_from(rest, slash);
	if (rest.len == 0)
		return STR_NONE;
	(void)str_cut(&rest, '!');
	struct str domain = str_cut(&rest, '!');
	struct str begin = str_cut(&rest, '!');
	/* The times are what makes it a report's name.  Folding may have left blanks in it. */
	begin = str_trim(begin);
	return begin.len > 0 && byte_is_digit(begin.p[0]) ? as_domain(domain, arena) : STR_NONE;
}

static struct str subject_domain(struct str subject, struct arena *arena)
{
	static const char label[] = "Report Domain:";
	size_t at = str_find_nocase(subject, str_of(label));

	if (at == subject.len)
		return STR_NONE;
	struct str rest = str_trim(str_from(subject, at + sizeof label - 1));
	size_t end = 0;
	while (end < rest.len && !byte_is_space(rest.p[end]))
		end++;
	return as_domain(str_upto(rest, end), arena);
}

struct str report_hints_domain(const struct report_hints *hints, struct arena *arena)
{
	struct str domain = report_hints_name_domain(hints->file_name, arena);

	if (domain.p == NULL && hints->subject.p != NULL)
		domain = subject_domain(hints->subject, arena);
	if (domain.p == NULL)
		domain = as_domain(hints->report_domain, arena);
	if (domain.p == NULL)
		domain = report_hints_name_domain(hints->arrival_name, arena);
	return domain;
}
