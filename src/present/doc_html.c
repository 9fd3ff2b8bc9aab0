/* SPDX-License-Identifier: ISC */
#include "present/doc_html.h"

#include "base/base64.h"
#include "base/limits.h"
#include "base/quote.h"
#include "present/words.h"

/* The values are those of the product's visual language: contrast at least 4.5:1, and the fills differ for people with any
 * kind of colour blindness. */
#define LIGHT                                                                                                          \
	"--bg:#fff;--surface:#f6f7f9;--text:#1b1f24;--muted:#57606a;--border:#d3d9e0;--control:#79838f;"               \
	"--accent:#1d5fb8;--ok:#3f8f7f;--ok-t:#0f6b5c;--ok-b:#e3f2ee;--fail:#a3142a;--fail-t:#a3142a;--fail-b:#fbe6e8;" \
	"--warn:#e0a51a;--warn-t:#7a5200;--warn-b:#fdf1d3;--test:#8b5db8;--test-t:#6b3fa0;--test-b:#f0e9f8;"           \
	"--none:#c9d0d9;--none-t:#57606a;--none-b:#eceff3"
#define DARK                                                                                                           \
	"--bg:#12151a;--surface:#1b2027;--text:#e7eaee;--muted:#a5afba;--border:#343b45;--control:#7d8793;"            \
	"--accent:#82b4ff;--ok:#57bfb4;--ok-t:#6fd3c6;--ok-b:#16332f;--fail:#eb6355;--fail-t:#ff9a8f;--fail-b:#421a1c;" \
	"--warn:#e9d467;--warn-t:#f0cf5a;--warn-b:#3a2f10;--test:#8071cc;--test-t:#b9a6f5;--test-b:#2b2344;"           \
	"--none:#4a525b;--none-t:#a5afba;--none-b:#262c34"

static const char style[] =
    ":root{color-scheme:light dark;" LIGHT "}"
    "@media(prefers-color-scheme:dark){:root{" DARK "}}"
    "@media(prefers-contrast:more){:root{--border:var(--control)}}"
    "@media print{:root{color-scheme:light;" LIGHT "}}"
    "*{box-sizing:border-box}"
    "body{margin:0;font:400 .875rem/1.5 system-ui,-apple-system,\"Segoe UI\",Roboto,\"Noto Sans\",\"Liberation Sans\",Arial,"
    "\"Noto Sans CJK JP\",\"Noto Sans CJK SC\",sans-serif;color:var(--text);background:var(--bg);"
    "font-variant-numeric:tabular-nums;overflow-wrap:anywhere}"
    ":lang(ja),:lang(zh){line-height:1.7}"
    "a{color:var(--accent);text-underline-offset:2px}"
    ":focus-visible{outline:2px solid var(--accent);outline-offset:2px}"
    ".skip{position:absolute;left:-999rem}.skip:focus{position:static;display:block;padding:.5rem}"
    ".shell{display:grid;grid-template-columns:13rem 1fr;min-height:100vh}.shell>*{min-width:0}"
    ".alone{display:block}"
    "nav{background:var(--surface);border-inline-end:1px solid var(--border);padding:1rem .75rem}"
    "nav b{display:block;padding:0 .5rem}nav ul{list-style:none;margin:1rem 0;padding:0}"
    "nav a{display:block;padding:6px .5rem;min-height:32px;border-radius:4px;color:var(--text);text-decoration:none}"
    "nav a:hover{text-decoration:underline}"
    "nav a[aria-current]{background:var(--bg);box-shadow:inset 3px 0 0 var(--accent);font-weight:600}"
    "main{padding:1.5rem;max-width:80rem}"
    ".letterhead{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center;margin:0 0 1rem;max-width:none}"
    ".letterhead img{max-height:3rem;max-width:100%;background:#fff}.letterhead svg{width:100%;height:4px}"
    ".letterhead rect{forced-color-adjust:none}"
    "h1{font-size:1.5rem;line-height:1.25;margin:0}"
    "h2{font-size:1rem;line-height:1.4;margin:2rem 0 .5rem}h3{font-size:.875rem;margin:1.5rem 0 .5rem}"
    "p{margin:.5rem 0;max-width:68ch}.verdict{font-size:1.25rem;line-height:1.35;margin:1rem 0 .5rem;max-width:60ch}"
    ".read{font-size:1rem}.sub,.about{color:var(--muted)}"
    ".tag{display:inline-flex;gap:6px;align-items:center;font-size:.8125rem;line-height:20px;padding:1px 8px 1px 6px;"
    "border-radius:4px;white-space:nowrap;border:1px solid transparent;vertical-align:middle}"
    ".tag svg{width:12px;height:12px;flex:none}"
    ".ok{background:var(--ok-b);color:var(--ok-t)}.fail{background:var(--fail-b);color:var(--fail-t)}"
    ".warn{background:var(--warn-b);color:var(--warn-t)}.test{background:var(--test-b);color:var(--test-t)}"
    ".none{background:var(--none-b);color:var(--none-t)}"
    ".tw{overflow-x:auto;margin:.5rem 0}table{border-collapse:collapse;width:100%}"
    "caption{text-align:start;color:var(--muted);padding-bottom:.5rem}"
    "thead th{font-size:.8125rem;font-weight:600;color:var(--muted);text-align:start;vertical-align:bottom;"
    "border-bottom:1px solid var(--control);padding:6px 10px;white-space:nowrap}"
    "tbody th,td{padding:8px 10px;border-bottom:1px solid var(--border);vertical-align:top;text-align:start;"
    "font-weight:400;overflow-wrap:normal;max-width:32rem}"
    "tbody th{overflow-wrap:anywhere;min-width:12rem}td.c{overflow-wrap:anywhere;min-width:9rem}"
    "tbody th.n{min-width:0}td:not(.n):not(.c){min-width:5.5rem}"
    "th.n,td.n{text-align:end;white-space:nowrap}"
    ".d1>:first-child{padding-inline-start:2rem}.d2>:first-child{padding-inline-start:3.5rem}"
    ".d1>*,.d2>*{background:var(--surface)}"
    "code,pre{font-family:ui-monospace,\"SF Mono\",\"Cascadia Mono\",\"Liberation Mono\",\"Noto Sans Mono\",monospace;"
    "font-size:.8125rem}"
    "pre{background:var(--surface);border:1px solid var(--border);border-radius:4px;padding:.75rem;overflow:auto;"
    "margin:.5rem 0;line-height:1.5;overflow-wrap:normal;max-height:30rem}"
    ".facts{display:grid;grid-template-columns:minmax(7rem,max-content) 1fr;gap:.25rem 1rem;margin:.5rem 0}"
    ".facts dt{color:var(--muted)}.facts dd{margin:0;min-width:0}"
    ".big{grid-template-columns:repeat(4,1fr);gap:1rem;margin:1rem 0}"
    ".big div{border-inline-start:3px solid var(--border);padding-inline-start:.75rem}"
    ".big dd{font-size:1.5rem;font-weight:700;line-height:1.2}"
    ".bars{list-style:none;margin:.5rem 0;padding:0}.bars li{display:grid;grid-template-columns:14rem 1fr 11rem;"
    "gap:0 .75rem;align-items:center;padding:4px 0}.bars svg{width:100%;height:14px;display:block}"
    ".bars .v{text-align:end}rect.ground{fill:var(--none-b)}"
    "rect.ok{fill:var(--ok)}rect.fail{fill:var(--fail)}rect.warn{fill:var(--warn);stroke:var(--control)}"
    "rect.test{fill:var(--test)}rect.none{fill:var(--none);stroke:var(--control)}"
    ".links a{margin-inline-end:1rem;display:inline-block;min-height:24px}"
    ".note{border:1px solid var(--border);border-radius:6px;padding:.5rem .75rem;margin:1rem 0;max-width:72ch}"
    "ul.list{padding-inline-start:1.25rem;max-width:68ch}"
    "details{margin:.25rem 0}summary{color:var(--muted);cursor:pointer;min-height:24px}"
    "footer{color:var(--muted);margin-top:3rem;border-top:1px solid var(--border);padding-top:.5rem}"
    "@media(max-width:48rem){.shell{display:block}"
    "nav{border:0;border-block-end:1px solid var(--border);padding:.75rem}"
    "nav ul{display:flex;overflow-x:auto;gap:4px;margin:.5rem 0 0}nav a{white-space:nowrap}"
    "nav a[aria-current]{box-shadow:inset 0 -3px 0 var(--accent)}"
    "main{padding:1rem}.big{grid-template-columns:1fr 1fr}.facts:not(.big){grid-template-columns:1fr;gap:0}"
    ".facts:not(.big) dd{margin-bottom:.5rem}.bars li{grid-template-columns:1fr auto}.bars svg{grid-column:1/3;"
    "grid-row:2}table{font-size:.8125rem}tbody th,td{max-width:18rem}}"
    "@media(pointer:coarse){body{font-size:1rem}nav a{min-height:40px}}"
    "@media(forced-colors:active){.tag,.note{border-color:CanvasText}rect{forced-color-adjust:none}}"
    "@media print{nav,.skip,footer,details{display:none}.shell{display:block}main{padding:0;max-width:none}"
    ".tw,pre{overflow:visible;max-height:none}tr,.facts div,.bars li,pre{break-inside:avoid}h2,h3{break-after:avoid}"
    ".tag{border-color:currentColor}}";

static const char *const tone_class[TONE_COUNT] = {"", "ok", "fail", "warn", "test", "none"};
static const char *const tone_shape[TONE_COUNT] = {
    "",
    "<path d=\"M2 6.5 5 9.5 10 3\"/>",
    "<path d=\"M3 3 9 9M9 3 3 9\"/>",
    "<path d=\"M6 1.5 11 10.5H1Z M6 5v2.5M6 9v.3\" stroke-width=\"1.3\"/>",
    "<circle cx=\"6\" cy=\"6\" r=\"4.3\" stroke-dasharray=\"2.6 1.9\"/>",
    "<path d=\"M2.5 6h7\"/>",
};

struct str doc_html_style(void)
{
	return str_make(style, sizeof style - 1);
}

struct str doc_html_href(struct arena *arena, const char *path, const struct doc_param *params, size_t n)
{
	static const char digits[] = "0123456789ABCDEF";
	struct buf out;
	char separator = '?';

	buf_init(&out, MIB(1));
	buf_text(&out, path);
	for (size_t i = 0; i < n; i++) {
		if (params[i].value.p == NULL)
			continue;
		buf_byte(&out, separator);
		separator = '&';
		buf_text(&out, params[i].name);
		buf_byte(&out, '=');
		for (size_t at = 0; at < params[i].value.len; at++) {
			char c = params[i].value.p[at];
			if (byte_is_alpha(c) || byte_is_digit(c) || memchr("-._~", c, 4) != NULL) {
				buf_byte(&out, c);
			} else {
				buf_byte(&out, '%');
				buf_byte(&out, digits[(unsigned char)c >> 4]);
				buf_byte(&out, digits[(unsigned char)c & 15]);
			}
		}
	}
	struct str href = arena_str(arena, buf_view(&out));
	buf_done(&out);
	return href;
}

/* --- pieces --- */

static void text(const char *html, struct buf *out)
{
	buf_text(out, html);
}

static void tagged(const char *open, struct str s, const char *close, struct buf *out)
{
	buf_text(out, open);
	quote_html(s, out);
	buf_text(out, close);
}

/* Only paths of our own house become links, whatever was put into the document. */
static bool is_own_path(struct str href)
{
	return href.len > 0 && href.p[0] == '/' && (href.len == 1 || (href.p[1] != '/' && href.p[1] != '\\'));
}

static void open_link(const struct doc_html_look *look, struct str href, struct buf *out)
{
	text("<a href=\"", out);
	quote_html(str_of(look->base == NULL ? "" : look->base), out);
	quote_html(href, out);
	text("\">", out);
}

static void badge(enum doc_tone tone, struct str word, struct buf *out)
{
	if (tone == TONE_PLAIN && word.len == 0)
		return;
	text("<span class=\"tag ", out);
	text(tone == TONE_PLAIN ? "none" : tone_class[tone], out);
	text("\">", out);
	if (tone != TONE_PLAIN) {
		text("<svg viewBox=\"0 0 12 12\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\" "
		     "aria-hidden=\"true\">",
		     out);
		text(tone_shape[tone], out);
		text("</svg>", out);
	}
	quote_html(word, out);
	text("</span>", out);
}

/* --- tables --- */

/* A column in which nothing stands is left out. */
static bool is_blank(const struct doc_table *table, size_t c)
{
	if (table->columns[c].drop == 0)
		return false;
	for (const struct doc_row *row = table->first; row != NULL; row = row->next)
		if (row->cells[c].text.len > 0)
			return false;
	return true;
}

static void put_cell(const struct doc_html_look *look, const struct doc_column *column, const struct doc_cell *cell,
                     bool is_first, struct buf *out)
{
	bool is_link = is_own_path(cell->href);
	bool is_code = column->kind == COLUMN_CODE && cell->text.len > 0 && cell->tone == TONE_PLAIN;
	const char *element = is_first ? "th" : "td";

	buf_format(out, "<%s%s%s>", element, is_first ? " scope=\"row\"" : "",
	           column->kind == COLUMN_NUMBER ? " class=\"n\"" : column->kind == COLUMN_CODE ? " class=\"c\"" : "");
	if (is_link)
		open_link(look, cell->href, out);
	if (cell->tone != TONE_PLAIN)
		badge(cell->tone, cell->text, out);
	else
		tagged(is_code ? "<code>" : "", cell->text, is_code ? "</code>" : "", out);
	if (is_link)
		text("</a>", out);
	buf_format(out, "</%s>", element);
}

static void put_help(const struct doc_table *table, struct buf *out)
{
	bool any = false;

	for (size_t c = 0; c < table->column_count; c++)
		any = any || table->columns[c].help != NULL;
	if (!any)
		return;
	tagged("<details><summary>", str_of(tr("What the columns mean")), "</summary><dl class=\"facts\">", out);
	for (size_t c = 0; c < table->column_count; c++) {
		if (table->columns[c].help == NULL)
			continue;
		tagged("<dt>", str_of(tr(table->columns[c].title)), "</dt>", out);
		tagged("<dd>", str_of(tr(table->columns[c].help)), "</dd>", out);
	}
	text("</dl></details>\n", out);
}

static void put_table(const struct doc_table *table, const struct doc_html_look *look, struct buf *out)
{
	bool *blank = ARENA_ARRAY(table->arena, table->column_count, bool);
	for (size_t c = 0; c < table->column_count; c++)
		blank[c] = is_blank(table, c);
	struct str name = table->caption.len > 0 ? table->caption : str_of(tr("Table"));

	tagged("<div class=\"tw\" role=\"region\" tabindex=\"0\" aria-label=\"", name, "\"><table>", out);
	if (table->caption.len > 0)
		tagged("<caption>", table->caption, "</caption>", out);
	text("\n<thead><tr>", out);
	for (size_t c = 0; c < table->column_count; c++)
		if (!blank[c])
			tagged(table->columns[c].kind == COLUMN_NUMBER ? "<th scope=\"col\" class=\"n\">"
			                                               : "<th scope=\"col\">",
			       str_of(tr(table->columns[c].title)), "</th>", out);
	text("</tr></thead>\n<tbody>\n", out);
	for (const struct doc_row *row = table->first; row != NULL; row = row->next) {
		if (row->depth == 0)
			text("<tr>", out);
		else
			text(row->depth == 1 ? "<tr class=\"d1\">" : "<tr class=\"d2\">", out);
		for (size_t c = 0; c < table->column_count; c++)
			if (!blank[c])
				put_cell(look, &table->columns[c], &row->cells[c], c == 0, out);
		text("</tr>\n", out);
	}
	text("</tbody></table></div>\n", out);
	put_help(table, out);
}

/* --- the other nodes --- */

static void put_facts(const struct doc_node *node, const struct doc_html_look *look, struct buf *out)
{
	bool is_big = node->level > 0;

	text(is_big ? "<dl class=\"facts big\">" : "<dl class=\"facts\">", out);
	for (const struct doc_item *item = node->items; item != NULL; item = item->next) {
		text(is_big ? "<div>" : "", out);
		tagged("<dt>", item->name, "</dt><dd>", out);
		bool is_link = is_own_path(item->href);
		if (is_link)
			open_link(look, item->href, out);
		if (item->tone != TONE_PLAIN)
			badge(item->tone, item->value, out);
		else
			quote_html(item->value, out);
		text(is_link ? "</a></dd>" : "</dd>", out);
		text(is_big ? "</div>" : "", out);
	}
	text("</dl>\n", out);
}

static void put_bars(const struct doc_node *node, struct buf *out)
{
	text("<ul class=\"bars\">\n", out);
	for (const struct doc_item *item = node->items; item != NULL; item = item->next) {
		double share = item->whole == 0 ? 0 : 100.0 * (double)item->part / (double)item->whole;
		tagged("<li><span>", item->name, "</span>", out);
		text("<svg aria-hidden=\"true\"><rect class=\"ground\" width=\"100%\" height=\"100%\"/>", out);
		if (item->part > 0)
			buf_format(out, "<rect class=\"%s\" width=\"%.2f%%\" height=\"100%%\"/>",
			           item->tone == TONE_PLAIN ? "none" : tone_class[item->tone], share < 0.5 ? 0.5 : share);
		text("</svg>", out);
		tagged("<span class=\"v\">", item->value, "</span></li>\n", out);
	}
	text("</ul>\n", out);
}

static void put_list(const struct doc_node *node, struct buf *out)
{
	text("<ul class=\"list\">\n", out);
	for (const struct doc_item *item = node->items; item != NULL; item = item->next)
		tagged("<li>", item->value, "</li>\n", out);
	text("</ul>\n", out);
}

static void put_badged(const char *open, const struct doc_node *node, struct buf *out)
{
	text(open, out);
	badge(node->tone, node->word, out);
	tagged(node->word.len > 0 ? " " : "", node->text, "</p>\n", out);
}

static void put_node(const struct doc_node *node, const struct doc_html_look *look, struct buf *out)
{
	switch (node->kind) {
	case DOC_VERDICT: put_badged("<p class=\"verdict\">", node, out); break;
	case DOC_NOTE: put_badged("<p class=\"note\" role=\"note\">", node, out); break;
	case DOC_SENTENCE: tagged("<p class=\"read\">", node->text, "</p>\n", out); break;
	case DOC_SUB: tagged("<p class=\"sub\">", node->text, "</p>\n", out); break;
	case DOC_HEADING:
		tagged(node->level <= 2 ? "<h2>" : "<h3>", node->text, node->level <= 2 ? "</h2>\n" : "</h3>\n", out);
		break;
	case DOC_FACTS: put_facts(node, look, out); break;
	case DOC_TABLE: put_table(node->table, look, out); break;
	case DOC_BARS: put_bars(node, out); break;
	case DOC_LIST: put_list(node, out); break;
	case DOC_CODE: tagged("<pre tabindex=\"0\">", node->text, "</pre>\n", out); break;
	case DOC_LINK: break; /* put_links() */
	}
}

/* Links that follow one another, in one line; returns the last of them. */
static const struct doc_node *put_links(const struct doc_node *node, const struct doc_html_look *look, struct buf *out)
{
	bool any = false;

	for (;; node = node->next) {
		if (is_own_path(node->href)) {
			text(any ? " " : "<p class=\"links\">", out);
			any = true;
			open_link(look, node->href, out);
			tagged("", node->text, "</a>", out);
		}
		if (node->next == NULL || node->next->kind != DOC_LINK)
			break;
	}
	text(any ? "</p>\n" : "", out);
	return node;
}

static void put_nav(const struct doc_html_look *look, struct buf *out)
{
	text("<nav aria-label=\"", out);
	tagged("", str_of(tr("Main")), "\"><b>mailseal</b>\n<ul>\n", out);
	for (size_t i = 0; i < look->nav_count; i++) {
		const char *path = look->nav[i].path;
		bool is_current = look->current != NULL && strcmp(look->current, path) == 0;
		text("<li><a href=\"", out);
		quote_html(str_of(look->base == NULL ? "" : look->base), out);
		quote_html(str_of(path), out);
		text(is_current ? "\" aria-current=\"page\">" : "\">", out);
		tagged("", str_of(tr(look->nav[i].word)), "</a></li>\n", out);
	}
	text("</ul></nav>\n", out);
}

static void put_head(const struct doc *doc, const struct doc_html_look *look, struct buf *out)
{
	tagged("<!DOCTYPE html>\n<html lang=\"", str_of(look->lang == NULL ? "en" : look->lang), "\">\n<head>\n", out);
	text("<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	     "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n",
	     out);
	tagged("<title>", doc->title, " - mailseal</title>\n", out);
	if (look->has_own_style) {
		text("<style>", out);
		buf_str(out, doc_html_style());
		text("</style>\n</head>\n", out);
	} else {
		tagged("<link rel=\"stylesheet\" href=\"", str_of(look->base == NULL ? "" : look->base),
		       "/style.css\">\n</head>\n", out);
	}
}

/* Nothing is loaded: the picture stands in the page, and the stripe is drawn, as a style in place would be refused. */
static void put_letterhead(const struct doc_letterhead *head, struct buf *out)
{
	if (head->name.len == 0 && head->logo.len == 0 && head->colour.len == 0)
		return;
	text("<p class=\"letterhead\">", out);
	if (head->logo.len > 0) {
		tagged("<img alt=\"", head->logo_text, "\" src=\"data:image/png;base64,", out);
		base64_encode(head->logo, out);
		text("\">", out);
	}
	if (head->name.len > 0)
		tagged("<b>", head->name, "</b>", out);
	if (head->colour.len > 0)
		tagged("<svg aria-hidden=\"true\"><rect width=\"100%\" height=\"100%\" fill=\"", head->colour, "\"/></svg>", out);
	text("</p>\n", out);
}

void doc_html(const struct doc *doc, const struct doc_html_look *look, struct buf *out)
{
	put_head(doc, look, out);
	tagged("<body>\n<a class=\"skip\" href=\"#main\">", str_of(tr("Skip to the content")), "</a>\n", out);
	text(look->nav == NULL ? "<div class=\"shell alone\">\n" : "<div class=\"shell\">\n", out);
	if (look->nav != NULL)
		put_nav(look, out);
	text("<main id=\"main\">\n", out);
	put_letterhead(&doc->letterhead, out);
	tagged("<h1>", doc->title, "</h1>\n", out);
	for (const struct doc_node *node = doc->first; node != NULL; node = node->next) {
		if (node->kind == DOC_LINK)
			node = put_links(node, look, out);
		else
			put_node(node, look, out);
	}
	text("</main>\n</div>\n</body>\n</html>\n", out);
}
