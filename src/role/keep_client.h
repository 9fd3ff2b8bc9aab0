/* SPDX-License-Identifier: ISC */
#pragma once
/* The command line's line to `keep`: that of the running server, by its control socket (the path of the database with
 * ".control" behind it), or one of its own, started for as long as this lasts, with decode workers and all. */
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "report/arrival.h"
#include "role/verdict.h"
#include "sys/config.h"

struct keep_client;

/* `on_verdict` is called for each delivered arrival, in any order.  ERR_LATER when another process writes the store,
 * ERR_DENIED when the server is somebody else's, ERR_SETUP when there can be no store. */
typedef void keep_client_verdict_fn(void *context, uint64_t id, const struct verdict *verdict);
bool keep_client_open(const struct config *config, bool may_be_unsandboxed, keep_client_verdict_fn *on_verdict,
                      void *context, struct keep_client **out, struct err *err);
/* The same for mail whose signatures are to be checked: a private keep gets a `reach` beside it, that asks for keys. */
bool keep_client_open_keys(const struct config *config, bool may_be_unsandboxed, keep_client_verdict_fn *on_verdict,
                           void *context, struct keep_client **out, struct err *err);
/* Ends a private keep, and waits until it has let go of the store. */
void keep_client_close(struct keep_client **client);


/* Queues the arrival; blocks while too many are under way.  ERR_LATER when keep is gone: what has had no verdict is not
 * known to be kept, and can be delivered again. */
bool keep_client_deliver(struct keep_client *client, uint64_t id, const struct arrival *arrival, struct err *err);
/* Blocks until every delivered arrival has its verdict. */
bool keep_client_finish(struct keep_client *client, struct err *err);

/* One verb of role/keep_commands.c, with its arguments as wire fields; `out` gets what it gives.  `tenant`: the name of
 * the one it is done for, NULL: the whole house. */
bool keep_client_command(struct keep_client *client, const char *tenant, const char *verb, struct str arguments,
                         struct buf *out, struct err *err);
