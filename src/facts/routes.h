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
	X(STYLE, "/style.css", ROUTE_GET, PUBLIC)                                                                      \
	X(POST, "/report", ROUTE_POST, PUBLIC)                                                                         \
	X(POST_SECRET, "/report/*", ROUTE_POST, PUBLIC)                                                                \
	X(STS_POLICY, "/.well-known/mta-sts.txt", ROUTE_GET, PUBLIC)                                                   \
	X(TLS_ASK, "/internal/tls-ask", ROUTE_GET, PUBLIC)                                                             \
	X(HEALTH, "/healthz", ROUTE_GET, PUBLIC)                                                                       \
	X(READY, "/readyz", ROUTE_GET, PUBLIC)
