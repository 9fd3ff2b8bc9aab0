/* SPDX-License-Identifier: ISC */
#include "present/policy_check_doc.h"

#include <assert.h>

#include "present/publishing_doc.h"
#include "present/state_words.h"
#include "present/stored_words.h"
#include "present/words.h"

static const char *const codes[] = {
    [POLICY_MATTER_RECORD] = "record", [POLICY_MATTER_FILE] = "file", [POLICY_MATTER_ID] = "id",
    [POLICY_MATTER_SERVED] = "served", [POLICY_MATTER_MX] = "mx", [POLICY_MATTER_PLACE] = "place"};
static_assert(COUNT_OF(codes) == POLICY_MATTER_COUNT, "one code each");

/* Line ends may differ on the way; nothing else may. */
static bool same_text(struct str a, struct str b)
{
	struct str rest_a = a, rest_b = b;

	while (rest_a.p != NULL && rest_b.p != NULL)
		if (!str_eq(str_trim(str_cut(&rest_a, '\n')), str_trim(str_cut(&rest_b, '\n'))))
			return false;
	return str_trim(rest_a).len == 0 && str_trim(rest_b).len == 0;
}

static enum check_state judge_record(const struct check *check)
{
	return check->mta_sts.record.p != NULL ? CHECK_OK
	       : check->mta_sts.state == CHECK_CANNOT_TELL ? CHECK_CANNOT_TELL
	                                                   : CHECK_PROBLEMS;
}

static enum check_state judge_file(const struct check *check)
{
	if (check->mta_sts.policy.is_valid)
		return CHECK_OK;
	if (check->mta_sts.record.p == NULL)
		return CHECK_NONE; /* it is not fetched then */
	return check->mta_sts.state == CHECK_CANNOT_TELL ? CHECK_CANNOT_TELL : CHECK_PROBLEMS;
}

void policy_check_doc_judge(struct policy_check *it)
{
	const struct check *check = it->check;
	const struct sts_policy *policy = &check->mta_sts.policy;
	bool is_served = published_is_up(&it->served);
	bool applies = policy->is_valid && policy->mode != MODE_NONE;

	it->matters[POLICY_MATTER_RECORD] = judge_record(check);
	it->matters[POLICY_MATTER_FILE] = judge_file(check);
	it->matters[POLICY_MATTER_ID] = !is_served || check->mta_sts.record.p == NULL ? CHECK_NONE
	                                : it->of_id.n == it->served.n                   ? CHECK_OK
	                                                                                : CHECK_PROBLEMS;
	it->matters[POLICY_MATTER_SERVED] = !is_served || check->mta_sts.body.p == NULL ? CHECK_NONE
	                                    : same_text(check->mta_sts.body, it->served.text) ? CHECK_OK
	                                                                                     : CHECK_PROBLEMS;
	for (size_t i = 0; i < check->mx_count; i++)
		it->unlisted += applies && !check->mx[i].is_listed;
	it->matters[POLICY_MATTER_MX] = !applies                                                    ? CHECK_NONE
	                                : it->unlisted > 0                                        ? CHECK_PROBLEMS
	                                : check->mx_count == 0 && check->mx_state != CHECK_NONE ? CHECK_CANNOT_TELL
	                                                                                          : CHECK_OK;
	it->matters[POLICY_MATTER_PLACE] = is_served && it->has_place ? it->place : CHECK_NONE;
	it->verdict = CHECK_OK;
	for (unsigned i = 0; i < POLICY_MATTER_COUNT; i++) {
		if (it->matters[i] == CHECK_PROBLEMS)
			it->verdict = CHECK_PROBLEMS;
		if (it->matters[i] == CHECK_CANNOT_TELL && it->verdict == CHECK_OK)
			it->verdict = CHECK_CANNOT_TELL;
	}
	if (findings_worst(&check->findings) >= SEVERITY_WARNING)
		it->verdict = CHECK_PROBLEMS;
	else if (it->verdict == CHECK_OK && check->unknowns.count > 0)
		it->verdict = CHECK_CANNOT_TELL;
}

static struct str id_text(const struct policy_check *it, struct arena *arena)
{
	struct str id = it->check->mta_sts.id;

	if (it->matters[POLICY_MATTER_ID] == CHECK_OK)
		return WORDS(arena, "The id in the DNS is that of the policy served here: {id}.", {"id", id});
	if (it->of_id.n != 0)
		return WORDS(arena, "The id in the DNS, {id}, is that of an older policy: set it to {new}, or senders do not see the change.",
		             {"id", id}, {"new", it->served.id});
	return WORDS(arena, "The id in the DNS, {id}, is none of ours: set it to {new}.", {"id", id}, {"new", it->served.id});
}

static struct str text_of(const struct policy_check *it, enum policy_matter matter, struct arena *arena)
{
	const struct check *check = it->check;
	bool ok = it->matters[matter] == CHECK_OK;

	switch (matter) {
	case POLICY_MATTER_RECORD:
		return ok ? check->mta_sts.record : str_of(tr("The MTA-STS record is published and can be read."));
	case POLICY_MATTER_FILE:
		return ok ? WORDS(arena, "mode {mode}, max_age {age}", {"mode", str_of(sts_mode_text(check->mta_sts.policy.mode))},
		                  {"age", publishing_doc_age(check->mta_sts.policy.max_age_secs, arena)})
		          : str_of(tr("The policy file can be fetched and used."));
	case POLICY_MATTER_ID: return id_text(it, arena);
	case POLICY_MATTER_SERVED:
		return ok ? str_of(tr("What is seen from outside is the file that is served here."))
		          : str_of(tr("From outside another file is seen than the one that is served here."));
	case POLICY_MATTER_MX:
		return WORDS(arena, "The policy lists every mail server: {listed} of {all}.",
		             {"listed", words_count(arena, check->mx_count - it->unlisted)}, {"all", words_count(arena, check->mx_count)});
	case POLICY_MATTER_PLACE:
		if (it->place == CHECK_CANNOT_TELL)
			return WORDS(arena, "Where mta-sts.{domain} leads could not be told yet.", {"domain", check->domain});
		return ok ? WORDS(arena, "mta-sts.{domain} leads here, so it may have a certificate; seen {time}.", {"domain", check->domain},
		                  {"time", words_instant(arena, it->place_at)})
		          : WORDS(arena, "mta-sts.{domain} leads elsewhere, so it gets no certificate here; seen {time}.",
		                  {"domain", check->domain}, {"time", words_instant(arena, it->place_at)});
	case POLICY_MATTER_COUNT: break;
	}
	return STR_NONE;
}

static const struct doc_column columns[] = {{"State", "state", COLUMN_TEXT, 0, NULL},
                                            {"From outside", "matter", COLUMN_TEXT, 0, NULL}};

static struct doc_cell state_cell(enum check_state state)
{
	switch (state) {
	case CHECK_OK: return doc_cell_badge(TONE_OK, tr("ok"));
	case CHECK_PROBLEMS: return doc_cell_badge(TONE_FAIL, tr("problem"));
	default: return doc_cell_badge(TONE_NONE, tr("could not tell"));
	}
}

static void put_verdict(const struct policy_check *it, struct arena *arena, struct doc *out)
{
	struct str domain = it->check->domain;

	if (it->verdict == CHECK_OK)
		doc_verdict(out, TONE_OK, tr("Ok"), WORDS(arena, "Senders see the policy of {domain} as it should be.", {"domain", domain}));
	else if (it->verdict == CHECK_CANNOT_TELL)
		doc_verdict(out, TONE_WARN, tr("Could not tell"),
		            WORDS(arena, "Nothing wrong was seen at {domain}, but not everything could be looked at.", {"domain", domain}));
	else
		doc_verdict(out, TONE_FAIL, tr("Action needed"),
		            WORDS(arena, "Senders do not see the policy of {domain} as it should be.", {"domain", domain}));
}

void policy_check_doc(const struct policy_check *it, struct arena *arena, struct doc *out)
{
	const struct check *check = it->check;

	doc_init(out, arena, WORDS(arena, "The MTA-STS policy of {domain}", {"domain", check->domain}));
	put_verdict(it, arena, out);
	struct doc_table *table = doc_table(out, str_of(tr("From outside")), columns, COUNT_OF(columns));
	for (unsigned i = 0; i < POLICY_MATTER_COUNT; i++) {
		if (it->matters[i] == CHECK_NONE)
			continue;
		struct doc_cell *cells = doc_row(table, 0);
		cells[0] = state_cell(it->matters[i]);
		cells[1] = doc_cell(text_of(it, (enum policy_matter)i, arena));
	}
	for (size_t i = 0; i < check->findings.count; i++) {
		const struct finding *finding = &check->findings.items[i];
		doc_note(out, finding->severity >= SEVERITY_WARNING ? TONE_FAIL : TONE_NONE, severity_words(finding->severity),
		         finding_words_sentence(finding, arena));
		doc_sentence(out, finding_words_step(finding, arena));
	}
	for (size_t i = 0; i < check->unknowns.count; i++)
		doc_item(out, stored_words(out->arena, check->unknowns.items[i]));
	if (it->matters[POLICY_MATTER_SERVED] != CHECK_PROBLEMS)
		return;
	doc_heading(out, 3, str_of(tr("Served here")));
	doc_code(out, it->served.text);
	doc_heading(out, 3, str_of(tr("Seen from outside")));
	doc_code(out, check->mta_sts.body);
}

void policy_check_doc_json(const struct policy_check *it, struct arena *arena, struct json_out *json)
{
	const struct check *check = it->check;

	json_out_object(json, NULL);
	json_out_str(json, "domain", check->domain);
	json_out_instant(json, "at", check->at);
	json_out_str(json, "verdict", it->verdict == CHECK_OK ? STR("ok") : str_of(check_state_text(it->verdict)));
	json_out_str(json, "record", check->mta_sts.record);
	json_out_str(json, "id", check->mta_sts.id);
	json_out_str(json, "file", check->mta_sts.body);
	publishing_doc_policy_json(&it->served, "served_here", json);
	json_out_list(json, "matters");
	for (unsigned i = 0; i < POLICY_MATTER_COUNT; i++) {
		if (it->matters[i] == CHECK_NONE)
			continue;
		json_out_object(json, NULL);
		json_out_str(json, "code", str_of(codes[i]));
		json_out_str(json, "state", str_of(check_state_text(it->matters[i])));
		json_out_str(json, "sentence", text_of(it, (enum policy_matter)i, arena));
		json_out_end(json);
	}
	json_out_end(json);
	json_out_list(json, "findings");
	for (size_t i = 0; i < check->findings.count; i++) {
		const struct finding *finding = &check->findings.items[i];
		json_out_object(json, NULL);
		json_out_str(json, "code", str_of(finding_code_text(finding->code)));
		json_out_str(json, "severity", str_of(severity_text(finding->severity)));
		json_out_str(json, "subject", finding->subject);
		json_out_str(json, "sentence", finding_words_sentence(finding, arena));
		json_out_str(json, "step", finding_words_step(finding, arena));
		json_out_end(json);
	}
	json_out_end(json);
	json_out_list(json, "could_not_tell");
	for (size_t i = 0; i < check->unknowns.count; i++)
		json_out_str(json, NULL, check->unknowns.items[i]);
	json_out_end(json);
	json_out_end(json);
}
