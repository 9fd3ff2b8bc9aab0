/* SPDX-License-Identifier: ISC */
#include "sys/address.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/attr.h"

bool address_parse(struct str text, struct address *out)
{
	char copy[ADDRESS_TEXT_MAX];
	struct address address = {0};

	if (text.len == 0 || text.len >= sizeof copy || memchr(text.p, '\0', text.len) != NULL)
		return false;
	memcpy(copy, text.p, text.len);
	copy[text.len] = '\0';
	address.is_v6 = strchr(copy, ':') != NULL;
	if (inet_pton(address.is_v6 ? AF_INET6 : AF_INET, copy, address.bytes) != 1)
		return false;
	*out = address;
	return true;
}

struct str address_format(const struct address *address, char text[ADDRESS_TEXT_MAX])
{
	if (inet_ntop(address->is_v6 ? AF_INET6 : AF_INET, address->bytes, text, ADDRESS_TEXT_MAX) == NULL)
		text[0] = '\0';
	return str_of(text);
}

struct str address_network(const struct address *address, char text[ADDRESS_TEXT_MAX + 4])
{
	struct address network = *address;

	if (address->is_v6)
		memset(network.bytes + 8, 0, 8);
	else
		network.bytes[3] = 0;
	struct str base = address_format(&network, text);
	int n = snprintf(text + base.len, 4, address->is_v6 ? "/64" : "/24");
	return str_make(text, base.len + (size_t)n);
}

struct block {
	unsigned char bytes[16];
	unsigned bits;
	const char *name;
};

/* IANA special-purpose registries (RFC 6890 and after). */
static const struct block v4_blocks[] = {
    {{0}, 8, "unspecified"},
    {{10}, 8, "private"},
    {{100, 64}, 10, "shared"},
    {{127}, 8, "loopback"},
    {{169, 254}, 16, "link-local"},
    {{172, 16}, 12, "private"},
    {{192, 0, 0}, 24, "protocol"},
    {{192, 0, 2}, 24, "documentation"},
    {{192, 88, 99}, 24, "6to4 relay"},
    {{192, 168}, 16, "private"},
    {{198, 18}, 15, "benchmark"},
    {{198, 51, 100}, 24, "documentation"},
    {{203, 0, 113}, 24, "documentation"},
    {{224}, 4, "multicast"},
    {{240}, 4, "reserved"},
};

static const struct block v6_blocks[] = {
    {{0}, 128, "unspecified"},
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128, "loopback"},
    {{0x01}, 64, "discard"},
    {{0x20, 0x01, 0x0d, 0xb8}, 32, "documentation"},
    {{0x20, 0x01, 0x00, 0x02}, 48, "benchmark"},
    {{0x20, 0x01, 0x00, 0x10}, 28, "ORCHID"},
    {{0x20, 0x01, 0x00, 0x20}, 28, "ORCHID"},
    {{0x3f, 0xff}, 20, "documentation"},
    {{0x5f, 0x00}, 16, "segment routing"},
    {{0xfc}, 7, "private"},
    {{0xfe, 0x80}, 10, "link-local"},
    {{0xfe, 0xc0}, 10, "site-local"},
    {{0xff}, 8, "multicast"},
};

static bool within(const unsigned char *bytes, const struct block *block)
{
	unsigned whole = block->bits / 8;
	unsigned rest = block->bits % 8;

	if (memcmp(bytes, block->bytes, whole) != 0)
		return false;
	return rest == 0 || (bytes[whole] ^ block->bytes[whole]) >> (8 - rest) == 0;
}

static const char *forbidden_in(const unsigned char *bytes, const struct block *blocks, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (within(bytes, &blocks[i]))
			return blocks[i].name;
	return NULL;
}

static const char *forbidden_v4(const unsigned char *bytes)
{
	return forbidden_in(bytes, v4_blocks, COUNT_OF(v4_blocks));
}

/* IPv6 forms that carry an IPv4 address and would lead there. */
static const char *forbidden_inside(const unsigned char *b)
{
	static const struct {
		unsigned char prefix[16];
		unsigned bits, at;
	} forms[] = {
	    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96, 12},    /* mapped */
	    {{0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0}, 96, 12},    /* translated, RFC 2765 */
	    {{0}, 96, 12},                                           /* compatible, deprecated */
	    {{0x00, 0x64, 0xff, 0x9b}, 96, 12},                      /* NAT64, RFC 6052 */
	    {{0x20, 0x02}, 16, 2},                                   /* 6to4 */
	};

	for (size_t i = 0; i < COUNT_OF(forms); i++) {
		struct block block = {.bits = forms[i].bits};
		memcpy(block.bytes, forms[i].prefix, sizeof block.bytes);
		if (within(b, &block))
			return forbidden_v4(b + forms[i].at);
	}
	static const struct block local_nat64 = {{0x00, 0x64, 0xff, 0x9b, 0x00, 0x01}, 48, "local NAT64"};
	static const struct block teredo = {{0x20, 0x01, 0x00, 0x00}, 32, "Teredo"};
	if (within(b, &local_nat64))
		return local_nat64.name;
	/* A Teredo relay sends to whatever client the address hides. */
	return within(b, &teredo) ? teredo.name : NULL;
}

const char *address_forbidden(const struct address *address)
{
	if (!address->is_v6)
		return forbidden_v4(address->bytes);
	const char *name = forbidden_in(address->bytes, v6_blocks, COUNT_OF(v6_blocks));
	return name != NULL ? name : forbidden_inside(address->bytes);
}
