/* SPDX-License-Identifier: ISC */
/* What can be odd about a report that is read all the same.  X(ID, code, sentence).
 * The code is a contract (docs/man); the sentence is shown to people. */
#define DEVIATIONS(X)                                                                                                  \
	X(DATE_WITHOUT_ZONE, "date-without-zone", "The date has no time zone; it is read as UTC.")                     \
	X(DATE_ODD, "date-odd", "The date is not written as RFC 3339 asks.")                                           \
	X(DATE_UNREADABLE, "date-unreadable", "The date cannot be read; it stays unknown.")                            \
	X(DATE_MISSING, "date-missing", "The date is missing; it stays unknown.")                                      \
	X(PERIOD_ODD, "period-odd", "The period is not one whole UTC day.")                                            \
	X(PERIOD_REVERSED, "period-reversed", "The period ends before it begins.")                                     \
	X(PERIOD_LONG, "period-long", "The period is longer than 31 days.")                                            \
	X(PERIOD_IMPROBABLE, "period-improbable", "The period lies in the future or very far back.")                   \
	X(ORGANIZATION_MISSING, "organization-missing", "The report does not name its organisation.")                  \
	X(CONTACT_MISSING, "contact-missing", "The report has no contact-info.")                                       \
	X(REPORT_ID_MISSING, "report-id-missing", "The report has no report-id.")                                      \
	X(SUBMITTER_DIFFERS, "submitter-differs", "TLS-Report-Submitter is not the domain of contact-info.")           \
	X(POLICIES_EMPTY, "policies-empty", "The report holds no policy and no sessions.")                             \
	X(POLICY_DOMAIN_MISSING, "policy-domain-missing", "policy-domain is missing.")                                 \
	X(POLICY_DOMAIN_GUESSED, "policy-domain-guessed",                                                              \
	  "policy-domain is missing; it is taken from the mail or the file name.")                                     \
	X(POLICY_TYPE_UNKNOWN, "policy-type-unknown", "The policy type is not one of RFC 8460.")                       \
	X(POLICY_TYPE_MISSING, "policy-type-missing", "The policy type is missing.")                                   \
	X(POLICY_STRING_NESTED, "policy-string-nested", "policy-string is a list inside one string; it is taken apart.") \
	X(NOT_A_LIST, "not-a-list", "One value stands where a list belongs.")                                          \
	X(WRONG_TYPE, "wrong-type", "The value has another type than RFC 8460 asks.")                                  \
	X(COUNT_AS_TEXT, "count-as-text", "The count is written as text.")                                             \
	X(COUNT_ODD, "count-odd", "The count is not written as a plain whole number.")                                 \
	X(COUNT_INVALID, "count-invalid", "The count is negative, broken or far too large; it is read as 0.")          \
	X(COUNT_MISSING, "count-missing", "The count is missing; it is read as 0.")                                    \
	X(DETAILS_DIFFER, "details-differ", "The failure details do not add up to the failed sessions.")               \
	X(RESULT_TYPE_UNKNOWN, "result-type-unknown", "The result type is not one of RFC 8460.")                       \
	X(RESULT_TYPE_MISSING, "result-type-missing", "The result type is missing.")                                   \
	X(CASE_DIFFERS, "case-differs", "A keyword is written in another case.")                                       \
	X(ADDRESS_ODD, "address-odd", "The IP address cannot be read; it is kept as text.")                            \
	X(DOMAIN_ODD, "domain-odd", "The domain name is odd; it is kept as text.")                                     \
	X(MEMBER_ALIAS, "member-alias", "A member has another name than in RFC 8460.")                                 \
	X(MEMBER_DUPLICATE, "member-duplicate", "A member stands twice; the first one is used.")                       \
	X(MEMBER_UNKNOWN, "member-unknown", "A member is not known; it is kept.")                                      \
	X(DIALECT, "dialect", "The report is written in another dialect than RFC 8460.")                               \
	X(TEXT_NOT_UTF8, "text-not-utf8", "Bytes that are not UTF-8 are replaced.")                                    \
	X(TEXT_NUL, "text-nul", "U+0000 is taken out of a text.")                                                      \
	X(TEXT_CUT, "text-cut", "A text is too long and is cut.")                                                      \
	X(LINE_END_KEPT, "line-end-kept", "Policy lines keep their CR; it is taken off.")                              \
	X(BYTE_ORDER_MARK, "byte-order-mark", "The text begins with a byte order mark.")                               \
	X(TOP_LEVEL_LIST, "top-level-list", "The report stands inside a list.")                                        \
	X(UNIT_UNREADABLE, "unit-unreadable", "One policy entry cannot be read; the others are kept.")                 \
	X(FAILURE_UNREADABLE, "failure-unreadable", "One failure detail cannot be read; the others are kept.")         \
	X(GZIP_MEMBERS, "gzip-members", "The gzip file has several members.")                                          \
	X(GZIP_TRAILER, "gzip-trailer", "Bytes stand behind the end of the gzip file.")                                \
	X(LABEL_DIFFERS, "label-differs", "The content is of another kind than its label says.")                       \
	X(ZIP, "zip", "The report came in a zip file.")                                                                \
	X(MIME_AMBIGUOUS, "mime-ambiguous", "The mail has contradicting MIME headers; the first one is used.")         \
	X(MIME_UNCLOSED, "mime-unclosed", "The last MIME boundary is missing.")                                        \
	X(ENCODING_ODD, "encoding-odd", "The transfer encoding holds bytes that do not belong there.")                 \
	X(FORWARDED, "forwarded", "The report came inside another mail.")                                              \
	X(BARE_LINE_END, "bare-line-end", "Lines end in a lone CR or LF.")
