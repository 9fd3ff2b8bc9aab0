/* SPDX-License-Identifier: ISC */
/* The pool against workers that misbehave in every way; each message says what its worker is to do. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/instant.h"
#include "base/mem.h"
#include "report/wire.h"
#include "role/decode_pool.h"
#include "sys/channel.h"
#include "unit.h"

#define WORKERS 2u
#define MESSAGES_MAX 4000u

/* --- the worker --- */

static void write_raw(int fd, const char *bytes, size_t len)
{
	ssize_t ignored = write(fd, bytes, len);
	(void)ignored;
}

static void answer(struct channel *channel, uint64_t id, size_t problem)
{
	struct decoded decoded = {.problem.kind = (enum problem_kind)problem};
	struct buf body;
	struct err err = {0};
	buf_init(&body, KIB(64));
	wire_write_decoded(&decoded, &body);
	(void)channel_send(channel, MESSAGE_DECODED, id, buf_view(&body), -1, &err);
	buf_done(&body);
}

static void misbehave(struct channel *channel, const struct message *message, struct str what)
{
	struct err err = {0};
	if (str_eq(what, STR("crash")))
		abort();
	if (str_eq(what, STR("memory")))
		_exit(MEM_EXHAUSTED_EXIT);
	if (str_eq(what, STR("cpu")))
		(void)raise(SIGXCPU);
	if (str_eq(what, STR("killed")))
		(void)raise(SIGKILL);
	if (str_eq(what, STR("close")))
		_exit(0);
	if (str_eq(what, STR("garbage")))
		write_raw(channel->fd, "\377\377\377\377\377\377\377\377garbage!", 16);
	if (str_eq(what, STR("huge")))
		write_raw(channel->fd, "\377\377\377\177\002\0\0\0\0\0\0\0\0\0\0\0", 16);
	if (str_eq(what, STR("half"))) {
		write_raw(channel->fd, "\100\0\0\0\002\0\0\0\0\0\0\0\0\0\0\0half", 20);
		_exit(0);
	}
	if (str_eq(what, STR("nonsense")))
		(void)channel_send(channel, MESSAGE_DECODED, message->id, STR("nonsense"), -1, &err);
	if (str_eq(what, STR("other")))
		answer(channel, message->id + 1, PROBLEM_EMPTY);
	if (str_eq(what, STR("type")))
		(void)channel_send(channel, MESSAGE_VERDICT, message->id, STR(""), -1, &err);
	if (str_eq(what, STR("two"))) {
		answer(channel, message->id, PROBLEM_BOUNCE);
		answer(channel, message->id, PROBLEM_BOUNCE);
	}
	/* "hang", and whoever talked nonsense: until the pool has had enough. */
	char ignored[4096];
	(void)fcntl(channel->fd, F_SETFL, 0);
	while (read(channel->fd, ignored, sizeof ignored) > 0)
		continue;
	_exit(0);
}

NO_RETURN static void work(int fd)
{
	struct channel channel;
	struct message message;
	struct err err = {0};

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	(void)signal(SIGABRT, SIG_DFL);
	/* The other workers' channels came with the fork, and would never end. */
	if (dup2(fd, 3) != 3 || close_range(4, ~0u, 0) != 0)
		_exit(1);
	channel_init(&channel, 3, MIB(4));
	while (channel_receive(&channel, &message, -1, &err)) {
		if (str_eq(message.body, STR("good")))
			answer(&channel, message.id, PROBLEM_EMPTY);
		else
			misbehave(&channel, &message, message.body);
	}
	_exit(0);
}

/* --- the house around the pool --- */

static struct {
	struct decode_pool *pool;
	pid_t pids[WORKERS];
	unsigned starts;
	enum problem_kind got[MESSAGES_MAX];
	unsigned answers[MESSAGES_MAX];
} house;

static void start_worker(unsigned at, enum child_end end)
{
	struct err err = {0};
	int ends[2];
	assert_true(channel_pair(ends, &err));
	house.pids[at] = fork();
	assert_true(house.pids[at] >= 0);
	if (house.pids[at] == 0) {
		(void)close(ends[0]);
		work(ends[1]);
	}
	(void)close(ends[1]);
	house.starts++;
	decode_pool_attach(house.pool, at, ends[0], end);
}

static void replace(void *context, unsigned at, bool has_failed)
{
	(void)context;
	(void)has_failed;
	int status = 0;
	assert_int_equal(waitpid(house.pids[at], &status, 0), house.pids[at]);
	start_worker(at, child_end_of(status));
}

static void done(void *context, uint64_t id, const struct decoded *decoded)
{
	(void)context;
	assert_true(id < MESSAGES_MAX);
	house.got[id] = decoded->problem.kind;
	house.answers[id]++;
}

static void run(const char *const *bodies, size_t count)
{
	memset(&house, 0, sizeof house);
	house.pool = decode_pool_new(WORKERS, (struct decode_pool_hooks){.done = done, .replace = replace, .wall_ms = 300});
	for (unsigned i = 0; i < WORKERS; i++)
		start_worker(i, CHILD_END_DONE);
	for (size_t i = 0; i < count; i++)
		decode_pool_put(house.pool, i, str_of(bodies[i]), DECODE_NORMAL);
	int64_t until = clock_ms() + 20000;
	while (decode_pool_under_way(house.pool) > 0) {
		struct pollfd fds[WORKERS];
		assert_true(clock_ms() < until);
		decode_pool_poll(house.pool, fds);
		int64_t deadline = decode_pool_deadline(house.pool);
		int64_t left = deadline < 0 ? 10 : deadline - clock_ms();
		(void)poll(fds, WORKERS, left < 0 ? 0 : (int)left);
		decode_pool_turn(house.pool, fds);
	}
	decode_pool_free(&house.pool);
	for (unsigned i = 0; i < WORKERS; i++)
		(void)child_kill(&house.pids[i]);
}

static void each_fault_has_its_name_and_spares_the_neighbours(void **state)
{
	(void)state;
	static const struct {
		const char *body;
		enum problem_kind problem;
	} cases[] = {
	    {"crash", PROBLEM_DECODER_CRASH},     {"memory", PROBLEM_DECODER_MEMORY},   {"cpu", PROBLEM_DECODER_TIMEOUT},
	    {"hang", PROBLEM_DECODER_TIMEOUT},    {"close", PROBLEM_DECODER_CRASH},     {"garbage", PROBLEM_DECODER_ANSWER},
	    {"huge", PROBLEM_DECODER_ANSWER},     {"half", PROBLEM_DECODER_CRASH},      {"nonsense", PROBLEM_DECODER_ANSWER},
	    {"killed", PROBLEM_DECODER_CRASH},    {"other", PROBLEM_DECODER_ANSWER},    {"type", PROBLEM_DECODER_ANSWER},
	};
	for (size_t c = 0; c < COUNT_OF(cases); c++) {
		const char *bodies[40];
		for (size_t i = 0; i < COUNT_OF(bodies); i++)
			bodies[i] = i == 17 ? cases[c].body : "good";
		run(bodies, COUNT_OF(bodies));
		for (size_t i = 0; i < COUNT_OF(bodies); i++) {
			enum problem_kind want = i == 17 ? cases[c].problem : PROBLEM_EMPTY;
			if (house.answers[i] != 1 || house.got[i] != want)
				fail_msg("%s: message %zu has %u answers, %s", cases[c].body, i, house.answers[i],
				         problem_code(house.got[i]));
		}
	}
}

static void a_second_answer_costs_the_worker_its_life_and_no_message_its_answer(void **state)
{
	(void)state;
	const char *bodies[] = {"two", "good", "good"};
	run(bodies, COUNT_OF(bodies));
	for (size_t i = 0; i < COUNT_OF(bodies); i++)
		assert_int_equal(house.answers[i], 1);
	assert_int_equal(house.got[0], PROBLEM_BOUNCE);
	assert_int_equal(house.got[1], PROBLEM_EMPTY);
	assert_int_equal(house.got[2], PROBLEM_EMPTY);
}

static void a_kill_from_outside_blames_no_message(void **state)
{
	(void)state;
	memset(&house, 0, sizeof house);
	house.pool = decode_pool_new(1, (struct decode_pool_hooks){.done = done, .replace = replace, .wall_ms = 20000});
	start_worker(0, CHILD_END_DONE);
	/* Stopped, it answers nothing; killed again and again, it loses nothing. */
	decode_pool_put(house.pool, 0, STR("good"), DECODE_NORMAL);
	for (unsigned i = 0; i < 3; i++) {
		struct pollfd fds[1];
		(void)kill(house.pids[0], SIGSTOP);
		decode_pool_poll(house.pool, fds);
		(void)poll(fds, 1, 0);
		decode_pool_turn(house.pool, fds);
		(void)kill(house.pids[0], SIGKILL);
		decode_pool_poll(house.pool, fds);
		(void)poll(fds, 1, 5000);
		decode_pool_turn(house.pool, fds);
	}
	int64_t until = clock_ms() + 20000;
	while (decode_pool_under_way(house.pool) > 0 && clock_ms() < until) {
		struct pollfd fds[1];
		decode_pool_poll(house.pool, fds);
		(void)poll(fds, 1, 10);
		decode_pool_turn(house.pool, fds);
	}
	assert_int_equal(house.answers[0], 1);
	assert_int_equal(house.got[0], PROBLEM_EMPTY);
	decode_pool_free(&house.pool);
	(void)child_kill(&house.pids[0]);
}

static void many_poisons_among_many_messages(void **state)
{
	(void)state;
	static const char *bodies[300];
	for (size_t i = 0; i < COUNT_OF(bodies); i++)
		bodies[i] = i % 60 == 7 ? "crash" : i % 60 == 8 ? "memory" : "good";
	run(bodies, COUNT_OF(bodies));
	for (size_t i = 0; i < COUNT_OF(bodies); i++) {
		assert_int_equal(house.answers[i], 1);
		assert_int_equal(house.got[i], i % 60 == 7   ? PROBLEM_DECODER_CRASH
		                               : i % 60 == 8 ? PROBLEM_DECODER_MEMORY
		                                             : PROBLEM_EMPTY);
	}
}

static void workers_are_replaced_after_their_number_of_messages(void **state)
{
	(void)state;
	static const char *bodies[MESSAGES_MAX];
	for (size_t i = 0; i < COUNT_OF(bodies); i++)
		bodies[i] = "good";
	run(bodies, COUNT_OF(bodies));
	for (size_t i = 0; i < COUNT_OF(bodies); i++)
		assert_int_equal(house.answers[i], 1);
	/* 4,000 messages are four lives; the last one may end with the test. */
	assert_in_range(house.starts, MESSAGES_MAX / LIMIT_DECODE_MESSAGES, MESSAGES_MAX / LIMIT_DECODE_MESSAGES + WORKERS);
}

static void turn_once(void)
{
	struct pollfd fds[WORKERS];
	decode_pool_poll(house.pool, fds);
	(void)poll(fds, WORKERS, 0);
	decode_pool_turn(house.pool, fds);
}

static size_t bytes_waiting(struct channel *channel)
{
	struct err err = {0};
	(void)channel_fill(channel, &err);
	return channel->in.len;
}

/* The second worker says that it is up; without its word messages go out all the same. */
static void a_worker_that_is_not_up_yet_gets_nothing_while_another_one_is(void **state)
{
	(void)state;
	for (int is_told = 0; is_told < 2; is_told++) {
		struct channel far[WORKERS];
		struct err err = {0};

		memset(&house, 0, sizeof house);
		house.pool = decode_pool_new(WORKERS, (struct decode_pool_hooks){.done = done, .replace = replace});
		for (unsigned i = 0; i < WORKERS; i++) {
			int ends[2];
			assert_true(channel_pair(ends, &err));
			decode_pool_attach(house.pool, i, ends[0], CHILD_END_DONE);
			channel_init(&far[i], ends[1], MIB(1));
		}
		if (is_told)
			assert_true(channel_send(&far[1], MESSAGE_READY, 0, STR(""), -1, &err));
		turn_once();
		for (uint64_t i = 0; i < 10; i++)
			decode_pool_put(house.pool, i, STR("good"), DECODE_NORMAL);
		turn_once();
		assert_int_equal(bytes_waiting(&far[0]) == 0, is_told);
		assert_true(bytes_waiting(&far[1]) > 0);
		decode_pool_free(&house.pool);
		for (unsigned i = 0; i < WORKERS; i++)
			channel_done(&far[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_fault_has_its_name_and_spares_the_neighbours),
	    cmocka_unit_test(a_second_answer_costs_the_worker_its_life_and_no_message_its_answer),
	    cmocka_unit_test(a_kill_from_outside_blames_no_message),
	    cmocka_unit_test(many_poisons_among_many_messages),
	    cmocka_unit_test(workers_are_replaced_after_their_number_of_messages),
	    cmocka_unit_test(a_worker_that_is_not_up_yet_gets_nothing_while_another_one_is),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
