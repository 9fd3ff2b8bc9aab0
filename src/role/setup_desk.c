/* SPDX-License-Identifier: ISC */
#include "role/setup_desk.h"

#include <stdio.h>

#include "base/instant.h"
#include "base/limits.h"
#include "base/mem.h"
#include "role/actor.h"
#include "role/look_schedule.h"
#include "role/reach_wire.h"
#include "role/report_addresses.h"
#include "role/setup_wire.h"
#include "role/snapshot.h"
#include "store/audit.h"

#define UNDER_WAY_MOST 8u
#define LATE_MS 240000 /* two tests of two minutes at the most */
#define BY_MAIL 1u
#define BY_HTTPS 2u

struct errand {
	uint64_t id; /* 0: free */
	enum setup_errand what;
	char domain[RESOLVE_NAME_MAX];
	int64_t tenant, deadline_ms;
	struct keep_waiter waiter;
	/* Who asked, for the audit log. */
	enum actor_kind actor_kind;
	int64_t actor;
	char actor_name[LIMIT_NAME_BYTES], peer[64];
};

struct setup_desk {
	const struct config *config;
	struct channel *reach;
	struct errand errands[UNDER_WAY_MOST];
	uint64_t last_id;
};

struct setup_desk *setup_desk_new(const struct config *config)
{
	struct setup_desk *desk = mem_new(sizeof *desk);

	desk->config = config;
	desk->last_id = reach_id(REACH_DESK_SETUP, 0);
	return desk;
}

void setup_desk_free(struct setup_desk **desk)
{
	mem_free(*desk);
	*desk = NULL;
}

static void end(struct errand *errand, const struct err *fault, struct str payload)
{
	keep_answer_waiter(&errand->waiter, fault, payload);
	errand->id = 0;
}

void setup_desk_connect(struct setup_desk *desk, struct channel *reach)
{
	struct err err = {0};

	(void)err_set(&err, ERR_LATER, "the part of the server that looks was restarted; ask again");
	for (size_t i = 0; i < UNDER_WAY_MOST; i++)
		if (desk->errands[i].id != 0)
			end(&desk->errands[i], &err, STR_NONE);
	desk->reach = reach;
}

/* --- asking --- */

static struct errand *free_errand(struct setup_desk *desk)
{
	for (size_t i = 0; i < UNDER_WAY_MOST; i++)
		if (desk->errands[i].id == 0 || desk->errands[i].deadline_ms < clock_ms())
			return &desk->errands[i];
	return NULL;
}

static bool is_under_way(const struct setup_desk *desk, struct str domain, enum setup_errand what)
{
	for (size_t i = 0; i < UNDER_WAY_MOST; i++)
		if (desk->errands[i].id != 0 && desk->errands[i].what == what && desk->errands[i].deadline_ms >= clock_ms() &&
		    str_eq(str_of(desk->errands[i].domain), domain))
			return true;
	return false;
}

static bool send(struct setup_desk *desk, const struct domain_row *row, enum setup_errand what, unsigned by,
                 struct arena *arena, struct err *err)
{
	struct setup_request request = {.errand = what, .proof = domain_proof_wish_of(row, report_addresses_host(desk->config))};
	struct domain_rua rua;
	struct str ours[SETUP_ADDRESSES_MOST];
	struct buf body;

	report_addresses_of_domain(desk->config, STR_NONE, row->token, arena, &rua);
	request.ours.items = ours;
	if ((by & BY_MAIL) != 0)
		ours[request.ours.count++] = rua.mail;
	if ((by & BY_HTTPS) != 0)
		ours[request.ours.count++] = rua.https;
	buf_init(&body, KIB(16));
	setup_wire_write_request(&request, &body);
	bool ok = !body.failed && channel_put(desk->reach, MESSAGE_ASK, desk->last_id + 1, buf_view(&body), err);
	buf_done(&body);
	return ok;
}

static void copy(char *to, size_t size, struct str from)
{
	size_t len = from.len < size ? from.len : size - 1;

	if (len > 0)
		memcpy(to, from.p, len);
	to[len] = '\0';
}

static struct errand errand_of(const struct keep *keep, struct str domain, enum setup_errand what,
                               struct keep_waiter waiter)
{
	struct errand errand = {.what = what, .tenant = keep->tenant, .deadline_ms = clock_ms() + LATE_MS, .waiter = waiter,
	                        .actor_kind = ACTOR_COMMAND_LINE};

	copy(errand.domain, sizeof errand.domain, domain);
	if (keep->actor != NULL) {
		errand.actor_kind = keep->actor->kind;
		errand.actor = keep->actor->id;
		copy(errand.actor_name, sizeof errand.actor_name, keep->actor->name);
		copy(errand.peer, sizeof errand.peer, keep->actor->peer);
	}
	return errand;
}

static bool start(struct keep *keep, struct wire_reader *arguments, struct arena *arena, struct keep_peer *client,
                  uint64_t message_id, struct err *err)
{
	struct setup_desk *desk = keep->setups;
	struct str domain = wire_get_text(arguments, RESOLVE_NAME_MAX - 1);
	enum setup_errand what = (enum setup_errand)wire_get_enum(arguments, SETUP_ERRAND_COUNT);
	unsigned by = wire_get_u8(arguments);
	struct errand *errand = free_errand(desk);
	struct domain_row row;

	if (arguments->failed || by == 0 || by > (BY_MAIL | BY_HTTPS))
		return err_set(err, ERR_INPUT, "the command makes no sense; is it of another version?");
	if (!store_domain(keep->store, domain, arena, &row, err))
		return false;
	if (is_under_way(desk, domain, what))
		return err_set(err, ERR_LATER, "this is under way");
	if (desk->reach == NULL || desk->reach->fd < 0 || errand == NULL)
		return err_set(err, ERR_LATER, "the server cannot look now; ask again");
	if (!send(desk, &row, what, by, arena, err))
		return false;
	*errand = errand_of(keep, domain, what, keep_waiter(client, message_id));
	errand->id = ++desk->last_id;
	return true;
}

void setup_desk_ask(struct keep *keep, struct keep_peer *client, uint64_t message_id, struct wire_reader *arguments)
{
	struct arena arena;
	struct err err = {0};

	arena_init(&arena, KIB(256));
	if (!start(keep, arguments, &arena, client, message_id, &err))
		keep_answer(client, message_id, &err, STR_NONE);
	arena_done(&arena);
}

/* --- what was seen --- */

static bool note(struct keep *keep, const struct errand *errand, const struct snapshot_key *key, struct str before,
                 struct err *err)
{
	struct buf after;
	int64_t tenant = 0;
	char object[RESOLVE_NAME_MAX + 16];

	buf_init(&after, MIB(1));
	(void)snprintf(object, sizeof object, "domain %s", errand->domain);
	bool ok = snapshot(keep->store, key, &after, &tenant, err);
	struct audit_row row = {.at = instant_now(), .actor_kind = errand->actor_kind, .actor = errand->actor,
	                        .actor_name = str_of(errand->actor_name), .tenant = tenant, .peer = str_of(errand->peer),
	                        .action = STR("domain-prove"), .object = str_of(object), .before = before,
	                        .after = buf_view(&after)};
	ok = ok && audit_add(keep->store, &row, err);
	buf_done(&after);
	return ok;
}

/* A proof is only ever added here: what was proven stays so. */
static bool prove(struct keep *keep, const struct errand *errand, enum domain_proof proof, struct arena *arena, struct err *err)
{
	struct str name = str_of(errand->domain);
	struct snapshot_key key = {.kind = SNAPSHOT_DOMAIN, .name = name};
	struct domain_row row;
	struct buf before;
	int64_t tenant;

	if (!store_domain(keep->store, name, arena, &row, err))
		return false;
	if (row.proof != DOMAIN_UNPROVEN || proof == DOMAIN_UNPROVEN)
		return true;
	buf_init(&before, MIB(1));
	bool ok = store_joint_begin(keep->store, err);
	if (ok)
		ok = store_joint_end(keep->store,
		                     snapshot(keep->store, &key, &before, &tenant, err) &&
		                         store_domain_prove(keep->store, name, proof, instant_now(), err) &&
		                         note(keep, errand, &key, buf_view(&before), err),
		                     err);
	buf_done(&before);
	look_schedule_stale(keep->looks);
	return ok;
}

static void finish(struct keep *keep, struct errand *errand, const struct setup_answer *answer, struct str body,
                   struct arena *arena)
{
	struct err err = {0};
	struct buf payload;

	bool ok = true;
	if (answer->errand == SETUP_WATCH) {
		store_set_tenant(keep->store, errand->tenant);
		ok = prove(keep, errand, answer->found.proof, arena, &err);
		store_set_tenant(keep->store, 0);
	}
	buf_init(&payload, MIB(1) - KIB(1));
	buf_byte(&payload, 0);
	buf_str(&payload, body);
	end(errand, ok ? NULL : &err, buf_view(&payload));
	buf_done(&payload);
}

bool setup_desk_told(struct keep *keep, uint64_t id, struct str body)
{
	struct setup_desk *desk = keep->setups;
	struct errand *errand = NULL;
	struct setup_answer answer;
	struct arena arena;
	struct err err = {0};

	for (size_t i = 0; i < UNDER_WAY_MOST; i++)
		if (desk->errands[i].id == id)
			errand = &desk->errands[i];
	arena_init(&arena, MIB(4));
	bool ok = setup_wire_read_answer(body, &arena, &answer, &err);
	/* What nobody waits for is dropped; an answer about another domain is a lie. */
	if (ok && errand != NULL)
		ok = answer.errand == errand->what && str_eq(answer.domain, str_of(errand->domain));
	if (ok && errand != NULL && keep_commit(keep))
		finish(keep, errand, &answer, body, &arena);
	arena_done(&arena);
	return ok;
}
