/* SPDX-License-Identifier: ISC */
/* The mail servers of a domain: their set, what each shows, their TLSA records, and the policy's list beside them. */
#include <stdlib.h>

#include "base/limits.h"
#include "probe/dane_look.h"
#include "probe/mx_look.h"
#include "report/mx_pattern.h"
#include "role/domain_look_parts.h"

#define LOOK_TIMEOUT_MS 30000u /* of one address */
#define EXPIRING_DAYS 14
#define EXPIRING_SOON_DAYS 3

static int by_preference(const void *a, const void *b)
{
	const struct check_mx *x = a;
	const struct check_mx *y = b;

	if (x->preference != y->preference)
		return x->preference < y->preference ? -1 : 1;
	return str_cmp(x->host, y->host);
}

/* Without an MX record the domain itself is its server (RFC 5321 section 5.1). */
static void implicit_mx(struct domain_looking *looking)
{
	struct check *check = looking->check;
	struct resolve_answer v4, v6;

	if (!domain_looking_ask(looking, check->domain, RESOLVE_A, &v4) ||
	    !domain_looking_ask(looking, check->domain, RESOLVE_AAAA, &v6)) {
		check->mx_state = CHECK_CANNOT_TELL;
		return;
	}
	if (v4.outcome != RESOLVE_ANSWER && v6.outcome != RESOLVE_ANSWER) {
		domain_looking_found(looking, FINDING_MX_MISSING, check->domain, STR_NONE);
		check->mx_state = CHECK_PROBLEMS;
		return;
	}
	check->mx = ARENA_ARRAY(looking->arena, 1, struct check_mx);
	check->mx[0].host = check->domain;
	check->mx_count = 1;
	check->mx_is_secure = v4.security == RESOLVE_SECURE && v6.security == RESOLVE_SECURE;
}

void domain_look_mx_one(struct domain_looking *looking)
{
	struct check *check = looking->check;

	check->mx = ARENA_ARRAY(looking->arena, 1, struct check_mx);
	check->mx[0].host = looking->options->only_server;
	check->mx_count = 1;
}

void domain_look_mx_set(struct domain_looking *looking)
{
	struct check *check = looking->check;
	struct resolve_answer answer;

	if (!domain_looking_ask(looking, check->domain, RESOLVE_MX, &answer)) {
		check->mx_state = answer.outcome == RESOLVE_BOGUS ? CHECK_PROBLEMS : CHECK_CANNOT_TELL;
		return;
	}
	if (answer.outcome != RESOLVE_ANSWER) {
		implicit_mx(looking);
		check->mx_is_secure = check->mx_is_secure && answer.security == RESOLVE_SECURE;
		return;
	}
	check->mx_is_secure = answer.security == RESOLVE_SECURE;
	if (answer.count == 1 && answer.records[0].text.len == 0) { /* RFC 7505 */
		domain_looking_found(looking, FINDING_MX_NULL, check->domain, STR_NONE);
		check->mx_state = CHECK_NONE;
		return;
	}
	check->mx = ARENA_ARRAY(looking->arena, answer.count, struct check_mx);
	for (size_t i = 0; i < answer.count; i++) {
		struct address address;
		if (address_parse(answer.records[i].text, &address)) {
			domain_looking_found(looking, FINDING_MX_IS_ADDRESS, answer.records[i].text, STR_NONE);
			continue;
		}
		struct check_mx *mx = &check->mx[check->mx_count++];
		mx->host = answer.records[i].text;
		mx->preference = answer.records[i].preference;
	}
	qsort(check->mx, check->mx_count, sizeof *check->mx, by_preference);
	if (check->mx_count > LIMIT_LOOK_SERVERS) {
		domain_looking_cannot_tell(looking, check->domain, STR("there are more than 20 servers; the first 20 are looked at"));
		check->mx_count = LIMIT_LOOK_SERVERS;
	}
}

static struct str date(struct domain_looking *looking, instant at)
{
	char text[INSTANT_TEXT_MAX];

	return arena_str(looking->arena, day_format(day_of(at), text));
}

static void found_once(struct domain_looking *looking, enum finding_code code, struct str host, struct str detail)
{
	const struct findings *findings = &looking->check->findings;

	for (size_t i = 0; i < findings->count; i++)
		if (findings->items[i].code == code && str_eq(findings->items[i].subject, host))
			return;
	domain_looking_found(looking, code, host, detail);
}

static void judge_chain(struct domain_looking *looking, const struct check_mx *mx, const struct tls_seen *tls)
{
	const struct cert_seen *leaf = tls->chain;
	struct arena *arena = looking->arena;

	if (tls->chain_count == 0) {
		found_once(looking, FINDING_CERT_OTHER, mx->host, STR("it shows no certificate"));
		return;
	}
	const struct {
		unsigned fault;
		enum finding_code code;
		struct str detail;
	} faults[] = {
	    {CERT_EXPIRED, FINDING_CERT_EXPIRED, date(looking, leaf->not_after)},
	    {CERT_NOT_YET_VALID, FINDING_CERT_NOT_YET_VALID, date(looking, leaf->not_before)},
	    {CERT_REVOKED, FINDING_CERT_REVOKED, STR_NONE},
	    {CERT_SELF_SIGNED, FINDING_CERT_SELF_SIGNED, STR_NONE},
	    {CERT_UNKNOWN_ISSUER, FINDING_CERT_UNKNOWN_ISSUER, leaf->issuer},
	    {CERT_INCOMPLETE, FINDING_CERT_INCOMPLETE_CHAIN, leaf->issuer},
	    {CERT_WRONG_NAME, FINDING_HOSTNAME_MISMATCH, leaf->names.len > 0 ? leaf->names : leaf->subject},
	    {CERT_WEAK, FINDING_CERT_UNSUPPORTED,
	     str_of(arena_format(arena, "%.*s, %.*s", STR_ARGS(leaf->key), STR_ARGS(leaf->signature)))},
	    {CERT_WRONG_PURPOSE, FINDING_CERT_WRONG_PURPOSE, STR_NONE},
	    {CERT_OTHER, FINDING_CERT_OTHER, tls->fault_text},
	};
	for (size_t i = 0; i < COUNT_OF(faults); i++)
		if ((tls->faults & faults[i].fault) != 0)
			found_once(looking, faults[i].code, mx->host, faults[i].detail);
}

static void judge_end(struct domain_looking *looking, const struct check_mx *mx, const struct tls_seen *tls)
{
	int64_t days;

	if (tls->chain_count == 0 || (tls->faults & CERT_EXPIRED) != 0)
		return;
	days = (tls->chain[0].not_after - looking->check->at) / SECS_PER_DAY;
	if (days >= EXPIRING_DAYS)
		return;
	found_once(looking, FINDING_CERT_EXPIRING, mx->host, date(looking, tls->chain[0].not_after));
	struct findings *findings = &looking->check->findings;
	if (days < EXPIRING_SOON_DAYS)
		findings->items[findings->count - 1].severity = SEVERITY_CRITICAL;
}

/* What a DANE-EE record vouches for needs no authority, name or date (RFC 7672 section 3.1.1), unless a policy of
 * MTA-STS asks for them too. */
static bool dane_vouches(const struct check *check, const struct check_mx *mx)
{
	if (mx->dane.state != DANE_MATCH || check->mta_sts.policy.is_valid)
		return false;
	for (size_t i = 0; i < mx->dane.match_count; i++)
		if (mx->dane.matches[i].matches)
			return true;
	return false;
}

static void judge_look(struct domain_looking *looking, struct check_mx *mx, struct mx_look *look)
{
	static const struct {
		enum look_state state;
		enum finding_code code;
	} faults[] = {
	    {LOOK_NO_GREETING, FINDING_SMTP_NO_GREETING},     {LOOK_BROKEN, FINDING_SMTP_BROKEN},
	    {LOOK_NO_STARTTLS, FINDING_STARTTLS_NOT_OFFERED}, {LOOK_STARTTLS_REFUSED, FINDING_STARTTLS_REFUSED},
	    {LOOK_INJECTED, FINDING_STARTTLS_INJECTED},
	};

	for (size_t i = 0; i < COUNT_OF(faults); i++)
		if (look->state == faults[i].state)
			found_once(looking, faults[i].code, mx->host, look->detail);
	if (look->state == LOOK_FORBIDDEN)
		found_once(looking, FINDING_MX_FORBIDDEN, mx->host, look->address);
	if (look->state == LOOK_PORT_CLOSED)
		domain_looking_cannot_tell(
		    looking, mx->host,
		    str_of(arena_format(looking->arena, "port %u at %.*s does not answer from here. %.*s Many networks block it; "
		                                        "try from another host.",
		                        looking->options->smtp_port, STR_ARGS(look->address), STR_ARGS(look->detail))));
	if (look->state == LOOK_HELD_BACK)
		domain_looking_cannot_tell(looking, mx->host,
		                           str_of(arena_format(looking->arena, "we were at %.*s too often lately, and hold back",
		                                               STR_ARGS(look->address))));
	if (look->state == LOOK_OK && !dane_vouches(looking->check, mx)) {
		judge_chain(looking, mx, &look->tls);
		judge_end(looking, mx, &look->tls);
	}
}

static const char *const old_versions[] = {[TLS_OFFER_1_0] = "1.0", [TLS_OFFER_1_1] = "1.1"};

/* One look, within what is left of the whole.  False when that ran out: nothing can be told then. */
static bool look_in_time(struct domain_looking *looking, const struct check_mx *mx, const struct address *address,
                         struct mx_look_options options, struct mx_look *out)
{
	int64_t left_ms = looking->deadline_ms - clock_ms();

	if (left_ms > 0) {
		options.timeout_ms = left_ms < (int64_t)options.timeout_ms ? (uint32_t)left_ms : options.timeout_ms;
		if (looking->options->look_mx != NULL)
			looking->options->look_mx(looking->options->context, mx->host, address, &options, looking->arena, out);
		else
			mx_look(mx->host, address, &options, looking->arena, out);
	}
	return left_ms > 0 && (out->state == LOOK_OK || clock_ms() < looking->deadline_ms);
}

/* A handshake of today failed: would one of yesterday have worked?  Not asked of a server that did not answer. */
static void judge_handshake(struct domain_looking *looking, const struct check_mx *mx, const struct address *address,
                            const struct mx_look_options *options, const struct mx_look *look)
{
	bool answers = look->took_ms < options->timeout_ms;

	for (enum tls_offer offer = TLS_OFFER_1_1; answers && offer >= TLS_OFFER_1_0; offer--) {
		struct mx_look_options again = *options;
		struct mx_look old;
		again.offer = offer;
		answers = look_in_time(looking, mx, address, again, &old);
		if (answers && old.state == LOOK_OK) {
			found_once(looking, FINDING_PROTOCOL_VERSION, mx->host, str_of(old_versions[offer]));
			return;
		}
	}
	found_once(looking, FINDING_HANDSHAKE_FAILURE, mx->host, look->detail);
}

static void judge_dane(struct domain_looking *looking, const struct check_mx *mx)
{
	struct str base = domain_looking_name(looking, "_25._tcp.", mx->host);

	if (mx->dane.state == DANE_MISMATCH)
		found_once(looking, FINDING_TLSA_MISMATCH, mx->host, STR_NONE);
	if (mx->dane.state == DANE_ALL_UNUSABLE)
		found_once(looking, FINDING_TLSA_UNUSABLE, mx->host, STR_NONE);
	if (mx->dane.match_count > 0 && !mx->dane.is_secure)
		found_once(looking, FINDING_TLSA_INSECURE, mx->host, base);
	for (size_t i = 0; i < mx->dane.match_count && mx->dane.state != DANE_ALL_UNUSABLE; i++) {
		const struct dane_match *match = &mx->dane.matches[i];
		if (match->fault != TLSA_USABLE)
			domain_looking_found(looking, FINDING_TLSA_RECORD_UNUSABLE, mx->host,
			                     str_of(arena_format(looking->arena, "%u %u %u", match->record.usage,
			                                         match->record.selector, match->record.matching)));
	}
}

static bool addresses_of(struct domain_looking *looking, struct check_mx *mx, struct address *addresses, size_t *count)
{
	static const enum resolve_type types[] = {RESOLVE_A, RESOLVE_AAAA};
	bool told = true;

	for (size_t t = 0; t < COUNT_OF(types); t++) {
		struct resolve_answer answer;
		if (!domain_looking_ask(looking, mx->host, types[t], &answer)) {
			told = false;
			continue;
		}
		for (size_t i = 0; answer.outcome == RESOLVE_ANSWER && i < answer.count && *count < LIMIT_LOOK_ADDRESSES; i++)
			if (address_parse(answer.records[i].text, &addresses[*count]))
				(*count)++;
	}
	if (told && *count == 0)
		domain_looking_found(looking, FINDING_MX_NO_ADDRESS, mx->host, STR_NONE);
	return told;
}

static void look_at(struct domain_looking *looking, struct check_mx *mx)
{
	struct check *check = looking->check;
	struct mx_look_options options = {
	    .port = looking->options->smtp_port,
	    .allow_local = looking->options->smtp_local,
	    .our_name = looking->options->our_name,
	    .offer = TLS_OFFER_TODAY,
	    .timeout_ms = LOOK_TIMEOUT_MS,
	    .authorities = looking->options->authorities,
	};
	struct address addresses[LIMIT_LOOK_ADDRESSES];
	size_t count = 0, before = check->findings.count, unknown = check->unknowns.count;
	struct resolve_answer tlsa;
	const struct tls_seen *tls = NULL;

	(void)addresses_of(looking, mx, addresses, &count);
	mx->looks = ARENA_ARRAY(looking->arena, count, struct mx_look);
	for (size_t i = 0; i < count; i++) {
		struct mx_look *look = &mx->looks[mx->look_count];
		if (!look_in_time(looking, mx, &addresses[i], options, look)) {
			domain_looking_cannot_tell(looking, mx->host, STR("the time for the whole check was over"));
			break;
		}
		addresses[mx->look_count++] = addresses[i];
		if (tls == NULL && look->state == LOOK_OK)
			tls = &look->tls;
	}
	if (domain_looking_ask(looking, domain_looking_name(looking, "_25._tcp.", mx->host), RESOLVE_TLSA, &tlsa)) {
		struct str names[] = {mx->host, check->domain};
		dane_look(&tlsa, tls, names, COUNT_OF(names), looking->arena, &mx->dane);
	} else {
		mx->dane.state = DANE_CANNOT_TELL;
		mx->dane.detail = str_of(resolve_outcome_text(tlsa.outcome));
	}
	judge_dane(looking, mx);
	for (size_t i = 0; i < mx->look_count; i++) {
		if (mx->looks[i].state == LOOK_HANDSHAKE_FAILED)
			judge_handshake(looking, mx, &addresses[i], &options, &mx->looks[i]);
		else
			judge_look(looking, mx, &mx->looks[i]);
	}
	mx->state = check->findings.count > before ? CHECK_PROBLEMS
	            : check->unknowns.count > unknown ? CHECK_CANNOT_TELL
	                                              : CHECK_OK;
}

void domain_look_compare(struct domain_looking *looking)
{
	struct check *check = looking->check;
	const struct sts_policy *policy = &check->mta_sts.policy;
	bool applies = policy->is_valid && policy->mode != MODE_NONE;

	for (size_t i = 0; i < check->mx_count; i++) {
		struct check_mx *mx = &check->mx[i];
		mx->is_listed = !applies;
		for (size_t j = 0; j < policy->mx.count && applies; j++)
			mx->is_listed = mx->is_listed || mx_pattern_matches(policy->mx.items[j], mx->host);
		if (!mx->is_listed)
			domain_looking_found(looking, FINDING_STS_MX_MISMATCH, mx->host, STR_NONE);
	}
	for (size_t j = 0; j < policy->mx.count && applies && check->mx_count > 0; j++) {
		bool used = false;
		for (size_t i = 0; i < check->mx_count; i++)
			used = used || mx_pattern_matches(policy->mx.items[j], check->mx[i].host);
		if (!used)
			domain_looking_found(looking, FINDING_POLICY_MX_UNUSED, check->domain, policy->mx.items[j]);
	}
}

/* The worst of the servers, a problem before what could not be told. */
static void sum_up(struct check *check)
{
	bool problems = check->mx_state == CHECK_PROBLEMS, unknown = check->mx_state == CHECK_CANNOT_TELL;
	bool dane_problem = false, dane_unknown = unknown;

	for (size_t i = 0; i < check->mx_count; i++) {
		const struct check_mx *mx = &check->mx[i];
		problems = problems || mx->state == CHECK_PROBLEMS || !mx->is_listed;
		unknown = unknown || mx->state == CHECK_CANNOT_TELL;
		check->dane.hosts += mx->dane.state != DANE_NONE;
		dane_problem = dane_problem || mx->dane.state == DANE_MISMATCH || mx->dane.state == DANE_ALL_UNUSABLE ||
		               (mx->dane.match_count > 0 && !mx->dane.is_secure);
		dane_unknown = dane_unknown || mx->dane.state == DANE_CANNOT_TELL;
	}
	if (check->mx_state != CHECK_NONE)
		check->mx_state = problems ? CHECK_PROBLEMS : unknown ? CHECK_CANNOT_TELL : CHECK_OK;
	check->dane.state = dane_problem ? CHECK_PROBLEMS : dane_unknown ? CHECK_CANNOT_TELL
	                    : check->dane.hosts > 0                      ? CHECK_OK
	                                                                 : CHECK_NONE;
}

void domain_look_servers(struct domain_looking *looking)
{
	struct check *check = looking->check;

	for (size_t i = 0; i < check->mx_count; i++)
		look_at(looking, &check->mx[i]);
	domain_look_compare(looking);
	sum_up(check);
}
