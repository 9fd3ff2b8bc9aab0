/* SPDX-License-Identifier: ISC */
#include "role/check_desk.h"

#include <pthread.h>

#include "base/instant.h"
#include "base/limits.h"
#include "base/mem.h"
#include "role/look_wire.h"
#include "sys/resolve.h"

#define PLACES 64u         /* what is remembered; the one asked for longest ago is forgotten */
#define UNDER_WAY_MOST 8u
#define KEY_MAX (RESOLVE_NAME_MAX + 16)
#define LOOK_MS 180000
#define STACK_BYTES KIB(512)
#define COMMAND_BYTES KIB(64)
#define LOOK_BYTES MIB(1)

struct place {
	char key[KEY_MAX];
	enum check_desk_state state;
	instant asked_at, at;
	char sentence[240];
	struct buf look; /* what is to be shown: of a look as look_wire has it */
};

struct check_desk {
	struct keep_link *link;
	pthread_mutex_t lock; /* guards the rest */
	struct place places[PLACES];
	unsigned under_way;
};

/* One look that a thread waits for. */
struct errand {
	struct check_desk *desk;
	struct place *place;
	struct buf command;
};

struct check_desk *check_desk_new(struct keep_link *link)
{
	struct check_desk *desk = mem_new(sizeof *desk);

	desk->link = link;
	(void)pthread_mutex_init(&desk->lock, NULL);
	for (unsigned i = 0; i < PLACES; i++)
		buf_init(&desk->places[i].look, LOOK_BYTES);
	return desk;
}

void check_desk_free(struct check_desk **desk)
{
	struct check_desk *gone = *desk;
	*desk = NULL;
	if (gone == NULL)
		return;
	/* A thread that still waits has it; the role ends with it. */
	(void)pthread_mutex_lock(&gone->lock);
	bool is_idle = gone->under_way == 0;
	(void)pthread_mutex_unlock(&gone->lock);
	if (!is_idle)
		return;
	for (unsigned i = 0; i < PLACES; i++)
		buf_done(&gone->places[i].look);
	(void)pthread_mutex_destroy(&gone->lock);
	mem_free(gone);
}

static struct place *find(struct check_desk *desk, struct str key)
{
	for (unsigned i = 0; i < PLACES; i++)
		if (desk->places[i].state != CHECK_DESK_NONE && str_eq(key, str_of(desk->places[i].key)))
			return &desk->places[i];
	return NULL;
}

static struct place *free_place(struct check_desk *desk)
{
	struct place *oldest = NULL;

	for (unsigned i = 0; i < PLACES; i++) {
		struct place *place = &desk->places[i];
		if (place->state != CHECK_DESK_RUNNING && (oldest == NULL || place->asked_at < oldest->asked_at))
			oldest = place;
	}
	return oldest; /* PLACES is more than UNDER_WAY_MOST */
}

static void finish(struct errand *errand, bool ok, const struct buf *answer, const struct err *err)
{
	struct place *place = errand->place;

	(void)pthread_mutex_lock(&errand->desk->lock);
	place->state = ok ? CHECK_DESK_DONE : CHECK_DESK_FAILED;
	place->at = instant_now();
	buf_clear(&place->look);
	if (ok)
		buf_str(&place->look, str_from(buf_view(answer), 1)); /* behind the verdict */
	else
		memcpy(place->sentence, err->text, sizeof place->sentence);
	errand->desk->under_way--;
	(void)pthread_mutex_unlock(&errand->desk->lock);
}

static void *run(void *data)
{
	struct errand *errand = data;
	struct buf answer;
	struct err err = {0};

	buf_init(&answer, LOOK_BYTES);
	bool ok = keep_link_command(errand->desk->link, &errand->command, clock_ms() + LOOK_MS, &answer, &err);
	finish(errand, ok, &answer, &err);
	buf_done(&answer);
	buf_done(&errand->command);
	mem_free(errand);
	return NULL;
}

static bool start(struct errand *errand, struct err *err)
{
	pthread_attr_t attributes;
	pthread_t thread;

	(void)pthread_attr_init(&attributes);
	(void)pthread_attr_setstacksize(&attributes, STACK_BYTES);
	(void)pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	bool ok = pthread_create(&thread, &attributes, run, errand) == 0;
	(void)pthread_attr_destroy(&attributes);
	return ok || err_set(err, ERR_LATER, "there is no thread to be had");
}

static struct errand *new_errand(struct check_desk *desk, struct place *place, struct str command)
{
	struct errand *errand = mem_new(sizeof *errand);

	errand->desk = desk;
	errand->place = place;
	buf_init(&errand->command, COMMAND_BYTES);
	buf_str(&errand->command, command);
	return errand;
}

/* With the lock. */
static bool ask(struct check_desk *desk, struct place *place, struct str key, struct str command, struct err *err)
{
	if (desk->under_way >= UNDER_WAY_MOST)
		return err_set(err, ERR_LATER, "several looks are under way; try again later");
	place = place != NULL ? place : free_place(desk);
	struct errand *errand = new_errand(desk, place, command);
	if (errand->command.failed || !start(errand, err)) {
		buf_done(&errand->command);
		mem_free(errand);
		return false;
	}
	memcpy(place->key, key.p, key.len);
	place->key[key.len] = '\0';
	place->state = CHECK_DESK_RUNNING;
	place->asked_at = instant_now();
	place->at = INSTANT_NONE;
	buf_clear(&place->look);
	desk->under_way++;
	return true;
}

bool check_desk_ask(struct check_desk *desk, struct str key, struct str command, instant young_secs, struct err *err)
{
	if (key.len == 0 || key.len >= KEY_MAX)
		return err_set(err, ERR_INPUT, "that is no name of a domain");
	(void)pthread_mutex_lock(&desk->lock);
	struct place *place = find(desk, key);
	bool is_there = place != NULL && (place->state == CHECK_DESK_RUNNING ||
	                                  (place->state == CHECK_DESK_DONE && place->at > instant_now() - young_secs));
	bool ok = is_there || ask(desk, place, key, command, err);
	(void)pthread_mutex_unlock(&desk->lock);
	return ok;
}

void check_desk_find(struct check_desk *desk, struct str key, struct arena *arena, struct check_desk_look *out,
                     struct str *out_answer)
{
	*out_answer = STR_NONE;
	*out = (struct check_desk_look){.asked_at = INSTANT_NONE, .at = INSTANT_NONE};
	(void)pthread_mutex_lock(&desk->lock);
	const struct place *place = find(desk, key);
	if (place != NULL) {
		out->state = place->state;
		out->asked_at = place->asked_at;
		out->at = place->at;
		if (place->state == CHECK_DESK_FAILED)
			out->sentence = arena_str(arena, str_of(place->sentence));
		if (place->state == CHECK_DESK_DONE && place->look.len > 0)
			*out_answer = arena_str(arena, buf_view(&place->look));
	}
	(void)pthread_mutex_unlock(&desk->lock);
}

void check_desk_get(struct check_desk *desk, struct str domain, struct arena *arena, struct check_desk_look *out)
{
	struct str look;
	struct err err = {0};

	check_desk_find(desk, domain, arena, out, &look);
	out->has_check = look.p != NULL && look_wire_read_check(look, arena, &out->check, &err);
	if (out->has_check)
		out->check.at = out->at;
}
