/* SPDX-License-Identifier: ISC */
#pragma once
/* What the files of `mailseal alert` share. */
#include "base/buf.h"
#include "cli/cli.h"

/* The flags of all its verbs; NULL and false: not given. */
struct cli_alert_wishes {
	const char *secret, *target, *address;
	bool allow_private, no_private, pause, resume;
	struct option_list resolvers;
	/* of rules */
	const char *what, *over, *least, *severity, *cause, *when, *at, *quiet, *zone, *repeat, *pause_for, *of_tenant;
	struct option_list channels;
	bool everywhere, on, off;
};

/* list, add, edit, remove; `argv` begins with the verb. */
int cli_alert_channel(struct cli *cli, const struct cli_alert_wishes *wishes, int argc, char **argv);
/* list, add, edit, test, mute, remove; `argv` begins with the verb. */
int cli_alert_rule(struct cli *cli, const struct cli_alert_wishes *wishes, int argc, char **argv);
/* A message to the channel, and whether it arrived. */
int cli_alert_test(struct cli *cli, const struct cli_alert_wishes *wishes, const char *channel);
