/* SPDX-License-Identifier: ISC */
#pragma once
/* Once a day: what changed at a reporter without any failure (volume, loops, forgeries, old policies). */
#include "base/arena.h"
#include "base/err.h"
#include "base/instant.h"
#include "report/issue.h"
#include "store/store.h"

/* Inside a transaction. */
bool diagnosis_habits(struct store *store, struct arena *arena, instant now, struct err *err);

/* An issue that is on or off by its day, and has no failures: opens, closes, reopens.  `since` is its first day. */
struct diagnosis_switch {
	unsigned matter;
	enum issue_kind kind;
	int64_t subject;
	int32_t since, today;
	bool is_on;
	enum severity severity; /* SEVERITY_OK: that of the matter */
	struct str detail;      /* of the issue; absent: as it was */
	bool is_forgotten;      /* it is off because nothing is left to compare with */
	bool is_looked;         /* our own look says so */
	struct str story;       /* of the look, for the history */
};
bool diagnosis_switch(struct store *store, struct arena *arena, const struct diagnosis_switch *wish, instant now,
                      struct err *err);
