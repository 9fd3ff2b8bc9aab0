/* SPDX-License-Identifier: ISC */
/* mailseal policy advise DOMAIN, and check and history, which only look. */
#include "cli/cli_policy.h"
#include "present/history_doc.h"
#include "present/policy_check_doc.h"
#include "present/publishing_doc.h"
#include "present/words.h"
#include "publish/policy_timeline.h"
#include "role/clues.h"
#include "store/published.h"

static void put_advice(const struct cli *cli, const struct advice_page *page, struct arena *arena)
{
	struct json_out json;
	struct doc doc;
	struct buf out;

	if (!cli_policy_is_json(cli)) {
		advice_doc(page, arena, &doc);
		cli_view_doc(cli, &doc);
		return;
	}
	buf_init(&out, CLI_VIEW_BYTES);
	json_out_init(&json, &out, cli->format == OUTPUT_JSON);
	advice_doc_json(page, arena, &json);
	cli_print(buf_view(&out));
	buf_done(&out);
}

int cli_policy_advise(const struct cli *cli, struct str domain, struct cli_policy_wish *wish)
{
	struct cli_view view = {0};
	struct advising_options options;
	struct advice_page page;
	struct arena arena;
	struct check check;
	struct err err = {0};

	arena_init(&arena, MIB(256));
	bool ok = cli_policy_advising(wish, &arena, &options, &err) && cli_look_open(&wish->look, &err) &&
	          cli_policy_store(cli, &view, &err) &&
	          advising(domain, &wish->look.options, view.store, &options, &arena, &check, &page, &err);
	if (ok)
		put_advice(cli, &page, &arena);
	cli_view_close(&view);
	cli_look_close(&wish->look);
	arena_done(&arena);
	return ok ? EXIT_DONE : cli_fail(&err);
}

/* --- check --- */

static void put_check(const struct cli *cli, const struct policy_check *it, struct arena *arena)
{
	struct json_out json;
	struct doc doc;
	struct buf out;

	if (!cli_policy_is_json(cli)) {
		policy_check_doc(it, arena, &doc);
		cli_view_doc(cli, &doc);
		return;
	}
	buf_init(&out, CLI_VIEW_BYTES);
	json_out_init(&json, &out, cli->format == OUTPUT_JSON);
	policy_check_doc_json(it, arena, &json);
	cli_print(buf_view(&out));
	buf_done(&out);
}

static bool take_served(struct store *store, const struct check *check, struct arena *arena, struct policy_check *out,
                        struct err *err)
{
	struct published_list history = {0};

	if (store != NULL && !published_history(store, check->domain, arena, &history, err))
		return false;
	if (history.count > 0)
		out->served = history.rows[0];
	for (size_t i = 0; i < history.count && out->of_id.n == 0; i++)
		if (str_eq(history.rows[i].id, check->mta_sts.id))
			out->of_id = history.rows[i];
	return true;
}

/* Only where the configuration says what "here" is. */
static bool take_place(struct store *store, const struct config *config, const struct check *check, struct policy_check *out,
                       struct err *err)
{
	static const enum check_state states[PLACE_LEADS_COUNT] = {
	    [PLACE_UNKNOWN] = CHECK_CANNOT_TELL, [PLACE_HERE] = CHECK_OK, [PLACE_ELSEWHERE] = CHECK_PROBLEMS};
	enum place_leads leads;

	if (store == NULL || config == NULL || config->policy_here.count == 0)
		return true;
	if (!published_place(store, check->domain, &leads, &out->place_at, err))
		return false;
	out->has_place = true;
	out->place = states[leads];
	return true;
}

int cli_policy_check(const struct cli *cli, struct str domain, struct cli_policy_wish *wish)
{
	struct cli_view view = {0};
	struct arena arena;
	struct check check;
	struct policy_check it = {.check = &check};
	struct err err = {0};
	int code = EXIT_DONE;

	arena_init(&arena, MIB(256));
	bool ok = cli_look_open(&wish->look, &err) && cli_policy_store(cli, &view, &err);
	if (ok) {
		struct domain_look_options options = wish->look.options;
		options.parts = DOMAIN_LOOK_MX | DOMAIN_LOOK_STS_RECORD | DOMAIN_LOOK_STS_POLICY;
		domain_look(domain, &options, &arena, &check);
		ok = take_served(view.store, &check, &arena, &it, &err) &&
		     take_place(view.store, wish->look.config, &check, &it, &err);
	}
	if (ok) {
		policy_check_doc_judge(&it);
		put_check(cli, &it, &arena);
		code = it.verdict == CHECK_OK ? EXIT_DONE : it.verdict == CHECK_CANNOT_TELL ? EXIT_CANNOT_TELL : EXIT_PROBLEMS;
	}
	cli_view_close(&view);
	cli_look_close(&wish->look);
	arena_done(&arena);
	return ok ? code : cli_fail(&err);
}

/* --- history --- */

static void put_history(const struct cli *cli, struct str domain, const struct published_list *history,
                        const struct domain_history *past, struct arena *arena)
{
	struct policy_entry *entries;
	struct json_out json;
	struct doc doc;
	struct buf out;
	size_t n;

	policy_timeline(past, arena, &entries, &n);
	if (!cli_policy_is_json(cli)) {
		doc_init(&doc, arena, WORDS(arena, "The policies of {domain}", {"domain", domain}));
		publishing_doc_history(history, arena, &doc);
		history_doc_timeline(entries, n, &doc);
		history_doc_policies(past, &doc);
		cli_view_doc(cli, &doc);
		return;
	}
	buf_init(&out, CLI_VIEW_BYTES);
	json_out_init(&json, &out, cli->format == OUTPUT_JSON);
	json_out_object(&json, NULL);
	json_out_str(&json, "domain", domain);
	publishing_doc_history_json(history, &json);
	history_doc_policies_json(past, arena, &json);
	history_doc_timeline_json(entries, n, &json);
	json_out_end(&json);
	cli_print(buf_view(&out));
	buf_done(&out);
}

int cli_policy_history(const struct cli *cli, struct str domain)
{
	struct cli_view view = {0};
	struct published_list history;
	struct domain_history past;
	struct err err = {0};

	if (!cli_view_open(cli, &view, &err))
		return cli_fail(&err);
	bool ok = published_history(view.store, domain, &view.arena, &history, &err) &&
	          clues_history(view.store, domain, 0, &view.arena, &past, &err);
	if (ok)
		put_history(cli, domain, &history, &past, &view.arena);
	cli_view_close(&view);
	return ok ? EXIT_DONE : cli_fail(&err);
}
