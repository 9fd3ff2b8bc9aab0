/* SPDX-License-Identifier: ISC */
#include "sys/resolve.h"

#include <arpa/inet.h>
#include <assert.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unbound.h>

#include "base/attr.h"
#include "base/file.h"
#include "base/instant.h"
#include "base/limits.h"
#include "base/mem.h"
#include "report/wire.h"

#define CLASS_IN 1
#define QUESTION_MS 5000u
#define CACHE_SETS 512u
#define CACHE_WAYS 4u
#define FAILURE_TTL_SECS 5u
#define LEAST_TTL_SECS 5u
#define MOST_TTL_SECS 86400u

/* The keys of the root zone (IANA root-anchors): 2017 and 2024. */
static const char *const root_anchors[] = {
    ". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D",
    ". IN DS 38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16",
};

/* One answer in the form that is kept: see put_result(). */
struct cached {
	char name[RESOLVE_NAME_MAX];
	unsigned type; /* 0: free */
	int64_t expires_ms, used_ms;
	struct buf bytes;
};

struct resolve {
	struct ub_ctx *context;
	uint32_t question_ms;
	pthread_mutex_t lock; /* for `cache` and for every question */
	struct cached *cache;
	pthread_t pump;
	bool has_pump;
	int stop_fd;
	atomic_uint_fast64_t questions;
};

/* A question under way.  Two hold it, the asker and libunbound; whoever lets go last frees it. */
struct question {
	struct resolve *resolve;
	pthread_cond_t answered;
	struct ub_result *result;
	int error;
	bool done, abandoned;
};

const char *resolve_outcome_text(enum resolve_outcome outcome)
{
	static const char *const texts[] = {"answer", "nodata", "nxdomain", "servfail", "bogus", "timeout", "broken"};
	assert((unsigned)outcome < COUNT_OF(texts));
	return texts[outcome];
}

bool resolve_may_pass(enum resolve_outcome outcome)
{
	return outcome == RESOLVE_SERVFAIL || outcome == RESOLVE_BOGUS || outcome == RESOLVE_TIMEOUT;
}

static bool byte_is_name(char c)
{
	return byte_is_alpha(c) || byte_is_digit(c) || c == '-' || c == '_';
}

bool resolve_name(struct str text, char name[RESOLVE_NAME_MAX], struct str *out)
{
	if (text.len > 0 && text.p[text.len - 1] == '.')
		text.len--;
	if (text.len == 0 || text.len >= RESOLVE_NAME_MAX)
		return false;
	size_t label = 0;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.p[i];
		if (c == '.' ? label == 0 : !byte_is_name(c) || label == 63)
			return false;
		label = c == '.' ? 0 : label + 1;
		name[i] = byte_lower(c);
	}
	if (label == 0)
		return false;
	name[text.len] = '\0';
	*out = str_make(name, text.len);
	return true;
}

/* --- RDATA --- */

/* Appends a name of the wire; compression is no part of RDATA as libunbound gives it. */
static bool take_name(struct str *rest, struct arena *arena, struct str *out)
{
	struct buf text;
	buf_init(&text, 2048);
	size_t used = 0;
	for (;;) {
		if (used >= rest->len || used > 255)
			break;
		unsigned len = (unsigned char)rest->p[used];
		if (len == 0) {
			*out = text.len == 0 ? STR("") : arena_str(arena, buf_view(&text));
			*rest = str_from(*rest, used + 1);
			buf_done(&text);
			return true;
		}
		if (len > 63 || rest->len - used - 1 < len)
			break;
		if (text.len > 0)
			buf_byte(&text, '.');
		for (unsigned i = 1; i <= len; i++) {
			char c = rest->p[used + i];
			if (byte_is_name(c))
				buf_byte(&text, byte_lower(c));
			else
				buf_format(&text, "\\%03u", (unsigned)(unsigned char)c);
		}
		used += len + 1;
	}
	buf_done(&text);
	return false;
}

static unsigned take_u16(struct str *rest)
{
	unsigned value = (unsigned)(unsigned char)rest->p[0] << 8 | (unsigned char)rest->p[1];
	*rest = str_from(*rest, 2);
	return value;
}

static bool read_text(struct str rdata, struct arena *arena, struct str *out)
{
	char *joined = arena_bytes(arena, rdata.len + 1);
	size_t len = 0;

	if (rdata.len == 0)
		return false;
	for (size_t at = 0; at < rdata.len;) {
		size_t part = (unsigned char)rdata.p[at++];
		if (part > rdata.len - at)
			return false;
		memcpy(joined + len, rdata.p + at, part);
		len += part;
		at += part;
	}
	*out = str_make(joined, len);
	return true;
}

static bool read_address(int family, size_t len, struct str rdata, struct arena *arena, struct resolve_record *out)
{
	char text[INET6_ADDRSTRLEN];

	if (rdata.len != len || inet_ntop(family, rdata.p, text, sizeof text) == NULL)
		return false;
	out->text = arena_str(arena, str_of(text));
	out->data = arena_str(arena, rdata);
	return true;
}

static bool read_soa(struct str rdata, struct arena *arena, struct resolve_record *out)
{
	struct str mailbox;

	if (!take_name(&rdata, arena, &out->text) || !take_name(&rdata, arena, &mailbox) || rdata.len != 20)
		return false;
	unsigned high = take_u16(&rdata);
	out->serial = (uint32_t)high << 16 | take_u16(&rdata);
	return true;
}

bool resolve_read_rdata(enum resolve_type type, struct str rdata, struct arena *arena, struct resolve_record *out)
{
	struct resolve_record record = {0};
	bool ok = false;

	switch (type) {
	case RESOLVE_TXT: ok = read_text(rdata, arena, &record.text); break;
	case RESOLVE_A: ok = read_address(AF_INET, 4, rdata, arena, &record); break;
	case RESOLVE_AAAA: ok = read_address(AF_INET6, 16, rdata, arena, &record); break;
	case RESOLVE_SOA: ok = read_soa(rdata, arena, &record); break;
	case RESOLVE_NS:
	case RESOLVE_CNAME: ok = take_name(&rdata, arena, &record.text) && rdata.len == 0; break;
	case RESOLVE_MX:
		if (rdata.len < 3)
			break;
		record.preference = take_u16(&rdata);
		ok = take_name(&rdata, arena, &record.text) && rdata.len == 0;
		break;
	case RESOLVE_TLSA:
		if (rdata.len < 4)
			break;
		record.usage = (unsigned char)rdata.p[0];
		record.selector = (unsigned char)rdata.p[1];
		record.matching = (unsigned char)rdata.p[2];
		record.data = arena_str(arena, str_from(rdata, 3));
		ok = true;
		break;
	}
	if (ok)
		*out = record;
	return ok;
}

/* --- an answer as it is kept: outcome, security, ttl, canonical name, reason, records --- */

struct outline {
	enum resolve_outcome outcome;
	enum resolve_security security;
	uint32_t ttl_secs;
	struct str canonical, reason;
	uint32_t count;
};

static void put_outline(struct buf *out, const struct outline *outline)
{
	wire_put_u8(out, outline->outcome);
	wire_put_u8(out, outline->security);
	wire_put_u32(out, outline->ttl_secs);
	wire_put_str(out, outline->canonical);
	wire_put_str(out, outline->reason);
	wire_put_u32(out, outline->count);
}

static void put_failure(struct buf *out, enum resolve_outcome outcome, const char *reason)
{
	struct outline outline = {.outcome = outcome, .ttl_secs = FAILURE_TTL_SECS, .reason = str_of(reason)};
	put_outline(out, &outline);
}

static size_t count_records(const struct ub_result *result, size_t *out_bytes)
{
	size_t count = 0, bytes = 0;
	while (result->data != NULL && result->data[count] != NULL && count <= LIMIT_DNS_RECORDS)
		bytes += (size_t)result->len[count++];
	*out_bytes = bytes;
	return count;
}

static uint32_t clamp_ttl(int ttl)
{
	if (ttl < (int)LEAST_TTL_SECS)
		return LEAST_TTL_SECS;
	return ttl > (int)MOST_TTL_SECS ? MOST_TTL_SECS : (uint32_t)ttl;
}

static const char *rcode_words(int rcode)
{
	switch (rcode) {
	case 1: return "the server did not understand the question (FORMERR)";
	case 2: return "the server failed (SERVFAIL)";
	case 4: return "the server does not do this (NOTIMP)";
	case 5: return "the server refused (REFUSED)";
	default: return "the server gave an error";
	}
}

/* libunbound's words where the keys of the anchor did not come: another resolver drops DNSSEC, or nobody answers. */
static bool is_without_anchor_keys(const char *why)
{
	return strstr(why, "could not fetch DNSKEY rrset") != NULL ||
	       (strstr(why, "no DNSKEY rrset") != NULL && strstr(why, "for trust anchor") != NULL);
}

static void put_result(struct buf *out, const struct ub_result *result)
{
	size_t bytes, count = count_records(result, &bytes);

	/* Without the keys at the top nothing was verified: that is our own trouble, or the network's. */
	if (result->bogus && result->why_bogus != NULL && is_without_anchor_keys(result->why_bogus)) {
		put_failure(out, RESOLVE_SERVFAIL, "the keys of the trust anchor cannot be fetched");
		return;
	}
	if (result->bogus) {
		put_failure(out, RESOLVE_BOGUS, result->why_bogus == NULL ? "its DNSSEC signatures do not hold"
		                                                          : result->why_bogus);
		return;
	}
	if (result->rcode != 0 && result->rcode != 3) {
		put_failure(out, RESOLVE_SERVFAIL, rcode_words(result->rcode));
		return;
	}
	if (count > LIMIT_DNS_RECORDS || bytes > LIMIT_DNS_ANSWER_BYTES) {
		put_failure(out, RESOLVE_BROKEN, "the answer is larger than any real one");
		return;
	}
	struct outline outline = {
	    .outcome = result->nxdomain ? RESOLVE_NXDOMAIN : result->havedata && count > 0 ? RESOLVE_ANSWER : RESOLVE_NODATA,
	    .security = result->secure ? RESOLVE_SECURE : RESOLVE_INSECURE,
	    .ttl_secs = clamp_ttl(result->ttl),
	    .canonical = str_of(result->canonname),
	};
	outline.count = outline.outcome == RESOLVE_ANSWER ? (uint32_t)count : 0;
	if (outline.canonical.len > 0 && result->qname != NULL && str_eq_nocase(outline.canonical, str_of(result->qname)))
		outline.canonical = STR_NONE;
	put_outline(out, &outline);
	for (size_t i = 0; i < outline.count; i++)
		wire_put_str(out, str_make(result->data[i], (size_t)result->len[i]));
}

static bool get_records(struct wire_reader *reader, enum resolve_type type, size_t count, struct arena *arena,
                        struct resolve_answer *out)
{
	out->records = ARENA_ARRAY(arena, count, struct resolve_record);
	for (size_t i = 0; i < count; i++) {
		struct str rdata = wire_get_bytes(reader, LIMIT_DNS_ANSWER_BYTES);
		if (reader->failed || !resolve_read_rdata(type, rdata, arena, &out->records[i]))
			return false;
	}
	out->count = count;
	return true;
}

static struct str shown_name(struct str name, struct arena *arena)
{
	char plain[RESOLVE_NAME_MAX];
	struct str checked;
	return resolve_name(name, plain, &checked) ? arena_str(arena, checked) : STR_NONE;
}

static void get_answer(struct str bytes, enum resolve_type type, struct arena *arena, struct resolve_answer *out)
{
	struct wire_reader reader = {.rest = bytes};
	struct resolve_answer answer = {0};

	answer.outcome = (enum resolve_outcome)wire_get_enum(&reader, RESOLVE_OUTCOME_COUNT);
	answer.security = (enum resolve_security)wire_get_enum(&reader, RESOLVE_SECURITY_COUNT);
	answer.ttl_secs = wire_get_u32(&reader);
	answer.canonical = shown_name(wire_get_bytes(&reader, 1024), arena);
	answer.reason = arena_str(arena, wire_get_bytes(&reader, 1024));
	size_t count = wire_get_u32(&reader);
	if (!get_records(&reader, type, count, arena, &answer))
		answer = (struct resolve_answer){.outcome = RESOLVE_BROKEN, .reason = STR("a record breaks its form")};
	*out = answer;
}

/* --- the cache: sets of four, so that no choice of names makes it slow or large --- */

static uint32_t hash_name(struct str name, unsigned type)
{
	uint32_t hash = UINT32_C(2166136261) ^ type;
	for (size_t i = 0; i < name.len; i++)
		hash = (hash ^ (unsigned char)name.p[i]) * UINT32_C(16777619);
	return hash;
}

static struct cached *cache_set(struct resolve *resolve, struct str name, unsigned type)
{
	return &resolve->cache[(size_t)(hash_name(name, type) % CACHE_SETS) * CACHE_WAYS];
}

static struct cached *cache_find(struct resolve *resolve, struct str name, unsigned type)
{
	struct cached *set = cache_set(resolve, name, type);
	for (size_t i = 0; i < CACHE_WAYS; i++) {
		if (set[i].type == type && str_eq(name, str_of(set[i].name)))
			return &set[i];
	}
	return NULL;
}

static bool cache_get(struct resolve *resolve, struct str name, unsigned type, struct arena *arena, struct str *out)
{
	int64_t now = clock_ms();

	pthread_mutex_lock(&resolve->lock);
	struct cached *found = cache_find(resolve, name, type);
	bool ok = found != NULL && found->expires_ms > now;
	if (ok) {
		found->used_ms = now;
		*out = arena_str(arena, buf_view(&found->bytes));
	}
	pthread_mutex_unlock(&resolve->lock);
	return ok;
}

static void cache_put(struct resolve *resolve, struct str name, unsigned type, struct str bytes, uint32_t ttl_secs)
{
	if (bytes.len > LIMIT_DNS_CACHED_BYTES)
		return;
	pthread_mutex_lock(&resolve->lock);
	struct cached *place = cache_find(resolve, name, type);
	struct cached *set = cache_set(resolve, name, type);
	for (size_t i = 0; place == NULL && i < CACHE_WAYS; i++) {
		if (set[i].type == 0)
			place = &set[i];
	}
	if (place == NULL) {
		place = set;
		for (size_t i = 1; i < CACHE_WAYS; i++) {
			if (set[i].used_ms < place->used_ms)
				place = &set[i];
		}
	}
	memcpy(place->name, name.p, name.len);
	place->name[name.len] = '\0';
	place->type = type;
	place->used_ms = clock_ms();
	place->expires_ms = place->used_ms + (int64_t)ttl_secs * 1000;
	buf_clear(&place->bytes);
	buf_str(&place->bytes, bytes);
	pthread_mutex_unlock(&resolve->lock);
}

/* --- libunbound --- */

static void question_free(struct question *question)
{
	ub_resolve_free(question->result);
	pthread_cond_destroy(&question->answered);
	mem_free(question);
}

static void on_answer(void *data, int error, struct ub_result *result)
{
	struct question *question = data;
	struct resolve *resolve = question->resolve;

	pthread_mutex_lock(&resolve->lock);
	question->result = result;
	question->error = error;
	question->done = true;
	bool abandoned = question->abandoned;
	if (!abandoned)
		pthread_cond_signal(&question->answered);
	pthread_mutex_unlock(&resolve->lock);
	if (abandoned)
		question_free(question);
}

/* Hands answers to those who wait for them, until told to stop. */
static void *pump_main(void *data)
{
	struct resolve *resolve = data;
	struct pollfd fds[2] = {{.fd = ub_fd(resolve->context), .events = POLLIN},
	                        {.fd = resolve->stop_fd, .events = POLLIN}};

	for (;;) {
		if (poll(fds, 2, -1) < 0)
			continue;
		if (fds[1].revents != 0)
			return NULL;
		if (fds[0].revents != 0)
			(void)ub_process(resolve->context);
	}
}

/* With the first question, so that a role can be sealed between opening and asking. */
static bool start_pump(struct resolve *resolve)
{
	pthread_mutex_lock(&resolve->lock);
	if (!resolve->has_pump)
		resolve->has_pump = pthread_create(&resolve->pump, NULL, pump_main, resolve) == 0;
	bool ok = resolve->has_pump;
	pthread_mutex_unlock(&resolve->lock);
	return ok;
}

static bool wait_answer(struct question *question, int64_t deadline_ms)
{
	struct timespec until = {.tv_sec = deadline_ms / 1000, .tv_nsec = (long)(deadline_ms % 1000) * 1000000};

	pthread_mutex_lock(&question->resolve->lock);
	while (!question->done &&
	       pthread_cond_clockwait(&question->answered, &question->resolve->lock, CLOCK_MONOTONIC, &until) == 0)
		;
	bool done = question->done;
	question->abandoned = !done;
	pthread_mutex_unlock(&question->resolve->lock);
	return done;
}

/* One question to libunbound, its answer in the form that is kept. */
static void ask_unbound(struct resolve *resolve, struct str name, enum resolve_type type, int64_t deadline_ms,
                        struct buf *out)
{
	struct question *question = mem_new(sizeof *question);
	int id = 0;

	if (!start_pump(resolve)) {
		mem_free(question);
		put_failure(out, RESOLVE_SERVFAIL, "no thread can be started");
		return;
	}
	question->resolve = resolve;
	pthread_cond_init(&question->answered, NULL);
	atomic_fetch_add(&resolve->questions, 1);
	int error = ub_resolve_async(resolve->context, name.p, (int)type, CLASS_IN, question, on_answer, &id);
	if (error != 0) {
		question_free(question);
		put_failure(out, RESOLVE_SERVFAIL, ub_strerror(error));
		return;
	}
	if (!wait_answer(question, deadline_ms)) {
		/* Cancelled in time, on_answer will not be called any more; else it frees the question. */
		if (ub_cancel(resolve->context, id) == 0)
			question_free(question);
		put_failure(out, RESOLVE_TIMEOUT, "there was no answer in time");
		return;
	}
	if (question->error != 0 || question->result == NULL)
		put_failure(out, RESOLVE_SERVFAIL, question->error != 0 ? ub_strerror(question->error) : NULL);
	else
		put_result(out, question->result);
	question_free(question);
}

void resolve_ask(struct resolve *resolve, struct str text, enum resolve_type type, int64_t deadline_ms,
                 struct arena *arena, struct resolve_answer *out)
{
	char plain[RESOLVE_NAME_MAX];
	struct str name, kept;

	if (!resolve_name(text, plain, &name)) {
		*out = (struct resolve_answer){.outcome = RESOLVE_BROKEN, .reason = STR("no such name can stand in DNS")};
		return;
	}
	if (cache_get(resolve, name, type, arena, &kept)) {
		get_answer(kept, type, arena, out);
		return;
	}
	struct buf fresh;
	buf_init(&fresh, LIMIT_DNS_ANSWER_BYTES + KIB(8));
	ask_unbound(resolve, name, type, deadline_ms, &fresh);
	if (fresh.failed) {
		buf_clear(&fresh);
		put_failure(&fresh, RESOLVE_BROKEN, "the answer is larger than any real one");
	}
	get_answer(arena_str(arena, buf_view(&fresh)), type, arena, out);
	cache_put(resolve, name, type, buf_view(&fresh), out->ttl_secs > 0 ? out->ttl_secs : FAILURE_TTL_SECS);
	buf_done(&fresh);
}

uint64_t resolve_questions(const struct resolve *resolve)
{
	return atomic_load(&resolve->questions);
}

int64_t resolve_deadline(const struct resolve *resolve)
{
	return clock_ms() + resolve->question_ms;
}

/* --- opening --- */

static const struct {
	const char *option, *value;
} settings[] = {
    {"do-not-query-localhost:", "no"}, /* a resolver of one's own on loopback is usual */
    {"msg-cache-size:", "4m"},
    {"rrset-cache-size:", "8m"},
    {"key-cache-size:", "2m"},
    {"neg-cache-size:", "1m"},
    {"num-queries-per-thread:", "512"},
    {"cache-max-ttl:", "86400"},
    {"cache-max-negative-ttl:", "900"},
    {"infra-host-ttl:", "60"}, /* a server that comes back is asked again soon */
    {"module-config:", "validator iterator"},
};

/* Read here and handed over line by line: libunbound would open the file with the first question only, when the role is
 * sealed already. */
static bool open_anchor_file(struct ub_ctx *context, const char *file, struct err *err)
{
	struct buf text;
	size_t count = 0;
	bool ok;

	buf_init(&text, KIB(64));
	ok = file_read(file, &text, err);
	for (struct str rest = buf_view(&text); ok && rest.p != NULL;) {
		char line[2048];
		struct str record = str_trim(str_cut(&rest, '\n'));
		if (record.len == 0 || record.p[0] == ';')
			continue;
		ok = record.len < sizeof line;
		if (!ok)
			break;
		memcpy(line, record.p, record.len);
		line[record.len] = '\0';
		ok = ub_ctx_add_ta(context, line) == 0;
		count++;
	}
	buf_done(&text);
	return (ok && count > 0) || err_set(err, ERR_SETUP, "the trust anchor %.150s cannot be read", file);
}

static bool open_anchor(struct ub_ctx *context, const char *file, struct err *err)
{
	if (file != NULL)
		return open_anchor_file(context, file, err);
	for (size_t i = 0; i < COUNT_OF(root_anchors); i++) {
		if (ub_ctx_add_ta(context, root_anchors[i]) != 0)
			return err_set(err, ERR_SETUP, "the keys of the DNS root cannot be used");
	}
	return true;
}

static bool open_forwarders(struct ub_ctx *context, const struct resolve_options *options, struct err *err)
{
	for (size_t i = 0; i < options->forwarder_count; i++) {
		if (ub_ctx_set_fwd(context, options->forwarders[i]) != 0)
			return err_set(err, ERR_SETUP, "the resolver \"%.100s\" is not of the form ADDRESS@PORT",
			               options->forwarders[i]);
	}
	/* Without a resolver in the system's file libunbound asks the servers of the DNS itself. */
	if (options->forwarder_count == 0)
		(void)ub_ctx_resolvconf(context, NULL);
	return true;
}

static bool open_context(struct ub_ctx *context, const struct resolve_options *options, struct err *err)
{
	for (size_t i = 0; i < COUNT_OF(settings); i++) {
		if (ub_ctx_set_option(context, settings[i].option, settings[i].value) != 0)
			return err_set(err, ERR_SETUP, "libunbound does not take \"%s\"", settings[i].option);
	}
	if (!open_forwarders(context, options, err) || !open_anchor(context, options->trust_anchor, err))
		return false;
	return ub_ctx_async(context, 1) == 0 || err_set(err, ERR_SETUP, "libunbound has no threads");
}

bool resolve_open(const struct resolve_options *options, struct resolve **out, struct err *err)
{
	struct ub_ctx *context = ub_ctx_create();

	if (context == NULL)
		return err_set(err, ERR_SETUP, "libunbound does not start");
	if (!open_context(context, options, err)) {
		ub_ctx_delete(context);
		return false;
	}
	struct resolve *resolve = mem_new(sizeof *resolve);
	resolve->context = context;
	resolve->question_ms = options->question_ms > 0 ? options->question_ms : QUESTION_MS;
	pthread_mutex_init(&resolve->lock, NULL);
	resolve->cache = mem_new_array((size_t)CACHE_SETS * CACHE_WAYS, sizeof *resolve->cache);
	for (size_t i = 0; i < (size_t)CACHE_SETS * CACHE_WAYS; i++)
		buf_init(&resolve->cache[i].bytes, LIMIT_DNS_CACHED_BYTES);
	resolve->stop_fd = eventfd(0, EFD_CLOEXEC);
	if (resolve->stop_fd < 0) {
		ub_ctx_delete(context);
		mem_free(resolve->cache);
		mem_free(resolve);
		return err_set(err, ERR_LATER, "no descriptor is left");
	}
	*out = resolve;
	return true;
}

void resolve_close(struct resolve **resolve)
{
	struct resolve *it = *resolve;

	if (it == NULL)
		return;
	(void)eventfd_write(it->stop_fd, 1);
	if (it->has_pump)
		pthread_join(it->pump, NULL);
	ub_ctx_delete(it->context);
	for (size_t i = 0; i < (size_t)CACHE_SETS * CACHE_WAYS; i++)
		buf_done(&it->cache[i].bytes);
	mem_free(it->cache);
	file_close(&it->stop_fd);
	pthread_mutex_destroy(&it->lock);
	mem_free(it);
	*resolve = NULL;
}
