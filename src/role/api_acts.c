/* SPDX-License-Identifier: ISC */
/* What the product does when somebody asks for it: issues, domains, reporters, the quarantine. */
#include "base/limits.h"
#include "base/num.h"
#include "report/issue.h"
#include "role/api_body.h"
#include "role/api_change.h"
#include "role/api_handlers.h"
#include "role/keep_trust.h"
#include "role/verdict.h"
#include "store/store_domains.h"
#include "store/store_trust.h"

#define NOTE_BYTES KIB(4)

/* --- issues --- */

static bool issue_of(const struct api *api, int64_t *out, struct err *err)
{
	return issue_number_read(api->visit->match.parts[0], out) || err_set(err, ERR_MISSING, "an issue has a number");
}

/* One verb on one issue, with what `put` takes from the body. */
typedef bool put_fn(struct api *api, struct api_body *body, struct buf *out, struct err *err);

static bool act_on_issue(struct api *api, const char *verb, put_fn *put, struct err *err)
{
	struct api_change change;
	struct api_body body;
	int64_t id;

	if (!issue_of(api, &id, err))
		return false;
	bool ok = api_body_read(api, &body, err);
	if (ok) {
		api_change_begin(api, verb, &change);
		wire_put_u64(&change.body, (uint64_t)id);
		ok = put(api, &body, &change.body, err) && api_body_end(&body, err) && api_change_send(&change, NULL, err) &&
		     api_put_done(api);
		api_change_done(&change);
	}
	api_body_done(&body);
	return ok;
}

static bool put_owner(struct api *api, struct api_body *body, struct buf *out, struct err *err)
{
	struct str owner = api_body_text(body, "owner", LIMIT_NAME_BYTES);

	(void)err;
	/* Who says that he has seen it looks after it, unless he names another. */
	if (owner.p == NULL && api->visit->principal.by == PRINCIPAL_BY_SESSION)
		owner = api->visit->principal.who;
	wire_put_str(out, owner.p == NULL ? STR("") : owner);
	return true;
}

static bool put_until(struct api *api, struct api_body *body, struct buf *out, struct err *err)
{
	instant until = api_body_instant(body, "until");

	if (until == INSTANT_NONE && !body->failed)
		return api_wrong(api, "/until", "until when?", err);
	wire_put_u64(out, (uint64_t)until);
	return true;
}

static bool put_end(struct api *api, struct api_body *body, struct buf *out, struct err *err)
{
	struct str as = api_body_text(body, "as", 32), note = api_body_text(body, "note", NOTE_BYTES);
	enum issue_end end = END_FIXED;

	if (as.p == NULL || !issue_end_of(as, &end))
		return api_wrong(api, "/as", "an issue is closed as fixed, not-mine or accepted", err);
	wire_put_u8(out, end);
	wire_put_str(out, note.p == NULL ? STR("") : note);
	return true;
}

static bool put_note(struct api *api, struct api_body *body, struct buf *out, struct err *err)
{
	struct str text = api_body_text(body, "text", NOTE_BYTES);

	if (text.len == 0 && !body->failed)
		return api_wrong(api, "/text", "a note says something", err);
	wire_put_str(out, text);
	return true;
}

static bool put_nothing(struct api *api, struct api_body *body, struct buf *out, struct err *err)
{
	(void)api;
	(void)body;
	(void)out;
	(void)err;
	return true;
}

bool api_acts_issue_acknowledge(struct api *api, struct err *err)
{
	return act_on_issue(api, "issue-ack", put_owner, err);
}

bool api_acts_issue_snooze(struct api *api, struct err *err)
{
	return act_on_issue(api, "issue-snooze", put_until, err);
}

bool api_acts_issue_close(struct api *api, struct err *err)
{
	return act_on_issue(api, "issue-close", put_end, err);
}

bool api_acts_issue_note(struct api *api, struct err *err)
{
	return act_on_issue(api, "issue-note", put_note, err);
}

bool api_acts_issue_reopen(struct api *api, struct err *err)
{
	return act_on_issue(api, "issue-reopen", put_nothing, err);
}

/* --- many issues --- */

static const struct issue_act {
	const char *name, *verb;
	put_fn *put;
} issue_acts[] = {
    {"acknowledge", "issue-ack", put_owner}, {"snooze", "issue-snooze", put_until}, {"close", "issue-close", put_end},
    {"note", "issue-note", put_note},        {"reopen", "issue-reopen", put_nothing},
};

static bool take_act(struct api *api, struct api_body *body, const struct issue_act **out, struct err *err)
{
	struct str name = api_body_text(body, "act", 32);

	for (size_t i = 0; i < COUNT_OF(issue_acts); i++)
		if (str_eq(name, str_of(issue_acts[i].name))) {
			*out = &issue_acts[i];
			return true;
		}
	return api_wrong(api, "/act", "an act is acknowledge, snooze, close, note or reopen", err);
}

static bool take_ids(struct api *api, struct api_body *body, struct str_list *out, struct err *err)
{
	if (!api_body_list(body, "ids", LIMIT_PAGE_ROWS, out) || out->count == 0)
		return body->failed || api_wrong(api, "/ids", "which issues?", err);
	return out->count <= LIMIT_ISSUES_AT_ONCE ||
	       api_wrong(api, "/ids", arena_format(&api->arena, "at most %d issues can be changed at once", LIMIT_ISSUES_AT_ONCE),
	                 err);
}

/* What is no number is no issue either, and never comes to keep. */
static void put_ids(const struct str_list *ids, struct buf *out)
{
	uint32_t count = 0;
	int64_t id;

	for (size_t i = 0; i < ids->count; i++)
		count += issue_number_read(ids->items[i], &id);
	wire_put_u32(out, count);
	for (size_t i = 0; i < ids->count; i++)
		if (issue_number_read(ids->items[i], &id))
			wire_put_u64(out, (uint64_t)id);
}

static void put_acted(struct api *api, const struct str_list *ids, struct wire_reader *reader)
{
	int64_t id;

	json_out_object(&api->json, NULL);
	json_out_list(&api->json, "issues");
	for (size_t i = 0; i < ids->count; i++) {
		bool is_number = issue_number_read(ids->items[i], &id);
		bool is_done = is_number && wire_get_u8(reader) == ERR_NONE;
		struct str said = is_number ? wire_get_text(reader, sizeof(struct err)) : STR("an issue has a number");
		json_out_object(&api->json, NULL);
		json_out_str(&api->json, "id", ids->items[i]);
		json_out_bool(&api->json, "done", is_done);
		json_out_str(&api->json, "said", is_done ? STR_NONE : said);
		json_out_end(&api->json);
	}
	json_out_end(&api->json);
	json_out_end(&api->json);
}

static bool act_on_issues(struct api *api, struct api_body *body, struct err *err)
{
	const struct issue_act *act = NULL;
	struct api_change change;
	struct wire_reader reader;
	struct str_list ids;

	if (!take_act(api, body, &act, err) || !take_ids(api, body, &ids, err))
		return false;
	api_change_begin(api, "issue-many", &change);
	wire_put_str(&change.body, str_of(act->verb));
	put_ids(&ids, &change.body);
	bool ok = act->put(api, body, &change.body, err) && api_body_end(body, err) && api_change_send(&change, &reader, err);
	if (ok)
		put_acted(api, &ids, &reader);
	api_change_done(&change);
	return ok;
}

bool api_acts_issues(struct api *api, struct err *err)
{
	struct api_body body;

	bool ok = api_body_read(api, &body, err) && act_on_issues(api, &body, err);
	api_body_done(&body);
	return ok;
}

/* --- domains --- */

static void put_counted(struct api *api, const char *key, uint64_t units, uint64_t successful, uint64_t failed)
{
	json_out_object(&api->json, key);
	json_out_uint(&api->json, "units", units);
	json_out_uint(&api->json, "successful", successful);
	json_out_uint(&api->json, "failed", failed);
	json_out_end(&api->json);
}

/* The six numbers that the listing of domains moves. */
static void put_change(struct api *api, struct wire_reader *reader)
{
	static const char *const keys[] = {"counted_before", "counted_after"};

	for (unsigned i = 0; i < 2; i++) {
		uint64_t units = wire_get_u64(reader), successful = wire_get_u64(reader), failed = wire_get_u64(reader);
		put_counted(api, keys[i], units, successful, failed);
	}
}

/* The name of a tenant for keep: the one that is asked for, else that of whoever asks. */
static bool tenant_name(struct api *api, struct str asked, struct str *out, struct err *err)
{
	struct tenant_list list;

	*out = asked.p == NULL ? STR("") : asked;
	if (asked.p != NULL || api->visit->principal.tenant == 0)
		return true;
	if (!store_tenant_list(api->store, &api->arena, &list, err))
		return false;
	for (size_t i = 0; i < list.count; i++)
		if (list.rows[i].id == api->visit->principal.tenant)
			*out = list.rows[i].name;
	return true;
}

static bool send_domain(struct api *api, struct api_body *body, struct err *err)
{
	struct str given = api_body_text(body, "domain", LIMIT_NAME_BYTES), name, tenant;
	bool dry_run = api_body_bool(body, "preview", false);
	struct api_change change;
	struct wire_reader reader;

	if (!tenant_name(api, api_body_text(body, "tenant", LIMIT_NAME_BYTES), &tenant, err) || !api_body_end(body, err) ||
	    !api_take_domain(api, given, "/domain", &name, err))
		return false;
	api_change_begin(api, "domain-add", &change);
	wire_put_str(&change.body, name);
	wire_put_str(&change.body, tenant);
	wire_put_u8(&change.body, dry_run);
	bool ok = api_change_send(&change, &reader, err);
	if (ok) {
		/* The token and the nonce stand in the page of the domain. */
		(void)wire_get_text(&reader, LIMIT_NAME_BYTES);
		(void)wire_get_text(&reader, LIMIT_NAME_BYTES);
		api->visit->answer->status = dry_run ? 200 : 201;
		json_out_object(&api->json, NULL);
		json_out_str(&api->json, "domain", name);
		put_change(api, &reader);
		json_out_end(&api->json);
	}
	api_change_done(&change);
	return ok;
}

bool api_acts_domain_add(struct api *api, struct err *err)
{
	struct api_body body;

	bool ok = api_body_read(api, &body, err) && send_domain(api, &body, err);
	api_body_done(&body);
	return ok;
}

static bool edit_domain(struct api *api, struct str name, struct api_body *body, struct err *err)
{
	struct str tenant = api_body_text(body, "tenant", LIMIT_NAME_BYTES);
	bool is_paused = api_body_bool(body, "paused", false);
	unsigned what = (tenant.p != NULL ? KEEP_DOMAIN_TENANT : 0) |
	                (api_body_bool(body, "new_address", false) ? KEEP_DOMAIN_NEW_TOKEN : 0) |
	                (!api_body_has(body, "paused") ? 0 : is_paused ? KEEP_DOMAIN_PAUSE : KEEP_DOMAIN_RESUME);
	struct api_change change;

	if (!api_body_end(body, err))
		return false;
	api_change_begin(api, "domain-edit", &change);
	wire_put_str(&change.body, name);
	wire_put_u8(&change.body, what);
	wire_put_str(&change.body, tenant.p == NULL ? STR("") : tenant);
	bool ok = api_change_send(&change, NULL, err) && api_put_done(api);
	api_change_done(&change);
	return ok;
}

bool api_acts_domain_edit(struct api *api, struct err *err)
{
	struct api_body body;
	struct str name;

	if (!api_listed_domain(api, &name, err))
		return false;
	bool ok = api_body_read(api, &body, err) && edit_domain(api, name, &body, err);
	api_body_done(&body);
	return ok;
}

bool api_acts_domain_remove(struct api *api, struct err *err)
{
	struct api_change change;
	struct wire_reader reader;
	struct str name;

	if (!api_listed_domain(api, &name, err))
		return false;
	api_change_begin(api, "domain-remove", &change);
	wire_put_str(&change.body, name);
	wire_put_u8(&change.body, str_eq(api_parameter(api, "preview"), STR("1")));
	bool ok = api_change_send(&change, &reader, err);
	if (ok) {
		json_out_object(&api->json, NULL);
		put_change(api, &reader);
		json_out_end(&api->json);
	}
	api_change_done(&change);
	return ok;
}

/* --- reporters --- */

static void put_held(struct api *api, struct wire_reader *reader)
{
	static const char *const keys[] = {"counted_before", "counted_after"};

	for (unsigned i = 0; i < 2; i++) {
		json_out_object(&api->json, keys[i]);
		json_out_uint(&api->json, "reports", wire_get_u64(reader));
		json_out_uint(&api->json, "successful", wire_get_u64(reader));
		json_out_uint(&api->json, "failed", wire_get_u64(reader));
		json_out_uint(&api->json, "held", wire_get_u64(reader));
		json_out_end(&api->json);
	}
}

static bool decide(struct api *api, struct api_body *body, struct err *err)
{
	static const char *const texts[] = {"none", "trust", "distrust", "trust-others"};
	struct str text = api_body_text(body, "decision", 32);
	bool dry_run = api_body_bool(body, "preview", false);
	struct api_change change;
	struct wire_reader reader;
	unsigned decision = 0;

	_Static_assert(COUNT_OF(texts) == STORE_DECISION_COUNT, "each has a text");
	while (decision < COUNT_OF(texts) && !str_eq(text, str_of(texts[decision])))
		decision++;
	if (!api_body_end(body, err))
		return false;
	if (decision == COUNT_OF(texts))
		return api_wrong(api, "/decision", "a decision is none, trust, distrust or trust-others", err);
	api_change_begin(api, "source-decide", &change);
	wire_put_str(&change.body, api->visit->match.parts[0]);
	wire_put_u8(&change.body, decision);
	wire_put_u8(&change.body, dry_run);
	bool ok = api_change_send(&change, &reader, err);
	if (ok) {
		json_out_object(&api->json, NULL);
		unsigned was = wire_get_enum(&reader, STORE_DECISION_COUNT);
		json_out_str(&api->json, "was", str_of(texts[was]));
		json_out_str(&api->json, "decision", str_of(texts[decision]));
		json_out_bool(&api->json, "preview", dry_run);
		put_held(api, &reader);
		json_out_end(&api->json);
	}
	api_change_done(&change);
	return ok;
}

bool api_acts_source_decide(struct api *api, struct err *err)
{
	struct api_body body;

	bool ok = api_body_read(api, &body, err) && decide(api, &body, err);
	api_body_done(&body);
	return ok;
}

/* --- the quarantine --- */

static bool act_on_arrival(struct api *api, const char *verb, struct wire_reader *reader, struct api_change *change,
                           struct err *err)
{
	int64_t id;

	if (!api_number(api, &id, err))
		return false;
	api_change_begin(api, verb, change);
	wire_put_u64(&change->body, (uint64_t)id);
	return api_change_send(change, reader, err);
}

bool api_acts_arrival_drop(struct api *api, struct err *err)
{
	struct api_change change = {0};
	struct wire_reader reader;

	bool ok = act_on_arrival(api, "quarantine-drop", &reader, &change, err) && api_put_done(api);
	api_change_done(&change);
	return ok;
}

/* Read again by the decoder of today; says what came of it. */
bool api_acts_arrival_retry(struct api *api, struct err *err)
{
	struct api_change change = {0};
	struct wire_reader reader;
	struct verdict verdict;

	bool ok = act_on_arrival(api, "quarantine-retry", &reader, &change, err) && verdict_read(reader.rest, &verdict, err);
	if (ok) {
		json_out_object(&api->json, NULL);
		json_out_uint(&api->json, "stored", verdict.stored);
		json_out_uint(&api->json, "duplicates", verdict.duplicates);
		json_out_bool(&api->json, "quarantined", verdict.quarantined != 0);
		json_out_str(&api->json, "said", str_of(verdict.text));
		json_out_end(&api->json);
	}
	api_change_done(&change);
	return ok;
}

/* What this version can read and another could not; a part of it, `left` says how much is to be asked for again. */
bool api_acts_quarantine_take_in(struct api *api, struct err *err)
{
	static const char *const keys[] = {"stored", "duplicates", "held", "unreadable", "left"};
	struct api_change change;
	struct wire_reader reader;

	api_change_begin(api, "quarantine-take-in", &change);
	wire_put_u64(&change.body, 0);
	bool ok = api_change_send(&change, &reader, err);
	if (ok) {
		json_out_object(&api->json, NULL);
		for (size_t i = 0; i < COUNT_OF(keys); i++)
			json_out_uint(&api->json, keys[i], wire_get_u64(&reader));
		json_out_end(&api->json);
	}
	api_change_done(&change);
	return ok;
}
