/* SPDX-License-Identifier: ISC */
#pragma once
/* The parts of domain_look, one file each: what they share while a look is under way. */
#include "role/domain_look.h"

struct domain_looking {
	const struct domain_look_options *options;
	struct arena *arena;
	struct check *check;
	int64_t deadline_ms;
	size_t unknown_room;
};

void domain_looking_cannot_tell(struct domain_looking *looking, struct str subject, struct str why);
struct finding *domain_looking_found(struct domain_looking *looking, enum finding_code code, struct str subject,
                                     struct str detail);
struct str domain_looking_name(struct domain_looking *looking, const char *prefix, struct str name);
/* True when there is an answer, NODATA and NXDOMAIN too.  False when it could not be told, which is noted then. */
bool domain_looking_ask(struct domain_looking *looking, struct str name, enum resolve_type type,
                        struct resolve_answer *out);

void domain_look_mx_set(struct domain_looking *looking);   /* names and preferences */
void domain_look_mx_one(struct domain_looking *looking);   /* only the server of the options */
void domain_look_servers(struct domain_looking *looking);  /* each server, TLSA, the policy's list */
void domain_look_compare(struct domain_looking *looking);  /* the servers and the policy's list */
void domain_look_tls_rpt(struct domain_looking *looking);
/* The record, and the policy file too. */
void domain_look_mta_sts(struct domain_looking *looking, bool with_policy);
