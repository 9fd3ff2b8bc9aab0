/* SPDX-License-Identifier: ISC */
/* What the command line may ask of `keep`.  A COMMAND is a verb (wire text) and its arguments; the answer is an error
 * or what the verb gives.  To add one: a function and a line of the table. */
#include "base/log.h"
#include "report/wire.h"
#include "role/diagnosis.h"
#include "role/keep.h"
#include "role/keep_policy.h"
#include "role/keep_trust.h"

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

static bool issue_ack(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	int64_t id = (int64_t)wire_get_u64(arguments);
	struct str owner = wire_get_text(arguments, LIMIT_NAME_BYTES);

	(void)answer;
	return diagnosis_acknowledge(keep->store, id, owner, instant_now(), err);
}

static bool issue_snooze(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	int64_t id = (int64_t)wire_get_u64(arguments);
	instant until = (instant)wire_get_u64(arguments);

	(void)answer;
	return diagnosis_snooze(keep->store, id, until, instant_now(), err);
}

static bool issue_close(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	int64_t id = (int64_t)wire_get_u64(arguments);
	enum issue_end why = (enum issue_end)wire_get_enum(arguments, END_COUNT);
	struct str note = wire_get_text(arguments, KIB(4));

	(void)answer;
	if (why < END_FIXED)
		return err_set(err, ERR_INPUT, "an issue is closed as fixed, not mine or accepted");
	return diagnosis_close(keep->store, id, why, note, instant_now(), err);
}

static bool issue_reopen(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err)
{
	int64_t id = (int64_t)wire_get_u64(arguments);

	(void)answer;
	return diagnosis_reopen(keep->store, id, instant_now(), err);
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
	return diagnosis_look(keep->store, id, &looked, instant_now(), err);
}

static const struct {
	const char *verb;
	command_fn *run;
} commands[] = {
    {"ping", ping},
    {"settle", settle},
    {"quarantine-drop", quarantine_drop},
    {"issue-ack", issue_ack},
    {"issue-snooze", issue_snooze},
    {"issue-close", issue_close},
    {"issue-reopen", issue_reopen},
    {"issue-look", issue_look},
    {"source-decide", keep_trust_decide},
    {"domain-add", keep_trust_domain_add},
    {"domain-remove", keep_trust_domain_remove},
    {"domain-edit", keep_trust_domain_edit},
    {"domain-prove", keep_trust_domain_prove},
    {"domain-mx", keep_trust_domain_mx},
    {"policy-publish", keep_policy_publish},
    {"tenant-add", keep_trust_tenant_add},
    {"tenant-rename", keep_trust_tenant_rename},
    {"tenant-remove", keep_trust_tenant_remove},
};

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

void keep_command(struct keep *keep, struct keep_peer *client, const struct message *message)
{
	struct wire_reader reader = {.rest = message->body};
	struct str verb = wire_get_text(&reader, 64);
	struct buf answer;
	struct err err = {0};
	bool ok = false;
	bool is_known = false;

	/* A verb sees, and is, a transaction of its own. */
	if (!keep_commit(keep))
		return;
	if (!reader.failed && str_eq(verb, STR("quarantine-retry"))) {
		quarantine_retry(keep, client, message->id, &reader);
		return;
	}
	if (!reader.failed && str_eq(verb, STR("reprocess"))) {
		keep_reprocess_start(keep, client, message->id, &reader);
		return;
	}
	buf_init(&answer, MIB(1) - KIB(1));
	for (size_t i = 0; i < COUNT_OF(commands) && !is_known; i++) {
		if (reader.failed || !str_eq(verb, str_of(commands[i].verb)))
			continue;
		is_known = true;
		ok = commands[i].run(keep, &reader, &answer, &err);
	}
	if (!is_known)
		(void)err_set(&err, ERR_INPUT, "the server does not know this command; is it of another version?");
	keep_answer(client, message->id, ok ? NULL : &err, buf_view(&answer));
	buf_done(&answer);
}
