/* SPDX-License-Identifier: ISC */
/* `sandbox_probe ROLE ATTEMPT FOLDER [WRITABLE]`: enters the sandbox of the role, as taken-over code would find it, and
 * tries one thing.  Prints "done", or "denied ERRNO"; what kills it prints nothing.  Used by test_sandbox. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/attr.h"
#include "sys/channel.h"
#include "sys/sandbox.h"

static const char *folder;
static int pair[2];
static int listener;

static long try_open(const char *name, int flags)
{
	char path[512];
	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	return syscall(SYS_openat, AT_FDCWD, path, flags | O_CLOEXEC, 0600);
}

static long read_state(void)
{
	return try_open("state", O_RDONLY);
}
static long write_state(void)
{
	return try_open("state", O_RDWR);
}
static long create_state(void)
{
	return try_open("created", O_RDWR | O_CREAT);
}
static long write_shared(void)
{
	return try_open("shared", O_RDWR);
}
static long remove_state(void)
{
	char path[512];
	(void)snprintf(path, sizeof path, "%s/victim", folder);
	return syscall(SYS_unlink, path);
}
static long read_outside(void)
{
	return try_open("../outside", O_RDONLY);
}
static long write_outside(void)
{
	return try_open("../outside", O_RDWR);
}
static long read_system(void)
{
	return syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY | O_CLOEXEC);
}
static long read_proc(void)
{
	return syscall(SYS_openat, AT_FDCWD, "/proc/self/maps", O_RDONLY | O_CLOEXEC);
}
static long connect_out(void)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = (int)syscall(SYS_socket, AF_INET, SOCK_STREAM, 0);
	if (fd < 0)
		return -1;
	long done = connect(fd, (struct sockaddr *)&to, sizeof to);
	return done < 0 && errno == ECONNREFUSED ? 0 : done;
}
/* A look at a mail server and at a policy host: both families, the ports of SMTP and HTTPS. */
static long connect_look(void)
{
	static const unsigned short ports[] = {25, 443};
	for (size_t i = 0; i < COUNT_OF(ports); i++) {
		struct sockaddr_in6 to = {.sin6_family = AF_INET6, .sin6_port = htons(ports[i]), .sin6_addr = IN6ADDR_LOOPBACK_INIT};
		int fd = (int)syscall(SYS_socket, AF_INET6, SOCK_STREAM | SOCK_NONBLOCK, 0);
		if (fd < 0)
			return -1;
		if (connect(fd, (struct sockaddr *)&to, sizeof to) < 0 && (errno == EPERM || errno == EACCES))
			return -1;
		(void)close(fd);
	}
	return 0;
}
static long unix_socket(void)
{
	return syscall(SYS_socket, AF_UNIX, SOCK_STREAM, 0);
}
static long packet_socket(void)
{
	return syscall(SYS_socket, AF_PACKET, SOCK_RAW, 0);
}
static long listen_socket(void)
{
	return syscall(SYS_listen, listener, 5);
}
static long accept_one(void)
{
	long fd = syscall(SYS_accept4, listener, NULL, NULL, SOCK_NONBLOCK);
	return fd < 0 && errno == EAGAIN ? 0 : fd;
}
static long send_bytes(void)
{
	return syscall(SYS_sendto, pair[0], "x", 1, MSG_NOSIGNAL, NULL, 0);
}
static long write_pair(void)
{
	return syscall(SYS_write, pair[0], "x", 1);
}
static long fork_one(void)
{
	long pid = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
	if (pid == 0)
		_exit(0);
	return pid;
}
static void *nothing(void *arg)
{
	return arg;
}
static long start_thread(void)
{
	pthread_t thread;
	int failed = pthread_create(&thread, NULL, nothing, NULL);
	errno = failed;
	return failed == 0 ? 0 : -1;
}
static long exec_shell(void)
{
	static char sh[] = "/bin/true";
	char *args[] = {sh, NULL};
	char *none[] = {NULL};
	long failed = syscall(SYS_execve, sh, args, none);
	return failed;
}
static long kill_parent(void)
{
	return syscall(SYS_kill, getppid(), 0);
}
static long kill_thread_of_parent(void)
{
	return syscall(SYS_tgkill, getppid(), getppid(), 0);
}
static long trace_parent(void)
{
	return syscall(SYS_ptrace, PTRACE_ATTACH, getppid(), 0, 0);
}
static long executable_memory(void)
{
	return (long)syscall(SYS_mmap, NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) < 0
	           ? -1
	           : 0;
}
static char page[8192] __attribute__((aligned(4096)));
static long make_executable(void)
{
	return syscall(SYS_mprotect, page, 4096, PROT_READ | PROT_EXEC);
}
static long uring(void)
{
	char params[120] = {0};
	return syscall(SYS_io_uring_setup, 1, params);
}
static long keyring(void)
{
	return syscall(SYS_keyctl, 0, -3, 1);
}
static long set_clock(void)
{
	struct timespec at = {.tv_sec = 1};
	return syscall(SYS_clock_settime, CLOCK_REALTIME, &at);
}
static long new_namespace(void)
{
	return syscall(SYS_unshare, CLONE_NEWUSER);
}
static long read_other_memory(void)
{
	return syscall(SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0);
}
static long raise_limit(void)
{
	struct {
		uint64_t soft, hard;
	} most = {64, 64};
	return syscall(SYS_prlimit64, 0, 7 /* RLIMIT_NOFILE */, &most, NULL);
}
static long change_user(void)
{
	return syscall(SYS_setuid, getuid());
}
static long take_memory(void)
{
	/* 120 MiB, touched: over the cap of decode, under nobody else's. */
	char *p = mmap(NULL, MIB(120), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return -1;
	memset(p, 1, MIB(120));
	return 0;
}

struct attempt {
	const char *name;
	long (*run)(void);
};

#define ATTEMPT(name) {#name, name}
static const struct attempt attempts[] = {
    ATTEMPT(read_state),       ATTEMPT(write_state),     ATTEMPT(create_state),  ATTEMPT(write_shared),
    ATTEMPT(remove_state),     ATTEMPT(read_outside),    ATTEMPT(write_outside), ATTEMPT(read_system),
    ATTEMPT(read_proc),        ATTEMPT(connect_out),     ATTEMPT(connect_look),  ATTEMPT(unix_socket),   ATTEMPT(packet_socket),
    ATTEMPT(listen_socket),    ATTEMPT(accept_one),      ATTEMPT(send_bytes),    ATTEMPT(write_pair),
    ATTEMPT(fork_one),         ATTEMPT(start_thread),    ATTEMPT(exec_shell),    ATTEMPT(kill_parent),
    ATTEMPT(kill_thread_of_parent), ATTEMPT(trace_parent), ATTEMPT(executable_memory), ATTEMPT(make_executable),
    ATTEMPT(uring),            ATTEMPT(keyring),         ATTEMPT(set_clock),     ATTEMPT(new_namespace),
    ATTEMPT(read_other_memory), ATTEMPT(raise_limit),    ATTEMPT(change_user),   ATTEMPT(take_memory),
};

static void say(const char *text)
{
	/* stdout is closed to decode; standard error is not. */
	(void)syscall(SYS_write, STDERR_FILENO, text, strlen(text));
}

static bool prepare(void)
{
	struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct err err = {0};

	listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	return channel_pair(pair, &err) && listener >= 0 && bind(listener, (struct sockaddr *)&any, sizeof any) == 0 &&
	       listen(listener, 1) == 0;
}

int main(int argc, char **argv)
{
	struct err err = {0};
	struct sandbox_state state;
	enum role role;
	char text[64];

	if (argc == 2 && strcmp(argv[1], "--list") == 0) {
		for (size_t i = 0; i < COUNT_OF(attempts); i++)
			(void)puts(attempts[i].name);
		return 0;
	}
	if (argc < 4 || !role_of(argv[1], &role) || !prepare())
		return 2;
	folder = argv[3];
	if (!sandbox_enter(role, folder, argc > 4 ? argv[4] : NULL, &state, &err)) {
		say(err.text);
		return 3;
	}
	if (!state.has_landlock)
		say("without landlock\n");
	for (size_t i = 0; i < COUNT_OF(attempts); i++) {
		if (strcmp(attempts[i].name, argv[2]) != 0)
			continue;
		errno = 0;
		bool done = attempts[i].run() >= 0;
		(void)snprintf(text, sizeof text, done ? "done\n" : "denied %d\n", errno);
		say(text);
		_exit(0);
	}
	return 2;
}
