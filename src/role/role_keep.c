/* SPDX-License-Identifier: ISC */
#include "role/role_keep.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/file.h"
#include "base/instant.h"
#include "base/log.h"
#include "base/mem.h"
#include "report/wire.h"
#include "role/keep.h"
#include "role/mute_token.h"
#include "role/look_schedule.h"
#include "role/setup_desk.h"
#include "role/oidc_desk.h"
#include "sys/supervisor.h"

#define CLIENTS_MAX 64u
#define CLIENT_BYTES (LIMIT_ARRIVAL_BYTES + MIB(1))
#define DRAIN_MS 4000
#define EXIT_STORE_FAILED 4
#define EXIT_NO_STORE 5

struct house {
	struct keep keep;
	struct channel control; /* to the supervisor */
	int listen_fd;          /* for the command line; -1: none */
	struct keep_peer clients[CLIENTS_MAX];
	uint64_t last_number, told_version;
	size_t bytes_most;
	bool is_private;  /* lives for one connection of the command line */
	bool is_draining;
	int64_t drain_until_ms;
	struct pollfd *fds;
	char store_path[4096];
};

/* --- connections --- */

static struct keep_peer *add_client(struct house *house, int fd, unsigned link)
{
	for (size_t i = 0; i < CLIENTS_MAX; i++) {
		struct keep_peer *client = &house->clients[i];
		if (client->channel.fd >= 0 || client->jobs > 0)
			continue;
		*client = (struct keep_peer){.link = link, .number = ++house->last_number};
		channel_init(&client->channel, fd, CLIENT_BYTES);
		return client;
	}
	LOG(LOG_LEVEL_WARNING, "too-many-connections");
	file_close(&fd);
	return NULL;
}

static void connect_reach(struct house *house, struct channel *channel)
{
	key_desk_connect(house->keep.keys, channel);
	if (house->is_private) /* which asks for keys alone, and what else is to be done waits for the server */
		return;
	keep_places_connect(house->keep.places, channel);
	alert_desk_connect(house->keep.alert_desk, channel);
	look_schedule_connect(house->keep.looks, channel);
	setup_desk_connect(house->keep.setups, channel);
	oidc_desk_connect(house->keep.oidc, channel);
}

static void end_client(struct house *house, struct keep_peer *client)
{
	if (client->link == ROLE_REACH && client->channel.fd >= 0)
		connect_reach(house, NULL);
	channel_done(&client->channel);
	client->number = 0; /* its jobs answer nobody */
	client->jobs = 0;
}

/* Frames are small beside what a door may have waiting; one that is lost comes with the next. */
static void tell_known(struct house *house, struct keep_peer *door)
{
	struct err err = {0};
	struct buf body;

	buf_init(&body, KIB(512));
	known_networks_write(house->keep.known, &body);
	if (!body.failed && body.len > 0)
		(void)channel_put(&door->channel, MESSAGE_KNOWN, 0, buf_view(&body), &err);
	buf_done(&body);
}

static bool is_door(const struct keep_peer *client)
{
	return client->channel.fd >= 0 && (client->link == ROLE_SMTP || client->link == ROLE_HTTP);
}

static void tell_known_all(struct house *house)
{
	if (house->told_version == house->keep.known_version)
		return;
	house->told_version = house->keep.known_version;
	for (size_t i = 0; i < CLIENTS_MAX; i++)
		if (is_door(&house->clients[i]))
			tell_known(house, &house->clients[i]);
}

static void greet(struct house *house, int fd, unsigned link)
{
	struct err err = {0};
	struct keep_peer *client = add_client(house, fd, link);
	/* Before the store is open there is only the fault to be told: tell_fault(). */
	if (client == NULL || house->keep.store == NULL)
		return;
	if (!channel_put(&client->channel, MESSAGE_READY, 0, STR(""), &err))
		end_client(house, client);
	else if (is_door(client))
		tell_known(house, client);
	else if (link == ROLE_REACH)
		connect_reach(house, &client->channel);
}

static void accept_command_line(struct house *house)
{
	struct ucred peer;
	socklen_t len = sizeof peer;
	int fd = accept4(house->listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) != 0 || (peer.uid != geteuid() && peer.uid != 0)) {
		LOG(LOG_LEVEL_WARNING, "control-denied", LOG_NUM("uid", peer.uid));
		file_close(&fd);
		return;
	}
	greet(house, fd, LINK_COMMAND_LINE);
}

static bool take_link(struct house *house, struct message *message)
{
	struct wire_reader reader = {.rest = message->body};
	unsigned peer = wire_get_u8(&reader);
	unsigned end = wire_get_enum(&reader, CHILD_END_COUNT);

	if (message->fd < 0 || reader.failed || peer > LINK_COMMAND_LINE)
		return false;
	if (peer == ROLE_DECODE) {
		if (message->id >= decode_pool_workers(house->keep.pool))
			return false;
		decode_pool_attach(house->keep.pool, (unsigned)message->id, message->fd, (enum child_end)end);
		return true;
	}
	if (peer == LINK_COMMAND_LINE) {
		house->is_private = true;
		if (message->id > 0)
			key_desk_expect(house->keep.keys, LIMIT_DKIM_PRIVATE_WAIT_MS);
	}
	/* A door has one connection: an older one is dead. */
	for (size_t i = 0; i < CLIENTS_MAX; i++)
		if (house->clients[i].channel.fd >= 0 && house->clients[i].link == peer && peer != LINK_COMMAND_LINE)
			end_client(house, &house->clients[i]);
	greet(house, message->fd, peer);
	return true;
}

/* False when the supervisor is gone or talks nonsense. */
static bool take_control(struct house *house)
{
	struct message message;
	struct err err = {0};
	bool open = channel_fill(&house->control, &err);

	while (channel_get(&house->control, &message, &err)) {
		if (message.type == MESSAGE_DRAIN && !house->is_draining) {
			house->is_draining = true;
			house->drain_until_ms = clock_ms() + DRAIN_MS;
		} else if (message.type == MESSAGE_LINK && !take_link(house, &message)) {
			file_close(&message.fd);
			return false;
		}
	}
	return open && err.kind != ERR_INPUT;
}

static void replace_worker(void *context, unsigned worker, bool has_failed)
{
	struct house *house = context;
	struct err err = {0};
	(void)channel_put(&house->control, MESSAGE_REPLACE, worker, has_failed ? STR("!") : STR(""), &err);
	(void)channel_flush(&house->control, &err);
}

static void on_decoded(void *context, uint64_t id, const struct decoded *decoded)
{
	struct house *house = context;
	keep_decoded(&house->keep, id, decoded);
}

/* --- one turn --- */

static bool has_room(const struct house *house)
{
	return house->keep.bytes_under_way < house->bytes_most;
}

static void take_client(struct house *house, struct keep_peer *client)
{
	struct message message;
	struct err err = {0};
	bool open = channel_fill(&client->channel, &err);
	bool ok = true;

	while (ok && client->channel.fd >= 0 && channel_get(&client->channel, &message, &err)) {
		file_close(&message.fd);
		ok = keep_take(&house->keep, client, &message);
	}
	if (!ok || err.kind == ERR_INPUT)
		LOG(LOG_LEVEL_ERROR, "bad-message", LOG_NUM("link", client->link));
	if (!ok || err.kind == ERR_INPUT || !open)
		end_client(house, client);
}

static size_t fill_poll(struct house *house)
{
	struct pollfd *fds = house->fds;
	unsigned workers = decode_pool_workers(house->keep.pool);
	bool reads = has_room(house) && !house->is_draining;

	fds[0] = (struct pollfd){.fd = house->control.fd, .events = POLLIN};
	fds[1] = (struct pollfd){.fd = house->is_draining ? -1 : house->listen_fd, .events = POLLIN};
	for (size_t i = 0; i < CLIENTS_MAX; i++) {
		int events = (reads ? POLLIN : 0) | (channel_wants_write(&house->clients[i].channel) ? POLLOUT : 0);
		fds[2 + i] = (struct pollfd){.fd = house->clients[i].channel.fd, .events = (short)events};
	}
	decode_pool_poll(house->keep.pool, fds + 2 + CLIENTS_MAX);
	return 2 + CLIENTS_MAX + workers;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < 0 || (b >= 0 && b < a) ? b : a;
}

static int wait_ms(const struct house *house)
{
	int64_t now = clock_ms();
	int64_t next = earlier(decode_pool_deadline(house->keep.pool), key_desk_deadline(house->keep.keys));

	next = earlier(next, house->keep.next_tick_ms);
	if (!house->is_private)
		next = earlier(next, house->keep.next_digest_ms);
	next = earlier(next, keep_policies_deadline(&house->keep));
	if (!house->is_private && !house->is_draining) {
		next = earlier(next, house->keep.next_retry_ms);
		next = earlier(next, house->keep.next_unread_ms);
		next = earlier(next, alert_desk_deadline(house->keep.alert_desk));
		next = earlier(next, look_schedule_deadline(house->keep.looks));
	}
	if (house->keep.undiagnosed_since_ms != 0)
		next = earlier(next, house->keep.settle_ms);
	if (house->keep.has_transaction)
		next = earlier(next, house->keep.group_since_ms + LIMIT_COMMIT_WAIT_MS);
	if (house->is_draining)
		next = earlier(next, house->drain_until_ms);
	return next < 0 ? -1 : next <= now ? 0 : (int)(next - now);
}

/* 256 reports in hand (keep.c sees to that), 2 ms since the first, or nothing more under way. */
static bool is_due(const struct keep *keep)
{
	return keep->has_transaction && (decode_pool_under_way(keep->pool) == 0 ||
	                                 clock_ms() - keep->group_since_ms >= LIMIT_COMMIT_WAIT_MS);
}

static void flush_clients(struct house *house)
{
	struct err err = {0};
	for (size_t i = 0; i < CLIENTS_MAX; i++) {
		struct keep_peer *client = &house->clients[i];
		if (client->channel.fd >= 0 && channel_wants_write(&client->channel) &&
		    !channel_flush(&client->channel, &err))
			end_client(house, client);
	}
}

static bool turn(struct house *house)
{
	size_t count = fill_poll(house);

	if (poll(house->fds, count, wait_ms(house)) < 0 && errno != EINTR)
		return false;
	if (house->fds[0].revents != 0 && !take_control(house))
		return false;
	if (house->fds[1].revents != 0)
		accept_command_line(house);
	for (size_t i = 0; i < CLIENTS_MAX; i++) {
		struct keep_peer *client = &house->clients[i];
		if (house->fds[2 + i].revents != 0 && client->channel.fd == house->fds[2 + i].fd && client->channel.fd >= 0)
			take_client(house, client);
	}
	uint64_t job;
	while (key_desk_ready(house->keep.keys, &job))
		keep_resume(&house->keep, job);
	if (!house->is_private && !house->is_draining)
		(void)(keep_retry(&house->keep) && look_schedule_turn(&house->keep));
	else if (house->is_private && key_desk_is_connected(house->keep.keys))
		(void)keep_retry(&house->keep); /* where there is no server, the next mail brings the pending ones along */
	decode_pool_turn(house->keep.pool, house->fds + 2 + CLIENTS_MAX);
	if (is_due(&house->keep))
		(void)keep_commit(&house->keep);
	(void)keep_tick(&house->keep);
	(void)keep_policies_turn(&house->keep);
	(void)keep_settle(&house->keep);
	if (!house->is_private && !house->is_draining)
		(void)keep_unread_turn(&house->keep);
	if (!house->is_private) {
		keep_post_digests(&house->keep);
		keep_say_alerts(&house->keep);
	}
	tell_known_all(house);
	if (house->keep.is_broken)
		return false;
	flush_clients(house);
	return true;
}

static bool has_clients(const struct house *house)
{
	for (size_t i = 0; i < CLIENTS_MAX; i++)
		if (house->clients[i].channel.fd >= 0 && !(house->is_private && house->clients[i].link == ROLE_REACH))
			return true;
	return false;
}

static bool wants_write(const struct house *house)
{
	for (size_t i = 0; i < CLIENTS_MAX; i++)
		if (house->clients[i].channel.fd >= 0 && channel_wants_write(&house->clients[i].channel))
			return true;
	return false;
}

static bool is_finished(const struct house *house)
{
	bool is_idle = decode_pool_under_way(house->keep.pool) == 0 && key_desk_waiting(house->keep.keys) == 0 &&
	               !house->keep.has_transaction && house->keep.undiagnosed_since_ms == 0;

	if (house->is_private && !has_clients(house))
		return is_idle;
	return house->is_draining && ((is_idle && !wants_write(house)) || clock_ms() >= house->drain_until_ms);
}

/* --- start --- */

/* Tells the supervisor, and a command that waits for us, what is wrong. */
static void tell_fault(struct house *house, const struct err *fault)
{
	struct err err = {0};
	struct buf body;

	buf_init(&body, 400);
	wire_put_u8(&body, fault->kind);
	buf_text(&body, fault->text);
	(void)channel_put(&house->control, MESSAGE_READY, 0, buf_view(&body), &err);
	(void)channel_flush(&house->control, &err);
	for (size_t i = 0; i < CLIENTS_MAX; i++) {
		if (house->clients[i].channel.fd < 0)
			continue;
		(void)channel_put(&house->clients[i].channel, MESSAGE_READY, 0, buf_view(&body), &err);
		(void)channel_flush(&house->clients[i].channel, &err);
	}
	buf_done(&body);
}

/* Without it alerts have no links that keep them quiet, and say the command instead. */
static void take_mute_key(struct keep *keep, const char *store_path)
{
	static char key[MUTE_TOKEN_KEY_BYTES];
	char path[4096 + 16];
	struct err err = {0};

	(void)snprintf(path, sizeof path, "%s.mute-key", store_path);
	if (mute_token_key(path, key, &err))
		keep->alert_house.mute_key = str_make(key, sizeof key);
	else
		LOG(LOG_LEVEL_WARNING, "no-mute-key", LOG_TEXT("why", err.text));
}

static bool open_store(struct house *house, const struct config *config, struct err *err)
{
	if (!config_store_path(config, house->store_path, sizeof house->store_path, err) ||
	    !store_open(house->store_path, STORE_WRITE, &house->keep.store, err))
		return false;
	house->keep.store_path = house->store_path;
	take_mute_key(&house->keep, house->store_path);
	store_set_policy(house->keep.store, (struct store_policy){
	                                        .count_unsigned = strcmp(config->trust_unsigned, "count") == 0,
	                                        .originals_days = (uint32_t)config->store_originals_days,
	                                    });
	return keep_learn_networks(&house->keep, err);
}

/* A command that waits for us was linked before we could say anything: it must hear what is wrong. */
static void take_first_links(struct house *house)
{
	struct pollfd fd = {.fd = house->control.fd, .events = POLLIN};
	if (poll(&fd, 1, 100) > 0)
		(void)take_control(house);
}

static int run(struct house *house, const struct config *config)
{
	struct err err = {0};
	struct decode_pool_hooks hooks = {.done = on_decoded, .replace = replace_worker, .context = house};

	house->keep.pool = decode_pool_new(role_decode_workers(config), hooks);
	house->fds = mem_new_array(2 + CLIENTS_MAX + decode_pool_workers(house->keep.pool), sizeof house->fds[0]);
	if (!open_store(house, config, &err)) {
		house->is_draining = true;
		take_first_links(house);
		if (!house->is_private)
			LOG(LOG_LEVEL_ERROR, "no-store", LOG_TEXT("why", err.text));
		tell_fault(house, &err);
		return EXIT_NO_STORE;
	}
	role_seal(ROLE_KEEP, config);
	(void)channel_put(&house->control, MESSAGE_READY, 0, STR(""), &err);
	(void)channel_flush(&house->control, &err);
	while (!is_finished(house))
		if (!turn(house))
			return house->keep.is_broken ? EXIT_STORE_FAILED : EXIT_FAILURE;
	return EXIT_SUCCESS;
}

/* Before it is sealed: the names in messages. */
static void name_house(struct keep *keep, const struct config *config)
{
	static char name[256], from[512];

	(void)snprintf(name, sizeof name, "%s", config->smtp_hostname);
	if (name[0] == '\0' && gethostname(name, sizeof name - 1) != 0)
		(void)snprintf(name, sizeof name, "localhost");
	(void)snprintf(from, sizeof from, "%s%s", config->alert_mail_from[0] == '\0' ? "mailseal@" : "",
	               config->alert_mail_from[0] == '\0' ? name : config->alert_mail_from);
	struct str url = str_of(config->web_url);
	while (url.len > 0 && url.p[url.len - 1] == '/')
		url.len--;
	keep->alert_house = (struct alert_house){
	    .name = str_of(name), .from = str_of(from), .base_url = str_make(url.p == NULL ? "" : url.p, url.len)};
	keep->alert_desk = alert_desk_new((uint32_t)config->alert_timeout);
	keep->digest_post = digest_post_of(config);
}

int role_keep_main(const struct config *config, int control_fd, const int *listen_fds, size_t n)
{
	struct house *house = mem_new(sizeof *house);

	keep_init(&house->keep);
	house->keep.config = config;
	house->keep.places = keep_places_new(config);
	house->keep.looks = look_schedule_new(config);
	house->keep.setups = setup_desk_new(config);
	house->keep.retry_secs = (uint32_t)config->dns_retry;
	name_house(&house->keep, config);
	house->keep.sessions = (struct web_session_limits){.idle_secs = (uint32_t)config->web_session_idle,
	                                                   .whole_secs = (uint32_t)config->web_session_length};
	house->listen_fd = n > 0 ? listen_fds[0] : -1;
	house->bytes_most = (size_t)config->limits_in_flight_bytes;
	for (size_t i = 0; i < CLIENTS_MAX; i++)
		house->clients[i].channel.fd = -1;
	channel_init(&house->control, control_fd, KIB(64));
	int code = run(house, config);
	if (house->keep.is_broken) {
		/* Nothing more is written, also not by closing. */
		_exit(code);
	}
	for (size_t i = 0; i < CLIENTS_MAX; i++)
		if (house->clients[i].channel.fd >= 0)
			end_client(house, &house->clients[i]);
	/* The supervisor takes the end of the channel for ours: the store is closed before. */
	keep_done(&house->keep);
	channel_done(&house->control);
	mem_free(house->fds);
	mem_free(house);
	return code;
}
