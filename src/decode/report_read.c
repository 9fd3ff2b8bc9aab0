/* SPDX-License-Identifier: ISC */
#include "decode/report_read.h"

#include <math.h>

#include "base/limits.h"
#include "base/num.h"
#include "base/utf8.h"
#include "decode/report_names.h"

enum style {
	STYLE_RFC,     /* the name in RFC 8460 */
	STYLE_ALIAS,   /* a known other name */
	STYLE_DIALECT, /* underscores, or the short names that some tools use */
};

/* One name under which a field of an object may stand. */
struct known {
	struct str name; /* lower case, hyphens */
	unsigned char field;
	unsigned char style;
};

#define NAME(text) {"" text, sizeof(text) - 1}

enum report_field { REPORT_ORGANIZATION, REPORT_RANGE, REPORT_CONTACT, REPORT_ID, REPORT_POLICIES, REPORT_BEGIN, REPORT_END, REPORT_FIELDS };
static const struct known report_known[] = {
    {NAME("organization-name"), REPORT_ORGANIZATION, STYLE_RFC},
    {NAME("date-range"), REPORT_RANGE, STYLE_RFC},
    {NAME("contact-info"), REPORT_CONTACT, STYLE_RFC},
    {NAME("report-id"), REPORT_ID, STYLE_RFC},
    {NAME("policies"), REPORT_POLICIES, STYLE_RFC},
    {NAME("organisation-name"), REPORT_ORGANIZATION, STYLE_ALIAS},
    {NAME("organization"), REPORT_ORGANIZATION, STYLE_DIALECT},
    {NAME("organisation"), REPORT_ORGANIZATION, STYLE_DIALECT},
    {NAME("org-name"), REPORT_ORGANIZATION, STYLE_DIALECT},
    {NAME("email"), REPORT_CONTACT, STYLE_DIALECT},
    {NAME("contact"), REPORT_CONTACT, STYLE_DIALECT},
    {NAME("begin-date"), REPORT_BEGIN, STYLE_DIALECT},
    {NAME("end-date"), REPORT_END, STYLE_DIALECT},
    {NAME("start-date"), REPORT_BEGIN, STYLE_DIALECT},
    {NAME("start-datetime"), REPORT_BEGIN, STYLE_ALIAS},
    {NAME("end-datetime"), REPORT_END, STYLE_ALIAS},
};

enum range_field { RANGE_BEGIN, RANGE_END, RANGE_FIELDS };
static const struct known range_known[] = {
    {NAME("start-datetime"), RANGE_BEGIN, STYLE_RFC},  {NAME("end-datetime"), RANGE_END, STYLE_RFC},
    {NAME("start-date"), RANGE_BEGIN, STYLE_DIALECT},  {NAME("end-date"), RANGE_END, STYLE_DIALECT},
    {NAME("begin-date"), RANGE_BEGIN, STYLE_DIALECT},  {NAME("begin-datetime"), RANGE_BEGIN, STYLE_ALIAS},
    {NAME("begin"), RANGE_BEGIN, STYLE_DIALECT},       {NAME("end"), RANGE_END, STYLE_DIALECT},
    {NAME("start"), RANGE_BEGIN, STYLE_DIALECT},
};

/* An entry of `policies`, its `policy` and its `summary` share one list of fields: flat entries are read too. */
enum entry_field {
	ENTRY_POLICY,
	ENTRY_SUMMARY,
	ENTRY_DETAILS,
	ENTRY_TYPE,
	ENTRY_STRING,
	ENTRY_DOMAIN,
	ENTRY_MX,
	ENTRY_SUCCESSFUL,
	ENTRY_FAILED,
	ENTRY_FIELDS
};
static const struct known entry_known[] = {
    {NAME("policy"), ENTRY_POLICY, STYLE_RFC},
    {NAME("summary"), ENTRY_SUMMARY, STYLE_RFC},
    {NAME("failure-details"), ENTRY_DETAILS, STYLE_RFC},
    {NAME("failure-detail"), ENTRY_DETAILS, STYLE_ALIAS},
    {NAME("failures"), ENTRY_DETAILS, STYLE_DIALECT},
    {NAME("policy-type"), ENTRY_TYPE, STYLE_DIALECT},
    {NAME("policy-string"), ENTRY_STRING, STYLE_DIALECT},
    {NAME("policy-domain"), ENTRY_DOMAIN, STYLE_DIALECT},
    {NAME("mx-host"), ENTRY_MX, STYLE_DIALECT},
    {NAME("total-successful-session-count"), ENTRY_SUCCESSFUL, STYLE_DIALECT},
    {NAME("total-failure-session-count"), ENTRY_FAILED, STYLE_DIALECT},
};
static const struct known policy_known[] = {
    {NAME("policy-type"), ENTRY_TYPE, STYLE_RFC},        {NAME("policy-string"), ENTRY_STRING, STYLE_RFC},
    {NAME("policy-domain"), ENTRY_DOMAIN, STYLE_RFC},    {NAME("mx-host"), ENTRY_MX, STYLE_RFC},
    {NAME("mx-host-pattern"), ENTRY_MX, STYLE_ALIAS},    {NAME("mx-hosts"), ENTRY_MX, STYLE_ALIAS},
    {NAME("policy-strings"), ENTRY_STRING, STYLE_ALIAS}, {NAME("type"), ENTRY_TYPE, STYLE_DIALECT},
    {NAME("string"), ENTRY_STRING, STYLE_DIALECT},       {NAME("domain"), ENTRY_DOMAIN, STYLE_DIALECT},
    {NAME("mx"), ENTRY_MX, STYLE_DIALECT},
};
static const struct known summary_known[] = {
    {NAME("total-successful-session-count"), ENTRY_SUCCESSFUL, STYLE_RFC},
    {NAME("total-failure-session-count"), ENTRY_FAILED, STYLE_RFC},
    {NAME("total-success-session-count"), ENTRY_SUCCESSFUL, STYLE_ALIAS},
    {NAME("total-failed-session-count"), ENTRY_FAILED, STYLE_ALIAS},
    {NAME("successful-session-count"), ENTRY_SUCCESSFUL, STYLE_DIALECT},
    {NAME("failed-session-count"), ENTRY_FAILED, STYLE_DIALECT},
    {NAME("failure-session-count"), ENTRY_FAILED, STYLE_DIALECT},
    {NAME("total-successful"), ENTRY_SUCCESSFUL, STYLE_DIALECT},
    {NAME("total-failure"), ENTRY_FAILED, STYLE_DIALECT},
    {NAME("successful"), ENTRY_SUCCESSFUL, STYLE_DIALECT},
    {NAME("failed"), ENTRY_FAILED, STYLE_DIALECT},
    {NAME("success"), ENTRY_SUCCESSFUL, STYLE_DIALECT},
    {NAME("failure"), ENTRY_FAILED, STYLE_DIALECT},
};

enum failure_field {
	FAILURE_RESULT,
	FAILURE_SENDER,
	FAILURE_MX,
	FAILURE_HELO,
	FAILURE_IP,
	FAILURE_COUNT,
	FAILURE_INFORMATION,
	FAILURE_REASON,
	FAILURE_SHORT_REASON, /* "reason": a result type, or a reason code where a result type stands beside it */
	FAILURE_FIELDS
};
static const struct known failure_known[] = {
    {NAME("result-type"), FAILURE_RESULT, STYLE_RFC},
    {NAME("sending-mta-ip"), FAILURE_SENDER, STYLE_RFC},
    {NAME("receiving-mx-hostname"), FAILURE_MX, STYLE_RFC},
    {NAME("receiving-mx-helo"), FAILURE_HELO, STYLE_RFC},
    {NAME("receiving-ip"), FAILURE_IP, STYLE_RFC},
    {NAME("failed-session-count"), FAILURE_COUNT, STYLE_RFC},
    {NAME("additional-information"), FAILURE_INFORMATION, STYLE_RFC},
    {NAME("failure-reason-code"), FAILURE_REASON, STYLE_RFC},
    {NAME("receiving-mx-host-name"), FAILURE_MX, STYLE_ALIAS},
    {NAME("receiving-mx-host"), FAILURE_MX, STYLE_ALIAS},
    {NAME("receiving-mta-ip"), FAILURE_IP, STYLE_ALIAS},
    {NAME("receiving-mx-ip"), FAILURE_IP, STYLE_ALIAS},
    {NAME("additional-info-uri"), FAILURE_INFORMATION, STYLE_ALIAS},
    {NAME("additional-info"), FAILURE_INFORMATION, STYLE_ALIAS},
    {NAME("failure-error-code"), FAILURE_REASON, STYLE_ALIAS},
    {NAME("failure-reason"), FAILURE_REASON, STYLE_ALIAS},
    {NAME("reason-code"), FAILURE_REASON, STYLE_DIALECT},
    {NAME("reason"), FAILURE_SHORT_REASON, STYLE_DIALECT},
    {NAME("result"), FAILURE_RESULT, STYLE_DIALECT},
    {NAME("type"), FAILURE_RESULT, STYLE_DIALECT},
    {NAME("count"), FAILURE_COUNT, STYLE_DIALECT},
    {NAME("sending-ip"), FAILURE_SENDER, STYLE_DIALECT},
    {NAME("mx-hostname"), FAILURE_MX, STYLE_DIALECT},
};

#define KNOWN(table) table, sizeof(table) / sizeof((table)[0])
#define FIELDS_MAX 12
#define PATH_STEPS 8
#define NESTED_MAX 20000 /* two for each unit; each look has its cost */
#define KEY_MAX 48 /* the longest known name has 31 */

struct found {
	struct json_value value;
	struct str name;
	bool is_there;
	unsigned char style;
};

struct step {
	struct str name; /* absent: an element */
	size_t index;
};

struct reader {
	struct report_notes *notes;
	struct arena *arena;
	struct report *report;
	struct json_parser *nested;
	struct problem *problem;
	struct str base;
	struct step steps[PATH_STEPS];
	size_t depth;
	size_t failure_total;
	size_t nested_left; /* lists inside of texts that may still be looked at */
	bool is_dialect; /* said once */
	bool stopped;
};

static void enter(struct reader *r, struct str name, size_t index)
{
	if (r->depth < PATH_STEPS)
		r->steps[r->depth] = (struct step){.name = name, .index = index};
	r->depth++;
}

static void leave(struct reader *r)
{
	r->depth--;
}

static void append_step(struct buf *out, struct str name)
{
	buf_byte(out, '/');
	for (size_t i = 0; i < name.len && i < LIMIT_NAME_BYTES; i++) {
		if (name.p[i] == '~')
			buf_text(out, "~0");
		else if (name.p[i] == '/')
			buf_text(out, "~1");
		else if (name.p[i] != '\0')
			buf_byte(out, name.p[i]);
	}
}

/* The JSON pointer (RFC 6901) of member `name` of the object at hand; of that object itself if it is absent. */
static struct str pointer(struct reader *r, struct str name)
{
	struct buf out;
	size_t steps = r->depth < PATH_STEPS ? r->depth : PATH_STEPS;

	buf_init(&out, KIB(32));
	buf_str(&out, r->base);
	for (size_t i = 0; i < steps; i++) {
		if (r->steps[i].name.p != NULL) {
			append_step(&out, r->steps[i].name);
		} else {
			buf_byte(&out, '/');
			buf_uint(&out, r->steps[i].index);
		}
	}
	if (name.p != NULL)
		append_step(&out, name);
	/* Cutting a long name may have cut a character. */
	if (utf8_check(buf_view(&out)) < out.len)
		out.len = utf8_check(buf_view(&out));
	struct str path = arena_str(r->arena, buf_view(&out));
	buf_done(&out);
	return path;
}

static void note(struct reader *r, enum deviation_kind kind, struct str name, struct str read_as)
{
	struct str path = report_notes_has_room(r->notes) ? pointer(r, name) : STR_NONE;

	report_notes_add(r->notes, kind, path, read_as);
}

static void keep_unknown(struct reader *r, struct str name, struct json_value value)
{
	if (r->report->unknown_count >= LIMIT_UNKNOWN_MEMBERS) {
		report_notes_unknown(r->notes, STR_NONE, STR_NONE);
		return;
	}
	report_notes_unknown(r->notes, pointer(r, name), json_write(value, LIMIT_UNKNOWN_VALUE_BYTES, r->arena));
}

static void stop(struct reader *r, enum problem_kind kind, struct str name, const char *detail, const char *expected)
{
	r->stopped = true;
	*r->problem = (struct problem){
	    .kind = kind,
	    .place = pointer(r, name),
	    .detail = str_of(detail),
	    .expected = str_of(expected),
	};
}

/* The known name that `key` is, or NULL.  *out_style as it was written. */
static const struct known *find_known(struct str key, const struct known *known, size_t n, unsigned char *out_style,
                                      bool *out_case)
{
	char folded[KEY_MAX];
	bool underscore = false;

	*out_case = false;
	for (size_t i = 0; i < n; i++) {
		/* The hot loop of every report. */
		if (key.len == known[i].name.len && memcmp(key.p, known[i].name.p, key.len) == 0) {
			*out_style = known[i].style;
			return &known[i];
		}
	}
	if (key.len > KEY_MAX)
		return NULL;
	for (size_t i = 0; i < key.len; i++) {
		folded[i] = byte_lower(key.p[i]);
		*out_case |= folded[i] != key.p[i];
		if (folded[i] == '_') {
			folded[i] = '-';
			underscore = true;
		}
	}
	if (!underscore && !*out_case)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		if (str_eq(str_make(folded, key.len), known[i].name)) {
			*out_style = underscore ? STYLE_DIALECT : known[i].style;
			return &known[i];
		}
	}
	return NULL;
}

/* A known field stands there for the second time. */
static void meet_again(struct reader *r, struct found *first, struct found second)
{
	if (str_eq(first->name, second.name)) {
		if (!json_same(first->value, second.value)) {
			stop(r, PROBLEM_JSON_DUPLICATE, second.name, "Which of the values is meant cannot be told.",
			     "each name once (RFC 7493 2.3)");
			return;
		}
		note(r, DEVIATION_MEMBER_DUPLICATE, second.name, STR_NONE);
		return;
	}
	/* Two names for one field: the better name is used, the other one kept. */
	bool replace = second.style < first->style || json_kind(first->value) == JSON_NULL;
	struct found other = replace ? *first : second;
	if (replace)
		*first = second;
	if (json_kind(other.value) != JSON_NULL) {
		note(r, DEVIATION_MEMBER_UNKNOWN, other.name, STR_NONE);
		keep_unknown(r, other.name, other.value);
	}
}

static void note_style(struct reader *r, const struct found *found, bool other_case)
{
	if (found->style == STYLE_ALIAS)
		note(r, DEVIATION_MEMBER_ALIAS, found->name, STR_NONE);
	if (found->style == STYLE_DIALECT && !r->is_dialect) {
		r->is_dialect = true;
		note(r, DEVIATION_DIALECT, found->name, STR_NONE);
	}
	if (other_case && found->style != STYLE_DIALECT)
		note(r, DEVIATION_CASE_DIFFERS, found->name, STR_NONE);
}

/* Sorts the members of an object into its fields; what is not known is kept. */
static void gather(struct reader *r, struct json_value object, const struct known *known, size_t n, struct found *fields)
{
	struct json_walk walk = json_walk(object);

	while (!r->stopped && json_next(&walk)) {
		struct found found = {.value = walk.value, .name = walk.name, .is_there = true};
		bool other_case;
		const struct known *which = find_known(walk.name, known, n, &found.style, &other_case);
		if (which == NULL) {
			note(r, DEVIATION_MEMBER_UNKNOWN, walk.name, STR_NONE);
			keep_unknown(r, walk.name, walk.value);
			continue;
		}
		struct found *field = &fields[which->field];
		if (field->is_there) {
			meet_again(r, field, found);
			continue;
		}
		note_style(r, &found, other_case);
		*field = found;
	}
}

/* null, absent, "" and [] are none. */
static bool is_none(const struct found *field)
{
	if (!field->is_there)
		return true;
	switch (json_kind(field->value)) {
	case JSON_NULL: return true;
	case JSON_STRING: return json_text(field->value).len == 0;
	case JSON_LIST: {
		struct json_walk walk = json_walk(field->value);
		return !json_next(&walk);
	}
	default: return false;
	}
}

static struct str without_nul(struct reader *r, struct str text)
{
	char *clean = arena_bytes(r->arena, text.len);
	size_t len = 0;

	for (size_t i = 0; i < text.len; i++)
		if (text.p[i] != '\0')
			clean[len++] = text.p[i];
	return str_make(clean, len);
}

/* A text as it may be kept; absent if nothing is left of it. */
static struct str clean(struct reader *r, struct str name, struct str text, size_t limit)
{
	if (text.len > 0 && memchr(text.p, '\0', text.len) != NULL) {
		text = without_nul(r, text);
		note(r, DEVIATION_TEXT_NUL, name, STR_NONE);
	}
	if (text.len > limit) {
		text = report_names_cut(text, limit);
		note(r, DEVIATION_TEXT_CUT, name, STR_NONE);
	}
	return text.len == 0 ? STR_NONE : text;
}

/* A list of one, where one value belongs: that value. */
static bool only_element(struct json_value list, struct json_value *out)
{
	struct json_walk walk = json_walk(list);

	if (json_kind(list) != JSON_LIST || json_count(list) != 1 || !json_next(&walk))
		return false;
	*out = walk.value;
	return true;
}

/* The text of one value.  A number or a word is read as its text; what cannot be one is kept as an unknown member. */
static struct str value_text(struct reader *r, struct str name, struct json_value value, size_t limit)
{
	struct json_value only;
	struct str text;

	switch (json_kind(value)) {
	case JSON_NULL: return STR_NONE;
	case JSON_STRING: return clean(r, name, json_text(value), limit);
	case JSON_NUMBER:
	case JSON_BOOL:
		text = json_write(value, limit, r->arena);
		note(r, DEVIATION_WRONG_TYPE, name, text);
		return text;
	case JSON_LIST:
		if (!only_element(value, &only) || json_kind(only) != JSON_STRING)
			break;
		text = clean(r, name, json_text(only), limit);
		note(r, DEVIATION_WRONG_TYPE, name, text);
		return text;
	case JSON_OBJECT: break;
	}
	note(r, DEVIATION_WRONG_TYPE, name, STR_NONE);
	keep_unknown(r, name, value);
	return STR_NONE;
}

static struct str field_text(struct reader *r, const struct found *field, size_t limit)
{
	return is_none(field) ? STR_NONE : value_text(r, field->name, field->value, limit);
}

static struct str field_trimmed(struct reader *r, const struct found *field)
{
	struct str text = str_trim(field_text(r, field, LIMIT_NAME_BYTES));

	return text.len == 0 ? STR_NONE : text;
}

static struct str field_domain(struct reader *r, const struct found *field)
{
	struct str text = field_trimmed(r, field);
	struct str domain;

	if (text.p == NULL)
		return STR_NONE;
	if (!report_names_domain(text, false, r->arena, &domain))
		note(r, DEVIATION_DOMAIN_ODD, field->name, domain);
	return domain;
}

static struct str field_address(struct reader *r, const struct found *field)
{
	struct str text = field_trimmed(r, field);
	struct str address;

	if (text.p == NULL)
		return STR_NONE;
	if (!report_names_address(text, r->arena, &address))
		note(r, DEVIATION_ADDRESS_ODD, field->name, address);
	return address;
}

static struct str instant_text(struct reader *r, instant at)
{
	char text[INSTANT_TEXT_MAX];

	return arena_str(r->arena, instant_format(at, text));
}

/* `name` is the RFC's, for the path of a date that is not there. */
static instant field_instant(struct reader *r, const struct found *field, struct str name)
{
	instant at;
	unsigned odd;

	if (is_none(field)) {
		note(r, DEVIATION_DATE_MISSING, name, STR_NONE);
		return INSTANT_NONE;
	}
	struct str text = json_kind(field->value) == JSON_NUMBER
	                      ? json_write(field->value, LIMIT_NAME_BYTES, r->arena)
	                      : value_text(r, field->name, field->value, LIMIT_NAME_BYTES);
	if (!instant_parse(text, &at, &odd)) {
		note(r, DEVIATION_DATE_UNREADABLE, field->name, STR_NONE);
		/* The text itself must not get lost. */
		if (text.p != NULL)
			keep_unknown(r, field->name, field->value);
		return INSTANT_NONE;
	}
	if (odd & INSTANT_ODD_NO_ZONE)
		note(r, DEVIATION_DATE_WITHOUT_ZONE, field->name, instant_text(r, at));
	if (odd & ~(unsigned)(INSTANT_ODD_NO_ZONE | INSTANT_ODD_OFFSET))
		note(r, DEVIATION_DATE_ODD, field->name, instant_text(r, at));
	return at;
}

enum count_verdict { COUNT_PLAIN, COUNT_IS_TEXT, COUNT_IS_ODD, COUNT_IS_INVALID };

static enum count_verdict number_count(struct json_number number, uint64_t *out)
{
	switch (number.kind) {
	case JSON_NUMBER_UINT:
		if (number.uint > LIMIT_COUNT)
			return COUNT_IS_INVALID;
		*out = number.uint;
		return COUNT_PLAIN;
	case JSON_NUMBER_REAL:
		if (!(number.real >= 0) || number.real > (double)LIMIT_COUNT || floor(number.real) < number.real)
			return COUNT_IS_INVALID;
		*out = (uint64_t)number.real;
		return COUNT_IS_ODD;
	case JSON_NUMBER_NEGATIVE:
	case JSON_NUMBER_TEXT: break;
	}
	return COUNT_IS_INVALID;
}

static uint64_t field_count(struct reader *r, const struct found *field, struct str name)
{
	static const enum deviation_kind kinds[] = {DEVIATION_COUNT, DEVIATION_COUNT_AS_TEXT, DEVIATION_COUNT_ODD,
	                                            DEVIATION_COUNT_INVALID};
	uint64_t count = 0;
	enum count_verdict verdict = COUNT_IS_INVALID;

	if (is_none(field)) {
		note(r, DEVIATION_COUNT_MISSING, name, STR("0"));
		return 0;
	}
	if (json_kind(field->value) == JSON_NUMBER)
		verdict = number_count(json_number(field->value), &count);
	else if (json_kind(field->value) == JSON_STRING &&
	         num_parse_uint(str_trim(json_text(field->value)), LIMIT_COUNT, &count))
		verdict = COUNT_IS_TEXT;
	if (verdict == COUNT_PLAIN)
		return count;
	char digits[NUM_DIGITS_MAX];
	note(r, kinds[verdict], field->name, arena_str(r->arena, num_format_uint(count, digits)));
	if (verdict == COUNT_IS_INVALID)
		keep_unknown(r, field->name, field->value);
	return count;
}

/* A list of texts being made. */
struct texts {
	struct str_list list;
	size_t room;
};

static void push_text(struct reader *r, struct str name, struct texts *texts, struct str text)
{
	if (text.len == 0)
		return;
	if (texts->list.count >= LIMIT_STRINGS_PER_UNIT) {
		if (!r->stopped)
			stop(r, PROBLEM_REPORT_LIMIT, name, "The list has more than 1,000 entries.", "fewer entries");
		return;
	}
	void *array = texts->list.items;
	struct str *slot = arena_push(r->arena, &array, &texts->list.count, &texts->room, sizeof *slot);
	texts->list.items = array;
	*slot = text;
}

/* A list that stands inside of one text: '["2 1 1 AB", "3 1 1 CD"]'. */
static bool push_nested(struct reader *r, struct str name, struct texts *texts, struct str text)
{
	static const struct json_limits limits = {.depth = 2, .nodes = LIMIT_STRINGS_PER_UNIT * 2,
	                                          .memory_bytes = MIB(1)};
	struct json_value root;
	struct json_notes notes;
	struct json_fault fault;

	if (text.p[0] != '[' || r->nested_left == 0)
		return false;
	r->nested_left--;
	if (!json_parse(r->nested, text, &limits, r->arena, &root, &notes, &fault))
		return false;
	struct json_walk walk = json_walk(root);
	while (json_next(&walk))
		if (json_kind(walk.value) != JSON_STRING)
			return false;
	walk = json_walk(root);
	while (!r->stopped && json_next(&walk))
		push_text(r, name, texts, str_trim(clean(r, name, json_text(walk.value), LIMIT_TEXT_BYTES)));
	note(r, DEVIATION_POLICY_STRING_NESTED, name, STR_NONE);
	return true;
}

/* One text of policy-string: a line, several lines, or a nested list. */
static void push_policy_text(struct reader *r, struct str name, struct texts *texts, struct str text, bool *kept_cr)
{
	struct str rest = str_trim(text);

	if (rest.len == 0 || push_nested(r, name, texts, rest))
		return;
	while (rest.p != NULL && !r->stopped) {
		struct str line = str_cut(&rest, '\n');
		push_text(r, name, texts, str_trim(line));
	}
	*kept_cr |= text.p[text.len - 1] == '\r';
}

enum list_kind { LIST_POLICY_STRINGS, LIST_HOSTS };

static void push_value(struct reader *r, struct str name, struct texts *texts, struct json_value value,
                       enum list_kind kind, bool *kept_cr)
{
	struct str text = value_text(r, name, value, LIMIT_TEXT_BYTES);
	struct str host;

	if (text.p == NULL)
		return;
	if (kind == LIST_POLICY_STRINGS) {
		push_policy_text(r, name, texts, text, kept_cr);
		return;
	}
	text = str_trim(text);
	if (text.len == 0)
		return;
	if (!report_names_domain(text, true, r->arena, &host))
		note(r, DEVIATION_DOMAIN_ODD, name, host);
	push_text(r, name, texts, host);
}

static struct str_list field_list(struct reader *r, const struct found *field, enum list_kind kind)
{
	struct texts texts = {0};
	bool kept_cr = false;

	if (is_none(field))
		return texts.list;
	if (json_kind(field->value) == JSON_LIST) {
		struct json_walk walk = json_walk(field->value);
		size_t count = json_count(field->value);
		texts.room = count < LIMIT_STRINGS_PER_UNIT ? count : LIMIT_STRINGS_PER_UNIT;
		texts.list.items = ARENA_ARRAY(r->arena, texts.room, struct str);
		while (!r->stopped && json_next(&walk))
			push_value(r, field->name, &texts, walk.value, kind, &kept_cr);
	} else {
		if (json_kind(field->value) == JSON_STRING)
			note(r, DEVIATION_NOT_A_LIST, field->name, STR_NONE);
		push_value(r, field->name, &texts, field->value, kind, &kept_cr);
	}
	if (kept_cr)
		note(r, DEVIATION_LINE_END_KEPT, field->name, STR_NONE);
	return texts.list;
}

static bool has_upper(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (byte_lower(s.p[i]) != s.p[i])
			return true;
	return false;
}

/* A keyword with its underscores as hyphens, for the dialect; the text itself where it has none. */
static struct str hyphens(struct reader *r, struct str text)
{
	if (str_find_byte(text, '_') == text.len)
		return text;
	char *copy = arena_text(r->arena, text);
	for (size_t i = 0; i < text.len; i++)
		if (copy[i] == '_')
			copy[i] = '-';
	return str_make(copy, text.len);
}

static void read_policy_type(struct reader *r, const struct found *field, struct unit *unit)
{
	struct str text = field_trimmed(r, field);

	unit->policy_type = POLICY_OTHER;
	unit->policy_type_text = text;
	if (text.p == NULL) {
		note(r, DEVIATION_POLICY_TYPE_MISSING, STR("policy-type"), STR_NONE);
		return;
	}
	unit->policy_type = policy_type_of(text);
	if (unit->policy_type == POLICY_OTHER) {
		struct str folded = hyphens(r, text);
		unit->policy_type = policy_type_of(folded);
		if (unit->policy_type == POLICY_OTHER && str_eq_nocase(folded, STR("mta-sts")))
			unit->policy_type = POLICY_STS;
		if (unit->policy_type == POLICY_OTHER && str_eq_nocase(folded, STR("dane")))
			unit->policy_type = POLICY_TLSA;
		if (unit->policy_type == POLICY_OTHER)
			note(r, DEVIATION_POLICY_TYPE_UNKNOWN, field->name, text);
		else
			note(r, DEVIATION_DIALECT, field->name, str_of(policy_type_text(unit->policy_type)));
	} else if (has_upper(text)) {
		note(r, DEVIATION_CASE_DIFFERS, field->name, str_of(policy_type_text(unit->policy_type)));
	}
}

/* "mode: enforce" among the lines of an MTA-STS policy (RFC 8461 3.2); the first one counts. */
static enum sts_mode policy_mode(const struct str_list *lines)
{
	for (size_t i = 0; i < lines->count; i++) {
		struct str rest = lines->items[i];
		struct str key = str_trim(str_cut(&rest, ':'));
		if (rest.p != NULL && str_eq_nocase(key, STR("mode")))
			return sts_mode_of(str_trim(rest));
	}
	return MODE_NOT_STATED;
}

/* The result type of a failure, under its own name or, in the dialect, as "reason". */
static void read_result(struct reader *r, const struct found *fields, struct failure *failure)
{
	const struct found *field = &fields[FAILURE_RESULT];
	struct str text = field_trimmed(r, field);
	struct str short_reason = field_trimmed(r, &fields[FAILURE_SHORT_REASON]);

	failure->result_type = RESULT_OTHER;
	if (text.p == NULL && short_reason.p != NULL && result_type_of(hyphens(r, short_reason)) != RESULT_OTHER) {
		field = &fields[FAILURE_SHORT_REASON];
		text = short_reason;
	} else if (short_reason.p != NULL && failure->reason_code.p == NULL) {
		failure->reason_code = short_reason;
	} else if (short_reason.p != NULL) {
		note(r, DEVIATION_MEMBER_UNKNOWN, fields[FAILURE_SHORT_REASON].name, STR_NONE);
		keep_unknown(r, fields[FAILURE_SHORT_REASON].name, fields[FAILURE_SHORT_REASON].value);
	}
	if (text.p == NULL) {
		note(r, DEVIATION_RESULT_TYPE_MISSING, STR("result-type"), STR_NONE);
		return;
	}
	failure->result_type = result_type_of(text);
	failure->result_text = text;
	if (failure->result_type == RESULT_OTHER) {
		failure->result_type = result_type_of(hyphens(r, text));
		if (failure->result_type == RESULT_OTHER) {
			note(r, DEVIATION_RESULT_TYPE_UNKNOWN, field->name, text);
			return;
		}
		note(r, DEVIATION_DIALECT, field->name, str_of(result_type_text(failure->result_type)));
	} else if (has_upper(text)) {
		note(r, DEVIATION_CASE_DIFFERS, field->name, str_of(result_type_text(failure->result_type)));
	}
	failure->result_text = str_of(result_type_text(failure->result_type));
}

static void read_failure(struct reader *r, struct json_value value, struct failure *failure)
{
	struct found fields[FIELDS_MAX] = {0};

	gather(r, value, KNOWN(failure_known), fields);
	failure->sending_mta_ip = field_address(r, &fields[FAILURE_SENDER]);
	failure->receiving_mx_hostname = field_domain(r, &fields[FAILURE_MX]);
	failure->receiving_mx_helo = field_text(r, &fields[FAILURE_HELO], LIMIT_TEXT_BYTES);
	failure->receiving_ip = field_address(r, &fields[FAILURE_IP]);
	failure->reason_code = field_text(r, &fields[FAILURE_REASON], LIMIT_TEXT_BYTES);
	failure->additional_information = field_text(r, &fields[FAILURE_INFORMATION], LIMIT_TEXT_BYTES);
	failure->count = field_count(r, &fields[FAILURE_COUNT], STR("failed-session-count"));
	failure->cause = CAUSE_UNKNOWN;
	read_result(r, fields, failure);
}

static void read_failures(struct reader *r, const struct found *field, struct unit *unit)
{
	if (is_none(field))
		return;
	bool is_list = json_kind(field->value) == JSON_LIST;
	size_t count = is_list ? json_count(field->value) : 1;

	if (count > LIMIT_FAILURES - r->failure_total) {
		stop(r, PROBLEM_REPORT_LIMIT, field->name, "There are more than 200,000 failure details.",
		     "fewer failure details");
		return;
	}
	r->failure_total += count;
	unit->failures = ARENA_ARRAY(r->arena, count, struct failure);
	if (!is_list)
		note(r, DEVIATION_NOT_A_LIST, field->name, STR_NONE);
	enter(r, field->name, 0);
	struct json_walk walk = json_walk(field->value);
	for (size_t i = 0; i < count && !r->stopped; i++) {
		if (is_list)
			(void)json_next(&walk);
		else
			walk.value = field->value;
		enter(r, STR_NONE, i);
		if (json_kind(walk.value) == JSON_OBJECT) {
			read_failure(r, walk.value, &unit->failures[unit->failure_count++]);
		} else if (json_kind(walk.value) != JSON_NULL) {
			note(r, DEVIATION_FAILURE_UNREADABLE, STR_NONE, STR_NONE);
			keep_unknown(r, STR_NONE, walk.value);
		}
		leave(r);
	}
	leave(r);
}

/* `policy` or `summary`: an object of its own.  Fields that stood flat in the entry are already there. */
static void read_inner(struct reader *r, struct found *entry, unsigned which, const struct known *known, size_t n)
{
	struct found *field = &entry[which];

	if (is_none(field))
		return;
	struct json_value inner = field->value;
	bool is_odd = json_kind(inner) != JSON_OBJECT;
	if (is_odd)
		note(r, DEVIATION_WRONG_TYPE, field->name, STR_NONE);
	if (is_odd && (!only_element(field->value, &inner) || json_kind(inner) != JSON_OBJECT)) {
		keep_unknown(r, field->name, field->value);
		field->is_there = false;
		return;
	}
	enter(r, field->name, 0);
	gather(r, inner, known, n, entry);
	leave(r);
}

static void read_unit(struct reader *r, struct json_value value, struct unit *unit)
{
	struct found entry[FIELDS_MAX] = {0};

	gather(r, value, KNOWN(entry_known), entry);
	read_inner(r, entry, ENTRY_POLICY, KNOWN(policy_known));
	read_inner(r, entry, ENTRY_SUMMARY, KNOWN(summary_known));
	if (r->stopped)
		return;
	enter(r, entry[ENTRY_POLICY].is_there ? entry[ENTRY_POLICY].name : STR("policy"), 0);
	read_policy_type(r, &entry[ENTRY_TYPE], unit);
	unit->policy_domain = field_domain(r, &entry[ENTRY_DOMAIN]);
	unit->policy_strings = field_list(r, &entry[ENTRY_STRING], LIST_POLICY_STRINGS);
	unit->mx_hosts = field_list(r, &entry[ENTRY_MX], LIST_HOSTS);
	leave(r);
	if (unit->policy_type != POLICY_TLSA)
		unit->mode = policy_mode(&unit->policy_strings);
	enter(r, entry[ENTRY_SUMMARY].is_there ? entry[ENTRY_SUMMARY].name : STR("summary"), 0);
	unit->successful = field_count(r, &entry[ENTRY_SUCCESSFUL], STR("total-successful-session-count"));
	unit->failed = field_count(r, &entry[ENTRY_FAILED], STR("total-failure-session-count"));
	leave(r);
	if (!r->stopped)
		read_failures(r, &entry[ENTRY_DETAILS], unit);
}

static void read_units(struct reader *r, const struct found *field)
{
	if (is_none(field))
		return;
	struct json_walk walk = json_walk(field->value);
	bool is_list = json_kind(field->value) == JSON_LIST;
	size_t count = is_list ? json_count(field->value) : 1;

	if (count > LIMIT_UNITS) {
		stop(r, PROBLEM_REPORT_LIMIT, field->name, "There are more than 10,000 policies.", "fewer policies");
		return;
	}
	if (!is_list) {
		note(r, DEVIATION_NOT_A_LIST, field->name, STR_NONE);
		if (json_kind(field->value) == JSON_OBJECT && !json_next(&walk))
			return; /* {}: nothing */
	}
	r->report->units = ARENA_ARRAY(r->arena, count, struct unit);
	enter(r, field->name, 0);
	walk = json_walk(field->value);
	for (size_t i = 0; i < count && !r->stopped; i++) {
		if (is_list)
			(void)json_next(&walk);
		else
			walk.value = field->value;
		enter(r, STR_NONE, i);
		if (json_kind(walk.value) == JSON_OBJECT) {
			read_unit(r, walk.value, &r->report->units[r->report->unit_count++]);
		} else if (json_kind(walk.value) != JSON_NULL) {
			note(r, DEVIATION_UNIT_UNREADABLE, STR_NONE, STR_NONE);
			keep_unknown(r, STR_NONE, walk.value);
		}
		leave(r);
	}
	leave(r);
}

static void read_range(struct reader *r, struct found *report_fields)
{
	struct found *field = &report_fields[REPORT_RANGE];
	struct found range[FIELDS_MAX] = {0};
	bool has_object = !is_none(field) && json_kind(field->value) == JSON_OBJECT;

	if (has_object) {
		enter(r, field->name, 0);
		gather(r, field->value, KNOWN(range_known), range);
	} else if (!is_none(field)) {
		note(r, DEVIATION_WRONG_TYPE, field->name, STR_NONE);
		keep_unknown(r, field->name, field->value);
	}
	/* Dates outside of the range are used where it has none. */
	bool flat = !is_none(&report_fields[REPORT_BEGIN]) || !is_none(&report_fields[REPORT_END]);
	if (has_object && flat && is_none(&range[RANGE_BEGIN]) && is_none(&range[RANGE_END]))
		has_object = false, leave(r);
	if (!has_object && flat) {
		r->report->begin = field_instant(r, &report_fields[REPORT_BEGIN], STR("begin_date"));
		r->report->end = field_instant(r, &report_fields[REPORT_END], STR("end_date"));
		return;
	}
	if (!has_object)
		enter(r, STR("date-range"), 0);
	r->report->begin = field_instant(r, &range[RANGE_BEGIN], STR("start-datetime"));
	r->report->end = field_instant(r, &range[RANGE_END], STR("end-datetime"));
	leave(r);
	for (unsigned i = REPORT_BEGIN; i <= REPORT_END; i++) {
		if (!is_none(&report_fields[i]))
			keep_unknown(r, report_fields[i].name, report_fields[i].value);
	}
}

bool report_read_is_report(struct json_value value)
{
	bool seen[REPORT_FIELDS] = {0};
	size_t count = 0;

	if (json_kind(value) != JSON_OBJECT)
		return false;
	struct json_walk walk = json_walk(value);
	while (json_next(&walk)) {
		unsigned char style;
		bool other_case;
		const struct known *known = find_known(walk.name, KNOWN(report_known), &style, &other_case);
		if (known == NULL || seen[known->field])
			continue;
		seen[known->field] = true;
		count++;
	}
	return count >= 3 || (seen[REPORT_POLICIES] && count >= 2);
}

bool report_read(struct json_value value, struct str base, struct json_parser *nested, struct report_notes *notes,
                 struct problem *out_problem)
{
	struct found fields[FIELDS_MAX] = {0};
	struct reader r = {
	    .notes = notes,
	    .arena = notes->arena,
	    .report = notes->report,
	    .nested = nested,
	    .problem = out_problem,
	    .base = base,
	    .nested_left = NESTED_MAX,
	};

	gather(&r, value, KNOWN(report_known), fields);
	if (r.stopped)
		return false;
	r.report->organization_name = field_text(&r, &fields[REPORT_ORGANIZATION], LIMIT_NAME_BYTES);
	r.report->contact_info = field_text(&r, &fields[REPORT_CONTACT], LIMIT_NAME_BYTES);
	r.report->report_id = field_text(&r, &fields[REPORT_ID], LIMIT_NAME_BYTES);
	r.report->begin = r.report->end = INSTANT_NONE;
	read_range(&r, fields);
	if (!r.stopped)
		read_units(&r, &fields[REPORT_POLICIES]);
	return !r.stopped;
}
