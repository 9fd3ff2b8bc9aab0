/* SPDX-License-Identifier: ISC */
#include "decode/oidc_read.h"

#include "base/attr.h"
#include "base/base64.h"
#include "base/limits.h"
#include "decode/json_in.h"

#define DEPTH 12
#define NODES 20000
#define MEMORY_BYTES MIB(4)
#define URL_BYTES 2000
#define TEXT_BYTES KIB(8)
#define AUDIENCES 32
#define MEMBERS 256 /* of an object that is looked at */

/* --- objects --- */

/* What is taken of an object: the place of each member by its name. */
struct wish {
	const char *name;
	struct json_value value;
	bool is_there;
};

static bool parse(struct json_parser *parser, struct str text, struct arena *arena, struct json_value *out)
{
	static const struct json_limits limits = {.depth = DEPTH, .nodes = NODES, .memory_bytes = MEMORY_BYTES};
	struct json_notes notes;
	struct json_fault fault;

	return text.len <= OIDC_TOKEN_BYTES && json_parse(parser, text, &limits, arena, out, &notes, &fault) &&
	       json_kind(*out) == JSON_OBJECT;
}

/* A member that stands twice may mean two things: RFC 7515 section 4 has it refused. */
static bool take(struct json_value object, struct wish *wishes, size_t count)
{
	struct json_walk walk = json_walk(object);

	if (json_count(object) > MEMBERS)
		return false;
	while (json_next(&walk)) {
		for (size_t i = 0; i < count; i++) {
			if (wishes[i].name == NULL || !str_eq(walk.name, str_of(wishes[i].name)))
				continue;
			if (wishes[i].is_there)
				return false;
			wishes[i].is_there = true;
			wishes[i].value = walk.value;
		}
	}
	return true;
}

/* Absent where it is not there; false where it is something else than a text of at most `most` bytes. */
static bool text_of(const struct wish *wish, size_t most, struct str *out)
{
	*out = STR_NONE;
	if (!wish->is_there || json_kind(wish->value) == JSON_NULL)
		return true;
	if (json_kind(wish->value) != JSON_STRING)
		return false;
	*out = json_text(wish->value);
	return out->len <= most && str_find_byte(*out, '\0') == out->len;
}

static bool texts_of(const struct wish *wish, size_t most, size_t most_count, struct arena *arena, struct str_list *out)
{
	struct json_walk walk = json_walk(wish->value);
	size_t count = 0;

	*out = (struct str_list){0};
	if (json_count(wish->value) > most_count)
		return false;
	out->items = ARENA_ARRAY(arena, json_count(wish->value) + 1, struct str);
	while (json_next(&walk)) {
		struct wish item = {.value = walk.value, .is_there = true};
		if (json_kind(walk.value) != JSON_STRING || !text_of(&item, most, &out->items[count++]))
			return false;
	}
	out->count = count;
	return true;
}

/* One text, or a list of texts. */
static bool some_texts_of(const struct wish *wish, size_t most, size_t most_count, struct arena *arena, struct str_list *out)
{
	*out = (struct str_list){0};
	if (!wish->is_there || json_kind(wish->value) == JSON_NULL)
		return true;
	if (json_kind(wish->value) == JSON_LIST)
		return texts_of(wish, most, most_count, arena, out);
	out->items = ARENA_NEW(arena, struct str);
	out->count = 1;
	return text_of(wish, most, &out->items[0]);
}

static bool has_text(const struct wish *wish, struct str text)
{
	struct json_walk walk = wish->is_there ? json_walk(wish->value) : (struct json_walk){0};

	while (json_next(&walk))
		if (json_kind(walk.value) == JSON_STRING && str_eq(json_text(walk.value), text))
			return true;
	return false;
}

/* NumericDate (RFC 7519 section 2): seconds, maybe with a fraction. */
static bool time_of(const struct wish *wish, instant *out)
{
	struct json_number number;

	*out = INSTANT_NONE;
	if (!wish->is_there)
		return true;
	if (json_kind(wish->value) != JSON_NUMBER)
		return false;
	number = json_number(wish->value);
	if (number.kind == JSON_NUMBER_UINT && number.uint < (uint64_t)1 << 40)
		*out = (instant)number.uint;
	else if (number.kind == JSON_NUMBER_REAL && number.real >= 0 && number.real < 1e12)
		*out = (instant)number.real;
	return *out != INSTANT_NONE;
}

static bool bytes_of(struct str text, size_t most, struct arena *arena, struct str *out)
{
	struct buf bytes;

	buf_init(&bytes, most + 1);
	bool ok = text.p != NULL && base64_url_decode(text, &bytes) && bytes.len > 0 && bytes.len <= most;
	if (ok)
		*out = arena_str(arena, buf_view(&bytes));
	buf_done(&bytes);
	return ok;
}

/* --- what a provider says of itself --- */

bool oidc_read_provider(struct str json, struct arena *arena, struct oidc_provider *out)
{
	struct wish wishes[] = {{.name = "issuer"}, {.name = "authorization_endpoint"}, {.name = "token_endpoint"},
	                        {.name = "jwks_uri"}, {.name = "authorization_response_iss_parameter_supported"},
	                        {.name = "token_endpoint_auth_methods_supported"}};
	struct json_parser *parser = json_parser_new();
	struct oidc_provider provider = {0};
	struct json_value root;

	bool ok = parse(parser, json, arena, &root) && take(root, wishes, COUNT_OF(wishes)) &&
	          text_of(&wishes[0], URL_BYTES, &provider.issuer) && text_of(&wishes[1], URL_BYTES, &provider.authorization) &&
	          text_of(&wishes[2], URL_BYTES, &provider.token) && text_of(&wishes[3], URL_BYTES, &provider.keys);
	if (ok) {
		const struct wish *methods = &wishes[5];
		provider.sends_issuer = wishes[4].is_there && json_kind(wishes[4].value) == JSON_BOOL && json_bool(wishes[4].value);
		/* Discovery section 3: without a word it is basic. */
		provider.takes_basic = !methods->is_there || has_text(methods, STR("client_secret_basic"));
		provider.takes_post = has_text(methods, STR("client_secret_post"));
		*out = provider;
	}
	json_parser_free(&parser);
	return ok;
}

static bool read_key(struct json_value value, struct arena *arena, struct oidc_key *out, bool *out_is_good)
{
	enum { KTY, KID, ALG, USE, CRV, N, E, X, Y, COUNT };
	struct wish wishes[COUNT] = {[KTY] = {.name = "kty"}, [KID] = {.name = "kid"}, [ALG] = {.name = "alg"},
	                             [USE] = {.name = "use"}, [CRV] = {.name = "crv"}, [N] = {.name = "n"},
	                             [E] = {.name = "e"},     [X] = {.name = "x"},     [Y] = {.name = "y"}};
	struct str texts[COUNT];
	struct oidc_key key = {0};

	if (json_kind(value) != JSON_OBJECT || !take(value, wishes, COUNT))
		return false;
	for (size_t i = 0; i < COUNT; i++)
		if (!text_of(&wishes[i], TEXT_BYTES, &texts[i]))
			return false;
	key.id = texts[KID];
	key.algorithm = texts[ALG];
	bool is_good = texts[USE].p == NULL || str_eq(texts[USE], STR("sig"));
	if (str_eq(texts[KTY], STR("RSA"))) {
		key.kind = OIDC_KEY_RSA;
		is_good = is_good && bytes_of(texts[N], KIB(1), arena, &key.a) && bytes_of(texts[E], 8, arena, &key.b);
	} else if (str_eq(texts[KTY], STR("EC")) && str_eq(texts[CRV], STR("P-256"))) {
		key.kind = OIDC_KEY_P256;
		is_good = is_good && bytes_of(texts[X], 32, arena, &key.a) && bytes_of(texts[Y], 32, arena, &key.b);
	} else if (str_eq(texts[KTY], STR("OKP")) && str_eq(texts[CRV], STR("Ed25519"))) {
		key.kind = OIDC_KEY_ED25519;
		is_good = is_good && bytes_of(texts[X], 32, arena, &key.a);
	} else {
		is_good = false;
	}
	*out = key;
	*out_is_good = is_good;
	return true;
}

bool oidc_read_keys(struct str json, struct arena *arena, struct oidc_keys *out)
{
	struct wish wish = {.name = "keys"};
	struct json_parser *parser = json_parser_new();
	struct oidc_keys keys = {0};
	struct json_value root;

	bool ok = parse(parser, json, arena, &root) && take(root, &wish, 1) && wish.is_there && json_kind(wish.value) == JSON_LIST &&
	          json_count(wish.value) <= OIDC_READ_KEYS;
	if (ok) {
		struct json_walk walk = json_walk(wish.value);
		keys.items = ARENA_ARRAY(arena, json_count(wish.value) + 1, struct oidc_key);
		while (ok && json_next(&walk)) {
			bool is_good = false;
			ok = read_key(walk.value, arena, &keys.items[keys.count], &is_good);
			keys.count += is_good;
		}
	}
	if (ok)
		*out = keys;
	json_parser_free(&parser);
	return ok;
}

bool oidc_read_answer(struct str json, struct arena *arena, struct oidc_answer *out)
{
	struct wish wishes[] = {{.name = "id_token"}, {.name = "access_token"}, {.name = "error"}};
	struct json_parser *parser = json_parser_new();
	struct oidc_answer answer = {0};
	struct json_value root;

	bool ok = parse(parser, json, arena, &root) && take(root, wishes, COUNT_OF(wishes)) &&
	          text_of(&wishes[0], OIDC_TOKEN_BYTES, &answer.id_token) &&
	          text_of(&wishes[1], OIDC_TOKEN_BYTES, &answer.access_token) && text_of(&wishes[2], URL_BYTES, &answer.error);
	if (ok)
		*out = answer;
	json_parser_free(&parser);
	return ok;
}

/* --- a token --- */

static enum oidc_problem read_header(struct json_parser *parser, struct str json, struct arena *arena, struct oidc_token *out)
{
	struct wish wishes[] = {{.name = "alg"}, {.name = "kid"}, {.name = "crit"}, {.name = "b64"}};
	struct json_value root;
	struct str algorithm;

	if (!parse(parser, json, arena, &root) || !take(root, wishes, COUNT_OF(wishes)) ||
	    !text_of(&wishes[0], 100, &algorithm) || !text_of(&wishes[1], TEXT_BYTES, &out->key_id))
		return OIDC_TOKEN_MALFORMED;
	/* RFC 7515 4.1.11: what must be understood and is not; none of it is here. */
	if (wishes[2].is_there || wishes[3].is_there)
		return OIDC_TOKEN_MALFORMED;
	return oidc_algorithm_of(algorithm, &out->algorithm) ? OIDC_NONE : OIDC_TOKEN_ALGORITHM;
}

/* Azure and others say where a long list is, in place of it (OpenID Connect Core 1.0, section 5.6.2). */
static bool is_elsewhere(const struct wish *names, struct str groups)
{
	struct json_walk walk = names->is_there ? json_walk(names->value) : (struct json_walk){0};

	while (json_next(&walk))
		if (groups.p != NULL && str_eq(walk.name, groups))
			return true;
	return false;
}

static bool read_claims(struct json_value root, struct str groups, struct arena *arena, struct oidc_token *out)
{
	enum { ISS, SUB, NONCE, AT_HASH, AZP, USERNAME, NAME, MAIL, TEXTS, AUD = TEXTS, EXP, IAT, NBF, ELSEWHERE, GROUPS, COUNT };
	struct wish wishes[COUNT] = {[ISS] = {.name = "iss"},       [SUB] = {.name = "sub"},
	                             [NONCE] = {.name = "nonce"},   [AT_HASH] = {.name = "at_hash"},
	                             [AZP] = {.name = "azp"},       [USERNAME] = {.name = "preferred_username"},
	                             [NAME] = {.name = "name"},     [MAIL] = {.name = "email"},
	                             [AUD] = {.name = "aud"},       [EXP] = {.name = "exp"},
	                             [IAT] = {.name = "iat"},       [NBF] = {.name = "nbf"},
	                             [ELSEWHERE] = {.name = "_claim_names"},
	                             [GROUPS] = {.name = groups.p == NULL ? NULL : arena_text(arena, groups)}};
	struct str *const texts[TEXTS] = {&out->issuer, &out->subject, &out->nonce, &out->access_hash,
	                                  &out->party, &out->username, &out->full_name, &out->mail};

	if (!take(root, wishes, COUNT))
		return false;
	for (size_t i = 0; i < TEXTS; i++)
		if (!text_of(&wishes[i], TEXT_BYTES, texts[i]))
			return false;
	out->groups_elsewhere = !wishes[GROUPS].is_there && is_elsewhere(&wishes[ELSEWHERE], groups);
	return out->issuer.len > 0 && out->subject.len > 0 && out->subject.len <= OIDC_SUBJECT_BYTES &&
	       some_texts_of(&wishes[AUD], URL_BYTES, AUDIENCES, arena, &out->audience) &&
	       some_texts_of(&wishes[GROUPS], OIDC_GROUP_BYTES, OIDC_GROUPS, arena, &out->groups) &&
	       time_of(&wishes[EXP], &out->expires_at) && time_of(&wishes[IAT], &out->issued_at) &&
	       time_of(&wishes[NBF], &out->not_before);
}

enum oidc_problem oidc_read_token(struct str text, struct str groups, struct arena *arena, struct oidc_token *out)
{
	struct str rest = text;
	struct str header = str_cut(&rest, '.'), claims = str_cut(&rest, '.');
	struct oidc_token token = {0};
	struct json_parser *parser;
	struct json_value root;
	enum oidc_problem problem;
	struct str json;

	/* "none" has an empty third part; four points and more are an encrypted one. */
	if (text.len > OIDC_TOKEN_BYTES || rest.p == NULL || str_find_byte(rest, '.') != rest.len ||
	    !bytes_of(header, KIB(8), arena, &json))
		return OIDC_TOKEN_MALFORMED;
	parser = json_parser_new();
	problem = read_header(parser, json, arena, &token);
	if (problem == OIDC_NONE && (!bytes_of(rest, KIB(1), arena, &token.signature) ||
	                             !bytes_of(claims, OIDC_TOKEN_BYTES, arena, &json) || !parse(parser, json, arena, &root) ||
	                             !read_claims(root, groups, arena, &token)))
		problem = OIDC_TOKEN_MALFORMED;
	json_parser_free(&parser);
	if (problem != OIDC_NONE)
		return problem;
	token.signed_part = str_upto(text, header.len + 1 + claims.len);
	*out = token;
	return OIDC_NONE;
}
