/* SPDX-License-Identifier: ISC */
/* Names for those who report, found by the domain of their contact address, and what is known of their habits from
 * reports that were seen.  Software that many hosts run (Stalwart, Postfix with tlsrpt-reporter, mox) is no reporter.
 * X(domain, name, habit); an empty habit: nothing is known, so nothing is claimed. */
#define REPORTERS(X)                                                                                                   \
	X("google.com", "Google",                                                                                      \
	  "Google reports each UTC day, ten hours or more after its end, and never gives a reason code.")             \
	X("microsoft.com", "Microsoft",                                                                                \
	  "Microsoft reports one or two days later, names no sending addresses, and counts the same sessions under "    \
	  "MTA-STS and under DANE.")                                                                                   \
	X("outlook.com", "Microsoft", "")                                                                              \
	X("mail.ru", "Mail.ru",                                                                                        \
	  "Mail.ru names neither addresses nor servers; its details may add up to more than its totals.")             \
	X("socketlabs.com", "SocketLabs",                                                                              \
	  "SocketLabs writes the successes and the failures of one policy as two entries.")                            \
	X("yahooinc.com", "Yahoo", "")                                                                                 \
	X("yahoo.com", "Yahoo", "")                                                                                    \
	X("comcast.net", "Comcast", "")                                                                                \
	X("fastmail.com", "Fastmail", "")                                                                              \
	X("fastmailteam.com", "Fastmail", "")                                                                          \
	X("gmx.net", "GMX", "")                                                                                        \
	X("gmx.de", "GMX", "")                                                                                         \
	X("web.de", "WEB.DE", "")                                                                                      \
	X("proton.me", "Proton", "")                                                                                   \
	X("protonmail.com", "Proton", "")                                                                              \
	X("linkedin.com", "LinkedIn", "")                                                                              \
	X("apple.com", "Apple", "")                                                                                    \
	X("icloud.com", "Apple", "")                                                                                   \
	X("cloudflare.com", "Cloudflare", "")                                                                          \
	X("mimecast.com", "Mimecast", "")
