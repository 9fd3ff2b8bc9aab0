/* SPDX-License-Identifier: ISC */
#pragma once
/* What may be set for a tenant (src/store/store_domains.h says who there is): what stands on his documents, how far he may go,
 * and how long the originals are kept that are his alone. */
#include "base/arena.h"
#include "store/store.h"

struct tenant_settings {
	int64_t id;
	struct str name, title, logo_text, colour, language;
	uint64_t most_domains;  /* 0: no limit */
	uint32_t originals_days; /* 0: as the house */
	uint64_t domains;       /* that it has */
	struct str token;       /* of his secret address and URL; empty: he has none */
	struct str logo_hash;   /* of the picture, hex; empty: there is none */
};
/* ERR_MISSING: there is none, or he is not whom the store answers for. */
bool tenants_settings(struct store *store, int64_t id, struct arena *arena, struct tenant_settings *out, struct err *err);
/* All but the name, the token and the logo. */
bool tenants_set(struct store *store, const struct tenant_settings *settings, struct err *err);

bool tenants_set_token(struct store *store, int64_t id, struct str token, struct err *err);
bool tenants_of_token(struct store *store, struct str token, int64_t *out_id, struct err *err); /* ERR_MISSING */

/* A PNG file; empty where there is none. */
bool tenants_logo(struct store *store, int64_t id, struct arena *arena, struct str *out, struct err *err);
/* Empty: no logo any more. */
bool tenants_set_logo(struct store *store, int64_t id, struct str png, struct err *err);

/* The bytes of originals that are older than all tenants want to keep them whose units stand in them; where a unit is of no tenant, or
 * of one without days of his own, the house's time holds (store_retain).  Looks at up to `most` arrivals of each tenant, where it
 * stopped the last time; `*out_more`: there are more. */
bool tenants_retain(struct store *store, instant now, uint32_t most, uint32_t *out_deleted, bool *out_more, struct err *err);
