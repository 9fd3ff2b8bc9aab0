/* SPDX-License-Identifier: ISC */
#pragma once
/* What the files of `mailseal alert` share. */
#include "base/buf.h"
#include "cli/cli.h"
#include "role/rule_wish.h"

/* The flags of all its verbs; NULL and false: not given. */
struct cli_alert_wishes {
	const char *secret, *target, *address;
	bool allow_private, no_private, pause, resume;
	struct option_list resolvers;
	/* of rules */
	struct rule_wish rule; /* without its channels */
	const char *pause_for;
	struct option_list channels;
};

/* list, add, edit, remove; `argv` begins with the verb. */
int cli_alert_channel(struct cli *cli, const struct cli_alert_wishes *wishes, int argc, char **argv);
/* list, add, edit, test, mute, remove; `argv` begins with the verb. */
int cli_alert_rule(struct cli *cli, const struct cli_alert_wishes *wishes, int argc, char **argv);
/* A message to the channel, and whether it arrived. */
int cli_alert_test(struct cli *cli, const struct cli_alert_wishes *wishes, const char *channel);
/* A message of the outbox once more. */
int cli_alert_resend(struct cli *cli, const char *message);
