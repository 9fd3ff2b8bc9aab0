/* SPDX-License-Identifier: ISC */
#include "role/keep_policy.h"

#include "base/instant.h"
#include "base/limits.h"
#include "base/log.h"
#include "present/publishing_doc.h"
#include "publish/policy_id.h"
#include "publish/sts_text.h"
#include "report/served_policy.h"
#include "role/advising.h"
#include "role/look_schedule.h"
#include "role/policy_copy.h"
#include "role/publish_plan.h"
#include "store/published.h"

struct wish {
	struct published one;
	uint64_t expected;
	bool is_down;
	struct str_list used;
};

static bool read_list(struct wire_reader *arguments, size_t most, size_t spare, struct arena *arena, struct str_list *out)
{
	uint32_t count = wire_get_u32(arguments);

	if (arguments->failed || count > most)
		return false;
	*out = (struct str_list){.items = ARENA_ARRAY(arena, count + spare, struct str), .count = count};
	for (size_t i = 0; i < count; i++)
		out->items[i] = wire_get_text(arguments, LIMIT_NAME_BYTES);
	return true;
}

static bool read_wish(struct wire_reader *arguments, size_t spare, struct arena *arena, struct wish *out, struct err *err)
{
	struct published *one = &out->one;

	one->domain = wire_get_text(arguments, LIMIT_NAME_BYTES);
	one->policy.mode = (enum sts_mode)wire_get_enum(arguments, MODE_COUNT);
	one->policy.max_age_secs = wire_get_u64(arguments);
	bool ok = read_list(arguments, LIMIT_STRINGS_PER_UNIT, 0, arena, &one->policy.mx);
	one->who = wire_get_text(arguments, LIMIT_NAME_BYTES);
	out->expected = wire_get_u64(arguments);
	one->wave = (int64_t)wire_get_u64(arguments);
	one->overruled = wire_get_enum(arguments, PUBLISHED_OVER_ALL + 1);
	out->is_down = wire_get_bool(arguments);
	ok = ok && read_list(arguments, LIMIT_STRINGS_PER_UNIT, spare, arena, &out->used);
	return (ok && !arguments->failed && arguments->rest.len == 0) ||
	       err_set(err, ERR_INPUT, "the command makes no sense; is it of another version?");
}

/* What we serve must stand our own reading. */
static bool write_text(struct wish *wish, struct arena *arena, struct err *err)
{
	struct published *one = &wish->one;
	struct findings findings = {0};
	struct sts_policy read;
	struct buf text;

	if (wish->is_down) {
		one->text = STR("");
		return true;
	}
	if (one->policy.mode == MODE_NOT_STATED)
		return err_set(err, ERR_INPUT, "a policy has the mode testing, enforce or none");
	buf_init(&text, STS_POLICY_MOST_BYTES);
	sts_text_write(&one->policy, &text);
	bool ok = !text.failed || err_set(err, ERR_TOO_BIG, "the policy is larger than senders read (64 KiB)");
	if (ok) {
		one->text = arena_str(arena, buf_view(&text));
		sts_text_read(one->text, one->domain, arena, &read, &findings);
		ok = read.is_valid || err_set(err, ERR_INPUT, "senders would not use this policy: it needs mail servers by name and "
		                                              "a max_age of at most 31557600 seconds");
	}
	buf_done(&text);
	return ok;
}

/* The command line has looked itself.  What comes by the web is judged here once more, by the looks that came to this process:
 * a request that goes around the page, or a role that was broken into, refuses no mail unless it says that it means to. */
static bool stands(struct keep *keep, const struct wish *wish, struct arena *arena, struct err *err)
{
	const struct published *one = &wish->one;
	struct publish_order order = {.domain = one->domain, .has_mode = true, .mode = one->policy.mode, .has_max_age = true,
	                              .max_age_secs = one->policy.max_age_secs, .mx = one->policy.mx,
	                              .is_down = wish->is_down, .overruled = one->overruled};
	struct advising_options options = {.limits = ADVICE_LIMITS, .window_days = PUBLISH_PLAN_WINDOW_DAYS};
	struct check *check = ARENA_NEW(arena, struct check);
	struct advice_page *page = ARENA_NEW(arena, struct advice_page);
	struct publishing planned;

	if (keep->actor == NULL || (!wish->is_down && one->policy.mode != MODE_ENFORCE))
		return true;
	if (!look_schedule_seen(keep->looks, one->domain, PUBLISH_PLAN_LOOK_SECS, arena, check))
		advising_blind(one->domain, arena, check);
	if (!advising_of(check, keep->store, &options, arena, page, err) ||
	    !publish_plan(keep->store, check, page, &order, arena, &planned, err))
		return false;
	return planned.reason_count == 0 ||
	       err_set(err, ERR_DENIED, "%.*s", STR_ARGS(publishing_doc_reason(&planned.reasons[0], arena)));
}

bool keep_policy_publish(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	struct wish wish = {0};
	struct published_list history;
	struct arena arena;
	int64_t n = 0;

	arena_init(&arena, MIB(64));
	struct wire_reader ahead = *arguments;
	struct str domain = wire_get_text(&ahead, LIMIT_NAME_BYTES);
	bool ok = published_history(keep->store, domain, &arena, &history, err) &&
	          read_wish(arguments, history.count, &arena, &wish, err);
	for (size_t i = 0; ok && i < history.count; i++)
		wish.used.items[wish.used.count++] = history.rows[i].id;
	if (ok && write_text(&wish, &arena, err) && stands(keep, &wish, &arena, err)) {
		wish.one.at = instant_now();
		wish.one.id = policy_id(wish.one.at, &wish.used, &arena);
		ok = published_add(keep->store, &wish.one, (int64_t)wish.expected, &n, err);
	} else {
		ok = false;
	}
	if (ok) {
		keep_policies_soon(keep);
		wire_put_u64(answer, (uint64_t)n);
		wire_put_str(answer, wish.one.id);
		wire_put_str(answer, wish.one.text);
		LOG(LOG_LEVEL_INFO, "policy-published", LOG_STR("domain", wish.one.domain), LOG_STR("id", wish.one.id),
		    LOG_TEXT("mode", wish.is_down ? "taken down" : sts_mode_text(wish.one.policy.mode)),
		    LOG_STR("who", wish.one.who));
	}
	arena_done(&arena);
	return ok;
}

/* --- by the clock --- */

#define COPY_WAIT_MS 2000 /* many policies may be published one after the other */

void keep_policies_soon(struct keep *keep)
{
	keep_places_soon(keep->places);
	keep->next_copy_ms = 0;
}

/* A copy that cannot be written is no reason to end: the store is sound. */
static bool copy(struct keep *keep, struct err *err)
{
	struct err why = {0};
	int64_t version = 0, places = 0;

	keep->next_copy_ms = clock_ms() + COPY_WAIT_MS;
	if (!published_version(keep->store, &version, &places, err))
		return false;
	if (version != keep->copied_version && !policy_copy_write(keep->store_path, keep->store, &why))
		LOG(LOG_LEVEL_WARNING, "policies-not-copied", LOG_TEXT("why", why.text));
	keep->copied_version = version;
	return true;
}

bool keep_policies_turn(struct keep *keep)
{
	struct err err = {0};
	bool copies = clock_ms() >= keep->next_copy_ms;
	bool looks = keep_places_deadline(keep->places) >= 0 && clock_ms() >= keep_places_deadline(keep->places);

	if (keep->is_broken || (!copies && !looks))
		return !keep->is_broken;
	if (!keep_commit(keep))
		return false;
	bool ok = (!copies || copy(keep, &err)) && (!looks || keep_places_turn(keep->places, keep->store, &err));
	if (!ok) {
		LOG(LOG_LEVEL_ERROR, "store-failed", LOG_TEXT("at", "policies"), LOG_TEXT("why", err.text));
		keep->is_broken = true;
		keep->fault = err;
	}
	return ok;
}

int64_t keep_policies_deadline(const struct keep *keep)
{
	int64_t next = keep_places_deadline(keep->places);

	return next < 0 || keep->next_copy_ms < next ? keep->next_copy_ms : next;
}
