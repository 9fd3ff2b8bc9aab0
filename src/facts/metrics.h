/* SPDX-License-Identifier: ISC */
/* What /metrics says, in the text form of Prometheus: X(ID, name, type, help).  A name is a contract with boards and alarms. */
#define METRICS(X)                                                                                                     \
	X(BUILD, "mailseal_build_info", "gauge", "The version, as a label.")                                           \
	X(ARRIVALS, "mailseal_arrivals_total", "counter", "Messages and files that were kept.")                        \
	X(REPORTS, "mailseal_reports", "gauge", "Reports that count.")                                                 \
	X(QUARANTINE, "mailseal_quarantine_reports", "gauge", "What is kept aside, by kind.")                          \
	X(ISSUES, "mailseal_issues_open", "gauge", "Issues that are not closed, by severity.")                         \
	X(DOMAINS, "mailseal_domains", "gauge", "Domains by how they stand.")                                          \
	X(SESSIONS, "mailseal_report_sessions_total", "counter",                                                       \
	  "Sessions that reports tell of, by domain, policy type and outcome; a session may count once for each type.") \
	X(LAST_REPORT, "mailseal_domain_last_report_timestamp_seconds", "gauge",                                       \
	  "Beginning of the last day with a report, by domain.")                                                       \
	X(CERTIFICATE, "mailseal_mx_certificate_not_after_timestamp_seconds", "gauge",                                 \
	  "End of the certificate that our own look saw last, by server.")                                             \
	X(LAST_ARRIVAL, "mailseal_last_arrival_timestamp_seconds", "gauge", "When something came in last.")            \
	X(STORE_BYTES, "mailseal_db_size_bytes", "gauge", "Size of the database.")                                     \
	X(KEEP, "mailseal_store_is_writable", "gauge", "1 while reports are taken.")
