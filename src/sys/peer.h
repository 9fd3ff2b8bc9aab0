/* SPDX-License-Identifier: ISC */
#pragma once
/* Who is at the other end of a socket. */
#include <sys/socket.h>

#include "sys/address.h"

struct peer {
	bool is_local;                      /* loopback or a unix socket: no limit of its own */
	char text[ADDRESS_TEXT_MAX];        /* "192.0.2.1"; "local" for a unix socket */
	char network[ADDRESS_TEXT_MAX + 4]; /* its /24 or /64; "" for a unix socket */
};

/* IPv4 that came through an IPv6 socket is IPv4. */
void peer_of(const struct sockaddr *from, struct peer *out);
