/* SPDX-License-Identifier: ISC */
#include "role/report_addresses.h"

#include "base/mem.h"
#include "role/keep_secret.h"
#include "sys/idn.h"

#define ADDRESS_BYTES 1024

static bool normalise(struct str text, struct buf *out)
{
	size_t at = str_find_byte(text, '@');
	size_t tag = str_find_byte(str_upto(text, at), '+');

	if (at == 0 || tag == 0 || at == text.len)
		return false;
	for (size_t i = 0; i < tag; i++)
		buf_byte(out, byte_lower(text.p[i]));
	buf_byte(out, '@');
	return idn_to_ascii(str_from(text, at + 1), out) && !out->failed;
}

bool report_addresses_init(struct report_addresses *addresses, const struct config *config, struct err *err)
{
	const struct config_list *list = &config->report_addresses;

	*addresses = (struct report_addresses){.items = mem_new_array(list->count + 1, sizeof(struct str))};
	for (size_t i = 0; i < list->count; i++) {
		struct buf text;
		buf_init(&text, ADDRESS_BYTES);
		bool ok = normalise(str_trim(str_of(list->items[i])), &text);
		if (ok) {
			char *copy = mem_new(text.len + 1);
			memcpy(copy, text.p, text.len);
			addresses->items[addresses->count++] = str_make(copy, text.len);
		}
		buf_done(&text);
		if (!ok) {
			report_addresses_done(addresses);
			return err_set(err, ERR_SETUP, "report.addresses: '%s' is no address", list->items[i]);
		}
	}
	return true;
}

void report_addresses_done(struct report_addresses *addresses)
{
	for (size_t i = 0; i < addresses->count; i++) {
		union {
			const char *p;
			void *owned;
		} item = {.p = addresses->items[i].p};
		mem_free(item.owned);
	}
	mem_free(addresses->items);
	*addresses = (struct report_addresses){0};
}

bool report_addresses_has(const struct report_addresses *addresses, struct str address)
{
	bool found = false;

	for (size_t i = 0; i < addresses->count; i++)
		found |= str_eq(addresses->items[i], address);
	return found;
}

bool report_addresses_may_be_secret(const struct report_addresses *addresses, struct str address)
{
	struct str host = str_from(address, str_find_byte(address, '@'));

	if (keep_secret_token(address).p == NULL || str_starts_with(address, STR("/")))
		return false;
	for (size_t i = 0; i < addresses->count; i++)
		if (str_eq(str_from(addresses->items[i], str_find_byte(addresses->items[i], '@')), host))
			return true;
	return false;
}

struct str report_addresses_host(const struct config *config)
{
	if (config->report_addresses.count == 0)
		return STR("localhost");
	struct str address = str_of(config->report_addresses.items[0]);
	size_t at = str_find_byte(address, '@');
	return at < address.len ? str_from(address, at + 1) : STR("localhost");
}

void report_addresses_of_domain(const struct config *config, struct str base_url, struct str token, struct arena *arena,
                                struct domain_rua *out)
{
	struct str host = report_addresses_host(config);
	struct str base = base_url.p != NULL ? base_url : str_of(config->web_url);

	if (base.len == 0)
		base = str_of(arena_format(arena, "https://%.*s", STR_ARGS(host)));
	while (str_ends_with(base, STR("/")))
		base.len--;
	out->mail = str_of(arena_format(arena, "mailto:tls-%.*s@%.*s", STR_ARGS(token), STR_ARGS(host)));
	out->https = str_of(arena_format(arena, "%.*s/report/%.*s", STR_ARGS(base), STR_ARGS(token)));
}
