/* SPDX-License-Identifier: ISC */
#include "role/known_networks.h"

#include <assert.h>
#include <pthread.h>

#include "base/limits.h"
#include "base/mem.h"
#include "sys/address.h"

#define WAYS 4u
#define SETS (LIMIT_KNOWN_NETWORKS / WAYS)

struct entry {
	char network[KNOWN_NETWORK_MAX];
	uint8_t len; /* 0: free */
	uint64_t added;
};

struct known_networks {
	pthread_mutex_t lock;
	uint64_t last;
	struct entry entries[SETS][WAYS];
};

struct known_networks *known_networks_new(void)
{
	struct known_networks *known = mem_new(sizeof *known);

	(void)pthread_mutex_init(&known->lock, NULL);
	return known;
}

void known_networks_free(struct known_networks **known)
{
	if (*known != NULL)
		(void)pthread_mutex_destroy(&(*known)->lock);
	mem_free(*known);
	*known = NULL;
}

/* FNV-1a.  Only who is known comes in, so nobody gains by networks that meet. */
static struct entry *set_of(struct known_networks *known, struct str network)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < network.len; i++)
		h = (h ^ (unsigned char)network.p[i]) * 16777619u;
	return known->entries[(h ^ h >> 16) % SETS];
}

static struct entry *find(struct known_networks *known, struct str network)
{
	struct entry *set = set_of(known, network);

	for (unsigned i = 0; i < WAYS; i++)
		if (set[i].len > 0 && str_eq(str_make(set[i].network, set[i].len), network))
			return &set[i];
	return NULL;
}

static bool add(struct known_networks *known, struct str network)
{
	struct entry *set = set_of(known, network), *oldest = &set[0];

	if (network.len == 0 || network.len > KNOWN_NETWORK_MAX || find(known, network) != NULL)
		return false;
	for (unsigned i = 1; i < WAYS; i++)
		if (set[i].added < oldest->added)
			oldest = &set[i];
	*oldest = (struct entry){.len = (uint8_t)network.len, .added = ++known->last};
	memcpy(oldest->network, network.p, network.len);
	return true;
}

bool known_networks_add(struct known_networks *known, struct str network)
{
	(void)pthread_mutex_lock(&known->lock);
	bool is_new = add(known, network);
	(void)pthread_mutex_unlock(&known->lock);
	return is_new;
}

bool known_networks_has(struct known_networks *known, struct str network)
{
	(void)pthread_mutex_lock(&known->lock);
	bool found = find(known, network) != NULL;
	(void)pthread_mutex_unlock(&known->lock);
	return found;
}

void known_networks_clear(struct known_networks *known)
{
	(void)pthread_mutex_lock(&known->lock);
	memset(known->entries, 0, sizeof known->entries);
	(void)pthread_mutex_unlock(&known->lock);
}

void known_networks_write(struct known_networks *known, struct buf *out)
{
	(void)pthread_mutex_lock(&known->lock);
	for (size_t s = 0; s < SETS; s++)
		for (size_t w = 0; w < WAYS; w++)
			if (known->entries[s][w].len > 0)
				wire_put_str(out, str_make(known->entries[s][w].network, known->entries[s][w].len));
	(void)pthread_mutex_unlock(&known->lock);
}

bool known_networks_read(struct known_networks *known, struct str body)
{
	struct wire_reader reader = {.rest = body};

	while (!reader.failed && reader.rest.len > 0) {
		struct str network = wire_get_text(&reader, KNOWN_NETWORK_MAX);
		if (!reader.failed)
			(void)known_networks_add(known, network);
	}
	return !reader.failed;
}

struct str known_networks_of(struct str peer, char text[KNOWN_NETWORK_MAX])
{
	struct address address;
	static_assert(KNOWN_NETWORK_MAX >= ADDRESS_TEXT_MAX + 4, "a network fits");

	if (!address_parse(peer, &address) || (!address.is_v6 && address.bytes[0] == 127) || str_eq(peer, STR("::1")))
		return STR("");
	return address_network(&address, text);
}
