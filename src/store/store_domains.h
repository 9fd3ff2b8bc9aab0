/* SPDX-License-Identifier: ISC */
#pragma once
/* The domains of this house and the tenants they belong to.  While no domain is listed, the units of every domain count;
 * from the first one on the others are foreign: kept aside, and offered.  Adding and removing moves the numbers backwards
 * too.  Nothing that comes in from outside adds a row here. */
#include "store/store.h"

enum domain_proof {
	DOMAIN_UNPROVEN,
	DOMAIN_PROVEN_NONCE,    /* its TXT record "mailseal-verification=NONCE" is there */
	DOMAIN_PROVEN_RECORD,   /* its TLS-RPT record names its own address here, or its tenant's */
	DOMAIN_PROVEN_OPERATOR, /* the operator says so */
	DOMAIN_PROOF_COUNT
};

struct domain_row {
	struct str name;
	int64_t tenant; /* 0: none */
	struct str tenant_name;
	struct str token; /* of its secret address and URL */
	struct str tenant_token; /* of its tenant's; empty: none */
	struct str nonce;
	enum domain_proof proof;
	instant proven_at; /* INSTANT_NONE */
	bool is_paused;
	instant created_at;
	struct str_list mx_hosts; /* that DANE units may name */
	uint64_t reports, successful, failed;
};
struct domain_list {
	struct domain_row *rows; /* by name */
	size_t count;
};

/* STORE_READ is enough.  tenant 0: all. */
bool store_domain_list(struct store *store, int64_t tenant, struct arena *arena, struct domain_list *out,
                       struct err *err);
/* ERR_MISSING. */
bool store_domain(struct store *store, struct str name, struct arena *arena, struct domain_row *out, struct err *err);
/* Whether units of this domain may be seen, and the domain be looked at, by who asks: all of them by the house; by a
 * tenant his proven ones and their own mail hosts. */
bool store_domain_owned(struct store *store, struct str name, bool *out_owned, struct err *err);
/* The domain whose token it is; ERR_MISSING. */
bool store_domain_of_token(struct store *store, struct str token, struct arena *arena, struct domain_row *out,
                           struct err *err);
/* Policy domains of units that are kept aside because nobody listed them, most sessions first. */
struct foreign_row {
	struct str name;
	uint64_t reports, successful, failed;
	instant last_day;
};
struct foreign_list {
	struct foreign_row *rows;
	size_t count;
};
bool store_foreign(struct store *store, struct arena *arena, struct foreign_list *out, struct err *err);

/* How many counted units the listing of domains holds back or lets in. */
struct domain_change {
	uint64_t counted_before, counted_after; /* units */
	uint64_t successful_before, successful_after, failed_before, failed_after;
};

/* `row`: name (lower case, A-labels), tenant, token, nonce, created_at.  ERR_INPUT when it is listed already.  With
 * `dry_run` nothing is changed. */
bool store_domain_add(struct store *store, const struct domain_row *row, bool dry_run, struct domain_change *out,
                      struct err *err);
bool store_domain_remove(struct store *store, struct str name, bool dry_run, struct domain_change *out,
                         struct err *err);
/* Sets tenant, token, is_paused of the row with this name. */
bool store_domain_edit(struct store *store, const struct domain_row *row, struct err *err);
bool store_domain_prove(struct store *store, struct str name, enum domain_proof proof, instant at, struct err *err);
/* Replaces the MX hosts.  A host counts for a tenant only where it is of the domain's own organisation (or there is but
 * one tenant). */
bool store_domain_set_mx(struct store *store, struct str name, const struct str_list *hosts, struct domain_change *out,
                         struct err *err);

struct tenant_row {
	int64_t id;
	struct str name;
	instant created_at;
	uint64_t domains;
};
struct tenant_list {
	struct tenant_row *rows; /* by name */
	size_t count;
};
bool store_tenant_list(struct store *store, struct arena *arena, struct tenant_list *out, struct err *err);
bool store_tenant_find(struct store *store, struct str name, int64_t *out_id, struct err *err); /* ERR_MISSING */
bool store_tenant_add(struct store *store, struct str name, instant at, struct err *err);
bool store_tenant_rename(struct store *store, struct str name, struct str new_name, struct err *err);
/* ERR_INPUT while it has domains. */
bool store_tenant_remove(struct store *store, struct str name, struct err *err);

/* For whom this store is asked from now on.  It answers for that tenant alone, whatever a filter or an id says: what
 * belongs to others is not there (an empty list, ERR_MISSING), what is shared is cut to his part, and what changes the
 * house is ERR_DENIED.  This is the one place where tenants are kept apart: the command line, `keep` and the web set it
 * before they look at what was asked.  0: the whole house; a number that no tenant has: nothing. */
void store_set_tenant(struct store *store, int64_t tenant);
int64_t store_tenant(const struct store *store); /* 0: the house */
