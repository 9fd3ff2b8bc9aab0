/* SPDX-License-Identifier: ISC */
#pragma once
/* How a reporter is called in words.  The domain is what its contact address says: a claim until a signature backs it. */
#include "base/str.h"

/* The known name for the domain or one above it, else `organization` as it is written, else the domain; absent when
 * there is none of them. */
struct str reporter_name(struct str domain, struct str organization);

/* What is known of its habits, a sentence; absent when nothing is. */
struct str reporter_habit(struct str domain);

/* Whether it is one of facts/reporters.h, and not a mere mailbox there. */
bool reporter_is_known(struct str domain);

/* Anybody may have an address at this very domain. */
bool reporter_is_mailbox(struct str domain);

/* The domain that a known name stands for, its case ignored; the first one where it has several; absent for others. */
struct str reporter_domain(struct str name);
