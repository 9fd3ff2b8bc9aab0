/* SPDX-License-Identifier: ISC */
#include "present/status_doc.h"

#include <assert.h>

#include "base/num.h"
#include "present/complete_words.h"
#include "present/words.h"

#define SILENT_DAYS 3 /* reports come once a day, at times two days late */

static const struct {
	const char *text, *word; /* as in JSON; as a badge */
	enum doc_tone tone;
} verdicts[STATUS_VERDICT_COUNT] = {
    [STATUS_ACTION_NEEDED] = {"action-needed", tr_mark("Action needed"), TONE_FAIL},
    [STATUS_AT_RISK] = {"at-risk", tr_mark("At risk"), TONE_WARN},
    [STATUS_ALL_CLEAR] = {"all-clear", tr_mark("All clear"), TONE_OK},
    [STATUS_WAITING] = {"waiting", tr_mark("Waiting for reports"), TONE_NONE},
    [STATUS_STOPPED] = {"stopped", tr_mark("Reports stopped"), TONE_WARN},
    [STATUS_CANNOT_TELL] = {"cannot-tell", tr_mark("Cannot tell"), TONE_NONE},
};

static uint64_t silent_days(const struct store_status *status, instant now)
{
	if (status->last_arrival == INSTANT_NONE || status->last_arrival > now)
		return 0;
	return (uint64_t)(now - status->last_arrival) / SECS_PER_DAY;
}

enum status_verdict status_verdict(const struct store_status *status, instant now)
{
	if (status->reports == 0)
		return STATUS_WAITING;
	if (status->counted == 0)
		return STATUS_CANNOT_TELL;
	if (status->recent_refused > 0)
		return STATUS_ACTION_NEEDED;
	if (silent_days(status, now) >= SILENT_DAYS)
		return STATUS_STOPPED;
	return status->recent_failed > 0 ? STATUS_AT_RISK : STATUS_ALL_CLEAR;
}

const char *status_verdict_text(enum status_verdict verdict)
{
	return verdicts[verdict].text;
}

struct str status_sentence(const struct store_status *status, instant now, struct arena *arena)
{
	enum status_verdict verdict = status_verdict(status, now);
	uint64_t total = num_add_sat(status->recent_successful, status->recent_failed);
	uint64_t silent = silent_days(status, now);
	const struct word words[] = {{"total", words_count(arena, total)},
	                             {"failed", words_count(arena, status->recent_failed)},
	                             {"share", words_share(arena, status->recent_failed, total)},
	                             {"refused", words_count(arena, status->recent_refused)},
	                             {"days", words_count(arena, silent)},
	                             {"held", words_count(arena, status->held)}};
	const char *text = NULL;

	switch (verdict) {
	case STATUS_ACTION_NEEDED:
		text = tr_n("Mail was refused in one session of the last 30 days with data; {failed} of {total} failed.",
		            "Mail was refused in {refused} sessions of the last 30 days with data; {failed} of {total} failed.",
		            status->recent_refused);
		break;
	case STATUS_AT_RISK:
		text = tr("{failed} of {total} sessions failed ({share}) in the last 30 days with data; nothing was refused.");
		break;
	case STATUS_ALL_CLEAR:
		text = tr_n("Nothing failed in the one session of the last 30 days with data.",
		            "Nothing failed in {total} sessions of the last 30 days with data.", total);
		break;
	case STATUS_WAITING: text = tr("Waiting for the first report."); break;
	case STATUS_STOPPED:
		text = tr("No report has come in for {days} days. Either nobody who reports sent mail, or reports do not reach us.");
		break;
	case STATUS_CANNOT_TELL:
	case STATUS_VERDICT_COUNT: text = tr("None of the reports counts: {held} are held, because nobody vouches for them."); break;
	}
	return words_fill(arena, text, words, COUNT_OF(words));
}

void status_doc_verdict(struct doc *doc, const struct store_status *status, instant now)
{
	struct arena *arena = doc->arena;
	enum status_verdict verdict = status_verdict(status, now);

	doc_verdict(doc, verdicts[verdict].tone, tr(verdicts[verdict].word), status_sentence(status, now, arena));
	complete_words_put(doc, &status->complete);
	if (status->last_arrival != INSTANT_NONE)
		doc_sub(doc, WORDS(arena, "Last arrival: {arrival}.", {"arrival", words_instant(arena, status->last_arrival)}));
}

static void put_stored(struct doc *doc, const struct store_status *status)
{
	struct arena *arena = doc->arena;

	doc_facts(doc, false);
	doc_fact(doc, tr("Reports"),
	         WORDS(arena, "{count} ({counted} counted, {held} held, {revisions} replaced by a revision)",
	               {"count", words_count(arena, status->reports)}, {"counted", words_count(arena, status->counted)},
	               {"held", words_count(arena, status->held)}, {"revisions", words_count(arena, status->revisions)}));
	doc_fact(doc, tr("From"),
	         WORDS(arena, "{reporters} about {domains}",
	               {"reporters", WORDS_N(arena, status->reporters, "{n} reporter", "{n} reporters",
	                                     {"n", words_count(arena, status->reporters)})},
	               {"domains", WORDS_N(arena, status->domains, "{n} domain", "{n} domains",
	                                   {"n", words_count(arena, status->domains)})}));
	doc_fact(doc, tr("Arrivals"),
	         WORDS(arena, "{count}, {duplicates} of them duplicates", {"count", words_count(arena, status->arrivals)},
	               {"duplicates", words_count(arena, status->duplicates)}));
	doc_fact(doc, tr("Quarantine"),
	         status->quarantined == 0 ? str_of(tr("nothing"))
	                                  : WORDS(arena, "{count}; see 'mailseal quarantine list'",
	                                          {"count", words_count(arena, status->quarantined)}));
	if (status->schema_version == 0) {
		doc_fact(doc, tr("Store"), str_of(tr("none yet")));
		return;
	}
	doc_fact(doc, tr("Store"),
	         WORDS(arena, "{path} ({bytes}, schema {schema})", {"path", status->path},
	               {"bytes", words_bytes(arena, status->bytes)},
	               {"schema", words_count(arena, status->schema_version)}));
	doc_fact(doc, tr("Originals"), words_bytes(arena, status->originals_bytes));
	doc_fact(doc, tr("Alerts"),
	         status->alert_channels == 0
	             ? str_of(tr("in the log of the server alone; see 'mailseal help alert'"))
	             : WORDS_N(arena, status->alert_channels, "to {n} channel", "to {n} channels",
	                       {"n", words_count(arena, status->alert_channels)}));
}

static void put_alerts(struct doc *doc, const struct store_status *status)
{
	struct arena *arena = doc->arena;

	if (status->alert_failing.len > 0)
		doc_note(doc, TONE_FAIL, tr("Alerts are failing"),
		         WORDS_N(arena, status->alerts_queued, "The channel {channel} takes no messages; {count} message waits.",
		                 "The channel {channel} takes no messages; {count} messages wait.",
		                 {"channel", status->alert_failing}, {"count", words_count(arena, status->alerts_queued)}));
	if (status->alert_address_behind.len > 0)
		doc_note(doc, TONE_WARN, tr("Warning"),
		         view_words_behind(arena, status->alert_address, status->alert_address_behind));
}

void status_doc(const struct store_status *status, instant now, struct arena *arena, struct doc *out)
{
	enum status_verdict verdict = status_verdict(status, now);

	doc_init(out, arena, str_of(tr("Status")));
	status_doc_verdict(out, status, now);
	put_stored(out, status);
	put_alerts(out, status);
	if (verdict == STATUS_WAITING)
		doc_link(out, str_of(tr("Read reports that are here already")), STR_NONE,
		         STR("mailseal import FILE-OR-FOLDER..."));
	if (status->recent_failed > 0) {
		doc_link(out, str_of(tr("What failed")), STR("/results"), STR("mailseal result list"));
		doc_link(out, str_of(tr("For whom")), STR("/sources"), STR("mailseal source list"));
	}
}

void status_doc_json(const struct store_status *status, instant now, struct json_out *json)
{
	json_out_object(json, NULL);
	json_out_str(json, "verdict", str_of(verdicts[status_verdict(status, now)].text));
	json_out_instant(json, "at", now);
	view_words_period_json(json, (struct period){status->first_begin, status->last_end});
	json_out_instant(json, "last_arrival", status->last_arrival);
	json_out_object(json, "recent");
	json_out_uint(json, "successful", status->recent_successful);
	json_out_uint(json, "failed", status->recent_failed);
	json_out_uint(json, "refused", status->recent_refused);
	json_out_end(json);
	complete_words_json(json, &status->complete);
	json_out_uint(json, "reports", status->reports);
	json_out_uint(json, "counted", status->counted);
	json_out_uint(json, "held", status->held);
	json_out_uint(json, "revisions", status->revisions);
	json_out_uint(json, "arrivals", status->arrivals);
	json_out_uint(json, "duplicates", status->duplicates);
	json_out_uint(json, "quarantined", status->quarantined);
	json_out_uint(json, "reporters", status->reporters);
	json_out_uint(json, "domains", status->domains);
	json_out_object(json, "alerts");
	json_out_uint(json, "channels", status->alert_channels);
	json_out_uint(json, "queued", status->alerts_queued);
	json_out_str(json, "failing", status->alert_failing.len > 0 ? status->alert_failing : STR_NONE);
	json_out_str(json, "address", status->alert_address.len > 0 ? status->alert_address : STR_NONE);
	json_out_str(json, "behind", status->alert_address_behind.len > 0 ? status->alert_address_behind : STR_NONE);
	json_out_end(json);
	json_out_object(json, "store");
	json_out_str(json, "path", status->path);
	json_out_uint(json, "schema_version", status->schema_version);
	json_out_uint(json, "bytes", status->bytes);
	json_out_uint(json, "originals_bytes", status->originals_bytes);
	json_out_end(json);
	json_out_end(json);
}
