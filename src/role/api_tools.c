/* SPDX-License-Identifier: ISC */
/* The catalogue of causes, and records made and taken apart. */
#include "base/attr.h"
#include "base/limits.h"
#include "present/cause_words.h"
#include "present/state_words.h"
#include "present/words.h"
#include "publish/txt_record.h"
#include "publish/zone_format.h"
#include "role/api_handlers.h"
#include "role/explaining.h"

#define RECORD_MOST_BYTES 4096
#define TTL_SECS 3600
#define URIS_MOST 20

/* --- causes --- */

static struct cause_about nobody(void)
{
	return (struct cause_about){.host = STR_NONE};
}

static void put_head(struct api *api, enum cause cause)
{
	struct cause_about about = nobody();
	struct json_out *json = &api->json;

	json_out_str(json, "cause", str_of(cause_text(cause)));
	json_out_str(json, "title", cause_words_title(&api->arena, cause, &about));
	json_out_str(json, "sentence", str_of(tr(cause_sentence(cause))));
	json_out_str(json, "fault", str_of(fault_text(cause_fault(cause))));
	json_out_str(json, "severity", str_of(severity_text(cause_severity(cause, POLICY_TLSA, MODE_NOT_STATED))));
	json_out_str(json, "check", str_of(cause_check_text(cause_check(cause))));
	json_out_str(json, "rfc", str_of(cause_rfc(cause)));
}

static const struct doc_column columns[] = {
    {"Cause", "cause", COLUMN_CODE, 0, NULL},    {"Title", "title", COLUMN_TEXT, 0, NULL},
    {"Sentence", "sentence", COLUMN_TEXT, 0, NULL}, {"Fault", "fault", COLUMN_TEXT, 0, NULL},
    {"RFC", "rfc", COLUMN_TEXT, 0, NULL},
};

static bool csv_causes(struct api *api, struct err *err)
{
	struct doc_table *table = doc_table_new(&api->arena, columns, COUNT_OF(columns));
	struct cause_about about = nobody();

	for (unsigned i = 0; i < CAUSE_COUNT; i++) {
		struct doc_cell *cells = doc_row(table, 0);
		enum cause cause = (enum cause)i;
		cells[0] = doc_cell(str_of(cause_text(cause)));
		cells[1] = doc_cell(cause_words_title(&api->arena, cause, &about));
		cells[2] = doc_cell(str_of(tr(cause_sentence(cause))));
		cells[3] = doc_cell(str_of(fault_text(cause_fault(cause))));
		cells[4] = doc_cell(str_of(cause_rfc(cause)));
	}
	return api_answer_table(api, table, "causes", err);
}

bool api_tools_causes(struct api *api, struct err *err)
{
	if (api->wants_csv)
		return csv_causes(api, err);
	json_out_object(&api->json, NULL);
	json_out_list(&api->json, "causes");
	for (unsigned i = 0; i < CAUSE_COUNT; i++) {
		json_out_object(&api->json, NULL);
		put_head(api, (enum cause)i);
		json_out_end(&api->json);
	}
	json_out_end(&api->json);
	json_out_end(&api->json);
	return true;
}

bool api_tools_cause(struct api *api, struct err *err)
{
	struct cause_about about = nobody();
	enum cause cause;

	if (!cause_find(api->visit->match.parts[0], &cause))
		return err_set(err, ERR_MISSING, "there is no cause of that name");
	json_out_object(&api->json, NULL);
	put_head(api, cause);
	json_out_null(&api->json, "refused");
	cause_words_json(&api->json, &api->arena, cause, &about);
	json_out_end(&api->json);
	return true;
}

bool api_tools_explain(struct api *api, struct err *err)
{
	struct explaining_request request = {.result_type = api_parameter(api, "result_type"),
	                                     .reason = api_parameter(api, "reason"),
	                                     .information = api_parameter(api, "information"),
	                                     .policy_type = api_parameter(api, "policy_type"),
	                                     .mode = api_parameter(api, "mode"),
	                                     .reporter = api->filter.reporter};
	struct explaining explained;

	if (request.result_type.p == NULL)
		return api_wrong(api, "result_type", "which result is it?", err);
	if (request.policy_type.p != NULL && policy_type_of(request.policy_type) == POLICY_OTHER)
		return api_wrong(api, "policy_type", "a policy is sts, tlsa or no-policy-found", err);
	explaining(&request, &explained);
	explaining_about(&explained, api_parameter(api, "host"), api->filter.domain);
	explaining_json(&explained, &api->arena, &api->json);
	return true;
}

/* --- records --- */

static void put_findings(struct api *api, const struct findings *findings)
{
	struct json_out *json = &api->json;

	json_out_list(json, "findings");
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->items[i];
		json_out_object(json, NULL);
		json_out_str(json, "code", str_of(finding_code_text(finding->code)));
		json_out_str(json, "severity", str_of(severity_text(finding->severity)));
		json_out_str(json, "sentence", finding_words_sentence(finding, &api->arena));
		json_out_str(json, "step", finding_words_step(finding, &api->arena));
		json_out_end(json);
	}
	json_out_end(json);
}

bool api_tools_record(struct api *api, struct err *err)
{
	struct str text = api_parameter(api, "record");
	struct txt_record record;
	struct findings findings = {0};
	struct json_out *json = &api->json;
	enum txt_kind kind;

	if (text.len == 0 || text.len > RECORD_MOST_BYTES || !txt_record_kind(text, &kind))
		return api_wrong(api, "record", "this is neither a TLS-RPT nor an MTA-STS record", err);
	txt_record_read(text, kind, str_of(txt_kind_label(kind)), &api->arena, &record, &findings);
	json_out_object(json, NULL);
	json_out_str(json, "kind", str_of(txt_kind_text(record.kind)));
	json_out_bool(json, "valid", record.is_valid);
	json_out_list(json, "tags");
	for (size_t i = 0; i < record.tag_count; i++) {
		json_out_object(json, NULL);
		json_out_str(json, "name", record.tags[i].name);
		json_out_str(json, "value", record.tags[i].value);
		json_out_str(json, "sentence", str_of(tr(record.tags[i].sentence)));
		json_out_end(json);
	}
	json_out_end(json);
	put_findings(api, &findings);
	json_out_end(json);
	return true;
}

static bool add_uris(struct api *api, const char *name, struct str_list *list, struct err *err)
{
	struct str rest = api_parameter(api, name);

	while (rest.p != NULL) {
		struct str uri = str_cut(&rest, ' ');
		struct buf encoded;
		if (uri.len == 0)
			continue;
		if (list->count == URIS_MOST)
			return api_wrong(api, name, "these are too many addresses", err);
		buf_init(&encoded, KIB(4));
		bool ok = txt_record_encode_rua(uri, &encoded, err);
		if (ok)
			list->items[list->count++] = arena_str(&api->arena, buf_view(&encoded));
		buf_done(&encoded);
		if (!ok) {
			api->wrong = name;
			return false;
		}
	}
	return true;
}

static bool write_tlsrpt(struct api *api, struct buf *out, struct err *err)
{
	struct str_list rua = {.items = ARENA_ARRAY(&api->arena, URIS_MOST, struct str)};

	if (!add_uris(api, "rua", &rua, err) || !add_uris(api, "keep", &rua, err))
		return false;
	if (rua.count == 0)
		return api_wrong(api, "rua", "a TLS-RPT record names an address for the reports", err);
	txt_record_write_tlsrpt(&rua, out);
	return true;
}

static bool is_id(struct str id)
{
	for (size_t i = 0; i < id.len; i++)
		if (!byte_is_alpha(id.p[i]) && !byte_is_digit(id.p[i]))
			return false;
	return id.len > 0 && id.len <= 32; /* RFC 8461 section 3.1 */
}

static bool write_sts(struct api *api, struct buf *out, struct err *err)
{
	struct str id = api_parameter(api, "id");
	struct str made = STR_NONE;

	if (id.p == NULL) {
		struct day_parts day = day_split(day_of(instant_now()));
		instant secs = instant_now() % SECS_PER_DAY;
		made = str_of(arena_format(&api->arena, "%04d%02d%02dT%02d%02d%02d", day.year, day.month, day.day,
		                           (int)(secs / 3600), (int)(secs / 60 % 60), (int)(secs % 60)));
	} else if (!is_id(id)) {
		return api_wrong(api, "id", "an id is 1 to 32 letters and digits", err);
	}
	txt_record_write_sts(id.p == NULL ? made : id, out);
	return true;
}

static bool take_format(struct api *api, enum zone_format *out, struct err *err)
{
	struct str name = api_parameter(api, "record_format");

	*out = ZONE_TEXT;
	return name.p == NULL || zone_format_of(name, out) || api_wrong(api, "record_format", "there is no such form", err);
}

static bool put_made(struct api *api, enum txt_kind kind, struct str domain, struct str value, enum zone_format format,
                     struct err *err)
{
	struct str label = str_of(txt_kind_label(kind));
	struct txt_record record;
	struct findings findings = {0};
	struct json_out *json = &api->json;
	struct buf text;

	buf_init(&text, KIB(64));
	bool ok = zone_format_write(format, label, domain, value, TTL_SECS, &text, err);
	if (ok) {
		txt_record_read(value, kind, label, &api->arena, &record, &findings);
		json_out_object(json, NULL);
		json_out_str(json, "name",
		             str_of(arena_format(&api->arena, "%.*s.%.*s", STR_ARGS(label), STR_ARGS(domain))));
		json_out_str(json, "type", STR("TXT"));
		json_out_uint(json, "ttl", TTL_SECS);
		json_out_str(json, "value", value);
		json_out_str(json, "text", arena_str(&api->arena, buf_view(&text)));
		put_findings(api, &findings);
		json_out_end(json);
	}
	buf_done(&text);
	return ok;
}

bool api_tools_generate(struct api *api, struct err *err)
{
	static const char *const kinds[] = {"tls-rpt", "mta-sts"};
	unsigned wanted = 0;
	enum zone_format format;
	struct buf value;

	if (api->filter.domain.p == NULL)
		return api_wrong(api, "domain", "which domain is it for?", err);
	if (!api_take_choice(api, "kind", kinds, COUNT_OF(kinds), &wanted, err) || !take_format(api, &format, err))
		return false;
	buf_init(&value, KIB(16));
	bool ok = wanted == 0 ? write_tlsrpt(api, &value, err) : write_sts(api, &value, err);
	ok = ok && put_made(api, wanted == 0 ? TXT_TLSRPT : TXT_STS, api->filter.domain, buf_view(&value), format, err);
	buf_done(&value);
	return ok;
}
