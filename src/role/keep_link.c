/* SPDX-License-Identifier: ISC */
#include "role/keep_link.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/instant.h"
#include "base/log.h"
#include "base/mem.h"
#include "role/known_networks.h"
#include "sys/channel.h"

/* Bytes of arrivals that may wait for `keep` to take them. */
#define QUEUE_BYTES (MIB(64) + LIMIT_ARRIVAL_BYTES)
#define SLOT_BITS 16u
#define SLOTS_MAX (UINT64_C(1) << SLOT_BITS)

/* One waiting thread; lives on its stack. */
struct waiter {
	uint64_t id; /* the slot in its low bits, a running number above: a late answer to another asker finds nobody */
	pthread_cond_t done;
	bool is_done;
	struct verdict verdict;
	struct buf *answer; /* of a command; NULL: it waits for a verdict */
	bool has_answer;
};

struct keep_link {
	pthread_mutex_t lock; /* guards everything below but `control` and the descriptors */
	pthread_cond_t change; /* a connection came, or there is room in the queue */
	struct channel keep;
	bool is_up;
	unsigned queue_waiting; /* threads that wait for `change` */
	struct waiter **slots;
	uint64_t last_number;
	size_t slot_count;
	size_t slot_hint;
	struct channel control; /* of the reading thread alone */
	struct known_networks *known; /* guards itself */
	size_t strangers, stranger_bytes; /* given to keep and not answered */
	int wake_fd;            /* "the queue could not be sent in one go" */
	int drain_fd;
	keep_link_ask_fn *take_ask; /* NULL: nobody asks this role */
	void *ask_context;
};

static void *read_answers(void *arg);

static void init_condition(pthread_cond_t *condition)
{
	pthread_condattr_t attributes;
	(void)pthread_condattr_init(&attributes);
	(void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	(void)pthread_cond_init(condition, &attributes);
	(void)pthread_condattr_destroy(&attributes);
}

struct keep_link *keep_link_new(int control_fd)
{
	return keep_link_new_asked(control_fd, NULL, NULL);
}

struct keep_link *keep_link_new_asked(int control_fd, keep_link_ask_fn *take, void *context)
{
	struct keep_link *link = mem_new(sizeof *link);
	pthread_attr_t attributes;
	pthread_t thread;
	struct err err = {0};

	(void)pthread_mutex_init(&link->lock, NULL);
	init_condition(&link->change);
	link->keep.fd = -1;
	link->known = known_networks_new();
	link->take_ask = take;
	link->ask_context = context;
	channel_init(&link->control, control_fd, KIB(16));
	link->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	link->drain_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	(void)pthread_attr_init(&attributes);
	(void)pthread_attr_setstacksize(&attributes, KIB(256));
	if (link->wake_fd < 0 || link->drain_fd < 0 || pthread_create(&thread, &attributes, read_answers, link) != 0) {
		LOG(LOG_LEVEL_ERROR, "keep-link-failed", LOG_NUM("errno", errno));
		exit(EXIT_FAILURE);
	}
	(void)pthread_attr_destroy(&attributes);
	(void)pthread_detach(thread);
	(void)channel_put(&link->control, MESSAGE_READY, 0, STR(""), &err);
	(void)channel_flush(&link->control, &err);
	return link;
}

/* --- the threads that wait --- */

static bool wait_until(pthread_cond_t *condition, pthread_mutex_t *lock, int64_t deadline_ms)
{
	struct timespec at = {.tv_sec = deadline_ms / 1000, .tv_nsec = deadline_ms % 1000 * 1000000};
	return pthread_cond_timedwait(condition, lock, &at) != ETIMEDOUT;
}

static void take_slot(struct keep_link *link, struct waiter *waiter)
{
	size_t at = link->slot_hint;
	for (size_t i = 0; i < link->slot_count; i++, at++)
		if (link->slots[at % link->slot_count] == NULL)
			break;
	if (link->slot_count == 0 || link->slots[at % link->slot_count] != NULL) {
		at = link->slot_count;
		assert(at < SLOTS_MAX);
		link->slot_count = at == 0 ? 64 : at * 2;
		link->slots = mem_grow(link->slots, link->slot_count * sizeof(struct waiter *));
		for (size_t i = at; i < link->slot_count; i++)
			link->slots[i] = NULL;
	}
	at %= link->slot_count;
	link->slots[at] = waiter;
	link->slot_hint = at + 1;
	waiter->id = ++link->last_number << SLOT_BITS | at;
}

static void free_slot(struct keep_link *link, const struct waiter *waiter)
{
	link->slots[waiter->id & (SLOTS_MAX - 1)] = NULL;
}

static void wake(int fd)
{
	uint64_t one = 1;
	ssize_t ignored = write(fd, &one, sizeof one);
	(void)ignored;
}

/* What one stranger alone sends is never too much. */
static bool has_room_for_stranger(const struct keep_link *link, size_t bytes)
{
	return link->strangers == 0 || (link->strangers < LIMIT_STRANGERS_UNDER_WAY &&
	                                link->stranger_bytes + bytes <= LIMIT_STRANGERS_UNDER_WAY_BYTES);
}

/* With the lock, until there is room or the deadline has passed. */
static bool admit_stranger(struct keep_link *link, size_t bytes, int64_t deadline_ms)
{
	while (!has_room_for_stranger(link, bytes)) {
		link->queue_waiting++;
		bool in_time = wait_until(&link->change, &link->lock, deadline_ms);
		link->queue_waiting--;
		if (!in_time)
			return false;
	}
	link->strangers++;
	link->stranger_bytes += bytes;
	return true;
}

static void release_stranger(struct keep_link *link, size_t bytes)
{
	link->strangers--;
	link->stranger_bytes -= bytes;
	if (link->queue_waiting > 0)
		(void)pthread_cond_broadcast(&link->change);
}

static bool queue(struct keep_link *link, enum message_type type, uint64_t id, struct str body, int64_t deadline_ms)
{
	struct err err = {0};

	for (;;) {
		if (link->is_up && channel_put(&link->keep, type, id, body, &err))
			break;
		if (link->is_up && err.kind == ERR_TOO_BIG)
			return false;
		link->queue_waiting++;
		bool in_time = wait_until(&link->change, &link->lock, deadline_ms);
		link->queue_waiting--;
		if (!in_time)
			return false;
	}
	/* What the socket does not take now, the reading thread sends; it also sees that the peer is gone. */
	if (!channel_flush(&link->keep, &err) || channel_wants_write(&link->keep))
		wake(link->wake_fd);
	return true;
}

/* The waiter is in its slot for as long as this lasts; the body is given back as soon as it is queued. */
static void wait_for(struct keep_link *link, struct waiter *waiter, enum message_type type, struct buf *body,
                     bool is_stranger, int64_t deadline_ms)
{
	init_condition(&waiter->done);
	(void)pthread_mutex_lock(&link->lock);
	take_slot(link, waiter);
	size_t bytes = body->len;
	bool admitted = !is_stranger || admit_stranger(link, bytes, deadline_ms);
	bool queued = admitted && queue(link, type, waiter->id, buf_view(body), deadline_ms);
	buf_done(body);
	while (queued && !waiter->is_done && wait_until(&waiter->done, &link->lock, deadline_ms))
		continue;
	if (admitted && is_stranger)
		release_stranger(link, bytes);
	free_slot(link, waiter);
	(void)pthread_mutex_unlock(&link->lock);
	(void)pthread_cond_destroy(&waiter->done);
}

void keep_link_deliver(struct keep_link *link, const struct arrival *arrival, int64_t deadline_ms, struct verdict *out)
{
	struct waiter waiter = {.verdict = verdict_later("the store does not answer in time")};
	struct buf body;
	char text[KNOWN_NETWORK_MAX];
	bool is_stranger = !keep_link_knows(link, known_networks_of(arrival->peer, text));

	buf_init(&body, LIMIT_ARRIVAL_BYTES + KIB(32));
	wire_write_arrival(arrival, &body);
	if (body.failed) {
		buf_done(&body);
		*out = (struct verdict){.kind = VERDICT_REFUSED, .text = "the message is too large"};
		return;
	}
	wait_for(link, &waiter, MESSAGE_ARRIVAL, &body, is_stranger, deadline_ms);
	*out = waiter.verdict;
}

bool keep_link_command(struct keep_link *link, struct buf *body, int64_t deadline_ms, struct buf *out, struct err *err)
{
	struct buf answer;
	struct waiter waiter = {.answer = &answer};

	buf_init(&answer, MIB(1));
	wait_for(link, &waiter, MESSAGE_COMMAND, body, false, deadline_ms);
	struct wire_reader reader = {.rest = buf_view(&answer)};
	enum err_kind kind = (enum err_kind)wire_get_enum(&reader, ERR_SETUP + 1);
	struct str text = wire_get_text(&reader, 240);
	bool ok = waiter.has_answer && !reader.failed && kind == ERR_NONE;
	if (ok)
		buf_str(out, reader.rest);
	else if (!waiter.has_answer)
		(void)err_set(err, ERR_LATER, "the store does not answer in time");
	else if (reader.failed)
		(void)err_set(err, ERR_SETUP, "the store gave an answer that makes no sense");
	else
		(void)err_set(err, kind, "%.*s", STR_ARGS(text));
	buf_done(&answer);
	return ok;
}

void keep_link_tell(struct keep_link *link, uint64_t id, struct str body)
{
	struct err err = {0};

	(void)pthread_mutex_lock(&link->lock);
	if (link->is_up && channel_put(&link->keep, MESSAGE_TOLD, id, body, &err) &&
	    (!channel_flush(&link->keep, &err) || channel_wants_write(&link->keep)))
		wake(link->wake_fd);
	(void)pthread_mutex_unlock(&link->lock);
}

bool keep_link_knows(const struct keep_link *link, struct str network)
{
	return network.len == 0 || known_networks_has(link->known, network);
}

bool keep_link_is_up(const struct keep_link *link)
{
	struct keep_link *locked = (struct keep_link *)(uintptr_t)link;
	(void)pthread_mutex_lock(&locked->lock);
	bool is_up = locked->is_up;
	(void)pthread_mutex_unlock(&locked->lock);
	return is_up;
}

int keep_link_drain_fd(const struct keep_link *link)
{
	return link->drain_fd;
}

/* --- the thread that reads --- */

static void answer(struct waiter *waiter, const struct verdict *verdict)
{
	if (waiter == NULL || waiter->is_done)
		return;
	waiter->verdict = *verdict;
	waiter->is_done = true;
	(void)pthread_cond_signal(&waiter->done);
}

/* Before it is known to be done: the answer is copied while the waiter waits. */
static bool answer_command(struct waiter *waiter, struct str body)
{
	if (waiter == NULL || waiter->is_done)
		return true;
	if (waiter->answer == NULL)
		return false;
	buf_str(waiter->answer, body);
	waiter->has_answer = !waiter->answer->failed;
	waiter->is_done = true;
	(void)pthread_cond_signal(&waiter->done);
	return true;
}

static struct waiter *find_waiter(struct keep_link *link, uint64_t id)
{
	size_t at = id & (SLOTS_MAX - 1);
	struct waiter *waiter = at < link->slot_count ? link->slots[at] : NULL;
	return waiter != NULL && waiter->id == id ? waiter : NULL;
}

static void disconnect(struct keep_link *link, const char *why)
{
	struct verdict later = verdict_later("the store is not there for the moment");

	if (!link->is_up)
		return;
	/* Of keep itself the supervisor tells; beside a private one, its end is the end of the work. */
	LOG(link->take_ask != NULL ? LOG_LEVEL_DEBUG : LOG_LEVEL_WARNING, "keep-lost", LOG_TEXT("why", why));
	link->is_up = false;
	channel_done(&link->keep);
	for (size_t i = 0; i < link->slot_count; i++)
		answer(link->slots[i], &later);
}

static void take_control(struct keep_link *link)
{
	struct message message;
	struct err err = {0};

	bool open = channel_fill(&link->control, &err);
	while (channel_get(&link->control, &message, &err)) {
		if (message.type == MESSAGE_DRAIN)
			wake(link->drain_fd);
		if (message.type != MESSAGE_LINK || message.fd < 0)
			continue;
		(void)pthread_mutex_lock(&link->lock);
		disconnect(link, "there is a new one");
		channel_init(&link->keep, message.fd, QUEUE_BYTES);
		link->is_up = true;
		(void)pthread_cond_broadcast(&link->change);
		(void)pthread_mutex_unlock(&link->lock);
	}
	if (!open || err.kind == ERR_INPUT) {
		/* Without a supervisor there is nobody to bring `keep` back. */
		wake(link->drain_fd);
		channel_done(&link->control);
	}
}

static void take_answers(struct keep_link *link)
{
	struct message message;
	struct verdict verdict;
	struct err err = {0};

	bool open = channel_flush(&link->keep, &err) && channel_fill(&link->keep, &err);
	while (channel_get(&link->keep, &message, &err)) {
		if (message.type == MESSAGE_READY || (message.type == MESSAGE_KNOWN && known_networks_read(link->known, message.body)))
			continue;
		if (message.type == MESSAGE_ASK && link->take_ask != NULL &&
		    link->take_ask(link->ask_context, message.id, message.body))
			continue;
		if (message.type == MESSAGE_ANSWER && answer_command(find_waiter(link, message.id), message.body))
			continue;
		if (message.type != MESSAGE_VERDICT || !verdict_read(message.body, &verdict, &err)) {
			err.kind = ERR_INPUT;
			break;
		}
		answer(find_waiter(link, message.id), &verdict);
	}
	if (!open || err.kind == ERR_INPUT)
		disconnect(link, open ? err.text : "it ended");
	else if (link->queue_waiting > 0)
		(void)pthread_cond_broadcast(&link->change);
}

static void *read_answers(void *arg)
{
	struct keep_link *link = arg;

	for (;;) {
		(void)pthread_mutex_lock(&link->lock);
		struct pollfd fds[3] = {
		    {.fd = link->control.fd, .events = POLLIN},
		    {.fd = link->wake_fd, .events = POLLIN},
		    {.fd = link->is_up ? link->keep.fd : -1,
		     .events = (short)(POLLIN | (channel_wants_write(&link->keep) ? POLLOUT : 0))},
		};
		(void)pthread_mutex_unlock(&link->lock);
		if (poll(fds, 3, -1) < 0)
			continue;
		if (fds[1].revents != 0) {
			uint64_t count;
			ssize_t ignored = read(link->wake_fd, &count, sizeof count);
			(void)ignored;
		}
		if (fds[2].revents != 0 || fds[1].revents != 0) {
			(void)pthread_mutex_lock(&link->lock);
			if (link->is_up)
				take_answers(link);
			(void)pthread_mutex_unlock(&link->lock);
		}
		if (fds[0].revents != 0)
			take_control(link);
	}
	return NULL;
}
