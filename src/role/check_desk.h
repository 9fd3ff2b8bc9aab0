/* SPDX-License-Identifier: ISC */
#pragma once
/* Looks, and errands of the set-up guide, that readers of the web have asked for: under way, or over a while ago.  `keep`
 * lets `reach` look and keeps what was seen; here is only what a screen shows of the last look at each domain, until the
 * role ends. */
#include "report/check.h"
#include "role/keep_link.h"

struct check_desk;

struct check_desk *check_desk_new(struct keep_link *link);
/* All looks are given up; call it when the role ends. */
void check_desk_free(struct check_desk **desk);

enum check_desk_state { CHECK_DESK_NONE, CHECK_DESK_RUNNING, CHECK_DESK_DONE, CHECK_DESK_FAILED };

struct check_desk_look {
	enum check_desk_state state;
	instant asked_at, at;  /* INSTANT_NONE */
	struct str sentence;   /* why it failed; absent */
	bool has_check;
	struct check check;
};

/* `key` says what is asked: the domain for a look.  `command` is a COMMAND (role/actor.h) whose answer is a byte and what is to be
 * shown.  Nothing is asked while the same is under way or younger than `young_secs`.  ERR_LATER when too many are under way. */
bool check_desk_ask(struct check_desk *desk, struct str key, struct str command, instant young_secs, struct err *err);
/* The newest, without `check`; `*out_answer`: what is to be shown, absent while there is none. */
void check_desk_find(struct check_desk *desk, struct str key, struct arena *arena, struct check_desk_look *out,
                     struct str *out_answer);
/* A look at a domain. */
void check_desk_get(struct check_desk *desk, struct str domain, struct arena *arena, struct check_desk_look *out);
