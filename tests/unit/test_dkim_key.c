/* SPDX-License-Identifier: ISC */
/* Key records bent out of shape: whatever stands in the DNS of a stranger is read or refused.  The sanitizers watch. */
#include "base/attr.h"
#include "trust/dkim_key.h"
#include "unit.h"

#define RSA_1024 \
	"MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC1dwZKgROsnOnflmrcpM/Wu3bUxSm0X5TJcx9ZByQlu5oz4HBoJ5h8greGhFbR" \
	"HGOmG0b30Qg9ZM5lrhN740N7IP1L2aftKkh2Yr5yW6vhqQEi6LJmMsCuorwxHpuL3tOvMLJhNTlCNuujp5BkHWCjXyUqoKK2ASt1" \
	"GD1VOh/6wwIDAQAB"
#define ED25519 \
	"IH0T7xPNtOqTIp+zau+urcbH2VigKw+sqO1cJOz/BTE="

static uint32_t seed = 1;

static uint32_t next_number(uint32_t below)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % below;
}

/* Bytes changed, cut out, doubled, at places that a small generator chooses, so that a failure comes again. */
static size_t bend(char *text, size_t len, size_t room)
{
	static const char odd[] = ";=: \t\r\n\0\xffvkpsth*AQg/+09";
	for (uint32_t n = next_number(6); n > 0 && len > 4; n--) {
		size_t at = next_number((uint32_t)len);
		size_t some = 1 + next_number(12);
		if (at + some > len)
			some = len - at;
		switch (next_number(4)) {
		case 0: text[at] = odd[next_number(sizeof odd - 1)]; break;
		case 1: text[at] = (char)(unsigned char)next_number(256); break;
		case 2:
			memmove(text + at, text + at + some, len - at - some);
			len -= some;
			break;
		default:
			if (len + some > room)
				break;
			memmove(text + at + some, text + at, len - at);
			len += some;
			break;
		}
	}
	return len;
}

static void check_key(const struct dkim_key *key)
{
	if (key->is_revoked || key->type == DKIM_KEY_OTHER)
		return;
	if (key->type == DKIM_KEY_ED25519) {
		assert_int_equal(key->point.len, 32);
		return;
	}
	/* What goes on to the arithmetic is what it says it is. */
	assert_true(key->modulus.len > 0 && key->modulus.p[0] != 0);
	assert_true((key->modulus.p[key->modulus.len - 1] & 1) != 0 && (key->exponent.p[key->exponent.len - 1] & 1) != 0);
	assert_in_range(key->bits, key->modulus.len * 8 - 7, key->modulus.len * 8);
	assert_true(key->exponent.len <= 8);
}

static void bent_key_records_are_read_or_refused(void **state)
{
	(void)state;
	static const char *const records[] = {
	    ("v=DKIM1; k=rsa; s=email:tlsrpt; t=y:s; h=sha256; n=note; p=" RSA_1024),
	    ("p=" RSA_1024 ";"),
	    "v=DKIM1; k=ed25519; p=" ED25519,
	    "v=DKIM1; p=",
	};
	struct arena arena;
	unsigned read = 0, refused = 0;

	arena_init(&arena, 1024 * 1024);
	for (unsigned round = 0; round < 200000; round++) {
		char text[1024];
		const char *record = records[round % COUNT_OF(records)];
		size_t len = strlen(record);
		memcpy(text, record, len);
		len = bend(text, len, sizeof text);
		char *exact = test_malloc(len + 1);
		memcpy(exact, text, len);
		struct dkim_key key = {0};
		const char *reason = NULL;
		bool ok = dkim_key_read(str_make(exact, len), &arena, &key, &reason);
		(void)dkim_key_is_meant(str_make(exact, len));
		if (ok)
			check_key(&key);
		else
			assert_non_null(reason);
		read += ok;
		refused += !ok;
		test_free(exact);
		arena_clear(&arena);
	}
	assert_true(read > 10000 && refused > 10000);
	arena_done(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(bent_key_records_are_read_or_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
