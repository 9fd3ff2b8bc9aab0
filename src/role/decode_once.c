/* SPDX-License-Identifier: ISC */
#include "role/decode_once.h"

#include "base/file.h"
#include "base/instant.h"
#include "report/wire.h"
#include "sys/channel.h"
#include "sys/child.h"

#define START_MS 10000 /* for the worker to begin, on a busy machine */

static enum problem_kind problem_of(enum child_end end, bool is_late)
{
	if (is_late || end == CHILD_END_CPU)
		return PROBLEM_DECODER_TIMEOUT;
	return end == CHILD_END_MEMORY ? PROBLEM_DECODER_MEMORY : PROBLEM_DECODER_CRASH;
}

static bool spawn(const struct config *config, struct channel *channel, pid_t *out_pid, struct err *err)
{
	int ends[2];
	struct buf text;

	if (!channel_pair(ends, err))
		return false;
	buf_init(&text, MIB(1));
	config_send(config, &text);
	struct child_spec spec = {.role = ROLE_DECODE, .control_fd = ends[1], .config_text = buf_view(&text)};
	bool ok = child_spawn(&spec, out_pid, err);
	buf_done(&text);
	file_close(&ends[1]);
	if (ok)
		channel_init(channel, ends[0], LIMIT_DECODED_BYTES + LIMIT_ARRIVAL_BYTES);
	else
		file_close(&ends[0]);
	return ok;
}

bool decode_once(const struct config *config, const struct arrival *arrival, struct arena *arena, struct decoded *out,
                 struct err *err)
{
	struct channel channel;
	struct message message = {0};
	struct buf body;
	pid_t worker = 0;
	int64_t deadline = clock_ms() + START_MS + LIMIT_DECODE_WALL_MS;

	if (arrival->bytes.len > LIMIT_ARRIVAL_BYTES)
		return err_set(err, ERR_TOO_BIG, "it is larger than 25 MiB");
	if (!spawn(config, &channel, &worker, err))
		return false;
	buf_init(&body, LIMIT_ARRIVAL_BYTES + KIB(32));
	wire_write_arrival(arrival, &body);
	struct err talk = {0};
	bool ok = !body.failed && channel_send(&channel, MESSAGE_ARRIVAL, 1, buf_view(&body), deadline, &talk) &&
	          channel_receive(&channel, &message, deadline, &talk) &&
	          (message.type != MESSAGE_READY || channel_receive(&channel, &message, deadline, &talk));
	bool is_late = clock_ms() >= deadline;
	buf_done(&body);
	*out = (struct decoded){0};
	if (ok && (message.type != MESSAGE_DECODED || message.id != 1 || !wire_read_decoded(arena_str(arena, message.body), arena, out, &talk)))
		*out = (struct decoded){.problem.kind = PROBLEM_DECODER_ANSWER};
	enum child_end end = child_kill(&worker);
	if (!ok)
		out->problem.kind = problem_of(end, is_late);
	channel_done(&channel);
	/* A worker that cannot be sealed ends at once with a code of its own, having read nothing. */
	if (!ok && end == CHILD_END_FAILED)
		return err_set(err, ERR_SETUP, "the sealed worker that reads reports cannot be started here");
	return true;
}
