/* SPDX-License-Identifier: ISC */
#pragma once
/* What somebody wishes of a rule of alerts, in his words, put into the rule. */
#include "report/alert_rule.h"
#include "store/store.h"

/* NULL, 0 and false: not wished.  The words are those of mailseal(1). */
struct rule_wish {
	const char *what, *over, *least, *severity, *cause;  /* over: "1%", "12" */
	const char *domain, *tenant;                         /* whose domains it looks at */
	bool everywhere;
	const char *when, *at, *quiet, *zone, *repeat;       /* "daily", "09:00", "22:00-07:00" or "none", "Europe/Berlin", "7d" */
	const char *const *channels;                         /* names; "all" alone: every channel */
	size_t channel_count;
	bool on, off;
};

/* A new rule, before anything is wished of it. */
struct alert_rule rule_wish_new(const char *name, instant now);
/* ERR_INPUT with what is wrong.  Texts of the rule point into the wish or `arena`.  STORE_READ is enough. */
bool rule_wish_apply(const struct rule_wish *wish, struct store *store, struct arena *arena, struct alert_rule *rule,
                     struct err *err);

/* Where zones are described; whoever is sealed must be let there. */
#define RULE_WISH_ZONES "/usr/share/zoneinfo"
