/* SPDX-License-Identifier: ISC */
#include "report/wire.h"

#include "base/limits.h"
#include "base/utf8.h"

#define WIRE_VERSION 1u
#define ABSENT UINT32_MAX

void wire_put_u8(struct buf *out, unsigned value)
{
	buf_byte(out, (char)(unsigned char)value);
}

void wire_put_u32(struct buf *out, uint32_t value)
{
	char bytes[4];
	for (unsigned i = 0; i < 4; i++)
		bytes[i] = (char)(unsigned char)(value >> (8 * i));
	buf_bytes(out, bytes, sizeof bytes);
}

void wire_put_u64(struct buf *out, uint64_t value)
{
	wire_put_u32(out, (uint32_t)value);
	wire_put_u32(out, (uint32_t)(value >> 32));
}

void wire_put_str(struct buf *out, struct str s)
{
	wire_put_u32(out, s.p == NULL ? ABSENT : (uint32_t)s.len);
	buf_str(out, s);
}

static const char *take(struct wire_reader *reader, size_t len)
{
	if (reader->failed || reader->rest.len < len) {
		reader->failed = true;
		return NULL;
	}
	const char *at = reader->rest.p;
	reader->rest = str_from(reader->rest, len);
	return at;
}

unsigned wire_get_u8(struct wire_reader *reader)
{
	const char *at = take(reader, 1);
	return at == NULL ? 0 : (unsigned char)at[0];
}

uint32_t wire_get_u32(struct wire_reader *reader)
{
	const char *at = take(reader, 4);
	uint32_t value = 0;

	for (unsigned i = 0; at != NULL && i < 4; i++)
		value |= (uint32_t)(unsigned char)at[i] << (8 * i);
	return value;
}

uint64_t wire_get_u64(struct wire_reader *reader)
{
	uint64_t low = wire_get_u32(reader);
	return low | (uint64_t)wire_get_u32(reader) << 32;
}

struct str wire_get_bytes(struct wire_reader *reader, size_t most)
{
	uint32_t len = wire_get_u32(reader);

	if (reader->failed || len == ABSENT)
		return STR_NONE;
	if (len > most) {
		reader->failed = true;
		return STR_NONE;
	}
	const char *at = take(reader, len);
	return at == NULL ? STR_NONE : str_make(at, len);
}

struct str wire_get_text(struct wire_reader *reader, size_t most)
{
	struct str text = wire_get_bytes(reader, most);

	if (text.len > 0 && (memchr(text.p, '\0', text.len) != NULL || utf8_check(text) != text.len)) {
		reader->failed = true;
		return STR_NONE;
	}
	return text;
}

unsigned wire_get_enum(struct wire_reader *reader, unsigned count)
{
	unsigned value = wire_get_u8(reader);

	if (value >= count) {
		reader->failed = true;
		return 0;
	}
	return value;
}

bool wire_get_bool(struct wire_reader *reader)
{
	return wire_get_enum(reader, 2) == 1;
}

static void put_instant(struct buf *out, instant at)
{
	wire_put_u64(out, (uint64_t)at);
}

/* Years 1 to 9999, so that no date arithmetic can overflow later. */
static instant get_instant(struct wire_reader *reader)
{
	instant at = (instant)wire_get_u64(reader);

	if (at != INSTANT_NONE && (at < -INT64_C(62135596800) || at > INT64_C(253402300799)))
		reader->failed = true;
	return reader->failed ? INSTANT_NONE : at;
}

static uint64_t get_count(struct wire_reader *reader, uint64_t most)
{
	uint64_t count = wire_get_u64(reader);

	if (count > most)
		reader->failed = true;
	return reader->failed ? 0 : count;
}

/* How many elements follow.  Each takes at least `least` bytes, so that a small message cannot ask for a large array. */
static size_t get_length(struct wire_reader *reader, size_t most, size_t least)
{
	uint32_t n = wire_get_u32(reader);

	if (n > most || (size_t)n > reader->rest.len / least)
		reader->failed = true;
	return reader->failed ? 0 : n;
}

static void put_list(struct buf *out, const struct str_list *list)
{
	wire_put_u32(out, (uint32_t)list->count);
	for (size_t i = 0; i < list->count; i++)
		wire_put_str(out, list->items[i]);
}

static struct str_list get_list(struct wire_reader *reader, struct arena *arena)
{
	struct str_list list = {.count = get_length(reader, LIMIT_STRINGS_PER_UNIT, 4)};

	list.items = ARENA_ARRAY(arena, list.count, struct str);
	for (size_t i = 0; i < list.count; i++)
		list.items[i] = wire_get_text(reader, LIMIT_TEXT_BYTES);
	return list;
}

/* What the reporter wrote about a failure: the canonical form and the full one begin alike. */
static void put_failure_said(struct buf *out, const struct failure *failure)
{
	wire_put_u8(out, failure->result_type);
	wire_put_str(out, failure->result_text);
	wire_put_u64(out, failure->count);
	wire_put_str(out, failure->sending_mta_ip);
	wire_put_str(out, failure->receiving_mx_hostname);
	wire_put_str(out, failure->receiving_mx_helo);
	wire_put_str(out, failure->receiving_ip);
	wire_put_str(out, failure->reason_code);
	wire_put_str(out, failure->additional_information);
}

#define FAILURE_LEAST_BYTES (1 + 4 + 8 + 6 * 4 + 3)

static void get_failure(struct wire_reader *reader, struct failure *out)
{
	out->result_type = (enum result_type)wire_get_enum(reader, RESULT_TYPE_COUNT);
	out->result_text = wire_get_text(reader, LIMIT_TEXT_BYTES);
	out->count = get_count(reader, LIMIT_COUNT);
	out->sending_mta_ip = wire_get_text(reader, LIMIT_TEXT_BYTES);
	out->receiving_mx_hostname = wire_get_text(reader, LIMIT_TEXT_BYTES);
	out->receiving_mx_helo = wire_get_text(reader, LIMIT_TEXT_BYTES);
	out->receiving_ip = wire_get_text(reader, LIMIT_TEXT_BYTES);
	out->reason_code = wire_get_text(reader, LIMIT_TEXT_BYTES);
	out->additional_information = wire_get_text(reader, LIMIT_TEXT_BYTES);
	out->cause = (enum cause)wire_get_enum(reader, CAUSE_COUNT);
	out->fault = (enum fault)wire_get_enum(reader, FAULT_COUNT);
	out->refused = wire_get_bool(reader);
}

static void put_unit_said(struct buf *out, const struct unit *unit)
{
	wire_put_u8(out, unit->policy_type);
	wire_put_str(out, unit->policy_type_text);
	wire_put_u8(out, unit->mode);
	put_list(out, &unit->policy_strings);
	put_list(out, &unit->mx_hosts);
	wire_put_u64(out, unit->successful);
	wire_put_u64(out, unit->failed);
}

#define UNIT_LEAST_BYTES (1 + 4 + 1 + 4 + 4 + 8 + 8 + 4 + 1 + 8 + 4)

static void get_unit(struct wire_reader *reader, struct arena *arena, struct unit *out, size_t *failures_left)
{
	out->policy_type = (enum policy_type)wire_get_enum(reader, POLICY_TYPE_COUNT);
	out->policy_type_text = wire_get_text(reader, LIMIT_TEXT_BYTES);
	out->mode = (enum sts_mode)wire_get_enum(reader, MODE_COUNT);
	out->policy_strings = get_list(reader, arena);
	out->mx_hosts = get_list(reader, arena);
	out->successful = get_count(reader, LIMIT_COUNT);
	out->failed = get_count(reader, LIMIT_COUNT);
	out->policy_domain = wire_get_text(reader, LIMIT_TEXT_BYTES);
	out->domain_is_guessed = wire_get_bool(reader);
	out->unexplained = get_count(reader, LIMIT_COUNT);
	out->failure_count = get_length(reader, *failures_left, FAILURE_LEAST_BYTES);
	*failures_left -= out->failure_count;
	out->failures = ARENA_ARRAY(arena, out->failure_count, struct failure);
	for (size_t i = 0; i < out->failure_count; i++)
		get_failure(reader, &out->failures[i]);
}

static void put_report_said(struct buf *out, const struct report *report)
{
	wire_put_str(out, report->organization_name);
	wire_put_str(out, report->contact_info);
	wire_put_str(out, report->report_id);
	put_instant(out, report->begin);
	put_instant(out, report->end);
}

#define REPORT_LEAST_BYTES (3 * 4 + 2 * 8 + 2 * 4 + 4 + 4 + 8 + 4 + 8)

static void put_report(struct buf *out, const struct report *report)
{
	put_report_said(out, report);
	wire_put_str(out, report->submitter);
	wire_put_str(out, report->reporter);
	wire_put_u32(out, (uint32_t)report->unit_count);
	for (size_t i = 0; i < report->unit_count; i++) {
		const struct unit *unit = &report->units[i];
		put_unit_said(out, unit);
		wire_put_str(out, unit->policy_domain);
		wire_put_u8(out, unit->domain_is_guessed);
		wire_put_u64(out, unit->unexplained);
		wire_put_u32(out, (uint32_t)unit->failure_count);
		for (size_t j = 0; j < unit->failure_count; j++) {
			const struct failure *failure = &unit->failures[j];
			put_failure_said(out, failure);
			wire_put_u8(out, failure->cause);
			wire_put_u8(out, failure->fault);
			wire_put_u8(out, failure->refused);
		}
	}
	wire_put_u32(out, (uint32_t)report->deviation_count);
	for (size_t i = 0; i < report->deviation_count; i++) {
		wire_put_u8(out, report->deviations[i].kind);
		wire_put_str(out, report->deviations[i].path);
		wire_put_str(out, report->deviations[i].read_as);
	}
	wire_put_u64(out, report->deviations_dropped);
	wire_put_u32(out, (uint32_t)report->unknown_count);
	for (size_t i = 0; i < report->unknown_count; i++) {
		wire_put_str(out, report->unknown_members[i].path);
		wire_put_str(out, report->unknown_members[i].value);
	}
	wire_put_u64(out, report->unknown_dropped);
}

static void get_report(struct wire_reader *reader, struct arena *arena, struct report *out)
{
	size_t failures_left = LIMIT_FAILURES;

	out->organization_name = wire_get_text(reader, LIMIT_TEXT_BYTES);
	out->contact_info = wire_get_text(reader, LIMIT_TEXT_BYTES);
	out->report_id = wire_get_text(reader, LIMIT_TEXT_BYTES);
	out->begin = get_instant(reader);
	out->end = get_instant(reader);
	out->submitter = wire_get_text(reader, LIMIT_TEXT_BYTES);
	out->reporter = wire_get_text(reader, LIMIT_TEXT_BYTES);
	out->unit_count = get_length(reader, LIMIT_UNITS, UNIT_LEAST_BYTES);
	out->units = ARENA_ARRAY(arena, out->unit_count, struct unit);
	for (size_t i = 0; i < out->unit_count; i++)
		get_unit(reader, arena, &out->units[i], &failures_left);
	out->deviation_count = get_length(reader, LIMIT_DEVIATIONS, 9);
	out->deviations = ARENA_ARRAY(arena, out->deviation_count, struct deviation);
	for (size_t i = 0; i < out->deviation_count; i++) {
		out->deviations[i].kind = (enum deviation_kind)wire_get_enum(reader, DEVIATION_COUNT);
		out->deviations[i].path = wire_get_text(reader, LIMIT_TEXT_BYTES);
		out->deviations[i].read_as = wire_get_text(reader, LIMIT_TEXT_BYTES);
	}
	out->deviations_dropped = wire_get_u64(reader);
	out->unknown_count = get_length(reader, LIMIT_UNKNOWN_MEMBERS, 8);
	out->unknown_members = ARENA_ARRAY(arena, out->unknown_count, struct unknown_member);
	for (size_t i = 0; i < out->unknown_count; i++) {
		out->unknown_members[i].path = wire_get_text(reader, LIMIT_TEXT_BYTES);
		out->unknown_members[i].value = wire_get_text(reader, LIMIT_UNKNOWN_VALUE_BYTES);
	}
	out->unknown_dropped = wire_get_u64(reader);
}

#define SIGNATURE_LEAST_BYTES (5 * 4 + 1 + 1 + 1 + 8 + 8 + 1 + 4)

static void put_signature(struct buf *out, const struct dkim_form *form)
{
	wire_put_str(out, form->domain);
	wire_put_str(out, form->selector);
	wire_put_str(out, form->algorithm_text);
	wire_put_u8(out, form->algorithm);
	wire_put_str(out, form->signature);
	wire_put_str(out, form->header_hash);
	wire_put_u8(out, form->body_matches);
	wire_put_u8(out, form->has_length);
	put_instant(out, form->signed_at);
	put_instant(out, form->expires_at);
	wire_put_u8(out, form->identity_is_deeper);
	wire_put_str(out, form->fault);
}

static void get_signature(struct wire_reader *reader, struct dkim_form *out)
{
	out->domain = wire_get_text(reader, LIMIT_NAME_BYTES);
	out->selector = wire_get_text(reader, LIMIT_NAME_BYTES);
	out->algorithm_text = wire_get_text(reader, LIMIT_NAME_BYTES);
	out->algorithm = (enum dkim_algorithm)wire_get_enum(reader, DKIM_ALGORITHM_OTHER + 1);
	out->signature = wire_get_bytes(reader, KIB(4));
	out->header_hash = wire_get_bytes(reader, 64);
	out->body_matches = wire_get_bool(reader);
	out->has_length = wire_get_bool(reader);
	out->signed_at = get_instant(reader);
	out->expires_at = get_instant(reader);
	out->identity_is_deeper = wire_get_bool(reader);
	out->fault = wire_get_text(reader, LIMIT_NAME_BYTES);
}

static void put_mail(struct buf *out, const struct mail_facts *mail)
{
	wire_put_u8(out, mail->is_mail);
	wire_put_str(out, mail->from);
	wire_put_str(out, mail->subject);
	wire_put_str(out, mail->message_id);
	wire_put_str(out, mail->date);
	wire_put_str(out, mail->report_domain);
	wire_put_str(out, mail->submitter);
	wire_put_u32(out, (uint32_t)mail->signature_count);
	for (size_t i = 0; i < mail->signature_count; i++)
		put_signature(out, &mail->signatures[i]);
}

static void get_mail(struct wire_reader *reader, struct arena *arena, struct mail_facts *out)
{
	out->is_mail = wire_get_bool(reader);
	out->from = wire_get_text(reader, LIMIT_TEXT_BYTES);
	out->subject = wire_get_text(reader, LIMIT_TEXT_BYTES);
	out->message_id = wire_get_text(reader, LIMIT_TEXT_BYTES);
	out->date = wire_get_text(reader, LIMIT_TEXT_BYTES);
	out->report_domain = wire_get_text(reader, LIMIT_TEXT_BYTES);
	out->submitter = wire_get_text(reader, LIMIT_TEXT_BYTES);
	out->signature_count = get_length(reader, LIMIT_DKIM_PARSED, SIGNATURE_LEAST_BYTES);
	out->signatures = ARENA_ARRAY(arena, out->signature_count, struct dkim_form);
	for (size_t i = 0; i < out->signature_count; i++)
		get_signature(reader, &out->signatures[i]);
}

void wire_write_decoded(const struct decoded *decoded, struct buf *out)
{
	wire_put_u8(out, WIRE_VERSION);
	wire_put_u8(out, decoded->problem.kind);
	wire_put_str(out, decoded->problem.place);
	wire_put_str(out, decoded->problem.detail);
	wire_put_str(out, decoded->problem.expected);
	put_mail(out, &decoded->mail);
	wire_put_u32(out, (uint32_t)decoded->report_count);
	for (size_t i = 0; i < decoded->report_count; i++)
		put_report(out, &decoded->reports[i]);
	wire_put_str(out, decoded->text);
	wire_put_u64(out, decoded->text_bytes);
}

bool wire_read_decoded(struct str bytes, struct arena *arena, struct decoded *out, struct err *err)
{
	struct wire_reader reader = {.rest = bytes};
	struct decoded decoded = {0};

	if (wire_get_u8(&reader) != WIRE_VERSION)
		return err_set(err, ERR_INPUT, "the answer of the reader has another version");
	decoded.problem.kind = (enum problem_kind)wire_get_enum(&reader, PROBLEM_COUNT);
	decoded.problem.place = wire_get_text(&reader, LIMIT_TEXT_BYTES);
	decoded.problem.detail = wire_get_text(&reader, LIMIT_TEXT_BYTES);
	decoded.problem.expected = wire_get_text(&reader, LIMIT_TEXT_BYTES);
	get_mail(&reader, arena, &decoded.mail);
	decoded.report_count = get_length(&reader, LIMIT_REPORTS_PER_ARRIVAL, REPORT_LEAST_BYTES);
	decoded.reports = ARENA_ARRAY(arena, decoded.report_count, struct report);
	for (size_t i = 0; i < decoded.report_count; i++)
		get_report(&reader, arena, &decoded.reports[i]);
	decoded.text = wire_get_bytes(&reader, LIMIT_SHOWN_TEXT_BYTES);
	decoded.text_bytes = wire_get_u64(&reader);
	if (reader.failed || reader.rest.len > 0)
		return err_set(err, ERR_INPUT, "the answer of the reader makes no sense");
	if (decoded.report_count == 0 && decoded.problem.kind == PROBLEM_NONE)
		return err_set(err, ERR_INPUT, "the answer of the reader holds neither a report nor a problem");
	*out = decoded;
	return true;
}

void wire_write_canonical(const struct report *report, struct buf *out)
{
	put_report_said(out, report);
	wire_put_u32(out, (uint32_t)report->unit_count);
	for (size_t i = 0; i < report->unit_count; i++) {
		const struct unit *unit = &report->units[i];
		put_unit_said(out, unit);
		wire_put_str(out, unit->domain_is_guessed ? STR_NONE : unit->policy_domain);
		wire_put_u32(out, (uint32_t)unit->failure_count);
		for (size_t j = 0; j < unit->failure_count; j++)
			put_failure_said(out, &unit->failures[j]);
	}
}

void wire_write_arrival(const struct arrival *arrival, struct buf *out)
{
	wire_put_u8(out, WIRE_VERSION);
	wire_put_u8(out, arrival->door);
	put_instant(out, arrival->received_at);
	wire_put_u8(out, arrival->is_secret);
	wire_put_str(out, arrival->name);
	wire_put_str(out, arrival->peer);
	wire_put_str(out, arrival->helo);
	wire_put_str(out, arrival->mail_from);
	wire_put_str(out, arrival->recipient);
	wire_put_str(out, arrival->bytes);
	wire_put_u8(out, arrival->wants_text);
	if (arrival->wants_text) {
		wire_put_str(out, arrival->wanted_id);
		put_instant(out, arrival->wanted_begin);
	}
}

bool wire_read_arrival(struct str bytes, struct arrival *out, struct err *err)
{
	struct wire_reader reader = {.rest = bytes};
	struct arrival arrival = {0};

	if (wire_get_u8(&reader) != WIRE_VERSION)
		return err_set(err, ERR_INPUT, "the message has another version");
	arrival.door = (enum door)wire_get_enum(&reader, DOOR_COUNT);
	arrival.received_at = get_instant(&reader);
	arrival.is_secret = wire_get_bool(&reader);
	arrival.name = wire_get_bytes(&reader, KIB(8));
	arrival.peer = wire_get_bytes(&reader, LIMIT_ENVELOPE_TEXT_BYTES);
	arrival.helo = wire_get_bytes(&reader, LIMIT_SMTP_LINE_BYTES);
	arrival.mail_from = wire_get_bytes(&reader, LIMIT_SMTP_LINE_BYTES);
	arrival.recipient = wire_get_bytes(&reader, LIMIT_SMTP_LINE_BYTES);
	arrival.bytes = wire_get_bytes(&reader, LIMIT_ARRIVAL_BYTES);
	arrival.wants_text = wire_get_bool(&reader);
	if (arrival.wants_text) {
		arrival.wanted_id = wire_get_bytes(&reader, LIMIT_TEXT_BYTES);
		arrival.wanted_begin = get_instant(&reader);
	}
	if (reader.failed || reader.rest.len > 0)
		return err_set(err, ERR_INPUT, "the message makes no sense");
	*out = arrival;
	return true;
}
