/* SPDX-License-Identifier: ISC */
#include "report/oidc.h"

#include "base/attr.h"

static const struct {
	const char *text, *sentence;
} problems[] = {
#define X(id, text, sentence) {text, sentence},
    OIDC_PROBLEMS(X)
#undef X
};

static const char *const algorithms[] = {"RS256", "PS256", "ES256", "EdDSA"};

const char *oidc_problem_text(enum oidc_problem problem)
{
	return problems[problem].text;
}

const char *oidc_problem_sentence(enum oidc_problem problem)
{
	return problems[problem].sentence;
}

bool oidc_problem_of(struct str text, enum oidc_problem *out)
{
	for (unsigned i = 0; i < COUNT_OF(problems); i++) {
		if (str_eq(text, str_of(problems[i].text))) {
			*out = (enum oidc_problem)i;
			return true;
		}
	}
	return false;
}

const char *oidc_algorithm_text(enum oidc_algorithm algorithm)
{
	return algorithms[algorithm];
}

bool oidc_algorithm_of(struct str text, enum oidc_algorithm *out)
{
	for (unsigned i = 0; i < COUNT_OF(algorithms); i++) {
		if (str_eq(text, str_of(algorithms[i]))) {
			*out = (enum oidc_algorithm)i;
			return true;
		}
	}
	return false;
}

static size_t last_of(struct str text, char byte)
{
	for (size_t i = text.len; i > 0; i--)
		if (text.p[i - 1] == byte)
			return i - 1;
	return text.len;
}

bool oidc_grant_of(struct str text, struct oidc_grant *out)
{
	size_t equals = last_of(text, '='); /* a group may be a name of LDAP */
	struct str gives = str_trim(str_from(text, equals + 1));
	size_t colon = last_of(gives, ':');
	struct oidc_grant grant = {.group = str_trim(str_upto(text, equals))};

	if (equals == text.len || grant.group.len == 0 || grant.group.len > OIDC_GROUP_BYTES)
		return false;
	grant.is_site = str_eq(gives, STR("site"));
	if (!grant.is_site) {
		struct str tenant = str_trim(str_upto(gives, colon));
		if (colon == gives.len || tenant.len == 0 || !user_role_of(str_trim(str_from(gives, colon + 1)), &grant.role) ||
		    grant.role == USER_ROLE_NONE)
			return false;
		grant.tenant = str_eq(tenant, STR("*")) ? STR_NONE : tenant;
	}
	*out = grant;
	return true;
}
