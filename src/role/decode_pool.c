/* SPDX-License-Identifier: ISC */
#include "role/decode_pool.h"

#include <assert.h>

#include "base/instant.h"
#include "base/mem.h"
#include "report/wire.h"
#include "sys/channel.h"

/* What a worker may have before it answers: enough to keep it busy while the store writes, few enough that
 * little is to be done again when it dies. */
#define FLIGHT_MESSAGES 128u
#define FLIGHT_BYTES KIB(512)
#define CROWD 64u /* messages that wait: then strangers are held to their place */
#define KILLS_MAX 3u /* a message is not to blame for what kills its worker from outside, unless that goes on */
#define ARENA_BYTES (3 * LIMIT_DECODED_BYTES)

struct job {
	struct job *next;
	uint64_t id;
	struct str body;
	enum decode_turn turn;
	bool is_suspect; /* was with a worker that failed: runs alone */
	unsigned kills;  /* of workers that had it alone, by somebody else */
};

struct queue {
	struct job *first, *last;
	size_t count;
};

struct worker {
	struct channel channel; /* fd -1: being replaced */
	struct queue flight;    /* sent and not answered, oldest first */
	size_t flight_bytes;
	unsigned sent;          /* in its life; the first ones begin as if they had sent some, so that not all end at once */
	int64_t head_since_ms;  /* when the oldest became the oldest */
	bool is_warm;           /* has spoken: what is sent to it does not wait for its start */
	bool is_retiring;       /* has had its number of messages */
	bool was_late, was_wrong; /* ended by us for its time, or for its answer */
	struct job *blamed;     /* waits for how its worker ended */
};

struct decode_pool {
	struct decode_pool_hooks hooks;
	struct worker *workers;
	unsigned worker_count;
	struct queue urgent, waiting;
	struct job *spare;
	size_t under_way;
	struct arena arena;
};

static void push(struct queue *queue, struct job *job)
{
	job->next = NULL;
	if (queue->last == NULL)
		queue->first = job;
	else
		queue->last->next = job;
	queue->last = job;
	queue->count++;
}

static struct job *shift(struct queue *queue)
{
	struct job *job = queue->first;
	if (job == NULL)
		return NULL;
	queue->first = job->next;
	if (queue->first == NULL)
		queue->last = NULL;
	queue->count--;
	job->next = NULL;
	return job;
}

/* `front` before `queue`, which takes it all. */
static void prepend(struct queue *queue, struct queue *front)
{
	if (front->first == NULL)
		return;
	front->last->next = queue->first;
	if (queue->last == NULL)
		queue->last = front->last;
	queue->first = front->first;
	queue->count += front->count;
	*front = (struct queue){0};
}

struct decode_pool *decode_pool_new(unsigned workers, struct decode_pool_hooks hooks)
{
	struct decode_pool *pool = mem_new(sizeof *pool);

	pool->hooks = hooks;
	if (pool->hooks.wall_ms == 0)
		pool->hooks.wall_ms = LIMIT_DECODE_WALL_MS;
	pool->worker_count = workers;
	pool->workers = mem_new_array(workers, sizeof pool->workers[0]);
	for (unsigned i = 0; i < workers; i++)
		pool->workers[i] = (struct worker){.channel.fd = -1, .sent = i * LIMIT_DECODE_MESSAGES / workers};
	arena_init(&pool->arena, ARENA_BYTES);
	return pool;
}

static void free_queue(struct queue *queue)
{
	for (struct job *job = shift(queue); job != NULL; job = shift(queue))
		mem_free(job);
}

void decode_pool_free(struct decode_pool **pool)
{
	if (*pool == NULL)
		return;
	for (unsigned i = 0; i < (*pool)->worker_count; i++) {
		struct worker *worker = &(*pool)->workers[i];
		if (worker->channel.fd >= 0)
			channel_done(&worker->channel);
		free_queue(&worker->flight);
		mem_free(worker->blamed);
	}
	free_queue(&(*pool)->urgent);
	free_queue(&(*pool)->waiting);
	while ((*pool)->spare != NULL) {
		struct job *next = (*pool)->spare->next;
		mem_free((*pool)->spare);
		(*pool)->spare = next;
	}
	mem_free((*pool)->workers);
	arena_done(&(*pool)->arena);
	mem_free(*pool);
	*pool = NULL;
}

void decode_pool_put(struct decode_pool *pool, uint64_t id, struct str body, enum decode_turn turn)
{
	struct job *job = pool->spare;

	if (job == NULL)
		job = mem_new(sizeof *job);
	else
		pool->spare = job->next;
	*job = (struct job){.id = id, .body = body, .turn = turn};
	push(turn == DECODE_URGENT ? &pool->urgent : &pool->waiting, job);
	pool->under_way++;
}

static void finish(struct decode_pool *pool, struct job *job, const struct decoded *decoded)
{
	uint64_t id = job->id;
	job->next = pool->spare;
	pool->spare = job;
	pool->under_way--;
	pool->hooks.done(pool->hooks.context, id, decoded);
}

static void finish_with(struct decode_pool *pool, struct job *job, enum problem_kind kind)
{
	struct decoded decoded = {.problem.kind = kind};
	finish(pool, job, &decoded);
}

/* --- failures --- */

/* The worker is of no more use.  A suspect that ran alone is to blame; without one, everything it had becomes suspect. */
static void drop_worker(struct decode_pool *pool, unsigned at, bool has_failed)
{
	struct worker *worker = &pool->workers[at];

	channel_done(&worker->channel);
	if (worker->flight.count == 1 && worker->flight.first->is_suspect)
		worker->blamed = shift(&worker->flight);
	for (struct job *job = worker->flight.first; job != NULL; job = job->next)
		job->is_suspect = true;
	prepend(&pool->waiting, &worker->flight);
	worker->flight_bytes = 0;
	worker->sent = 0;
	pool->hooks.replace(pool->hooks.context, at, has_failed);
}

static void fail_worker(struct decode_pool *pool, unsigned at)
{
	drop_worker(pool, at, true);
}

/* An answer that makes no sense may be the fault of a message before the one it stands for. */
static void bad_answer(struct decode_pool *pool, unsigned at)
{
	pool->workers[at].was_wrong = true;
	fail_worker(pool, at);
}

static enum problem_kind problem_of(const struct worker *worker, enum child_end end)
{
	if (worker->was_wrong)
		return PROBLEM_DECODER_ANSWER;
	if (worker->was_late || end == CHILD_END_CPU)
		return PROBLEM_DECODER_TIMEOUT;
	return end == CHILD_END_MEMORY ? PROBLEM_DECODER_MEMORY : PROBLEM_DECODER_CRASH;
}

void decode_pool_attach(struct decode_pool *pool, unsigned at, int fd, enum child_end end)
{
	assert(at < pool->worker_count);
	struct worker *worker = &pool->workers[at];

	/* It was replaced before we saw its end. */
	if (worker->channel.fd >= 0) {
		channel_done(&worker->channel);
		worker->sent = 0;
		if (worker->flight.count == 1 && worker->flight.first->is_suspect)
			worker->blamed = shift(&worker->flight);
		for (struct job *job = worker->flight.first; job != NULL; job = job->next)
			job->is_suspect = true;
		prepend(&pool->waiting, &worker->flight);
	}
	struct job *blamed = worker->blamed;
	enum problem_kind problem = problem_of(worker, end);
	bool is_innocent = end == CHILD_END_KILLED && problem == PROBLEM_DECODER_CRASH;
	*worker = (struct worker){.sent = worker->sent};
	channel_init(&worker->channel, fd, LIMIT_DECODED_BYTES + KIB(1));
	if (blamed != NULL && is_innocent && blamed->kills++ < KILLS_MAX) {
		struct queue again = {0};
		push(&again, blamed);
		prepend(&pool->waiting, &again);
	} else if (blamed != NULL) {
		finish_with(pool, blamed, problem);
	}
}

/* --- work --- */

static bool may_take(const struct worker *worker, const struct job *job)
{
	if (worker->channel.fd < 0 || worker->is_retiring)
		return false;
	if (worker->flight.count == 0)
		return true;
	return !job->is_suspect && !worker->flight.first->is_suspect && worker->flight.count < FLIGHT_MESSAGES &&
	       worker->flight_bytes + job->body.len <= FLIGHT_BYTES;
}

static bool is_better(const struct worker *a, const struct worker *b)
{
	return a->is_warm == b->is_warm ? a->flight_bytes < b->flight_bytes : a->is_warm;
}

/* The last of several workers has no queue of strangers while many wait: nobody who is known waits behind it. */
static bool keeps_back(const struct decode_pool *pool, unsigned at, const struct job *job)
{
	return job->turn == DECODE_STRANGER && pool->worker_count > 1 && at == pool->worker_count - 1 &&
	       pool->waiting.count > CROWD && pool->workers[at].flight.count > 0;
}

static unsigned choose_worker(const struct decode_pool *pool, const struct job *job)
{
	unsigned best = pool->worker_count;
	for (unsigned i = 0; i < pool->worker_count; i++)
		if (!keeps_back(pool, i, job) && may_take(&pool->workers[i], job) &&
		    (best == pool->worker_count || is_better(&pool->workers[i], &pool->workers[best])))
			best = i;
	return best;
}

static void give_out(struct decode_pool *pool)
{
	struct err err = {0};

	while (pool->urgent.first != NULL || pool->waiting.first != NULL) {
		struct queue *queue = pool->urgent.first != NULL ? &pool->urgent : &pool->waiting;
		struct job *job = queue->first;
		unsigned at = choose_worker(pool, job);
		if (at == pool->worker_count)
			return;
		struct worker *worker = &pool->workers[at];
		if (!channel_put(&worker->channel, MESSAGE_ARRIVAL, job->id, job->body, &err))
			return;
		(void)shift(queue);
		if (worker->flight.count == 0)
			worker->head_since_ms = clock_ms();
		push(&worker->flight, job);
		worker->flight_bytes += job->body.len;
		worker->is_retiring = ++worker->sent >= LIMIT_DECODE_MESSAGES;
	}
}

/* False when the worker was dropped. */
static bool take_answer(struct decode_pool *pool, unsigned at, const struct message *message)
{
	struct worker *worker = &pool->workers[at];
	struct decoded decoded;
	struct err err = {0};

	if (message->type == MESSAGE_READY && !worker->is_warm) {
		worker->is_warm = true;
		return true;
	}
	worker->is_warm = true;
	arena_clear(&pool->arena);
	if (message->type != MESSAGE_DECODED || worker->flight.first == NULL ||
	    message->id != worker->flight.first->id || !wire_read_decoded(message->body, &pool->arena, &decoded, &err)) {
		bad_answer(pool, at);
		return false;
	}
	struct job *job = shift(&worker->flight);
	worker->flight_bytes -= job->body.len;
	worker->head_since_ms = clock_ms();
	finish(pool, job, &decoded);
	return true;
}

static void receive(struct decode_pool *pool, unsigned at)
{
	struct worker *worker = &pool->workers[at];
	struct message message;
	struct err err = {0};
	bool open = channel_fill(&worker->channel, &err);

	while (channel_get(&worker->channel, &message, &err))
		if (!take_answer(pool, at, &message))
			return;
	if (err.kind == ERR_INPUT)
		bad_answer(pool, at);
	else if (!open)
		fail_worker(pool, at);
}

void decode_pool_turn(struct decode_pool *pool, const struct pollfd *fds)
{
	struct err err = {0};

	for (unsigned i = 0; i < pool->worker_count; i++)
		if (pool->workers[i].channel.fd >= 0 && fds[i].fd == pool->workers[i].channel.fd && fds[i].revents != 0)
			receive(pool, i);
	int64_t now = clock_ms();
	for (unsigned i = 0; i < pool->worker_count; i++) {
		struct worker *worker = &pool->workers[i];
		if (worker->channel.fd < 0)
			continue;
		if (worker->flight.count > 0 && now - worker->head_since_ms >= pool->hooks.wall_ms) {
			worker->was_late = true;
			fail_worker(pool, i);
		} else if (worker->is_retiring && worker->flight.count == 0) {
			drop_worker(pool, i, false);
		}
	}
	give_out(pool);
	/* A worker that is gone shows at the next poll. */
	for (unsigned i = 0; i < pool->worker_count; i++)
		if (pool->workers[i].channel.fd >= 0)
			(void)channel_flush(&pool->workers[i].channel, &err);
}

size_t decode_pool_under_way(const struct decode_pool *pool)
{
	return pool->under_way;
}

unsigned decode_pool_workers(const struct decode_pool *pool)
{
	return pool->worker_count;
}

void decode_pool_poll(const struct decode_pool *pool, struct pollfd *out)
{
	for (unsigned i = 0; i < pool->worker_count; i++) {
		const struct worker *worker = &pool->workers[i];
		short events = POLLIN;
		if (channel_wants_write(&worker->channel))
			events = POLLIN | POLLOUT;
		out[i] = (struct pollfd){.fd = worker->channel.fd, .events = events};
	}
}

int64_t decode_pool_deadline(const struct decode_pool *pool)
{
	int64_t first = -1;
	for (unsigned i = 0; i < pool->worker_count; i++) {
		const struct worker *worker = &pool->workers[i];
		int64_t at = worker->head_since_ms + pool->hooks.wall_ms;
		if (worker->channel.fd >= 0 && worker->flight.count > 0 && (first < 0 || at < first))
			first = at;
	}
	return first;
}
