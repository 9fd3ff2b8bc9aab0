/* SPDX-License-Identifier: ISC */
#include "role/look_schedule.h"

#include <string.h>
#include <sys/random.h>

#include "base/instant.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "role/look_shelf.h"
#include "role/look_take.h"
#include "role/look_wire.h"
#include "role/reach_wire.h"
#include "store/looks.h"
#include "store/store_domains.h"
#include "sys/resolve.h"

#define TURN_MS 1000          /* how often it is seen what is due */
#define ANSWER_BYTES KIB(900) /* of the megabyte that an answer may have */
#define SYNC_MS 600000        /* a walk over all domains: else only after a command */
#define IDLE_MS 10000         /* at the least */
#define LATE_MS 30000         /* beyond the time of a look: then it is lost */
#define WANTED_DAYS 4         /* a failure of an archive that is read in is no reason to look */
#define WANTED_PAUSE_SECS 300 /* between two looks because of reports */
#define UNKNOWN_MOST 5u       /* doublings of the wait while nothing can be told: an hour becomes a day */
#define DAY_SECS 86400

struct flight {
	uint64_t id; /* 0: free */
	char domain[RESOLVE_NAME_MAX];
	int64_t deadline_ms;
	struct keep_waiter waiter; /* often nobody */
};

struct look_schedule {
	const struct config *config;
	struct channel *reach;
	struct look_shelf *shelf;
	struct flight flights[LIMIT_LOOK_THREADS * 2];
	uint64_t last_id;
	int64_t next_turn_ms;
	int64_t next_sync_ms; /* of the domains; 0: with the next turn */
};

struct look_schedule *look_schedule_new(const struct config *config)
{
	struct look_schedule *schedule = mem_new(sizeof *schedule);

	schedule->config = config;
	schedule->shelf = look_shelf_new();
	schedule->last_id = reach_id(REACH_DESK_LOOKS, 0);
	schedule->next_turn_ms = clock_ms() + TURN_MS;
	return schedule;
}

void look_schedule_free(struct look_schedule **schedule)
{
	if (*schedule != NULL)
		look_shelf_free(&(*schedule)->shelf);
	mem_free(*schedule);
	*schedule = NULL;
}

bool look_schedule_seen(const struct look_schedule *schedule, struct str domain, int64_t young_secs, struct arena *arena,
                        struct check *out)
{
	return look_shelf_get(schedule->shelf, domain, young_secs, arena, out);
}

int64_t look_schedule_deadline(const struct look_schedule *schedule)
{
	return schedule->next_turn_ms;
}

/* --- what is under way --- */

static void land(struct flight *flight, const struct err *fault, struct str payload)
{
	keep_answer_waiter(&flight->waiter, fault, payload);
	flight->id = 0;
}

/* The verdict, and the look itself for who shows it; where it is too long for an answer, the verdict alone. */
static void land_with(struct look_schedule *schedule, struct flight *flight, const struct check *check)
{
	struct buf answer;

	buf_init(&answer, ANSWER_BYTES);
	buf_byte(&answer, (char)check->verdict);
	if (flight->waiter.client != NULL)
		look_wire_write_check(check, &answer);
	if (flight->waiter.client != NULL && !answer.failed)
		look_shelf_put(schedule->shelf, check->domain, check->at, str_from(buf_view(&answer), 1));
	land(flight, NULL, answer.failed ? str_upto(buf_view(&answer), 1) : buf_view(&answer));
	buf_done(&answer);
}

static void lose(struct flight *flight, const char *why)
{
	struct err err = {0};

	if (flight->id == 0)
		return;
	(void)err_set(&err, ERR_LATER, "%s", why);
	land(flight, &err, STR_NONE);
}

void look_schedule_connect(struct look_schedule *schedule, struct channel *reach)
{
	for (size_t i = 0; i < COUNT_OF(schedule->flights); i++)
		lose(&schedule->flights[i], "the part of the server that looks was restarted; ask again");
	schedule->reach = reach;
	schedule->next_turn_ms = clock_ms() + TURN_MS;
}

static struct flight *find_flight(struct look_schedule *schedule, uint64_t id)
{
	for (size_t i = 0; i < COUNT_OF(schedule->flights); i++)
		if (schedule->flights[i].id == id)
			return &schedule->flights[i];
	return NULL;
}

static struct flight *flight_of(struct look_schedule *schedule, struct str domain)
{
	for (size_t i = 0; i < COUNT_OF(schedule->flights); i++)
		if (schedule->flights[i].id != 0 && str_eq(str_of(schedule->flights[i].domain), domain))
			return &schedule->flights[i];
	return NULL;
}

static void lose_late(struct look_schedule *schedule)
{
	for (size_t i = 0; i < COUNT_OF(schedule->flights); i++)
		if (schedule->flights[i].id != 0 && schedule->flights[i].deadline_ms <= clock_ms())
			lose(&schedule->flights[i], "the look did not come back");
}

/* --- asking --- */

/* The addresses that the TLS-RPT record may name.  Where none is set up nobody knows which would be ours. */
static void our_rua(const struct look_schedule *schedule, const struct domain_row *row, struct arena *arena,
                    struct str_list *out)
{
	const struct config_list *addresses = &schedule->config->report_addresses;

	*out = (struct str_list){.items = ARENA_ARRAY(arena, addresses->count + 2, struct str)};
	for (size_t i = 0; i < addresses->count && i < 60; i++) {
		struct str address = str_of(addresses->items[i]);
		struct str host = str_from(address, str_find_byte(address, '@') + 1);
		if (str_eq_nocase(host, STR("localhost")))
			continue;
		out->items[out->count++] = str_of(arena_format(arena, "mailto:%.*s", STR_ARGS(address)));
		if (i == 0)
			out->items[out->count++] =
			    str_of(arena_format(arena, "mailto:tls-%.*s@%.*s", STR_ARGS(row->token), STR_ARGS(host)));
	}
	if (out->count > 0)
		out->items[out->count++] = str_of(arena_format(arena, "/report/%.*s", STR_ARGS(row->token)));
}

static struct flight *send(struct keep *keep, struct str domain, bool is_fresh, struct err *err)
{
	struct look_schedule *schedule = keep->looks;
	struct look_request request = {.domain = domain, .is_fresh = is_fresh};
	struct flight *flight = find_flight(schedule, 0);
	struct domain_row row;
	struct arena arena;
	struct buf body;

	if (schedule->reach == NULL || schedule->reach->fd < 0 || flight == NULL) {
		(void)err_set(err, ERR_LATER, "the server cannot look now; ask again");
		return NULL;
	}
	arena_init(&arena, MIB(2));
	buf_init(&body, KIB(60));
	bool ok = store_domain(keep->store, domain, &arena, &row, err);
	if (ok) {
		our_rua(schedule, &row, &arena, &request.our_rua);
		look_wire_write_request(&request, &body);
		ok = !body.failed && channel_put(schedule->reach, MESSAGE_ASK, schedule->last_id + 1, buf_view(&body), err);
	}
	buf_done(&body);
	arena_done(&arena);
	if (!ok)
		return NULL;
	*flight = (struct flight){.id = ++schedule->last_id,
	                          .deadline_ms = clock_ms() + (int64_t)schedule->config->look_timeout * 1000 + LATE_MS};
	memcpy(flight->domain, domain.p, domain.len < sizeof flight->domain ? domain.len : sizeof flight->domain - 1);
	return flight;
}

static bool look_schedule_failed(struct keep *keep, const struct err *err)
{
	LOG(LOG_LEVEL_ERROR, "store-failed", LOG_TEXT("at", "looks"), LOG_TEXT("why", err->text));
	keep->is_broken = true;
	keep->fault = *err;
	return false;
}

/* A tenth to and fro, so that what began together does not stay together. */
static instant jittered(uint64_t secs)
{
	uint32_t random = 0;

	if (getrandom(&random, sizeof random, GRND_NONBLOCK) != (ssize_t)sizeof random)
		random = (uint32_t)clock_ms();
	uint64_t span = secs / 5 + 1;
	return (instant)(secs - secs / 10 + random % span);
}

static uint64_t interval_of(const struct look_schedule *schedule)
{
	return schedule->config->look_interval > 0 ? schedule->config->look_interval : DAY_SECS;
}

static size_t free_flights(const struct look_schedule *schedule)
{
	size_t used = 0;

	for (size_t i = 0; i < COUNT_OF(schedule->flights); i++)
		used += schedule->flights[i].id != 0;
	/* Two for each thread of `reach`, so that none waits for us; the rest is for those who ask. */
	size_t most = (size_t)schedule->config->look_at_once * 2;
	most = most > COUNT_OF(schedule->flights) - 8 ? COUNT_OF(schedule->flights) - 8 : most;
	return used < most ? most - used : 0;
}

/* Put off first: whatever becomes of it, it is not looked at in a circle. */
static bool send_due(struct keep *keep, instant now, struct arena *arena, size_t *out_left, struct err *err)
{
	struct look_schedule *schedule = keep->looks;
	struct look_row *rows;
	size_t n, most = free_flights(schedule);
	struct err ignored = {0};

	*out_left = 0;
	if (!looks_due(keep->store, now, most + 1, arena, &rows, &n, err))
		return false;
	for (size_t i = 0; i < n && i < most; i++) {
		if (flight_of(schedule, rows[i].domain) == NULL && send(keep, rows[i].domain, false, &ignored) == NULL)
			return true;
		if (!looks_put_off(keep->store, rows[i].domain, now + jittered(interval_of(schedule)), err))
			return false;
	}
	*out_left = n > most;
	return true;
}

void look_schedule_stale(struct look_schedule *schedule)
{
	schedule->next_sync_ms = 0;
}

static bool sync_domains(struct keep *keep, instant now, struct err *err)
{
	struct look_schedule *schedule = keep->looks;
	int64_t now_ms = clock_ms();

	if (now_ms < schedule->next_sync_ms)
		return true;
	schedule->next_sync_ms = now_ms + SYNC_MS;
	return looks_sync(keep->store, now, (uint32_t)interval_of(schedule), err);
}

static bool turn(struct keep *keep, instant now, struct arena *arena, struct err *err)
{
	struct look_schedule *schedule = keep->looks;
	bool is_scheduled = schedule->config->look_interval > 0;
	size_t left = 0;
	instant next = INSTANT_NONE;

	bool ok = sync_domains(keep, now, err) &&
	          looks_take_wanted(keep->store, now, day_of(now) - WANTED_DAYS, WANTED_PAUSE_SECS, err) &&
	          (!is_scheduled || schedule->reach == NULL || send_due(keep, now, arena, &left, err)) &&
	          looks_next(keep->store, &next, err);
	int64_t wait = left > 0 || (next != INSTANT_NONE && next - now < IDLE_MS / 1000) ? TURN_MS : IDLE_MS;
	schedule->next_turn_ms = clock_ms() + wait;
	return ok;
}

bool look_schedule_turn(struct keep *keep)
{
	struct arena arena;
	struct err err = {0};

	if (keep->is_broken || clock_ms() < keep->looks->next_turn_ms)
		return !keep->is_broken;
	lose_late(keep->looks);
	keep->looks->next_turn_ms = clock_ms() + IDLE_MS;
	if (!keep_commit(keep))
		return false;
	arena_init(&arena, MIB(4));
	bool ok = store_begin(keep->store, &err) && turn(keep, instant_now(), &arena, &err) && store_commit(keep->store, &err);
	arena_done(&arena);
	return ok || look_schedule_failed(keep, &err);
}

/* --- what was seen --- */

static instant next_look(const struct look_schedule *schedule, const struct look_row *row, instant now)
{
	uint64_t secs = interval_of(schedule);
	uint32_t doublings = row->unknown < UNKNOWN_MOST ? row->unknown : UNKNOWN_MOST;

	for (uint32_t i = 1; i < doublings && secs < DAY_SECS; i++)
		secs *= 2;
	return now + jittered(secs < DAY_SECS || secs == interval_of(schedule) ? secs : DAY_SECS);
}

static bool remember(struct keep *keep, const struct check *check, struct arena *arena, struct err *err)
{
	struct look_row row;
	struct err missing = {0};

	if (!looks_one(keep->store, check->domain, arena, &row, &missing))
		return missing.kind == ERR_MISSING || err_set(err, missing.kind, "%s", missing.text); /* no longer ours */
	row.unknown = check->verdict == CHECK_CANNOT_TELL ? row.unknown + 1 : 0;
	row.looked_at = check->at;
	row.verdict = check->verdict;
	row.reason = check->unknowns.count > 0 ? str_upto(check->unknowns.items[0], 500) : STR_NONE;
	row.next_at = next_look(keep->looks, &row, check->at);
	return looks_set(keep->store, &row, err);
}

/* The servers that DANE units may name. */
static bool keep_hosts(struct keep *keep, const struct check *check, struct arena *arena, struct err *err)
{
	struct str_list hosts = {.items = ARENA_ARRAY(arena, check->mx_count + 1, struct str)};
	struct domain_change change;
	struct err missing = {0};

	for (size_t i = 0; i < check->mx_count; i++)
		hosts.items[hosts.count++] = check->mx[i].host;
	return store_domain_set_mx(keep->store, check->domain, &hosts, &change, &missing) || missing.kind == ERR_MISSING ||
	       err_set(err, missing.kind, "%s", missing.text);
}

/* In a transaction of the group, so that the diagnosis and the alerts follow with its commit. */
static bool take(struct keep *keep, struct check *check, struct arena *arena, struct err *err)
{
	struct look_taken taken = {0};
	int64_t began = clock_ms();

	if (!keep_commit(keep))
		return false;
	if (!store_begin(keep->store, err) || !look_take(keep->store, check, arena, &taken, err) ||
	    !remember(keep, check, arena, err))
		return look_schedule_failed(keep, err);
	keep->has_transaction = true;
	keep->group_since_ms = clock_ms();
	if (!keep_commit(keep))
		return false;
	if (taken.has_new_set && !keep_hosts(keep, check, arena, err))
		return look_schedule_failed(keep, err);
	LOG(LOG_LEVEL_DEBUG, "look-taken", LOG_STR("domain", check->domain), LOG_NUM("changes", taken.changes),
	    LOG_NUM("ms", clock_ms() - began));
	return true;
}

bool look_schedule_told(struct keep *keep, uint64_t id, struct str body)
{
	struct flight *flight = find_flight(keep->looks, id);
	struct check check;
	struct arena arena;
	struct err err = {0};

	arena_init(&arena, MIB(32));
	bool ok = look_wire_read_check(body, &arena, &check, &err);
	/* What nobody asked for any more is dropped; an answer about another domain is a lie. */
	bool is_asked = ok && flight != NULL;
	ok = ok && (!is_asked || str_eq(check.domain, str_of(flight->domain)));
	if (ok && is_asked) {
		check.at = instant_now();
		if (take(keep, &check, &arena, &err))
			land_with(keep->looks, flight, &check);
		else
			lose(flight, "the store failed");
		keep->looks->next_turn_ms = clock_ms();
	}
	arena_done(&arena);
	return ok;
}

void look_schedule_ask(struct keep *keep, struct keep_peer *client, uint64_t message_id, struct wire_reader *arguments)
{
	struct str domain = wire_get_text(arguments, RESOLVE_NAME_MAX - 1);
	struct flight *flight = NULL;
	struct look_row row;
	struct arena arena;
	struct err err = {0};

	arena_init(&arena, KIB(64));
	bool ok = !arguments->failed || err_set(&err, ERR_INPUT, "the command makes no sense; is it of another version?");
	ok = ok && store_begin(keep->store, &err);
	ok = ok && looks_sync(keep->store, instant_now(), (uint32_t)interval_of(keep->looks), &err);
	ok = ok && store_commit(keep->store, &err);
	if (ok && !looks_one(keep->store, domain, &arena, &row, &err))
		ok = err_set(&err, err.kind, "this domain is not listed here, is paused, or nobody has proven whose it is");
	if (ok && flight_of(keep->looks, domain) != NULL)
		ok = err_set(&err, ERR_LATER, "a look at this domain is under way");
	flight = ok ? send(keep, domain, true, &err) : NULL;
	if (flight == NULL)
		keep_answer(client, message_id, &err, STR_NONE);
	else
		flight->waiter = keep_waiter(client, message_id);
	arena_done(&arena);
}
