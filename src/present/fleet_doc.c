/* SPDX-License-Identifier: ISC */
#include "present/fleet_doc.h"

#include "present/advice_doc.h"
#include "present/publishing_doc.h"
#include "present/words.h"

static const struct doc_column columns[] = {
    {"Domain", "domain", COLUMN_CODE, 0, NULL},
    {"Mode", "mode", COLUMN_TEXT, 3, NULL},
    {"Next", "step", COLUMN_TEXT, 0, NULL},
    {"Would be refused", "would_be_refused", COLUMN_NUMBER, 1, NULL},
    {"Sessions", "sessions", COLUMN_NUMBER, 2, NULL},
    {"Days", "days", COLUMN_NUMBER, 4, NULL},
};

static struct str mode_of(const struct advice_facts *facts)
{
	return facts->is_valid ? str_of(sts_mode_text(facts->mode)) : STR_NONE;
}

static void fill(const struct fleet *fleet, struct arena *arena, struct doc_table *table)
{
	for (size_t i = 0; i < fleet->count; i++) {
		const struct fleet_row *row = &fleet->rows[i];
		struct doc_cell *cells = doc_row(table, 0);
		cells[0] = doc_cell(row->domain);
		cells[1] = row->facts.is_valid ? doc_cell(mode_of(&row->facts)) : doc_cell_badge(TONE_NONE, tr("none"));
		cells[1].raw = mode_of(&row->facts);
		cells[2] = doc_cell(str_of(advice_doc_step(row->advice.step)));
		cells[2].raw = str_of(advice_doc_step_code(row->advice.step));
		cells[3] = doc_cell_count(arena, row->facts.refused);
		cells[4] = doc_cell_count(arena, row->facts.sessions);
		cells[5] = doc_cell_count(arena, row->facts.mode_days);
	}
}

struct doc_table *fleet_doc_table(const struct fleet *fleet, struct arena *arena)
{
	struct doc_table *table = doc_table_new(arena, columns, COUNT_OF(columns));

	fill(fleet, arena, table);
	return table;
}

static size_t count_step(const struct fleet *fleet, enum advice_step step)
{
	size_t n = 0;

	for (size_t i = 0; i < fleet->count; i++)
		n += fleet->rows[i].advice.step == step;
	return n;
}

void fleet_doc(const struct fleet *fleet, struct arena *arena, struct doc *out)
{
	size_t ready = count_step(fleet, ADVICE_ENFORCE), bad = count_step(fleet, ADVICE_RETREAT);

	doc_init(out, arena, str_of(tr("MTA-STS of all domains: the next step")));
	if (bad > 0)
		doc_verdict(out, TONE_FAIL, tr("Action needed"),
		            WORDS_N(arena, bad, "One enforced policy refuses mail.", "{count} enforced policies refuse mail.",
		                    {"count", words_count(arena, bad)}));
	else
		doc_verdict(out, TONE_OK, tr("Ok"), str_of(tr("No enforced policy refuses mail.")));
	doc_sentence(out, WORDS_N(arena, ready, "One of {all} domains is ready for enforce.",
	                          "{count} of {all} domains are ready for enforce.", {"count", words_count(arena, ready)},
	                          {"all", words_count(arena, fleet->count)}));
	fill(fleet, arena, doc_table(out, str_of(tr("Next")), columns, COUNT_OF(columns)));
}

void fleet_doc_json(const struct fleet *fleet, struct json_out *json)
{
	json_out_object(json, NULL);
	json_out_list(json, "domains");
	for (size_t i = 0; i < fleet->count; i++) {
		const struct fleet_row *row = &fleet->rows[i];
		json_out_object(json, NULL);
		json_out_str(json, "domain", row->domain);
		json_out_str(json, "mode", mode_of(&row->facts));
		json_out_str(json, "step", str_of(advice_doc_step_code(row->advice.step)));
		json_out_str(json, "sentence", str_of(advice_doc_step(row->advice.step)));
		json_out_uint(json, "sessions", row->facts.sessions);
		json_out_uint(json, "would_be_refused", row->facts.refused);
		json_out_uint(json, "reporters", row->facts.reporters);
		json_out_uint(json, "days", row->facts.mode_days);
		json_out_bool(json, "served_here", row->facts.is_served);
		json_out_end(json);
	}
	json_out_end(json);
	json_out_uint(json, "ready", count_step(fleet, ADVICE_ENFORCE));
	json_out_uint(json, "refusing", count_step(fleet, ADVICE_RETREAT));
	json_out_end(json);
}

/* --- a wave --- */

static void put_records(struct doc *out, const struct publishing *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (list[i].record_text.p != NULL)
			doc_code(out, list[i].record_text);
}

static void put_names(struct doc *out, const struct publishing *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		doc_item(out, list[i].now.domain);
}

static void put_stop(const struct wave *wave, struct arena *arena, struct doc *out)
{
	if (wave->retreated_count > 0) {
		doc_verdict(out, TONE_FAIL, tr("Stopped"),
		            wave->is_dry_run
		                ? WORDS_N(arena, wave->retreated_count, "One domain of an earlier wave refuses mail and would go back to testing.",
		                          "{count} domains of earlier waves refuse mail and would go back to testing.",
		                          {"count", words_count(arena, wave->retreated_count)})
		                : WORDS_N(arena, wave->retreated_count, "One domain of an earlier wave refused mail and is back in testing.",
		                          "{count} domains of earlier waves refused mail and are back in testing.",
		                          {"count", words_count(arena, wave->retreated_count)}));
		put_names(out, wave->retreated, wave->retreated_count);
	} else if (wave->not_set.count > 0) {
		doc_verdict(out, TONE_WARN, tr("Waiting"),
		            str_of(tr("Domains of an earlier wave have another id in the DNS: until it is set nobody knows how they fare.")));
		for (size_t i = 0; i < wave->not_set.count; i++)
			doc_item(out, wave->not_set.items[i]);
	} else if (wave->wait_until != INSTANT_NONE) {
		doc_verdict(out, TONE_TEST, tr("Waiting"),
		            WORDS(arena, "The last wave has to stand until {time} before the next one goes.",
		                  {"time", words_instant(arena, wave->wait_until)}));
	} else {
		doc_verdict(out, TONE_NONE, tr("Nothing to do"),
		            WORDS(arena, "Of {all} domains that are not enforced none is ready.", {"all", words_count(arena, wave->looked_at)}));
	}
}

void fleet_doc_wave(const struct wave *wave, struct arena *arena, struct doc *out)
{
	doc_init(out, arena, str_of(tr("A wave of enforced policies")));
	if (wave->published_count == 0) {
		put_stop(wave, arena, out);
	} else {
		doc_verdict(out, wave->is_dry_run ? TONE_NONE : TONE_OK, wave->is_dry_run ? tr("Not published") : tr("Published"),
		            WORDS_N(arena, wave->published_count, "Wave {number}: enforce for one domain.",
		                    "Wave {number}: enforce for {count} domains.", {"number", words_count(arena, (uint64_t)wave->number)},
		                    {"count", words_count(arena, wave->published_count)}));
		put_names(out, wave->published, wave->published_count);
	}
	for (size_t i = 0; i < wave->unknown.count; i++)
		doc_item(out, WORDS(arena, "{domain} could not be told.", {"domain", wave->unknown.items[i]}));
	bool has_records = (wave->published_count > 0 || wave->retreated_count > 0) && !wave->is_dry_run;
	if (!has_records)
		return;
	doc_heading(out, 2, str_of(tr("Records to set")));
	put_records(out, wave->retreated, wave->retreated_count);
	put_records(out, wave->published, wave->published_count);
}

static void put_done_json(const char *key, const struct publishing *list, size_t count, struct arena *arena,
                          struct json_out *json)
{
	json_out_list(json, key);
	for (size_t i = 0; i < count; i++)
		publishing_doc_json(&list[i], arena, json);
	json_out_end(json);
}

static void put_list_json(const char *key, const struct str_list *list, struct json_out *json)
{
	json_out_list(json, key);
	for (size_t i = 0; i < list->count; i++)
		json_out_str(json, NULL, list->items[i]);
	json_out_end(json);
}

void fleet_doc_wave_json(const struct wave *wave, struct arena *arena, struct json_out *json)
{
	json_out_object(json, NULL);
	if (wave->published_count > 0)
		json_out_uint(json, "wave", (uint64_t)wave->number);
	else
		json_out_null(json, "wave");
	put_done_json("published", wave->published, wave->published_count, arena, json);
	put_done_json("retreated", wave->retreated, wave->retreated_count, arena, json);
	put_list_json("record_not_set", &wave->not_set, json);
	put_list_json("could_not_tell", &wave->unknown, json);
	json_out_instant(json, "wait_until", wave->wait_until);
	json_out_uint(json, "looked_at", wave->looked_at);
	json_out_uint(json, "ready", wave->ready);
	json_out_end(json);
}
