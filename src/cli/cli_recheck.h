/* SPDX-License-Identifier: ISC */
#pragma once
/* mailseal issue recheck NUMBER. */
#include "cli/cli_look.h"

/* Looks at the subject of the issue and tells `keep` what was seen.  The exit code: done, problems, cannot tell. */
int cli_recheck(const struct cli *cli, struct cli_look *look, int64_t id);
