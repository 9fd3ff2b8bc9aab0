/* SPDX-License-Identifier: ISC */
/* The set-up guide of one domain: its addresses, whether its record is seen, whether a report finds its way.  The guide keeps no
 * state of its own (docs/decisions/0025): what was done is seen where it was done. */
#include "present/state_words.h"
#include "role/api_body.h"
#include "role/api_change.h"
#include "role/api_handlers.h"
#include "role/check_desk.h"
#include "role/report_addresses.h"
#include "role/setup_wire.h"
#include "store/store_domains.h"
#include "store/store.h"

static const char *const ways[] = {"mail", "https", "both"};

static struct str key_of(struct api *api, enum setup_errand errand, struct str domain)
{
	return str_of(arena_format(&api->arena, "%s %.*s", errand == SETUP_WATCH ? "watch" : "test", STR_ARGS(domain)));
}

static bool find_domain(struct api *api, struct domain_row *out, struct err *err)
{
	struct str name;

	if (!api_take_domain(api, api->visit->match.parts[0], "domain", &name, err))
		return false;
	return store_domain(api->store, name, &api->arena, out, err);
}

/* --- what is known --- */

static void put_texts(struct json_out *json, const char *key, const struct str_list *texts)
{
	json_out_list(json, key);
	for (size_t i = 0; i < texts->count; i++)
		json_out_str(json, NULL, texts->items[i]);
	json_out_end(json);
}

static void put_view(struct api *api, const struct record_view *view)
{
	struct json_out *json = &api->json;

	json_out_object(json, NULL);
	json_out_str(json, "resolver", view->resolver == NULL ? STR_NONE : str_of(view->resolver));
	json_out_str(json, "state", str_of(record_seen_text(view->seen)));
	json_out_uint(json, "ttl", view->ttl_secs);
	json_out_str(json, "sentence",
	             view->findings.count == 0 ? STR_NONE : finding_words_sentence(&view->findings.items[0], &api->arena));
	json_out_str(json, "step",
	             view->findings.count == 0 ? STR_NONE : finding_words_step(&view->findings.items[0], &api->arena));
	json_out_str(json, "record", view->record);
	put_texts(json, "rua", &view->rua);
	json_out_end(json);
}

static bool put_tests(struct api *api, const struct setup_answer *answer, struct err *err)
{
	struct json_out *json = &api->json;

	for (size_t i = 0; i < answer->test_count; i++) {
		const struct test_report *test = &answer->tests[i];
		bool came = false;
		if (test->result == TEST_REPORT_TAKEN &&
		    !store_report_came(api->store, answer->ids[i], test_report_begin(), &came, err))
			return false;
		json_out_object(json, NULL);
		json_out_str(json, "address", test->uri);
		json_out_str(json, "result", str_of(test_report_result_text(test->result)));
		json_out_str(json, "reason", test->reason);
		json_out_bool(json, "came", came);
		json_out_end(json);
	}
	return true;
}

static bool put_errand(struct api *api, const struct domain_row *row, enum setup_errand errand, struct err *err)
{
	static const char *const states[] = {"none", "running", "done", "failed"};
	struct check_desk_look *look = ARENA_NEW(&api->arena, struct check_desk_look);
	struct setup_answer *answer = ARENA_NEW(&api->arena, struct setup_answer);
	struct json_out *json = &api->json;
	struct err ignored = {0};
	struct str body;
	bool is_seen = true, ok = true;

	check_desk_find(api->visit->door->checks, key_of(api, errand, row->name), &api->arena, look, &body);
	if (body.p != NULL && !setup_wire_read_answer(body, &api->arena, answer, &ignored))
		*answer = (struct setup_answer){0};
	json_out_object(json, errand == SETUP_WATCH ? "watch" : "test");
	json_out_str(json, "state", str_of(states[look->state]));
	json_out_instant(json, "asked_at", look->asked_at);
	json_out_instant(json, "at", look->at);
	json_out_str(json, "sentence", look->sentence);
	json_out_list(json, errand == SETUP_WATCH ? "resolvers" : "addresses");
	for (size_t i = 0; i < answer->view_count; i++) {
		is_seen = is_seen && answer->views[i].seen == RECORD_SEEN;
		put_view(api, &answer->views[i]);
	}
	ok = put_tests(api, answer, err);
	json_out_end(json);
	if (errand == SETUP_WATCH)
		json_out_bool(json, "seen", is_seen && answer->view_count > 0);
	json_out_end(json);
	return ok;
}

static bool put_state(struct api *api, const struct domain_row *row, struct err *err)
{
	static const char *const proofs[DOMAIN_PROOF_COUNT] = {"unproven", "nonce", "record", "operator"};
	struct json_out *json = &api->json;
	struct domain_rua rua;

	report_addresses_of_domain(api->visit->door->config, STR_NONE, row->token, &api->arena, &rua);
	json_out_object(json, NULL);
	json_out_str(json, "domain", row->name);
	json_out_str(json, "mail", rua.mail);
	json_out_str(json, "https", rua.https);
	json_out_str(json, "proof", str_of(proofs[row->proof]));
	json_out_instant(json, "proven_at", row->proven_at);
	json_out_str(json, "verification", str_of(arena_format(&api->arena, "mailseal-verification=%.*s", STR_ARGS(row->nonce))));
	json_out_uint(json, "reports", row->reports);
	bool ok = put_errand(api, row, SETUP_WATCH, err) && put_errand(api, row, SETUP_TEST, err);
	json_out_end(json);
	return ok;
}

bool api_setup_one(struct api *api, struct err *err)
{
	struct domain_row row;

	return find_domain(api, &row, err) && put_state(api, &row, err);
}

/* --- what is asked for --- */

static bool take_way(struct api *api, unsigned *out, struct err *err)
{
	struct api_body body;

	*out = 0;
	bool ok = api_body_read(api, &body, err);
	struct str by = ok ? api_body_text(&body, "by", 16) : STR_NONE;
	for (unsigned i = 0; i < COUNT_OF(ways); i++)
		if (by.p == NULL || str_eq(by, str_of(ways[i]))) {
			*out = i + 1; /* as the verb has it */
			break;
		}
	if (ok && *out == 0)
		(void)api_body_wrong(&body, "by", "reports go by mail, https or both");
	ok = ok && api_body_end(&body, err);
	api_body_done(&body);
	return ok;
}

static bool start(struct api *api, enum setup_errand errand, struct err *err)
{
	struct api_change change;
	struct domain_row row;
	unsigned by;

	if (!find_domain(api, &row, err) || !take_way(api, &by, err))
		return false;
	api_change_begin(api, "setup-errand", &change);
	wire_put_str(&change.body, row.name);
	wire_put_u8(&change.body, errand);
	wire_put_u8(&change.body, by);
	bool ok = !change.body.failed && check_desk_ask(api->visit->door->checks, key_of(api, errand, row.name),
	                                                buf_view(&change.body), 0, err);
	api_change_done(&change);
	if (!ok)
		return false;
	api->visit->answer->status = 202;
	return put_state(api, &row, err);
}

bool api_setup_watch(struct api *api, struct err *err)
{
	return start(api, SETUP_WATCH, err);
}

bool api_setup_test(struct api *api, struct err *err)
{
	return start(api, SETUP_TEST, err);
}
