/* SPDX-License-Identifier: ISC */
/* mailseal domain list|show|add|edit|remove|verify. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/instant.h"
#include "base/limits.h"
#include "base/quote.h"
#include "cli/cli.h"
#include "cli/cli_config.h"
#include "cli/cli_domain.h"
#include "cli/cli_guide.h"
#include "cli/cli_send.h"
#include "cli/cli_view.h"
#include "present/complete_words.h"
#include "present/history_doc.h"
#include "present/json_out.h"
#include "present/words.h"
#include "report/wire.h"
#include "role/clues.h"
#include "role/domain_proof.h"
#include "role/keep_trust.h"
#include "role/report_addresses.h"
#include "store/published.h"
#include "store/store_domains.h"
#include "sys/idn.h"
#include "sys/resolve.h"

static const char usage[] =
    "mailseal domain add example.com\n"
    "mailseal domain verify example.com\n"
    "mailseal domain list\n"
    "mailseal domain show example.com\n"
    "\n"
    "Your domains.  While none is listed, reports about every domain count; from the first one on those about others are\n"
    "kept aside and offered.  What came before is counted anew, too; -n shows what would change.\n"
    "list             with what is reported for domains that are not in the list\n"
    "show NAME        its secret report address and URL, how to prove it; what our own looks saw, and since when\n"
    "check NAME       the running server looks at it now, and what it saw is shown; ends as 'mailseal check' does\n"
    "add NAME         --tenant NAME: whose it is; on a terminal the set-up guide follows, which may be left and\n"
    "                 begins again where it was\n"
    "  --guide        the same without questions: what is published, the record to publish, whether it is seen, a test\n"
    "  --by mail|https|both     where reports shall go (default mail); --base-url URL of https\n"
    "  --no-keep      the addresses that are published now do not stay\n"
    "  --format text|bind|cloudflare|route53|powerdns|nsupdate|terraform, --ttl SECONDS   of the record\n"
    "  --wait SECONDS until every resolver sees it (default 600), --no-wait, --no-test\n"
    "edit NAME        --new-address (the old one is no longer secret), --pause, --resume\n"
    "  --move-to NAME   gives it to another tenant; \"\" to none\n"
    "remove NAME      -y although its policy is served here\n"
    "verify NAME      looks in the DNS for the proof, and for its mail servers\n"
    "  --assume       you say that it is yours\n"
    "  -n             only say what would change; --json --plain for programs\n" CLI_LOOK_USAGE;

struct wishes {
	struct cli_guide_wish guide;
	const char *move_to;
	bool new_address, pause, resume, assume;
};

/* --- looking --- */

static const char *const proof_texts[DOMAIN_PROOF_COUNT] = {"not proven", "proven by its TXT record",
                                                            "proven by its TLS-RPT record", "proven by your word"};
static const char *const proof_names[DOMAIN_PROOF_COUNT] = {"unproven", "nonce", "record", "operator"};

static void put_history_json(const struct domain_history *history, struct json_out *json)
{
	struct arena arena;

	arena_init(&arena, MIB(16));
	history_doc_json(history, &arena, json);
	arena_done(&arena);
}

static void put_json_row(const struct domain_row *row, struct str host, const struct completeness *complete,
                         const struct domain_history *history, struct json_out *json)
{
	char text[512];

	json_out_object(json, NULL);
	json_out_str(json, "domain", row->name);
	json_out_str(json, "tenant", row->tenant_name.len > 0 ? row->tenant_name : STR_NONE);
	(void)snprintf(text, sizeof text, "tls-%.*s@%.*s", STR_ARGS(row->token), STR_ARGS(host));
	json_out_str(json, "address", str_of(text));
	(void)snprintf(text, sizeof text, "/report/%.*s", STR_ARGS(row->token));
	json_out_str(json, "path", str_of(text));
	json_out_str(json, "proof", str_of(proof_names[row->proof]));
	json_out_instant(json, "proven_at", row->proven_at);
	(void)snprintf(text, sizeof text, "mailseal-verification=%.*s", STR_ARGS(row->nonce));
	json_out_str(json, "verification", str_of(text));
	json_out_bool(json, "paused", row->is_paused);
	json_out_instant(json, "created_at", row->created_at);
	json_out_list(json, "mx_hosts");
	for (size_t i = 0; i < row->mx_hosts.count; i++)
		json_out_str(json, NULL, row->mx_hosts.items[i]);
	json_out_end(json);
	if (complete != NULL)
		complete_words_json(json, complete);
	json_out_uint(json, "successful", row->successful);
	json_out_uint(json, "failed", row->failed);
	if (history != NULL)
		put_history_json(history, json);
	json_out_end(json);
}

static void put_foreign(const struct foreign_list *foreign, struct json_out *json, struct buf *out)
{
	if (json != NULL) {
		json_out_list(json, "offered");
		for (size_t i = 0; i < foreign->count; i++) {
			json_out_object(json, NULL);
			json_out_str(json, "domain", foreign->rows[i].name);
			json_out_uint(json, "reports", foreign->rows[i].reports);
			json_out_uint(json, "successful", foreign->rows[i].successful);
			json_out_uint(json, "failed", foreign->rows[i].failed);
			json_out_end(json);
		}
		json_out_end(json);
		return;
	}
	for (size_t i = 0; i < foreign->count && i < 20; i++) {
		buf_text(out, i == 0 ? "\nReports come for " : "Reports come for ");
		quote_terminal(foreign->rows[i].name, false, out);
		buf_format(out, ", which is not in your list: %" PRIu64 " of them.\n", foreign->rows[i].reports);
	}
}

static void put_row(const struct domain_row *row, struct buf *out)
{
	quote_plain(row->name, out);
	buf_byte(out, '\t');
	quote_plain(row->tenant_name, out);
	buf_format(out, "\t%s%s\t%" PRIu64 "\t%" PRIu64 "\n", proof_texts[row->proof], row->is_paused ? ", paused" : "",
	           row->successful, row->failed);
}

static void put_details(const struct domain_row *row, struct str host, struct buf *out)
{
	quote_terminal(row->name, false, out);
	buf_format(out, ": %s%s\n\n", proof_texts[row->proof], row->is_paused ? ", paused" : "");
	buf_format(out, "Its secret address   tls-%.*s@%.*s\n", STR_ARGS(row->token), STR_ARGS(host));
	buf_format(out, "Its secret URL path  /report/%.*s\n", STR_ARGS(row->token));
	for (size_t i = 0; i < row->mx_hosts.count; i++) {
		buf_text(out, i == 0 ? "Mail servers         " : "                     ");
		quote_terminal(row->mx_hosts.items[i], false, out);
		buf_byte(out, '\n');
	}
	if (row->proof != DOMAIN_UNPROVEN)
		return;
	buf_text(out, "\nTo prove that it is yours, name the secret address in its TLS-RPT record, or publish\n\n  _mailseal.");
	quote_terminal(row->name, false, out);
	buf_format(out, ". TXT \"mailseal-verification=%.*s\"\n\nand say 'mailseal domain verify ", STR_ARGS(row->nonce));
	quote_terminal(row->name, false, out);
	buf_text(out, "'.\n");
}

static void put_complete(const struct completeness *complete, struct buf *out)
{
	struct arena arena;

	arena_init(&arena, KIB(64));
	struct str text = complete_words(&arena, complete);
	if (text.len > 0) {
		buf_byte(out, '\n');
		quote_terminal(text, false, out);
		buf_byte(out, '\n');
	}
	arena_done(&arena);
}

static void put_list(const struct cli *cli, const struct domain_list *list, const struct foreign_list *foreign,
                     struct str host, const struct cli_view *view, struct buf *out)
{
	struct json_out json;

	if (cli->format == OUTPUT_JSON) {
		json_out_init(&json, out, true);
		json_out_object(&json, NULL);
		json_out_list(&json, "domains");
		for (size_t i = 0; i < list->count; i++)
			put_json_row(&list->rows[i], host, NULL, NULL, &json);
		json_out_end(&json);
		complete_words_json(&json, &view->status.complete);
		put_foreign(foreign, &json, NULL);
		json_out_end(&json);
		return;
	}
	for (size_t i = 0; i < list->count; i++)
		put_row(&list->rows[i], out);
	if (cli->format != OUTPUT_TEXT)
		return;
	if (list->count == 0)
		buf_text(out, "No domain is listed: reports about every domain count.\n");
	put_foreign(foreign, NULL, out);
	put_complete(&view->status.complete, out);
}

static bool list(const struct cli *cli, struct str host, struct buf *out, struct err *err)
{
	struct cli_view view = {0};
	struct domain_list domains;
	struct foreign_list foreign;

	if (!cli_view_open(cli, &view, err))
		return false;
	bool ok = store_domain_list(view.store, 0, &view.arena, &domains, err) &&
	          store_foreign(view.store, &view.arena, &foreign, err);
	if (ok)
		put_list(cli, &domains, &foreign, host, &view, out);
	cli_view_close(&view);
	return ok;
}

/* What `show` shows. */
struct shown {
	struct domain_row row;
	struct completeness complete;
	struct domain_history history;
};

static bool read_shown(struct store *store, struct str name, struct arena *arena, struct shown *out, struct err *err)
{
	struct filter filter = FILTER_ALL;

	filter.domain = name;
	return store_domain(store, name, arena, &out->row, err) &&
	       store_complete(store, &filter, arena, &out->complete, err) &&
	       clues_history(store, name, 0, arena, &out->history, err);
}

static void put_shown(const struct cli *cli, const struct shown *shown, struct str host, struct arena *arena,
                      struct buf *out)
{
	struct json_out json;
	struct doc doc;

	if (cli->format == OUTPUT_JSON) {
		json_out_init(&json, out, true);
		put_json_row(&shown->row, host, &shown->complete, &shown->history, &json);
		return;
	}
	put_details(&shown->row, host, out);
	if (cli->format != OUTPUT_TEXT)
		return;
	put_complete(&shown->complete, out);
	buf_byte(out, '\n');
	cli_print(buf_view(out));
	buf_clear(out);
	doc_init(&doc, arena, str_of(tr("Our own look")));
	history_doc(&shown->history, &doc);
	cli_view_doc(cli, &doc);
}

static int exit_of(const struct domain_history *history)
{
	return history->verdict == CHECK_PROBLEMS      ? EXIT_PROBLEMS
	       : history->verdict == CHECK_CANNOT_TELL ? EXIT_CANNOT_TELL
	                                               : EXIT_DONE;
}

/* `*out_code` is what `check` ends with. */
static bool show(const struct cli *cli, const char *name, struct str host, struct buf *out, int *out_code, struct err *err)
{
	struct cli_view view = {0};
	struct shown shown;

	if (!cli_view_open(cli, &view, err))
		return false;
	bool ok = read_shown(view.store, str_of(name), &view.arena, &shown, err);
	if (ok) {
		put_shown(cli, &shown, host, &view.arena, out);
		*out_code = exit_of(&shown.history);
	}
	cli_view_close(&view);
	return ok;
}

/* The server looks, and this waits for it. */
static bool look_now(const struct cli *cli, const char *name, struct err *err)
{
	struct buf arguments, answer;

	buf_init(&arguments, KIB(4));
	buf_init(&answer, MIB(1));
	wire_put_str(&arguments, str_of(name));
	bool ok = cli_send(cli, "look-now", buf_view(&arguments), &answer, err);
	buf_done(&arguments);
	buf_done(&answer);
	return ok;
}

/* --- changing --- */

static void get_numbers(struct wire_reader *reader, struct cli_send_numbers *out)
{
	out->reports = wire_get_u64(reader);
	out->successful = wire_get_u64(reader);
	out->failed = wire_get_u64(reader);
}

static void put_change(const struct cli *cli, struct wire_reader *reader, struct buf *out)
{
	struct cli_send_numbers before, after;
	struct json_out json;

	get_numbers(reader, &before);
	get_numbers(reader, &after);
	if (cli->format != OUTPUT_JSON && !cli->quiet) {
		cli_send_change(&before, &after, "policies", cli->dry_run, out);
		if (cli->dry_run)
			buf_text(out, "Nothing was changed.  Say it without -n to do it.\n");
	}
	if (cli->format != OUTPUT_JSON)
		return;
	json_out_init(&json, out, true);
	json_out_object(&json, NULL);
	json_out_bool(&json, "changed", !cli->dry_run);
	json_out_uint(&json, "successful_before", before.successful);
	json_out_uint(&json, "failed_before", before.failed);
	json_out_uint(&json, "successful_after", after.successful);
	json_out_uint(&json, "failed_after", after.failed);
	json_out_end(&json);
}

static bool add(const struct cli *cli, const char *name, struct str host, struct buf *out, struct err *err)
{
	struct buf arguments, answer;

	buf_init(&arguments, KIB(8));
	buf_init(&answer, KIB(4));
	wire_put_str(&arguments, str_of(name));
	wire_put_str(&arguments, str_of(cli->tenant == NULL ? "" : cli->tenant));
	wire_put_u8(&arguments, cli->dry_run);
	bool ok = cli_send(cli, "domain-add", buf_view(&arguments), &answer, err);
	if (ok) {
		struct wire_reader reader = {.rest = buf_view(&answer)};
		struct str token = wire_get_text(&reader, 100);
		(void)wire_get_text(&reader, 100);
		put_change(cli, &reader, out);
		if (cli->format == OUTPUT_TEXT && !cli->dry_run && !cli->quiet)
			buf_format(out, "Its secret address is tls-%.*s@%.*s; 'mailseal domain show %s' says more.\n", STR_ARGS(token),
			           STR_ARGS(host), name);
	}
	buf_done(&arguments);
	buf_done(&answer);
	return ok;
}

/* With the domain its policy goes, which senders may hold and then look for in vain. */
static bool may_remove(const struct cli *cli, const char *name, struct err *err)
{
	struct cli_view view = {0};
	struct published now = {0};

	if (cli->yes || cli->dry_run)
		return true;
	bool ok = cli_view_open(cli, &view, err) && published_now(view.store, str_of(name), &view.arena, &now, err);
	bool is_held = ok && published_is_up(&now) && now.policy.mode != MODE_NONE;
	cli_view_close(&view);
	return ok && (!is_held || err_set(err, ERR_DENIED, "its MTA-STS policy is served here, and would go too; 'mailseal policy publish %s "
	                                                   "--leave' comes first, or say -y", name));
}

static bool remove_domain(const struct cli *cli, const char *name, struct buf *out, struct err *err)
{
	struct buf arguments, answer;

	if (!may_remove(cli, name, err))
		return false;
	buf_init(&arguments, KIB(8));
	buf_init(&answer, KIB(4));
	wire_put_str(&arguments, str_of(name));
	wire_put_u8(&arguments, cli->dry_run);
	bool ok = cli_send(cli, "domain-remove", buf_view(&arguments), &answer, err);
	struct wire_reader reader = {.rest = buf_view(&answer)};
	if (ok)
		put_change(cli, &reader, out);
	buf_done(&arguments);
	buf_done(&answer);
	return ok;
}

static bool edit(const struct cli *cli, const char *name, const struct wishes *wishes, struct err *err)
{
	struct buf arguments, answer;
	unsigned what = (wishes->move_to != NULL ? KEEP_DOMAIN_TENANT : 0u) |
	                (wishes->new_address ? KEEP_DOMAIN_NEW_TOKEN : 0u) | (wishes->pause ? KEEP_DOMAIN_PAUSE : 0u) |
	                (wishes->resume ? KEEP_DOMAIN_RESUME : 0u);

	if (what == 0)
		return err_set(err, ERR_INPUT, "say what to change: --move-to, --new-address, --pause or --resume");
	buf_init(&arguments, KIB(8));
	buf_init(&answer, KIB(4));
	wire_put_str(&arguments, str_of(name));
	wire_put_u8(&arguments, what);
	wire_put_str(&arguments, str_of(wishes->move_to == NULL ? "" : wishes->move_to));
	bool ok = cli_send(cli, "domain-edit", buf_view(&arguments), &answer, err);
	buf_done(&arguments);
	buf_done(&answer);
	return ok;
}

/* --- proving --- */

static bool open_resolver(const struct config *config, const struct wishes *wishes, struct resolve **out,
                          struct err *err)
{
	struct resolve_options options = {
	    .forwarders = (const char *const *)config->dns_resolvers.items,
	    .forwarder_count = config->dns_resolvers.count,
	    .trust_anchor = config->dns_trust_anchor[0] == '\0' ? NULL : config->dns_trust_anchor,
	    .question_ms = (uint32_t)config->dns_timeout * 1000,
	};
	if (wishes->guide.look.resolvers.count > 0) {
		options.forwarders = wishes->guide.look.resolvers.items;
		options.forwarder_count = wishes->guide.look.resolvers.count;
	}
	if (wishes->guide.look.trust_anchor != NULL)
		options.trust_anchor = wishes->guide.look.trust_anchor;
	return resolve_open(&options, out, err);
}

static bool send_proof(const struct cli *cli, struct str name, enum domain_proof proof, struct err *err)
{
	struct buf arguments, answer;

	buf_init(&arguments, KIB(4));
	buf_init(&answer, KIB(4));
	wire_put_str(&arguments, name);
	wire_put_u8(&arguments, proof);
	bool ok = cli_send(cli, "domain-prove", buf_view(&arguments), &answer, err);
	buf_done(&arguments);
	buf_done(&answer);
	return ok;
}

static bool send_hosts(const struct cli *cli, struct resolve *resolve, struct str name, struct arena *arena,
                       struct err *err)
{
	struct resolve_answer mx;
	struct buf arguments, answer;

	resolve_ask(resolve, name, RESOLVE_MX, resolve_deadline(resolve), arena, &mx);
	if (mx.outcome != RESOLVE_ANSWER)
		return true;
	buf_init(&arguments, KIB(60));
	buf_init(&answer, KIB(4));
	wire_put_str(&arguments, name);
	wire_put_u32(&arguments, (uint32_t)mx.count);
	for (size_t i = 0; i < mx.count; i++)
		wire_put_str(&arguments, mx.records[i].text);
	bool ok = cli_send(cli, "domain-mx", buf_view(&arguments), &answer, err);
	buf_done(&arguments);
	buf_done(&answer);
	return ok;
}

static int verify(const struct cli *cli, const struct config *config, const char *name, const struct wishes *wishes)
{
	struct cli_view view = {0};
	struct domain_row row;
	struct resolve *resolve = NULL;
	struct err err = {0};
	struct domain_proof_found found = {.proof = DOMAIN_PROVEN_OPERATOR};

	if (!cli_view_open(cli, &view, &err))
		return cli_fail(&err);
	bool ok = store_domain(view.store, str_of(name), &view.arena, &row, &err) &&
	          open_resolver(config, wishes, &resolve, &err);
	if (ok && !wishes->assume) {
		struct domain_proof_wish wish = domain_proof_wish_of(&row, report_addresses_host(config));
		domain_proof_find(resolve, &wish, &view.arena, &found);
	}
	/* What was proven stays proven while the DNS does not answer. */
	if (ok && !found.is_in_trouble)
		ok = (cli->dry_run || send_proof(cli, row.name, found.proof, &err)) &&
		     (cli->dry_run || found.proof == DOMAIN_UNPROVEN || send_hosts(cli, resolve, row.name, &view.arena, &err));
	if (ok && !cli->quiet)
		(void)printf("%s: %s\n", name, found.is_in_trouble ? "the DNS does not answer now" : proof_texts[found.proof]);
	resolve_close(&resolve);
	cli_view_close(&view);
	if (!ok)
		return cli_fail(&err);
	return found.is_in_trouble ? EXIT_CANNOT_TELL : found.proof == DOMAIN_UNPROVEN ? EXIT_PROBLEMS : EXIT_DONE;
}

int cli_domain_verify(const struct cli *cli, const struct config *config, const char *name,
                      const struct option_list *resolvers, const char *trust_anchor)
{
	struct wishes wishes = {.guide.look = {.resolvers = *resolvers, .trust_anchor = trust_anchor}};

	return verify(cli, config, name, &wishes);
}

/* --- the guide --- */

static bool is_listed(const struct cli *cli, const char *name)
{
	struct cli_view view = {0};
	struct domain_row row;
	struct err err = {0};
	bool listed = cli_view_open(cli, &view, &err) && store_domain(view.store, str_of(name), &view.arena, &row, &err);

	cli_view_close(&view);
	return listed;
}

static int add_guided(struct cli *cli, const struct config *config, const char *name, struct wishes *wishes, bool may_ask)
{
	struct err err = {0};
	struct buf out;

	/* A domain that is listed already: the guide was left. */
	if (!is_listed(cli, name)) {
		struct cli quiet = *cli;
		quiet.quiet = cli->quiet || cli->format != OUTPUT_TEXT;
		quiet.format = OUTPUT_TEXT;
		buf_init(&out, MIB(1));
		bool ok = add(&quiet, name, report_addresses_host(config), &out, &err);
		cli_print(buf_view(&out));
		buf_done(&out);
		if (!ok)
			return cli_fail(&err);
	}
	return cli_guide(cli, config, str_of(name), &wishes->guide, may_ask);
}

/* --- the command --- */

static int run(struct cli *cli, const struct config *config, const char *verb, const char *name, struct wishes *wishes)
{
	struct str host = report_addresses_host(config);
	struct err err = {0};
	struct buf out;
	bool ok;

	if (strcmp(verb, "verify") == 0)
		return verify(cli, config, name, wishes);
	if (strcmp(verb, "add") == 0 && !cli->dry_run && (wishes->guide.is_asked_for || cli_guide_may_ask(cli)))
		return add_guided(cli, config, name, wishes, cli_guide_may_ask(cli));
	buf_init(&out, MIB(64));
	int code = EXIT_DONE, seen = EXIT_DONE;
	if (strcmp(verb, "list") == 0)
		ok = list(cli, host, &out, &err);
	else if (strcmp(verb, "show") == 0)
		ok = show(cli, name, host, &out, &seen, &err);
	else if (strcmp(verb, "check") == 0)
		ok = look_now(cli, name, &err) && show(cli, name, host, &out, &code, &err);
	else if (strcmp(verb, "add") == 0)
		ok = add(cli, name, host, &out, &err);
	else if (strcmp(verb, "edit") == 0)
		ok = edit(cli, name, wishes, &err);
	else
		ok = remove_domain(cli, name, &out, &err);
	cli_print(buf_view(&out));
	buf_done(&out);
	return ok ? code : cli_fail(&err);
}

static bool is_verb(const char *verb, bool has_name)
{
	static const char *const verbs[] = {"list", "show", "check", "add", "edit", "remove", "verify"};

	for (size_t i = 0; i < COUNT_OF(verbs); i++)
		if (strcmp(verb, verbs[i]) == 0)
			return has_name == (i > 0);
	return false;
}

static bool ask_name(char *out, size_t size)
{
	return cli_guide_ask(str_of(tr("Which domain?")), out, size) && out[0] != '\0';
}

static int judge_guide(const struct cli_guide_wish *wish)
{
	int code = cli_look_judge(&wish->look, "domain");

	if (code != EXIT_DONE)
		return code;
	if (wish->by != NULL && strcmp(wish->by, "mail") != 0 && strcmp(wish->by, "https") != 0 && strcmp(wish->by, "both") != 0)
		return cli_usage("domain", "--by is mail, https or both");
	if (wish->ttl_secs > INT32_MAX || wish->wait_secs > 86400)
		return cli_usage("domain", "--ttl is at most 2147483647 seconds, --wait at most 86400");
	return EXIT_DONE;
}

int cli_domain(struct cli *cli, int argc, char **argv)
{
	struct wishes wishes = {.guide = {.ttl_secs = 3600, .wait_secs = 600}};
	const struct option options[] = {
	    CLI_LOOK_OPTIONS(&wishes.guide.look),
	    {"--guide", OPTION_FLAG, &wishes.guide.is_asked_for, ""},
	    {"--by", OPTION_TEXT, &wishes.guide.by, ""},
	    {"--base-url", OPTION_TEXT, &wishes.guide.base_url, ""},
	    {"--no-keep", OPTION_FLAG, &wishes.guide.no_keep, ""},
	    {"--format", OPTION_TEXT, &wishes.guide.format, ""},
	    {"--ttl", OPTION_COUNT, &wishes.guide.ttl_secs, ""},
	    {"--wait", OPTION_COUNT, &wishes.guide.wait_secs, ""},
	    {"--no-wait", OPTION_FLAG, &wishes.guide.no_wait, ""},
	    {"--no-test", OPTION_FLAG, &wishes.guide.no_test, ""},
	    {"--move-to", OPTION_TEXT, &wishes.move_to, "TENANT"},
	    {"--new-address", OPTION_FLAG, &wishes.new_address, "another secret address"},
	    {"--pause", OPTION_FLAG, &wishes.pause, ""},
	    {"--resume", OPTION_FLAG, &wishes.resume, ""},
	    {"--assume", OPTION_FLAG, &wishes.assume, "it is yours"},
	    {0}};
	struct config *config = NULL;
	struct err err = {0};
	struct buf name;
	char asked[300], *words[2];

	if (!cli_parse(cli, &argc, argv, options, usage))
		return EXIT_USAGE;
	if (argc == 1 && strcmp(argv[0], "add") == 0 && cli_guide_may_ask(cli) && ask_name(asked, sizeof asked)) {
		words[0] = argv[0];
		words[1] = asked;
		argv = words;
		argc = 2;
	}
	if (argc < 1 || argc > 2 || !is_verb(argv[0], argc == 2))
		return cli_usage("domain", "say list, or show, check, add, edit, remove, verify and a domain");
	int judged = judge_guide(&wishes.guide);
	if (judged != EXIT_DONE)
		return judged;
	buf_init(&name, KIB(1));
	if (argc == 2 && (!idn_to_ascii(str_of(argv[1]), &name) || str_find_byte(buf_view(&name), '.') == name.len)) {
		buf_done(&name);
		return cli_usage("domain", "'%s' is no domain name", argv[1]);
	}
	buf_byte(&name, '\0');
	int code = cli_load_config(cli, &config, &err) ? EXIT_DONE : cli_fail(&err);
	if (code == EXIT_DONE)
		code = run(cli, config, argv[0], argc == 2 ? name.p : NULL, &wishes);
	config_free(&config);
	buf_done(&name);
	return code;
}
