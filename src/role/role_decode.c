/* SPDX-License-Identifier: ISC */
#include "role/role_decode.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "decode/decode.h"
#include "diagnose/classify.h"
#include "report/wire.h"
#include "sys/channel.h"

/* Answers that may wait for more requests to be read.  A large request sends what waits before it is begun. */
#define BATCH_BYTES KIB(64)
#define EXIT_BAD_PEER 3

struct worker {
	struct channel channel;
	struct arena arena;
	timer_t timer;
};

/* The kernel counts the processor time of one message and ends the process when it is used up. */
static bool make_timer(timer_t *out)
{
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGXCPU};
	return timer_create(CLOCK_PROCESS_CPUTIME_ID, &event, out) == 0;
}

static void arm_timer(struct worker *worker)
{
	struct itimerspec span = {.it_value.tv_sec = LIMIT_DECODE_CPU_SECS};
	(void)timer_settime(worker->timer, 0, &span, NULL);
}

static bool send_all(struct worker *worker)
{
	struct err err = {0};
	for (;;) {
		if (!channel_flush(&worker->channel, &err))
			return false;
		if (!channel_wants_write(&worker->channel))
			return true;
		struct pollfd fd = {.fd = worker->channel.fd, .events = POLLOUT};
		if (poll(&fd, 1, -1) < 0 && errno != EINTR)
			return false;
	}
}

static bool answer(struct worker *worker, uint64_t id, const struct decoded *decoded)
{
	struct err err = {0};
	size_t start;

	wire_write_decoded(decoded, channel_begin(&worker->channel, &start));
	return channel_end(&worker->channel, start, MESSAGE_DECODED, id, &err);
}

static bool decode_one(struct worker *worker, const struct message *message)
{
	static const struct decoded too_large = {.problem.kind = PROBLEM_REPORT_LIMIT};
	struct arrival arrival;
	struct decoded decoded = {0};
	struct err err = {0};

	if (message->type != MESSAGE_ARRIVAL || !wire_read_arrival(message->body, &arrival, &err))
		return false;
	arm_timer(worker);
	arena_clear(&worker->arena);
	decode_arrival(&arrival, &worker->arena, &decoded);
	for (size_t i = 0; i < decoded.report_count; i++)
		classify_report(&decoded.reports[i]);
	/* What waits goes first when both do not fit. */
	return answer(worker, message->id, &decoded) ||
	       (send_all(worker) &&
	        (answer(worker, message->id, &decoded) || answer(worker, message->id, &too_large)));
}

/* What is made at first use (tables, the choice of code for this processor) is made before the doors are closed, and not
 * at the cost of the first message. */
static void warm_up(struct worker *worker)
{
	static const char text[] = "{\"organization-name\":\"x\",\"policies\":[]}";
	struct arrival arrival = {.door = DOOR_FILE, .bytes = str_make(text, sizeof text - 1)};
	struct decoded decoded = {0};

	decode_arrival(&arrival, &worker->arena, &decoded);
	arena_clear(&worker->arena);
	/* libzip makes local times of those in a zip file, and the C library then opens the file of the zone, unless it is
	 * stated and known already. */
	(void)setenv("TZ", "UTC0", 1);
	tzset();
}

/* False at the end of the channel or when the peer breaks its rules (then `*out_code` is not 0). */
static bool turn(struct worker *worker, int *out_code)
{
	struct message message;
	struct err err = {0};
	bool open = channel_fill(&worker->channel, &err);

	while (channel_get(&worker->channel, &message, &err)) {
		if (message.body.len > BATCH_BYTES && !send_all(worker))
			return false;
		if (!decode_one(worker, &message)) {
			*out_code = EXIT_BAD_PEER;
			return false;
		}
		if (worker->channel.out.len > BATCH_BYTES && !send_all(worker))
			return false;
	}
	if (err.kind == ERR_INPUT)
		*out_code = EXIT_BAD_PEER;
	return send_all(worker) && open && err.kind != ERR_INPUT;
}

int role_decode_main(const struct config *config, int control_fd, const int *listen_fds, size_t n)
{
	struct worker worker = {0};
	struct err err = {0};
	int code = 0;

	(void)listen_fds;
	(void)n;
	channel_init(&worker.channel, control_fd, LIMIT_DECODED_BYTES + KIB(1));
	arena_init(&worker.arena, LIMIT_DECODE_MEMORY_BYTES);
	if (!make_timer(&worker.timer)) {
		LOG(LOG_LEVEL_ERROR, "no-timer", LOG_NUM("errno", errno));
		return EXIT_FAILURE;
	}
	warm_up(&worker);
	role_seal(ROLE_DECODE, config);
	/* Until then others get the messages. */
	(void)channel_put(&worker.channel, MESSAGE_READY, 0, STR(""), &err);
	for (bool open = send_all(&worker); open;) {
		struct pollfd fd = {.fd = worker.channel.fd, .events = POLLIN};
		if (poll(&fd, 1, -1) < 0 && errno != EINTR)
			break;
		open = turn(&worker, &code);
	}
	/* The end of the process gives everything back; closing files is not among the calls it may make. */
	exit(code);
}
