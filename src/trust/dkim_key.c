/* SPDX-License-Identifier: ISC */
#include "trust/dkim_key.h"

#include "base/base64.h"
#include "base/limits.h"

#define KEY_BYTES_MAX KIB(16)
#define EXPONENT_BYTES_MAX 8u

enum tag { TAG_V, TAG_K, TAG_P, TAG_S, TAG_T, TAG_H, TAG_COUNT };
static const char tag_letters[TAG_COUNT] = {'v', 'k', 'p', 's', 't', 'h'};

struct tags {
	struct str values[TAG_COUNT];
	bool v_is_first;
};

static bool is_tag_name(struct str name)
{
	for (size_t i = 0; i < name.len; i++) {
		if (!byte_is_alpha(name.p[i]) && name.p[i] != '_' && (i == 0 || !byte_is_digit(name.p[i])))
			return false;
	}
	return name.len > 0;
}

static bool is_value(struct str value)
{
	for (size_t i = 0; i < value.len; i++) {
		char c = value.p[i];
		if ((c < 0x21 || c > 0x7e) && !byte_is_space(c))
			return false;
	}
	return true;
}

/* The tag-list of RFC 6376 3.2.  A tag that stands twice makes all of it invalid. */
static bool read_tags(struct str record, struct tags *out)
{
	unsigned index = 0;

	*out = (struct tags){0};
	for (struct str rest = record; rest.p != NULL; index++) {
		struct str spec = str_trim(str_cut(&rest, ';'));
		if (spec.len == 0 && str_trim(rest).len == 0)
			return true;
		struct str value = spec;
		struct str name = str_trim(str_cut(&value, '='));
		if (value.p == NULL || !is_tag_name(name) || !is_value(value))
			return false;
		for (unsigned tag = 0; tag < TAG_COUNT && name.len == 1; tag++) {
			if (tag_letters[tag] != name.p[0])
				continue;
			if (out->values[tag].p != NULL)
				return false;
			out->values[tag] = str_trim(value);
			if (tag == TAG_V)
				out->v_is_first = index == 0;
		}
	}
	return true;
}

bool dkim_key_is_meant(struct str record)
{
	struct tags tags;

	if (!read_tags(record, &tags))
		return str_starts_with(str_trim(record), STR("v=DKIM1"));
	if (tags.values[TAG_V].p != NULL)
		return str_eq(tags.values[TAG_V], STR("DKIM1"));
	return tags.values[TAG_P].p != NULL;
}

static bool list_has(struct str list, struct str word)
{
	while (list.p != NULL) {
		if (str_eq_nocase(str_trim(str_cut(&list, ':')), word))
			return true;
	}
	return false;
}

/* --- DER: a cursor over definite lengths --- */

static bool der_take(struct str *rest, unsigned tag, struct str *out)
{
	if (rest->len < 2 || (unsigned char)rest->p[0] != tag)
		return false;
	size_t len = (unsigned char)rest->p[1], used = 2;
	if (len >= 0x80) {
		size_t more = len - 0x80;
		if (more == 0 || more > 3 || rest->len < 2 + more)
			return false;
		len = 0;
		for (size_t i = 0; i < more; i++)
			len = len << 8 | (unsigned char)rest->p[used++];
	}
	if (len > rest->len - used)
		return false;
	*out = str_make(rest->p + used, len);
	*rest = str_from(*rest, used + len);
	return true;
}

/* A positive number without its leading zeros. */
static bool der_number(struct str *rest, struct str *out)
{
	struct str number;

	if (!der_take(rest, 0x02, &number) || number.len == 0 || ((unsigned char)number.p[0] & 0x80) != 0)
		return false;
	while (number.len > 0 && number.p[0] == 0)
		number = str_from(number, 1);
	*out = number;
	return number.len > 0;
}

static const char rsa_oid[] = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
static const char ed25519_oid[] = "\x2b\x65\x70";

/* The bits of a SubjectPublicKeyInfo (RFC 5280 4.1.2.7) of the given algorithm. */
static bool der_public_key(struct str bytes, struct str oid, struct str *out)
{
	struct str sequence, algorithm, found, bits;

	if (!der_take(&bytes, 0x30, &sequence) || !der_take(&sequence, 0x30, &algorithm) ||
	    !der_take(&algorithm, 0x06, &found) || !str_eq(found, oid) || !der_take(&sequence, 0x03, &bits) ||
	    bits.len < 1 || bits.p[0] != 0)
		return false;
	*out = str_from(bits, 1);
	return true;
}

static unsigned bit_length(struct str number)
{
	unsigned top = (unsigned char)number.p[0], bits = 0;

	while (top > 0) {
		bits++;
		top >>= 1;
	}
	return bits + (unsigned)(number.len - 1) * 8;
}

static bool number_is_odd(struct str number)
{
	return ((unsigned char)number.p[number.len - 1] & 1) != 0;
}

/* SubjectPublicKeyInfo, or the bare RSAPublicKey of RFC 8017 that RFC 6376 3.6.1 names and some publish. */
static bool read_rsa(struct str bytes, struct dkim_key *key, const char **out_reason)
{
	struct str inner = bytes, sequence;

	(void)der_public_key(bytes, str_make(rsa_oid, sizeof rsa_oid - 1), &inner);
	if (!der_take(&inner, 0x30, &sequence) || !der_number(&sequence, &key->modulus) ||
	    !der_number(&sequence, &key->exponent)) {
		*out_reason = "the key record holds no RSA key";
		return false;
	}
	key->bits = bit_length(key->modulus);
	bool is_one = key->exponent.len == 1 && key->exponent.p[0] == 1;
	if (key->exponent.len > EXPONENT_BYTES_MAX || is_one || !number_is_odd(key->exponent) ||
	    !number_is_odd(key->modulus)) {
		*out_reason = "the RSA key has numbers that no key has";
		return false;
	}
	return true;
}

/* The 32 bytes as they are (RFC 8463 section 4), or in the SubjectPublicKeyInfo that some tools publish. */
static bool read_ed25519(struct str bytes, struct dkim_key *key, const char **out_reason)
{
	struct str point = bytes;

	if (bytes.len != 32)
		(void)der_public_key(bytes, str_make(ed25519_oid, sizeof ed25519_oid - 1), &point);
	if (point.len != 32) {
		*out_reason = "the key record holds no Ed25519 key";
		return false;
	}
	key->point = point;
	return true;
}

static bool read_key(struct str p, struct dkim_key *key, struct arena *arena, const char **out_reason)
{
	struct buf decoded;

	if (p.len == 0) {
		key->is_revoked = true;
		return true;
	}
	buf_init(&decoded, KEY_BYTES_MAX);
	bool ok = base64_decode(p, &decoded);
	struct str bytes = ok ? arena_str(arena, buf_view(&decoded)) : STR_NONE;
	buf_done(&decoded);
	if (!ok || bytes.len == 0) {
		*out_reason = "the key in the key record is not Base64";
		return false;
	}
	switch (key->type) {
	case DKIM_KEY_RSA: return read_rsa(bytes, key, out_reason);
	case DKIM_KEY_ED25519: return read_ed25519(bytes, key, out_reason);
	case DKIM_KEY_OTHER: break;
	}
	return true;
}

static enum dkim_key_type key_type(struct str k)
{
	if (k.p == NULL || str_eq_nocase(k, STR("rsa")))
		return DKIM_KEY_RSA;
	return str_eq_nocase(k, STR("ed25519")) ? DKIM_KEY_ED25519 : DKIM_KEY_OTHER;
}

bool dkim_key_read(struct str record, struct arena *arena, struct dkim_key *out, const char **out_reason)
{
	struct tags tags;

	if (record.len > KEY_BYTES_MAX || !read_tags(record, &tags)) {
		*out_reason = "the key record breaks its form";
		return false;
	}
	/* RFC 6376 3.6.1: v= must be the first tag, and "DKIM1". */
	if (tags.values[TAG_V].p != NULL && (!tags.v_is_first || !str_eq(tags.values[TAG_V], STR("DKIM1")))) {
		*out_reason = "the key record is of another version than DKIM1";
		return false;
	}
	if (tags.values[TAG_P].p == NULL) {
		*out_reason = "the key record holds no key";
		return false;
	}
	struct dkim_key key = {
	    .type = key_type(tags.values[TAG_K]),
	    .is_testing = list_has(tags.values[TAG_T], STR("y")),
	    .is_strict = list_has(tags.values[TAG_T], STR("s")),
	    .allows_sha256 = tags.values[TAG_H].p == NULL || list_has(tags.values[TAG_H], STR("sha256")),
	    .allows_tlsrpt = tags.values[TAG_S].p == NULL || list_has(tags.values[TAG_S], STR("tlsrpt")) ||
	                     list_has(tags.values[TAG_S], STR("*")),
	};
	if (!read_key(tags.values[TAG_P], &key, arena, out_reason))
		return false;
	*out = key;
	return true;
}
