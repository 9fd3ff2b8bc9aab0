/* SPDX-License-Identifier: ISC */
#include "role/key_desk.h"

#include "base/attr.h"
#include "base/instant.h"
#include "base/mem.h"
#include "role/reach_wire.h"

#define SETS 256u
#define WAYS 4u
#define FAILURE_MS 1000 /* reach has its own memory of failures */
#define ASKED_MS 30000  /* then a question that was never answered is asked again */

enum key_state { KEY_FREE, KEY_ASKED, KEY_KNOWN };

struct key {
	enum key_state state;
	char name[RESOLVE_NAME_MAX];
	uint64_t ask; /* the id of the question */
	bool is_kept; /* not sent yet: reach is being started */
	int64_t expires_ms, used_ms;
	struct buf answer; /* the body of the TOLD */
};

struct waiting {
	uint64_t job;
	int64_t deadline_ms;
	uint64_t asks[LIMIT_DKIM_VERIFIED]; /* 0: answered */
};

struct key_desk {
	struct channel *reach;
	bool expects_reach;
	int64_t wait_ms;
	struct key *keys;
	uint64_t last_ask;
	struct waiting *waiting; /* in the order of their deadlines */
	size_t count;
	size_t done; /* those that wait for nothing any more */
};

struct key_desk *key_desk_new(void)
{
	struct key_desk *desk = mem_new(sizeof *desk);

	desk->keys = mem_new_array((size_t)SETS * WAYS, sizeof *desk->keys);
	for (size_t i = 0; i < (size_t)SETS * WAYS; i++)
		buf_init(&desk->keys[i].answer, LIMIT_DNS_CACHED_BYTES * 2);
	desk->wait_ms = LIMIT_DKIM_WAIT_MS;
	desk->waiting = mem_new_array(LIMIT_KEYS_WAITING, sizeof *desk->waiting);
	return desk;
}

void key_desk_free(struct key_desk **desk)
{
	struct key_desk *it = *desk;

	if (it == NULL)
		return;
	for (size_t i = 0; i < (size_t)SETS * WAYS; i++)
		buf_done(&it->keys[i].answer);
	mem_free(it->keys);
	mem_free(it->waiting);
	mem_free(it);
	*desk = NULL;
}

static bool send(struct key_desk *desk, struct key *key)
{
	struct reach_question question = {.kind = REACH_DNS, .type = RESOLVE_TXT, .name = str_of(key->name)};
	char space[512];
	struct buf body = {.p = space, .size = sizeof space, .ceiling = sizeof space};
	struct err err = {0};

	key->is_kept = false;
	reach_write_question(&question, &body);
	return desk->reach != NULL && desk->reach->fd >= 0 && !body.failed &&
	       channel_put(desk->reach, MESSAGE_ASK, key->ask, buf_view(&body), &err);
}

void key_desk_connect(struct key_desk *desk, struct channel *reach)
{
	desk->reach = reach;
	desk->expects_reach = desk->expects_reach && reach == NULL;
	/* Questions that are under way on an old connection are lost: ask again when somebody wants to know. */
	for (size_t i = 0; i < (size_t)SETS * WAYS; i++) {
		struct key *key = &desk->keys[i];
		if (key->state != KEY_ASKED || (key->is_kept && (reach == NULL || send(desk, key))))
			continue;
		key->state = KEY_FREE;
	}
}

bool key_desk_is_connected(const struct key_desk *desk)
{
	return desk->reach != NULL;
}

void key_desk_expect(struct key_desk *desk, int64_t wait_ms)
{
	desk->expects_reach = desk->reach == NULL;
	desk->wait_ms = wait_ms;
}

static struct key *set_of(struct key_desk *desk, struct str name)
{
	uint32_t hash = UINT32_C(2166136261);
	for (size_t i = 0; i < name.len; i++)
		hash = (hash ^ (unsigned char)name.p[i]) * UINT32_C(16777619);
	return &desk->keys[(size_t)(hash % SETS) * WAYS];
}

static struct key *find(struct key_desk *desk, struct str name)
{
	struct key *set = set_of(desk, name);
	int64_t now = clock_ms();

	for (size_t i = 0; i < WAYS; i++) {
		if (set[i].state != KEY_FREE && str_eq(name, str_of(set[i].name)) && set[i].expires_ms > now)
			return &set[i];
	}
	return NULL;
}

/* A place for a name that is not there: free, over, or the one that was not used for longest. */
static struct key *make_place(struct key_desk *desk, struct str name)
{
	struct key *set = set_of(desk, name), *place = set;
	int64_t now = clock_ms();

	for (size_t i = 0; i < WAYS; i++) {
		if (set[i].state == KEY_FREE || set[i].expires_ms <= now) {
			place = &set[i];
			break;
		}
		if (set[i].used_ms < place->used_ms)
			place = &set[i];
	}
	memcpy(place->name, name.p, name.len);
	place->name[name.len] = '\0';
	place->used_ms = now;
	buf_clear(&place->answer);
	return place;
}

static bool ask(struct key_desk *desk, struct key *key)
{
	key->state = KEY_FREE;
	key->ask = desk->last_ask + 1;
	key->is_kept = desk->expects_reach;
	if (!desk->expects_reach && !send(desk, key))
		return false;
	desk->last_ask++;
	key->state = KEY_ASKED;
	key->expires_ms = clock_ms() + ASKED_MS;
	return true;
}

/* The question that must be answered before this key is known; 0: it is known, or nobody can be asked. */
static uint64_t want_one(struct key_desk *desk, const struct dkim_form *form)
{
	char text[RESOLVE_NAME_MAX];
	struct str name;

	if (!dkim_verify_name(form->domain, form->selector, text, &name))
		return 0;
	struct key *key = find(desk, name);
	if (key != NULL) {
		key->used_ms = clock_ms();
		return key->state == KEY_ASKED ? key->ask : 0;
	}
	key = make_place(desk, name);
	return ask(desk, key) ? key->ask : 0;
}

bool key_desk_want(struct key_desk *desk, const struct decoded *decoded, const struct dkim_plan *plan, uint64_t job)
{
	struct waiting waiting = {.job = job, .deadline_ms = clock_ms() + desk->wait_ms};
	bool waits = false;

	if (desk->count == LIMIT_KEYS_WAITING)
		return true;
	for (size_t i = 0; i < plan->ask_count; i++) {
		waiting.asks[i] = want_one(desk, &decoded->mail.signatures[plan->ask[i]]);
		waits = waits || waiting.asks[i] != 0;
	}
	if (waits)
		desk->waiting[desk->count++] = waiting;
	return !waits;
}

void key_desk_answer(struct key_desk *desk, const struct dkim_form *form, struct arena *arena,
                     struct resolve_answer *out)
{
	char text[RESOLVE_NAME_MAX];
	struct str name;
	struct err err = {0};

	*out = (struct resolve_answer){.outcome = RESOLVE_TIMEOUT, .reason = STR("there was no answer in time")};
	if (!dkim_verify_name(form->domain, form->selector, text, &name))
		return;
	struct key *key = find(desk, name);
	/* The bytes were read once already, when they came. */
	if (key != NULL && key->state == KEY_KNOWN)
		(void)reach_read_answer(arena_str(arena, buf_view(&key->answer)), arena, out, &err);
}

static void strike(struct key_desk *desk, uint64_t id)
{
	for (size_t i = 0; i < desk->count; i++) {
		struct waiting *waiting = &desk->waiting[i];
		bool had = false, waits = false;
		for (size_t j = 0; j < LIMIT_DKIM_VERIFIED; j++) {
			had = had || waiting->asks[j] == id;
			if (waiting->asks[j] == id)
				waiting->asks[j] = 0;
			waits = waits || waiting->asks[j] != 0;
		}
		if (had && !waits)
			desk->done++;
	}
}

bool key_desk_told(struct key_desk *desk, uint64_t id, struct str body)
{
	struct resolve_answer answer;
	struct arena arena;
	struct err err = {0};

	if (id == 0)
		return false;
	arena_init(&arena, MIB(1));
	bool ok = reach_read_answer(body, &arena, &answer, &err);
	for (size_t i = 0; ok && i < (size_t)SETS * WAYS; i++) {
		struct key *key = &desk->keys[i];
		if (key->state != KEY_ASKED || key->ask != id)
			continue;
		buf_clear(&key->answer);
		buf_str(&key->answer, body);
		if (key->answer.failed) {
			struct resolve_answer broken = {.outcome = RESOLVE_BROKEN, .ttl_secs = answer.ttl_secs,
			                                .reason = STR("it is larger than any key")};
			buf_clear(&key->answer);
			reach_write_answer(&broken, &key->answer);
		}
		key->state = KEY_KNOWN;
		key->expires_ms = clock_ms() + (resolve_may_pass(answer.outcome) ? FAILURE_MS
		                                                                 : (int64_t)answer.ttl_secs * 1000);
	}
	arena_done(&arena);
	if (ok)
		strike(desk, id);
	return ok;
}

static bool is_done(const struct waiting *waiting)
{
	for (size_t i = 0; i < LIMIT_DKIM_VERIFIED; i++) {
		if (waiting->asks[i] != 0)
			return false;
	}
	return true;
}

bool key_desk_ready(struct key_desk *desk, uint64_t *out_job)
{
	size_t at = 0;

	if (desk->count == 0)
		return false;
	/* The first has the earliest deadline; only when it waits still, and another does not, is it looked for. */
	bool late = desk->waiting[0].deadline_ms <= clock_ms();
	if (!late && desk->done == 0)
		return false;
	while (!late && !is_done(&desk->waiting[at]))
		at++;
	if (is_done(&desk->waiting[at]))
		desk->done--;
	*out_job = desk->waiting[at].job;
	desk->count--;
	memmove(&desk->waiting[at], &desk->waiting[at + 1], (desk->count - at) * sizeof desk->waiting[0]);
	return true;
}

size_t key_desk_waiting(const struct key_desk *desk)
{
	return desk->count;
}

int64_t key_desk_deadline(const struct key_desk *desk)
{
	if (desk->count == 0)
		return -1;
	return desk->done > 0 ? clock_ms() : desk->waiting[0].deadline_ms;
}
