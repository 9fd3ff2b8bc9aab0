/* SPDX-License-Identifier: ISC */
/* mailseal explain: one failure in plain words. */
#include "cli/cli.h"

#include "base/arena.h"
#include "base/limits.h"
#include "diagnose/classify.h"
#include "present/cause_words.h"
#include "present/doc_text.h"
#include "present/state_words.h"
#include "present/words.h"

static const char usage[] =
    "mailseal explain --result-type certificate-expired --policy-type sts --mode enforce\n"
    "mailseal explain --result-type validation-failure --reason 'self-signed_certificate'\n"
    "mailseal explain certificate_expired\n"
    "\n"
    "explain [NAME]        one failure in plain words; NAME is a cause, or how others call it\n"
    "  --result-type TEXT  the result-type of the report\n"
    "  --reason TEXT       its failure-reason-code\n"
    "  --policy-type TEXT  sts, tlsa or no-policy-found\n"
    "  --mode TEXT         enforce, testing or none\n"
    "  --mx HOST           the mail server, for the commands\n"
    "  --domain DOMAIN     the policy domain, for the commands\n"
    "  --reporter DOMAIN   who reported it\n";

/* What refused and severity rest on; without a policy type the answer is for the worst case and says so. */
struct explained {
	struct failure failure;
	enum policy_type policy_type;
	enum sts_mode mode;
	bool knows_refused;
	enum severity severity;
	struct cause_about about;
};

struct request {
	const char *result_type, *reason, *policy_type, *mode, *name;
};

/* The policy that was meant, as far as the words tell: a mode belongs to MTA-STS, and so do its result types.
 */
static enum policy_type meant_policy(const struct request *request, const struct explained *explained)
{
	if (request->policy_type != NULL)
		return policy_type_of(str_of(request->policy_type));
	enum cause_family family = cause_family(explained->failure.cause);
	if (request->mode != NULL || family == CAUSE_FAMILY_POLICY_FETCH ||
	    family == CAUSE_FAMILY_POLICY_MATCH)
		return POLICY_STS;
	return family == CAUSE_FAMILY_DANE ? POLICY_TLSA : POLICY_OTHER;
}

static void judge(const struct request *request, struct str reporter, struct explained *out)
{
	struct failure *failure = &out->failure;
	const char *result = request->result_type != NULL ? request->result_type : request->name;
	enum policy_type given =
	    request->policy_type != NULL ? policy_type_of(str_of(request->policy_type)) : POLICY_OTHER;

	failure->result_text = str_of(result);
	failure->result_type = result_type_of(failure->result_text);
	failure->reason_code = str_of(request->reason);
	out->mode = sts_mode_of(str_of(request->mode));
	classify_failure(failure, given, out->mode, reporter);

	/* A name of a cause, or what other products call it, in place of a result type. */
	enum cause named;
	if (failure->cause == CAUSE_UNKNOWN && cause_find(failure->result_text, &named))
		failure->cause = named;
	out->policy_type = meant_policy(request, out);

	enum cause_refusal refusal = cause_refusal(failure->cause);
	out->knows_refused = refusal != CAUSE_REFUSED_BY_POLICY || out->policy_type == POLICY_TLSA ||
			     out->policy_type == POLICY_NONE_FOUND || out->mode != MODE_NOT_STATED;
	failure->refused =
	    refusal == CAUSE_REFUSED_ALWAYS ||
	    (refusal == CAUSE_REFUSED_BY_POLICY && classify_unit_refuses(out->policy_type, out->mode));
	out->severity =
	    cause_severity(failure->cause, out->knows_refused ? out->policy_type : POLICY_TLSA, out->mode);
	failure->fault = cause_fault(failure->cause);
}

static void put_json(const struct explained *explained, struct arena *arena, struct buf *out)
{
	const struct failure *failure = &explained->failure;
	struct json_out json;
	json_out_init(&json, out, true);
	json_out_object(&json, NULL);
	json_out_str(&json, "cause", str_of(cause_text(failure->cause)));
	json_out_str(&json, "title", cause_words_title(arena, failure->cause, &explained->about));
	json_out_str(&json, "sentence", str_of(tr(cause_sentence(failure->cause))));
	json_out_str(&json, "fault", str_of(fault_text(failure->fault)));
	json_out_str(&json, "severity", str_of(severity_text(explained->severity)));
	if (explained->knows_refused)
		json_out_bool(&json, "refused", failure->refused);
	else
		json_out_null(&json, "refused");
	json_out_str(&json, "check", str_of(cause_check_text(cause_check(failure->cause))));
	json_out_str(&json, "rfc", str_of(cause_rfc(failure->cause)));
	cause_words_json(&json, arena, failure->cause, &explained->about);
	json_out_end(&json);
}

static const char *refusal_sentence(const struct explained *explained)
{
	if (!explained->knows_refused)
		return tr("With MTA-STS in enforce mode or with DANE the mail was refused in such sessions; "
			  "in testing mode "
			  "or without a policy it was delivered.");
	if (explained->failure.refused)
		return tr("Mail was refused in such sessions: the sender must not deliver, tries again for "
			  "days, and then "
			  "returns the mail.");
	return tr("Mail was not refused for this; the sender went on.");
}

static void put_text(const struct cli *cli, const struct explained *explained, struct arena *arena,
		     struct buf *out)
{
	enum cause cause = explained->failure.cause;
	struct doc doc;
	doc_init(&doc, arena, cause_words_title(arena, cause, &explained->about));
	enum doc_tone tone = explained->severity == SEVERITY_CRITICAL  ? TONE_FAIL
			     : explained->severity == SEVERITY_WARNING ? TONE_WARN
								       : TONE_PLAIN;
	doc_verdict(&doc, tone, severity_words(explained->severity), str_of(tr(cause_sentence(cause))));
	doc_sentence(&doc, str_of(refusal_sentence(explained)));
	doc_facts(&doc, false);
	doc_fact(&doc, tr("Cause"), str_of(cause_text(cause)));
	doc_fact(&doc, tr("Fault is usually at"), str_of(cause_words_fault(explained->failure.fault)));
	doc_fact(&doc, tr("Written in"), str_of(cause_rfc(cause)));
	doc_fact(&doc, tr("Also called"), cause_also_called(cause));
	doc_heading(&doc, 2, str_of(tr("How to fix it")));
	cause_words_steps(&doc, cause, &explained->about);
	struct doc_text_look look = {.width = 100, .color = cli->color, .commands = true};
	doc_text(&doc, &look, out);
}

/* The subject of the title, where the flags name it. */
static void name_subject(const char *mx, const struct cli *cli, struct explained *explained)
{
	explained->about.host = str_of(mx);
	explained->about.domain = cli->filter.domain;
	bool is_domain = cause_subject(explained->failure.cause) == CAUSE_SUBJECT_DOMAIN;
	explained->about.subject = is_domain ? explained->about.domain : explained->about.host;
}

int cli_explain(struct cli *cli, int argc, char **argv)
{
	struct request request = {0};
	const struct option options[] = {
	    {"--result-type", OPTION_TEXT, &request.result_type, "TEXT  the result-type"},
	    {"--reason", OPTION_TEXT, &request.reason, "TEXT  the failure-reason-code"},
	    {"--policy-type", OPTION_TEXT, &request.policy_type, "TEXT  sts, tlsa or no-policy-found"},
	    {"--mode", OPTION_TEXT, &request.mode, "TEXT  enforce, testing or none"},
	    {NULL, OPTION_FLAG, NULL, NULL},
	};
	if (!cli_parse(cli, &argc, argv, options, usage))
		return EXIT_USAGE;
	request.name = argc > 0 ? argv[0] : NULL;
	if (argc > 1 || (request.name == NULL && request.result_type == NULL && request.reason == NULL))
		return cli_usage("explain", "give one name, or --result-type, or --reason");
	if (request.policy_type != NULL && policy_type_of(str_of(request.policy_type)) == POLICY_OTHER)
		return cli_usage("explain", "--policy-type is sts, tlsa or no-policy-found");
	if (request.mode != NULL && sts_mode_of(str_of(request.mode)) == MODE_NOT_STATED)
		return cli_usage("explain", "--mode is enforce, testing or none");

	struct explained explained = {0};
	judge(&request, cli->filter.reporter, &explained);
	enum cause named;
	if (request.name != NULL && explained.failure.cause == CAUSE_UNKNOWN &&
	    !cause_find(str_of(request.name), &named) && request.reason == NULL) {
		struct err err = {0};
		err_set(&err, ERR_MISSING, "no cause is known by this name");
		return cli_fail(&err);
	}
	name_subject(cli->filter.mx.p, cli, &explained);

	struct arena arena;
	struct buf out;
	arena_init(&arena, MIB(8));
	buf_init(&out, MIB(8));
	if (cli->format == OUTPUT_JSON || cli->format == OUTPUT_JSONL)
		put_json(&explained, &arena, &out);
	else
		put_text(cli, &explained, &arena, &out);
	cli_print(buf_view(&out));
	buf_done(&out);
	arena_done(&arena);
	return EXIT_DONE;
}
