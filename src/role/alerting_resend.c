/* SPDX-License-Identifier: ISC */
/* A message of the outbox once more, because somebody asks for it. */
#include "alert/alert_compose.h"
#include "base/limits.h"
#include "role/alerting.h"
#include "store/alert_channels.h"
#include "store/alert_outbox.h"

#define SAME_SECS 60
#define CHANNEL_SECS 3600
#define CHANNEL_MOST 60

static bool may_resend(struct store *store, const struct alert_delivery *old, instant now, struct err *err)
{
	instant since = now - CHANNEL_SECS;
	uint64_t same, all;

	if (old->state < DELIVERY_DELIVERED)
		return err_set(err, ERR_INPUT, "the message is still on its way");
	if (old->state != DELIVERY_DELIVERED && old->state != DELIVERY_FAILED)
		return err_set(err, ERR_INPUT, "it was not sent, so it cannot be sent again");
	if (!alert_outbox_again_counts(store, old, now - SAME_SECS, since, &same, &all, err))
		return false;
	if (same > 0)
		return err_set(err, ERR_TOO_BIG, "it was sent again within the last minute");
	return all < CHANNEL_MOST ||
	       err_set(err, ERR_TOO_BIG, "this channel had %d messages sent again within the hour", CHANNEL_MOST);
}

/* A removed channel may have a namesake. */
static bool load_channel(struct store *store, const struct alert_delivery *old, struct arena *arena,
                         struct alert_channel *out, struct err *err)
{
	struct err gone = {0};

	if (!alert_channels_find(store, old->channel_name, arena, out, &gone) || out->id != old->channel)
		return err_set(err, ERR_MISSING, "the channel of this message is gone");
	return !out->is_paused ||
	       err_set(err, ERR_INPUT, "the channel is paused; 'mailseal alert channel edit %s --resume' wakes it",
	               arena_text(arena, out->name));
}

/* The first `from` of a text becomes `to`. */
static struct str replaced(struct str text, struct str from, struct str to, struct arena *arena)
{
	size_t at = str_find(text, from);
	struct buf out;

	if (at == text.len)
		return text;
	buf_init(&out, text.len + to.len);
	buf_str(&out, str_upto(text, at));
	buf_str(&out, to);
	buf_str(&out, str_from(text, at + from.len));
	struct str whole = arena_str(arena, buf_view(&out));
	buf_done(&out);
	return whole;
}

/* The same of a header field of a mail, whose value begins so. */
static struct str with_header(struct str mail, const char *name, struct str from, struct str to, const char *end,
                              struct arena *arena)
{
	struct str old = str_of(arena_format(arena, "%s: <%.*s%s", name, STR_ARGS(from), end));
	struct str new = str_of(arena_format(arena, "%s: <%.*s%s", name, STR_ARGS(to), end));

	return replaced(mail, old, new, arena);
}

/* The words of the old one, to where the channel is today.  A webhook tells by the id that it is the same message
 * (Standard Webhooks); a mail or a message of Matrix under an old id would be dropped. */
static bool compose(const struct alert_channel *channel, const struct alert_house *house, struct str words, struct str id,
                    instant now, struct arena *arena, struct alert_request *out, struct err *err)
{
	struct alert_message message;
	struct alert_request old;

	if (words.len == 0)
		return err_set(err, ERR_INPUT, "its words are kept for 30 days, and are gone");
	alert_words_test(channel, house, now, arena, &message);
	message.id = id;
	if (!alert_request_read(words, &old, err))
		return false;
	if (!alert_compose(&message, channel, house->from, arena, out))
		return err_set(err, ERR_TOO_BIG, "the message is too large");
	out->body = old.body;
	if (channel->kind == CHANNEL_WEBHOOK)
		out->id = old.id;
	if (channel->kind == CHANNEL_MAIL) {
		out->body = with_header(out->body, "Message-ID", old.id, id, "@", arena);
		out->body = with_header(out->body, "To", old.to, out->to, ">", arena);
	}
	return true;
}

static bool put_again(struct store *store, const struct alert_house *house, const struct alert_delivery *old,
                      const struct alert_channel *channel, struct str by, instant now, struct arena *arena, int64_t *out_id,
                      struct err *err)
{
	struct alert_delivery delivery = {.channel = old->channel,
	                                  .alert = old->alert,
	                                  .event = old->event,
	                                  .state = DELIVERY_WAITING,
	                                  .created_at = now,
	                                  .next_at = now,
	                                  .headline = old->headline,
	                                  .again_of = old->again_of != 0 ? old->again_of : old->id,
	                                  .again_by = by};
	struct alert_request request;
	struct str house_id;
	struct buf bytes;

	if (!alert_outbox_house(store, arena, &house_id, err) || !alert_outbox_add(store, &delivery, out_id, err))
		return false;
	struct str id = str_of(arena_format(arena, "%.*s-%lld", STR_ARGS(house_id), (long long)*out_id));
	if (!compose(channel, house, old->request, id, now, arena, &request, err))
		return false;
	buf_init(&bytes, ALERT_REQUEST_BYTES * 2);
	alert_request_write(&request, &bytes);
	bool ok = alert_outbox_compose(store, *out_id, old->headline, buf_view(&bytes), now, err);
	buf_done(&bytes);
	return ok;
}

bool alerting_resend(struct store *store, const struct alert_house *house, int64_t id, struct str by, instant now,
                     int64_t *out_id, struct err *err)
{
	struct alert_delivery old;
	struct alert_channel channel;
	struct arena arena;

	arena_init(&arena, ALERT_REQUEST_BYTES * 8);
	bool ok = alert_outbox_load(store, id, &arena, &old, err) && load_channel(store, &old, &arena, &channel, err) &&
	          may_resend(store, &old, now, err) && alert_outbox_request(store, id, &arena, &old.request, err) &&
	          store_begin(store, err);
	if (ok)
		ok = store_end(store, put_again(store, house, &old, &channel, by, now, &arena, out_id, err), err);
	arena_done(&arena);
	return ok;
}
