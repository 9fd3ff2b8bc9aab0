/* SPDX-License-Identifier: ISC */
#pragma once
/* Networks from which reporters that are known delivered what counts: a /24 or a /64 each.  Room is kept for them at the
 * doors and in the decode workers, so that a flood of strangers does not blind the house (RFC 8460 7).  For any number of
 * threads; its memory never grows. */
#include "base/buf.h"
#include "base/str.h"
#include "report/wire.h"

struct known_networks;

struct known_networks *known_networks_new(void);
void known_networks_free(struct known_networks **known);

/* True when it was not there. */
bool known_networks_add(struct known_networks *known, struct str network);
bool known_networks_has(struct known_networks *known, struct str network);

void known_networks_clear(struct known_networks *known);

/* All of them, as a KNOWN message from keep to a door; read, they are added. */
void known_networks_write(struct known_networks *known, struct buf *out);
bool known_networks_read(struct known_networks *known, struct str body);

/* The network of an address as text; "" for loopback, and for what is no address. */
#define KNOWN_NETWORK_MAX 52
struct str known_networks_of(struct str peer, char text[KNOWN_NETWORK_MAX]);
