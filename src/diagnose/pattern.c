/* SPDX-License-Identifier: ISC */
#include "diagnose/pattern.h"

#include <assert.h>
#include <pthread.h>

#include "base/attr.h"
#include "base/mem.h"
#include "facts/failure_patterns.h"
#include "facts/failure_words.h"

struct row {
	const char *text;
	enum cause cause;
};

#define ROW(pattern, id) {pattern, CAUSE_##id},
static const struct row exact_rows[] = {FAILURE_EXACT(ROW)};
static const struct row part_rows[] = {FAILURE_FIRST(ROW) FAILURE_PARTS(ROW) FAILURE_WORDS(ROW)};

#define EXACT_SLOTS 1024 /* a power of two, four times the rows */
#define NODE_ROOM 32768
#define SYMBOL_ROOM 64
#define GLOB_ROOM 2048
#define PATTERN_BYTES 160
#define NO_ROW UINT16_MAX
#define NO_GLOB UINT16_MAX

static_assert(COUNT_OF(exact_rows) * 4 <= EXACT_SLOTS, "the hash table stays sparse");
static_assert(COUNT_OF(part_rows) < NO_ROW, "a row number fits");

/* A pattern with more in it than plain bytes.  It is tried on the whole text once its longest plain piece is
 * seen. */
struct glob {
	char text[PATTERN_BYTES];
	uint16_t row;
	uint16_t next; /* another one with the same piece; NO_GLOB: none */
};

static struct {
	uint16_t exact[EXACT_SLOTS]; /* row number; NO_ROW: free */
	uint8_t symbol[256];         /* of a byte; 0: in no pattern */
	uint8_t symbol_count;
	uint16_t node_count, glob_count;
	uint16_t (*go)[SYMBOL_ROOM]; /* [node][symbol]; the whole automaton, without failure links */
	uint16_t *plain_row;         /* [node]: the first row that is seen here */
	uint16_t *first_glob;        /* [node]: whose piece ends here */
	uint16_t *next_end;          /* [node]: the next shorter suffix that has globs; 0: none */
	struct glob *globs;
} table;

/* --- forms of a reason --- */

/* Straight quote for the typographic one at `s`, or 0.  U+2018, 2019, 201B are single; U+201C, 201D, 201E
 * double. */
static char straight_quote(const unsigned char *s, size_t len)
{
	if (len < 3 || s[0] != 0xe2 || s[1] != 0x80)
		return 0;
	if (s[2] == 0x98 || s[2] == 0x99 || s[2] == 0x9b)
		return '\'';
	if (s[2] >= 0x9c && s[2] <= 0x9e)
		return '"';
	return 0;
}

/* Length of the host name that stands at `at` and begins with "mx", or 0: the name of a server says nothing about
 * what the reason is about. */
static size_t mx_name_len(struct str reason, size_t at)
{
	bool begins = at == 0 || !(byte_is_alpha(reason.p[at - 1]) || byte_is_digit(reason.p[at - 1]) || reason.p[at - 1] == '.');
	size_t end = at, dots = 0;

	if (!begins || !str_starts_with_nocase(str_from(reason, at), STR("mx")))
		return 0;
	while (end < reason.len && (byte_is_alpha(reason.p[end]) || byte_is_digit(reason.p[end]) || reason.p[end] == '-' ||
	                            (reason.p[end] == '.' && end + 1 < reason.len && byte_is_alpha(reason.p[end + 1]))))
		dots += reason.p[end++] == '.';
	return dots > 0 ? end - at : 0;
}

static size_t plain_form(struct str reason, char out[PATTERN_REASON_BYTES])
{
	reason = str_trim(reason);
	size_t len = 0;
	for (size_t i = 0; i < reason.len && len < PATTERN_REASON_BYTES; i++) {
		char byte = reason.p[i];
		if (byte_is_space(byte)) {
			if (out[len - 1] != ' ') /* trimmed: something stands before it */
				out[len++] = ' ';
			continue;
		}
		size_t name_len = byte == 'm' || byte == 'M' ? mx_name_len(reason, i) : 0;
		if (name_len > 0) {
			out[len++] = '*';
			i += name_len - 1;
			continue;
		}
		char quote = straight_quote((const unsigned char *)reason.p + i, reason.len - i);
		if (quote != 0) {
			out[len++] = quote;
			i += 2;
			continue;
		}
		out[len++] = byte_lower(byte);
	}
	return len;
}

static struct str soft_form(struct str plain, char out[PATTERN_REASON_BYTES])
{
	for (size_t i = 0; i < plain.len; i++)
		out[i] = plain.p[i] == '_' || plain.p[i] == '-' ? ' ' : plain.p[i];
	struct str soft = str_make(out, plain.len);
	return str_starts_with(soft, STR("x509 v err ")) ? str_from(soft, sizeof("x509 v err ") - 1) : soft;
}

bool pattern_same(struct str reason, struct str text)
{
	char plain_a[PATTERN_REASON_BYTES], plain_b[PATTERN_REASON_BYTES];
	char soft_a[PATTERN_REASON_BYTES], soft_b[PATTERN_REASON_BYTES];
	struct str a = soft_form(str_make(plain_a, plain_form(reason, plain_a)), soft_a);
	struct str b = soft_form(str_make(plain_b, plain_form(text, plain_b)), soft_b);
	return str_eq(a, b);
}

/* --- one pattern with special bytes, against a text --- */

static bool is_special(char c)
{
	return c == '^' || c == '$' || c == '@' || c == '#' || c == '%' || c == '!' || c == '~';
}

static bool is_word(char c)
{
	return byte_is_alpha(c) || byte_is_digit(c) || c == '_';
}

static bool is_boundary(struct str text, size_t at)
{
	bool before = at > 0 && is_word(text.p[at - 1]);
	bool after = at < text.len && is_word(text.p[at]);
	return before != after;
}

/* Matches one element of the pattern at `*at` and moves it on. */
static bool match_element(char element, struct str text, size_t *at)
{
	switch (element) {
	case '^': return *at == 0;
	case '$': return *at == text.len;
	case '@': return is_boundary(text, *at);
	case '#': return *at < text.len && byte_is_digit(text.p[(*at)++]);
	case '%':
		if (*at >= text.len || !byte_is_digit(text.p[*at]))
			return false;
		while (*at < text.len && byte_is_digit(text.p[*at]))
			(*at)++;
		return true;
	case '!': return (*at)++ < text.len;
	default: return *at < text.len && text.p[(*at)++] == element;
	}
}

/* Each run between two '~' is looked for at its first place behind the one before it.  That is enough: a run
 * that fits at all fits at its first place, and what follows then has the most room. */
static bool match_run(const char *run, size_t run_len, struct str text, size_t *from)
{
	for (size_t start = *from; start <= text.len; start++) {
		size_t at = start, i = 0;
		while (i < run_len && match_element(run[i], text, &at))
			i++;
		if (i == run_len) {
			*from = at;
			return true;
		}
		if (run[0] == '^')
			return false;
	}
	return false;
}

static bool match_glob(const char *pattern, struct str text)
{
	struct str rest = str_of(pattern);
	size_t from = 0;
	while (rest.p != NULL) {
		struct str run = str_cut(&rest, '~');
		if (!match_run(run.p, run.len, text, &from))
			return false;
	}
	return true;
}

/* --- building --- */

static uint32_t hash_of(struct str text)
{
	uint32_t hash = 2166136261U;
	for (size_t i = 0; i < text.len; i++)
		hash = (hash ^ (unsigned char)text.p[i]) * 16777619U;
	return hash ^ hash >> 15;
}

static void build_exact(void)
{
	memset(table.exact, 0xff, sizeof(table.exact));
	for (size_t i = 0; i < COUNT_OF(exact_rows); i++) {
		uint32_t slot = hash_of(str_of(exact_rows[i].text));
		while (table.exact[slot % EXACT_SLOTS] != NO_ROW)
			slot++;
		table.exact[slot % EXACT_SLOTS] = (uint16_t)i;
	}
}

static uint16_t add_word(struct str word)
{
	uint16_t node = 0;
	for (size_t i = 0; i < word.len; i++) {
		uint8_t *symbol = &table.symbol[(unsigned char)word.p[i]];
		if (*symbol == 0)
			*symbol = ++table.symbol_count;
		assert(table.symbol_count < SYMBOL_ROOM);
		uint16_t *next = &table.go[node][*symbol];
		if (*next == 0) {
			assert(table.node_count < NODE_ROOM);
			*next = table.node_count++;
		}
		node = *next;
	}
	return node;
}

static struct str longest_piece(struct str pattern)
{
	struct str best = {.p = pattern.p, .len = 0};
	size_t start = 0;
	for (size_t i = 0; i <= pattern.len; i++) {
		if (i < pattern.len && !is_special(pattern.p[i]))
			continue;
		if (i - start > best.len)
			best = str_make(pattern.p + start, i - start);
		start = i + 1;
	}
	return best;
}

static void add_pattern(struct str pattern, uint16_t row)
{
	struct str piece = longest_piece(pattern);
	assert(piece.len > 0);
	uint16_t node = add_word(piece);
	if (piece.len == pattern.len) {
		if (row < table.plain_row[node])
			table.plain_row[node] = row;
		return;
	}
	assert(table.glob_count < GLOB_ROOM && pattern.len < PATTERN_BYTES);
	struct glob *glob = &table.globs[table.glob_count];
	memcpy(glob->text, pattern.p, pattern.len);
	glob->row = row;
	glob->next = table.first_glob[node];
	table.first_glob[node] = table.glob_count++;
}

/* Takes the first {a|b} of the pattern apart, until none is left. */
static void add_alternatives(struct str pattern, uint16_t row)
{
	size_t open = str_find_byte(pattern, '{');
	if (open == pattern.len) {
		add_pattern(pattern, row);
		return;
	}
	size_t close = str_find_byte(pattern, '}');
	assert(close < pattern.len);
	struct str choices = str_make(pattern.p + open + 1, close - open - 1);
	while (choices.p != NULL) {
		struct str choice = str_cut(&choices, '|');
		char whole[PATTERN_BYTES];
		size_t tail = pattern.len - close - 1;
		assert(open + choice.len + tail < sizeof(whole));
		memcpy(whole, pattern.p, open);
		memcpy(whole + open, choice.p, choice.len);
		memcpy(whole + open + choice.len, pattern.p + close + 1, tail);
		add_alternatives(str_make(whole, open + choice.len + tail), row);
	}
}

/* Breadth first: a missing step is that of the longest suffix, and so are the rows that end there. */
static void link_suffixes(void)
{
	uint16_t *suffix = mem_new_array(NODE_ROOM, sizeof(*suffix));
	uint16_t *queue = mem_new_array(NODE_ROOM, sizeof(*queue));
	size_t head = 0, tail = 0;
	for (size_t s = 0; s <= table.symbol_count; s++)
		if (table.go[0][s] != 0)
			queue[tail++] = table.go[0][s];
	while (head < tail) {
		uint16_t node = queue[head++], shorter = suffix[node];
		if (table.plain_row[shorter] < table.plain_row[node])
			table.plain_row[node] = table.plain_row[shorter];
		table.next_end[node] = table.first_glob[shorter] != NO_GLOB ? shorter : table.next_end[shorter];
		for (size_t s = 0; s <= table.symbol_count; s++) {
			uint16_t next = table.go[node][s];
			if (next == 0) {
				table.go[node][s] = table.go[shorter][s];
				continue;
			}
			suffix[next] = table.go[shorter][s];
			queue[tail++] = next;
		}
	}
	mem_free(queue);
	mem_free(suffix);
}

static void build(void)
{
	build_exact();
	table.go = mem_new_array(NODE_ROOM, sizeof(*table.go));
	table.plain_row = mem_new_array(NODE_ROOM, sizeof(*table.plain_row));
	table.first_glob = mem_new_array(NODE_ROOM, sizeof(*table.first_glob));
	table.next_end = mem_new_array(NODE_ROOM, sizeof(*table.next_end));
	table.globs = mem_new_array(GLOB_ROOM, sizeof(*table.globs));
	memset(table.plain_row, 0xff, NODE_ROOM * sizeof(*table.plain_row));
	memset(table.first_glob, 0xff, NODE_ROOM * sizeof(*table.first_glob));
	table.node_count = 1;
	for (size_t i = 0; i < COUNT_OF(part_rows); i++)
		add_alternatives(str_of(part_rows[i].text), (uint16_t)i);
	link_suffixes();
}

/* --- looking up --- */

static enum cause exact_cause(struct str soft, bool *out_found)
{
	for (uint32_t slot = hash_of(soft);; slot++) {
		uint16_t row = table.exact[slot % EXACT_SLOTS];
		*out_found = row != NO_ROW;
		if (!*out_found)
			return CAUSE_UNKNOWN;
		if (str_eq(soft, str_of(exact_rows[row].text)))
			return exact_rows[row].cause;
	}
}

/* Each glob is tried once a text, however often its piece stands there. */
struct scan {
	uint16_t best;
	uint64_t tried[GLOB_ROOM / 64];
};

static void try_globs(struct scan *scan, uint16_t node, struct str text)
{
	for (uint16_t g = table.first_glob[node]; g != NO_GLOB; g = table.globs[g].next) {
		const struct glob *glob = &table.globs[g];
		uint64_t bit = UINT64_C(1) << (g % 64);
		if (glob->row >= scan->best || (scan->tried[g / 64] & bit) != 0)
			continue;
		scan->tried[g / 64] |= bit;
		if (match_glob(glob->text, text))
			scan->best = glob->row;
	}
}

static uint16_t first_row(struct str text, uint16_t best)
{
	struct scan scan = {.best = best};
	uint16_t node = 0;
	for (size_t i = 0; i < text.len; i++) {
		node = table.go[node][table.symbol[(unsigned char)text.p[i]]];
		if (table.plain_row[node] < scan.best)
			scan.best = table.plain_row[node];
		if (table.first_glob[node] != NO_GLOB)
			try_globs(&scan, node, text);
		for (uint16_t end = table.next_end[node]; end != 0; end = table.next_end[end])
			try_globs(&scan, end, text);
	}
	return scan.best;
}

enum cause pattern_cause(struct str reason)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, build);

	char plain_bytes[PATTERN_REASON_BYTES], soft_bytes[PATTERN_REASON_BYTES];
	struct str plain = str_make(plain_bytes, plain_form(reason, plain_bytes));
	struct str soft = soft_form(plain, soft_bytes);
	bool found;
	enum cause cause = exact_cause(soft, &found);
	if (found)
		return cause;
	uint16_t row = first_row(plain, NO_ROW);
	row = first_row(soft, row);
	return row == NO_ROW ? CAUSE_UNKNOWN : part_rows[row].cause;
}
