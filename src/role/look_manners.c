/* SPDX-License-Identifier: ISC */
#include "role/look_manners.h"

#include <pthread.h>
#include <stdio.h>
#include <time.h>

#include "base/instant.h"
#include "base/limits.h"
#include "base/mem.h"

#define WAYS 4u
#define TARGETS 4096u
#define EVERY_MS 1000 /* one connection to an address a second, */
#define BURST 5       /* after the first five, */
#define AT_ONCE 2u    /* and never more than two together */
#define KEY_MAX 360u

struct target {
	unsigned char key[17];
	bool is_used;
	int64_t free_at_ms; /* when all that was allowed has been paid for */
	unsigned under_way;
};

enum shared_state { SHARED_FREE, SHARED_UNDER_WAY, SHARED_KNOWN };

struct shared {
	enum shared_state state;
	char key[KEY_MAX];
	int64_t began_ms;
	struct arena arena;
	struct mx_look look;
};

struct look_manners {
	pthread_mutex_t lock;
	pthread_cond_t change;
	struct target *targets;
	struct shared *shared;
};

struct look_manners *look_manners_new(void)
{
	struct look_manners *manners = mem_new(sizeof *manners);
	pthread_condattr_t attributes;

	(void)pthread_mutex_init(&manners->lock, NULL);
	(void)pthread_condattr_init(&attributes);
	(void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&manners->change, &attributes);
	(void)pthread_condattr_destroy(&attributes);
	manners->targets = mem_new_array(TARGETS, sizeof manners->targets[0]);
	manners->shared = mem_new_array(LIMIT_LOOK_SHARED, sizeof manners->shared[0]);
	return manners;
}

void look_manners_free(struct look_manners **manners)
{
	struct look_manners *it = *manners;

	if (it == NULL)
		return;
	for (size_t i = 0; i < LIMIT_LOOK_SHARED; i++)
		if (it->shared[i].state != SHARED_FREE)
			arena_done(&it->shared[i].arena);
	mem_free(it->shared);
	mem_free(it->targets);
	(void)pthread_cond_destroy(&it->change);
	(void)pthread_mutex_destroy(&it->lock);
	mem_free(it);
	*manners = NULL;
}

static uint32_t hash(const void *bytes, size_t len)
{
	const unsigned char *at = bytes;
	uint32_t sum = UINT32_C(2166136261);

	for (size_t i = 0; i < len; i++)
		sum = (sum ^ at[i]) * UINT32_C(16777619);
	return sum;
}

/* --- whose turn it is --- */

/* The entry of an address; another one's that has been idle for longest makes room.  NULL while all are busy. */
static struct target *target_of(struct look_manners *manners, const struct address *address)
{
	unsigned char key[17] = {address->is_v6};
	struct target *place = NULL;

	memcpy(key + 1, address->bytes, address->is_v6 ? 8 : 4);
	struct target *set = &manners->targets[hash(key, sizeof key) % (TARGETS / WAYS) * WAYS];
	for (size_t i = 0; i < WAYS; i++)
		if (set[i].is_used && memcmp(set[i].key, key, sizeof key) == 0)
			return &set[i];
	for (size_t i = 0; i < WAYS; i++) {
		bool is_idle = !set[i].is_used || (set[i].under_way == 0 && set[i].free_at_ms <= clock_ms());
		if (is_idle && (place == NULL || set[i].free_at_ms < place->free_at_ms))
			place = &set[i];
	}
	if (place == NULL)
		return NULL;
	*place = (struct target){.is_used = true};
	memcpy(place->key, key, sizeof key);
	return place;
}

static void wait_until(struct look_manners *manners, int64_t at_ms)
{
	struct timespec at = {.tv_sec = at_ms / 1000, .tv_nsec = at_ms % 1000 * 1000000};

	(void)pthread_cond_timedwait(&manners->change, &manners->lock, &at);
}

/* With the lock held, which is let go while it waits. */
static bool take_turn(struct look_manners *manners, const struct address *address, bool stays, int64_t deadline_ms)
{
	for (;;) {
		int64_t now = clock_ms(), next = now + 50;
		struct target *target = target_of(manners, address);
		if (target != NULL) {
			int64_t paid = target->free_at_ms > now ? target->free_at_ms : now;
			int64_t turn = paid - (BURST - 1) * EVERY_MS;
			if (turn <= now && (!stays || target->under_way < AT_ONCE)) {
				target->free_at_ms = paid + EVERY_MS;
				target->under_way += stays;
				return true;
			}
			next = turn > now ? turn : next;
		}
		if (next >= deadline_ms)
			return false;
		wait_until(manners, next);
	}
}

bool look_manners_knock(struct look_manners *manners, const struct address *address, int64_t deadline_ms)
{
	(void)pthread_mutex_lock(&manners->lock);
	bool ours = take_turn(manners, address, false, deadline_ms);
	(void)pthread_mutex_unlock(&manners->lock);
	return ours;
}

static void leave(struct look_manners *manners, const struct address *address)
{
	struct target *target = target_of(manners, address);

	if (target != NULL && target->under_way > 0)
		target->under_way--;
}

/* --- what was seen --- */

static struct str copied(struct arena *arena, struct str text)
{
	return arena_str(arena, text);
}

static void copy_cert(const struct cert_seen *cert, struct arena *arena, struct cert_seen *out)
{
	*out = *cert;
	out->der = copied(arena, cert->der);
	out->subject = copied(arena, cert->subject);
	out->issuer = copied(arena, cert->issuer);
	out->names = copied(arena, cert->names);
	out->key = copied(arena, cert->key);
	out->signature = copied(arena, cert->signature);
	out->spki = copied(arena, cert->spki);
}

static void copy_look(const struct mx_look *look, struct arena *arena, struct mx_look *out)
{
	*out = *look;
	out->host = copied(arena, look->host);
	out->address = copied(arena, look->address);
	out->banner = copied(arena, look->banner);
	out->ehlo = copied(arena, look->ehlo);
	out->detail = copied(arena, look->detail);
	out->tls.version = copied(arena, look->tls.version);
	out->tls.cipher = copied(arena, look->tls.cipher);
	out->tls.group = copied(arena, look->tls.group);
	out->tls.fault_text = copied(arena, look->tls.fault_text);
	out->tls.chain = ARENA_ARRAY(arena, look->tls.chain_count + 1, struct cert_seen);
	for (size_t i = 0; i < look->tls.chain_count; i++)
		copy_cert(&look->tls.chain[i], arena, &out->tls.chain[i]);
}

static size_t bytes_of(const struct mx_look *look)
{
	size_t bytes = 0;

	for (size_t i = 0; i < look->tls.chain_count; i++)
		bytes += look->tls.chain[i].der.len + look->tls.chain[i].spki.len + look->tls.chain[i].names.len;
	return bytes;
}

static struct shared *find_shared(struct look_manners *manners, const char *key)
{
	struct shared *set = &manners->shared[hash(key, strlen(key)) % (LIMIT_LOOK_SHARED / WAYS) * WAYS];

	for (size_t i = 0; i < WAYS; i++)
		if (set[i].state != SHARED_FREE && strcmp(set[i].key, key) == 0)
			return &set[i];
	return NULL;
}

/* A place to be filled, or NULL while all of the set are under way. */
static struct shared *start_shared(struct look_manners *manners, const char *key)
{
	struct shared *set = &manners->shared[hash(key, strlen(key)) % (LIMIT_LOOK_SHARED / WAYS) * WAYS];
	struct shared *place = find_shared(manners, key);

	for (size_t i = 0; place == NULL && i < WAYS; i++)
		if (set[i].state == SHARED_FREE)
			place = &set[i];
	for (size_t i = 0; place == NULL && i < WAYS; i++)
		if (set[i].state == SHARED_KNOWN && (place == NULL || set[i].began_ms < place->began_ms))
			place = &set[i];
	if (place == NULL)
		return NULL;
	if (place->state != SHARED_FREE)
		arena_done(&place->arena);
	arena_init(&place->arena, LIMIT_LOOK_SHARED_BYTES * 2);
	(void)snprintf(place->key, sizeof place->key, "%s", key);
	place->state = SHARED_UNDER_WAY;
	place->began_ms = clock_ms();
	return place;
}

/* True with a copy; false when it is ours to look, with `*out_place` to fill where there is one. */
static bool take_shared(struct look_manners *manners, const char *key, int64_t oldest_ms, int64_t deadline_ms,
                        struct arena *arena, struct mx_look *out, struct shared **out_place)
{
	*out_place = NULL;
	for (;;) {
		struct shared *shared = find_shared(manners, key);
		if (shared != NULL && shared->state == SHARED_KNOWN && shared->began_ms >= oldest_ms) {
			copy_look(&shared->look, arena, out);
			return true;
		}
		if (shared == NULL || shared->state == SHARED_KNOWN) {
			*out_place = start_shared(manners, key);
			return false;
		}
		if (clock_ms() >= deadline_ms)
			return false; /* by ourselves, and without a place */
		wait_until(manners, deadline_ms);
	}
}

void look_manners_look(struct look_manners *manners, struct str host, const struct address *address,
                       const struct mx_look_options *options, int64_t oldest_ms, struct arena *arena,
                       struct mx_look *out)
{
	int64_t deadline_ms = clock_ms() + options->timeout_ms;
	char text[ADDRESS_TEXT_MAX], key[KEY_MAX];
	struct str shown = address_format(address, text);
	struct shared *place;

	*out = (struct mx_look){.host = host, .address = arena_str(arena, shown), .at = instant_now()};
	(void)snprintf(key, sizeof key, "%.*s %.*s %u %u", STR_ARGS(str_upto(host, 255)), STR_ARGS(shown), options->port,
	               options->offer);
	(void)pthread_mutex_lock(&manners->lock);
	if (take_shared(manners, key, oldest_ms, deadline_ms, arena, out, &place)) {
		(void)pthread_mutex_unlock(&manners->lock);
		return;
	}
	bool ours = take_turn(manners, address, true, deadline_ms);
	(void)pthread_mutex_unlock(&manners->lock);
	if (ours)
		mx_look(host, address, options, arena, out);
	else
		out->state = LOOK_HELD_BACK;
	(void)pthread_mutex_lock(&manners->lock);
	if (ours)
		leave(manners, address);
	if (place != NULL && ours && bytes_of(out) <= LIMIT_LOOK_SHARED_BYTES) {
		copy_look(out, &place->arena, &place->look);
		place->state = SHARED_KNOWN;
	} else if (place != NULL) {
		arena_done(&place->arena);
		place->state = SHARED_FREE;
	}
	(void)pthread_cond_broadcast(&manners->change);
	(void)pthread_mutex_unlock(&manners->lock);
}
