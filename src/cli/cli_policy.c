/* SPDX-License-Identifier: ISC */
/* mailseal policy advise|check|history|publish|show: the MTA-STS policy of a domain. */
#include "cli/cli_policy.h"
#include "cli/cli_config.h"

#include <string.h>

#include "base/file.h"
#include "present/complete_words.h"
#include "present/result_words.h"
#include "present/words.h"
#include "report/reporter.h"
#include "store/policies.h"

static const char usage[] =
    "mailseal policy publish example.com\n"
    "mailseal policy advise example.com\n"
    "mailseal policy check example.com\n"
    "\n"
    "advise DOMAIN     may it go on to enforce: what that needs, what would have been refused, the next step; and DANE\n"
    "  --all             every domain of the list, one line each\n"
    "  --window DAYS     of which sessions (default 14)\n"
    "  --days N          least days with reports (default 14)\n"
    "  --reporters N     least reporters (default 2)\n"
    "  --sessions N      least sessions (default 100)\n"
    "  --refused N       most sessions that enforce would refuse (default 0)\n"
    "  --next-cert FILE  certificate or public key to come (PEM): which TLSA record it needs\n"
    "publish DOMAIN    serves a policy here, with a new id, and shows the TXT record to set; the domain must be listed\n"
    "  --mode testing|enforce|none   default: as it is now, else testing\n"
    "  --max-age TIME    as 7d (default: as it is now, else one day)\n"
    "  --mx PATTERN      repeatable (default: the mail servers that are published now)\n"
    "  --retreat         back to testing\n"
    "  --leave           mode none, until no sender holds an older policy\n"
    "  --take-down       no file any more\n"
    "  --despite-servers, --despite-refused, --despite-cached   although what was said about it\n"
    "  --format text|bind|cloudflare|route53|powerdns|nsupdate|terraform, --ttl SECONDS   of the record\n"
    "  --wave N|all      enforce for the next N domains of the list that are ready; domains of earlier waves that refuse\n"
    "                    mail go back to testing first, and then nothing goes on\n"
    "  --wait DAYS       between two waves (default 3)\n"
    "  -n                only say what would be published\n"
    "check DOMAIN      record and file from outside, beside what is served here\n"
    "history DOMAIN    what was published here, by whom and when\n"
    "show DOMAIN       the policies as reporters saw them, with their first and last day\n" CLI_LOOK_USAGE;

#define WINDOW_MOST 3660
#define PEM_BYTES MIB(1)

bool cli_policy_store(const struct cli *cli, struct cli_view *view, struct err *err)
{
	return cli_view_open(cli, view, err) || err->kind == ERR_MISSING;
}

static bool read_next(const char *path, struct arena *arena, struct str *out, struct err *err)
{
	struct buf pem;

	buf_init(&pem, PEM_BYTES);
	bool ok = file_read(path, &pem, err) && tls_look_public_key(buf_view(&pem), arena, out, err);
	buf_done(&pem);
	return ok;
}

bool cli_policy_advising(const struct cli_policy_wish *wish, struct arena *arena, struct advising_options *out,
                         struct err *err)
{
	*out = (struct advising_options){.limits = ADVICE_LIMITS, .window_days = (uint32_t)wish->window_days};
	out->limits.days = wish->days;
	out->limits.reporters = wish->reporters;
	out->limits.sessions = wish->sessions;
	out->limits.refused = wish->refused;
	out->limits.step_days = (uint32_t)wish->wait_days;
	return wish->next_cert == NULL || read_next(wish->next_cert, arena, &out->next_spki, err);
}

/* --- show --- */

static void put_seen_json(const struct cli *cli, struct str domain, const struct policy_seen *seen, size_t n,
                         const struct completeness *complete)
{
	struct json_out json;
	struct buf out;

	buf_init(&out, CLI_VIEW_BYTES);
	json_out_init(&json, &out, cli->format == OUTPUT_JSON);
	json_out_object(&json, NULL);
	json_out_str(&json, "domain", domain);
	json_out_list(&json, "seen");
	for (size_t i = 0; i < n; i++) {
		json_out_object(&json, NULL);
		json_out_str(&json, "reporter", seen[i].reporter);
		json_out_str(&json, "policy_type", str_of(policy_type_text(seen[i].type)));
		json_out_str(&json, "mode", seen[i].mode == MODE_NOT_STATED ? STR_NONE : str_of(sts_mode_text(seen[i].mode)));
		json_out_list(&json, "policy_strings");
		for (size_t j = 0; j < seen[i].strings.count; j++)
			json_out_str(&json, NULL, seen[i].strings.items[j]);
		json_out_end(&json);
		json_out_day(&json, "first_day", seen[i].first_day);
		json_out_day(&json, "last_day", seen[i].last_day);
		json_out_uint(&json, "units", seen[i].units);
		json_out_end(&json);
	}
	json_out_end(&json);
	complete_words_json(&json, complete);
	json_out_end(&json);
	cli_print(buf_view(&out));
	buf_done(&out);
}

static void put_seen(const struct cli *cli, struct str domain, const struct policy_seen *seen, size_t n,
                     const struct completeness *complete, struct arena *arena)
{
	struct doc doc;

	doc_init(&doc, arena, WORDS(arena, "Policies of {domain}, as reporters saw them", {"domain", domain}));
	if (n == 0)
		doc_sentence(&doc, str_of(tr("No report tells of a policy of this domain.")));
	for (size_t i = 0; i < n; i++) {
		const struct policy_seen *one = &seen[i];
		doc_heading(&doc, 2, reporter_name(one->reporter, one->organization));
		doc_facts(&doc, false);
		doc_fact(&doc, tr("Policy"), result_words_policy_mode(arena, one->type, STR_NONE, one->mode));
		doc_fact(&doc, tr("First day"), words_day(arena, one->first_day));
		doc_fact(&doc, tr("Last day"), words_day(arena, one->last_day));
		for (size_t j = 0; j < one->strings.count; j++)
			doc_item(&doc, one->strings.items[j]);
	}
	complete_words_put(&doc, complete);
	cli_view_doc(cli, &doc);
}

static int show(const struct cli *cli, struct str domain)
{
	struct cli_view view = {0};
	struct policy_seen *seen = NULL;
	size_t n = 0;
	struct err err = {0};

	if (!cli_view_open(cli, &view, &err))
		return cli_fail(&err);
	struct filter filter = FILTER_ALL;
	struct completeness complete;
	filter.domain = domain;
	bool ok = policies_seen(view.store, domain, &view.arena, &seen, &n, &err) &&
	          store_complete(view.store, &filter, &view.arena, &complete, &err);
	if (ok && (cli->format == OUTPUT_JSON || cli->format == OUTPUT_JSONL))
		put_seen_json(cli, domain, seen, n, &complete);
	else if (ok)
		put_seen(cli, domain, seen, n, &complete, &view.arena);
	cli_view_close(&view);
	return ok ? EXIT_DONE : cli_fail(&err);
}

/* --- the command --- */

static int run(struct cli *cli, const char *verb, struct str domain, struct cli_policy_wish *wish)
{
	if (strcmp(verb, "advise") == 0)
		return cli_policy_advise(cli, domain, wish);
	if (strcmp(verb, "check") == 0)
		return cli_policy_check(cli, domain, wish);
	if (strcmp(verb, "history") == 0)
		return cli_policy_history(cli, domain);
	return strcmp(verb, "publish") == 0 ? cli_policy_publish(cli, domain, wish) : show(cli, domain);
}

static int run_fleet(struct cli *cli, bool is_advice, struct cli_policy_wish *wish)
{
	struct config *config = NULL;
	struct err err = {0};

	if (!cli_load_config(cli, &config, &err))
		return cli_fail(&err);
	wish->look.config = config;
	int code = is_advice ? cli_policy_advise_all(cli, wish) : cli_policy_wave(cli, wish);
	config_free(&config);
	return code;
}

static bool is_verb(const char *word)
{
	static const char *const verbs[] = {"advise", "check", "history", "publish", "show"};

	for (size_t i = 0; i < COUNT_OF(verbs); i++)
		if (strcmp(word, verbs[i]) == 0)
			return true;
	return false;
}

static int judge(const struct cli_policy_wish *wish)
{
	int code = cli_look_judge(&wish->look, "policy");

	if (code != EXIT_DONE)
		return code;
	if (wish->window_days == 0 || wish->window_days > WINDOW_MOST || wish->wait_days > WINDOW_MOST)
		return cli_usage("policy", "--window is 1 to 3660 days, --wait at most 3660");
	if (wish->ttl_secs > INT32_MAX)
		return cli_usage("policy", "--ttl is at most 2147483647 seconds");
	if (wish->leave + wish->take_down + wish->retreat + (wish->mode != NULL) > 1)
		return cli_usage("policy", "say one of --mode, --retreat, --leave and --take-down");
	return EXIT_DONE;
}

int cli_policy(struct cli *cli, int argc, char **argv)
{
	struct cli_policy_wish wish = {.window_days = 14, .days = 14, .reporters = 2, .sessions = 100, .wait_days = 3,
	                               .ttl_secs = 3600};
	const struct option options[] = {
	    {"--window", OPTION_COUNT, &wish.window_days, NULL},
	    {"--days", OPTION_COUNT, &wish.days, NULL},
	    {"--reporters", OPTION_COUNT, &wish.reporters, NULL},
	    {"--sessions", OPTION_COUNT, &wish.sessions, NULL},
	    {"--refused", OPTION_COUNT, &wish.refused, NULL},
	    {"--next-cert", OPTION_TEXT, &wish.next_cert, NULL},
	    {"--all", OPTION_FLAG, &wish.all, NULL},
	    {"--mode", OPTION_TEXT, &wish.mode, NULL},
	    {"--max-age", OPTION_TEXT, &wish.max_age, NULL},
	    {"--mx", OPTION_LIST, &wish.mx, NULL},
	    {"--retreat", OPTION_FLAG, &wish.retreat, NULL},
	    {"--leave", OPTION_FLAG, &wish.leave, NULL},
	    {"--take-down", OPTION_FLAG, &wish.take_down, NULL},
	    {"--despite-servers", OPTION_FLAG, &wish.despite_servers, NULL},
	    {"--despite-refused", OPTION_FLAG, &wish.despite_refused, NULL},
	    {"--despite-cached", OPTION_FLAG, &wish.despite_cached, NULL},
	    {"--format", OPTION_TEXT, &wish.format, NULL},
	    {"--ttl", OPTION_COUNT, &wish.ttl_secs, NULL},
	    {"--wave", OPTION_TEXT, &wish.wave, NULL},
	    {"--wait", OPTION_COUNT, &wish.wait_days, NULL},
	    CLI_LOOK_OPTIONS(&wish.look),
	    {NULL, OPTION_FLAG, NULL, NULL},
	};
	char asked[RESOLVE_NAME_MAX];
	struct str domain;
	struct config *config = NULL;
	struct err err = {0};

	if (!cli_parse(cli, &argc, argv, options, usage))
		return EXIT_USAGE;
	int code = judge(&wish);
	if (code != EXIT_DONE)
		return code;
	bool is_all = argc == 1 && wish.all && strcmp(argv[0], "advise") == 0;
	if (is_all || (argc == 1 && wish.wave != NULL && strcmp(argv[0], "publish") == 0))
		return run_fleet(cli, is_all, &wish);
	if (argc != 2 || !is_verb(argv[0]))
		return cli_usage("policy", "say advise, check, history, publish or show, and a domain");
	if (!cli_look_domain(argv[1], asked, &domain))
		return cli_usage("policy", "'%s' is not a domain name", argv[1]);
	if (!cli_look_allowed(cli, domain, &err) || !cli_load_config(cli, &config, &err))
		return cli_fail(&err);
	wish.look.config = config;
	code = run(cli, argv[0], domain, &wish);
	config_free(&config);
	return code;
}
