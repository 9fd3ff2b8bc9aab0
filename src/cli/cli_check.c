/* SPDX-License-Identifier: ISC */
/* mailseal check DOMAIN: what the domain publishes and how its servers stand, seen from here. */
#include "cli/cli.h"

#include <unistd.h>

#include "base/limits.h"
#include "base/num.h"
#include "present/check_view.h"
#include "present/doc_text.h"
#include "role/domain_look.h"
#include "sys/idn.h"

static const char usage[] =
    "mailseal check example.com\n"
    "mailseal check example.com --json\n"
    "\n"
    "Looks at the TLS-RPT record, the MTA-STS record and policy, the mail servers, their certificates\n"
    "and their TLSA records. Works without a server. Ends with 0 when nothing is wrong, 10 when something\n"
    "is, 11 when it could not tell.\n"
    "\n"
    "  --resolver ADDRESS[@PORT]  ask this resolver; repeatable (default: the system's)\n"
    "  --trust-anchor FILE        DNSSEC trust anchor (default: the root's)\n"
    "  --ca-file FILE             the authorities to trust (default: the system's)\n"
    "  --smtp-port N              default 25; with it local addresses are looked at too\n"
    "  --https-port N             default 443; with it local addresses are looked at too\n"
    "  --hostname NAME            our name in EHLO\n"
    "  --rua URI                  an address of ours that must be in the TLS-RPT record; repeatable\n"
    "  --timeout SECONDS          of the whole check, default 120\n";

struct wish {
	struct option_list resolvers, rua;
	const char *trust_anchor, *ca_file, *hostname;
	uint64_t smtp_port, https_port, timeout_secs;
};

static int exit_of(const struct check *check)
{
	return check->verdict == CHECK_PROBLEMS ? EXIT_PROBLEMS : check->verdict == CHECK_CANNOT_TELL ? EXIT_CANNOT_TELL
	                                                                                             : EXIT_DONE;
}

static void show(const struct cli *cli, const struct check *check, struct arena *arena)
{
	struct buf out;
	struct doc doc;
	struct json_out json;

	buf_init(&out, MIB(32));
	if (cli->format == OUTPUT_JSON || cli->format == OUTPUT_JSONL) {
		json_out_init(&json, &out, cli->format == OUTPUT_JSON);
		check_view_json(check, arena, &json);
	} else {
		check_view_doc(check, arena, &doc);
		doc_text(&doc, &(struct doc_text_look){.width = 100, .color = cli->color, .commands = true}, &out);
	}
	cli_print(buf_view(&out));
	buf_done(&out);
}

static struct str our_name(const struct wish *wish, char name[256])
{
	if (wish->hostname != NULL)
		return str_of(wish->hostname);
	if (gethostname(name, 256) != 0 || name[0] == '\0')
		return STR("localhost");
	name[255] = '\0';
	return str_of(name);
}

static bool open_world(const struct wish *wish, struct domain_look_options *options,
                       struct tls_authorities **authorities, struct err *err)
{
	const struct resolve_options resolve = {.forwarders = wish->resolvers.items,
	                                        .forwarder_count = wish->resolvers.count,
	                                        .trust_anchor = wish->trust_anchor};

	if (!tls_authorities_open(wish->ca_file, authorities, err))
		return false;
	options->authorities = *authorities;
	return resolve_open(&resolve, &options->resolve, err);
}

/* U-labels become A-labels. */
static bool read_domain(const char *text, char asked[RESOLVE_NAME_MAX], struct str *out)
{
	struct buf ascii;

	buf_init(&ascii, KIB(1));
	bool ok = idn_to_ascii(str_of(text), &ascii) && resolve_name(buf_view(&ascii), asked, out) &&
	          str_find_byte(*out, '.') < out->len;
	buf_done(&ascii);
	return ok;
}

int cli_check(struct cli *cli, int argc, char **argv)
{
	struct wish wish = {.timeout_secs = 120};
	const struct option options[] = {
	    {"--resolver", OPTION_LIST, &wish.resolvers, NULL},   {"--trust-anchor", OPTION_TEXT, &wish.trust_anchor, NULL},
	    {"--ca-file", OPTION_TEXT, &wish.ca_file, NULL},      {"--smtp-port", OPTION_COUNT, &wish.smtp_port, NULL},
	    {"--https-port", OPTION_COUNT, &wish.https_port, NULL}, {"--hostname", OPTION_TEXT, &wish.hostname, NULL},
	    {"--rua", OPTION_LIST, &wish.rua, NULL},              {"--timeout", OPTION_COUNT, &wish.timeout_secs, NULL},
	    {NULL, OPTION_FLAG, NULL, NULL},
	};
	struct arena arena;
	struct err err = {0};
	struct check check;
	struct tls_authorities *authorities = NULL;
	struct str ours[COUNT_OF(wish.rua.items)];
	char name[256], asked[RESOLVE_NAME_MAX];
	struct str domain;

	if (!cli_parse(cli, &argc, argv, options, usage))
		return EXIT_USAGE;
	if (argc != 1)
		return cli_usage("check", "it is 'check DOMAIN'");
	if (wish.smtp_port > UINT16_MAX || wish.https_port > UINT16_MAX)
		return cli_usage("check", "a port is at most 65535");
	if (wish.timeout_secs == 0 || wish.timeout_secs > 3600)
		return cli_usage("check", "--timeout is 1 to 3600 seconds");
	if (!read_domain(argv[0], asked, &domain))
		return cli_usage("check", "'%s' is not a domain name", argv[0]);
	arena_init(&arena, MIB(256));
	for (size_t i = 0; i < wish.rua.count; i++)
		ours[i] = str_of(wish.rua.items[i]);
	struct domain_look_options look = {
	    .ca_file = wish.ca_file,
	    .smtp_port = wish.smtp_port == 0 ? 25 : (uint16_t)wish.smtp_port,
	    .https_port = wish.https_port == 0 ? 443 : (uint16_t)wish.https_port,
	    .smtp_local = wish.smtp_port != 0,
	    .https_local = wish.https_port != 0,
	    .our_name = our_name(&wish, name),
	    .user_agent = "mailseal",
	    .our_rua = {.items = ours, .count = wish.rua.count},
	    .timeout_ms = (uint32_t)wish.timeout_secs * 1000,
	};
	int code;
	if (open_world(&wish, &look, &authorities, &err)) {
		domain_look(domain, &look, &arena, &check);
		show(cli, &check, &arena);
		code = exit_of(&check);
	} else {
		code = cli_fail(&err);
	}
	resolve_close(&look.resolve);
	tls_authorities_close(&authorities);
	arena_done(&arena);
	return code;
}
