/* SPDX-License-Identifier: ISC */
#include "report/reporter.h"

#include "base/attr.h"
#include "facts/reporters.h"

struct known {
	const char *domain, *name, *habit;
};

#define X(domain, name, habit) {domain, name, habit},
static const struct known known[] = {REPORTERS(X)};
#undef X

static const struct known *find(struct str domain)
{
	for (size_t i = 0; i < COUNT_OF(known); i++) {
		struct str suffix = str_of(known[i].domain);
		if (str_ends_with_nocase(domain, suffix) &&
		    (domain.len == suffix.len || domain.p[domain.len - suffix.len - 1] == '.'))
			return &known[i];
	}
	return NULL;
}

struct str reporter_name(struct str domain, struct str organization)
{
	const struct known *found = find(domain);

	if (found != NULL)
		return str_of(found->name);
	return organization.len > 0 ? organization : domain.len > 0 ? domain : STR_NONE;
}

struct str reporter_habit(struct str domain)
{
	const struct known *found = find(domain);
	return found == NULL || found->habit[0] == '\0' ? STR_NONE : str_of(found->habit);
}

bool reporter_is_known(struct str domain)
{
	return find(domain) != NULL && !reporter_is_mailbox(domain);
}

bool reporter_is_mailbox(struct str domain)
{
	static const char *const mailboxes[] = {
#define X(domain) domain,
	    MAILBOXES(X)
#undef X
	};
	for (size_t i = 0; i < COUNT_OF(mailboxes); i++)
		if (str_eq_nocase(domain, str_of(mailboxes[i])))
			return true;
	return false;
}

struct str reporter_domain(struct str name)
{
	for (size_t i = 0; i < COUNT_OF(known); i++)
		if (str_eq_nocase(str_of(known[i].name), name))
			return str_of(known[i].domain);
	return STR_NONE;
}
