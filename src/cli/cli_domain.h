/* SPDX-License-Identifier: ISC */
#pragma once
/* What the set-up guide needs of `mailseal domain`. */
#include "cli/cli.h"
#include "sys/config.h"

/* As `domain verify NAME`: the exit code. */
int cli_domain_verify(const struct cli *cli, const struct config *config, const char *name,
                      const struct option_list *resolvers, const char *trust_anchor);
