/* SPDX-License-Identifier: ISC */
#include "bench/world.h"

#include <stdio.h>
#include <string.h>

#include "base/attr.h"

static const struct world_reporter big_reporters[] = {
    {MANNER_GOOGLE, "Google Inc.", "google.com", "smtp-tls-reporting@google.com",
     "noreply-smtp-tls-reporting@google.com"},
    {MANNER_MICROSOFT, "Microsoft Corporation", "microsoft.com", "tlsrpt-noreply@microsoft.com",
     "tlsrpt-noreply@microsoft.com"},
    {MANNER_MAILRU, "Mail.ru", "mail.ru", "tlsrpt@corp.mail.ru", "tlsrpt@corp.mail.ru"},
    {MANNER_SOCKETLABS, "SocketLabs", "socketlabs.com", "tlsrpt@socketlabs.com", "tlsrpt@socketlabs.com"},
};

static const char *const small_hosts[] = {"larch", "rowan", "maple", "hazel", "birch", "cedar"};

static const char *const words[] = {"amber", "basalt", "cobalt", "delta", "ember", "fjord",  "garnet", "harbor",
                                    "indigo", "juniper", "kelp",  "lagoon", "meadow", "nectar", "onyx", "prairie",
                                    "quartz", "river",  "saffron", "tundra"};

/* Of a hundred reports. */
static const uint32_t shares[MANNERS] = {36, 26, 7, 12, 8, 4, 3, 4};

static void set_text(char out[WORLD_TEXT], const char *text)
{
	snprintf(out, WORLD_TEXT, "%s", text);
}

static void small_reporter(enum manner manner, unsigned host, struct world_reporter *out)
{
	/* No house sends in two manners. */
	static const char *const prefixes[MANNERS] = {[MANNER_POSTFIX] = "mail", [MANNER_STALWART] = "post",
	                                              [MANNER_MOX] = "mx", [MANNER_HALON] = "relay"};
	out->manner = manner;
	snprintf(out->submitter, sizeof(out->submitter), "%s.%s.example", prefixes[manner],
	         small_hosts[host % COUNT_OF(small_hosts)]);
	set_text(out->organization, out->submitter);
	snprintf(out->from, sizeof(out->from), "noreply-tlsrpt@%.64s", out->submitter);
	/* Stalwart's default leaves contact-info null. */
	set_text(out->contact, manner == MANNER_STALWART && host % 2 == 0 ? "" : out->from);
}

static void reporter_of(enum manner manner, unsigned host, struct world_reporter *out)
{
	for (size_t i = 0; i < COUNT_OF(big_reporters); i++) {
		if (big_reporters[i].manner == manner) {
			*out = big_reporters[i];
			return;
		}
	}
	small_reporter(manner, host, out);
}

/* ---- what goes wrong, in each reporter's own words ---- */

struct fault {
	enum manner manner;
	enum unit_kind kind;
	bool at_host;
	const char *result, *reason;
};

static const struct fault faults[] = {
    {MANNER_GOOGLE, UNIT_STS, true, "validation-failure", NULL},
    {MANNER_GOOGLE, UNIT_STS, true, "starttls-not-supported", NULL},
    {MANNER_GOOGLE, UNIT_STS, true, "certificate-expired", NULL},
    {MANNER_GOOGLE, UNIT_STS, false, "sts-policy-fetch-error", NULL},
    {MANNER_MICROSOFT, UNIT_STS, false, "validation-failure", "MX_HOSTS_MISMATCH"},
    {MANNER_MICROSOFT, UNIT_STS, false, "validation-failure", "VALIDATION_FAILURE"},
    {MANNER_MICROSOFT, UNIT_STS, false, "sts-policy-fetch-error", NULL},
    {MANNER_MICROSOFT, UNIT_TLSA, false, "tlsa-invalid", NULL},
    {MANNER_MICROSOFT, UNIT_TLSA, false, "dnssec-invalid", NULL},
    {MANNER_MAILRU, UNIT_STS, false, "sts-policy-fetch-error", "bad https response code: 404"},
    {MANNER_MAILRU, UNIT_STS, false, "sts-policy-fetch-error", "bad https response code: 500"},
    {MANNER_POSTFIX, UNIT_STS, true, "certificate-host-mismatch", NULL},
    {MANNER_POSTFIX, UNIT_STS, true, "validation-failure", "tls-handshake-failure"},
    {MANNER_POSTFIX, UNIT_STS, true, "validation-failure", "self-signed_certificate"},
    {MANNER_POSTFIX, UNIT_TLSA, true, "certificate-not-trusted", NULL},
    {MANNER_POSTFIX, UNIT_TLSA, true, "tlsa-invalid", "all-TLSA-records-unusable"},
    {MANNER_POSTFIX, UNIT_TLSA, true, "certificate-expired", NULL},
    {MANNER_STALWART, UNIT_STS, true, "certificate-not-trusted", "invalid peer certificate: Expired"},
    {MANNER_STALWART, UNIT_STS, true, "certificate-not-trusted", "invalid peer certificate: NotValidForName"},
    {MANNER_STALWART, UNIT_STS, false, "sts-policy-invalid", "Failed to parse policy: No 'mx' entries found."},
    {MANNER_STALWART, UNIT_TLSA, true, "validation-failure", "No matching TLSA records found."},
    {MANNER_MOX, UNIT_STS, true, "starttls-not-supported", ""},
    {MANNER_MOX, UNIT_STS, true, "certificate-host-mismatch", ""},
    {MANNER_MOX, UNIT_STS, false, "sts-policy-fetch-error", "sts-policy-fetch-error+fallback-to-cached-policy"},
    {MANNER_MOX, UNIT_TLSA, true, "validation-failure", "dane-no-match"},
    {MANNER_SOCKETLABS, UNIT_STS, true, "certificate-expired", NULL},
    {MANNER_SOCKETLABS, UNIT_STS, true, "starttls-not-supported", NULL},
    {MANNER_HALON, UNIT_STS, true, "certificate-host-mismatch", NULL},
    {MANNER_HALON, UNIT_TLSA, true, "tlsa-invalid", NULL},
};

static void address_text(struct random *random, unsigned network, char out[48])
{
	if (random_percent(random, 30))
		snprintf(out, 48, "2001:db8:%x::%x", 0x10 + network, 1 + random_below(random, 0xfff));
	else
		snprintf(out, 48, "%s.%u", network % 2 == 0 ? "198.51.100" : "203.0.113", 1 + random_below(random, 254));
}

void world_failure_add(struct world_unit *unit, enum manner manner, struct random *random, const char *result,
                       const char *reason, const char *mx, uint32_t sessions)
{
	if (unit->failure_count == WORLD_FAILURES_MAX)
		return;
	struct world_failure *failure = &unit->failures[unit->failure_count++];
	*failure = (struct world_failure){.result = result, .reason = reason, .mx = mx, .sessions = sessions};
	/* Microsoft and Mail.ru never name an address. */
	if (manner != MANNER_MICROSOFT && manner != MANNER_MAILRU) {
		address_text(random, (unsigned)manner, failure->sending_ip);
		if (mx != NULL)
			address_text(random, (unsigned)manner + 1, failure->receiving_ip);
	}
	unit->failed += sessions;
}

static void random_failures(struct world_unit *unit, enum manner manner, struct random *random)
{
	uint32_t luck = random_below(random, 100);
	unsigned wanted = luck < 55 ? 0 : luck < 75 ? 1 : luck < 88 ? 2 : 3;
	for (unsigned i = 0; i < wanted; i++) {
		size_t at = random_below(random, COUNT_OF(faults));
		size_t tries = 0;
		while (tries < COUNT_OF(faults) && (faults[at].manner != manner || faults[at].kind != unit->kind)) {
			at = (at + 1) % COUNT_OF(faults);
			tries++;
		}
		if (tries == COUNT_OF(faults))
			return; /* this reporter never tells of failures of this kind */
		const char *mx = faults[at].at_host ? unit->domain->mx[random_below(random, unit->domain->mx_count)] : NULL;
		world_failure_add(unit, manner, random, faults[at].result, faults[at].reason, mx,
		                  1 + random_below(random, 40));
	}
}

/* ---- domains ---- */

static void domain_add_mx(struct world_domain *domain, const char *name, bool listed)
{
	set_text(domain->mx[domain->mx_count++], name);
	if (listed)
		set_text(domain->pattern[domain->pattern_count++], name);
}

static void bulk_domain(uint64_t seed, uint32_t index, struct world_domain *out)
{
	struct random random = {seed ^ ((uint64_t)index << 20)};
	random_next(&random);
	*out = (struct world_domain){.mode = random_percent(&random, 70) ? "enforce" : "testing",
	                             .max_age_secs = random_percent(&random, 50) ? 604800 : 86400,
	                             .tlsa = random_next(&random)};
	snprintf(out->name, sizeof(out->name), "%s%u.example", words[index % COUNT_OF(words)],
	         index / (uint32_t)COUNT_OF(words));
	out->has_sts = !random_percent(&random, 15);
	out->has_tlsa = random_percent(&random, 35);
	unsigned hosts = 1 + random_below(&random, WORLD_MX_MAX);
	for (unsigned i = 0; i < hosts; i++) {
		char name[WORLD_TEXT];
		snprintf(name, sizeof(name), "mx%u.%.70s", i + 1, out->name);
		domain_add_mx(out, name, true);
	}
}

/* ---- reports ---- */

static struct world_unit *add_unit(struct world_report *report, enum unit_kind kind, uint32_t succeeded)
{
	struct world_unit *unit = &report->units[report->unit_count++];
	memset(unit, 0, sizeof(*unit));
	unit->kind = kind;
	unit->domain = report->domain;
	unit->succeeded = succeeded;
	return unit;
}

/* Which policies this reporter looks at for the domain: Microsoft tells both for the same sessions, Google knows
 * only MTA-STS, the others prefer DANE. */
static void add_units(struct world_report *report, uint32_t succeeded)
{
	const struct world_domain *domain = report->domain;
	enum manner manner = report->reporter->manner;
	bool knows_tlsa = manner != MANNER_GOOGLE && manner != MANNER_MAILRU && manner != MANNER_SOCKETLABS;
	if (domain->has_sts && (manner == MANNER_MICROSOFT || !(knows_tlsa && domain->has_tlsa)))
		add_unit(report, UNIT_STS, succeeded);
	if (domain->has_tlsa && knows_tlsa)
		add_unit(report, UNIT_TLSA, succeeded);
	if (report->unit_count == 0)
		add_unit(report, UNIT_NONE, succeeded);
}

#define BULK_DOMAINS 200

void world_next(struct world_bulk *bulk, uint64_t number, struct world_report *report)
{
	struct random random = {bulk->seed ^ (number * UINT64_C(0xd1342543de82ef95))};
	random_next(&random);
	uint32_t luck = random_below(&random, 100), manner = 0;
	while (luck >= shares[manner])
		luck -= shares[manner++];
	uint64_t turn = bulk->sent[manner]++;
	reporter_of((enum manner)manner, (unsigned)(turn % COUNT_OF(small_hosts)), &bulk->reporter);
	bool small = manner == MANNER_POSTFIX || manner == MANNER_STALWART || manner == MANNER_MOX || manner == MANNER_HALON;
	if (small)
		turn /= COUNT_OF(small_hosts);
	bulk_domain(bulk->seed, (uint32_t)(turn % BULK_DOMAINS), &bulk->domain);
	*report = (struct world_report){.reporter = &bulk->reporter, .domain = &bulk->domain,
	                                .day = bulk->last_day - (int32_t)(turn / BULK_DOMAINS), .number = number};
	add_units(report, 1 + random_below(&random, random_percent(&random, 10) ? 5000 : 120));
	for (unsigned i = 0; i < report->unit_count; i++)
		random_failures(&report->units[i], (enum manner)manner, &random);
}

/* ---- the month of the demo ---- */

#define DEMO_DAYS 30
#define DEMO_CERT_FROM 9   /* days before the last one: the certificate of mx2.example.com runs out */
#define DEMO_CERT_UNTIL 6  /* and is renewed */
#define DEMO_MX_FROM 13    /* mx3.example.org takes mail, and nobody adds it to the policy */
#define DEMO_FETCH_DAY 20  /* the policy host of shop.example.com answers 404 */

static void demo_domains(struct world_domain domains[4])
{
	memset(domains, 0, 4 * sizeof(domains[0]));
	domains[0] = (struct world_domain){.has_sts = true, .mode = "enforce", .max_age_secs = 604800};
	set_text(domains[0].name, "example.com");
	domain_add_mx(&domains[0], "mx1.example.com", true);
	domain_add_mx(&domains[0], "mx2.example.com", true);
	domains[1] = (struct world_domain){.has_sts = true, .has_tlsa = true, .mode = "enforce", .max_age_secs = 86400,
	                                   .tlsa = 0x1f2e3d4c5b6a7988};
	set_text(domains[1].name, "example.org");
	domain_add_mx(&domains[1], "mx1.example.org", true);
	domain_add_mx(&domains[1], "mx3.example.org", false);
	domains[2] = (struct world_domain){.has_sts = true, .mode = "testing", .max_age_secs = 86400};
	set_text(domains[2].name, "shop.example.com");
	domain_add_mx(&domains[2], "mx1.mailhost.example", false);
	set_text(domains[2].pattern[domains[2].pattern_count++], "*.mailhost.example");
	set_text(domains[3].name, "news.example.net");
	domain_add_mx(&domains[3], "mail.example.net", false);
}

static void demo_certificate(struct world_unit *unit, enum manner manner, struct random *random, uint32_t sessions)
{
	const char *result = manner == MANNER_STALWART ? "certificate-not-trusted" : "certificate-expired";
	const char *reason = manner == MANNER_STALWART ? "invalid peer certificate: Expired" : NULL;
	bool splits = manner == MANNER_GOOGLE && sessions > 3; /* one detail a sending address */
	uint32_t first = splits ? sessions / 3 : sessions;
	const char *mx = manner == MANNER_MICROSOFT ? NULL : unit->domain->mx[1];
	world_failure_add(unit, manner, random, result, reason, mx, first);
	if (splits)
		world_failure_add(unit, manner, random, result, reason, mx, sessions - first);
}

static void demo_missing_mx(struct world_unit *unit, enum manner manner, struct random *random, uint32_t sessions)
{
	if (manner == MANNER_MICROSOFT)
		world_failure_add(unit, manner, random, "validation-failure", "MX_HOSTS_MISMATCH", NULL, sessions);
	else
		world_failure_add(unit, manner, random, "validation-failure",
		                  manner == MANNER_MOX ? "mtasts-policy-mx-mismatch" : NULL, unit->domain->mx[1], sessions);
}

/* What happened on that day, `ago` days before the last one, to the sessions of one report. */
static void demo_events(struct world_report *report, int ago, struct random *random)
{
	enum manner manner = report->reporter->manner;
	for (unsigned i = 0; i < report->unit_count; i++) {
		struct world_unit *unit = &report->units[i];
		const char *domain = unit->domain->name;
		uint32_t all = unit->succeeded;
		if (unit->kind != UNIT_STS)
			continue;
		if (strcmp(domain, "example.com") == 0 && ago <= DEMO_CERT_FROM && ago >= DEMO_CERT_UNTIL)
			demo_certificate(unit, manner, random, 1 + all * 2 / 5);
		else if (strcmp(domain, "example.org") == 0 && ago <= DEMO_MX_FROM)
			demo_missing_mx(unit, manner, random, 1 + all / 4);
		else if (strcmp(domain, "shop.example.com") == 0 && ago == DEMO_FETCH_DAY)
			world_failure_add(unit, manner, random, "sts-policy-fetch-error",
			                  manner == MANNER_MAILRU ? "bad https response code: 404" : NULL, NULL,
			                  1 + all / 10);
		else if (random_percent(random, 3))
			world_failure_add(unit, manner, random, "validation-failure",
			                  manner == MANNER_POSTFIX ? "tls-handshake-failure" : NULL,
			                  manner == MANNER_MICROSOFT ? NULL : unit->domain->mx[0], 1);
		unit->succeeded -= unit->failed < all ? unit->failed : all;
	}
}

bool world_demo(uint64_t seed, int32_t last_day, world_each_fn *each, void *context)
{
	static const struct {
		enum manner manner;
		uint32_t sessions, percent; /* sessions a day, and how often there are any */
	} senders[] = {{MANNER_GOOGLE, 420, 100}, {MANNER_MICROSOFT, 310, 97}, {MANNER_MAILRU, 24, 60},
	               {MANNER_POSTFIX, 18, 55},  {MANNER_STALWART, 6, 35},    {MANNER_MOX, 4, 25}};
	static const uint32_t weight[4] = {100, 45, 60, 20};
	struct world_domain domains[4];
	demo_domains(domains);
	uint64_t number = 0;
	for (int ago = DEMO_DAYS - 1; ago >= 0; ago--) {
		for (size_t s = 0; s < COUNT_OF(senders); s++) {
			for (size_t d = 0; d < COUNT_OF(domains); d++) {
				struct random random = {seed + number * UINT64_C(0x632be59bd9b4e019)};
				random_next(&random);
				struct world_reporter reporter;
				reporter_of(senders[s].manner, (unsigned)senders[s].manner, &reporter);
				struct world_report report = {.reporter = &reporter, .domain = &domains[d],
				                              .day = last_day - ago, .number = ++number};
				if (!random_percent(&random, senders[s].percent))
					continue;
				bool weekend = (report.day + 3) % 7 >= 5;
				uint32_t usual = senders[s].sessions * weight[d] / (weekend ? 250 : 100) + 2;
				add_units(&report, usual / 2 + random_below(&random, usual) + 1);
				demo_events(&report, ago, &random);
				if (!each(&report, context))
					return false;
			}
		}
	}
	return true;
}
