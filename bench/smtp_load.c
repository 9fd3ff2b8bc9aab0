/* SPDX-License-Identifier: ISC */
/* Sends report mails by SMTP over many connections at once and measures what is acknowledged:
 *
 *     smtp_load --port PORT [--host 127.0.0.1] [--connections 64] [--seconds S] [--mails 20000] [--rate R]
 *               [--rcpt ADDRESS] [--seed S] [--json] [FOLDER]
 *
 * The mails come out of FOLDER (anything that `mailseal import` reads), else `--mails` of them are generated.  Each connection
 * is used for its whole share: envelope in one group, then the message.  After `--seconds` no new mail is begun.
 * With `--rate` no more than R are begun in a second, over all connections; without, each connection goes on at once.  The time of
 * an acknowledgement runs from the last byte of the message to its 250.  Exit 1 if any mail was not acknowledged. */
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
#include "intake/mail_files.h"

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
	bool waits; /* for its turn, under --rate */
};

struct load {
	struct sockaddr_in where;
	uint64_t connections, mails, seed, seconds;
	uint64_t rate; /* mails begun in a second; 0: as many as go */
	uint64_t first_ns, turns; /* under --rate: since when, and how many had their turn */
	size_t next_waiting;
	const char *host, *recipient, *folder; /* folder NULL: generated */
	bool is_json;
	uint64_t begun;   /* mails whose message was sent */
	uint64_t stop_ns; /* then none is begun; 0: never */
	struct buf all;   /* every mail, dot-stuffed, with its end */
	size_t *ends;     /* of each in `all` */
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

static void room_for_mails(struct load *load)
{
	buf_init(&load->all, ALL_BYTES_MAX);
	load->ends = mem_new_array(MAILS_MAX, sizeof *load->ends);
	load->waits_ns = mem_new_array(MAILS_MAX, sizeof *load->waits_ns);
}

static void read_mails(struct load *load)
{
	struct mail_files *files = mail_files_new(&load->folder, 1);
	struct arrival arrival;
	struct err err = {0};
	enum mail_files_step step;

	room_for_mails(load);
	load->mails = 0;
	while ((step = mail_files_next(files, &arrival, &err)) != MAIL_FILES_END && load->mails < MAILS_MAX) {
		if (step == MAIL_FILES_ERROR) {
			(void)fprintf(stderr, "smtp_load: %s\n", err.text);
			exit(2);
		}
		add_stuffed(&load->all, arrival.bytes);
		load->ends[load->mails++] = load->all.len;
	}
	mail_files_free(&files);
	if (load->all.failed || load->mails == 0)
		die("the mails do not fit, or there are none");
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
	room_for_mails(load);
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

static bool has_more(const struct load *load)
{
	return load->begun < load->mails && (load->stop_ns == 0 || now_ns() < load->stop_ns);
}

/* Under --rate: whether one more may begin now. */
static bool has_turn(struct load *load)
{
	if (load->rate == 0)
		return true;
	if (load->first_ns == 0)
		load->first_ns = now_ns();
	if (load->turns >= (now_ns() - load->first_ns) / 1000 * load->rate / 1000000)
		return false;
	load->turns++;
	return true;
}

static void next_mail(struct load *load, struct client *client)
{
	client->waits = has_more(load) && !has_turn(load);
	if (client->waits)
		return;
	if (has_more(load))
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
		if (load->begun == load->mails) { /* another one took the last: an empty message would be refused */
			end(load, client);
			break;
		}
		size_t from = load->begun == 0 ? 0 : load->ends[load->begun - 1];
		struct str mail = str_make(load->all.p + from, load->ends[load->begun] - from);
		load->begun++;
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

/* Gives those who wait their turn, one after the other. */
static void wake(struct load *load)
{
	for (uint64_t i = 0; i < load->connections; i++) {
		struct client *client = &load->clients[load->next_waiting];
		if (client->waits && client->stage != STAGE_OVER)
			next_mail(load, client);
		if (client->waits)
			return;
		load->next_waiting = (load->next_waiting + 1) % load->connections;
	}
}

static void run(struct load *load)
{
	struct epoll_event events[128];
	uint64_t heard_ns = now_ns();

	while (load->over < load->connections) {
		int n = epoll_wait(load->epoll_fd, events, 128, load->rate == 0 ? WAIT_MS : 1);
		if (n > 0)
			heard_ns = now_ns();
		else if (now_ns() - heard_ns >= (uint64_t)WAIT_MS * 1000000)
			return; /* what is missing shows in the count */
		wake(load);
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

struct flag {
	const char *name;
	uint64_t *number, most; /* a number from 1, or */
	const char **text;
};

static bool take_flag(const struct flag *flag, const char *value)
{
	if (flag->text != NULL) {
		*flag->text = value;
		return true;
	}
	return num_parse_uint(str_of(value), flag->most, flag->number) && *flag->number > 0;
}

static bool take_arguments(struct load *load, int argc, char **argv)
{
	uint64_t port = 0;
	const struct flag flags[] = {
	    {"--port", &port, UINT16_MAX, NULL},        {"--connections", &load->connections, CONNECTIONS_MAX, NULL},
	    {"--mails", &load->mails, MAILS_MAX, NULL}, {"--seconds", &load->seconds, 3600, NULL},
	    {"--seed", &load->seed, UINT64_MAX, NULL},  {"--host", NULL, 0, &load->host},
	    {"--rcpt", NULL, 0, &load->recipient},      {"--rate", &load->rate, MAILS_MAX, NULL},
	};

	for (int i = 1; i < argc; i++) {
		const struct flag *flag = NULL;
		for (size_t f = 0; f < COUNT_OF(flags); f++)
			flag = strcmp(argv[i], flags[f].name) == 0 ? &flags[f] : flag;
		if (strcmp(argv[i], "--json") == 0)
			load->is_json = true;
		else if (flag != NULL && (i + 1 == argc || !take_flag(flag, argv[++i])))
			return false;
		else if (flag == NULL && (argv[i][0] == '-' || load->folder != NULL))
			return false;
		else if (flag == NULL)
			load->folder = argv[i];
	}
	load->where = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	return port > 0 && inet_pton(AF_INET, load->host, &load->where.sin_addr) == 1;
}

static void print(const struct load *load, double secs)
{
	if (load->is_json)
		(void)printf("{\"connections\":%" PRIu64 ",\"mails\":%" PRIu64 ",\"acknowledged\":%" PRIu64
		             ",\"refused\":%" PRIu64 ",\"seconds\":%.3f,\"per_second\":%.0f,",
		             load->connections, load->begun, load->acked, load->begun - load->acked, secs,
		             (double)load->acked / secs);
	else
		(void)printf("%" PRIu64 " connections, %" PRIu64 " mails, %" PRIu64 " acknowledged, %" PRIu64
		             " not, in %.3f s: %.0f/s; ",
		             load->connections, load->begun, load->acked, load->begun - load->acked, secs,
		             (double)load->acked / secs);
	(void)printf(load->is_json ? "\"p50_ms\":%.2f,\"p99_ms\":%.2f,\"max_ms\":%.2f}\n"
	                           : "acknowledgement p50 %.2f ms, p99 %.2f ms, most %.2f ms\n",
	             part_ms(load, 0.5), part_ms(load, 0.99), part_ms(load, 1));
}

int main(int argc, char **argv)
{
	struct load load = {
	    .connections = 64, .mails = 20000, .seed = 1, .host = "127.0.0.1", .recipient = "tls-reports@localhost"};

	if (!take_arguments(&load, argc, argv)) {
		(void)fputs("usage: smtp_load --port PORT [--host ADDRESS] [--connections N] [--seconds N] [--mails N] "
		            "[--rcpt ADDRESS] [--seed N] [--json] [FOLDER]\n",
		            stderr);
		return 2;
	}
	(void)snprintf(load.envelope, sizeof load.envelope,
	               "MAIL FROM:<noreply@reporter.example>\r\nRCPT TO:<%s>\r\nDATA\r\n", load.recipient);
	if (load.folder != NULL)
		read_mails(&load);
	else
		make_mails(&load);
	connect_all(&load);
	uint64_t started = now_ns();
	load.stop_ns = load.seconds > 0 ? started + load.seconds * 1000000000u : 0;
	run(&load);
	double secs = (double)(now_ns() - started) / 1e9;
	qsort(load.waits_ns, load.acked, sizeof *load.waits_ns, compare);
	print(&load, secs);
	return load.acked == load.begun && load.refused == 0 ? 0 : 1;
}
