/* SPDX-License-Identifier: ISC */
#include "intake/post_rate.h"

#include "base/mem.h"

#define WAYS 4u /* places that one network may have; the one that was used longest ago is given up */
#define SETS 1024u
#define NETWORK_BYTES 52u

struct bucket {
	char network[NETWORK_BYTES];
	size_t len; /* 0: free */
	int64_t used_at_ms;
	int64_t thousandths; /* of a request */
};

struct post_rate {
	int64_t burst, per_minute;
	struct bucket buckets[SETS][WAYS];
};

struct post_rate *post_rate_new(uint32_t burst, uint32_t per_minute)
{
	struct post_rate *rate = mem_new(sizeof *rate);

	rate->burst = burst;
	rate->per_minute = per_minute;
	return rate;
}

void post_rate_free(struct post_rate **rate)
{
	mem_free(*rate);
	*rate = NULL;
}

/* FNV-1a.  Who finds networks that meet in one set only makes his own buckets forgotten, and each comes back with `burst`
 * requests: the sum is bounded by the number of networks he has. */
static uint32_t hash(struct str s)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < s.len; i++)
		h = (h ^ (unsigned char)s.p[i]) * 16777619u;
	return h ^ h >> 16;
}

static struct bucket *find(struct post_rate *rate, struct str network)
{
	struct bucket *set = rate->buckets[hash(network) % SETS];
	struct bucket *oldest = &set[0];

	for (unsigned i = 0; i < WAYS; i++) {
		if (str_eq(str_make(set[i].network, set[i].len), network))
			return &set[i];
		if (set[i].len == 0 || (oldest->len != 0 && set[i].used_at_ms < oldest->used_at_ms))
			oldest = &set[i];
	}
	*oldest = (struct bucket){.len = network.len, .thousandths = rate->burst * 1000, .used_at_ms = INT64_MIN};
	memcpy(oldest->network, network.p, network.len);
	return oldest;
}

bool post_rate_take(struct post_rate *rate, struct str network, int64_t now_ms)
{
	struct bucket *bucket = find(rate, str_upto(network, NETWORK_BYTES));

	if (bucket->used_at_ms != INT64_MIN) {
		int64_t passed = now_ms - bucket->used_at_ms;
		int64_t full_after_ms = rate->burst * 60000 / rate->per_minute + 1;
		bucket->thousandths += (passed < full_after_ms ? passed : full_after_ms) * rate->per_minute / 60;
		if (bucket->thousandths > rate->burst * 1000)
			bucket->thousandths = rate->burst * 1000;
	}
	bucket->used_at_ms = now_ms;
	if (bucket->thousandths < 1000)
		return false;
	bucket->thousandths -= 1000;
	return true;
}
