/* SPDX-License-Identifier: ISC */
#pragma once
/* Reports made by hand, as decode and classify leave them. */
#include "base/arena.h"
#include "report/report.h"
#include "unit.h"

#define FIXTURE_UNITS 8
#define FIXTURE_FAILURES 256

struct report_fixture {
	struct report report;
	struct unit units[FIXTURE_UNITS];
	struct failure failures[FIXTURE_FAILURES];
	size_t failure_count;
};

static inline instant fixture_instant(const char *text)
{
	instant at = INSTANT_NONE;
	unsigned odd;
	assert_true(instant_parse(str_of(text), &at, &odd));
	return at;
}

static inline void fixture_report(struct report_fixture *f, const char *organization, const char *reporter)
{
	memset(f, 0, sizeof *f);
	f->report = (struct report){.organization_name = str_of(organization),
	                            .contact_info = STR("tls@reporter.example"),
	                            .report_id = STR("2026-11-21T00:00:00Z_example.com"),
	                            .reporter = str_of(reporter),
	                            .begin = fixture_instant("2026-11-21T00:00:00Z"),
	                            .end = fixture_instant("2026-11-21T23:59:59Z"),
	                            .units = f->units};
}

static inline struct unit *fixture_unit(struct report_fixture *f, enum policy_type type, const char *domain,
                                        enum sts_mode mode, uint64_t successful, uint64_t failed)
{
	assert_true(f->report.unit_count < FIXTURE_UNITS);
	struct unit *unit = &f->units[f->report.unit_count++];
	*unit = (struct unit){.policy_type = type,
	                      .policy_type_text = str_of(policy_type_text(type)),
	                      .policy_domain = str_of(domain),
	                      .mode = mode,
	                      .successful = successful,
	                      .failed = failed,
	                      .unexplained = failed,
	                      .failures = &f->failures[f->failure_count]};
	return unit;
}

/* For the unit that was made last. */
static inline struct failure *fixture_failure(struct report_fixture *f, enum result_type type, const char *mx,
                                              uint64_t count)
{
	assert_true(f->report.unit_count > 0 && f->failure_count < FIXTURE_FAILURES);
	struct unit *unit = &f->units[f->report.unit_count - 1];
	struct failure *failure = &f->failures[f->failure_count++];
	*failure = (struct failure){.result_type = type,
	                            .result_text = str_of(result_type_text(type)),
	                            .count = count,
	                            .receiving_mx_hostname = str_of(mx),
	                            .refused = unit->policy_type == POLICY_TLSA ||
	                                       (unit->policy_type == POLICY_STS && unit->mode == MODE_ENFORCE)};
	unit->failure_count++;
	unit->unexplained -= count < unit->unexplained ? count : unit->unexplained;
	return failure;
}

/* The report that the project's pages show as their example. */
static inline void fixture_example(struct report_fixture *f)
{
	static struct str policy[] = {STR("version: STSv1"), STR("mode: enforce"), STR("mx: mx1.example.com"),
	                              STR("mx: mx2.example.com"), STR("max_age: 604800")};
	static struct str records[] = {
	    STR("3 1 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")};

	fixture_report(f, "Google Inc.", "google.com");
	f->report.contact_info = STR("smtp-tls-reporting@google.com");
	struct unit *unit = fixture_unit(f, POLICY_STS, "example.com", MODE_ENFORCE, 1712, 402);
	unit->policy_strings = (struct str_list){policy, 5};
	struct failure *failure = fixture_failure(f, RESULT_CERTIFICATE_EXPIRED, "mx2.example.com", 402);
	failure->cause = CAUSE_CERT_EXPIRED;
	failure->fault = FAULT_RECEIVER;
	failure->receiving_ip = STR("203.0.113.56");
	failure->sending_mta_ip = STR("2001:db8:4864:20::12d");
	unit = fixture_unit(f, POLICY_TLSA, "mx1.example.com", MODE_NOT_STATED, 66, 0);
	unit->policy_strings = (struct str_list){records, 1};
}
