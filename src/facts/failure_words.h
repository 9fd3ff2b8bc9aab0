/* SPDX-License-Identifier: ISC */
#pragma once
/* More of what stands in a failure-reason-code, in the pattern language of facts/failure_patterns.h: the words of
 * libraries and servers that are rare in reports, of systems in other languages, and of people.  They say nothing
 * where a row of that table does, but for the few that come first because its words would lead astray. */

/* clang-format off */
/* Before all others: whose alert it is, and words that hold the words of another cause. */
#define FAILURE_FIRST(X) \
	/* GnuTLS, an alert that came in */ \
	X("alert has been received{.|}: {certificate is bad|certificate is not supported|certificate was revoked}", CLIENT_CERT_REJECTED) \
	X("alert has been received{.|}: {certificate is expired|certificate was expired|unknown certificate|ca is unknown}", CLIENT_CERT_REJECTED) \
	X("alert has been received{.|}: certificate is required", CLIENT_CERT_REQUIRED) \
	X("alert has been received{.|}: internal error", PEER_INTERNAL_ERROR) \
	X("alert has been received{.|}: insufficient security", INSECURE_CIPHER) \
	X("alert has been received{.|}: unexpected message", UNEXPECTED_MESSAGE) \
	/* NSS, an alert that came in */ \
	X("ssl error {bad cert|expired cert|revoked cert|unsupported cert|certificate unknown|unknown ca} alert", CLIENT_CERT_REJECTED) \
	/* GnuTLS and Java: the cause stands beside the name of the call */ \
	X("key usage violation in certificate", CERT_WRONG_PURPOSE) \
	X("certificates do not conform to algorithm constraints", CERT_UNSUPPORTED) \
	/* Go on macOS, and others: the name of the server may begin with "mx" */ \
	X("certificate name {does not match|mismatch}", HOSTNAME_MISMATCH) \
	X("{certificate hostname|common name|subject alternative name}~{does not match|doesn!t match|mismatch}", HOSTNAME_MISMATCH) \
	/* an expired signature of a zone or of a revocation answer is no expired certificate */ \
	X("{rrsig|dnskey}~{expired|not yet valid|invalid|missing}", DNSSEC_BOGUS) \
	X("dnssec~signature~{expired|not yet valid|invalid}", DNSSEC_BOGUS) \
	X("{ocsp response|ocsp staple|ocsp status} {is |}{expired|too old|out of date}", CERT_REVOCATION_UNKNOWN) \
	X("tlsa{ in|}>: signature expired", DNSSEC_BOGUS) \
	/* OpenSSL and curl tell alerts that came in from those that went out */ \
	X("(in), tls alert, {bad certificate|unsupported certificate|certificate revoked|certificate expired|certificate unknown|unknown ca}", CLIENT_CERT_REJECTED) \
	X("alert read:fatal:{bad certificate|unsupported certificate|certificate revoked|certificate expired|certificate unknown|unknown ca}", CLIENT_CERT_REJECTED) \
	/* a weak signature is that of a certificate, not of the session */ \
	X("weak signature algorithm {sha1|sha-1|md5}", CERT_UNSUPPORTED)

/* After all others. */
#define FAILURE_WORDS(X) \
	/* Exchange Online gives its codes as 4.7.x while it tries again */ \
	X("4.7.321", STARTTLS_NOT_OFFERED) \
	X("4.7.322", CERT_EXPIRED) \
	X("4.7.323", TLSA_MISMATCH) \
	X("4.7.324", DNSSEC_BOGUS) \
	X("4.7.325", HOSTNAME_MISMATCH) \
	/* Postfix */ \
	X("tls is required, but was not offered", STARTTLS_NOT_OFFERED) \
	X("our tls engine is unavailable", LOCAL_CONFIG) \
	X("not trusted by local or tlsa policy", TLSA_MISMATCH) \
	X("{ssl connect|ssl_connect} error", HANDSHAKE_FAILURE) \
	/* DANE, in anybody's words */ \
	X("{tlsa lookup|lookup of tlsa} {error|failed|failure|defer|timeout}", DNS_SERVFAIL) \
	X("type=tlsa{:|}~{try again|temporar}", DNS_SERVFAIL) \
	X("no usable tlsa", TLSA_UNUSABLE) \
	X("dane~{mismatch|no match|not match}", TLSA_MISMATCH) \
	X("dane {validation|verification|authentication} fail", TLSA_MISMATCH) \
	X("fail~dane {validation|verification|authentication}", TLSA_MISMATCH) \
	X("no tlsa match", TLSA_MISMATCH) \
	X("tlsa {validation|verification} fail", TLSA_MISMATCH) \
	/* DNSSEC */ \
	X("dnssec{ |-}{invalid|failure|error|fail}", DNSSEC_BOGUS) \
	X("dnssec {validation|signature}~{fail|error|invalid}", DNSSEC_BOGUS) \
	X("{ad bit|ad flag} {is |was |}{not set|missing}", DNSSEC_INSECURE) \
	/* GnuTLS */ \
	X("packet with unexpected length was received", CONNECTION_CLOSED) \
	X("illegal parameter has been received", HANDSHAKE_FAILURE) \
	X("public key signature verification has failed", CERT_BAD_SIGNATURE) \
	/* Go */ \
	X("unsupported key type", CERT_UNSUPPORTED) \
	X("chain contains no certificates", HANDSHAKE_FAILURE) \
	X("user {canceled|cancelled}", CONNECTION_CLOSED) \
	X("server selected {tls 1.3 using the legacy|an invalid} version", PROTOCOL_VERSION) \
	X("certificate is not standards compliant", CERT_UNSUPPORTED) \
	X("certificate is not trusted", CERT_UNTRUSTED) \
	/* BoringSSL, and any alert that came in by its number */ \
	X("alert ech required", HANDSHAKE_FAILURE) \
	X("ssl alert number {42|43|44|45|46|48}@", CLIENT_CERT_REJECTED) \
	X("ssl alert number 70@", PROTOCOL_VERSION) \
	X("ssl alert number 71@", INSECURE_CIPHER) \
	X("ssl alert number 80@", PEER_INTERNAL_ERROR) \
	X("ssl alert number 112@", SNI_REJECTED) \
	X("ssl alert number 116@", CLIENT_CERT_REQUIRED) \
	X("ssl alert number %", HANDSHAKE_FAILURE) \
	/* NSS */ \
	X("sec error {ca cert invalid|path len constraint invalid|cert not in name space}", CERT_CONSTRAINT) \
	X("cert signature algorithm disabled", CERT_UNSUPPORTED) \
	X("sec error inadequate {key|cert}", CERT_WRONG_PURPOSE) \
	X("sec error {bad der|extension value invalid}", CERT_MALFORMED) \
	X("sec error {ocsp|crl}", CERT_REVOCATION_UNKNOWN) \
	X("bad cert domain", HOSTNAME_MISMATCH) \
	X("no cypher overlap", NO_SHARED_CIPHER) \
	X("ssl error unsupported version", PROTOCOL_VERSION) \
	X("rx record too long", NOT_TLS) \
	X("weak server {ephemeral dh|cert} key", INSECURE_CIPHER) \
	X("ssl error internal error alert", PEER_INTERNAL_ERROR) \
	X("pr {end of file|connect reset|connect aborted} error", CONNECTION_CLOSED) \
	X("pr {connect refused|host unreachable|network unreachable} error", CONNECT_FAILED) \
	/* Windows, in words */ \
	X("target principal name is incorrect", HOSTNAME_MISMATCH) \
	X("not within its validity period", CERT_EXPIRED) \
	X("root certificate which is not trusted", CERT_UNKNOWN_ISSUER) \
	X("{authority|issuer} that is not trusted", CERT_UNKNOWN_ISSUER) \
	X("message received was unexpected or badly formatted", UNEXPECTED_MESSAGE) \
	X("{unable|not able} to check revocation", CERT_REVOCATION_UNKNOWN) \
	X("revocation server was offline", CERT_REVOCATION_UNKNOWN) \
	X("{closed the transport stream|forcibly closed}", CONNECTION_CLOSED) \
	/* curl, libc, Java: finding and reaching a host */ \
	X("{couldn!t|could not} resolve", STS_FETCH_DNS) \
	X("{name or service not known|nodename nor servname|unknownhostexception|failed to lookup address}", STS_FETCH_DNS) \
	X("{host not found|cannot resolve|can!t resolve|no a record|no address record|no aaaa record}", STS_FETCH_DNS) \
	X("dns {error|failure|fail|lookup error|lookup fail}", STS_FETCH_DNS) \
	X("temporary failure in name resolution", DNS_SERVFAIL) \
	X("{couldn!t connect|could not connect|failed to connect|cannot connect|unable to connect}", CONNECT_FAILED) \
	X("{empty reply from server|unexpected end of file}", CONNECTION_CLOSED) \
	X("no alternative certificate subject name matches", HOSTNAME_MISMATCH) \
	/* a reply code alone: of SMTP, or of HTTP where the result is about the policy */ \
	X("^{4|5}##$", STARTTLS_REFUSED) \
	/* HTTP in words */ \
	X("{301 moved|302 found|303 see other|307 temporary|308 permanent|moved permanently|moved temporarily}", STS_FETCH_REDIRECT) \
	X("{400 bad request|401 unauthorized|403 forbidden|404 not found|410 gone|429 too many|500 internal|502 bad gateway|503 service|504 gateway}", STS_FETCH_HTTP_STATUS) \
	X("{policy|http|https|web}{ host| server|} {returned|answered|replied} {code |status |}{3|4|5}##", STS_FETCH_HTTP_STATUS) \
	X("http/#{.#|} {3|4|5}##", STS_FETCH_HTTP_STATUS) \
	X("{response code|https|non 200 response|got|reply code}{:|} {4|5}##@", STS_FETCH_HTTP_STATUS) \
	X("{file|page|policy file} not found", STS_FETCH_HTTP_STATUS) \
	X("text/html", STS_FETCH_CONTENT_TYPE) \
	X("content type", STS_FETCH_CONTENT_TYPE) \
	X("{media type|mime type|mime-type|mimetype}", STS_FETCH_CONTENT_TYPE) \
	/* the record and the file of MTA-STS */ \
	X("{multiple|several|more than one} {txt|mta-sts txt|mta-sts|sts} record", STS_RECORD_INVALID) \
	X("txt record~{invalid|malformed|missing|bad} ", STS_RECORD_INVALID) \
	X("{invalid|missing|bad} id@", STS_RECORD_INVALID) \
	X("{no|missing} {txt|mta-sts txt|mta-sts|_mta-sts|sts} record", STS_NOT_FOUND) \
	X("{bad|invalid|unknown|unsupported|unrecognized|missing} {value for |policy |}mode@", STS_INVALID_BAD_MODE) \
	X("{missing|contains no|has no|without} {'|}mx@", STS_INVALID_MISSING_MX) \
	X("no {'|}mx{'|} {field|pattern|key|line|entr|host|in policy|in the policy}", STS_INVALID_MISSING_MX) \
	X("{policy|policy body|policy file|response|response body} {is |}{too large|too big|too long|exceeds|larger than|bigger than}", STS_INVALID_TOO_LARGE) \
	X("{not listed|not in|not allowed|not authorized|not permitted|not covered|not match|no match}~{policy|mta-sts}", STS_MX_MISMATCH) \
	X("{no matching mx|not found in policy|not found in sts policy|not found in mta-sts policy|not in the policy}", STS_MX_MISMATCH) \
	X("not {authorized|allowed|permitted|listed} by~sts", STS_MX_MISMATCH) \
	X("mode {is |}{missing|not one of}", STS_INVALID_BAD_MODE) \
	X("{mx missing|mx is missing|empty mx|at least one mx|one mx required}", STS_INVALID_MISSING_MX) \
	X("policy~{size limit|64 kib|64k|65536}", STS_INVALID_TOO_LARGE) \
	/* certificates */ \
	X("{not active|starts in the future|valid in the future}", CERT_NOT_YET_VALID) \
	X("not match reference identity", HOSTNAME_MISMATCH) \
	X("{certificate cn|cert cn|altnames}~match", HOSTNAME_MISMATCH) \
	X("{not match the certificate|not in certificate san|not in the certificate|certificate was not issued for|certificate is not for}", HOSTNAME_MISMATCH) \
	X("certificate for~{not match|not issued for|mismatch}", HOSTNAME_MISMATCH) \
	X("san entries match", HOSTNAME_MISMATCH) \
	X("{issuer not found|issuer certificate not found|not signed by a trusted|no trusted certificate|no trusted ca|build certificate path}", CERT_UNKNOWN_ISSUER) \
	X("@{ca|root|authority} {is |}not trusted", CERT_UNKNOWN_ISSUER) \
	X("{sha1|sha-1|md5} {is |}not {allowed|accepted|supported}", CERT_UNSUPPORTED) \
	X("{certificate|signature} uses {sha1|sha-1|md5}", CERT_UNSUPPORTED) \
	X("signature algorithm {is |}too weak", CERT_UNSUPPORTED) \
	X("modulus {is |}too {small|short}", CERT_UNSUPPORTED) \
	X("{ocsp|crl} {download|fetch|check|lookup|request|stapling|staple|response|status}", CERT_REVOCATION_UNKNOWN) \
	X("{incomplete|broken} {certificate |cert |}chain", CERT_INCOMPLETE_CHAIN) \
	X("chain {is |}{incomplete|broken}", CERT_INCOMPLETE_CHAIN) \
	X("intermediate~missing", CERT_INCOMPLETE_CHAIN) \
	X("missing intermediate", CERT_INCOMPLETE_CHAIN) \
	X("{md5with|sha1with|sha-1 sign|sha1 sign|md5 sign|signed with sha1|signed with sha-1|signed with md5}", CERT_UNSUPPORTED) \
	X("certificate key~{too small|too short|too weak}", CERT_UNSUPPORTED) \
	X("key {is |}too {small|short|weak}", INSECURE_CIPHER) \
	X("weak diffie", INSECURE_CIPHER) \
	X("{rc4|3des|export} cipher", INSECURE_CIPHER) \
	X("{server authentication|serverauth}", CERT_WRONG_PURPOSE) \
	X("certificate {parse|parsing|decode|decoding} {error|fail}", CERT_MALFORMED) \
	X("@asn1", CERT_MALFORMED) \
	X("not {found |}in {the |}trust store", CERT_UNKNOWN_ISSUER) \
	X("root {ca |certificate |}{is |}not trusted", CERT_UNKNOWN_ISSUER) \
	/* the handshake */ \
	X("{no tls offered|lacks starttls|starttls missing|starttls is missing|did not advertise starttls|did not offer starttls}", STARTTLS_NOT_OFFERED) \
	X("starttls {command |}{rejected|refused|failed}", STARTTLS_REFUSED) \
	X("{closed|terminated|dropped|lost|reset} {the |}connection", CONNECTION_CLOSED) \
	X("connection {was |}{reset|terminated|dropped|closed|lost}", CONNECTION_CLOSED) \
	X("{ssl error syscall|ssl_error_syscall|hung up|hang up|premature close}", CONNECTION_CLOSED) \
	X("{deadline exceeded|no response within|not complete in time}", TIMEOUT) \
	X("{host|network} {is |}unreachable", CONNECT_FAILED) \
	X("{port 25 closed|port 25 is closed|not open connection|connection failed|connect failed}", CONNECT_FAILED) \
	X("{ciphersuite|cipher suite|cipher}~{not acceptable|unacceptable|negotiation failed}", NO_SHARED_CIPHER) \
	X("{mutually supported|mutual|supported by both} cipher", NO_SHARED_CIPHER) \
	X("no {common|mutual|matching|shared} {tls|ssl|protocol} version", PROTOCOL_VERSION) \
	X("{tls 1.2|tls 1.3|tlsv1.2|tlsv1.3} {is |}required", PROTOCOL_VERSION) \
	X("{plaintext response|spoke plaintext|not a tls record|invalid record header|not tls}", NOT_TLS) \
	X("{sslv2|sslv3|tlsv1.0|tlsv1.1|tls 1.0|tls 1.1}~{only|offered|minimum|not allowed|too old|deprecated|disabled}", PROTOCOL_VERSION) \
	X("only {sslv2|sslv3|tlsv1|tls 1}", PROTOCOL_VERSION) \
	X("requires {tls 1|tlsv1}", PROTOCOL_VERSION) \
	X("{requests|requested|requires|required|demands} {a |}client certificate", CLIENT_CERT_REQUIRED) \
	X("sni {is |was |name |}{not recogni|unknown|unrecogni|rejected|not accepted}", SNI_REJECTED) \
	/* German, French, Polish, Portuguese and Spanish systems */ \
	X("zertifikat~abgelaufen", CERT_EXPIRED) \
	X("zertifikat~noch nicht g", CERT_NOT_YET_VALID) \
	X("{selbst-|selbst|selbst }signiert", CERT_SELF_SIGNED) \
	X("zertifikat~{stimmt nicht|passt nicht}", HOSTNAME_MISMATCH) \
	X("zeit!!berschreitung", TIMEOUT) \
	X("verbindung~{verweigert|abgelehnt}", CONNECT_FAILED) \
	X("verbindung~{ckgesetzt|unterbrochen|getrennt|abgebrochen|geschlossen}", CONNECTION_CLOSED) \
	X("certificat {a |est |}expir", CERT_EXPIRED) \
	X("certificat {est |}{auto-sign|autosign|auto sign}", CERT_SELF_SIGNED) \
	X("connexion refus", CONNECT_FAILED) \
	X("connexion~{initialis|ferm|interrompue|perdue}", CONNECTION_CLOSED) \
	X("d!!lai~d!!pass", TIMEOUT) \
	X("certyfikat~wygas", CERT_EXPIRED) \
	X("certificado~{expir|vencid|caducad|caducou}", CERT_EXPIRED) \
	X("conex{!!o|i!!n} {recusada|rechazada}", CONNECT_FAILED) \
	X("tiempo de espera", TIMEOUT) \
	/* nothing better: it names the certificate, and that it failed */ \
	X("certificate host mismatch", HOSTNAME_MISMATCH) \
	X("{certificate|certificate chain} {validation|verification} {fail|error}", CERT_UNTRUSTED) \
	X("certificate {is |}{invalid|not valid}", CERT_UNTRUSTED) \
	X("during {tls|ssl} negotiation", HANDSHAKE_FAILURE) \
	X("{tls|ssl} negotiation {fail|error}", HANDSHAKE_FAILURE)
/* clang-format on */
