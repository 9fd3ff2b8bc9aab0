/* SPDX-License-Identifier: ISC */
/* The kinds of DNS records that are asked for.  X(ID, text, number of the IANA registry). */
#define DNS_TYPES(X)                                                                                                   \
	X(A, "A", 1)                                                                                                   \
	X(NS, "NS", 2)                                                                                                 \
	X(CNAME, "CNAME", 5)                                                                                           \
	X(SOA, "SOA", 6)                                                                                               \
	X(MX, "MX", 15)                                                                                                \
	X(TXT, "TXT", 16)                                                                                              \
	X(AAAA, "AAAA", 28)                                                                                            \
	X(TLSA, "TLSA", 52)
