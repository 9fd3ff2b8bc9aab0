/* SPDX-License-Identifier: ISC */
#include <stdio.h>

#include "base/attr.h"
#include "base/limits.h"
#include "role/known_networks.h"
#include "unit.h"

static void names_the_network_of_an_address(void **state)
{
	(void)state;
	static const struct {
		const char *peer, *network;
	} cases[] = {
	    {"192.0.2.7", "192.0.2.0/24"}, {"2001:db8:1:2:3::4", "2001:db8:1:2::/64"}, {"127.0.0.1", ""}, {"127.8.9.1", ""},
	    {"::1", ""}, {"local", ""}, {"", ""}, {"192.0.2.7; DROP", ""},
	};
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		char text[KNOWN_NETWORK_MAX];
		assert_true(str_eq(known_networks_of(str_of(cases[i].peer), text), str_of(cases[i].network)));
	}
}

static void tells_a_door_what_keep_knows(void **state)
{
	(void)state;
	struct known_networks *keep = known_networks_new(), *door = known_networks_new();
	struct buf body;
	buf_init(&body, KIB(512));
	assert_true(known_networks_add(keep, STR("192.0.2.0/24")));
	assert_false(known_networks_add(keep, STR("192.0.2.0/24")));
	assert_true(known_networks_add(keep, STR("2001:db8::/64")));
	assert_false(known_networks_add(keep, STR("")));
	known_networks_write(keep, &body);
	assert_true(known_networks_read(door, buf_view(&body)));
	assert_true(known_networks_has(door, STR("192.0.2.0/24")) && known_networks_has(door, STR("2001:db8::/64")));
	assert_false(known_networks_has(door, STR("192.0.3.0/24")));
	assert_false(known_networks_read(door, str_upto(buf_view(&body), body.len - 1)));
	known_networks_clear(door);
	assert_false(known_networks_has(door, STR("192.0.2.0/24")));
	buf_done(&body);
	known_networks_free(&keep);
	known_networks_free(&door);
}

static void forgets_the_oldest_and_never_grows(void **state)
{
	(void)state;
	struct known_networks *known = known_networks_new();
	struct buf body;
	char name[64];
	unsigned there = 0;
	for (unsigned i = 0; i < 10 * LIMIT_KNOWN_NETWORKS; i++) {
		(void)snprintf(name, sizeof name, "10.%u.%u.0/24", i / 256, i % 256);
		assert_true(known_networks_add(known, str_of(name)));
		assert_true(known_networks_has(known, str_of(name)));
	}
	for (unsigned i = 0; i < 10 * LIMIT_KNOWN_NETWORKS; i++) {
		(void)snprintf(name, sizeof name, "10.%u.%u.0/24", i / 256, i % 256);
		there += known_networks_has(known, str_of(name));
	}
	assert_true(there <= LIMIT_KNOWN_NETWORKS && there > LIMIT_KNOWN_NETWORKS / 2);
	buf_init(&body, KIB(512)); /* what a KNOWN message may have */
	known_networks_write(known, &body);
	assert_false(body.failed);
	buf_done(&body);
	known_networks_free(&known);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names_the_network_of_an_address),
	    cmocka_unit_test(tells_a_door_what_keep_knows),
	    cmocka_unit_test(forgets_the_oldest_and_never_grows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
