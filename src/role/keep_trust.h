/* SPDX-License-Identifier: ISC */
#pragma once
/* Verbs of COMMAND about who is believed and whose the domains are.  Arguments and answers are wire fields, in the order
 * of the comments; each is a transaction of its own. */
#include "role/keep.h"

typedef bool keep_trust_fn(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err);

/* reporter, u8 enum store_decision, bool dry_run -> u8 the one before, then reports, successful, failed, held before and
 * after (8 u64). */
keep_trust_fn keep_trust_decide;
/* name, tenant name or "", bool dry_run -> token, nonce, then units, successful, failed before and after (6 u64). */
keep_trust_fn keep_trust_domain_add;
/* name, bool dry_run -> 6 u64. */
keep_trust_fn keep_trust_domain_remove;
/* name, u8 set of KEEP_DOMAIN_*, tenant name -> token. */
keep_trust_fn keep_trust_domain_edit;
#define KEEP_DOMAIN_TENANT 1u
#define KEEP_DOMAIN_NEW_TOKEN 2u
#define KEEP_DOMAIN_PAUSE 4u
#define KEEP_DOMAIN_RESUME 8u
/* name, u8 enum domain_proof. */
keep_trust_fn keep_trust_domain_prove;
/* name, u32 count, hosts... -> 6 u64. */
keep_trust_fn keep_trust_domain_mx;
/* name; name, new name; name. */
keep_trust_fn keep_trust_tenant_add;
keep_trust_fn keep_trust_tenant_remove;
