/* SPDX-License-Identifier: ISC */
#include "sys/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/file.h"
#include "base/num.h"
#include "base/str.h"

#define BACKLOG 1024

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	struct sockaddr_un unix_path;
	struct sockaddr_storage space;
};

static bool parse_inet(const char *where, union address *out, socklen_t *out_len)
{
	const char *colon = strrchr(where, ':');
	char host[64];
	uint64_t port;

	if (colon == NULL || !num_parse_uint(str_of(colon + 1), 65535, &port))
		return false;
	struct str name = str_make(where, (size_t)(colon - where));
	bool is_bracketed = name.len >= 2 && name.p[0] == '[' && name.p[name.len - 1] == ']';
	if (is_bracketed)
		name = str_make(name.p + 1, name.len - 2);
	if (name.len >= sizeof host)
		return false;
	memcpy(host, name.p, name.len);
	host[name.len] = '\0';
	*out = (union address){0};
	if (is_bracketed || strcmp(host, "*") == 0) {
		out->v6.sin6_family = AF_INET6;
		out->v6.sin6_port = htons((uint16_t)port);
		*out_len = sizeof out->v6;
		return !is_bracketed || inet_pton(AF_INET6, host, &out->v6.sin6_addr) == 1;
	}
	out->v4.sin_family = AF_INET;
	out->v4.sin_port = htons((uint16_t)port);
	*out_len = sizeof out->v4;
	return inet_pton(AF_INET, host, &out->v4.sin_addr) == 1;
}

/* A path at which nobody answers is a leftover. */
static bool clear_unix_path(const union address *address, socklen_t len, struct err *err)
{
	struct stat stat;
	const char *path = address->unix_path.sun_path;

	if (lstat(path, &stat) != 0)
		return true;
	if (!S_ISSOCK(stat.st_mode))
		return err_set(err, ERR_SETUP, "%s is there already and is no socket", path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool answers = fd >= 0 && connect(fd, &address->any, len) == 0;
	file_close(&fd);
	if (answers)
		return err_set(err, ERR_SETUP, "another process listens on %s", path);
	(void)unlink(path);
	return true;
}

bool listen_open(const char *where, int *out_fd, struct err *err)
{
	union address address = {0};
	socklen_t len = sizeof address.unix_path;
	int on = 1;
	int off = 0;

	if (strchr(where, '/') != NULL) {
		address.unix_path.sun_family = AF_UNIX;
		if (strlen(where) >= sizeof address.unix_path.sun_path)
			return err_set(err, ERR_SETUP, "the path '%.150s' is too long for a socket", where);
		memcpy(address.unix_path.sun_path, where, strlen(where) + 1);
		if (!clear_unix_path(&address, len, err))
			return false;
	} else if (!parse_inet(where, &address, &len)) {
		return err_set(err, ERR_SETUP,
		               "'%.100s' is no address to listen on; 127.0.0.1:25, [::1]:25, *:25 and /path are", where);
	}
	int fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return err_set(err, ERR_SETUP, "socket: %s", strerror(errno));
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (address.any.sa_family == AF_INET6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, where[0] == '*' ? &off : &on, sizeof on);
	if (bind(fd, &address.any, len) != 0 || listen(fd, BACKLOG) != 0) {
		(void)err_set(err, ERR_SETUP, "cannot listen on %.120s: %s", where, strerror(errno));
		file_close(&fd);
		return false;
	}
	*out_fd = fd;
	return true;
}

void listen_text(int fd, char text[LISTEN_TEXT_MAX])
{
	union address address = {0};
	socklen_t len = sizeof address;
	char host[INET6_ADDRSTRLEN] = "";

	text[0] = '\0';
	if (getsockname(fd, &address.any, &len) != 0)
		return;
	if (address.any.sa_family == AF_UNIX) {
		(void)snprintf(text, LISTEN_TEXT_MAX, "%.107s", address.unix_path.sun_path);
	} else if (address.any.sa_family == AF_INET) {
		(void)inet_ntop(AF_INET, &address.v4.sin_addr, host, sizeof host);
		(void)snprintf(text, LISTEN_TEXT_MAX, "%s:%u", host, ntohs(address.v4.sin_port));
	} else {
		(void)inet_ntop(AF_INET6, &address.v6.sin6_addr, host, sizeof host);
		(void)snprintf(text, LISTEN_TEXT_MAX, "[%s]:%u", host, ntohs(address.v6.sin6_port));
	}
}
