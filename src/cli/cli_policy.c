/* SPDX-License-Identifier: ISC */
/* mailseal policy show|advise DOMAIN: the MTA-STS policy as it is published and as reporters saw it, and the next step. */
#include <stdlib.h>
#include <string.h>

#include "cli/cli_look.h"
#include "cli/cli_view.h"
#include "diagnose/classify.h"
#include "present/advice_doc.h"
#include "present/complete_words.h"
#include "present/result_words.h"
#include "present/words.h"
#include "publish/rollout.h"
#include "report/reporter.h"
#include "store/policies.h"

static const char usage[] =
    "mailseal policy advise example.com\n"
    "mailseal policy show example.com\n"
    "\n"
    "advise DOMAIN     may it go on to enforce: what that needs, what would have been refused, the next step\n"
    "  --window DAYS     of which sessions (default 14)\n"
    "  --days N          least days with reports (default 14)\n"
    "  --reporters N     least reporters (default 2)\n"
    "  --refused N       most sessions that enforce would refuse (default 0)\n"
    "show DOMAIN       the policies as reporters saw them, with their first and last day\n" CLI_LOOK_USAGE;

#define WINDOW_MOST 3660

struct wish {
	struct cli_look look;
	uint64_t window_days, days, reporters, refused;
};

/* The store where there is one; reports are then part of the answer. */
static bool open_store(const struct cli *cli, struct cli_view *view, struct err *err)
{
	return cli_view_open(cli, view, err) || err->kind == ERR_MISSING;
}

/* --- advise --- */

static bool is_about_tls(enum finding_code code)
{
	return code != FINDING_STS_MX_MISMATCH && code != FINDING_CERT_EXPIRING && code != FINDING_TLSA_MISMATCH &&
	       code != FINDING_TLSA_UNUSABLE && code != FINDING_TLSA_RECORD_UNUSABLE && code != FINDING_TLSA_INSECURE;
}

static void count_servers(const struct check *check, struct advice_facts *facts)
{
	facts->mx_known = check->mx_state != CHECK_CANNOT_TELL || check->mx_count > 0;
	facts->mx_count = check->mx_count;
	for (size_t i = 0; i < check->mx_count; i++) {
		const struct check_mx *mx = &check->mx[i];
		bool is_bad = false;
		for (size_t j = 0; j < check->findings.count; j++) {
			const struct finding *finding = &check->findings.items[j];
			is_bad = is_bad || (str_eq(finding->subject, mx->host) && finding->severity >= SEVERITY_WARNING &&
			                    is_about_tls(finding->code));
		}
		bool seen = false;
		for (size_t j = 0; j < mx->look_count; j++)
			seen = seen || mx->looks[j].state == LOOK_OK;
		facts->mx_unlisted += !mx->is_listed;
		facts->mx_bad += is_bad;
		facts->mx_unknown += !is_bad && !seen;
	}
}

static void take_check(const struct check *check, struct advice_facts *facts)
{
	facts->tls_rpt = check->tls_rpt.state;
	facts->mta_sts = check->mta_sts.state;
	facts->is_valid = check->mta_sts.policy.is_valid;
	facts->mode = check->mta_sts.policy.mode;
	facts->max_age_secs = check->mta_sts.policy.max_age_secs;
	facts->has_cert_days = check->mta_sts.cert_not_after != INSTANT_NONE;
	if (facts->has_cert_days)
		facts->cert_days = (check->mta_sts.cert_not_after - check->at) / SECS_PER_DAY;
	count_servers(check, facts);
}

/* The rule is that of a failure in an enforced policy, whatever the mode was. */
static uint64_t refused_of(const struct policy_sessions *one, struct policy_failure *failures, size_t n)
{
	uint64_t refused = one->unexplained;

	for (size_t i = 0; i < n; i++) {
		struct failure *failure = &failures[i].failure;
		if (!str_eq(failures[i].reporter, one->reporter))
			continue;
		classify_failure(failure, POLICY_STS, MODE_ENFORCE, one->reporter);
		refused += failure->refused ? failure->count : 0;
	}
	/* Details may add up to more than the totals, which count. */
	return refused < one->failed ? refused : one->failed;
}

static int by_refused(const void *a, const void *b)
{
	const struct advice_refusal *x = a, *y = b;
	return x->refused < y->refused ? 1 : x->refused > y->refused ? -1 : 0;
}

static bool take_reports(struct store *store, struct arena *arena, struct advice_page *page, struct err *err)
{
	struct advice_facts *facts = &page->facts;
	enum sts_mode mode = facts->is_valid && facts->mode == MODE_ENFORCE ? MODE_ENFORCE : MODE_TESTING;
	struct policy_sessions *sessions = NULL;
	struct policy_failure *failures = NULL;
	size_t session_count = 0, failure_count = 0;

	if (!policies_sessions(store, page->domain, mode, page->since_day, page->until_day, arena, &sessions, &session_count,
	                       &facts->mode_days, err) ||
	    !policies_failures(store, page->domain, mode, page->since_day, page->until_day, arena, &failures, &failure_count, err))
		return false;
	page->refusals = ARENA_ARRAY(arena, session_count + 1, struct advice_refusal);
	for (size_t i = 0; i < session_count; i++) {
		const struct policy_sessions *one = &sessions[i];
		uint64_t refused = refused_of(one, failures, failure_count);
		facts->sessions += one->successful + one->failed;
		facts->refused += refused;
		facts->unexplained += one->unexplained;
		if (refused > 0)
			page->refusals[page->refusal_count++] =
			    (struct advice_refusal){.reporter = reporter_name(one->reporter, one->organization),
			                            .refused = refused,
			                            .sessions = one->successful + one->failed};
	}
	facts->reporters = session_count;
	qsort(page->refusals, page->refusal_count, sizeof *page->refusals, by_refused);
	return true;
}

static void put_advice(const struct cli *cli, const struct advice_page *page, struct arena *arena)
{
	struct json_out json;
	struct doc doc;
	struct buf out;

	if (cli->format != OUTPUT_JSON && cli->format != OUTPUT_JSONL) {
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

static int advise(const struct cli *cli, struct str domain, struct wish *wish)
{
	struct cli_view view = {0};
	struct advice_page page = {.domain = domain, .limits = ADVICE_LIMITS, .complete.last.day = DAY_NONE};
	struct arena arena;
	struct check check;
	struct err err = {0};

	page.limits.days = wish->days;
	page.limits.reporters = wish->reporters;
	page.limits.refused = wish->refused;
	page.until_day = day_of(instant_now());
	page.since_day = page.until_day - (int32_t)wish->window_days;
	page.facts.window_days = (uint32_t)wish->window_days;
	arena_init(&arena, MIB(256));
	bool ok = cli_look_open(&wish->look, &err) && open_store(cli, &view, &err);
	if (ok) {
		domain_look(domain, &wish->look.options, &arena, &check);
		take_check(&check, &page.facts);
		page.unknowns = check.unknowns;
		struct filter filter = FILTER_ALL;
		filter.domain = domain;
		ok = view.store == NULL || (take_reports(view.store, &arena, &page, &err) &&
		                            store_complete(view.store, &filter, &arena, &page.complete, &err));
	}
	if (ok) {
		rollout_advise(&page.facts, &page.limits, &page.advice);
		put_advice(cli, &page, &arena);
	}
	cli_view_close(&view);
	cli_look_close(&wish->look);
	arena_done(&arena);
	return ok ? EXIT_DONE : cli_fail(&err);
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

int cli_policy(struct cli *cli, int argc, char **argv)
{
	struct wish wish = {.window_days = 14, .days = 14, .reporters = 2};
	const struct option options[] = {
	    {"--window", OPTION_COUNT, &wish.window_days, NULL}, {"--days", OPTION_COUNT, &wish.days, NULL},
	    {"--reporters", OPTION_COUNT, &wish.reporters, NULL}, {"--refused", OPTION_COUNT, &wish.refused, NULL},
	    CLI_LOOK_OPTIONS(&wish.look), {NULL, OPTION_FLAG, NULL, NULL},
	};
	char asked[RESOLVE_NAME_MAX];
	struct str domain;

	if (!cli_parse(cli, &argc, argv, options, usage))
		return EXIT_USAGE;
	if (argc != 2 || (strcmp(argv[0], "show") != 0 && strcmp(argv[0], "advise") != 0))
		return cli_usage("policy", "it is 'policy advise DOMAIN' or 'policy show DOMAIN'");
	int code = cli_look_judge(&wish.look, "policy");
	if (code != EXIT_DONE)
		return code;
	if (wish.window_days == 0 || wish.window_days > WINDOW_MOST)
		return cli_usage("policy", "--window is 1 to 3660 days");
	if (!cli_look_domain(argv[1], asked, &domain))
		return cli_usage("policy", "'%s' is not a domain name", argv[1]);
	return strcmp(argv[0], "show") == 0 ? show(cli, domain) : advise(cli, domain, &wish);
}
