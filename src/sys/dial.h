/* SPDX-License-Identifier: ISC */
#pragma once
/* Connects out, and only to addresses where we may (sys/address.h): the address of the socket decides, never a name. */
#include <stdint.h>

#include "sys/address.h"

enum dial_result { DIAL_OK, DIAL_FORBIDDEN, DIAL_REFUSED, DIAL_UNREACHABLE, DIAL_TIMEOUT };

/* A TCP connection, non-blocking and close-on-exec.  `allow_local` lets special addresses through, for worlds that the
 * operator named.  `deadline_ms` is a value of clock_ms(). */
enum dial_result dial(const struct address *address, uint16_t port, bool allow_local, int64_t deadline_ms, int *out_fd);

const char *dial_sentence(enum dial_result result);
