/* SPDX-License-Identifier: ISC */
#include "decode/decode.h"

#include <assert.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "decode/dkim_form.h"
#include "decode/inflate.h"
#include "decode/json_in.h"
#include "decode/mime.h"
#include "decode/report_check.h"
#include "decode/report_read.h"
#include "report/wire.h"

#define BIT(kind) (UINT64_C(1) << (kind))
#define SNIFF_BYTES 64

static_assert(DEVIATION_COUNT <= 64, "deviations of a part are a set of bits");

/* Buffers that live as long as the worker, so that a message costs no large allocation. */
static _Thread_local struct {
	struct json_parser *json, *nested;
	struct inflater *inflater;
} tools;

struct job {
	struct arena *arena;
	const struct arrival *arrival;
	struct decoded *out;
	size_t report_room;
	size_t inflate_left; /* bytes that may still be unpacked */
	struct problem weak; /* counts only where nothing better is found */
};

/* What is known of the bytes at hand. */
struct context {
	struct report_hints hints;
	struct str type;     /* media type, absent */
	struct str part;     /* "2", absent outside of a mail */
	uint64_t deviations; /* bits */
	bool is_loud;        /* a fault in it is a problem of the arrival */
	bool is_unpacked;    /* already out of a gzip or zip */
	struct str text;     /* the JSON document at hand */
};

static struct str place(struct job *job, const struct context *context, struct str inner)
{
	if (context->part.p == NULL)
		return inner;
	if (inner.len == 0)
		return str_of(arena_format(job->arena, "part %.*s", (int)context->part.len, context->part.p));
	return str_of(arena_format(job->arena, "part %.*s, %.*s", (int)context->part.len, context->part.p,
	                           (int)inner.len, inner.p));
}

static void report_problem(struct job *job, const struct context *context, struct problem problem)
{
	struct problem *slot = context->is_loud ? &job->out->problem : &job->weak;

	if (slot->kind != PROBLEM_NONE)
		return;
	*slot = problem;
	slot->place = place(job, context, problem.place);
}

static void set_problem(struct job *job, const struct context *context, enum problem_kind kind, const char *detail)
{
	report_problem(job, context, (struct problem){.kind = kind, .detail = str_of(detail)});
}

static size_t line_of(struct str text, size_t offset)
{
	size_t line = 1;

	for (size_t i = 0; i < offset && i < text.len; i++)
		line += text.p[i] == '\n';
	return line;
}

/* What stands at the fault, short enough for a sentence. */
static struct str found_text(struct job *job, struct str text, size_t offset)
{
	struct buf repaired;
	struct str here = str_upto(str_from(text, offset), 24);
	size_t len = 0;

	while (len < here.len && here.p[len] != '\n' && here.p[len] != '\r')
		len++;
	buf_init(&repaired, 256);
	buf_text(&repaired, "There stands: ");
	(void)utf8_repair(str_upto(here, len == 0 ? here.len : len), &repaired);
	struct str found = offset >= text.len ? STR("The text ends there.")
	                                      : arena_str(job->arena, buf_view(&repaired));
	buf_done(&repaired);
	return found;
}

static void json_problem(struct job *job, const struct context *context, struct str text, struct json_fault fault)
{
	static const enum problem_kind kinds[] = {
	    [JSON_FAULT_NONE] = PROBLEM_JSON_BROKEN,        [JSON_FAULT_SYNTAX] = PROBLEM_JSON_BROKEN,
	    [JSON_FAULT_TRUNCATED] = PROBLEM_JSON_TRUNCATED, [JSON_FAULT_TRAILING] = PROBLEM_JSON_BROKEN,
	    [JSON_FAULT_ENCODING] = PROBLEM_JSON_ENCODING,  [JSON_FAULT_DEPTH] = PROBLEM_JSON_LIMIT,
	    [JSON_FAULT_SIZE] = PROBLEM_JSON_LIMIT,
	};

	report_problem(job, context,
	               (struct problem){
	                   .kind = kinds[fault.kind],
	                   .place = str_of(arena_format(job->arena, "line %zu, byte %zu", line_of(text, fault.offset),
	                                                fault.offset)),
	                   .detail = fault.kind == JSON_FAULT_SIZE ? STR_NONE : found_text(job, text, fault.offset),
	                   .expected = str_of(fault.expected),
	               });
}

static void add_bits(struct report_notes *notes, uint64_t bits, struct str path)
{
	for (unsigned kind = 0; bits != 0; kind++, bits >>= 1)
		if (bits & 1)
			report_notes_add(notes, (enum deviation_kind)kind, path, STR_NONE);
}

/* As it was unpacked: the arena of the job holds it, or the arrival. */
static void keep_text(struct job *job, const struct context *context, const struct report *report)
{
	const struct arrival *arrival = job->arrival;

	if (!arrival->wants_text || job->out->text.p != NULL || report->begin != arrival->wanted_begin ||
	    !str_eq(report->report_id, arrival->wanted_id))
		return;
	job->out->text = str_upto(context->text, LIMIT_SHOWN_TEXT_BYTES);
	job->out->text_bytes = context->text.len;
}

static void read_report(struct job *job, const struct context *context, struct json_value value, struct str base,
                        uint64_t bits)
{
	struct report report = {.begin = INSTANT_NONE, .end = INSTANT_NONE};
	struct report_notes notes = {.arena = job->arena, .report = &report};
	struct problem problem = {0};
	struct decoded *out = job->out;

	if (out->report_count >= LIMIT_REPORTS_PER_ARRIVAL) {
		set_problem(job, context, PROBLEM_REPORT_LIMIT, "There are more than 100 reports.");
		return;
	}
	if (bits != 0)
		add_bits(&notes, bits, place(job, context, STR_NONE));
	if (!report_read(value, base, tools.nested, &notes, &problem)) {
		report_problem(job, context, problem);
		return;
	}
	report_check(&notes, base, &context->hints);
	if (report_day(&report) == DAY_NONE)
		report_problem(job, context, (struct problem){.kind = PROBLEM_DATE_UNUSABLE, .place = STR("/date-range")});
	void *array = out->reports;
	struct report *slot = arena_push(job->arena, &array, &out->report_count, &job->report_room, sizeof *slot);
	out->reports = array;
	*slot = report;
	keep_text(job, context, &report);
}

static void read_list(struct job *job, const struct context *context, struct json_value root, uint64_t bits)
{
	struct json_walk walk = json_walk(root);
	size_t index = 0, reports = 0;

	while (json_next(&walk)) {
		if (report_read_is_report(walk.value) && reports <= LIMIT_REPORTS_PER_ARRIVAL) {
			struct str base = str_of(arena_format(job->arena, "/%zu", index));
			read_report(job, context, walk.value, base, bits | BIT(DEVIATION_TOP_LEVEL_LIST));
			reports++;
		}
		index++;
	}
	if (reports == 0)
		set_problem(job, context, PROBLEM_NOT_TLSRPT, "It is a list, and no element of it is a report.");
	else if (reports < index)
		set_problem(job, context, PROBLEM_NOT_TLSRPT, "It is a list, and not all of its elements are reports.");
}

static void read_json(struct job *job, struct context *context, struct str text)
{
	static const struct json_limits limits = {
	    .depth = LIMIT_JSON_DEPTH,
	    .nodes = LIMIT_JSON_NODES,
	    .memory_bytes = LIMIT_JSON_MEMORY_BYTES,
	    .mend_utf8 = true,
	};
	struct json_value root;
	struct json_notes notes;
	struct json_fault fault;
	uint64_t bits = context->deviations;

	context->text = text;
	if (!json_parse(tools.json, text, &limits, job->arena, &root, &notes, &fault)) {
		json_problem(job, context, text, fault);
		return;
	}
	if (notes.byte_order_mark)
		bits |= BIT(DEVIATION_BYTE_ORDER_MARK);
	if (notes.not_utf8 || notes.surrogate)
		bits |= BIT(DEVIATION_TEXT_NOT_UTF8);
	if (json_kind(root) == JSON_LIST)
		read_list(job, context, root, bits);
	else if (report_read_is_report(root))
		read_report(job, context, root, STR_NONE, bits);
	else
		report_problem(job, context,
		               (struct problem){
		                   .kind = PROBLEM_NOT_TLSRPT,
		                   .detail = STR("None or too few of its members are those of a TLS report."),
		                   .expected = STR("organization-name, date-range, contact-info, report-id, policies"),
		               });
}

static void read_content(struct job *job, struct context context, struct str bytes);

static void read_packed(struct job *job, struct context context, struct str bytes, enum content_kind kind)
{
	struct inflated inflated;

	if (context.is_unpacked) {
		set_problem(job, &context, PROBLEM_NESTED_COMPRESSION, NULL);
		return;
	}
	if (kind == CONTENT_GZIP)
		inflate_gzip(tools.inflater, bytes, job->inflate_left, job->arena, &inflated);
	else
		inflate_zip(bytes, job->inflate_left, job->arena, &inflated);
	job->inflate_left -= inflated.spent;
	context.is_unpacked = true;
	context.deviations |= inflated.deviations;
	for (size_t i = 0; i < inflated.count; i++)
		read_content(job, context, inflated.texts[i]);
	if (inflated.problem.kind != PROBLEM_NONE)
		report_problem(job, &context, inflated.problem);
}

/* RFC 8460 5.3: the label says what the bytes are; they are read by what they are. */
static bool label_differs(struct str type, enum content_kind kind)
{
	bool says_gzip = str_ends_with_nocase(type, STR("gzip"));
	bool says_json = str_ends_with_nocase(type, STR("json"));
	bool says_zip = str_eq_nocase(type, STR("application/zip"));

	switch (kind) {
	case CONTENT_JSON: return says_gzip || says_zip;
	case CONTENT_GZIP: return says_json || says_zip;
	case CONTENT_ZIP: return says_json || says_gzip;
	default: return false;
	}
}

static bool is_dmarc(struct str text)
{
	return str_find_nocase(str_upto(text, 4096), STR("<feedback")) < str_upto(text, 4096).len;
}

static void read_other(struct job *job, const struct context *context, struct str bytes, enum content_kind kind,
                       const char *container)
{
	switch (kind) {
	case CONTENT_CONTAINER:
		report_problem(job, context,
		               (struct problem){.kind = PROBLEM_CONTAINER,
		                                .detail = str_of(arena_format(job->arena, "It is packed by %s.", container)),
		                                .expected = STR("gzip, zip or plain JSON")});
		break;
	case CONTENT_UTF16:
		report_problem(job, context, (struct problem){.kind = PROBLEM_JSON_ENCODING,
		                                              .detail = STR("It looks like UTF-16."),
		                                              .expected = STR("UTF-8")});
		break;
	case CONTENT_XML:
		if (is_dmarc(bytes))
			set_problem(job, context, PROBLEM_DMARC_REPORT, NULL);
		break;
	case CONTENT_OTHER:
		if (str_starts_with_nocase(context->type, STR("application/tlsrpt")) || context->is_unpacked)
			report_problem(job, context,
			               (struct problem){.kind = PROBLEM_JSON_BROKEN,
			                                .place = STR("line 1, byte 0"),
			                                .detail = found_text(job, bytes, 0),
			                                .expected = STR("an opening brace")});
		break;
	default: break;
	}
}

static void read_content(struct job *job, struct context context, struct str bytes)
{
	const char *container;
	enum content_kind kind = content_kind(bytes, &container);

	if (!context.is_unpacked && label_differs(context.type, kind))
		context.deviations |= BIT(DEVIATION_LABEL_DIFFERS);
	if (kind == CONTENT_JSON)
		read_json(job, &context, bytes);
	else if (kind == CONTENT_GZIP || kind == CONTENT_ZIP)
		read_packed(job, context, bytes, kind);
	else
		read_other(job, &context, bytes, kind, container);
}

/* A part that is there to be a report: its faults are told even where another part is fine. */
static bool is_labelled(const struct mime_part *part)
{
	static const char *const ends[] = {".json", ".gz", ".gzip", ".zip"};

	if (str_find_nocase(part->type, STR("tlsrpt")) < part->type.len)
		return true;
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
		if (str_ends_with_nocase(part->name, str_of(ends[i])))
			return true;
	return false;
}

/* Whether the part may hold a report, by its first decoded bytes. */
static bool is_worth_decoding(struct job *job, const struct mime_part *part)
{
	const char *container;
	struct str start = transfer_decode(part->encoding, str_upto(part->body, 8 * SNIFF_BYTES), SNIFF_BYTES, job->arena).bytes;

	switch (content_kind(start, &container)) {
	case CONTENT_JSON:
	case CONTENT_GZIP:
	case CONTENT_ZIP:
	case CONTENT_XML:
	case CONTENT_UTF16: return true;
	case CONTENT_EMPTY: return part->body.len > SNIFF_BYTES; /* blanks first */
	default: return false;
	}
}

static struct report_hints part_hints(const struct job *job, const struct mime_mail *mail, const struct mime_part *part)
{
	const struct mime_message *inner = &mail->messages[part->message];
	const struct mime_message *outer = &mail->messages[0];

	return (struct report_hints){
	    .file_name = part->name,
	    .subject = inner->subject.p != NULL ? inner->subject : outer->subject,
	    .report_domain = inner->report_domain.p != NULL ? inner->report_domain : outer->report_domain,
	    .submitter = inner->submitter.p != NULL ? inner->submitter : outer->submitter,
	    .arrival_name = job->arrival->name,
	    .received_at = job->arrival->received_at,
	};
}

static void read_part(struct job *job, const struct mime_mail *mail, const struct mime_part *part)
{
	bool is_labelled_report = is_labelled(part);
	struct context context = {
	    .hints = part_hints(job, mail, part),
	    .type = part->type,
	    .part = part->path,
	    .deviations = part->deviations | (mail->is_contradictory ? BIT(DEVIATION_MIME_AMBIGUOUS) : 0),
	    .is_loud = is_labelled_report,
	};

	if (!is_labelled_report && !is_worth_decoding(job, part))
		return;
	struct transfer_decoded decoded = transfer_decode(part->encoding, part->body, LIMIT_ARRIVAL_BYTES, job->arena);
	if (decoded.is_broken && decoded.bytes.len > 0) {
		report_problem(job, &context,
		               (struct problem){.kind = PROBLEM_ENCODING_BROKEN,
		                                .place = str_of(arena_format(job->arena, "byte %zu of its body", decoded.odd_at)),
		                                .detail = STR("More than one byte in a hundred does not belong there.")});
		return;
	}
	if (decoded.odd_bytes > 0 || part->encoding == TRANSFER_UNKNOWN)
		context.deviations |= BIT(DEVIATION_ENCODING_ODD);
	/* "[External] ..." begins many a text: no list. */
	bool is_prose = !is_labelled_report && str_trim(decoded.bytes).len > 0 && str_trim(decoded.bytes).p[0] == '[';
	struct problem weak = job->weak;
	read_content(job, context, decoded.bytes);
	if (is_prose)
		job->weak = weak;
}

static void set_mail_facts(struct mail_facts *facts, const struct mime_mail *mail)
{
	const struct mime_message *outer = &mail->messages[0];

	*facts = (struct mail_facts){
	    .is_mail = true,
	    .from = outer->from,
	    .subject = outer->subject,
	    .message_id = outer->message_id,
	    .date = outer->date,
	    .report_domain = outer->report_domain,
	    .submitter = outer->submitter,
	};
}

/* Why a mail without a report has none. */
static enum problem_kind mail_without_report(const struct mime_mail *mail)
{
	if (mail->is_encrypted)
		return PROBLEM_ENCRYPTED;
	if (mail->is_bounce)
		return PROBLEM_BOUNCE;
	if (str_starts_with_nocase(mail->messages[0].auto_submitted, STR("auto-replied")))
		return PROBLEM_AUTO_REPLY;
	return PROBLEM_NO_REPORT;
}

static bool is_same_report(const struct report *a, const struct report *b)
{
	struct report plain[2] = {*a, *b};
	struct buf bytes[2];

	/* How it was read may differ, what it says may not. */
	for (unsigned i = 0; i < 2; i++) {
		struct decoded one = {.reports = &plain[i], .report_count = 1};
		plain[i].deviation_count = 0;
		buf_init(&bytes[i], LIMIT_DECODED_BYTES);
		wire_write_decoded(&one, &bytes[i]);
	}
	bool is_same = !bytes[0].failed && !bytes[1].failed && str_eq(buf_view(&bytes[0]), buf_view(&bytes[1]));
	buf_done(&bytes[0]);
	buf_done(&bytes[1]);
	return is_same;
}

static bool is_same_reading(const struct decoded *a, const struct decoded *b)
{
	bool is_same = a->report_count == b->report_count;

	for (size_t i = 0; is_same && i < a->report_count; i++)
		is_same = is_same_report(&a->reports[i], &b->reports[i]);
	return is_same;
}

/* Which of contradicting headers holds is anybody's to choose: where another choice gives another report, neither is
 * believed (threats: what a filter saw in it is not what we would count). */
static bool has_other_reading(struct job *job)
{
	struct decoded other = {0};
	struct job again = {
	    .arena = job->arena, .arrival = job->arrival, .out = &other, .inflate_left = job->inflate_left};
	struct mime_mail mail;

	mime_walk_last(job->arrival->bytes, job->arena, &mail);
	for (size_t i = 0; i < mail.part_count; i++)
		read_part(&again, &mail, &mail.parts[i]);
	return other.report_count > 0 && !is_same_reading(job->out, &other);
}

static void read_mail(struct job *job)
{
	struct mime_mail mail;
	struct decoded *out = job->out;

	mime_walk(job->arrival->bytes, job->arena, &mail);
	set_mail_facts(&out->mail, &mail);
	for (size_t i = 0; i < mail.part_count; i++)
		read_part(job, &mail, &mail.parts[i]);
	if (mail.is_contradictory && out->report_count > 0 && has_other_reading(job)) {
		out->report_count = 0;
		out->problem = (struct problem){.kind = PROBLEM_MIME_AMBIGUOUS};
	}
	/* Who signed matters only for what there is to believe. */
	if (out->report_count > 0 && mail.messages[0].is_signed)
		dkim_form_read(mail.messages[0].headers, mail.messages[0].body, job->arena, &out->mail.signatures,
		               &out->mail.signature_count);
	if (out->problem.kind == PROBLEM_NONE && mail.problem.kind != PROBLEM_NONE)
		out->problem = mail.problem;
	if (out->report_count > 0 || out->problem.kind != PROBLEM_NONE)
		return;
	enum problem_kind kind = mail_without_report(&mail);
	out->problem = kind != PROBLEM_NO_REPORT || job->weak.kind == PROBLEM_NONE ? (struct problem){.kind = kind}
	                                                                            : job->weak;
}

static void read_bare(struct job *job)
{
	struct context context = {
	    .hints = {.arrival_name = job->arrival->name, .received_at = job->arrival->received_at},
	    .is_loud = true,
	};

	read_content(job, context, job->arrival->bytes);
	if (job->out->report_count == 0 && job->out->problem.kind == PROBLEM_NONE)
		job->out->problem.kind = PROBLEM_NO_REPORT;
}

static void ensure_tools(void)
{
	if (tools.json != NULL)
		return;
	tools.json = json_parser_new();
	tools.nested = json_parser_new();
	tools.inflater = inflater_new();
}

void decode_arrival(const struct arrival *arrival, struct arena *arena, struct decoded *out)
{
	struct job job = {.arena = arena, .arrival = arrival, .out = out, .inflate_left = LIMIT_INFLATED_BYTES};
	const char *container;

	ensure_tools();
	*out = (struct decoded){0};
	if (arrival->bytes.len > LIMIT_ARRIVAL_BYTES) {
		out->problem.kind = PROBLEM_TOO_LARGE;
		return;
	}
	enum content_kind kind = content_kind(arrival->bytes, &container);
	if (kind == CONTENT_EMPTY)
		out->problem.kind = PROBLEM_EMPTY;
	else if (kind == CONTENT_OTHER && mime_is_mail(arrival->bytes))
		read_mail(&job);
	else
		read_bare(&job);
}
