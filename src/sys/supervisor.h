/* SPDX-License-Identifier: ISC */
#pragma once
/* Starts the roles, connects them, and starts again what dies.  Reads no byte from the network.  Every door and every
 * decode worker is connected to `keep` by a socket pair of its own, handed over in LINK messages; after a death
 * both ends are made anew.
 *
 * LINK to keep:    id = number of the worker, body = u8 role of the peer, u8 enum child_end (of the worker before).
 *                  Of the command line: id = how many doors (reach) are started for it.
 * LINK to a door:  body empty.
 * REPLACE by keep: id = number of the worker to be replaced; body "!": it failed, end it; empty: it ends by itself.
 * READY by a role: body empty, or u8 enum err_kind and a text: what keeps it from working. */
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"
#include "sys/child.h"

/* In a LINK to keep: the peer is the command line. */
#define LINK_COMMAND_LINE ROLE_COUNT

struct supervisor_door {
	enum role role;
	const int *fds; /* what it accepts on */
	size_t fd_count;
};

struct supervisor_plan {
	struct str config_text;
	unsigned decode_workers;
	const struct supervisor_door *doors;
	size_t door_count;
	int control_fd;  /* listening for the command line, or -1 */
	int client_fd;   /* one connection of the command line, or -1: then keep ends when it does, and is not started again */
	bool may_be_unsandboxed;
	/* Called once, when everything is ready.  May be NULL. */
	void (*on_ready)(void *context);
	/* SIGHUP: gives the configuration that roles start with from now on; it stays where it is until the next call.
	 * False: all goes on as before.  May be NULL. */
	bool (*on_reload)(void *context, struct str *out_config_text, struct err *err);
	void *context;
};

/* SIGHUP reads the configuration again and replaces every role, one after the other: doors finish what is under way,
 * clients wait in the sockets' queues meanwhile, then `keep` goes.
 *
 * Runs until SIGTERM or SIGINT (then everything under way is finished first), or, with client_fd, until keep has ended.
 * Takes over the signals and the log of the process.  ERR_SETUP when keep says that the operator must act before
 * it can work at all. */
bool supervisor_run(const struct supervisor_plan *plan, struct err *err);
