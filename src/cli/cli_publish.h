/* SPDX-License-Identifier: ISC */
#pragma once
/* Publishing a policy from the command line: the look, the plan, and the word to `keep`. */
#include "cli/cli_policy.h"
#include "role/publish_plan.h"

/* Blocks for the look.  With reasons in `out` nothing was changed, nor with cli->dry_run. */
bool cli_publish(const struct cli *cli, struct store *store, const struct domain_look_options *look,
                 const struct advising_options *options, const struct publish_order *order, struct arena *arena,
                 struct publishing *out, struct err *err);

/* The same where the look is at hand; all its parts must have been looked at for mode enforce. */
bool cli_publish_seen(const struct cli *cli, struct store *store, const struct check *check, const struct advice_page *page,
                      const struct publish_order *order, struct arena *arena, struct publishing *out, struct err *err);
