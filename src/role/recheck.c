/* SPDX-License-Identifier: ISC */
#include "role/recheck.h"

#include <assert.h>

#include "base/attr.h"
#include "role/domain_look.h"

#define STS_PARTS (DOMAIN_LOOK_STS_RECORD | DOMAIN_LOOK_STS_POLICY)
#define CERT_ANY                                                                                                       \
	(CERT_EXPIRED | CERT_NOT_YET_VALID | CERT_REVOKED | CERT_UNKNOWN_ISSUER | CERT_SELF_SIGNED | CERT_INCOMPLETE | \
	 CERT_WRONG_NAME | CERT_WEAK | CERT_NO_CHAIN | CERT_OTHER | CERT_WRONG_PURPOSE)
#define CERT_UNTRUSTED (CERT_UNKNOWN_ISSUER | CERT_SELF_SIGNED | CERT_INCOMPLETE | CERT_NO_CHAIN)

/* --- which look --- */

static unsigned parts_of_check(enum cause_check check)
{
	switch (check) {
	case CAUSE_CHECK_MX_CONNECT:
	case CAUSE_CHECK_MX_STARTTLS:
	case CAUSE_CHECK_MX_HANDSHAKE:
	case CAUSE_CHECK_MX_CERTIFICATE:
	case CAUSE_CHECK_TLSA:
	case CAUSE_CHECK_DNSSEC: return DOMAIN_LOOK_MX | DOMAIN_LOOK_SERVERS;
	case CAUSE_CHECK_STS_RECORD: return DOMAIN_LOOK_STS_RECORD;
	case CAUSE_CHECK_STS_POLICY: return STS_PARTS;
	case CAUSE_CHECK_STS_HOST_CERTIFICATE: return STS_PARTS;
	case CAUSE_CHECK_NONE:
	case CAUSE_CHECK_COUNT: break;
	}
	return 0;
}

static unsigned parts_of_matter(unsigned matter)
{
	if (matter == CAUSE_STS_MX_MISMATCH)
		return STS_PARTS | DOMAIN_LOOK_MX | DOMAIN_LOOK_SERVERS;
	if (matter < CAUSE_COUNT)
		return parts_of_check(cause_check((enum cause)matter));
	return matter == MATTER_DOMAIN_SILENT ? DOMAIN_LOOK_TLS_RPT : 0;
}

bool recheck_plan(const struct issue *issue, struct str member, struct recheck_plan *out)
{
	unsigned parts = parts_of_matter(issue->matter);
	bool is_server = issue->kind == ISSUE_ON_MX && parts == (DOMAIN_LOOK_MX | DOMAIN_LOOK_SERVERS);
	struct str domain = issue->kind == ISSUE_ON_DOMAIN ? issue->subject : member;

	if (is_server && domain.len == 0)
		domain = issue->subject;
	*out = (struct recheck_plan){.parts = parts, .domain = domain};
	if (is_server)
		out->server = issue->subject;
	return parts != 0 && domain.len > 0;
}

/* --- what it says --- */

static const struct finding *finding_of(const struct check *check, enum finding_code code, struct str subject)
{
	for (size_t i = 0; i < check->findings.count; i++) {
		const struct finding *finding = &check->findings.items[i];
		if (finding->code == code && (subject.len == 0 || str_eq_nocase(finding->subject, subject)))
			return finding;
	}
	return NULL;
}

/* The worst that is said of a server, or of anything where `subject` is absent. */
static const struct finding *worst_of(const struct check *check, struct str subject)
{
	const struct finding *worst = NULL;
	for (size_t i = 0; i < check->findings.count; i++) {
		const struct finding *finding = &check->findings.items[i];
		bool is_about = subject.len == 0 || str_eq_nocase(finding->subject, subject);
		if (is_about && (worst == NULL || finding->severity > worst->severity))
			worst = finding;
	}
	return worst;
}

/* What each cause of a certificate looks like from here.  Vague causes are met by any fault. */
static unsigned faults_of(enum cause cause)
{
	switch (cause) {
	case CAUSE_CERT_EXPIRED: return CERT_EXPIRED | CERT_NOT_YET_VALID; /* some senders say one for both */
	case CAUSE_CERT_NOT_YET_VALID: return CERT_NOT_YET_VALID;
	case CAUSE_CERT_REVOKED: return CERT_REVOKED;
	case CAUSE_CERT_SELF_SIGNED:
	case CAUSE_CERT_UNKNOWN_ISSUER:
	case CAUSE_CERT_INCOMPLETE_CHAIN: return CERT_UNTRUSTED; /* which of them it is depends on what the looker knows */
	case CAUSE_CERT_UNSUPPORTED: return CERT_WEAK;
	case CAUSE_CERT_WRONG_PURPOSE: return CERT_WRONG_PURPOSE;
	case CAUSE_HOSTNAME_MISMATCH: return CERT_WRONG_NAME;
	default: return CERT_ANY;
	}
}

static enum recheck_verdict judge_shaken(enum cause cause, const struct tls_seen *tls)
{
	unsigned faults = tls->faults | (tls->chain_count == 0 ? CERT_NO_CHAIN : 0);
	switch (cause_check(cause)) {
	case CAUSE_CHECK_MX_CERTIFICATE:
		if (cause == CAUSE_CERT_REVOCATION_UNKNOWN) /* what an authority answers to others, nobody sees from here */
			return (faults & CERT_REVOKED) != 0 ? RECHECK_BROKEN : RECHECK_CANNOT_TELL;
		return (faults & faults_of(cause)) != 0 ? RECHECK_BROKEN : RECHECK_CLEAN;
	case CAUSE_CHECK_MX_HANDSHAKE:
		if (cause == CAUSE_UNKNOWN)
			return faults != 0 ? RECHECK_BROKEN : RECHECK_CLEAN;
		return cause == CAUSE_INSECURE_CIPHER && (faults & CERT_WEAK) != 0 ? RECHECK_BROKEN : RECHECK_CLEAN;
	default: return RECHECK_CLEAN; /* it can be reached and offers STARTTLS */
	}
}

/* One address that was connected to. */
static enum recheck_verdict judge_look(enum cause cause, const struct mx_look *look)
{
	enum cause_check check = cause_check(cause);
	switch (look->state) {
	case LOOK_OK: return judge_shaken(cause, &look->tls);
	case LOOK_PORT_CLOSED:
	case LOOK_HELD_BACK: return RECHECK_CANNOT_TELL;
	case LOOK_NO_ADDRESS:
	case LOOK_FORBIDDEN:
	case LOOK_NO_GREETING:
	case LOOK_BROKEN: /* it is not reached as a mail server at all */
		return check == CAUSE_CHECK_MX_CONNECT || cause == CAUSE_UNKNOWN ? RECHECK_BROKEN : RECHECK_CANNOT_TELL;
	case LOOK_NO_STARTTLS:
	case LOOK_STARTTLS_REFUSED:
	case LOOK_INJECTED:
		if (check == CAUSE_CHECK_MX_CONNECT)
			return RECHECK_CLEAN;
		return check == CAUSE_CHECK_MX_STARTTLS || cause == CAUSE_UNKNOWN ? RECHECK_BROKEN : RECHECK_CANNOT_TELL;
	case LOOK_HANDSHAKE_FAILED:
		if (check == CAUSE_CHECK_MX_CONNECT || check == CAUSE_CHECK_MX_STARTTLS)
			return RECHECK_CLEAN;
		return check == CAUSE_CHECK_MX_HANDSHAKE ? RECHECK_BROKEN : RECHECK_CANNOT_TELL;
	case LOOK_STATE_COUNT: break;
	}
	return RECHECK_CANNOT_TELL;
}

static bool is_v6(const struct mx_look *look)
{
	return str_find_byte(look->address, ':') < look->address.len;
}

/* An address family that is closed altogether is rather our own network's, where the other one answers. */
static bool is_family_closed(const struct check_mx *mx, bool v6)
{
	for (size_t i = 0; i < mx->look_count; i++)
		if (is_v6(&mx->looks[i]) == v6 && mx->looks[i].state != LOOK_PORT_CLOSED)
			return false;
	return true;
}

static enum recheck_verdict worse(enum recheck_verdict a, enum recheck_verdict b)
{
	return a == RECHECK_BROKEN || b == RECHECK_BROKEN ? RECHECK_BROKEN
	       : a == RECHECK_CANNOT_TELL || b == RECHECK_CANNOT_TELL ? RECHECK_CANNOT_TELL
	                                                              : RECHECK_CLEAN;
}

static enum recheck_verdict judge_looks(enum cause cause, const struct check_mx *mx)
{
	bool skips_v6 = is_family_closed(mx, true), skips_v4 = is_family_closed(mx, false);
	enum recheck_verdict verdict = RECHECK_CLEAN;
	size_t told = 0;
	for (size_t i = 0; i < mx->look_count; i++) {
		bool v6 = is_v6(&mx->looks[i]);
		if (skips_v4 != skips_v6 && (v6 ? skips_v6 : skips_v4))
			continue;
		verdict = worse(verdict, judge_look(cause, &mx->looks[i]));
		told++;
	}
	return told == 0 ? RECHECK_CANNOT_TELL : verdict;
}

static enum recheck_verdict judge_dane(enum cause cause, const struct check_mx *mx)
{
	switch (mx->dane.state) {
	case DANE_MATCH: return RECHECK_CLEAN;
	case DANE_MISMATCH:
	case DANE_ALL_UNUSABLE: return RECHECK_BROKEN;
	case DANE_NONE: return cause == CAUSE_DANE_REQUIRED ? RECHECK_BROKEN : RECHECK_CLEAN;
	case DANE_CANNOT_TELL:
	case DANE_STATE_COUNT: break;
	}
	return RECHECK_CANNOT_TELL;
}

static enum recheck_verdict judge_dnssec(enum cause cause, const struct check *check, const struct check_mx *mx)
{
	if (cause == CAUSE_DNSSEC_INSECURE)
		return mx->dane.state == DANE_CANNOT_TELL                     ? RECHECK_CANNOT_TELL
		       : mx->dane.match_count > 0 && !mx->dane.is_secure ? RECHECK_BROKEN
		                                                          : RECHECK_CLEAN;
	if (finding_of(check, FINDING_DNSSEC_BOGUS, STR_NONE) != NULL)
		return RECHECK_BROKEN;
	return mx->dane.state == DANE_CANNOT_TELL && mx->look_count == 0 ? RECHECK_CANNOT_TELL : RECHECK_CLEAN;
}

static enum recheck_verdict judge_server(enum cause cause, const struct check *check, const struct check_mx *mx)
{
	bool has_no_address = finding_of(check, FINDING_MX_NO_ADDRESS, mx->host) != NULL;
	switch (cause_check(cause)) {
	case CAUSE_CHECK_TLSA: return judge_dane(cause, mx);
	case CAUSE_CHECK_DNSSEC: return judge_dnssec(cause, check, mx);
	case CAUSE_CHECK_MX_CONNECT: return has_no_address ? RECHECK_BROKEN : judge_looks(cause, mx);
	default: return judge_looks(cause, mx);
	}
}

/* The finding that a verdict on a server stands on: of the cause itself, else the worst of that server. */
static const struct finding *finding_of_server(const struct check *check, enum cause cause, struct str host)
{
	for (size_t i = 0; i < check->findings.count; i++) {
		const struct finding *finding = &check->findings.items[i];
		enum cause of;
		if (str_eq_nocase(finding->subject, host) && finding_cause(finding->code, &of) && of == cause)
			return finding;
	}
	const struct finding *bogus = finding_of(check, FINDING_DNSSEC_BOGUS, STR_NONE);
	return cause_check(cause) == CAUSE_CHECK_DNSSEC && bogus != NULL ? bogus : worst_of(check, host);
}

static void judge_servers(const struct issue *issue, const struct check *check, struct recheck_seen *out)
{
	enum cause cause = (enum cause)issue->matter;
	size_t told = 0;
	out->verdict = RECHECK_CLEAN;
	for (size_t i = 0; i < check->mx_count; i++) {
		const struct check_mx *mx = &check->mx[i];
		if (issue->kind == ISSUE_ON_MX && !str_eq_nocase(mx->host, issue->subject))
			continue;
		enum recheck_verdict verdict = judge_server(cause, check, mx);
		if (verdict == RECHECK_BROKEN && out->finding == NULL)
			out->finding = finding_of_server(check, cause, mx->host);
		out->verdict = worse(out->verdict, verdict);
		told++;
	}
	if (told == 0) /* no server, or not that one */
		out->verdict = RECHECK_CANNOT_TELL;
	if (out->verdict != RECHECK_BROKEN)
		out->finding = NULL;
}

/* A policy that cannot be fetched or read is broken for each of these causes: what a sender meets first differs. */
static void judge_policy(enum cause cause, const struct check *check, struct recheck_seen *out)
{
	bool is_absent = finding_of(check, FINDING_STS_ABSENT, STR_NONE) != NULL;
	if (check->mta_sts.state == CHECK_CANNOT_TELL) {
		out->verdict = RECHECK_CANNOT_TELL;
		return;
	}
	out->verdict = is_absent && cause == CAUSE_STS_NOT_FOUND ? RECHECK_BROKEN : RECHECK_CLEAN;
	if (is_absent) { /* senders that hold an older policy may still complain; there is nothing to mend */
		out->finding = out->verdict == RECHECK_BROKEN ? finding_of(check, FINDING_STS_ABSENT, STR_NONE) : NULL;
		return;
	}
	for (size_t i = 0; i < check->findings.count; i++) {
		const struct finding *finding = &check->findings.items[i];
		enum cause of;
		if (!finding_cause(finding->code, &of) || cause_family(of) != CAUSE_FAMILY_POLICY_FETCH)
			continue;
		bool is_record = of == CAUSE_STS_RECORD_INVALID || of == CAUSE_STS_NOT_FOUND;
		if (cause_check(cause) == CAUSE_CHECK_STS_RECORD && !is_record)
			continue;
		if (cause_check(cause) == CAUSE_CHECK_STS_HOST_CERTIFICATE && of != CAUSE_STS_HOST_CERT_INVALID &&
		    of != CAUSE_STS_FETCH_TLS)
			continue;
		out->verdict = RECHECK_BROKEN;
		if (out->finding == NULL || of == cause)
			out->finding = finding;
	}
}

static void judge_listed(const struct issue *issue, const struct check *check, struct recheck_seen *out)
{
	struct str host = issue->kind == ISSUE_ON_MX ? issue->subject : STR_NONE;
	out->finding = finding_of(check, FINDING_STS_MX_MISMATCH, host);
	if (out->finding != NULL)
		out->verdict = RECHECK_BROKEN;
	else if (check->mta_sts.state == CHECK_NONE) /* the policy was withdrawn */
		out->verdict = RECHECK_CLEAN;
	else
		out->verdict = check->mta_sts.policy.is_valid && check->mx_count > 0 ? RECHECK_CLEAN : RECHECK_CANNOT_TELL;
}

/* Of a domain that nobody reports on: is its record still there, and does it name us? */
static void judge_record(const struct check *check, struct recheck_seen *out)
{
	switch (check->tls_rpt.state) {
	case CHECK_OK: out->verdict = RECHECK_CLEAN; return;
	case CHECK_CANNOT_TELL:
	case CHECK_STATE_COUNT: out->verdict = RECHECK_CANNOT_TELL; return;
	case CHECK_NONE:
	case CHECK_PROBLEMS: break;
	}
	out->verdict = RECHECK_BROKEN;
	out->finding = worst_of(check, check->tls_rpt.name);
}

void recheck_judge(const struct issue *issue, const struct check *check, struct recheck_seen *out)
{
	*out = (struct recheck_seen){.verdict = RECHECK_CANNOT_TELL};
	if (issue->matter == MATTER_DOMAIN_SILENT)
		judge_record(check, out);
	else if (issue->matter == CAUSE_STS_MX_MISMATCH)
		judge_listed(issue, check, out);
	else if (issue->matter < CAUSE_COUNT && (parts_of_matter(issue->matter) & DOMAIN_LOOK_SERVERS) != 0)
		judge_servers(issue, check, out);
	else if (issue->matter < CAUSE_COUNT && (parts_of_matter(issue->matter) & STS_PARTS) != 0)
		judge_policy((enum cause)issue->matter, check, out);
}

struct str recheck_story(const struct recheck_seen *seen, struct arena *arena)
{
	const struct finding *finding = seen->finding;
	if (finding == NULL)
		return STR_NONE;
	return str_of(arena_format(arena, "%s %.*s %.*s", finding_code_text(finding->code), STR_ARGS(finding->subject),
	                           STR_ARGS(finding->detail)));
}
