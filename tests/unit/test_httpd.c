/* SPDX-License-Identifier: ISC */
#include <netinet/in.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/file.h"
#include "base/instant.h"
#include "base/mem.h"
#include "sys/httpd.h"
#include "unit.h"

static struct httpd *httpd;
static struct sockaddr_in where;
static atomic_int handled;
static atomic_int takes_ms;

static void judge(void *context, const struct httpd_request *request, struct httpd_answer *answer)
{
	uint64_t length;
	(void)context;
	if (str_eq(request->path, STR("/refused"))) {
		answer->status = 403;
		answer->allow = "GET";
		answer->retry_secs = 7;
	}
	if (request->method == HTTPD_POST && httpd_length(request, &length) && length > 1000)
		answer->status = 413;
}

/* Answers "METHOD PATH BODY q". */
static void handle(void *context, const struct httpd_request *request, struct httpd_answer *answer)
{
	(void)context;
	(void)poll(NULL, 0, atomic_load(&takes_ms));
	atomic_fetch_add(&handled, 1);
	answer->status = 200;
	buf_format(&answer->body, "%d ", (int)request->method);
	buf_str(&answer->body, request->path);
	buf_byte(&answer->body, ' ');
	buf_str(&answer->body, request->body);
	buf_byte(&answer->body, ' ');
	buf_str(&answer->body, httpd_parameter(request, "q"));
}

static bool limits_loopback;

static int start_with(size_t connections, int64_t head_ms)
{
	struct err err = {0};
	socklen_t len = sizeof where;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	where = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	if (bind(fd, (struct sockaddr *)&where, len) != 0 || listen(fd, 100) != 0 ||
	    getsockname(fd, (struct sockaddr *)&where, &len) != 0)
		return -1;
	struct httpd_setup setup = {.fds = &fd,
	                            .fd_count = 1,
	                            .connections = connections,
	                            .connections_per_network = 2,
	                            .limits_loopback = limits_loopback,
	                            .body_bytes = 1000,
	                            .memory_bytes = MIB(1),
	                            .head_ms = head_ms,
	                            .min_rate_bytes = 500,
	                            .judge = judge,
	                            .handle = handle};
	atomic_store(&handled, 0);
	atomic_store(&takes_ms, 0);
	return httpd_start(&setup, &httpd, &err) ? 0 : -1;
}

static int start(void **state)
{
	(void)state;
	return start_with(20, 5000);
}

static int start_hasty(void **state)
{
	(void)state;
	return start_with(20, 400);
}

static int start_small(void **state)
{
	(void)state;
	return start_with(3, 5000);
}

static int start_narrow(void **state)
{
	(void)state;
	limits_loopback = true;
	int failed = start_with(20, 5000);
	limits_loopback = false;
	return failed;
}

static int stop(void **state)
{
	(void)state;
	httpd_stop(&httpd, 1000);
	return httpd == NULL ? 0 : -1;
}

static int dial(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct timeval patience = {.tv_sec = 10};
	assert_int_equal(connect(fd, (struct sockaddr *)&where, sizeof where), 0);
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	return fd;
}

static void say(int fd, const char *text)
{
	(void)send(fd, text, strlen(text), MSG_NOSIGNAL);
}

/* All until the server closes. */
static void hear_all(int fd, struct buf *out)
{
	char piece[4096];
	ssize_t got;
	buf_init(out, MIB(1));
	while ((got = recv(fd, piece, sizeof piece, 0)) > 0)
		buf_bytes(out, piece, (size_t)got);
}

static size_t count_of(struct str text, struct str needle)
{
	size_t n = 0;
	for (;;) {
		size_t at = str_find(text, needle);
		if (at == text.len)
			return n;
		n++;
		text = str_from(text, at + needle.len);
	}
}

/* Sends, hears everything until the server closes, compares the status of the first answer and counts answers (0: does not;
 * libmicrohttpd 0.9.75 sends the headers of its own error page twice when a length is malformed). */
static void ask(const char *request, unsigned status, size_t answers, const char *body)
{
	struct buf got;
	char want[32];
	int fd = dial();
	say(fd, request);
	hear_all(fd, &got);
	(void)snprintf(want, sizeof want, "HTTP/1.1 %u ", status);
	if (!str_starts_with(buf_view(&got), str_of(want)) ||
	    (answers > 0 && count_of(buf_view(&got), STR("HTTP/1.1 ")) != answers) ||
	    (body != NULL && !str_ends_with(buf_view(&got), str_of(body))))
		fail_msg("%s\ngave\n%.*s", request, STR_ARGS(buf_view(&got)));
	buf_done(&got);
	file_close(&fd);
}

#define END "Host: x\r\nConnection: close\r\n\r\n"

static void a_request_reaches_the_handler_as_it_came(void **state)
{
	(void)state;
	ask("GET /a?q=1%2F2 HTTP/1.1\r\n" END, 200, 1, "\r\n\r\n0 /a  1/2");
	ask("HEAD /a HTTP/1.1\r\n" END, 200, 1, "\r\n\r\n");
	ask("POST /p HTTP/1.1\r\nContent-Length: 3\r\n" END "abc", 200, 1, "2 /p abc ");
	ask("POST /p HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" END "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", 200, 1,
	    "2 /p abcde ");
	ask("PUT /p HTTP/1.1\r\nContent-Length: 1\r\n" END "x", 200, 1, "3 /p x ");
	ask("PATCH /p HTTP/1.1\r\nContent-Length: 1\r\n" END "x", 200, 1, "4 /p x ");
	ask("DELETE /p HTTP/1.1\r\n" END, 200, 1, "5 /p  ");
	ask("BREW /p HTTP/1.1\r\n" END, 200, 1, "6 /p  ");
	/* nothing of a path is decoded or joined */
	ask("GET /%2e%2e/x//y;z HTTP/1.1\r\n" END, 200, 1, "0 /%2e%2e/x//y;z  ");
	ask("GET /a%00b HTTP/1.1\r\n" END, 200, 1, "0 /a%00b  ");
}

static void every_answer_has_the_headers_that_protect(void **state)
{
	(void)state;
	static const char *const wanted[] = {"Content-Security-Policy: default-src 'none';", "frame-ancestors 'none'",
	                                     "X-Content-Type-Options: nosniff", "Referrer-Policy: no-referrer",
	                                     "Cache-Control: no-store"};
	static const char *const requests[] = {"GET /a HTTP/1.1\r\n" END, "GET /refused HTTP/1.1\r\n" END,
	                                       "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n"};
	for (size_t i = 0; i < COUNT_OF(requests); i++) {
		struct buf got;
		int fd = dial();
		say(fd, requests[i]);
		hear_all(fd, &got);
		for (size_t w = 0; w < COUNT_OF(wanted); w++)
			if (str_find(buf_view(&got), str_of(wanted[w])) == got.len)
				fail_msg("%s: no %s", requests[i], wanted[w]);
		if (i == 1) {
			assert_true(str_find(buf_view(&got), STR("Allow: GET\r\n")) < got.len);
			assert_true(str_find(buf_view(&got), STR("Retry-After: 7\r\n")) < got.len);
		}
		buf_done(&got);
		file_close(&fd);
	}
}

static void doubtful_framing_is_refused_and_the_rest_is_never_a_request(void **state)
{
	(void)state;
	static const char *const requests[] = {
	    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x "
	    "HTTP/1.1\r\n" END,
	    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabcGET /x HTTP/1.1\r\n" END,
	    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +3\r\n\r\nabcGET /x HTTP/1.1\r\n" END,
	    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3,3\r\n\r\nabcGET /x HTTP/1.1\r\n" END,
	    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0x3\r\n\r\nabcGET /x HTTP/1.1\r\n" END,
	    "GET / HTTP/1.1\r\n\r\nGET /x HTTP/1.1\r\n" END,
	    "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\nGET /x HTTP/1.1\r\n" END,
	};
	for (size_t i = 0; i < COUNT_OF(requests); i++) {
		atomic_store(&handled, 0);
		ask(requests[i], 400, 0, NULL);
		assert_int_equal(atomic_load(&handled), 0);
	}
	struct buf long_path;
	buf_init(&long_path, MIB(1));
	buf_text(&long_path, "GET /");
	for (size_t i = 0; i < 9000; i++)
		buf_byte(&long_path, 'x');
	buf_text(&long_path, " HTTP/1.1\r\n" END);
	buf_byte(&long_path, '\0');
	ask(long_path.p, 414, 1, NULL);
	buf_done(&long_path);
}

static void a_body_has_a_limit_whether_it_is_announced_or_not(void **state)
{
	(void)state;
	struct buf text;
	buf_init(&text, MIB(1));
	for (int over = 0; over < 2; over++) {
		for (int chunked = 0; chunked < 2; chunked++) {
			buf_clear(&text);
			if (chunked)
				buf_format(&text, "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n%s%x\r\n", END,
				           1000 + over);
			else
				buf_format(&text, "POST / HTTP/1.1\r\nContent-Length: %d\r\n%s", 1000 + over, END);
			for (int i = 0; i < 1000 + over; i++)
				buf_byte(&text, 'x');
			buf_text(&text, chunked ? "\r\n0\r\n\r\n" : "");
			buf_byte(&text, '\0');
			ask(text.p, over ? 413 : 200, 1, NULL);
		}
	}
	buf_done(&text);
}

static void slow_headers_end_at_an_absolute_deadline(void **state)
{
	(void)state;
	int fd = dial();
	struct buf got;
	int64_t since = clock_ms();
	say(fd, "GET / HTTP/1.1\r\nX: ");
	for (int i = 0; i < 40; i++) {
		say(fd, "x");
		(void)poll(NULL, 0, 20);
	}
	hear_all(fd, &got);
	assert_true(clock_ms() - since < 3000);
	assert_int_equal(got.len, 0);
	buf_done(&got);
	file_close(&fd);
	/* A handler that takes longer than that is not disturbed. */
	atomic_store(&takes_ms, 1000);
	ask("GET /a HTTP/1.1\r\n" END, 200, 1, NULL);
	atomic_store(&takes_ms, 0);
}

static void connections_have_a_limit_and_come_back(void **state)
{
	(void)state;
	int fds[3];
	struct buf got;
	for (size_t i = 0; i < 3; i++) {
		fds[i] = dial();
		say(fds[i], "GET / HTTP/1.1\r\n");
	}
	(void)poll(NULL, 0, 200);
	int more = dial();
	say(more, "GET / HTTP/1.1\r\n" END);
	hear_all(more, &got);
	assert_int_equal(got.len, 0);
	buf_done(&got);
	file_close(&more);
	for (size_t i = 0; i < 3; i++)
		file_close(&fds[i]);
	(void)poll(NULL, 0, 200);
	ask("GET /a HTTP/1.1\r\n" END, 200, 1, NULL);
}

static void a_network_has_a_limit_of_its_own(void **state)
{
	(void)state;
	int fds[2];
	struct buf got;
	for (size_t i = 0; i < 2; i++) {
		fds[i] = dial();
		say(fds[i], "GET / HTTP/1.1\r\n");
	}
	(void)poll(NULL, 0, 200);
	int more = dial();
	say(more, "GET / HTTP/1.1\r\n" END);
	hear_all(more, &got);
	assert_int_equal(got.len, 0);
	buf_done(&got);
	file_close(&more);
	file_close(&fds[0]);
	file_close(&fds[1]);
}

static void a_request_under_way_is_answered_before_the_end(void **state)
{
	(void)state;
	struct buf got;
	int fd = dial();
	atomic_store(&takes_ms, 300);
	say(fd, "GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
	(void)poll(NULL, 0, 100);
	httpd_stop(&httpd, 2000);
	hear_all(fd, &got);
	assert_true(str_starts_with(buf_view(&got), STR("HTTP/1.1 200 ")));
	buf_done(&got);
	file_close(&fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(a_request_reaches_the_handler_as_it_came, start, stop),
	    cmocka_unit_test_setup_teardown(every_answer_has_the_headers_that_protect, start, stop),
	    cmocka_unit_test_setup_teardown(doubtful_framing_is_refused_and_the_rest_is_never_a_request, start, stop),
	    cmocka_unit_test_setup_teardown(a_body_has_a_limit_whether_it_is_announced_or_not, start, stop),
	    cmocka_unit_test_setup_teardown(slow_headers_end_at_an_absolute_deadline, start_hasty, stop),
	    cmocka_unit_test_setup_teardown(connections_have_a_limit_and_come_back, start_small, stop),
	    cmocka_unit_test_setup_teardown(a_network_has_a_limit_of_its_own, start_narrow, stop),
	    cmocka_unit_test_setup_teardown(a_request_under_way_is_answered_before_the_end, start, stop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
