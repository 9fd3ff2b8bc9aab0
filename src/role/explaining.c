/* SPDX-License-Identifier: ISC */
#include "role/explaining.h"

#include "diagnose/classify.h"
#include "present/words.h"

/* The policy that was meant, as far as the words tell: a mode belongs to MTA-STS, and so do its result types. */
static enum policy_type meant_policy(const struct explaining_request *request, const struct explaining *explained)
{
	enum cause_family family = cause_family(explained->failure.cause);

	if (request->policy_type.p != NULL)
		return policy_type_of(request->policy_type);
	if (request->mode.p != NULL || family == CAUSE_FAMILY_POLICY_FETCH || family == CAUSE_FAMILY_POLICY_MATCH)
		return POLICY_STS;
	return family == CAUSE_FAMILY_DANE ? POLICY_TLSA : POLICY_OTHER;
}

void explaining(const struct explaining_request *request, struct explaining *out)
{
	struct failure *failure = &out->failure;
	enum policy_type given = request->policy_type.p != NULL ? policy_type_of(request->policy_type) : POLICY_OTHER;
	enum cause named;

	*out = (struct explaining){.mode = sts_mode_of(request->mode)};
	failure->result_text = request->result_type.p != NULL ? request->result_type : request->name;
	failure->result_type = result_type_of(failure->result_text);
	failure->reason_code = request->reason;
	failure->additional_information = request->information;
	classify_failure(failure, given, out->mode, request->reporter);

	/* A name of a cause, or what other products call it, in place of a result type. */
	if (failure->cause == CAUSE_UNKNOWN && cause_find(failure->result_text, &named))
		failure->cause = named;
	else if (failure->cause == CAUSE_UNKNOWN && request->result_type.p == NULL && request->reason.len == 0) {
		/* nor a name: the words of a failure, as they stand in a log */
		failure->result_text = STR_NONE;
		failure->reason_code = request->name;
		classify_failure(failure, given, out->mode, request->reporter);
	}
	out->policy_type = meant_policy(request, out);

	enum cause_refusal refusal = cause_refusal(failure->cause);
	out->knows_refused = refusal != CAUSE_REFUSED_BY_POLICY || out->policy_type == POLICY_TLSA ||
	                     out->policy_type == POLICY_NONE_FOUND || out->mode != MODE_NOT_STATED;
	failure->refused = refusal == CAUSE_REFUSED_ALWAYS ||
	                   (refusal == CAUSE_REFUSED_BY_POLICY && classify_unit_refuses(out->policy_type, out->mode));
	out->severity = cause_severity(failure->cause, out->knows_refused ? out->policy_type : POLICY_TLSA, out->mode);
	failure->fault = cause_fault(failure->cause);
}

void explaining_about(struct explaining *explaining, struct str host, struct str domain)
{
	bool is_domain = cause_subject(explaining->failure.cause) == CAUSE_SUBJECT_DOMAIN;

	explaining->about = (struct cause_about){.host = host, .domain = domain, .subject = is_domain ? domain : host};
}

void explaining_json(const struct explaining *explaining, struct arena *arena, struct json_out *json)
{
	const struct failure *failure = &explaining->failure;

	json_out_object(json, NULL);
	json_out_str(json, "cause", str_of(cause_text(failure->cause)));
	json_out_str(json, "title", cause_words_title(arena, failure->cause, &explaining->about));
	json_out_str(json, "sentence", str_of(tr(cause_sentence(failure->cause))));
	json_out_str(json, "fault", str_of(fault_text(failure->fault)));
	json_out_str(json, "severity", str_of(severity_text(explaining->severity)));
	if (explaining->knows_refused)
		json_out_bool(json, "refused", failure->refused);
	else
		json_out_null(json, "refused");
	json_out_str(json, "check", str_of(cause_check_text(cause_check(failure->cause))));
	json_out_str(json, "rfc", str_of(cause_rfc(failure->cause)));
	cause_words_json(json, arena, failure->cause, &explaining->about);
	json_out_end(json);
}
