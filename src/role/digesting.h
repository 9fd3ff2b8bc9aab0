/* SPDX-License-Identifier: ISC */
#pragma once
/* Puts the digest of a week or a month together. */
#include "report/digest_span.h"
#include "store/store.h"

struct digest_wish {
	enum digest_span span;
	int32_t day;            /* any day of the week or month */
	struct str domain;      /* absent: all */
	struct str tenant_name; /* whom the store answers for (store_set_tenant); absent: everybody */
};

/* What is known now of that span.  STORE_READ is enough. */
bool digesting_make(struct store *store, const struct digest_wish *wish, instant now, struct arena *arena,
                    struct digest *out, struct err *err);

/* The last week, or month, that is over: a day of it. */
int32_t digesting_last(enum digest_span span, instant now);
