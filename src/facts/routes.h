/* SPDX-License-Identifier: ISC */
/* Every path that the HTTP door answers; all others are 404, and a method that is not listed is 405.  Paths are compared as
 * they came, byte by byte: nothing is decoded or joined, and no file stands behind any of them.
 * X(ID, path, methods, is_prefix).  A prefix is followed by one more piece without a slash. */
#define ROUTE_GET 1u /* and HEAD */
#define ROUTE_POST 2u

#define ROUTES(X)                                                                                                      \
	X(HOME, "/", ROUTE_GET, false)                                                                                 \
	X(RESULTS, "/results", ROUTE_GET, false)                                                                       \
	X(SOURCES, "/sources", ROUTE_GET, false)                                                                       \
	X(REPORTS, "/reports", ROUTE_GET, false)                                                                       \
	X(REPORT, "/reports/", ROUTE_GET, true)                                                                        \
	X(ISSUES, "/issues", ROUTE_GET, false)                                                                         \
	X(ISSUE, "/issues/", ROUTE_GET, true)                                                                          \
	X(QUARANTINE, "/quarantine", ROUTE_GET, false)                                                                 \
	X(ARRIVAL, "/quarantine/", ROUTE_GET, true)                                                                    \
	X(STYLE, "/style.css", ROUTE_GET, false)                                                                       \
	X(POST, "/report", ROUTE_POST, false)                                                                          \
	X(POST_SECRET, "/report/", ROUTE_POST, true)                                                                   \
	X(HEALTH, "/healthz", ROUTE_GET, false)                                                                        \
	X(READY, "/readyz", ROUTE_GET, false)
