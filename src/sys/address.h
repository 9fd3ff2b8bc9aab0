/* SPDX-License-Identifier: ISC */
#pragma once
/* IP addresses: text and bytes, and whether we may connect there. */
#include <stdint.h>

#include "base/str.h"

struct address {
	bool is_v6;
	unsigned char bytes[16]; /* IPv4: the first four */
};

#define ADDRESS_TEXT_MAX 46

/* Strict: dotted quad of four decimal numbers without leading zeros, or RFC 4291 text without a zone. */
bool address_parse(struct str text, struct address *out);
struct str address_format(const struct address *address, char text[ADDRESS_TEXT_MAX]); /* RFC 5952 */

/* The /24 or /64 it lies in, as text. */
struct str address_network(const struct address *address, char text[ADDRESS_TEXT_MAX + 4]);

/* Why no packet of ours may go there ("loopback", "private", "link-local", ...), or NULL.  IPv4 inside IPv6 (mapped,
 * NAT64, 6to4, Teredo) is judged too.  Look at the address of the socket, after the name was resolved. */
const char *address_forbidden(const struct address *address);
