/* SPDX-License-Identifier: ISC */
#include "probe/mx_look.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "base/file.h"
#include "probe/smtp_look.h"
#include "sys/dial.h"

static bool wait_for(int fd, short events, int64_t deadline_ms)
{
	for (;;) {
		int64_t left = deadline_ms - clock_ms();
		struct pollfd ready = {.fd = fd, .events = events};
		if (left <= 0)
			return false;
		int n = poll(&ready, 1, left > INT32_MAX ? INT32_MAX : (int)left);
		if (n > 0)
			return true;
		if (n < 0 && errno != EINTR)
			return false;
	}
}

static bool send_all(int fd, struct str bytes, int64_t deadline_ms)
{
	while (bytes.len > 0) {
		ssize_t sent = send(fd, bytes.p, bytes.len, MSG_NOSIGNAL);
		if (sent > 0)
			bytes = str_from(bytes, (size_t)sent);
		else if (sent < 0 && errno == EINTR)
			continue;
		else if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) && wait_for(fd, POLLOUT, deadline_ms))
			continue;
		else
			return false;
	}
	return true;
}

/* Drives the machine until the handshake (true) or its end. */
static bool talk(struct smtp_look *look, int fd, int64_t deadline_ms, struct str *out_late)
{
	char bytes[4096];

	for (;;) {
		if (!wait_for(fd, POLLIN, deadline_ms)) {
			*out_late = STR("there was no answer in time");
			return false;
		}
		ssize_t got = recv(fd, bytes, sizeof bytes, 0);
		if (got < 0 && (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK))
			continue;
		if (got <= 0) {
			smtp_look_closed(look);
			return false;
		}
		enum smtp_look_action action = smtp_look_feed(look, str_make(bytes, (size_t)got));
		bool sent = send_all(fd, buf_view(&look->out), deadline_ms);
		buf_clear(&look->out);
		if (action == SMTP_LOOK_HANDSHAKE)
			return true;
		if (action == SMTP_LOOK_END)
			return false;
		if (!sent) {
			smtp_look_closed(look);
			return false;
		}
	}
}

static enum look_state state_of(enum dial_result result)
{
	return result == DIAL_FORBIDDEN ? LOOK_FORBIDDEN : LOOK_PORT_CLOSED;
}

void mx_look(struct str host, const struct address *address, const struct mx_look_options *options,
             struct arena *arena, struct mx_look *out)
{
	int64_t started = clock_ms();
	int64_t deadline_ms = started + options->timeout_ms;
	char text[ADDRESS_TEXT_MAX];
	struct smtp_look look;
	struct str late = STR_NONE;
	int fd = -1;

	*out = (struct mx_look){.host = host, .address = arena_str(arena, address_format(address, text)), .at = instant_now()};
	enum dial_result dialed = dial(address, options->port, options->allow_local, deadline_ms, &fd);
	if (dialed != DIAL_OK) {
		out->state = state_of(dialed);
		out->detail = str_of(dial_sentence(dialed));
		out->took_ms = clock_ms() - started;
		return;
	}
	smtp_look_init(&look, options->our_name);
	bool secured = talk(&look, fd, deadline_ms, &late);
	out->state = look.state;
	out->banner = arena_str(arena, look.banner.len > 0 ? buf_view(&look.banner) : STR_NONE);
	out->ehlo = arena_str(arena, look.ehlo.len > 0 ? buf_view(&look.ehlo) : STR_NONE);
	out->detail = arena_str(arena, look.detail.len > 0 ? buf_view(&look.detail) : late);
	if (secured && !tls_look(options->authorities, fd, host, options->offer, deadline_ms, arena, &out->tls, &out->detail))
		out->state = LOOK_HANDSHAKE_FAILED;
	else if (late.p != NULL && look.banner.len == 0)
		out->state = LOOK_NO_GREETING;
	smtp_look_done(&look);
	file_close(&fd);
	out->took_ms = clock_ms() - started;
}
