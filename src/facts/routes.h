/* SPDX-License-Identifier: ISC */
/* Every path that the HTTP door answers and the right it needs (facts/web_rights.h); all others are 404 or, where the web
 * application is there, its index page; a method that is not listed is 405.  Paths are compared as they came, byte by byte:
 * no file stands behind any of them.  A * is one piece without a slash, not empty.  What stands below /api/v1 is in
 * docs/openapi.yaml too, and tests/tools/test_routes compares them.
 * X(ID, pattern, methods, right). */
#define ROUTE_GET 1u /* and HEAD */
#define ROUTE_POST 2u
#define ROUTE_PUT 4u
#define ROUTE_PATCH 8u
#define ROUTE_DELETE 16u

#define ROUTES(X)                                                                                                      \
	X(HOME, "/", ROUTE_GET, VIEWER)                                                                                \
	X(RESULTS, "/results", ROUTE_GET, VIEWER)                                                                      \
	X(SOURCES, "/sources", ROUTE_GET, VIEWER)                                                                      \
	X(REPORTS, "/reports", ROUTE_GET, VIEWER)                                                                      \
	X(REPORT, "/reports/*", ROUTE_GET, VIEWER)                                                                     \
	X(ISSUES, "/issues", ROUTE_GET, VIEWER)                                                                        \
	X(ISSUE, "/issues/*", ROUTE_GET, VIEWER)                                                                       \
	X(DIGEST, "/digest", ROUTE_GET, VIEWER)                                                                        \
	X(QUARANTINE, "/quarantine", ROUTE_GET, OPERATOR)                                                              \
	X(ARRIVAL, "/quarantine/*", ROUTE_GET, OPERATOR)                                                               \
	X(REPORT_PRINT, "/reports/*/print", ROUTE_GET, VIEWER)                                                         \
	X(MUTE, "/mute/*", ROUTE_GET | ROUTE_POST, PUBLIC)                                                             \
	X(STYLE, "/style.css", ROUTE_GET, PUBLIC)                                                                      \
	X(ASSET, "/assets/*", ROUTE_GET, PUBLIC)                                                                       \
	X(POST, "/report", ROUTE_POST, PUBLIC)                                                                         \
	X(POST_SECRET, "/report/*", ROUTE_POST, PUBLIC)                                                                \
	X(STS_POLICY, "/.well-known/mta-sts.txt", ROUTE_GET, PUBLIC)                                                   \
	X(TLS_ASK, "/internal/tls-ask", ROUTE_GET, PUBLIC)                                                             \
	X(METRICS, "/metrics", ROUTE_GET, OPERATOR)                                                                    \
	X(HEALTH, "/healthz", ROUTE_GET, PUBLIC)                                                                       \
	X(READY, "/readyz", ROUTE_GET, PUBLIC)                                                                         \
	X(API_META, "/api/v1/meta", ROUTE_GET, PUBLIC)                                                                 \
	X(API_ME, "/api/v1/me", ROUTE_GET, VIEWER)                                                                     \
	X(API_OVERVIEW, "/api/v1/overview", ROUTE_GET, VIEWER)                                                         \
	X(API_STATUS, "/api/v1/status", ROUTE_GET, VIEWER)                                                             \
	X(API_DAYS, "/api/v1/days", ROUTE_GET, VIEWER)                                                                 \
	X(API_ISSUES, "/api/v1/issues", ROUTE_GET, VIEWER)                                                             \
	X(API_ISSUE, "/api/v1/issues/*", ROUTE_GET, VIEWER)                                                            \
	X(API_DOMAINS, "/api/v1/domains", ROUTE_GET, VIEWER)                                                           \
	X(API_OFFERED_DOMAINS, "/api/v1/domains/offered", ROUTE_GET, OPERATOR)                                         \
	X(API_DOMAIN, "/api/v1/domains/*", ROUTE_GET, VIEWER)                                                          \
	X(API_DOMAIN_HISTORY, "/api/v1/domains/*/history", ROUTE_GET, VIEWER)                                          \
	X(API_RESULTS, "/api/v1/results", ROUTE_GET, VIEWER)                                                           \
	X(API_SOURCES, "/api/v1/sources", ROUTE_GET, VIEWER)                                                           \
	X(API_SOURCE, "/api/v1/sources/*", ROUTE_GET, VIEWER)                                                          \
	X(API_REPORTS, "/api/v1/reports", ROUTE_GET, VIEWER)                                                           \
	X(API_REPORT, "/api/v1/reports/*", ROUTE_GET, VIEWER)                                                          \
	X(API_REPORT_ORIGINAL, "/api/v1/reports/*/original", ROUTE_GET, OPERATOR)                                      \
	X(API_REPORT_RAW, "/api/v1/reports/*/raw", ROUTE_GET, OPERATOR)                                                \
	X(API_POLICIES, "/api/v1/policies", ROUTE_GET, VIEWER)                                                         \
	X(API_POLICY, "/api/v1/policies/*", ROUTE_GET, VIEWER)                                                         \
	X(API_EXPLAIN, "/api/v1/explain", ROUTE_GET, VIEWER)                                                           \
	X(API_POLICY_ADVICE, "/api/v1/policies/*/advice", ROUTE_GET, VIEWER)                                           \
	X(API_PUBLICATION, "/api/v1/policies/*/publication", ROUTE_GET, VIEWER)                                        \
	X(API_PUBLISH, "/api/v1/policies/*/publication", ROUTE_POST, ADMIN)                                            \
	X(API_CHECK, "/api/v1/checks/*", ROUTE_GET, VIEWER)                                                            \
	X(API_START_CHECK, "/api/v1/checks/*", ROUTE_POST, OPERATOR)                                                   \
	X(API_CAUSES, "/api/v1/causes", ROUTE_GET, VIEWER)                                                             \
	X(API_CAUSE, "/api/v1/causes/*", ROUTE_GET, VIEWER)                                                            \
	X(API_RECORD_GENERATE, "/api/v1/record/generate", ROUTE_GET, VIEWER)                                           \
	X(API_RECORD_EXPLAIN, "/api/v1/record/explain", ROUTE_GET, VIEWER)                                             \
	X(API_QUARANTINE, "/api/v1/quarantine", ROUTE_GET, OPERATOR)                                                   \
	X(API_QUARANTINED, "/api/v1/quarantine/*", ROUTE_GET, OPERATOR)                                                \
	X(API_QUARANTINED_ORIGINAL, "/api/v1/quarantine/*/original", ROUTE_GET, OPERATOR)                              \
	X(API_ALERTS, "/api/v1/alerts", ROUTE_GET, VIEWER)                                                             \
	X(API_SEARCH, "/api/v1/search", ROUTE_GET, VIEWER)                                                             \
	X(API_SUGGEST, "/api/v1/suggest", ROUTE_GET, VIEWER)                                                           \
	X(API_OPENAPI, "/api/v1/openapi.json", ROUTE_GET, PUBLIC)                                                      \
	X(API_SIGN_IN_WAYS, "/api/v1/sign-in", ROUTE_GET, PUBLIC)                                                      \
	X(API_SIGN_IN, "/api/v1/sign-in", ROUTE_POST, PUBLIC)                                                          \
	X(API_SIGN_OUT, "/api/v1/sign-out", ROUTE_POST, PUBLIC)                                                        \
	X(API_PASSKEY_OPTIONS, "/api/v1/sign-in/passkey/options", ROUTE_POST, PUBLIC)                                  \
	X(API_PASSKEY_SIGN_IN, "/api/v1/sign-in/passkey", ROUTE_POST, PUBLIC)                                          \
	X(API_OIDC_GO, "/api/v1/sign-in/oidc/*", ROUTE_POST, PUBLIC)                                                   \
	X(API_OIDC_BACK, "/api/v1/sign-in/oidc/*", ROUTE_GET, PUBLIC)                                                  \
	X(API_LINK, "/api/v1/links", ROUTE_POST, PUBLIC)                                                               \
	X(API_LINK_USE, "/api/v1/links/use", ROUTE_POST, PUBLIC)                                                       \
	X(API_ME_EDIT, "/api/v1/me", ROUTE_PATCH, VIEWER)                                                              \
	X(API_ME_PASSWORD, "/api/v1/me/password", ROUTE_PUT, VIEWER)                                                   \
	X(API_ME_TOTP_OPTIONS, "/api/v1/me/totp/options", ROUTE_POST, VIEWER)                                          \
	X(API_ME_TOTP, "/api/v1/me/totp", ROUTE_PUT, VIEWER)                                                           \
	X(API_ME_TOTP_OFF, "/api/v1/me/totp", ROUTE_DELETE, VIEWER)                                                    \
	X(API_ME_RECOVERY, "/api/v1/me/recovery-codes", ROUTE_POST, VIEWER)                                            \
	X(API_ME_PASSKEYS, "/api/v1/me/passkeys", ROUTE_GET, VIEWER)                                                   \
	X(API_ME_PASSKEY_ADD, "/api/v1/me/passkeys", ROUTE_POST, VIEWER)                                               \
	X(API_ME_PASSKEY_OPTIONS, "/api/v1/me/passkeys/options", ROUTE_POST, VIEWER)                                   \
	X(API_ME_PASSKEY_RENAME, "/api/v1/me/passkeys/*", ROUTE_PATCH, VIEWER)                                         \
	X(API_ME_PASSKEY_REMOVE, "/api/v1/me/passkeys/*", ROUTE_DELETE, VIEWER)                                        \
	X(API_ME_SIGN_INS, "/api/v1/me/sign-ins", ROUTE_GET, VIEWER)                                                   \
	X(API_ME_SIGN_IN_ADD, "/api/v1/me/sign-ins/*", ROUTE_POST, VIEWER)                                             \
	X(API_ME_SIGN_IN_REMOVE, "/api/v1/me/sign-ins/*", ROUTE_DELETE, VIEWER)                                        \
	X(API_ME_SESSIONS, "/api/v1/me/sessions", ROUTE_GET, VIEWER)                                                   \
	X(API_ME_SESSIONS_END, "/api/v1/me/sessions", ROUTE_DELETE, VIEWER)                                            \
	X(API_ME_SESSION_END, "/api/v1/me/sessions/*", ROUTE_DELETE, VIEWER)                                           \
	X(API_ME_SEARCHES, "/api/v1/me/searches", ROUTE_GET, VIEWER)                                                   \
	X(API_ME_SEARCH_SAVE, "/api/v1/me/searches", ROUTE_POST, VIEWER)                                               \
	X(API_ME_SEARCH_REMOVE, "/api/v1/me/searches/*", ROUTE_DELETE, VIEWER)                                         \
	X(API_USERS, "/api/v1/users", ROUTE_GET, ADMIN)                                                                \
	X(API_USER_ADD, "/api/v1/users", ROUTE_POST, ADMIN)                                                            \
	X(API_USER, "/api/v1/users/*", ROUTE_GET, ADMIN)                                                               \
	X(API_USER_EDIT, "/api/v1/users/*", ROUTE_PATCH, ADMIN)                                                        \
	X(API_USER_REMOVE, "/api/v1/users/*", ROUTE_DELETE, ADMIN)                                                     \
	X(API_USER_ROLE, "/api/v1/users/*/role", ROUTE_PUT, ADMIN)                                                     \
	X(API_USER_RESET, "/api/v1/users/*/reset", ROUTE_POST, ADMIN)                                                  \
	X(API_TENANTS, "/api/v1/tenants", ROUTE_GET, ADMIN)                                                            \
	X(API_TENANT_ADD, "/api/v1/tenants", ROUTE_POST, SITE)                                                         \
	X(API_TENANT, "/api/v1/tenants/*", ROUTE_GET, ADMIN)                                                           \
	X(API_TENANT_EDIT, "/api/v1/tenants/*", ROUTE_PATCH, ADMIN)                                                    \
	X(API_TENANT_LOGO, "/api/v1/tenants/*/logo", ROUTE_GET, VIEWER)                                                \
	X(API_TENANT_SET_LOGO, "/api/v1/tenants/*/logo", ROUTE_PUT, ADMIN)                                             \
	X(API_TENANT_REMOVE_LOGO, "/api/v1/tenants/*/logo", ROUTE_DELETE, ADMIN)                                       \
	X(API_TENANT_REMOVE, "/api/v1/tenants/*", ROUTE_DELETE, SITE)                                                  \
	X(API_TOKENS, "/api/v1/tokens", ROUTE_GET, ADMIN)                                                              \
	X(API_TOKEN_ADD, "/api/v1/tokens", ROUTE_POST, ADMIN)                                                          \
	X(API_TOKEN_EDIT, "/api/v1/tokens/*", ROUTE_PATCH, ADMIN)                                                      \
	X(API_TOKEN_REMOVE, "/api/v1/tokens/*", ROUTE_DELETE, ADMIN)                                                   \
	X(API_AUDIT, "/api/v1/audit", ROUTE_GET, ADMIN)                                                                \
	X(API_ISSUES_ACT, "/api/v1/issues/acts", ROUTE_POST, OPERATOR)                                                 \
	X(API_ISSUE_ACKNOWLEDGE, "/api/v1/issues/*/acknowledge", ROUTE_POST, OPERATOR)                                 \
	X(API_ISSUE_SNOOZE, "/api/v1/issues/*/snooze", ROUTE_POST, OPERATOR)                                           \
	X(API_ISSUE_CLOSE, "/api/v1/issues/*/close", ROUTE_POST, OPERATOR)                                             \
	X(API_ISSUE_NOTE, "/api/v1/issues/*/note", ROUTE_POST, OPERATOR)                                               \
	X(API_ISSUE_REOPEN, "/api/v1/issues/*/reopen", ROUTE_POST, OPERATOR)                                           \
	X(API_DOMAIN_ADD, "/api/v1/domains", ROUTE_POST, ADMIN)                                                        \
	X(API_DOMAIN_EDIT, "/api/v1/domains/*", ROUTE_PATCH, ADMIN)                                                    \
	X(API_DOMAIN_REMOVE, "/api/v1/domains/*", ROUTE_DELETE, ADMIN)                                                 \
	X(API_SETUP, "/api/v1/domains/*/setup", ROUTE_GET, ADMIN)                                                      \
	X(API_SETUP_WATCH, "/api/v1/domains/*/setup/watch", ROUTE_POST, ADMIN)                                         \
	X(API_SETUP_TEST, "/api/v1/domains/*/setup/test", ROUTE_POST, ADMIN)                                           \
	X(API_SOURCE_DECIDE, "/api/v1/sources/*/trust", ROUTE_PUT, ADMIN)                                              \
	X(API_QUARANTINE_TAKE_IN, "/api/v1/quarantine/retry", ROUTE_POST, OPERATOR)                                    \
	X(API_QUARANTINE_RETRY, "/api/v1/quarantine/*/retry", ROUTE_POST, OPERATOR)                                    \
	X(API_QUARANTINE_DROP, "/api/v1/quarantine/*", ROUTE_DELETE, ADMIN)                                            \
	X(API_CHANNELS, "/api/v1/alerts/channels", ROUTE_GET, SITE)                                                    \
	X(API_CHANNEL_ADD, "/api/v1/alerts/channels", ROUTE_POST, SITE)                                                \
	X(API_CHANNEL, "/api/v1/alerts/channels/*", ROUTE_GET, SITE)                                                   \
	X(API_CHANNEL_EDIT, "/api/v1/alerts/channels/*", ROUTE_PATCH, SITE)                                            \
	X(API_CHANNEL_REMOVE, "/api/v1/alerts/channels/*", ROUTE_DELETE, SITE)                                         \
	X(API_CHANNEL_TEST, "/api/v1/alerts/channels/*/test", ROUTE_POST, SITE)                                        \
	X(API_DELIVERIES, "/api/v1/alerts/channels/*/deliveries", ROUTE_GET, SITE)                                     \
	X(API_RESEND, "/api/v1/alerts/deliveries/*/resend", ROUTE_POST, SITE)                                          \
	X(API_RULES, "/api/v1/alerts/rules", ROUTE_GET, SITE)                                                          \
	X(API_RULE_ADD, "/api/v1/alerts/rules", ROUTE_POST, SITE)                                                      \
	X(API_RULE, "/api/v1/alerts/rules/*", ROUTE_GET, SITE)                                                         \
	X(API_RULE_EDIT, "/api/v1/alerts/rules/*", ROUTE_PATCH, SITE)                                                  \
	X(API_RULE_REMOVE, "/api/v1/alerts/rules/*", ROUTE_DELETE, SITE)                                               \
	X(API_RULE_MUTE, "/api/v1/alerts/rules/*/mute", ROUTE_POST, SITE)                                              \
	X(API_RULE_TRY, "/api/v1/alerts/try", ROUTE_POST, SITE)                                                        \
	X(API_SETTINGS, "/api/v1/settings", ROUTE_GET, SITE)                                                           \
	X(API_ISSUE_RECHECK, "/api/v1/issues/*/recheck", ROUTE_POST, OPERATOR)
