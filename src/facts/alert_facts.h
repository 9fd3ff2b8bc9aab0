/* SPDX-License-Identifier: ISC */
/* The ready-made rules of alerts, the most urgent first; each issue falls under one at most.  X(ID, text, title). */
#define ALERT_RULES(X)                                                                                                 \
	X(MAIL_REFUSED, "mail-refused", "Mail is being refused")                                                       \
	X(REPORTS_STOPPED, "reports-stopped", "Reports have stopped")                                                  \
	X(NEW_FAILURE, "new-failure", "A new kind of failure")
