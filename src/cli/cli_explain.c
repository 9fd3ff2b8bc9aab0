/* SPDX-License-Identifier: ISC */
/* mailseal explain: one failure in plain words. */
#include "cli/cli.h"

#include "base/arena.h"
#include "base/limits.h"
#include "present/cause_words.h"
#include "present/doc_text.h"
#include "present/state_words.h"
#include "present/words.h"
#include "role/explaining.h"

static const char usage[] =
    "mailseal explain --result-type certificate-expired --policy-type sts --mode enforce\n"
    "mailseal explain --result-type validation-failure --reason 'self-signed_certificate'\n"
    "mailseal explain certificate_expired\n"
    "\n"
    "explain [NAME]        one failure in plain words; NAME is a cause, how others call it, or words of a log\n"
    "  --result-type TEXT  the result-type of the report\n"
    "  --reason TEXT       its failure-reason-code\n"
    "  --policy-type TEXT  sts, tlsa or no-policy-found\n"
    "  --mode TEXT         enforce, testing or none\n"
    "  --mx HOST           the mail server, for the commands\n"
    "  --domain DOMAIN     the policy domain, for the commands\n"
    "  --reporter DOMAIN   who reported it\n";

struct request {
	const char *result_type, *reason, *policy_type, *mode, *name;
};

static void put_json(const struct explaining *explained, struct arena *arena, struct buf *out)
{
	struct json_out json;
	json_out_init(&json, out, true);
	explaining_json(explained, arena, &json);
}

static const char *refusal_sentence(const struct explaining *explained)
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

static void put_text(const struct cli *cli, const struct explaining *explained, struct arena *arena,
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

	struct explaining explained;
	explaining(&(struct explaining_request){.result_type = str_of(request.result_type),
						.reason = str_of(request.reason),
						.policy_type = str_of(request.policy_type),
						.mode = str_of(request.mode),
						.reporter = cli->filter.reporter,
						.name = str_of(request.name)},
		   &explained);
	enum cause named;
	if (request.name != NULL && explained.failure.cause == CAUSE_UNKNOWN &&
	    !cause_find(str_of(request.name), &named) && request.reason == NULL) {
		struct err err = {0};
		err_set(&err, ERR_MISSING, "no cause is known by this name");
		return cli_fail(&err);
	}
	explaining_about(&explained, cli->filter.mx, cli->filter.domain);

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
