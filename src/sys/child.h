/* SPDX-License-Identifier: ISC */
#pragma once
/* A role in a process of its own: fork, then exec this same program as `--role NAME`, so that it has a fresh address
 * space.  It gets nothing but: 0 and 1 on /dev/null, 2 ours, 3 its channel, 4 the configuration as text, 5 and up the
 * descriptors given.  It dies with its parent, has no new privileges, no core dump, and of the environment only
 * where systemd put credentials, and what tests and sanitizers need. */
#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/str.h"
#include "sys/sandbox.h"

#define CHILD_CONTROL_FD 3
#define CHILD_CONFIG_FD 4
#define CHILD_FIRST_FD 5
#define CHILD_FDS_MAX 64

struct child_spec {
	enum role role;
	int control_fd;         /* the child's end; stays open here, close it after */
	struct str config_text; /* see config_write() */
	const int *fds;
	size_t fd_count;
	bool may_be_unsandboxed; /* --allow-unsandboxed */
};

/* ERR_LATER: no process or descriptor to be had. */
bool child_spawn(const struct child_spec *spec, pid_t *out_pid, struct err *err);

/* A process of our own that goes on in `run` and ends with what that returns.  For a process without threads. */
bool child_fork(int (*run)(void *context), void *context, pid_t *out_pid, struct err *err);

/* `text` on standard output through the reader's pager: `command` is what PAGER says, words parted by blanks and no
 * shell; empty or "cat" means none.  False when there is none, or it could not be started: then nothing was written. */
bool child_pager(const char *command, struct str text);

/* How it ended. */
enum child_end {
	CHILD_END_DONE,   /* exit 0 */
	CHILD_END_FAILED, /* another exit code */
	CHILD_END_CRASH,  /* a signal */
	CHILD_END_MEMORY, /* its memory ran out */
	CHILD_END_CPU,    /* over its processor time */
	CHILD_END_KILLED, /* SIGKILL: by somebody, or by a kernel that is out of memory */
	CHILD_END_COUNT
};

enum child_end child_end_of(int wait_status);
const char *child_end_text(enum child_end end);

/* Kills and reaps it, sets it to 0; accepts 0. */
enum child_end child_kill(pid_t *pid);
