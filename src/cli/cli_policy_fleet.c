/* SPDX-License-Identifier: ISC */
#include "cli/cli_policy.h"
int cli_policy_advise_all(const struct cli *cli, struct cli_policy_wish *wish) {(void)cli;(void)wish;return 0;}
int cli_policy_wave(const struct cli *cli, struct cli_policy_wish *wish) {(void)cli;(void)wish;return 0;}
