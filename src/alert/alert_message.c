/* SPDX-License-Identifier: ISC */
#include "alert/alert_message.h"

#include <assert.h>

#include "base/quote.h"

static const char *const event_texts[] = {
#define X(id, text) text,
    ALERT_EVENTS(X)
#undef X
};

const char *alert_event_text(enum alert_event event)
{
	assert((unsigned)event < ALERT_EVENT_COUNT);
	return event_texts[event];
}

/* --- plain text --- */

static void put_line(struct buf *out, struct str label, struct str text)
{
	if (text.len == 0)
		return;
	if (label.len > 0) {
		quote_terminal(label, false, out);
		buf_text(out, ": ");
	}
	quote_terminal(text, false, out);
	buf_byte(out, '\n');
}

void alert_message_text(const struct alert_message *message, struct buf *out)
{
	put_line(out, STR_NONE, message->headline);
	if (message->sentences.len > 0)
		buf_byte(out, '\n');
	put_line(out, STR_NONE, message->sentences);
	for (size_t i = 0; i < message->line_count; i++) {
		const struct alert_line *line = &message->lines[i];
		buf_text(out, "- ");
		quote_terminal(line->text, false, out);
		if (line->link.len > 0) {
			buf_byte(out, ' ');
			quote_terminal(line->link, false, out);
		}
		buf_byte(out, '\n');
	}
	buf_byte(out, '\n');
	put_line(out, message->fix_label, message->fix);
	put_line(out, message->look_label, message->link.len > 0 ? message->link : message->command);
	put_line(out, message->mute_label, message->mute_link.len > 0 ? message->mute_link : message->mute_command);
	put_line(out, STR_NONE, message->why);
}

/* --- HTML --- */

static void put_paragraph(struct buf *out, struct str label, struct str text)
{
	if (text.len == 0)
		return;
	buf_text(out, "<p>");
	if (label.len > 0) {
		buf_text(out, "<b>");
		quote_html(label, out);
		buf_text(out, ":</b> ");
	}
	quote_html(text, out);
	buf_text(out, "</p>\n");
}

/* A link where there is a page, else the command. */
static void put_way(struct buf *out, struct str label, struct str link, struct str command)
{
	if (link.len == 0 && command.len == 0)
		return;
	buf_text(out, "<p>");
	if (link.len > 0) {
		buf_text(out, "<a href=\"");
		quote_html(link, out);
		buf_text(out, "\">");
		quote_html(label, out);
		buf_text(out, "</a>");
	} else {
		quote_html(label, out);
		buf_text(out, ": <code>");
		quote_html(command, out);
		buf_text(out, "</code>");
	}
	buf_text(out, "</p>\n");
}

static void put_lines(const struct alert_message *message, struct buf *out)
{
	if (message->line_count == 0)
		return;
	buf_text(out, "<ul>\n");
	for (size_t i = 0; i < message->line_count; i++) {
		const struct alert_line *line = &message->lines[i];
		buf_text(out, "<li>");
		if (line->link.len > 0) {
			buf_text(out, "<a href=\"");
			quote_html(line->link, out);
			buf_text(out, "\">");
		}
		quote_html(line->text, out);
		buf_text(out, line->link.len > 0 ? "</a></li>\n" : "</li>\n");
	}
	buf_text(out, "</ul>\n");
}

void alert_message_html(const struct alert_message *message, bool is_page, struct buf *out)
{
	if (is_page) {
		buf_text(out, "<!DOCTYPE html>\n<html lang=\"");
		quote_html(message->language, out);
		buf_text(out, "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">"
		              "<meta name=\"color-scheme\" content=\"light dark\"><title>");
		quote_html(message->headline, out);
		buf_text(out, "</title></head>\n<body style=\"max-width:600px;margin:0 auto;padding:16px;"
		              "font-family:sans-serif;line-height:1.5\">\n<h1 style=\"font-size:1.25em\">");
	} else {
		buf_text(out, "<p><b>");
	}
	quote_html(message->headline, out);
	buf_text(out, is_page ? "</h1>\n" : "</b></p>\n");
	put_paragraph(out, STR_NONE, message->sentences);
	put_lines(message, out);
	put_paragraph(out, message->fix_label, message->fix);
	put_way(out, message->look_label, message->link, message->command);
	put_way(out, message->mute_label, message->mute_link, message->mute_command);
	put_paragraph(out, STR_NONE, message->why);
	if (is_page)
		buf_text(out, "</body></html>\n");
}
