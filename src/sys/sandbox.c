/* SPDX-License-Identifier: ISC */
#include "sys/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/file.h"
#include "base/limits.h"

#if defined(__SANITIZE_ADDRESS__)
#define IS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IS_SANITIZED 1
#endif
#endif
#ifndef IS_SANITIZED
#define IS_SANITIZED 0
#endif

static const char *const names[] = {
#define X(id, name, rights) name,
    ROLES(X)
#undef X
};
static const unsigned all_rights[] = {
#define X(id, name, rights) (rights),
    ROLES(X)
#undef X
};

const char *role_text(enum role role)
{
	return names[role];
}

bool role_of(const char *text, enum role *out_role)
{
	for (unsigned i = 0; i < ROLE_COUNT; i++) {
		if (strcmp(text, names[i]) == 0) {
			*out_role = (enum role)i;
			return true;
		}
	}
	return false;
}

void sandbox_harden(void)
{
	struct rlimit none = {0, 0};
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	(void)setrlimit(RLIMIT_CORE, &none);
	(void)umask(077);
}

/* --- system calls --- */

/* `decode`: reads and answers on one descriptor, takes and gives back memory, sees its own processor time. */
static const int decode_calls[] = {SCMP_SYS(recvmsg),      SCMP_SYS(sendto),     SCMP_SYS(poll),
                                   SCMP_SYS(munmap),       SCMP_SYS(mremap),     SCMP_SYS(brk),
                                   SCMP_SYS(madvise),      SCMP_SYS(exit_group), SCMP_SYS(clock_gettime),
                                   SCMP_SYS(timer_settime)};

/* Everybody else, whatever the role. */
static const int common_calls[] = {
    SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(readv), SCMP_SYS(writev), SCMP_SYS(pread64), SCMP_SYS(pwrite64),
    SCMP_SYS(lseek), SCMP_SYS(close), SCMP_SYS(fstat), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(brk),
    SCMP_SYS(madvise), SCMP_SYS(futex), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack), SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep), SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(getpid), SCMP_SYS(gettid),
    SCMP_SYS(getuid), SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid), SCMP_SYS(getrandom), SCMP_SYS(poll),
    SCMP_SYS(ppoll), SCMP_SYS(select), SCMP_SYS(pselect6), SCMP_SYS(epoll_create1), SCMP_SYS(epoll_ctl),
    SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait), SCMP_SYS(eventfd2), SCMP_SYS(timerfd_create),
    SCMP_SYS(timerfd_settime), SCMP_SYS(timer_settime), SCMP_SYS(pipe2), SCMP_SYS(dup), SCMP_SYS(fcntl),
    SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity), SCMP_SYS(uname), SCMP_SYS(sysinfo), SCMP_SYS(exit),
    SCMP_SYS(exit_group), SCMP_SYS(restart_syscall), SCMP_SYS(rseq), SCMP_SYS(set_robust_list),
    SCMP_SYS(membarrier), SCMP_SYS(getcwd), SCMP_SYS(getrusage), SCMP_SYS(times)};

static const int socket_calls[] = {
    SCMP_SYS(sendto), SCMP_SYS(sendmsg), SCMP_SYS(sendmmsg), SCMP_SYS(recvfrom), SCMP_SYS(recvmsg),
    SCMP_SYS(recvmmsg), SCMP_SYS(shutdown), SCMP_SYS(getsockopt), SCMP_SYS(setsockopt), SCMP_SYS(getsockname),
    SCMP_SYS(getpeername), SCMP_SYS(sendfile)};

static const int accept_calls[] = {SCMP_SYS(accept), SCMP_SYS(accept4)};

/* UDP and TCP questions bind a port of their own before they ask. */
static const int connect_calls[] = {SCMP_SYS(connect), SCMP_SYS(bind)};

static const int file_calls[] = {
    SCMP_SYS(openat), SCMP_SYS(open), SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(stat),
    SCMP_SYS(lstat), SCMP_SYS(newfstatat), SCMP_SYS(statx), SCMP_SYS(readlink), SCMP_SYS(readlinkat),
    SCMP_SYS(getdents64), SCMP_SYS(flock), SCMP_SYS(fadvise64), SCMP_SYS(statfs), SCMP_SYS(fstatfs)};

static const int write_calls[] = {
    SCMP_SYS(ftruncate), SCMP_SYS(fallocate), SCMP_SYS(fsync), SCMP_SYS(fdatasync), SCMP_SYS(unlink),
    SCMP_SYS(unlinkat), SCMP_SYS(rename), SCMP_SYS(renameat), SCMP_SYS(renameat2), SCMP_SYS(mkdir),
    SCMP_SYS(mkdirat), SCMP_SYS(fchmod), SCMP_SYS(fchown), SCMP_SYS(rmdir)};

/* What a build with sanitizers still refuses. */
static const int network_calls[] = {SCMP_SYS(socket), SCMP_SYS(connect), SCMP_SYS(bind), SCMP_SYS(listen)};
static const int never_calls[] = {SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(io_uring_setup),
                                  SCMP_SYS(bpf), SCMP_SYS(mount), SCMP_SYS(keyctl)};

static int add_calls(scmp_filter_ctx filter, uint32_t action, const int *calls, size_t n)
{
	int failed = 0;
	for (size_t i = 0; i < n && failed == 0; i++)
		failed = seccomp_rule_add(filter, action, calls[i], 0);
	return failed;
}

#define ADD(filter, action, list) add_calls((filter), (action), (list), COUNT_OF(list))

/* Memory that can be executed is never made. */
static int add_memory(scmp_filter_ctx filter, bool is_decode)
{
	struct scmp_arg_cmp no_exec = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
	int failed;

	if (is_decode)
		return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 3, no_exec,
		                        SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS),
		                        SCMP_A4(SCMP_CMP_MASKED_EQ, UINT32_MAX, UINT32_MAX));
	failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, no_exec);
	if (failed == 0)
		failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, no_exec);
	return failed;
}

static int add_common(scmp_filter_ctx filter)
{
	int failed = ADD(filter, SCMP_ACT_ALLOW, common_calls);
	/* abort(3), and nobody else's end */
	if (failed == 0)
		failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
		                          SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()));
	/* reading one's own limits, never setting them */
	if (failed == 0)
		failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 2, SCMP_A0(SCMP_CMP_EQ, 0),
		                          SCMP_A2(SCMP_CMP_EQ, 0));
	if (failed == 0)
		failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 1,
		                          SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME));
	/* FIONREAD, FIONBIO, TCGETS: whether it is a terminal */
	static const unsigned requests[] = {0x541b, 0x5421, 0x5401};
	for (size_t i = 0; i < COUNT_OF(requests) && failed == 0; i++)
		failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
		                          SCMP_A1(SCMP_CMP_EQ, requests[i]));
	return failed;
}

static int add_threads(scmp_filter_ctx filter)
{
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
	                        SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
}

static int add_connect(scmp_filter_ctx filter)
{
	static const int families[] = {AF_INET, AF_INET6, AF_NETLINK};
	int failed = ADD(filter, SCMP_ACT_ALLOW, connect_calls);
	for (size_t i = 0; i < COUNT_OF(families) && failed == 0; i++)
		failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1,
		                          SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)families[i]));
	/* both ends are one's own: how libunbound speaks to its thread */
	if (failed == 0)
		failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(socketpair), 1, SCMP_A0(SCMP_CMP_EQ, AF_UNIX));
	return failed;
}

static int add_rights(scmp_filter_ctx filter, unsigned rights)
{
	int failed = add_common(filter);

	/* glibc asks for clone3 first and falls back to clone, whose flags can be seen here, only at ENOSYS. */
	if (failed == 0)
		failed = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	if (failed == 0)
		failed = add_memory(filter, false);
	if (failed == 0 && (rights & RIGHT_THREADS))
		failed = add_threads(filter);
	if (failed == 0 && (rights & (RIGHT_SOCKET_IO | RIGHT_ACCEPT | RIGHT_CONNECT)))
		failed = ADD(filter, SCMP_ACT_ALLOW, socket_calls);
	if (failed == 0 && (rights & RIGHT_ACCEPT))
		failed = ADD(filter, SCMP_ACT_ALLOW, accept_calls);
	if (failed == 0 && (rights & RIGHT_CONNECT))
		failed = add_connect(filter);
	if (failed == 0 && (rights & (RIGHT_FILES_READ | RIGHT_FILES_WRITE | RIGHT_SYSTEM_READ)))
		failed = ADD(filter, SCMP_ACT_ALLOW, file_calls);
	if (failed == 0 && (rights & RIGHT_FILES_WRITE))
		failed = ADD(filter, SCMP_ACT_ALLOW, write_calls);
	return failed;
}

static int add_decode(scmp_filter_ctx filter)
{
	int failed = ADD(filter, SCMP_ACT_ALLOW, decode_calls);
	if (failed == 0)
		failed = add_memory(filter, true);
	/* what is made once, by pthread_once(3), tells that it is made */
	if (failed == 0)
		failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(futex), 1,
		                          SCMP_A1(SCMP_CMP_EQ, FUTEX_WAKE_PRIVATE));
	/* its last words, when memory runs out */
	if (failed == 0)
		failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(write), 1,
		                          SCMP_A0(SCMP_CMP_EQ, STDERR_FILENO));
	return failed;
}

static int add_sanitized(scmp_filter_ctx filter, unsigned rights)
{
	int failed = ADD(filter, SCMP_ACT_ERRNO(EPERM), never_calls);
	if (failed == 0 && !(rights & RIGHT_CONNECT))
		failed = ADD(filter, SCMP_ACT_ERRNO(EPERM), network_calls);
	return failed;
}

static bool filter_calls(enum role role, struct err *err)
{
	bool is_decode = role == ROLE_DECODE;
	uint32_t otherwise = IS_SANITIZED ? SCMP_ACT_ALLOW : is_decode ? SCMP_ACT_KILL_PROCESS : SCMP_ACT_ERRNO(EPERM);
	scmp_filter_ctx filter = seccomp_init(otherwise);
	int failed = filter == NULL ? -ENOMEM : 0;

	if (failed == 0)
		failed = IS_SANITIZED ? add_sanitized(filter, all_rights[role])
		         : is_decode  ? add_decode(filter)
		                      : add_rights(filter, all_rights[role]);
	if (failed == 0)
		failed = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (failed == 0)
		failed = seccomp_load(filter);
	if (filter != NULL)
		seccomp_release(filter);
	if (failed != 0)
		return err_set(err, ERR_SETUP, "the kernel does not take the seccomp filter of %s: %s", names[role],
		               strerror(-failed));
	return true;
}

/* --- files --- */

#define FILES_READ_ACCESS (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define FILES_ALL_ACCESS ((UINT64_C(1) << 13) - 1) /* what the first Landlock, of Linux 5.13, knows */
#define FILES_WRITE_ACCESS                                                                                             \
	(FILES_READ_ACCESS | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_FILE |                          \
	 LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_DIR)
#define ACCESS_REFER (UINT64_C(1) << 13)    /* Landlock 2 */
#define ACCESS_TRUNCATE (UINT64_C(1) << 14) /* Landlock 3 */

static bool add_path(int rules, const char *path, uint64_t access, struct err *err)
{
	int fd = open(path, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? true : err_set(err, ERR_SETUP, "%s: %s", path, strerror(errno));
	struct stat stat;
	if (fstat(fd, &stat) == 0 && !S_ISDIR(stat.st_mode))
		access &= LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | ACCESS_TRUNCATE;
	struct landlock_path_beneath_attr rule = {.allowed_access = access, .parent_fd = fd};
	bool ok = syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
	if (!ok)
		(void)err_set(err, ERR_SETUP, "Landlock does not take %s: %s", path, strerror(errno));
	file_close(&fd);
	return ok;
}

static char readable[24][PATH_MAX];
static size_t readable_count;

void sandbox_may_read(const char *path)
{
	if (path != NULL && readable_count < COUNT_OF(readable))
		(void)snprintf(readable[readable_count++], sizeof readable[0], "%s", path);
}

static bool add_rules(int rules, unsigned rights, uint64_t known, const char *state_folder, const char *writable_file,
                      struct err *err)
{
	static const char *const system_paths[] = {"/etc", "/usr", "/lib", "/run/systemd/resolve", "/run/resolvconf"};
	bool ok = true;

	if (state_folder != NULL && (rights & RIGHT_FILES_WRITE))
		ok = add_path(rules, state_folder, (FILES_WRITE_ACCESS | ACCESS_TRUNCATE) & known, err);
	else if (state_folder != NULL && (rights & RIGHT_FILES_READ))
		ok = add_path(rules, state_folder, FILES_READ_ACCESS, err);
	if (ok && writable_file != NULL && (rights & RIGHT_FILES_READ))
		ok = add_path(rules, writable_file, LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE, err);
	for (size_t i = 0; i < COUNT_OF(system_paths) && ok && (rights & RIGHT_SYSTEM_READ); i++)
		ok = add_path(rules, system_paths[i], FILES_READ_ACCESS, err);
	for (size_t i = 0; i < readable_count && ok && (rights & (RIGHT_SYSTEM_READ | RIGHT_FILES_READ)); i++)
		ok = add_path(rules, readable[i], FILES_READ_ACCESS, err);
	return ok;
}

/* `*out_present` says whether the kernel has Landlock at all. */
static bool limit_files(unsigned rights, const char *state_folder, const char *writable_file, bool *out_present,
                        struct err *err)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	*out_present = version >= 1;
	if (version < 1)
		return true;
	uint64_t known = FILES_ALL_ACCESS | (version >= 2 ? ACCESS_REFER : 0) | (version >= 3 ? ACCESS_TRUNCATE : 0);
	struct landlock_ruleset_attr all = {.handled_access_fs = known};
	int rules = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof all, 0);
	if (rules < 0)
		return err_set(err, ERR_SETUP, "Landlock: %s", strerror(errno));
	bool ok = add_rules(rules, rights, known, state_folder, writable_file, err);
	if (ok && syscall(SYS_landlock_restrict_self, rules, 0) != 0)
		ok = err_set(err, ERR_SETUP, "Landlock: %s", strerror(errno));
	file_close(&rules);
	return ok;
}

/* --- resources --- */

static void limit(unsigned which, rlim_t most)
{
	struct rlimit value = {most, most};
	(void)setrlimit((__rlimit_resource_t)which, &value);
}

static void limit_resources(enum role role)
{
	if (role != ROLE_DECODE || IS_SANITIZED)
		return;
	/* Private memory that can be written.  The rest of a worker is the program's own text, 10 MiB of it resident. */
	limit(RLIMIT_DATA, LIMIT_DECODE_MEMORY_BYTES - LIMIT_DECODE_TEXT_BYTES);
	limit(RLIMIT_NOFILE, 8);
	limit(RLIMIT_NPROC, 0);
	limit(RLIMIT_STACK, MIB(1));
}

bool sandbox_enter(enum role role, const char *state_folder, const char *writable_file, struct sandbox_state *out,
                   struct err *err)
{
	struct sandbox_state state = {0};

	sandbox_harden();
	limit_resources(role);
	if (!IS_SANITIZED && !limit_files(all_rights[role], state_folder, writable_file, &state.has_landlock, err))
		return false;
	state.has_landlock = state.has_landlock || IS_SANITIZED;
	if (!filter_calls(role, err))
		return false;
	state.has_seccomp = true;
	*out = state;
	return true;
}
