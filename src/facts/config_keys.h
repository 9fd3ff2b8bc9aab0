/* SPDX-License-Identifier: ISC */
/* Every key of the configuration file.  The parser, `config show|check|explain`, the example file and the manual page
 * are made from this list.
 * X(section, name, kind, default, least, most, prose).  kind: TEXT, LIST (default: values separated by blanks), COUNT,
 * SECS, BYTES (default in the notation of the file; least and most in the base unit), CHOICE (the values stand in the
 * default, separated by blanks, the first is it). */
#define CONFIG_KEYS(X)                                                                                                 \
	X(store, path, TEXT, "", 0, 4096,                                                                              \
	  "The database: sqlite:PATH. Empty: mailseal.db in $STATE_DIRECTORY, else in the user's data folder.")        \
	X(store, originals_days, COUNT, "400", 0, 36500,                                                               \
	  "Days for which the original bytes of reports are kept; 0: for ever.")                                       \
	X(smtp, listen, LIST, "127.0.0.1:8425", 0, 16,                                                                 \
	  "Addresses and ports that take reports by SMTP, as 192.0.2.1:25 or [2001:db8::1]:25. Empty list: none.")     \
	X(smtp, lmtp, LIST, "", 0, 16,                                                                                 \
	  "Where the mail server hands in mail by LMTP: an address and port, or the path of a unix socket.")           \
	X(smtp, hostname, TEXT, "", 0, 255,                                                                            \
	  "The name in the greeting. Empty: the name of this machine.")                                                \
	X(smtp, tls_cert, TEXT, "", 0, 4096,                                                                           \
	  "Certificate chain for STARTTLS: file:PATH or cred:NAME. Empty: no STARTTLS.")                               \
	X(smtp, tls_key, TEXT, "", 0, 4096, "Its private key: file:PATH or cred:NAME.")                                \
	X(http, listen, LIST, "127.0.0.1:8460", 0, 16,                                                                 \
	  "Addresses and ports of the web pages and of POST /report. Empty list: none.")                               \
	X(http, metrics, LIST, "", 0, 16,                                                                              \
	  "Addresses and ports that answer /metrics (Prometheus), /healthz and /readyz without an account, as 127.0.0.1:9460. " \
	  "Empty list: none; /metrics then asks for an account like the pages.")                                       \
	X(http, metrics_domains, COUNT, "200", 0, 100000,                                                              \
	  "Up to how many domains /metrics has a series for each.")                                                    \
	X(http, hosts, LIST, "", 0, 100,                                                                               \
	  "Names that the web pages and the API are reached by, as tls.example.com or tls.example.com:8443; localhost always is. " \
	  "Requests for another Host are refused.")                                                                    \
	X(http, base, TEXT, "/", 0, 255,                                                                               \
	  "The path that a proxy gives to this server, as /mailseal/.")                                                \
	X(web, url, TEXT, "", 0, 1000,                                                                                 \
	  "The address that people have in their browser, such as https://reports.example.com/. Links, passkeys and cookies "   \
	  "depend on it. Empty: http://localhost and the port of http.listen.")                                        \
	X(web, session_idle, SECS, "7d", 300, 31536000, "After how long without a request a user is signed out.")      \
	X(web, session_length, SECS, "30d", 300, 31536000, "After how long a user signs in anew in any case.")         \
	X(web, session_oidc, SECS, "12h", 300, 31536000,                                                               \
	  "The same for who came in by another server (oidc): what his groups there allow is asked for anew by then.") \
	X(web, passwords, CHOICE, "yes no", 0, 0,                                                                      \
	  "Whether users may sign in by a password. Passkeys, other servers and the links of mailseal user edit --reset always do.") \
	X(report, addresses, LIST, "tls-reports@localhost", 0, 1000,                                                   \
	  "The addresses that take reports. Mail for any other is refused.")                                           \
	X(policy, here, LIST, "", 0, 64,                                                                               \
	  "Names and addresses that lead to this server from outside. A domain whose mta-sts name leads to one of them may " \
	  "have its certificate (/internal/tls-ask). Empty list: none may.")                                           \
	X(trust, unsigned, CHOICE, "hold count", 0, 0,                                                                 \
	  "Reports without a signature of their reporter: hold shows them apart, count counts them like the others.")  \
	X(dns, resolvers, LIST, "", 0, 16,                                                                             \
	  "Resolvers to ask, as 192.0.2.53@53. Empty list: those of the system (/etc/resolv.conf).")                   \
	X(dns, trust_anchor, TEXT, "", 0, 4096,                                                                        \
	  "A file of DS or DNSKEY records that DNSSEC is checked against. Empty: the root of the public DNS.")         \
	X(dns, timeout, SECS, "5s", 1, 60, "How long one question may take.")                                          \
	X(dns, retry, SECS, "1m", 1, 3600,                                                                             \
	  "How soon a signature whose key could not be looked up is tried again; then more rarely, for a day.")        \
	X(alert, mail_host, TEXT, "", 0, 255,                                                                          \
	  "Where alert mail is handed in: HOST or HOST:PORT. Empty: no mail is sent. Without a port it is 587 for "      \
	  "starttls, 465 for tls, 25 for none.")                                                                       \
	X(alert, mail_tls, CHOICE, "starttls tls none", 0, 0,                                                          \
	  "How: starttls and tls want TLS with a valid certificate, none is for a server on this machine.")            \
	X(alert, mail_user, TEXT, "", 0, 255, "The name to log in with. Empty: without.")                              \
	X(alert, mail_password, TEXT, "", 0, 4096, "The password: file:PATH or cred:NAME.")                            \
	X(alert, mail_from, TEXT, "", 0, 255, "The sender of alert mail. Empty: mailseal@ and the name of this machine.") \
	X(alert, secrets, TEXT, "/etc/mailseal/secrets", 0, 4096,                                                      \
	  "The folder of the files that the secrets of channels may stand in (file:PATH). Credentials (cred:NAME) need "  \
	  "none.")                                                                                                     \
	X(alert, ca_file, TEXT, "", 0, 4096,                                                                           \
	  "Certificates that channels and the submission server are checked against. Empty: those of the system.")     \
	X(alert, timeout, SECS, "20s", 1, 300, "How long one attempt to deliver may take.")                            \
	X(look, interval, SECS, "1h", 0, 172800,                                                                       \
	  "How often each of your domains is looked at: records, policy, servers, certificates. 0: never by itself.")   \
	X(look, hostname, TEXT, "", 0, 255,                                                                            \
	  "Our name, said to the servers that are looked at. Empty: that of smtp.")                                    \
	X(look, at_once, COUNT, "16", 1, LIMIT_LOOK_THREADS, "Domains that are looked at at the same time.")           \
	X(look, timeout, SECS, "2m", 5, 600, "How long the look at one domain may take.")                              \
	X(look, ca_file, TEXT, "", 0, 4096, "The authorities to trust, PEM. Empty: those of the system.")              \
	X(look, local, CHOICE, "no yes", 0, 0,                                                                         \
	  "Whether servers at private and other special addresses are connected to: yes only in a network of your own.") \
	X(look, smtp_port, COUNT, "25", 1, 65535, "Where mail servers are looked at.")                                 \
	X(look, https_port, COUNT, "443", 1, 65535, "Where policy hosts are looked at.")                               \
	X(digest, weekly, LIST, "", 0, 100,                                                                            \
	  "Mail channels that get the digest of each week: CHANNEL, or TENANT:CHANNEL for what is that tenant's. Empty "   \
	  "list: none is sent.")                                                                                       \
	X(digest, day, CHOICE, "tuesday monday wednesday thursday friday saturday sunday", 0, 0,                       \
	  "On which day, at six in the morning UTC; the reports of Sunday are there by Monday evening.")               \
	X(digest, when_clean, CHOICE, "no yes", 0, 0,                                                                  \
	  "Whether it is sent when nothing happened, too. In the first four weeks it always is, so that you see it works.") \
	X(digest, monthly, LIST, "", 0, 100,                                                                           \
	  "Mail channels that get the report of each month, on its second day: CHANNEL or TENANT:CHANNEL.")            \
	X(limits, message_bytes, BYTES, "25M", 65536, LIMIT_ARRIVAL_BYTES, "The largest message that is taken.")       \
	X(limits, connections, COUNT, "2000", 1, 100000, "SMTP connections at the same time.")                         \
	X(limits, connections_per_address, COUNT, "20", 1, 100000,                                                     \
	  "Of them from one network (IPv4 /24, IPv6 /64); loopback is not limited.")                                   \
	X(limits, decode_workers, COUNT, "0", 0, 64, "Processes that read reports; 0: one for each processor.")        \
	X(limits, in_flight_bytes, BYTES, "64M", 33554432, 1073741824,                                                 \
	  "Bytes of messages that are read or stored at the same time; more wait at their door.")                      \
	X(log, level, CHOICE, "info warning error debug", 0, 0, "What is logged: this and what is worse.")

/* The same of each section oidc "NAME": another server that says who somebody is.  There may be several. */
#define CONFIG_OIDC_KEYS(X)                                                                                            \
	X(oidc, title, TEXT, "", 0, 60, "Stands on the button: Sign in with TITLE. Empty: the name of the section.")    \
	X(oidc, issuer, TEXT, "", 0, 1000,                                                                             \
	  "The address by which the provider names itself, to the letter, such as https://login.example.com/realms/mail. " \
	  "ISSUER/.well-known/openid-configuration describes it.")                                                     \
	X(oidc, client_id, TEXT, "", 0, 255, "Our name there. The address to come back to is WEB.URL/api/v1/sign-in/oidc/NAME.") \
	X(oidc, client_secret, TEXT, "", 0, 4096, "Our secret there: file:PATH or cred:NAME. Empty: a public client, by PKCE alone.") \
	X(oidc, scopes, LIST, "openid profile", 0, 32, "What is asked for; openid must be among it.")                  \
	X(oidc, groups_claim, TEXT, "groups", 0, 100, "The claim of the ID token that lists the groups of a user.")   \
	X(oidc, groups, LIST, "", 0, 500,                                                                              \
	  "What a group gives: GROUP=TENANT:ROLE, GROUP=*:ROLE in every tenant, or GROUP=site for a site admin. ROLE is viewer, " \
	  "operator or admin. They are given anew at each sign-in; a role that was given by hand in a tenant stays.")  \
	X(oidc, new_users, CHOICE, "yes no", 0, 0,                                                                     \
	  "Whether somebody who is not known here and is in one of the groups becomes a user when he signs in.")        \
	X(oidc, ca_file, TEXT, "", 0, 4096, "The authorities that the provider is checked against, PEM. Empty: those of the system.") \
	X(oidc, local, CHOICE, "no yes", 0, 0,                                                                         \
	  "Whether the provider may be at a private address; on this machine then without TLS too.")                   \
	X(oidc, timeout, SECS, "8s", 1, 30, "How long one question to the provider may take.")
