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
