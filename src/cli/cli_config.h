/* SPDX-License-Identifier: ISC */
#pragma once
/* How every command finds its configuration. */
#include "cli/cli.h"
#include "sys/config.h"

/* The file after -c, else the default one, else the defaults; --store on top.  store_path is then the path of the
 * database file, ready for store_open(). */
bool cli_load_config(const struct cli *cli, struct config **out, struct err *err);
