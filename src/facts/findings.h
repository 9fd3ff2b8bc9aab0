/* SPDX-License-Identifier: ISC */
/* What can be wrong with what a domain publishes and with its servers, as we see it ourselves.
 * X(ID, code, severity, sentence, first step).  In both texts {subject} is the record, host or policy it is about and
 * {detail} what was found there.  The code is a contract. */
#define FINDINGS(X)                                                                                                    \
	/* the TLS-RPT record, RFC 8460 section 3 */                                                                   \
	X(RECORD_MISSING, "record-missing", WARNING, "There is no TLS-RPT record at {subject}; nobody can send reports.", \
	  "Publish a TXT record at {subject}.")                                                                        \
	X(RECORD_MULTIPLE, "record-multiple", WARNING,                                                                 \
	  "There are several TLS-RPT records; senders must then act as if there were none.",                           \
	  "Keep one TXT record at {subject} and remove the others.")                                                   \
	X(RECORD_VERSION, "record-version", WARNING, "The record does not begin with v=TLSRPTv1; so senders ignore it.", \
	  "Begin the record with v=TLSRPTv1; exactly as written here.")                                                \
	X(RECORD_BLANK, "record-blank", NOTICE,                                                                        \
	  "A blank stands before the first semicolon; some senders then ignore the record.",                           \
	  "Write v=TLSRPTv1; without a blank.")                                                                        \
	X(RECORD_QUOTES, "record-quotes", WARNING, "The value holds quotation marks that were pasted in.",             \
	  "Remove the quotation marks from the value.")                                                                \
	X(RECORD_SYNTAX, "record-syntax", WARNING, "The record has a part that is not NAME=VALUE: {detail}.",          \
	  "Write each part as NAME=VALUE and put a semicolon between them.")                                           \
	X(RECORD_TAG_TWICE, "record-tag-twice", WARNING, "The tag {detail} stands twice.", "Keep one {detail}.")       \
	X(RECORD_TAG_UNKNOWN, "record-tag-unknown", NOTICE, "The tag {detail} is not known; senders ignore it.",       \
	  "Remove {detail} unless you know what it is for.")                                                           \
	X(RUA_MISSING, "rua-missing", WARNING, "The record names no address for reports.",                             \
	  "Add rua=mailto:ADDRESS or rua=https://ADDRESS.")                                                            \
	X(RUA_SCHEME, "rua-scheme", WARNING, "The address {detail} begins with neither mailto: nor https:.",           \
	  "Write mailto:ADDRESS or https://ADDRESS.")                                                                  \
	X(RUA_ADDRESS, "rua-address", WARNING, "The address {detail} is not complete.", "Correct the address.")        \
	X(RUA_ENCODING, "rua-encoding", WARNING,                                                                       \
	  "The address {detail} holds a character that must be percent-encoded.",                                      \
	  "Write %2C for a comma, %21 for an exclamation mark, %3B for a semicolon.")                                  \
	X(RUA_SEVERAL, "rua-several", NOTICE, "There are several addresses; some senders use only the first.",         \
	  "Put the address that matters most first, or keep only one.")                                                \
	X(RUA_NOT_OURS, "rua-not-ours", WARNING, "None of the addresses is ours; the reports go elsewhere.",           \
	  "Add our address to rua.")                                                                                   \
	X(RECORD_MISPLACED, "record-misplaced", WARNING, "A TLS-RPT record stands at {detail}, where nobody looks.",   \
	  "Move it to {subject}.")                                                                                     \
	/* the MTA-STS record, RFC 8461 section 3.1 */                                                                 \
	X(STS_RECORD_MISSING, "sts-record-missing", WARNING,                                                           \
	  "There is no MTA-STS record at {subject}; senders do not look for the policy.",                              \
	  "Publish a TXT record at {subject}.")                                                                        \
	X(STS_RECORD_MULTIPLE, "sts-record-multiple", WARNING,                                                         \
	  "There are several MTA-STS records; senders then act as if there were none.", "Keep one and remove the others.") \
	X(STS_RECORD_VERSION, "sts-record-version", WARNING, "The record does not begin with v=STSv1; so senders ignore it.", \
	  "Begin the record with v=STSv1; exactly as written here.")                                                   \
	X(STS_RECORD_ID_MISSING, "sts-record-id-missing", WARNING, "The record has no id.", "Add id= and a new value.") \
	X(STS_RECORD_ID_INVALID, "sts-record-id-invalid", WARNING,                                                     \
	  "The id {detail} is not 1 to 32 letters and digits, so the record is invalid.", "Use letters and digits only.") \
	/* the MTA-STS policy, RFC 8461 section 3.2 */                                                                 \
	X(POLICY_TOO_LARGE, "policy-too-large", WARNING, "The policy file is larger than 64 KiB.", "Make it shorter.") \
	X(POLICY_NOT_TEXT, "policy-not-text", WARNING, "The policy file is not a policy but {detail}.",                \
	  "Serve the policy as plain text at this address.")                                                           \
	X(POLICY_LINE, "policy-line", WARNING, "{detail} is not KEY: VALUE.", "Correct or remove the line.")           \
	X(POLICY_BOM, "policy-bom", WARNING, "The policy file begins with a byte order mark; senders may refuse it.",  \
	  "Save the file without a byte order mark.")                                                                  \
	X(POLICY_KEY_CASE, "policy-key-case", WARNING, "The key {detail} is not in small letters; senders do not know it.", \
	  "Write the key in small letters.")                                                                           \
	X(POLICY_KEY_TWICE, "policy-key-twice", NOTICE, "The key {detail} stands twice; senders use the first.",       \
	  "Keep one {detail}.")                                                                                        \
	X(POLICY_KEY_UNKNOWN, "policy-key-unknown", NOTICE, "The key {detail} is not known; senders ignore it.",       \
	  "Remove the line unless you know what it is for.")                                                           \
	X(POLICY_VERSION, "policy-version", WARNING, "The policy has no line version: STSv1.", "Add version: STSv1.")  \
	X(POLICY_MODE_MISSING, "policy-mode-missing", WARNING, "The policy has no mode.",                              \
	  "Add mode: testing to start with.")                                                                          \
	X(POLICY_MODE_INVALID, "policy-mode-invalid", WARNING, "The mode {detail} is not enforce, testing or none.",   \
	  "Write mode: testing or mode: enforce.")                                                                     \
	X(POLICY_MAX_AGE_MISSING, "policy-max-age-missing", WARNING, "The policy has no max_age.", "Add max_age: 604800.") \
	X(POLICY_MAX_AGE_INVALID, "policy-max-age-invalid", WARNING,                                                   \
	  "The max_age {detail} is not a number of seconds up to 31557600.", "Write max_age: 604800.")                 \
	X(POLICY_MAX_AGE_SHORT, "policy-max-age-short", NOTICE,                                                        \
	  "The policy is enforced with a max_age of less than a week; an attacker who blocks the policy wins soon.",   \
	  "Raise max_age to 604800 or more.")                                                                          \
	X(POLICY_MX_MISSING, "policy-mx-missing", WARNING, "The policy names no mx.", "Add one mx line for each server.") \
	X(POLICY_MX_INVALID, "policy-mx-invalid", WARNING, "The mx {detail} is not a host name or *.DOMAIN.",          \
	  "Write one host name a line.")
