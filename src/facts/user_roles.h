/* SPDX-License-Identifier: ISC */
/* What a user may be in a tenant; each may all that the ones before may.  The order stands in the database.
 * X(ID, text, what). */
#define USER_ROLES(X)                                                                                                  \
	X(NONE, "none", "nothing")                                                                                     \
	X(VIEWER, "viewer", "reads")                                                                                   \
	X(OPERATOR, "operator", "reads; works on issues and on the quarantine, and asks for checks")                   \
	X(ADMIN, "admin", "all of the tenant: domains, reporters, policies, alerts, users, tokens")

/* What a token of the API may; bits, they stand in the database.  X(ID, text, bit, what). */
#define TOKEN_SCOPES(X)                                                                                                \
	X(REPORTS_READ, "reports:read", 1u, "read everything of the tenant")                                           \
	X(ISSUES_WRITE, "issues:write", 2u, "work on issues and on the quarantine")                                    \
	X(INGEST, "ingest", 4u, "hand in reports that count")                                                          \
	X(ADMIN, "admin", 8u, "all that an admin of the tenant may")

/* What a link that opens once is for.  X(ID, text). */
#define LINK_KINDS(X)                                                                                                  \
	X(FIRST_RUN, "first-run")                                                                                      \
	X(INVITE, "invite")                                                                                            \
	X(RESET, "reset")

/* How somebody came in.  The order stands in the database.  X(ID, text). */
#define SIGN_IN_METHODS(X)                                                                                             \
	X(LINK, "link")                                                                                                \
	X(PASSWORD, "password")                                                                                        \
	X(PASSWORD_TOTP, "password+code")                                                                              \
	X(RECOVERY, "password+recovery-code")                                                                          \
	X(PASSKEY, "passkey")                                                                                          \
	X(OIDC, "oidc")

/* Who made a change.  The order stands in the database.  X(ID, text). */
#define ACTOR_KINDS(X)                                                                                                 \
	X(COMMAND_LINE, "command-line")                                                                                \
	X(USER, "user")                                                                                                \
	X(TOKEN, "token")                                                                                              \
	X(HOUSE, "house")
