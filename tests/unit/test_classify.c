/* SPDX-License-Identifier: ISC */
#include "diagnose/classify.h"

#include <stdlib.h>

#include "base/attr.h"
#include "report/cause.h"
#include "unit.h"

struct sample {
	const char *result, *reason;
	enum cause cause;
};

static struct failure failure_of(const char *result, const char *reason)
{
	struct failure failure = {.result_type = result_type_of(str_of(result)),
				  .result_text = str_of(result),
				  .count = 1,
				  .reason_code = str_of(reason)};
	return failure;
}

static void expect_cause(const struct sample *sample, enum policy_type type, const char *reporter)
{
	struct failure failure = failure_of(sample->result, sample->reason);
	classify_failure(&failure, type, MODE_ENFORCE, str_of(reporter));
	if (failure.cause != sample->cause)
		fail_msg("%s, %s: %s, not %s", sample->result,
			 sample->reason == NULL ? "no reason" : sample->reason, cause_text(failure.cause),
			 cause_text(sample->cause));
	assert_int_equal(failure.fault, cause_fault(failure.cause));
}

static void tells_the_cause_in_the_words_of_each_library(void **state)
{
	(void)state;
	static const struct sample samples[] = {
	    /* no reason, or one that only repeats the result type */
	    {"certificate-expired", NULL, CAUSE_CERT_EXPIRED},
	    {"certificate-expired", "CERTIFICATE_EXPIRED", CAUSE_CERT_EXPIRED},
	    {"validation-failure", NULL, CAUSE_UNKNOWN},
	    {"validation-failure", "Validation Failure", CAUSE_UNKNOWN},
	    {"certificate-host-mismatch", "VALIDATION_FAILURE", CAUSE_HOSTNAME_MISMATCH},
	    {"certificate-revoked", NULL, CAUSE_CERT_REVOKED},
	    {"no-such-result", NULL, CAUSE_UNKNOWN},
	    {"no-such-result", "tls_process_server_certificate: certificate has expired", CAUSE_CERT_EXPIRED},
	    /* Microsoft */
	    {"validation-failure", "MX_HOSTS_MISMATCH", CAUSE_STS_MX_MISMATCH},
	    /* OpenSSL, as Postfix, Exim and curl write it */
	    {"validation-failure", "self-signed_certificate", CAUSE_CERT_SELF_SIGNED},
	    {"validation-failure", "self signed certificate in certificate chain", CAUSE_CERT_UNKNOWN_ISSUER},
	    {"validation-failure", "X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY", CAUSE_CERT_UNKNOWN_ISSUER},
	    {"validation-failure",
	     "error:0A000086:SSL routines::certificate verify failed (certificate has expired)",
	     CAUSE_CERT_EXPIRED},
	    {"validation-failure", "error:0A00010B:SSL routines::wrong version number", CAUSE_NOT_TLS},
	    {"validation-failure", "error:0A000410:SSL routines::sslv3 alert handshake failure",
	     CAUSE_HANDSHAKE_FAILURE},
	    {"validation-failure", "error:0A000415:SSL routines::sslv3 alert certificate expired",
	     CAUSE_CLIENT_CERT_REJECTED},
	    {"validation-failure", "SSLV3_ALERT_CERTIFICATE_EXPIRED", CAUSE_CLIENT_CERT_REJECTED},
	    {"validation-failure", "error:0A00018A:SSL routines::dh key too small", CAUSE_INSECURE_CIPHER},
	    {"validation-failure", "tlsv1 alert protocol version", CAUSE_PROTOCOL_VERSION},
	    /* rustls, as Stalwart writes it */
	    {"certificate-not-trusted", "invalid peer certificate: Expired", CAUSE_CERT_EXPIRED},
	    {"certificate-not-trusted", "received fatal alert: CertificateExpired",
	     CAUSE_CLIENT_CERT_REJECTED},
	    {"certificate-not-trusted", "received corrupt message of type InvalidContentType", CAUSE_NOT_TLS},
	    {"certificate-not-trusted", "tls handshake eof", CAUSE_CONNECTION_CLOSED},
	    {"sts-policy-invalid", "Failed to parse policy: No 'mx' entries found.",
	     CAUSE_STS_INVALID_MISSING_MX},
	    {"sts-policy-invalid", "Failed to parse policy: No \xe2\x80\x98mx\xe2\x80\x99 entries found.",
	     CAUSE_STS_INVALID_MISSING_MX},
	    {"starttls-not-supported", "Code: 454, Enhanced code: 4.7.0, Message: TLS not available",
	     CAUSE_STARTTLS_REFUSED},
	    /* Go, as Mail.ru and mox write it */
	    {"sts-policy-fetch-error", "bad http response code: 404", CAUSE_STS_FETCH_HTTP_STATUS},
	    {"sts-policy-fetch-error", "bad http response code: 302", CAUSE_STS_FETCH_REDIRECT},
	    {"sts-policy-fetch-error",
	     "unable to do http request: Get \"https://mta-sts.example.com/.well-known/mta-sts.txt\": dial "
	     "tcp "
	     "192.0.2.7:443: connect: connection refused",
	     CAUSE_STS_FETCH_TCP},
	    {"validation-failure", "remote error: tls: expired certificate", CAUSE_CLIENT_CERT_REJECTED},
	    {"validation-failure",
	     "x509: certificate has expired or is not yet valid: current time 2026-11-02T10:00:00Z is before "
	     "2026-11-03T00:00:00Z",
	     CAUSE_CERT_NOT_YET_VALID},
	    {"validation-failure", "tls-remote-alert-45-certificate-expired", CAUSE_CLIENT_CERT_REJECTED},
	    {"validation-failure", "tls-local-alert-45-certificate-expired", CAUSE_CERT_EXPIRED},
	    {"sts-policy-fetch-error", "no-policy-served+fallback-to-cached-policy", CAUSE_STS_NOT_FOUND},
	    {"sts-policy-fetch-error", "something-new+fallback-to-cached-policy", CAUSE_STS_FETCH_UNKNOWN},
	    {"sts-webpki-invalid", "certificate-expired", CAUSE_STS_HOST_CERT_INVALID},
	    {"starttls-not-supported", "smtp-starttls-reply-code-454", CAUSE_STARTTLS_REFUSED},
	    {"validation-failure", "smtp-starttls-reply-code-454x", CAUSE_UNKNOWN},
	    {"dnssec-invalid", "extended-dns-error-22", CAUSE_DNS_SERVFAIL},
	    /* GnuTLS, Schannel, .NET, Java, Node.js */
	    {"validation-failure", "The certificate is NOT trusted. The certificate issuer is unknown.",
	     CAUSE_CERT_UNKNOWN_ISSUER},
	    {"validation-failure", "A call to SSPI failed: 0x80090325", CAUSE_CERT_UNKNOWN_ISSUER},
	    {"validation-failure", "RemoteCertificateChainErrors: PartialChain", CAUSE_CERT_INCOMPLETE_CHAIN},
	    {"validation-failure", "sun.security.validator.ValidatorException: PKIX path building failed",
	     CAUSE_CERT_UNKNOWN_ISSUER},
	    {"validation-failure", "DEPTH_ZERO_SELF_SIGNED_CERT", CAUSE_CERT_SELF_SIGNED},
	};
	for (size_t i = 0; i < COUNT_OF(samples); i++)
		expect_cause(&samples[i], POLICY_STS, "example.net");
}

static void reads_a_silent_result_by_policy_and_reporter(void **state)
{
	(void)state;
	static const struct {
		struct sample sample;
		enum policy_type type;
		const char *reporter;
	} cases[] = {
	    {{"certificate-not-trusted", NULL, CAUSE_TLSA_MISMATCH}, POLICY_TLSA, "example.net"},
	    {{"certificate-not-trusted", NULL, CAUSE_CERT_UNTRUSTED}, POLICY_STS, "example.net"},
	    {{"tlsa-invalid", NULL, CAUSE_TLSA_MISMATCH}, POLICY_TLSA, "microsoft.com"},
	    {{"tlsa-invalid", NULL, CAUSE_TLSA_UNUSABLE}, POLICY_TLSA, "example.net"},
	    {{"tlsa-invalid", "all-TLSA-records-unusable", CAUSE_TLSA_UNUSABLE},
	     POLICY_TLSA,
	     "microsoft.com"},
	    {{"sts-policy-fetch-error", "i/o timeout", CAUSE_STS_FETCH_TIMEOUT}, POLICY_STS, "example.net"},
	    {{"validation-failure", "i/o timeout", CAUSE_TIMEOUT}, POLICY_STS, "example.net"},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++)
		expect_cause(&cases[i].sample, cases[i].type, cases[i].reporter);
}

static void reads_additional_information_that_is_no_address(void **state)
{
	(void)state;
	struct failure failure = failure_of("validation-failure", NULL);
	failure.additional_information = STR("certificate has expired");
	classify_failure(&failure, POLICY_STS, MODE_TESTING, STR("example.net"));
	assert_int_equal(failure.cause, CAUSE_CERT_EXPIRED);
	failure.additional_information = STR("https://example.net/help/certificate-expired");
	classify_failure(&failure, POLICY_STS, MODE_TESTING, STR("example.net"));
	assert_int_equal(failure.cause, CAUSE_UNKNOWN);
}

static void says_refused_only_where_the_sender_must_not_deliver(void **state)
{
	(void)state;
	static const struct {
		const char *result, *reason;
		enum policy_type type;
		enum sts_mode mode;
		bool refused;
	} cases[] = {
	    {"certificate-expired", NULL, POLICY_STS, MODE_ENFORCE, true},
	    {"certificate-expired", NULL, POLICY_STS, MODE_TESTING, false},
	    {"certificate-expired", NULL, POLICY_STS, MODE_NONE, false},
	    {"certificate-expired", NULL, POLICY_STS, MODE_NOT_STATED, false},
	    {"certificate-expired", NULL, POLICY_NONE_FOUND, MODE_NOT_STATED, false},
	    {"starttls-not-supported", NULL, POLICY_TLSA, MODE_NOT_STATED, true},
	    {"tlsa-invalid", "all-TLSA-records-unusable", POLICY_TLSA, MODE_NOT_STATED, false},
	    {"validation-failure", "dane-no-match", POLICY_TLSA, MODE_NOT_STATED, true},
	    {"sts-policy-fetch-error", NULL, POLICY_STS, MODE_ENFORCE, false},
	    {"sts-policy-invalid", "policy-syntax-error+fallback-to-cached-policy", POLICY_STS, MODE_ENFORCE,
	     false},
	    {"sts-webpki-invalid", "certificate-expired", POLICY_STS, MODE_ENFORCE, false},
	    {"dane-required", NULL, POLICY_NONE_FOUND, MODE_NOT_STATED, true},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct failure failure = failure_of(cases[i].result, cases[i].reason);
		classify_failure(&failure, cases[i].type, cases[i].mode, STR("example.net"));
		if (failure.refused != cases[i].refused)
			fail_msg("case %zu, %s: %s", i, cases[i].result,
				 failure.refused ? "refused" : "not refused");
	}
}

static void takes_any_bytes_as_a_reason(void **state)
{
	(void)state;
	char bytes[4096];
	unsigned seed = 7;
	for (int round = 0; round < 2000; round++) {
		size_t len = (size_t)round * 2 % sizeof(bytes);
		for (size_t i = 0; i < len; i++) {
			seed = seed * 1664525U + 1013904223U;
			bytes[i] = (char)(seed >> 24);
		}
		struct failure failure = failure_of("validation-failure", NULL);
		failure.reason_code = str_make(bytes, len);
		classify_failure(&failure, POLICY_STS, MODE_ENFORCE, STR_NONE);
		assert_true(failure.cause < CAUSE_COUNT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(tells_the_cause_in_the_words_of_each_library),
	    cmocka_unit_test(reads_a_silent_result_by_policy_and_reporter),
	    cmocka_unit_test(reads_additional_information_that_is_no_address),
	    cmocka_unit_test(says_refused_only_where_the_sender_must_not_deliver),
	    cmocka_unit_test(takes_any_bytes_as_a_reason),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
