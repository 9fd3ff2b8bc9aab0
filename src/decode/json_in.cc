/* SPDX-License-Identifier: ISC */
/* The door of simdjson, and the only C++ in the tree. */
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

#include <simdjson.h>

extern "C" {
#include "base/arena.h"
#include "base/buf.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/quote.h"
#include "base/str.h"
}

#include "decode/json_in.h"

namespace {

/* Up to here a text is parsed without measuring it first: whatever it holds, its tree fits the buffers below. */
constexpr size_t SMALL_BYTES = 64 * 1024;
constexpr size_t DEPTH_SLACK = 1; /* simdjson counts the root as a level */

using implementation = simdjson::internal::dom_parser_implementation;

/* simdjson sizes the list of structural characters by the length of the text, 4 bytes for each; a large text would
 * take more than all memory that is allowed.  We count them first and give it a list of that size. */
struct capacity_door : implementation {
	static size_t implementation::*capacity_field()
	{
		return &capacity_door::_capacity;
	}
};

/* What a text will need at most. */
struct measure {
	size_t structurals, nodes, words;
	size_t memory_bytes;
};

/* Follows simdjson's first stage: a quote counts unless an odd run of backslashes stands before it, inside of strings
 * and outside. */
struct measure measure_text(const char *p, size_t len)
{
	size_t strings = 0, outside = 0, brackets = 0, separators = 0;
	size_t nodes = 1;
	bool in_string = false;

	for (size_t i = 0; i < len; i++) {
		char c = p[i];
		if (c == '\\') {
			if (!in_string)
				outside++;
			if (i + 1 < len && (p[i + 1] == '\\' || p[i + 1] == '"')) {
				i++;
				if (!in_string)
					outside++;
			}
		} else if (c == '"') {
			strings += !in_string;
			in_string = !in_string;
		} else if (!in_string && c != ' ' && c != '\t' && c != '\n' && c != '\r') {
			outside++;
			if (c == ',' || c == ':')
				separators++;
			else if (c == '{' || c == '[' || c == '}' || c == ']')
				brackets++;
			nodes += c == ',' || c == '{' || c == '[';
		}
	}
	struct measure m = {};
	m.structurals = outside + strings;
	m.nodes = nodes;
	/* A string and a bracket take one word of the tape, any other value two. */
	m.words = strings + brackets + 2 * (outside - separators - brackets) + 8;
	m.memory_bytes = len + 4 * m.structurals + 8 * m.words + len + 5 * strings;
	return m;
}

struct json_fault fault_of(enum json_fault_kind kind, size_t offset, const char *expected)
{
	struct json_fault fault = {};
	fault.kind = kind;
	fault.offset = offset;
	fault.expected = expected;
	return fault;
}

constexpr uint64_t PAYLOAD = 0x00FFFFFFFFFFFFFFull;

char tag_at(const struct json_value &value)
{
	return static_cast<char>(value.tape[value.at] >> 56);
}

size_t skip_value(const uint64_t *tape, size_t at)
{
	switch (static_cast<char>(tape[at] >> 56)) {
	case '{':
	case '[': return static_cast<size_t>(tape[at] & 0xFFFFFFFFu);
	case 'l':
	case 'u':
	case 'd': return at + 2;
	default: return at + 1;
	}
}

struct str text_at(const uint64_t *tape, const char *strings, size_t at)
{
	const char *p = strings + (tape[at] & PAYLOAD);
	uint32_t len;
	memcpy(&len, p, sizeof len);
	return str_make(p + sizeof len, len);
}

bool is_marked(struct str text)
{
	return text.len > JSON_NUMBER_MARK_LEN &&
	       memcmp(text.p, JSON_NUMBER_MARK_DECODED, JSON_NUMBER_MARK_LEN) == 0;
}

} // namespace

struct json_parser {
	std::unique_ptr<implementation> impl;
	simdjson::dom::document doc;
	size_t tape_words = 0;
	size_t depth = 0;
	char *text = nullptr; /* a padded copy */
	size_t text_size = 0;
};

namespace {

void ensure_text(struct json_parser *parser, size_t size)
{
	if (parser->text_size >= size)
		return;
	mem_free(parser->text);
	parser->text_size = size < SMALL_BYTES ? SMALL_BYTES : size;
	parser->text = static_cast<char *>(mem_grow(nullptr, parser->text_size));
}

void ensure_tape(struct json_parser *parser, size_t words)
{
	if (parser->tape_words >= words)
		return;
	parser->doc.tape.reset(new (std::nothrow) uint64_t[words]);
	assert(parser->doc.tape);
	parser->tape_words = words;
}

/* Gives back what only a large text needed. */
void shrink(struct json_parser *parser, bool tape_too)
{
	if (parser->text_size > SMALL_BYTES + 2 * simdjson::SIMDJSON_PADDING) {
		mem_free(parser->text);
		parser->text = nullptr;
		parser->text_size = 0;
	}
	if (parser->impl && parser->impl->capacity() != SMALL_BYTES) {
		parser->impl->structural_indexes.reset();
		auto error = parser->impl->set_capacity(SMALL_BYTES);
		assert(!error);
		(void)error;
	}
	if (tape_too && parser->tape_words > 4 * SMALL_BYTES) {
		parser->doc.tape.reset();
		parser->tape_words = 0;
	}
}

void ensure_implementation(struct json_parser *parser, size_t depth)
{
	if (!parser->impl) {
		auto error = simdjson::get_active_implementation()->create_dom_parser_implementation(
		    SMALL_BYTES, depth + DEPTH_SLACK, parser->impl);
		assert(!error);
		(void)error;
		parser->depth = depth;
	}
	if (parser->depth != depth) {
		auto error = parser->impl->set_max_depth(depth + DEPTH_SLACK);
		assert(!error);
		(void)error;
		parser->depth = depth;
	}
}

/* `text` lies in parser->text, padded. */
simdjson::error_code build(struct json_parser *parser, size_t len, const struct measure &m, struct arena *arena,
                           char **out_strings)
{
	auto *bytes = reinterpret_cast<const uint8_t *>(parser->text);
	implementation &impl = *parser->impl;

	if (m.words > 0) {
		impl.structural_indexes.reset(new (std::nothrow) uint32_t[m.structurals + 128]);
		assert(impl.structural_indexes);
		impl.*capacity_door::capacity_field() = len;
	}
	auto error = impl.stage1(bytes, len, simdjson::stage1_mode::regular);
	if (error)
		return error;
	size_t found = impl.n_structural_indexes;
	ensure_tape(parser, m.words > 0 ? m.words : 2 * found + 8);
	/* Each text is kept with its length and a NUL, five bytes more; it has two quotes, and another structural
	 * character stands behind it. */
	char *strings = arena_bytes(arena, len + 2 * found + 4 * simdjson::SIMDJSON_PADDING);
	parser->doc.string_buf.reset(reinterpret_cast<uint8_t *>(strings));
	error = impl.stage2(parser->doc);
	(void)parser->doc.string_buf.release();
	*out_strings = strings;
	return error;
}

void set_text(struct json_parser *parser, struct str text)
{
	ensure_text(parser, text.len + simdjson::SIMDJSON_PADDING);
	if (text.len > 0)
		memcpy(parser->text, text.p, text.len);
	memset(parser->text + text.len, ' ', simdjson::SIMDJSON_PADDING);
}

bool within(const struct measure &m, const struct json_limits *limits, struct json_fault *out_fault)
{
	if (m.nodes <= limits->nodes && m.memory_bytes <= limits->memory_bytes)
		return true;
	*out_fault = fault_of(JSON_FAULT_SIZE, 0, "fewer values");
	return false;
}

/* Second reading of a text that simdjson refused, mended. */
bool build_mended(struct json_parser *parser, struct str text, const struct json_limits *limits, struct arena *arena,
                  char **out_strings, struct json_findings *found, struct json_fault *out_fault)
{
	struct buf mended;

	if (!json_check(text, limits->depth, found, out_fault))
		return false;
	if (found->bad_utf8 && !limits->mend_utf8) {
		*out_fault = fault_of(JSON_FAULT_ENCODING, found->bad_utf8_at, "UTF-8");
		return false;
	}
	buf_init(&mended, limits->memory_bytes / 2);
	json_mend(text, &mended);
	struct measure m = measure_text(mended.p, mended.len);
	bool ok = !mended.failed && within(m, limits, out_fault);
	if (ok) {
		size_t len = mended.len;
		set_text(parser, buf_view(&mended));
		buf_done(&mended);
		ok = !build(parser, len, m, arena, out_strings);
		if (!ok)
			*out_fault = fault_of(JSON_FAULT_SYNTAX, 0, "JSON");
	} else {
		*out_fault = fault_of(JSON_FAULT_SIZE, 0, "a smaller text");
	}
	buf_done(&mended);
	return ok;
}

} // namespace

struct json_parser *json_parser_new(void)
{
	auto *parser = new (std::nothrow) json_parser;
	assert(parser != nullptr); /* no memory: the worker ends, the supervisor replaces it */
	return parser;
}

void json_parser_free(struct json_parser **parser)
{
	if (*parser == nullptr)
		return;
	mem_free((*parser)->text);
	delete *parser;
	*parser = nullptr;
}

bool json_parse(struct json_parser *parser, struct str text, const struct json_limits *limits, struct arena *arena,
                struct json_value *out_root, struct json_notes *out_notes, struct json_fault *out_fault)
{
	struct json_notes notes = {};
	struct json_findings found = {};
	struct measure m = {};
	char *strings = nullptr;
	size_t skipped = 0;

	if (str_starts_with(text, str_make("\xef\xbb\xbf", 3))) {
		notes.byte_order_mark = true;
		skipped = 3;
		text = str_from(text, skipped);
	}
	shrink(parser, true);
	ensure_implementation(parser, limits->depth);
	if (text.len > SMALL_BYTES || limits->measure_always) {
		m = measure_text(text.p, text.len);
		if (!within(m, limits, out_fault))
			return false;
	}
	set_text(parser, text);
	bool ok = !build(parser, text.len, m, arena, &strings);
	if (!ok) {
		ok = build_mended(parser, text, limits, arena, &strings, &found, out_fault);
		if (!ok)
			out_fault->offset += skipped;
	}
	shrink(parser, false);
	if (!ok)
		return false;
	notes.not_utf8 = found.bad_utf8;
	notes.surrogate = found.lone_surrogate;
	*out_notes = notes;
	out_root->tape = parser->doc.tape.get();
	out_root->strings = strings;
	out_root->at = 1;
	return true;
}

enum json_kind json_kind(struct json_value value)
{
	switch (tag_at(value)) {
	case '{': return JSON_OBJECT;
	case '[': return JSON_LIST;
	case '"': return is_marked(text_at(value.tape, value.strings, value.at)) ? JSON_NUMBER : JSON_STRING;
	case 'l':
	case 'u':
	case 'd': return JSON_NUMBER;
	case 't':
	case 'f': return JSON_BOOL;
	default: return JSON_NULL;
	}
}

struct str json_text(struct json_value value)
{
	assert(tag_at(value) == '"');
	return text_at(value.tape, value.strings, value.at);
}

bool json_bool(struct json_value value)
{
	return tag_at(value) == 't';
}

static struct json_number number_text(struct str text)
{
	struct json_number number = {};
	char copy[LIMIT_JSON_NUMBER_DIGITS + 1];

	number.kind = JSON_NUMBER_TEXT;
	number.text = str_from(text, JSON_NUMBER_MARK_LEN);
	if (number.text.len <= LIMIT_JSON_NUMBER_DIGITS) {
		memcpy(copy, number.text.p, number.text.len);
		copy[number.text.len] = '\0';
		double real = strtod(copy, nullptr);
		if (std::isfinite(real)) {
			number.kind = JSON_NUMBER_REAL;
			number.real = real;
		}
	}
	return number;
}

struct json_number json_number(struct json_value value)
{
	struct json_number number = {};
	uint64_t word = value.tape[value.at + 1];

	switch (tag_at(value)) {
	case 'u':
		number.kind = JSON_NUMBER_UINT;
		number.uint = word;
		break;
	case 'l':
		memcpy(&number.negative, &word, sizeof word);
		number.kind = number.negative < 0 ? JSON_NUMBER_NEGATIVE : JSON_NUMBER_UINT;
		number.uint = number.negative < 0 ? 0 : static_cast<uint64_t>(number.negative);
		break;
	case 'd':
		number.kind = JSON_NUMBER_REAL;
		memcpy(&number.real, &word, sizeof word);
		break;
	default: return number_text(text_at(value.tape, value.strings, value.at));
	}
	return number;
}

struct json_walk json_walk(struct json_value value)
{
	struct json_walk walk = {};
	char tag = tag_at(value);

	walk.value = value;
	walk.is_object = tag == '{';
	if (tag == '{' || tag == '[') {
		walk.next = value.at + 1;
		walk.end = skip_value(value.tape, value.at) - 1;
	}
	return walk;
}

bool json_next(struct json_walk *walk)
{
	if (walk->next >= walk->end)
		return false;
	if (walk->is_object) {
		walk->name = text_at(walk->value.tape, walk->value.strings, walk->next);
		walk->next++;
	}
	walk->value.at = walk->next;
	walk->next = skip_value(walk->value.tape, walk->next);
	return true;
}

size_t json_count(struct json_value value)
{
	size_t count = 0;
	struct json_walk walk = json_walk(value);

	while (json_next(&walk))
		count++;
	return count;
}

/* Both tapes are read word by word: the words of containers hold positions and are compared by their tag alone. */
bool json_same(struct json_value a, struct json_value b)
{
	size_t end_a = skip_value(a.tape, a.at), end_b = skip_value(b.tape, b.at);

	if (end_a - a.at != end_b - b.at)
		return false;
	for (size_t i = 0; i < end_a - a.at; i++) {
		struct json_value x = a, y = b;
		x.at += i;
		y.at += i;
		if (tag_at(x) != tag_at(y))
			return false;
		switch (tag_at(x)) {
		case '"':
			if (!str_eq(text_at(x.tape, x.strings, x.at), text_at(y.tape, y.strings, y.at)))
				return false;
			break;
		case 'l':
		case 'u':
		case 'd':
			i++;
			if (x.tape[x.at + 1] != y.tape[y.at + 1])
				return false;
			break;
		default: break;
		}
	}
	return true;
}

static void write_scalar(struct json_value value, struct buf *out)
{
	switch (json_kind(value)) {
	case JSON_STRING: quote_json(json_text(value), out); break;
	case JSON_BOOL: buf_text(out, json_bool(value) ? "true" : "false"); break;
	case JSON_NUMBER: {
		struct json_number number = json_number(value);
		if (tag_at(value) == '"')
			buf_str(out, str_from(json_text(value), JSON_NUMBER_MARK_LEN));
		else if (number.kind == JSON_NUMBER_UINT)
			buf_uint(out, number.uint);
		else if (number.kind == JSON_NUMBER_NEGATIVE)
			buf_int(out, number.negative);
		else
			buf_format(out, "%.17g", number.real);
		break;
	}
	default: buf_text(out, "null"); break;
	}
}

/* The tape is in the order of the text; levels are kept in a small stack of "first element" marks. */
static void write_tape(struct json_value value, size_t limit, struct buf *out)
{
	size_t end = skip_value(value.tape, value.at);
	bool object[JSON_CHECK_DEPTH_MAX + 1];
	bool is_name = false;
	size_t depth = 0;
	bool first = true;

	while (value.at < end && out->len <= limit && !out->failed) {
		char tag = tag_at(value);
		if (tag == '}' || tag == ']') {
			buf_byte(out, tag);
			depth--;
			first = false;
			is_name = depth > 0 && object[depth];
			value.at++;
			continue;
		}
		bool named = depth > 0 && object[depth] && !is_name;
		if (!first && !named)
			buf_byte(out, ',');
		first = false;
		if (depth > 0 && object[depth] && is_name) {
			struct str name = text_at(value.tape, value.strings, value.at);
			quote_json(str_upto(name, limit + 1), out);
			buf_byte(out, ':');
			is_name = false;
			value.at++;
			continue;
		}
		if (tag == '{' || tag == '[') {
			buf_byte(out, tag);
			object[++depth] = tag == '{';
			is_name = tag == '{';
			first = true;
			value.at++;
			continue;
		}
		if (tag == '"' && !is_marked(json_text(value)))
			quote_json(str_upto(json_text(value), limit + 1), out);
		else
			write_scalar(value, out);
		is_name = depth > 0 && object[depth];
		value.at += tag == 'l' || tag == 'u' || tag == 'd' ? 2 : 1;
	}
}

struct str json_write(struct json_value value, size_t limit, struct arena *arena)
{
	struct buf out;

	buf_init(&out, 8 * limit + 64);
	write_tape(value, limit, &out);
	struct str text = buf_view(&out);
	if (text.len > limit) {
		size_t cut = limit < 3 ? 0 : limit - 3;
		while (cut > 0 && (text.p[cut] & 0xC0) == 0x80)
			cut--;
		out.len = cut;
		buf_text(&out, "...");
		text = buf_view(&out);
	}
	text = arena_str(arena, text);
	buf_done(&out);
	return text;
}
