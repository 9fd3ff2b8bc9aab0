/* SPDX-License-Identifier: ISC */
/* The ready-made rules of alerts, the most urgent first; each issue falls under one at most.  Their order is their number
 * in the database: add at the end.  X(ID, text, title). */
#define ALERT_RULES(X)                                                                                                 \
	X(MAIL_REFUSED, "mail-refused", "Mail is being refused")                                                       \
	X(REPORTS_STOPPED, "reports-stopped", "Reports have stopped")                                                  \
	X(NEW_FAILURE, "new-failure", "A new kind of failure")                                                         \
	X(CHECK_TROUBLE, "check-trouble", "Trouble that our own checks found")

/* Where alerts can go.  Their order is their number in the database: add at the end.  X(ID, text). */
#define ALERT_CHANNELS(X)                                                                                              \
	X(MAIL, "mail")                                                                                                \
	X(WEBHOOK, "webhook")                                                                                          \
	X(SLACK, "slack")                                                                                              \
	X(TEAMS, "teams")                                                                                              \
	X(MATRIX, "matrix")                                                                                            \
	X(PAGERDUTY, "pagerduty")                                                                                      \
	X(NTFY, "ntfy")                                                                                                \
	X(SYSLOG, "syslog")

/* What a message is about; its text is the type of a webhook.  X(ID, text). */
#define ALERT_EVENTS(X)                                                                                                \
	X(OPENED, "issue.opened")                                                                                      \
	X(RESOLVED, "issue.resolved")                                                                                  \
	X(DIGEST, "issue.digest")                                                                                      \
	X(MEASURE, "measure.exceeded")                                                                                 \
	X(MEASURE_OVER, "measure.recovered")                                                                           \
	X(TEST, "test.ping")                                                                                           \
	X(CHANNEL, "channel.failed")                                                                                   \
	X(DOCUMENT, "document")

/* What an own rule is about.  Their order is their number in the database: add at the end.  X(ID, text, form of its
 * number). */
#define ALERT_WHATS(X)                                                                                                 \
	X(READY, "ready-made", "")                                                                                     \
	X(SHARE, "share", "1% of the sessions of a day, of at least --least sessions")                                  \
	X(FAILED, "failed", "failed sessions of a day")                                                                \
	X(REFUSED, "refused", "refused sessions of a day")                                                             \
	X(NEW_CAUSE, "new-cause", "")                                                                                  \
	X(SILENCE, "silence", "days without a report")                                                                 \
	X(SEVERITY, "severity", "")                                                                                    \
	X(CAUSE, "cause", "")
