/* SPDX-License-Identifier: ISC */
#include "role/http_mute.h"

#include "base/log.h"
#include "base/quote.h"
#include "present/language.h"
#include "present/words.h"
#include "role/actor.h"

#define TOKEN_MOST 100u

static void put_page(struct http_visit *visit, unsigned status, const char *sentence, const char *button)
{
	struct buf *out = &visit->answer->body;

	visit->answer->status = status;
	visit->answer->type = "text/html; charset=utf-8";
	buf_format(out, "<!DOCTYPE html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\"><meta name=\"viewport\""
	                " content=\"width=device-width\"><meta name=\"robots\" content=\"noindex\"><title>mailseal</title>"
	                "<link rel=\"stylesheet\" href=\"",
	           language_now()->tag);
	quote_html(visit->door->base, out);
	buf_text(out, "style.css\"></head>\n<body><main><h1>mailseal</h1>\n<p>");
	quote_html(str_of(sentence), out);
	buf_text(out, "</p>\n");
	if (button != NULL) {
		buf_text(out, "<form method=\"post\"><button type=\"submit\">");
		quote_html(str_of(button), out);
		buf_text(out, "</button></form>\n");
	}
	buf_text(out, "</main></body></html>\n");
}

/* Whether it is a link of ours is known to keep alone. */
static void ask(struct http_visit *visit, struct str token)
{
	if (token.len > 0 && token.p[0] == 'c')
		put_page(visit, 200, tr("Shall alerts no longer be sent to this channel?"), tr("Send no more"));
	else
		put_page(visit, 200, tr("Shall this alert be quiet for 7 days? Another cause is told all the same."),
		         tr("Quiet for 7 days"));
}

static bool send(struct http_visit *visit, struct str token, struct err *err)
{
	struct actor actor = {.kind = ACTOR_HOUSE, .name = STR("a link in a message"), .peer = visit->request->peer};
	struct buf body, answer;

	buf_init(&body, KIB(4));
	buf_init(&answer, KIB(4));
	actor_write(&actor, &body);
	wire_put_str(&body, STR("alert-mute"));
	wire_put_u64(&body, 0);
	wire_put_str(&body, STR_NONE);
	wire_put_str(&body, token);
	bool ok = keep_link_command(visit->door->link, &body, clock_ms() + LIMIT_STORE_WAIT_MS, &answer, err);
	buf_done(&body);
	buf_done(&answer);
	return ok;
}

void http_mute(struct http_visit *visit)
{
	struct str token = str_upto(visit->match.parts[0], TOKEN_MOST);
	struct err err = {0};

	if (visit->request->method != HTTPD_POST) {
		ask(visit, token);
	} else if (send(visit, token, &err)) {
		put_page(visit, 200, tr("Done."), NULL);
	} else if (err.kind == ERR_LATER || err.kind == ERR_SETUP) {
		put_page(visit, 503, tr("That cannot be done now. Try again in a minute."), NULL);
	} else {
		LOG(LOG_LEVEL_INFO, "mute-refused", LOG_STR("peer", visit->request->peer), LOG_TEXT("why", err.text));
		put_page(visit, 403, tr("This link does not hold: it is older than 30 days, it is not one of ours, or what it was about is over."), NULL);
	}
}
