/* SPDX-License-Identifier: ISC */
#include "trust/dkim_verify.h"

#include <assert.h>

#include "base/attr.h"
#include "base/limits.h"
#include "report/reporter.h"
#include "sys/ed25519.h"
#include "sys/org_domain.h"
#include "sys/signature.h"
#include "trust/dkim_key.h"

#define RSA_LEAST_BITS 1024u /* RFC 8301 3.2 */
#define RSA_GOOD_BITS 2048u

const char *dkim_verdict_text(enum dkim_verdict verdict)
{
	static const char *const texts[] = {"pass", "fail", "policy", "permerror", "temperror"};
	assert((unsigned)verdict < COUNT_OF(texts));
	return texts[verdict];
}

/* --- alignment --- */

static bool byte_is_host(char c)
{
	return byte_is_alpha(c) || byte_is_digit(c) || c == '-' || c == '_' || c == '.';
}

struct str dkim_verify_contact(struct str contact_info)
{
	size_t at = str_find(contact_info, STR("://"));
	struct str rest = STR_NONE;

	for (size_t i = contact_info.len; i > 0 && rest.p == NULL; i--) {
		if (contact_info.p[i - 1] == '@')
			rest = str_from(contact_info, i);
	}
	if (rest.p == NULL && at < contact_info.len)
		rest = str_from(contact_info, at + 3);
	size_t len = 0;
	while (len < rest.len && byte_is_host(rest.p[len]))
		len++;
	while (len > 0 && rest.p[len - 1] == '.')
		len--;
	return len == 0 ? STR_NONE : str_upto(rest, len);
}

bool dkim_verify_same(struct str domain, struct str claim)
{
	return reporter_is_mailbox(domain) ? str_eq_nocase(domain, str_trim(claim)) : org_domain_same(domain, claim);
}

bool dkim_verify_aligned(struct str domain, const struct report *report, struct str submitter)
{
	return dkim_verify_same(domain, dkim_verify_contact(report->contact_info)) || dkim_verify_same(domain, submitter);
}

static bool aligned_with_all(struct str domain, const struct decoded *decoded)
{
	for (size_t i = 0; i < decoded->report_count; i++) {
		if (!dkim_verify_aligned(domain, &decoded->reports[i], decoded->mail.submitter))
			return false;
	}
	return decoded->report_count > 0;
}

/* --- what can be said without the key --- */

static void conclude(struct dkim_result *result, enum dkim_verdict verdict, struct str reason)
{
	result->verdict = verdict;
	result->reason = reason;
}

/* True if nothing that DNS could say would change the verdict. */
static bool is_decided(const struct dkim_form *form, instant at, struct dkim_result *result)
{
	char name[RESOLVE_NAME_MAX];
	struct str query;

	if (form->fault.p != NULL) {
		conclude(result, DKIM_PERMERROR, form->fault);
	} else if (!dkim_verify_name(form->domain, form->selector, name, &query)) {
		conclude(result, DKIM_PERMERROR, STR("d= and s= make no name of the DNS"));
	} else if (form->algorithm == DKIM_RSA_SHA1) {
		/* RFC 8301 3.1: must not be used for verifying. */
		conclude(result, DKIM_FAIL, STR("signed with SHA-1, which no longer proves anything"));
	} else if (form->algorithm == DKIM_ALGORITHM_OTHER) {
		conclude(result, DKIM_PERMERROR, STR("the algorithm is unknown"));
	} else if (!form->body_matches) {
		conclude(result, DKIM_FAIL, STR("the body is not the one that was signed"));
	} else if (form->has_length) {
		/* RFC 8460 section 3: l= must not be used. */
		conclude(result, DKIM_POLICY, STR("only a part of the body is signed (l=)"));
	} else if (form->expires_at != INSTANT_NONE && form->signed_at != INSTANT_NONE &&
	           form->expires_at < form->signed_at) {
		conclude(result, DKIM_PERMERROR, STR("it ends before it begins (x= is before t=)"));
	} else if (form->expires_at != INSTANT_NONE && form->expires_at < at - LIMIT_DKIM_SKEW_SECS) {
		conclude(result, DKIM_FAIL, STR("the signature has expired (x=)"));
	} else if (form->signed_at != INSTANT_NONE && form->signed_at > at + LIMIT_DKIM_SKEW_SECS) {
		conclude(result, DKIM_FAIL, STR("the signature was made in the future (t=)"));
	} else {
		return false;
	}
	return true;
}

bool dkim_verify_name(struct str domain, struct str selector, char name[RESOLVE_NAME_MAX], struct str *out)
{
	static const char middle[] = "._domainkey.";
	char plain[RESOLVE_NAME_MAX], joined[RESOLVE_NAME_MAX * 3];
	struct str s, d;

	if (!resolve_name(selector, plain, &s))
		return false;
	size_t len = s.len;
	memcpy(joined, s.p, len);
	memcpy(joined + len, middle, sizeof middle - 1);
	len += sizeof middle - 1;
	/* d= is two labels or more: nobody signs for a whole TLD. */
	if (!resolve_name(domain, plain, &d) || str_find_byte(d, '.') == d.len)
		return false;
	memcpy(joined + len, d.p, d.len);
	return resolve_name(str_make(joined, len + d.len), name, out);
}

void dkim_verify_plan(const struct decoded *decoded, instant at, struct arena *arena, struct dkim_plan *out)
{
	size_t count = decoded->mail.signature_count;
	bool *asks = ARENA_ARRAY(arena, count, bool);

	*out = (struct dkim_plan){.results = ARENA_ARRAY(arena, count, struct dkim_result), .count = count};
	for (size_t i = 0; i < count; i++) {
		const struct dkim_form *form = &decoded->mail.signatures[i];
		struct dkim_result *result = &out->results[i];
		*result = (struct dkim_result){
		    .domain = form->domain, .selector = form->selector, .algorithm = form->algorithm_text,
		    .is_aligned = aligned_with_all(form->domain, decoded)};
		asks[i] = !is_decided(form, at, result);
		if (asks[i])
			conclude(result, DKIM_POLICY, STR("not looked at: the mail has more signatures than are checked"));
	}
	for (int aligned = 1; aligned >= 0; aligned--) {
		for (size_t i = 0; i < count && out->ask_count < LIMIT_DKIM_VERIFIED; i++) {
			if (asks[i] && out->results[i].is_aligned == (aligned == 1))
				out->ask[out->ask_count++] = i;
		}
	}
}

/* --- with the key --- */

/* The one TXT record that is a key.  Two of them leave open which one holds (RFC 6376 3.6.2.2). */
static bool find_record(const struct resolve_answer *answer, struct str *out, const char **out_reason)
{
	size_t found = 0;

	for (size_t i = 0; i < answer->count; i++) {
		if (!dkim_key_is_meant(answer->records[i].text))
			continue;
		if (found > 0 && str_eq(answer->records[i].text, *out))
			continue; /* the same twice is once */
		if (found++ == 0)
			*out = answer->records[i].text;
	}
	if (found == 1)
		return true;
	*out_reason = found == 0 ? "there is no key among the TXT records" : "there are several keys at one name";
	return false;
}

static bool judge_lookup(const struct resolve_answer *answer, struct arena *arena, struct dkim_result *result)
{
	const char *reason = answer->reason.p != NULL ? arena_text(arena, answer->reason) : "";

	switch (answer->outcome) {
	case RESOLVE_ANSWER: return true;
	case RESOLVE_NXDOMAIN:
	case RESOLVE_NODATA: conclude(result, DKIM_PERMERROR, STR("there is no such key in the DNS")); break;
	case RESOLVE_BROKEN:
		conclude(result, DKIM_PERMERROR, str_of(arena_format(arena, "the key record is unusable: %s", reason)));
		break;
	case RESOLVE_SERVFAIL:
	case RESOLVE_BOGUS:
	case RESOLVE_TIMEOUT:
	case RESOLVE_OUTCOME_COUNT:
		conclude(result, DKIM_TEMPERROR,
		         str_of(arena_format(arena, "the key cannot be looked up now: %s", reason)));
		break;
	}
	return false;
}

static bool judge_key(const struct dkim_key *key, const struct dkim_form *form, struct dkim_result *result)
{
	bool is_rsa = form->algorithm == DKIM_RSA_SHA256;

	if (key->is_revoked)
		conclude(result, DKIM_PERMERROR, STR("the key was revoked"));
	else if (key->type != (is_rsa ? DKIM_KEY_RSA : DKIM_KEY_ED25519))
		conclude(result, DKIM_PERMERROR, STR("the key is of another kind than the signature"));
	else if (!key->allows_sha256)
		conclude(result, DKIM_PERMERROR, STR("the key does not allow SHA-256 (h=)"));
	else if (!key->allows_tlsrpt)
		/* RFC 8460 section 3: s= must hold tlsrpt or *. */
		conclude(result, DKIM_POLICY, STR("the key is not for TLS reports (s=)"));
	else if (key->is_strict && form->identity_is_deeper)
		conclude(result, DKIM_PERMERROR, STR("i= names a subdomain, which the key forbids (t=s)"));
	else if (is_rsa && key->bits < RSA_LEAST_BITS)
		conclude(result, DKIM_FAIL, STR("the key is shorter than 1024 bits"));
	else if (is_rsa && key->bits > LIMIT_DKIM_KEY_BITS)
		conclude(result, DKIM_PERMERROR, STR("the key is longer than 8192 bits"));
	else
		return true;
	return false;
}

static bool holds(const struct dkim_key *key, const struct dkim_form *form)
{
	return form->algorithm == DKIM_RSA_SHA256
	           ? signature_rsa_sha256(key->modulus, key->exponent, form->header_hash, form->signature)
	           : ed25519_verify(key->point, form->header_hash, form->signature);
}

void dkim_verify_judge(const struct dkim_form *form, const struct resolve_answer *answer, struct arena *arena,
                       struct dkim_result *result)
{
	struct str record = STR_NONE;
	struct dkim_key key;
	const char *reason = NULL;

	result->is_secure = answer->security == RESOLVE_SECURE;
	if (!judge_lookup(answer, arena, result))
		return;
	if (!find_record(answer, &record, &reason) || !dkim_key_read(record, arena, &key, &reason)) {
		conclude(result, DKIM_PERMERROR, str_of(reason));
		return;
	}
	if (!judge_key(&key, form, result))
		return;
	result->is_weak = key.type == DKIM_KEY_RSA && key.bits < RSA_GOOD_BITS;
	if (!holds(&key, form))
		conclude(result, DKIM_FAIL, STR("the signed headers were changed, or the key is another one"));
	else if (result->is_weak)
		conclude(result, DKIM_PASS, str_of(arena_format(arena, "the key has only %u bits", key.bits)));
	else
		conclude(result, DKIM_PASS, key.is_testing ? STR("it holds; the key is marked as a test") : STR("it holds"));
}
