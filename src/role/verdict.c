/* SPDX-License-Identifier: ISC */
#include "role/verdict.h"

#include <stdio.h>
#include <string.h>

#include "report/wire.h"
#include "store/store.h"

void verdict_write(const struct verdict *verdict, struct buf *out)
{
	wire_put_u8(out, verdict->kind);
	wire_put_u64(out, (uint64_t)verdict->arrival_id);
	wire_put_u8(out, verdict->outcome);
	wire_put_u32(out, verdict->stored);
	wire_put_u32(out, verdict->duplicates);
	wire_put_u32(out, verdict->revisions);
	wire_put_u32(out, verdict->held);
	wire_put_u8(out, verdict->quarantined);
	wire_put_u8(out, verdict->not_report);
	wire_put_str(out, str_of(verdict->text));
}

bool verdict_read(struct str body, struct verdict *out, struct err *err)
{
	struct wire_reader reader = {.rest = body};
	struct verdict verdict = {.kind = (enum verdict_kind)wire_get_enum(&reader, VERDICT_KIND_COUNT)};

	verdict.arrival_id = (int64_t)wire_get_u64(&reader);
	verdict.outcome = wire_get_enum(&reader, INGEST_OUTCOME_COUNT);
	verdict.stored = wire_get_u32(&reader);
	verdict.duplicates = wire_get_u32(&reader);
	verdict.revisions = wire_get_u32(&reader);
	verdict.held = wire_get_u32(&reader);
	verdict.quarantined = wire_get_bool(&reader);
	verdict.not_report = wire_get_bool(&reader);
	struct str text = wire_get_text(&reader, sizeof verdict.text - 1);
	if (reader.failed || reader.rest.len > 0)
		return err_set(err, ERR_INPUT, "a verdict of keep makes no sense");
	for (size_t i = 0; i < text.len; i++)
		verdict.text[i] = text.p[i] >= ' ' && text.p[i] <= '~' ? text.p[i] : '?';
	*out = verdict;
	return true;
}

struct verdict verdict_later(const char *text)
{
	struct verdict verdict = {.kind = VERDICT_LATER};
	(void)snprintf(verdict.text, sizeof verdict.text, "%s", text);
	return verdict;
}
