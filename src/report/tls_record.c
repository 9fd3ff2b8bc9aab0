/* SPDX-License-Identifier: ISC */
#include "report/tls_record.h"

#include <assert.h>

#include "base/attr.h"
#include "base/num.h"

bool tls_record_read(struct str rdata, struct tls_record *out)
{
	if (rdata.len < 3)
		return false;
	*out = (struct tls_record){
	    .usage = (unsigned char)rdata.p[0],
	    .selector = (unsigned char)rdata.p[1],
	    .matching = (unsigned char)rdata.p[2],
	    .data = str_from(rdata, 3),
	};
	return true;
}

static int hex_value(char c)
{
	if (byte_is_digit(c))
		return c - '0';
	c = byte_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool take_number(struct str *rest, unsigned *out)
{
	uint64_t value;
	struct str s = str_trim(*rest);
	size_t len = 0;

	while (len < s.len && !byte_is_space(s.p[len]))
		len++;
	if (!num_parse_uint(str_upto(s, len), 255, &value))
		return false;
	*out = (unsigned)value;
	*rest = str_from(s, len);
	return true;
}

bool tls_record_parse(struct str text, struct arena *arena, struct tls_record *out)
{
	struct tls_record record = {0};
	struct str rest = text;
	size_t digits = 0;
	int high = 0;

	if (!take_number(&rest, &record.usage) || !take_number(&rest, &record.selector) ||
	    !take_number(&rest, &record.matching))
		return false;
	char *bytes = arena_bytes(arena, rest.len / 2 + 1);
	for (size_t i = 0; i < rest.len; i++) {
		int value = hex_value(rest.p[i]);
		if (byte_is_space(rest.p[i]))
			continue;
		if (value < 0)
			return false;
		if (digits % 2 == 1)
			bytes[digits / 2] = (char)(high << 4 | value);
		high = value;
		digits++;
	}
	if (digits == 0 || digits % 2 != 0)
		return false;
	record.data = str_make(bytes, digits / 2);
	*out = record;
	return true;
}

void tls_record_write(const struct tls_record *record, struct buf *out)
{
	buf_format(out, "%u %u %u ", record->usage, record->selector, record->matching);
	for (size_t i = 0; i < record->data.len; i++)
		buf_format(out, "%02x", (unsigned char)record->data.p[i]);
}

enum tlsa_fault tls_record_fault(const struct tls_record *record)
{
	if (record->usage > TLSA_DANE_EE)
		return TLSA_USAGE_UNKNOWN;
	if (record->selector > TLSA_SPKI)
		return TLSA_SELECTOR_UNKNOWN;
	if (record->matching > TLSA_SHA512)
		return TLSA_MATCHING_UNKNOWN;
	if (record->data.len == 0)
		return TLSA_DATA_EMPTY;
	if ((record->matching == TLSA_SHA256 && record->data.len != 32) ||
	    (record->matching == TLSA_SHA512 && record->data.len != 64))
		return TLSA_DIGEST_LENGTH;
	return record->usage < TLSA_DANE_TA ? TLSA_USAGE_PKIX : TLSA_USABLE;
}

const char *tlsa_fault_sentence(enum tlsa_fault fault)
{
	static const char *const sentences[] = {
	    "The record can be used.",
	    "Usages 0 and 1 are not for SMTP; senders may ignore the record.",
	    "The usage is not known; senders ignore the record.",
	    "The selector is not known; senders ignore the record.",
	    "The matching type is not known; senders ignore the record.",
	    "The digest has the wrong length; senders ignore the record.",
	    "The record holds no data; senders ignore it.",
	};
	assert((unsigned)fault < COUNT_OF(sentences));
	return sentences[fault];
}
