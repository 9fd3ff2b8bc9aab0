/* SPDX-License-Identifier: ISC */
#pragma once
/* Who asks `keep` for a change by the web.  The http role has looked at his rights; keep looks once more whether what is to be
 * changed is his tenant's, and writes down who it was. */
#include "report/account.h"
#include "report/wire.h"

struct actor {
	enum actor_kind kind;
	int64_t id;     /* of the account, or of the token */
	bool is_site;   /* a site admin */
	struct str name, peer;
	struct str expected; /* If-Match: what snapshot_tag() gave; absent: whatever it is */
};

/* A COMMAND of the http role: "web", the actor, then what the command line would say (role/keep_commands.c). */
#define ACTOR_VERB "web"
void actor_write(const struct actor *actor, struct buf *out);
bool actor_read(struct wire_reader *reader, struct actor *out);
