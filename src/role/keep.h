/* SPDX-License-Identifier: ISC */
#pragma once
/* The work of `keep` between its connections and the store (role_keep.c owns the connections): jobs, group commit,
 * verdicts, commands. */
#include <stdbool.h>
#include <stdint.h>

#include "report/arrival.h"
#include "report/decoded.h"
#include "report/wire.h"
#include "role/alert_desk.h"
#include "role/digest_post.h"
#include "role/actor.h"
#include "role/decode_pool.h"
#include "role/keep_places.h"
#include "role/key_desk.h"
#include "role/known_networks.h"
#include "role/quota.h"
#include "role/verdict.h"
#include "store/store.h"
#include "store/store_reprocess.h"
#include "store/web_sessions.h"
#include "sys/config.h"
#include "sys/channel.h"
#include "trust/grade.h"

struct keep_peer {
	struct channel channel; /* fd -1: free */
	unsigned link;          /* enum role of the door, or LINK_COMMAND_LINE */
	uint64_t number;        /* never used twice */
	size_t jobs;            /* under way */
};

/* Why an arrival is read again. */
enum keep_again {
	AGAIN_QUARANTINE, /* it could not be read before */
	AGAIN_TRUST,      /* a key could not be looked up before */
	AGAIN_DECODER,    /* by another version of the decoder */
	AGAIN_TEXT,       /* somebody wants to see what a report is made of; again_id is the report */
	AGAIN_UNREAD,     /* another version could not read it: can this one? */
	AGAIN_TAKE_IN,    /* it can, and is asked to */
};

/* Who waits for the answer to a command that takes a while. */
struct keep_waiter {
	struct keep_peer *client; /* NULL: nobody */
	uint64_t client_number, message_id;
};

/* One arrival under way, or one that is read again. */
struct keep_job {
	struct keep_peer *client;
	uint64_t client_number;
	uint64_t client_id; /* of its message */
	struct buf body;    /* the ARRIVAL */
	struct arrival arrival; /* points into body */
	int64_t again_id;   /* the arrival that is read again; 0: a new one */
	enum keep_again again;
	bool is_used, is_ingested;
	enum decode_turn turn;
	bool has_asked;     /* for the keys of its signatures: what is known now is all there will be */
	struct verdict verdict;
};

/* A batch of arrivals that is read again by today's decoder, for one command. */
struct keep_reprocess {
	struct keep_waiter waiter; /* nobody: none under way */
	bool dry_run, is_last;
	int64_t last_id;
	size_t under_way;
	uint64_t counts[REPROCESS_OUTCOME_COUNT];
};

/* What can now be read and is taken in, for one command. */
struct keep_take_in {
	struct keep_waiter waiter; /* nobody: none under way */
	size_t under_way;
	uint64_t stored, duplicates, held, unreadable;
};

struct keep {
	struct store *store;
	struct decode_pool *pool;
	struct key_desk *keys;
	struct keep_places *places;
	const char *store_path; /* of the copy of the policies; not owned */
	int64_t copied_version; /* of that copy */
	int64_t next_copy_ms;
	struct alert_desk *alert_desk; /* made by role_keep.c, which knows the configuration */
	struct alert_house alert_house;
	struct digest_post digest_post;
	int64_t next_digest_ms; /* clock_ms() of the next keep_post_digests */
	struct quota *quota;
	struct known_networks *known;
	uint64_t known_version; /* grows with it */
	struct known_networks *noted; /* on noted_day */
	int32_t noted_day;
	struct look_schedule *looks; /* role/look_schedule */
	struct setup_desk *setups;   /* role/setup_desk */
	struct oidc_desk *oidc;      /* role/oidc_desk */
	const struct config *config; /* not owned */
	struct keep_job **jobs; /* id - 1 is the index */
	size_t job_count;
	size_t *free_jobs;
	size_t free_count;
	size_t *group; /* indexes of the jobs that wait for the commit */
	size_t group_count;
	int64_t undiagnosed_since_ms; /* keys wait in issue_touched since then; 0: none do */
	int64_t settle_ms;            /* clock_ms() of the next keep_settle, while keys wait */
	bool has_transaction;
	int64_t group_since_ms;
	size_t bytes_under_way;
	int64_t next_tick_ms; /* clock_ms() of the next keep_tick; 0: at once, with all that waits for its diagnosis */
	int64_t next_retry_ms; /* of the next keep_retry */
	uint32_t retry_secs;   /* the first wait for a key */
	struct keep_peer self; /* the client of what the house does of its own accord: nobody */
	struct keep_reprocess reprocess;
	struct keep_take_in take_in;
	int64_t next_unread_ms;  /* of the next keep_unread_turn */
	bool has_tried_unread;   /* since all was tried */
	const struct actor *actor; /* who asks for the command at hand; NULL: the command line */
	int64_t tenant;            /* for whom; 0: the whole house */
	struct web_session_limits sessions;
	bool may_have_alerts; /* a commit may have left something to say */
	bool is_broken; /* a commit failed: end */
	struct err fault;
};

/* Takes one message of a client.  False when it breaks the rules: end the client. */
bool keep_take(struct keep *keep, struct keep_peer *client, const struct message *message);

/* The hook of the decode pool; `context` is the keep. */
void keep_decoded(void *context, uint64_t id, const struct decoded *decoded);

/* Commits what is in hand and queues the verdicts.  False, with is_broken, when the store failed. */
bool keep_commit(struct keep *keep);

/* Judges what waits, when nothing has come in for a moment: a part at a time, each in a transaction of its own.  False when
 * the store failed. */
bool keep_settle(struct keep *keep);
/* All of it at once. */
bool keep_settle_all(struct keep *keep);

/* What is done by the clock, also while nothing comes in: silence, issues that fade.  False when the store failed. */
bool keep_tick(struct keep *keep);

/* What concerns the policies that are served, by the clock: where their names lead, and the copy beside the store.  False
 * when the store failed. */
bool keep_policies_turn(struct keep *keep);
int64_t keep_policies_deadline(const struct keep *keep); /* clock_ms(); -1: none */
void keep_policies_soon(struct keep *keep);

/* Says alerts that are pending and works the outbox, between two transactions.  Not for a private keep: the server says
 * them. */
void keep_say_alerts(struct keep *keep);

/* Puts digests that are due into the outbox, now and then.  Not for a private keep. */
void keep_post_digests(struct keep *keep);

/* Of the store, which is open now: networks from which known reporters have delivered. */
bool keep_learn_networks(struct keep *keep, struct err *err);

void keep_init(struct keep *keep);
void keep_done(struct keep *keep);

/* A job that key_desk_ready() gave: it is read again, now with its keys. */
void keep_resume(struct keep *keep, uint64_t id);

/* After the last argument of a command: ERR_INPUT where one made no sense, or more is there. */
bool keep_arguments_end(const struct wire_reader *arguments, struct err *err);

/* Queues an answer to a command: an error, or nothing and what `payload` holds. */
void keep_answer(struct keep_peer *client, uint64_t id, const struct err *err, struct str payload);
struct keep_waiter keep_waiter(struct keep_peer *client, uint64_t message_id);
/* The same to who waits, if he is still there; he waits no longer. */
void keep_answer_waiter(struct keep_waiter *waiter, const struct err *err, struct str payload);

/* keep_commands.c: the verbs of COMMAND.  Answers at once or later.  False when it breaks the rules. */
bool keep_command(struct keep *keep, struct keep_peer *client, const struct message *message);
/* Reads the arrival `again_id` again; `arrival` may point into foreign memory, it is copied.  False, with an answer to the
 * client, when that cannot be. */
bool keep_read_again(struct keep *keep, struct keep_peer *client, uint64_t client_id, const struct arrival *arrival,
                     int64_t again_id, enum keep_again again);

/* keep_retry.c */
/* Tries signatures again whose key could not be looked up, when it is time.  False when the store failed. */
bool keep_retry(struct keep *keep);
/* What became of one of them. */
bool keep_retry_done(struct keep *keep, int64_t arrival_id, const struct decoded *decoded, const struct grade *grade,
                     struct err *err);
/* Inside the transaction of the ingest, for a grade that needs a key. */
bool keep_retry_put(struct keep *keep, int64_t arrival_id, struct err *err);
/* Starts a batch: dry_run, after which arrival, how many; the answer comes when all of it is read. */
void keep_reprocess_start(struct keep *keep, struct keep_peer *client, uint64_t message_id,
                          struct wire_reader *arguments);
bool keep_reprocess_done(struct keep *keep, int64_t arrival_id, const struct decoded *decoded, struct err *err);
/* Answers when nothing of the batch is under way any more. */
void keep_reprocess_finish(struct keep *keep);

/* keep_unread.c */
/* Reads an arrival of the quarantine again.  ERR_MISSING; what is wrong later is answered to the client. */
bool keep_unread_read(struct keep *keep, struct keep_peer *client, uint64_t message_id, int64_t id, enum keep_again again,
                      struct err *err);
/* When nothing else is to be done: tries one arrival that another version could not read.  False when the store failed. */
bool keep_unread_turn(struct keep *keep);
/* Whether it can be read, inside a transaction. */
bool keep_unread_done(struct keep *keep, int64_t id, const struct decoded *decoded, struct err *err);
/* Starts to take in what can be read now, a part of it: u64 0 -> u64 reports stored, duplicates, held, arrivals that cannot
 * be read after all, reports that are left. */
void keep_unread_take_in(struct keep *keep, struct keep_peer *client, uint64_t message_id, struct wire_reader *arguments);
/* What became of one of them; NULL: nothing. */
void keep_unread_taken_in(struct keep *keep, int64_t id, const struct ingest_result *result);
