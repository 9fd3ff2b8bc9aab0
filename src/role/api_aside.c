/* SPDX-License-Identifier: ISC */
/* What was kept aside, and the log of alerts. */
#include "alert/alert_rules.h"
#include "base/attr.h"
#include "base/limits.h"
#include "base/num.h"
#include "present/issue_doc.h"
#include "present/quarantine_doc.h"
#include "present/words.h"
#include "role/api_handlers.h"
#include "store/alerts.h"
#include "store/issues.h"

#define EXPORT_ROWS 500
#define SCANNED_MOST 5000 /* rows looked at for one page of a kind */
#define ALERTS_MOST 10000

/* --- quarantine --- */

static bool take_cursor(struct api *api, struct err *err)
{
	uint64_t after;

	if (api->cursor.p == NULL)
		return true;
	if (!num_parse_uint(api->cursor, INT64_MAX, &after))
		return api_wrong(api, "cursor", "it is `next` of the page before", err);
	api->filter.after_id = (int64_t)after;
	return true;
}

static bool take_kind(struct api *api, unsigned *out, struct err *err)
{
	const char *texts[QUARANTINE_KIND_COUNT];

	for (unsigned i = 0; i < QUARANTINE_KIND_COUNT; i++)
		texts[i] = quarantine_doc_kind_text((enum quarantine_kind)i);
	*out = QUARANTINE_KIND_COUNT;
	return api_take_choice(api, "kind", texts, QUARANTINE_KIND_COUNT, out, err);
}

/* One page of a kind, or of all. */
static bool load(struct api *api, unsigned kind, struct quarantine_list *out, struct err *err)
{
	size_t wanted = api->filter.limit, kept = 0;

	if (kind != QUARANTINE_KIND_COUNT)
		api->filter.limit = SCANNED_MOST;
	bool ok = store_quarantine(api->store, &api->filter, &api->arena, out, err);
	api->filter.limit = wanted;
	if (!ok || kind == QUARANTINE_KIND_COUNT)
		return ok;
	for (size_t i = 0; i < out->row_count; i++) {
		if (out->rows[i].kind != (enum quarantine_kind)kind)
			continue;
		if (kept == wanted) {
			out->next = out->rows[kept - 1].id;
			break;
		}
		out->rows[kept++] = out->rows[i];
	}
	out->row_count = kept;
	return true;
}

static bool export_rows(struct api *api, int64_t *next, struct buf *out, bool *out_end, struct err *err)
{
	struct quarantine_list list;
	bool is_first = *next == 0;
	unsigned kind = (unsigned)api->filter.counted; /* see below */

	api->filter.after_id = *next;
	api->filter.limit = EXPORT_ROWS;
	if (!load(api, kind, &list, err))
		return false;
	api_put_rows(quarantine_doc_table(&list, &api->arena), is_first, out);
	*next = list.next;
	*out_end = list.next == 0;
	return true;
}

bool api_aside_list(struct api *api, struct err *err)
{
	uint64_t counts[QUARANTINE_KIND_COUNT];
	struct quarantine_list list;
	struct json_out *json = &api->json;
	unsigned kind;

	if (!take_cursor(api, err) || !take_kind(api, &kind, err))
		return false;
	if (api->wants_csv) {
		api->filter.counted = (int)kind; /* no filter of this list, so it carries the kind */
		return api_answer_export(api, &(struct api_export){export_rows, "quarantine"}, err);
	}
	if (!load(api, kind, &list, err) || !screens_quarantine_counts(api->store, counts, err))
		return false;
	json_out_object(json, NULL);
	json_out_list(json, "quarantined");
	for (size_t i = 0; i < list.row_count; i++)
		quarantine_doc_row_json(&list.rows[i], json, NULL);
	json_out_end(json);
	api_put_next(api, list.next > 0 ? str_of(arena_format(&api->arena, "%lld", (long long)list.next)) : STR_NONE);
	json_out_uint(json, "readable", list.readable);
	json_out_object(json, "counts");
	for (unsigned i = 0; i < QUARANTINE_KIND_COUNT; i++)
		json_out_uint(json, quarantine_doc_kind_text((enum quarantine_kind)i), counts[i]);
	json_out_end(json);
	json_out_end(json);
	return true;
}

/* The pieces of code and their headings out of the document that the page shows. */
static void put_excerpts(const struct doc *doc, struct json_out *json)
{
	struct str title = STR("");

	json_out_list(json, "excerpts");
	for (const struct doc_node *node = doc->first; node != NULL; node = node->next) {
		if (node->kind == DOC_HEADING)
			title = node->text;
		if (node->kind != DOC_CODE)
			continue;
		json_out_object(json, NULL);
		json_out_str(json, "title", title);
		json_out_str(json, "text", node->text);
		json_out_end(json);
	}
	json_out_end(json);
}

static bool load_one(struct api *api, struct quarantine_row *row, struct str *out_bytes, struct err *err)
{
	struct buf original;
	int64_t id;

	if (!api_number(api, &id, err))
		return false;
	buf_init(&original, LIMIT_ARRIVAL_BYTES);
	bool ok = store_quarantine_one(api->store, id, &api->arena, row, &original, err);
	if (ok)
		*out_bytes = arena_str(&api->arena, buf_view(&original));
	buf_done(&original);
	return ok;
}

bool api_aside_one(struct api *api, struct err *err)
{
	struct json_out *json = &api->json;
	struct quarantine_row row;
	struct str bytes;
	struct doc doc;

	if (!load_one(api, &row, &bytes, err))
		return false;
	quarantine_doc_one(&row, bytes, &api->arena, &doc);
	json_out_object(json, NULL);
	quarantine_doc_row_json(&row, json, "row");
	json_out_bool(json, "has_original", bytes.len > 0);
	put_excerpts(&doc, json);
	json_out_end(json);
	return true;
}

bool api_aside_original(struct api *api, struct err *err)
{
	struct quarantine_row row;
	struct str bytes;

	if (!load_one(api, &row, &bytes, err))
		return false;
	api_answer_file(api, bytes, "application/octet-stream",
	                arena_format(&api->arena, "arrival-%lld.original", (long long)row.id));
	return true;
}
