/* SPDX-License-Identifier: ISC */
#include "cli/cli_mail_trust.h"

#include "sys/resolve.h"
#include "trust/dkim_verify.h"
#include "trust/grade.h"

static void ask_keys(struct resolve *resolve, const struct dkim_plan *plan, const struct decoded *decoded,
                     struct arena *arena)
{
	for (size_t i = 0; i < plan->ask_count; i++) {
		struct dkim_result *result = &plan->results[plan->ask[i]];
		struct resolve_answer answer = {0};
		char space[RESOLVE_NAME_MAX];
		struct str name;

		if (!dkim_verify_name(result->domain, result->selector, space, &name))
			answer.outcome = RESOLVE_BROKEN;
		else
			resolve_ask(resolve, name, RESOLVE_TXT, resolve_deadline(resolve), arena, &answer);
		dkim_verify_judge(&decoded->mail.signatures[plan->ask[i]], &answer, arena, result);
	}
}

static void put_signatures(const struct dkim_plan *plan, struct arena *arena, struct report_view *out)
{
	struct report_signature *signatures = ARENA_ARRAY(arena, plan->count + 1, struct report_signature);

	for (size_t i = 0; i < plan->count; i++) {
		const struct dkim_result *result = &plan->results[i];
		signatures[i] = (struct report_signature){.domain = result->domain,
		                                          .selector = result->selector,
		                                          .algorithm = result->algorithm,
		                                          .verdict = str_of(dkim_verdict_text(result->verdict)),
		                                          .reason = result->reason};
	}
	out->has_signatures = true;
	out->signatures = signatures;
	out->signature_count = plan->count;
}

bool cli_mail_trust_judge(const struct cli_mail_trust *how, const struct arrival *arrival, struct decoded *decoded,
                          struct arena *arena, struct report_view *out, struct err *err)
{
	struct resolve *resolve = NULL;
	struct dkim_plan plan = {0};
	struct grade grade = {0};

	dkim_verify_plan(decoded, arrival->received_at, arena, &plan);
	if (plan.ask_count > 0) {
		const struct resolve_options options = {.forwarders = how->resolvers,
		                                        .forwarder_count = how->resolver_count,
		                                        .trust_anchor = how->trust_anchor};
		if (!resolve_open(&options, &resolve, err))
			return false;
		ask_keys(resolve, &plan, decoded, arena);
		resolve_close(&resolve);
	}
	grade_arrival(arrival, plan.results, plan.count, arena, &grade);
	grade_claim(&grade, arena, decoded);
	out->trust = grade.trust;
	out->trust_reason = grade.reason;
	put_signatures(&plan, arena, out);
	return true;
}
