/* SPDX-License-Identifier: ISC */
#include "sys/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/file.h"
#include "base/instant.h"

#define HEADER_BYTES 16u
#define READ_BYTES ((size_t)256 * 1024)

static const size_t most_bytes[] = {
    0,
#define X(id, name, most) most,
    MESSAGES(X)
#undef X
};

void channel_init(struct channel *channel, int fd, size_t ceiling)
{
	*channel = (struct channel){.fd = fd};
	buf_init(&channel->in, ceiling);
	buf_init(&channel->out, ceiling);
	int flags = fcntl(fd, F_GETFL);
	if (flags >= 0)
		(void)fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

void channel_done(struct channel *channel)
{
	file_close(&channel->fd);
	for (size_t i = 0; i < channel->fd_count; i++)
		file_close(&channel->fds[i]);
	channel->fd_count = 0;
	buf_done(&channel->in);
	buf_done(&channel->out);
}

bool channel_pair(int out_fds[2], struct err *err)
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, out_fds) < 0)
		return err_set(err, ERR_LATER, "socketpair: %s", strerror(errno));
	return true;
}

static void put_le(char *at, uint64_t value, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		at[i] = (char)(unsigned char)(value >> (8 * i));
}

static uint64_t get_le(const char *at, unsigned bytes)
{
	uint64_t value = 0;
	for (unsigned i = 0; i < bytes; i++)
		value |= (uint64_t)(unsigned char)at[i] << (8 * i);
	return value;
}

static void make_header(char header[HEADER_BYTES], enum message_type type, uint64_t id, size_t len)
{
	put_le(header, len, 4);
	put_le(header + 4, type, 4);
	put_le(header + 8, id, 8);
}

bool channel_put(struct channel *channel, enum message_type type, uint64_t id, struct str body, struct err *err)
{
	if (body.len > most_bytes[type])
		return err_set(err, ERR_TOO_BIG, "a message of %zu bytes is over its limit", body.len);
	char *at = buf_reserve(&channel->out, HEADER_BYTES + body.len);
	if (at == NULL) {
		channel->out.failed = false;
		return err_set(err, ERR_LATER, "the peer does not keep up");
	}
	make_header(at, type, id, body.len);
	if (body.len > 0)
		memcpy(at + HEADER_BYTES, body.p, body.len);
	buf_advance(&channel->out, HEADER_BYTES + body.len);
	return true;
}

struct buf *channel_begin(struct channel *channel, size_t *out_start)
{
	*out_start = channel->out.len;
	if (buf_reserve(&channel->out, HEADER_BYTES) != NULL)
		buf_advance(&channel->out, HEADER_BYTES);
	return &channel->out;
}

bool channel_end(struct channel *channel, size_t start, enum message_type type, uint64_t id, struct err *err)
{
	bool is_full = channel->out.failed;
	size_t len = is_full ? 0 : channel->out.len - start - HEADER_BYTES;

	if (is_full || len > most_bytes[type]) {
		channel->out.len = start;
		channel->out.failed = false;
		return is_full ? err_set(err, ERR_LATER, "the peer does not keep up")
		               : err_set(err, ERR_TOO_BIG, "a message of %zu bytes is over its limit", len);
	}
	make_header(channel->out.p + start, type, id, len);
	return true;
}

static bool gone(struct channel *channel, struct err *err)
{
	channel->closed = true;
	return err_set(err, ERR_LATER, "the peer is gone");
}

bool channel_flush(struct channel *channel, struct err *err)
{
	while (channel->out.len > 0) {
		ssize_t sent = send(channel->fd, channel->out.p, channel->out.len, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return true;
		if (sent < 0)
			return gone(channel, err);
		buf_consume(&channel->out, (size_t)sent);
	}
	return true;
}

/* Waits until the socket is ready; false at the deadline. */
static bool wait_for(int fd, short events, int64_t deadline_ms, struct err *err)
{
	for (;;) {
		int64_t left = deadline_ms < 0 ? -1 : deadline_ms - clock_ms();
		if (deadline_ms >= 0 && left <= 0)
			return err_set(err, ERR_LATER, "no answer in time");
		struct pollfd pollfd = {.fd = fd, .events = events};
		int n = poll(&pollfd, 1, left > INT32_MAX ? INT32_MAX : (int)left);
		if (n > 0)
			return true;
		if (n < 0 && errno != EINTR)
			return err_set(err, ERR_LATER, "poll: %s", strerror(errno));
	}
}

bool channel_put_fd(struct channel *channel, enum message_type type, uint64_t id, struct str body, int fd,
                    struct err *err)
{
	char frame[HEADER_BYTES + 64];
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(sizeof(int))];
	} control = {0};

	if (body.len > 64)
		return err_set(err, ERR_TOO_BIG, "a control message may have 64 bytes");
	while (channel->out.len > 0) {
		if (!channel_flush(channel, err))
			return false;
		if (channel->out.len > 0 && !wait_for(channel->fd, POLLOUT, clock_ms() + 5000, err))
			return false;
	}
	make_header(frame, type, id, body.len);
	if (body.len > 0)
		memcpy(frame + HEADER_BYTES, body.p, body.len);
	struct iovec part = {.iov_base = frame, .iov_len = HEADER_BYTES + body.len};
	struct msghdr message = {
	    .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.space, .msg_controllen = sizeof control.space};
	struct cmsghdr *head = CMSG_FIRSTHDR(&message);
	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof fd);
	memcpy(CMSG_DATA(head), &fd, sizeof fd);
	for (;;) {
		ssize_t sent = sendmsg(channel->fd, &message, MSG_NOSIGNAL);
		if (sent == (ssize_t)part.iov_len)
			return true;
		if (sent >= 0 || (errno != EAGAIN && errno != EINTR))
			return gone(channel, err);
		if (!wait_for(channel->fd, POLLOUT, clock_ms() + 5000, err))
			return false;
	}
}

static void take_fds(struct channel *channel, struct msghdr *message)
{
	for (struct cmsghdr *head = CMSG_FIRSTHDR(message); head != NULL; head = CMSG_NXTHDR(message, head)) {
		if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS)
			continue;
		size_t n = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < n; i++) {
			int fd;
			memcpy(&fd, CMSG_DATA(head) + i * sizeof fd, sizeof fd);
			if (channel->fd_count < COUNT_OF(channel->fds))
				channel->fds[channel->fd_count++] = fd;
			else
				file_close(&fd);
		}
	}
}

bool channel_fill(struct channel *channel, struct err *err)
{
	if (channel->in_taken > 0) {
		buf_consume(&channel->in, channel->in_taken);
		channel->in_taken = 0;
	}
	for (;;) {
		size_t room = channel->in.ceiling - channel->in.len;
		if (room == 0)
			return true; /* the reader must take messages first */
		room = room < READ_BYTES ? room : READ_BYTES;
		union {
			struct cmsghdr head;
			char space[CMSG_SPACE(4 * sizeof(int))];
		} control;
		struct iovec part = {.iov_base = buf_reserve(&channel->in, room), .iov_len = room};
		struct msghdr message = {.msg_iov = &part,
		                         .msg_iovlen = 1,
		                         .msg_control = control.space,
		                         .msg_controllen = sizeof control.space};
		ssize_t got = recvmsg(channel->fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return true;
		if (got <= 0)
			return gone(channel, err);
		take_fds(channel, &message);
		buf_advance(&channel->in, (size_t)got);
		if ((size_t)got < room)
			return true;
	}
}

bool channel_get(struct channel *channel, struct message *out, struct err *err)
{
	struct str waiting = str_from(buf_view(&channel->in), channel->in_taken);

	if (err != NULL)
		err->kind = ERR_NONE;
	if (waiting.len < HEADER_BYTES)
		return false;
	uint64_t len = get_le(waiting.p, 4);
	uint64_t type = get_le(waiting.p + 4, 4);
	if (type == MESSAGE_NONE || type >= MESSAGE_TYPE_COUNT || len > most_bytes[type] ||
	    len + HEADER_BYTES > channel->in.ceiling)
		return err_set(err, ERR_INPUT, "a message breaks the rules of the channel");
	if (waiting.len - HEADER_BYTES < len)
		return false;
	*out = (struct message){
	    .type = (enum message_type)type,
	    .id = get_le(waiting.p + 8, 8),
	    .body = str_make(waiting.p + HEADER_BYTES, len),
	    .fd = -1,
	};
	if (type == MESSAGE_LINK && channel->fd_count > 0) {
		out->fd = channel->fds[0];
		channel->fd_count--;
		memmove(channel->fds, channel->fds + 1, channel->fd_count * sizeof channel->fds[0]);
	}
	channel->in_taken += HEADER_BYTES + len;
	return true;
}

bool channel_send(struct channel *channel, enum message_type type, uint64_t id, struct str body, int64_t deadline_ms,
                  struct err *err)
{
	if (!channel_put(channel, type, id, body, err))
		return false;
	for (;;) {
		if (!channel_flush(channel, err))
			return false;
		if (channel->out.len == 0)
			return true;
		if (!wait_for(channel->fd, POLLOUT, deadline_ms, err))
			return false;
	}
}

bool channel_receive(struct channel *channel, struct message *out, int64_t deadline_ms, struct err *err)
{
	for (;;) {
		if (channel_get(channel, out, err))
			return true;
		if (err != NULL && err->kind == ERR_INPUT)
			return false;
		if (!wait_for(channel->fd, POLLIN, deadline_ms, err) || !channel_fill(channel, err))
			return false;
	}
}
