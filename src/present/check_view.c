/* SPDX-License-Identifier: ISC */
#include "present/check_view.h"

#include "base/limits.h"
#include "present/state_words.h"
#include "present/stored_words.h"
#include "present/words.h"

static enum doc_tone tone_of(enum severity severity)
{
	static const enum doc_tone tones[] = {
	    [SEVERITY_OK] = TONE_OK, [SEVERITY_NOTICE] = TONE_NONE, [SEVERITY_WARNING] = TONE_WARN,
	    [SEVERITY_CRITICAL] = TONE_FAIL};
	return tones[severity];
}

static enum doc_tone state_tone(enum check_state state)
{
	static const enum doc_tone tones[] = {[CHECK_OK] = TONE_OK, [CHECK_NONE] = TONE_NONE,
	                                      [CHECK_PROBLEMS] = TONE_FAIL, [CHECK_CANNOT_TELL] = TONE_WARN};
	return tones[state];
}

static const char *state_word(enum check_state state)
{
	switch (state) {
	case CHECK_OK: return tr("ok");
	case CHECK_NONE: return tr("none");
	case CHECK_PROBLEMS: return tr("problem");
	case CHECK_CANNOT_TELL:
	case CHECK_STATE_COUNT: break;
	}
	return tr("could not tell");
}

static size_t count_from(const struct check *check, enum severity least)
{
	size_t n = 0;

	for (size_t i = 0; i < check->findings.count; i++)
		n += check->findings.items[i].severity >= least;
	return n;
}

static void put_verdict(const struct check *check, struct arena *arena, struct doc *doc)
{
	size_t problems = count_from(check, SEVERITY_WARNING);
	struct str count = words_count(arena, problems);

	if (check->verdict == CHECK_PROBLEMS)
		doc_verdict(doc, count_from(check, SEVERITY_CRITICAL) > 0 ? TONE_FAIL : TONE_WARN, tr("Action needed"),
		            WORDS_N(arena, problems, "One thing at {domain} is wrong.", "{count} things at {domain} are wrong.",
		                    {"count", count}, {"domain", check->domain}));
	else if (check->verdict == CHECK_CANNOT_TELL)
		doc_verdict(doc, TONE_WARN, tr("Could not tell"),
		            WORDS(arena, "Nothing wrong was seen at {domain}, but not everything could be looked at.",
		                  {"domain", check->domain}));
	else
		doc_verdict(doc, TONE_OK, tr("Ok"), WORDS(arena, "Nothing is wrong at {domain}.", {"domain", check->domain}));
}

static void put_state(struct doc *doc, const char *name, enum check_state state, struct str text)
{
	doc_fact(doc, name, text.len > 0 ? text : str_of(state_word(state)))->tone =
	    text.len > 0 ? TONE_PLAIN : state_tone(state);
}

/* Does it exist, is it right: one line each. */
static void put_parts(const struct check *check, struct arena *arena, struct doc *doc)
{
	const struct sts_policy *policy = &check->mta_sts.policy;

	doc_heading(doc, 2, str_of(tr("What is there")));
	doc_facts(doc, false);
	put_state(doc, "TLS-RPT", check->tls_rpt.state, STR_NONE);
	if (check->tls_rpt.record.p != NULL)
		doc_fact(doc, tr("record"), check->tls_rpt.record);
	put_state(doc, "MTA-STS", check->mta_sts.state, STR_NONE);
	if (check->mta_sts.record.p != NULL)
		doc_fact(doc, tr("record"), check->mta_sts.record);
	if (policy->is_valid)
		doc_fact(doc, tr("policy"),
		         WORDS(arena, "mode {mode}, max_age {age} seconds, {count} mx", {"mode", str_of(sts_mode_text(policy->mode))},
		               {"age", words_count(arena, policy->max_age_secs)}, {"count", words_count(arena, policy->mx.count)}));
	if (check->mta_sts.cert_not_after != INSTANT_NONE)
		doc_fact(doc, tr("certificate of the policy host until"), words_instant(arena, check->mta_sts.cert_not_after));
	put_state(doc, "DANE", check->dane.state, STR_NONE);
	put_state(doc, tr("Mail servers"), check->mx_state, STR_NONE);
}

static const struct doc_column mx_columns[] = {
    {"Server", "host", COLUMN_CODE, 0, NULL},          {"Preference", "preference", COLUMN_NUMBER, 6, NULL},
    {"Address", "address", COLUMN_CODE, 3, NULL},      {"STARTTLS", "starttls", COLUMN_TEXT, 0, NULL},
    {"TLS", "tls", COLUMN_TEXT, 4, NULL},              {"Certificate until", "not_after", COLUMN_TEXT, 2, NULL},
    {"DANE", "dane", COLUMN_TEXT, 1, NULL},            {"In the policy", "listed", COLUMN_TEXT, 5, NULL},
};

static const char *dane_word(const struct check_mx *mx)
{
	switch (mx->dane.state) {
	case DANE_NONE: return mx->dane.match_count > 0 ? tr("not signed") : tr("none");
	case DANE_CANNOT_TELL: return tr("could not tell");
	case DANE_ALL_UNUSABLE: return tr("not usable");
	case DANE_MATCH: return tr("matches");
	case DANE_MISMATCH:
	case DANE_STATE_COUNT: break;
	}
	return tr("does not match");
}

static const char *look_word(enum look_state state)
{
	switch (state) {
	case LOOK_OK: return tr("ok");
	case LOOK_NO_ADDRESS: return tr("no address");
	case LOOK_FORBIDDEN: return tr("special address");
	case LOOK_PORT_CLOSED: return tr("could not connect");
	case LOOK_NO_GREETING: return tr("no greeting");
	case LOOK_BROKEN: return tr("broken answer");
	case LOOK_NO_STARTTLS: return tr("not offered");
	case LOOK_STARTTLS_REFUSED: return tr("refused");
	case LOOK_INJECTED: return tr("plain text injected");
	case LOOK_HELD_BACK: return tr("not asked: we were there too often");
	case LOOK_HANDSHAKE_FAILED:
	case LOOK_STATE_COUNT: break;
	}
	return tr("handshake failed");
}

static void put_mx_row(const struct check *check, const struct check_mx *mx, const struct mx_look *look,
                       struct arena *arena, struct doc_cell *cells)
{
	cells[0] = doc_cell(mx->host);
	cells[1] = doc_cell_count(arena, mx->preference);
	cells[2] = doc_cell_stated(look == NULL ? STR_NONE : look->address);
	if (look != NULL)
		cells[3] = doc_cell_badge(look->state == LOOK_OK          ? TONE_OK
		                          : look->state == LOOK_PORT_CLOSED || look->state == LOOK_HELD_BACK
		                              ? TONE_WARN
		                                                          : TONE_FAIL,
		                          look_word(look->state));
	if (look != NULL && look->state == LOOK_OK) {
		cells[4] = doc_cell(look->tls.version);
		if (look->tls.chain_count > 0)
			cells[5] = doc_cell(words_day_short(arena, day_of(look->tls.chain[0].not_after)));
	}
	cells[6] = doc_cell(str_of(dane_word(mx)));
	if (check->mta_sts.policy.is_valid)
		cells[7] = doc_cell(str_of(mx->is_listed ? tr("yes") : tr("no")));
}

static void put_servers(const struct check *check, struct arena *arena, struct doc *doc)
{
	if (check->mx_count == 0)
		return;
	doc_heading(doc, 2, str_of(tr("Mail servers")));
	struct doc_table *table = doc_table(doc, str_of(tr("Mail servers")), mx_columns, COUNT_OF(mx_columns));
	for (size_t i = 0; i < check->mx_count; i++) {
		const struct check_mx *mx = &check->mx[i];
		for (size_t j = 0; j < mx->look_count; j++)
			put_mx_row(check, mx, &mx->looks[j], arena, doc_row(table, 0));
		if (mx->look_count == 0)
			put_mx_row(check, mx, NULL, arena, doc_row(table, 0));
	}
}

static void put_findings(const struct check *check, struct arena *arena, struct doc *doc)
{
	if (check->findings.count == 0)
		return;
	doc_heading(doc, 2, str_of(tr("What to do")));
	for (enum severity level = SEVERITY_CRITICAL; level > SEVERITY_OK; level--) {
		for (size_t i = 0; i < check->findings.count; i++) {
			const struct finding *finding = &check->findings.items[i];
			if (finding->severity != level)
				continue;
			doc_note(doc, tone_of(level), severity_words(level), finding_words_sentence(finding, arena));
			doc_sentence(doc, finding_words_step(finding, arena));
		}
	}
}

void check_view_doc(const struct check *check, struct arena *arena, struct doc *out)
{
	doc_init(out, arena, WORDS(arena, "Check of {domain}", {"domain", check->domain}));
	put_verdict(check, arena, out);
	doc_sub(out, WORDS(arena, "Looked at {time}.", {"time", words_instant(arena, check->at)}));
	put_parts(check, arena, out);
	put_servers(check, arena, out);
	put_findings(check, arena, out);
	if (check->unknowns.count > 0)
		doc_heading(out, 2, str_of(tr("What could not be told")));
	for (size_t i = 0; i < check->unknowns.count; i++)
		doc_item(out, stored_words(arena, check->unknowns.items[i]));
}

static void put_list(struct json_out *json, const char *key, const struct str_list *list)
{
	json_out_list(json, key);
	for (size_t i = 0; i < list->count; i++)
		json_out_str(json, NULL, list->items[i]);
	json_out_end(json);
}

static void put_records_json(const struct check *check, struct json_out *json)
{
	const struct sts_policy *policy = &check->mta_sts.policy;

	json_out_object(json, "tls_rpt");
	json_out_str(json, "state", str_of(check_state_text(check->tls_rpt.state)));
	json_out_str(json, "name", check->tls_rpt.name);
	json_out_str(json, "record", check->tls_rpt.record);
	put_list(json, "rua", &check->tls_rpt.rua);
	json_out_end(json);
	json_out_object(json, "mta_sts");
	json_out_str(json, "state", str_of(check_state_text(check->mta_sts.state)));
	json_out_str(json, "record", check->mta_sts.record);
	json_out_str(json, "id", check->mta_sts.id);
	json_out_str(json, "policy_host", check->mta_sts.host);
	json_out_str(json, "policy", check->mta_sts.body);
	json_out_bool(json, "valid", policy->is_valid);
	json_out_str(json, "mode", policy->mode == MODE_NOT_STATED ? STR_NONE : str_of(sts_mode_text(policy->mode)));
	if (policy->has_max_age)
		json_out_uint(json, "max_age", policy->max_age_secs);
	else
		json_out_null(json, "max_age");
	put_list(json, "mx", &policy->mx);
	json_out_instant(json, "certificate_not_after", check->mta_sts.cert_not_after);
	json_out_end(json);
	json_out_object(json, "dane");
	json_out_str(json, "state", str_of(check_state_text(check->dane.state)));
	json_out_end(json);
}

static void put_tls_json(const struct tls_seen *tls, struct json_out *json)
{
	json_out_str(json, "tls_version", tls->version);
	json_out_str(json, "cipher", tls->cipher);
	json_out_str(json, "key_exchange", tls->group);
	json_out_list(json, "chain");
	for (size_t i = 0; i < tls->chain_count; i++) {
		const struct cert_seen *cert = &tls->chain[i];
		json_out_object(json, NULL);
		json_out_str(json, "subject", cert->subject);
		json_out_str(json, "issuer", cert->issuer);
		json_out_str(json, "names", cert->names);
		json_out_instant(json, "not_before", cert->not_before);
		json_out_instant(json, "not_after", cert->not_after);
		json_out_str(json, "key", cert->key);
		json_out_str(json, "signature", cert->signature);
		json_out_end(json);
	}
	json_out_end(json);
}

static void put_dane_json(const struct dane_seen *dane, struct arena *arena, struct json_out *json)
{
	json_out_object(json, "dane");
	json_out_str(json, "state", str_of(dane_state_text(dane->state)));
	json_out_bool(json, "secure", dane->is_secure);
	json_out_list(json, "records");
	for (size_t i = 0; i < dane->match_count; i++) {
		struct buf text;
		buf_init(&text, KIB(256));
		tls_record_write(&dane->matches[i].record, &text);
		json_out_object(json, NULL);
		json_out_str(json, "record", arena_str(arena, buf_view(&text)));
		json_out_bool(json, "usable", dane->matches[i].fault == TLSA_USABLE);
		json_out_bool(json, "matches", dane->matches[i].matches);
		json_out_str(json, "sentence", str_of(tlsa_fault_sentence(dane->matches[i].fault)));
		json_out_end(json);
		buf_done(&text);
	}
	json_out_end(json);
	json_out_end(json);
}

static void put_mx_json(const struct check_mx *mx, struct arena *arena, struct json_out *json)
{
	json_out_object(json, NULL);
	json_out_str(json, "host", mx->host);
	json_out_uint(json, "preference", mx->preference);
	json_out_str(json, "state", str_of(check_state_text(mx->state)));
	json_out_bool(json, "listed", mx->is_listed);
	json_out_list(json, "addresses");
	for (size_t i = 0; i < mx->look_count; i++) {
		const struct mx_look *look = &mx->looks[i];
		json_out_object(json, NULL);
		json_out_str(json, "address", look->address);
		json_out_str(json, "state", str_of(look_state_text(look->state)));
		json_out_str(json, "banner", look->banner);
		json_out_str(json, "detail", look->detail);
		if (look->state == LOOK_OK)
			put_tls_json(&look->tls, json);
		json_out_end(json);
	}
	json_out_end(json);
	put_dane_json(&mx->dane, arena, json);
	json_out_end(json);
}

static void put_finding_json(const struct finding *finding, struct arena *arena, struct json_out *json)
{
	enum cause cause;

	json_out_object(json, NULL);
	json_out_str(json, "code", str_of(finding_code_text(finding->code)));
	json_out_str(json, "severity", str_of(severity_text(finding->severity)));
	json_out_str(json, "cause", finding_cause(finding->code, &cause) ? str_of(cause_text(cause)) : STR_NONE);
	json_out_str(json, "subject", finding->subject);
	json_out_str(json, "sentence", finding_words_sentence(finding, arena));
	json_out_list(json, "steps");
	json_out_str(json, NULL, finding_words_step(finding, arena));
	json_out_end(json);
	json_out_end(json);
}

void check_view_json(const struct check *check, struct arena *arena, struct json_out *json)
{
	check_view_member_json(check, arena, NULL, json);
}

void check_view_member_json(const struct check *check, struct arena *arena, const char *key, struct json_out *json)
{
	json_out_object(json, key);
	json_out_str(json, "domain", check->domain);
	json_out_instant(json, "at", check->at);
	json_out_str(json, "verdict", str_of(check_state_text(check->verdict)));
	put_records_json(check, json);
	json_out_list(json, "mx");
	for (size_t i = 0; i < check->mx_count; i++)
		put_mx_json(&check->mx[i], arena, json);
	json_out_end(json);
	json_out_list(json, "findings");
	for (size_t i = 0; i < check->findings.count; i++)
		put_finding_json(&check->findings.items[i], arena, json);
	json_out_end(json);
	put_list(json, "could_not_tell", &check->unknowns);
	json_out_end(json);
}
