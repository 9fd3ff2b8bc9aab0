/* SPDX-License-Identifier: ISC */
#pragma once
/* What reporters write as failure-reason-code, and the cause it tells of.  The texts are those of the software named
 * above each group; the causes are those of facts/causes.h without their prefix.
 *
 * Reasons are compared in two forms.  Plain: trimmed, lower case, straight quotes, one blank for a run of blanks.
 * Soft: the plain form with blanks for "_" and "-", and without a leading "x509 v err ". */

/* clang-format off */
/* The whole reason, in its soft form.  X(text, cause). */
#define FAILURE_EXACT(X) \
	/* Microsoft */ \
	X("mx hosts mismatch", STS_MX_MISMATCH) \
	X("validation failure", UNKNOWN) \
	/* a reason that repeats a result type */ \
	X("starttls not supported", STARTTLS_NOT_OFFERED) \
	X("certificate expired", CERT_EXPIRED) \
	X("certificate host mismatch", HOSTNAME_MISMATCH) \
	X("certificate not trusted", CERT_UNTRUSTED) \
	X("tlsa invalid", TLSA_UNUSABLE) \
	X("dnssec invalid", DNSSEC_BOGUS) \
	X("dane required", DANE_REQUIRED) \
	X("sts policy fetch error", STS_FETCH_UNKNOWN) \
	X("sts policy invalid", STS_INVALID_SYNTAX) \
	X("sts webpki invalid", STS_HOST_CERT_INVALID) \
	/* Postfix */ \
	X("tls handshake failure", HANDSHAKE_FAILURE) \
	X("all tlsa records unusable", TLSA_UNUSABLE) \
	X("all fingerprints unusable", LOCAL_CONFIG) \
	X("all trust anchors unusable", LOCAL_CONFIG) \
	X("self signed certificate", CERT_SELF_SIGNED) \
	X("self signed certificate in certificate chain", CERT_UNKNOWN_ISSUER) \
	X("unable to get local issuer certificate", CERT_UNKNOWN_ISSUER) \
	X("certificate is not yet valid", CERT_NOT_YET_VALID) \
	X("certificate is not yet valid or the system clock is incorrect", CERT_NOT_YET_VALID) \
	X("format error in certificate's notbefore field", CERT_MALFORMED) \
	X("unsuitable certificate purpose", CERT_WRONG_PURPOSE) \
	X("unsupported certificate purpose", CERT_WRONG_PURPOSE) \
	X("certificate chain too long", CERT_CONSTRAINT) \
	/* mox */ \
	X("dane no match", TLSA_MISMATCH) \
	X("mtasts policy mx mismatch", STS_MX_MISMATCH) \
	X("all unusable records+ignored", TLSA_UNUSABLE) \
	X("back off after recent fetch error", STS_FETCH_BACKOFF) \
	X("no mta sts dns txt record", STS_NOT_FOUND) \
	X("multiple mta sts records", STS_RECORD_INVALID) \
	X("record syntax error", STS_RECORD_INVALID) \
	X("dns lookup", STS_FETCH_DNS) \
	X("no policy served", STS_NOT_FOUND) \
	X("cannot fetch policy", STS_FETCH_UNKNOWN) \
	X("policy syntax error", STS_INVALID_SYNTAX) \
	X("no system roots", LOCAL_CONFIG) \
	X("unknown go certificate verification error", CERT_OTHER) \
	X("not authorized to sign", CERT_CONSTRAINT) \
	X("ca not authorized for this name", CERT_CONSTRAINT) \
	X("too many intermediates", CERT_CONSTRAINT) \
	X("incompatible key usage", CERT_WRONG_PURPOSE) \
	X("parent subject child issuer mismatch", CERT_INCOMPLETE_CHAIN) \
	X("name constraint without sans", CERT_CONSTRAINT) \
	X("unconstrained name", CERT_CONSTRAINT) \
	X("too many constraints", CERT_CONSTRAINT) \
	X("ca not authorized for ext key usage", CERT_WRONG_PURPOSE) \
	X("tls remote error", HANDSHAKE_FAILURE) \
	X("tls record header error", NOT_TLS) \
	X("io timeout during handshake", TIMEOUT) \
	X("connection closed during handshake", CONNECTION_CLOSED) \
	/* OpenSSL */ \
	X("unspecified", CERT_OTHER) \
	X("unable to get issuer cert", CERT_INCOMPLETE_CHAIN) \
	X("unable to get crl", CERT_REVOCATION_UNKNOWN) \
	X("unable to decrypt cert signature", CERT_BAD_SIGNATURE) \
	X("unable to decrypt crl signature", CERT_REVOCATION_UNKNOWN) \
	X("unable to decode issuer public key", CERT_MALFORMED) \
	X("cert signature failure", CERT_BAD_SIGNATURE) \
	X("crl signature failure", CERT_REVOCATION_UNKNOWN) \
	X("cert not yet valid", CERT_NOT_YET_VALID) \
	X("cert has expired", CERT_EXPIRED) \
	X("crl not yet valid", CERT_REVOCATION_UNKNOWN) \
	X("crl has expired", CERT_REVOCATION_UNKNOWN) \
	X("error in cert not before field", CERT_MALFORMED) \
	X("error in cert not after field", CERT_MALFORMED) \
	X("error in crl last update field", CERT_REVOCATION_UNKNOWN) \
	X("error in crl next update field", CERT_REVOCATION_UNKNOWN) \
	X("out of mem", LOCAL_CONFIG) \
	X("depth zero self signed cert", CERT_SELF_SIGNED) \
	X("self signed cert in chain", CERT_UNKNOWN_ISSUER) \
	X("unable to get issuer cert locally", CERT_UNKNOWN_ISSUER) \
	X("unable to verify leaf signature", CERT_INCOMPLETE_CHAIN) \
	X("cert chain too long", CERT_CONSTRAINT) \
	X("cert revoked", CERT_REVOKED) \
	X("no issuer public key", CERT_CONSTRAINT) \
	X("path length exceeded", CERT_CONSTRAINT) \
	X("invalid purpose", CERT_WRONG_PURPOSE) \
	X("cert untrusted", CERT_UNTRUSTED) \
	X("cert rejected", CERT_UNTRUSTED) \
	X("subject issuer mismatch", CERT_INCOMPLETE_CHAIN) \
	X("akid skid mismatch", CERT_INCOMPLETE_CHAIN) \
	X("akid issuer serial mismatch", CERT_INCOMPLETE_CHAIN) \
	X("keyusage no certsign", CERT_WRONG_PURPOSE) \
	X("unable to get crl issuer", CERT_REVOCATION_UNKNOWN) \
	X("unhandled critical extension", CERT_UNSUPPORTED) \
	X("keyusage no crl sign", CERT_REVOCATION_UNKNOWN) \
	X("unhandled critical crl extension", CERT_REVOCATION_UNKNOWN) \
	X("invalid non ca", CERT_CONSTRAINT) \
	X("proxy path length exceeded", CERT_CONSTRAINT) \
	X("keyusage no digital signature", CERT_WRONG_PURPOSE) \
	X("proxy certificates not allowed", CERT_UNSUPPORTED) \
	X("invalid extension", CERT_MALFORMED) \
	X("invalid policy extension", CERT_MALFORMED) \
	X("no explicit policy", CERT_CONSTRAINT) \
	X("different crl scope", CERT_REVOCATION_UNKNOWN) \
	X("unsupported extension feature", CERT_UNSUPPORTED) \
	X("unnested resource", CERT_CONSTRAINT) \
	X("permitted violation", CERT_CONSTRAINT) \
	X("excluded violation", CERT_CONSTRAINT) \
	X("subtree minmax", CERT_CONSTRAINT) \
	X("application verification", CERT_OTHER) \
	X("unsupported constraint type", CERT_CONSTRAINT) \
	X("unsupported constraint syntax", CERT_CONSTRAINT) \
	X("unsupported name syntax", CERT_CONSTRAINT) \
	X("crl path validation error", CERT_REVOCATION_UNKNOWN) \
	X("path loop", CERT_INCOMPLETE_CHAIN) \
	X("suite b invalid version", CERT_UNSUPPORTED) \
	X("suite b invalid algorithm", CERT_UNSUPPORTED) \
	X("suite b invalid curve", CERT_UNSUPPORTED) \
	X("suite b invalid signature algorithm", CERT_UNSUPPORTED) \
	X("suite b los not allowed", CERT_UNSUPPORTED) \
	X("suite b cannot sign p 384 with p 256", CERT_UNSUPPORTED) \
	X("hostname mismatch", HOSTNAME_MISMATCH) \
	X("email mismatch", HOSTNAME_MISMATCH) \
	X("ip address mismatch", HOSTNAME_MISMATCH) \
	X("ee key too small", CERT_UNSUPPORTED) \
	X("ca key too small", CERT_UNSUPPORTED) \
	X("ca md too weak", CERT_UNSUPPORTED) \
	X("invalid call", LOCAL_CONFIG) \
	X("store lookup", CERT_INCOMPLETE_CHAIN) \
	X("no valid scts", CERT_UNTRUSTED) \
	X("proxy subject name violation", CERT_CONSTRAINT) \
	X("ocsp verify needed", CERT_REVOCATION_UNKNOWN) \
	X("ocsp verify failed", CERT_REVOCATION_UNKNOWN) \
	X("ocsp cert unknown", CERT_REVOCATION_UNKNOWN) \
	X("unsupported signature algorithm", CERT_UNSUPPORTED) \
	X("signature algorithm mismatch", CERT_BAD_SIGNATURE) \
	X("signature algorithm inconsistency", CERT_BAD_SIGNATURE) \
	X("invalid ca", CERT_CONSTRAINT) \
	X("pathlen invalid for non ca", CERT_MALFORMED) \
	X("pathlen without ku key cert sign", CERT_MALFORMED) \
	X("ku key cert sign invalid for non ca", CERT_MALFORMED) \
	X("issuer name empty", CERT_MALFORMED) \
	X("subject name empty", CERT_MALFORMED) \
	X("missing authority key identifier", CERT_MALFORMED) \
	X("missing subject key identifier", CERT_MALFORMED) \
	X("empty subject alt name", CERT_MALFORMED) \
	X("empty subject san not critical", CERT_MALFORMED) \
	X("ca bcons not critical", CERT_MALFORMED) \
	X("authority key identifier critical", CERT_MALFORMED) \
	X("subject key identifier critical", CERT_MALFORMED) \
	X("ca cert missing key usage", CERT_MALFORMED) \
	X("extensions require version 3", CERT_MALFORMED) \
	X("ec key explicit params", CERT_UNSUPPORTED) \
	/* BoringSSL */ \
	X("app data in handshake", UNEXPECTED_MESSAGE) \
	X("bad dh p length", INSECURE_CIPHER) \
	X("bad handshake record", HANDSHAKE_FAILURE) \
	X("bad signature", CERT_BAD_SIGNATURE) \
	X("ccs received early", UNEXPECTED_MESSAGE) \
	X("certificate verify failed", CERT_UNTRUSTED) \
	X("connection rejected", CONNECTION_CLOSED) \
	X("decryption failed or bad record mac", HANDSHAKE_FAILURE) \
	X("digest check failed", HANDSHAKE_FAILURE) \
	X("excess handshake data", HANDSHAKE_FAILURE) \
	X("handshake failure on client hello", NO_SHARED_CIPHER) \
	X("handshake not complete", HANDSHAKE_FAILURE) \
	X("https proxy request", NOT_TLS) \
	X("http request", NOT_TLS) \
	X("inappropriate fallback", PROTOCOL_VERSION) \
	X("key usage bit incorrect", CERT_WRONG_PURPOSE) \
	X("missing extension", HANDSHAKE_FAILURE) \
	X("no application protocol", HANDSHAKE_FAILURE) \
	X("no certificates returned", HANDSHAKE_FAILURE) \
	X("no ciphers available", NO_SHARED_CIPHER) \
	X("no cipher match", NO_SHARED_CIPHER) \
	X("no common signature algorithms", NO_SHARED_CIPHER) \
	X("no shared cipher", NO_SHARED_CIPHER) \
	X("no shared group", NO_SHARED_CIPHER) \
	X("peer did not return a certificate", CLIENT_CERT_REQUIRED) \
	X("peer error unsupported certificate type", CERT_UNSUPPORTED) \
	X("read timeout expired", TIMEOUT) \
	X("renegotiation mismatch", HANDSHAKE_FAILURE) \
	X("required cipher missing", NO_SHARED_CIPHER) \
	X("second serverhello version mismatch", PROTOCOL_VERSION) \
	X("sslv3 alert bad certificate", CLIENT_CERT_REJECTED) \
	X("sslv3 alert bad record mac", HANDSHAKE_FAILURE) \
	X("sslv3 alert certificate expired", CLIENT_CERT_REJECTED) \
	X("sslv3 alert certificate revoked", CLIENT_CERT_REJECTED) \
	X("sslv3 alert certificate unknown", CLIENT_CERT_REJECTED) \
	X("sslv3 alert decompression failure", HANDSHAKE_FAILURE) \
	X("sslv3 alert handshake failure", HANDSHAKE_FAILURE) \
	X("sslv3 alert illegal parameter", HANDSHAKE_FAILURE) \
	X("sslv3 alert no certificate", CLIENT_CERT_REQUIRED) \
	X("sslv3 alert unexpected message", UNEXPECTED_MESSAGE) \
	X("sslv3 alert unsupported certificate", CLIENT_CERT_REJECTED) \
	X("ssl handshake failure", HANDSHAKE_FAILURE) \
	X("tls13 downgrade", PROTOCOL_VERSION) \
	X("tlsv1 alert access denied", HANDSHAKE_FAILURE) \
	X("tlsv1 alert bad certificate hash value", CLIENT_CERT_REJECTED) \
	X("tlsv1 alert bad certificate status response", CLIENT_CERT_REJECTED) \
	X("tlsv1 alert certificate required", CLIENT_CERT_REQUIRED) \
	X("tlsv1 alert decode error", HANDSHAKE_FAILURE) \
	X("tlsv1 alert decryption failed", HANDSHAKE_FAILURE) \
	X("tlsv1 alert decrypt error", HANDSHAKE_FAILURE) \
	X("tlsv1 alert export restriction", INSECURE_CIPHER) \
	X("tlsv1 alert inappropriate fallback", PROTOCOL_VERSION) \
	X("tlsv1 alert insufficient security", INSECURE_CIPHER) \
	X("tlsv1 alert internal error", PEER_INTERNAL_ERROR) \
	X("tlsv1 alert no application protocol", HANDSHAKE_FAILURE) \
	X("tlsv1 alert no renegotiation", HANDSHAKE_FAILURE) \
	X("tlsv1 alert protocol version", PROTOCOL_VERSION) \
	X("tlsv1 alert record overflow", HANDSHAKE_FAILURE) \
	X("tlsv1 alert unknown ca", CLIENT_CERT_REJECTED) \
	X("tlsv1 alert unknown psk identity", HANDSHAKE_FAILURE) \
	X("tlsv1 alert unrecognized name", SNI_REJECTED) \
	X("tlsv1 alert user cancelled", CONNECTION_CLOSED) \
	X("unexpected message", UNEXPECTED_MESSAGE) \
	X("unexpected record", UNEXPECTED_MESSAGE) \
	X("unknown certificate type", CERT_UNSUPPORTED) \
	X("unknown cipher returned", NO_SHARED_CIPHER) \
	X("unknown protocol", NOT_TLS) \
	X("unknown ssl version", PROTOCOL_VERSION) \
	X("unsafe legacy renegotiation disabled", HANDSHAKE_FAILURE) \
	X("unsupported certificate", CERT_UNSUPPORTED) \
	X("unsupported elliptic curve", NO_SHARED_CIPHER) \
	X("unsupported protocol", PROTOCOL_VERSION) \
	X("unsupported protocol for custom key", PROTOCOL_VERSION) \
	X("wrong certificate type", CERT_UNSUPPORTED) \
	X("wrong cipher returned", NO_SHARED_CIPHER) \
	X("wrong curve", NO_SHARED_CIPHER) \
	X("wrong signature type", INSECURE_CIPHER) \
	X("wrong ssl version", PROTOCOL_VERSION) \
	X("wrong version number", NOT_TLS)

/* A part of the reason, in either form; the first row that fits wins.  X(pattern, cause).
 * In a pattern: ^ and $ the ends, @ a word boundary, # a digit, % one digit or more, ! any byte, ~ any run of bytes,
 * {a|b|} alternatives. */

#define FAILURE_PARTS(X) \
	/* Go: before the words of OpenSSL that it contains */ \
	X("certificate has expired or is not yet valid{:|} current time ~ is before ", CERT_NOT_YET_VALID) \
	X("certificate has expired or is not yet valid{:|} current time ~ is after ", CERT_EXPIRED) \
	/* Mail.ru */ \
	X("bad http{s|} response code: 404", STS_FETCH_HTTP_STATUS) \
	X("bad http{s|} response code: 3##", STS_FETCH_REDIRECT) \
	X("bad http{s|} response code: #", STS_FETCH_HTTP_STATUS) \
	X("client.timeout exceeded while awaiting headers", STS_FETCH_TIMEOUT) \
	X("client.timeout or context cancellation while reading body", STS_FETCH_TIMEOUT) \
	/* mox */ \
	X("^smtp-starttls-reply-code-%$", STARTTLS_REFUSED) \
	X("^{tls-remote-alert|tls-local-alert|alert}-10{-|$}", UNEXPECTED_MESSAGE) \
	X("^tls-{remote|local}-alert-{20|21|22}{-|$}", HANDSHAKE_FAILURE) \
	X("^tls-{remote|local}-alert-40{-|$}", HANDSHAKE_FAILURE) \
	X("^tls-remote-alert-{42|43|44|45|46}{-|$}", CLIENT_CERT_REJECTED) \
	X("^tls-local-alert-42{-|$}", CERT_UNTRUSTED) \
	X("^tls-local-alert-43{-|$}", CERT_UNSUPPORTED) \
	X("^tls-local-alert-44{-|$}", CERT_REVOKED) \
	X("^tls-local-alert-45{-|$}", CERT_EXPIRED) \
	X("^tls-local-alert-46{-|$}", CERT_OTHER) \
	X("^tls-{remote|local}-alert-47{-|$}", HANDSHAKE_FAILURE) \
	X("^tls-remote-alert-48{-|$}", CLIENT_CERT_REJECTED) \
	X("^tls-local-alert-48{-|$}", CERT_UNKNOWN_ISSUER) \
	X("^tls-{remote|local}-alert-49{-|$}", HANDSHAKE_FAILURE) \
	X("^tls-{remote|local}-alert-{50|51}{-|$}", HANDSHAKE_FAILURE) \
	X("^tls-{remote|local}-alert-70{-|$}", PROTOCOL_VERSION) \
	X("^tls-{remote|local}-alert-71{-|$}", INSECURE_CIPHER) \
	X("^tls-{remote|local}-alert-80{-|$}", PEER_INTERNAL_ERROR) \
	X("^tls-{remote|local}-alert-86{-|$}", PROTOCOL_VERSION) \
	X("^tls-{remote|local}-alert-109{-|$}", HANDSHAKE_FAILURE) \
	X("^tls-{remote|local}-alert-112{-|$}", SNI_REJECTED) \
	X("^tls-{remote|local}-alert-116{-|$}", CLIENT_CERT_REQUIRED) \
	X("^tls-{remote|local}-alert-120{-|$}", HANDSHAKE_FAILURE) \
	X("^tls-{remote|local}-alert-#", HANDSHAKE_FAILURE) \
	X("^{extended-dns-error|dns-extended-error}-{6|7|8|9|10|11|12}{-|$}", DNSSEC_BOGUS) \
	X("^{extended-dns-error|dns-extended-error}-{1|2|5}{-|$}", DNSSEC_BOGUS) \
	X("^{extended-dns-error|dns-extended-error}-{22|23|24}{-|$}", DNS_SERVFAIL) \
	X("^{extended-dns-error|dns-extended-error}-#", DNS_SERVFAIL) \
	X("^go-x509-invalid-reason-%$", CERT_OTHER) \
	X("^dane-no-match+", TLSA_MISMATCH) \
	X("^no-mta-sts-dns-txt-record+", STS_NOT_FOUND) \
	X("^{multiple-mta-sts-records|record-syntax-error}+", STS_RECORD_INVALID) \
	X("^dns-lookup+", STS_FETCH_DNS) \
	X("^no-policy-served+", STS_NOT_FOUND) \
	X("^policy-syntax-error+", STS_INVALID_SYNTAX) \
	X("^back-off-after-recent-fetch-error+", STS_FETCH_BACKOFF) \
	X("+fallback-to-cached-policy$", STS_FETCH_UNKNOWN) \
	X("^certificate-{expired|not-trusted|host-mismatch}{+|$}", STS_HOST_CERT_INVALID) \
	/* Stalwart */ \
	X("mta-sts is required and no policy was found.", STS_NOT_FOUND) \
	X("failed to parse mta-sts dns record.", STS_RECORD_INVALID) \
	X("timeout fetching policy.", STS_FETCH_TIMEOUT) \
	X("could not reach policy host.", STS_FETCH_TCP) \
	X("policy not found.", STS_NOT_FOUND) \
	X("failed to fetch policy.", STS_FETCH_UNKNOWN) \
	X("policy too large", STS_INVALID_TOO_LARGE) \
	X("mx not authorized by policy.", STS_MX_MISMATCH) \
	X("invalid tlsa record.", TLSA_UNUSABLE) \
	X("bogus tlsa records were found.", DNSSEC_BOGUS) \
	X("bogus mx records were found.", DNSSEC_BOGUS) \
	X("no tlsa dnssec records found.", DANE_REQUIRED) \
	X("no tlsa records found", DANE_REQUIRED) \
	X("mx host is not in a dnssec signed zone.", DANE_REQUIRED) \
	X("no matching certificates found.", TLSA_MISMATCH) \
	X("starttls was not advertised by host", STARTTLS_NOT_OFFERED) \
	X("^failed to parse policy: no 'mx' entries found", STS_INVALID_MISSING_MX) \
	X("^failed to parse policy: unsupported mode", STS_INVALID_BAD_MODE) \
	X("^failed to parse policy: unsupported version", STS_INVALID_SYNTAX) \
	X("^failed to parse policy: policy too large", STS_INVALID_TOO_LARGE) \
	X("^failed to parse policy: invalid utf-8", STS_INVALID_SYNTAX) \
	X("^failed to parse policy", STS_INVALID_SYNTAX) \
	X("^code: {4|5}##, enhanced code: ~message:", STARTTLS_REFUSED) \
	X("^record not found: ~nxdomain", STS_NOT_FOUND) \
	X("^record not found", STS_NOT_FOUND) \
	X("^dns lookup error: ", STS_FETCH_DNS) \
	/* OpenSSL and BoringSSL, an alert that came in */ \
	X("{sslv3|tlsv1|tlsv13|tls} alert unexpected message@", UNEXPECTED_MESSAGE) \
	X("{sslv3|tlsv1|tlsv13|tls} alert bad record mac@", HANDSHAKE_FAILURE) \
	X("{sslv3|tlsv1|tlsv13|tls} alert decryption failed@", HANDSHAKE_FAILURE) \
	X("{sslv3|tlsv1|tlsv13|tls} alert record overflow@", HANDSHAKE_FAILURE) \
	X("{sslv3|tlsv1|tlsv13|tls} alert decompression failure@", HANDSHAKE_FAILURE) \
	X("{sslv3|tlsv1|tlsv13|tls} alert handshake failure@", HANDSHAKE_FAILURE) \
	X("{sslv3|tlsv1|tlsv13|tls} alert no certificate@", CLIENT_CERT_REQUIRED) \
	X("{sslv3|tlsv1|tlsv13|tls} alert bad certificate@", CLIENT_CERT_REJECTED) \
	X("{sslv3|tlsv1|tlsv13|tls} alert unsupported certificate@", CLIENT_CERT_REJECTED) \
	X("{sslv3|tlsv1|tlsv13|tls} alert certificate revoked@", CLIENT_CERT_REJECTED) \
	X("{sslv3|tlsv1|tlsv13|tls} alert certificate expired@", CLIENT_CERT_REJECTED) \
	X("{sslv3|tlsv1|tlsv13|tls} alert certificate unknown@", CLIENT_CERT_REJECTED) \
	X("{sslv3|tlsv1|tlsv13|tls} alert illegal parameter@", HANDSHAKE_FAILURE) \
	X("{sslv3|tlsv1|tlsv13|tls} alert unknown ca@", CLIENT_CERT_REJECTED) \
	X("{sslv3|tlsv1|tlsv13|tls} alert access denied@", HANDSHAKE_FAILURE) \
	X("{sslv3|tlsv1|tlsv13|tls} alert decode error@", HANDSHAKE_FAILURE) \
	X("{sslv3|tlsv1|tlsv13|tls} alert decrypt error@", HANDSHAKE_FAILURE) \
	X("{sslv3|tlsv1|tlsv13|tls} alert export restriction@", INSECURE_CIPHER) \
	X("{sslv3|tlsv1|tlsv13|tls} alert protocol version@", PROTOCOL_VERSION) \
	X("{sslv3|tlsv1|tlsv13|tls} alert insufficient security@", INSECURE_CIPHER) \
	X("{sslv3|tlsv1|tlsv13|tls} alert internal error@", PEER_INTERNAL_ERROR) \
	X("{sslv3|tlsv1|tlsv13|tls} alert inappropriate fallback@", PROTOCOL_VERSION) \
	X("{sslv3|tlsv1|tlsv13|tls} alert user cancelled@", CONNECTION_CLOSED) \
	X("{sslv3|tlsv1|tlsv13|tls} alert no renegotiation@", HANDSHAKE_FAILURE) \
	X("{sslv3|tlsv1|tlsv13|tls} alert missing extension@", HANDSHAKE_FAILURE) \
	X("{tlsv1|tls} {alert |}unrecognized name@", SNI_REJECTED) \
	X("{sslv3|tlsv1|tlsv13|tls} alert unknown psk identity@", HANDSHAKE_FAILURE) \
	X("{sslv3|tlsv1|tlsv13|tls} alert certificate required@", CLIENT_CERT_REQUIRED) \
	X("{sslv3|tlsv1|tlsv13|tls} alert no application protocol@", HANDSHAKE_FAILURE) \
	/* Go crypto/tls */ \
	X("remote error: {tls: |}{bad|unsupported|revoked|expired|unknown} certificate", CLIENT_CERT_REJECTED) \
	/* rustls and Stalwart, an alert that came in */ \
	X("received fatal alert: handshakefailure", HANDSHAKE_FAILURE) \
	X("received fatal alert: protocolversion", PROTOCOL_VERSION) \
	X("received fatal alert: insufficientsecurity", INSECURE_CIPHER) \
	X("received fatal alert: internalerror", PEER_INTERNAL_ERROR) \
	X("received fatal alert: unrecognizedname", SNI_REJECTED) \
	X("received fatal alert: unrecognisedname", SNI_REJECTED) \
	X("received fatal alert: unexpectedmessage", UNEXPECTED_MESSAGE) \
	X("received fatal alert: certificateexpired", CLIENT_CERT_REJECTED) \
	X("received fatal alert: certificaterevoked", CLIENT_CERT_REJECTED) \
	X("received fatal alert: unknownca", CLIENT_CERT_REJECTED) \
	X("received fatal alert: badcertificate", CLIENT_CERT_REJECTED) \
	X("received fatal alert: unsupportedcertificate", CLIENT_CERT_REJECTED) \
	X("received fatal alert: certificateunknown", CLIENT_CERT_REJECTED) \
	X("received fatal alert: certificaterequired", CLIENT_CERT_REQUIRED) \
	X("received fatal alert: badrecordmac", HANDSHAKE_FAILURE) \
	X("received fatal alert: decrypterror", HANDSHAKE_FAILURE) \
	X("received fatal alert: decodeerror", HANDSHAKE_FAILURE) \
	X("received fatal alert: illegalparameter", HANDSHAKE_FAILURE) \
	X("received fatal alert: accessdenied", HANDSHAKE_FAILURE) \
	X("received fatal alert: missingextension", HANDSHAKE_FAILURE) \
	X("received fatal alert: noapplicationprotocol", HANDSHAKE_FAILURE) \
	X("received fatal alert: usercanceled", CONNECTION_CLOSED) \
	X("received fatal alert: inappropriatefallback", PROTOCOL_VERSION) \
	/* rustls 0.24, an alert that came in */ \
	X("the peer failed to negotiate an acceptable set of security parameters", HANDSHAKE_FAILURE) \
	X("the peer did not support a suitable tls version", PROTOCOL_VERSION) \
	X("the peer required a higher security level than was offered", INSECURE_CIPHER) \
	X("the peer received an unexpected message", UNEXPECTED_MESSAGE) \
	X("the peer failed to verify a message", HANDSHAKE_FAILURE) \
	X("the peer rejected an over-length message", HANDSHAKE_FAILURE) \
	X("the peer rejected a message because a field was incorrect or inconsistent", HANDSHAKE_FAILURE) \
	X("the peer failed to decode a message", HANDSHAKE_FAILURE) \
	X("the peer failed to perform a handshake cryptographic operation", HANDSHAKE_FAILURE) \
	X("the peer detected an attempted version downgrade", PROTOCOL_VERSION) \
	X("the peer required a specific extension that was not provided", HANDSHAKE_FAILURE) \
	X("the peer rejected an unsolicited extension", HANDSHAKE_FAILURE) \
	X("the peer experienced a general error", HANDSHAKE_FAILURE) \
	X("the peer rejected the certificate as corrupt or incorrectly signed", CLIENT_CERT_REJECTED) \
	X("the peer did not support the certificate", CLIENT_CERT_REJECTED) \
	X("the peer found the certificate to be revoked", CLIENT_CERT_REJECTED) \
	X("the peer found the certificate to be expired", CLIENT_CERT_REJECTED) \
	X("the peer rejected the certificate for an unspecified reason", CLIENT_CERT_REJECTED) \
	X("the peer found the certificate was not issued by a trusted ca", CLIENT_CERT_REJECTED) \
	X("the peer denied access", HANDSHAKE_FAILURE) \
	X("the peer required a client certificate", CLIENT_CERT_REQUIRED) \
	X("the peer encountered an internal error", PEER_INTERNAL_ERROR) \
	X("the peer canceled the handshake", CONNECTION_CLOSED) \
	X("the peer did not recognize a name in the `server_name` extension", SNI_REJECTED) \
	X("the peer did not support any of the offered application protocols", HANDSHAKE_FAILURE) \
	/* Java JSSE */ \
	X("received fatal alert: handshake_failure", HANDSHAKE_FAILURE) \
	X("received fatal alert: protocol_version", PROTOCOL_VERSION) \
	X("received fatal alert: certificate_expired", CLIENT_CERT_REJECTED) \
	X("received fatal alert: certificate_unknown", CLIENT_CERT_REJECTED) \
	X("received fatal alert: bad_certificate", CLIENT_CERT_REJECTED) \
	X("received fatal alert: unknown_ca", CLIENT_CERT_REJECTED) \
	X("received fatal alert: insufficient_security", INSECURE_CIPHER) \
	X("received fatal alert: unrecognized_name", SNI_REJECTED) \
	X("received fatal alert: internal_error", PEER_INTERNAL_ERROR) \
	X("received fatal alert: unexpected_message", UNEXPECTED_MESSAGE) \
	/* Exchange Online */ \
	X("5.7.321", STARTTLS_NOT_OFFERED) \
	X("5.7.322", CERT_EXPIRED) \
	X("5.7.323", TLSA_MISMATCH) \
	X("5.7.324", DNSSEC_BOGUS) \
	X("5.7.325", HOSTNAME_MISMATCH) \
	X("subjectmismatch", HOSTNAME_MISMATCH) \
	/* OpenSSL, BoringSSL */ \
	X("{^|:|: }http request$", NOT_TLS) \
	/* Momentum, Bird */ \
	X("ssl certificate subject does not match host", HOSTNAME_MISMATCH) \
	/* hearsay */ \
	X("mx-mismatch", STS_MX_MISMATCH) \
	/* OpenSSL */ \
	X("subject signature algorithm and issuer public key algorithm mismatch", CERT_BAD_SIGNATURE) \
	X("proxy certificates not allowed, please set the appropriate flag", CERT_UNSUPPORTED) \
	X("certificate transparency required, but no valid scts found", CERT_UNTRUSTED) \
	X("subject empty and subject alt name extension not critical", CERT_MALFORMED) \
	X("invalid or inconsistent certificate policy extension", CERT_MALFORMED) \
	X("cert info signature and signature algorithm mismatch", CERT_BAD_SIGNATURE) \
	X("rfc 3779 resource not subset of parent's resources", CERT_CONSTRAINT) \
	X("name constraints minimum and maximum not supported", CERT_CONSTRAINT) \
	X("certificate public key has explicit ecc parameters", CERT_UNSUPPORTED) \
	X("basic constraints of ca cert not marked critical", CERT_MALFORMED) \
	X("path length given without key usage keycertsign", CERT_MALFORMED) \
	X("key usage does not include certificate signing", CERT_WRONG_PURPOSE) \
	X("format error in certificate's notbefore field", CERT_MALFORMED) \
	X("authority and subject key identifier mismatch", CERT_INCOMPLETE_CHAIN) \
	X("invalid or inconsistent certificate extension", CERT_MALFORMED) \
	X("unsupported or invalid name constraint syntax", CERT_CONSTRAINT) \
	X("key usage keycertsign invalid for non-ca cert", CERT_MALFORMED) \
	X("using cert extension requires at least x509v3", CERT_MALFORMED) \
	X("format error in certificate's notafter field", CERT_MALFORMED) \
	X("self-signed certificate in certificate chain", CERT_UNKNOWN_ISSUER) \
	X("issuer certificate doesn't have a public key", CERT_CONSTRAINT) \
	X("invalid non-ca certificate (has ca markings)", CERT_CONSTRAINT) \
	X("key usage does not include digital signature", CERT_WRONG_PURPOSE) \
	X("ca cert does not include key usage extension", CERT_MALFORMED) \
	X("authority and issuer serial number mismatch", CERT_INCOMPLETE_CHAIN) \
	X("cannot find certificate signature algorithm", CERT_UNSUPPORTED) \
	X("unspecified certificate verification error", CERT_OTHER) \
	X("unable to decrypt certificate's signature", CERT_BAD_SIGNATURE) \
	X("invalid certificate verification context", LOCAL_CONFIG) \
	X("empty subject alternative name extension", CERT_MALFORMED) \
	X("authority key identifier marked critical", CERT_MALFORMED) \
	X("suite b: curve not allowed for this los", CERT_UNSUPPORTED) \
	X("format error in crl's lastupdate field", CERT_REVOCATION_UNKNOWN) \
	X("format error in crl's nextupdate field", CERT_REVOCATION_UNKNOWN) \
	X("unable to get local issuer certificate", CERT_UNKNOWN_ISSUER) \
	X("unable to verify the first certificate", CERT_INCOMPLETE_CHAIN) \
	X("key usage does not include crl signing", CERT_REVOCATION_UNKNOWN) \
	X("ca signature digest algorithm too weak", CERT_UNSUPPORTED) \
	X("subject key identifier marked critical", CERT_MALFORMED) \
	X("proxy path length constraint exceeded", CERT_CONSTRAINT) \
	X("suite b: invalid public key algorithm", CERT_UNSUPPORTED) \
	X("suite b: cannot sign p-384 with p-256", CERT_UNSUPPORTED) \
	X("unable to get crl issuer certificate", CERT_REVOCATION_UNKNOWN) \
	X("suite b: certificate version invalid", CERT_UNSUPPORTED) \
	X("suite b: invalid signature algorithm", CERT_UNSUPPORTED) \
	X("path length invalid for non-ca cert", CERT_MALFORMED) \
	X("unable to decode issuer public key", CERT_MALFORMED) \
	X("unsupported or invalid name syntax", CERT_CONSTRAINT) \
	X("unable to decrypt crl's signature", CERT_REVOCATION_UNKNOWN) \
	X("unable to get issuer certificate", CERT_INCOMPLETE_CHAIN) \
	X("unhandled critical crl extension", CERT_REVOCATION_UNKNOWN) \
	X("application verification failure", CERT_OTHER) \
	X("unsupported name constraint type", CERT_CONSTRAINT) \
	X("missing authority key identifier", CERT_MALFORMED) \
	X("path length constraint exceeded", CERT_CONSTRAINT) \
	X("issuer certificate lookup error", CERT_INCOMPLETE_CHAIN) \
	X("unsuitable certificate purpose", CERT_WRONG_PURPOSE) \
	X("missing subject key identifier", CERT_MALFORMED) \
	X("unable to get certificate crl", CERT_REVOCATION_UNKNOWN) \
	X("certificate signature failure", CERT_BAD_SIGNATURE) \
	X("unsupported extension feature", CERT_UNSUPPORTED) \
	X("no matching dane tlsa records", TLSA_MISMATCH) \
	X("certificate is not yet valid", CERT_NOT_YET_VALID) \
	X("unhandled critical extension", CERT_UNSUPPORTED) \
	X("proxy subject name violation", CERT_CONSTRAINT) \
	X("permitted subtree violation", CERT_CONSTRAINT) \
	X("ee certificate key too weak", CERT_UNSUPPORTED) \
	X("ca certificate key too weak", CERT_UNSUPPORTED) \
	X("certificate chain too long", CERT_CONSTRAINT) \
	X("excluded subtree violation", CERT_CONSTRAINT) \
	X("suite b: invalid ecc curve", CERT_UNSUPPORTED) \
	X("crl path validation error", CERT_REVOCATION_UNKNOWN) \
	X("ocsp verification needed", CERT_REVOCATION_UNKNOWN) \
	X("ocsp verification failed", CERT_REVOCATION_UNKNOWN) \
	X("certificate has expired", CERT_EXPIRED) \
	X("self-signed certificate", CERT_SELF_SIGNED) \
	X("certificate not trusted", CERT_UNTRUSTED) \
	X("subject issuer mismatch", CERT_INCOMPLETE_CHAIN) \
	X("email address mismatch", HOSTNAME_MISMATCH) \
	X("invalid ca certificate", CERT_CONSTRAINT) \
	X("crl signature failure", CERT_REVOCATION_UNKNOWN) \
	X("crl is not yet valid", CERT_REVOCATION_UNKNOWN) \
	X("certificate rejected", CERT_UNTRUSTED) \
	X("certificate revoked", CERT_REVOKED) \
	X("different crl scope", CERT_REVOCATION_UNKNOWN) \
	X("ip address mismatch", HOSTNAME_MISMATCH) \
	X("no explicit policy", CERT_CONSTRAINT) \
	X("subject name empty", CERT_MALFORMED) \
	X("hostname mismatch", HOSTNAME_MISMATCH) \
	X("ocsp unknown cert", CERT_REVOCATION_UNKNOWN) \
	X("issuer name empty", CERT_MALFORMED) \
	X("crl has expired", CERT_REVOCATION_UNKNOWN) \
	X("out of memory", LOCAL_CONFIG) \
	X("path loop", CERT_INCOMPLETE_CHAIN) \
	/* OpenSSL 1.1, BoringSSL, LibreSSL */ \
	X("self signed certificate in certificate chain", CERT_UNKNOWN_ISSUER) \
	X("self signed certificate", CERT_SELF_SIGNED) \
	X("unsupported certificate purpose", CERT_WRONG_PURPOSE) \
	/* OpenSSL 4 */ \
	X("ocsp response has expired", CERT_REVOCATION_UNKNOWN) \
	X("no ocsp response available for certificate", CERT_REVOCATION_UNKNOWN) \
	X("raw public key untrusted, no trusted keys configured", CERT_UNTRUSTED) \
	/* OpenSSL, BoringSSL */ \
	X("no shared cipher", NO_SHARED_CIPHER) \
	X("no ciphers available", NO_SHARED_CIPHER) \
	X("no cipher match", NO_SHARED_CIPHER) \
	X("wrong cipher returned", NO_SHARED_CIPHER) \
	X("unknown cipher returned", NO_SHARED_CIPHER) \
	X("required cipher missing", NO_SHARED_CIPHER) \
	X("no shared groups", NO_SHARED_CIPHER) \
	X("no suitable groups", NO_SHARED_CIPHER) \
	X("no suitable key share", NO_SHARED_CIPHER) \
	X("unsupported elliptic curve", NO_SHARED_CIPHER) \
	X("wrong curve", NO_SHARED_CIPHER) \
	X("no shared signature algorithms", NO_SHARED_CIPHER) \
	X("no suitable signature algorithm", NO_SHARED_CIPHER) \
	X("no shared group", NO_SHARED_CIPHER) \
	X("no common signature algorithms", NO_SHARED_CIPHER) \
	X("legacy sigalg disallowed or unsupported", INSECURE_CIPHER) \
	X("wrong signature type", INSECURE_CIPHER) \
	X("illegal signature digest", INSECURE_CIPHER) \
	X("dh key too small", INSECURE_CIPHER) \
	X("bad dh p length", INSECURE_CIPHER) \
	X("bad dh value", HANDSHAKE_FAILURE) \
	X("ee key too small", CERT_UNSUPPORTED) \
	X("ca key too small", CERT_UNSUPPORTED) \
	X("ca md too weak", CERT_UNSUPPORTED) \
	X("insufficient security", INSECURE_CIPHER) \
	X("wrong version number", NOT_TLS) \
	X("unknown protocol", NOT_TLS) \
	X("https proxy request", NOT_TLS) \
	X("packet length too long", NOT_TLS) \
	X("bad record type", NOT_TLS) \
	X("record layer failure", NOT_TLS) \
	X("unsupported protocol", PROTOCOL_VERSION) \
	X("unsupported ssl version", PROTOCOL_VERSION) \
	X("wrong ssl version", PROTOCOL_VERSION) \
	X("bad protocol version number", PROTOCOL_VERSION) \
	X("unknown ssl version", PROTOCOL_VERSION) \
	X("version too low", PROTOCOL_VERSION) \
	X("version too high", PROTOCOL_VERSION) \
	X("no protocols available", PROTOCOL_VERSION) \
	X("bad legacy version", PROTOCOL_VERSION) \
	X("inappropriate fallback", PROTOCOL_VERSION) \
	X("tls13 downgrade", PROTOCOL_VERSION) \
	X("unexpected eof while reading", CONNECTION_CLOSED) \
	X("unexpected message", UNEXPECTED_MESSAGE) \
	X("unexpected record", UNEXPECTED_MESSAGE) \
	X("unexpected ccs message", UNEXPECTED_MESSAGE) \
	X("ccs received early", UNEXPECTED_MESSAGE) \
	X("app data in handshake", UNEXPECTED_MESSAGE) \
	X("application data after close notify", UNEXPECTED_MESSAGE) \
	X("mixed handshake and non handshake data", UNEXPECTED_MESSAGE) \
	X("unsafe legacy renegotiation disabled", HANDSHAKE_FAILURE) \
	X("renegotiation mismatch", HANDSHAKE_FAILURE) \
	X("certificate verify failed", CERT_UNTRUSTED) \
	X("peer did not return a certificate", CLIENT_CERT_REQUIRED) \
	X("no certificates returned", HANDSHAKE_FAILURE) \
	X("key usage bit incorrect", CERT_WRONG_PURPOSE) \
	X("unsupported certificate", CERT_UNSUPPORTED) \
	X("wrong certificate type", CERT_UNSUPPORTED) \
	X("unknown certificate type", CERT_UNSUPPORTED) \
	X("no valid scts", CERT_UNTRUSTED) \
	X("decryption failed or bad record mac", HANDSHAKE_FAILURE) \
	X("digest check failed", HANDSHAKE_FAILURE) \
	X("bad signature", CERT_BAD_SIGNATURE) \
	X("ssl handshake failure", HANDSHAKE_FAILURE) \
	X("handshake failure on client hello", NO_SHARED_CIPHER) \
	X("no application protocol", HANDSHAKE_FAILURE) \
	X("read timeout expired", TIMEOUT) \
	X("connection rejected", CONNECTION_CLOSED) \
	X("dane tlsa bad", TLSA_UNUSABLE) \
	X("dane tlsa null data", TLSA_UNUSABLE) \
	/* Node.js codes */ \
	X("cert_has_expired", CERT_EXPIRED) \
	X("cert_not_yet_valid", CERT_NOT_YET_VALID) \
	X("cert_revoked", CERT_REVOKED) \
	X("cert_signature_failure", CERT_BAD_SIGNATURE) \
	X("cert_untrusted", CERT_UNTRUSTED) \
	X("cert_rejected", CERT_UNTRUSTED) \
	X("cert_chain_too_long", CERT_CONSTRAINT) \
	X("depth_zero_self_signed_cert", CERT_SELF_SIGNED) \
	X("self_signed_cert_in_chain", CERT_UNKNOWN_ISSUER) \
	X("unable_to_get_issuer_cert_locally", CERT_UNKNOWN_ISSUER) \
	X("unable_to_get_issuer_cert", CERT_INCOMPLETE_CHAIN) \
	X("unable_to_verify_leaf_signature", CERT_INCOMPLETE_CHAIN) \
	X("invalid_ca", CERT_CONSTRAINT) \
	X("path_length_exceeded", CERT_CONSTRAINT) \
	X("invalid_purpose", CERT_WRONG_PURPOSE) \
	X("hostname_mismatch", HOSTNAME_MISMATCH) \
	X("err_tls_cert_altname_invalid", HOSTNAME_MISMATCH) \
	X("err_tls_dh_param_size", INSECURE_CIPHER) \
	X("err_tls_handshake_timeout", TIMEOUT) \
	X("err_tls_invalid_protocol_version", PROTOCOL_VERSION) \
	X("econnreset", CONNECTION_CLOSED) \
	X("etimedout", TIMEOUT) \
	X("econnrefused", CONNECT_FAILED) \
	X("ehostunreach", CONNECT_FAILED) \
	X("enetunreach", CONNECT_FAILED) \
	X("epipe", CONNECTION_CLOSED) \
	X("enotfound", STS_FETCH_DNS) \
	X("eai_again", DNS_SERVFAIL) \
	X("eproto", HANDSHAKE_FAILURE) \
	/* Node.js */ \
	X("does not match certificate's altnames", HOSTNAME_MISMATCH) \
	X("client network socket disconnected before secure tls connection was established", CONNECTION_CLOSED) \
	/* GnuTLS */ \
	X("uses expired certificate", CERT_EXPIRED) \
	X("uses not yet valid certificate", CERT_NOT_YET_VALID) \
	X("certificate chain is revoked", CERT_REVOKED) \
	X("certificate issuer is unknown", CERT_UNKNOWN_ISSUER) \
	X("certificate issuer is not a ca", CERT_CONSTRAINT) \
	X("certificate chain uses insecure algorithm", CERT_UNSUPPORTED) \
	X("violates the signer's constraints", CERT_CONSTRAINT) \
	X("does not match the intended purpose", CERT_WRONG_PURPOSE) \
	X("signature in the certificate is invalid", CERT_BAD_SIGNATURE) \
	X("name in the certificate does not match the expected", HOSTNAME_MISMATCH) \
	X("requires the server to include an ocsp", CERT_REVOCATION_UNKNOWN) \
	X("ocsp status response is invalid", CERT_REVOCATION_UNKNOWN) \
	X("ocsp status response", CERT_REVOCATION_UNKNOWN) \
	X("contains an unknown critical extension", CERT_UNSUPPORTED) \
	X("data are old and have been superseded", CERT_REVOCATION_UNKNOWN) \
	X("data are issued with a future date", CERT_REVOCATION_UNKNOWN) \
	X("could not negotiate a supported cipher suite", NO_SHARED_CIPHER) \
	X("no supported cipher suites have been found", NO_SHARED_CIPHER) \
	X("no common application protocol could be negotiated", HANDSHAKE_FAILURE) \
	X("packet with illegal or unsupported version was received", PROTOCOL_VERSION) \
	X("unexpected tls handshake packet was received", UNEXPECTED_MESSAGE) \
	X("unexpected tls packet was received", UNEXPECTED_MESSAGE) \
	X("tls connection was non-properly terminated", CONNECTION_CLOSED) \
	X("error in the pull function", CONNECTION_CLOSED) \
	X("error in the push function", CONNECTION_CLOSED) \
	X("the operation timed out", TIMEOUT) \
	X("prime sent by the server is not acceptable", INSECURE_CIPHER) \
	X("the signature algorithm is not supported", INSECURE_CIPHER) \
	X("disallowed sni server name has been received", SNI_REJECTED) \
	X("server name sent was not recognized", SNI_REJECTED) \
	X("error in the certificate verification", CERT_UNTRUSTED) \
	X("the certificate is not trusted", CERT_UNTRUSTED) \
	X("certificate is expired", CERT_EXPIRED) \
	X("certificate was revoked", CERT_REVOKED) \
	X("ca is unknown", CERT_UNKNOWN_ISSUER) \
	X("error in protocol version", PROTOCOL_VERSION) \
	X("handshake failed", HANDSHAKE_FAILURE) \
	X("tls fatal alert has been received", HANDSHAKE_FAILURE) \
	X("tls warning alert has been received", HANDSHAKE_FAILURE) \
	/* Go crypto/x509 */ \
	X("certificate is valid for ~, not ", HOSTNAME_MISMATCH) \
	X("certificate is not valid for any names", HOSTNAME_MISMATCH) \
	X("certificate relies on legacy common name field", HOSTNAME_MISMATCH) \
	X("because it doesn't contain any ip sans", HOSTNAME_MISMATCH) \
	X("certificate signed by unknown authority", CERT_UNKNOWN_ISSUER) \
	X("certificate is not authorized to sign other certificates", CERT_CONSTRAINT) \
	X("too many intermediates for path length constraint", CERT_CONSTRAINT) \
	X("certificate specifies an incompatible key usage", CERT_WRONG_PURPOSE) \
	X("issuer name does not match subject from issuing certificate", CERT_INCOMPLETE_CHAIN) \
	X("issuer has name constraints but leaf", CERT_CONSTRAINT) \
	X("is not authorized to sign for this name", CERT_CONSTRAINT) \
	X("is not authorized for an extended key usage", CERT_WRONG_PURPOSE) \
	X("name constraints", CERT_CONSTRAINT) \
	X("cannot verify signature: insecure algorithm", CERT_UNSUPPORTED) \
	X("cannot verify signature: algorithm unimplemented", CERT_UNSUPPORTED) \
	X("failed to load system roots", LOCAL_CONFIG) \
	X("x509: malformed", CERT_MALFORMED) \
	X("x509: invalid", CERT_MALFORMED) \
	X("x509: negative serial number", CERT_MALFORMED) \
	X("failed to parse certificate", CERT_MALFORMED) \
	X("invalid signature by the server certificate", CERT_BAD_SIGNATURE) \
	X("server's certificate contains an unsupported type of public key", CERT_UNSUPPORTED) \
	X("server sent certificate containing rsa key larger", CERT_UNSUPPORTED) \
	X("failed to verify certificate", CERT_UNTRUSTED) \
	/* Go crypto/tls */ \
	X("first record does not look like a tls handshake", NOT_TLS) \
	X("oversized record received", NOT_TLS) \
	X("unsupported sslv2 handshake received", PROTOCOL_VERSION) \
	X("no supported versions satisfy minversion and maxversion", PROTOCOL_VERSION) \
	X("client offered only unsupported versions", PROTOCOL_VERSION) \
	X("protocol version not supported", PROTOCOL_VERSION) \
	X("downgrade attempt detected", PROTOCOL_VERSION) \
	X("server chose an unconfigured cipher suite", NO_SHARED_CIPHER) \
	X("no cipher suite supported by both client and server", NO_SHARED_CIPHER) \
	X("server selected unsupported group", NO_SHARED_CIPHER) \
	X("server selected unsupported curve", NO_SHARED_CIPHER) \
	X("no ecdhe curve supported by both client and server", NO_SHARED_CIPHER) \
	X("peer doesn't support any of the certificate's signature algorithms", NO_SHARED_CIPHER) \
	X("certificate used with invalid signature algorithm", INSECURE_CIPHER) \
	X("received unexpected handshake message", UNEXPECTED_MESSAGE) \
	X("received record with version", PROTOCOL_VERSION) \
	X("bad record mac", HANDSHAKE_FAILURE) \
	X("handshake failure", HANDSHAKE_FAILURE) \
	X("bad certificate", CERT_MALFORMED) \
	X("revoked certificate", CERT_REVOKED) \
	X("expired certificate", CERT_EXPIRED) \
	X("unknown certificate authority", CERT_UNKNOWN_ISSUER) \
	X("unknown certificate", CERT_OTHER) \
	X("access denied", HANDSHAKE_FAILURE) \
	X("error decoding message", HANDSHAKE_FAILURE) \
	X("error decrypting message", HANDSHAKE_FAILURE) \
	X("missing extension", HANDSHAKE_FAILURE) \
	X("unrecognized name", SNI_REJECTED) \
	X("certificate required", CLIENT_CERT_REQUIRED) \
	X("handshake timeout", TIMEOUT) \
	X("tls: internal error", PEER_INTERNAL_ERROR) \
	/* Go net/http and MTA-STS libraries */ \
	X("server gave http response to https client", STS_FETCH_TLS) \
	X("stopped after 10 redirects", STS_FETCH_REDIRECT) \
	X("redirect not allowed", STS_FETCH_REDIRECT) \
	X("redirects not allowed", STS_FETCH_REDIRECT) \
	X("while status 200 is required", STS_FETCH_HTTP_STATUS) \
	X("unexpected content type", STS_FETCH_CONTENT_TYPE) \
	X("content-type", STS_FETCH_CONTENT_TYPE) \
	X("no such host", STS_FETCH_DNS) \
	X("server misbehaving", DNS_SERVFAIL) \
	X("context deadline exceeded", TIMEOUT) \
	X("i/o timeout", TIMEOUT) \
	X("connection refused", CONNECT_FAILED) \
	X("connection reset by peer", CONNECTION_CLOSED) \
	X("broken pipe", CONNECTION_CLOSED) \
	X("network is unreachable", CONNECT_FAILED) \
	X("no route to host", CONNECT_FAILED) \
	X("use of closed network connection", CONNECTION_CLOSED) \
	/* rustls 0.23 */ \
	X("certificate not valid yet", CERT_NOT_YET_VALID) \
	X("certificate expired", CERT_EXPIRED) \
	X("certificate not valid for name", HOSTNAME_MISMATCH) \
	X("certificate does not allow extended key usage", CERT_WRONG_PURPOSE) \
	X("certificate revocation list expired", CERT_REVOCATION_UNKNOWN) \
	/* rustls, Stalwart */ \
	X("invalid peer certificate: notvalidyet", CERT_NOT_YET_VALID) \
	X("invalid peer certificate: expiredrevocationlist", CERT_REVOCATION_UNKNOWN) \
	X("invalid peer certificate: expired", CERT_EXPIRED) \
	X("invalid peer certificate: revoked", CERT_REVOKED) \
	X("invalid peer certificate: unknownissuer", CERT_UNKNOWN_ISSUER) \
	X("invalid peer certificate: badsignature", CERT_BAD_SIGNATURE) \
	X("invalid peer certificate: notvalidforname", HOSTNAME_MISMATCH) \
	X("invalid peer certificate: invalidpurpose", CERT_WRONG_PURPOSE) \
	X("invalid peer certificate: badencoding", CERT_MALFORMED) \
	X("invalid peer certificate: unhandledcriticalextension", CERT_UNSUPPORTED) \
	X("invalid peer certificate: unknownrevocationstatus", CERT_REVOCATION_UNKNOWN) \
	X("invalid peer certificate: applicationverificationfailure", CERT_OTHER) \
	X("invalid peer certificate: unsupportedsignaturealgorithm", CERT_UNSUPPORTED) \
	/* webpki names */ \
	X("certexpired", CERT_EXPIRED) \
	X("certnotvalidyet", CERT_NOT_YET_VALID) \
	X("certnotvalidforname", HOSTNAME_MISMATCH) \
	X("certrevoked", CERT_REVOKED) \
	X("unknownissuer", CERT_UNKNOWN_ISSUER) \
	X("invalidsignatureforpublickey", CERT_BAD_SIGNATURE) \
	X("causedasendentity", CERT_SELF_SIGNED) \
	X("endentityusedasca", CERT_CONSTRAINT) \
	X("nameconstraintviolation", CERT_CONSTRAINT) \
	X("pathlenconstraintviolated", CERT_CONSTRAINT) \
	X("requiredekunotfound", CERT_WRONG_PURPOSE) \
	X("unsupportedsignaturealgorithmforpublickey", CERT_UNSUPPORTED) \
	X("unsupportedsignaturealgorithm", CERT_UNSUPPORTED) \
	X("unsupportedcertversion", CERT_UNSUPPORTED) \
	X("unsupportedcriticalextension", CERT_UNSUPPORTED) \
	X("invalidcertvalidity", CERT_MALFORMED) \
	X("baddertime", CERT_MALFORMED) \
	X("badder", CERT_MALFORMED) \
	X("maximumpathbuildcallsexceeded", CERT_CONSTRAINT) \
	X("unknownrevocationstatus", CERT_REVOCATION_UNKNOWN) \
	/* rustls, Stalwart */ \
	X("nociphersuitesincommon", NO_SHARED_CIPHER) \
	X("nokxgroupsincommon", NO_SHARED_CIPHER) \
	X("nosignatureschemesincommon", NO_SHARED_CIPHER) \
	X("noecpointformatsincommon", NO_SHARED_CIPHER) \
	X("namedgroupsextensionrequired", NO_SHARED_CIPHER) \
	X("serverdoesnotsupporttls12or13", PROTOCOL_VERSION) \
	X("servertlsversionisdisabledbyourconfig", PROTOCOL_VERSION) \
	X("tls12notoffered", PROTOCOL_VERSION) \
	X("tls13requiredforquic", PROTOCOL_VERSION) \
	X("supportedversionsextensionrequired", PROTOCOL_VERSION) \
	X("attempteddowngradetotls12whentls13issupported", PROTOCOL_VERSION) \
	X("serversenthelloretryrequestwithunknownextension", HANDSHAKE_FAILURE) \
	X("serverrejectedencryptedclienthello", HANDSHAKE_FAILURE) \
	X("received corrupt message of type invalidcontenttype", NOT_TLS) \
	X("received corrupt message of type", HANDSHAKE_FAILURE) \
	X("peer sent excess record size", NOT_TLS) \
	X("cannot decrypt peer's message", HANDSHAKE_FAILURE) \
	X("peer sent no certificates", HANDSHAKE_FAILURE) \
	X("nocertificatespresented", HANDSHAKE_FAILURE) \
	X("peer is incompatible", NO_SHARED_CIPHER) \
	X("peer misbehaved", HANDSHAKE_FAILURE) \
	X("invalid peer certificate", CERT_UNTRUSTED) \
	X("tls handshake eof", CONNECTION_CLOSED) \
	X("peer closed connection without sending tls close_notify", CONNECTION_CLOSED) \
	/* Windows Schannel, CryptoAPI */ \
	X("sec_e_untrusted_root", CERT_UNKNOWN_ISSUER) \
	X("0x80090325", CERT_UNKNOWN_ISSUER) \
	X("sec_e_wrong_principal", HOSTNAME_MISMATCH) \
	X("0x80090322", HOSTNAME_MISMATCH) \
	X("sec_e_cert_expired", CERT_EXPIRED) \
	X("0x80090328", CERT_EXPIRED) \
	X("sec_e_cert_unknown", CERT_OTHER) \
	X("0x80090327", CERT_OTHER) \
	X("sec_e_illegal_message", UNEXPECTED_MESSAGE) \
	X("0x80090326", UNEXPECTED_MESSAGE) \
	X("sec_e_algorithm_mismatch", NO_SHARED_CIPHER) \
	X("0x80090331", NO_SHARED_CIPHER) \
	X("sec_e_unsupported_function", PROTOCOL_VERSION) \
	X("0x80090302", PROTOCOL_VERSION) \
	X("sec_e_invalid_token", NOT_TLS) \
	X("0x80090308", NOT_TLS) \
	X("sec_e_decrypt_failure", HANDSHAKE_FAILURE) \
	X("0x80090330", HANDSHAKE_FAILURE) \
	X("sec_e_message_altered", HANDSHAKE_FAILURE) \
	X("0x8009030f", HANDSHAKE_FAILURE) \
	X("crypt_e_revoked", CERT_REVOKED) \
	X("0x80092010", CERT_REVOKED) \
	X("crypt_e_no_revocation_check", CERT_REVOCATION_UNKNOWN) \
	X("0x80092012", CERT_REVOCATION_UNKNOWN) \
	X("crypt_e_revocation_offline", CERT_REVOCATION_UNKNOWN) \
	X("0x80092013", CERT_REVOCATION_UNKNOWN) \
	X("cert_e_expired", CERT_EXPIRED) \
	X("0x800b0101", CERT_EXPIRED) \
	X("cert_e_untrustedroot", CERT_UNKNOWN_ISSUER) \
	X("0x800b0109", CERT_UNKNOWN_ISSUER) \
	X("cert_e_chaining", CERT_INCOMPLETE_CHAIN) \
	X("0x800b010a", CERT_INCOMPLETE_CHAIN) \
	X("cert_e_revoked", CERT_REVOKED) \
	X("0x800b010c", CERT_REVOKED) \
	X("cert_e_cn_no_match", HOSTNAME_MISMATCH) \
	X("0x800b010f", HOSTNAME_MISMATCH) \
	X("cert_e_wrong_usage", CERT_WRONG_PURPOSE) \
	X("0x800b0110", CERT_WRONG_PURPOSE) \
	X("trust_e_cert_signature", CERT_BAD_SIGNATURE) \
	X("0x80096004", CERT_BAD_SIGNATURE) \
	X("do not possess a common algorithm", NO_SHARED_CIPHER) \
	/* .NET */ \
	X("remotecertificatenamemismatch", HOSTNAME_MISMATCH) \
	X("remotecertificatenotavailable", HANDSHAKE_FAILURE) \
	X("untrustedroot", CERT_UNKNOWN_ISSUER) \
	X("partialchain", CERT_INCOMPLETE_CHAIN) \
	X("nottimenested", CERT_CONSTRAINT) \
	X("nottimevalid", CERT_EXPIRED) \
	X("notsignaturevalid", CERT_BAD_SIGNATURE) \
	X("hasweaksignature", CERT_UNSUPPORTED) \
	X("revocationstatusunknown", CERT_REVOCATION_UNKNOWN) \
	X("offlinerevocation", CERT_REVOCATION_UNKNOWN) \
	X("notvalidforusage", CERT_WRONG_PURPOSE) \
	X("hasexcludednameconstraint", CERT_CONSTRAINT) \
	X("invalidbasicconstraints", CERT_CONSTRAINT) \
	X("remotecertificatechainerrors", CERT_UNTRUSTED) \
	X("remote certificate is invalid", CERT_UNTRUSTED) \
	/* Java JSSE */ \
	X("notafter", CERT_EXPIRED) \
	X("certificateexpiredexception", CERT_EXPIRED) \
	X("notbefore", CERT_NOT_YET_VALID) \
	X("certificatenotyetvalidexception", CERT_NOT_YET_VALID) \
	X("certificate has been revoked", CERT_REVOKED) \
	X("unable to find valid certification path", CERT_UNKNOWN_ISSUER) \
	X("pkix path building failed", CERT_UNKNOWN_ISSUER) \
	X("signature check failed", CERT_BAD_SIGNATURE) \
	X("no subject alternative", HOSTNAME_MISMATCH) \
	X("no name matching", HOSTNAME_MISMATCH) \
	X("does not conform to algorithm constraints", CERT_UNSUPPORTED) \
	X("algorithm constraints check failed", CERT_UNSUPPORTED) \
	X("dh serverkeyexchange does not comply", INSECURE_CIPHER) \
	X("unable to determine revocation status", CERT_REVOCATION_UNKNOWN) \
	X("validity check failed", CERT_EXPIRED) \
	X("pkix path validation failed", CERT_UNTRUSTED) \
	X("no appropriate protocol", PROTOCOL_VERSION) \
	X("the server selected protocol version", PROTOCOL_VERSION) \
	X("client requested protocol", PROTOCOL_VERSION) \
	X("no cipher suites in common", NO_SHARED_CIPHER) \
	X("remote host terminated the handshake", CONNECTION_CLOSED) \
	X("remote host closed connection during handshake", CONNECTION_CLOSED) \
	X("unsupported or unrecognized ssl message", NOT_TLS) \
	X("plaintext connection?", NOT_TLS) \
	X("received close_notify during handshake", CONNECTION_CLOSED) \
	/* any software */ \
	X("starttls~{not|isn!t|wasn!t} {offered|advertised|supported|available}", STARTTLS_NOT_OFFERED) \
	X("{no|not|without|missing} starttls", STARTTLS_NOT_OFFERED) \
	X("does not {support|offer} {starttls|tls}", STARTTLS_NOT_OFFERED) \
	X("^{4|5}##{ |-}~{tls|ssl}", STARTTLS_REFUSED) \
	X("tls {is |}{currently |}{not|un}{ |}available", STARTTLS_REFUSED) \
	X("tlsa~{mismatch|no match|not match}", TLSA_MISMATCH) \
	X("no~match~tlsa", TLSA_MISMATCH) \
	X("tlsa~{unusable|malformed|unsupported|invalid}", TLSA_UNUSABLE) \
	X("{dnssec|tlsa}~bogus", DNSSEC_BOGUS) \
	X("bogus~{dnssec|tlsa}", DNSSEC_BOGUS) \
	X("@bogus@", DNSSEC_BOGUS) \
	X("@servfail@", DNS_SERVFAIL) \
	X("@nxdomain@", STS_FETCH_DNS) \
	X("@{dnssec|zone}~{insecure|not signed|unsigned}", DNSSEC_INSECURE) \
	X("mx~{not listed|not in|not allowed|not authorized|not match|mismatch}", STS_MX_MISMATCH) \
	X("revoked", CERT_REVOKED) \
	X("{not valid yet|not yet valid}", CERT_NOT_YET_VALID) \
	X("expired", CERT_EXPIRED) \
	X("self{!|}signed", CERT_SELF_SIGNED) \
	X("{name|subject|san}~{mismatch|not match|doesn!t match}", HOSTNAME_MISMATCH) \
	X("{unknown issuer|unknown ca|unknown authority|untrusted}", CERT_UNKNOWN_ISSUER) \
	X("{weak|small|short} {key|rsa|dh|signature|digest|cipher}", INSECURE_CIPHER) \
	X("{key|md} too {weak|small}", INSECURE_CIPHER) \
	X("{insecure|weak|export|null} cipher", INSECURE_CIPHER) \
	X("no {shared|common|matching} cipher", NO_SHARED_CIPHER) \
	X("{protocol version|unsupported ssl version|unsupported tls version|version mismatch}", PROTOCOL_VERSION) \
	X("max{!|}age", STS_INVALID_MAX_AGE) \
	X("redirect", STS_FETCH_REDIRECT) \
	X("http {status|response|error|}{ code|}{:|}{ |}{3|4|5}##", STS_FETCH_HTTP_STATUS) \
	X("status{ code|}{:|}{ |}{3|4|5}##", STS_FETCH_HTTP_STATUS) \
	X("{timed out|time out|timedout|timeout}", TIMEOUT) \
	X("connection {reset|closed|lost|aborted|dropped}", CONNECTION_CLOSED) \
	X("{lost connection|@eof@|unexpected eof}", CONNECTION_CLOSED) \
	X("handshake", HANDSHAKE_FAILURE) \
	/* rustls, Java */ \
	X("received fatal alert", HANDSHAKE_FAILURE) \
	/* Go net/http */ \
	X("unable to do http request", STS_FETCH_UNKNOWN)
/* clang-format on */
