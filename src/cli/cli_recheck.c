/* SPDX-License-Identifier: ISC */
#include "cli/cli_recheck.h"

#include "base/limits.h"
#include "cli/cli_send.h"
#include "cli/cli_view.h"
#include "present/recheck_doc.h"
#include "report/wire.h"
#include "role/recheck.h"
#include "role/clues.h"
#include "store/issues.h"

struct rechecking {
	const struct cli *cli;
	struct arena arena;
	struct issue_page page;
	struct recheck_plan plan;
	struct check check;
	struct recheck_seen seen;
};

/* The store is read, let go for the look, which takes its time, and read again. */
static bool load(struct rechecking *recheck, int64_t id, struct err *err)
{
	struct cli_view view = {0};

	if (!cli_view_open(recheck->cli, &view, err))
		return false;
	bool ok = clues_issue(view.store, id, &recheck->arena, &recheck->page, err);
	cli_view_close(&view);
	return ok;
}

static enum issue_seen seen_of(const struct rechecking *recheck)
{
	static const enum issue_seen seen[] = {
	    [RECHECK_CLEAN] = SEEN_CLEAN, [RECHECK_BROKEN] = SEEN_BROKEN, [RECHECK_CANNOT_TELL] = SEEN_NOT};
	return seen[recheck->seen.verdict];
}

static bool tell_keep(struct rechecking *recheck, int64_t id, struct err *err)
{
	struct buf arguments, answer;

	buf_init(&arguments, KIB(16));
	buf_init(&answer, KIB(16));
	wire_put_u64(&arguments, (uint64_t)id);
	wire_put_u8(&arguments, seen_of(recheck));
	wire_put_str(&arguments, str_upto(recheck_story(&recheck->seen, &recheck->arena), KIB(4)));
	wire_put_u8(&arguments, true);
	bool ok = cli_send(recheck->cli, "issue-look", buf_view(&arguments), &answer, err);
	buf_done(&answer);
	buf_done(&arguments);
	return ok;
}

static void show(struct rechecking *recheck)
{
	const struct cli *cli = recheck->cli;
	struct recheck_view view = {.issue = &recheck->page.issue,
	                            .seen = seen_of(recheck),
	                            .finding = recheck->seen.finding,
	                            .check = &recheck->check};
	struct json_out json;
	struct doc doc;
	struct buf out;

	if (cli->format == OUTPUT_TEXT) {
		recheck_doc(&view, instant_now(), &recheck->arena, &doc);
		cli_view_doc(cli, &doc);
		return;
	}
	buf_init(&out, MIB(4));
	json_out_init(&json, &out, cli->format == OUTPUT_JSON);
	recheck_doc_json(&view, instant_now(), &recheck->arena, &json);
	cli_print(buf_view(&out));
	buf_done(&out);
}

static bool run(struct rechecking *recheck, struct cli_look *look, int64_t id, struct err *err)
{
	struct str member = recheck->page.domain_count > 0 ? recheck->page.domains[0] : STR_NONE;

	if (!recheck_plan(&recheck->page.issue, member, &recheck->plan))
		return err_set(err, ERR_INPUT, "no look of ours shows '%s'; only reports can tell",
		               issue_matter_text(recheck->page.issue.matter));
	look->options.parts = recheck->plan.parts;
	look->options.only_server = recheck->plan.server;
	domain_look(recheck->plan.domain, &look->options, &recheck->arena, &recheck->check);
	recheck_judge(&recheck->page.issue, &recheck->check, &recheck->seen);
	return tell_keep(recheck, id, err) && load(recheck, id, err);
}

int cli_recheck(const struct cli *cli, struct cli_look *look, int64_t id)
{
	struct rechecking recheck = {.cli = cli};
	struct err err = {0};
	int code;

	arena_init(&recheck.arena, MIB(256));
	if (load(&recheck, id, &err) && cli_look_open(look, &err) && run(&recheck, look, id, &err)) {
		show(&recheck);
		code = recheck.seen.verdict == RECHECK_BROKEN        ? EXIT_PROBLEMS
		       : recheck.seen.verdict == RECHECK_CANNOT_TELL ? EXIT_CANNOT_TELL
		                                                     : EXIT_DONE;
	} else {
		code = cli_fail(&err);
	}
	cli_look_close(look);
	arena_done(&recheck.arena);
	return code;
}
