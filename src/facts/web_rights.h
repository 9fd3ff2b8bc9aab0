/* SPDX-License-Identifier: ISC */
/* What somebody may who reads or changes things by HTTP, least first: each may all that stands before it.
 * X(ID, text). */
#define WEB_RIGHTS(X)                                                                                                  \
	X(PUBLIC, "public")     /* anybody who reaches the port */                                                     \
	X(VIEWER, "viewer")     /* reads what belongs to the tenant */                                                 \
	X(OPERATOR, "operator") /* acknowledges, looks again, sees what is kept aside */                               \
	X(ADMIN, "admin")       /* domains, policies, users and tokens of the tenant */                                \
	X(SITE, "site")         /* every tenant, and the house itself */
