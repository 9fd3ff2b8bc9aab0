/* SPDX-License-Identifier: ISC */
#include "role/reach_wire.h"

#include "base/limits.h"
#include "report/wire.h"

static bool is_type(unsigned number)
{
#define X(id, text, value)                                                                                             \
	if (number == (value))                                                                                         \
		return true;
	DNS_TYPES(X)
#undef X
	return false;
}

void reach_write_question(const struct reach_question *question, struct buf *out)
{
	wire_put_u8(out, question->kind);
	wire_put_u32(out, question->type);
	wire_put_str(out, question->name);
}

bool reach_read_question(struct str body, struct reach_question *out, struct err *err)
{
	struct wire_reader reader = {.rest = body};
	struct reach_question question = {.kind = (enum reach_kind)wire_get_enum(&reader, REACH_KIND_COUNT)};
	unsigned type = wire_get_u32(&reader);

	question.name = wire_get_text(&reader, RESOLVE_NAME_MAX);
	if (reader.failed || question.kind != REACH_DNS || reader.rest.len > 0 || !is_type(type) || question.name.len == 0)
		return err_set(err, ERR_INPUT, "the question makes no sense");
	question.type = (enum resolve_type)type;
	*out = question;
	return true;
}

void reach_write_answer(const struct resolve_answer *answer, struct buf *out)
{
	wire_put_u8(out, answer->outcome);
	wire_put_u8(out, answer->security);
	wire_put_u32(out, answer->ttl_secs);
	wire_put_str(out, answer->canonical);
	wire_put_str(out, answer->reason);
	wire_put_u32(out, (uint32_t)answer->count);
	for (size_t i = 0; i < answer->count; i++) {
		const struct resolve_record *record = &answer->records[i];
		wire_put_str(out, record->text);
		wire_put_str(out, record->data);
		wire_put_u32(out, record->preference);
		wire_put_u8(out, record->usage);
		wire_put_u8(out, record->selector);
		wire_put_u8(out, record->matching);
		wire_put_u32(out, record->serial);
	}
}

bool reach_read_answer(struct str body, struct arena *arena, struct resolve_answer *out, struct err *err)
{
	struct wire_reader reader = {.rest = body};
	struct resolve_answer answer = {.outcome = (enum resolve_outcome)wire_get_enum(&reader, RESOLVE_OUTCOME_COUNT)};

	answer.security = (enum resolve_security)wire_get_enum(&reader, RESOLVE_SECURITY_COUNT);
	answer.ttl_secs = wire_get_u32(&reader);
	answer.canonical = wire_get_text(&reader, RESOLVE_NAME_MAX);
	answer.reason = wire_get_text(&reader, LIMIT_NAME_BYTES);
	uint32_t count = wire_get_u32(&reader);
	if (reader.failed || count > LIMIT_DNS_RECORDS)
		return err_set(err, ERR_INPUT, "the answer makes no sense");
	answer.records = ARENA_ARRAY(arena, count, struct resolve_record);
	answer.count = count;
	for (size_t i = 0; i < count; i++) {
		struct resolve_record *record = &answer.records[i];
		record->text = wire_get_bytes(&reader, LIMIT_DNS_ANSWER_BYTES);
		record->data = wire_get_bytes(&reader, LIMIT_DNS_ANSWER_BYTES);
		record->preference = wire_get_u32(&reader);
		record->usage = wire_get_u8(&reader);
		record->selector = wire_get_u8(&reader);
		record->matching = wire_get_u8(&reader);
		record->serial = wire_get_u32(&reader);
	}
	if (reader.failed || reader.rest.len > 0)
		return err_set(err, ERR_INPUT, "the answer makes no sense");
	*out = answer;
	return true;
}
