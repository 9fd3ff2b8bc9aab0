/* SPDX-License-Identifier: ISC */
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/file.h"
#include "base/instant.h"
#include "base/limits.h"
#include "base/log.h"
#include "role/smtp_server.h"
#include "unit.h"

/* A server on a loopback port of its own, with a store that does what the test wants. */
static struct smtp_server_setup setup;
static int listen_fds[2];
static struct sockaddr_in where[2];
static pthread_t thread;
static atomic_int delivered;
static _Atomic(enum smtp_result) verdict;
static atomic_int deliver_takes_ms;

static enum smtp_recipient find(void *context, struct str address)
{
	(void)context;
	return str_eq(address, STR("tls@example.com")) ? SMTP_RECIPIENT_COMMON : SMTP_RECIPIENT_UNKNOWN;
}

static enum smtp_result deliver(void *context, const struct arrival *arrival, int64_t deadline_ms)
{
	(void)context;
	assert_true(arrival->bytes.p != NULL && arrival->peer.len > 0 && deadline_ms > clock_ms());
	(void)poll(NULL, 0, atomic_load(&deliver_takes_ms));
	atomic_fetch_add(&delivered, 1);
	return atomic_load(&verdict);
}

static void *serve(void *arg)
{
	(void)arg;
	smtp_server_run(&setup);
	return NULL;
}

static int start(void **state)
{
	(void)state;
	setup = (struct smtp_server_setup){.fds = listen_fds,
	                                   .fd_count = 2,
	                                   .lmtp_from = 1,
	                                   .host = "mx.example.org",
	                                   .message_bytes = 200000,
	                                   .connections = 8,
	                                   .connections_per_network = 4,
	                                   .memory_bytes = MIB(1),
	                                   .command_ms = 5000,
	                                   .busy_command_ms = 2000,
	                                   .session_ms = 60000,
	                                   .deliver_ms = 5000,
	                                   .find_recipient = find,
	                                   .deliver = deliver};
	setup.drain_fd = eventfd(0, EFD_CLOEXEC);
	for (int i = 0; i < 2; i++) {
		socklen_t len = sizeof where[i];
		where[i] = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
		listen_fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (bind(listen_fds[i], (struct sockaddr *)&where[i], len) != 0 || listen(listen_fds[i], 100) != 0 ||
		    getsockname(listen_fds[i], (struct sockaddr *)&where[i], &len) != 0)
			return -1;
	}
	atomic_store(&delivered, 0);
	atomic_store(&verdict, SMTP_KEPT);
	atomic_store(&deliver_takes_ms, 0);
	return 0;
}

static void run(void)
{
	assert_int_equal(pthread_create(&thread, NULL, serve, NULL), 0);
}

static int stop(void **state)
{
	(void)state;
	uint64_t one = 1;
	if (write(setup.drain_fd, &one, sizeof one) != sizeof one || pthread_join(thread, NULL) != 0)
		return -1;
	file_close(&listen_fds[0]);
	file_close(&listen_fds[1]);
	file_close(&setup.drain_fd);
	return 0;
}

static int dial(int which)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct timeval patience = {.tv_sec = 10};
	assert_int_equal(connect(fd, (struct sockaddr *)&where[which], sizeof where[which]), 0);
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	return fd;
}

static void say(int fd, const char *text)
{
	(void)send(fd, text, strlen(text), MSG_NOSIGNAL);
}

/* The code of the next reply, its last line; 0 at the end of the connection. */
static int hear(int fd)
{
	char line[1024];
	size_t len = 0;
	for (;;) {
		if (len == sizeof line || recv(fd, line + len, 1, 0) != 1)
			return 0;
		if (line[len++] != '\n')
			continue;
		assert_true(len >= 6 && line[len - 2] == '\r');
		if (line[3] == ' ')
			return (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
		len = 0;
	}
}

static void greet(int fd)
{
	assert_int_equal(hear(fd), 220);
	say(fd, "EHLO c\r\n");
	assert_int_equal(hear(fd), 250);
}

static void envelope(int fd)
{
	say(fd, "MAIL FROM:<>\r\nRCPT TO:<tls@example.com>\r\nDATA\r\n");
	assert_int_equal(hear(fd), 250);
	assert_int_equal(hear(fd), 250);
	assert_int_equal(hear(fd), 354);
}

static void the_verdict_of_the_store_is_the_reply(void **state)
{
	(void)state;
	static const struct {
		enum smtp_result result;
		int code;
	} cases[] = {{SMTP_KEPT, 250}, {SMTP_LATER, 451}, {SMTP_REFUSED, 554}};
	run();
	int fd = dial(0);
	greet(fd);
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		atomic_store(&verdict, cases[i].result);
		envelope(fd);
		say(fd, "x\r\n.\r\n");
		assert_int_equal(hear(fd), cases[i].code);
	}
	say(fd, "QUIT\r\n");
	assert_int_equal(hear(fd), 221);
	assert_int_equal(hear(fd), 0);
	file_close(&fd);
	assert_int_equal(atomic_load(&delivered), 3);
}

static void the_second_socket_speaks_lmtp(void **state)
{
	(void)state;
	run();
	int fd = dial(1);
	assert_int_equal(hear(fd), 220);
	say(fd, "EHLO c\r\n");
	assert_int_equal(hear(fd), 500);
	say(fd, "LHLO c\r\n");
	assert_int_equal(hear(fd), 250);
	file_close(&fd);
}

static void who_speaks_before_the_greeting_is_sent_away(void **state)
{
	(void)state;
	int fd = dial(0); /* waits in the queue until the server runs */
	say(fd, "EHLO c\r\n");
	run();
	assert_int_equal(hear(fd), 554);
	assert_int_equal(hear(fd), 0);
	file_close(&fd);
}

static void a_half_closed_client_still_hears_its_250(void **state)
{
	(void)state;
	run();
	int fd = dial(0);
	greet(fd);
	envelope(fd);
	atomic_store(&deliver_takes_ms, 100);
	say(fd, "x\r\n.\r\n");
	(void)shutdown(fd, SHUT_WR);
	assert_int_equal(hear(fd), 250);
	assert_int_equal(hear(fd), 0);
	file_close(&fd);
	fd = dial(0);
	greet(fd);
	envelope(fd);
	say(fd, "x\r\n.");
	(void)shutdown(fd, SHUT_WR);
	assert_int_equal(hear(fd), 0);
	file_close(&fd);
	assert_int_equal(atomic_load(&delivered), 1);
}

static void a_reset_frees_the_connection(void **state)
{
	(void)state;
	run();
	for (int i = 0; i < 50; i++) {
		struct linger at_once = {.l_onoff = 1};
		int fd = dial(0);
		greet(fd);
		envelope(fd);
		say(fd, "x");
		(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
		file_close(&fd);
	}
	int fd = dial(0);
	greet(fd);
	file_close(&fd);
}

static void a_slow_client_is_told_so(void **state)
{
	(void)state;
	setup.command_ms = 300;
	run();
	int fd = dial(0);
	assert_int_equal(hear(fd), 220);
	int64_t since = clock_ms();
	/* single bytes do not move the deadline */
	for (int i = 0; i < 20; i++) {
		say(fd, "N");
		(void)poll(NULL, 0, 20);
	}
	assert_int_equal(hear(fd), 421);
	assert_true(clock_ms() - since < 2000);
	file_close(&fd);
	fd = dial(0);
	greet(fd);
	envelope(fd);
	since = clock_ms();
	for (int i = 0; i < 40; i++) {
		say(fd, "x");
		(void)poll(NULL, 0, 20);
	}
	assert_int_equal(hear(fd), 421);
	assert_true(clock_ms() - since < 2000);
	file_close(&fd);
	assert_int_equal(atomic_load(&delivered), 0);
}

static void the_client_that_idles_longest_makes_room(void **state)
{
	(void)state;
	run();
	int fds[10];
	for (size_t i = 0; i < 8; i++) {
		fds[i] = dial(0);
		greet(fds[i]);
		(void)poll(NULL, 0, 5);
	}
	envelope(fds[0]); /* a message is under way here: it is not the one */
	fds[8] = dial(0);
	greet(fds[8]);
	assert_int_equal(hear(fds[1]), 0);
	say(fds[0], ".\r\n");
	assert_int_equal(hear(fds[0]), 250);
	for (size_t i = 0; i < 9; i++)
		file_close(&fds[i]);
}

static void when_all_are_at_work_a_new_client_is_turned_away(void **state)
{
	(void)state;
	run();
	int fds[9];
	for (size_t i = 0; i < 8; i++) {
		fds[i] = dial(0);
		greet(fds[i]);
		envelope(fds[i]);
	}
	fds[8] = dial(0);
	assert_int_equal(hear(fds[8]), 421);
	assert_int_equal(hear(fds[8]), 0);
	for (size_t i = 0; i < 9; i++)
		file_close(&fds[i]);
}

static void a_network_has_a_limit_of_its_own(void **state)
{
	(void)state;
	setup.limits_loopback = true;
	run();
	int fds[5];
	for (size_t i = 0; i < 4; i++) {
		fds[i] = dial(0);
		greet(fds[i]);
	}
	fds[4] = dial(0);
	assert_int_equal(hear(fds[4]), 421);
	file_close(&fds[4]);
	say(fds[0], "QUIT\r\n");
	assert_int_equal(hear(fds[0]), 221);
	assert_int_equal(hear(fds[0]), 0);
	(void)poll(NULL, 0, 100);
	fds[4] = dial(0);
	greet(fds[4]);
	for (size_t i = 0; i < 5; i++)
		file_close(&fds[i]);
}

static void send_bytes(int fd, size_t n)
{
	char block[1000];
	memset(block, 'x', sizeof block);
	for (; n > 0; n -= n < sizeof block ? n : sizeof block)
		(void)send(fd, block, n < sizeof block ? n : sizeof block, MSG_NOSIGNAL);
}

static void a_message_has_a_limit_on_both_sides(void **state)
{
	(void)state;
	run();
	for (size_t over = 0; over < 2; over++) {
		int fd = dial(0);
		greet(fd);
		envelope(fd);
		send_bytes(fd, 199998 + over);
		say(fd, "\r\n.\r\n");
		assert_int_equal(hear(fd), over ? 552 : 250);
		envelope(fd);
		say(fd, ".\r\n");
		assert_int_equal(hear(fd), 250);
		file_close(&fd);
	}
	int fd = dial(0);
	greet(fd);
	envelope(fd);
	send_bytes(fd, 450000);
	int code = hear(fd);
	assert_true(code == 421 || code == 0); /* 0: our unread bytes made it a reset */
	file_close(&fd);
}

static void the_memory_of_all_sessions_is_bounded(void **state)
{
	(void)state;
	setup.memory_bytes = KIB(300);
	run();
	int fds[6], codes[1000] = {0};
	for (size_t i = 0; i < 6; i++) {
		fds[i] = dial(0);
		greet(fds[i]);
		envelope(fds[i]);
	}
	for (size_t i = 0; i < 6; i++)
		send_bytes(fds[i], 150000);
	for (size_t i = 0; i < 6; i++) {
		say(fds[i], "\r\n.\r\n");
		codes[hear(fds[i])]++;
	}
	assert_true(codes[452] > 0);
	assert_true(codes[250] > 0);
	assert_int_equal(codes[452] + codes[250], 6);
	/* and it comes back */
	envelope(fds[0]);
	say(fds[0], ".\r\n");
	assert_int_equal(hear(fds[0]), 250);
	for (size_t i = 0; i < 6; i++)
		file_close(&fds[i]);
}

static void a_message_under_way_is_finished_before_the_end(void **state)
{
	run();
	int idle = dial(0), busy = dial(0);
	greet(idle);
	greet(busy);
	envelope(busy);
	say(busy, "x\r\n");
	atomic_store(&deliver_takes_ms, 50);
	pthread_t stopper;
	assert_int_equal(pthread_create(&stopper, NULL, (void *(*)(void *))(void *)stop, state), 0);
	assert_int_equal(hear(idle), 421);
	assert_int_equal(hear(idle), 0);
	say(busy, ".\r\n");
	assert_int_equal(hear(busy), 250);
	file_close(&idle);
	file_close(&busy);
	assert_int_equal(pthread_join(stopper, NULL), 0);
	assert_int_equal(atomic_load(&delivered), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(the_verdict_of_the_store_is_the_reply, start, stop),
	    cmocka_unit_test_setup_teardown(the_second_socket_speaks_lmtp, start, stop),
	    cmocka_unit_test_setup_teardown(who_speaks_before_the_greeting_is_sent_away, start, stop),
	    cmocka_unit_test_setup_teardown(a_half_closed_client_still_hears_its_250, start, stop),
	    cmocka_unit_test_setup_teardown(a_reset_frees_the_connection, start, stop),
	    cmocka_unit_test_setup_teardown(a_slow_client_is_told_so, start, stop),
	    cmocka_unit_test_setup_teardown(the_client_that_idles_longest_makes_room, start, stop),
	    cmocka_unit_test_setup_teardown(when_all_are_at_work_a_new_client_is_turned_away, start, stop),
	    cmocka_unit_test_setup_teardown(a_network_has_a_limit_of_its_own, start, stop),
	    cmocka_unit_test_setup_teardown(a_message_has_a_limit_on_both_sides, start, stop),
	    cmocka_unit_test_setup_teardown(the_memory_of_all_sessions_is_bounded, start, stop),
	    cmocka_unit_test_setup(a_message_under_way_is_finished_before_the_end, start),
	};
	log_setup("smtp", LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
