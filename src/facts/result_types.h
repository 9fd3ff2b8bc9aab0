/* SPDX-License-Identifier: ISC */
/* The result types of RFC 8460 section 4.3 (IANA "STARTTLS Validation Result Types", unchanged since 2018).
 * X(ID, text).  An unknown one is RESULT_OTHER, its text is kept. */
#define RESULT_TYPES(X)                                                                                                \
	X(STARTTLS_NOT_SUPPORTED, "starttls-not-supported")                                                            \
	X(CERTIFICATE_HOST_MISMATCH, "certificate-host-mismatch")                                                      \
	X(CERTIFICATE_EXPIRED, "certificate-expired")                                                                  \
	X(CERTIFICATE_NOT_TRUSTED, "certificate-not-trusted")                                                          \
	X(VALIDATION_FAILURE, "validation-failure")                                                                    \
	X(TLSA_INVALID, "tlsa-invalid")                                                                                \
	X(DNSSEC_INVALID, "dnssec-invalid")                                                                            \
	X(DANE_REQUIRED, "dane-required")                                                                              \
	X(STS_POLICY_FETCH_ERROR, "sts-policy-fetch-error")                                                            \
	X(STS_POLICY_INVALID, "sts-policy-invalid")                                                                    \
	X(STS_WEBPKI_INVALID, "sts-webpki-invalid")
