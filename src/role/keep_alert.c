/* SPDX-License-Identifier: ISC */
#include "role/keep_alert.h"

#include "base/instant.h"
#include "base/log.h"
#include "present/language.h"
#include "role/alerting.h"
#include "role/diagnosis.h"
#include "role/mute_token.h"
#include "store/alert_channels.h"
#include "store/alert_ruleset.h"

#define MUTE_DAYS 7

static struct str text_of(struct wire_reader *arguments)
{
	struct str text = wire_get_text(arguments, LIMIT_NAME_BYTES);
	return str_make(text.p == NULL ? "" : text.p, text.len);
}

static bool check(const struct alert_channel *channel, struct err *err)
{
	if (language_find(channel->language) == NULL)
		return err_set(err, ERR_INPUT, "there are no words in that language");
	return alert_channel_check(channel, err);
}

bool keep_alert_channel_add(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	struct alert_channel channel = {.name = text_of(arguments)};
	int64_t id;

	channel.kind = (enum alert_channel_kind)wire_get_enum(arguments, CHANNEL_KIND_COUNT);
	channel.address = text_of(arguments);
	channel.target = text_of(arguments);
	channel.secret = text_of(arguments);
	channel.language = text_of(arguments);
	channel.is_paused = wire_get_bool(arguments);
	channel.may_be_local = wire_get_bool(arguments);
	channel.mx = wire_get_text(arguments, KIB(16));
	channel.mx = str_make(channel.mx.p == NULL ? "" : channel.mx.p, channel.mx.len);
	channel.created_at = instant_now();
	if (!keep_arguments_end(arguments, err) || !check(&channel, err) ||
	    !alert_channels_add(keep->store, &channel, &id, err))
		return false;
	wire_put_u64(answer, (uint64_t)id);
	return true;
}

static void take(struct alert_channel *channel, unsigned what, struct wire_reader *arguments)
{
	struct str address = text_of(arguments), target = text_of(arguments), secret = text_of(arguments);
	struct str language = text_of(arguments), mx = wire_get_text(arguments, KIB(16));

	if ((what & KEEP_CHANNEL_ADDRESS) != 0) {
		channel->address = address;
		channel->mx = str_make(mx.p == NULL ? "" : mx.p, mx.len);
	}
	if ((what & KEEP_CHANNEL_TARGET) != 0)
		channel->target = target;
	if ((what & KEEP_CHANNEL_SECRET) != 0)
		channel->secret = secret;
	if ((what & KEEP_CHANNEL_LANGUAGE) != 0)
		channel->language = language;
	if ((what & (KEEP_CHANNEL_PAUSE | KEEP_CHANNEL_RESUME)) != 0)
		channel->is_paused = (what & KEEP_CHANNEL_PAUSE) != 0;
	if ((what & (KEEP_CHANNEL_LOCAL | KEEP_CHANNEL_NOT_LOCAL)) != 0)
		channel->may_be_local = (what & KEEP_CHANNEL_LOCAL) != 0;
}

bool keep_alert_channel_edit(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	struct str name = text_of(arguments);
	unsigned what = wire_get_u8(arguments);
	struct alert_channel channel;
	struct arena arena;

	(void)answer;
	arena_init(&arena, KIB(64));
	bool ok = alert_channels_find(keep->store, name, &arena, &channel, err);
	if (ok) {
		take(&channel, what, arguments);
		ok = keep_arguments_end(arguments, err) && check(&channel, err) && alert_channels_save(keep->store, &channel, err);
	}
	arena_done(&arena);
	alert_desk_wake(keep->alert_desk);
	return ok;
}

bool keep_alert_channel_remove(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	struct str name = text_of(arguments);
	struct alert_channel channel;
	struct arena arena;

	(void)answer;
	arena_init(&arena, KIB(64));
	bool ok = keep_arguments_end(arguments, err) && alert_channels_find(keep->store, name, &arena, &channel, err) &&
	          store_begin(keep->store, err);
	if (ok && !alert_channels_remove(keep->store, channel.id, instant_now(), err)) {
		store_rollback(keep->store);
		ok = false;
	}
	ok = ok && store_commit(keep->store, err);
	arena_done(&arena);
	return ok;
}

bool keep_alert_test(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	struct str name = text_of(arguments);
	bool is_there = alert_desk_is_connected(keep->alert_desk);
	int64_t delivery;

	if (!keep_arguments_end(arguments, err))
		return false;
	if (!is_there)
		return err_set(err, ERR_LATER, "no server runs that could deliver it: start 'mailseal serve'");
	if (!alerting_test(keep->store, &keep->alert_house, name, instant_now(), &delivery, err))
		return false;
	alert_desk_wake(keep->alert_desk);
	wire_put_u64(answer, (uint64_t)delivery);
	wire_put_u8(answer, is_there);
	return true;
}

bool keep_alert_resend(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	int64_t id = (int64_t)wire_get_u64(arguments), copy;
	struct str by = keep->actor == NULL ? STR("command line") : keep->actor->name;

	if (!keep_arguments_end(arguments, err))
		return false;
	if (!alert_desk_is_connected(keep->alert_desk))
		return err_set(err, ERR_LATER, "no server runs that could deliver it: start 'mailseal serve'");
	if (!alerting_resend(keep->store, &keep->alert_house, id, by.p == NULL ? STR("") : by, instant_now(), &copy, err))
		return false;
	alert_desk_wake(keep->alert_desk);
	wire_put_u64(answer, (uint64_t)copy);
	return true;
}

/* --- rules --- */

bool keep_alert_rule_add(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	struct str name = text_of(arguments);
	struct alert_rule rule;
	int64_t id;

	if (!alert_rule_read(arguments->rest, &rule, err))
		return false;
	rule.name = name;
	rule.id = 0;
	rule.created_at = instant_now();
	if (rule.what == WHAT_READY)
		return err_set(err, ERR_INPUT, "a ready-made rule is there already");
	if (!alert_ruleset_save(keep->store, &rule, &id, err))
		return false;
	keep->next_tick_ms = 0; /* it may have something to say at once */
	wire_put_u64(answer, (uint64_t)id);
	return true;
}

bool keep_alert_rule_edit(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	struct str name = text_of(arguments);
	struct alert_rule rule, before;
	struct arena arena;
	int64_t id;

	(void)answer;
	if (!alert_rule_read(arguments->rest, &rule, err))
		return false;
	arena_init(&arena, KIB(64));
	bool ok = alert_ruleset_find(keep->store, name, &arena, &before, err);
	if (ok && (before.what == WHAT_READY) != (rule.what == WHAT_READY))
		ok = err_set(err, ERR_INPUT, "what a ready-made rule is about is fixed");
	if (ok) {
		rule.id = before.id;
		rule.name = before.name;
		rule.created_at = before.created_at;
		ok = alert_ruleset_save(keep->store, &rule, &id, err);
	}
	arena_done(&arena);
	keep->next_tick_ms = 0;
	return ok;
}

static bool find_rule(struct keep *keep, struct str name, int64_t *out_id, struct err *err)
{
	struct alert_rule rule;
	struct arena arena;

	arena_init(&arena, KIB(64));
	bool ok = alert_ruleset_find(keep->store, name, &arena, &rule, err);
	if (ok)
		*out_id = rule.id;
	arena_done(&arena);
	return ok;
}

bool keep_alert_rule_remove(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	struct str name = text_of(arguments);
	int64_t id;

	(void)answer;
	return keep_arguments_end(arguments, err) && find_rule(keep, name, &id, err) && alert_ruleset_remove(keep->store, id, err);
}

bool keep_alert_rule_mute(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	struct str name = text_of(arguments);
	uint64_t secs = wire_get_u64(arguments);
	int64_t id;

	(void)answer;
	if (secs > UINT64_C(366) * SECS_PER_DAY)
		return err_set(err, ERR_INPUT, "a rule is muted for a year at most");
	return keep_arguments_end(arguments, err) && find_rule(keep, name, &id, err) &&
	       alert_ruleset_mute(keep->store, id, instant_now() + (instant)secs, err);
}

/* --- links in messages --- */

static bool pause_channel(struct keep *keep, int64_t id, struct err *err)
{
	struct alert_channel channel;
	struct arena arena;

	arena_init(&arena, KIB(64));
	bool ok = alert_channels_load(keep->store, id, &arena, &channel, err);
	if (ok) {
		channel.is_paused = true;
		ok = alert_channels_save(keep->store, &channel, err);
	}
	arena_done(&arena);
	return ok;
}

bool keep_alert_mute(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	struct str token = wire_get_text(arguments, LIMIT_NAME_BYTES);
	instant now = instant_now(), until = now + MUTE_DAYS * (instant)SECS_PER_DAY;
	enum mute_target target;
	int64_t id;

	(void)answer;
	if (!keep_arguments_end(arguments, err))
		return false;
	if (keep->alert_house.mute_key.len == 0)
		return err_set(err, ERR_SETUP, "there is no key for links");
	if (!mute_token_read(keep->alert_house.mute_key, token, now, &target, &id, err))
		return false;
	LOG(LOG_LEVEL_INFO, "muted", LOG_TEXT("what", target == MUTE_ISSUE  ? "issue"
	                                              : target == MUTE_RULE ? "rule"
	                                                                    : "channel"),
	    LOG_NUM("number", id));
	if (target == MUTE_ISSUE)
		return diagnosis_snooze(keep->store, id, until, now, err);
	return target == MUTE_RULE ? alert_ruleset_mute(keep->store, id, until, err) : pause_channel(keep, id, err);
}
