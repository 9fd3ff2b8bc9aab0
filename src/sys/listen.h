/* SPDX-License-Identifier: ISC */
#pragma once
/* Listening sockets. */
#include <stddef.h>

#include "base/err.h"

#define LISTEN_TEXT_MAX 128

/* "192.0.2.1:25", "[2001:db8::1]:25", "*:25" (all addresses), or the path of a unix socket.  Port 0: a free one.  An old
 * unix socket nobody listens on is replaced.  ERR_SETUP says what is wrong with the text or who has the address. */
bool listen_open(const char *where, int *out_fd, struct err *err);

/* Where it listens really. */
void listen_text(int fd, char text[LISTEN_TEXT_MAX]);
