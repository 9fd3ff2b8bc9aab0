/* SPDX-License-Identifier: ISC */
/* What this server is, and who asks. */
#include "present/language.h"
#include "role/api_account.h"
#include "role/api_handlers.h"
#include "store/issues.h"
#include "store/store_domains.h"
#include "store/tenants.h"
#include "version.h"

/* role/openapi_json.c is made from docs/openapi.yaml. */
extern const unsigned char openapi_json[];
extern const size_t openapi_json_len;

static const char *const features[] = {"accounts", "alerts-log", "checks", "explain", "metrics", "record"};

static void put_languages(struct json_out *json)
{
	json_out_list(json, "languages");
	for (size_t i = 0; i <= language_catalogue_count; i++) {
		const char *tag = i == 0 ? "en" : language_catalogues[i - 1].tag;
		json_out_object(json, NULL);
		json_out_str(json, "code", str_of(tag));
		json_out_str(json, "name", str_of(language_own_name(str_of(tag))));
		json_out_end(json);
	}
	json_out_end(json);
}

bool api_session_meta(struct api *api, struct err *err)
{
	const struct config *config = api->visit->door->config;
	struct json_out *json = &api->json;

	(void)err;
	json_out_object(json, NULL);
	json_out_str(json, "name", STR("mailseal"));
	json_out_str(json, "version", STR(MAILSEAL_VERSION));
	json_out_str(json, "language", str_of(language_now()->tag));
	put_languages(json);
	json_out_list(json, "report_addresses");
	for (size_t i = 0; i < config->report_addresses.count; i++)
		json_out_str(json, NULL, str_of(config->report_addresses.items[i]));
	json_out_end(json);
	json_out_str(json, "base", api->visit->door->base);
	json_out_bool(json, "needs_sign_in", api->visit->needs_sign_in);
	json_out_list(json, "features");
	for (size_t i = 0; i < COUNT_OF(features); i++)
		json_out_str(json, NULL, str_of(features[i]));
	json_out_end(json);
	json_out_end(json);
	return true;
}

static void put_tenant(struct json_out *json, const struct tenant_row *row)
{
	json_out_object(json, NULL);
	json_out_int(json, "id", row->id);
	json_out_str(json, "name", row->name);
	json_out_uint(json, "domains", row->domains);
	json_out_end(json);
}

/* With what stands on his documents: the application prints them too. */
static bool put_own(struct api *api, const struct tenant_row *own, struct err *err)
{
	struct json_out *json = &api->json;
	struct tenant_settings settings;

	if (own == NULL) {
		json_out_null(json, "tenant");
		return true;
	}
	if (!tenants_settings(api->store, own->id, &api->arena, &settings, err))
		return false;
	json_out_object(json, "tenant");
	json_out_int(json, "id", own->id);
	json_out_str(json, "name", own->name);
	json_out_uint(json, "domains", own->domains);
	json_out_str(json, "title", settings.title);
	json_out_str(json, "logo_text", settings.logo_text);
	json_out_bool(json, "has_logo", settings.logo_hash.len > 0);
	json_out_end(json);
	return true;
}

static bool put_tenants(struct api *api, const struct principal *principal, const struct tenant_list *tenants, struct err *err)
{
	struct json_out *json = &api->json;
	const struct tenant_row *own = NULL;

	for (size_t i = 0; i < tenants->count; i++)
		if (tenants->rows[i].id == principal->tenant)
			own = &tenants->rows[i];
	if (!put_own(api, own, err))
		return false;
	json_out_list(json, "tenants");
	for (size_t i = 0; i < tenants->count; i++)
		if (principal->sees_all || &tenants->rows[i] == own)
			put_tenant(json, &tenants->rows[i]);
	json_out_end(json);
	json_out_bool(json, "sees_all", principal->sees_all);
	return true;
}

/* The numbers beside the entries of the navigation. */
static bool put_counts(struct api *api, struct err *err)
{
	struct json_out *json = &api->json;
	struct screens_counts counts;

	if (!screens_count(api->store, &counts, err))
		return false;
	json_out_object(json, "counts");
	json_out_uint(json, "open_issues", counts.open_issues);
	json_out_uint(json, "quarantine",
	              principal_may(&api->visit->principal, WEB_RIGHT_OPERATOR) ? counts.quarantine : 0);
	json_out_uint(json, "domains", counts.domains);
	json_out_uint(json, "reports", counts.reports);
	json_out_end(json);
	return true;
}

bool api_session_me(struct api *api, struct err *err)
{
	const struct principal *principal = &api->visit->principal;
	struct json_out *json = &api->json;
	struct tenant_list tenants;

	if (!store_tenant_list(api->store, &api->arena, &tenants, err))
		return false;
	json_out_object(json, NULL);
	json_out_str(json, "who", principal->who);
	json_out_str(json, "role", str_of(principal_right_text(principal->right)));
	json_out_str(json, "by", str_of(principal_by_text(principal->by)));
	bool ok = put_tenants(api, principal, &tenants, err) && put_counts(api, err) && api_me_put(api, err);
	json_out_end(json);
	return ok;
}

bool api_session_openapi(struct api *api, struct err *err)
{
	(void)err;
	buf_bytes(&api->visit->answer->body, openapi_json, openapi_json_len);
	return true;
}
