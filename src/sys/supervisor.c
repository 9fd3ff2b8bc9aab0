/* SPDX-License-Identifier: ISC */
#include "sys/supervisor.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/file.h"
#include "base/instant.h"
#include "base/log.h"
#include "base/mem.h"
#include "sys/channel.h"
#include "sys/notify.h"

#define CLOSED_MS 2000        /* between the end of a role's channel and the end of the role */
#define QUICK_DEATH_MS 1000   /* died so soon after its start: wait before the next */
#define BACK_OFF_FIRST_MS 50
#define BACK_OFF_MOST_MS 1000 /* service is back within a second of the fault's end */
#define DRAIN_DOORS_MS 25000
#define DRAIN_KEEP_MS 5000

struct process {
	enum role role;
	unsigned index; /* of a decode worker */
	const struct supervisor_door *door;
	pid_t pid;              /* 0: not running */
	struct channel control; /* fd -1: none (decode workers talk to keep alone) */
	bool is_ready;
	bool is_replaced; /* told to end, for a new configuration */
	int64_t started_ms, restart_at_ms; /* restart_at_ms -1: not waiting */
	int64_t kill_at_ms; /* it closed its channel and should have ended by then; -1: no such thing */
	unsigned quick_deaths;
	enum child_end last_end;
};

enum phase { PHASE_RUN, PHASE_DRAIN_DOORS, PHASE_DRAIN_KEEP, PHASE_END };

struct supervisor {
	const struct supervisor_plan *plan;
	struct process *processes; /* keep, the workers, the doors */
	size_t count;
	int signal_fd;
	enum phase phase;
	int64_t phase_until_ms;
	struct str config_text;
	bool replaces_keep; /* as soon as the doors are replaced */
	bool was_announced, keep_was_ready, client_was_given;
	bool failed;
	struct err *err;
};

static struct process *keep_of(struct supervisor *supervisor)
{
	return &supervisor->processes[0];
}

static bool is_private(const struct supervisor *supervisor)
{
	return supervisor->plan->client_fd >= 0;
}

/* --- connections --- */

/* Gives `fd` away whatever happens. */
static bool give(struct process *to, uint64_t id, struct str body, int fd)
{
	struct err err = {0};
	bool ok = channel_put_fd(&to->control, MESSAGE_LINK, id, body, fd, &err);
	file_close(&fd);
	return ok;
}

static bool give_keep(struct supervisor *supervisor, unsigned role, unsigned index, enum child_end end, int fd)
{
	char body[2] = {(char)role, (char)end};
	return give(keep_of(supervisor), index, str_make(body, sizeof body), fd);
}

static void link_door(struct supervisor *supervisor, struct process *door)
{
	struct err err = {0};
	int ends[2];

	if (keep_of(supervisor)->pid == 0 || door->pid == 0)
		return;
	if (!channel_pair(ends, &err)) {
		LOG(LOG_LEVEL_ERROR, "not-linked", LOG_TEXT("role", role_text(door->role)), LOG_TEXT("why", err.text));
		return;
	}
	if (give_keep(supervisor, door->role, 0, CHILD_END_DONE, ends[0]))
		(void)give(door, 0, STR(""), ends[1]);
	else
		file_close(&ends[1]);
}

/* --- starting --- */

static bool spawn(struct supervisor *supervisor, struct process *process, int child_end_fd, struct err *err)
{
	struct child_spec spec = {
	    .role = process->role,
	    .control_fd = child_end_fd,
	    .config_text = supervisor->config_text,
	    .may_be_unsandboxed = supervisor->plan->may_be_unsandboxed,
	};
	if (process->door != NULL) {
		spec.fds = process->door->fds;
		spec.fd_count = process->door->fd_count;
	} else if (process->role == ROLE_KEEP && supervisor->plan->control_fd >= 0) {
		spec.fds = &supervisor->plan->control_fd;
		spec.fd_count = 1;
	}
	if (!child_spawn(&spec, &process->pid, err))
		return false;
	process->started_ms = clock_ms();
	process->restart_at_ms = -1;
	process->kill_at_ms = -1;
	process->is_ready = false;
	return true;
}

static bool start(struct supervisor *supervisor, struct process *process, struct err *err)
{
	int ends[2];

	if (!channel_pair(ends, err))
		return false;
	bool ok = spawn(supervisor, process, ends[1], err);
	file_close(&ends[1]);
	if (!ok) {
		file_close(&ends[0]);
		return false;
	}
	if (process->role == ROLE_DECODE) {
		/* A keep that is gone is noticed by its own end. */
		(void)give_keep(supervisor, ROLE_DECODE, process->index, process->last_end, ends[0]);
		process->is_ready = true;
		return true;
	}
	channel_init(&process->control, ends[0], KIB(16));
	return true;
}

static void start_again_later(struct process *process)
{
	int64_t now = clock_ms();
	int64_t delay = 0;

	process->quick_deaths = now - process->started_ms < QUICK_DEATH_MS ? process->quick_deaths + 1 : 0;
	for (unsigned i = 1; i < process->quick_deaths && delay < BACK_OFF_MOST_MS; i++)
		delay = delay == 0 ? BACK_OFF_FIRST_MS : delay * 2;
	process->restart_at_ms = now + (delay < BACK_OFF_MOST_MS ? delay : BACK_OFF_MOST_MS);
}

static bool may_start(struct supervisor *supervisor, const struct process *process)
{
	if (process->role == ROLE_KEEP)
		return !supervisor->client_was_given;
	/* Doors open when there is somebody behind them, and stay open then. */
	return process->role == ROLE_DECODE ? keep_of(supervisor)->pid != 0 : supervisor->keep_was_ready;
}

static void start_due(struct supervisor *supervisor)
{
	int64_t now = clock_ms();

	for (size_t i = 0; i < supervisor->count && supervisor->phase == PHASE_RUN; i++) {
		struct process *process = &supervisor->processes[i];
		struct err err = {0};
		if (process->pid != 0 || process->restart_at_ms < 0 || process->restart_at_ms > now ||
		    !may_start(supervisor, process))
			continue;
		if (!start(supervisor, process, &err)) {
			LOG(LOG_LEVEL_ERROR, "not-started", LOG_TEXT("role", role_text(process->role)),
			    LOG_TEXT("why", err.text));
			process->started_ms = now;
			start_again_later(process);
			continue;
		}
		LOG(LOG_LEVEL_DEBUG, "started", LOG_TEXT("role", role_text(process->role)), LOG_NUM("pid", process->pid));
		if (process->role == ROLE_KEEP && is_private(supervisor)) {
			supervisor->client_was_given = true;
			int fd = dup(supervisor->plan->client_fd);
			(void)give_keep(supervisor, LINK_COMMAND_LINE, (unsigned)supervisor->plan->door_count, CHILD_END_DONE, fd);
		}
		for (size_t d = 0; d < supervisor->count && process->role == ROLE_KEEP; d++)
			if (supervisor->processes[d].door != NULL)
				link_door(supervisor, &supervisor->processes[d]);
		if (process->door != NULL)
			link_door(supervisor, process);
	}
}

/* --- endings --- */

static void forget(struct process *process, enum child_end end)
{
	process->pid = 0;
	process->last_end = end;
	process->is_ready = false;
	process->is_replaced = false;
	if (process->control.fd >= 0)
		channel_done(&process->control);
}

/* The other ends of its connections are of no use: workers start anew with it, doors are linked again. */
static void keep_ended(struct supervisor *supervisor)
{
	for (size_t i = 1; i < supervisor->count; i++) {
		struct process *process = &supervisor->processes[i];
		if (process->role != ROLE_DECODE)
			continue;
		(void)child_kill(&process->pid);
		process->last_end = CHILD_END_DONE;
		process->restart_at_ms = clock_ms();
	}
	if (is_private(supervisor))
		supervisor->phase = PHASE_END;
}

static void ended(struct supervisor *supervisor, struct process *process, int status)
{
	enum child_end end = child_end_of(status);
	bool is_expected = end == CHILD_END_DONE && (supervisor->phase != PHASE_RUN || process->role == ROLE_DECODE || process->is_replaced);

	if (is_private(supervisor) && process->role == ROLE_KEEP && end != CHILD_END_CRASH && end != CHILD_END_KILLED)
		is_expected = true;

	LOG(is_expected ? LOG_LEVEL_DEBUG : LOG_LEVEL_ERROR, "ended", LOG_TEXT("role", role_text(process->role)),
	    LOG_NUM("pid", process->pid), LOG_TEXT("how", child_end_text(end)),
	    LOG_NUM("status", WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status)));
	forget(process, end);
	start_again_later(process);
	if (process->role == ROLE_DECODE && is_expected)
		process->restart_at_ms = clock_ms(); /* its number of messages was reached */
	if (process->role == ROLE_KEEP)
		keep_ended(supervisor);
}

static void reap(struct supervisor *supervisor)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (size_t i = 0; i < supervisor->count; i++)
			if (supervisor->processes[i].pid == pid)
				ended(supervisor, &supervisor->processes[i], status);
}

/* --- messages of the roles: hostile input --- */

static void announce(struct supervisor *supervisor)
{
	for (size_t i = 0; i < supervisor->count; i++)
		/* Without a way out reports are taken all the same. */
		if (!supervisor->processes[i].is_ready && supervisor->processes[i].role != ROLE_REACH)
			return;
	if (!supervisor->was_announced && !is_private(supervisor))
		notify_manager("READY=1");
	if (!supervisor->was_announced && supervisor->plan->on_ready != NULL)
		supervisor->plan->on_ready(supervisor->plan->context);
	supervisor->was_announced = true;
}

static void take_ready(struct supervisor *supervisor, struct process *process, struct str body)
{
	if (body.len == 0) {
		process->is_ready = true;
		if (process->role == ROLE_KEEP && !supervisor->keep_was_ready)
			supervisor->keep_was_ready = true;
		announce(supervisor);
		return;
	}
	struct str text = str_from(body, 1);
	/* A private keep tells its client itself. */
	LOG(is_private(supervisor) ? LOG_LEVEL_DEBUG : LOG_LEVEL_ERROR, "not-ready", LOG_TEXT("role", role_text(process->role)), LOG_STR("why", text));
	/* What is wrong from the start is told to whoever started us; what becomes wrong later may become right again. */
	if ((unsigned char)body.p[0] == ERR_SETUP && !supervisor->keep_was_ready && !supervisor->failed) {
		supervisor->failed = true;
		(void)err_set(supervisor->err, ERR_SETUP, "%.*s", STR_ARGS(str_upto(text, 220)));
		supervisor->phase = PHASE_END;
	}
}

static void take_replace(struct supervisor *supervisor, uint64_t index, bool has_failed)
{
	for (size_t i = 0; i < supervisor->count; i++) {
		struct process *process = &supervisor->processes[i];
		if (process->role != ROLE_DECODE || process->index != index || process->pid == 0)
			continue;
		if (has_failed)
			(void)kill(process->pid, SIGKILL);
		else
			process->kill_at_ms = clock_ms() + CLOSED_MS;
	}
}

static void receive(struct supervisor *supervisor, struct process *process)
{
	struct message message;
	struct err err = {0};
	bool ok = true;

	(void)channel_fill(&process->control, &err);
	while (ok && process->control.fd >= 0 && channel_get(&process->control, &message, &err)) {
		file_close(&message.fd);
		if (message.type == MESSAGE_READY)
			take_ready(supervisor, process, message.body);
		else if (message.type == MESSAGE_REPLACE && process->role == ROLE_KEEP)
			take_replace(supervisor, message.id, message.body.len > 0);
		else
			ok = false;
	}
	if (!ok || err.kind == ERR_INPUT) {
		LOG(LOG_LEVEL_ERROR, "bad-message", LOG_TEXT("role", role_text(process->role)));
		(void)kill(process->pid, SIGKILL);
	}
	if (process->control.closed) {
		/* The first sign of its end; SIGCHLD follows. */
		process->kill_at_ms = clock_ms() + CLOSED_MS;
		channel_done(&process->control);
	}
}

/* --- the end --- */

static void drain(struct supervisor *supervisor, bool doors)
{
	struct err err = {0};
	for (size_t i = 0; i < supervisor->count; i++) {
		struct process *process = &supervisor->processes[i];
		if (process->control.fd >= 0 && (process->door != NULL) == doors) {
			(void)channel_put(&process->control, MESSAGE_DRAIN, 0, STR(""), &err);
			(void)channel_flush(&process->control, &err);
		}
	}
}

/* --- a new configuration --- */

static void replace(struct process *process, int64_t patience_ms)
{
	struct err err = {0};

	if (process->pid == 0 || process->control.fd < 0)
		return; /* what starts later starts with it */
	process->is_replaced = true;
	process->kill_at_ms = clock_ms() + patience_ms;
	(void)channel_put(&process->control, MESSAGE_DRAIN, 0, STR(""), &err);
	(void)channel_flush(&process->control, &err);
}

static void reload(struct supervisor *supervisor)
{
	const struct supervisor_plan *plan = supervisor->plan;
	struct err err = {0};

	if (plan->on_reload == NULL)
		return;
	if (!plan->on_reload(plan->context, &supervisor->config_text, &err)) {
		LOG(LOG_LEVEL_ERROR, "not-reloaded", LOG_TEXT("why", err.text));
		return;
	}
	LOG(LOG_LEVEL_INFO, "reloading");
	for (size_t i = 0; i < supervisor->count; i++)
		if (supervisor->processes[i].door != NULL)
			replace(&supervisor->processes[i], DRAIN_DOORS_MS);
	supervisor->replaces_keep = true;
}

static void replace_keep(struct supervisor *supervisor)
{
	for (size_t i = 0; i < supervisor->count; i++)
		if (supervisor->processes[i].door != NULL && supervisor->processes[i].is_replaced)
			return;
	supervisor->replaces_keep = false;
	replace(keep_of(supervisor), DRAIN_KEEP_MS);
}

static bool any_runs(struct supervisor *supervisor, bool doors)
{
	for (size_t i = 0; i < supervisor->count; i++) {
		const struct process *process = &supervisor->processes[i];
		if (process->pid != 0 && process->role != ROLE_DECODE && (process->door != NULL) == doors)
			return true;
	}
	return false;
}

static void advance(struct supervisor *supervisor)
{
	int64_t now = clock_ms();

	for (size_t i = 0; i < supervisor->count; i++) {
		struct process *process = &supervisor->processes[i];
		if (process->pid != 0 && process->kill_at_ms >= 0 && now >= process->kill_at_ms)
			(void)kill(process->pid, SIGKILL);
	}
	if (supervisor->phase == PHASE_RUN && supervisor->replaces_keep)
		replace_keep(supervisor);
	if (supervisor->phase == PHASE_DRAIN_DOORS &&
	    (!any_runs(supervisor, true) || now >= supervisor->phase_until_ms)) {
		for (size_t i = 0; i < supervisor->count; i++)
			if (supervisor->processes[i].door != NULL)
				(void)child_kill(&supervisor->processes[i].pid);
		supervisor->phase = PHASE_DRAIN_KEEP;
		supervisor->phase_until_ms = now + DRAIN_KEEP_MS;
		drain(supervisor, false);
	}
	if (supervisor->phase == PHASE_DRAIN_KEEP &&
	    (!any_runs(supervisor, false) || now >= supervisor->phase_until_ms))
		supervisor->phase = PHASE_END;
}

static void take_signals(struct supervisor *supervisor)
{
	struct signalfd_siginfo info;

	while (read(supervisor->signal_fd, &info, sizeof info) == (ssize_t)sizeof info) {
		if (info.ssi_signo == SIGHUP && supervisor->phase == PHASE_RUN)
			reload(supervisor);
		if ((info.ssi_signo != SIGTERM && info.ssi_signo != SIGINT) || supervisor->phase != PHASE_RUN)
			continue;
		LOG(LOG_LEVEL_INFO, "draining");
		if (!is_private(supervisor))
			notify_manager("STOPPING=1");
		supervisor->phase = PHASE_DRAIN_DOORS;
		supervisor->phase_until_ms = clock_ms() + DRAIN_DOORS_MS;
		drain(supervisor, true);
	}
	reap(supervisor);
}

static int wait_ms(const struct supervisor *supervisor)
{
	int64_t next = supervisor->phase == PHASE_RUN ? -1 : supervisor->phase_until_ms;
	int64_t now = clock_ms();

	for (size_t i = 0; i < supervisor->count; i++) {
		const struct process *process = &supervisor->processes[i];
		int64_t at = process->pid != 0 ? process->kill_at_ms : process->restart_at_ms;
		bool counts = process->pid != 0 ? at >= 0 : at > now && supervisor->phase == PHASE_RUN;
		if (counts && (next < 0 || at < next))
			next = at;
	}
	if (next < 0)
		return -1;
	return next <= now ? 0 : (int)(next - now);
}

static void turn(struct supervisor *supervisor, struct pollfd *fds)
{
	for (size_t i = 0; i < supervisor->count; i++)
		fds[i] = (struct pollfd){.fd = supervisor->processes[i].control.fd, .events = POLLIN};
	fds[supervisor->count] = (struct pollfd){.fd = supervisor->signal_fd, .events = POLLIN};
	if (poll(fds, supervisor->count + 1, wait_ms(supervisor)) < 0 && errno != EINTR)
		return;
	for (size_t i = 0; i < supervisor->count; i++)
		if (fds[i].revents != 0 && supervisor->processes[i].control.fd == fds[i].fd && fds[i].fd >= 0)
			receive(supervisor, &supervisor->processes[i]);
	take_signals(supervisor);
	advance(supervisor);
	start_due(supervisor);
}

static void set_up(struct supervisor *supervisor)
{
	const struct supervisor_plan *plan = supervisor->plan;
	sigset_t signals;

	supervisor->count = 1 + plan->decode_workers + plan->door_count;
	supervisor->processes = mem_new_array(supervisor->count, sizeof supervisor->processes[0]);
	for (size_t i = 0; i < supervisor->count; i++) {
		struct process *process = &supervisor->processes[i];
		process->control.fd = -1;
		process->role = i == 0 ? ROLE_KEEP : ROLE_DECODE;
		if (i > plan->decode_workers) {
			process->door = &plan->doors[i - 1 - plan->decode_workers];
			process->role = process->door->role;
		} else if (i > 0) {
			process->index = (unsigned)(i - 1);
		}
	}
	(void)signal(SIGPIPE, SIG_IGN);
	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGTERM);
	(void)sigaddset(&signals, SIGHUP);
	(void)sigaddset(&signals, SIGCHLD);
	/* Ctrl-C on a command is the command's; its keep goes when the command does. */
	if (!is_private(supervisor))
		(void)sigaddset(&signals, SIGINT);
	else
		(void)signal(SIGINT, SIG_IGN);
	(void)sigprocmask(SIG_BLOCK, &signals, NULL);
	supervisor->signal_fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

bool supervisor_run(const struct supervisor_plan *plan, struct err *err)
{
	struct supervisor supervisor = {.plan = plan, .config_text = plan->config_text, .err = err};

	sandbox_harden();
	set_up(&supervisor);
	if (supervisor.signal_fd < 0)
		return err_set(err, ERR_LATER, "signalfd: %s", strerror(errno));
	struct pollfd *fds = mem_new_array(supervisor.count + 1, sizeof fds[0]);
	start_due(&supervisor);
	while (supervisor.phase != PHASE_END)
		turn(&supervisor, fds);
	for (size_t i = 0; i < supervisor.count; i++) {
		(void)child_kill(&supervisor.processes[i].pid);
		if (supervisor.processes[i].control.fd >= 0)
			channel_done(&supervisor.processes[i].control);
	}
	file_close(&supervisor.signal_fd);
	mem_free(fds);
	mem_free(supervisor.processes);
	return !supervisor.failed;
}
