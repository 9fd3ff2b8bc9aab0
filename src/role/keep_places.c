/* SPDX-License-Identifier: ISC */
#include "role/keep_places.h"

#include "base/instant.h"
#include "base/limits.h"
#include "base/mem.h"
#include "role/reach_wire.h"
#include "store/published.h"
#include "sys/address.h"
#include "sys/idn.h"

#define AT_ONCE 16u
#define ANSWER_MS 30000
#define LOOK_MOST_MS 60000
#define POLICY_HOST "mta-sts."

static const enum resolve_type types[] = {RESOLVE_A, RESOLVE_AAAA};

struct question {
	bool is_used;
	char domain[RESOLVE_NAME_MAX];
	uint64_t ids[COUNT_OF(types)]; /* 0: answered */
	bool is_here, cannot_tell;
	int64_t deadline_ms;
};

struct keep_places {
	struct channel *reach;
	struct str *names, *addresses; /* owned, in one block each */
	size_t name_count, address_count;
	struct question questions[AT_ONCE];
	uint64_t last_id;
	int64_t next_ms;
};

static struct str copy(struct str text)
{
	char *p = mem_new(text.len + 1);

	memcpy(p, text.p, text.len);
	return str_make(p, text.len);
}

static void add_here(struct keep_places *places, const char *text)
{
	struct address address;
	char formatted[ADDRESS_TEXT_MAX];
	struct buf name;

	if (address_parse(str_of(text), &address)) {
		places->addresses[places->address_count++] = copy(address_format(&address, formatted));
		return;
	}
	buf_init(&name, KIB(1));
	if (idn_to_ascii(str_of(text), &name))
		places->names[places->name_count++] = copy(buf_view(&name));
	buf_done(&name);
}

struct keep_places *keep_places_new(const struct config *config)
{
	struct keep_places *places = mem_new(sizeof *places);
	size_t most = config->policy_here.count + 1;

	places->names = mem_new_array(most, sizeof(struct str));
	places->addresses = mem_new_array(most, sizeof(struct str));
	for (size_t i = 0; i < config->policy_here.count; i++)
		add_here(places, config->policy_here.items[i]);
	return places;
}

static void free_list(struct str *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		union {
			const char *p;
			void *owned;
		} item = {.p = list[i].p};
		mem_free(item.owned);
	}
	mem_free(list);
}

void keep_places_free(struct keep_places **places)
{
	if (*places == NULL)
		return;
	free_list((*places)->names, (*places)->name_count);
	free_list((*places)->addresses, (*places)->address_count);
	mem_free(*places);
	*places = NULL;
}

void keep_places_connect(struct keep_places *places, struct channel *reach)
{
	places->reach = reach;
	for (size_t i = 0; i < AT_ONCE; i++)
		places->questions[i].is_used = false;
	places->next_ms = 0;
}

void keep_places_soon(struct keep_places *places)
{
	places->next_ms = 0;
}

/* --- answers --- */

static bool is_ours(const struct str *list, size_t count, struct str text)
{
	for (size_t i = 0; i < count; i++)
		if (text.len > 0 && str_eq(list[i], text))
			return true;
	return false;
}

static void take(const struct keep_places *places, struct question *question, const struct resolve_answer *answer)
{
	if (resolve_may_pass(answer->outcome) || answer->outcome == RESOLVE_BROKEN) {
		question->cannot_tell = true;
		return;
	}
	if (is_ours(places->names, places->name_count, answer->canonical))
		question->is_here = true;
	for (size_t i = 0; answer->outcome == RESOLVE_ANSWER && i < answer->count; i++)
		if (is_ours(places->addresses, places->address_count, answer->records[i].text))
			question->is_here = true;
}

bool keep_places_told(struct keep_places *places, uint64_t id, struct str body)
{
	struct resolve_answer answer;
	struct arena arena;
	struct err err = {0};

	arena_init(&arena, MIB(1));
	bool ok = reach_read_answer(body, &arena, &answer, &err);
	for (size_t i = 0; ok && i < AT_ONCE; i++)
		for (size_t t = 0; t < COUNT_OF(types); t++) {
			struct question *question = &places->questions[i];
			if (!question->is_used || question->ids[t] != id)
				continue;
			question->ids[t] = 0;
			take(places, question, &answer);
			places->next_ms = 0;
		}
	arena_done(&arena);
	return ok;
}

/* --- questions --- */

static bool is_asked(const struct keep_places *places, struct str domain)
{
	for (size_t i = 0; i < AT_ONCE; i++)
		if (places->questions[i].is_used && str_eq(domain, str_of(places->questions[i].domain)))
			return true;
	return false;
}

static bool ask(struct keep_places *places, struct question *question, struct str domain)
{
	char name[RESOLVE_NAME_MAX + sizeof POLICY_HOST];
	char space[512];
	struct err err = {0};

	if (domain.len + sizeof POLICY_HOST > RESOLVE_NAME_MAX)
		return false;
	*question = (struct question){.is_used = true, .deadline_ms = clock_ms() + ANSWER_MS};
	memcpy(question->domain, domain.p, domain.len);
	memcpy(name, POLICY_HOST, sizeof POLICY_HOST - 1);
	memcpy(name + sizeof POLICY_HOST - 1, domain.p, domain.len);
	for (size_t t = 0; t < COUNT_OF(types); t++) {
		struct reach_question body = {
		    .kind = REACH_DNS, .type = types[t], .name = str_make(name, domain.len + sizeof POLICY_HOST - 1)};
		struct buf message = {.p = space, .size = sizeof space, .ceiling = sizeof space};
		reach_write_question(&body, &message);
		question->ids[t] = reach_id(REACH_DESK_PLACES, ++places->last_id);
		if (message.failed ||
		    !channel_put(places->reach, MESSAGE_ASK, question->ids[t], buf_view(&message), &err)) {
			question->is_used = false;
			return false;
		}
	}
	return true;
}

static bool is_over(const struct question *question)
{
	for (size_t t = 0; t < COUNT_OF(types); t++)
		if (question->ids[t] != 0)
			return clock_ms() >= question->deadline_ms;
	return true;
}

static bool has_answers(const struct question *question)
{
	for (size_t t = 0; t < COUNT_OF(types); t++)
		if (question->ids[t] != 0)
			return false;
	return true;
}

static bool write_answers(struct keep_places *places, struct store *store, struct err *err)
{
	for (size_t i = 0; i < AT_ONCE; i++) {
		struct question *question = &places->questions[i];
		if (!question->is_used || !is_over(question))
			continue;
		enum place_leads leads = question->is_here                                     ? PLACE_HERE
		                         : !has_answers(question) || question->cannot_tell ? PLACE_UNKNOWN
		                                                                           : PLACE_ELSEWHERE;
		question->is_used = false;
		if (!published_place_told(store, str_of(question->domain), leads, instant_now(), err))
			return false;
	}
	return true;
}

static bool ask_due(struct keep_places *places, struct store *store, struct err *err)
{
	struct str_list due;
	struct arena arena;
	instant now = instant_now(), next = INSTANT_NONE;
	size_t put = 0;

	arena_init(&arena, KIB(512));
	bool ok = published_places_due(store, now, AT_ONCE * 2, &arena, &due, &next, err);
	for (size_t i = 0; ok && i < due.count; i++) {
		if (is_asked(places, due.items[i]))
			continue;
		while (put < AT_ONCE && places->questions[put].is_used)
			put++;
		if (put == AT_ONCE || !ask(places, &places->questions[put], due.items[i]))
			break;
	}
	/* With all in use the next answer brings the next turn. */
	places->next_ms = clock_ms() + LOOK_MOST_MS;
	if (ok && next != INSTANT_NONE && (next - now) * 1000 < LOOK_MOST_MS)
		places->next_ms = clock_ms() + (next - now) * 1000;
	arena_done(&arena);
	return ok;
}

bool keep_places_turn(struct keep_places *places, struct store *store, struct err *err)
{
	if (places->reach == NULL || places->reach->fd < 0 || places->name_count + places->address_count == 0 ||
	    clock_ms() < keep_places_deadline(places))
		return true;
	return write_answers(places, store, err) && ask_due(places, store, err);
}

int64_t keep_places_deadline(const struct keep_places *places)
{
	int64_t next = places->next_ms;

	if (places->reach == NULL || places->name_count + places->address_count == 0)
		return -1;
	for (size_t i = 0; i < AT_ONCE; i++)
		if (places->questions[i].is_used && places->questions[i].deadline_ms < next)
			next = places->questions[i].deadline_ms;
	return next;
}
