/* SPDX-License-Identifier: ISC */
/* Names for those who report, found by the domain of their contact address, and what is known of their habits from
 * reports that were seen.  Software that many hosts run (Stalwart, Postfix with tlsrpt-reporter, mox) is no reporter.
 * Who stands here signs for itself (store_decide), is no stranger (issues, the doors), and may have several domains.
 * X(domain, name, habit); an empty habit: nothing is known, so nothing is claimed. */
#define REPORTERS(X)                                                                                                   \
	/* noreply-smtp-tls-reporting@google.com, d=google.com; mail.google.com and gmail.com are its users */         \
	X("google.com", "Google",                                                                                      \
	  "Google reports each UTC day, ten hours or more after its end, and never gives a reason code: what has no "  \
	  "name of its own is validation-failure.")                                                                    \
	/* tlsrpt-noreply@microsoft.com */                                                                             \
	X("microsoft.com", "Microsoft",                                                                                \
	  "Microsoft reports one or two days later, names no sending addresses, and counts the same sessions under "   \
	  "MTA-STS and under DANE. It reports policies that it could not fetch while others fetched them.")            \
	X("outlook.com", "Microsoft", "")                                                                              \
	X("office365.com", "Microsoft", "")                                                                            \
	/* contact-info and d= are corp.mail.ru, the submitter is mail.ru */                                           \
	X("mail.ru", "Mail.ru",                                                                                        \
	  "Mail.ru names neither addresses nor servers, and its days end at the next midnight; its details may add "   \
	  "up to more than its totals.")                                                                               \
	X("socketlabs.com", "SocketLabs",                                                                              \
	  "SocketLabs writes the successes and the failures of one policy as two entries.")                            \
	X("yahooinc.com", "Yahoo", "")                                                                                 \
	X("yahoo.com", "Yahoo", "")                                                                                    \
	X("aol.com", "Yahoo", "")                                                                                      \
	X("comcast.net", "Comcast", "")                                                                                \
	X("comcast.com", "Comcast", "")                                                                                \
	X("fastmail.com", "Fastmail", "")                                                                              \
	X("fastmailteam.com", "Fastmail", "")                                                                          \
	X("messagingengine.com", "Fastmail", "")                                                                       \
	X("gmx.net", "GMX", "")                                                                                        \
	X("gmx.de", "GMX", "")                                                                                         \
	X("gmx.com", "GMX", "")                                                                                        \
	X("web.de", "WEB.DE", "")                                                                                      \
	X("proton.me", "Proton", "")                                                                                   \
	X("protonmail.com", "Proton", "")                                                                              \
	X("proton.ch", "Proton", "")                                                                                   \
	X("linkedin.com", "LinkedIn", "")                                                                              \
	X("apple.com", "Apple", "")                                                                                    \
	X("icloud.com", "Apple", "")                                                                                   \
	X("cloudflare.com", "Cloudflare", "")                                                                          \
	X("mimecast.com", "Mimecast", "")

/* Domains at which anybody may have a mailbox, and gets the provider's signature for nothing: it stands for the domain
 * itself and no other of its organisation (corp.mail.ru, yahooinc.com), and nobody there is ever known by it. */
#define MAILBOXES(X)                                                                                                   \
	X("gmail.com")                                                                                                 \
	X("googlemail.com")                                                                                            \
	X("outlook.com")                                                                                               \
	X("hotmail.com")                                                                                               \
	X("live.com")                                                                                                  \
	X("msn.com")                                                                                                   \
	X("yahoo.com")                                                                                                 \
	X("ymail.com")                                                                                                 \
	X("aol.com")                                                                                                   \
	X("mail.ru")                                                                                                   \
	X("bk.ru")                                                                                                     \
	X("inbox.ru")                                                                                                  \
	X("list.ru")                                                                                                   \
	X("yandex.ru")                                                                                                 \
	X("yandex.com")                                                                                                \
	X("comcast.net")                                                                                               \
	X("fastmail.com")                                                                                              \
	X("gmx.net")                                                                                                   \
	X("gmx.de")                                                                                                    \
	X("gmx.com")                                                                                                   \
	X("web.de")                                                                                                    \
	X("t-online.de")                                                                                               \
	X("proton.me")                                                                                                 \
	X("protonmail.com")                                                                                            \
	X("icloud.com")                                                                                                \
	X("me.com")                                                                                                    \
	X("mac.com")                                                                                                   \
	X("orange.fr")                                                                                                 \
	X("wp.pl")                                                                                                     \
	X("sapo.pt")
