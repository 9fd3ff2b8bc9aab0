/* SPDX-License-Identifier: ISC */
#include "role/digest_post.h"

#include <string.h>

#include "base/attr.h"
#include "base/limits.h"
#include "base/log.h"
#include "present/digest_doc.h"
#include "present/language.h"
#include "role/digesting.h"
#include "role/letterhead.h"
#include "store/alert_channels.h"
#include "store/issues.h"
#include "store/store_domains.h"

#define HOUR_SECS 3600
#define MORNING_SECS (6 * HOUR_SECS) /* the reports of the night are in */
#define FIRST_DAYS 28                /* a clean week is told of too */

struct digest_post digest_post_of(const struct config *config)
{
	static const char *const days[] = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};
	struct digest_post post = {.weekly = &config->digest_weekly,
	                           .monthly = &config->digest_monthly,
	                           .when_clean = strcmp(config->digest_when_clean, "yes") == 0};

	for (unsigned i = 0; i < COUNT_OF(days); i++)
		if (strcmp(config->digest_day, days[i]) == 0)
			post.weekday = i;
	return post;
}

struct posting {
	struct store *store;
	const struct alert_house *house;
	instant now;
	struct digest_wish wish;
	bool with_clean;
	struct err *err;
};

/* In the language of the tenant, or else of the channel, as he sees it. */
static bool make_and_send(struct posting *posting, const struct alert_channel *channel, struct arena *arena, struct err *err)
{
	struct digest digest;
	struct doc doc;
	char day[INSTANT_TEXT_MAX];

	if (!digesting_make(posting->store, &posting->wish, posting->now, arena, &digest, err))
		return false;
	if (digest_span_is_clean(&digest) && !posting->with_clean && posting->wish.span == DIGEST_WEEK)
		return true;
	language_use(language_find(digest.language.len > 0 ? digest.language : channel->language));
	digest_doc(&digest, arena, &doc);
	if (!letterhead_put(posting->store, &doc, err)) {
		language_use(NULL);
		return false;
	}
	struct str id = str_of(arena_format(arena, "%s-%.*s-%.*s", digest_span_text(posting->wish.span),
	                                    STR_ARGS(day_format(digest.since_day, day)), STR_ARGS(posting->wish.tenant_name)));
	store_set_tenant(posting->store, 0);
	bool ok = alerting_send_document(posting->store, posting->house, channel->id, &doc, id, posting->now, err);
	language_use(NULL);
	return ok;
}

/* "CHANNEL" or "TENANT:CHANNEL". */
static bool post_to(struct posting *posting, struct str target, struct arena *arena, struct err *err)
{
	struct alert_channel channel;
	size_t colon = str_find_byte(target, ':');
	struct str tenant = colon < target.len ? str_trim(str_upto(target, colon)) : STR("");
	struct str name = colon < target.len ? str_trim(str_from(target, colon + 1)) : target;
	int64_t id = 0;

	if (!alert_channels_find(posting->store, name, arena, &channel, err) ||
	    (tenant.len > 0 && !store_tenant_find(posting->store, tenant, &id, err)))
		return false;
	posting->wish.tenant_name = tenant;
	store_set_tenant(posting->store, id);
	bool ok = make_and_send(posting, &channel, arena, err);
	store_set_tenant(posting->store, 0);
	return ok;
}

/* `*out_all`: each has got it, now or before. */
static bool post_all(struct posting *posting, const struct config_list *targets, bool *out_all)
{
	*out_all = true;
	for (size_t i = 0; i < targets->count; i++) {
		struct arena arena;
		struct err err = {0};
		arena_init(&arena, MIB(256));
		bool ok = post_to(posting, str_of(targets->items[i]), &arena, &err);
		arena_done(&arena);
		*out_all = *out_all && ok;
		if (!ok)
			LOG(LOG_LEVEL_WARNING, "digest-not-sent", LOG_TEXT("to", targets->items[i]), LOG_TEXT("why", err.text));
		if (!ok && err.kind != ERR_MISSING && err.kind != ERR_INPUT && err.kind != ERR_TOO_BIG) {
			*posting->err = err;
			return false;
		}
	}
	return true;
}

/* Once for each span; again, while a channel is not there. */
static bool post_once(struct posting *posting, const char *key, int32_t first, const struct config_list *targets)
{
	bool all;
	return post_all(posting, targets, &all) && (!all || issues_remember(posting->store, key, first, posting->err));
}

static bool is_news(struct posting *posting, const char *key, int32_t first, bool *out)
{
	int64_t last;

	if (!issues_recall(posting->store, key, &last, posting->err))
		return false;
	*out = last < first;
	return true;
}

static bool begin_weeks(struct posting *posting, int32_t first)
{
	int64_t begun;

	if (!issues_recall(posting->store, "digest-begun", &begun, posting->err))
		return false;
	if (begun == INT64_MIN && !issues_remember(posting->store, "digest-begun", first, posting->err))
		return false;
	posting->with_clean = posting->with_clean || begun == INT64_MIN || first - begun < FIRST_DAYS;
	return true;
}

static bool post_week(struct posting *posting, const struct digest_post *post)
{
	int32_t morning = day_of(posting->now - MORNING_SECS);
	int32_t first = digest_span_monday(morning - (int32_t)post->weekday) - 7;
	bool due;

	posting->wish = (struct digest_wish){.span = DIGEST_WEEK, .day = first};
	posting->with_clean = post->when_clean;
	return post->weekly->count == 0 || (is_news(posting, "digest-week", first, &due) &&
	                                    (!due || (begin_weeks(posting, first) && post_once(posting, "digest-week", first, post->weekly))));
}

static bool post_month(struct posting *posting, const struct digest_post *post)
{
	int32_t first, last;
	bool due;

	digest_span_month(day_of(posting->now - MORNING_SECS) - 1, &first, &last);
	digest_span_month(first - 1, &first, &last);
	posting->wish = (struct digest_wish){.span = DIGEST_MONTH, .day = first};
	return post->monthly->count == 0 ||
	       (is_news(posting, "digest-month", first, &due) && (!due || post_once(posting, "digest-month", first, post->monthly)));
}

bool digest_post_turn(struct store *store, const struct alert_house *house, const struct digest_post *post, instant now,
                      struct err *err)
{
	struct posting posting = {.store = store, .house = house, .now = now, .err = err};

	if (post->weekly->count == 0 && post->monthly->count == 0)
		return true;
	if (!store_begin(store, err))
		return false;
	if (!post_week(&posting, post) || !post_month(&posting, post)) {
		store_rollback(store);
		return false;
	}
	return store_commit(store, err);
}
