/* SPDX-License-Identifier: ISC */
#pragma once
/* Gives up, for good, every right that a role does not have (facts/roles.h): seccomp for system calls, Landlock for
 * files, resource limits.  What `decode` may not do kills it; the other roles get EPERM.
 * In a build with sanitizers the lines are coarser, because their run-time needs files, processes and memory. */
#include <stdbool.h>

#include "base/err.h"
#include "facts/roles.h"

enum role {
#define X(id, name, rights) ROLE_##id,
	ROLES(X)
#undef X
	    ROLE_COUNT
};

const char *role_text(enum role role);
bool role_of(const char *text, enum role *out_role);

/* What could be put in place. */
struct sandbox_state {
	bool has_seccomp, has_landlock;
};

/* Call when everything the role needs is open, before its first thread.  `state_folder` is what RIGHT_FILES_* opens (NULL:
 * nothing), `writable_file` the one file in it that a role with RIGHT_FILES_READ alone may also write (NULL: none).
 * ERR_SETUP when the kernel has no seccomp; a kernel without Landlock is no failure: see `*out`.  After a failure
 * the process may be half sealed and should end. */
bool sandbox_enter(enum role role, const char *state_folder, const char *writable_file, struct sandbox_state *out,
                   struct err *err);

/* Before sandbox_enter(): a file or folder that a role with RIGHT_SYSTEM_READ or RIGHT_FILES_READ may read too.  NULL is
 * nothing. */
void sandbox_may_read(const char *path);

/* No new privileges, no core dump, not traceable: for every process of the house. */
void sandbox_harden(void);
