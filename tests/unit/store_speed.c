/* SPDX-License-Identifier: ISC */
/* Figures of the store, on demand: store_speed [DOMAINS [DAYS [REPORTERS]]].  No test by itself. */
#include <time.h>

#include "store_fixture.h"

static double cpu_us(void)
{
	struct timespec at;
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
	return (double)at.tv_sec * 1e6 + (double)at.tv_nsec / 1e3;
}

static uint64_t state = 88172645463325252u;
static uint64_t rnd(uint64_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % n;
}

/* A mail as reporters send them: headers alike, the body gzip in base64, which does not pack. */
static struct str make_mail(struct arena *arena, const char *reporter, const char *domain, int day)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char body[820];
	for (size_t i = 0; i < sizeof body - 1; i++)
		body[i] = i % 77 == 76 ? '\n' : digits[rnd(64)];
	body[sizeof body - 1] = '\0';
	return str_of(arena_format(
	    arena,
	    "Return-Path: <noreply-smtp-tls-reporting@%s>\r\nReceived: from mx-%llu.%s (mx-%llu.%s [192.0.2.%llu])\r\n"
	    "\tby mx.example.com (Postfix) with ESMTPS id %08llX\r\n\tfor <tls-reports@example.com>; Thu, 24 Oct 2024 "
	    "10:%02d:00"
	    " +0000 (UTC)\r\nDKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=%s; s=20230601; t=17297%llu;\r\n"
	    "\th=to:from:subject:tls-report-submitter:tls-report-domain:message-id:date:mime-version;\r\n"
	    "\tbh=%.44s;\r\n\tb=%.300s\r\nMIME-Version: 1.0\r\nDate: Thu, 24 Oct 2024 10:00:00 +0000\r\n"
	    "Message-ID: <%llu@%s>\r\nTLS-Report-Domain: %s\r\nTLS-Report-Submitter: %s\r\n"
	    "Subject: Report Domain: %s Submitter: %s Report-ID: <%d.%s>\r\nFrom: noreply-smtp-tls-reporting@%s\r\n"
	    "To: tls-reports@example.com\r\nContent-Type: multipart/report; boundary=\"%016llx\"; "
	    "report-type=tlsrpt\r\n\r\n"
	    "--%016llx\r\nContent-Type: text/plain; charset=\"UTF-8\"\r\n\r\nThis is an aggregate TLS report from "
	    "%s\r\n\r\n"
	    "--x\r\nContent-Type: application/tlsrpt+gzip; name=\"%s!%s!%d.json.gz\"\r\nContent-Disposition: "
	    "attachment\r\n"
	    "Content-Transfer-Encoding: base64\r\n\r\n%s\r\n--x--\r\n",
	    reporter, (unsigned long long)rnd(100), reporter, (unsigned long long)rnd(100), reporter,
	    (unsigned long long)rnd(255), (unsigned long long)rnd(UINT32_MAX), (int)rnd(60), reporter,
	    (unsigned long long)rnd(99999), body + 100, body + 300, (unsigned long long)rnd(UINT64_MAX), reporter,
	    domain, reporter, domain, reporter, day, domain, reporter, (unsigned long long)rnd(UINT64_MAX),
	    (unsigned long long)rnd(UINT64_MAX), reporter, reporter, domain, day, body));
}

static void ingest_one(struct fixture *f, int reporter, int domain, int day)
{
	struct arena arena;
	char from[32], to[32], id[96];
	arena_init(&arena, MIB(16));
	(void)snprintf(from, sizeof from, "reporter%d.example", reporter);
	(void)snprintf(to, sizeof to, "domain%d.example", domain);
	(void)snprintf(id, sizeof id, "2024-%d-%d-%d@%s", day, domain, reporter, from);
	struct sketch s = {.reporter = from,
	                   .domain = to,
	                   .id = id,
	                   .day = DAY_ONE + day,
	                   .successful = 10 + rnd(1000),
	                   .mode = (enum sts_mode)(domain % 3),
	                   .type = reporter % 4 == 0 ? POLICY_TLSA : POLICY_STS,
	                   .received_at = day_start(DAY_ONE + day + 1)};
	if (rnd(10) < 3) {
		s.failed = 1 + rnd(30);
		s.result = rnd(2) ? "certificate-expired" : "validation-failure";
		s.mx = "mx.example.com";
		s.ip = rnd(2) ? "192.0.2.7" : "2001:db8::7";
	}
	struct arrival arrival = {.door = DOOR_SMTP,
	                          .received_at = s.received_at,
	                          .peer = STR("192.0.2.7"),
	                          .helo = STR("mx.example.com"),
	                          .mail_from = STR("noreply@reporter.example"),
	                          .recipient = STR("tls-reports@example.com"),
	                          .bytes = make_mail(&arena, from, to, day)};
	struct decoded decoded = {.reports = sketch_report(&arena, &s), .report_count = 1};
	struct ingest_result result;
	must(f, store_ingest(f->store, &arrival, &decoded, TRUST_SIGNED, STR("signed by reporter.example"), &result,
	                     &f->err));
	arena_done(&arena);
}

static void time_views(struct fixture *f, int32_t since, int32_t until, const char *what)
{
	for (int kind = 0; kind < 7; kind++) {
		static const char *const names[] = {"results",
		                                    "sources",
		                                    "networks",
		                                    "reports",
		                                    "reports by result",
		                                    "results of a domain",
		                                    "sources of a domain"};
		struct arena arena;
		struct filter filter = FILTER_ALL;
		struct result_view results;
		struct source_view sources;
		struct report_list list;
		arena_init(&arena, MIB(1024));
		filter.since_day = since;
		filter.until_day = until;
		double before = cpu_us();
		if (kind == 4)
			filter.result_type = STR("certificate-expired");
		if (kind >= 5)
			filter.domain = STR("domain7.example");
		if (kind == 0 || kind == 5)
			must(f, store_results(f->store, &filter, &arena, &results, &f->err));
		else if (kind == 1 || kind == 6)
			must(f, store_sources(f->store, &filter, SOURCE_BY_REPORTER, &arena, &sources, &f->err));
		else if (kind == 2)
			must(f, store_sources(f->store, &filter, SOURCE_BY_NETWORK, &arena, &sources, &f->err));
		else
			must(f, store_reports(f->store, &filter, &arena, &list, &f->err));
		print_message("%-8s %-20s %8.2f ms\n", what, names[kind], (cpu_us() - before) / 1e3);
		arena_done(&arena);
	}
}

int main(int argc, char **argv)
{
	int domains = argc > 1 ? atoi(argv[1]) : 100, days = argc > 2 ? atoi(argv[2]) : 60;
	int reporters = argc > 3 ? atoi(argv[3]) : 4, count = 0;
	struct fixture fixture, *f = &fixture;

	fixture_start(f);
	double before = cpu_us(), making = 0;
	must(f, store_begin(f->store, &f->err));
	for (int day = 0; day < days; day++) {
		for (int domain = 0; domain < domains; domain++) {
			for (int reporter = 0; reporter < reporters; reporter++) {
				ingest_one(f, reporter, domain, day);
				if (++count % 128 == 0) {
					must(f, store_commit(f->store, &f->err));
					must(f, store_begin(f->store, &f->err));
				}
			}
		}
	}
	must(f, store_commit(f->store, &f->err));
	double all = cpu_us() - before;
	before = cpu_us();
	for (int i = 0; i < 10000; i++) {
		struct arena arena;
		arena_init(&arena, MIB(1));
		(void)make_mail(&arena, "reporter1.example", "domain1.example", i);
		arena_done(&arena);
	}
	making = (cpu_us() - before) / 10000;
	struct store_status status;
	must(f, store_status(f->store, &f->arena, &status, &f->err));
	print_message("%d arrivals, %.2f us CPU each (%.2f us more to make them), %llu bytes each, originals %llu\n",
	              count, all / count - making, making, (unsigned long long)status.bytes / (unsigned)count,
	              (unsigned long long)status.originals_bytes / (unsigned)count);
	time_views(f, DAY_ONE + days - 30, DAY_ONE + days - 1, "30 days");
	time_views(f, DAY_NONE, DAY_NONE, "all");
	before = cpu_us();
	must(f, store_verify(f->store, &f->err));
	print_message("verify %.0f ms\n", (cpu_us() - before) / 1e3);
	fixture_stop(f);
	return 0;
}
