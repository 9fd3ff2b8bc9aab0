/* SPDX-License-Identifier: ISC */
#include "role/keep_tenants.h"

#include "present/language.h"
#include "present/logo_png.h"
#include "role/actor.h"
#include "role/keep_secret.h"
#include "store/store_domains.h"

#define TEXT_BYTES 400

void keep_tenants_put(const struct tenant_settings *settings, bool has_new_address, struct buf *out)
{
	wire_put_u64(out, (uint64_t)settings->id);
	wire_put_str(out, settings->name);
	wire_put_str(out, settings->title);
	wire_put_str(out, settings->logo_text);
	wire_put_str(out, settings->colour);
	wire_put_str(out, settings->language);
	wire_put_u64(out, settings->most_domains);
	wire_put_u32(out, settings->originals_days);
	wire_put_u8(out, has_new_address);
}

static struct str get_text(struct wire_reader *arguments)
{
	struct str text = wire_get_text(arguments, TEXT_BYTES);
	return text.p == NULL ? STR("") : text;
}

static bool is_colour(struct str text)
{
	if (text.len == 0)
		return true;
	if (text.len != 7 || text.p[0] != '#')
		return false;
	for (size_t i = 1; i < 7; i++) {
		char c = byte_lower(text.p[i]);
		if (!byte_is_digit(c) && (c < 'a' || c > 'f'))
			return false;
	}
	return true;
}

static bool may_set(const struct keep *keep, const struct tenant_settings *old, const struct tenant_settings *settings,
                    struct err *err)
{
	bool is_site = keep->actor == NULL ? keep->tenant == 0 : keep->actor->is_site;

	if (!is_colour(settings->colour))
		return err_set(err, ERR_INPUT, "a colour is written #rrggbb");
	if (settings->language.len > 0 && language_find(settings->language) == NULL)
		return err_set(err, ERR_INPUT, "there are no words in that language");
	if (settings->originals_days > TENANT_DAYS_MOST)
		return err_set(err, ERR_INPUT, "these are too many days");
	if (!is_site && (old->most_domains != settings->most_domains || !str_eq(old->name, settings->name)))
		return err_set(err, ERR_DENIED, "only a site admin may do this");
	return true;
}

static bool give_address(struct keep *keep, int64_t id, struct err *err)
{
	char token[KEEP_SECRET_TOKEN_BYTES + 1];
	return keep_secret_make(token, err) && tenants_set_token(keep->store, id, str_of(token), err);
}

bool keep_tenants_settings(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	struct tenant_settings settings = {.id = (int64_t)wire_get_u64(arguments),
	                                   .name = get_text(arguments),
	                                   .title = get_text(arguments),
	                                   .logo_text = get_text(arguments),
	                                   .colour = get_text(arguments),
	                                   .language = get_text(arguments),
	                                   .most_domains = wire_get_u64(arguments),
	                                   .originals_days = wire_get_u32(arguments)};
	bool has_new_address = wire_get_bool(arguments);
	struct tenant_settings old;
	struct arena arena;

	(void)answer;
	if (!keep_arguments_end(arguments, err))
		return false;
	arena_init(&arena, KIB(64));
	bool ok = tenants_settings(keep->store, settings.id, &arena, &old, err) && may_set(keep, &old, &settings, err) &&
	          (str_eq(old.name, settings.name) || store_tenant_rename(keep->store, old.name, settings.name, err)) &&
	          tenants_set(keep->store, &settings, err) && (!has_new_address || give_address(keep, settings.id, err));
	arena_done(&arena);
	return ok;
}

bool keep_tenants_logo(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	int64_t id = (int64_t)wire_get_u64(arguments);
	struct str png = wire_get_bytes(arguments, LOGO_PNG_BYTES);
	struct tenant_settings settings;
	struct arena arena;
	struct buf clean;

	(void)answer;
	if (!keep_arguments_end(arguments, err))
		return false;
	arena_init(&arena, KIB(64));
	buf_init(&clean, LOGO_PNG_BYTES);
	bool ok = tenants_settings(keep->store, id, &arena, &settings, err) &&
	          (png.len == 0 || logo_png_clean(png, &clean, err)) &&
	          tenants_set_logo(keep->store, id, buf_view(&clean), err);
	buf_done(&clean);
	arena_done(&arena);
	return ok;
}
