/* SPDX-License-Identifier: ISC */
/* Tenants, as their admins and those of the site see and change them. */
#include "base/limits.h"
#include "present/issue_doc.h"
#include "present/language.h"
#include "present/logo_png.h"
#include "role/api_body.h"
#include "role/api_change.h"
#include "role/api_handlers.h"
#include "role/keep_tenants.h"
#include "role/report_addresses.h"
#include "store/issues.h"
#include "store/store_domains.h"
#include "store/tenants.h"

#define ISSUES_COUNTED 1000 /* of a tenant; more are not told apart */

/* The secret ones, which only his admins read. */
static void put_addresses(struct api *api, const struct tenant_settings *settings)
{
	struct domain_rua rua = {0};

	if (settings->token.len > 0)
		report_addresses_of_domain(api->visit->door->config, STR_NONE, settings->token, &api->arena, &rua);
	json_out_list(&api->json, "report_addresses");
	if (rua.mail.len > 0)
		json_out_str(&api->json, NULL, rua.mail);
	if (rua.https.len > 0)
		json_out_str(&api->json, NULL, rua.https);
	json_out_end(&api->json);
}

static void put_tenant(struct api *api, const struct tenant_settings *settings)
{
	json_out_uint(&api->json, "id", (uint64_t)settings->id);
	json_out_str(&api->json, "name", settings->name);
	json_out_str(&api->json, "title", settings->title);
	json_out_str(&api->json, "logo_text", settings->logo_text);
	json_out_str(&api->json, "colour", settings->colour);
	json_out_str(&api->json, "language", settings->language);
	json_out_uint(&api->json, "most_domains", settings->most_domains);
	json_out_uint(&api->json, "originals_days", settings->originals_days);
	json_out_bool(&api->json, "has_logo", settings->logo_hash.len > 0);
	put_addresses(api, settings);
	json_out_uint(&api->json, "domains", settings->domains);
}

/* As the tenant himself sees them: the worst is the first. */
static bool put_worst_issue(struct api *api, int64_t tenant, struct err *err)
{
	struct issue_filter filter = {.limit = ISSUES_COUNTED};
	struct json_out *json = &api->json;
	struct issue *issues;
	char number[ISSUE_NUMBER_MAX];
	size_t n;

	store_set_tenant(api->store, tenant);
	bool ok = issues_list(api->store, &filter, &api->arena, &issues, &n, err);
	store_set_tenant(api->store, api->visit->principal.tenant);
	if (!ok)
		return false;
	json_out_uint(json, "open_issues", n);
	if (n == 0) {
		json_out_null(json, "worst_issue");
		return true;
	}
	json_out_object(json, "worst_issue");
	json_out_str(json, "id", issue_number(issues[0].id, number));
	json_out_str(json, "title", issue_doc_title(&api->arena, &issues[0]));
	json_out_str(json, "severity", str_of(severity_text(issues[0].severity)));
	json_out_uint(json, "refused_sessions", issues[0].refused);
	json_out_end(json);
	return true;
}

static bool put_tenant_row(struct api *api, int64_t id, struct err *err)
{
	struct tenant_settings settings;

	if (!tenants_settings(api->store, id, &api->arena, &settings, err))
		return false;
	json_out_object(&api->json, NULL);
	put_tenant(api, &settings);
	bool ok = put_worst_issue(api, id, err);
	json_out_end(&api->json);
	return ok;
}

bool api_tenants_list(struct api *api, struct err *err)
{
	struct tenant_list list;
	size_t at = 0, put = 0;

	if (!store_tenant_list(api->store, &api->arena, &list, err))
		return false;
	/* By name, behind the one that the page before ended with. */
	while (api->cursor.p != NULL && at < list.count && str_cmp(list.rows[at].name, api->cursor) <= 0)
		at++;
	json_out_object(&api->json, NULL);
	json_out_list(&api->json, "tenants");
	for (; at < list.count && put < api->filter.limit; at++, put++)
		if (!put_tenant_row(api, list.rows[at].id, err))
			return false;
	json_out_end(&api->json);
	api_put_next(api, at < list.count && put > 0 ? list.rows[at - 1].name : STR_NONE);
	json_out_uint(&api->json, "total", list.count);
	json_out_end(&api->json);
	return true;
}

bool api_tenants_one(struct api *api, struct err *err)
{
	struct tenant_settings settings;
	int64_t id;

	if (!api_number(api, &id, err) || !tenants_settings(api->store, id, &api->arena, &settings, err) ||
	    !api_change_tag(api, &(struct snapshot_key){.kind = SNAPSHOT_TENANT, .id = id}, err))
		return false;
	json_out_object(&api->json, NULL);
	put_tenant(api, &settings);
	json_out_end(&api->json);
	return true;
}

static bool send_name(struct api *api, const char *verb, struct str name, struct err *err)
{
	struct api_change change;

	api_change_begin(api, verb, &change);
	wire_put_str(&change.body, name);
	bool ok = api_change_send(&change, NULL, err);
	api_change_done(&change);
	return ok;
}

bool api_tenants_add(struct api *api, struct err *err)
{
	struct api_body body;

	bool ok = api_body_read(api, &body, err);
	if (ok) {
		struct str name = api_body_text(&body, "name", 200);
		ok = api_body_end(&body, err) && send_name(api, "tenant-add", name.p == NULL ? STR("") : name, err);
	}
	api_body_done(&body);
	if (!ok)
		return false;
	api->visit->answer->status = 201;
	return api_put_done(api);
}

static bool send_settings(struct api *api, const struct tenant_settings *settings, bool has_new_address, struct err *err)
{
	struct api_change change;

	api_change_begin(api, "tenant-settings", &change);
	keep_tenants_put(settings, has_new_address, &change.body);
	bool ok = api_change_send(&change, NULL, err);
	api_change_done(&change);
	return ok;
}

static bool edit(struct api *api, int64_t id, struct api_body *body, struct err *err)
{
	struct tenant_settings settings;

	if (!tenants_settings(api->store, id, &api->arena, &settings, err))
		return false;
	settings.name = api_body_text_or(body, "name", 200, settings.name);
	settings.title = api_body_text_or(body, "title", 200, settings.title);
	settings.logo_text = api_body_text_or(body, "logo_text", 40, settings.logo_text);
	settings.colour = api_body_text_or(body, "colour", 16, settings.colour);
	settings.language = api_body_text_or(body, "language", 16, settings.language);
	settings.most_domains = api_body_uint(body, "most_domains", settings.most_domains);
	uint64_t days = api_body_uint(body, "originals_days", settings.originals_days);
	if (settings.language.len > 0 && language_find(settings.language) == NULL)
		(void)api_body_wrong(body, "language", "this language is not there");
	if (days > TENANT_DAYS_MOST)
		(void)api_body_wrong(body, "originals_days", "these are too many days");
	settings.originals_days = (uint32_t)days;
	bool has_new_address = api_body_bool(body, "new_address", false);
	return api_body_end(body, err) && send_settings(api, &settings, has_new_address, err) && api_put_done(api);
}

bool api_tenants_edit(struct api *api, struct err *err)
{
	int64_t id;
	return api_number(api, &id, err) && api_body_with(api, edit, id, err);
}

bool api_tenants_remove(struct api *api, struct err *err)
{
	struct tenant_settings settings;
	int64_t id;

	return api_number(api, &id, err) && tenants_settings(api->store, id, &api->arena, &settings, err) &&
	       send_name(api, "tenant-remove", settings.name, err) && api_put_done(api);
}

/* --- the logo --- */

bool api_tenants_logo(struct api *api, struct err *err)
{
	struct str png;
	int64_t id;

	if (!api_number(api, &id, err) || !tenants_logo(api->store, id, &api->arena, &png, err))
		return false;
	if (png.len == 0)
		return err_set(err, ERR_MISSING, "there is no logo");
	api_answer_file(api, png, "image/png", "logo.png");
	return true;
}

static bool send_logo(struct api *api, int64_t id, struct str png, struct err *err)
{
	struct api_change change;

	api_change_begin(api, "tenant-logo", &change);
	wire_put_u64(&change.body, (uint64_t)id);
	wire_put_str(&change.body, png);
	bool ok = api_change_send(&change, NULL, err) && api_put_done(api);
	api_change_done(&change);
	return ok;
}

bool api_tenants_set_logo(struct api *api, struct err *err)
{
	struct str type = httpd_header(api->visit->request, "Content-Type"), png = api->visit->request->body;
	int64_t id;

	if (!str_eq_nocase(type, STR("image/png")))
		return err_set(err, ERR_INPUT, "a logo is a PNG file: send it as image/png");
	if (png.len > LOGO_PNG_BYTES)
		return err_set(err, ERR_TOO_BIG, LOGO_PNG_SENTENCE);
	return api_number(api, &id, err) && send_logo(api, id, png, err);
}

bool api_tenants_remove_logo(struct api *api, struct err *err)
{
	int64_t id;
	return api_number(api, &id, err) && send_logo(api, id, STR(""), err);
}
