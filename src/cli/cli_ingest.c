/* SPDX-License-Identifier: ISC */
/* `mailseal ingest`: one message on standard input, for the pipe of a mail server.  Exit codes of sysexits.h. */
#include <stdlib.h>
#include <sysexits.h>

#include "base/file.h"
#include "cli/cli.h"
#include "cli/cli_config.h"
#include "role/keep_client.h"

static const char usage[] =
    "mailseal ingest < MESSAGE         stores one mail; for an alias or a transport of the mail server:\n"
    "  tls-reports: \"|/usr/bin/mailseal ingest\"\n"
    "\n"
    "Exit 0: stored, held or in quarantine.  Exit 75: try again.\n"
    "  --allow-unsandboxed   go on where the kernel has no seccomp\n";

static void take_verdict(void *context, uint64_t id, const struct verdict *verdict)
{
	(void)id;
	*(struct verdict *)context = *verdict;
}

static bool deliver(const struct config *config, bool may_be_unsandboxed, const struct arrival *arrival,
                    struct verdict *out, struct err *err)
{
	struct keep_client *client = NULL;

	if (!keep_client_open_keys(config, may_be_unsandboxed, take_verdict, out, &client, err))
		return false;
	bool ok = keep_client_deliver(client, 1, arrival, err) && keep_client_finish(client, err);
	keep_client_close(&client);
	return ok;
}

/* What a mail server puts into the environment of a pipe (pipe(8), local(8) of Postfix; Exim). */
static void take_envelope(struct arrival *arrival)
{
	arrival->mail_from = str_of(getenv("SENDER"));
	const char *recipient = getenv("RECIPIENT");
	arrival->recipient = str_of(recipient != NULL ? recipient : getenv("ORIGINAL_RECIPIENT"));
}

int cli_ingest(struct cli *cli, int argc, char **argv)
{
	bool may_be_unsandboxed = false;
	const struct option options[] = {
	    {"--allow-unsandboxed", OPTION_FLAG, &may_be_unsandboxed, ""}, {NULL, OPTION_FLAG, NULL, NULL}};
	struct config *config = NULL;
	struct verdict verdict = {.kind = VERDICT_LATER};
	struct err err = {0};
	struct buf bytes;

	if (!cli_parse(cli, &argc, argv, options, usage) || argc > 0)
		return EX_USAGE;
	buf_init(&bytes, LIMIT_ARRIVAL_BYTES);
	struct arrival arrival = {.door = DOOR_PIPE, .received_at = instant_now()};
	take_envelope(&arrival);
	bool ok = cli_load_config(cli, &config, &err) && file_read("-", &bytes, &err);
	if (ok) {
		arrival.bytes = buf_view(&bytes);
		ok = deliver(config, may_be_unsandboxed, &arrival, &verdict, &err);
	}
	buf_done(&bytes);
	config_free(&config);
	if (ok && verdict.kind == VERDICT_KEPT)
		return EX_OK;
	if (ok)
		(void)err_set(&err, ERR_LATER, "%s", verdict.text);
	(void)cli_fail(&err);
	return err.kind == ERR_TOO_BIG || verdict.kind == VERDICT_REFUSED ? EX_DATAERR : EX_TEMPFAIL;
}
