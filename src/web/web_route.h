/* SPDX-License-Identifier: ISC */
#pragma once
/* Which row of facts/routes.h a request asks for.  Paths are compared as they came, byte by byte; only the pieces that stand
 * for a * are decoded, after the path was taken apart. */
#include "base/arena.h"
#include "facts/routes.h"
#include "web/principal.h"

enum web_route {
#define X(id, pattern, methods, right) WEB_ROUTE_##id,
	ROUTES(X)
#undef X
	    WEB_ROUTE_COUNT
};

#define WEB_ROUTE_PARTS 3

struct web_match {
	enum web_route route; /* WEB_ROUTE_COUNT: none */
	unsigned methods;     /* that this path takes; 0: there is no such path */
	struct str parts[WEB_ROUTE_PARTS]; /* what stands for each *, decoded; in the arena or the path */
};

/* `method` is one ROUTE_ bit, or 0 for one that no route has. */
struct web_match web_route_find(struct str path, unsigned method, struct arena *arena);
enum web_right web_route_right(enum web_route route);

/* "GET, HEAD, POST"; static. */
const char *web_route_allow(unsigned methods);

/* Without `base` ("/sub/") in front, where it stands there: behind a proxy that does not take it off. */
struct str web_route_below(struct str path, struct str base);
