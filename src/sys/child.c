/* SPDX-License-Identifier: ISC */
#include "sys/child.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/file.h"
#include "base/mem.h"

#define EXIT_NOT_STARTED 127

/* What a role may see of the environment. */
static const char *const kept_variables[] = {"MAILSEAL_FAKE_TIME=", "ASAN_OPTIONS=", "UBSAN_OPTIONS=",
                                             "LSAN_OPTIONS=",       "CREDENTIALS_DIRECTORY=", "PATH="};

static void choose_environment(char **out, size_t most)
{
	size_t n = 0;
	for (char **variable = environ; *variable != NULL; variable++)
		for (size_t i = 0; i < COUNT_OF(kept_variables) && n + 1 < most; i++)
			if (strncmp(*variable, kept_variables[i], strlen(kept_variables[i])) == 0)
				out[n++] = *variable;
	out[n] = NULL;
}

/* First out of the way of the numbers that are wanted, then onto them. */
static bool place(int *fds, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		fds[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, CHILD_CONTROL_FD + (int)n);
		if (fds[i] < 0)
			return false;
	}
	for (size_t i = 0; i < n; i++)
		if (dup2(fds[i], CHILD_CONTROL_FD + (int)i) < 0)
			return false;
	return close_range((unsigned)(CHILD_CONTROL_FD + (int)n), ~0u, 0) == 0;
}

static void reset_signals(void)
{
	sigset_t none;
	for (int signal_number = 1; signal_number < SIGRTMIN; signal_number++)
		if (signal_number != SIGKILL && signal_number != SIGSTOP)
			(void)signal(signal_number, SIG_DFL);
	/* Ctrl-C reaches the whole foreground group, and systemd's SIGTERM the whole service; the supervisor decides what
	 * they mean: it lets the roles finish what is under way. */
	(void)signal(SIGINT, SIG_IGN);
	(void)signal(SIGTERM, SIG_IGN);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN); /* a file at its limit is an error of a write, like a full disk */
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

NO_RETURN static void become(const struct child_spec *spec, pid_t parent, int *fds, size_t fd_count)
{
	char role_flag[] = "--role";
	char unsandboxed_flag[] = "--allow-unsandboxed";
	char program[] = "mailseal";
	char role[32];
	char *environment[16];

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (getppid() != parent)
		_exit(EXIT_NOT_STARTED);
	reset_signals();
	sandbox_harden();
	choose_environment(environment, COUNT_OF(environment));
	(void)stpncpy(role, role_text(spec->role), sizeof role - 1);
	role[sizeof role - 1] = '\0';
	int null = open("/dev/null", O_RDWR);
	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0 || !place(fds, fd_count))
		_exit(EXIT_NOT_STARTED);
	char *args[] = {program, role_flag, role, spec->may_be_unsandboxed ? unsandboxed_flag : NULL, NULL};
	(void)execve("/proc/self/exe", args, environment);
	_exit(EXIT_NOT_STARTED);
}

static bool config_memory(struct str text, int *out_fd, struct err *err)
{
	int fd = memfd_create("mailseal-config", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0)
		return err_set(err, ERR_LATER, "memfd_create: %s", strerror(errno));
	if (!file_write_fd(fd, text, err) || lseek(fd, 0, SEEK_SET) != 0 ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
		file_close(&fd);
		return err_set(err, ERR_LATER, "the configuration cannot be handed over");
	}
	*out_fd = fd;
	return true;
}

bool child_spawn(const struct child_spec *spec, pid_t *out_pid, struct err *err)
{
	int fds[2 + CHILD_FDS_MAX];
	int config_fd = -1;

	assert(spec->fd_count <= CHILD_FDS_MAX);
	if (!config_memory(spec->config_text, &config_fd, err))
		return false;
	fds[0] = spec->control_fd;
	fds[1] = config_fd;
	if (spec->fd_count > 0)
		memcpy(fds + 2, spec->fds, spec->fd_count * sizeof fds[0]);
	pid_t parent = getpid();
	pid_t pid = fork();
	if (pid == 0)
		become(spec, parent, fds, 2 + spec->fd_count);
	int error = errno;
	file_close(&config_fd);
	if (pid < 0)
		return err_set(err, ERR_LATER, "fork: %s", strerror(error));
	*out_pid = pid;
	return true;
}

bool child_fork(int (*run)(void *context), void *context, pid_t *out_pid, struct err *err)
{
	(void)fflush(NULL);
	pid_t pid = fork();
	if (pid == 0)
		_exit(run(context));
	if (pid < 0)
		return err_set(err, ERR_LATER, "fork: %s", strerror(errno));
	*out_pid = pid;
	return true;
}

#define PAGER_WORDS 8

/* The words of `text`, which is changed; NULL behind the last. */
static size_t split_words(char *text, char **words, size_t most)
{
	size_t n = 0;

	for (char *rest = text; n + 1 < most; n++) {
		rest += strspn(rest, " \t");
		if (*rest == '\0')
			break;
		words[n] = rest;
		rest += strcspn(rest, " \t");
		if (*rest != '\0')
			*rest++ = '\0';
	}
	words[n] = NULL;
	return n;
}

/* The write end of a pipe tells by EOF of `started` that exec has worked. */
NO_RETURN static void become_pager(char **words, int text_fd, int started_fd)
{
	if (dup2(text_fd, STDIN_FILENO) >= 0)
		(void)execvp(words[0], words);
	(void)!write(started_fd, "n", 1);
	_exit(EXIT_NOT_STARTED);
}

bool child_pager(const char *command, struct str text)
{
	char copy[256];
	char *words[PAGER_WORDS];
	int pipe_ends[2], started[2];
	char byte;

	if (strlen(command) >= sizeof copy)
		return false;
	memcpy(copy, command, strlen(command) + 1);
	if (split_words(copy, words, PAGER_WORDS) == 0 || strcmp(words[0], "cat") == 0 || pipe2(pipe_ends, O_CLOEXEC) != 0)
		return false;
	if (pipe2(started, O_CLOEXEC) != 0) {
		file_close(&pipe_ends[0]);
		file_close(&pipe_ends[1]);
		return false;
	}
	(void)fflush(stdout);
	pid_t pid = fork();
	if (pid == 0)
		become_pager(words, pipe_ends[0], started[1]);
	file_close(&pipe_ends[0]);
	file_close(&started[1]);
	bool ok = pid > 0 && read(started[0], &byte, 1) == 0;
	file_close(&started[0]);
	/* Ctrl-C is the pager's, and one that is left early closes the pipe. */
	void (*on_interrupt)(int) = signal(SIGINT, SIG_IGN);
	void (*on_pipe)(int) = signal(SIGPIPE, SIG_IGN);
	struct err err = {0};
	if (ok)
		(void)file_write_fd(pipe_ends[1], text, &err);
	file_close(&pipe_ends[1]);
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	(void)signal(SIGINT, on_interrupt);
	(void)signal(SIGPIPE, on_pipe);
	return ok;
}

enum child_end child_end_of(int wait_status)
{
	if (WIFEXITED(wait_status)) {
		switch (WEXITSTATUS(wait_status)) {
		case 0: return CHILD_END_DONE;
		case MEM_EXHAUSTED_EXIT: return CHILD_END_MEMORY;
		default: return CHILD_END_FAILED;
		}
	}
	switch (WTERMSIG(wait_status)) {
	case SIGXCPU: return CHILD_END_CPU;
	case SIGKILL: return CHILD_END_KILLED;
	default: return CHILD_END_CRASH;
	}
}

const char *child_end_text(enum child_end end)
{
	static const char *const texts[] = {"done", "failed", "crash", "memory", "cpu", "killed"};
	return texts[end];
}

enum child_end child_kill(pid_t *pid)
{
	int status = 0;

	if (*pid <= 0)
		return CHILD_END_DONE;
	(void)kill(*pid, SIGKILL);
	while (waitpid(*pid, &status, 0) < 0 && errno == EINTR)
		continue;
	*pid = 0;
	return child_end_of(status);
}
