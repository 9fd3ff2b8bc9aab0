/* SPDX-License-Identifier: ISC */
/* What can be wrong without a failure in a report: found by comparing days, reporters and habits.
 * X(ID, text, where the fault usually is, severity, title, sentence).  {subject} is a domain or a reporter. */

/* clang-format off */
#define DERIVED_MATTERS(X) \
	X(DOMAIN_SILENT, "domain-silent", DNS, WARNING, "No reports for {subject} any more", \
	  "Those who used to report on this domain have stopped, while others go on elsewhere. The record may have changed, or the domain gets no mail.") \
	X(REPORTER_SILENT, "reporter-silent", SENDER, NOTICE, "{subject} has stopped reporting", \
	  "This reporter used to report on several domains and now reports on none, while others go on: an outage there is likely.") \
	X(INTAKE_SILENT, "intake-silent", RECEIVER, CRITICAL, "No reports arrive at all", \
	  "Every reporter has stopped at the same time. Reports probably do not reach us: the mailbox, the MX or the port.") \
	X(REPORTER_FORGED, "reporter-forged", SENDER, WARNING, "Reports in the name of {subject} are not signed by it", \
	  "This reporter signs its reports, and some come in its name without that signature. They are held and not counted.") \
	X(VOLUME_DROP, "volume-drop", UNKNOWN, NOTICE, "{subject} reports far fewer sessions than usual", \
	  "This reporter goes on reporting, but on less than a tenth of the sessions that it used to report.") \
	X(REPORT_LOOP, "report-loop", SENDER, NOTICE, "{subject} reports only on the delivery of its own reports", \
	  "Each day this reporter reports one single session with no policy: the delivery of its report of the day before.") \
	X(STALE_POLICY, "stale-policy", UNKNOWN, NOTICE, "A reporter still uses an older MTA-STS policy of {subject}", \
	  "Other reporters see the policy in another mode already. A sender keeps a policy until its max_age ends; nothing is to be done but to wait.")
/* clang-format on */
