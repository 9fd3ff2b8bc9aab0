/* SPDX-License-Identifier: ISC */
#pragma once
/* What can be changed of one thing, as JSON: before and after in the audit log, and, as a hash, the ETag that an edit by the
 * API must name.  No secret is in it.  What store_set_tenant() hides is not there. */
#include "store/store.h"

enum snapshot_kind {
	SNAPSHOT_NONE,
	SNAPSHOT_ISSUE,   /* by number */
	SNAPSHOT_ARRIVAL, /* in quarantine, by number */
	SNAPSHOT_ACCOUNT,
	SNAPSHOT_TOKEN,
	SNAPSHOT_DOMAIN, /* by name */
	SNAPSHOT_SOURCE,
	SNAPSHOT_POLICY, /* served, by domain */
	SNAPSHOT_CHANNEL,
	SNAPSHOT_TENANT,
	SNAPSHOT_RULE, /* of alerts, by name */
	SNAPSHOT_QUARANTINE, /* the whole of it */
	SNAPSHOT_DELIVERY, /* to a channel, by number */
};

struct snapshot_key {
	enum snapshot_kind kind;
	int64_t id;
	struct str name;
};

/* Appends one JSON text.  `*out_tenant` is whose it is; 0: nobody's, or of several.  ERR_MISSING. */
bool snapshot(struct store *store, const struct snapshot_key *key, struct buf *out, int64_t *out_tenant, struct err *err);
/* "issue TI-1042", "domain example.com" */
void snapshot_name(const struct snapshot_key *key, struct buf *out);

#define SNAPSHOT_TAG_BYTES 24
/* 22 letters of its hash. */
void snapshot_tag(struct str json, char out[SNAPSHOT_TAG_BYTES]);
