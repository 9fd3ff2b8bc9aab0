/* SPDX-License-Identifier: ISC */
/* The nouns of the command line.  X(name, function, tenant, one line of help).  In the order of `mailseal help`.
 * `tenant`, what --tenant makes of it: NARROWS (it sees and changes what is of that tenant's domains, and for the rest
 * there is nothing, or the store says that it is the house's), HOUSE (it is refused), NO_STORE (nothing stored is
 * touched).  tests/scenario/test_tenants.py tries each with the ids of another. */
#define COMMANDS(X)                                                                                                    \
	X("serve", cli_serve, HOUSE, "the server: takes reports by SMTP and HTTP, shows what they say")                \
	X("import", cli_import, HOUSE, "take in files, folders, Maildirs, mboxes")                                     \
	X("report", cli_report, NARROWS, "the reports: list, show as a document (also from a file), raw, export")      \
	X("result", cli_result, NARROWS, "what failed and what was secured, by result")                                \
	X("source", cli_source, NARROWS, "who reported, and from where it failed")                                     \
	X("quarantine", cli_quarantine, NARROWS, "what could not be read: list, show, retry, drop")                    \
	X("status", cli_status, NARROWS, "one screen; the first thing to type")                                        \
	X("check", cli_check, NARROWS, "look at the records, policies and mail servers of a domain")                   \
	X("policy", cli_policy, NARROWS, "the MTA-STS policy: serve one, check it, the next step, its history")         \
	X("record", cli_record, NO_STORE, "generate and explain TLS-RPT and MTA-STS records")                          \
	X("domain", cli_domain, NARROWS, "your domains: list, show, add, edit, remove, verify")                        \
	X("tenant", cli_tenant, NARROWS, "whose domains they are: list, add, edit, remove")                            \
	X("user", cli_user, NARROWS, "who may sign in on the web, and as what: list, add, edit, remove")               \
	X("token", cli_token, NARROWS, "tokens of the API: list, add, edit, remove")                                   \
	X("audit", cli_audit, NARROWS, "who changed what, when and from where: list")                                  \
	X("issue", cli_issue, NARROWS, "what is wrong: list, show, check again, acknowledge, snooze, close, reopen")   \
	X("alert", cli_alert, NARROWS, "what was said about issues, and what was not and why")                         \
	X("digest", cli_digest, NARROWS, "what a week or a month brought: for yourself, for customers")                \
	X("explain", cli_explain, NO_STORE, "one failure in plain words")                                              \
	X("config", cli_config, HOUSE, "show, check and explain the configuration")                                    \
	X("db", cli_db, HOUSE, "status, verify, backup, restore, migrate")                                             \
	X("ingest", cli_ingest, HOUSE, "one message on standard input, for the pipe of a mail server")                 \
	X("completion", cli_completion, NO_STORE, "what a shell needs to complete commands")                           \
	X("help", cli_help, NO_STORE, "this list, or the help of one command")
