/* SPDX-License-Identifier: ISC */
/* mailseal policy publish DOMAIN. */
#include <string.h>

#include "base/num.h"
#include "cli/cli_publish.h"
#include "present/publishing_doc.h"

/* False after a usage message. */
static bool read_order(const struct cli_policy_wish *wish, struct arena *arena, struct publish_order *out)
{
	enum sts_mode mode = wish->mode == NULL ? MODE_NOT_STATED : sts_mode_of(str_of(wish->mode));

	*out = (struct publish_order){
	    .has_mode = wish->mode != NULL, .mode = mode, .has_max_age = wish->max_age != NULL,
	    .is_down = wish->take_down, .is_leaving = wish->leave, .is_retreat = wish->retreat,
	    .overruled = (wish->despite_servers ? PUBLISHED_OVER_MX : 0u) |
	                 (wish->despite_refused ? PUBLISHED_OVER_REFUSED : 0u) |
	                 (wish->despite_cached ? PUBLISHED_OVER_CACHED : 0u),
	    .format = ZONE_TEXT, .ttl_secs = (uint32_t)wish->ttl_secs};
	if (wish->mode != NULL && mode == MODE_NOT_STATED) {
		(void)cli_usage("policy", "--mode is testing, enforce or none");
		return false;
	}
	if (wish->max_age != NULL && (!num_parse_secs(str_of(wish->max_age), &out->max_age_secs) ||
	                              out->max_age_secs > STS_MAX_AGE_MOST_SECS)) {
		(void)cli_usage("policy", "--max-age is a time as 7d, of one year at most");
		return false;
	}
	if (wish->format != NULL && !zone_format_of(str_of(wish->format), &out->format)) {
		(void)cli_usage("policy", "there is no format '%s'", wish->format);
		return false;
	}
	out->mx = (struct str_list){.items = ARENA_ARRAY(arena, wish->mx.count, struct str), .count = wish->mx.count};
	for (size_t i = 0; i < wish->mx.count; i++)
		out->mx.items[i] = str_of(wish->mx.items[i]);
	return true;
}

static void put(const struct cli *cli, const struct publishing *publishing, struct arena *arena)
{
	struct json_out json;
	struct doc doc;
	struct buf out;

	if (!cli_policy_is_json(cli)) {
		publishing_doc(publishing, arena, &doc);
		cli_view_doc(cli, &doc);
		return;
	}
	buf_init(&out, CLI_VIEW_BYTES);
	json_out_init(&json, &out, cli->format == OUTPUT_JSON);
	publishing_doc_json(publishing, arena, &json);
	cli_print(buf_view(&out));
	buf_done(&out);
}

int cli_policy_publish(const struct cli *cli, struct str domain, struct cli_policy_wish *wish)
{
	struct cli_view view = {0};
	struct advising_options options;
	struct publish_order order;
	struct publishing publishing = {0};
	struct arena arena;
	struct err err = {0};

	arena_init(&arena, MIB(256));
	if (!read_order(wish, &arena, &order)) {
		arena_done(&arena);
		return EXIT_USAGE;
	}
	order.domain = domain;
	bool ok = cli_policy_advising(wish, &arena, &options, &err) && cli_look_open(&wish->look, &err) &&
	          cli_view_open(cli, &view, &err) &&
	          cli_publish(cli, view.store, &wish->look.options, &options, &order, &arena, &publishing, &err);
	if (ok)
		put(cli, &publishing, &arena);
	cli_view_close(&view);
	cli_look_close(&wish->look);
	int code = !ok ? cli_fail(&err) : publishing.reason_count > 0 ? EXIT_PROBLEMS : EXIT_DONE;
	arena_done(&arena);
	return !ok && err.kind == ERR_LATER ? EXIT_CANNOT_TELL : code;
}
