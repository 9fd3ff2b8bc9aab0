/* SPDX-License-Identifier: ISC */
#include "web/web_assets.h"

#include <stdio.h>

#include "base/limits.h"
#include "base/quote.h"
#include "sys/digest.h"

#define INDEX "/index.html"
#define INDEX_BYTES KIB(64)
#define TAG_BYTES 12

const char web_assets_policy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'self'; require-trusted-types-for 'script'; "
    "trusted-types svelte-trusted-html";

static struct buf index_page; /* written before the first thread, then read alone */
static char index_tag[TAG_BYTES * 2 + 1];

const struct web_asset *web_assets_find(struct str path)
{
	for (const struct web_asset *asset = web_assets; asset->path != NULL; asset++)
		if (str_eq(path, str_of(asset->path)))
			return asset;
	return NULL;
}

struct str web_assets_form(const struct web_asset *asset, bool takes_brotli, bool takes_gzip, const char **out_coding)
{
	*out_coding = NULL;
	if (takes_brotli && asset->brotli.p != NULL) {
		*out_coding = "br";
		return asset->brotli;
	}
	if (takes_gzip && asset->gzip.p != NULL) {
		*out_coding = "gzip";
		return asset->gzip;
	}
	return asset->plain;
}

/* Copies up to `mark` and gives what stands behind it; all of it where the mark is missing. */
static struct str copy_until(struct str text, struct str mark, struct buf *out)
{
	size_t at = str_find(text, mark);

	buf_str(out, str_upto(text, at));
	return str_from(text, at < text.len ? at + mark.len : at);
}

/* Readers without JavaScript find the plain pages. */
static void put_way_out(struct str base, struct buf *out)
{
	buf_text(out, "<noscript><p><a href=\"");
	quote_html(base, out);
	buf_text(out, "plain/\">Without JavaScript: the plain pages</a></p>");
}

void web_assets_prepare(struct str base)
{
	const struct web_asset *asset = web_assets_find(STR(INDEX));
	unsigned char hash[DIGEST_SHA256_BYTES];

	buf_init(&index_page, INDEX_BYTES);
	if (asset == NULL)
		return;
	struct str rest = copy_until(asset->plain, STR("<base href=\"/\">"), &index_page);
	if (rest.len > 0) {
		buf_text(&index_page, "<base href=\"");
		quote_html(base, &index_page);
		buf_text(&index_page, "\">");
	}
	rest = copy_until(rest, STR("<noscript>"), &index_page);
	if (rest.len > 0)
		put_way_out(base, &index_page);
	buf_str(&index_page, rest);
	digest_sha256(buf_view(&index_page), hash);
	for (size_t i = 0; i < TAG_BYTES; i++)
		(void)snprintf(index_tag + i * 2, 3, "%02x", hash[i]);
}

struct str web_assets_index(void)
{
	return index_page.len > 0 && !index_page.failed ? buf_view(&index_page) : STR_NONE;
}

const char *web_assets_index_tag(void)
{
	return index_tag;
}

bool web_assets_is_for(struct str accept)
{
	while (accept.p != NULL) {
		struct str item = str_cut(&accept, ',');
		if (str_eq_nocase(str_trim(str_cut(&item, ';')), STR("text/html")))
			return true;
	}
	return false;
}
