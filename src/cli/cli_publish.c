/* SPDX-License-Identifier: ISC */
#include "cli/cli_publish.h"

#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/limits.h"
#include "cli/cli_send.h"
#include "store/published.h"

static struct str who(struct arena *arena)
{
	const char *name = getenv("SUDO_USER");
	const struct passwd *entry = name == NULL ? getpwuid(getuid()) : NULL;

	if (name == NULL && entry != NULL)
		name = entry->pw_name;
	return str_upto(str_of(arena_format(arena, "%s", name == NULL ? "" : name)), 200);
}

static bool send(const struct cli *cli, const struct check *check, const struct publish_order *order, struct arena *arena,
                 struct publishing *out, struct err *err)
{
	struct buf arguments, answer;

	buf_init(&arguments, KIB(512));
	buf_init(&answer, KIB(128));
	bool ok = publish_plan_request(out, check, &arguments, err) &&
	          cli_send(cli, "policy-publish", buf_view(&arguments), &answer, err) &&
	          publish_plan_done(buf_view(&answer), order, arena, out, err);
	buf_done(&arguments);
	buf_done(&answer);
	return ok;
}

bool cli_publish_seen(const struct cli *cli, struct store *store, const struct check *check, const struct advice_page *page,
                      const struct publish_order *order, struct arena *arena, struct publishing *out, struct err *err)
{
	struct publish_order ours = *order;

	ours.who = who(arena);
	if (!publish_plan(store, check, page, &ours, arena, out, err))
		return false;
	out->is_dry_run = cli->dry_run;
	return out->reason_count > 0 || cli->dry_run || send(cli, check, &ours, arena, out, err);
}

bool cli_publish(const struct cli *cli, struct store *store, const struct domain_look_options *look,
                 const struct advising_options *options, const struct publish_order *order, struct arena *arena,
                 struct publishing *out, struct err *err)
{
	struct domain_look_options parts = *look;
	struct published was;
	struct check *check = ARENA_NEW(arena, struct check);
	struct advice_page *page = ARENA_NEW(arena, struct advice_page);

	if (!published_now(store, order->domain, arena, &was, err))
		return false;
	parts.parts = publish_plan_parts(order, &was);
	return advising(order->domain, &parts, store, options, arena, check, page, err) &&
	       cli_publish_seen(cli, store, check, page, order, arena, out, err);
}
