/* SPDX-License-Identifier: ISC */
#include "role/keep.h"
#include "role/keep_secret.h"

#include <assert.h>
#include <stdio.h>

#include "base/instant.h"
#include "base/log.h"
#include "base/mem.h"
#include "report/reporter.h"
#include "report/wire.h"
#include "role/alerting.h"
#include "role/diagnosis.h"
#include "role/keep_accounts.h"
#include "role/look_schedule.h"
#include "role/oidc_desk.h"
#include "role/reach_wire.h"
#include "role/setup_desk.h"
#include "store/store_trust.h"
#include "store/tenants.h"
#include "sys/org_domain.h"
#include "sys/supervisor.h"

/* A body this large gives its memory back when its job is done. */
#define BODY_KEPT_BYTES KIB(64)
#define STRANGER_DAYS 7 /* as for issues */
#define FIRST_TICK_MS 1000
#define TICK_MS 600000
#define DIGEST_MS 3600000

void keep_init(struct keep *keep)
{
	*keep = (struct keep){0};
	keep->group = mem_new_array(LIMIT_COMMIT_REPORTS, sizeof keep->group[0]);
	keep->keys = key_desk_new();
	keep->oidc = oidc_desk_new();
	keep->quota = quota_new();
	keep->known = known_networks_new();
	keep->noted = known_networks_new();
	keep->self = (struct keep_peer){.channel = {.fd = -1}, .number = UINT64_MAX};
	keep->next_tick_ms = keep->next_digest_ms = clock_ms() + FIRST_TICK_MS;
}

void keep_done(struct keep *keep)
{
	for (size_t i = 0; i < keep->job_count; i++) {
		buf_done(&keep->jobs[i]->body);
		mem_free(keep->jobs[i]);
	}
	mem_free(keep->jobs);
	mem_free(keep->free_jobs);
	mem_free(keep->group);
	decode_pool_free(&keep->pool);
	key_desk_free(&keep->keys);
	keep_places_free(&keep->places);
	alert_desk_free(&keep->alert_desk);
	quota_free(&keep->quota);
	known_networks_free(&keep->known);
	known_networks_free(&keep->noted);
	look_schedule_free(&keep->looks);
	setup_desk_free(&keep->setups);
	oidc_desk_free(&keep->oidc);
	store_close(&keep->store);
}

/* --- jobs --- */

static size_t take_job(struct keep *keep, struct keep_peer *client, uint64_t client_id)
{
	if (keep->free_count == 0) {
		size_t at = keep->job_count++;
		keep->jobs = mem_grow(keep->jobs, keep->job_count * sizeof(struct keep_job *));
		keep->free_jobs = mem_grow(keep->free_jobs, keep->job_count * sizeof keep->free_jobs[0]);
		keep->jobs[at] = mem_new(sizeof(struct keep_job));
		buf_init(&keep->jobs[at]->body, LIMIT_ARRIVAL_BYTES + KIB(32));
		keep->free_jobs[keep->free_count++] = at;
	}
	size_t at = keep->free_jobs[--keep->free_count];
	struct keep_job *job = keep->jobs[at];
	struct buf body = job->body;
	buf_clear(&body);
	*job = (struct keep_job){
	    .client = client, .client_number = client->number, .client_id = client_id, .body = body, .is_used = true};
	client->jobs++;
	return at;
}

static void free_job(struct keep *keep, size_t at)
{
	struct keep_job *job = keep->jobs[at];

	keep->bytes_under_way -= job->body.len;
	if (job->client->number == job->client_number)
		job->client->jobs--;
	if (job->body.size > BODY_KEPT_BYTES)
		buf_done(&job->body);
	job->is_used = false;
	keep->free_jobs[keep->free_count++] = at;
}

static void put_job(struct keep *keep, size_t at)
{
	keep->bytes_under_way += keep->jobs[at]->body.len;
	decode_pool_put(keep->pool, at + 1, buf_view(&keep->jobs[at]->body), keep->jobs[at]->turn);
}

/* A door says only what can be true at that door; only the command line names files. */
static bool may_say(unsigned link, enum door door)
{
	switch (door) {
	case DOOR_SMTP:
	case DOOR_LMTP: return link == ROLE_SMTP;
	case DOOR_HTTP:
	case DOOR_API: return link == ROLE_HTTP;
	case DOOR_IMAP: return link == ROLE_REACH;
	case DOOR_FILE:
	case DOOR_PIPE: return link == LINK_COMMAND_LINE;
	case DOOR_COUNT: break;
	}
	return false;
}

/* By where it comes from, not by what a door says of it. */
static enum decode_turn turn_of(struct keep *keep, const struct arrival *arrival)
{
	char text[KNOWN_NETWORK_MAX];
	bool is_at_a_door = arrival->door == DOOR_SMTP || arrival->door == DOOR_LMTP || arrival->door == DOOR_HTTP;
	struct str network = is_at_a_door ? known_networks_of(arrival->peer, text) : STR("");

	if (network.len == 0)
		return DECODE_NORMAL;
	return known_networks_has(keep->known, network) ? DECODE_URGENT : DECODE_STRANGER;
}

static bool take_arrival(struct keep *keep, struct keep_peer *client, const struct message *message)
{
	size_t at = take_job(keep, client, message->id);
	struct keep_job *job = keep->jobs[at];
	struct err err = {0};

	buf_str(&job->body, message->body);
	if (job->body.failed || !wire_read_arrival(buf_view(&job->body), &job->arrival, &err) ||
	    !may_say(client->link, job->arrival.door)) {
		buf_clear(&job->body);
		free_job(keep, at);
		return false;
	}
	job->turn = turn_of(keep, &job->arrival);
	put_job(keep, at);
	return true;
}

static bool take_told(struct keep *keep, uint64_t id, struct str body)
{
	switch ((enum reach_desk)(id >> REACH_DESK_SHIFT)) {
	case REACH_DESK_KEYS: return key_desk_told(keep->keys, id, body);
	case REACH_DESK_PLACES: return keep_places_told(keep->places, id, body);
	case REACH_DESK_ALERTS: return alert_desk_told(keep->alert_desk, id, body);
	case REACH_DESK_LOOKS: return look_schedule_told(keep, id, body);
	case REACH_DESK_SETUP: return setup_desk_told(keep, id, body);
	case REACH_DESK_OIDC: return oidc_desk_told(keep->oidc, id, body);
	}
	return false;
}

bool keep_take(struct keep *keep, struct keep_peer *client, const struct message *message)
{
	if (message->type == MESSAGE_ARRIVAL)
		return take_arrival(keep, client, message);
	if (message->type == MESSAGE_TOLD)
		return client->link == ROLE_REACH && take_told(keep, message->id, message->body);
	if (message->type != MESSAGE_COMMAND || (client->link != LINK_COMMAND_LINE && client->link != ROLE_HTTP))
		return false;
	return keep_command(keep, client, message);
}

bool keep_read_again(struct keep *keep, struct keep_peer *client, uint64_t client_id, const struct arrival *arrival,
                     int64_t again_id, enum keep_again again)
{
	size_t at = take_job(keep, client, client_id);
	struct keep_job *job = keep->jobs[at];
	struct err err = {0};

	wire_write_arrival(arrival, &job->body);
	if (job->body.failed || !wire_read_arrival(buf_view(&job->body), &job->arrival, &err)) {
		(void)err_set(&err, ERR_INPUT, "it cannot be read again: it is too large");
		keep_answer(client, client_id, &err, STR_NONE);
		buf_clear(&job->body);
		free_job(keep, at);
		return false;
	}
	job->turn = DECODE_NORMAL;
	job->again_id = again_id;
	job->again = again;
	put_job(keep, at);
	return true;
}

/* --- trust --- */

/* What an arrival's bytes and the answers of the DNS make of it. */
struct judged {
	struct decoded decoded;
	struct grade grade;
};

struct stranger {
	struct store *store;
	struct str reporter; /* as its report names it; may be a subdomain */
};

static bool is_known(void *context, struct str name)
{
	const struct stranger *stranger = context;
	instant today = day_start(day_of(instant_now()));
	struct err err = {0};
	bool known = false;

	/* Where the store cannot tell, nobody is kept from counting. */
	return !store_reporter_known(stranger->store, stranger->reporter, today, &known, &err) || known ||
	       !store_reporter_known(stranger->store, name, today, &known, &err) || known;
}

/* A signature says who it is, not that he is to be believed: strangers count within limits. */
static void hold_flood(struct keep *keep, const struct decoded *decoded, struct grade *grade)
{
	struct stranger stranger = {.store = keep->store};
	char text[ORG_DOMAIN_MAX];

	if (grade->trust != TRUST_SIGNED || decoded->report_count == 0)
		return;
	stranger.reporter = decoded->reports[0].reporter;
	struct str name = org_domain(grade->signer, text);
	switch (quota_take(keep->quota, name, day_of(instant_now()), is_known, &stranger)) {
	case QUOTA_KNOWN:
	case QUOTA_MAY: return;
	case QUOTA_TOO_MANY: grade->reason = STR("signed, but more new reporters came today than are believed at once"); break;
	case QUOTA_TOO_MUCH: grade->reason = STR("signed, but a new reporter that sends more than is believed at once"); break;
	}
	grade->trust = TRUST_SIGNED_OTHER;
}

/* False when a key must be waited for; the job comes back by keep_resume(). */
static bool judge(struct keep *keep, size_t at, const struct decoded *decoded, struct arena *arena, struct judged *out)
{
	struct keep_job *job = keep->jobs[at];
	const struct dkim_form *forms = decoded->mail.signatures;
	bool is_given = job->arrival.door == DOOR_FILE || job->arrival.door == DOOR_API;
	/* Of what only the decoder reads anew the trust stays: keys of the past are gone. */
	bool is_judged =
	    job->again_id != 0 && (job->again == AGAIN_DECODER || job->again == AGAIN_TEXT || job->again == AGAIN_UNREAD);
	struct dkim_plan plan = {0};

	if (!is_given && !is_judged)
		dkim_verify_plan(decoded, job->arrival.received_at, arena, &plan);
	bool may_wait = !job->has_asked && plan.ask_count > 0;
	job->has_asked = true;
	if (may_wait && !key_desk_want(keep->keys, decoded, &plan, at + 1))
		return false;
	for (size_t i = 0; i < plan.ask_count; i++) {
		struct dkim_result *result = &plan.results[plan.ask[i]];
		struct resolve_answer answer;
		key_desk_answer(keep->keys, &forms[plan.ask[i]], arena, &answer);
		dkim_verify_judge(&forms[plan.ask[i]], &answer, arena, result);
		if (result->verdict == DKIM_PASS && result->is_aligned)
			break;
	}
	out->decoded = *decoded;
	job->arrival.is_secret = keep_secret_holds(keep->store, &job->arrival, decoded);
	grade_arrival(&job->arrival, plan.results, plan.count, arena, &out->grade);
	grade_claim(&out->grade, arena, &out->decoded);
	if (job->again_id == 0)
		hold_flood(keep, &out->decoded, &out->grade);
	return true;
}

void keep_resume(struct keep *keep, uint64_t id)
{
	size_t at = (size_t)id - 1;

	assert(at < keep->job_count && keep->jobs[at]->is_used);
	decode_pool_put(keep->pool, id, buf_view(&keep->jobs[at]->body), keep->jobs[at]->turn);
}

/* --- the group --- */

static bool broken(struct keep *keep, const char *what, const struct err *err)
{
	LOG(LOG_LEVEL_ERROR, "store-failed", LOG_TEXT("at", what), LOG_TEXT("why", err->text));
	keep->is_broken = true;
	keep->fault = *err;
	return false;
}

static void set_verdict(struct verdict *verdict, const struct ingest_result *result, const struct decoded *decoded)
{
	static const char *const texts[] = {"stored", "duplicate", "revision", "held", "quarantined"};

	*verdict = (struct verdict){
	    .kind = VERDICT_KEPT,
	    .arrival_id = result->arrival_id,
	    .outcome = result->outcome,
	    .stored = result->stored,
	    .duplicates = result->duplicates,
	    .revisions = result->revisions,
	    .held = result->held,
	    .quarantined = result->quarantined,
	    .not_report = decoded->report_count == 0 &&
	                  (decoded->problem.kind == PROBLEM_NO_REPORT || decoded->problem.kind == PROBLEM_NOT_TLSRPT ||
	                   decoded->problem.kind == PROBLEM_DMARC_REPORT || decoded->problem.kind == PROBLEM_BOUNCE ||
	                   decoded->problem.kind == PROBLEM_AUTO_REPLY || decoded->problem.kind == PROBLEM_EMPTY),
	};
	(void)snprintf(verdict->text, sizeof verdict->text, "%s", texts[result->outcome]);
	if (decoded->problem.kind != PROBLEM_NONE)
		(void)snprintf(verdict->text, sizeof verdict->text, "%s: %s", texts[result->outcome],
		               problem_code(decoded->problem.kind));
}

bool keep_learn_networks(struct keep *keep, struct err *err)
{
	struct arena arena;
	struct str_list networks;

	arena_init(&arena, MIB(4));
	bool ok = store_networks(keep->store, instant_now() - LIMIT_KNOWN_NETWORK_DAYS * SECS_PER_DAY, LIMIT_KNOWN_NETWORKS, &arena,
	                         &networks, err);
	for (size_t i = 0; ok && i < networks.count; i++)
		(void)known_networks_add(keep->known, networks.items[i]);
	keep->known_version++;
	arena_done(&arena);
	return ok;
}

/* Where a new report of a known reporter came from is known from now on.  Not where one came from that was here before:
 * that is anybody's to send again. */
static bool note_network(struct keep *keep, const struct arrival *arrival, const struct judged *judged,
                         const struct ingest_result *result, struct err *err)
{
	const struct decoded *decoded = &judged->decoded;
	char text[KNOWN_NETWORK_MAX];
	instant now = instant_now();
	bool is_at_a_door = arrival->door == DOOR_SMTP || arrival->door == DOOR_HTTP;
	struct str network = is_at_a_door ? known_networks_of(arrival->peer, text) : STR("");

	if (network.len == 0 || result->stored == 0 || result->held > 0 || decoded->report_count == 0 ||
	    (judged->grade.trust != TRUST_SIGNED && judged->grade.trust != TRUST_SECRET))
		return true;
	if (keep->noted_day != day_of(now)) {
		known_networks_clear(keep->noted);
		keep->noted_day = day_of(now);
	}
	if (known_networks_has(keep->noted, network))
		return true;
	struct str reporter = decoded->reports[0].reporter;
	bool known = judged->grade.trust == TRUST_SECRET || reporter_is_known(reporter);
	if (!known && !store_reporter_known(keep->store, reporter, now - STRANGER_DAYS * SECS_PER_DAY, &known, err))
		return false;
	if (!known)
		return true;
	(void)known_networks_add(keep->noted, network);
	keep->known_version += known_networks_add(keep->known, network);
	return store_network_put(keep->store, network, now, err);
}

/* Whatever cannot be stored as it was read is stored as unreadable; only when that fails too is it refused. */
static bool ingest(struct keep *keep, struct keep_job *job, const struct judged *judged)
{
	const struct decoded *decoded = &judged->decoded;
	enum trust trust = judged->grade.trust;
	struct str reason = judged->grade.reason;
	struct ingest_result result = {0};
	struct err err = {0};
	struct err ignored = {0};

	if (store_ingest(keep->store, &job->arrival, decoded, trust, reason, &result, &err)) {
		set_verdict(&job->verdict, &result, decoded);
		if (!note_network(keep, &job->arrival, judged, &result, &err))
			return broken(keep, "networks", &err);
		return !judged->grade.needs_key || decoded->report_count == 0 ||
		       keep_retry_put(keep, result.arrival_id, &err) || broken(keep, "pending", &err);
	}
	if (err.kind != ERR_INPUT && err.kind != ERR_TOO_BIG)
		return broken(keep, "ingest", &err);
	struct decoded unreadable = {.problem = {.kind = PROBLEM_DECODER_ANSWER, .detail = str_of(err.text)}};
	LOG(LOG_LEVEL_WARNING, "not-stored", LOG_TEXT("why", err.text));
	if (store_ingest(keep->store, &job->arrival, &unreadable, trust, reason, &result, &ignored)) {
		set_verdict(&job->verdict, &result, &unreadable);
		return true;
	}
	if (ignored.kind != ERR_INPUT && ignored.kind != ERR_TOO_BIG)
		return broken(keep, "ingest", &ignored);
	job->verdict = (struct verdict){.kind = VERDICT_REFUSED, .text = "the store does not take it"};
	return true;
}

static void requarantine(struct keep *keep, size_t at, const struct judged *judged)
{
	const struct decoded *decoded = &judged->decoded;
	struct keep_job *job = keep->jobs[at];
	struct ingest_result result = {0};
	struct err err = {0};
	struct buf payload;
	struct verdict verdict;

	bool is_there = job->client->number == job->client_number && job->again == AGAIN_QUARANTINE;
	/* It is a transaction of its own. */
	if (!keep_commit(keep))
		return;
	buf_init(&payload, KIB(4));
	bool ok = store_requarantine(keep->store, job->again_id, decoded, judged->grade.trust, judged->grade.reason, &result,
	                             &err);
	if (ok) {
		set_verdict(&verdict, &result, decoded);
		verdict_write(&verdict, &payload);
		if (is_there)
			keep_answer(job->client, job->client_id, NULL, buf_view(&payload));
	} else if (is_there) {
		keep_answer(job->client, job->client_id, &err, STR_NONE);
	}
	buf_done(&payload);
	bool is_part = job->again == AGAIN_TAKE_IN;
	int64_t id = job->again_id;
	free_job(keep, at);
	if (is_part)
		keep_unread_taken_in(keep, id, ok ? &result : NULL);
}

/* Nothing is stored. */
static void tell_text(struct keep *keep, size_t at, const struct decoded *decoded)
{
	struct keep_job *job = keep->jobs[at];
	struct err err = {0};
	struct buf payload;

	buf_init(&payload, LIMIT_SHOWN_TEXT_BYTES + KIB(1));
	if (decoded->text.p == NULL)
		(void)err_set(&err, ERR_MISSING, "what this reader finds in the original is another report");
	wire_put_str(&payload, decoded->text);
	wire_put_u64(&payload, decoded->text_bytes);
	if (job->client->number == job->client_number)
		keep_answer(job->client, job->client_id, decoded->text.p == NULL ? &err : NULL, buf_view(&payload));
	buf_done(&payload);
	free_job(keep, at);
}

static bool begin(struct keep *keep)
{
	struct err err = {0};

	if (keep->has_transaction)
		return true;
	if (!store_begin(keep->store, &err))
		return broken(keep, "begin", &err);
	keep->has_transaction = true;
	keep->group_since_ms = clock_ms();
	return true;
}

/* What is read again because of its trust or its decoder: part of the group, without a verdict. */
static void take_again(struct keep *keep, size_t at, const struct judged *judged)
{
	struct keep_job *job = keep->jobs[at];
	struct err err = {0};
	enum keep_again again = job->again;

	if (!begin(keep))
		return;
	bool ok = again == AGAIN_TRUST    ? keep_retry_done(keep, job->again_id, &judged->decoded, &judged->grade, &err)
	          : again == AGAIN_UNREAD ? keep_unread_done(keep, job->again_id, &judged->decoded, &err)
	                                  : keep_reprocess_done(keep, job->again_id, &judged->decoded, &err);
	free_job(keep, at);
	if (!ok && err.kind != ERR_INPUT && err.kind != ERR_MISSING)
		(void)broken(keep, again == AGAIN_TRUST ? "regrade" : again == AGAIN_UNREAD ? "unread" : "reprocess", &err);
	else if (again == AGAIN_DECODER)
		keep_reprocess_finish(keep);
}

static void take_judged(struct keep *keep, size_t at, const struct judged *judged)
{
	const struct keep_job *job = keep->jobs[at];

	if (job->again_id != 0) {
		if (job->again == AGAIN_QUARANTINE || job->again == AGAIN_TAKE_IN)
			requarantine(keep, at, judged);
		else if (job->again == AGAIN_TEXT)
			tell_text(keep, at, &judged->decoded);
		else
			take_again(keep, at, judged);
		return;
	}
	if (!begin(keep))
		return;
	if (!ingest(keep, keep->jobs[at], judged))
		return;
	keep->group[keep->group_count++] = at;
	if (keep->group_count == LIMIT_COMMIT_REPORTS || clock_ms() - keep->group_since_ms >= LIMIT_COMMIT_LATE_MS)
		(void)keep_commit(keep);
}

void keep_decoded(void *context, uint64_t id, const struct decoded *decoded)
{
	struct keep *keep = context;
	struct judged judged = {0};
	struct arena arena;
	size_t at = (size_t)id - 1;

	assert(at < keep->job_count && keep->jobs[at]->is_used);
	if (keep->is_broken)
		return;
	arena_init(&arena, MIB(2));
	if (judge(keep, at, decoded, &arena, &judged))
		take_judged(keep, at, &judged);
	arena_done(&arena);
}

static void send_verdict(struct keep_job *job)
{
	struct err err = {0};
	char space[512];
	struct buf body = {.p = space, .size = sizeof space, .ceiling = sizeof space};

	if (job->client->number != job->client_number || job->client->channel.fd < 0)
		return;
	verdict_write(&job->verdict, &body);
	/* A client that does not take its verdicts asks again, and identity makes that harmless. */
	if (!body.failed)
		(void)channel_put(&job->client->channel, MESSAGE_VERDICT, job->client_id, buf_view(&body), &err);
}

static void diagnose(struct keep *keep, size_t most)
{
	int64_t now = clock_ms();

	if (keep->undiagnosed_since_ms == 0)
		keep->undiagnosed_since_ms = now;
	if (most > 0 && !diagnosis_step(keep->store, instant_now(), most))
		keep->undiagnosed_since_ms = 0;
	keep->settle_ms = now + LIMIT_DIAGNOSIS_IDLE_MS;
}

/* How much is judged in the transaction of the reports.  Of a few reports, what they touch; of many, nothing, so that no
 * verdict waits for it, and because judging an issue once for many reports costs as much as for one.  What waits stands in
 * the database since this commit. */
static size_t part_of_group(const struct keep *keep)
{
	bool waits = keep->undiagnosed_since_ms != 0;
	bool is_late = waits && clock_ms() - keep->undiagnosed_since_ms >= LIMIT_DIAGNOSIS_WAIT_MS;

	return is_late || (!waits && keep->group_count <= LIMIT_DIAGNOSIS_GROUP) ? LIMIT_DIAGNOSIS_PART : 0;
}

static bool commit(struct keep *keep)
{
	struct err err = {0};

	if (!store_commit(keep->store, &err))
		return broken(keep, "commit", &err);
	keep->has_transaction = false;
	keep->may_have_alerts = true;
	return true;
}

bool keep_commit(struct keep *keep)
{
	if (keep->is_broken)
		return false;
	if (!keep->has_transaction)
		return true;
	diagnose(keep, part_of_group(keep));
	if (!commit(keep))
		return false;
	for (size_t i = 0; i < keep->group_count; i++) {
		send_verdict(keep->jobs[keep->group[i]]);
		free_job(keep, keep->group[i]);
	}
	keep->group_count = 0;
	return true;
}

static bool settle(struct keep *keep, size_t most)
{
	struct err err = {0};

	if (!store_begin(keep->store, &err))
		return broken(keep, "settle", &err);
	keep->has_transaction = true;
	diagnose(keep, most);
	keep->settle_ms = clock_ms();
	return commit(keep);
}

bool keep_settle(struct keep *keep)
{
	if (keep->is_broken || keep->has_transaction || keep->undiagnosed_since_ms == 0 || clock_ms() < keep->settle_ms)
		return !keep->is_broken;
	return settle(keep, LIMIT_DIAGNOSIS_PART);
}

bool keep_settle_all(struct keep *keep)
{
	return keep_commit(keep) && (keep->undiagnosed_since_ms == 0 || settle(keep, DIAGNOSIS_ALL));
}

void keep_post_digests(struct keep *keep)
{
	struct err err = {0};

	if (keep->is_broken || keep->has_transaction || clock_ms() < keep->next_digest_ms)
		return;
	keep->next_digest_ms = clock_ms() + DIGEST_MS;
	if (!digest_post_turn(keep->store, &keep->alert_house, &keep->digest_post, instant_now(), &err))
		LOG(LOG_LEVEL_ERROR, "digest-failed", LOG_TEXT("why", err.text));
	alert_desk_wake(keep->alert_desk);
}

void keep_say_alerts(struct keep *keep)
{
	struct err err = {0};

	if (keep->is_broken || keep->has_transaction)
		return;
	if (keep->may_have_alerts) {
		keep->may_have_alerts = false;
		alert_desk_wake(keep->alert_desk);
		if (!alerting_deliver(keep->store, &keep->alert_house, instant_now(), &err)) {
			(void)broken(keep, "alerts", &err);
			return;
		}
	}
	if (!alert_desk_turn(keep->alert_desk, keep->store, &keep->alert_house, &err))
		(void)broken(keep, "outbox", &err);
}

/* A bounded number at a time, so that no arrival waits for long; the rest soon after. */
static bool let_originals_go(struct keep *keep)
{
	struct err err = {0};
	uint32_t deleted;

	uint32_t of_tenants;
	bool is_more;

	if (!store_retain(keep->store, instant_now(), LIMIT_ORIGINALS_DELETED, &deleted, &err) ||
	    !tenants_retain(keep->store, instant_now(), LIMIT_ORIGINALS_DELETED, &of_tenants, &is_more, &err))
		return broken(keep, "retain", &err);
	if (deleted == LIMIT_ORIGINALS_DELETED || is_more)
		keep->next_tick_ms = clock_ms() + FIRST_TICK_MS;
	if (deleted + of_tenants > 0)
		LOG(LOG_LEVEL_INFO, "originals-deleted", LOG_NUM("count", deleted + of_tenants));
	return true;
}

bool keep_tick(struct keep *keep)
{
	struct err err = {0};

	if (keep->is_broken || clock_ms() < keep->next_tick_ms)
		return !keep->is_broken;
	bool is_asked_for = keep->next_tick_ms == 0; /* by a command, whose answer has not left yet */
	keep->next_tick_ms = clock_ms() + TICK_MS;
	if (!keep_commit(keep))
		return false;
	if (!store_begin(keep->store, &err))
		return broken(keep, "tick", &err);
	keep->has_transaction = true;
	if (!keep_commit(keep) || (is_asked_for && !keep_settle_all(keep)))
		return false;
	keep_accounts_tidy(keep);
	return let_originals_go(keep);
}

bool keep_arguments_end(const struct wire_reader *arguments, struct err *err)
{
	return (!arguments->failed && arguments->rest.len == 0) ||
	       err_set(err, ERR_INPUT, "the command makes no sense; is it of another version?");
}

void keep_answer(struct keep_peer *client, uint64_t id, const struct err *err, struct str payload)
{
	struct err ignored = {0};
	struct buf body;

	if (client->channel.fd < 0)
		return;
	buf_init(&body, MIB(1));
	wire_put_u8(&body, err == NULL ? ERR_NONE : err->kind);
	wire_put_str(&body, err == NULL ? STR_NONE : str_of(err->text));
	buf_str(&body, payload);
	if (!body.failed)
		(void)channel_put(&client->channel, MESSAGE_ANSWER, id, buf_view(&body), &ignored);
	buf_done(&body);
}

struct keep_waiter keep_waiter(struct keep_peer *client, uint64_t message_id)
{
	return (struct keep_waiter){.client = client, .client_number = client->number, .message_id = message_id};
}

void keep_answer_waiter(struct keep_waiter *waiter, const struct err *err, struct str payload)
{
	if (waiter->client != NULL && waiter->client->number == waiter->client_number)
		keep_answer(waiter->client, waiter->message_id, err, payload);
	waiter->client = NULL;
}
