/* SPDX-License-Identifier: ISC */
#pragma once
/* What the commands that look at the world share: which world, the flags for it, and the options of the look. */
#include "cli/cli.h"
#include "role/domain_look.h"
#include "sys/config.h"

/* Zeroed before; must stay where it is while it is open. */
struct cli_look {
	struct option_list resolvers, rua;
	const char *trust_anchor, *ca_file, *hostname;
	uint64_t smtp_port, https_port, timeout_secs;
	const struct config *config; /* whose resolvers are asked where no flag names any; NULL: the system's.  Must outlive the look */

	struct domain_look_options options; /* after cli_look_open() */
	struct tls_authorities *authorities;
	struct str ours[64];
	char our_name[256];
};

#define CLI_LOOK_OPTIONS(look)                                                                                         \
	{"--resolver", OPTION_LIST, &(look)->resolvers, NULL}, {"--trust-anchor", OPTION_TEXT, &(look)->trust_anchor, NULL}, \
	    {"--ca-file", OPTION_TEXT, &(look)->ca_file, NULL}, {"--smtp-port", OPTION_COUNT, &(look)->smtp_port, NULL}, \
	    {"--https-port", OPTION_COUNT, &(look)->https_port, NULL}, {"--hostname", OPTION_TEXT, &(look)->hostname, NULL}, \
	{                                                                                                              \
		"--timeout", OPTION_COUNT, &(look)->timeout_secs, NULL                                                 \
	}

#define CLI_LOOK_USAGE                                                                                                 \
	"  --resolver ADDRESS[@PORT]  ask this resolver; repeatable (default: the system's)\n"                         \
	"  --trust-anchor FILE        DNSSEC trust anchor (default: the root's)\n"                                     \
	"  --ca-file FILE             the authorities to trust (default: the system's)\n"                              \
	"  --smtp-port N              default 25; with it local addresses are looked at too\n"                         \
	"  --https-port N             default 443; with it local addresses are looked at too\n"                        \
	"  --hostname NAME            our name in EHLO\n"                                                              \
	"  --timeout SECONDS          of the whole look, default 120\n"

/* EXIT_DONE, or EXIT_USAGE after a message. */
int cli_look_judge(const struct cli_look *look, const char *noun);
bool cli_look_open(struct cli_look *look, struct err *err);
void cli_look_close(struct cli_look *look);
/* With --tenant only his own domains are looked at, and only those that are proven: ERR_MISSING. */
bool cli_look_allowed(const struct cli *cli, struct str domain, struct err *err);
/* U-labels become A-labels; false for what is no domain name of two labels and more. */
bool cli_look_domain(const char *text, char asked[RESOLVE_NAME_MAX], struct str *out);
