/* SPDX-License-Identifier: ISC */
/* What the command line and the web may ask of `keep`.  A COMMAND is a verb (wire text), for whom it is done (u64 tenant,
 * text name of a tenant, which goes before; 0 and "": the whole house), and its arguments; the answer is an error or what
 * the verb gives.  To add one: a function and a line of the table.  While a verb runs, the store answers for that tenant
 * alone, whatever the arguments name. */
#include "base/log.h"
#include "report/wire.h"
#include "role/diagnosis.h"
#include "role/keep.h"
#include "role/keep_alert.h"
#include "role/keep_policy.h"
#include "role/keep_trust.h"
#include "store/store_domains.h"

/* Fills `answer`, or sets `err` and returns false. */
typedef bool command_fn(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err);

static bool ping(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	(void)keep;
	(void)arguments;
	(void)answer;
	(void)err;
	return true;
}

/* So that whoever imported much finds its issues at once. */
static bool settle(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	(void)arguments;
	(void)answer;
	return keep_settle_all(keep) || err_set(err, ERR_LATER, "%s", keep->fault.text);
}

static bool quarantine_drop(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	int64_t id = (int64_t)wire_get_u64(arguments);

	(void)answer;
	return store_quarantine_drop(keep->store, id, err);
}

/* What is to be said of it, or no more, is judged with the next turn. */
static bool changed(struct keep *keep, bool ok)
{
	if (ok)
		keep->next_tick_ms = 0;
	return ok;
}

static bool issue_ack(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	int64_t id = (int64_t)wire_get_u64(arguments);
	struct str owner = wire_get_text(arguments, LIMIT_NAME_BYTES);

	(void)answer;
	return changed(keep, diagnosis_acknowledge(keep->store, id, owner, instant_now(), err));
}

static bool issue_snooze(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	int64_t id = (int64_t)wire_get_u64(arguments);
	instant until = (instant)wire_get_u64(arguments);

	(void)answer;
	return changed(keep, diagnosis_snooze(keep->store, id, until, instant_now(), err));
}

static bool issue_close(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	int64_t id = (int64_t)wire_get_u64(arguments);
	enum issue_end why = (enum issue_end)wire_get_enum(arguments, END_COUNT);
	struct str note = wire_get_text(arguments, KIB(4));

	(void)answer;
	if (why < END_FIXED)
		return err_set(err, ERR_INPUT, "an issue is closed as fixed, not mine or accepted");
	return changed(keep, diagnosis_close(keep->store, id, why, note, instant_now(), err));
}

static bool issue_reopen(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	int64_t id = (int64_t)wire_get_u64(arguments);

	(void)answer;
	return changed(keep, diagnosis_reopen(keep->store, id, instant_now(), err));
}

/* number, u8 enum issue_seen, story, bool asked for by a person. */
static bool issue_look(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	int64_t id = (int64_t)wire_get_u64(arguments);
	struct diagnosis_looked looked = {.seen = (enum issue_seen)wire_get_enum(arguments, SEEN_COUNT),
	                                  .story = wire_get_text(arguments, KIB(4)),
	                                  .is_asked_for = wire_get_bool(arguments)};

	(void)answer;
	if (arguments->failed)
		return err_set(err, ERR_INPUT, "the command makes no sense; is it of another version?");
	return changed(keep, diagnosis_look(keep->store, id, &looked, instant_now(), err));
}

/* The bytes go through a worker again; the answer, a verdict, comes when it has read them. */
static void quarantine_retry(struct keep *keep, struct keep_peer *client, uint64_t message_id,
                             struct wire_reader *arguments)
{
	int64_t id = (int64_t)wire_get_u64(arguments);
	struct quarantine_row row = {0};
	struct arena arena;
	struct buf original;
	struct err err = {0};

	arena_init(&arena, MIB(1));
	buf_init(&original, LIMIT_ARRIVAL_BYTES);
	if (store_quarantine_one(keep->store, id, &arena, &row, &original, &err)) {
		struct arrival arrival = {
		    .door = row.door,
		    .received_at = row.received_at,
		    .name = row.name,
		    .peer = row.peer,
		    .helo = row.helo,
		    .mail_from = row.from,
		    .recipient = row.recipient,
		    .is_secret = row.is_secret,
		    .bytes = buf_view(&original),
		};
		(void)keep_read_again(keep, client, message_id, &arrival, id, AGAIN_QUARANTINE);
	} else {
		keep_answer(client, message_id, &err, STR_NONE);
	}
	buf_done(&original);
	arena_done(&arena);
}

enum whose { HOUSE_ONLY, OF_A_TENANT_TOO };

/* `run` answers at once, `start` by itself, and maybe later. */
typedef void start_fn(struct keep *keep, struct keep_peer *client, uint64_t message_id, struct wire_reader *arguments);
static const struct command {
	const char *verb;
	enum whose whose;
	command_fn *run;
	start_fn *start;
} commands[] = {
    {"ping", OF_A_TENANT_TOO, ping, NULL},
    {"settle", HOUSE_ONLY, settle, NULL},
    {"quarantine-drop", OF_A_TENANT_TOO, quarantine_drop, NULL},
    {"quarantine-retry", OF_A_TENANT_TOO, NULL, quarantine_retry},
    {"issue-ack", OF_A_TENANT_TOO, issue_ack, NULL},
    {"issue-snooze", OF_A_TENANT_TOO, issue_snooze, NULL},
    {"issue-close", OF_A_TENANT_TOO, issue_close, NULL},
    {"issue-reopen", OF_A_TENANT_TOO, issue_reopen, NULL},
    {"issue-look", OF_A_TENANT_TOO, issue_look, NULL},
    {"alert-channel-add", HOUSE_ONLY, keep_alert_channel_add, NULL},
    {"alert-channel-edit", HOUSE_ONLY, keep_alert_channel_edit, NULL},
    {"alert-channel-remove", HOUSE_ONLY, keep_alert_channel_remove, NULL},
    {"alert-test", HOUSE_ONLY, keep_alert_test, NULL},
    {"source-decide", HOUSE_ONLY, keep_trust_decide, NULL},
    {"domain-add", OF_A_TENANT_TOO, keep_trust_domain_add, NULL},
    {"domain-remove", OF_A_TENANT_TOO, keep_trust_domain_remove, NULL},
    {"domain-edit", OF_A_TENANT_TOO, keep_trust_domain_edit, NULL},
    {"domain-prove", OF_A_TENANT_TOO, keep_trust_domain_prove, NULL},
    {"domain-mx", OF_A_TENANT_TOO, keep_trust_domain_mx, NULL},
    {"policy-publish", OF_A_TENANT_TOO, keep_policy_publish, NULL},
    {"tenant-add", HOUSE_ONLY, keep_trust_tenant_add, NULL},
    {"tenant-rename", HOUSE_ONLY, keep_trust_tenant_rename, NULL},
    {"tenant-remove", HOUSE_ONLY, keep_trust_tenant_remove, NULL},
    {"reprocess", HOUSE_ONLY, NULL, keep_reprocess_start},
};

static const struct command *command_of(struct str verb)
{
	for (size_t i = 0; i < COUNT_OF(commands); i++)
		if (str_eq(verb, str_of(commands[i].verb)))
			return &commands[i];
	return NULL;
}

static bool take_tenant(struct keep *keep, struct wire_reader *reader, int64_t *out, struct err *err)
{
	int64_t id = (int64_t)wire_get_u64(reader);
	struct str name = wire_get_text(reader, LIMIT_NAME_BYTES);

	if (reader->failed || id < 0)
		return err_set(err, ERR_INPUT, "the command makes no sense; is it of another version?");
	if (name.len > 0 && !store_tenant_find(keep->store, name, &id, err))
		return false;
	*out = id;
	return true;
}

/* The command of a message and for whom it is; NULL with `err`. */
static const struct command *read_command(struct keep *keep, struct wire_reader *reader, int64_t *out_tenant,
                                          struct err *err)
{
	const struct command *command = command_of(wire_get_text(reader, 64));

	if (command == NULL) {
		(void)err_set(err, ERR_INPUT, "the server does not know this command; is it of another version?");
		return NULL;
	}
	if (!take_tenant(keep, reader, out_tenant, err))
		return NULL;
	if (*out_tenant != 0 && command->whose == HOUSE_ONLY) {
		(void)err_set(err, ERR_DENIED, "this is for the whole house to decide, not for one tenant");
		return NULL;
	}
	return command;
}

void keep_command(struct keep *keep, struct keep_peer *client, const struct message *message)
{
	struct wire_reader reader = {.rest = message->body};
	struct err err = {0};
	int64_t tenant = 0;

	/* A verb sees, and is, a transaction of its own. */
	if (!keep_commit(keep))
		return;
	const struct command *command = read_command(keep, &reader, &tenant, &err);
	if (command == NULL) {
		keep_answer(client, message->id, &err, STR_NONE);
		return;
	}
	store_set_tenant(keep->store, tenant);
	if (command->start != NULL) {
		command->start(keep, client, message->id, &reader);
	} else {
		struct buf answer;
		buf_init(&answer, MIB(1) - KIB(1));
		bool ok = command->run(keep, &reader, &answer, &err);
		keep_answer(client, message->id, ok ? NULL : &err, buf_view(&answer));
		buf_done(&answer);
	}
	store_set_tenant(keep->store, 0);
}
