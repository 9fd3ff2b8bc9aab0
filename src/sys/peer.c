/* SPDX-License-Identifier: ISC */
#include "sys/peer.h"

#include <netinet/in.h>
#include <string.h>

static bool address_of(const struct sockaddr *from, struct address *out)
{
	static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

	*out = (struct address){0};
	if (from->sa_family == AF_INET) {
		struct sockaddr_in v4;
		memcpy(&v4, from, sizeof v4);
		memcpy(out->bytes, &v4.sin_addr, 4);
		return true;
	}
	if (from->sa_family != AF_INET6)
		return false;
	struct sockaddr_in6 v6;
	memcpy(&v6, from, sizeof v6);
	const unsigned char *bytes = (const unsigned char *)&v6.sin6_addr;
	out->is_v6 = memcmp(bytes, mapped, sizeof mapped) != 0;
	memcpy(out->bytes, out->is_v6 ? bytes : bytes + 12, out->is_v6 ? 16 : 4);
	return true;
}

static bool is_loopback(const struct address *address)
{
	static const unsigned char one[16] = {[15] = 1};
	return address->is_v6 ? memcmp(address->bytes, one, sizeof one) == 0 : address->bytes[0] == 127;
}

void peer_of(const struct sockaddr *from, struct peer *out)
{
	struct address address;

	*out = (struct peer){.is_local = true, .text = "local"};
	if (!address_of(from, &address))
		return;
	out->is_local = is_loopback(&address);
	(void)address_format(&address, out->text);
	(void)address_network(&address, out->network);
}
