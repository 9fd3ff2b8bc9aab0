/* SPDX-License-Identifier: ISC */
/* The causes of failures, 56 of them, and all that is known of each.
 * X(ID, text, family, where the fault usually is, whether mail is refused, our own check,
 *   severity when refused, in testing, without a policy, RFC, title, sentence, other names, fix steps...)
 * mta_sts_invalid_hostname and mta_sts_policy_upgrade stand in no standard.  The first is read as "the host of the MX is not
 * one that the policy names"; the second as "a newer policy is announced and could not be taken", which senders report as
 * a fetch error and go on with the one they hold.
 * {subject} in a title is the server or the domain it is about.  The other names, parted by blanks, are those under
 * which people and other products know the cause.  The text is a contract. */

/* clang-format off */
#define CAUSES(X) \
	X(UNKNOWN, "unknown", NONE, UNKNOWN, BY_POLICY, MX_HANDSHAKE, WARNING, NOTICE, NOTICE, "RFC 8460 section 4.3.1", \
	  "TLS failed at {subject} for a reason not named", \
	  "The sender says that TLS failed and not why.", \
	  "validation_failure other", STEP_READ_LOG, STEP_TRY_TLS, STEP_RECHECK) \
	X(CERT_EXPIRED, "cert-expired", CERTIFICATE, RECEIVER, BY_POLICY, MX_CERTIFICATE, CRITICAL, WARNING, NOTICE, "RFC 8460 section 4.3.1", \
	  "Certificate expired on {subject}", \
	  "The certificate that the server shows had expired.", \
	  "certificate_expired", STEP_LOOK_CERTIFICATE, STEP_RENEW, STEP_RELOAD, STEP_AUTOMATE, STEP_RECHECK) \
	X(CERT_NOT_YET_VALID, "cert-not-yet-valid", CERTIFICATE, RECEIVER, BY_POLICY, MX_CERTIFICATE, CRITICAL, WARNING, NOTICE, "RFC 5280 section 4.1.2.5", \
	  "Certificate of {subject} is not valid yet", \
	  "The certificate begins to be valid later than the moment the sender saw it; a clock may be wrong.", \
	  "certificate_not_valid_yet certificate_not_yet_valid", STEP_LOOK_CERTIFICATE, STEP_CLOCK, STEP_RENEW, STEP_RELOAD, STEP_RECHECK) \
	X(CERT_REVOKED, "cert-revoked", CERTIFICATE, RECEIVER, BY_POLICY, MX_CERTIFICATE, CRITICAL, WARNING, NOTICE, "RFC 5280 section 5", \
	  "Certificate of {subject} was revoked", \
	  "The authority that issued the certificate has taken it back.", \
	  "certificate_revoked", STEP_NEW_KEY, STEP_RELOAD, STEP_RECHECK) \
	X(CERT_REVOCATION_UNKNOWN, "cert-revocation-unknown", CERTIFICATE, RECEIVER, BY_POLICY, MX_CERTIFICATE, CRITICAL, WARNING, NOTICE, "RFC 6960", \
	  "Revocation of the certificate of {subject} cannot be checked", \
	  "The sender wanted to know whether the certificate is revoked and got no usable answer.", \
	  "revocation_unknown ocsp_failure crl_failure", STEP_OCSP, STEP_RENEW, STEP_RELOAD, STEP_RECHECK) \
	X(CERT_SELF_SIGNED, "cert-self-signed", CERTIFICATE, RECEIVER, BY_POLICY, MX_CERTIFICATE, CRITICAL, WARNING, NOTICE, "RFC 8461 section 4.2", \
	  "Certificate of {subject} is self-signed", \
	  "The server shows a certificate that signed itself; no authority vouches for it.", \
	  "self_signed_certificate", STEP_LOOK_CERTIFICATE, STEP_RENEW, STEP_RELOAD, STEP_RECHECK) \
	X(CERT_UNKNOWN_ISSUER, "cert-unknown-issuer", CERTIFICATE, RECEIVER, BY_POLICY, MX_CERTIFICATE, CRITICAL, WARNING, NOTICE, "RFC 8461 section 4.2", \
	  "Certificate of {subject} comes from an authority that the sender does not know", \
	  "The chain ends at an issuer that the sender does not trust, or an intermediate certificate is missing; the two cannot be told apart from outside.", \
	  "unknown_issuer unknown_ca unable_to_get_local_issuer_certificate", STEP_LOOK_CERTIFICATE, STEP_FULL_CHAIN, STEP_RENEW, STEP_RELOAD, STEP_RECHECK) \
	X(CERT_INCOMPLETE_CHAIN, "cert-incomplete-chain", CERTIFICATE, RECEIVER, BY_POLICY, MX_CERTIFICATE, CRITICAL, WARNING, NOTICE, "RFC 8446 section 4.4.2", \
	  "Certificate chain of {subject} is incomplete", \
	  "The server does not send the intermediate certificates, or sends wrong ones.", \
	  "incomplete_chain missing_intermediate", STEP_LOOK_CERTIFICATE, STEP_FULL_CHAIN, STEP_RELOAD, STEP_RECHECK) \
	X(CERT_UNTRUSTED, "cert-untrusted", CERTIFICATE, RECEIVER, BY_POLICY, MX_CERTIFICATE, CRITICAL, WARNING, NOTICE, "RFC 8460 section 4.3.1", \
	  "Certificate of {subject} is not trusted", \
	  "The certificate does not lead to an authority that the sender trusts; the sender does not say why.", \
	  "untrusted_certificate certificate_not_trusted", STEP_LOOK_CERTIFICATE, STEP_FULL_CHAIN, STEP_RENEW, STEP_RELOAD, STEP_RECHECK) \
	X(CERT_BAD_SIGNATURE, "cert-bad-signature", CERTIFICATE, RECEIVER, BY_POLICY, MX_CERTIFICATE, CRITICAL, WARNING, NOTICE, "RFC 5280 section 6.1", \
	  "Certificate of {subject} has a signature that does not verify", \
	  "A signature in the chain does not belong to the certificate above it, or it is broken.", \
	  "no_valid_signature bad_signature", STEP_LOOK_CERTIFICATE, STEP_FULL_CHAIN, STEP_NEW_KEY, STEP_RELOAD, STEP_RECHECK) \
	X(CERT_UNSUPPORTED, "cert-unsupported", CERTIFICATE, RECEIVER, BY_POLICY, MX_CERTIFICATE, CRITICAL, WARNING, NOTICE, "RFC 8461 section 4.2", \
	  "Certificate of {subject} uses what the sender does not accept", \
	  "The key is too short, the algorithm too weak or unknown, or a critical extension is not understood.", \
	  "unsupported_certificate weak_key", STEP_MODERN_KEY, STEP_RELOAD, STEP_RECHECK) \
	X(CERT_WRONG_PURPOSE, "cert-wrong-purpose", CERTIFICATE, RECEIVER, BY_POLICY, MX_CERTIFICATE, CRITICAL, WARNING, NOTICE, "RFC 5280 section 4.2.1.12", \
	  "Certificate of {subject} is not meant for servers", \
	  "The certificate is issued for another use than to name a TLS server.", \
	  "wrong_purpose invalid_purpose", STEP_SERVER_PURPOSE, STEP_RELOAD, STEP_RECHECK) \
	X(CERT_CONSTRAINT, "cert-constraint", CERTIFICATE, RECEIVER, BY_POLICY, MX_CERTIFICATE, CRITICAL, WARNING, NOTICE, "RFC 5280 section 4.2.1.10", \
	  "Certificate of {subject} breaks a limit set by its issuer", \
	  "An authority in the chain was not allowed to issue it: name constraints, path length, or no authority at all.", \
	  "name_constraint path_length_exceeded", STEP_LOOK_CERTIFICATE, STEP_RENEW, STEP_RELOAD, STEP_RECHECK) \
	X(CERT_MALFORMED, "cert-malformed", CERTIFICATE, RECEIVER, BY_POLICY, MX_CERTIFICATE, CRITICAL, WARNING, NOTICE, "RFC 5280 section 4.1", \
	  "Certificate of {subject} is malformed", \
	  "The certificate or its chain breaks the rules of its format.", \
	  "malformed_certificate bad_certificate", STEP_LOOK_CERTIFICATE, STEP_RENEW, STEP_RELOAD, STEP_RECHECK) \
	X(CERT_OTHER, "cert-other", CERTIFICATE, RECEIVER, BY_POLICY, MX_CERTIFICATE, CRITICAL, WARNING, NOTICE, "RFC 8460 section 4.3.1", \
	  "Certificate of {subject} was not accepted", \
	  "The sender refused the certificate for a reason that has no name of its own.", \
	  "certificate_unknown", STEP_LOOK_CERTIFICATE, STEP_FULL_CHAIN, STEP_RENEW, STEP_RECHECK) \
	X(HOSTNAME_MISMATCH, "hostname-mismatch", CERTIFICATE, RECEIVER, BY_POLICY, MX_CERTIFICATE, CRITICAL, WARNING, NOTICE, "RFC 8461 section 4.1", \
	  "Certificate of {subject} is for another name", \
	  "The certificate does not carry the name of the server in the MX record.", \
	  "hostname_mismatch certificate_host_mismatch", STEP_LOOK_CERTIFICATE, STEP_RIGHT_NAME, STEP_CHOOSE_BY_NAME, STEP_RELOAD, STEP_RECHECK) \
	X(INSECURE_CIPHER, "insecure-cipher", TLS, RECEIVER, BY_POLICY, MX_HANDSHAKE, CRITICAL, WARNING, NOTICE, "RFC 9325 section 4", \
	  "{subject} uses encryption that the sender holds for too weak", \
	  "The sender refused a cipher suite, a key exchange or a signature as too weak.", \
	  "insecure_cipher_suite insufficient_security", STEP_CIPHERS, STEP_STRONG_DH, STEP_MODERN_KEY, STEP_RECHECK) \
	X(PROTOCOL_VERSION, "protocol-version", TLS, RECEIVER, BY_POLICY, MX_HANDSHAKE, CRITICAL, WARNING, NOTICE, "RFC 8461 section 4", \
	  "{subject} and the sender have no TLS version in common", \
	  "One side offers only versions that the other no longer accepts; MTA-STS asks for TLS 1.2 or later.", \
	  "protocol_version_mismatch", STEP_TLS_VERSIONS, STEP_TRY_TLS, STEP_RECHECK) \
	X(NO_SHARED_CIPHER, "no-shared-cipher", TLS, RECEIVER, BY_POLICY, MX_HANDSHAKE, CRITICAL, WARNING, NOTICE, "RFC 8446 section 4.1.1", \
	  "{subject} and the sender have no encryption in common", \
	  "There was no cipher suite, group or signature algorithm that both sides accept.", \
	  "no_shared_cipher_suite no_shared_cipher", STEP_CIPHERS, STEP_MODERN_KEY, STEP_TRY_TLS, STEP_RECHECK) \
	X(HANDSHAKE_FAILURE, "handshake-failure", TLS, RECEIVER, BY_POLICY, MX_HANDSHAKE, CRITICAL, WARNING, NOTICE, "RFC 8446 section 6.2", \
	  "TLS handshake with {subject} failed", \
	  "The handshake broke off. Often the two sides found no parameters in common, but the sender does not say.", \
	  "handshake_failure tls_handshake_failure", STEP_TRY_TLS, STEP_READ_LOG, STEP_CIPHERS, STEP_TLS_VERSIONS, STEP_RECHECK) \
	X(UNEXPECTED_MESSAGE, "unexpected-message", TLS, RECEIVER, BY_POLICY, MX_HANDSHAKE, CRITICAL, WARNING, NOTICE, "RFC 8446 section 6.2", \
	  "{subject} sent a TLS message out of turn", \
	  "One side got a TLS message that does not belong there; a device in between or a bug is likely.", \
	  "unexpected_message", STEP_TRY_TLS, STEP_FILTER, STEP_UPDATE, STEP_RECHECK) \
	X(NOT_TLS, "not-tls", TLS, RECEIVER, BY_POLICY, MX_HANDSHAKE, CRITICAL, WARNING, NOTICE, "RFC 3207 section 4", \
	  "{subject} did not speak TLS after STARTTLS", \
	  "The server agreed to STARTTLS and then sent plain text or something else; libraries call it \"wrong version number\".", \
	  "wrong_version_number not_tls", STEP_TRY_TLS, STEP_FILTER, STEP_READ_LOG, STEP_RECHECK) \
	X(PEER_INTERNAL_ERROR, "peer-internal-error", TLS, RECEIVER, BY_POLICY, MX_HANDSHAKE, CRITICAL, WARNING, NOTICE, "RFC 8446 section 6.2", \
	  "{subject} had an internal error during the handshake", \
	  "The server ended the handshake with the alert \"internal error\": often an unreadable key or certificate file.", \
	  "internal_error", STEP_READ_LOG, STEP_KEY_FILES, STEP_RELOAD, STEP_RECHECK) \
	X(SNI_REJECTED, "sni-rejected", TLS, RECEIVER, BY_POLICY, MX_HANDSHAKE, CRITICAL, WARNING, NOTICE, "RFC 6066 section 3", \
	  "{subject} does not know the name that the sender asked for", \
	  "The sender named the server (SNI) and the server refused the name.", \
	  "unrecognized_name sni_rejected", STEP_CHOOSE_BY_NAME, STEP_RELOAD, STEP_RECHECK) \
	X(CLIENT_CERT_REQUIRED, "client-cert-required", TLS, RECEIVER, BY_POLICY, MX_HANDSHAKE, CRITICAL, WARNING, NOTICE, "RFC 8446 section 4.4.2.4", \
	  "{subject} demands a certificate from the sender", \
	  "The server asks senders for a certificate; senders of mail have none.", \
	  "certificate_required", STEP_NO_CLIENT_CERTIFICATE, STEP_RELOAD, STEP_RECHECK) \
	X(CLIENT_CERT_REJECTED, "client-cert-rejected", TLS, RECEIVER, BY_POLICY, MX_HANDSHAKE, CRITICAL, WARNING, NOTICE, "RFC 8446 section 6.2", \
	  "{subject} rejects the certificate of the sender", \
	  "The alert came from the server: it complains about the certificate that the sender shows, not about its own.", \
	  "client_certificate_rejected", STEP_NO_CLIENT_CERTIFICATE, STEP_READ_LOG, STEP_RECHECK) \
	X(STARTTLS_NOT_OFFERED, "starttls-not-offered", STARTTLS, RECEIVER, BY_POLICY, MX_STARTTLS, CRITICAL, WARNING, NOTICE, "RFC 8460 section 4.3.1", \
	  "{subject} does not offer STARTTLS", \
	  "The sender asked for encryption and the receiving server did not offer it.", \
	  "starttls_not_supported starttls_not_offered", STEP_STARTTLS_ON, STEP_FILTER, STEP_RECHECK) \
	X(STARTTLS_REFUSED, "starttls-refused", STARTTLS, RECEIVER, BY_POLICY, MX_STARTTLS, CRITICAL, WARNING, NOTICE, "RFC 3207 section 4", \
	  "{subject} refuses STARTTLS", \
	  "The receiving server offers STARTTLS and then answers it with an error.", \
	  "starttls_refused tls_not_available", STEP_READ_LOG, STEP_KEY_FILES, STEP_RELOAD, STEP_RECHECK) \
	X(CONNECTION_CLOSED, "connection-closed", NETWORK, UNKNOWN, BY_POLICY, MX_HANDSHAKE, CRITICAL, WARNING, NOTICE, "RFC 8446 section 6.1", \
	  "{subject} closed the connection during TLS", \
	  "The connection ended in the middle of the handshake: the server, a device in between, or the network.", \
	  "connection_closed connection_reset", STEP_TRY_TLS, STEP_READ_LOG, STEP_FILTER, STEP_RECHECK) \
	X(CONNECT_FAILED, "connect-failed", NETWORK, RECEIVER, BY_POLICY, MX_CONNECT, CRITICAL, WARNING, NOTICE, "RFC 5321 section 5.1", \
	  "{subject} cannot be reached", \
	  "The sender got no connection to the server.", \
	  "connection_failure connection_refused", STEP_REACH, STEP_RECHECK) \
	X(TIMEOUT, "timeout", NETWORK, UNKNOWN, BY_POLICY, MX_CONNECT, CRITICAL, WARNING, NOTICE, "RFC 5321 section 4.5.3.2", \
	  "{subject} answers too late", \
	  "The sender waited for the server and gave up.", \
	  "timeout", STEP_REACH, STEP_READ_LOG, STEP_RECHECK) \
	X(TLSA_MISMATCH, "tlsa-mismatch", DANE, DNS, BY_POLICY, TLSA, CRITICAL, WARNING, NOTICE, "RFC 7672 section 2.2", \
	  "TLSA records of {subject} do not match its certificate", \
	  "No TLSA record fits the certificate that the server shows; often it was renewed with a new key.", \
	  "tlsa_mismatch dane_mismatch", STEP_TLSA_COMPARE, STEP_TLSA_PUBLISH, STEP_KEEP_KEY, STEP_RECHECK) \
	X(TLSA_UNUSABLE, "tlsa-unusable", DANE, DNS, BY_POLICY, TLSA, CRITICAL, WARNING, NOTICE, "RFC 7672 section 3.1", \
	  "TLSA records of {subject} cannot be used", \
	  "The sender can use none of the TLSA records: their form is not one for mail, or they are broken. Some reporters say the same of records that do not match.", \
	  "tlsa_invalid tlsa_unusable", STEP_TLSA_FORM, STEP_TLSA_COMPARE, STEP_TLSA_PUBLISH, STEP_RECHECK) \
	X(DNSSEC_BOGUS, "dnssec-bogus", DANE, DNS, BY_POLICY, DNSSEC, CRITICAL, WARNING, NOTICE, "RFC 7672 section 2.1.1", \
	  "DNSSEC of {subject} is broken", \
	  "The sender's resolver found DNS answers that do not verify; mail waits until they do.", \
	  "dnssec_invalid dnssec_bogus", STEP_DNSSEC_COMPARE, STEP_DNSSEC_SIGN, STEP_RECHECK) \
	X(DNSSEC_INSECURE, "dnssec-insecure", DANE, DNS, BY_POLICY, DNSSEC, WARNING, NOTICE, NOTICE, "RFC 7672 section 2.1.1", \
	  "The zone of {subject} is not signed", \
	  "TLSA records count only in a zone signed with DNSSEC, and this one is not.", \
	  "dnssec_insecure", STEP_DNSSEC_COMPARE, STEP_DNSSEC_SIGN, STEP_RECHECK) \
	X(DNS_SERVFAIL, "dns-servfail", DANE, DNS, BY_POLICY, DNSSEC, CRITICAL, WARNING, NOTICE, "RFC 7672 section 2.1.2", \
	  "DNS of {subject} gives no answer", \
	  "The sender's resolver got SERVFAIL: servers that do not answer, or DNSSEC that is broken; the two look alike.", \
	  "dns_servfail", STEP_DNS_SERVERS, STEP_DNSSEC_COMPARE, STEP_RECHECK) \
	X(DANE_REQUIRED, "dane-required", DANE, SENDER, ALWAYS, TLSA, WARNING, WARNING, WARNING, "RFC 7672 section 6", \
	  "A sender requires DANE for {subject} and finds none", \
	  "The sender has a rule that mail to this server needs DANE, and there are no TLSA records signed with DNSSEC.", \
	  "dane_required", STEP_TLSA_PUBLISH, STEP_DNSSEC_COMPARE, STEP_ASK_SENDER, STEP_RECHECK) \
	X(STS_NOT_FOUND, "sts-not-found", POLICY_FETCH, POLICY_HOST, NEVER, STS_POLICY, WARNING, WARNING, NOTICE, "RFC 8461 section 3.3", \
	  "MTA-STS policy of {subject} is not there", \
	  "The sender looked for the policy and found no record, no policy host or no file.", \
	  "mta_sts_policy_not_found", STEP_STS_RECORD, STEP_STS_SERVE, STEP_STS_FETCH, STEP_RECHECK) \
	X(STS_RECORD_INVALID, "sts-record-invalid", POLICY_FETCH, DNS, NEVER, STS_RECORD, WARNING, WARNING, NOTICE, "RFC 8461 section 3.1", \
	  "MTA-STS record of {subject} is not valid", \
	  "The TXT record at _mta-sts has an error, or there are several.", \
	  "mta_sts_record_invalid", STEP_STS_RECORD, STEP_RECHECK) \
	X(STS_FETCH_DNS, "sts-fetch-dns", POLICY_FETCH, DNS, NEVER, STS_POLICY, WARNING, WARNING, NOTICE, "RFC 8461 section 3.3", \
	  "Name of the policy host of {subject} cannot be resolved", \
	  "The sender found no address for the policy host in DNS.", \
	  "mta_sts_dns_failure", STEP_STS_HOST_DNS, STEP_DNS_SERVERS, STEP_STS_FETCH, STEP_RECHECK) \
	X(STS_FETCH_TCP, "sts-fetch-tcp", POLICY_FETCH, POLICY_HOST, NEVER, STS_POLICY, WARNING, WARNING, NOTICE, "RFC 8461 section 3.3", \
	  "Policy host of {subject} cannot be reached", \
	  "The sender got no connection to the policy host, or it was cut.", \
	  "mta_sts_connection_failure", STEP_STS_REACH, STEP_STS_FETCH, STEP_RECHECK) \
	X(STS_FETCH_TLS, "sts-fetch-tls", POLICY_FETCH, POLICY_HOST, NEVER, STS_POLICY, WARNING, WARNING, NOTICE, "RFC 8461 section 3.3", \
	  "TLS with the policy host of {subject} fails", \
	  "The policy host answers, but no TLS connection comes about.", \
	  "mta_sts_tls_failure", STEP_STS_HOST_TLS, STEP_STS_FETCH, STEP_RECHECK) \
	X(STS_FETCH_HTTP_STATUS, "sts-fetch-http-status", POLICY_FETCH, POLICY_HOST, NEVER, STS_POLICY, WARNING, WARNING, NOTICE, "RFC 8461 section 3.3", \
	  "Policy host of {subject} answers with an error", \
	  "The policy host answered with another HTTP status than 200.", \
	  "mta_sts_http_status", STEP_STS_SERVE, STEP_STS_FETCH, STEP_RECHECK) \
	X(STS_FETCH_REDIRECT, "sts-fetch-redirect", POLICY_FETCH, POLICY_HOST, NEVER, STS_POLICY, WARNING, WARNING, NOTICE, "RFC 8461 section 3.3", \
	  "Policy host of {subject} redirects", \
	  "The policy host answers with a redirect, which senders must not follow.", \
	  "mta_sts_redirect", STEP_STS_NO_REDIRECT, STEP_STS_FETCH, STEP_RECHECK) \
	X(STS_FETCH_CONTENT_TYPE, "sts-fetch-content-type", POLICY_FETCH, POLICY_HOST, NEVER, STS_POLICY, WARNING, WARNING, NOTICE, "RFC 8461 section 3.2", \
	  "Policy of {subject} has the wrong media type", \
	  "The policy is not served as text/plain.", \
	  "mta_sts_content_type", STEP_STS_SERVE, STEP_STS_FETCH, STEP_RECHECK) \
	X(STS_FETCH_TIMEOUT, "sts-fetch-timeout", POLICY_FETCH, POLICY_HOST, NEVER, STS_POLICY, WARNING, WARNING, NOTICE, "RFC 8461 section 3.3", \
	  "Policy host of {subject} answers too late", \
	  "The sender waited for the policy and gave up; a minute is usual.", \
	  "mta_sts_timeout", STEP_STS_REACH, STEP_STS_FETCH, STEP_RECHECK) \
	X(STS_FETCH_BACKOFF, "sts-fetch-backoff", POLICY_FETCH, UNKNOWN, NEVER, STS_POLICY, WARNING, WARNING, NOTICE, "RFC 8461 section 3.3", \
	  "Sender waits before it fetches the policy of {subject} again", \
	  "An earlier fetch failed; the sender did not try again yet. The earlier failure tells the cause.", \
	  "mta_sts_backoff", STEP_STS_FETCH, STEP_WAIT, STEP_RECHECK) \
	X(STS_FETCH_UNKNOWN, "sts-fetch-unknown", POLICY_FETCH, UNKNOWN, NEVER, STS_POLICY, WARNING, WARNING, NOTICE, "RFC 8460 section 4.3.2.2", \
	  "MTA-STS policy of {subject} could not be fetched", \
	  "The sender could not fetch the policy, or a newer one, and does not say why.", \
	  "sts_policy_fetch_error mta_sts_policy_fetch_error mta_sts_policy_upgrade", STEP_STS_FETCH, STEP_STS_SERVE, STEP_WAIT, STEP_RECHECK) \
	X(STS_INVALID_SYNTAX, "sts-invalid-syntax", POLICY_FETCH, POLICY_HOST, NEVER, STS_POLICY, WARNING, WARNING, NOTICE, "RFC 8461 section 3.2", \
	  "MTA-STS policy of {subject} has errors", \
	  "The policy was fetched and cannot be read; an error page served in its place looks the same.", \
	  "sts_policy_invalid mta_sts_policy_invalid", STEP_STS_FILE, STEP_STS_FETCH, STEP_STS_NEW_ID, STEP_RECHECK) \
	X(STS_INVALID_MISSING_MX, "sts-invalid-missing-mx", POLICY_FETCH, POLICY_HOST, NEVER, STS_POLICY, WARNING, WARNING, NOTICE, "RFC 8461 section 3.2", \
	  "MTA-STS policy of {subject} lists no server", \
	  "The policy has no mx line; an error page or a redirect served in its place looks the same.", \
	  "mta_sts_missing_mx", STEP_STS_FILE, STEP_STS_FETCH, STEP_STS_NEW_ID, STEP_RECHECK) \
	X(STS_INVALID_BAD_MODE, "sts-invalid-bad-mode", POLICY_FETCH, POLICY_HOST, NEVER, STS_POLICY, WARNING, WARNING, NOTICE, "RFC 8461 section 3.2", \
	  "MTA-STS policy of {subject} has an unknown mode", \
	  "The mode is none of enforce, testing and none.", \
	  "mta_sts_bad_mode", STEP_STS_FILE, STEP_STS_NEW_ID, STEP_RECHECK) \
	X(STS_INVALID_MAX_AGE, "sts-invalid-max-age", POLICY_FETCH, POLICY_HOST, NEVER, STS_POLICY, WARNING, WARNING, NOTICE, "RFC 8461 section 3.2", \
	  "MTA-STS policy of {subject} has no usable max_age", \
	  "max_age is missing, not a number, or over one year.", \
	  "mta_sts_max_age", STEP_STS_FILE, STEP_STS_NEW_ID, STEP_RECHECK) \
	X(STS_INVALID_TOO_LARGE, "sts-invalid-too-large", POLICY_FETCH, POLICY_HOST, NEVER, STS_POLICY, WARNING, WARNING, NOTICE, "RFC 8461 section 3.3", \
	  "MTA-STS policy of {subject} is too large", \
	  "The answer of the policy host is larger than senders read; 64 KiB is usual.", \
	  "mta_sts_too_large", STEP_STS_FILE, STEP_STS_FETCH, STEP_RECHECK) \
	X(STS_MX_MISMATCH, "sts-mx-mismatch", POLICY_MATCH, POLICY_HOST, BY_POLICY, STS_POLICY, CRITICAL, WARNING, NOTICE, "RFC 8461 section 4.1", \
	  "MTA-STS policy of {subject} does not list its mail server", \
	  "A server in the MX records is not named by any mx line of the policy that the sender holds.", \
	  "mta_sts_invalid_hostname mx_mismatch mx_hosts_mismatch", STEP_STS_MX, STEP_STS_NEW_ID, STEP_RECHECK) \
	X(STS_HOST_CERT_INVALID, "sts-host-cert-invalid", POLICY_FETCH, POLICY_HOST, NEVER, STS_HOST_CERTIFICATE, WARNING, WARNING, NOTICE, "RFC 8460 section 4.3.2.2", \
	  "Certificate of the policy host of {subject} is not valid", \
	  "The certificate of the policy host had expired, has another name, or is not trusted.", \
	  "sts_webpki_invalid", STEP_STS_HOST_CERTIFICATE, STEP_STS_FETCH, STEP_RECHECK) \
	X(LOCAL_CONFIG, "local-config", SENDER, SENDER, BY_POLICY, NONE, WARNING, NOTICE, NOTICE, "RFC 8460 section 4.3", \
	  "A sender failed by its own configuration", \
	  "The sender names a fault of its own: no list of authorities, or own rules that cannot be used.", \
	  "local_configuration", STEP_ASK_SENDER)
/* clang-format on */
