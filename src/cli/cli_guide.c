/* SPDX-License-Identifier: ISC */
#include "cli/cli_guide.h"

#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/quote.h"
#include "cli/cli_domain.h"
#include "present/json_out.h"
#include "present/state_words.h"
#include "present/words.h"
#include "publish/txt_record.h"
#include "publish/zone_format.h"
#include "role/record_watch.h"
#include "role/report_addresses.h"
#include "role/test_report.h"
#include "store/store_domains.h"

#define TEST_WAIT_MS 60000
#define WATCH_FIRST_MS 1000
#define WATCH_MOST_MS 30000
#define ANSWER_BYTES 300

enum guide_by { BY_MAIL, BY_HTTPS, BY_BOTH };
static const char *const by_names[] = {"mail", "https", "both"};

struct guide {
	const struct cli *cli;
	const struct config *config;
	struct cli_guide_wish *wish;
	bool asks, says; /* says: words for people */
	struct str domain;
	struct arena arena;
	struct domain_row row;
	struct check check;
	enum guide_by by;
	struct str_list ours, kept, rua;
	struct str value, shown;
	enum zone_format format;
	struct record_view views[RECORD_WATCH_MOST];
	size_t view_count;
	bool is_seen, is_left;
	struct test_report *tests; /* one a URI of ours */
	struct str *test_ids;
	bool *came;
	size_t test_count;
	int code;
};

bool cli_guide_may_ask(const struct cli *cli)
{
	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && !cli->no_input && !cli->yes && !cli->dry_run && !cli->quiet &&
	       cli->format == OUTPUT_TEXT;
}

static void print(struct str text)
{
	struct buf out;

	buf_init(&out, MIB(1));
	quote_terminal(text, true, &out);
	cli_print(buf_view(&out));
	(void)fflush(stdout);
	buf_done(&out);
}

static void say(struct guide *guide, struct str text)
{
	if (!guide->says)
		return;
	print(text);
	print(STR("\n"));
}

bool cli_guide_ask(struct str question, char *answer, size_t size)
{
	print(question);
	print(STR(" "));
	if (fgets(answer, (int)size, stdin) == NULL) {
		print(STR("\n"));
		return false;
	}
	answer[strcspn(answer, "\r\n")] = '\0';
	return true;
}

/* False when the guide is left: nothing is lost. */
static bool ask(struct guide *guide, struct str question, char answer[ANSWER_BYTES])
{
	if (!guide->asks) {
		answer[0] = '\0';
		return true;
	}
	bool goes_on = cli_guide_ask(question, answer, ANSWER_BYTES) && strcmp(answer, "q") != 0;
	if (goes_on)
		return true;
	guide->is_left = true;
	say(guide, WORDS(&guide->arena, "Left. {command} goes on from here.",
	                 {"command", str_of(arena_format(&guide->arena, "'mailseal domain add %.*s'", STR_ARGS(guide->domain)))}));
	return false;
}

static bool says_no(const char *answer)
{
	/* The first letter of "no" in each language that is spoken here: no, nein, non, nie, não. */
	return answer[0] == 'n' || answer[0] == 'N' || answer[0] == '0';
}

/* --- what is there --- */

static struct str join(struct arena *arena, const struct str_list *list)
{
	return words_list(arena, list->items, list->count, 8);
}

static bool is_ours(const struct guide *guide, struct str uri)
{
	struct str token = guide->row.token;
	return str_find(uri, token) < uri.len;
}

static bool look(struct guide *guide, struct err *err)
{
	struct domain_look_options options;

	guide->wish->look.config = guide->config;
	if (!cli_look_open(&guide->wish->look, err))
		return false;
	options = guide->wish->look.options;
	options.parts = DOMAIN_LOOK_MX | DOMAIN_LOOK_TLS_RPT | DOMAIN_LOOK_STS_RECORD;
	domain_look(guide->domain, &options, &guide->arena, &guide->check);
	return guide->check.tls_rpt.state != CHECK_CANNOT_TELL ||
	       err_set(err, ERR_LATER, "what is published at _smtp._tls.%.*s now could not be told, so nothing of it can be kept; try again",
	               STR_ARGS(guide->domain));
}

static void say_found(struct guide *guide)
{
	struct arena *arena = &guide->arena;
	const struct check *check = &guide->check;
	struct str_list hosts = {.items = ARENA_ARRAY(arena, check->mx_count + 1, struct str)};

	for (size_t i = 0; i < check->mx_count; i++)
		hosts.items[hosts.count++] = check->mx[i].host;
	say(guide, WORDS(arena, "{domain} now:", {"domain", guide->domain}));
	say(guide, hosts.count > 0 ? WORDS(arena, "  Mail servers: {hosts}", {"hosts", join(arena, &hosts)})
	                           : str_of(tr("  Mail servers: none that can be seen")));
	if (check->tls_rpt.rua.count > 0)
		say(guide, WORDS(arena, "  TLS-RPT: reports go to {addresses}", {"addresses", join(arena, &check->tls_rpt.rua)}));
	else
		say(guide, str_of(tr("  TLS-RPT: no record, so nobody sends reports")));
	say(guide, check->mta_sts.record.p != NULL ? WORDS(arena, "  MTA-STS: {record}", {"record", check->mta_sts.record})
	                                           : str_of(tr("  MTA-STS: no record")));
	for (size_t i = 0; i < check->findings.count; i++)
		if (check->findings.items[i].severity >= SEVERITY_WARNING && check->findings.items[i].code != FINDING_RECORD_MISSING &&
		    check->findings.items[i].code != FINDING_STS_RECORD_MISSING)
			say(guide, WORDS(arena, "  ! {sentence}", {"sentence", finding_words_sentence(&check->findings.items[i], arena)}));
}

/* --- what shall be --- */

static bool choose_by(struct guide *guide)
{
	char answer[ANSWER_BYTES];

	for (size_t i = 0; i < COUNT_OF(by_names); i++)
		if (guide->wish->by != NULL && strcmp(guide->wish->by, by_names[i]) == 0)
			guide->by = (enum guide_by)i;
	if (guide->wish->by != NULL || !guide->asks)
		return true;
	say(guide, str_of(tr("Where should reports go?")));
	say(guide, WORDS(&guide->arena, "  1  by mail to {address} (every reporter can)", {"address", str_from(guide->ours.items[BY_MAIL], 7)}));
	say(guide, WORDS(&guide->arena, "  2  by HTTPS to {url}", {"url", guide->ours.items[BY_HTTPS]}));
	say(guide, str_of(tr("  3  both")));
	for (;;) {
		if (!ask(guide, str_of(tr("1, 2 or 3? [1]")), answer))
			return false;
		if (answer[0] == '\0' || (answer[0] >= '1' && answer[0] <= '3' && answer[1] == '\0'))
			break;
	}
	guide->by = answer[0] == '\0' ? BY_MAIL : (enum guide_by)(answer[0] - '1');
	return true;
}

static bool choose_kept(struct guide *guide)
{
	const struct str_list *now = &guide->check.tls_rpt.rua;
	char answer[ANSWER_BYTES] = "";

	guide->kept = (struct str_list){.items = ARENA_ARRAY(&guide->arena, now->count + 1, struct str)};
	for (size_t i = 0; i < now->count; i++) {
		if (is_ours(guide, now->items[i]))
			continue;
		if (!guide->wish->no_keep &&
		    !ask(guide, WORDS(&guide->arena, "Keep {address} too? [yes]", {"address", now->items[i]}), answer))
			return false;
		if (!guide->wish->no_keep && !says_no(answer))
			guide->kept.items[guide->kept.count++] = now->items[i];
	}
	return true;
}

static bool add_rua(struct guide *guide, struct str uri, struct err *err)
{
	struct buf encoded;

	buf_init(&encoded, KIB(4));
	bool ok = txt_record_encode_rua(uri, &encoded, err);
	if (ok)
		guide->rua.items[guide->rua.count++] = arena_str(&guide->arena, buf_view(&encoded));
	buf_done(&encoded);
	return ok;
}

/* Ours first: some senders use only the first. */
static bool make_record(struct guide *guide, struct err *err)
{
	struct buf value;

	guide->rua = (struct str_list){.items = ARENA_ARRAY(&guide->arena, guide->kept.count + 2, struct str)};
	bool ok = (guide->by == BY_HTTPS || add_rua(guide, guide->ours.items[BY_MAIL], err)) &&
	          (guide->by == BY_MAIL || add_rua(guide, guide->ours.items[BY_HTTPS], err));
	guide->ours.items = guide->rua.items;
	guide->ours.count = guide->rua.count;
	for (size_t i = 0; ok && i < guide->kept.count; i++) {
		struct err ignored = {0};
		(void)add_rua(guide, guide->kept.items[i], &ignored);
	}
	buf_init(&value, KIB(64));
	txt_record_write_tlsrpt(&guide->rua, &value);
	guide->value = arena_str(&guide->arena, buf_view(&value));
	buf_done(&value);
	return ok;
}

static bool is_published(const struct guide *guide)
{
	const struct str_list *now = &guide->check.tls_rpt.rua;

	if (guide->check.tls_rpt.state == CHECK_NONE || now->count != guide->rua.count)
		return false;
	for (size_t i = 0; i < now->count; i++)
		if (!str_eq(now->items[i], guide->rua.items[i]))
			return false;
	return true;
}

static bool choose_format(struct guide *guide)
{
	static const char *const names[] = {
#define X(id, name, what) name ": " what,
	    ZONE_FORMATS(X)
#undef X
	};
	char answer[ANSWER_BYTES];

	if (guide->wish->format != NULL || !guide->asks)
		return true;
	say(guide, str_of(tr("How do you change your DNS?")));
	for (size_t i = 0; i < COUNT_OF(names); i++)
		say(guide, str_of(arena_format(&guide->arena, "  %zu  %s", i + 1, names[i])));
	for (;;) {
		if (!ask(guide, str_of(tr("Which number? [1]")), answer))
			return false;
		if (answer[0] == '\0' || (answer[0] >= '1' && answer[0] < '1' + (int)COUNT_OF(names) && answer[1] == '\0'))
			break;
	}
	guide->format = answer[0] == '\0' ? ZONE_TEXT : (enum zone_format)(answer[0] - '1');
	return true;
}

static bool show_record(struct guide *guide, struct err *err)
{
	struct buf text;

	buf_init(&text, KIB(256));
	bool ok = zone_format_write(guide->format, str_of(txt_kind_label(TXT_TLSRPT)), guide->domain, guide->value,
	                            (uint32_t)guide->wish->ttl_secs, &text, err);
	guide->shown = arena_str(&guide->arena, buf_view(&text));
	buf_done(&text);
	if (!ok)
		return false;
	say(guide, guide->check.tls_rpt.state == CHECK_NONE ? str_of(tr("Publish this record:"))
	                                                    : str_of(tr("Publish this record in place of the one that is there now:")));
	say(guide, STR(""));
	say(guide, guide->shown);
	if (guide->rua.count > 1)
		say(guide, str_of(tr("There are several addresses; some senders use only the first.")));
	return true;
}

/* --- is it seen --- */

static void choose_resolvers(struct guide *guide)
{
	const struct cli_look *look = &guide->wish->look;

	guide->view_count = look->resolvers.count < RECORD_WATCH_MOST ? look->resolvers.count : RECORD_WATCH_MOST;
	for (size_t i = 0; i < guide->view_count; i++)
		guide->views[i] = (struct record_view){.resolver = look->resolvers.items[i], .seen = RECORD_SEEN_COUNT};
	if (guide->view_count == 0)
		guide->view_count = record_watch_resolvers(&guide->config->dns_resolvers, &guide->arena, guide->views);
}

static struct str seen_text(struct guide *guide, const struct record_view *view)
{
	struct arena *arena = &guide->arena;
	struct str name = str_of(view->resolver == NULL ? tr("the system's resolver") : view->resolver);
	struct str secs = words_count(arena, view->ttl_secs);

	switch (view->seen) {
	case RECORD_SEEN: return WORDS(arena, "  {resolver} sees it.", {"resolver", name});
	case RECORD_OTHER:
		return WORDS(arena, "  {resolver} still sees another record, for at most {secs} seconds.", {"resolver", name}, {"secs", secs});
	case RECORD_FAULTY:
		return WORDS(arena, "  {resolver} sees a fault: {sentence}", {"resolver", name},
		             {"sentence", view->findings.count == 0 ? STR("") : finding_words_sentence(&view->findings.items[0], arena)});
	case RECORD_NOT_THERE: return WORDS(arena, "  {resolver} does not see it yet.", {"resolver", name});
	case RECORD_NO_ANSWER:
	case RECORD_SEEN_COUNT: break;
	}
	return WORDS(arena, "  {resolver} does not answer.", {"resolver", name});
}

static void look_again(struct guide *guide)
{
	struct resolve_options options = {
	    .trust_anchor = guide->wish->look.trust_anchor != NULL       ? guide->wish->look.trust_anchor
	                    : guide->config->dns_trust_anchor[0] == '\0' ? NULL
	                                                                 : guide->config->dns_trust_anchor,
	    .question_ms = (uint32_t)guide->config->dns_timeout * 1000};
	enum record_seen before[RECORD_WATCH_MOST];

	for (size_t i = 0; i < guide->view_count; i++)
		before[i] = guide->views[i].seen;
	record_watch(guide->domain, &guide->ours, &options, &guide->arena, guide->views, guide->view_count);
	guide->is_seen = true;
	for (size_t i = 0; i < guide->view_count; i++) {
		guide->is_seen = guide->is_seen && guide->views[i].seen == RECORD_SEEN;
		if (guide->views[i].seen != before[i])
			say(guide, seen_text(guide, &guide->views[i]));
	}
}

static bool watch(struct guide *guide)
{
	int64_t until_ms = clock_ms() + (int64_t)guide->wish->wait_secs * 1000, pause_ms = WATCH_FIRST_MS;
	char answer[ANSWER_BYTES];

	choose_resolvers(guide);
	if (guide->wish->no_wait) {
		look_again(guide);
		return true;
	}
	if (!is_published(guide) && !ask(guide, str_of(tr("Press Enter when it is published, or q to go on later.")), answer))
		return false;
	look_again(guide);
	while (!guide->is_seen && clock_ms() < until_ms) {
		(void)poll(NULL, 0, (int)pause_ms);
		pause_ms = pause_ms * 2 < WATCH_MOST_MS ? pause_ms * 2 : WATCH_MOST_MS;
		look_again(guide);
	}
	if (guide->is_seen)
		return true;
	guide->is_left = true;
	say(guide, WORDS(&guide->arena, "Not every resolver sees it yet. {command} goes on from here.",
	                 {"command", str_of(arena_format(&guide->arena, "'mailseal domain add %.*s'", STR_ARGS(guide->domain)))}));
	return false;
}

/* --- the test --- */

/* Of those that were taken. */
static bool all_came(const struct guide *guide)
{
	for (size_t i = 0; i < guide->test_count; i++)
		if (guide->tests[i].result == TEST_REPORT_TAKEN && !guide->came[i])
			return false;
	return true;
}

static bool look_for_tests(struct guide *guide, struct err *err)
{
	struct cli_view view = {0};
	bool ok = cli_view_open(guide->cli, &view, err);

	for (size_t i = 0; ok && i < guide->test_count; i++)
		if (guide->tests[i].result == TEST_REPORT_TAKEN && !guide->came[i])
			ok = store_report_came(view.store, guide->test_ids[i], test_report_begin(), &guide->came[i], err);
	cli_view_close(&view);
	return ok;
}

static bool wait_for_tests(struct guide *guide, struct err *err)
{
	int64_t until_ms = clock_ms() + TEST_WAIT_MS;

	while (!all_came(guide)) {
		if (!look_for_tests(guide, err))
			return false;
		if (all_came(guide) || clock_ms() >= until_ms)
			return true;
		(void)poll(NULL, 0, 250);
	}
	return true;
}

static struct str test_text(struct guide *guide, const struct test_report *test)
{
	struct arena *arena = &guide->arena;
	struct str reason = test->reason.p == NULL ? STR("") : test->reason;

	switch (test->result) {
	case TEST_REPORT_TAKEN: return WORDS(arena, "  {address} took a test report.", {"address", test->uri});
	case TEST_REPORT_REFUSED:
		return WORDS(arena, "  {address} refused a test report: {reason}", {"address", test->uri}, {"reason", reason});
	case TEST_REPORT_TLS:
		return WORDS(arena, "  {address} has no valid certificate: {reason}", {"address", test->uri}, {"reason", reason});
	case TEST_REPORT_NO_WAY:
	case TEST_REPORT_RESULT_COUNT: break;
	}
	return WORDS(arena, "  {address} cannot be reached from here: {reason}", {"address", test->uri}, {"reason", reason});
}

static bool test(struct guide *guide, struct err *err)
{
	char answer[ANSWER_BYTES];

	if (guide->wish->no_test || !guide->is_seen)
		return true;
	if (!ask(guide, str_of(tr("Send a test report the way that reporters send theirs? [yes]")), answer))
		return false;
	if (says_no(answer))
		return true;
	guide->tests = ARENA_ARRAY(&guide->arena, guide->ours.count, struct test_report);
	guide->test_ids = ARENA_ARRAY(&guide->arena, guide->ours.count, struct str);
	guide->came = ARENA_ARRAY(&guide->arena, guide->ours.count, bool);
	for (size_t i = 0; i < guide->ours.count; i++) {
		struct test_report *one = &guide->tests[guide->test_count];
		guide->test_ids[guide->test_count++] = test_report_id(&guide->arena);
		test_report_send(guide->domain, guide->ours.items[i], guide->test_ids[i], &guide->wish->look.options, &guide->arena, one);
		say(guide, test_text(guide, one));
	}
	if (!wait_for_tests(guide, err))
		return false;
	for (size_t i = 0; i < guide->test_count; i++)
		if (guide->tests[i].result == TEST_REPORT_TAKEN)
			say(guide, WORDS(&guide->arena, guide->came[i] ? tr_mark("  What was sent to {address} came in here.")
			                                               : tr_mark("  What was sent to {address} did not come in here within a minute: is "
			                                                         "this the server that takes it?"),
			                 {"address", guide->tests[i].uri}));
	return true;
}

/* --- the end --- */

static void say_next(struct guide *guide)
{
	struct arena *arena = &guide->arena;

	if (!guide->is_seen)
		return;
	say(guide, str_of(tr("What comes next:")));
	say(guide, str_of(tr("  The first reports come within 48 hours, most of them in the early morning (UTC).")));
	if (guide->check.mta_sts.record.p == NULL)
		say(guide, WORDS(arena, "  {command} begins with MTA-STS: testing refuses no mail.",
		                 {"command", str_of(arena_format(arena, "'mailseal policy publish %.*s'", STR_ARGS(guide->domain)))}));
	say(guide, WORDS(arena, "  {command} says who is told when something is wrong.",
	                 {"command", STR("'mailseal alert channel add'")}));
	say(guide, WORDS(arena, "  {command} looks at the mail servers.",
	                 {"command", str_of(arena_format(arena, "'mailseal check %.*s'", STR_ARGS(guide->domain)))}));
}

static void put_json(struct guide *guide)
{
	struct json_out json;
	struct buf out;

	buf_init(&out, MIB(1));
	json_out_init(&json, &out, guide->cli->format == OUTPUT_JSON);
	json_out_object(&json, NULL);
	json_out_str(&json, "domain", guide->domain);
	json_out_list(&json, "kept");
	for (size_t i = 0; i < guide->kept.count; i++)
		json_out_str(&json, NULL, guide->kept.items[i]);
	json_out_end(&json);
	json_out_object(&json, "record");
	json_out_str(&json, "name", str_of(arena_format(&guide->arena, "%s.%.*s", txt_kind_label(TXT_TLSRPT), STR_ARGS(guide->domain))));
	json_out_str(&json, "type", STR("TXT"));
	json_out_uint(&json, "ttl", guide->wish->ttl_secs);
	json_out_str(&json, "value", guide->value);
	json_out_str(&json, "formatted", guide->shown);
	json_out_end(&json);
	json_out_list(&json, "resolvers");
	for (size_t i = 0; i < guide->view_count; i++) {
		json_out_object(&json, NULL);
		json_out_str(&json, "resolver", str_of(guide->views[i].resolver));
		json_out_str(&json, "state", str_of(record_seen_text(guide->views[i].seen)));
		json_out_end(&json);
	}
	json_out_end(&json);
	json_out_bool(&json, "seen", guide->is_seen);
	json_out_list(&json, "tests");
	for (size_t i = 0; i < guide->test_count; i++) {
		json_out_object(&json, NULL);
		json_out_str(&json, "address", guide->tests[i].uri);
		json_out_str(&json, "result", str_of(test_report_result_text(guide->tests[i].result)));
		json_out_str(&json, "reason", guide->tests[i].reason);
		json_out_bool(&json, "came", guide->came[i]);
		json_out_end(&json);
	}
	json_out_end(&json);
	json_out_end(&json);
	cli_print(buf_view(&out));
	buf_done(&out);
}

/* Mail, then HTTPS: the secret addresses of the domain. */
static bool find_ours(struct guide *guide, struct err *err)
{
	struct cli_view view = {0};
	struct str base = guide->wish->base_url != NULL ? str_of(guide->wish->base_url) : STR_NONE;
	struct domain_rua rua;
	struct domain_row row;

	bool ok = cli_view_open(guide->cli, &view, err) && store_domain(view.store, guide->domain, &view.arena, &row, err);
	if (ok) {
		guide->row = row;
		guide->row.token = arena_str(&guide->arena, row.token);
		report_addresses_of_domain(guide->config, base, guide->row.token, &guide->arena, &rua);
		guide->ours = (struct str_list){.items = ARENA_ARRAY(&guide->arena, 2, struct str), .count = 2};
		guide->ours.items[BY_MAIL] = rua.mail;
		guide->ours.items[BY_HTTPS] = rua.https;
	}
	cli_view_close(&view);
	return ok;
}

static bool prove(struct guide *guide)
{
	struct cli quiet = *guide->cli;

	quiet.quiet = true;
	guide->code = cli_domain_verify(&quiet, guide->config, arena_text(&guide->arena, guide->domain),
	                                &guide->wish->look.resolvers, guide->wish->look.trust_anchor);
	if (guide->code == EXIT_DONE)
		say(guide, str_of(tr("The record proves that the domain is yours.")));
	return guide->code == EXIT_DONE;
}

static bool run(struct guide *guide, struct err *err)
{
	if (!find_ours(guide, err) || !look(guide, err))
		return false;
	say_found(guide);
	if (!choose_by(guide) || !choose_kept(guide))
		return true;
	if (!make_record(guide, err))
		return false;
	if (!is_published(guide) && !choose_format(guide))
		return true;
	if (is_published(guide))
		say(guide, str_of(tr("The record is published as it should be.")));
	else if (!show_record(guide, err))
		return false;
	if (!watch(guide))
		return true;
	if (guide->is_seen && !prove(guide))
		return true;
	if (!test(guide, err))
		return guide->is_left;
	say_next(guide);
	return true;
}

static int code_of(const struct guide *guide)
{
	bool failed = !all_came(guide);

	for (size_t i = 0; i < guide->test_count; i++)
		failed = failed || guide->tests[i].result != TEST_REPORT_TAKEN;
	if (guide->code != EXIT_DONE)
		return guide->code;
	return failed || (!guide->is_seen && !guide->wish->no_wait && !guide->asks) ? EXIT_PROBLEMS : EXIT_DONE;
}

int cli_guide(const struct cli *cli, const struct config *config, struct str domain, struct cli_guide_wish *wish,
              bool may_ask)
{
	struct guide guide = {.cli = cli, .config = config, .wish = wish, .asks = may_ask, .domain = domain, .format = ZONE_TEXT,
	                      .says = cli->format == OUTPUT_TEXT && !cli->quiet, .code = EXIT_DONE};
	struct err err = {0};

	if (wish->format != NULL && !zone_format_of(str_of(wish->format), &guide.format))
		return cli_usage("domain", "there is no format '%s'", wish->format);
	arena_init(&guide.arena, MIB(256));
	bool ok = run(&guide, &err);
	if (ok && (cli->format == OUTPUT_JSON || cli->format == OUTPUT_JSONL))
		put_json(&guide);
	cli_look_close(&wish->look);
	int code = ok ? code_of(&guide) : cli_fail(&err);
	arena_done(&guide.arena);
	return !ok && err.kind == ERR_LATER ? EXIT_CANNOT_TELL : code;
}
