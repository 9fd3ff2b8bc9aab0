/* SPDX-License-Identifier: ISC */
/* How far an arrival may be believed, best first (docs/ARCHITECTURE.md).  X(ID, text, counts by default). */
#define TRUSTS(X)                                                                                                      \
	X(OPERATOR, "operator", true)                                                                                  \
	X(SIGNED, "signed", true)                                                                                      \
	X(SECRET, "secret", true)                                                                                      \
	X(SIGNED_OTHER, "signed-other", false)                                                                         \
	X(UNSIGNED, "unsigned", false)                                                                                 \
	X(PENDING, "pending", false)
