/* SPDX-License-Identifier: ISC */
#include "base/attr.h"
#include "base/limits.h"
#include "report/tls_record.h"
#include "sys/address.h"
#include "unit.h"

static void no_packet_goes_to_a_special_address_in_any_form(void **state)
{
	(void)state;
	static const char *const forbidden[] = {
	    "0.0.0.0", "0.1.2.3", "10.0.0.0", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.1.2.3",
	    "127.255.255.255", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1",
	    "192.168.0.1", "192.168.255.255", "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1",
	    "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "::1", "::127.0.0.1", "::10.0.0.1", "::ffff:127.0.0.1",
	    "::ffff:10.0.0.1", "::ffff:192.168.1.1", "::ffff:169.254.169.254", "::ffff:0:10.0.0.1", "64:ff9b::a00:1",
	    "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::1", "2002:c0a8:101::", "2001::1",
	    "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:db8::1", "2001:2::1", "2001:10::1", "2001:20::1", "100::1",
	    "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "febf::1", "fec0::1", "ff02::1", "ff0e::1",
	};
	static const char *const allowed[] = {
	    "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
	    "169.253.255.255", "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0", "198.17.255.255",
	    "198.20.0.0", "223.255.255.255", "2001:4860:4860::8888", "2a00:1450:4864:20::12d", "64:ff9b::808:808",
	    "::ffff:8.8.8.8", "2002:808:808::1", "2606:4700::1111",
	};
	struct address address;

	for (size_t i = 0; i < COUNT_OF(forbidden); i++) {
		assert_true(address_parse(str_of(forbidden[i]), &address));
		if (address_forbidden(&address) == NULL)
			fail_msg("%s would be connected to", forbidden[i]);
	}
	for (size_t i = 0; i < COUNT_OF(allowed); i++) {
		assert_true(address_parse(str_of(allowed[i]), &address));
		if (address_forbidden(&address) != NULL)
			fail_msg("%s is %s", allowed[i], address_forbidden(&address));
	}
}

static void only_plain_addresses_are_addresses(void **state)
{
	(void)state;
	static const char *const bad[] = {"", "127.1", "0x7f000001", "2130706433", "0177.0.0.1", "1.2.3", "1.2.3.4.5",
	                                  "256.1.1.1", "1.2.3.4 ", " 1.2.3.4", "fe80::1%eth0", "[::1]", "1.2.3.4/24", ":::1",
	                                  "localhost", "::ffff:1.2.3", "12345::", "1:2:3:4:5:6:7:8:9"};
	struct address address;
	char text[ADDRESS_TEXT_MAX + 4];

	for (size_t i = 0; i < COUNT_OF(bad); i++)
		if (address_parse(str_of(bad[i]), &address))
			fail_msg("\"%s\" was read", bad[i]);
	assert_true(address_parse(STR("2001:0DB8:0:0:1:0:0:1"), &address));
	assert_str(address_format(&address, text), "2001:db8::1:0:0:1");
	assert_str(address_network(&address, text), "2001:db8::/64");
	assert_true(address_parse(STR("192.0.2.77"), &address));
	assert_str(address_network(&address, text), "192.0.2.0/24");
}

static void tlsa_records_are_parsed_and_judged(void **state)
{
	(void)state;
	static const char digest[] = "0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcdef";
	static const struct {
		const char *head;
		size_t digits;
		bool parses;
		enum tlsa_fault fault;
	} cases[] = {
	    {"3 1 1 ", 64, true, TLSA_USABLE},           {"2 0 1 ", 64, true, TLSA_USABLE},
	    {"3 1 2 ", 64, true, TLSA_DIGEST_LENGTH},    {"3 1 1 ", 62, true, TLSA_DIGEST_LENGTH},
	    {"3 1 0 ", 20, true, TLSA_USABLE},           {"0 0 1 ", 64, true, TLSA_USAGE_PKIX},
	    {"1 1 1 ", 64, true, TLSA_USAGE_PKIX},       {"4 1 1 ", 64, true, TLSA_USAGE_UNKNOWN},
	    {"3 2 1 ", 64, true, TLSA_SELECTOR_UNKNOWN}, {"3 1 3 ", 64, true, TLSA_MATCHING_UNKNOWN},
	    {"3 1 1 ", 63, false, TLSA_USABLE},          {"3 1 ", 64, false, TLSA_USABLE},
	    {"3 1 1 xx", 64, false, TLSA_USABLE},        {"256 1 1 ", 64, false, TLSA_USABLE},
	    {"3 1 1", 0, false, TLSA_USABLE},
	};
	struct arena arena;

	arena_init(&arena, MIB(1));
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct tls_record record;
		char *text = arena_format(&arena, "%s%.*s", cases[i].head, (int)cases[i].digits, digest);
		if (tls_record_parse(str_of(text), &arena, &record) != cases[i].parses)
			fail_msg("%s", text);
		if (cases[i].parses)
			assert_int_equal(tls_record_fault(&record), cases[i].fault);
	}
	struct tls_record record;
	struct buf out;
	buf_init(&out, KIB(1));
	assert_false(tls_record_read(STR("\x03\x01"), &record));
	assert_true(tls_record_read(STR("\x03\x01\x01\xab\x0c"), &record));
	tls_record_write(&record, &out);
	assert_str(buf_view(&out), "3 1 1 ab0c");
	buf_done(&out);
	arena_done(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(no_packet_goes_to_a_special_address_in_any_form),
	    cmocka_unit_test(only_plain_addresses_are_addresses),
	    cmocka_unit_test(tlsa_records_are_parsed_and_judged),
	};
	return cmocka_run_group_tests_name("address", tests, NULL, NULL);
}
