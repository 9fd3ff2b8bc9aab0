/* SPDX-License-Identifier: ISC */
/* From what is to be said to what was delivered: the log line, the outbox of each channel, its hours, and what came of it. */
#include <stdio.h>

#include "alert/alert_compose.h"
#include "alert/alert_hours.h"
#include "alert/alert_mail.h"
#include "alert/alert_retry.h"
#include "alert/alert_rules.h"
#include "base/limits.h"
#include "base/log.h"
#include "present/doc_mail.h"
#include "present/doc_text.h"
#include "present/issue_doc.h"
#include "present/language.h"
#include "role/alerting.h"
#include "store/alert_channels.h"
#include "store/alert_outbox.h"
#include "store/alert_ruleset.h"
#include "store/alerts.h"
#include "store/issues.h"

#define DELIVER_MOST 100
#define RELEASE_MOST 1000

static const char *rule_text(const struct alert_rule *rule, struct arena *arena)
{
	return arena_text(arena, rule->name);
}

static bool say(struct store *store, struct arena *arena, const struct alert_row *row, const struct alert_rule *rule,
                struct err *err)
{
	struct issue issue;
	char number[ISSUE_NUMBER_MAX], day[INSTANT_TEXT_MAX];
	const char *kind = alert_kind_text((enum alert_kind)row->kind), *name = rule_text(rule, arena);

	if (row->kind == ALERT_DIGEST) {
		LOG(LOG_LEVEL_WARNING, "alert", LOG_TEXT("kind", kind), LOG_TEXT("rule", name), LOG_NUM("issues", row->count));
		return true;
	}
	if (row->day != DAY_NONE) {
		LOG(LOG_LEVEL_WARNING, "alert", LOG_TEXT("kind", kind), LOG_TEXT("rule", name),
		    LOG_STR("day", day_format(row->day, day)), LOG_NUM("count", row->count), LOG_NUM("sessions", row->total));
		return true;
	}
	if (!issues_load(store, row->issue, arena, &issue, err))
		return false;
	LOG(LOG_LEVEL_WARNING, "alert", LOG_TEXT("kind", kind), LOG_TEXT("rule", name),
	    LOG_STR("issue", issue_number(issue.id, number)), LOG_TEXT("severity", severity_text(issue.severity)),
	    LOG_STR("title", issue_doc_title(arena, &issue)), LOG_NUM("domains", issue.domains),
	    LOG_NUM("refused", issue.refused));
	return true;
}

/* --- the outbox --- */

/* Composes a message and queues it. */
static bool queue(struct store *store, const struct alert_channel *channel, const struct alert_house *house, int64_t id,
                  const struct alert_message *message, struct arena *arena, instant now, struct err *err)
{
	struct alert_request request;
	struct buf bytes;

	if (!alert_compose(message, channel, house->from, arena, &request))
		return alert_outbox_end(store, id, DELIVERY_FAILED, STR("the message is too large"), now, err);
	buf_init(&bytes, ALERT_REQUEST_BYTES * 2);
	alert_request_write(&request, &bytes);
	bool ok = alert_outbox_compose(store, id, message->headline, buf_view(&bytes), now, err);
	buf_done(&bytes);
	return ok;
}

/* Ids that no other house and no other message has; what belongs to one issue shares a thread. */
static bool name_message(struct store *store, int64_t id, struct alert_message *message, struct arena *arena,
                         struct err *err)
{
	char number[ISSUE_NUMBER_MAX];
	struct str house;

	if (!alert_outbox_house(store, arena, &house, err))
		return false;
	message->id = str_of(arena_format(arena, "%.*s-%lld", STR_ARGS(house), (long long)id));
	if (message->issue != NULL)
		message->thread = str_of(arena_format(arena, "%.*s-%.*s", STR_ARGS(house),
		                                      STR_ARGS(issue_number(message->issue->id, number))));
	else if (message->event == ALERT_EVENT_MEASURE || message->event == ALERT_EVENT_MEASURE_OVER)
		message->thread = str_of(arena_format(arena, "%.*s-rule-%lld", STR_ARGS(house), (long long)message->rule_id));
	return true;
}

static bool put(struct store *store, const struct alert_channel *channel, const struct alert_house *house, int64_t alert,
                struct alert_message *message, struct arena *arena, instant now, int64_t *out_id, struct err *err)
{
	struct alert_delivery delivery = {.channel = channel->id,
	                                  .alert = alert,
	                                  .event = message->event,
	                                  .state = channel->is_paused ? DELIVERY_SUPPRESSED : DELIVERY_WAITING,
	                                  .created_at = now,
	                                  .next_at = now,
	                                  .headline = message->headline,
	                                  .words = channel->is_paused ? STR("channel-paused") : STR("")};

	return alert_outbox_add(store, &delivery, out_id, err) &&
	       (channel->is_paused || (name_message(store, *out_id, message, arena, err) &&
	                               queue(store, channel, house, *out_id, message, arena, now, err)));
}

static bool is_for(const struct alert_rule *rule, const struct alert_channel *channel)
{
	for (size_t i = 0; i < rule->channel_count; i++)
		if (rule->channels[i] == channel->id)
			return true;
	return rule->channel_count == 0;
}

/* The message of one row of the log, or of several that waited together. */
static bool put_message(struct store *store, const struct alert_row *rows, size_t n, const struct alert_rule *rule,
                        const struct alert_channel *channel, const struct alert_house *house, instant now,
                        struct arena *arena, int64_t *out_id, struct err *err)
{
	struct alert_message message;

	return alert_words_rows(store, rows, n, rule, channel, house, now, arena, &message, err) &&
	       put(store, channel, house, rows->id, &message, arena, now, out_id, err);
}

/* Not now: a row of the outbox that waits for its hour, and is composed then. */
static bool put_waiting(struct store *store, const struct alert_row *row, const struct alert_rule *rule,
                        const struct alert_channel *channel, const struct alert_house *house, instant now, instant until,
                        struct arena *arena, struct err *err)
{
	struct alert_message message;
	int64_t id;

	if (!alert_words_rows(store, row, 1, rule, channel, house, now, arena, &message, err))
		return false;
	struct alert_delivery delivery = {.channel = channel->id,
	                                  .alert = row->id,
	                                  .event = message.event,
	                                  .state = DELIVERY_WAITING,
	                                  .created_at = now,
	                                  .next_at = until,
	                                  .headline = message.headline};
	return alert_outbox_add(store, &delivery, &id, err);
}

static bool put_suppressed(struct store *store, const struct alert_row *row, const struct alert_channel *channel,
                           struct str why, instant now, struct err *err)
{
	struct alert_delivery delivery = {.channel = channel->id,
	                                  .alert = row->id,
	                                  .event = row->kind == ALERT_RESOLVED ? ALERT_EVENT_RESOLVED : ALERT_EVENT_OPENED,
	                                  .state = DELIVERY_SUPPRESSED,
	                                  .created_at = now,
	                                  .next_at = now,
	                                  .words = why};
	int64_t id;
	return alert_outbox_add(store, &delivery, &id, err);
}

static bool is_critical(struct store *store, const struct alert_row *row, struct arena *arena)
{
	struct issue issue;
	struct err err = {0};

	return row->issue != 0 && row->kind == ALERT_FIRED && issues_load(store, row->issue, arena, &issue, &err) &&
	       issue.severity == SEVERITY_CRITICAL;
}

/* A pager keeps its own list: it gets each issue by itself, so that each is resolved by itself. */
static bool put_each(struct store *store, const struct alert_row *digest, const struct alert_rule *rule,
                     const struct alert_channel *channel, const struct alert_house *house, instant now,
                     struct arena *arena, struct err *err)
{
	struct alert_row *members;
	size_t n;
	int64_t id;

	if (!alerts_digest_members(store, digest, RELEASE_MOST, arena, &members, &n, err))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!put_message(store, &members[i], 1, rule, channel, house, now, arena, &id, err))
			return false;
	return true;
}

static bool put_one(struct store *store, const struct alert_row *row, const struct alert_rule *rule,
                    const struct alert_channel *channel, const struct alert_house *house, instant now, struct arena *arena,
                    struct err *err)
{
	instant at = alert_hours_next(rule, is_critical(store, row, arena), now);
	bool is_told = false;
	int64_t id;

	if (channel->is_paused)
		return put_suppressed(store, row, channel, STR("channel-paused"), now, err);
	if (row->issue != 0 &&
	    !alert_outbox_told(store, channel->id, row->issue, row->kind, row->at - ALERT_HOUR_SECS, &is_told, err))
		return false;
	if (is_told)
		return put_suppressed(store, row, channel, STR("told-by-another-rule"), now, err);
	if (row->kind == ALERT_DIGEST && channel->kind == CHANNEL_PAGERDUTY)
		return put_each(store, row, rule, channel, house, now, arena, err);
	if (at > now)
		return put_waiting(store, row, rule, channel, house, now, at, arena, err);
	return put_message(store, row, 1, rule, channel, house, now, arena, &id, err);
}

static bool put_row(struct store *store, const struct alert_row *row, const struct alert_rule *rule,
                    const struct alert_channel_list *channels, const struct alert_house *house, instant now,
                    struct err *err)
{
	bool ok = true;

	for (size_t i = 0; ok && i < channels->count; i++) {
		struct arena arena;
		if (!is_for(rule, &channels->rows[i]))
			continue;
		arena_init(&arena, MIB(32));
		ok = put_one(store, row, rule, &channels->rows[i], house, now, &arena, err);
		arena_done(&arena);
	}
	return ok;
}

static bool deliver_row(struct store *store, const struct alert_row *row, const struct alert_channel_list *channels,
                        const struct alert_house *house, struct arena *arena, instant now, struct err *err)
{
	struct alert_rule rule;

	if (row->kind >= ALERT_KIND_COUNT)
		return err_set(err, ERR_SETUP, "the log of alerts is of a newer version");
	return alert_ruleset_load(store, row->rule, arena, &rule, err) && say(store, arena, row, &rule, err) &&
	       put_row(store, row, &rule, channels, house, now, err) && alerts_mark_said(store, row->id, now, err);
}

static bool deliver_some(struct store *store, const struct alert_house *house, struct arena *arena, instant now,
                         size_t *out_count, struct err *err)
{
	struct alert_channel_list channels;
	struct alert_row *rows;

	if (!alerts_pending(store, DELIVER_MOST, arena, &rows, out_count, err))
		return false;
	if (*out_count == 0)
		return true;
	if (!alert_channels_list(store, arena, &channels, err) || !store_begin(store, err))
		return false;
	for (size_t i = 0; i < *out_count; i++)
		if (!deliver_row(store, &rows[i], &channels, house, arena, now, err)) {
			store_rollback(store);
			return false;
		}
	return store_commit(store, err);
}

bool alerting_deliver(struct store *store, const struct alert_house *house, instant now, struct err *err)
{
	struct arena arena;
	size_t count = DELIVER_MOST;
	bool ok = true;

	arena_init(&arena, MIB(8));
	while (ok && count == DELIVER_MOST) {
		arena_clear(&arena);
		ok = deliver_some(store, house, &arena, now, &count, err);
	}
	arena_done(&arena);
	return ok;
}

/* --- whose hour has come --- */

/* All that waited for one channel and rule: one message, unless the channel is a pager. */
static bool release_group(struct store *store, const struct alert_waiting *group, size_t n, const struct alert_house *house,
                          instant now, struct arena *arena, struct err *err)
{
	struct alert_row *rows = ARENA_ARRAY(arena, n, struct alert_row);
	struct alert_channel channel;
	struct alert_rule rule;
	struct alert_message message;

	if (!alert_channels_load(store, group->channel, arena, &channel, err) ||
	    !alert_ruleset_load(store, group->rule, arena, &rule, err))
		return false;
	bool is_pager = channel.kind == CHANNEL_PAGERDUTY;
	for (size_t i = 0; i < n; i++)
		if (!alerts_load(store, group[i].alert, &rows[i], err))
			return false;
	for (size_t i = 0; i < n; i++) {
		size_t count = is_pager ? 1 : n;
		if (i > 0 && !is_pager) {
			if (!alert_outbox_end(store, group[i].id, DELIVERY_MERGED, STR("in one message with others"), now, err))
				return false;
			continue;
		}
		if (!alert_words_rows(store, &rows[i], count, &rule, &channel, house, now, arena, &message, err) ||
		    !name_message(store, group[i].id, &message, arena, err) ||
		    !queue(store, &channel, house, group[i].id, &message, arena, now, err))
			return false;
	}
	return true;
}

static size_t group_end(const struct alert_waiting *waiting, size_t n, size_t begin)
{
	size_t end = begin + 1;

	while (end < n && waiting[end].channel == waiting[begin].channel && waiting[end].rule == waiting[begin].rule)
		end++;
	return end;
}

bool alerting_release(struct store *store, const struct alert_house *house, instant now, struct err *err)
{
	struct alert_waiting *waiting;
	struct arena arena;
	size_t n;

	arena_init(&arena, MIB(64));
	bool ok = alert_outbox_waiting(store, now, RELEASE_MOST, &arena, &waiting, &n, err);
	if (ok && n > 0) {
		ok = store_begin(store, err);
		for (size_t i = 0; ok && i < n; i = group_end(waiting, n, i)) {
			ok = release_group(store, &waiting[i], group_end(waiting, n, i) - i, house, now, &arena, err);
			if (!ok)
				store_rollback(store);
		}
		ok = ok && store_commit(store, err);
	}
	arena_done(&arena);
	return ok;
}

bool alerting_test(struct store *store, const struct alert_house *house, struct str channel, instant now,
                   int64_t *out_delivery, struct err *err)
{
	struct alert_channel row;
	struct alert_message message;
	struct arena arena;
	bool ok;

	arena_init(&arena, MIB(8));
	ok = alert_channels_find(store, channel, &arena, &row, err);
	if (ok && row.is_paused)
		ok = err_set(err, ERR_INPUT, "the channel is paused; 'mailseal alert channel edit %s --resume' wakes it",
		             arena_text(&arena, row.name));
	if (ok) {
		alert_words_test(&row, house, now, &arena, &message);
		ok = store_begin(store, err);
		if (ok && !put(store, &row, house, 0, &message, &arena, now, out_delivery, err)) {
			store_rollback(store);
			ok = false;
		}
		ok = ok && store_commit(store, err);
	}
	arena_done(&arena);
	return ok;
}

/* --- what came of it --- */

static bool tell_others(struct store *store, const struct alert_house *house, const struct alert_channel *failing,
                        instant now, struct err *err)
{
	struct alert_channel_list channels;
	struct arena arena;
	bool must = false;

	if (!alert_channels_must_tell(store, failing->id, now, SECS_PER_DAY, &must, err))
		return false;
	arena_init(&arena, MIB(8));
	bool ok = !must || alert_channels_list(store, &arena, &channels, err);
	for (size_t i = 0; ok && must && i < channels.count; i++) {
		const struct alert_channel *channel = &channels.rows[i];
		struct alert_message message;
		int64_t id;
		if (channel->id == failing->id || channel->is_paused)
			continue;
		alert_words_failing(channel, failing, house, now, &arena, &message);
		ok = put(store, channel, house, 0, &message, &arena, now, &id, err);
	}
	arena_done(&arena);
	return ok;
}

static bool give_up(struct store *store, const struct alert_house *house, const struct alert_delivery *delivery,
                    const struct alert_result *result, instant now, struct arena *arena, struct err *err)
{
	struct alert_channel channel;
	char number[32];

	(void)snprintf(number, sizeof number, "%lld", (long long)delivery->id);
	LOG(LOG_LEVEL_ERROR, "alert-not-delivered", LOG_STR("channel", delivery->channel_name), LOG_TEXT("delivery", number),
	    LOG_STR("why", result->words));
	if (!alert_outbox_tried(store, delivery->id, DELIVERY_FAILED, result->words, now, err))
		return false;
	/* A test has somebody who waits for its answer, and words on a channel make no more words. */
	if (delivery->event == ALERT_EVENT_TEST || delivery->event == ALERT_EVENT_CHANNEL)
		return true;
	return alert_channels_load(store, delivery->channel, arena, &channel, err) &&
	       tell_others(store, house, &channel, now, err);
}

static bool settle(struct store *store, const struct alert_house *house, const struct alert_delivery *delivery,
                   const struct alert_result *result, instant now, struct arena *arena, struct err *err)
{
	bool is_test = delivery->event == ALERT_EVENT_TEST;
	instant next;

	if (result->carried == CARRIED) {
		LOG(LOG_LEVEL_INFO, "alert-delivered", LOG_STR("channel", delivery->channel_name), LOG_NUM("delivery", delivery->id),
		    LOG_STR("answer", result->words));
		return alert_outbox_tried(store, delivery->id, DELIVERY_DELIVERED, result->words, now, err);
	}
	if (result->carried == CARRIED_LATER && !is_test &&
	    alert_retry_next(delivery->attempts + 1, (uint64_t)delivery->id, result->retry_secs, now, &next)) {
		LOG(LOG_LEVEL_WARNING, "alert-later", LOG_STR("channel", delivery->channel_name), LOG_NUM("delivery", delivery->id),
		    LOG_NUM("attempt", delivery->attempts + 1), LOG_STR("why", result->words));
		return alert_outbox_again(store, delivery->id, result->words, next, err);
	}
	return give_up(store, house, delivery, result, now, arena, err);
}

bool alerting_carried(struct store *store, const struct alert_house *house, int64_t id, const struct alert_result *result,
                      instant now, struct err *err)
{
	struct alert_delivery delivery;
	struct arena arena;

	arena_init(&arena, MIB(1));
	bool ok = alert_outbox_load(store, id, &arena, &delivery, err);
	/* It may have been removed with its channel while it was on the way. */
	if (ok && delivery.state == DELIVERY_QUEUED)
		ok = alert_channels_note(store, delivery.channel, result->carried == CARRIED, result->carried == CARRIED_GONE,
		                         result->words, now, err) &&
		     settle(store, house, &delivery, result, now, &arena, err);
	arena_done(&arena);
	return ok;
}

/* --- documents --- */

static bool compose_document(const struct alert_channel *channel, const struct alert_house *house, const struct doc *doc,
                             struct str id, instant now, struct buf *out)
{
	struct doc_text_look text_look = {.width = 76};
	struct doc_mail_look html_look = {.base = house->base_url, .lang = language_now()->tag, .has_parts = true};
	struct alert_mail mail = {.from = house->from,
	                          .to = channel->address,
	                          .subject = doc->title,
	                          .id = id,
	                          .at = now,
	                          .list = channel->name,
	                          .logo = doc->letterhead.logo,
	                          .logo_id = DOC_MAIL_LOGO_ID,
	                          .is_bulk = true};
	struct buf text, html, body;

	buf_init(&text, ALERT_REQUEST_BYTES / 4);
	buf_init(&html, ALERT_REQUEST_BYTES / 2);
	buf_init(&body, ALERT_REQUEST_BYTES - KIB(16));
	doc_text(doc, &text_look, &text);
	doc_mail(doc, &html_look, &html);
	mail.text = buf_view(&text);
	mail.html = html.failed ? STR_NONE : buf_view(&html); /* a document too large for both goes as text */
	bool ok = !text.failed && alert_mail_compose(&mail, &body);
	struct alert_request request = {.carrier = CARRY_MAIL, .url = STR(""), .secret = STR(""), .type = STR(""),
	                                .to = channel->address, .id = id, .body = buf_view(&body)};
	if (ok)
		alert_request_write(&request, out);
	buf_done(&text);
	buf_done(&html);
	buf_done(&body);
	return ok && !out->failed;
}

static bool put_document(struct store *store, const struct alert_house *house, int64_t channel_id, const struct doc *doc,
                         struct str id, instant now, struct arena *arena, struct err *err)
{
	struct alert_channel channel;
	struct buf request;
	struct str house_id;
	bool is_there = false;
	int64_t delivery_id;

	if (!alert_channels_load(store, channel_id, arena, &channel, err) ||
	    !alert_outbox_house(store, arena, &house_id, err))
		return false;
	if (channel.kind != CHANNEL_MAIL)
		return err_set(err, ERR_INPUT, "%s is no mail channel", arena_text(arena, channel.name));
	struct str key = str_of(arena_format(arena, "%.*s-%.*s-%lld", STR_ARGS(house_id), STR_ARGS(id), (long long)channel_id));
	if (!alert_outbox_has(store, key, &is_there, err) || is_there)
		return is_there;
	buf_init(&request, ALERT_REQUEST_BYTES + KIB(16));
	bool ok = compose_document(&channel, house, doc, key, now, &request) ||
	          err_set(err, ERR_TOO_BIG, "the document is too large for a mail");
	struct alert_delivery delivery = {.channel = channel_id,
	                                  .event = ALERT_EVENT_DOCUMENT,
	                                  .state = channel.is_paused ? DELIVERY_SUPPRESSED : DELIVERY_QUEUED,
	                                  .created_at = now,
	                                  .next_at = now,
	                                  .headline = doc->title,
	                                  .key = key,
	                                  .words = channel.is_paused ? STR("channel-paused") : STR(""),
	                                  .request = buf_view(&request)};
	ok = ok && alert_outbox_add(store, &delivery, &delivery_id, err);
	buf_done(&request);
	return ok;
}

bool alerting_send_document(struct store *store, const struct alert_house *house, int64_t channel, const struct doc *doc,
                            struct str id, instant now, struct err *err)
{
	struct arena arena;

	arena_init(&arena, MIB(1));
	bool ok = put_document(store, house, channel, doc, id, now, &arena, err);
	arena_done(&arena);
	return ok;
}
