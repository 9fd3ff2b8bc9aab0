/* SPDX-License-Identifier: ISC */
#include "role/quota.h"

#include <sys/random.h>

#include "base/limits.h"
#include "base/mem.h"
#include "sys/digest.h"

/* Twice what may be let in, so that the known ones fit too; who does not fit is asked for each time. */
#define SLOTS 8192u
#define PROBES 16u

struct slot {
	uint64_t key; /* 0: free */
	uint32_t reports;
	bool is_known, is_let_in;
};

struct quota {
	int32_t day;
	uint32_t let_in; /* strangers */
	unsigned char salt[16];
	struct slot slots[SLOTS];
};

struct quota *quota_new(void)
{
	struct quota *quota = mem_new(sizeof *quota);

	quota->day = INT32_MIN;
	/* Nobody can choose names that meet in one place.  Without random bytes they can, and gain nothing but that. */
	if (getrandom(quota->salt, sizeof quota->salt, GRND_NONBLOCK) != (ssize_t)sizeof quota->salt)
		memset(quota->salt, 1, sizeof quota->salt);
	return quota;
}

void quota_free(struct quota **quota)
{
	mem_free(*quota);
	*quota = NULL;
}

static uint64_t key_of(const struct quota *quota, struct str name)
{
	unsigned char hash[DIGEST_SHA256_BYTES];
	char text[16 + 256];
	size_t len = name.len > 256 ? 256 : name.len;
	uint64_t key;

	memcpy(text, quota->salt, 16);
	if (len > 0)
		memcpy(text + 16, name.p, len);
	digest_sha256(str_make(text, 16 + len), hash);
	memcpy(&key, hash, sizeof key);
	return key == 0 ? 1 : key;
}

/* Its slot, or a free one; NULL when both are not to be had. */
static struct slot *find(struct quota *quota, uint64_t key)
{
	for (unsigned i = 0; i < PROBES; i++) {
		struct slot *slot = &quota->slots[(key + i) % SLOTS];
		if (slot->key == key || slot->key == 0)
			return slot;
	}
	return NULL;
}

static enum quota_answer judge(struct slot *slot)
{
	if (slot->is_known)
		return QUOTA_KNOWN;
	if (!slot->is_let_in)
		return QUOTA_TOO_MANY;
	if (slot->reports >= LIMIT_NEW_REPORTER_REPORTS)
		return QUOTA_TOO_MUCH;
	slot->reports++;
	return QUOTA_MAY;
}

enum quota_answer quota_take(struct quota *quota, struct str name, int32_t day, quota_known_fn *is_known, void *context)
{
	if (quota->day != day) {
		memset(quota->slots, 0, sizeof quota->slots);
		quota->let_in = 0;
		quota->day = day;
	}
	uint64_t key = key_of(quota, name);
	struct slot *slot = find(quota, key);
	if (slot != NULL && slot->key == key)
		return judge(slot);
	bool known = is_known(context, name);
	bool is_let_in = !known && slot != NULL && quota->let_in < LIMIT_NEW_REPORTERS_PER_DAY;
	/* Strangers over the limit take no place: it is for those that count. */
	if (!known && !is_let_in)
		return QUOTA_TOO_MANY;
	if (slot == NULL)
		return QUOTA_KNOWN;
	*slot = (struct slot){.key = key, .is_known = known, .is_let_in = is_let_in};
	quota->let_in += is_let_in;
	return judge(slot);
}
