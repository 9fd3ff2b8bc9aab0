/* SPDX-License-Identifier: ISC */
/* Sends generated report mails by SMTP over many connections at once and measures what is acknowledged:
 *
 *     smtp_load HOST:PORT [--connections 64] [--mails 20000] [--recipient tls-reports@localhost] [--seed S]
 *
 * HOST is an IPv4 address.  Each connection is used for its whole share of the mails: envelope in one group, then the message.
 * The time of an acknowledgement runs from the last byte of the message to its 250.  Exit 1 if any mail was not
 * acknowledged. */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/instant.h"
#include "base/mem.h"
#include "base/num.h"
#include "bench/report_mail.h"

#define MAIL_BYTES_MAX ((size_t)4 * 1024 * 1024)
#define ALL_BYTES_MAX ((size_t)2048 * 1024 * 1024)
#define CONNECTIONS_MAX 1000
#define MAILS_MAX 1000000
#define WAIT_MS 60000

enum stage { STAGE_BANNER, STAGE_EHLO, STAGE_MAIL, STAGE_RCPT, STAGE_DATA, STAGE_ACK, STAGE_QUIT, STAGE_OVER };

struct client {
	int fd;
	enum stage stage;
	char in[2048];
	size_t in_len;
	struct str out; /* not yet sent; points into `all` or `envelope` */
	uint64_t sent_ns;
};

struct load {
	struct sockaddr_in where;
	uint64_t connections, mails, seed;
	const char *recipient;
	struct buf all; /* every mail, dot-stuffed, with its end */
	size_t *ends;   /* of each in `all` */
	uint64_t next;  /* mail to be sent */
	uint64_t acked, refused, over;
	uint64_t *waits_ns; /* of each acknowledgement */
	struct client *clients;
	char envelope[512];
	int epoll_fd;
};

static uint64_t now_ns(void)
{
	struct timespec at;
	(void)clock_gettime(CLOCK_MONOTONIC, &at);
	return (uint64_t)at.tv_sec * 1000000000u + (uint64_t)at.tv_nsec;
}

static _Noreturn void die(const char *what)
{
	(void)fprintf(stderr, "smtp_load: %s: %s\n", what, strerror(errno));
	exit(2);
}

/* --- the mails --- */

static void add_stuffed(struct buf *all, struct str mail)
{
	while (mail.len > 0) {
		size_t end = str_find(mail, STR("\r\n"));
		size_t len = end < mail.len ? end + 2 : mail.len;
		if (mail.p[0] == '.')
			buf_byte(all, '.');
		buf_str(all, str_upto(mail, len));
		if (end == mail.len)
			buf_text(all, "\r\n");
		mail = str_from(mail, len);
	}
	buf_text(all, ".\r\n");
}

static void make_mails(struct load *load)
{
	static struct world_bulk bulk;
	struct world_report report;
	struct report_mail *mail = report_mail_new();
	struct buf text;

	bulk.seed = load->seed;
	(void)day_parse(STR("2025-12-31"), &bulk.last_day);
	buf_init(&text, MAIL_BYTES_MAX);
	buf_init(&load->all, ALL_BYTES_MAX);
	load->ends = mem_new_array(load->mails, sizeof *load->ends);
	load->waits_ns = mem_new_array(load->mails, sizeof *load->waits_ns);
	for (uint64_t i = 0; i < load->mails; i++) {
		buf_clear(&text);
		world_next(&bulk, i, &report);
		report_mail_write(mail, &report, REPORT_MAIL_GZIP, &text);
		add_stuffed(&load->all, buf_view(&text));
		load->ends[i] = load->all.len;
	}
	if (load->all.failed || text.failed)
		die("the mails do not fit");
	buf_done(&text);
	report_mail_free(&mail);
}

/* --- a client --- */

static void watch(struct load *load, struct client *client, uint32_t events, int how)
{
	struct epoll_event event = {.events = events, .data.u64 = (uint64_t)(client - load->clients)};
	if (epoll_ctl(load->epoll_fd, how, client->fd, &event) != 0)
		die("epoll");
}

static void end(struct load *load, struct client *client)
{
	file_close(&client->fd);
	client->stage = STAGE_OVER;
	load->over++;
}

static void flush(struct load *load, struct client *client)
{
	while (client->out.len > 0) {
		ssize_t put = send(client->fd, client->out.p, client->out.len, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (put < 0 && (errno == EAGAIN || errno == EINTR)) {
			watch(load, client, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
			return;
		}
		if (put < 0) {
			end(load, client);
			return;
		}
		client->out = str_from(client->out, (size_t)put);
	}
	client->sent_ns = now_ns();
}

static void say(struct load *load, struct client *client, struct str text, enum stage stage)
{
	client->out = text;
	client->stage = stage;
	flush(load, client);
}

static void next_mail(struct load *load, struct client *client)
{
	if (load->next < load->mails)
		say(load, client, str_of(load->envelope), STAGE_MAIL);
	else
		say(load, client, STR("QUIT\r\n"), STAGE_QUIT);
}

static void take_reply(struct load *load, struct client *client, unsigned code)
{
	static const unsigned wanted[] = {220, 250, 250, 250, 354, 250, 221};

	if (client->stage == STAGE_ACK && code == 250)
		load->waits_ns[load->acked++] = now_ns() - client->sent_ns;
	else if (code != wanted[client->stage]) {
		load->refused++;
		end(load, client);
		return;
	}
	switch (client->stage) {
	case STAGE_BANNER: say(load, client, STR("EHLO load.example\r\n"), STAGE_EHLO); break;
	case STAGE_MAIL: client->stage = STAGE_RCPT; break;
	case STAGE_RCPT: client->stage = STAGE_DATA; break;
	case STAGE_DATA: {
		if (load->next == load->mails) { /* another one took the last: an empty message would be refused */
			end(load, client);
			break;
		}
		size_t from = load->next == 0 ? 0 : load->ends[load->next - 1];
		struct str mail = str_make(load->all.p + from, load->ends[load->next] - from);
		load->next++;
		say(load, client, mail, STAGE_ACK);
		break;
	}
	case STAGE_EHLO:
	case STAGE_ACK: next_mail(load, client); break;
	case STAGE_QUIT:
	case STAGE_OVER: end(load, client); break;
	}
}

static void take_lines(struct load *load, struct client *client)
{
	struct str rest = str_make(client->in, client->in_len);

	for (;;) {
		size_t lf = str_find_byte(rest, '\n');
		if (lf == rest.len)
			break;
		uint64_t code = 0;
		bool is_last = lf >= 4 && rest.p[3] == ' ' && num_parse_uint(str_upto(rest, 3), 999, &code);
		rest = str_from(rest, lf + 1);
		if (is_last)
			take_reply(load, client, (unsigned)code);
		if (client->stage == STAGE_OVER)
			return;
	}
	memmove(client->in, rest.p, rest.len);
	client->in_len = rest.len;
}

static void take_event(struct load *load, struct client *client, uint32_t events)
{
	if (client->stage == STAGE_OVER)
		return;
	if ((events & EPOLLOUT) != 0) {
		watch(load, client, EPOLLIN, EPOLL_CTL_MOD);
		flush(load, client);
	}
	if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) == 0 || client->stage == STAGE_OVER)
		return;
	ssize_t got = recv(client->fd, client->in + client->in_len, sizeof client->in - client->in_len, MSG_DONTWAIT);
	if (got <= 0) {
		if (got == 0 || (errno != EAGAIN && errno != EINTR))
			end(load, client);
		return;
	}
	client->in_len += (size_t)got;
	take_lines(load, client);
}

static void connect_all(struct load *load)
{
	int on = 1;

	load->clients = mem_new_array(load->connections, sizeof *load->clients);
	load->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	for (uint64_t i = 0; i < load->connections; i++) {
		struct client *client = &load->clients[i];
		client->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (client->fd < 0 || connect(client->fd, (struct sockaddr *)&load->where, sizeof load->where) != 0)
			die("connect");
		(void)setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
		watch(load, client, EPOLLIN, EPOLL_CTL_ADD);
	}
}

static void run(struct load *load)
{
	struct epoll_event events[128];

	while (load->over < load->connections) {
		int n = epoll_wait(load->epoll_fd, events, 128, WAIT_MS);
		if (n == 0)
			return; /* what is missing shows in the count */
		for (int i = 0; i < n; i++)
			take_event(load, &load->clients[events[i].data.u64], events[i].events);
	}
}

/* --- the whole --- */

static int compare(const void *a, const void *b)
{
	uint64_t x, y;
	memcpy(&x, a, sizeof x);
	memcpy(&y, b, sizeof y);
	return (x > y) - (x < y);
}

static double part_ms(const struct load *load, double part)
{
	if (load->acked == 0)
		return 0;
	return (double)load->waits_ns[(size_t)((double)(load->acked - 1) * part)] / 1e6;
}

static bool take_arguments(struct load *load, int argc, char **argv)
{
	uint64_t port;
	char host[64];

	if (argc < 2)
		return false;
	struct str where = str_of(argv[1]);
	size_t colon = str_find_byte(where, ':');
	if (colon >= sizeof host || !num_parse_uint(str_from(where, colon + 1), UINT16_MAX, &port))
		return false;
	memcpy(host, where.p, colon);
	host[colon] = '\0';
	load->where = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	if (inet_pton(AF_INET, host, &load->where.sin_addr) != 1)
		return false;
	for (int i = 2; i + 1 < argc; i += 2) {
		struct str value = str_of(argv[i + 1]);
		bool ok = false;
		if (strcmp(argv[i], "--connections") == 0)
			ok = num_parse_uint(value, CONNECTIONS_MAX, &load->connections) && load->connections > 0;
		else if (strcmp(argv[i], "--mails") == 0)
			ok = num_parse_uint(value, MAILS_MAX, &load->mails) && load->mails > 0;
		else if (strcmp(argv[i], "--seed") == 0)
			ok = num_parse_uint(value, UINT64_MAX, &load->seed);
		else if (strcmp(argv[i], "--recipient") == 0) {
			load->recipient = argv[i + 1];
			ok = true;
		}
		if (!ok)
			return false;
	}
	return argc % 2 == 0;
}

int main(int argc, char **argv)
{
	struct load load = {.connections = 64, .mails = 20000, .seed = 1, .recipient = "tls-reports@localhost"};

	if (!take_arguments(&load, argc, argv)) {
		(void)fputs(
		    "usage: smtp_load HOST:PORT [--connections N] [--mails N] [--recipient ADDRESS] [--seed S]\n",
		    stderr);
		return 2;
	}
	(void)snprintf(load.envelope, sizeof load.envelope,
	               "MAIL FROM:<noreply@reporter.example>\r\nRCPT TO:<%s>\r\nDATA\r\n", load.recipient);
	make_mails(&load);
	connect_all(&load);
	uint64_t started = now_ns();
	run(&load);
	double secs = (double)(now_ns() - started) / 1e9;
	qsort(load.waits_ns, load.acked, sizeof *load.waits_ns, compare);
	(void)printf("{\"connections\":%" PRIu64 ",\"mails\":%" PRIu64 ",\"acknowledged\":%" PRIu64 ",\"seconds\":%.3f,"
	             "\"per_second\":%.0f,\"p50_ms\":%.2f,\"p99_ms\":%.2f,\"max_ms\":%.2f}\n",
	             load.connections, load.mails, load.acked, secs, (double)load.acked / secs, part_ms(&load, 0.5),
	             part_ms(&load, 0.99), part_ms(&load, 1));
	return load.acked == load.mails ? 0 : 1;
}
