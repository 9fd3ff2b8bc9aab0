/* SPDX-License-Identifier: ISC */
/* What can be wrong without a failure in a report: found by comparing days, reporters and habits.
 * X(ID, text, where the fault usually is, severity, title, sentence).  {subject} is a domain or a reporter. */

/* clang-format off */
#define DERIVED_MATTERS(X) \
	X(DOMAIN_SILENT, "domain-silent", DNS, WARNING, "No reports for {subject} any more", \
	  "Reporters that used to report on this domain have stopped, while they go on for others. The record may have changed.") \
	X(REPORTER_SILENT, "reporter-silent", SENDER, NOTICE, "{subject} has stopped reporting", \
	  "This reporter used to report on several domains and now reports on none, while others go on: an outage there is likely.") \
	X(INTAKE_SILENT, "intake-silent", RECEIVER, CRITICAL, "No reports arrive at all", \
	  "Every reporter has stopped at the same time. Reports probably do not reach us: the mailbox, the MX or the port.")
/* clang-format on */
