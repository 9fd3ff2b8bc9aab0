/* SPDX-License-Identifier: ISC */
#pragma once
/* One verb to `keep`: that of the running server, or one started for the length of the command. */
#include "base/buf.h"
#include "cli/cli.h"

/* `arguments` are wire fields (role/keep_trust.h); what keep gives is appended to `out`. */
bool cli_send(const struct cli *cli, const char *verb, struct str arguments, struct buf *out, struct err *err);

/* "12 reports, 3,400 sessions" of 8 and 6 numbers: appends what would change, or what has, as lines for people. */
struct cli_send_numbers {
	uint64_t reports, successful, failed;
};
void cli_send_change(const struct cli_send_numbers *before, const struct cli_send_numbers *after, const char *unit,
                     bool dry_run, struct buf *out);
