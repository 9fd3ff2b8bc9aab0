/* SPDX-License-Identifier: ISC */
#include "report/check.h"

#include <assert.h>

#include "base/attr.h"

const char *check_state_text(enum check_state state)
{
	static const char *const texts[] = {"ok", "none", "problems", "cannot-tell"};
	static_assert(COUNT_OF(texts) == CHECK_STATE_COUNT, "one text each");
	assert((unsigned)state < CHECK_STATE_COUNT);
	return texts[state];
}

enum check_state check_sts_record(const struct check *check)
{
	const struct findings *findings = &check->findings;

	if (check->mta_sts.record.p != NULL || findings_have(findings, FINDING_STS_RECORD_MULTIPLE))
		return CHECK_OK;
	/* Only an answer that there is none makes these. */
	return findings_have(findings, FINDING_STS_ABSENT) || findings_have(findings, FINDING_STS_RECORD_MISSING)
	           ? CHECK_NONE
	           : CHECK_CANNOT_TELL;
}

enum check_state check_sts_file(const struct check *check)
{
	const struct findings *findings = &check->findings;

	if (check->mta_sts.body.p != NULL)
		return CHECK_OK;
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *one = &findings->items[i];
		if (one->code == FINDING_STS_ABSENT || one->code == FINDING_STS_FETCH_DNS ||
		    (one->code == FINDING_STS_FETCH_HTTP_STATUS && (str_eq(one->detail, STR("404")) || str_eq(one->detail, STR("410")))))
			return CHECK_NONE;
	}
	return CHECK_CANNOT_TELL;
}

bool finding_cause(enum finding_code code, enum cause *out_cause)
{
	static const struct {
		enum finding_code code;
		enum cause cause;
	} others[] = {
	    {FINDING_STS_RECORD_MULTIPLE, CAUSE_STS_RECORD_INVALID},
	    {FINDING_STS_RECORD_VERSION, CAUSE_STS_RECORD_INVALID},
	    {FINDING_STS_RECORD_ID_MISSING, CAUSE_STS_RECORD_INVALID},
	    {FINDING_STS_RECORD_ID_INVALID, CAUSE_STS_RECORD_INVALID},
	    {FINDING_STS_RECORD_MISSING, CAUSE_STS_NOT_FOUND},
	    {FINDING_POLICY_TOO_LARGE, CAUSE_STS_INVALID_TOO_LARGE},
	    {FINDING_POLICY_NOT_TEXT, CAUSE_STS_INVALID_SYNTAX},
	    {FINDING_POLICY_LINE, CAUSE_STS_INVALID_SYNTAX},
	    {FINDING_POLICY_VERSION, CAUSE_STS_INVALID_SYNTAX},
	    {FINDING_POLICY_MODE_MISSING, CAUSE_STS_INVALID_BAD_MODE},
	    {FINDING_POLICY_MODE_INVALID, CAUSE_STS_INVALID_BAD_MODE},
	    {FINDING_POLICY_MAX_AGE_MISSING, CAUSE_STS_INVALID_MAX_AGE},
	    {FINDING_POLICY_MAX_AGE_INVALID, CAUSE_STS_INVALID_MAX_AGE},
	    {FINDING_POLICY_MX_MISSING, CAUSE_STS_INVALID_MISSING_MX},
	    {FINDING_POLICY_MX_INVALID, CAUSE_STS_INVALID_SYNTAX},
	    {FINDING_TLSA_INSECURE, CAUSE_DNSSEC_INSECURE},
	};

	for (size_t i = 0; i < COUNT_OF(others); i++) {
		if (others[i].code == code) {
			*out_cause = others[i].cause;
			return true;
		}
	}
	/* The other findings about a cause carry its name. */
	return cause_of(str_of(finding_code_text(code)), out_cause);
}
