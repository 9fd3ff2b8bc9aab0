/* SPDX-License-Identifier: ISC */
#include "cli/cli_send.h"

#include <inttypes.h>

#include "cli/cli_config.h"
#include "role/keep_client.h"

bool cli_send(const struct cli *cli, const char *verb, struct str arguments, struct buf *out, struct err *err)
{
	struct config *config = NULL;
	struct keep_client *client = NULL;

	if (!cli_load_config(cli, &config, err))
		return false;
	bool ok = keep_client_open(config, false, NULL, NULL, &client, err) &&
	          keep_client_command(client, cli->tenant, verb, arguments, out, err);
	keep_client_close(&client);
	config_free(&config);
	return ok;
}

void cli_send_change(const struct cli_send_numbers *before, const struct cli_send_numbers *after, const char *unit,
                     bool dry_run, struct buf *out)
{
	buf_format(out, "Counted %s: %" PRIu64 " %s, %" PRIu64 " sessions secured, %" PRIu64 " failed.\n",
	           dry_run ? "now" : "before", before->reports, unit, before->successful, before->failed);
	buf_format(out, "Counted %s: %" PRIu64 " %s, %" PRIu64 " sessions secured, %" PRIu64 " failed.\n",
	           dry_run ? "then" : "now", after->reports, unit, after->successful, after->failed);
}
