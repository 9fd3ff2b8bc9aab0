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
	  "Other reporters see another policy already. A sender keeps a policy until its max_age ends; nothing is to be done but to wait.") \
	X(UNKNOWN_RESULT, "unknown-result", UNKNOWN, NOTICE, "Unknown result \"{subject}\"", \
	  "A reporter names a result that is in no standard. It is kept and shown as it was given.") \
	X(MASS_FAILURE, "mass-failure", RECEIVER, CRITICAL, "All senders fail at {subject}", \
	  "No session of any reporter succeeds any more, for more than one reason: the server, the network before it or the DNS is probably down.") \
	/* found by our own look, before any report */ \
	X(RECORD_MISSING, "record-missing", DNS, WARNING, "{subject} has no TLS-RPT record", \
	  "Without the record nobody sends reports, and failures go unseen.") \
	X(RECORD_MULTIPLE, "record-multiple", DNS, WARNING, "{subject} has several TLS-RPT records", \
	  "Senders must then act as if there were none: no reports are sent.") \
	X(RECORD_INVALID, "record-invalid", DNS, WARNING, "TLS-RPT record of {subject} has errors", \
	  "Senders that cannot read the record send no reports.") \
	X(RUA_NOT_OURS, "rua-not-ours", DNS, WARNING, "Reports on {subject} go elsewhere", \
	  "The TLS-RPT record names none of our addresses.") \
	X(CERT_EXPIRING, "cert-expiring", RECEIVER, WARNING, "Certificate of {subject} ends soon", \
	  "Once it has ended, senders that verify it refuse to deliver.") \
	X(MAX_AGE_SHORT, "max-age-short", POLICY_HOST, NOTICE, "MTA-STS policy of {subject} is kept only for a short time", \
	  "It is enforced, but with a max_age under a week senders forget it, and an attacker need only wait.") \
	X(POLICY_CERT_EXPIRING, "sts-host-cert-expiring", POLICY_HOST, WARNING, "Certificate of the policy host of {subject} ends soon", \
	  "When it ends, senders can no longer fetch the MTA-STS policy and go on without it as soon as theirs is too old.") \
	X(POLICY_DRIFT, "policy-drift", DNS, WARNING, "MTA-STS policy of {subject} changed, its id did not", \
	  "Senders fetch a policy again when the id in the DNS changes; until then they use the one that they have.") \
	X(SERVER_UNREACHABLE, "server-unreachable", RECEIVER, WARNING, "{subject} cannot be reached as a mail server", \
	  "Its name leads to no address that takes mail, or what answers there does not speak SMTP.") \
	X(STARTTLS_INJECTED, "starttls-injected", RECEIVER, CRITICAL, "Plain text stands behind the answer of {subject} to STARTTLS", \
	  "Somebody on the path may be adding it, or the server has a fault that lets others add it.") \
	X(MX_MISSING, "mx-missing", DNS, WARNING, "{subject} has no mail server", \
	  "There is neither an MX record nor an address, so nobody can deliver.")
/* clang-format on */
