/* SPDX-License-Identifier: ISC */
#include "role/look_wire.h"

#include "base/limits.h"
#include "report/wire.h"
#include "role/reach_wire.h"
#include "sys/resolve.h"

#define RUA_MOST 64u
#define TEXT_MOST KIB(4)  /* of a banner, a subject, a sentence */
#define NAMES_MOST KIB(16) /* of a certificate */
#define CERT_MOST KIB(64)

/* --- the request --- */

void look_wire_write_request(const struct look_request *request, struct buf *out)
{
	wire_put_u8(out, REACH_LOOK);
	wire_put_str(out, request->domain);
	wire_put_u8(out, request->is_fresh);
	wire_put_u32(out, (uint32_t)request->our_rua.count);
	for (size_t i = 0; i < request->our_rua.count; i++)
		wire_put_str(out, request->our_rua.items[i]);
}

static bool read_texts(struct wire_reader *reader, size_t most_count, size_t most_bytes, struct arena *arena,
                       struct str_list *out)
{
	uint32_t count = wire_get_u32(reader);

	*out = (struct str_list){0};
	if (reader->failed || count > most_count)
		return false;
	out->items = ARENA_ARRAY(arena, count + 1, struct str);
	for (; out->count < count; out->count++)
		out->items[out->count] = wire_get_bytes(reader, most_bytes);
	return !reader->failed;
}

static bool is_name(struct str name)
{
	char text[RESOLVE_NAME_MAX];
	struct str read;

	return resolve_name(name, text, &read);
}

bool look_wire_read_request(struct str body, struct arena *arena, struct look_request *out, struct err *err)
{
	struct wire_reader reader = {.rest = body};
	struct look_request request = {0};
	unsigned kind = wire_get_u8(&reader);

	request.domain = wire_get_text(&reader, RESOLVE_NAME_MAX);
	request.is_fresh = wire_get_bool(&reader);
	if (!read_texts(&reader, RUA_MOST, TEXT_MOST, arena, &request.our_rua) || kind != REACH_LOOK ||
	    reader.rest.len > 0 || !is_name(request.domain))
		return err_set(err, ERR_INPUT, "the request for a look makes no sense");
	*out = request;
	return true;
}

/* --- writing what was seen --- */

static void put_text(struct buf *out, struct str text)
{
	wire_put_str(out, str_upto(text, TEXT_MOST));
}

static void put_texts(struct buf *out, const struct str_list *texts, size_t most)
{
	size_t count = texts->count < most ? texts->count : most;

	wire_put_u32(out, (uint32_t)count);
	for (size_t i = 0; i < count; i++)
		put_text(out, texts->items[i]);
}

static void put_cert(struct buf *out, const struct cert_seen *cert)
{
	wire_put_str(out, cert->der.len <= CERT_MOST ? cert->der : STR_NONE);
	put_text(out, cert->subject);
	put_text(out, cert->issuer);
	wire_put_str(out, str_upto(cert->names, NAMES_MOST));
	wire_put_u64(out, (uint64_t)cert->not_before);
	wire_put_u64(out, (uint64_t)cert->not_after);
	put_text(out, cert->key);
	put_text(out, cert->signature);
	wire_put_str(out, cert->spki.len <= CERT_MOST ? cert->spki : STR_NONE);
	wire_put_u8(out, cert->is_ca);
}

static void put_look(struct buf *out, const struct mx_look *look)
{
	put_text(out, look->address);
	wire_put_u8(out, look->state);
	put_text(out, look->banner);
	put_text(out, look->ehlo);
	put_text(out, look->detail);
	wire_put_u64(out, (uint64_t)look->at);
	wire_put_u64(out, (uint64_t)look->took_ms);
	put_text(out, look->tls.version);
	put_text(out, look->tls.cipher);
	put_text(out, look->tls.group);
	put_text(out, look->tls.fault_text);
	wire_put_u32(out, look->tls.faults);
	wire_put_u8(out, look->tls.has_staple);
	wire_put_u8(out, look->tls.chain_count > 0);
	if (look->tls.chain_count > 0)
		put_cert(out, &look->tls.chain[0]);
}

static void put_mx(struct buf *out, const struct check_mx *mx)
{
	wire_put_str(out, mx->host);
	wire_put_u32(out, mx->preference);
	wire_put_u8(out, mx->state);
	wire_put_u8(out, mx->is_listed);
	put_text(out, mx->detail);
	wire_put_u32(out, (uint32_t)mx->look_count);
	for (size_t i = 0; i < mx->look_count; i++)
		put_look(out, &mx->looks[i]);
	wire_put_u8(out, mx->dane.state);
	wire_put_u8(out, mx->dane.is_secure);
	wire_put_u32(out, mx->dane.ttl_secs);
	put_text(out, mx->dane.detail);
	wire_put_u32(out, (uint32_t)mx->dane.match_count);
	for (size_t i = 0; i < mx->dane.match_count; i++) {
		const struct dane_match *match = &mx->dane.matches[i];
		wire_put_u32(out, match->record.usage);
		wire_put_u32(out, match->record.selector);
		wire_put_u32(out, match->record.matching);
		wire_put_str(out, str_upto(match->record.data, CERT_MOST));
		wire_put_u8(out, match->fault);
		wire_put_u8(out, match->matches);
	}
}

static void put_policy(struct buf *out, const struct check *check)
{
	const struct sts_policy *policy = &check->mta_sts.policy;

	wire_put_u8(out, check->mta_sts.state);
	put_text(out, check->mta_sts.record);
	put_text(out, check->mta_sts.id);
	put_text(out, check->mta_sts.host);
	wire_put_str(out, check->mta_sts.body);
	wire_put_u64(out, (uint64_t)check->mta_sts.cert_not_after);
	wire_put_u8(out, policy->is_valid);
	wire_put_u8(out, policy->mode);
	wire_put_u8(out, policy->has_max_age);
	wire_put_u64(out, policy->max_age_secs);
	put_texts(out, &policy->mx, LIMIT_LOOK_PATTERNS);
}

static void put_findings(struct buf *out, const struct check *check)
{
	size_t count = check->findings.count < LIMIT_LOOK_FINDINGS ? check->findings.count : LIMIT_LOOK_FINDINGS;

	wire_put_u32(out, (uint32_t)count);
	for (size_t i = 0; i < count; i++) {
		const struct finding *finding = &check->findings.items[i];
		wire_put_u32(out, finding->code);
		put_text(out, finding->subject);
		put_text(out, finding->detail);
		wire_put_u8(out, finding->severity);
	}
	put_texts(out, &check->unknowns, LIMIT_LOOK_FINDINGS);
}

void look_wire_write_check(const struct check *check, struct buf *out)
{
	wire_put_str(out, check->domain);
	wire_put_u64(out, (uint64_t)check->at);
	wire_put_u8(out, check->verdict);
	wire_put_u8(out, check->tls_rpt.state);
	put_text(out, check->tls_rpt.name);
	put_text(out, check->tls_rpt.record);
	put_texts(out, &check->tls_rpt.rua, RUA_MOST);
	put_policy(out, check);
	wire_put_u8(out, check->dane.state);
	wire_put_u32(out, (uint32_t)check->dane.hosts);
	wire_put_u8(out, check->mx_state);
	wire_put_u8(out, check->mx_is_secure);
	wire_put_u32(out, (uint32_t)check->mx_count);
	for (size_t i = 0; i < check->mx_count; i++)
		put_mx(out, &check->mx[i]);
	put_findings(out, check);
}

/* --- reading it, as if an enemy had written it --- */

static struct str get_text(struct wire_reader *reader)
{
	return wire_get_bytes(reader, TEXT_MOST);
}

static instant get_instant(struct wire_reader *reader)
{
	return (instant)wire_get_u64(reader);
}

static struct cert_seen get_cert(struct wire_reader *reader)
{
	struct cert_seen cert = {.der = wire_get_bytes(reader, CERT_MOST)};

	cert.subject = get_text(reader);
	cert.issuer = get_text(reader);
	cert.names = wire_get_bytes(reader, NAMES_MOST);
	cert.not_before = get_instant(reader);
	cert.not_after = get_instant(reader);
	cert.key = get_text(reader);
	cert.signature = get_text(reader);
	cert.spki = wire_get_bytes(reader, CERT_MOST);
	cert.is_ca = wire_get_bool(reader);
	return cert;
}

static void get_look(struct wire_reader *reader, struct str host, struct arena *arena, struct mx_look *out)
{
	out->host = host;
	out->address = get_text(reader);
	out->state = (enum look_state)wire_get_enum(reader, LOOK_STATE_COUNT);
	out->banner = get_text(reader);
	out->ehlo = get_text(reader);
	out->detail = get_text(reader);
	out->at = get_instant(reader);
	out->took_ms = (int64_t)wire_get_u64(reader);
	out->tls.version = get_text(reader);
	out->tls.cipher = get_text(reader);
	out->tls.group = get_text(reader);
	out->tls.fault_text = get_text(reader);
	out->tls.faults = wire_get_u32(reader);
	out->tls.has_staple = wire_get_bool(reader);
	if (!wire_get_bool(reader))
		return;
	out->tls.chain = ARENA_NEW(arena, struct cert_seen);
	out->tls.chain[0] = get_cert(reader);
	out->tls.chain_count = 1;
}

static void get_dane(struct wire_reader *reader, struct arena *arena, struct dane_seen *out)
{
	out->state = (enum dane_state)wire_get_enum(reader, DANE_STATE_COUNT);
	out->is_secure = wire_get_bool(reader);
	out->ttl_secs = wire_get_u32(reader);
	out->detail = get_text(reader);
	uint32_t count = wire_get_u32(reader);
	reader->failed = reader->failed || count > LIMIT_DNS_RECORDS;
	if (reader->failed)
		return;
	out->matches = ARENA_ARRAY(arena, count + 1, struct dane_match);
	for (; out->match_count < count; out->match_count++) {
		struct dane_match *match = &out->matches[out->match_count];
		match->record.usage = wire_get_u32(reader);
		match->record.selector = wire_get_u32(reader);
		match->record.matching = wire_get_u32(reader);
		match->record.data = wire_get_bytes(reader, CERT_MOST);
		match->fault = (enum tlsa_fault)wire_get_enum(reader, TLSA_FAULT_COUNT);
		match->matches = wire_get_bool(reader);
	}
}

static void get_mx(struct wire_reader *reader, struct arena *arena, struct check_mx *out)
{
	out->host = wire_get_text(reader, LIMIT_NAME_BYTES);
	out->preference = wire_get_u32(reader);
	out->state = (enum check_state)wire_get_enum(reader, CHECK_STATE_COUNT);
	out->is_listed = wire_get_bool(reader);
	out->detail = get_text(reader);
	uint32_t count = wire_get_u32(reader);
	reader->failed = reader->failed || count > LIMIT_LOOK_ADDRESSES || out->host.len == 0;
	if (reader->failed)
		return;
	out->looks = ARENA_ARRAY(arena, count + 1, struct mx_look);
	for (; out->look_count < count; out->look_count++)
		get_look(reader, out->host, arena, &out->looks[out->look_count]);
	get_dane(reader, arena, &out->dane);
}

static void get_policy(struct wire_reader *reader, struct arena *arena, struct check *out)
{
	struct sts_policy *policy = &out->mta_sts.policy;

	out->mta_sts.state = (enum check_state)wire_get_enum(reader, CHECK_STATE_COUNT);
	out->mta_sts.record = get_text(reader);
	out->mta_sts.id = get_text(reader);
	out->mta_sts.host = get_text(reader);
	out->mta_sts.body = wire_get_bytes(reader, STS_POLICY_MOST_BYTES);
	out->mta_sts.cert_not_after = get_instant(reader);
	policy->is_valid = wire_get_bool(reader);
	policy->mode = (enum sts_mode)wire_get_enum(reader, MODE_COUNT);
	policy->has_max_age = wire_get_bool(reader);
	policy->max_age_secs = wire_get_u64(reader);
	if (!read_texts(reader, LIMIT_LOOK_PATTERNS, TEXT_MOST, arena, &policy->mx))
		reader->failed = true;
}

static void get_servers(struct wire_reader *reader, struct arena *arena, struct check *out)
{
	out->mx_state = (enum check_state)wire_get_enum(reader, CHECK_STATE_COUNT);
	out->mx_is_secure = wire_get_bool(reader);
	uint32_t count = wire_get_u32(reader);
	reader->failed = reader->failed || count > LIMIT_LOOK_SERVERS;
	if (reader->failed)
		return;
	out->mx = ARENA_ARRAY(arena, count + 1, struct check_mx);
	for (; out->mx_count < count && !reader->failed; out->mx_count++)
		get_mx(reader, arena, &out->mx[out->mx_count]);
}

static void get_findings(struct wire_reader *reader, struct arena *arena, struct check *out)
{
	uint32_t count = wire_get_u32(reader);

	reader->failed = reader->failed || count > LIMIT_LOOK_FINDINGS;
	for (uint32_t i = 0; i < count && !reader->failed; i++) {
		uint32_t code = wire_get_u32(reader);
		struct str subject = get_text(reader);
		struct str detail = get_text(reader);
		enum severity severity = (enum severity)wire_get_enum(reader, SEVERITY_COUNT);
		reader->failed = reader->failed || code >= FINDING_COUNT;
		if (reader->failed)
			return;
		findings_add(&out->findings, arena, (enum finding_code)code, subject, detail);
		out->findings.items[out->findings.count - 1].severity = severity;
	}
	if (!read_texts(reader, LIMIT_LOOK_FINDINGS, TEXT_MOST, arena, &out->unknowns))
		reader->failed = true;
}

bool look_wire_read_check(struct str body, struct arena *arena, struct check *out, struct err *err)
{
	struct wire_reader reader = {.rest = body};
	struct check check = {.domain = wire_get_text(&reader, RESOLVE_NAME_MAX)};

	check.at = get_instant(&reader);
	check.verdict = (enum check_state)wire_get_enum(&reader, CHECK_STATE_COUNT);
	check.tls_rpt.state = (enum check_state)wire_get_enum(&reader, CHECK_STATE_COUNT);
	check.tls_rpt.name = get_text(&reader);
	check.tls_rpt.record = get_text(&reader);
	if (!read_texts(&reader, RUA_MOST, TEXT_MOST, arena, &check.tls_rpt.rua))
		reader.failed = true;
	get_policy(&reader, arena, &check);
	check.dane.state = (enum check_state)wire_get_enum(&reader, CHECK_STATE_COUNT);
	check.dane.hosts = wire_get_u32(&reader);
	get_servers(&reader, arena, &check);
	get_findings(&reader, arena, &check);
	if (reader.failed || reader.rest.len > 0 || !is_name(check.domain))
		return err_set(err, ERR_INPUT, "the look makes no sense");
	*out = check;
	return true;
}
