/* SPDX-License-Identifier: ISC */
/* What to do about a cause.  {host} is the mail server, {domain} the policy domain; HASH, ADDRESS, NAME and THUMBPRINT
 * are for the reader to fill in. */

/* clang-format off */
/* X(ID, sentence). */
#define FIX_STEPS(X) \
	X(LOOK_CERTIFICATE, "See which certificate the server shows.") \
	X(RENEW, "Issue a new certificate for {host} from a public authority.") \
	X(RELOAD, "Make the mail server read it; a file that was renewed but never loaded is the usual reason.") \
	X(AUTOMATE, "Let each renewal reload the server, so that this does not come back.") \
	X(CLOCK, "Check the clock of the machine that issued the certificate, and wait until its first moment.") \
	X(NEW_KEY, "Make a new key and a new certificate; the old key must not be used again.") \
	X(OCSP, "Ask the authority's own answer about the certificate; if it has none, issue the certificate anew.") \
	X(FULL_CHAIN, "Serve the certificate together with its intermediate certificates, the server's own first.") \
	X(MODERN_KEY, "Issue the certificate with an ECDSA P-256 key, or RSA of 2048 bits or more, signed with SHA-256.") \
	X(SERVER_PURPOSE, "Issue a certificate for TLS servers (extended key usage serverAuth).") \
	X(RIGHT_NAME, "Issue a certificate that carries {host} as a DNS name, or let the MX record name what the certificate carries.") \
	X(CHOOSE_BY_NAME, "Where the server has several names, let it choose the certificate by the name that the sender asks for.") \
	X(CIPHERS, "Offer the ordinary cipher suites and the groups X25519 and P-256; remove own lists that are older than the software.") \
	X(STRONG_DH, "Use Diffie-Hellman parameters of 2048 bits or more.") \
	X(TLS_VERSIONS, "Permit TLS 1.2 and TLS 1.3.") \
	X(TRY_TLS, "Shake hands yourself, from outside your network.") \
	X(READ_LOG, "Read the server's own log for the hours of the report.") \
	X(FILTER, "Look for a device between the sender and the server that takes part in SMTP (a firewall with SMTP inspection, a proxy), and switch that off; if we see STARTTLS and some senders do not, treat it as a possible attack.") \
	X(UPDATE, "Update the mail server and its TLS library.") \
	X(KEY_FILES, "Check that key and certificate belong together and that the server may read them.") \
	X(NO_CLIENT_CERTIFICATE, "Do not ask senders of mail for a certificate.") \
	X(STARTTLS_ON, "Turn on STARTTLS at the receiving server.") \
	X(REACH, "See whether port 25 of the server answers from outside, and how fast.") \
	X(TLSA_COMPARE, "Compare what is published with what the server shows.") \
	X(TLSA_PUBLISH, "Publish a TLSA record for the key in use, and one for the next key before it is used; keep the old one until its time to live has passed.") \
	X(KEEP_KEY, "Keep the key when the certificate is renewed, so that the TLSA record stays right.") \
	X(TLSA_FORM, "Publish records of the form 3 1 1 (or 2 1 1); usages 0 and 1 are not used for mail.") \
	X(DNSSEC_COMPARE, "See where the chain of signatures breaks: the DS record at the registrar must fit a key of the zone.") \
	X(DNSSEC_SIGN, "Sign the zone again, or bring the DS record at the registrar in line; signatures that ran out are the usual reason.") \
	X(DNS_SERVERS, "Ask each of the zone's own servers; all must answer, and answer the same.") \
	X(ASK_SENDER, "Write to the contact named in the report; the rule or the fault is at the sender.") \
	X(STS_RECORD, "Publish exactly one record.") \
	X(STS_SERVE, "Serve the policy with status 200 as text/plain at exactly this address: https://mta-sts.{domain}/.well-known/mta-sts.txt") \
	X(STS_FETCH, "Fetch the policy yourself.") \
	X(STS_HOST_DNS, "Publish an address for the policy host.") \
	X(STS_REACH, "See whether port 443 of the policy host answers from outside, and how fast.") \
	X(STS_HOST_TLS, "Serve HTTPS with TLS 1.2 or later at the policy host.") \
	X(STS_NO_REDIRECT, "Answer at mta-sts.{domain} itself; take the redirect away for this one path.") \
	X(STS_FILE, "Correct the policy file: version, mode, one mx line a server, max_age; nothing else may be served there.") \
	X(STS_NEW_ID, "Give the record a new id afterwards, so that senders fetch the policy again.") \
	X(STS_MX, "Add an mx line for each server of the MX records, and keep it there before a new server is put into DNS.") \
	X(STS_HOST_CERTIFICATE, "Issue a certificate for mta-sts.{domain} and load it.") \
	X(WAIT, "If only one reporter says so and our own fetch is fine, watch it for three days.") \
	X(RECHECK, "Look again.")

/* The command or the setting, where it differs by software; "any": wherever it is.  X(STEP, software, command). */
#define FIX_COMMANDS(X) \
	X(LOOK_CERTIFICATE, "any", "openssl s_client -starttls smtp -connect {host}:25 -servername {host} -verify_hostname {host} -showcerts") \
	X(RENEW, "certbot", "certbot certonly --cert-name {host} -d {host} --force-renewal") \
	X(RENEW, "acme.sh", "acme.sh --renew -d {host} --force") \
	X(RENEW, "Exchange", "New-ExchangeCertificate -GenerateRequest -SubjectName 'CN={host}' -DomainName {host} -RequestFile C:\\mail.req") \
	X(RELOAD, "Postfix", "postfix reload") \
	X(RELOAD, "Exim", "systemctl reload exim4") \
	X(RELOAD, "Exchange", "Enable-ExchangeCertificate -Thumbprint THUMBPRINT -Services SMTP") \
	X(RELOAD, "Dovecot proxy", "doveadm reload") \
	X(RELOAD, "nginx", "nginx -s reload") \
	X(AUTOMATE, "certbot", "certbot renew --cert-name {host} --deploy-hook 'postfix reload'") \
	X(AUTOMATE, "acme.sh", "acme.sh --install-cert -d {host} --key-file /etc/ssl/private/mail.key --fullchain-file /etc/ssl/certs/mail.pem --reloadcmd 'postfix reload'") \
	X(CLOCK, "any", "timedatectl status") \
	X(NEW_KEY, "certbot", "certbot certonly --cert-name {host} -d {host} --force-renewal") \
	X(NEW_KEY, "acme.sh", "acme.sh --issue -d {host} --force --always-force-new-domain-key") \
	X(NEW_KEY, "Exchange", "New-ExchangeCertificate -GenerateRequest -SubjectName 'CN={host}' -DomainName {host} -RequestFile C:\\mail.req") \
	X(OCSP, "any", "openssl ocsp -issuer chain.pem -cert cert.pem -url \"$(openssl x509 -in cert.pem -noout -ocsp_uri)\"") \
	X(FULL_CHAIN, "Postfix", "postconf -e 'smtpd_tls_chain_files = /etc/letsencrypt/live/{host}/privkey.pem, /etc/letsencrypt/live/{host}/fullchain.pem'") \
	X(FULL_CHAIN, "Exim", "tls_certificate = /etc/letsencrypt/live/{host}/fullchain.pem") \
	X(FULL_CHAIN, "Exchange", "Import-Certificate -FilePath intermediate.cer -CertStoreLocation Cert:\\LocalMachine\\CA") \
	X(FULL_CHAIN, "Dovecot proxy", "ssl_cert = </etc/letsencrypt/live/{host}/fullchain.pem") \
	X(FULL_CHAIN, "nginx", "ssl_certificate /etc/letsencrypt/live/{host}/fullchain.pem;") \
	X(MODERN_KEY, "certbot", "certbot certonly --cert-name {host} -d {host} --key-type ecdsa --elliptic-curve secp256r1 --force-renewal") \
	X(MODERN_KEY, "acme.sh", "acme.sh --issue -d {host} --keylength ec-256 --force") \
	X(MODERN_KEY, "Exchange", "New-ExchangeCertificate -GenerateRequest -KeySize 2048 -SubjectName 'CN={host}' -DomainName {host} -RequestFile C:\\mail.req") \
	X(SERVER_PURPOSE, "any", "openssl x509 -in cert.pem -noout -ext extendedKeyUsage") \
	X(RIGHT_NAME, "certbot", "certbot certonly --cert-name {host} -d {host}") \
	X(RIGHT_NAME, "acme.sh", "acme.sh --issue -d {host} -w /var/www/html") \
	X(RIGHT_NAME, "Exchange", "New-ExchangeCertificate -GenerateRequest -SubjectName 'CN={host}' -DomainName {host} -RequestFile C:\\mail.req") \
	X(CHOOSE_BY_NAME, "Postfix", "postconf -e 'tls_server_sni_maps = hash:/etc/postfix/sni' && postmap -F hash:/etc/postfix/sni") \
	X(CHOOSE_BY_NAME, "Exim", "tls_certificate = /etc/exim4/tls/${if eq {$tls_in_sni}{{host}}{{host}}{default}}.pem") \
	X(CHOOSE_BY_NAME, "Dovecot proxy", "local_name {host} { ssl_cert = </etc/letsencrypt/live/{host}/fullchain.pem }") \
	X(CHOOSE_BY_NAME, "nginx", "server_name {host};") \
	X(CIPHERS, "Postfix", "postconf -X smtpd_tls_exclude_ciphers smtpd_tls_mandatory_exclude_ciphers tls_medium_cipherlist") \
	X(CIPHERS, "Exim", "tls_require_ciphers = NORMAL") \
	X(CIPHERS, "Exchange", "Get-TlsCipherSuite | Format-Table Name") \
	X(CIPHERS, "Dovecot proxy", "ssl_cipher_list = HIGH:!aNULL:!MD5") \
	X(CIPHERS, "nginx", "ssl_ciphers HIGH:!aNULL:!MD5;") \
	X(STRONG_DH, "Postfix", "postconf -e 'smtpd_tls_dh1024_param_file = auto'") \
	X(STRONG_DH, "Exim", "tls_dhparam = ffdhe2048") \
	X(STRONG_DH, "Dovecot proxy", "openssl dhparam -out /etc/dovecot/dh.pem 2048") \
	X(STRONG_DH, "nginx", "openssl dhparam -out /etc/nginx/dh.pem 2048") \
	X(TLS_VERSIONS, "Postfix", "postconf -e 'smtpd_tls_protocols = >=TLSv1.2' 'smtpd_tls_mandatory_protocols = >=TLSv1.2'") \
	X(TLS_VERSIONS, "Exim", "openssl_options = +no_sslv2 +no_sslv3 +no_tlsv1 +no_tlsv1_1") \
	X(TLS_VERSIONS, "Exchange", "New-ItemProperty -Path 'HKLM:\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\TLS 1.2\\Server' -Name Enabled -Value 1 -PropertyType DWord -Force") \
	X(TLS_VERSIONS, "Dovecot proxy", "ssl_min_protocol = TLSv1.2") \
	X(TLS_VERSIONS, "nginx", "ssl_protocols TLSv1.2 TLSv1.3;") \
	X(TRY_TLS, "any", "openssl s_client -starttls smtp -connect {host}:25 -servername {host} -brief") \
	X(READ_LOG, "Postfix", "grep -E 'postfix/smtpd.*(TLS|SSL_accept)' /var/log/mail.log") \
	X(READ_LOG, "Exim", "grep 'TLS error' /var/log/exim4/mainlog") \
	X(READ_LOG, "Exchange", "Get-ChildItem \"$env:ExchangeInstallPath\\TransportRoles\\Logs\\FrontEnd\\ProtocolLog\\SmtpReceive\"") \
	X(READ_LOG, "Dovecot proxy", "doveadm log errors") \
	X(READ_LOG, "nginx", "grep -i ssl /var/log/nginx/error.log") \
	X(FILTER, "any", "mailseal check {domain}") \
	X(UPDATE, "any", "apt upgrade") \
	X(KEY_FILES, "any", "openssl x509 -in fullchain.pem -noout -pubkey | sha256sum; openssl pkey -in privkey.pem -pubout | sha256sum") \
	X(NO_CLIENT_CERTIFICATE, "Postfix", "postconf -e 'smtpd_tls_ask_ccert = no' 'smtpd_tls_req_ccert = no'") \
	X(NO_CLIENT_CERTIFICATE, "Exim", "tls_verify_hosts =") \
	X(NO_CLIENT_CERTIFICATE, "Exchange", "Set-ReceiveConnector 'NAME' -DomainSecureEnabled $false") \
	X(NO_CLIENT_CERTIFICATE, "Dovecot proxy", "auth_ssl_require_client_cert = no") \
	X(NO_CLIENT_CERTIFICATE, "nginx", "ssl_verify_client off;") \
	X(STARTTLS_ON, "Postfix", "postconf -e 'smtpd_tls_security_level = may'") \
	X(STARTTLS_ON, "Exim", "tls_advertise_hosts = *") \
	X(STARTTLS_ON, "Exchange", "Set-ReceiveConnector 'NAME' -AuthMechanism Tls") \
	X(STARTTLS_ON, "Dovecot proxy", "ssl = yes") \
	X(STARTTLS_ON, "nginx", "starttls on;") \
	X(REACH, "any", "nc -vz -w 10 {host} 25") \
	X(TLSA_COMPARE, "any", "openssl s_client -starttls smtp -connect {host}:25 -dane_tlsa_domain {host} -dane_tlsa_rrdata '3 1 1 HASH' -brief") \
	X(TLSA_COMPARE, "BIND", "dig +dnssec _25._tcp.{host} TLSA") \
	X(TLSA_PUBLISH, "any", "openssl x509 -in cert.pem -noout -pubkey | openssl pkey -pubin -outform DER | sha256sum") \
	X(TLSA_PUBLISH, "BIND", "_25._tcp.{host}. 3600 IN TLSA 3 1 1 HASH") \
	X(TLSA_PUBLISH, "Cloudflare", "DNS > Records > Add: TLSA, name _25._tcp.{host}, usage 3, selector 1, matching type 1, HASH") \
	X(KEEP_KEY, "certbot", "certbot renew --cert-name {host} --reuse-key") \
	X(KEEP_KEY, "acme.sh", "acme.sh --renew -d {host}") \
	X(TLSA_FORM, "BIND", "_25._tcp.{host}. 3600 IN TLSA 3 1 1 HASH") \
	X(TLSA_FORM, "Cloudflare", "DNS > Records > Edit: TLSA, usage 3, selector 1, matching type 1") \
	X(DNSSEC_COMPARE, "any", "delv {host} A") \
	X(DNSSEC_COMPARE, "BIND", "dig +cd {domain} DNSKEY | dnssec-dsfromkey -f - {domain}") \
	X(DNSSEC_SIGN, "BIND", "rndc sign {domain}") \
	X(DNSSEC_SIGN, "Cloudflare", "DNS > Settings > DNSSEC: compare the DS record with the registrar's") \
	X(DNS_SERVERS, "any", "dig +nssearch {domain}") \
	X(DNS_SERVERS, "BIND", "rndc zonestatus {domain}") \
	X(STS_RECORD, "BIND", "_mta-sts.{domain}. 3600 IN TXT \"v=STSv1; id=20260101000000\"") \
	X(STS_RECORD, "Cloudflare", "DNS > Records > Add: TXT, name _mta-sts, content v=STSv1; id=20260101000000") \
	X(STS_SERVE, "nginx", "location = /.well-known/mta-sts.txt { default_type text/plain; root /var/www/mta-sts; }") \
	X(STS_SERVE, "Cloudflare", "Rules: no page rule, challenge or redirect for mta-sts.{domain}") \
	X(STS_FETCH, "any", "curl -sSi https://mta-sts.{domain}/.well-known/mta-sts.txt") \
	X(STS_HOST_DNS, "BIND", "mta-sts.{domain}. 3600 IN A ADDRESS") \
	X(STS_HOST_DNS, "Cloudflare", "DNS > Records > Add: A, name mta-sts, ADDRESS") \
	X(STS_REACH, "any", "curl -sS -o /dev/null -w '%{time_total}' https://mta-sts.{domain}/.well-known/mta-sts.txt") \
	X(STS_HOST_TLS, "nginx", "listen 443 ssl; ssl_protocols TLSv1.2 TLSv1.3;") \
	X(STS_HOST_TLS, "any", "openssl s_client -connect mta-sts.{domain}:443 -servername mta-sts.{domain} -brief") \
	X(STS_NO_REDIRECT, "nginx", "location = /.well-known/mta-sts.txt { default_type text/plain; root /var/www/mta-sts; }") \
	X(STS_NO_REDIRECT, "Cloudflare", "Rules > Redirect Rules: exclude mta-sts.{domain}/.well-known/mta-sts.txt") \
	X(STS_FILE, "any", "mailseal policy check {domain}") \
	X(STS_NEW_ID, "BIND", "_mta-sts.{domain}. 3600 IN TXT \"v=STSv1; id=20260101000001\"") \
	X(STS_NEW_ID, "Cloudflare", "DNS > Records > Edit: TXT _mta-sts, a new id") \
	X(STS_MX, "any", "dig +short {domain} MX") \
	X(STS_HOST_CERTIFICATE, "certbot", "certbot certonly --cert-name mta-sts.{domain} -d mta-sts.{domain}") \
	X(STS_HOST_CERTIFICATE, "acme.sh", "acme.sh --issue -d mta-sts.{domain} -w /var/www/mta-sts") \
	X(STS_HOST_CERTIFICATE, "nginx", "nginx -s reload") \
	X(STS_HOST_CERTIFICATE, "Cloudflare", "SSL/TLS > Edge Certificates: one that covers mta-sts.{domain}") \
	X(RECHECK, "any", "mailseal check {domain}")
/* clang-format on */
