/* SPDX-License-Identifier: ISC */
/* What can be wrong with what a domain publishes and with its servers, as we see it ourselves.
 * X(ID, code, severity, sentence, first step).  In both texts {subject} is the record, host or policy it is about and
 * {detail} what was found there.  The code is a contract. */
#define FINDINGS(X)                                                                                                    \
	/* the TLS-RPT record, RFC 8460 section 3 */                                                                   \
	X(RECORD_MISSING, "record-missing", WARNING, "There is no TLS-RPT record at {subject}; nobody can send reports.", \
	  "Publish a TXT record at {subject}.")                                                                        \
	X(RECORD_MULTIPLE, "record-multiple", WARNING,                                                                 \
	  "There are several TLS-RPT records; senders must then act as if there were none.",                           \
	  "Keep one TXT record at {subject} and remove the others.")                                                   \
	X(RECORD_VERSION, "record-version", WARNING, "The record does not begin with v=TLSRPTv1; so senders ignore it.", \
	  "Begin the record with v=TLSRPTv1; exactly as written here.")                                                \
	X(RECORD_BLANK, "record-blank", NOTICE,                                                                        \
	  "A blank stands before the first semicolon; some senders then ignore the record.",                           \
	  "Write v=TLSRPTv1; without a blank.")                                                                        \
	X(RECORD_QUOTES, "record-quotes", WARNING, "The value holds quotation marks that were pasted in.",             \
	  "Remove the quotation marks from the value.")                                                                \
	X(RECORD_SYNTAX, "record-syntax", WARNING, "The record has a part that is not NAME=VALUE: {detail}.",          \
	  "Write each part as NAME=VALUE and put a semicolon between them.")                                           \
	X(RECORD_TAG_TWICE, "record-tag-twice", WARNING, "The tag {detail} stands twice.", "Keep one {detail}.")       \
	X(RECORD_TAG_UNKNOWN, "record-tag-unknown", NOTICE, "The tag {detail} is not known; senders ignore it.",       \
	  "Remove {detail} unless you know what it is for.")                                                           \
	X(RUA_MISSING, "rua-missing", WARNING, "The record names no address for reports.",                             \
	  "Add rua=mailto:ADDRESS or rua=https://ADDRESS.")                                                            \
	X(RUA_SCHEME, "rua-scheme", WARNING, "The address {detail} begins with neither mailto: nor https:.",           \
	  "Write mailto:ADDRESS or https://ADDRESS.")                                                                  \
	X(RUA_ADDRESS, "rua-address", WARNING, "The address {detail} is not complete.", "Correct the address.")        \
	X(RUA_ENCODING, "rua-encoding", WARNING,                                                                       \
	  "The address {detail} holds a character that must be percent-encoded.",                                      \
	  "Write %2C for a comma, %21 for an exclamation mark, %3B for a semicolon.")                                  \
	X(RUA_SEVERAL, "rua-several", NOTICE, "There are several addresses; some senders use only the first.",         \
	  "Put the address that matters most first, or keep only one.")                                                \
	X(RUA_NOT_OURS, "rua-not-ours", WARNING, "None of the addresses is ours; the reports go elsewhere.",           \
	  "Add our address to rua.")                                                                                   \
	X(RECORD_MISPLACED, "record-misplaced", WARNING, "A TLS-RPT record stands at {detail}, where nobody looks.",   \
	  "Move it to {subject}.")                                                                                     \
	/* the MTA-STS record, RFC 8461 section 3.1 */                                                                 \
	X(STS_RECORD_MISSING, "sts-record-missing", WARNING,                                                           \
	  "There is no MTA-STS record at {subject}; senders do not look for the policy.",                              \
	  "Publish a TXT record at {subject}.")                                                                        \
	X(STS_RECORD_MULTIPLE, "sts-record-multiple", WARNING,                                                         \
	  "There are several MTA-STS records; senders then act as if there were none.", "Keep one and remove the others.") \
	X(STS_RECORD_VERSION, "sts-record-version", WARNING, "The record does not begin with v=STSv1; so senders ignore it.", \
	  "Begin the record with v=STSv1; exactly as written here.")                                                   \
	X(STS_RECORD_ID_MISSING, "sts-record-id-missing", WARNING, "The record has no id.", "Add id= and a new value.") \
	X(STS_RECORD_ID_INVALID, "sts-record-id-invalid", WARNING,                                                     \
	  "The id {detail} is not 1 to 32 letters and digits, so the record is invalid.", "Use letters and digits only.") \
	/* the MTA-STS policy, RFC 8461 section 3.2 */                                                                 \
	X(POLICY_TOO_LARGE, "policy-too-large", WARNING, "The policy file is larger than 64 KiB.", "Make it shorter.") \
	X(POLICY_NOT_TEXT, "policy-not-text", WARNING, "The policy file is not a policy but {detail}.",                \
	  "Serve the policy as plain text at this address.")                                                           \
	X(POLICY_LINE, "policy-line", WARNING, "{detail} is not KEY: VALUE.", "Correct or remove the line.")           \
	X(POLICY_BOM, "policy-bom", WARNING, "The policy file begins with a byte order mark; senders may refuse it.",  \
	  "Save the file without a byte order mark.")                                                                  \
	X(POLICY_KEY_CASE, "policy-key-case", WARNING, "The key {detail} is not in small letters; senders do not know it.", \
	  "Write the key in small letters.")                                                                           \
	X(POLICY_KEY_TWICE, "policy-key-twice", NOTICE, "The key {detail} stands twice; senders use the first.",       \
	  "Keep one {detail}.")                                                                                        \
	X(POLICY_KEY_UNKNOWN, "policy-key-unknown", NOTICE, "The key {detail} is not known; senders ignore it.",       \
	  "Remove the line unless you know what it is for.")                                                           \
	X(POLICY_VERSION, "policy-version", WARNING, "The policy has no line version: STSv1.", "Add version: STSv1.")  \
	X(POLICY_MODE_MISSING, "policy-mode-missing", WARNING, "The policy has no mode.",                              \
	  "Add mode: testing to start with.")                                                                          \
	X(POLICY_MODE_INVALID, "policy-mode-invalid", WARNING, "The mode {detail} is not enforce, testing or none.",   \
	  "Write mode: testing or mode: enforce.")                                                                     \
	X(POLICY_MAX_AGE_MISSING, "policy-max-age-missing", WARNING, "The policy has no max_age.", "Add max_age: 604800.") \
	X(POLICY_MAX_AGE_INVALID, "policy-max-age-invalid", WARNING,                                                   \
	  "The max_age {detail} is not a number of seconds up to 31557600.", "Write max_age: 604800.")                 \
	X(POLICY_MAX_AGE_SHORT, "policy-max-age-short", NOTICE,                                                        \
	  "The policy is enforced with a max_age of less than a week; an attacker who blocks the policy wins soon.",   \
	  "Raise max_age to 604800 or more.")                                                                          \
	X(POLICY_MX_MISSING, "policy-mx-missing", WARNING, "The policy names no mx.", "Add one mx line for each server.") \
	X(POLICY_MX_INVALID, "policy-mx-invalid", WARNING, "The mx {detail} is not a host name or *.DOMAIN.",          \
	  "Write one host name a line.")   \
	/* the mail servers */                                                                                         \
	X(MX_NULL, "mx-null", NOTICE, "{subject} says that it takes no mail (null MX).", "Nothing is to be done unless mail is wanted.") \
	X(MX_MISSING, "mx-missing", WARNING, "{subject} has neither an MX record nor an address.", "Publish an MX record.") \
	X(MX_NO_ADDRESS, "mx-no-address", WARNING, "The mail server {subject} has no address.", "Publish an A or AAAA record, or remove the MX.") \
	X(MX_IS_ADDRESS, "mx-is-address", WARNING, "The MX {subject} is an address, not a name; senders cannot use it.", "Write the name of the server.") \
	X(MX_FORBIDDEN, "mx-forbidden", WARNING, "{subject} leads to the special address {detail}, which nobody can reach from outside.", "Publish a public address.") \
	X(SMTP_NO_GREETING, "smtp-no-greeting", WARNING, "{subject} does not greet as a mail server: {detail}.", "Look at the log of the server.") \
	X(SMTP_BROKEN, "smtp-broken", WARNING, "{subject} does not speak SMTP properly: {detail}.", "Look at what answers on port 25.") \
	X(STARTTLS_NOT_OFFERED, "starttls-not-offered", WARNING, "{subject} does not offer STARTTLS.", "Turn on TLS in the mail server; if it is on, look for a firewall that removes it.") \
	X(STARTTLS_REFUSED, "starttls-refused", WARNING, "{subject} offers STARTTLS and then refuses it: {detail}.", "Look for a missing certificate or key in the log of the server.") \
	X(STARTTLS_INJECTED, "starttls-injected", CRITICAL, "Plain text follows the answer of {subject} to STARTTLS; somebody on the path may be adding it.", "Check from another network; update the server.") \
	X(HANDSHAKE_FAILURE, "handshake-failure", WARNING, "The TLS handshake with {subject} fails: {detail}.", "Allow TLS 1.2 and 1.3 with today's ciphers.") \
	X(PROTOCOL_VERSION, "protocol-version", WARNING, "{subject} speaks no TLS newer than {detail}.", "Allow TLS 1.2 and 1.3.") \
	X(CERT_EXPIRED, "cert-expired", WARNING, "The certificate of {subject} expired on {detail}.", "Renew the certificate and reload the server.") \
	X(CERT_NOT_YET_VALID, "cert-not-yet-valid", WARNING, "The certificate of {subject} is valid only from {detail}.", "Use the old certificate until then, or correct the clock.") \
	X(CERT_REVOKED, "cert-revoked", WARNING, "The certificate of {subject} is revoked.", "Get a new certificate.") \
	X(CERT_SELF_SIGNED, "cert-self-signed", WARNING, "The certificate of {subject} is signed by itself.", "Use a certificate of a public authority.") \
	X(CERT_UNKNOWN_ISSUER, "cert-unknown-issuer", WARNING, "The chain of {subject} does not lead to a known authority.", "Use a certificate of a public authority and send the full chain.") \
	X(CERT_INCOMPLETE_CHAIN, "cert-incomplete-chain", WARNING, "{subject} does not send the certificate between its own and the authority.", "Configure the full chain, such as fullchain.pem.") \
	X(HOSTNAME_MISMATCH, "hostname-mismatch", WARNING, "The certificate of {subject} is for {detail}.", "Issue a certificate that names {subject}.") \
	X(CERT_UNSUPPORTED, "cert-unsupported", WARNING, "The key or a signature of the certificate of {subject} is too weak: {detail}.", "Issue one with RSA 2048 or ECDSA P-256 and SHA-256.") \
	X(CERT_WRONG_PURPOSE, "cert-wrong-purpose", WARNING, "The certificate of {subject} is not for servers.", "Issue one for TLS servers.") \
	X(CERT_OTHER, "cert-other", WARNING, "The certificate of {subject} does not verify: {detail}.", "Look at the chain.") \
	X(STS_HOST_CERT_EXPIRING, "sts-host-cert-expiring", WARNING, "The certificate of the policy host {subject} ends on {detail}.", "Renew the certificate and reload the web server.") \
	X(POLICY_DRIFT, "policy-drift", WARNING, "The policy file of {subject} changed on {detail} and the id in the DNS did not; senders keep the old policy.", "Change the id in the MTA-STS record.") \
	X(CERT_EXPIRING, "cert-expiring", WARNING, "The certificate of {subject} ends on {detail}.", "Renew the certificate and reload the server.") \
	/* MTA-STS: fetching the policy, and the policy beside the servers */                                          \
	X(STS_ABSENT, "sts-absent", NOTICE, "{subject} has no MTA-STS policy.", "Start with a policy in mode testing.") \
	X(STS_FETCH_DNS, "sts-fetch-dns", WARNING, "The policy host {subject} has no address.", "Publish an A or AAAA record for it.") \
	X(STS_FETCH_TCP, "sts-fetch-tcp", WARNING, "The policy host {subject} takes no connection on port 443.", "Start the web server, open the port.") \
	X(STS_FETCH_TLS, "sts-fetch-tls", WARNING, "The TLS handshake with the policy host {subject} fails: {detail}.", "Allow TLS 1.2 and 1.3 there.") \
	X(STS_HOST_CERT_INVALID, "sts-host-cert-invalid", WARNING, "The certificate of the policy host {subject} is not valid: {detail}.", "Issue one that names {subject} and renew it in time.") \
	X(STS_FETCH_HTTP_STATUS, "sts-fetch-http-status", WARNING, "{subject} answers with the HTTP status {detail} and not with the policy.", "Serve the file at /.well-known/mta-sts.txt with status 200.") \
	X(STS_FETCH_REDIRECT, "sts-fetch-redirect", WARNING, "{subject} redirects to {detail}; senders do not follow.", "Serve the file there itself.") \
	X(STS_FETCH_CONTENT_TYPE, "sts-fetch-content-type", NOTICE, "The policy is served as {detail} and not as text/plain.", "Serve it as text/plain.") \
	X(STS_FETCH_TIMEOUT, "sts-fetch-timeout", WARNING, "The policy host {subject} does not answer within a minute.", "Make the file load faster.") \
	X(STS_FETCH_UNKNOWN, "sts-fetch-unknown", WARNING, "The policy could not be read from {subject}: {detail}.", "Look at the log of the web server.") \
	X(STS_MX_MISMATCH, "sts-mx-mismatch", WARNING, "The MTA-STS policy does not list {subject}.", "Add mx: {subject} to the policy and change the id.") \
	X(POLICY_MX_UNUSED, "policy-mx-unused", NOTICE, "The policy lists {detail}, which is no MX of {subject}.", "Remove the line unless the server comes back.") \
	/* DANE */                                                                                                     \
	X(TLSA_MISMATCH, "tlsa-mismatch", CRITICAL, "None of the TLSA records of {subject} matches its certificate; senders with DANE refuse to deliver.", "Publish the record of the certificate that is in use.") \
	X(TLSA_UNUSABLE, "tlsa-unusable", WARNING, "No TLSA record of {subject} can be used; senders encrypt without verifying.", "Publish a record 3 1 1.") \
	X(TLSA_RECORD_UNUSABLE, "tlsa-record-unusable", NOTICE, "The TLSA record {detail} of {subject} is ignored.", "Replace it by a record 3 1 1.") \
	X(TLSA_INSECURE, "tlsa-insecure", WARNING, "{subject} has TLSA records, but its zone is not signed; senders ignore them.", "Sign the zone with DNSSEC.") \
	X(DNSSEC_BOGUS, "dnssec-bogus", CRITICAL, "The DNSSEC signatures of {subject} do not hold; senders that check them cannot deliver.", "Sign the zone again and compare its DS record.")
