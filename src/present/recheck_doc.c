/* SPDX-License-Identifier: ISC */
#include "present/recheck_doc.h"

#include "present/issue_doc.h"
#include "present/state_words.h"
#include "present/stored_words.h"
#include "present/words.h"

static void put_broken(const struct recheck_view *view, struct arena *arena, struct doc *doc)
{
	struct str sentence = view->finding != NULL ? finding_words_sentence(view->finding, arena)
	                                            : str_of(tr("Our own check sees it too."));
	doc_verdict(doc, view->issue->severity == SEVERITY_CRITICAL ? TONE_FAIL : TONE_WARN, tr("Still broken"), sentence);
	if (view->finding != NULL)
		doc_sentence(doc, finding_words_step(view->finding, arena));
}

/* A clean look alone closes nothing that others reported: they may see what we do not. */
static void put_clean(const struct recheck_view *view, struct doc *doc)
{
	doc_verdict(doc, TONE_OK, tr("Clean"), str_of(tr("Our own check sees nothing of it.")));
	if (view->issue->end != END_NONE)
		doc_sentence(doc, str_of(tr("The issue is closed.")));
	else if (view->issue->matter == MATTER_DOMAIN_SILENT)
		doc_sentence(doc, str_of(tr("The record is fine. Either nobody sent mail from a reporting provider, or delivery of "
		                            "the reports fails.")));
	else
		doc_sentence(doc, str_of(tr("The issue closes by itself when those who reported it have reported a day without it.")));
}

static void put_unknown(const struct recheck_view *view, struct doc *doc)
{
	doc_verdict(doc, TONE_WARN, tr("Could not tell"), str_of(tr("Our own check did not come far enough to tell.")));
	for (size_t i = 0; i < view->check->unknowns.count; i++)
		doc_item(doc, stored_words(doc->arena, view->check->unknowns.items[i]));
	for (size_t i = 0; view->check->unknowns.count == 0 && i < view->check->findings.count; i++)
		doc_item(doc, finding_words_sentence(&view->check->findings.items[i], doc->arena));
}

void recheck_doc(const struct recheck_view *view, instant now, struct arena *arena, struct doc *out)
{
	char number[ISSUE_NUMBER_MAX];
	const struct issue *issue = view->issue;

	doc_init(out, arena,
	         WORDS(arena, "{number}: {title}", {"number", arena_str(arena, issue_number(issue->id, number))},
	               {"title", issue_doc_title(arena, issue)}));
	switch (view->seen) {
	case SEEN_BROKEN: put_broken(view, arena, out); break;
	case SEEN_CLEAN: put_clean(view, out); break;
	case SEEN_NOT:
	case SEEN_COUNT: put_unknown(view, out); break;
	}
	doc_facts(out, false);
	doc_fact(out, tr("State"), str_of(issue_state_words(issue_state(issue, now))));
	doc_fact(out, tr("Looked at"), words_instant(arena, view->check->at));
	for (size_t i = 0; i < view->check->mx_count; i++)
		for (size_t j = 0; j < view->check->mx[i].look_count; j++)
			doc_fact(out, tr("Address"), view->check->mx[i].looks[j].address);
}

static void put_finding_json(const struct finding *finding, struct arena *arena, struct json_out *json)
{
	enum cause cause;

	if (finding == NULL) {
		json_out_null(json, "finding");
		return;
	}
	json_out_object(json, "finding");
	json_out_str(json, "code", str_of(finding_code_text(finding->code)));
	json_out_str(json, "severity", str_of(severity_text(finding->severity)));
	json_out_str(json, "cause", finding_cause(finding->code, &cause) ? str_of(cause_text(cause)) : STR_NONE);
	json_out_str(json, "subject", finding->subject);
	json_out_str(json, "sentence", finding_words_sentence(finding, arena));
	json_out_str(json, "step", finding_words_step(finding, arena));
	json_out_end(json);
}

void recheck_doc_json(const struct recheck_view *view, instant now, struct arena *arena, struct json_out *json)
{
	static const char *const results[] = {[SEEN_NOT] = "cannot-tell", [SEEN_CLEAN] = "clean", [SEEN_BROKEN] = "broken"};
	char number[ISSUE_NUMBER_MAX];
	const struct issue *issue = view->issue;

	json_out_object(json, NULL);
	json_out_str(json, "id", issue_number(issue->id, number));
	json_out_str(json, "title", issue_doc_title(arena, issue));
	json_out_instant(json, "at", view->check->at);
	json_out_str(json, "result", str_of(results[view->seen]));
	put_finding_json(view->finding, arena, json);
	json_out_list(json, "could_not_tell");
	for (size_t i = 0; i < view->check->unknowns.count; i++)
		json_out_str(json, NULL, view->check->unknowns.items[i]);
	json_out_end(json);
	json_out_str(json, "state", str_of(issue_state_text(issue_state(issue, now))));
	json_out_str(json, "severity", str_of(severity_text(issue->severity)));
	json_out_str(json, "confidence", str_of(confidence_text(issue->confidence)));
	json_out_str(json, "closed_because", issue->end == END_NONE ? STR_NONE : str_of(issue_end_text(issue->end)));
	json_out_end(json);
}
