/* SPDX-License-Identifier: ISC */
/* mailseal policy advise --all, and policy publish --wave. */
#include <string.h>

#include "base/num.h"
#include "cli/cli_publish.h"
#include "present/fleet_doc.h"
#include "role/fleet_look.h"
#include "store/published.h"
#include "store/store_domains.h"

#define ENFORCE_MAX_AGE_SECS 86400u
#define FLEET_BYTES MIB(1024)

struct run {
	const struct cli *cli;
	struct cli_view view;
	struct cli_policy_wish *wish;
	struct advising_options options;
	struct fleet_look *fleet;
	struct arena arena; /* of all that outlives a batch */
	struct publish_order order;
};

/* What is done with each domain while its look is at hand; false ends it: with `err`, or because it is enough. */
typedef bool each_fn(struct run *run, struct fleet_seen *seen, const struct advice_page *page, void *context,
                     struct err *err);

static bool open_run(const struct cli *cli, struct cli_policy_wish *wish, struct run *out, struct err *err)
{
	*out = (struct run){.cli = cli, .wish = wish, .order = {.format = ZONE_TEXT, .ttl_secs = (uint32_t)wish->ttl_secs}};
	arena_init(&out->arena, FLEET_BYTES);
	if (wish->format != NULL && !zone_format_of(str_of(wish->format), &out->order.format))
		return err_set(err, ERR_INPUT, "there is no format '%s'", wish->format);
	if (!cli_policy_advising(wish, &out->arena, &out->options, err) || !cli_view_open(cli, &out->view, err) ||
	    !cli_look_open(&wish->look, err))
		return false;
	out->fleet = fleet_look_new(&wish->look.options);
	return true;
}

static void close_run(struct run *run)
{
	fleet_look_free(&run->fleet);
	cli_look_close(&run->wish->look);
	cli_view_close(&run->view);
	arena_done(&run->arena);
}

static bool one_batch(struct run *run, const struct str *domains, size_t count, each_fn *each, void *context, bool *out_more,
                      struct err *err)
{
	struct fleet_seen seen[FLEET_LOOK_BATCH];
	struct err why = {0};

	fleet_look(run->fleet, domains, count, seen);
	for (size_t i = 0; i < count && *out_more; i++) {
		struct advice_page page;
		*out_more = advising_of(&seen[i].check, run->view.store, &run->options, &seen[i].arena, &page, &why) &&
		            each(run, &seen[i], &page, context, &why);
	}
	fleet_look_done(seen, count);
	if (why.kind == ERR_NONE)
		return true;
	*err = why;
	return false;
}

static bool for_each(struct run *run, const struct str_list *domains, each_fn *each, void *context, struct err *err)
{
	bool more = true;

	for (size_t at = 0; at < domains->count && more; at += FLEET_LOOK_BATCH) {
		size_t count = domains->count - at < FLEET_LOOK_BATCH ? domains->count - at : FLEET_LOOK_BATCH;
		if (!one_batch(run, &domains->items[at], count, each, context, &more, err))
			return false;
	}
	return true;
}

static bool listed(struct run *run, struct str_list *out, struct err *err)
{
	struct domain_list list;

	if (!store_domain_list(run->view.store, 0, &run->arena, &list, err))
		return false;
	*out = (struct str_list){.items = ARENA_ARRAY(&run->arena, list.count, struct str)};
	for (size_t i = 0; i < list.count; i++)
		if (!list.rows[i].is_paused)
			out->items[out->count++] = list.rows[i].name;
	return true;
}

/* --- advise --all --- */

static bool note_advice(struct run *run, struct fleet_seen *seen, const struct advice_page *page, void *context,
                        struct err *err)
{
	struct fleet *fleet = context;

	(void)err;
	fleet->rows[fleet->count++] = (struct fleet_row){
	    .domain = arena_str(&run->arena, seen->check.domain), .facts = page->facts, .advice = page->advice};
	return true;
}

static void put_fleet(struct run *run, const struct fleet *fleet)
{
	struct json_out json;
	struct doc doc;
	struct buf out;

	if (run->cli->format == OUTPUT_CSV || run->cli->format == OUTPUT_PLAIN) {
		cli_view_table(run->cli, fleet_doc_table(fleet, &run->arena));
	} else if (!cli_policy_is_json(run->cli)) {
		fleet_doc(fleet, &run->arena, &doc);
		cli_view_doc(run->cli, &doc);
	} else {
		buf_init(&out, CLI_VIEW_BYTES);
		json_out_init(&json, &out, run->cli->format == OUTPUT_JSON);
		fleet_doc_json(fleet, &json);
		cli_print(buf_view(&out));
		buf_done(&out);
	}
}

int cli_policy_advise_all(const struct cli *cli, struct cli_policy_wish *wish)
{
	struct run run;
	struct str_list domains;
	struct fleet fleet = {0};
	struct err err = {0};

	bool ok = open_run(cli, wish, &run, &err) && listed(&run, &domains, &err);
	if (ok) {
		fleet.rows = ARENA_ARRAY(&run.arena, domains.count, struct fleet_row);
		ok = for_each(&run, &domains, note_advice, &fleet, &err);
	}
	if (ok)
		put_fleet(&run, &fleet);
	close_run(&run);
	return ok ? EXIT_DONE : cli_fail(&err);
}

/* --- publish --wave --- */

struct waving {
	struct wave wave;
	size_t most;
	size_t not_set_room, unknown_room, published_room, retreated_room;
};

static void push_name(struct run *run, struct str_list *list, size_t *room, struct str name)
{
	void *items = list->items;
	struct str *item = arena_push(&run->arena, &items, &list->count, room, sizeof *item);

	list->items = items;
	*item = arena_str(&run->arena, name);
}

/* The look is gone when the batch is: the copy holds what is shown. */
static void push_done(struct run *run, struct publishing **list, size_t *count, size_t *room, const struct publishing *done)
{
	void *items = *list;
	struct publishing *copy = arena_push(&run->arena, &items, count, room, sizeof *copy);
	struct published *both[] = {&copy->was, &copy->now};

	*list = items;
	*copy = *done;
	copy->reasons = NULL;
	for (size_t i = 0; i < COUNT_OF(both); i++) {
		struct published *one = both[i];
		one->domain = arena_str(&run->arena, one->domain);
		one->id = arena_str(&run->arena, one->id);
		one->text = arena_str(&run->arena, one->text);
		one->who = arena_str(&run->arena, one->who);
		struct str *mx = ARENA_ARRAY(&run->arena, one->policy.mx.count, struct str);
		for (size_t j = 0; j < one->policy.mx.count; j++)
			mx[j] = arena_str(&run->arena, one->policy.mx.items[j]);
		one->policy.mx.items = mx;
	}
	copy->record_name = arena_str(&run->arena, copy->record_name);
	copy->record_value = arena_str(&run->arena, copy->record_value);
	copy->record_text = arena_str(&run->arena, copy->record_text);
}

static bool publish(struct run *run, struct fleet_seen *seen, const struct advice_page *page,
                    const struct publish_order *order, struct publishing *out, struct err *err)
{
	return cli_publish_seen(run->cli, run->view.store, &seen->check, page, order, &seen->arena, out, err);
}

static bool judge_earlier(struct run *run, struct fleet_seen *seen, const struct advice_page *page, void *context,
                          struct err *err)
{
	struct waving *waving = context;
	struct wave *wave = &waving->wave;
	struct publish_order order = run->order;
	struct publishing done;

	if (page->advice.step == ADVICE_LOOK_AGAIN)
		push_name(run, &wave->unknown, &waving->unknown_room, seen->check.domain);
	if (page->advice.step == ADVICE_SET_RECORD)
		push_name(run, &wave->not_set, &waving->not_set_room, seen->check.domain);
	if (page->advice.step != ADVICE_RETREAT)
		return true;
	order.domain = seen->check.domain;
	order.is_retreat = true;
	if (!publish(run, seen, page, &order, &done, err))
		return false;
	push_done(run, &wave->retreated, &wave->retreated_count, &waving->retreated_room, &done);
	return true;
}

static bool publish_ready(struct run *run, struct fleet_seen *seen, const struct advice_page *page, void *context,
                          struct err *err)
{
	struct waving *waving = context;
	struct wave *wave = &waving->wave;
	struct publish_order order = run->order;
	struct publishing done;

	wave->looked_at++;
	if (page->advice.step != ADVICE_ENFORCE)
		return true;
	wave->ready++;
	order.domain = seen->check.domain;
	order.has_mode = order.has_max_age = true;
	order.mode = MODE_ENFORCE;
	order.max_age_secs = ENFORCE_MAX_AGE_SECS;
	order.wave = wave->number;
	if (!publish(run, seen, page, &order, &done, err))
		return false;
	if (done.reason_count == 0)
		push_done(run, &wave->published, &wave->published_count, &waving->published_room, &done);
	return wave->published_count < waving->most;
}

/* Those of earlier waves that are enforced still, and those that are served here and are not. */
static bool part(struct run *run, struct str_list *out_earlier, struct str_list *out_open, instant *out_last,
                 struct err *err)
{
	struct published_list all;

	*out_last = INSTANT_NONE;
	if (!published_all(run->view.store, &run->arena, &all, err))
		return false;
	*out_earlier = (struct str_list){.items = ARENA_ARRAY(&run->arena, all.count, struct str)};
	*out_open = (struct str_list){.items = ARENA_ARRAY(&run->arena, all.count, struct str)};
	for (size_t i = 0; i < all.count; i++) {
		const struct published *one = &all.rows[i];
		if (!published_is_up(one))
			continue;
		if (one->policy.mode == MODE_TESTING)
			out_open->items[out_open->count++] = one->domain;
		if (one->policy.mode != MODE_ENFORCE || one->wave == 0)
			continue;
		out_earlier->items[out_earlier->count++] = one->domain;
		if (*out_last == INSTANT_NONE || one->at > *out_last)
			*out_last = one->at;
	}
	return true;
}

static bool go(struct run *run, struct waving *waving, struct err *err)
{
	struct wave *wave = &waving->wave;
	struct str_list earlier, open;
	instant last, wait = (instant)run->wish->wait_days * SECS_PER_DAY;

	if (!part(run, &earlier, &open, &last, err) || !published_last_wave(run->view.store, &wave->number, err))
		return false;
	wave->number++;
	if (!for_each(run, &earlier, judge_earlier, waving, err))
		return false;
	if (wave->retreated_count > 0 || wave->not_set.count > 0)
		return true;
	if (last != INSTANT_NONE && instant_now() - last < wait) {
		wave->wait_until = last + wait;
		return true;
	}
	return for_each(run, &open, publish_ready, waving, err);
}

static void put_wave(struct run *run, const struct wave *wave)
{
	struct json_out json;
	struct doc doc;
	struct buf out;

	if (!cli_policy_is_json(run->cli)) {
		fleet_doc_wave(wave, &run->arena, &doc);
		cli_view_doc(run->cli, &doc);
		return;
	}
	buf_init(&out, CLI_VIEW_BYTES);
	json_out_init(&json, &out, run->cli->format == OUTPUT_JSON);
	fleet_doc_wave_json(wave, &run->arena, &json);
	cli_print(buf_view(&out));
	buf_done(&out);
}

int cli_policy_wave(const struct cli *cli, struct cli_policy_wish *wish)
{
	struct waving waving = {.wave = {.is_dry_run = cli->dry_run, .wait_until = INSTANT_NONE}};
	struct run run;
	struct err err = {0};
	uint64_t most = SIZE_MAX;

	if (strcmp(wish->wave, "all") != 0 && (!num_parse_uint(str_of(wish->wave), 1000000, &most) || most == 0))
		return cli_usage("policy", "--wave is a number of domains, or all");
	waving.most = (size_t)most;
	bool ok = open_run(cli, wish, &run, &err) && go(&run, &waving, &err);
	/* What was done before a failure has to be known: its records are to be set. */
	if (ok || waving.wave.published_count + waving.wave.retreated_count > 0)
		put_wave(&run, &waving.wave);
	close_run(&run);
	if (!ok)
		return cli_fail(&err);
	return waving.wave.retreated_count > 0 || waving.wave.not_set.count > 0 ? EXIT_PROBLEMS : EXIT_DONE;
}
