/* SPDX-License-Identifier: ISC */
#include "bench/report_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/instant.h"
#include "base/quote.h"

/* ---- JSON with or without line breaks ---- */

struct json_writer {
	struct buf *out;
	bool pretty;
	unsigned depth;
	bool first; /* in the innermost object or list */
};

static void next_item(struct json_writer *w)
{
	if (!w->first)
		buf_byte(w->out, ',');
	w->first = false;
	if (!w->pretty)
		return;
	buf_byte(w->out, '\n');
	for (unsigned i = 0; i < w->depth; i++)
		buf_text(w->out, "  ");
}

static void begin(struct json_writer *w, char bracket)
{
	buf_byte(w->out, bracket);
	w->depth++;
	w->first = true;
}

static void end(struct json_writer *w, char bracket)
{
	w->depth--;
	bool empty = w->first;
	w->first = true;
	if (!empty && w->pretty)
		next_item(w);
	w->first = false;
	buf_byte(w->out, bracket);
}

static void key(struct json_writer *w, const char *name)
{
	next_item(w);
	quote_json(str_of(name), w->out);
	buf_text(w->out, w->pretty ? ": " : ":");
}

static void text(struct json_writer *w, const char *name, const char *value)
{
	key(w, name);
	if (value == NULL)
		buf_text(w->out, "null");
	else
		quote_json(str_of(value), w->out);
}

static void number(struct json_writer *w, const char *name, uint64_t value)
{
	key(w, name);
	buf_uint(w->out, value);
}

static void item(struct json_writer *w, const char *value)
{
	next_item(w);
	quote_json(str_of(value), w->out);
}

/* ---- names ---- */

static const char *date_text(int32_t day, const char *time, char out[48])
{
	char date[INSTANT_TEXT_MAX];
	struct str text_of_day = day_format(day, date);
	snprintf(out, 48, "%.*s%s", STR_ARGS(text_of_day), time);
	return out;
}

void report_ids(const struct world_report *report, struct report_ids *out)
{
	const char *domain = report->domain->name, *submitter = report->reporter->submitter;
	char date[48];
	date_text(report->day, "", date);
	struct random random = {report->number ^ (uint64_t)report->day << 32};
	uint64_t noise = random_next(&random), more = random_next(&random);
	*out = (struct report_ids){.unique = "001"};
	switch (report->reporter->manner) {
	case MANNER_GOOGLE:
		snprintf(out->json, sizeof(out->json), "%sT00:00:00Z_%s", date, domain);
		snprintf(out->subject, sizeof(out->subject), "<%.4s.%.2s.%.2sT00.00.00Z+%s@google.com>", date, date + 5,
		         date + 8, domain);
		break;
	case MANNER_MICROSOFT: { /* a FILETIME: 100 ns since 1601 */
		uint64_t filetime = ((uint64_t)day_start(report->day + 1) + UINT64_C(11644473600)) * 10000000 +
		                    noise % UINT64_C(864000000000);
		snprintf(out->json, sizeof(out->json), "%" PRIu64 "+%s", filetime, domain);
		snprintf(out->subject, sizeof(out->subject), "%s", out->json);
		snprintf(out->unique, sizeof(out->unique), "%" PRIu64, filetime);
		break;
	}
	case MANNER_MAILRU:
		snprintf(out->json, sizeof(out->json), "%08x-%04x-4%03x-%04x-%012" PRIx64 "@mail.ru", (uint32_t)noise,
		         (uint32_t)(noise >> 48), (uint32_t)(noise >> 32) & 0xfff, 0x8000 | ((uint32_t)more & 0x3fff),
		         more >> 16);
		snprintf(out->subject, sizeof(out->subject), "<%s>", out->json);
		break;
	case MANNER_POSTFIX:
		snprintf(out->json, sizeof(out->json), "%sT00:00:00Z_idx1_%s", date, domain);
		snprintf(out->subject, sizeof(out->subject), "<%s@%s>", out->json, submitter);
		break;
	case MANNER_STALWART:
		snprintf(out->json, sizeof(out->json), "%" PRId64 "_%" PRIu64, day_start(report->day), noise);
		snprintf(out->subject, sizeof(out->subject), "<%s>", out->json);
		out->unique[0] = 0;
		break;
	case MANNER_MOX:
		snprintf(out->json, sizeof(out->json), "%.4s%.2s%.2s.%s@%s", date, date + 5, date + 8, domain, submitter);
		snprintf(out->subject, sizeof(out->subject), "<%s>", out->json);
		break;
	case MANNER_SOCKETLABS:
		snprintf(out->json, sizeof(out->json), "%016" PRIX64 "%016" PRIX64, noise, more);
		snprintf(out->subject, sizeof(out->subject), "<%s@socketlabs.com>", out->json);
		break;
	case MANNER_HALON:
	case MANNERS:
		snprintf(out->json, sizeof(out->json), "%" PRIu64 "-%016" PRIx64, report->number, noise);
		snprintf(out->subject, sizeof(out->subject), "<%s@%s>", out->json, submitter);
		break;
	}
}

/* ---- policies ---- */

static void tlsa_lines(struct json_writer *w, const struct world_domain *domain, bool nested)
{
	struct buf inner;
	buf_init(&inner, 4096);
	begin(w, '[');
	for (unsigned i = 0; i < domain->mx_count; i++) {
		struct random random = {domain->tlsa + i};
		char line[96];
		int used = snprintf(line, sizeof(line), "3 1 1 ");
		for (int part = 0; part < 4; part++)
			used += snprintf(line + used, sizeof(line) - (size_t)used, "%016" PRIX64, random_next(&random));
		if (!nested) {
			item(w, line);
			continue;
		}
		buf_byte(&inner, i == 0 ? '[' : ',');
		quote_json(str_of(line), &inner);
	}
	if (nested) { /* Microsoft: the whole list inside one string */
		buf_byte(&inner, ']');
		next_item(w);
		quote_json(buf_view(&inner), w->out);
	}
	end(w, ']');
	buf_done(&inner);
}

static void sts_lines(struct json_writer *w, const struct world_domain *domain, enum manner manner)
{
	/* Google keeps the CR of a policy file that has CRLF. */
	const char *tail = manner == MANNER_GOOGLE && domain->tlsa % 4 == 1 ? "\r" : "";
	char line[2 * WORLD_TEXT], age[64];
	snprintf(age, sizeof(age), "max_age: %u%s", domain->max_age_secs, tail);
	begin(w, '[');
	snprintf(line, sizeof(line), "version: STSv1%s", tail);
	item(w, line);
	snprintf(line, sizeof(line), "mode: %s%s", domain->mode, tail);
	item(w, line);
	if (manner == MANNER_STALWART)
		item(w, age);
	for (unsigned i = 0; i < domain->pattern_count; i++) {
		snprintf(line, sizeof(line), "mx: %s%s", domain->pattern[i], tail);
		item(w, line);
	}
	if (manner != MANNER_STALWART)
		item(w, age);
	end(w, ']');
}

static void mx_hosts(struct json_writer *w, const struct world_unit *unit, enum manner manner)
{
	bool base_domain = manner == MANNER_MOX && unit->kind == UNIT_TLSA;
	if (manner == MANNER_MICROSOFT || manner == MANNER_HALON || manner == MANNER_MAILRU)
		return;
	if (unit->kind == UNIT_NONE && manner != MANNER_MOX)
		return;
	if (unit->kind == UNIT_TLSA && !base_domain)
		return;
	key(w, "mx-host");
	begin(w, '[');
	if (base_domain)
		item(w, unit->domain->mx[0]);
	for (unsigned i = 0; !base_domain && manner != MANNER_SOCKETLABS && i < unit->domain->pattern_count; i++)
		item(w, unit->domain->pattern[i]);
	end(w, ']');
}

static void policy(struct json_writer *w, const struct world_unit *unit, enum manner manner)
{
	static const char *const types[] = {"sts", "tlsa", "no-policy-found"};
	key(w, "policy");
	begin(w, '{');
	text(w, "policy-type", types[unit->kind]);
	bool fetch_failed = manner == MANNER_MICROSOFT && unit->failure_count > 0 &&
	                    strcmp(unit->failures[0].result, "sts-policy-fetch-error") == 0;
	if (unit->kind == UNIT_NONE && manner == MANNER_HALON) {
		text(w, "policy-string", "");
	} else if (unit->kind == UNIT_NONE && (manner == MANNER_MOX || manner == MANNER_STALWART)) {
		key(w, "policy-string");
		begin(w, '[');
		end(w, ']');
	} else if (unit->kind != UNIT_NONE && manner != MANNER_MAILRU && !(fetch_failed && unit->kind == UNIT_STS)) {
		key(w, "policy-string");
		if (unit->kind == UNIT_TLSA)
			tlsa_lines(w, unit->domain, manner == MANNER_MICROSOFT);
		else
			sts_lines(w, unit->domain, manner);
	}
	/* Postfix names the host that has the TLSA record, the others the domain of the recipient. */
	text(w, "policy-domain",
	     manner == MANNER_POSTFIX && unit->kind == UNIT_TLSA ? unit->domain->mx[0] : unit->domain->name);
	mx_hosts(w, unit, manner);
	end(w, '}');
}

static void summary(struct json_writer *w, const struct world_unit *unit)
{
	key(w, "summary");
	begin(w, '{');
	number(w, "total-successful-session-count", unit->succeeded);
	number(w, "total-failure-session-count", unit->failed);
	end(w, '}');
}

/* A member that the reporter leaves out, sets to null or to "" when there is nothing to say. */
static void optional(struct json_writer *w, enum manner manner, const char *name, const char *value)
{
	if (value != NULL && value[0] != 0)
		text(w, name, value);
	else if (manner == MANNER_STALWART)
		text(w, name, NULL);
	else if (manner == MANNER_MOX)
		text(w, name, "");
}

static void failure(struct json_writer *w, const struct world_failure *failure, enum manner manner)
{
	next_item(w);
	begin(w, '{');
	text(w, "result-type", failure->result);
	optional(w, manner, "sending-mta-ip", failure->sending_ip);
	optional(w, manner, manner == MANNER_SOCKETLABS ? "receiving-mx-host-name" : "receiving-mx-hostname",
	         manner == MANNER_MICROSOFT || manner == MANNER_MAILRU ? NULL : failure->mx);
	if (manner == MANNER_POSTFIX && failure->mx != NULL) {
		/* The whole reply to EHLO, over several lines. */
		char helo[2 * WORLD_TEXT];
		snprintf(helo, sizeof(helo), "%s\r\nPIPELINING\r\nSIZE 52428800\r\nSTARTTLS\r\n8BITMIME", failure->mx);
		text(w, "receiving-mx-helo", helo);
	} else if (manner != MANNER_GOOGLE) {
		optional(w, manner, "receiving-mx-helo", NULL);
	}
	optional(w, manner, "receiving-ip", failure->receiving_ip);
	number(w, "failed-session-count", failure->sessions);
	if (manner != MANNER_POSTFIX)
		optional(w, manner, "additional-information", NULL);
	optional(w, manner, "failure-reason-code", failure->reason);
	end(w, '}');
}

static void failures(struct json_writer *w, const struct world_unit *unit, enum manner manner)
{
	if (unit->failure_count == 0 &&
	    (manner == MANNER_GOOGLE || manner == MANNER_MICROSOFT || manner == MANNER_MAILRU))
		return;
	key(w, "failure-details");
	begin(w, '[');
	for (unsigned i = 0; i < unit->failure_count; i++)
		failure(w, &unit->failures[i], manner);
	end(w, ']');
}

/* ---- the whole ---- */

static void period(struct json_writer *w, const struct world_report *report)
{
	enum manner manner = report->reporter->manner;
	/* Microsoft has left the zone out for months at a time. */
	const char *zone = manner == MANNER_MICROSOFT && report->day % 61 < 9 ? "" : "Z";
	bool next_midnight = manner == MANNER_MAILRU || manner == MANNER_STALWART || manner == MANNER_SOCKETLABS;
	char time[24], from[48], to[48];
	snprintf(time, sizeof(time), "T00:00:00%s", zone);
	date_text(report->day, time, from);
	snprintf(time, sizeof(time), next_midnight ? "T00:00:00%s" : "T23:59:59%s", zone);
	date_text(report->day + (next_midnight ? 1 : 0), time, to);
	key(w, "date-range");
	begin(w, '{');
	text(w, "start-datetime", from);
	text(w, "end-datetime", to);
	end(w, '}');
}

void report_text(const struct world_report *report, struct buf *out)
{
	enum manner manner = report->reporter->manner;
	struct json_writer writer = {.out = out, .pretty = manner == MANNER_MOX || manner == MANNER_HALON};
	struct json_writer *w = &writer;
	struct report_ids ids;
	report_ids(report, &ids);
	begin(w, '{');
	text(w, "organization-name", report->reporter->organization);
	period(w, report);
	text(w, "contact-info", report->reporter->contact[0] == 0 ? NULL : report->reporter->contact);
	if (manner != MANNER_POSTFIX)
		text(w, "report-id", ids.json);
	key(w, "policies");
	begin(w, '[');
	for (unsigned i = 0; i < report->unit_count; i++) {
		const struct world_unit *unit = &report->units[i];
		next_item(w);
		begin(w, '{');
		if (manner == MANNER_POSTFIX)
			summary(w, unit);
		policy(w, unit, manner);
		if (manner != MANNER_POSTFIX)
			summary(w, unit);
		failures(w, unit, manner);
		end(w, '}');
	}
	end(w, ']');
	if (manner == MANNER_POSTFIX) /* libtlsrpt writes it last */
		text(w, "report-id", ids.json);
	end(w, '}');
	if (writer.pretty)
		buf_byte(out, '\n');
}
