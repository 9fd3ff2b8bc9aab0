/* SPDX-License-Identifier: ISC */
/* `mailseal serve`: opens the sockets and supervises the roles. */
#include <stdio.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/file.h"
#include "base/instant.h"
#include "base/limits.h"
#include "base/log.h"
#include "cli/cli.h"
#include "cli/cli_config.h"
#include "cli/cli_send.h"
#include "report/wire.h"
#include "role/new_secret.h"
#include "role/role_smtp.h"
#include "role/role_start.h"
#include "store/accounts.h"
#include "sys/listen.h"
#include "sys/supervisor.h"

#define FIRST_LINK_SECS SECS_PER_DAY
#define EXAMPLE_PATH "docs/example/report.json"

static const char usage[] =
    "mailseal serve                    the server: takes reports by SMTP and HTTP, shows what they say\n"
    "  mailseal serve --store sqlite:state/mailseal.db\n"
    "  mailseal serve -c /etc/mailseal/mailseal.conf\n"
    "\n"
    "  --allow-unsandboxed   go on where the kernel has no seccomp\n"
    "Ctrl-C or SIGTERM: finishes what is under way, then ends.\n"
    "SIGHUP: reads the configuration and the certificate again; no report is lost meanwhile.\n";

struct server {
	const struct cli *cli;
	const struct config *config; /* the first one: what is open was opened by it */
	struct buf text;             /* the configuration that roles get */
	const char *program;
	int smtp_fds[CHILD_FDS_MAX], http_fds[CHILD_FDS_MAX];
	size_t smtp_count, http_count;
	int control_fd;
};

static bool listen_all(const struct config_list *list, int *fds, size_t *count, const char *door, struct err *err)
{
	char text[LISTEN_TEXT_MAX];

	for (size_t i = 0; i < list->count; i++) {
		if (*count == CHILD_FDS_MAX)
			return err_set(err, ERR_SETUP, "there are more addresses to listen on than %d", CHILD_FDS_MAX);
		if (!listen_open(list->items[i], &fds[*count], err))
			return false;
		listen_text(fds[*count], text);
		LOG(LOG_LEVEL_INFO, "listening", LOG_TEXT("door", door), LOG_TEXT("at", text));
		(*count)++;
	}
	return true;
}

static bool listen_control(struct server *server, struct err *err)
{
	char path[4096];
	int n = snprintf(path, sizeof path, "%s.control", server->config->store_path);

	if (n < 0 || (size_t)n >= sizeof ((struct sockaddr_un){0}).sun_path)
		return err_set(err, ERR_SETUP,
		               "the path of the database is too long for the control socket beside it (107 bytes)");
	if (!listen_open(path, &server->control_fd, err)) {
		/* The usual reason has a plainer name. */
		if (strstr(err->text, "another process") != NULL)
			return err_set(err, ERR_SETUP, "a server is running on this database already");
		return false;
	}
	return true;
}

static bool make_folder(const char *file, struct err *err)
{
	char folder[4096];
	const char *slash = strrchr(file, '/');

	if (slash == NULL || slash == file)
		return true;
	(void)snprintf(folder, sizeof folder, "%.*s", (int)(slash - file), file);
	return file_make_folder(folder, err);
}

static bool open_sockets(struct server *server, struct err *err)
{
	const struct config *config = server->config;

	if (!make_folder(config->store_path, err) || !listen_control(server, err))
		return false;
	if (role_is_built(ROLE_SMTP) &&
	    (!listen_all(&config->smtp_listen, server->smtp_fds, &server->smtp_count, "smtp", err) ||
	     !listen_all(&config->smtp_lmtp, server->smtp_fds, &server->smtp_count, "lmtp", err)))
		return false;
	return !role_is_built(ROLE_HTTP) ||
	       (listen_all(&config->http_listen, server->http_fds, &server->http_count, "http", err) &&
	        listen_all(&config->http_metrics, server->http_fds, &server->http_count, "metrics", err));
}

/* Until there is a user, a link that opens once and makes the first.  Without keep's help there is none; the next start
 * tries again. */
static void say_first_run(const struct server *server, const char *http)
{
	struct store *store = NULL;
	struct new_secret link;
	struct buf arguments, text;
	struct err err = {0};
	char base[1200];
	bool any = true;

	if (!store_open(server->config->store_path, STORE_READ, &store, &err))
		return;
	bool ok = accounts_any(store, &any, &err);
	store_close(&store);
	if (!ok || any || !new_secret_link(&link, &err))
		return;
	buf_init(&arguments, KIB(1));
	buf_init(&text, KIB(4));
	wire_put_str(&arguments, new_secret_hash(&link));
	wire_put_u64(&arguments, (uint64_t)(instant_now() + FIRST_LINK_SECS));
	if (cli_send(server->cli, "first-link", buf_view(&arguments), &text, &err)) {
		buf_clear(&text);
		config_web_url(server->config, http, base, sizeof base);
		new_secret_put_link(base, &link, &text);
		(void)printf("There is no user yet: whoever works on this machine may read. To make the first one, within a day:\n"
		             "  %.*s\n\n", STR_ARGS(buf_view(&text)));
	}
	buf_done(&arguments);
	buf_done(&text);
}

static void say_where(void *context)
{
	const struct server *server = context;
	const char *example = file_is_there(EXAMPLE_PATH) ? EXAMPLE_PATH : "REPORT.json";
	const char *address =
	    server->config->report_addresses.count > 0 ? server->config->report_addresses.items[0] : "ADDRESS";
	char smtp[LISTEN_TEXT_MAX] = "";
	char http[LISTEN_TEXT_MAX] = "";

	if (server->smtp_count > 0)
		listen_text(server->smtp_fds[0], smtp);
	if (server->http_count > 0)
		listen_text(server->http_fds[0], http);
	(void)printf("\nmailseal is ready; its store is %s\n\n", server->config->store_path);
	if (http[0] != '\0')
		(void)printf("Look at   http://%s/\n\n", http);
	if (http[0] != '\0')
		say_first_run(server, http);
	(void)puts("Send it a report:");
	if (smtp[0] != '\0')
		(void)printf("  swaks --server %s --from reporter@example.net --to %s --attach-type application/tlsrpt+json "
		             "--attach @%s\n",
		             smtp, address, example);
	if (http[0] != '\0')
		(void)printf("  curl -H 'Content-Type: application/tlsrpt+json' --data-binary @%s http://%s/report\n", example,
		             http);
	(void)printf("  %s import --store sqlite:%s %s\n", server->program, server->config->store_path, example);
	(void)puts("\nWhat strangers send by mail or HTTP is held, visible but not counted, until their signature is verified or\n"
	           "you accept them; what you import counts.  Ctrl-C ends the server.\n");
	(void)fflush(stdout);
}

static bool same_list(const struct config_list *a, const struct config_list *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (strcmp(a->items[i], b->items[i]) != 0)
			return false;
	return true;
}

/* What was opened at the start stays open; the rest is read again, and tried before anything is ended for it. */
static bool may_replace(const struct config *old, const struct config *config, struct err *err)
{
	if (strcmp(old->store_path, config->store_path) != 0 || !same_list(&old->smtp_listen, &config->smtp_listen) ||
	    !same_list(&old->smtp_lmtp, &config->smtp_lmtp) || !same_list(&old->http_listen, &config->http_listen) ||
	    !same_list(&old->http_metrics, &config->http_metrics))
		return err_set(err, ERR_SETUP,
		               "the database and the addresses to listen on change with a restart only; nothing was changed");
	return !role_is_built(ROLE_SMTP) || role_smtp_check(config, err);
}

static bool reload(void *context, struct str *out_config_text, struct err *err)
{
	struct server *server = context;
	struct config *config = NULL;

	if (!cli_load_config(server->cli, &config, err))
		return false;
	bool ok = may_replace(server->config, config, err);
	if (ok) {
		buf_clear(&server->text);
		config_send(config, &server->text);
		*out_config_text = buf_view(&server->text);
	}
	config_free(&config);
	return ok;
}

static int serve(struct server *server, bool may_be_unsandboxed)
{
	struct supervisor_door doors[3];
	struct err err = {0};
	size_t door_count = 0;

	buf_init(&server->text, MIB(1));
	config_send(server->config, &server->text);
	if (server->smtp_count > 0)
		doors[door_count++] = (struct supervisor_door){ROLE_SMTP, server->smtp_fds, server->smtp_count};
	if (server->http_count > 0)
		doors[door_count++] = (struct supervisor_door){ROLE_HTTP, server->http_fds, server->http_count};
	if (role_is_built(ROLE_REACH))
		doors[door_count++] = (struct supervisor_door){.role = ROLE_REACH};
	struct supervisor_plan plan = {
	    .config_text = buf_view(&server->text),
	    .decode_workers = role_decode_workers(server->config),
	    .doors = doors,
	    .door_count = door_count,
	    .control_fd = server->control_fd,
	    .client_fd = -1,
	    .may_be_unsandboxed = may_be_unsandboxed,
	    .on_ready = say_where,
	    .on_reload = reload,
	    .context = server,
	};
	bool ok = supervisor_run(&plan, &err);
	buf_done(&server->text);
	return ok ? EXIT_DONE : cli_fail(&err);
}

int cli_serve(struct cli *cli, int argc, char **argv)
{
	bool may_be_unsandboxed = false;
	const struct option options[] = {
	    {"--allow-unsandboxed", OPTION_FLAG, &may_be_unsandboxed, ""}, {NULL, OPTION_FLAG, NULL, NULL}};
	struct server server = {.cli = cli, .program = cli->program, .control_fd = -1};
	struct config *config = NULL;
	struct err err = {0};
	char control[4096];

	if (!cli_parse(cli, &argc, argv, options, usage))
		return EXIT_USAGE;
	if (argc > 0)
		return cli_usage("serve", "serve takes no words");
	if (!cli_load_config(cli, &config, &err))
		return cli_fail(&err);
	server.config = config;
	sandbox_harden();
	log_setup("supervisor", log_level_of(config->log_level));
	int code = open_sockets(&server, &err) ? serve(&server, may_be_unsandboxed) : cli_fail(&err);
	if (server.control_fd >= 0 && snprintf(control, sizeof control, "%s.control", config->store_path) > 0)
		(void)unlink(control);
	config_free(&config);
	return code;
}
