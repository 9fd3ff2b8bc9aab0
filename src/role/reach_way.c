/* SPDX-License-Identifier: ISC */
#include "role/reach_way.h"

#include <string.h>

static void add_address(struct courier_way *way, const struct address *address)
{
	if (way->address_count == sizeof way->addresses / sizeof way->addresses[0])
		return;
	/* An address where nobody may go is no reason to leave out those where one may. */
	if (way->may_be_local || address_forbidden(address) == NULL)
		way->addresses[way->address_count++] = *address;
}

static bool ask_addresses(struct resolve *resolve, const char *host, struct arena *arena, struct courier_way *way,
                          size_t *out_found)
{
	static const enum resolve_type types[] = {RESOLVE_AAAA, RESOLVE_A};
	bool may_pass = false;

	for (size_t t = 0; t < 2; t++) {
		struct resolve_answer answer;
		resolve_ask(resolve, str_of(host), types[t], resolve_deadline(resolve), arena, &answer);
		may_pass = may_pass || resolve_may_pass(answer.outcome);
		for (size_t i = 0; answer.outcome == RESOLVE_ANSWER && i < answer.count; i++) {
			struct address address;
			if (!address_parse(answer.records[i].text, &address))
				continue;
			++*out_found;
			add_address(way, &address);
		}
	}
	return !may_pass || *out_found > 0;
}

bool reach_way_find(struct resolve *resolve, const char *host, struct arena *arena, struct courier_way *way, struct err *err)
{
	static const char *const loopback[] = {"::1", "127.0.0.1"};
	struct address address;
	size_t found = 0;

	if (address_parse(str_of(host), &address)) {
		found = 1;
		add_address(way, &address);
	} else if (strcmp(host, "localhost") == 0) {
		for (size_t i = 0; i < 2; i++, found++)
			if (address_parse(str_of(loopback[i]), &address))
				add_address(way, &address);
	} else if (!ask_addresses(resolve, host, arena, way, &found)) {
		return err_set(err, ERR_LATER, "the DNS gives no address of %s now", host);
	}
	if (way->address_count > 0)
		return true;
	if (found == 0)
		return err_set(err, ERR_LATER, "%s has no address", host);
	return err_set(err, ERR_DENIED, "%s is at a private address", host);
}

const char *reach_way_failure(enum courier_result result)
{
	switch (result) {
	case COURIER_FORBIDDEN: return "the address is private";
	case COURIER_CONNECT: return "the connection is refused, or there is no way there";
	case COURIER_TLS: return "TLS failed, or the certificate is not accepted";
	case COURIER_LOGIN: return "name and password are not accepted";
	case COURIER_REFUSED: return "refused";
	case COURIER_TIMEOUT: return "no answer in time";
	case COURIER_BROKEN: return "no proper answer";
	case COURIER_OK: break;
	}
	return "done";
}
