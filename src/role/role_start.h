/* SPDX-License-Identifier: ISC */
#pragma once
/* How a role begins: `mailseal --role NAME`, started by the supervisor (see sys/child.h for the descriptors). */
#include <stdbool.h>
#include <stddef.h>

#include "sys/config.h"
#include "sys/sandbox.h"

/* Every role has one: it opens what it needs, calls role_seal(), works, and returns its exit code.  `listen_fds` are
 * the sockets of its part of the configuration in their order there: smtp has those of smtp.listen, then those of
 * smtp.lmtp; http those of http.listen, then those of http.metrics; keep the control socket, if there is one. */
typedef int role_main_fn(const struct config *config, int control_fd, const int *listen_fds, size_t n);

/* Enters the sandbox, before the first thread; ends the process when that cannot be done, unless
 * --allow-unsandboxed was given.  Says in the log what could not be put in place. */
void role_seal(enum role role, const struct config *config);

/* Whether the program has it. */
bool role_is_built(enum role role);

/* Decode workers by the configuration, else one for each processor. */
unsigned role_decode_workers(const struct config *config);

/* `argv[2]` is the name of the role. */
int role_start(int argc, char **argv);
