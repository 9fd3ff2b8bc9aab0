/* SPDX-License-Identifier: ISC */
#include "role/domain_look.h"

#include <limits.h>

#include "report/mx_pattern.h"
#include "role/domain_look_parts.h"

void domain_looking_cannot_tell(struct domain_looking *looking, struct str subject, struct str why)
{
	struct check *check = looking->check;
	void *items = check->unknowns.items;
	struct str *item = arena_push(looking->arena, &items, &check->unknowns.count, &looking->unknown_room, sizeof *item);

	check->unknowns.items = items;
	*item = str_of(arena_format(looking->arena, "%.*s: %.*s", STR_ARGS(subject), STR_ARGS(why)));
}

struct finding *domain_looking_found(struct domain_looking *looking, enum finding_code code, struct str subject,
                                     struct str detail)
{
	struct findings *findings = &looking->check->findings;

	findings_add(findings, looking->arena, code, subject, detail);
	return &findings->items[findings->count - 1];
}

struct str domain_looking_name(struct domain_looking *looking, const char *prefix, struct str name)
{
	return str_of(arena_format(looking->arena, "%s%.*s", prefix, STR_ARGS(name)));
}

bool domain_looking_ask(struct domain_looking *looking, struct str name, enum resolve_type type,
                        struct resolve_answer *out)
{
	const struct domain_look_options *options = looking->options;
	int64_t deadline_ms = resolve_deadline(options->resolve);

	if (deadline_ms > looking->deadline_ms)
		deadline_ms = looking->deadline_ms;
	resolve_ask(options->resolve, name, type, deadline_ms, looking->arena, out);
	if (out->outcome == RESOLVE_BOGUS) {
		domain_looking_found(looking, FINDING_DNSSEC_BOGUS, name, out->reason);
		return false;
	}
	if (resolve_may_pass(out->outcome) || out->outcome == RESOLVE_BROKEN) {
		domain_looking_cannot_tell(looking, name, str_of(arena_format(looking->arena, "the DNS gave no answer (%s)",
		                                                              resolve_outcome_text(out->outcome))));
		return false;
	}
	return true;
}

/* What is refused today decides how bad a fault of a server is (RFC 8461 section 5, RFC 7672 section 2.2). */
static bool refuses(const struct check *check, const struct check_mx *mx)
{
	const struct sts_policy *policy = &check->mta_sts.policy;
	bool usable = false;

	for (size_t i = 0; i < mx->dane.match_count; i++)
		usable = usable || mx->dane.matches[i].fault == TLSA_USABLE;
	return (policy->is_valid && policy->mode == MODE_ENFORCE) || (mx->dane.is_secure && usable);
}

static bool is_about_delivery(enum finding_code code)
{
	enum cause cause;

	return code != FINDING_CERT_EXPIRING && code != FINDING_TLSA_RECORD_UNUSABLE && code != FINDING_TLSA_INSECURE &&
	       code != FINDING_TLSA_UNUSABLE && finding_cause(code, &cause);
}

static void weigh(struct check *check)
{
	for (size_t i = 0; i < check->findings.count; i++) {
		struct finding *finding = &check->findings.items[i];
		for (size_t j = 0; j < check->mx_count; j++)
			if (str_eq(finding->subject, check->mx[j].host) && is_about_delivery(finding->code) &&
			    refuses(check, &check->mx[j]))
				finding->severity = SEVERITY_CRITICAL;
	}
}

static void conclude(struct check *check)
{
	if (findings_worst(&check->findings) >= SEVERITY_WARNING)
		check->verdict = CHECK_PROBLEMS;
	else if (check->unknowns.count > 0)
		check->verdict = CHECK_CANNOT_TELL;
	else
		check->verdict = CHECK_OK;
}

void domain_look(struct str domain, const struct domain_look_options *options, struct arena *arena, struct check *out)
{
	struct domain_looking looking = {
	    .options = options, .arena = arena, .check = out, .deadline_ms = clock_ms() + options->timeout_ms};

	*out = (struct check){.domain = domain, .at = instant_now()};
	out->mta_sts.cert_not_after = INSTANT_NONE;
	unsigned parts = options->parts == 0 ? UINT_MAX : options->parts;
	if ((parts & DOMAIN_LOOK_MX) != 0 && options->only_server.len > 0)
		domain_look_mx_one(&looking);
	else if ((parts & DOMAIN_LOOK_MX) != 0)
		domain_look_mx_set(&looking);
	if ((parts & DOMAIN_LOOK_TLS_RPT) != 0)
		domain_look_tls_rpt(&looking);
	if ((parts & DOMAIN_LOOK_STS_RECORD) != 0)
		domain_look_mta_sts(&looking, (parts & DOMAIN_LOOK_STS_POLICY) != 0);
	if ((parts & DOMAIN_LOOK_SERVERS) != 0)
		domain_look_servers(&looking);
	else
		domain_look_compare(&looking);
	weigh(out);
	conclude(out);
}
