/* SPDX-License-Identifier: ISC */
#include "trust/grade.h"

/* Better first: a passing signature of the reporter, a key of the reporter that may still come, any other passing one,
 * any other key that may still come, what failed.  In each the first of the mail. */
static unsigned rank(const struct dkim_result *result)
{
	switch (result->verdict) {
	case DKIM_PASS: return result->is_aligned ? 0 : 2;
	case DKIM_TEMPERROR: return result->is_aligned ? 1 : 3;
	case DKIM_FAIL:
	case DKIM_POLICY:
	case DKIM_PERMERROR:
	case DKIM_VERDICT_COUNT: break;
	}
	return result->is_aligned ? 4 : 5;
}

static const struct dkim_result *best_of(const struct dkim_result *results, size_t count)
{
	const struct dkim_result *best = NULL;

	for (size_t i = 0; i < count; i++) {
		if (best == NULL || rank(&results[i]) < rank(best))
			best = &results[i];
	}
	return best;
}

static void grade_signature(const struct dkim_result *best, struct arena *arena, struct grade *out)
{
	const char *domain = arena_text(arena, best->domain.p == NULL ? STR("?") : best->domain);
	const char *reason = arena_text(arena, best->reason.p == NULL ? STR("") : best->reason);

	switch (rank(best)) {
	case 0:
		out->trust = TRUST_SIGNED;
		out->signer = best->domain;
		out->reason = str_of(arena_format(arena, best->is_weak ? "signed by %s (%s)" : "signed by %s", domain, reason));
		break;
	case 2:
		out->trust = TRUST_SIGNED_OTHER;
		out->signer = best->domain;
		out->reason = str_of(arena_format(arena, "signature of %s, which is not the reporter", domain));
		break;
	case 1:
	case 3:
		out->trust = TRUST_PENDING;
		out->needs_key = true;
		out->reason = str_of(arena_format(arena, "signature of %s: %s", domain, reason));
		break;
	default:
		out->trust = TRUST_UNSIGNED;
		out->reason = str_of(arena_format(arena, "signature of %s does not count: %s", domain, reason));
		break;
	}
}

void grade_arrival(const struct arrival *arrival, const struct dkim_result *results, size_t count,
                   struct arena *arena, struct grade *out)
{
	const struct dkim_result *best = best_of(results, count);
	struct grade grade = {.trust = TRUST_UNSIGNED, .reason = STR("not signed")};

	if (arrival->door == DOOR_FILE || arrival->door == DOOR_API) {
		*out = (struct grade){.trust = TRUST_OPERATOR, .reason = STR("given by the operator")};
		return;
	}
	if (best != NULL)
		grade_signature(best, arena, &grade);
	else if (arrival->door == DOOR_HTTP)
		grade.reason = STR("posted without a secret address");
	if (arrival->is_secret && grade.trust > TRUST_SECRET) {
		grade.trust = TRUST_SECRET;
		grade.reason = STR("came to the secret address");
	}
	*out = grade;
}

static struct str lower(struct str s, struct arena *arena)
{
	char *text = arena_text(arena, s);

	for (size_t i = 0; i < s.len; i++)
		text[i] = byte_lower(text[i]);
	return str_make(text, s.len);
}

void grade_claim(const struct grade *grade, struct arena *arena, struct decoded *decoded)
{
	if (grade->trust != TRUST_SIGNED)
		return;
	for (size_t i = 0; i < decoded->report_count; i++) {
		struct report *report = &decoded->reports[i];
		struct str contact = dkim_verify_contact(report->contact_info);
		if (contact.len > 0 && !dkim_verify_same(grade->signer, contact))
			report->reporter = lower(str_trim(decoded->mail.submitter), arena);
	}
}
