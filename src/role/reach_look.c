/* SPDX-License-Identifier: ISC */
#include "role/reach_look.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/instant.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "role/domain_look.h"
#include "role/look_manners.h"
#include "role/look_wire.h"
#include "role/reach_wire.h"
#include "role/setup_wire.h"
#include "sys/sandbox.h"
#include "version.h"

#define QUEUE (LIMIT_LOOK_THREADS * 2)
#define SHARED_MS 600000 /* how old what another look saw may be, for one of the schedule */
#define KNOCK_MS 20000   /* how long a policy host's turn is waited for */
#define REQUEST_BYTES KIB(64)

struct request {
	uint64_t id;
	struct buf body;
};

struct reach_look {
	struct domain_look_options options; /* but for what is a request's own */
	struct look_manners *manners;
	struct tls_authorities *authorities;
	struct keep_link *link;
	struct arena arena; /* of the resolvers' names */
	struct record_view resolvers[RECORD_WATCH_MOST]; /* whom to ask whether a record is seen */
	size_t resolver_count;
	struct resolve_options resolving;
	unsigned threads;
	char our_name[256], user_agent[400];
	pthread_mutex_t lock; /* guards the queue */
	pthread_cond_t more;
	struct request queue[QUEUE]; /* a ring */
	size_t first, count;
};

/* One look under way. */
struct looking {
	struct reach_look *looks;
	int64_t oldest_ms;
};

static void look_mx(void *context, struct str host, const struct address *address, const struct mx_look_options *options,
                    struct arena *arena, struct mx_look *out)
{
	struct looking *looking = context;

	look_manners_look(looking->looks->manners, host, address, options, looking->oldest_ms, arena, out);
}

static bool may_connect(void *context, const struct address *address)
{
	struct looking *looking = context;

	return look_manners_knock(looking->looks->manners, address, clock_ms() + KNOCK_MS);
}

static void name_ourselves(struct reach_look *looks, const struct config *config)
{
	const char *set = config->look_hostname[0] != '\0' ? config->look_hostname : config->smtp_hostname;

	(void)snprintf(looks->our_name, sizeof looks->our_name, "%s", set);
	if (looks->our_name[0] == '\0' && gethostname(looks->our_name, sizeof looks->our_name - 1) != 0)
		(void)snprintf(looks->our_name, sizeof looks->our_name, "localhost");
	(void)snprintf(looks->user_agent, sizeof looks->user_agent, "mailseal/%s (%s; looks at TLS for mail)", MAILSEAL_VERSION,
	               looks->our_name);
}

bool reach_look_open(const struct config *config, struct resolve *resolve, struct reach_look **out, struct err *err)
{
	const char *ca_file = config->look_ca_file[0] == '\0' ? NULL : config->look_ca_file;
	bool local = strcmp(config->look_local, "yes") == 0;
	struct tls_authorities *authorities;

	if (!tls_authorities_open(ca_file, &authorities, err))
		return false;
	if (tls_authorities_are_none(authorities)) {
		tls_authorities_close(&authorities);
		return err_set(err, ERR_SETUP, "no authorities are installed (package ca-certificates): no certificate could be verified");
	}
	struct reach_look *looks = mem_new(sizeof *looks);
	name_ourselves(looks, config);
	looks->authorities = authorities;
	looks->manners = look_manners_new();
	looks->threads = (unsigned)config->look_at_once;
	looks->options = (struct domain_look_options){
	    .resolve = resolve,
	    .authorities = authorities,
	    .ca_file = ca_file,
	    .smtp_port = (uint16_t)config->look_smtp_port,
	    .https_port = (uint16_t)config->look_https_port,
	    .smtp_local = local,
	    .https_local = local,
	    .our_name = str_of(looks->our_name),
	    .user_agent = looks->user_agent,
	    .timeout_ms = (uint32_t)config->look_timeout * 1000,
	    .look_mx = look_mx,
	    .may_connect = may_connect,
	};
	arena_init(&looks->arena, KIB(64));
	looks->resolver_count = record_watch_resolvers(&config->dns_resolvers, &looks->arena, looks->resolvers);
	looks->resolving = (struct resolve_options){
	    .forwarders = (const char *const *)config->dns_resolvers.items,
	    .forwarder_count = config->dns_resolvers.count,
	    .trust_anchor = config->dns_trust_anchor[0] == '\0' ? NULL : config->dns_trust_anchor,
	    .question_ms = (uint32_t)config->dns_timeout * 1000,
	};
	sandbox_may_read(looks->resolving.trust_anchor); /* for each errand anew */
	sandbox_may_read(ca_file);
	(void)pthread_mutex_init(&looks->lock, NULL);
	(void)pthread_cond_init(&looks->more, NULL);
	for (size_t i = 0; i < QUEUE; i++)
		buf_init(&looks->queue[i].body, REQUEST_BYTES);
	*out = looks;
	return true;
}

/* --- the queue --- */

static bool is_errand(struct str body)
{
	return body.len > 0 && (unsigned char)body.p[0] == REACH_SETUP;
}

static bool may_take(struct str body)
{
	struct look_request request;
	struct setup_request errand;
	struct arena arena;
	struct err err = {0};

	arena_init(&arena, KIB(64));
	bool ok = body.len < REQUEST_BYTES && (is_errand(body) ? setup_wire_read_request(body, &arena, &errand, &err)
	                                                       : look_wire_read_request(body, &arena, &request, &err));
	arena_done(&arena);
	return ok;
}

bool reach_look_take(struct reach_look *looks, uint64_t id, struct str body)
{
	if (!may_take(body))
		return false;
	(void)pthread_mutex_lock(&looks->lock);
	bool has_room = looks->count < QUEUE;
	if (has_room) {
		struct request *place = &looks->queue[(looks->first + looks->count++) % QUEUE];
		place->id = id;
		buf_clear(&place->body);
		buf_str(&place->body, body);
		(void)pthread_cond_signal(&looks->more);
	}
	(void)pthread_mutex_unlock(&looks->lock);
	if (!has_room) /* keep sends no more than there is room for; what is lost is due again */
		LOG(LOG_LEVEL_WARNING, "too-many-looks");
	return true;
}

static uint64_t wait_for_one(struct reach_look *looks, struct buf *out)
{
	(void)pthread_mutex_lock(&looks->lock);
	while (looks->count == 0)
		(void)pthread_cond_wait(&looks->more, &looks->lock);
	struct request *request = &looks->queue[looks->first];
	uint64_t id = request->id;
	buf_clear(out);
	buf_str(out, buf_view(&request->body));
	looks->first = (looks->first + 1) % QUEUE;
	looks->count--;
	(void)pthread_mutex_unlock(&looks->lock);
	return id;
}

/* --- a look --- */

static void answer(struct reach_look *looks, uint64_t id, struct check *check)
{
	struct buf body;

	buf_init(&body, LIMIT_LOOK_BYTES);
	look_wire_write_check(check, &body);
	if (body.failed) { /* what can be seen of the rest is not worth more than this */
		*check = (struct check){.domain = check->domain, .at = check->at, .verdict = CHECK_CANNOT_TELL,
		                        .mx_state = CHECK_CANNOT_TELL};
		check->tls_rpt.state = check->mta_sts.state = check->dane.state = CHECK_CANNOT_TELL;
		buf_clear(&body);
		look_wire_write_check(check, &body);
	}
	keep_link_tell(looks->link, id, buf_view(&body));
	buf_done(&body);
}

static void look_at(struct reach_look *looks, uint64_t id, struct str body)
{
	struct looking looking = {.looks = looks};
	struct domain_look_options options = looks->options;
	struct look_request request;
	struct check check;
	struct arena arena;
	struct err err = {0};

	arena_init(&arena, MIB(32));
	if (look_wire_read_request(body, &arena, &request, &err)) {
		int64_t began = clock_ms();
		looking.oldest_ms = request.is_fresh ? began : began - SHARED_MS;
		options.context = &looking;
		options.our_rua = request.our_rua;
		domain_look(request.domain, &options, &arena, &check);
		LOG(LOG_LEVEL_DEBUG, "looked", LOG_STR("domain", check.domain), LOG_TEXT("verdict", check_state_text(check.verdict)),
		    LOG_NUM("ms", clock_ms() - began));
		answer(looks, id, &check);
	}
	arena_done(&arena);
}

/* --- an errand of the set-up guide --- */

static void watch(const struct reach_look *looks, const struct setup_request *request, struct resolve *resolve,
                  struct arena *arena, struct setup_answer *out)
{
	domain_proof_find(resolve, &request->proof, arena, &out->found);
	memcpy(out->views, looks->resolvers, sizeof out->views);
	out->view_count = looks->resolver_count;
	record_watch(request->proof.domain, &request->ours, &looks->resolving, arena, out->views, out->view_count);
	/* What one of them sees is published, also while another still has the old one. */
	for (size_t i = 0; i < out->view_count && out->found.proof == DOMAIN_UNPROVEN; i++)
		if (out->views[i].seen == RECORD_SEEN)
			out->found = (struct domain_proof_found){.proof = DOMAIN_PROVEN_RECORD};
}

static void test(const struct reach_look *looks, const struct setup_request *request, struct resolve *resolve,
                 struct arena *arena, struct setup_answer *out)
{
	struct domain_look_options options = looks->options;

	options.resolve = resolve;
	for (; out->test_count < request->ours.count; out->test_count++) {
		out->ids[out->test_count] = test_report_id(arena);
		test_report_send(request->proof.domain, request->ours.items[out->test_count], out->ids[out->test_count], &options, arena,
		                  &out->tests[out->test_count]);
	}
}

static void run_errand(struct reach_look *looks, uint64_t id, struct str body)
{
	struct setup_request request;
	struct setup_answer answer;
	struct arena arena;
	struct buf told;
	struct err err = {0};

	arena_init(&arena, MIB(8));
	buf_init(&told, MIB(1) - KIB(2));
	if (setup_wire_read_request(body, &arena, &request, &err)) {
		/* What was not there a moment ago must not be remembered. */
		struct resolve *fresh = NULL;
		struct resolve *resolve = resolve_open(&looks->resolving, &fresh, &err) ? fresh : looks->options.resolve;
		answer = (struct setup_answer){.errand = request.errand, .domain = request.proof.domain};
		if (request.errand == SETUP_WATCH)
			watch(looks, &request, resolve, &arena, &answer);
		else
			test(looks, &request, resolve, &arena, &answer);
		resolve_close(&fresh);
		setup_wire_write_answer(&answer, &told);
		keep_link_tell(looks->link, id, buf_view(&told));
	}
	buf_done(&told);
	arena_done(&arena);
}

static void *work(void *data)
{
	struct reach_look *looks = data;
	struct buf body;

	buf_init(&body, REQUEST_BYTES);
	for (;;) {
		uint64_t id = wait_for_one(looks, &body);
		if (is_errand(buf_view(&body)))
			run_errand(looks, id, buf_view(&body));
		else
			look_at(looks, id, buf_view(&body));
	}
	return NULL;
}

void reach_look_start(struct reach_look *looks, struct keep_link *link)
{
	pthread_attr_t attributes;
	pthread_t thread;

	looks->link = link;
	(void)pthread_attr_init(&attributes);
	(void)pthread_attr_setstacksize(&attributes, KIB(512));
	for (unsigned i = 0; i < looks->threads; i++) {
		if (pthread_create(&thread, &attributes, work, looks) != 0) {
			LOG(LOG_LEVEL_ERROR, "no-thread");
			exit(EXIT_FAILURE);
		}
		(void)pthread_detach(thread);
	}
	(void)pthread_attr_destroy(&attributes);
}
