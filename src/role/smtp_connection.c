/* SPDX-License-Identifier: ISC */
#include "role/smtp_connection.h"

#include <sys/socket.h>

#include "base/attr.h"
#include "base/limits.h"
#include "base/log.h"
#include "intake/smtp_data.h"

#define READ_BYTES KIB(16)
#define OUT_BYTES KIB(256)        /* 16 KiB of the shortest commands, each answered */
#define DATA_START_MS 30000       /* before the smallest rate is asked for */
#define KEPT_BUFFER_BYTES KIB(64) /* of one message, for the next */

struct talk {
	struct smtp_connection *connection;
	struct smtp_common *common;
	struct smtp_session *session;
	struct stream stream;
	struct buf out;
	struct buf message;
	struct smtp_data data;
	bool in_data, no_room;
	size_t counted_bytes; /* of message, in common->memory_bytes */
	int64_t started_ms, waits_since_ms;
	const char *end; /* how it ended, for the log */
	char in[READ_BYTES];
};

/* --- memory of all sessions --- */

static void count_memory(struct talk *talk)
{
	size_t now = talk->message.size;

	if (now > talk->counted_bytes)
		atomic_fetch_add(&talk->common->memory_bytes, now - talk->counted_bytes);
	else
		atomic_fetch_sub(&talk->common->memory_bytes, talk->counted_bytes - now);
	talk->counted_bytes = now;
}

static void drop_message(struct talk *talk)
{
	buf_done(&talk->message);
	count_memory(talk);
}

/* --- deadlines --- */

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static bool is_busy(const struct smtp_common *common)
{
	return atomic_load(&common->open) > common->setup->connections / 5 * 4;
}

/* Absolute: bytes that trickle in do not move it; a finished command does. */
static int64_t read_deadline(const struct talk *talk)
{
	const struct smtp_server_setup *setup = talk->common->setup;
	int64_t wait = is_busy(talk->common) ? setup->busy_command_ms : setup->command_ms;

	if (talk->in_data)
		wait =
		    earlier(wait, DATA_START_MS) + (int64_t)(talk->data.bytes * 1000 / LIMIT_SMTP_DATA_MIN_RATE_BYTES);
	return earlier(talk->waits_since_ms + wait, talk->started_ms + setup->session_ms);
}

static bool flush(struct talk *talk)
{
	const struct smtp_server_setup *setup = talk->common->setup;
	int64_t wait = is_busy(talk->common) ? setup->busy_command_ms : setup->command_ms;
	enum stream_result result = stream_write(&talk->stream, buf_view(&talk->out), clock_ms() + wait);

	buf_clear(&talk->out);
	if (result != STREAM_OK)
		talk->end = result == STREAM_LATE ? "slow" : "lost";
	return result == STREAM_OK;
}

/* --- the message --- */

static void count_result(struct smtp_common *common, enum smtp_result result)
{
	atomic_fetch_add(&common->messages, 1);
	switch (result) {
	case SMTP_KEPT: atomic_fetch_add(&common->kept, 1); break;
	case SMTP_LATER:
	case SMTP_NO_ROOM: atomic_fetch_add(&common->later, 1); break;
	case SMTP_REFUSED:
	case SMTP_TOO_BIG: atomic_fetch_add(&common->refused, 1); break;
	}
}

static enum smtp_result deliver(struct talk *talk, size_t i)
{
	const struct smtp_server_setup *setup = talk->common->setup;
	struct arrival arrival;

	if (talk->no_room)
		return SMTP_NO_ROOM;
	if (talk->message.failed)
		return SMTP_TOO_BIG;
	smtp_session_delivery(talk->session, i, &arrival);
	arrival.received_at = instant_now();
	arrival.peer = str_of(talk->connection->peer.text);
	arrival.bytes = buf_view(&talk->message);
	return setup->deliver(setup->context, &arrival, clock_ms() + setup->deliver_ms);
}

static void end_data(struct talk *talk)
{
	enum smtp_result results[LIMIT_SMTP_RECIPIENTS];
	size_t n = smtp_session_delivery_count(talk->session);

	for (size_t i = 0; i < n; i++) {
		results[i] = deliver(talk, i);
		count_result(talk->common, results[i]);
	}
	(void)smtp_session_data_end(talk->session, results, &talk->out);
	talk->in_data = false;
	talk->waits_since_ms = clock_ms();
	if (talk->message.size > KEPT_BUFFER_BYTES)
		drop_message(talk);
}

static void start_data(struct talk *talk)
{
	smtp_data_init(&talk->data);
	buf_clear(&talk->message);
	talk->in_data = true;
	talk->no_room = false;
	talk->waits_since_ms = clock_ms();
	atomic_store(&talk->connection->idle_since_ms, 0);
}

static size_t take_data(struct talk *talk, struct str bytes)
{
	size_t used = smtp_data_take(&talk->data, bytes, talk->no_room ? NULL : &talk->message);

	count_memory(talk);
	if (atomic_load(&talk->common->memory_bytes) >
	        smtp_server_memory(talk->common->setup, talk->connection->is_known) &&
	    talk->message.size > KEPT_BUFFER_BYTES) {
		/* What follows is read and forgotten, so that the reply comes where it belongs. */
		talk->no_room = true;
		drop_message(talk);
	}
	if (talk->message.failed && talk->message.size > KEPT_BUFFER_BYTES) {
		drop_message(talk);
		talk->message.failed = true;
	}
	if (smtp_data_is_done(&talk->data))
		end_data(talk);
	return used;
}

/* --- the dialogue --- */

static bool start_tls(struct talk *talk)
{
	const struct smtp_server_setup *setup = talk->common->setup;

	if (!flush(talk))
		return false;
	if (stream_start_tls(&talk->stream, setup->identity, clock_ms() + earlier(setup->command_ms, 60000)) !=
	    STREAM_OK) {
		atomic_fetch_add(&talk->common->tls_failed, 1);
		talk->end = "no-handshake";
		return false;
	}
	smtp_session_secured(talk->session);
	talk->waits_since_ms = clock_ms();
	return true;
}

/* False when the connection is over. */
static bool take_bytes(struct talk *talk, struct str bytes)
{
	while (bytes.len > 0) {
		size_t used;
		if (talk->in_data) {
			bytes = str_from(bytes, take_data(talk, bytes));
			continue;
		}
		uint32_t commands = smtp_session_counts(talk->session).commands;
		enum smtp_action action = smtp_session_take(talk->session, bytes, &used, &talk->out);
		bytes = str_from(bytes, used);
		if (smtp_session_counts(talk->session).commands != commands)
			talk->waits_since_ms = clock_ms();
		switch (action) {
		case SMTP_ACTION_NONE: break;
		case SMTP_ACTION_TAKE_DATA: start_data(talk); break;
		case SMTP_ACTION_START_TLS:
			/* Nothing may wait here: smtp_session refuses STARTTLS then, and what comes later belongs to TLS. */
			return start_tls(talk);
		case SMTP_ACTION_CLOSE:
			talk->end = "closed";
			(void)flush(talk);
			return false;
		}
	}
	if (talk->out.failed) {
		talk->end = "flood";
		return false;
	}
	return flush(talk);
}

static bool is_beyond_twice_the_limit(const struct talk *talk)
{
	return talk->in_data && talk->data.bytes > 2 * (uint64_t)talk->common->setup->message_bytes;
}

static void say_goodbye(struct talk *talk, const char *end, const char *reason)
{
	talk->end = end;
	smtp_session_bye(talk->session, reason, &talk->out);
	(void)stream_write(&talk->stream, buf_view(&talk->out), clock_ms() + 1000);
}

/* Reads, takes, answers, until one side has enough. */
static void converse(struct talk *talk)
{
	for (;;) {
		size_t got = 0;
		if (!talk->in_data)
			atomic_store(&talk->connection->idle_since_ms, talk->waits_since_ms);
		switch (stream_read(&talk->stream, talk->in, sizeof talk->in, read_deadline(talk), &got)) {
		case STREAM_OK: break;
		case STREAM_LATE: say_goodbye(talk, "timeout", "too slow"); return;
		case STREAM_END:
			if (atomic_load(&talk->common->draining))
				say_goodbye(talk, "drained", "the server is going down");
			else
				talk->end = talk->in_data ? "cut-in-data" : "left";
			return;
		case STREAM_BROKEN: talk->end = "lost"; return;
		}
		if (!take_bytes(talk, str_make(talk->in, got)))
			return;
		if (is_beyond_twice_the_limit(talk)) {
			say_goodbye(talk, "too-big", "the message does not end");
			return;
		}
		if (atomic_load(&talk->common->draining) && !talk->in_data) {
			say_goodbye(talk, "drained", "the server is going down");
			return;
		}
	}
}

/* Who speaks before the greeting does not speak SMTP; nothing of it is executed. */
static bool speaks_too_early(int fd)
{
	char byte;
	return recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 1;
}

static void log_end(const struct talk *talk)
{
	struct smtp_counts counts = smtp_session_counts(talk->session);

	atomic_fetch_add(&talk->common->errors, counts.errors);
	LOG(counts.messages > 0 || counts.errors > 0 ? LOG_LEVEL_INFO : LOG_LEVEL_DEBUG,
	    talk->connection->is_lmtp ? "lmtp-session" : "smtp-session", LOG_TEXT("peer", talk->connection->peer.text),
	    LOG_TEXT("tls", stream_version(&talk->stream)), LOG_NUM("messages", counts.messages),
	    LOG_NUM("commands", counts.commands), LOG_NUM("errors", counts.errors),
	    LOG_NUM("refused_recipients", counts.refused_recipients), LOG_TEXT("end", talk->end));
}

void smtp_connection_run(struct smtp_connection *connection)
{
	struct smtp_common *common = connection->common;
	struct talk talk = {
	    .connection = connection,
	    .common = common,
	    .session = smtp_session_new(connection->is_lmtp ? &common->lmtp[connection->is_known]
		                                                : &common->smtp[connection->is_known]),
	    .stream = {.fd = connection->fd},
	    .started_ms = clock_ms(),
	    .waits_since_ms = clock_ms(),
	    .end = "left",
	};

	buf_init(&talk.out, OUT_BYTES);
	buf_init(&talk.message, common->setup->message_bytes);
	if (speaks_too_early(connection->fd)) {
		talk.end = "too-early";
		buf_text(&talk.out, "554 5.5.0 wait for the greeting\r\n");
		(void)flush(&talk);
	} else {
		smtp_session_greet(talk.session, &talk.out);
		if (flush(&talk))
			converse(&talk);
	}
	log_end(&talk);
	drop_message(&talk);
	buf_done(&talk.out);
	stream_done(&talk.stream);
	smtp_session_free(&talk.session);
}
