/* SPDX-License-Identifier: ISC */
/* The nouns of the command line.  X(name, function, one line of help).  In the order of `mailseal help`. */
#define COMMANDS(X)                                                                                                    \
	X("serve", cli_serve, "the server: takes reports by SMTP and HTTP, shows what they say")                       \
	X("import", cli_import, "take in files, folders, Maildirs, mboxes")                                            \
	X("report", cli_report, "the reports: list, show as a document (also from a file), raw, export")               \
	X("result", cli_result, "what failed and what was secured, by result")                                         \
	X("source", cli_source, "who reported, and from where it failed")                                              \
	X("quarantine", cli_quarantine, "what could not be read: list, show, retry, drop")                             \
	X("status", cli_status, "one screen; the first thing to type")                                                 \
	X("check", cli_check, "look at the records, policies and mail servers of a domain")                            \
	X("policy", cli_policy, "the MTA-STS policy: the next step, and what reporters saw")                                   \
	X("record", cli_record, "generate and explain TLS-RPT and MTA-STS records")                                    \
	X("domain", cli_domain, "your domains: list, show, add, edit, remove, verify")                                        \
	X("tenant", cli_tenant, "whose domains they are: list, add, edit, remove")                                            \
	X("issue", cli_issue, "what is wrong: list, show, check again, acknowledge, snooze, close, reopen")            \
	X("alert", cli_alert, "what was said about issues, and what was not and why")                                  \
	X("explain", cli_explain, "one failure in plain words")                                                        \
	X("config", cli_config, "show, check and explain the configuration")                                           \
	X("db", cli_db, "status, verify, backup, restore, migrate")                                                    \
	X("ingest", cli_ingest, "one message on standard input, for the pipe of a mail server")                        \
	X("completion", cli_completion, "what a shell needs to complete commands")                                     \
	X("help", cli_help, "this list, or the help of one command")
