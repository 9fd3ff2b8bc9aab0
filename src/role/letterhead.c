/* SPDX-License-Identifier: ISC */
#include "role/letterhead.h"

#include "store/store_domains.h"
#include "store/tenants.h"

bool letterhead_put(struct store *store, struct doc *doc, struct err *err)
{
	struct doc_letterhead *head = &doc->letterhead;
	int64_t tenant = store_tenant(store);
	struct tenant_settings settings;

	if (tenant == 0)
		return true;
	if (!tenants_settings(store, tenant, doc->arena, &settings, err) ||
	    !tenants_logo(store, tenant, doc->arena, &head->logo, err))
		return false;
	struct str name = settings.title.len > 0 ? settings.title : settings.name;
	/* A digest begins with it. */
	head->name = str_starts_with(doc->title, name) ? STR("") : name;
	head->logo_text = settings.logo_text.len > 0 ? settings.logo_text : head->name;
	head->colour = settings.colour;
	return true;
}
