/* SPDX-License-Identifier: ISC */
#pragma once
/* What the adviser of a rollout rests on: our own look at the domain, what its reporters saw, what is served here. */
#include "present/advice_doc.h"
#include "role/domain_look.h"
#include "store/store.h"

struct advising_options {
	struct advice_limits limits;
	uint32_t window_days;
	struct str next_spki; /* of the key to come, for DANE; may be absent */
};

/* Looks at the domain and fills `out`, step and all.  `store` may be NULL: then nobody has reported.  `*out_check` is the
 * look. */
bool advising(struct str domain, const struct domain_look_options *look, struct store *store,
              const struct advising_options *options, struct arena *arena, struct check *out_check,
              struct advice_page *out, struct err *err);

/* Whether a server with this finding is one that enforce would refuse. */
bool advising_is_about_tls(enum finding_code code);

/* The same for a look that is at hand. */
bool advising_of(const struct check *check, struct store *store, const struct advising_options *options,
                 struct arena *arena, struct advice_page *out, struct err *err);

/* The look where nobody has looked: nothing is known, which is not the same as missing. */
void advising_blind(struct str domain, struct arena *arena, struct check *out);
