/* SPDX-License-Identifier: ISC */
#include "present/report_json.h"

#include "present/report_words.h"

static struct str or_none(struct str s)
{
	return s.len > 0 ? s : STR_NONE;
}

static void put_list(struct json_out *json, const char *key, const struct str_list *list)
{
	json_out_list(json, key);
	for (size_t i = 0; i < list->count; i++)
		json_out_str(json, NULL, list->items[i].p == NULL ? STR("") : list->items[i]);
	json_out_end(json);
}

void report_json_failure(const struct failure *failure, struct json_out *json)
{
	struct str result = failure->result_type != RESULT_OTHER ? str_of(result_type_text(failure->result_type))
	                                                         : or_none(failure->result_text);
	json_out_object(json, NULL);
	json_out_str(json, "result_type", result);
	json_out_str(json, "cause", str_of(cause_text(failure->cause)));
	json_out_str(json, "fault", str_of(fault_text(failure->fault)));
	json_out_bool(json, "refused", failure->refused);
	json_out_uint(json, "count", failure->count);
	json_out_str(json, "sending_mta_ip", or_none(failure->sending_mta_ip));
	json_out_str(json, "receiving_mx_hostname", or_none(failure->receiving_mx_hostname));
	json_out_str(json, "receiving_mx_helo", or_none(failure->receiving_mx_helo));
	json_out_str(json, "receiving_ip", or_none(failure->receiving_ip));
	json_out_str(json, "reason_code", or_none(failure->reason_code));
	json_out_str(json, "additional_information", or_none(failure->additional_information));
	json_out_end(json);
}

static void put_unit(const struct unit *unit, struct json_out *json)
{
	struct str type = unit->policy_type != POLICY_OTHER ? str_of(policy_type_text(unit->policy_type))
	                                                    : or_none(unit->policy_type_text);
	json_out_object(json, NULL);
	json_out_str(json, "policy_type", type);
	json_out_str(json, "policy_domain", or_none(unit->policy_domain));
	json_out_str(json, "mode", or_none(str_of(sts_mode_text(unit->mode))));
	put_list(json, "policy_strings", &unit->policy_strings);
	put_list(json, "mx_hosts", &unit->mx_hosts);
	json_out_uint(json, "successful", unit->successful);
	json_out_uint(json, "failed", unit->failed);
	json_out_uint(json, "unexplained", unit->unexplained);
	json_out_list(json, "failures");
	for (size_t i = 0; i < unit->failure_count; i++)
		report_json_failure(&unit->failures[i], json);
	json_out_end(json);
	json_out_bool(json, "policy_domain_guessed", unit->domain_is_guessed);
	json_out_end(json);
}

static void put_oddities(const struct report *report, struct json_out *json)
{
	json_out_list(json, "deviations");
	for (size_t i = 0; i < report->deviation_count; i++) {
		const struct deviation *deviation = &report->deviations[i];
		json_out_object(json, NULL);
		json_out_str(json, "code", str_of(deviation_code(deviation->kind)));
		json_out_str(json, "path", deviation->path);
		json_out_str(json, "read_as", deviation->read_as);
		json_out_end(json);
	}
	json_out_end(json);
	json_out_uint(json, "deviations_dropped", report->deviations_dropped);
	json_out_list(json, "unknown_members");
	for (size_t i = 0; i < report->unknown_count; i++) {
		json_out_object(json, NULL);
		json_out_str(json, "path", report->unknown_members[i].path);
		json_out_text(json, "value", report->unknown_members[i].value);
		json_out_end(json);
	}
	json_out_end(json);
	json_out_uint(json, "unknown_members_dropped", report->unknown_dropped);
}

static void put_signatures(const struct report_view *view, struct json_out *json)
{
	json_out_list(json, "dkim");
	for (size_t i = 0; i < view->signature_count; i++) {
		const struct report_signature *signature = &view->signatures[i];
		json_out_object(json, NULL);
		json_out_str(json, "domain", signature->domain);
		json_out_str(json, "selector", signature->selector);
		json_out_str(json, "algorithm", signature->algorithm);
		json_out_str(json, "verdict", signature->verdict);
		json_out_str(json, "reason", signature->reason);
		json_out_end(json);
	}
	json_out_end(json);
}

static void put_stored(const struct stored_report *stored, struct json_out *json)
{
	const struct report_row *row = &stored->row;

	json_out_int(json, "id", row->id);
	json_out_day(json, "day", row->day);
	json_out_instant(json, "received", row->received_at);
	json_out_str(json, "door", str_of(door_text(row->door)));
	json_out_bool(json, "counted", row->counted);
	json_out_uint(json, "copies", row->copies);
	if (stored->superseded_by > 0)
		json_out_int(json, "superseded_by", stored->superseded_by);
	else
		json_out_null(json, "superseded_by");
	if (stored->original_id > 0)
		json_out_uint(json, "original_bytes", stored->original_bytes);
	else
		json_out_null(json, "original_bytes");
}

void report_json(const struct report_view *view, struct arena *arena, struct json_out *json, const char *key)
{
	const struct report *report = view->report;
	struct report_words words;

	report_words(report, arena, &words);
	json_out_object(json, key);
	json_out_str(json, "organization_name", or_none(report->organization_name));
	json_out_str(json, "contact_info", or_none(report->contact_info));
	json_out_str(json, "report_id", or_none(report->report_id));
	json_out_instant(json, "begin", report->begin);
	json_out_instant(json, "end", report->end);
	json_out_str(json, "reporter", or_none(report->reporter));
	json_out_str(json, "trust", str_of(trust_text(view->trust)));
	json_out_list(json, "sentences");
	for (size_t i = 0; i < words.count; i++)
		json_out_str(json, NULL, words.sentences[i]);
	json_out_end(json);
	json_out_list(json, "units");
	for (size_t i = 0; i < report->unit_count; i++)
		put_unit(&report->units[i], json);
	json_out_end(json);
	put_oddities(report, json);
	json_out_str(json, "trust_reason", or_none(view->trust_reason));
	json_out_str(json, "submitter", or_none(report->submitter));
	if (view->has_signatures)
		put_signatures(view, json);
	if (view->stored != NULL)
		put_stored(view->stored, json);
	json_out_end(json);
}
