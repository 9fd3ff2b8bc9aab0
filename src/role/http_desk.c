/* SPDX-License-Identifier: ISC */
#include "role/http_desk.h"

#include <pthread.h>
#include <stdio.h>
#include <sys/random.h>

#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "report/wire.h"
#include "role/actor.h"
#include "web/sign_in_rate.h"

#define SEEN_MOST 512u
#define SEEN_EVERY_SECS 60 /* what the store knows is this old at most */
#define TELL_MS 5000

struct seen {
	bool is_token;
	int64_t id;
	instant at;
	char peer[64];
};

struct http_desk {
	pthread_mutex_t lock;
	struct sign_in_rate *rate;
	struct challenge_desk *challenges;
	struct seen seen[SEEN_MOST];
	size_t seen_count;
};

struct http_desk *http_desk_new(void)
{
	struct http_desk *desk = mem_new(sizeof *desk);

	(void)pthread_mutex_init(&desk->lock, NULL);
	desk->rate = sign_in_rate_new();
	desk->challenges = challenge_desk_new();
	return desk;
}

void http_desk_free(struct http_desk **desk)
{
	if (*desk == NULL)
		return;
	sign_in_rate_free(&(*desk)->rate);
	challenge_desk_free(&(*desk)->challenges);
	(void)pthread_mutex_destroy(&(*desk)->lock);
	mem_free(*desk);
	*desk = NULL;
}

uint32_t http_desk_wait(struct http_desk *desk, struct str name, struct str network)
{
	(void)pthread_mutex_lock(&desk->lock);
	uint32_t secs = sign_in_rate_wait(desk->rate, name, network, clock_ms());
	(void)pthread_mutex_unlock(&desk->lock);
	return secs;
}

void http_desk_tried(struct http_desk *desk, struct str name, struct str network, bool was_right)
{
	(void)pthread_mutex_lock(&desk->lock);
	if (was_right)
		sign_in_rate_succeeded(desk->rate, name, network);
	else
		sign_in_rate_failed(desk->rate, name, network, clock_ms());
	(void)pthread_mutex_unlock(&desk->lock);
}

bool http_desk_begin(struct http_desk *desk, enum challenge_kind kind, int64_t owner, struct str note,
                     unsigned char out_key[CHALLENGE_BYTES], struct err *err)
{
	if (getrandom(out_key, CHALLENGE_BYTES, 0) != CHALLENGE_BYTES)
		return err_set(err, ERR_LATER, "the system gives no random bytes");
	(void)pthread_mutex_lock(&desk->lock);
	challenge_desk_put(desk->challenges, kind, out_key, owner, note, clock_ms());
	(void)pthread_mutex_unlock(&desk->lock);
	return true;
}

bool http_desk_end(struct http_desk *desk, enum challenge_kind kind, struct str key, int64_t owner, struct buf *out_note)
{
	char note[CHALLENGE_NOTE_BYTES];
	size_t len = 0;

	(void)pthread_mutex_lock(&desk->lock);
	bool ok = challenge_desk_take(desk->challenges, kind, key, owner, clock_ms(), note, &len);
	(void)pthread_mutex_unlock(&desk->lock);
	if (ok)
		buf_bytes(out_note, note, len);
	explicit_bzero(note, sizeof note);
	return ok;
}

void http_desk_seen(struct http_desk *desk, bool is_token, int64_t id, instant stored_at, struct str peer)
{
	instant now = instant_now();

	if (stored_at != INSTANT_NONE && now - stored_at < SEEN_EVERY_SECS)
		return;
	(void)pthread_mutex_lock(&desk->lock);
	size_t i = 0;
	while (i < desk->seen_count && (desk->seen[i].id != id || desk->seen[i].is_token != is_token))
		i++;
	if (i < SEEN_MOST) {
		struct seen *seen = &desk->seen[i];
		*seen = (struct seen){.is_token = is_token, .id = id, .at = now};
		(void)snprintf(seen->peer, sizeof seen->peer, "%.*s", STR_ARGS(str_upto(peer, sizeof seen->peer - 1)));
		desk->seen_count += i == desk->seen_count;
	}
	(void)pthread_mutex_unlock(&desk->lock);
}

static void write_seen(struct http_desk *desk, struct buf *out)
{
	actor_write(&(struct actor){.kind = ACTOR_HOUSE}, out);
	wire_put_str(out, STR("seen"));
	wire_put_u64(out, 0);
	wire_put_str(out, STR_NONE);
	(void)pthread_mutex_lock(&desk->lock);
	wire_put_u32(out, (uint32_t)desk->seen_count);
	for (size_t i = 0; i < desk->seen_count; i++) {
		const struct seen *seen = &desk->seen[i];
		wire_put_u8(out, seen->is_token);
		wire_put_u64(out, (uint64_t)seen->id);
		wire_put_u64(out, (uint64_t)seen->at);
		wire_put_str(out, str_of(seen->peer));
	}
	desk->seen_count = 0;
	(void)pthread_mutex_unlock(&desk->lock);
}

void http_desk_tell(struct http_desk *desk, struct keep_link *link)
{
	struct buf body, answer;
	struct err err = {0};

	(void)pthread_mutex_lock(&desk->lock);
	bool has_some = desk->seen_count > 0;
	(void)pthread_mutex_unlock(&desk->lock);
	if (!has_some || !keep_link_is_up(link))
		return;
	buf_init(&body, KIB(64));
	buf_init(&answer, KIB(4));
	write_seen(desk, &body);
	if (!keep_link_command(link, &body, clock_ms() + TELL_MS, &answer, &err))
		LOG(LOG_LEVEL_WARNING, "not-noted-who-was-seen", LOG_TEXT("why", err.text));
	buf_done(&body);
	buf_done(&answer);
}
