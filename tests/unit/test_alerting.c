/* SPDX-License-Identifier: ISC */
/* Stories of alerts over weeks: for each channel the whole list of its messages, and for each rule what it would have done. */
#include "alert/alert_message.h"
#include "alert/alert_retry.h"
#include "alert/alert_rules.h"
#include "base/log.h"
#include "diagnose/classify.h"
#include "role/alerting.h"
#include "role/diagnosis.h"
#include "role/mute_token.h"
#include "store/alert_channels.h"
#include "store/alert_outbox.h"
#include "store/alert_ruleset.h"
#include "store/alerts.h"
#include "store_fixture.h"

#define FIRST 20100 /* 2025-01-12 */

static const struct alert_house house = {
    .name = {"host.example", 12}, .from = {"mailseal@host.example", 21}, .base_url = {"https://tls.example.org", 23}};

static int serial;

static instant morning_after(int32_t day)
{
	return day_start(day + 1) + 6 * 3600;
}

static void settle(struct fixture *f, instant now)
{
	bool more = true;
	must(f, store_begin(f->store, &f->err));
	while (more)
		must(f, diagnosis_run(f->store, now, 4096, &more, &f->err));
	must(f, alerting_judge(f->store, &f->arena, now, &f->err));
	must(f, store_commit(f->store, &f->err));
	must(f, alerting_deliver(f->store, &house, now, &f->err));
	must(f, alerting_release(f->store, &house, now, &f->err));
}

struct word {
	const char *reporter, *domain, *mx;
	uint64_t successful, failed;
	enum sts_mode mode;
};

/* Inside a transaction. */
static void take(struct fixture *f, int32_t day, instant now, struct word word)
{
	int number = ++serial;
	struct sketch sketch = {.reporter = word.reporter,
	                        .id = arena_format(&f->arena, "r%d", number),
	                        .domain = word.domain,
	                        .day = day,
	                        .successful = word.successful,
	                        .failed = word.failed,
	                        .result = word.failed > 0 ? "certificate-expired" : NULL,
	                        .mx = word.mx,
	                        .type = POLICY_STS,
	                        .mode = word.mode,
	                        .door = DOOR_SMTP,
	                        .received_at = now,
	                        .seed = serial};
	struct ingest_result result = {0};
	struct arrival arrival = sketch_arrival(&f->arena, &sketch);
	struct decoded decoded = {.reports = sketch_report(&f->arena, &sketch), .report_count = 1};
	classify_report(decoded.reports);
	must(f, store_ingest(f->store, &arrival, &decoded, TRUST_SIGNED, STR("test"), &result, &f->err));
	assert_int_equal(result.outcome, INGEST_STORED);
}

static void hear(struct fixture *f, int32_t day, instant now, struct word word)
{
	must(f, store_begin(f->store, &f->err));
	take(f, day, now, word);
	must(f, store_commit(f->store, &f->err));
}

static int64_t add_channel(struct fixture *f, const char *name, enum alert_channel_kind kind)
{
	struct alert_channel channel = {.name = str_of(name),
	                                .kind = kind,
	                                .address = kind == CHANNEL_MAIL ? STR("ops@example.net") : STR("https://hooks.example.net/x"),
	                                .target = STR(""),
	                                .secret = STR("cred:x"),
	                                .language = STR("en"),
	                                .mx = STR("")};
	int64_t id;
	must(f, alert_channels_add(f->store, &channel, &id, &f->err));
	return id;
}

static struct alert_rule a_rule(const char *name, enum alert_what what)
{
	return (struct alert_rule){.name = str_of(name), .what = what, .least_sessions = 20, .severity = SEVERITY_WARNING,
	                           .repeat_days = 7, .muted_until = INSTANT_NONE, .zone = STR("UTC"), .daily_minute = 540};
}

static void save(struct fixture *f, struct alert_rule *rule)
{
	must(f, alert_ruleset_save(f->store, rule, &rule->id, &f->err));
}

/* Of one channel, oldest first: "day state headline". */
static const char *outbox_of(struct fixture *f, int64_t channel)
{
	struct alert_outbox_filter filter = {.channel = channel, .alert = -1};
	struct alert_delivery *rows;
	struct buf out;
	size_t n;
	buf_init(&out, MIB(1));
	must(f, alert_outbox_list(f->store, &filter, &f->arena, &rows, &n, &f->err));
	for (size_t i = n; i > 0; i--)
		buf_format(&out, "%d %s %.*s%s%.*s\n", day_of(rows[i - 1].created_at) - FIRST,
		           alert_outbox_state_text(rows[i - 1].state), STR_ARGS(rows[i - 1].headline),
		           rows[i - 1].headline.len > 0 && rows[i - 1].words.len > 0 ? " / " : "", STR_ARGS(rows[i - 1].words));
	char *text = arena_text(&f->arena, buf_view(&out));
	buf_done(&out);
	return text;
}

#define assert_outbox(f, channel, want) assert_string_equal(outbox_of(f, channel), want)

/* Days of the first FIRED rows of a rule in the log, and what the trial says of the same days. */
static void assert_trial(struct fixture *f, const struct alert_rule *rule, instant now, const char *want)
{
	struct alert_trial trial;
	struct alert_row *rows;
	struct buf fired, tried;
	size_t n;
	buf_init(&fired, KIB(64));
	buf_init(&tried, KIB(64));
	must(f, alerts_list(f->store, INT64_MAX, 1000, &f->arena, &rows, &n, &f->err));
	for (size_t i = n; i > 0; i--)
		if (rows[i - 1].rule == rule->id && rows[i - 1].kind == ALERT_FIRED && rows[i - 1].outcome <= ALERT_SAID)
			buf_format(&fired, "%d ", (rows[i - 1].day == DAY_NONE ? day_of(rows[i - 1].at) : rows[i - 1].day) - FIRST);
	must(f, alerting_try(f->store, rule, now, &f->arena, &trial, &f->err));
	for (size_t i = 0; i < trial.count; i++)
		buf_format(&tried, "%d ", trial.hits[i].day - FIRST);
	assert_string_equal(arena_text(&f->arena, buf_view(&fired)), want);
	assert_string_equal(arena_text(&f->arena, buf_view(&tried)), want);
	buf_done(&fired);
	buf_done(&tried);
}

#define GOOD(domain) ((struct word){"google.com", domain, "mx.example.net", 20, 0, MODE_ENFORCE})
#define BAD(domain) ((struct word){"google.com", domain, "mx.example.net", 0, 20, MODE_ENFORCE})

static void an_expired_certificate_is_told_and_ended_once_for_each_channel(void **state)
{
	(void)state;
	struct fixture f;
	fixture_start(&f);
	int64_t ops = add_channel(&f, "ops", CHANNEL_MAIL), hook = add_channel(&f, "hook", CHANNEL_WEBHOOK);
	for (int32_t day = FIRST; day < FIRST + 12; day++) {
		bool broken = day >= FIRST + 4 && day < FIRST + 8;
		must(&f, store_begin(f.store, &f.err));
		for (int d = 0; d < 500; d++) {
			const char *domain = arena_format(&f.arena, "d%03d.example.org", d);
			take(&f, day, morning_after(day), broken ? BAD(domain) : GOOD(domain));
		}
		must(&f, store_commit(f.store, &f.err));
		settle(&f, morning_after(day));
	}
	static const char want[] = "5 queued Mail is being refused: Certificate expired on mx.example.net [TI-1001]\n"
	                           "9 queued Over: Certificate expired on mx.example.net [TI-1001]\n";
	assert_outbox(&f, ops, want);
	assert_outbox(&f, hook, want);
	struct alert_rule ready;
	must(&f, alert_ruleset_load(f.store, ALERT_MAIL_REFUSED, &f.arena, &ready, &f.err));
	assert_trial(&f, &ready, morning_after(FIRST + 12), "5 ");
	must(&f, alert_ruleset_load(f.store, ALERT_NEW_FAILURE, &f.arena, &ready, &f.err));
	assert_trial(&f, &ready, morning_after(FIRST + 12), "");
	fixture_stop(&f);
}

static void rules_about_days_do_what_their_trial_says(void **state)
{
	(void)state;
	struct fixture f;
	fixture_start(&f);
	int64_t chat = add_channel(&f, "chat", CHANNEL_WEBHOOK);
	struct alert_rule share = a_rule("shaky", WHAT_SHARE), other = a_rule("another domain", WHAT_FAILED);
	struct alert_rule silence = a_rule("too quiet", WHAT_SILENCE), refused = a_rule("refused", WHAT_REFUSED);
	share.over = 1000; /* 10 % */
	silence.over = 3;
	other.scope = SCOPE_DOMAIN;
	other.scope_name = STR("other.example");
	hear(&f, FIRST - 1, morning_after(FIRST - 1), GOOD("other.example"));
	save(&f, &share);
	save(&f, &other);
	save(&f, &silence);
	save(&f, &refused);
	/* The ready-made ones would tell the issue itself: here they are off. */
	for (int64_t id = 0; id < ALERT_READY_COUNT; id++) {
		struct alert_rule ready;
		must(&f, alert_ruleset_load(f.store, id, &f.arena, &ready, &f.err));
		ready.is_off = true;
		save(&f, &ready);
	}
	static const struct {
		int day;
		uint64_t good, bad;
		enum sts_mode mode;
	} days[] = {{0, 100, 0, MODE_TESTING}, {1, 100, 5, MODE_TESTING}, {2, 80, 20, MODE_TESTING}, {3, 90, 20, MODE_TESTING},
	            {4, 100, 0, MODE_TESTING}, {5, 100, 0, MODE_TESTING}, {6, 50, 50, MODE_TESTING}, {9, 50, 50, MODE_ENFORCE},
	            {14, 100, 0, MODE_TESTING}};
	for (int32_t day = FIRST, i = 0; day <= FIRST + 16; day++) {
		if (days[i].day == day - FIRST) {
			hear(&f, day, morning_after(day), (struct word){"google.com", "example.com", "mx.example.net", days[i].good,
			                                                days[i].bad, days[i].mode});
			i += (size_t)i + 1 < COUNT_OF(days);
		}
		settle(&f, morning_after(day));
	}
	/* 20 % on day 2, told on the morning of day 3; over with day 4; too soon again on day 6; again on day 9. */
	assert_outbox(&f, chat,
	              "3 queued shaky: 20 % of 100 sessions failed on 14 January 2025.\n"
	              "6 queued Over: shaky: 0 % of 100 sessions failed on 16 January 2025.\n"
	              "10 queued shaky: 50 % of 100 sessions failed on 21 January 2025.\n"
	              "10 queued refused: Mail was refused in 50 sessions on 21 January 2025.\n"
	              "13 queued too quiet: On 25 January 2025 there had been no report for 3 days.\n"
	              "15 queued Over: too quiet: On 27 January 2025 there were reports again.\n"
	              "16 queued Over: shaky: 0 % of 100 sessions failed on 26 January 2025.\n"
	              "16 queued Over: refused: Mail was refused in 0 sessions on 26 January 2025.\n");
	instant now = morning_after(FIRST + 16);
	assert_trial(&f, &share, now, "2 9 ");
	assert_trial(&f, &refused, now, "9 ");
	assert_trial(&f, &silence, now, "13 ");
	assert_trial(&f, &other, now, "");
	fixture_stop(&f);
}

static void a_channel_hears_of_an_issue_once_whatever_rules_fit(void **state)
{
	(void)state;
	struct fixture f;
	fixture_start(&f);
	int64_t ops = add_channel(&f, "ops", CHANNEL_MAIL), boss = add_channel(&f, "boss", CHANNEL_WEBHOOK);
	int64_t paused = add_channel(&f, "paused", CHANNEL_WEBHOOK);
	struct alert_channel channel;
	must(&f, alert_channels_load(f.store, paused, &f.arena, &channel, &f.err));
	channel.is_paused = true;
	must(&f, alert_channels_save(f.store, &channel, &f.err));
	struct alert_rule ready, cause = a_rule("certificates", WHAT_CAUSE), elsewhere = a_rule("elsewhere", WHAT_SEVERITY);
	cause.cause = STR("cert-expired");
	hear(&f, FIRST - 1, morning_after(FIRST - 1), GOOD("other.example"));
	elsewhere.scope = SCOPE_DOMAIN;
	elsewhere.scope_name = STR("other.example");
	save(&f, &cause);
	save(&f, &elsewhere);
	must(&f, alert_ruleset_load(f.store, ALERT_MAIL_REFUSED, &f.arena, &ready, &f.err));
	ready.channels[0] = ops;
	ready.channel_count = 1;
	save(&f, &ready);
	hear(&f, FIRST, morning_after(FIRST), BAD("example.com"));
	settle(&f, morning_after(FIRST));
	assert_outbox(&f, ops, "1 queued Mail is being refused: Certificate expired on mx.example.net [TI-1001]\n"
	                       "1 suppressed told-by-another-rule\n");
	assert_outbox(&f, boss, "1 queued certificates: Certificate expired on mx.example.net [TI-1001]\n");
	assert_outbox(&f, paused, "1 suppressed channel-paused\n");
	assert_trial(&f, &cause, morning_after(FIRST), "1 ");
	assert_trial(&f, &elsewhere, morning_after(FIRST), "");
	fixture_stop(&f);
}

static void at_night_only_what_is_critical_is_told_and_the_rest_in_one_message(void **state)
{
	(void)state;
	struct fixture f;
	fixture_start(&f);
	int64_t ops = add_channel(&f, "ops", CHANNEL_MAIL);
	for (int64_t id = 0; id < ALERT_READY_COUNT; id++) {
		struct alert_rule ready;
		must(&f, alert_ruleset_load(f.store, id, &f.arena, &ready, &f.err));
		ready.has_quiet = true;
		ready.quiet_from = 22 * 60;
		ready.quiet_to = 7 * 60;
		ready.zone_rule = STR("CET-1CEST,M3.5.0,M10.5.0/3");
		save(&f, &ready);
	}
	instant night = day_start(FIRST + 1) + 2 * 3600;
	for (int i = 0; i < 2; i++)
		hear(&f, FIRST, night, (struct word){"google.com", arena_format(&f.arena, "t%d.example", i),
		                                     arena_format(&f.arena, "mx%d.example.net", i), 0, 20, MODE_TESTING});
	settle(&f, night);
	hear(&f, FIRST, night + 60, BAD("example.com"));
	settle(&f, night + 60);
	assert_outbox(&f, ops, "1 waiting A new kind of failure: Certificate expired on mx0.example.net [TI-1001]\n"
	                       "1 waiting A new kind of failure: Certificate expired on mx1.example.net [TI-1002]\n"
	                       "1 queued Mail is being refused: Certificate expired on mx.example.net [TI-1003]\n");
	settle(&f, day_start(FIRST + 1) + 6 * 3600 - 1);
	settle(&f, day_start(FIRST + 1) + 6 * 3600);
	assert_outbox(&f, ops, "1 queued 2 messages: A new kind of failure\n"
	                       "1 merged A new kind of failure: Certificate expired on mx1.example.net [TI-1002] / in one message with others\n"
	                       "1 queued Mail is being refused: Certificate expired on mx.example.net [TI-1003]\n");
	fixture_stop(&f);
}

static void a_storm_is_four_messages_and_a_digest_and_a_pager_gets_each(void **state)
{
	(void)state;
	struct fixture f;
	fixture_start(&f);
	int64_t ops = add_channel(&f, "ops", CHANNEL_MAIL), pager = add_channel(&f, "pager", CHANNEL_PAGERDUTY);
	instant now = morning_after(FIRST);
	for (int i = 0; i < 7; i++)
		hear(&f, FIRST, now, (struct word){"google.com", arena_format(&f.arena, "d%d.example", i),
		                                   arena_format(&f.arena, "mx%d.example.net", i), 0, 20, MODE_ENFORCE});
	settle(&f, now);
	settle(&f, now + 3601);
	for (int i = 0; i < 7; i++)
		hear(&f, FIRST + 1, now + SECS_PER_DAY,
		     (struct word){"google.com", arena_format(&f.arena, "d%d.example", i), NULL, 20, 0, MODE_ENFORCE});
	settle(&f, now + SECS_PER_DAY);
	settle(&f, now + SECS_PER_DAY + 3601);
	assert_outbox(&f, ops,
	              "1 queued Mail is being refused: Certificate expired on mx0.example.net [TI-1001]\n"
	              "1 queued Mail is being refused: Certificate expired on mx1.example.net [TI-1002]\n"
	              "1 queued Mail is being refused: Certificate expired on mx2.example.net [TI-1003]\n"
	              "1 queued Mail is being refused: Certificate expired on mx3.example.net [TI-1004]\n"
	              "1 queued 3 more messages of the last hour: Mail is being refused\n"
	              "2 queued Over: Certificate expired on mx0.example.net [TI-1001]\n"
	              "2 queued Over: Certificate expired on mx1.example.net [TI-1002]\n"
	              "2 queued Over: Certificate expired on mx2.example.net [TI-1003]\n"
	              "2 queued Over: Certificate expired on mx3.example.net [TI-1004]\n"
	              "2 queued 3 more messages of the last hour: Mail is being refused\n");
	const char *paged = outbox_of(&f, pager);
	for (int i = 0; i < 7; i++) {
		const char *fired = arena_format(&f.arena, "queued Mail is being refused: Certificate expired on mx%d.example.net", i);
		const char *over = arena_format(&f.arena, "queued Over: Certificate expired on mx%d.example.net", i);
		assert_non_null(strstr(paged, fired));
		assert_non_null(strstr(paged, over));
	}
	assert_null(strstr(paged, "more messages"));
	fixture_stop(&f);
}

static void what_is_muted_is_noted_and_not_told(void **state)
{
	(void)state;
	struct fixture f;
	struct alert_row *rows;
	size_t n;
	fixture_start(&f);
	int64_t ops = add_channel(&f, "ops", CHANNEL_MAIL);
	must(&f, alert_ruleset_mute(f.store, ALERT_MAIL_REFUSED, morning_after(FIRST) + 7 * SECS_PER_DAY, &f.err));
	hear(&f, FIRST, morning_after(FIRST), BAD("example.com"));
	settle(&f, morning_after(FIRST));
	assert_outbox(&f, ops, "");
	must(&f, alerts_list(f.store, INT64_MAX, 10, &f.arena, &rows, &n, &f.err));
	assert_true(n == 1 && rows->outcome == ALERT_MUTED);
	fixture_stop(&f);
}

static void a_message_is_tried_ten_times_and_then_the_others_hear_of_it(void **state)
{
	(void)state;
	struct fixture f;
	struct alert_delivery *due;
	size_t n;
	fixture_start(&f);
	int64_t ops = add_channel(&f, "ops", CHANNEL_MAIL), hook = add_channel(&f, "hook", CHANNEL_WEBHOOK);
	hear(&f, FIRST, morning_after(FIRST), BAD("example.com"));
	instant now = morning_after(FIRST);
	settle(&f, now);
	struct alert_result fine = {.carried = CARRIED, .words = STR("taken")};
	struct alert_result later = {.carried = CARRIED_LATER, .words = STR("HTTP 500")};
	int attempts = 0;
	for (;;) {
		must(&f, alert_outbox_due(f.store, now, 10, &f.arena, &due, &n, &f.err));
		for (size_t i = 0; i < n; i++) {
			must(&f, store_begin(f.store, &f.err));
			must(&f, alerting_carried(f.store, &house, due[i].id, due[i].channel == hook ? &later : &fine, now, &f.err));
			must(&f, store_commit(f.store, &f.err));
			attempts += due[i].channel == hook;
		}
		must(&f, alert_outbox_next(f.store, now - 1, &now, &f.err));
		if (now == INSTANT_NONE)
			break;
		fixture_reopen(&f); /* nothing of it is in memory alone */
	}
	assert_int_equal(attempts, ALERT_ATTEMPTS);
	assert_outbox(&f, hook, "1 failed Mail is being refused: Certificate expired on mx.example.net [TI-1001] / HTTP 500\n");
	assert_outbox(&f, ops, "1 delivered Mail is being refused: Certificate expired on mx.example.net [TI-1001] / taken\n"
	                       "4 delivered Alerts do not reach the channel hook / taken\n");
	fixture_stop(&f);
}

/* The only message that is due. */
static struct alert_request due_request(struct fixture *f, instant now, int64_t *out_id)
{
	struct alert_delivery *due;
	struct alert_request request;
	size_t n;
	must(f, alert_outbox_due(f->store, now, 10, &f->arena, &due, &n, &f->err));
	assert_int_equal(n, 1);
	must(f, alert_request_read(due->request, &request, &f->err));
	*out_id = due->id;
	return request;
}

static void carry(struct fixture *f, int64_t id, instant now)
{
	struct alert_result fine = {.carried = CARRIED, .words = STR("taken")};
	must(f, store_begin(f->store, &f->err));
	must(f, alerting_carried(f->store, &house, id, &fine, now, &f->err));
	must(f, store_commit(f->store, &f->err));
}

static bool holds(struct str text, const char *what)
{
	return str_find(text, str_of(what)) < text.len;
}

static void a_mail_sent_again_has_the_old_words_a_new_id_and_goes_where_the_channel_is_now(void **state)
{
	(void)state;
	struct fixture f;
	struct alert_channel channel;
	int64_t first, copy, again;
	fixture_start(&f);
	int64_t ops = add_channel(&f, "ops", CHANNEL_MAIL);
	hear(&f, FIRST, morning_after(FIRST), BAD("example.com"));
	instant now = morning_after(FIRST);
	settle(&f, now);
	struct alert_request old = due_request(&f, now, &first);
	assert_false(alerting_resend(f.store, &house, first, STR("ana"), now, &copy, &f.err));
	assert_string_equal(f.err.text, "the message is still on its way");
	carry(&f, first, now);
	must(&f, alert_channels_load(f.store, ops, &f.arena, &channel, &f.err));
	channel.address = STR("night@elsewhere.example");
	must(&f, alert_channels_save(f.store, &channel, &f.err));
	must(&f, alerting_resend(f.store, &house, first, STR("ana"), now, &copy, &f.err));
	struct alert_request made = due_request(&f, now, &again);
	assert_int_equal(copy, again);
	assert_true(str_eq(made.to, channel.address) && !str_eq(made.id, old.id));
	assert_true(holds(made.body, "To: <night@elsewhere.example>\r\n") && !holds(made.body, "ops@example.net>"));
	assert_true(holds(made.body, arena_format(&f.arena, "Message-ID: <%.*s@host.example>\r\n", STR_ARGS(made.id))));
	assert_false(holds(made.body, arena_format(&f.arena, "Message-ID: <%.*s@", STR_ARGS(old.id))));
	size_t from = str_find(old.body, STR("Subject: ")), to = str_find(old.body, STR("Message-ID: "));
	assert_true(holds(made.body, arena_text(&f.arena, str_upto(str_from(old.body, from), to - from))));
	carry(&f, copy, now);
	assert_false(alerting_resend(f.store, &house, copy, STR("ana"), now + 59, &again, &f.err));
	assert_int_equal(f.err.kind, ERR_TOO_BIG);
	must(&f, alerting_resend(f.store, &house, copy, STR("ana"), now + 60, &again, &f.err));
	must(&f, alert_channels_remove(f.store, ops, now, &f.err));
	assert_false(alerting_resend(f.store, &house, first, STR("ana"), now + 600, &again, &f.err));
	assert_int_equal(f.err.kind, ERR_MISSING);
	fixture_stop(&f);
}

static void sixty_messages_of_a_channel_are_sent_again_in_an_hour(void **state)
{
	(void)state;
	struct fixture f;
	instant now = morning_after(FIRST);
	int64_t first, copy;
	int sent = 0;
	fixture_start(&f);
	add_channel(&f, "hook", CHANNEL_WEBHOOK);
	for (; sent < 100; sent++) {
		must(&f, alerting_test(f.store, &house, STR("hook"), now, &first, &f.err));
		struct str id = due_request(&f, now, &first).id;
		carry(&f, first, now);
		if (!alerting_resend(f.store, &house, first, STR("ana"), now, &copy, &f.err))
			break;
		assert_true(str_eq(due_request(&f, now, &copy).id, id)); /* a webhook tells by it what is the same */
		carry(&f, copy, now);
	}
	assert_int_equal(sent, 60);
	assert_int_equal(f.err.kind, ERR_TOO_BIG);
	must(&f, alerting_resend(f.store, &house, first, STR("ana"), now + 3600, &copy, &f.err));
	fixture_stop(&f);
}

static void a_document_is_sent_once_to_a_mail_channel(void **state)
{
	(void)state;
	struct fixture f;
	struct doc doc;
	struct alert_delivery *due;
	size_t n;
	fixture_start(&f);
	int64_t ops = add_channel(&f, "ops", CHANNEL_MAIL), hook = add_channel(&f, "hook", CHANNEL_WEBHOOK);
	doc_init(&doc, &f.arena, STR("Acme: 1 problem, 38 of 41 domains clean"));
	doc_sentence(&doc, STR("Mail was refused in <1,440> sessions."));
	must(&f, store_begin(f.store, &f.err));
	must(&f, alerting_send_document(f.store, &house, ops, &doc, STR("digest-2025-W03"), 1000, &f.err));
	must(&f, alerting_send_document(f.store, &house, ops, &doc, STR("digest-2025-W03"), 2000, &f.err));
	assert_false(alerting_send_document(f.store, &house, hook, &doc, STR("digest-2025-W03"), 1000, &f.err));
	assert_int_equal(f.err.kind, ERR_INPUT);
	must(&f, store_commit(f.store, &f.err));
	must(&f, alert_outbox_due(f.store, 3000, 10, &f.arena, &due, &n, &f.err));
	assert_int_equal(n, 1);
	struct alert_request request;
	must(&f, alert_request_read(due->request, &request, &f.err));
	assert_true(str_find(request.body, STR("Subject: Acme: 1 problem, 38 of 41 domains clean\r\n")) < request.body.len);
	assert_true(str_find(request.body, STR("Mail was refused in <1,440> sessions.\r\n")) < request.body.len);
	assert_true(str_find(request.body, STR("Mail was refused in &lt;1,440&gt;")) < request.body.len);
	assert_true(str_find(request.body, STR("Precedence: bulk\r\n")) < request.body.len);
	fixture_stop(&f);
}

static void a_link_that_keeps_quiet_holds_for_one_thing_and_a_month(void **state)
{
	(void)state;
	struct fixture f;
	char key[MUTE_TOKEN_KEY_BYTES], again[MUTE_TOKEN_KEY_BYTES];
	enum mute_target target;
	int64_t id = 0;
	fixture_start(&f);
	const char *path = arena_format(&f.arena, "%s/key", f.folder);
	must(&f, mute_token_key(path, key, &f.err));
	must(&f, mute_token_key(path, again, &f.err));
	assert_memory_equal(key, again, sizeof key);
	struct str secret = str_make(key, sizeof key), other = STR("0123456789abcdef0123456789abcdef");
	struct str token = mute_token_make(secret, MUTE_RULE, 104, 1000000, &f.arena);
	must(&f, mute_token_read(secret, token, 1000000, &target, &id, &f.err));
	assert_true(target == MUTE_RULE && id == 104);
	must(&f, mute_token_read(secret, token, 1000000 + 30 * SECS_PER_DAY, &target, &id, &f.err));
	assert_false(mute_token_read(secret, token, 1000000 + 31 * SECS_PER_DAY, &target, &id, &f.err));
	assert_false(mute_token_read(other, token, 1000000, &target, &id, &f.err));
	for (size_t i = 0; i < token.len; i++) {
		char *changed = arena_text(&f.arena, token);
		changed[i] = changed[i] == '1' ? '2' : '1';
		assert_false(mute_token_read(secret, str_of(changed), 1000000, &target, &id, &f.err));
		assert_false(mute_token_read(secret, str_upto(token, i), 1000000, &target, &id, &f.err));
		assert_int_equal(f.err.kind, ERR_DENIED);
	}
	fixture_stop(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_expired_certificate_is_told_and_ended_once_for_each_channel),
	    cmocka_unit_test(rules_about_days_do_what_their_trial_says),
	    cmocka_unit_test(a_channel_hears_of_an_issue_once_whatever_rules_fit),
	    cmocka_unit_test(at_night_only_what_is_critical_is_told_and_the_rest_in_one_message),
	    cmocka_unit_test(a_storm_is_four_messages_and_a_digest_and_a_pager_gets_each),
	    cmocka_unit_test(what_is_muted_is_noted_and_not_told),
	    cmocka_unit_test(a_message_is_tried_ten_times_and_then_the_others_hear_of_it),
	    cmocka_unit_test(a_link_that_keeps_quiet_holds_for_one_thing_and_a_month),
	    cmocka_unit_test(a_document_is_sent_once_to_a_mail_channel),
	    cmocka_unit_test(a_mail_sent_again_has_the_old_words_a_new_id_and_goes_where_the_channel_is_now),
	    cmocka_unit_test(sixty_messages_of_a_channel_are_sent_again_in_an_hour),
	};
	log_setup("test", LOG_LEVEL_ERROR); /* alerts are log lines */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
