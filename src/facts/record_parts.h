/* SPDX-License-Identifier: ISC */
/* What the parts of the two TXT records mean, in a sentence for people.  X(ID, sentence). */
#define RECORD_PARTS(X)                                                                                                \
	X(VERSION_TLSRPT, "Says that this is a TLS-RPT record.")                                                       \
	X(VERSION_STS, "Says that this is an MTA-STS record.")                                                         \
	X(RUA, "Where reports are sent.")                                                                              \
	X(ID, "Changes with every change of the policy, so that senders fetch it again.")                              \
	X(UNKNOWN, "Not known; senders ignore it.")                                                                    \
	X(TWICE, "Stands twice; senders may use either.")
