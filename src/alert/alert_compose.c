/* SPDX-License-Identifier: ISC */
#include "alert/alert_compose.h"

#include "alert/alert_hook.h"
#include "alert/alert_mail.h"
#include "base/limits.h"
#include "base/quote.h"

#define FACILITY_MAIL 2u
#define SYSLOG_BYTES 2000 /* RFC 5424 6.1: receivers should take 2048 */

static struct str kept(struct buf *bytes, struct arena *arena)
{
	struct str copy = arena_str(arena, buf_view(bytes));
	buf_done(bytes);
	return copy;
}

static bool by_mail(const struct alert_message *message, const struct alert_channel *channel, struct str from,
                    struct arena *arena, struct alert_request *out)
{
	struct buf text, html, body;

	buf_init(&text, ALERT_REQUEST_BYTES / 4);
	buf_init(&html, ALERT_REQUEST_BYTES / 4);
	buf_init(&body, ALERT_REQUEST_BYTES);
	alert_message_text(message, &text);
	alert_message_html(message, true, &html);
	struct alert_mail mail = {.from = from,
	                          .to = channel->address,
	                          .subject = message->headline,
	                          .id = message->id,
	                          .thread = message->thread,
	                          .at = message->at,
	                          .list = channel->name,
	                          .unsubscribe = message->unsubscribe,
	                          .text = buf_view(&text),
	                          .html = buf_view(&html)};
	bool ok = alert_mail_compose(&mail, &body) && !text.failed && !html.failed;
	buf_done(&text);
	buf_done(&html);
	out->carrier = CARRY_MAIL;
	out->to = channel->address;
	out->body = kept(&body, arena);
	return ok;
}

/* RFC 5424.  Structured data wants a number of one's own, so the fields stand in the text. */
static bool by_syslog(const struct alert_message *message, const struct alert_channel *channel, struct arena *arena,
                      struct alert_request *out)
{
	static const unsigned levels[SEVERITY_COUNT] = {6, 5, 4, 2};
	char at[INSTANT_TEXT_MAX], number[ISSUE_NUMBER_MAX];
	const struct issue *issue = message->issue;
	bool is_over = message->event == ALERT_EVENT_RESOLVED || message->event == ALERT_EVENT_MEASURE_OVER;
	struct buf line, shown;

	buf_init(&line, KIB(64));
	buf_init(&shown, KIB(16));
	buf_format(&line, "<%u>1 %.*s ", FACILITY_MAIL * 8 + (is_over ? 5 : levels[message->severity]),
	           STR_ARGS(instant_format(message->at, at)));
	for (size_t i = 0; i < message->house.len && i < 255; i++)
		buf_byte(&line, message->house.p[i] > ' ' && message->house.p[i] <= '~' ? message->house.p[i] : '_');
	buf_format(&line, "%s mailseal - %s - \xEF\xBB\xBF", message->house.len == 0 ? "-" : "",
	           alert_event_text(message->event));
	quote_terminal(message->headline, false, &shown);
	buf_str(&line, str_upto(buf_view(&shown), SYSLOG_BYTES / 2));
	if (issue != NULL) {
		buf_format(&line, " issue=%.*s severity=%s cause=%s domains=%llu refused=%llu subject=",
		           STR_ARGS(issue_number(issue->id, number)), severity_text(issue->severity),
		           issue_matter_text(issue->matter), (unsigned long long)issue->domains,
		           (unsigned long long)issue->refused);
		quote_log(str_upto(issue->subject, 255), &line);
	}
	buf_done(&shown);
	bool ok = !line.failed;
	out->carrier = CARRY_SYSLOG;
	out->url = channel->address;
	out->body = kept(&line, arena);
	return ok;
}

/* Percent-encoded, for a segment of a path. */
static void put_segment(struct str text, struct buf *out)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.p[i];
		if (byte_is_alpha(c) || byte_is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~')
			buf_byte(out, c);
		else
			buf_format(out, "%%%02X", (unsigned char)c);
	}
}

static struct str base_of(struct str address)
{
	while (address.len > 0 && address.p[address.len - 1] == '/')
		address.len--;
	return address;
}

static struct str matrix_url(const struct alert_channel *channel, struct str id, struct arena *arena)
{
	struct buf url;

	buf_init(&url, LIMIT_NAME_BYTES * 4);
	buf_str(&url, base_of(channel->address));
	buf_text(&url, "/_matrix/client/v3/rooms/");
	put_segment(channel->target, &url);
	buf_text(&url, "/send/m.room.message/");
	put_segment(id, &url);
	return kept(&url, arena);
}

static struct str pagerduty_url(const struct alert_channel *channel, struct arena *arena)
{
	return str_of(arena_format(arena, "%.*s/v2/enqueue", STR_ARGS(base_of(channel->address))));
}

static bool by_http(const struct alert_message *message, const struct alert_channel *channel, struct arena *arena,
                    struct alert_request *out)
{
	struct buf body;

	buf_init(&body, KIB(64));
	out->carrier = CARRY_HTTP;
	out->type = STR("application/json");
	out->url = channel->address;
	switch (channel->kind) {
	case CHANNEL_WEBHOOK:
		alert_hook_webhook(message, &body);
		out->secret_use = SECRET_SIGNS;
		break;
	case CHANNEL_SLACK:
		alert_hook_slack(message, &body);
		out->secret_use = SECRET_IS_URL;
		break;
	case CHANNEL_TEAMS:
		alert_hook_teams(message, &body);
		out->secret_use = SECRET_IS_URL;
		break;
	case CHANNEL_MATRIX:
		alert_hook_matrix(message, &body);
		out->secret_use = SECRET_BEARER;
		out->is_put = true;
		out->url = matrix_url(channel, message->id, arena);
		break;
	case CHANNEL_PAGERDUTY:
		alert_hook_pagerduty(message, &body);
		out->secret_use = SECRET_IN_BODY;
		out->url = pagerduty_url(channel, arena);
		break;
	case CHANNEL_NTFY:
		alert_hook_ntfy(message, channel->target, &body);
		out->secret_use = channel->secret.len > 0 ? SECRET_BEARER : SECRET_UNUSED;
		break;
	case CHANNEL_MAIL:
	case CHANNEL_SYSLOG:
	case CHANNEL_KIND_COUNT: break;
	}
	bool ok = !body.failed && body.len > 0;
	out->body = kept(&body, arena);
	return ok;
}

bool alert_compose(const struct alert_message *message, const struct alert_channel *channel, struct str from,
                   struct arena *arena, struct alert_request *out)
{
	struct alert_request request = {.may_be_local = channel->may_be_local,
	                                .secret = str_make(channel->secret.p == NULL ? "" : channel->secret.p,
	                                                   channel->secret.len),
	                                .url = STR(""), .type = STR(""), .to = STR(""), .id = message->id};
	bool ok = channel->kind == CHANNEL_MAIL     ? by_mail(message, channel, from, arena, &request)
	          : channel->kind == CHANNEL_SYSLOG ? by_syslog(message, channel, arena, &request)
	                                            : by_http(message, channel, arena, &request);
	if (ok)
		*out = request;
	return ok;
}
