/* SPDX-License-Identifier: ISC */
#include "role/smtp_server.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "role/smtp_connection.h"

#define FDS_MAX 64
#define STACK_BYTES KIB(256) /* a handshake needs some 40 KiB, a read 16 */
#define LOG_EVERY_MS 60000

struct server {
	struct smtp_common common;
	pthread_mutex_t lock; /* guards the list; a connection is in it as long as its socket is open */
	pthread_cond_t one_left;
	struct smtp_connection *first;
	pthread_attr_t small;
	int reserve_fd; /* given up to be able to turn a client away when descriptors run out */
	uint64_t logged;
};

/* Found by the thread of a connection. */
struct start {
	struct server *server;
	struct smtp_connection connection;
};

/* --- the list --- */

static void list_add(struct server *server, struct smtp_connection *connection)
{
	(void)pthread_mutex_lock(&server->lock);
	connection->next = server->first;
	if (server->first != NULL)
		server->first->previous = connection;
	server->first = connection;
	atomic_fetch_add(&server->common.open, 1);
	atomic_fetch_add(&server->common.strangers, !connection->is_known);
	(void)pthread_mutex_unlock(&server->lock);
}

/* Also closes: nobody else may touch the descriptor afterwards. */
static void list_remove(struct server *server, struct smtp_connection *connection)
{
	(void)pthread_mutex_lock(&server->lock);
	if (connection->previous != NULL)
		connection->previous->next = connection->next;
	else
		server->first = connection->next;
	if (connection->next != NULL)
		connection->next->previous = connection->previous;
	file_close(&connection->fd);
	atomic_fetch_sub(&server->common.open, 1);
	atomic_fetch_sub(&server->common.strangers, !connection->is_known);
	(void)pthread_cond_signal(&server->one_left);
	(void)pthread_mutex_unlock(&server->lock);
}

static size_t count_network(struct server *server, const char *network)
{
	size_t n = 0;

	(void)pthread_mutex_lock(&server->lock);
	for (const struct smtp_connection *c = server->first; c != NULL; c = c->next)
		n += !c->peer.is_local && strcmp(c->peer.network, network) == 0;
	(void)pthread_mutex_unlock(&server->lock);
	return n;
}

/* The stranger that has said nothing for longest goes, and of the known ones only where there is none; a message under way
 * never does. */
static bool evict_one(struct server *server, bool for_known)
{
	struct smtp_connection *oldest = NULL;
	int64_t since = INT64_MAX;

	(void)pthread_mutex_lock(&server->lock);
	for (struct smtp_connection *c = server->first; c != NULL; c = c->next) {
		int64_t idle_since = atomic_load(&c->idle_since_ms);
		bool is_worse = oldest != NULL && oldest->is_known != c->is_known ? !c->is_known : idle_since < since;
		if (idle_since > 0 && is_worse && (for_known || !c->is_known)) {
			oldest = c;
			since = idle_since;
		}
	}
	if (oldest != NULL) {
		atomic_store(&oldest->idle_since_ms, 0);
		(void)shutdown(oldest->fd, SHUT_RDWR);
	}
	(void)pthread_mutex_unlock(&server->lock);
	return oldest != NULL;
}

/* --- accepting --- */

static void *run_connection(void *arg)
{
	struct start *start = arg;

	smtp_connection_run(&start->connection);
	list_remove(start->server, &start->connection);
	mem_free(start);
	return NULL;
}

static void turn_away(struct server *server, int fd, const char *reply)
{
	atomic_fetch_add(&server->common.turned_away, 1);
	(void)send(fd, reply, strlen(reply), MSG_DONTWAIT | MSG_NOSIGNAL);
	file_close(&fd);
}

/* Why there is no room for it, or NULL. */
static const char *refusal_of(struct server *server, const struct smtp_connection *connection)
{
	const struct smtp_server_setup *setup = server->common.setup;

	if (!connection->peer.is_local &&
	    count_network(server, connection->peer.network) >= setup->connections_per_network)
		return "421 4.7.0 too many connections from your network\r\n";
	bool is_full = atomic_load(&server->common.open) >= setup->connections;
	bool is_stranger_too_many =
	    !connection->is_known && atomic_load(&server->common.strangers) >= setup->connections - setup->reserved;
	if (!is_full && !is_stranger_too_many)
		return NULL;
	if (!evict_one(server, connection->is_known))
		return "421 4.3.2 too many connections\r\n";
	atomic_fetch_add(&server->common.evicted, 1);
	return NULL;
}

static void take_client(struct server *server, int fd, const struct sockaddr_storage *from, bool is_lmtp)
{
	const struct smtp_server_setup *setup = server->common.setup;
	struct start *start = mem_new(sizeof *start);
	struct smtp_connection *connection = &start->connection;
	pthread_t thread;
	int on = 1;

	start->server = server;
	*connection = (struct smtp_connection){.common = &server->common, .fd = fd, .is_lmtp = is_lmtp};
	atomic_store(&connection->idle_since_ms, clock_ms());
	peer_of((const struct sockaddr *)from, &connection->peer);
	if (setup->limits_loopback && connection->peer.network[0] != '\0')
		connection->peer.is_local = false;
	connection->is_known = connection->peer.is_local ||
	                       (setup->is_known != NULL && setup->is_known(setup->context, str_of(connection->peer.network)));
	atomic_fetch_add(&server->common.connections, 1);
	const char *refusal = refusal_of(server, connection);
	if (refusal == NULL) {
		(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
		list_add(server, connection);
		if (pthread_create(&thread, &server->small, run_connection, start) == 0)
			return;
		connection->fd = -1;
		list_remove(server, connection);
		refusal = "421 4.3.2 too much to do\r\n";
	}
	turn_away(server, fd, refusal);
	mem_free(start);
}

/* Without a descriptor accept(2) fails and the client waits in the queue for ever, and poll(2) spins: one is kept
 * back, to let it in and send it away. */
static void turn_away_one(struct server *server, int listen_fd)
{
	file_close(&server->reserve_fd);
	int fd = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd >= 0)
		turn_away(server, fd, "421 4.3.2 too many connections\r\n");
	server->reserve_fd = fcntl(listen_fd, F_DUPFD_CLOEXEC, 0);
	if (fd < 0)
		(void)poll(NULL, 0, 20);
}

static void accept_client(struct server *server, int listen_fd, bool is_lmtp)
{
	struct sockaddr_storage from = {0};
	socklen_t len = sizeof from;
	int fd = accept4(listen_fd, (struct sockaddr *)&from, &len, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd >= 0)
		take_client(server, fd, &from, is_lmtp);
	else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
		turn_away_one(server, listen_fd);
}

/* --- the whole --- */

static void log_counters(struct server *server)
{
	struct smtp_common *c = &server->common;
	uint64_t connections = atomic_load(&c->connections);

	if (connections == server->logged && atomic_load(&c->open) == 0)
		return;
	server->logged = connections;
	LOG(LOG_LEVEL_INFO, "smtp-counters", LOG_NUM("connections", connections),
	    LOG_NUM("open", atomic_load(&c->open)), LOG_NUM("strangers", atomic_load(&c->strangers)), LOG_NUM("turned_away", atomic_load(&c->turned_away)),
	    LOG_NUM("evicted", atomic_load(&c->evicted)), LOG_NUM("messages", atomic_load(&c->messages)),
	    LOG_NUM("kept", atomic_load(&c->kept)), LOG_NUM("later", atomic_load(&c->later)),
	    LOG_NUM("refused", atomic_load(&c->refused)), LOG_NUM("tls_failed", atomic_load(&c->tls_failed)),
	    LOG_NUM("errors", atomic_load(&c->errors)));
}

static bool has_room(void *context)
{
	const struct smtp_common *common = context;
	return atomic_load(&common->memory_bytes) < smtp_server_memory(common->setup, false);
}

static bool has_room_for_known(void *context)
{
	const struct smtp_common *common = context;
	return atomic_load(&common->memory_bytes) < smtp_server_memory(common->setup, true);
}

/* The policies hand their context to both questions; `find` passes on the setup's own. */
static enum smtp_recipient find(void *context, struct str address)
{
	const struct smtp_common *common = context;
	return common->setup->find_recipient(common->setup->context, address);
}

static void server_init(struct server *server, const struct smtp_server_setup *setup)
{
	pthread_condattr_t attributes;

	*server = (struct server){.common = {.setup = setup}};
	for (unsigned known = 0; known < 2; known++) {
		server->common.smtp[known] = (struct smtp_policy){
		    .offers_tls = setup->identity != NULL,
		    .host = setup->host,
		    .message_bytes = setup->message_bytes,
		    .find_recipient = find,
		    .has_room = known ? has_room_for_known : has_room,
		    .context = &server->common,
		};
		server->common.lmtp[known] = server->common.smtp[known];
		server->common.lmtp[known].is_lmtp = true;
	}
	(void)pthread_mutex_init(&server->lock, NULL);
	(void)pthread_condattr_init(&attributes);
	(void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&server->one_left, &attributes);
	(void)pthread_condattr_destroy(&attributes);
	(void)pthread_attr_init(&server->small);
	(void)pthread_attr_setstacksize(&server->small, STACK_BYTES);
	(void)pthread_attr_setdetachstate(&server->small, PTHREAD_CREATE_DETACHED);
	server->reserve_fd = setup->fd_count > 0 ? fcntl(setup->fds[0], F_DUPFD_CLOEXEC, 0) : -1;
}

/* True when nobody is left who could look at the server again. */
static bool drain(struct server *server)
{
	int64_t until_ms = clock_ms() + server->common.setup->deliver_ms + 1000;
	struct timespec until = {.tv_sec = until_ms / 1000, .tv_nsec = until_ms % 1000 * 1000000};
	int late = 0;

	atomic_store(&server->common.draining, true);
	(void)pthread_mutex_lock(&server->lock);
	/* Those who wait for a command see an end; a message under way is read and answered. */
	for (const struct smtp_connection *c = server->first; c != NULL; c = c->next)
		if (atomic_load(&c->idle_since_ms) > 0)
			(void)shutdown(c->fd, SHUT_RD);
	while (server->first != NULL && late == 0)
		late = pthread_cond_timedwait(&server->one_left, &server->lock, &until);
	bool is_empty = server->first == NULL;
	(void)pthread_mutex_unlock(&server->lock);
	return is_empty;
}

void smtp_server_run(const struct smtp_server_setup *setup)
{
	struct server *server = mem_new(sizeof *server);
	struct pollfd fds[FDS_MAX + 1];
	size_t n = setup->fd_count < FDS_MAX ? setup->fd_count : FDS_MAX;
	int64_t log_at_ms = clock_ms() + LOG_EVERY_MS;

	server_init(server, setup);
	for (size_t i = 0; i < n; i++) {
		/* A client that is gone again must not make accept(2) wait. */
		(void)fcntl(setup->fds[i], F_SETFL, O_NONBLOCK);
		fds[i] = (struct pollfd){.fd = setup->fds[i], .events = POLLIN};
	}
	fds[n] = (struct pollfd){.fd = setup->drain_fd, .events = POLLIN};
	while (fds[n].revents == 0) {
		if (poll(fds, n + 1, LOG_EVERY_MS) < 0) {
			fds[n].revents = 0;
			continue;
		}
		for (size_t i = 0; i < n; i++)
			if (fds[i].revents != 0)
				accept_client(server, setup->fds[i], i >= setup->lmtp_from);
		if (clock_ms() >= log_at_ms) {
			log_counters(server);
			log_at_ms = clock_ms() + LOG_EVERY_MS;
		}
	}
	bool is_empty = drain(server);
	log_counters(server);
	file_close(&server->reserve_fd);
	(void)pthread_attr_destroy(&server->small);
	if (is_empty)
		mem_free(server);
}
