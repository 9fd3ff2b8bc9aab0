/* SPDX-License-Identifier: ISC */
#include "present/doc_mail.h"

#include "base/base64.h"
#include "base/quote.h"
#include "present/words.h"

#define WIDTH "600"
#define SHORT_BYTES 14 /* a number, a date: not to be broken */
#define FONT "font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Liberation Sans',Arial,sans-serif"
#define BORDER "border-bottom:1px solid #8a929c" /* seen on white as on black */

/* The word of a badge is doubled by a shape; readers without the style see both in the colour of the text. */
static const char *const shapes[TONE_COUNT] = {"", "\xe2\x9c\x93", "\xe2\x9c\x97", "\xe2\x96\xb2", "\xe2\x97\x8c", "\xe2\x80\x93"};
static const char *const classes[TONE_COUNT] = {"", "ok", "fail", "warn", "test", "none"};
static const char style[] =
    ":root{color-scheme:light dark;supported-color-schemes:light dark}"
    ".fail{color:#a3142a}.ok{color:#0f6b5c}.warn{color:#7a5200}.test{color:#6b3fa0}.none{color:#57606a}"
    "@media(prefers-color-scheme:dark){.fail{color:#ff9a8f}.ok{color:#6fd3c6}.warn{color:#f0cf5a}.test{color:#b9a6f5}"
    ".none{color:#a5afba}}";

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

/* One row of the one column. */
static void begin(const char *look, struct buf *out)
{
	buf_format(out, "<tr><td style=\"padding:6px 16px;" FONT ";%s\">", look);
}

static void end(struct buf *out)
{
	text("</td></tr>\n", out);
}

static void badge(enum doc_tone tone, struct str word, struct buf *out)
{
	if (tone != TONE_PLAIN)
		buf_format(out, "<b class=\"%s\">%s ", classes[tone], shapes[tone]);
	else
		text("<b>", out);
	tagged("", word, "</b>", out);
}

static void put_paragraph(const char *look, struct str s, struct buf *out)
{
	begin(look, out);
	quote_html(s, out);
	end(out);
}

static void put_badged(const struct doc_node *node, const char *look, struct buf *out)
{
	begin(look, out);
	if (node->word.len > 0) {
		badge(node->tone, node->word, out);
		text("<br>", out);
	}
	quote_html(node->text, out);
	end(out);
}

static void link_to(const struct doc_mail_look *look, struct str href, struct str word, struct buf *out)
{
	bool is_link = look->base.len > 0 && href.len > 0 && href.p[0] == '/';
	if (is_link) {
		text("<a href=\"", out);
		quote_html(look->base, out);
		quote_html(href, out);
		text("\">", out);
	}
	quote_html(word, out);
	text(is_link ? "</a>" : "", out);
}

static void open_table(struct buf *out)
{
	text("<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" "
	     "style=\"border-collapse:collapse\">\n",
	     out);
}

static void put_facts(const struct doc_node *node, struct buf *out)
{
	bool is_big = node->level > 0;

	begin("font-size:14px;line-height:1.5", out);
	open_table(out);
	text(is_big ? "<tr>" : "", out);
	for (const struct doc_item *item = node->items; item != NULL; item = item->next) {
		if (is_big) {
			tagged("<td valign=\"top\" style=\"padding:4px 8px 4px 0\"><span style=\"font-size:13px\">", item->name, "</span>",
			       out);
			tagged("<br><b style=\"font-size:18px\">", item->value, "</b></td>", out);
			continue;
		}
		tagged("<tr><td valign=\"top\" width=\"35%\" style=\"padding:2px 8px 2px 0\">", item->name, "</td><td>", out);
		if (item->tone != TONE_PLAIN)
			badge(item->tone, item->value, out);
		else
			quote_html(item->value, out);
		text("</td></tr>\n", out);
	}
	text(is_big ? "</tr>\n</table>" : "</table>", out);
	end(out);
}

static void put_cell(const struct doc_mail_look *look, const struct doc_column *column, const struct doc_cell *cell,
                     struct buf *out)
{
	bool is_short = column->kind == COLUMN_NUMBER || cell->text.len <= SHORT_BYTES;
	buf_format(out, "<td valign=\"top\"%s style=\"padding:4px 8px 4px 0;%s" BORDER "\">",
	           column->kind == COLUMN_NUMBER ? " align=\"right\"" : "", is_short ? "white-space:nowrap;" : "");
	if (cell->tone != TONE_PLAIN)
		badge(cell->tone, cell->text, out);
	else
		link_to(look, cell->href, cell->text, out);
	text("</td>", out);
}

/* A mail is narrow: columns that may be dropped are, and the document has them all. */
static void put_table(const struct doc_table *table, const struct doc_mail_look *look, struct buf *out)
{
	begin("font-size:13px;line-height:1.4", out);
	if (table->caption.len > 0)
		tagged("<p style=\"margin:0 0 4px\">", table->caption, "</p>", out);
	text("<table width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" style=\"border-collapse:collapse\">\n<tr>", out);
	for (size_t c = 0; c < table->column_count; c++) {
		if (table->columns[c].drop > 0)
			continue;
		buf_format(out, "<th scope=\"col\" align=\"%s\" style=\"padding:4px 8px 4px 0;" BORDER "\">",
		           table->columns[c].kind == COLUMN_NUMBER ? "right" : "left");
		tagged("", str_of(tr(table->columns[c].title)), "</th>", out);
	}
	text("</tr>\n", out);
	for (const struct doc_row *row = table->first; row != NULL; row = row->next) {
		text("<tr>", out);
		for (size_t c = 0; c < table->column_count; c++)
			if (table->columns[c].drop == 0)
				put_cell(look, &table->columns[c], &row->cells[c], out);
		text("</tr>\n", out);
	}
	text("</table>", out);
	end(out);
}

/* A bar is a cell of a table with a ground of its own; the number beside it says the same. */
static void put_bars(const struct doc_node *node, struct buf *out)
{
	begin("font-size:13px;line-height:1.4", out);
	open_table(out);
	for (const struct doc_item *item = node->items; item != NULL; item = item->next) {
		unsigned share = item->whole == 0 ? 0 : (unsigned)(100.0 * (double)item->part / (double)item->whole);
		tagged("<tr><td width=\"30%\" style=\"padding:2px 8px 2px 0\">", item->name, "</td><td width=\"40%\">", out);
		buf_format(out, "<table role=\"presentation\" width=\"100%%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\"><tr>"
		                "<td width=\"%u%%\" bgcolor=\"#79838f\" style=\"font-size:8px;line-height:10px\">&nbsp;</td>"
		                "<td style=\"font-size:8px;line-height:10px\">&nbsp;</td></tr></table>",
		           share < 1 ? 1 : share > 99 ? 99 : share);
		tagged("</td><td align=\"right\" style=\"padding:2px 0 2px 8px\">", item->value, "</td></tr>\n", out);
	}
	text("</table>", out);
	end(out);
}

static void put_list(const struct doc_node *node, struct buf *out)
{
	begin("font-size:14px;line-height:1.5", out);
	text("<ul style=\"margin:0;padding-left:20px\">\n", out);
	for (const struct doc_item *item = node->items; item != NULL; item = item->next)
		tagged("<li>", item->value, "</li>\n", out);
	text("</ul>", out);
	end(out);
}

static void put_link(const struct doc_node *node, const struct doc_mail_look *look, struct buf *out)
{
	if (look->base.len == 0 || node->href.len == 0)
		return;
	begin("font-size:14px;line-height:1.5", out);
	link_to(look, node->href, node->text, out);
	end(out);
}

static void put_node(const struct doc_node *node, const struct doc_mail_look *look, struct buf *out)
{
	switch (node->kind) {
	case DOC_VERDICT: put_badged(node, "font-size:18px;line-height:1.4", out); break;
	case DOC_NOTE: put_badged(node, "font-size:14px;line-height:1.5", out); break;
	case DOC_SENTENCE: put_paragraph("font-size:15px;line-height:1.5", node->text, out); break;
	case DOC_SUB: put_paragraph("font-size:13px;line-height:1.5", node->text, out); break;
	case DOC_HEADING:
		put_paragraph(node->level <= 2 ? "font-size:16px;line-height:1.4;font-weight:bold;padding-top:18px"
		                               : "font-size:14px;line-height:1.4;font-weight:bold;padding-top:12px",
		              node->text, out);
		break;
	case DOC_FACTS: put_facts(node, out); break;
	case DOC_TABLE: put_table(node->table, look, out); break;
	case DOC_BARS: put_bars(node, out); break;
	case DOC_LIST: put_list(node, out); break;
	case DOC_CODE:
		begin("font-size:13px;line-height:1.4", out);
		tagged("<pre style=\"margin:0;white-space:pre-wrap\">", node->text, "</pre>", out);
		end(out);
		break;
	case DOC_LINK: put_link(node, look, out); break;
	}
}

static void put_logo(const struct doc_letterhead *head, const struct doc_mail_look *look, struct buf *out)
{
	tagged("<img height=\"48\" style=\"background:#ffffff;max-width:100%\" alt=\"", head->logo_text, "\" src=\"", out);
	if (look->has_parts) {
		text("cid:" DOC_MAIL_LOGO_ID, out);
	} else {
		text("data:image/png;base64,", out);
		base64_encode(head->logo, out);
	}
	text("\"> ", out);
}

static void put_letterhead(const struct doc_letterhead *head, const struct doc_mail_look *look, struct buf *out)
{
	if (head->logo.len > 0 || head->name.len > 0) {
		begin("font-size:16px;line-height:1.4", out);
		if (head->logo.len > 0)
			put_logo(head, look, out);
		quote_html(head->name, out);
		end(out);
	}
	if (head->colour.len > 0)
		tagged("<tr><td style=\"font-size:4px;line-height:4px\" bgcolor=\"", head->colour, "\">&nbsp;</td></tr>\n", out);
}

void doc_mail(const struct doc *doc, const struct doc_mail_look *look, struct buf *out)
{
	tagged("<!DOCTYPE html>\n<html lang=\"", str_of(look->lang == NULL ? "en" : look->lang), "\">\n<head>\n", out);
	text("<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	     "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"supported-color-schemes\" content=\"light dark\">\n",
	     out);
	tagged("<title>", doc->title, "</title>\n<style>", out);
	text(style, out);
	text("</style>\n</head>\n<body style=\"margin:0;padding:0\">\n", out);
	text("<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\"><tr><td align=\"center\">\n"
	     "<table role=\"presentation\" width=\"" WIDTH "\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" "
	     "style=\"width:100%;max-width:" WIDTH "px;text-align:left\">\n",
	     out);
	put_letterhead(&doc->letterhead, look, out);
	begin("font-size:20px;line-height:1.3;font-weight:bold;padding-top:16px", out);
	quote_html(doc->title, out);
	end(out);
	for (const struct doc_node *node = doc->first; node != NULL; node = node->next)
		put_node(node, look, out);
	text("</table>\n</td></tr></table>\n</body>\n</html>\n", out);
}
