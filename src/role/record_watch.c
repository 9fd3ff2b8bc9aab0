/* SPDX-License-Identifier: ISC */
#include "role/record_watch.h"

#include "base/file.h"
#include "base/limits.h"
#include "publish/txt_record.h"
#include "sys/address.h"

const char *record_seen_text(enum record_seen seen)
{
	static const char *const texts[] = {"seen", "other", "faulty", "not-there", "no-answer", "not-asked"};
	return texts[seen];
}

static bool has(const struct str_list *list, struct str uri)
{
	for (size_t i = 0; i < list->count; i++)
		if (str_eq_nocase(list->items[i], uri))
			return true;
	return false;
}

static enum record_seen judge(struct str name, const struct str_list *texts, const struct str_list *ours,
                              struct arena *arena, struct record_view *view)
{
	struct txt_record record;
	struct findings *findings = &view->findings;
	int chosen = txt_record_choose(texts, TXT_TLSRPT, name, arena, findings);

	if (findings_have(findings, FINDING_RECORD_MISSING))
		return RECORD_NOT_THERE;
	if (chosen < 0)
		return RECORD_FAULTY;
	txt_record_read(texts->items[chosen], TXT_TLSRPT, name, arena, &record, findings);
	view->record = texts->items[chosen];
	view->rua = record.rua;
	if (!record.is_valid)
		return RECORD_FAULTY;
	for (size_t i = 0; i < ours->count; i++)
		if (!has(&record.rua, ours->items[i]))
			return RECORD_OTHER;
	return RECORD_SEEN;
}

static void look(struct str name, const struct str_list *ours, struct resolve *resolve, struct arena *arena,
                 struct record_view *view)
{
	struct resolve_answer answer;

	*view = (struct record_view){.resolver = view->resolver};
	resolve_ask(resolve, name, RESOLVE_TXT, resolve_deadline(resolve), arena, &answer);
	if (resolve_may_pass(answer.outcome) || answer.outcome == RESOLVE_BROKEN) {
		view->seen = RECORD_NO_ANSWER;
		return;
	}
	struct str_list texts = {.items = ARENA_ARRAY(arena, answer.count, struct str)};
	for (size_t i = 0; answer.outcome == RESOLVE_ANSWER && i < answer.count; i++)
		texts.items[texts.count++] = answer.records[i].text;
	view->ttl_secs = answer.ttl_secs;
	view->seen = judge(name, &texts, ours, arena, view);
}

void record_watch(struct str domain, const struct str_list *ours, const struct resolve_options *options,
                  struct arena *arena, struct record_view *views, size_t count)
{
	struct str name = str_of(arena_format(arena, "%s.%.*s", txt_kind_label(TXT_TLSRPT), STR_ARGS(domain)));

	for (size_t i = 0; i < count; i++) {
		struct resolve_options one = *options;
		struct resolve *resolve = NULL;
		struct err err = {0};
		one.forwarders = views[i].resolver == NULL ? NULL : &views[i].resolver;
		one.forwarder_count = views[i].resolver == NULL ? 0 : 1;
		views[i].seen = RECORD_NO_ANSWER;
		if (resolve_open(&one, &resolve, &err))
			look(name, ours, resolve, arena, &views[i]);
		resolve_close(&resolve);
	}
}

static size_t system_resolvers(struct arena *arena, const char **out, size_t most)
{
	struct buf text;
	struct err err = {0};
	size_t count = 0;

	buf_init(&text, KIB(64));
	bool ok = file_read("/etc/resolv.conf", &text, &err);
	struct str rest = ok ? arena_str(arena, buf_view(&text)) : STR_NONE;
	while (rest.p != NULL && count < most) {
		struct str line = str_trim(str_cut(&rest, '\n'));
		struct address address;
		struct str word = str_trim(str_from(line, sizeof "nameserver" - 1));
		if (str_starts_with(line, STR("nameserver")) && address_parse(word, &address))
			out[count++] = arena_text(arena, word);
	}
	buf_done(&text);
	return count;
}

size_t record_watch_resolvers(const struct config_list *named, struct arena *arena,
                              struct record_view out[RECORD_WATCH_MOST])
{
	const char *names[RECORD_WATCH_MOST];
	size_t count = 0;

	for (size_t i = 0; i < named->count && count < RECORD_WATCH_MOST; i++)
		names[count++] = named->items[i];
	if (count == 0)
		count = system_resolvers(arena, names, RECORD_WATCH_MOST);
	if (count == 0)
		names[count++] = NULL;
	for (size_t i = 0; i < count; i++)
		out[i] = (struct record_view){.resolver = names[i], .seen = RECORD_SEEN_COUNT};
	return count;
}
