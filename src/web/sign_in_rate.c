/* SPDX-License-Identifier: ISC */
#include "web/sign_in_rate.h"

#include <sys/random.h>

#include "base/mem.h"

#define SLOTS 4096u
#define WAYS 8u           /* places that one key may have; the one whose failure is oldest is given up */
#define FORGET_MS 3600000 /* after an hour without a failure */

enum kind { PAIR, NETWORK, NAME, KIND_COUNT };

static const struct {
	uint32_t free, most_secs;
} rules[KIND_COUNT] = {
    [PAIR] = {5, 900},
    [NETWORK] = {40, 900},
    [NAME] = {60, 30},
};

struct entry {
	uint64_t key; /* 0: free */
	uint32_t failures;
	int64_t last_ms, until_ms;
};

struct sign_in_rate {
	uint64_t seed; /* so that nobody finds names that meet */
	struct entry entries[SLOTS];
};

struct sign_in_rate *sign_in_rate_new(void)
{
	struct sign_in_rate *rate = mem_new(sizeof *rate);

	if (getrandom(&rate->seed, sizeof rate->seed, 0) != (ssize_t)sizeof rate->seed)
		rate->seed = 0;
	return rate;
}

void sign_in_rate_free(struct sign_in_rate **rate)
{
	mem_free(*rate);
	*rate = NULL;
}

static uint64_t mix(uint64_t h, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		h = (h ^ (unsigned char)s.p[i]) * UINT64_C(0x9e3779b97f4a7c15);
		h ^= h >> 29;
	}
	return (h ^ s.len) * UINT64_C(0xbf58476d1ce4e5b9);
}

static uint64_t key_of(const struct sign_in_rate *rate, enum kind kind, struct str name, struct str network)
{
	uint64_t h = mix(rate->seed ^ ((uint64_t)kind + 1), kind == NETWORK ? STR_NONE : name);

	h = mix(h, kind == NAME ? STR_NONE : network);
	return h == 0 ? 1 : h;
}

static struct entry *find(struct sign_in_rate *rate, uint64_t key, bool may_make)
{
	struct entry *set = &rate->entries[(key % (SLOTS / WAYS)) * WAYS];
	struct entry *oldest = &set[0];

	for (unsigned i = 0; i < WAYS; i++) {
		if (set[i].key == key)
			return &set[i];
		if (set[i].key == 0 || (oldest->key != 0 && set[i].last_ms < oldest->last_ms))
			oldest = &set[i];
	}
	if (!may_make)
		return NULL;
	*oldest = (struct entry){.key = key};
	return oldest;
}

uint32_t sign_in_rate_wait(struct sign_in_rate *rate, struct str name, struct str network, int64_t now_ms)
{
	int64_t left = 0;

	for (unsigned kind = 0; kind < KIND_COUNT; kind++) {
		const struct entry *entry = find(rate, key_of(rate, (enum kind)kind, name, network), false);
		if (entry != NULL && entry->until_ms - now_ms > left)
			left = entry->until_ms - now_ms;
	}
	return (uint32_t)((left + 999) / 1000);
}

static void note(struct entry *entry, enum kind kind, int64_t now_ms)
{
	if (entry->failures > 0 && now_ms - entry->last_ms > FORGET_MS)
		entry->failures = 0;
	entry->failures++;
	entry->last_ms = now_ms;
	if (entry->failures < rules[kind].free)
		return;
	uint32_t doublings = entry->failures - rules[kind].free;
	uint64_t secs = doublings > 20 ? rules[kind].most_secs : UINT64_C(1) << doublings;
	if (secs > rules[kind].most_secs)
		secs = rules[kind].most_secs;
	entry->until_ms = now_ms + (int64_t)secs * 1000;
}

void sign_in_rate_failed(struct sign_in_rate *rate, struct str name, struct str network, int64_t now_ms)
{
	for (unsigned kind = 0; kind < KIND_COUNT; kind++)
		note(find(rate, key_of(rate, (enum kind)kind, name, network), true), (enum kind)kind, now_ms);
}

void sign_in_rate_succeeded(struct sign_in_rate *rate, struct str name, struct str network)
{
	static const enum kind forgiven[] = {PAIR, NAME};

	for (unsigned i = 0; i < 2; i++) {
		struct entry *entry = find(rate, key_of(rate, forgiven[i], name, network), false);
		if (entry != NULL)
			*entry = (struct entry){0};
	}
}
