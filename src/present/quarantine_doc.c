/* SPDX-License-Identifier: ISC */
#include "present/quarantine_doc.h"

#include <assert.h>

#include "base/limits.h"
#include "base/num.h"
#include "present/stored_words.h"
#include "present/words.h"

#define HEAD_LINES 12
#define HEAD_BYTES 1500
#define AROUND_BYTES 60 /* before and behind the place */

static const char *const kinds[QUARANTINE_KIND_COUNT] = {"unreadable", "held", "foreign", "conflicting"};

const char *quarantine_doc_kind_text(enum quarantine_kind kind)
{
	assert((unsigned)kind < QUARANTINE_KIND_COUNT);
	return kinds[kind];
}

static const char *kind_words(enum quarantine_kind kind)
{
	switch (kind) {
	case QUARANTINE_HELD: return tr("Held: nobody vouches for it.");
	case QUARANTINE_FOREIGN: return tr("For a domain that is not listed here.");
	case QUARANTINE_CONFLICTING: return tr("The same report is here already with other content.");
	case QUARANTINE_UNREADABLE:
	case QUARANTINE_KIND_COUNT: break;
	}
	return tr("It cannot be read.");
}

/* Why it is here, in one sentence with its place. */
static struct str why(struct arena *arena, const struct quarantine_row *row)
{
	if (row->kind != QUARANTINE_UNREADABLE)
		return row->reason.len > 0 ? stored_words(arena, row->reason) : str_of(kind_words(row->kind));
	struct str sentence = str_of(row->problem.kind == PROBLEM_NONE ? kind_words(row->kind)
	                                                                : tr(problem_sentence(row->problem.kind)));
	if (row->problem.place.len > 0)
		sentence = WORDS(arena, "{sentence} ({place})", {"sentence", sentence}, {"place", row->problem.place});
	return row->readable == 0 ? sentence : WORDS(arena, "{sentence} It can now be read.", {"sentence", sentence});
}

static const struct doc_column columns[] = {
    {"Number", "id", COLUMN_NUMBER, 0, "For `mailseal quarantine show NUMBER`."},
    {"Received", "received", COLUMN_TEXT, 2, NULL},
    {"From", "from", COLUMN_CODE, 1, NULL},
    {"Why", "why", COLUMN_TEXT, 0, NULL},
    {"Size", "bytes", COLUMN_NUMBER, 3, NULL},
};

static struct str origin(const struct quarantine_row *row)
{
	return row->from.len > 0 ? row->from : row->name.len > 0 ? row->name : row->peer;
}

void quarantine_doc(const struct quarantine_list *list, const struct view_scope *scope, struct arena *arena,
                    struct doc *out)
{
	uint64_t unreadable = 0;

	doc_init(out, arena, str_of(tr("Quarantine")));
	if (list->row_count == 0) {
		uint64_t reports = scope->status == NULL ? 0 : scope->status->reports;
		doc_verdict(out, TONE_OK, tr("Empty"),
		            reports == 0 ? str_of(tr("Nothing here."))
		                         : WORDS_N(arena, reports, "Nothing here. The one report could be read.",
		                                   "Nothing here. All {count} reports could be read.",
		                                   {"count", words_count(arena, reports)}));
		return;
	}
	for (size_t i = 0; i < list->row_count; i++)
		unreadable += list->rows[i].kind == QUARANTINE_UNREADABLE;
	doc_verdict(out, TONE_WARN, tr("Look"),
	            WORDS(arena, "{unreadable} could not be read, {held} are held for other reasons. Their bytes are kept.",
	                  {"unreadable", words_count(arena, unreadable)},
	                  {"held", words_count(arena, list->row_count - unreadable)}));
	if (list->readable > 0) {
		doc_sentence(out, WORDS_N(arena, list->readable, "One old report can now be read. It does not count yet.",
		                          "{count} old reports can now be read. They do not count yet.",
		                          {"count", words_count(arena, list->readable)}));
		doc_link(out, str_of(tr("Take in what can now be read")), STR_NONE, STR("mailseal quarantine retry --readable"));
	}
	struct doc_table *table = doc_table(out, str_of(tr("Newest first")), columns, COUNT_OF(columns));
	for (size_t i = 0; i < list->row_count; i++) {
		const struct quarantine_row *row = &list->rows[i];
		struct doc_cell *cells = doc_row(table, 0);
		cells[0] = doc_cell_count(arena, (uint64_t)row->id);
		cells[0].text = cells[0].raw;
		cells[0].href = str_of(arena_format(arena, "/quarantine/%lld", (long long)row->id));
		cells[1] = doc_cell_instant(arena, row->received_at);
		cells[2] = doc_cell_stated(origin(row));
		cells[3] = doc_cell(row->readable > 0 ? str_of(tr("It can now be read.")) : why(arena, row));
		cells[4] = doc_cell(words_bytes(arena, row->bytes));
	}
	if (list->next > 0)
		doc_link(out, str_of(tr("Older ones")),
		         view_words_href(arena, scope, "/quarantine", "after",
		                         str_of(arena_format(arena, "%lld", (long long)list->next))),
		         str_of(arena_format(arena, "mailseal quarantine list --after %lld", (long long)list->next)));
	doc_link(out, str_of(tr("Look at one")), STR_NONE, STR("mailseal quarantine show NUMBER"));
	doc_link(out, str_of(tr("Read one again, after an upgrade")), STR_NONE, STR("mailseal quarantine retry NUMBER"));
	doc_link(out, str_of(tr("Remove one")), STR_NONE, STR("mailseal quarantine drop NUMBER"));
}

/* --- one --- */

/* The number behind "byte " in the place; false where there is none. */
static bool place_byte(struct str place, uint64_t *out)
{
	struct str rest = str_from(place, str_find(place, STR("byte ")));
	size_t len = 0;

	rest = str_from(rest, 5);
	while (len < rest.len && byte_is_digit(rest.p[len]))
		len++;
	return num_parse_uint(str_upto(rest, len), UINT64_MAX, out);
}

static bool is_text(struct str bytes)
{
	size_t odd = 0;
	for (size_t i = 0; i < bytes.len; i++)
		odd += ((unsigned char)bytes.p[i] < 0x20 && !byte_is_space(bytes.p[i])) || bytes.p[i] == 0x7f;
	return odd * 20 <= bytes.len;
}

static struct str hex_lines(struct arena *arena, struct str bytes)
{
	struct buf out;

	buf_init(&out, KIB(16));
	for (size_t at = 0; at < bytes.len; at += 16) {
		buf_format(&out, "%s%08zx ", at == 0 ? "" : "\n", at);
		for (size_t i = at; i < bytes.len && i < at + 16; i++)
			buf_format(&out, " %02x", (unsigned char)bytes.p[i]);
	}
	struct str text = arena_str(arena, buf_view(&out));
	buf_done(&out);
	return text;
}

/* The first lines, or a hex dump of what is no text. */
static struct str head_of(struct arena *arena, struct str bytes)
{
	struct str head = str_upto(bytes, HEAD_BYTES);
	size_t len = 0, lines = 0;

	if (!is_text(head))
		return hex_lines(arena, str_upto(bytes, 128));
	while (len < head.len && lines < HEAD_LINES)
		lines += head.p[len++] == '\n';
	head = str_upto(head, len);
	struct buf out;
	buf_init(&out, KIB(16));
	for (size_t i = 0; i < head.len; i++)
		if (head.p[i] != '\r')
			buf_byte(&out, head.p[i]);
	struct str text = arena_str(arena, str_trim(buf_view(&out)));
	buf_done(&out);
	return text;
}

static void put_around(struct doc *doc, const struct problem *problem, struct str bytes)
{
	uint64_t at;

	/* Places count bytes of the JSON text; only where that is the original itself can they be shown in it. */
	if (bytes.len == 0 || (bytes.p[0] != '{' && bytes.p[0] != '[') || !place_byte(problem->place, &at) ||
	    at > bytes.len)
		return;
	size_t from = at > AROUND_BYTES ? (size_t)at - AROUND_BYTES : 0;
	struct arena *arena = doc->arena;
	doc_heading(doc, 3, str_of(tr("Around the place")));
	doc_code(doc, WORDS(arena, "{before} >>>HERE>>> {after}", {"before", str_upto(str_from(bytes, from), (size_t)at - from)},
	                    {"after", str_upto(str_from(bytes, (size_t)at), AROUND_BYTES)}));
}

static void put_problem(struct doc *doc, const struct problem *problem)
{
	if (problem->kind == PROBLEM_NONE)
		return;
	doc_facts(doc, false);
	doc_fact(doc, tr("Problem"), str_of(problem_code(problem->kind)));
	doc_fact(doc, tr("Place"), problem->place.len > 0 ? problem->place : str_of(tr("not stated")));
	if (problem->detail.len > 0)
		doc_fact(doc, tr("Detail"), problem->detail);
	if (problem->expected.len > 0)
		doc_fact(doc, tr("Expected"), problem->expected);
}

static void put_head(struct doc *doc, struct str bytes)
{
	if (bytes.len == 0)
		return;
	doc_heading(doc, 3, str_of(is_text(str_upto(bytes, HEAD_BYTES)) ? tr("How it begins") : tr("How it begins (hex)")));
	doc_code(doc, head_of(doc->arena, bytes));
}

void quarantine_doc_one(const struct quarantine_row *row, struct str original, struct arena *arena, struct doc *out)
{
	doc_init(out, arena, WORDS(arena, "Quarantine {id}", {"id", words_count(arena, (uint64_t)row->id)}));
	doc_verdict(out, TONE_WARN, row->kind == QUARANTINE_UNREADABLE ? tr("Unreadable") : tr("Held"), why(arena, row));
	put_problem(out, &row->problem);
	doc_facts(out, false);
	doc_fact(out, tr("Received"),
	         WORDS(arena, "{at} by {door}", {"at", words_instant(arena, row->received_at)},
	               {"door", str_of(door_text(row->door))}));
	if (row->copies > 1)
		doc_fact(out, tr("The same again"),
		         WORDS_N(arena, row->copies - 1, "{count} time, the last one {at}", "{count} times, the last one {at}",
		                 {"count", words_count(arena, row->copies - 1)}, {"at", words_instant(arena, row->last_at)}));
	if (row->from.len > 0)
		doc_fact(out, tr("From"), row->from);
	if (row->name.len > 0)
		doc_fact(out, tr("Name"), row->name);
	if (row->peer.len > 0)
		doc_fact(out, tr("Client"), row->peer);
	doc_fact(out, tr("Size"), words_bytes(arena, row->bytes));
	put_around(out, &row->problem, original);
	put_head(out, original);
	doc_link(out, str_of(tr("All of its bytes")), STR_NONE,
	         str_of(arena_format(arena, "mailseal quarantine show --raw %lld", (long long)row->id)));
	doc_link(out, str_of(tr("Read it again, after an upgrade")), STR_NONE,
	         str_of(arena_format(arena, "mailseal quarantine retry %lld", (long long)row->id)));
	doc_link(out, str_of(tr("Remove it")), STR_NONE,
	         str_of(arena_format(arena, "mailseal quarantine drop %lld", (long long)row->id)));
}

void quarantine_doc_problem(const struct problem *problem, struct str name, struct str bytes, struct arena *arena,
                            struct doc *out)
{
	doc_init(out, arena, name.len > 0 ? name : str_of(tr("Standard input")));
	doc_verdict(out, TONE_FAIL, tr("Unreadable"), str_of(tr(problem_sentence(problem->kind))));
	put_problem(out, problem);
	put_around(out, problem, bytes);
}

/* --- records and JSON --- */

static const struct doc_column record_columns[] = {
    {"Number", "id", COLUMN_NUMBER, 0, NULL},  {"Received", "received", COLUMN_TEXT, 0, NULL},
    {"Via", "door", COLUMN_CODE, 0, NULL},     {"Client", "peer", COLUMN_CODE, 0, NULL},
    {"From", "from", COLUMN_CODE, 0, NULL},    {"Name", "name", COLUMN_TEXT, 0, NULL},
    {"Kind", "kind", COLUMN_CODE, 0, NULL},    {"Code", "code", COLUMN_CODE, 0, NULL},
    {"Place", "place", COLUMN_TEXT, 0, NULL},  {"Why", "sentence", COLUMN_TEXT, 0, NULL},
    {"Size", "bytes", COLUMN_NUMBER, 0, NULL},
};

struct doc_table *quarantine_doc_table(const struct quarantine_list *list, struct arena *arena)
{
	struct doc_table *table = doc_table_new(arena, record_columns, COUNT_OF(record_columns));

	for (size_t i = 0; i < list->row_count; i++) {
		const struct quarantine_row *row = &list->rows[i];
		struct doc_cell *cells = doc_row(table, 0);
		cells[0] = doc_cell_count(arena, (uint64_t)row->id);
		cells[1] = doc_cell_instant(arena, row->received_at);
		cells[2] = doc_cell(str_of(door_text(row->door)));
		cells[3] = doc_cell(row->peer);
		cells[4] = doc_cell(row->from);
		cells[5] = doc_cell(row->name);
		cells[6] = doc_cell(str_of(quarantine_doc_kind_text(row->kind)));
		cells[7] = doc_cell(str_of(problem_code(row->problem.kind)));
		cells[8] = doc_cell(row->problem.place);
		cells[9] = doc_cell(row->kind == QUARANTINE_UNREADABLE && row->problem.kind != PROBLEM_NONE
		                        ? str_of(problem_sentence(row->problem.kind))
		                        : why(arena, row));
		cells[10] = doc_cell_count(arena, row->bytes);
	}
	return table;
}

static struct str or_none(struct str s)
{
	return s.len > 0 ? s : STR_NONE;
}

static void put_problem_members(const struct problem *problem, struct json_out *json)
{
	json_out_str(json, "code", or_none(str_of(problem_code(problem->kind))));
	json_out_str(json, "place", or_none(problem->place));
	json_out_str(json, "sentence", or_none(str_of(problem_sentence(problem->kind))));
	json_out_str(json, "detail", or_none(problem->detail));
	json_out_str(json, "expected", or_none(problem->expected));
}

void quarantine_doc_problem_json(const struct problem *problem, struct json_out *json)
{
	json_out_object(json, NULL);
	json_out_object(json, "error");
	put_problem_members(problem, json);
	json_out_end(json);
	json_out_end(json);
}

void quarantine_doc_row_json(const struct quarantine_row *row, struct json_out *json, const char *key)
{
	json_out_object(json, key);
	json_out_int(json, "id", row->id);
	json_out_instant(json, "received", row->received_at);
	json_out_str(json, "door", str_of(door_text(row->door)));
	json_out_str(json, "peer", or_none(row->peer));
	json_out_str(json, "from", or_none(row->from));
	json_out_str(json, "name", or_none(row->name));
	json_out_str(json, "kind", str_of(quarantine_doc_kind_text(row->kind)));
	put_problem_members(&row->problem, json);
	json_out_str(json, "reason", or_none(row->reason));
	json_out_uint(json, "bytes", row->bytes);
	json_out_uint(json, "readable", row->readable);
	json_out_uint(json, "copies", row->copies);
	json_out_instant(json, "last_received", row->last_at != INSTANT_NONE ? row->last_at : row->received_at);
	json_out_end(json);
}

void quarantine_doc_json(const struct quarantine_list *list, struct json_out *json)
{
	json_out_object(json, NULL);
	json_out_list(json, "quarantined");
	for (size_t i = 0; i < list->row_count; i++)
		quarantine_doc_row_json(&list->rows[i], json, NULL);
	json_out_end(json);
	if (list->next > 0)
		json_out_int(json, "next", list->next);
	else
		json_out_null(json, "next");
	json_out_uint(json, "readable", list->readable);
	json_out_end(json);
}
