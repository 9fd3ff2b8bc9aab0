/* SPDX-License-Identifier: ISC */
#pragma once
/* The set-up guide of `mailseal domain add`: what is published, where reports shall go, the record to publish, whether it is
 * seen, a test report, what comes next.  It may be left at any question, and begins again where it was: what is done is seen
 * in the list and in the DNS. */
#include "cli/cli_look.h"
#include "cli/cli_view.h"
#include "sys/config.h"

struct cli_guide_wish {
	struct cli_look look;
	const char *by, *format, *base_url;
	uint64_t ttl_secs, wait_secs;
	bool is_asked_for, no_keep, no_wait, no_test;
};

/* True where somebody can be asked. */
bool cli_guide_may_ask(const struct cli *cli);
/* One line from the terminal, after `question`; false when it ended. */
bool cli_guide_ask(struct str question, char *answer, size_t size);

/* For a domain that is listed: the exit code.  Asks where `may_ask`. */
int cli_guide(const struct cli *cli, const struct config *config, struct str domain, struct cli_guide_wish *wish,
              bool may_ask);
