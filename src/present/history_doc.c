/* SPDX-License-Identifier: ISC */
#include "present/history_doc.h"

#include "base/attr.h"
#include "base/limits.h"
#include "present/changes_json.h"
#include "present/result_words.h"
#include "present/state_words.h"
#include "present/words.h"
#include "report/reporter.h"

#define CHANGES_MOST 30

/* --- clues --- */

static struct str span_words(struct arena *arena, int64_t secs)
{
	uint64_t minutes = (uint64_t)secs / 60, hours = (uint64_t)secs / 3600, days = (uint64_t)secs / SECS_PER_DAY;

	if (hours == 0)
		return WORDS_N(arena, minutes, "{count} minute", "{count} minutes", {"count", words_count(arena, minutes)});
	if (days < 2)
		return WORDS_N(arena, hours, "{count} hour", "{count} hours", {"count", words_count(arena, hours)});
	return WORDS_N(arena, days, "{count} day", "{count} days", {"count", words_count(arena, days)});
}

/* What changed, as the beginning of a sentence. */
static struct str change_words(const struct clue *clue, struct arena *arena)
{
	switch (clue->kind) {
	case CLUE_CERT_REPLACED:
		return WORDS(arena, "The certificate of {subject} was replaced", {"subject", clue->subject});
	case CLUE_TLSA_CHANGED:
		return WORDS(arena, "The TLSA records of {subject} were changed", {"subject", clue->subject});
	case CLUE_MX_JOINED:
		return WORDS(arena, "{subject} became a mail server of {domain}", {"subject", clue->subject},
		             {"domain", clue->other});
	case CLUE_POLICY_CHANGED:
		return WORDS(arena, "The MTA-STS policy of {subject} was changed", {"subject", clue->subject});
	case CLUE_TLSA_OLD_KEY:
	case CLUE_POLICY_DRIFT:
	case CLUE_STALE_POLICY:
	case CLUE_KIND_COUNT: break;
	}
	return STR("");
}

static struct str timed_words(const struct clue *clue, struct arena *arena)
{
	struct str change = change_words(clue, arena);

	if (clue->before_secs > 0)
		return WORDS(arena, "{change} {span} before the first failure.", {"change", change},
		             {"span", span_words(arena, clue->before_secs)});
	if (clue->before_secs == 0)
		return WORDS(arena, "{change} on the day of the first failure ({time}).", {"change", change},
		             {"time", words_instant(arena, clue->at)});
	return WORDS(arena, "{change} after the last failure that is reported ({time}).", {"change", change},
	             {"time", words_instant(arena, clue->at)});
}

struct str history_doc_clue(const struct clue *clue, struct arena *arena)
{
	switch (clue->kind) {
	case CLUE_TLSA_OLD_KEY:
		return WORDS(arena, "The TLSA records of {subject} still name the key of its certificate before, and not the one of today.",
		             {"subject", clue->subject});
	case CLUE_POLICY_DRIFT:
		return WORDS(arena,
		             "The policy file of {subject} changed, and the id in the DNS is still that of the file before: senders do "
		             "not fetch the new one.",
		             {"subject", clue->subject});
	case CLUE_STALE_POLICY:
		return WORDS(arena,
		             "{reporter} still uses the policy of {day}; a sender that fetched it last keeps it until {until} at the "
		             "latest.",
		             {"reporter", reporter_name(clue->other, STR_NONE)}, {"day", words_day(arena, day_of(clue->at))},
		             {"until", words_day(arena, day_of(clue->until))});
	default: return timed_words(clue, arena);
	}
}

void history_doc_clues(const struct clue *clues, size_t n, struct doc *out)
{
	if (n == 0)
		return;
	doc_heading(out, 2, str_of(tr("What else changed")));
	for (size_t i = 0; i < n; i++)
		doc_item(out, history_doc_clue(&clues[i], out->arena));
}

void history_doc_clues_json(const struct clue *clues, size_t n, struct arena *arena, struct json_out *json)
{
	json_out_list(json, "clues");
	for (size_t i = 0; i < n; i++) {
		const struct clue *clue = &clues[i];
		json_out_object(json, NULL);
		json_out_str(json, "code", str_of(clue_kind_text(clue->kind)));
		json_out_str(json, "subject", clue->subject);
		json_out_str(json, "other", clue->other);
		json_out_instant(json, "at", clue->at);
		json_out_instant(json, "until", clue->until);
		if (clue->before_secs == CLUE_NO_ISSUE)
			json_out_null(json, "seconds_before");
		else
			json_out_int(json, "seconds_before", clue->before_secs);
		json_out_str(json, "sentence", history_doc_clue(clue, arena));
		json_out_end(json);
	}
	json_out_end(json);
}

/* --- the last look --- */

static struct finding finding_of(const struct observation *row)
{
	struct finding finding = {.code = FINDING_COUNT, .subject = row->place, .detail = row->text};

	for (unsigned i = 0; i < FINDING_COUNT; i++)
		if (str_eq(row->value, str_of(finding_code_text((enum finding_code)i))))
			finding.code = (enum finding_code)i;
	finding.severity = row->severity < SEVERITY_COUNT ? (enum severity)row->severity : SEVERITY_OK;
	return finding;
}

static bool is_now(const struct observation *row, enum observation_kind kind)
{
	return row->kind == kind && row->gone_at == INSTANT_NONE;
}

static const char *verdict_words(enum check_state verdict)
{
	return verdict == CHECK_OK ? tr("all is well") : verdict == CHECK_PROBLEMS ? tr("problems") : tr("could not tell");
}

static void put_look(const struct domain_history *history, struct doc *out)
{
	struct arena *arena = out->arena;

	if (!history->is_looked_at) {
		doc_sentence(out, str_of(tr("This domain is not looked at: it is not in the list, is paused, or is not proven.")));
		return;
	}
	doc_facts(out, false);
	if (history->looked_at == INSTANT_NONE) {
		doc_fact(out, tr("Last look"), str_of(tr("not yet")));
	} else {
		doc_fact(out, tr("Last look"), words_instant(arena, history->looked_at));
		doc_fact(out, tr("It says"), str_of(verdict_words(history->verdict)));
	}
	doc_fact(out, tr("Next look"), words_instant(arena, history->next_at));
	if (history->reason.len > 0)
		doc_fact(out, tr("Could not tell"), history->reason);
	for (size_t i = 0; i < history->count; i++) {
		struct finding finding = finding_of(&history->rows[i]);
		if (!is_now(&history->rows[i], OBSERVED_FINDING) || finding.code == FINDING_COUNT)
			continue;
		doc_note(out, finding.severity >= SEVERITY_CRITICAL ? TONE_FAIL : finding.severity >= SEVERITY_WARNING ? TONE_WARN : TONE_NONE,
		         severity_words(finding.severity),
		         WORDS(arena, "{sentence} Seen since {time}.", {"sentence", finding_words_sentence(&finding, arena)},
		               {"time", words_instant(arena, history->rows[i].first_seen)}));
	}
}

/* --- what changed --- */

static const char *kind_words(enum observation_kind kind)
{
	switch (kind) {
	case OBSERVED_MX: return tr("mail servers");
	case OBSERVED_CERT: return tr("certificate");
	case OBSERVED_TLSA: return tr("TLSA record");
	case OBSERVED_RPT_RECORD: return tr("TLS-RPT record");
	case OBSERVED_STS_RECORD: return tr("MTA-STS record");
	case OBSERVED_POLICY: return tr("policy file");
	case OBSERVED_FINDING:
	case OBSERVATION_KIND_COUNT: break;
	}
	return tr("finding");
}

/* Several lines become one. */
static struct str one_line(struct str text, struct arena *arena)
{
	struct buf out;

	buf_init(&out, text.len * 2 + 16);
	for (struct str rest = text; rest.p != NULL;) {
		struct str line = str_trim(str_cut(&rest, '\n'));
		if (line.len > 0 && out.len > 0)
			buf_text(&out, ", ");
		buf_str(&out, line);
	}
	struct str line = arena_str(arena, out.len > 0 ? buf_view(&out) : STR(""));
	buf_done(&out);
	return line;
}

static struct str value_words(const struct observation *row, struct arena *arena)
{
	switch (row->kind) {
	case OBSERVED_CERT:
		return WORDS(arena, "for {names}, until {day}, {key}, SHA-256 {digest}", {"names", row->cert.names},
		             {"day", words_day_short(arena, day_of(row->cert.not_after))}, {"key", row->cert.key},
		             {"digest", str_upto(row->value, 16)});
	case OBSERVED_TLSA:
		return row->place.len > 0 ? WORDS(arena, "{record} (not signed)", {"record", row->value}) : row->value;
	case OBSERVED_STS_RECORD:
	case OBSERVED_POLICY: return one_line(row->text, arena);
	default: return one_line(row->value, arena);
	}
}

struct str history_doc_event(const struct observation *row, bool is_end, struct arena *arena)
{
	struct str what = str_of(kind_words(row->kind));

	if (is_end)
		return WORDS(arena, "{what} of {subject}: gone", {"what", what}, {"subject", row->subject});
	return WORDS(arena, "{what} of {subject}: {value}", {"what", what}, {"subject", row->subject},
	             {"value", value_words(row, arena)});
}

static const struct doc_column change_columns[] = {
    {"Since", "first_seen", COLUMN_TEXT, 0, "When a look of ours first saw it."},
    {"Until", "gone_at", COLUMN_TEXT, 0, "When a look of ours first saw that it was gone."},
    {"What", "kind", COLUMN_TEXT, 0, NULL},
    {"About", "subject", COLUMN_CODE, 0, NULL},
    {"Value", "value", COLUMN_CODE, 0, NULL},
};

static void put_changes(const struct domain_history *history, bool only_policies, struct doc *out)
{
	struct doc_table *table = NULL;
	size_t shown = 0;

	for (size_t i = 0; i < history->count && shown < CHANGES_MOST; i++) {
		const struct observation *row = &history->rows[i];
		bool is_policy = row->kind == OBSERVED_POLICY || row->kind == OBSERVED_STS_RECORD;
		if (row->kind == OBSERVED_FINDING || (only_policies && !is_policy))
			continue;
		if (table == NULL) {
			struct str title = str_of(only_policies ? tr("Policies as we saw them") : tr("What we saw, and since when"));
			doc_heading(out, 2, title);
			table = doc_table(out, title, change_columns, COUNT_OF(change_columns));
		}
		struct doc_cell *cells = doc_row(table, 0);
		cells[0] = doc_cell_instant(out->arena, row->first_seen);
		cells[1] = row->gone_at == INSTANT_NONE ? doc_cell(str_of(tr("now"))) : doc_cell_instant(out->arena, row->gone_at);
		cells[2] = doc_cell(str_of(kind_words(row->kind)));
		cells[3] = doc_cell(row->kind == OBSERVED_CERT ? str_of(arena_format(out->arena, "%.*s %.*s", STR_ARGS(row->subject),
		                                                                     STR_ARGS(row->place)))
		                                               : row->subject);
		cells[4] = doc_cell(value_words(row, out->arena));
		shown++;
	}
	if (table == NULL && only_policies) {
		doc_heading(out, 2, str_of(tr("Policies as we saw them")));
		doc_sentence(out, str_of(tr("No look of ours saw a policy of this domain yet.")));
	}
}

void history_doc(const struct domain_history *history, struct doc *out)
{
	put_look(history, out);
	history_doc_clues(history->clues, history->clue_count, out);
	put_changes(history, false, out);
}

void history_doc_policies(const struct domain_history *history, struct doc *out)
{
	put_changes(history, true, out);
	history_doc_clues(history->clues, history->clue_count, out);
	doc_heading(out, 2, str_of(tr("Policies as reporters saw them")));
	if (history->seen_count == 0)
		doc_sentence(out, str_of(tr("No report tells of a policy of this domain.")));
	for (size_t i = 0; i < history->seen_count; i++) {
		const struct policy_seen *seen = &history->seen[i];
		struct str text = STR("");
		for (size_t j = 0; j < seen->strings.count; j++)
			text = str_of(arena_format(out->arena, "%.*s%s%.*s", STR_ARGS(text), j == 0 ? "" : ", ",
			                           STR_ARGS(seen->strings.items[j])));
		doc_item(out, WORDS(out->arena, "{reporter}, {first} to {last}: {policy}",
		                    {"reporter", reporter_name(seen->reporter, seen->organization)},
		                    {"first", words_day_short(out->arena, seen->first_day)},
		                    {"last", words_day_short(out->arena, seen->last_day)},
		                    {"policy", text.len > 0 ? text
		                                            : result_words_policy_mode(out->arena, seen->type, STR_NONE, seen->mode)}));
	}
}

/* --- the timeline --- */

#define ENTRIES_SHOWN 20

/* "our look, google.com and 3 more" */
static struct str seers(const struct policy_entry *entry, struct arena *arena)
{
	struct str *names = ARENA_ARRAY(arena, entry->reporters.count + 1, struct str);
	size_t n = 0;

	if (entry->by_us)
		names[n++] = str_of(tr("our own look"));
	for (size_t i = 0; i < entry->reporters.count; i++)
		names[n++] = reporter_name(entry->reporters.items[i], STR_NONE);
	return words_list(arena, names, n, 4);
}

static void put_entry(const struct policy_entry *entry, struct doc *out)
{
	struct arena *arena = out->arena;
	struct buf text;

	doc_sentence(out, WORDS(arena, "{first} to {last}: {policy}, seen by {names}",
	                        {"first", words_day_short(arena, day_of(entry->from))}, {"last", words_day_short(arena, day_of(entry->until))},
	                        {"policy", entry->type == POLICY_TLSA ? STR("DANE") : STR("MTA-STS")}, {"names", seers(entry, arena)}));
	buf_init(&text, MIB(4));
	for (size_t i = 0; i < entry->change_count; i++) {
		buf_str(&text, changes_json_line(&entry->changes[i], arena));
		buf_byte(&text, '\n');
	}
	doc_code(out, arena_str(arena, buf_view(&text)));
	buf_done(&text);
}

void history_doc_timeline(const struct policy_entry *entries, size_t n, struct doc *out)
{
	if (n == 0)
		return;
	doc_heading(out, 2, str_of(tr("The policies, and what changed")));
	for (size_t i = 0; i < n && i < ENTRIES_SHOWN; i++)
		put_entry(&entries[i], out);
}

/* --- for programs --- */

void history_doc_timeline_json(const struct policy_entry *entries, size_t n, struct json_out *json)
{
	json_out_list(json, "timeline");
	for (size_t i = 0; i < n; i++) {
		const struct policy_entry *entry = &entries[i];
		json_out_object(json, NULL);
		json_out_str(json, "policy_type", str_of(policy_type_text(entry->type)));
		json_out_instant(json, "from", entry->from);
		json_out_instant(json, "until", entry->until);
		json_out_bool(json, "seen_by_us", entry->by_us);
		json_out_bool(json, "now", entry->is_now);
		json_out_list(json, "reporters");
		for (size_t j = 0; j < entry->reporters.count; j++)
			json_out_str(json, NULL, entry->reporters.items[j]);
		json_out_end(json);
		changes_json("changes", entry->changes, entry->change_count, json);
		json_out_end(json);
	}
	json_out_end(json);
}

static void put_row_json(const struct observation *row, struct json_out *json)
{
	json_out_object(json, NULL);
	json_out_str(json, "kind", str_of(observation_kind_text(row->kind)));
	json_out_str(json, "subject", row->subject);
	json_out_str(json, "place", row->place.len > 0 ? row->place : STR_NONE);
	json_out_str(json, "value", row->value);
	json_out_str(json, "text", row->text);
	json_out_instant(json, "first_seen", row->first_seen);
	json_out_instant(json, "last_seen", row->last_seen);
	json_out_instant(json, "gone_at", row->gone_at);
	if (row->kind == OBSERVED_CERT) {
		json_out_instant(json, "not_before", row->cert.not_before);
		json_out_instant(json, "not_after", row->cert.not_after);
		json_out_str(json, "names", row->cert.names);
		json_out_str(json, "issuer", row->cert.issuer);
		json_out_str(json, "key", row->cert.key);
		json_out_str(json, "key_sha256", row->cert.key_sha256);
	}
	json_out_end(json);
}

static void put_rows_json(const struct domain_history *history, bool only_policies, struct json_out *json)
{
	json_out_list(json, "observations");
	for (size_t i = 0; i < history->count; i++) {
		const struct observation *row = &history->rows[i];
		bool is_policy = row->kind == OBSERVED_POLICY || row->kind == OBSERVED_STS_RECORD;
		if (row->kind != OBSERVED_FINDING && (is_policy || !only_policies))
			put_row_json(row, json);
	}
	json_out_end(json);
}

static void put_findings_json(const struct domain_history *history, struct arena *arena, struct json_out *json)
{
	json_out_list(json, "findings");
	for (size_t i = 0; i < history->count; i++) {
		struct finding finding = finding_of(&history->rows[i]);
		if (!is_now(&history->rows[i], OBSERVED_FINDING) || finding.code == FINDING_COUNT)
			continue;
		json_out_object(json, NULL);
		json_out_str(json, "code", history->rows[i].value);
		json_out_str(json, "severity", str_of(severity_text(finding.severity)));
		json_out_str(json, "subject", finding.subject);
		json_out_str(json, "sentence", finding_words_sentence(&finding, arena));
		json_out_str(json, "step", finding_words_step(&finding, arena));
		json_out_instant(json, "since", history->rows[i].first_seen);
		json_out_end(json);
	}
	json_out_end(json);
}

static void put_look_json(const struct domain_history *history, struct json_out *json)
{
	if (!history->is_looked_at) {
		json_out_null(json, "look");
		return;
	}
	json_out_object(json, "look");
	json_out_instant(json, "at", history->looked_at);
	json_out_str(json, "verdict", history->looked_at == INSTANT_NONE ? STR_NONE : str_of(check_state_text(history->verdict)));
	json_out_instant(json, "next_at", history->next_at);
	json_out_str(json, "reason", history->reason.len > 0 ? history->reason : STR_NONE);
	json_out_end(json);
}

void history_doc_json(const struct domain_history *history, struct arena *arena, struct json_out *json)
{
	put_look_json(history, json);
	put_findings_json(history, arena, json);
	put_rows_json(history, false, json);
	history_doc_clues_json(history->clues, history->clue_count, arena, json);
}

void history_doc_policies_json(const struct domain_history *history, struct arena *arena, struct json_out *json)
{
	put_rows_json(history, true, json);
	history_doc_clues_json(history->clues, history->clue_count, arena, json);
	json_out_list(json, "seen_by_reporters");
	for (size_t i = 0; i < history->seen_count; i++) {
		const struct policy_seen *seen = &history->seen[i];
		json_out_object(json, NULL);
		json_out_str(json, "reporter", seen->reporter);
		json_out_str(json, "policy_type", str_of(policy_type_text(seen->type)));
		json_out_str(json, "mode", seen->mode == MODE_NOT_STATED ? STR_NONE : str_of(sts_mode_text(seen->mode)));
		json_out_list(json, "policy_strings");
		for (size_t j = 0; j < seen->strings.count; j++)
			json_out_str(json, NULL, seen->strings.items[j]);
		json_out_end(json);
		json_out_day(json, "first_day", seen->first_day);
		json_out_day(json, "last_day", seen->last_day);
		json_out_end(json);
	}
	json_out_end(json);
}
