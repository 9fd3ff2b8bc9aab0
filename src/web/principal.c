/* SPDX-License-Identifier: ISC */
#include "web/principal.h"

#include "base/attr.h"
#include "base/num.h"

static const char *const right_texts[] = {
#define X(id, text) text,
    WEB_RIGHTS(X)
#undef X
};

const char *principal_right_text(enum web_right right)
{
	return right_texts[right];
}

bool principal_right_of(struct str text, enum web_right *out)
{
	for (unsigned i = 0; i < WEB_RIGHT_COUNT; i++) {
		if (str_eq(text, str_of(right_texts[i]))) {
			*out = (enum web_right)i;
			return true;
		}
	}
	return false;
}

const char *principal_by_text(enum principal_by by)
{
	static const char *const texts[] = {"nothing", "loopback", "session", "token"};

	_Static_assert(COUNT_OF(texts) == PRINCIPAL_BY_COUNT, "each has a text");
	return texts[by];
}

/* Without ":8460"; `*out_port` is absent where there is none.  False when it is no host and port. */
static bool split_port(struct str host, struct str *out_name, struct str *out_port)
{
	size_t end = host.len > 0 && host.p[0] == '[' ? str_find_byte(host, ']') + 1 : str_find_byte(host, ':');
	uint64_t port;

	if (end > host.len)
		return false;
	*out_name = str_upto(host, end);
	*out_port = STR_NONE;
	if (end == host.len)
		return end > 0;
	if (host.p[end] != ':')
		return false;
	*out_port = str_from(host, end + 1);
	return end > 0 && num_parse_uint(*out_port, 65535, &port);
}

static bool is_local_name(struct str name)
{
	return str_eq_nocase(name, STR("localhost")) || str_eq(name, STR("127.0.0.1")) || str_eq(name, STR("[::1]"));
}

bool principal_is_here(bool peer_is_local, struct str host)
{
	struct str name, port;

	return peer_is_local && split_port(host, &name, &port) && is_local_name(name);
}

static bool is_listed(struct str host, struct str name, const char *listed)
{
	struct str their_name, their_port;

	return split_port(str_of(listed), &their_name, &their_port) &&
	       str_eq_nocase(their_port.p == NULL ? name : host, str_of(listed));
}

bool principal_host_is_ours(struct str host, const char *const *hosts, size_t host_count)
{
	struct str name, port;

	if (!split_port(host, &name, &port))
		return false;
	if (is_local_name(name))
		return true;
	for (size_t i = 0; i < host_count; i++)
		if (is_listed(host, name, hosts[i]))
			return true;
	return false;
}
