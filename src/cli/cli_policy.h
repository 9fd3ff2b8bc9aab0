/* SPDX-License-Identifier: ISC */
#pragma once
/* What the verbs of `mailseal policy` share: the flags, and what they are told. */
#include "cli/cli_look.h"
#include "cli/cli_view.h"
#include "role/advising.h"

struct cli_policy_wish {
	struct cli_look look;
	uint64_t window_days, days, reporters, sessions, refused, wait_days, ttl_secs;
	const char *next_cert;
	const char *mode, *max_age, *format, *wave;
	struct option_list mx;
	bool all, leave, take_down, retreat;
	bool despite_servers, despite_refused, despite_cached;
};

/* The limits and the window of the flags, and the key to come.  ERR_INPUT, ERR_MISSING for its file. */
bool cli_policy_advising(const struct cli_policy_wish *wish, struct arena *arena, struct advising_options *out,
                         struct err *err);

/* The store where there is one; without it nobody has reported. */
bool cli_policy_store(const struct cli *cli, struct cli_view *view, struct err *err);

/* True for the formats of programs. */
static inline bool cli_policy_is_json(const struct cli *cli)
{
	return cli->format == OUTPUT_JSON || cli->format == OUTPUT_JSONL;
}

/* The verbs; each opens and closes its own look. */
int cli_policy_advise(const struct cli *cli, struct str domain, struct cli_policy_wish *wish);
int cli_policy_advise_all(const struct cli *cli, struct cli_policy_wish *wish);
int cli_policy_check(const struct cli *cli, struct str domain, struct cli_policy_wish *wish);
int cli_policy_history(const struct cli *cli, struct str domain);
int cli_policy_publish(const struct cli *cli, struct str domain, struct cli_policy_wish *wish);
int cli_policy_wave(const struct cli *cli, struct cli_policy_wish *wish);
