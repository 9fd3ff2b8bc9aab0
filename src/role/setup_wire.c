/* SPDX-License-Identifier: ISC */
#include "role/setup_wire.h"

#include "base/limits.h"
#include "report/wire.h"
#include "role/reach_wire.h"

#define URI_MOST KIB(2)
#define RECORD_MOST KIB(4)
#define SENTENCE_MOST KIB(1)
#define RUA_MOST 64u

static void put_text(struct buf *out, struct str text, size_t most)
{
	wire_put_str(out, str_upto(text, most));
}

static void put_texts(struct buf *out, const struct str_list *texts, size_t most)
{
	size_t count = texts->count < most ? texts->count : most;

	wire_put_u32(out, (uint32_t)count);
	for (size_t i = 0; i < count; i++)
		put_text(out, texts->items[i], URI_MOST);
}

static void get_texts(struct wire_reader *reader, size_t most, struct arena *arena, struct str_list *out)
{
	uint32_t count = wire_get_u32(reader);

	*out = (struct str_list){0};
	reader->failed = reader->failed || count > most;
	if (reader->failed)
		return;
	out->items = ARENA_ARRAY(arena, count + 1, struct str);
	while (out->count < count)
		out->items[out->count++] = wire_get_bytes(reader, URI_MOST);
}

static bool is_name(struct str name)
{
	char text[RESOLVE_NAME_MAX];
	struct str read;

	return resolve_name(name, text, &read);
}

/* --- the request --- */

void setup_wire_write_request(const struct setup_request *request, struct buf *out)
{
	wire_put_u8(out, REACH_SETUP);
	wire_put_u8(out, request->errand);
	wire_put_str(out, request->proof.domain);
	wire_put_str(out, request->proof.nonce);
	wire_put_str(out, request->proof.token);
	wire_put_str(out, request->proof.tenant_token);
	wire_put_str(out, request->proof.host);
	put_texts(out, &request->ours, SETUP_ADDRESSES_MOST);
}

bool setup_wire_read_request(struct str body, struct arena *arena, struct setup_request *out, struct err *err)
{
	struct wire_reader reader = {.rest = body};
	unsigned kind = wire_get_u8(&reader);

	*out = (struct setup_request){.errand = (enum setup_errand)wire_get_enum(&reader, SETUP_ERRAND_COUNT)};
	out->proof.domain = wire_get_text(&reader, RESOLVE_NAME_MAX);
	out->proof.nonce = wire_get_text(&reader, LIMIT_NAME_BYTES);
	out->proof.token = wire_get_text(&reader, LIMIT_NAME_BYTES);
	out->proof.tenant_token = wire_get_text(&reader, LIMIT_NAME_BYTES);
	out->proof.host = wire_get_text(&reader, LIMIT_NAME_BYTES);
	get_texts(&reader, SETUP_ADDRESSES_MOST, arena, &out->ours);
	return (!reader.failed && kind == REACH_SETUP && reader.rest.len == 0 && is_name(out->proof.domain) && out->ours.count > 0) ||
	       err_set(err, ERR_INPUT, "the request for an errand makes no sense");
}

/* --- the answer --- */

static void put_view(const struct record_view *view, struct buf *out)
{
	const struct finding *finding = view->findings.count > 0 ? &view->findings.items[0] : NULL;

	wire_put_str(out, view->resolver == NULL ? STR_NONE : str_of(view->resolver));
	wire_put_u8(out, view->seen);
	wire_put_u32(out, view->ttl_secs);
	wire_put_u8(out, finding != NULL);
	if (finding != NULL) {
		wire_put_u32(out, finding->code);
		put_text(out, finding->subject, SENTENCE_MOST);
		put_text(out, finding->detail, SENTENCE_MOST);
	}
	put_text(out, view->record, RECORD_MOST);
	put_texts(out, &view->rua, RUA_MOST);
}

static void get_view(struct wire_reader *reader, struct arena *arena, struct record_view *out)
{
	struct str resolver = wire_get_text(reader, LIMIT_NAME_BYTES);

	*out = (struct record_view){.resolver = resolver.p == NULL ? NULL : arena_text(arena, resolver)};
	out->seen = (enum record_seen)wire_get_enum(reader, RECORD_SEEN_COUNT);
	out->ttl_secs = wire_get_u32(reader);
	if (wire_get_bool(reader)) {
		uint32_t code = wire_get_u32(reader);
		struct str subject = wire_get_bytes(reader, SENTENCE_MOST);
		struct str detail = wire_get_bytes(reader, SENTENCE_MOST);
		reader->failed = reader->failed || code >= FINDING_COUNT;
		if (!reader->failed)
			findings_add(&out->findings, arena, (enum finding_code)code, subject, detail);
	}
	out->record = wire_get_bytes(reader, RECORD_MOST);
	get_texts(reader, RUA_MOST, arena, &out->rua);
}

static void put_test(const struct test_report *test, struct str id, struct buf *out)
{
	put_text(out, test->uri, URI_MOST);
	wire_put_u8(out, test->result);
	put_text(out, test->reason, SENTENCE_MOST);
	wire_put_str(out, id);
}

static void get_test(struct wire_reader *reader, struct test_report *out, struct str *out_id)
{
	*out = (struct test_report){.uri = wire_get_bytes(reader, URI_MOST)};
	out->result = (enum test_report_result)wire_get_enum(reader, TEST_REPORT_RESULT_COUNT);
	out->reason = wire_get_bytes(reader, SENTENCE_MOST);
	*out_id = wire_get_text(reader, LIMIT_NAME_BYTES);
}

void setup_wire_write_answer(const struct setup_answer *answer, struct buf *out)
{
	wire_put_u8(out, answer->errand);
	wire_put_str(out, answer->domain);
	wire_put_u8(out, answer->found.proof);
	wire_put_u8(out, answer->found.is_in_trouble);
	wire_put_u8(out, (unsigned)answer->view_count);
	for (size_t i = 0; i < answer->view_count; i++)
		put_view(&answer->views[i], out);
	wire_put_u8(out, (unsigned)answer->test_count);
	for (size_t i = 0; i < answer->test_count; i++)
		put_test(&answer->tests[i], answer->ids[i], out);
}

bool setup_wire_read_answer(struct str body, struct arena *arena, struct setup_answer *out, struct err *err)
{
	struct wire_reader reader = {.rest = body};

	*out = (struct setup_answer){.errand = (enum setup_errand)wire_get_enum(&reader, SETUP_ERRAND_COUNT)};
	out->domain = wire_get_text(&reader, RESOLVE_NAME_MAX);
	out->found.proof = (enum domain_proof)wire_get_enum(&reader, DOMAIN_PROOF_COUNT);
	out->found.is_in_trouble = wire_get_bool(&reader);
	size_t views = wire_get_u8(&reader);
	reader.failed = reader.failed || views > RECORD_WATCH_MOST || out->found.proof == DOMAIN_PROVEN_OPERATOR;
	while (!reader.failed && out->view_count < views)
		get_view(&reader, arena, &out->views[out->view_count++]);
	size_t tests = wire_get_u8(&reader);
	reader.failed = reader.failed || tests > SETUP_ADDRESSES_MOST;
	for (; !reader.failed && out->test_count < tests; out->test_count++)
		get_test(&reader, &out->tests[out->test_count], &out->ids[out->test_count]);
	return (!reader.failed && reader.rest.len == 0) || err_set(err, ERR_INPUT, "the answer to an errand makes no sense");
}
