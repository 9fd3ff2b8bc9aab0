/* SPDX-License-Identifier: ISC */
#include "role/role_start.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/file.h"
#include "base/log.h"
#include "role/role_decode.h"
#include "role/role_http.h"
#include "role/role_keep.h"
#include "role/role_smtp.h"
#include "role/role_reach.h"
#include "sys/child.h"

#define EXIT_NOT_A_ROLE 2
#define EXIT_NOT_SEALED 78

static role_main_fn *const mains[ROLE_COUNT] = {
    [ROLE_DECODE] = role_decode_main,
    [ROLE_KEEP] = role_keep_main,
    [ROLE_HTTP] = role_http_main,
    [ROLE_SMTP] = role_smtp_main,
    [ROLE_REACH] = role_reach_main,
};

static bool may_be_unsandboxed;

/* The folder of the database and its shared memory, which readers must be able to write (SQLite keeps its read marks
 * there). */
static void seal_paths(const struct config *config, char folder[4096], char shared[4096])
{
	struct err err = {0};

	folder[0] = shared[0] = '\0';
	if (!config_store_path(config, folder, 4096 - 8, &err))
		return;
	(void)snprintf(shared, 4096, "%s-shm", folder);
	char *slash = strrchr(folder, '/');
	if (slash == NULL)
		(void)snprintf(folder, 4096, ".");
	else
		slash[slash == folder ? 1 : 0] = '\0';
}

void role_seal(enum role role, const struct config *config)
{
	char folder[4096];
	char shared[4096];
	struct sandbox_state state = {0};
	struct err err = {0};

	seal_paths(config, folder, shared);
	if (!sandbox_enter(role, folder, shared, &state, &err)) {
		LOG(may_be_unsandboxed ? LOG_LEVEL_WARNING : LOG_LEVEL_ERROR, "not-sandboxed", LOG_TEXT("why", err.text));
		if (!may_be_unsandboxed)
			exit(EXIT_NOT_SEALED);
	} else if (!state.has_landlock) {
		LOG(LOG_LEVEL_WARNING, "no-landlock",
		    LOG_TEXT("why", "this kernel does not hold the files a role may open"));
	}
}

static bool read_config(struct config **out, struct err *err)
{
	struct buf text;

	buf_init(&text, MIB(1));
	int fd = CHILD_CONFIG_FD;
	bool ok = file_read_fd(fd, "the configuration", &text, err);
	if (ok) {
		buf_byte(&text, '\0');
		ok = !text.failed && config_receive(text.p, out, err);
	}
	buf_done(&text);
	file_close(&fd);
	return ok;
}

bool role_is_built(enum role role)
{
	return mains[role] != NULL;
}

unsigned role_decode_workers(const struct config *config)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	if (config->limits_decode_workers > 0)
		return (unsigned)config->limits_decode_workers;
	return processors < 1 ? 1 : processors > 64 ? 64 : (unsigned)processors;
}

int role_start(int argc, char **argv)
{
	struct config *config = NULL;
	struct err err = {0};
	struct stat stat;
	enum role role;
	int fds[CHILD_FDS_MAX];
	size_t fd_count = 0;

	if (argc < 3 || !role_of(argv[2], &role) || mains[role] == NULL || fstat(CHILD_CONTROL_FD, &stat) != 0 ||
	    !S_ISSOCK(stat.st_mode)) {
		(void)fputs("mailseal: --role is for the supervisor of 'mailseal serve' alone\n", stderr);
		return EXIT_NOT_A_ROLE;
	}
	sandbox_harden();
	may_be_unsandboxed = argc > 3 && strcmp(argv[3], "--allow-unsandboxed") == 0;
	while (fd_count < COUNT_OF(fds) && fcntl(CHILD_FIRST_FD + (int)fd_count, F_GETFD) >= 0) {
		fds[fd_count] = CHILD_FIRST_FD + (int)fd_count;
		fd_count++;
	}
	log_setup(role_text(role), LOG_LEVEL_INFO);
	if (!read_config(&config, &err)) {
		LOG(LOG_LEVEL_ERROR, "no-configuration", LOG_TEXT("why", err.text));
		return EXIT_NOT_A_ROLE;
	}
	log_setup(role_text(role), log_level_of(config->log_level));
	int code = mains[role](config, CHILD_CONTROL_FD, fds, fd_count);
	config_free(&config);
	return code;
}
