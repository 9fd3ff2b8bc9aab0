/* SPDX-License-Identifier: ISC */
#include "role/keep_client.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/instant.h"
#include "base/log.h"
#include "base/mem.h"
#include "report/wire.h"
#include "role/role_start.h"
#include "sys/channel.h"
#include "sys/supervisor.h"

#define SEND_BYTES KIB(192)  /* gathered before they are sent: about what a socket takes at once */
#define QUEUE_BYTES MIB(1)
#define UNDER_WAY_MAX 4096u
#define GREETING_MS 30000    /* a recovery of the store may take its time */
#define COMMAND_MS 150000    /* a look at a domain takes up to two minutes */
#define BUSY_MS 5000         /* another command may be about to end */

struct keep_client {
	struct channel channel;
	pid_t supervisor; /* of the private keep; 0: it is the server's */
	uint64_t under_way;
	uint64_t next_command;
	struct buf body;
	keep_client_verdict_fn *on_verdict;
	void *context;
	/* The answer to the command that is under way. */
	bool has_answer;
	struct buf answer;
};

/* --- the two ways to a keep --- */

static int connect_server(const char *store_path, struct err *err)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int n = snprintf(address.sun_path, sizeof address.sun_path, "%s.control", store_path);

	/* No server can have a socket there either. */
	if (n < 0 || (size_t)n >= sizeof address.sun_path)
		return -1;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
		return fd;
	if (errno == EACCES || errno == EPERM)
		(void)err_set(err, ERR_DENIED, "the server of %.150s belongs to another user", store_path);
	file_close(&fd);
	return -1;
}

struct private_keep {
	const struct config *config;
	bool may_be_unsandboxed, needs_keys;
	int client_end, keep_end;
};

static int be_supervisor(void *context)
{
	struct private_keep *private_keep = context;
	struct buf text;
	struct err err = {0};

	file_close(&private_keep->client_end);
	/* What it has to say, it says to its client; here only real faults. */
	log_setup("private", LOG_LEVEL_WARNING);
	buf_init(&text, MIB(1));
	config_send(private_keep->config, &text);
	struct supervisor_door reach = {.role = ROLE_REACH};
	struct supervisor_plan plan = {
	    .doors = &reach,
	    .door_count = private_keep->needs_keys && role_is_built(ROLE_REACH) ? 1 : 0,
	    .config_text = buf_view(&text),
	    .decode_workers = role_decode_workers(private_keep->config),
	    .control_fd = -1,
	    .client_fd = private_keep->keep_end,
	    .may_be_unsandboxed = private_keep->may_be_unsandboxed,
	};
	return supervisor_run(&plan, &err) ? 0 : 1;
}

static bool start_private(const struct config *config, bool may_be_unsandboxed, bool needs_keys, int *out_fd,
                          pid_t *out_pid, struct err *err)
{
	int ends[2];

	if (!channel_pair(ends, err))
		return false;
	struct private_keep private_keep = {config, may_be_unsandboxed, needs_keys, ends[0], ends[1]};
	bool ok = child_fork(be_supervisor, &private_keep, out_pid, err);
	file_close(&ends[1]);
	if (ok)
		*out_fd = ends[0];
	else
		file_close(&ends[0]);
	return ok;
}

static bool take_greeting(struct keep_client *client, struct err *err)
{
	struct message message;

	if (!channel_receive(&client->channel, &message, clock_ms() + GREETING_MS, err))
		return err_prefix(err, "the store is not available");
	file_close(&message.fd);
	if (message.type != MESSAGE_READY)
		return err_set(err, ERR_INPUT, "the server speaks another language; is it of another version?");
	if (message.body.len == 0)
		return true;
	unsigned kind = (unsigned char)message.body.p[0];
	struct str text = str_upto(str_from(message.body, 1), 230);
	return err_set(err, kind <= ERR_SETUP && kind != ERR_NONE ? (enum err_kind)kind : ERR_SETUP, "%.*s",
	               STR_ARGS(text));
}

static bool open_once(const struct config *config, bool may_be_unsandboxed, bool needs_keys, const char *store_path,
                      struct keep_client *client, struct err *err)
{
	int fd = connect_server(store_path, err);

	if (fd < 0 && err->kind != ERR_NONE)
		return false;
	if (fd < 0 && !start_private(config, may_be_unsandboxed, needs_keys, &fd, &client->supervisor, err))
		return false;
	channel_init(&client->channel, fd, LIMIT_ARRIVAL_BYTES + MIB(2));
	return take_greeting(client, err);
}

static void let_go(struct keep_client *client)
{
	if (client->channel.fd >= 0)
		channel_done(&client->channel);
	client->channel.fd = -1;
	if (client->supervisor > 0)
		while (waitpid(client->supervisor, NULL, 0) < 0 && errno == EINTR)
			continue;
	client->supervisor = 0;
}

static bool open_client(const struct config *config, bool may_be_unsandboxed, bool needs_keys,
                        keep_client_verdict_fn *on_verdict, void *context, struct keep_client **out, struct err *err)
{
	char store_path[4096];
	int64_t until = clock_ms() + BUSY_MS;

	if (!config_store_path(config, store_path, sizeof store_path, err))
		return false;
	struct keep_client *client = mem_new(sizeof *client);
	client->channel.fd = -1;
	client->on_verdict = on_verdict;
	client->context = context;
	buf_init(&client->body, LIMIT_ARRIVAL_BYTES + KIB(32));
	buf_init(&client->answer, MIB(1));
	for (;;) {
		struct err one = {0};
		if (open_once(config, may_be_unsandboxed, needs_keys, store_path, client, &one)) {
			*out = client;
			return true;
		}
		let_go(client);
		if (one.kind != ERR_LATER || clock_ms() >= until) {
			keep_client_close(&client);
			return err_set(err, one.kind, "%s", one.text);
		}
		(void)poll(NULL, 0, 100);
	}
}

bool keep_client_open(const struct config *config, bool may_be_unsandboxed, keep_client_verdict_fn *on_verdict,
                      void *context, struct keep_client **out, struct err *err)
{
	return open_client(config, may_be_unsandboxed, false, on_verdict, context, out, err);
}

bool keep_client_open_keys(const struct config *config, bool may_be_unsandboxed, keep_client_verdict_fn *on_verdict,
                           void *context, struct keep_client **out, struct err *err)
{
	return open_client(config, may_be_unsandboxed, true, on_verdict, context, out, err);
}

void keep_client_close(struct keep_client **client)
{
	if (*client == NULL)
		return;
	let_go(*client);
	buf_done(&(*client)->body);
	buf_done(&(*client)->answer);
	mem_free(*client);
	*client = NULL;
}

/* --- messages --- */

static bool take(struct keep_client *client, const struct message *message, struct err *err)
{
	struct verdict verdict;

	if (message->type == MESSAGE_ANSWER) {
		client->has_answer = true;
		buf_clear(&client->answer);
		buf_str(&client->answer, message->body);
		return true;
	}
	if (message->type != MESSAGE_VERDICT || client->under_way == 0)
		return err_set(err, ERR_INPUT, "the server speaks another language; is it of another version?");
	if (!verdict_read(message->body, &verdict, err))
		return false;
	client->under_way--;
	if (client->on_verdict != NULL)
		client->on_verdict(client->context, message->id, &verdict);
	return true;
}

/* Sends and receives what can be without waiting. */
static bool exchange(struct keep_client *client, struct err *err)
{
	struct message message;
	struct err fault = {0};

	bool open = channel_flush(&client->channel, &fault) && channel_fill(&client->channel, &fault);
	while (channel_get(&client->channel, &message, &fault)) {
		file_close(&message.fd);
		if (!take(client, &message, err))
			return false;
	}
	if (fault.kind == ERR_INPUT)
		return err_set(err, ERR_INPUT, "%s", fault.text);
	return open ? true : err_set(err, ERR_LATER, "the server is gone; what it had not confirmed can be sent again");
}

static bool wait_and_exchange(struct keep_client *client, int64_t deadline_ms, struct err *err)
{
	int events = POLLIN | (channel_wants_write(&client->channel) ? POLLOUT : 0);
	struct pollfd fd = {.fd = client->channel.fd, .events = (short)events};
	int64_t left = deadline_ms < 0 ? -1 : deadline_ms - clock_ms();

	if (deadline_ms >= 0 && left <= 0)
		return err_set(err, ERR_LATER, "the server does not answer in time");
	if (poll(&fd, 1, (int)left) < 0 && errno != EINTR)
		return err_set(err, ERR_LATER, "poll: %s", strerror(errno));
	return exchange(client, err);
}

bool keep_client_deliver(struct keep_client *client, uint64_t id, const struct arrival *arrival, struct err *err)
{
	struct err full = {0};

	buf_clear(&client->body);
	wire_write_arrival(arrival, &client->body);
	if (client->body.failed)
		return err_set(err, ERR_TOO_BIG, "the message is larger than can be kept");
	while (client->channel.out.len > QUEUE_BYTES || client->under_way >= UNDER_WAY_MAX ||
	       !channel_put(&client->channel, MESSAGE_ARRIVAL, id, buf_view(&client->body), &full))
		if (!wait_and_exchange(client, -1, err))
			return false;
	client->under_way++;
	return client->channel.out.len < SEND_BYTES || exchange(client, err);
}

bool keep_client_finish(struct keep_client *client, struct err *err)
{
	while (client->under_way > 0)
		if (!wait_and_exchange(client, -1, err))
			return false;
	return true;
}

bool keep_client_command(struct keep_client *client, const char *tenant, const char *verb, struct str arguments,
                         struct buf *out, struct err *err)
{
	int64_t deadline = clock_ms() + COMMAND_MS;

	buf_clear(&client->body);
	wire_put_str(&client->body, str_of(verb));
	wire_put_u64(&client->body, 0);
	wire_put_str(&client->body, str_of(tenant == NULL ? "" : tenant));
	buf_str(&client->body, arguments);
	client->has_answer = false;
	if (!channel_put(&client->channel, MESSAGE_COMMAND, ++client->next_command, buf_view(&client->body), err))
		return false;
	while (!client->has_answer)
		if (!wait_and_exchange(client, deadline, err))
			return false;
	struct wire_reader reader = {.rest = buf_view(&client->answer)};
	unsigned kind = wire_get_enum(&reader, ERR_SETUP + 1);
	struct str text = wire_get_text(&reader, 240);
	if (reader.failed)
		return err_set(err, ERR_INPUT, "the server gave an answer that makes no sense");
	if (kind != ERR_NONE)
		return err_set(err, (enum err_kind)kind, "%.*s", STR_ARGS(text));
	if (out != NULL)
		buf_str(out, reader.rest);
	return true;
}
