/* SPDX-License-Identifier: ISC */
#include "sys/webauthn.h"

#include <cbor.h>
#include <fido.h>
#include <fido/eddsa.h>
#include <fido/es256.h>
#include <fido/rs256.h>

#include "base/limits.h"
#include "sys/digest.h"

#define FLAG_USER_PRESENT 0x01u
#define FLAG_USER_VERIFIED 0x04u
#define FLAG_ATTESTED 0x40u
#define RP_HASH_BYTES 32u
#define HEAD_BYTES 37u /* the hash, flags and counter that every authenticator data begins with */
#define ID_AT (HEAD_BYTES + 16u) /* behind the model's number: two bytes of length, the id, the key */
#define ID_BYTES_MOST 1023u

void webauthn_prepare(void)
{
	fido_init(0);
}

static const unsigned char *bytes_of(struct str s)
{
	return (const unsigned char *)s.p;
}

/* Whether every length and count that the CBOR names can be there, and all of them are named at the head (CTAP2's canonical
 * form): libcbor asks for the memory of a count before it looks for its elements. */
static bool is_sane(struct str cbor)
{
	size_t at = 0;

	while (at < cbor.len) {
		unsigned head = (unsigned char)cbor.p[at++], kind = head >> 5, low = head & 31;
		uint64_t value = low;
		if (low > 27 || kind == 6)
			return false;
		size_t n = low < 24 ? 0 : (size_t)1 << (low - 24);
		if (n > cbor.len - at)
			return false;
		for (value = n > 0 ? 0 : low; n > 0; n--)
			value = value << 8 | (unsigned char)cbor.p[at++];
		if (kind >= 2 && kind <= 5 && value > cbor.len - at)
			return false;
		at += kind == 2 || kind == 3 ? (size_t)value : 0;
	}
	return true;
}

/* --- registering --- */

/* The member `key` of a CBOR map, its strings definite; NULL where there is none or it is there twice. */
static cbor_item_t *member(const cbor_item_t *map, const char *key)
{
	struct cbor_pair *pairs = cbor_map_handle(map);
	cbor_item_t *found = NULL;

	for (size_t i = 0; i < cbor_map_size(map); i++) {
		const cbor_item_t *name = pairs[i].key;
		if (!cbor_isa_string(name) || !cbor_string_is_definite(name) ||
		    !str_eq(str_make(cbor_string_handle(name), cbor_string_length(name)), str_of(key)))
			continue;
		if (found != NULL)
			return NULL;
		found = pairs[i].value;
	}
	return found;
}

/* {"fmt": ..., "attStmt": ..., "authData": bytes}, and nothing behind it. */
static bool read_attestation(struct str attestation, struct arena *arena, struct str *out, struct err *err)
{
	struct cbor_load_result result;
	cbor_item_t *root = is_sane(attestation) ? cbor_load(bytes_of(attestation), attestation.len, &result) : NULL;

	if (root == NULL)
		return err_set(err, ERR_INPUT, "the passkey's answer is no CBOR");
	cbor_item_t *data = result.read == attestation.len && cbor_isa_map(root) ? member(root, "authData") : NULL;
	bool ok = data != NULL && cbor_isa_bytestring(data) && cbor_bytestring_is_definite(data);
	if (ok)
		*out = arena_str(arena, str_make(cbor_bytestring_handle(data), cbor_bytestring_length(data)));
	cbor_decref(&root);
	return ok || err_set(err, ERR_INPUT, "the passkey's answer holds no authenticator data");
}

static bool is_for(const char *rp_id, struct str data)
{
	unsigned char hash[DIGEST_SHA256_BYTES];

	digest_sha256(str_of(rp_id), hash);
	return data.len >= HEAD_BYTES && memcmp(data.p, hash, RP_HASH_BYTES) == 0;
}

/* The algorithm stands under 3 in the key, a COSE map: libfido2 wants to be told it. */
static bool read_algorithm(struct str data, int *out)
{
	struct cbor_load_result result;
	size_t id_len = data.len < ID_AT + 2 ? SIZE_MAX : (size_t)(unsigned char)data.p[ID_AT] << 8 | (unsigned char)data.p[ID_AT + 1];

	if (id_len == 0 || id_len > ID_BYTES_MOST || data.len <= ID_AT + 2 + id_len)
		return false;
	struct str key = str_from(data, ID_AT + 2 + id_len);
	cbor_item_t *root = is_sane(key) ? cbor_load(bytes_of(key), key.len, &result) : NULL;
	if (root == NULL)
		return false;
	bool found = false;
	struct cbor_pair *pairs = cbor_isa_map(root) ? cbor_map_handle(root) : NULL;
	for (size_t i = 0; pairs != NULL && i < cbor_map_size(root); i++) {
		if (!cbor_isa_uint(pairs[i].key) || cbor_get_int(pairs[i].key) != 3 || !cbor_isa_negint(pairs[i].value))
			continue;
		uint64_t below = cbor_get_int(pairs[i].value);
		found = below < 1000;
		*out = found ? -1 - (int)below : 0;
	}
	cbor_decref(&root);
	return found;
}

static bool take_credential(fido_cred_t *credential, struct str data, int algorithm, struct arena *arena,
                            struct webauthn_credential *out)
{
	if (fido_cred_set_type(credential, algorithm) != FIDO_OK ||
	    fido_cred_set_authdata_raw(credential, bytes_of(data), data.len) != FIDO_OK ||
	    fido_cred_id_len(credential) == 0 || fido_cred_pubkey_len(credential) == 0)
		return false;
	*out = (struct webauthn_credential){
	    .id = arena_str(arena, str_make(fido_cred_id_ptr(credential), fido_cred_id_len(credential))),
	    .public_key = arena_str(arena, str_make(fido_cred_pubkey_ptr(credential), fido_cred_pubkey_len(credential))),
	    .algorithm = algorithm,
	    .counter = fido_cred_sigcount(credential),
	};
	return true;
}

bool webauthn_register(const char *rp_id, struct str client_data, struct str attestation, struct arena *arena,
                       struct webauthn_credential *out, struct err *err)
{
	struct str data;
	int algorithm;

	if (client_data.len > WEBAUTHN_BYTES_MOST || attestation.len > WEBAUTHN_BYTES_MOST)
		return err_set(err, ERR_INPUT, "the passkey's answer is too long");
	if (!read_attestation(attestation, arena, &data, err))
		return false;
	if (!is_for(rp_id, data))
		return err_set(err, ERR_INPUT, "the passkey was made for another site");
	unsigned flags = (unsigned char)data.p[RP_HASH_BYTES];
	if ((flags & FLAG_USER_PRESENT) == 0 || (flags & FLAG_USER_VERIFIED) == 0)
		return err_set(err, ERR_INPUT, "the passkey has not verified who uses it");
	if ((flags & FLAG_ATTESTED) == 0 || !read_algorithm(data, &algorithm))
		return err_set(err, ERR_INPUT, "the passkey's answer holds no key");
	if (algorithm != WEBAUTHN_ES256 && algorithm != WEBAUTHN_EDDSA && algorithm != WEBAUTHN_RS256)
		return err_set(err, ERR_INPUT, "the passkey has a key of a kind that is not taken");
	fido_cred_t *credential = fido_cred_new();
	bool ok = credential != NULL && take_credential(credential, data, algorithm, arena, out);
	fido_cred_free(&credential);
	return ok || err_set(err, ERR_INPUT, "the passkey's key cannot be read");
}

/* --- signing in --- */

static int verify_es256(const fido_assert_t *assertion, struct str key)
{
	es256_pk_t *pk = es256_pk_new();
	int code = pk == NULL || es256_pk_from_ptr(pk, key.p, key.len) != FIDO_OK
	               ? FIDO_ERR_INVALID_ARGUMENT
	               : fido_assert_verify(assertion, 0, COSE_ES256, pk);
	es256_pk_free(&pk);
	return code;
}

static int verify_eddsa(const fido_assert_t *assertion, struct str key)
{
	eddsa_pk_t *pk = eddsa_pk_new();
	int code = pk == NULL || eddsa_pk_from_ptr(pk, key.p, key.len) != FIDO_OK
	               ? FIDO_ERR_INVALID_ARGUMENT
	               : fido_assert_verify(assertion, 0, COSE_EDDSA, pk);
	eddsa_pk_free(&pk);
	return code;
}

static int verify_rs256(const fido_assert_t *assertion, struct str key)
{
	rs256_pk_t *pk = rs256_pk_new();
	int code = pk == NULL || rs256_pk_from_ptr(pk, key.p, key.len) != FIDO_OK
	               ? FIDO_ERR_INVALID_ARGUMENT
	               : fido_assert_verify(assertion, 0, COSE_RS256, pk);
	rs256_pk_free(&pk);
	return code;
}

static bool fill_assertion(fido_assert_t *assertion, const char *rp_id, struct str client_data,
                           struct str authenticator_data, struct str signature)
{
	unsigned char hash[DIGEST_SHA256_BYTES];

	digest_sha256(client_data, hash);
	return fido_assert_set_clientdata_hash(assertion, hash, sizeof hash) == FIDO_OK &&
	       fido_assert_set_rp(assertion, rp_id) == FIDO_OK && fido_assert_set_count(assertion, 1) == FIDO_OK &&
	       fido_assert_set_authdata_raw(assertion, 0, bytes_of(authenticator_data), authenticator_data.len) == FIDO_OK &&
	       fido_assert_set_up(assertion, FIDO_OPT_TRUE) == FIDO_OK &&
	       fido_assert_set_uv(assertion, FIDO_OPT_TRUE) == FIDO_OK &&
	       fido_assert_set_sig(assertion, 0, bytes_of(signature), signature.len) == FIDO_OK;
}

bool webauthn_verify(const char *rp_id, const struct webauthn_credential *credential, struct str client_data,
                     struct str authenticator_data, struct str signature, uint32_t *out_counter, struct err *err)
{
	if (client_data.len > WEBAUTHN_BYTES_MOST || authenticator_data.len > WEBAUTHN_BYTES_MOST ||
	    signature.len > WEBAUTHN_BYTES_MOST || authenticator_data.len < HEAD_BYTES || signature.len == 0 ||
	    !is_sane(str_from(authenticator_data, HEAD_BYTES)))
		return err_set(err, ERR_DENIED, "the passkey's answer makes no sense");
	fido_assert_t *assertion = fido_assert_new();
	bool ok = assertion != NULL && fill_assertion(assertion, rp_id, client_data, authenticator_data, signature);
	if (ok)
		ok = (credential->algorithm == WEBAUTHN_ES256   ? verify_es256(assertion, credential->public_key)
		      : credential->algorithm == WEBAUTHN_EDDSA ? verify_eddsa(assertion, credential->public_key)
		      : credential->algorithm == WEBAUTHN_RS256 ? verify_rs256(assertion, credential->public_key)
		                                                : FIDO_ERR_UNSUPPORTED_ALGORITHM) == FIDO_OK;
	if (ok)
		*out_counter = fido_assert_sigcount(assertion, 0);
	fido_assert_free(&assertion);
	return ok || err_set(err, ERR_DENIED, "the passkey's signature does not hold");
}
