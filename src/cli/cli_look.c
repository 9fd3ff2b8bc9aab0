/* SPDX-License-Identifier: ISC */
#include "cli/cli_look.h"

#include <unistd.h>

#include "base/limits.h"
#include "cli/cli_view.h"
#include "store/store_domains.h"
#include "sys/idn.h"

#define TIMEOUT_SECS 120

int cli_look_judge(const struct cli_look *look, const char *noun)
{
	if (look->smtp_port > UINT16_MAX || look->https_port > UINT16_MAX)
		return cli_usage(noun, "a port is at most 65535");
	if (look->timeout_secs > 3600)
		return cli_usage(noun, "--timeout is 1 to 3600 seconds");
	return EXIT_DONE;
}

static struct str name_of_ours(struct cli_look *look)
{
	if (look->hostname != NULL)
		return str_of(look->hostname);
	if (gethostname(look->our_name, sizeof look->our_name) != 0 || look->our_name[0] == '\0')
		return STR("localhost");
	look->our_name[sizeof look->our_name - 1] = '\0';
	return str_of(look->our_name);
}

/* What the flags say, else the configuration. */
static struct resolve_options resolver_of(const struct cli_look *look)
{
	struct resolve_options options = {.forwarders = look->resolvers.items,
	                                  .forwarder_count = look->resolvers.count,
	                                  .trust_anchor = look->trust_anchor};

	if (look->config == NULL || look->resolvers.count > 0)
		return options;
	options.forwarders = (const char *const *)look->config->dns_resolvers.items;
	options.forwarder_count = look->config->dns_resolvers.count;
	if (look->trust_anchor == NULL && look->config->dns_trust_anchor[0] != '\0')
		options.trust_anchor = look->config->dns_trust_anchor;
	return options;
}

bool cli_look_open(struct cli_look *look, struct err *err)
{
	const struct resolve_options resolve = resolver_of(look);
	uint64_t secs = look->timeout_secs == 0 ? TIMEOUT_SECS : look->timeout_secs;

	for (size_t i = 0; i < look->rua.count; i++)
		look->ours[i] = str_of(look->rua.items[i]);
	look->options = (struct domain_look_options){
	    .ca_file = look->ca_file,
	    .smtp_port = look->smtp_port == 0 ? 25 : (uint16_t)look->smtp_port,
	    .https_port = look->https_port == 0 ? 443 : (uint16_t)look->https_port,
	    .smtp_local = look->smtp_port != 0,
	    .https_local = look->https_port != 0,
	    .our_name = name_of_ours(look),
	    .user_agent = "mailseal",
	    .our_rua = {.items = look->ours, .count = look->rua.count},
	    .timeout_ms = (uint32_t)secs * 1000,
	};
	if (!tls_authorities_open(look->ca_file, &look->authorities, err))
		return false;
	look->options.authorities = look->authorities;
	return resolve_open(&resolve, &look->options.resolve, err);
}

void cli_look_close(struct cli_look *look)
{
	resolve_close(&look->options.resolve);
	tls_authorities_close(&look->authorities);
}

bool cli_look_allowed(const struct cli *cli, struct str domain, struct err *err)
{
	struct cli_view view = {0};
	bool owns = false;

	if (cli->tenant == NULL)
		return true;
	if (!cli_view_open(cli, &view, err))
		return false;
	bool ok = store_domain_owned(view.store, domain, &owns, err);
	if (ok && !owns)
		ok = err_set(err, ERR_MISSING, "this domain is not listed and proven for this tenant");
	cli_view_close(&view);
	return ok;
}

bool cli_look_domain(const char *text, char asked[RESOLVE_NAME_MAX], struct str *out)
{
	struct buf ascii;

	buf_init(&ascii, KIB(1));
	bool ok = idn_to_ascii(str_of(text), &ascii) && resolve_name(buf_view(&ascii), asked, out) &&
	          str_find_byte(*out, '.') < out->len;
	buf_done(&ascii);
	return ok;
}
