/* SPDX-License-Identifier: ISC */
#include "diagnose/classify.h"

#include "base/attr.h"
#include "diagnose/pattern.h"
#include "report/cause.h"
#include "report/mx_pattern.h"

/* Result types outside the registry that are seen all the same. */
static const struct {
	struct str text;
	enum cause cause;
} other_results[] = {
    {STR("sts-policy-failure"), CAUSE_STS_FETCH_UNKNOWN},
    {STR("mx-mismatch"), CAUSE_STS_MX_MISMATCH},
    {STR("certificate-revoked"), CAUSE_CERT_REVOKED},
    {STR("certificate-not-valid-yet"), CAUSE_CERT_NOT_YET_VALID},
};

/* What a result type says when nothing else does. */
static enum cause cause_of_result(enum result_type type, struct str text)
{
	switch (type) {
	case RESULT_STARTTLS_NOT_SUPPORTED: return CAUSE_STARTTLS_NOT_OFFERED;
	case RESULT_CERTIFICATE_HOST_MISMATCH: return CAUSE_HOSTNAME_MISMATCH;
	case RESULT_CERTIFICATE_EXPIRED: return CAUSE_CERT_EXPIRED;
	case RESULT_CERTIFICATE_NOT_TRUSTED: return CAUSE_CERT_UNTRUSTED;
	case RESULT_TLSA_INVALID: return CAUSE_TLSA_UNUSABLE;
	case RESULT_DNSSEC_INVALID: return CAUSE_DNSSEC_BOGUS;
	case RESULT_DANE_REQUIRED: return CAUSE_DANE_REQUIRED;
	case RESULT_STS_POLICY_FETCH_ERROR: return CAUSE_STS_FETCH_UNKNOWN;
	case RESULT_STS_POLICY_INVALID: return CAUSE_STS_INVALID_SYNTAX;
	case RESULT_STS_WEBPKI_INVALID: return CAUSE_STS_HOST_CERT_INVALID;
	case RESULT_VALIDATION_FAILURE: /* the catch-all of RFC 8460 */
	case RESULT_OTHER:
	case RESULT_TYPE_COUNT: break;
	}
	for (size_t i = 0; i < COUNT_OF(other_results); i++)
		if (str_eq_nocase(text, other_results[i].text))
			return other_results[i].cause;
	return CAUSE_UNKNOWN;
}

/* The reason code, else the additional information where that is words and not an address to read on. */
static struct str reason_of(const struct failure *failure)
{
	struct str reason = str_trim(failure->reason_code);
	if (reason.len > 0)
		return reason;
	reason = str_trim(failure->additional_information);
	bool is_uri = str_starts_with_nocase(reason, STR("http://")) ||
	              str_starts_with_nocase(reason, STR("https://")) || str_starts_with_nocase(reason, STR("mailto:"));
	return is_uri ? STR_NONE : reason;
}

/* It gives no reason, or one that only repeats the result type. */
static bool is_silent(const struct failure *failure)
{
	struct str reason = reason_of(failure);
	return reason.len == 0 || pattern_same(reason, failure_result(failure));
}

static bool is_about_policy(enum result_type type)
{
	return type == RESULT_STS_POLICY_FETCH_ERROR || type == RESULT_STS_POLICY_INVALID ||
	       type == RESULT_STS_WEBPKI_INVALID;
}

/* The result is about fetching the policy: the same words then tell of the policy host, not of the MX. */
static enum cause cause_at_policy_host(enum cause cause)
{
	switch (cause) {
	case CAUSE_TIMEOUT: return CAUSE_STS_FETCH_TIMEOUT;
	case CAUSE_CONNECT_FAILED:
	case CAUSE_CONNECTION_CLOSED: return CAUSE_STS_FETCH_TCP;
	case CAUSE_DNS_SERVFAIL:
	case CAUSE_DNSSEC_BOGUS: return CAUSE_STS_FETCH_DNS;
	case CAUSE_NOT_TLS:
	case CAUSE_PROTOCOL_VERSION:
	case CAUSE_HANDSHAKE_FAILURE:
	case CAUSE_NO_SHARED_CIPHER:
	case CAUSE_INSECURE_CIPHER:
	case CAUSE_UNEXPECTED_MESSAGE:
	case CAUSE_PEER_INTERNAL_ERROR:
	case CAUSE_SNI_REJECTED:
	case CAUSE_CLIENT_CERT_REQUIRED:
	case CAUSE_CLIENT_CERT_REJECTED: return CAUSE_STS_FETCH_TLS;
	case CAUSE_STARTTLS_REFUSED: return CAUSE_STS_FETCH_HTTP_STATUS; /* a bare reply code */
	case CAUSE_HOSTNAME_MISMATCH: return CAUSE_STS_HOST_CERT_INVALID;
	default: return cause_family(cause) == CAUSE_FAMILY_CERTIFICATE ? CAUSE_STS_HOST_CERT_INVALID : cause;
	}
}

static bool reporter_is_microsoft(struct str reporter)
{
	return str_eq_nocase(reporter, STR("microsoft.com")) || str_ends_with_nocase(reporter, STR(".microsoft.com")) ||
	       str_eq_nocase(reporter, STR("Microsoft Corporation"));
}

/* Under a DANE policy, and without a reason, two result types mean something else than their name:
 * Postfix says certificate-not-trusted where the chain fits no TLSA record (no CA is asked at all), and
 * Microsoft says tlsa-invalid for the same. */
static enum cause cause_under_dane(enum cause cause, const struct failure *failure, struct str reporter)
{
	if (failure->result_type == RESULT_CERTIFICATE_NOT_TRUSTED)
		return CAUSE_TLSA_MISMATCH;
	if (failure->result_type == RESULT_TLSA_INVALID && reporter_is_microsoft(reporter))
		return CAUSE_TLSA_MISMATCH;
	return cause;
}

static enum cause failure_cause(const struct failure *failure, enum policy_type policy_type, struct str reporter)
{
	enum cause cause = CAUSE_UNKNOWN;
	bool silent = is_silent(failure);
	if (!silent)
		cause = pattern_cause(reason_of(failure));
	if (cause == CAUSE_UNKNOWN) {
		cause = cause_of_result(failure->result_type, failure->result_text);
		if (silent && policy_type == POLICY_TLSA)
			cause = cause_under_dane(cause, failure, reporter);
	}
	/* "signature has expired": that of the zone */
	if (failure->result_type == RESULT_DNSSEC_INVALID && cause_family(cause) == CAUSE_FAMILY_CERTIFICATE)
		return CAUSE_DNSSEC_BOGUS;
	return is_about_policy(failure->result_type) ? cause_at_policy_host(cause) : cause;
}

/* Whether the sender must not have delivered in these sessions.
 *
 * Not refused, whatever the mode:
 *  - failures about the policy itself: without a usable policy the sender goes on with a cached one, whose own
 *    failures it reports apart, or as if there were none (RFC 8461 sections 3.3 and 5.1);
 *  - TLSA records that the reason calls unusable: TLS stays required, authentication is left out (RFC 7672 section
 *    2.2); a bare tlsa-invalid is as often a mismatch, and then nothing is delivered;
 *  - what mox marks as "+ignored".
 * Refused, whatever the policy: the sender demands DANE and found none. */
static bool failure_is_refused(const struct failure *failure, enum policy_type policy_type, enum sts_mode mode)
{
	enum cause_refusal refusal = cause_refusal(failure->cause);
	if (refusal == CAUSE_REFUSED_ALWAYS || failure->result_type == RESULT_DANE_REQUIRED)
		return true;
	if (refusal == CAUSE_REFUSED_NEVER || is_about_policy(failure->result_type))
		return false;
	if (str_ends_with_nocase(failure->reason_code, STR("+ignored")))
		return false;
	if (failure->cause == CAUSE_TLSA_UNUSABLE && !is_silent(failure))
		return false;
	return classify_unit_refuses(policy_type, mode);
}

bool classify_unit_refuses(enum policy_type policy_type, enum sts_mode mode)
{
	return policy_type == POLICY_TLSA || (policy_type == POLICY_STS && mode == MODE_ENFORCE);
}

void classify_failure(struct failure *failure, enum policy_type policy_type, enum sts_mode mode, struct str reporter)
{
	failure->cause = failure_cause(failure, policy_type, reporter);
	failure->fault = cause_fault(failure->cause);
	failure->refused = failure_is_refused(failure, policy_type, mode);
}

/* The server of an "mx: " line of the policy, else absent. */
static struct str mx_of_line(struct str line)
{
	struct str key = str_cut(&line, ':');

	return str_eq(str_trim(key), STR("mx")) ? str_trim(line) : STR_NONE;
}

/* The policy that the sender held names servers, and the one that failed is none of them. */
static bool is_outside_policy(const struct unit *unit, struct str host)
{
	size_t named = 0;

	if (unit->policy_type != POLICY_STS || host.len == 0)
		return false;
	for (size_t i = 0; i < unit->policy_strings.count; i++) {
		struct str mx = mx_of_line(unit->policy_strings.items[i]);
		if (mx.len == 0)
			continue;
		if (!mx_pattern_is_valid(mx) || mx_pattern_matches(mx, host))
			return false;
		named++;
	}
	return named > 0;
}

void classify_report(struct report *report)
{
	for (size_t u = 0; u < report->unit_count; u++) {
		struct unit *unit = &report->units[u];
		for (size_t f = 0; f < unit->failure_count; f++) {
			struct failure *failure = &unit->failures[f];
			classify_failure(failure, unit->policy_type, unit->mode, report->reporter);
			/* Google, for one, gives a mismatch of the MX no reason; but its unit holds the policy. */
			if (failure->cause == CAUSE_UNKNOWN && failure->result_type == RESULT_VALIDATION_FAILURE &&
			    is_silent(failure) && is_outside_policy(unit, failure->receiving_mx_hostname)) {
				failure->cause = CAUSE_STS_MX_MISMATCH;
				failure->fault = cause_fault(failure->cause);
				failure->refused = failure_is_refused(failure, unit->policy_type, unit->mode);
			}
		}
	}
}
