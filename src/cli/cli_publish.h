/* SPDX-License-Identifier: ISC */
#pragma once
/* Publishing a policy from the command line: the look before it, what speaks against it, the word to `keep`, what comes
 * next. */
#include "cli/cli_policy.h"
#include "publish/zone_format.h"
#include "report/publishing.h"

struct cli_publish_order {
	struct str domain;
	bool has_mode, has_max_age;
	enum sts_mode mode;
	uint64_t max_age_secs;
	struct str_list mx; /* empty: the live ones */
	bool is_down, is_leaving, is_retreat;
	unsigned overruled; /* enum published_overruled */
	int64_t wave;
	enum zone_format format;
	uint32_t ttl_secs;
};

/* Blocks for the look.  With reasons in `out` nothing was changed, nor with cli->dry_run.  ERR_MISSING: the domain is not
 * listed; ERR_LATER: its mail servers could not be told. */
bool cli_publish(const struct cli *cli, struct store *store, const struct domain_look_options *look,
                 const struct advising_options *options, const struct cli_publish_order *order, struct arena *arena,
                 struct publishing *out, struct err *err);

/* The same where the look is at hand; all its parts must have been looked at for mode enforce. */
bool cli_publish_seen(const struct cli *cli, struct store *store, const struct check *check, const struct advice_page *page,
                      const struct cli_publish_order *order, struct arena *arena, struct publishing *out,
                      struct err *err);
