/* SPDX-License-Identifier: ISC */
#include "role/role_reach.h"

#include <malloc.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/instant.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "role/keep_link.h"
#include "role/reach_alert.h"
#include "role/reach_look.h"
#include "role/reach_oidc.h"
#include "role/reach_wire.h"

#define ANSWER_BYTES (LIMIT_DNS_ANSWER_BYTES * 2)
#define EXIT_NO_RESOLVER 78

struct ask {
	uint64_t id;
	enum resolve_type type;
	char name[RESOLVE_NAME_MAX];
};

struct reach {
	struct keep_link *link;
	struct resolve *resolve;
	struct reach_alert *alerts;
	struct reach_look *looks;
	struct reach_oidc *oidc;
	pthread_mutex_t lock; /* guards the queue */
	pthread_cond_t more;
	struct ask *queue; /* a ring */
	size_t first, count;
};

static void tell(struct reach *reach, uint64_t id, const struct resolve_answer *answer)
{
	struct buf body;

	buf_init(&body, ANSWER_BYTES);
	reach_write_answer(answer, &body);
	if (body.failed) {
		struct resolve_answer broken = {.outcome = RESOLVE_BROKEN, .reason = STR("the answer is too large")};
		buf_clear(&body);
		reach_write_answer(&broken, &body);
	}
	keep_link_tell(reach->link, id, buf_view(&body));
	buf_done(&body);
}

static void *work(void *data)
{
	struct reach *reach = data;

	for (;;) {
		(void)pthread_mutex_lock(&reach->lock);
		while (reach->count == 0)
			(void)pthread_cond_wait(&reach->more, &reach->lock);
		struct ask ask = reach->queue[reach->first];
		reach->first = (reach->first + 1) % LIMIT_REACH_QUEUE;
		reach->count--;
		(void)pthread_mutex_unlock(&reach->lock);

		struct resolve_answer answer;
		struct arena arena;
		arena_init(&arena, MIB(1));
		resolve_ask(reach->resolve, str_of(ask.name), ask.type, resolve_deadline(reach->resolve), &arena, &answer);
		tell(reach, ask.id, &answer);
		arena_done(&arena);
	}
	return NULL;
}

/* On the thread that reads: never blocks. */
static bool on_ask(void *context, uint64_t id, struct str body)
{
	struct reach *reach = context;
	struct reach_question question;
	struct err err = {0};

	if (body.len > 0 && body.p[0] == REACH_DELIVER)
		return reach_alert_take(reach->alerts, id, str_from(body, 1));
	if (body.len > 0 && body.p[0] == REACH_OIDC)
		return reach_oidc_take(reach->oidc, id, str_from(body, 1));
	if (body.len > 0 && (unsigned char)body.p[0] == REACH_LOOK)
		return reach_id_is_of(id, REACH_DESK_LOOKS) && (reach->looks == NULL || reach_look_take(reach->looks, id, body));
	if (body.len > 0 && (unsigned char)body.p[0] == REACH_SETUP)
		return reach_id_is_of(id, REACH_DESK_SETUP) && (reach->looks == NULL || reach_look_take(reach->looks, id, body));
	if (!reach_read_question(body, &question, &err) || question.name.len >= RESOLVE_NAME_MAX)
		return false;
	(void)pthread_mutex_lock(&reach->lock);
	bool has_room = reach->count < LIMIT_REACH_QUEUE;
	if (has_room) {
		struct ask *ask = &reach->queue[(reach->first + reach->count++) % LIMIT_REACH_QUEUE];
		ask->id = id;
		ask->type = question.type;
		memcpy(ask->name, question.name.p, question.name.len);
		ask->name[question.name.len] = '\0';
		(void)pthread_cond_signal(&reach->more);
	}
	(void)pthread_mutex_unlock(&reach->lock);
	/* Without a word `keep` takes it for a time-out; the answer would block this thread. */
	if (!has_room)
		LOG(LOG_LEVEL_WARNING, "too-many-questions");
	return true;
}

static bool open_resolver(const struct config *config, struct resolve **out, struct err *err)
{
	struct resolve_options options = {
	    .forwarders = (const char *const *)config->dns_resolvers.items,
	    .forwarder_count = config->dns_resolvers.count,
	    .trust_anchor = config->dns_trust_anchor[0] == '\0' ? NULL : config->dns_trust_anchor,
	    .question_ms = (uint32_t)config->dns_timeout * 1000,
	};
	return resolve_open(&options, out, err);
}

static void start_threads(struct reach *reach)
{
	pthread_attr_t attributes;
	pthread_t thread;

	(void)pthread_attr_init(&attributes);
	(void)pthread_attr_setstacksize(&attributes, KIB(512));
	for (unsigned i = 0; i < LIMIT_REACH_THREADS; i++) {
		if (pthread_create(&thread, &attributes, work, reach) != 0) {
			LOG(LOG_LEVEL_ERROR, "no-thread");
			exit(EXIT_FAILURE);
		}
		(void)pthread_detach(thread);
	}
	(void)pthread_attr_destroy(&attributes);
}

int role_reach_main(const struct config *config, int control_fd, const int *listen_fds, size_t n)
{
	/* Lives until the process ends: its threads never stop. */
	static struct reach reach;
	struct err err = {0};

	/* Fifty threads that wait for the network need no heap each. */
	(void)mallopt(M_ARENA_MAX, 4);
	(void)listen_fds;
	(void)n;
	if (!open_resolver(config, &reach.resolve, &err)) {
		LOG(LOG_LEVEL_ERROR, "no-resolver", LOG_TEXT("why", err.text));
		return EXIT_NO_RESOLVER;
	}
	reach.alerts = reach_alert_new(config, reach.resolve);
	reach.oidc = reach_oidc_new(config, reach.resolve);
	/* Signatures can be checked also where no authorities are installed. */
	if (!reach_look_open(config, reach.resolve, &reach.looks, &err))
		LOG(LOG_LEVEL_ERROR, "no-looks", LOG_TEXT("why", err.text));
	role_seal(ROLE_REACH, config);
	(void)pthread_mutex_init(&reach.lock, NULL);
	(void)pthread_cond_init(&reach.more, NULL);
	reach.queue = mem_new_array(LIMIT_REACH_QUEUE, sizeof reach.queue[0]);
	reach.link = keep_link_new_asked(control_fd, on_ask, &reach);
	start_threads(&reach);
	reach_alert_start(reach.alerts, reach.link);
	reach_oidc_start(reach.oidc, reach.link);
	if (reach.looks != NULL)
		reach_look_start(reach.looks, reach.link);
	struct pollfd fd = {.fd = keep_link_drain_fd(reach.link), .events = POLLIN};
	while (poll(&fd, 1, -1) < 0 || fd.revents == 0)
		continue;
	/* What is under way is asked again: `keep` has it as pending. */
	_Exit(EXIT_SUCCESS);
}
