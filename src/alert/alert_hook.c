/* SPDX-License-Identifier: ISC */
#include "alert/alert_hook.h"

#include "alert/alert_json.h"
#include "base/limits.h"
#include "report/alert_request.h"

#define TEXT_MOST 2900   /* a section of Slack takes 3000 */
#define HEADER_MOST 145  /* a header of Slack takes 150 */
#define SUMMARY_MOST 1000 /* PagerDuty takes 1024 */
#define NTFY_MOST 3500   /* ntfy turns 4096 bytes and more into an attachment */
#define LINES_MOST 50    /* of a digest, in a payload */

static bool is_over(const struct alert_message *message)
{
	return message->event == ALERT_EVENT_RESOLVED || message->event == ALERT_EVENT_MEASURE_OVER;
}

/* --- our own webhook --- */

static void put_issue(struct alert_json *json, const struct alert_message *message)
{
	const struct issue *issue = message->issue;
	char number[ISSUE_NUMBER_MAX];

	if (issue == NULL) {
		alert_json_raw(json, "issue", "null");
		return;
	}
	alert_json_open(json, "issue", '{');
	alert_json_str(json, "id", issue_number(issue->id, number));
	alert_json_str(json, "severity", str_of(severity_text(issue->severity)));
	alert_json_str(json, "state", str_of(issue->end != END_NONE ? "closed" : "open"));
	alert_json_str(json, "cause", str_of(issue_matter_text(issue->matter)));
	alert_json_str(json, "kind", str_of(issue_kind_text(issue->kind)));
	alert_json_cut(json, "subject", issue->subject, 300);
	alert_json_str(json, "fault", str_of(fault_text(issue->fault)));
	alert_json_cut(json, "title", message->title, 500);
	alert_json_uint(json, "domains", issue->domains);
	alert_json_uint(json, "reporters", issue->reporters);
	alert_json_uint(json, "failed_sessions", issue->failed);
	alert_json_uint(json, "refused_sessions", issue->refused);
	alert_json_instant(json, "opened_at", issue->opened_at);
	alert_json_instant(json, "closed_at", issue->closed_at);
	alert_json_close(json, '}');
}

static void put_issues(struct alert_json *json, const struct alert_message *message)
{
	if (message->line_count == 0)
		return;
	alert_json_open(json, "issues", '[');
	for (size_t i = 0; i < message->line_count && i < LINES_MOST; i++) {
		alert_json_open(json, NULL, '{');
		alert_json_str(json, "id", message->lines[i].number);
		alert_json_cut(json, "text", message->lines[i].text, 250);
		alert_json_close(json, '}');
	}
	alert_json_close(json, ']');
	alert_json_uint(json, "issue_count", message->line_count);
}

void alert_hook_webhook(const struct alert_message *message, struct buf *out)
{
	struct alert_json json = {.out = out};

	alert_json_open(&json, NULL, '{');
	alert_json_str(&json, "type", str_of(alert_event_text(message->event)));
	alert_json_instant(&json, "timestamp", message->at);
	alert_json_open(&json, "data", '{');
	alert_json_str(&json, "rule", message->rule);
	alert_json_str(&json, "severity", str_of(severity_text(message->severity)));
	alert_json_cut(&json, "headline", message->headline, 500);
	alert_json_cut(&json, "sentences", message->sentences, 2000);
	alert_json_cut(&json, "fix", message->fix, 1000);
	alert_json_cut(&json, "why", message->why, 500);
	alert_json_str(&json, "url", message->link);
	alert_json_str(&json, "mute_url", message->mute_link);
	alert_json_str(&json, "language", message->language);
	alert_json_str(&json, "house", message->house);
	put_issue(&json, message);
	put_issues(&json, message);
	alert_json_close(&json, '}');
	alert_json_close(&json, '}');
}

/* --- chats --- */

/* The text without its first line, which stands as a header. */
static void put_rest(const struct alert_message *message, struct buf *text)
{
	struct alert_message rest = *message;

	rest.headline = STR_NONE;
	if (message->link.len > 0)
		rest.link = rest.command = STR_NONE;
	if (message->mute_link.len > 0)
		rest.mute_link = rest.mute_command = STR_NONE;
	alert_message_text(&rest, text);
}

static void put_slack_text(struct alert_json *json, const char *type, struct str text, size_t most)
{
	alert_json_open(json, NULL, '{');
	alert_json_raw(json, "type", type);
	alert_json_open(json, "text", '{');
	alert_json_raw(json, "type", "\"plain_text\"");
	alert_json_cut(json, "text", text.len > 0 ? text : STR("-"), most);
	alert_json_bool(json, "emoji", false);
	alert_json_close(json, '}');
	alert_json_close(json, '}');
}

static void put_slack_button(struct alert_json *json, struct str label, struct str link)
{
	if (link.len == 0)
		return;
	alert_json_open(json, NULL, '{');
	alert_json_raw(json, "type", "\"button\"");
	alert_json_open(json, "text", '{');
	alert_json_raw(json, "type", "\"plain_text\"");
	alert_json_cut(json, "text", label, 70);
	alert_json_close(json, '}');
	alert_json_str(json, "url", link);
	alert_json_close(json, '}');
}

/* The fallback is mrkdwn: its three characters are escaped as Slack asks for. */
static void put_slack_fallback(struct alert_json *json, struct str text)
{
	struct buf escaped;

	buf_init(&escaped, KIB(8));
	for (size_t i = 0; i < text.len; i++) {
		char c = text.p[i];
		buf_str(&escaped, c == '&' ? STR("&amp;") : c == '<' ? STR("&lt;") : c == '>' ? STR("&gt;") : str_make(&text.p[i], 1));
	}
	alert_json_cut(json, "text", buf_view(&escaped), TEXT_MOST);
	buf_done(&escaped);
}

void alert_hook_slack(const struct alert_message *message, struct buf *out)
{
	struct alert_json json = {.out = out};
	struct buf text;

	buf_init(&text, ALERT_REQUEST_BYTES);
	put_rest(message, &text);
	alert_json_open(&json, NULL, '{');
	put_slack_fallback(&json, message->headline);
	alert_json_open(&json, "blocks", '[');
	put_slack_text(&json, "\"header\"", message->headline, HEADER_MOST);
	put_slack_text(&json, "\"section\"", str_trim(buf_view(&text)), TEXT_MOST);
	if (message->link.len > 0 || message->mute_link.len > 0) {
		alert_json_open(&json, NULL, '{');
		alert_json_raw(&json, "type", "\"actions\"");
		alert_json_open(&json, "elements", '[');
		put_slack_button(&json, message->look_label, message->link);
		put_slack_button(&json, message->mute_label, message->mute_link);
		alert_json_close(&json, ']');
		alert_json_close(&json, '}');
	}
	alert_json_close(&json, ']');
	alert_json_close(&json, '}');
	buf_done(&text);
}

static void put_card_text(struct alert_json *json, struct str text, size_t most, bool is_head)
{
	alert_json_open(json, NULL, '{');
	alert_json_raw(json, "type", "\"RichTextBlock\"");
	alert_json_open(json, "inlines", '[');
	alert_json_open(json, NULL, '{');
	alert_json_raw(json, "type", "\"TextRun\"");
	alert_json_cut(json, "text", text, most);
	if (is_head)
		alert_json_raw(json, "weight", "\"bolder\",\"size\":\"medium\"");
	alert_json_close(json, '}');
	alert_json_close(json, ']');
	alert_json_close(json, '}');
}

static void put_card_action(struct alert_json *json, struct str label, struct str link)
{
	if (link.len == 0)
		return;
	alert_json_open(json, NULL, '{');
	alert_json_raw(json, "type", "\"Action.OpenUrl\"");
	alert_json_str(json, "title", label);
	alert_json_str(json, "url", link);
	alert_json_close(json, '}');
}

static void put_card(struct alert_json *json, const struct alert_message *message, struct str text)
{
	alert_json_open(json, "content", '{');
	alert_json_raw(json, "$schema", "\"http://adaptivecards.io/schemas/adaptive-card.json\"");
	alert_json_raw(json, "type", "\"AdaptiveCard\"");
	alert_json_raw(json, "version", "\"1.4\"");
	alert_json_open(json, "body", '[');
	put_card_text(json, message->headline, 500, true);
	while (text.p != NULL) {
		struct str line = str_cut(&text, '\n');
		if (line.len > 0)
			put_card_text(json, line, TEXT_MOST, false);
	}
	alert_json_close(json, ']');
	alert_json_open(json, "actions", '[');
	put_card_action(json, message->look_label, message->link);
	put_card_action(json, message->mute_label, message->mute_link);
	alert_json_close(json, ']');
	alert_json_close(json, '}');
}

void alert_hook_teams(const struct alert_message *message, struct buf *out)
{
	struct alert_json json = {.out = out};
	struct buf text;

	buf_init(&text, ALERT_REQUEST_BYTES);
	put_rest(message, &text);
	alert_json_open(&json, NULL, '{');
	alert_json_raw(&json, "type", "\"message\"");
	alert_json_open(&json, "attachments", '[');
	alert_json_open(&json, NULL, '{');
	alert_json_raw(&json, "contentType", "\"application/vnd.microsoft.card.adaptive\"");
	alert_json_raw(&json, "contentUrl", "null");
	put_card(&json, message, str_upto(str_trim(buf_view(&text)), 12000));
	alert_json_close(&json, '}');
	alert_json_close(&json, ']');
	alert_json_close(&json, '}');
	buf_done(&text);
}

void alert_hook_matrix(const struct alert_message *message, struct buf *out)
{
	struct alert_json json = {.out = out};
	struct buf text, html;

	buf_init(&text, ALERT_REQUEST_BYTES);
	buf_init(&html, ALERT_REQUEST_BYTES);
	alert_message_text(message, &text);
	alert_message_html(message, false, &html);
	alert_json_open(&json, NULL, '{');
	alert_json_raw(&json, "msgtype", "\"m.text\"");
	alert_json_cut(&json, "body", str_trim(buf_view(&text)), 12000);
	/* An event takes 64 KiB; HTML is not cut in the middle. */
	if (html.len <= 24000) {
		alert_json_raw(&json, "format", "\"org.matrix.custom.html\"");
		alert_json_str(&json, "formatted_body", buf_view(&html));
	}
	alert_json_raw(&json, "m.mentions", "{}");
	alert_json_close(&json, '}');
	buf_done(&text);
	buf_done(&html);
}

/* --- PagerDuty and ntfy --- */

static const char *pagerduty_severity(enum severity severity)
{
	switch (severity) {
	case SEVERITY_CRITICAL: return "\"critical\"";
	case SEVERITY_WARNING: return "\"warning\"";
	case SEVERITY_OK:
	case SEVERITY_NOTICE:
	case SEVERITY_COUNT: break;
	}
	return "\"info\"";
}

static void put_pagerduty_payload(struct alert_json *json, const struct alert_message *message)
{
	alert_json_open(json, "payload", '{');
	alert_json_cut(json, "summary", message->headline, SUMMARY_MOST);
	alert_json_cut(json, "source", message->issue != NULL && message->issue->subject.len > 0 ? message->issue->subject
	                                                                                          : message->house, 300);
	alert_json_raw(json, "severity", pagerduty_severity(message->severity));
	alert_json_instant(json, "timestamp", message->at);
	alert_json_str(json, "component", STR("mailseal"));
	if (message->issue != NULL)
		alert_json_str(json, "class", str_of(issue_matter_text(message->issue->matter)));
	alert_json_open(json, "custom_details", '{');
	alert_json_cut(json, "what", message->sentences, 2000);
	alert_json_cut(json, "fix", message->fix, 1000);
	alert_json_cut(json, "why", message->why, 500);
	if (message->issue != NULL) {
		alert_json_uint(json, "domains", message->issue->domains);
		alert_json_uint(json, "refused_sessions", message->issue->refused);
	}
	put_issues(json, message);
	alert_json_close(json, '}');
	alert_json_close(json, '}');
}

void alert_hook_pagerduty(const struct alert_message *message, struct buf *out)
{
	struct alert_json json = {.out = out};

	alert_json_open(&json, NULL, '{');
	alert_json_raw(&json, "routing_key", ALERT_REQUEST_MARK);
	alert_json_raw(&json, "event_action", is_over(message) ? "\"resolve\"" : "\"trigger\"");
	alert_json_cut(&json, "dedup_key", message->thread.len > 0 ? message->thread : message->id, 250);
	if (!is_over(message))
		put_pagerduty_payload(&json, message);
	if (message->link.len > 0) {
		alert_json_open(&json, "links", '[');
		alert_json_open(&json, NULL, '{');
		alert_json_str(&json, "href", message->link);
		alert_json_cut(&json, "text", message->look_label, 100);
		alert_json_close(&json, '}');
		alert_json_close(&json, ']');
	}
	alert_json_raw(&json, "client", "\"mailseal\"");
	alert_json_close(&json, '}');
}

static void put_ntfy_action(struct alert_json *json, struct str label, struct str link)
{
	if (link.len == 0)
		return;
	alert_json_open(json, NULL, '{');
	alert_json_raw(json, "action", "\"view\"");
	alert_json_cut(json, "label", label, 60);
	alert_json_str(json, "url", link);
	alert_json_close(json, '}');
}

void alert_hook_ntfy(const struct alert_message *message, struct str topic, struct buf *out)
{
	struct alert_json json = {.out = out};
	struct buf text;

	buf_init(&text, ALERT_REQUEST_BYTES);
	put_rest(message, &text);
	alert_json_open(&json, NULL, '{');
	alert_json_str(&json, "topic", topic);
	alert_json_cut(&json, "title", message->headline, 250);
	alert_json_cut(&json, "message", str_trim(buf_view(&text)), NTFY_MOST);
	alert_json_raw(&json, "priority",
	               is_over(message)                                ? "3"
	               : message->severity == SEVERITY_CRITICAL ? "5"
	               : message->severity == SEVERITY_WARNING  ? "4"
	                                                                : "3");
	alert_json_raw(&json, "tags", is_over(message) ? "[\"white_check_mark\"]" : "[\"warning\"]");
	if (message->link.len > 0)
		alert_json_str(&json, "click", message->link);
	alert_json_open(&json, "actions", '[');
	put_ntfy_action(&json, message->look_label, message->link);
	put_ntfy_action(&json, message->mute_label, message->mute_link);
	alert_json_close(&json, ']');
	alert_json_close(&json, '}');
	buf_done(&text);
}
