/* SPDX-License-Identifier: ISC */
#pragma once
/* Verbs of COMMAND about what is set for a tenant; who there is: keep_trust.h. */
#include "role/keep.h"
#include "store/tenants.h"

#define TENANT_DAYS_MOST 36500 /* as store.originals_days */

/* The arguments of "tenant-settings"; with a new address the old one is nobody's any more.  Its name, and how many domains it may have, are the site's to say. */
void keep_tenants_put(const struct tenant_settings *settings, bool has_new_address, struct buf *out);
bool keep_tenants_settings(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err);

/* u64 tenant, the bytes of a PNG file; none: no logo any more.  What is stored is logo_png_clean() of them. */
bool keep_tenants_logo(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err);
