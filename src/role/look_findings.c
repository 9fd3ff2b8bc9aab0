/* SPDX-License-Identifier: ISC */
#include "role/look_findings.h"

#define TLSA_PREFIX "_25._tcp."

static const struct check_mx *server_of(const struct check *check, struct str name)
{
	if (str_starts_with(name, STR(TLSA_PREFIX)))
		name = str_from(name, sizeof TLSA_PREFIX - 1);
	for (size_t i = 0; i < check->mx_count; i++)
		if (str_eq_nocase(check->mx[i].host, name))
			return &check->mx[i];
	return NULL;
}

bool look_findings_set_known(const struct check *check)
{
	return check->mx_count > 0 || check->mx_state == CHECK_NONE || check->mx_state == CHECK_PROBLEMS;
}

static bool is_unknown(const struct check *check, struct str place)
{
	for (size_t i = 0; i < check->unknowns.count; i++) {
		struct str line = check->unknowns.items[i];
		if (place.len > 0 && line.len > place.len && str_starts_with(line, place) && line.p[place.len] == ':')
			return true;
	}
	return false;
}

static bool is_policy_told(const struct check *check, struct str code)
{
	if (check->mta_sts.state == CHECK_CANNOT_TELL)
		return false;
	bool is_content = str_starts_with(code, STR("policy-")) || str_eq(code, STR("sts-mx-mismatch"));
	return !is_content || check->mta_sts.body.p != NULL || check->mta_sts.state == CHECK_NONE;
}

bool look_findings_told(const struct check *check, struct str place, struct str code)
{
	const struct check_mx *mx = server_of(check, place);
	bool is_of_policy = str_starts_with(code, STR("sts-")) || str_starts_with(code, STR("policy-"));

	if (is_unknown(check, place) || (mx != NULL && is_unknown(check, mx->host)))
		return false;
	if (str_eq(place, check->tls_rpt.name))
		return check->tls_rpt.state != CHECK_CANNOT_TELL;
	if (is_of_policy && !is_policy_told(check, code))
		return false;
	if (mx != NULL)
		return mx->dane.state != DANE_CANNOT_TELL || !str_starts_with(code, STR("tlsa-"));
	if (is_of_policy && !str_eq(code, STR("policy-mx-unused")) && !str_eq(code, STR("sts-mx-mismatch")))
		return true;
	return look_findings_set_known(check); /* of the domain's set, or of a server that is no longer in it */
}
