/* SPDX-License-Identifier: ISC */
#pragma once
/* mailseal db reprocess: every kept original is read again by today's decoder. */
#include "cli/cli.h"

/* `after`: the arrival after which it goes on (it says how far it came when it is interrupted). */
int cli_reprocess(struct cli *cli, uint64_t after);
