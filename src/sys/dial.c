/* SPDX-License-Identifier: ISC */
#include "sys/dial.h"

#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include "base/attr.h"
#include "base/file.h"
#include "base/instant.h"

static enum dial_result result_of(int error)
{
	switch (error) {
	case ECONNREFUSED: return DIAL_REFUSED;
	case ETIMEDOUT: return DIAL_TIMEOUT;
	default: return DIAL_UNREACHABLE;
	}
}

static enum dial_result wait_connected(int fd, int64_t deadline_ms)
{
	for (;;) {
		int64_t left = deadline_ms - clock_ms();
		if (left <= 0)
			return DIAL_TIMEOUT;
		struct pollfd ready = {.fd = fd, .events = POLLOUT};
		int n = poll(&ready, 1, left > INT32_MAX ? INT32_MAX : (int)left);
		if (n > 0)
			break;
		if (n < 0 && errno != EINTR)
			return DIAL_UNREACHABLE;
	}
	int error = 0;
	socklen_t len = sizeof error;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
		return DIAL_UNREACHABLE;
	return error == 0 ? DIAL_OK : result_of(error);
}

enum dial_result dial(const struct address *address, uint16_t port, bool allow_local, int64_t deadline_ms, int *out_fd)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} to = {0};
	socklen_t len = address->is_v6 ? sizeof to.v6 : sizeof to.v4;

	if (!allow_local && address_forbidden(address) != NULL)
		return DIAL_FORBIDDEN;
	if (address->is_v6) {
		to.v6.sin6_family = AF_INET6;
		to.v6.sin6_port = htons(port);
		memcpy(&to.v6.sin6_addr, address->bytes, 16);
	} else {
		to.v4.sin_family = AF_INET;
		to.v4.sin_port = htons(port);
		memcpy(&to.v4.sin_addr, address->bytes, 4);
	}
	int fd = socket(address->is_v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return DIAL_UNREACHABLE;
	enum dial_result result = DIAL_OK;
	if (connect(fd, &to.any, len) < 0)
		result = errno == EINPROGRESS ? wait_connected(fd, deadline_ms) : result_of(errno);
	if (result == DIAL_OK)
		*out_fd = fd;
	else
		file_close(&fd);
	return result;
}

const char *dial_sentence(enum dial_result result)
{
	static const char *const sentences[] = {
	    "The connection stands.",
	    "We do not connect to this address.",
	    "The connection was refused.",
	    "The address cannot be reached from here.",
	    "There was no answer in time.",
	};
	assert((unsigned)result < COUNT_OF(sentences));
	return sentences[result];
}
