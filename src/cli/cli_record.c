/* SPDX-License-Identifier: ISC */
/* mailseal record generate|explain: the TXT records of TLS-RPT and MTA-STS. */
#include "cli/cli_look.h"

#include <string.h>
#include <stdio.h>

#include "base/limits.h"
#include "base/quote.h"
#include "present/state_words.h"
#include "present/words.h"
#include "publish/txt_record.h"
#include "publish/zone_format.h"
#include "report/mx_pattern.h"

static const char usage[] =
    "mailseal record generate example.com --rua mailto:tls-reports@example.com\n"
    "mailseal record generate example.com --kind mta-sts --format bind\n"
    "mailseal record explain 'v=TLSRPTv1; rua=mailto:tls-reports@example.com'\n"
    "mailseal record explain example.com\n"
    "\n"
    "generate DOMAIN   makes the record to publish\n"
    "  --kind tls-rpt|mta-sts   which one (default tls-rpt)\n"
    "  --rua URI                where reports go: mailto:, https: or a bare address; repeatable\n"
    "  --keep URI               an address that is published now and stays; repeatable\n"
    "  --published              keep every address that is published now (also with --resolver)\n"
    "  --id TEXT                the id of the MTA-STS record (default: the time)\n"
    "  --ttl SECONDS            default 3600\n"
    "  --format text|bind|cloudflare|route53|powerdns|nsupdate|terraform\n"
    "explain RECORD    takes a record apart, with a sentence for each part\n"
    "explain DOMAIN    the same for both records that are published, with those that stand where nobody looks;\n"
    "                  ends with 11 when it could not tell\n"
    "  --resolver ADDRESS[@PORT]  ask this resolver; repeatable (default: the system's)\n"
    "  --trust-anchor FILE        DNSSEC trust anchor (default: the root's)\n"
    "  --timeout SECONDS          of the whole look, default 120\n";

#define RECORD_MOST_BYTES KIB(64)

static const char *yes_no(bool value)
{
	return value ? "true" : "false";
}

static void put_finding_json(const struct finding *finding, struct arena *arena, struct buf *out)
{
	buf_text(out, "{\"code\":");
	quote_json(str_of(finding_code_text(finding->code)), out);
	buf_text(out, ",\"severity\":");
	quote_json(str_of(severity_text(finding->severity)), out);
	buf_text(out, ",\"sentence\":");
	quote_json(finding_words_sentence(finding, arena), out);
	buf_text(out, ",\"step\":");
	quote_json(finding_words_step(finding, arena), out);
	buf_byte(out, '}');
}

static void put_findings_json(const struct findings *findings, struct arena *arena, bool *is_first, struct buf *out)
{
	for (size_t i = 0; i < findings->count; i++) {
		if (!*is_first)
			buf_byte(out, ',');
		*is_first = false;
		put_finding_json(&findings->items[i], arena, out);
	}
}

static void put_parts_json(const struct txt_record *record, struct buf *out)
{
	buf_format(out, "\"kind\":\"%s\",\"valid\":%s,\"tags\":[", txt_kind_text(record->kind), yes_no(record->is_valid));
	for (size_t i = 0; i < record->tag_count; i++) {
		buf_text(out, i > 0 ? ",{\"name\":" : "{\"name\":");
		quote_json(record->tags[i].name, out);
		buf_text(out, ",\"value\":");
		quote_json(record->tags[i].value, out);
		buf_text(out, ",\"sentence\":");
		quote_json(str_of(tr(record->tags[i].sentence)), out);
		buf_byte(out, '}');
	}
	buf_byte(out, ']');
}

static void put_json(const struct txt_record *record, const struct findings *findings, struct arena *arena,
                     struct buf *out)
{
	bool is_first = true;

	buf_byte(out, '{');
	put_parts_json(record, out);
	buf_text(out, ",\"findings\":[");
	put_findings_json(findings, arena, &is_first, out);
	buf_text(out, "]}\n");
}

static void put_findings(const struct findings *findings, struct arena *arena, struct buf *out)
{
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->items[i];
		buf_format(out, "\n%s: ", severity_words(finding->severity));
		quote_terminal(finding_words_sentence(finding, arena), false, out);
		buf_text(out, "\n  ");
		quote_terminal(finding_words_step(finding, arena), false, out);
		buf_byte(out, '\n');
	}
}

static void put_text(const struct txt_record *record, const struct findings *findings, struct arena *arena,
                     struct buf *out)
{
	buf_format(out, "%s %s\n\n", record->kind == TXT_TLSRPT ? tr("This is a TLS-RPT record.") : tr("This is an MTA-STS record."),
	           record->is_valid ? tr("Senders use it.") : tr("It has errors; senders may ignore it."));
	for (size_t i = 0; i < record->tag_count; i++) {
		buf_text(out, "  ");
		quote_terminal(record->tags[i].name, false, out);
		buf_byte(out, '=');
		quote_terminal(record->tags[i].value, false, out);
		buf_format(out, "\n      %s\n", tr(record->tags[i].sentence));
	}
	put_findings(findings, arena, out);
}

/* --- the records of a domain --- */

/* What is published of one kind. */
struct published {
	enum txt_kind kind;
	enum check_state state;
	struct str name, text; /* the record that counts; absent */
	struct txt_record record;
	struct findings findings;
	struct str_list unknowns;
};

static void look_up(struct str domain, enum txt_kind kind, const struct cli_look *look, struct arena *arena,
                    struct published *out)
{
	struct domain_look_options options = look->options;
	struct check check;
	struct findings known = {0};

	options.parts = kind == TXT_TLSRPT ? DOMAIN_LOOK_TLS_RPT : DOMAIN_LOOK_STS_RECORD;
	domain_look(domain, &options, arena, &check);
	*out = (struct published){
	    .kind = kind,
	    .state = kind == TXT_TLSRPT ? check.tls_rpt.state : check.mta_sts.state,
	    .name = str_of(arena_format(arena, "%s.%.*s", txt_kind_label(kind), STR_ARGS(domain))),
	    .text = kind == TXT_TLSRPT ? check.tls_rpt.record : check.mta_sts.record,
	    .record = {.kind = kind},
	    .findings = check.findings,
	    .unknowns = check.unknowns,
	};
	if (out->text.p != NULL)
		txt_record_read(out->text, kind, out->name, arena, &out->record, &known);
}

/* The members of one record stand at the top too: those of TLS-RPT, or of the --kind that was asked for. */
static void put_domain_json(struct str domain, const struct published *all, enum txt_kind asked, struct arena *arena,
                            struct buf *out)
{
	bool is_first = true;

	buf_text(out, "{\"domain\":");
	quote_json(domain, out);
	buf_byte(out, ',');
	put_parts_json(&all[asked].record, out);
	buf_text(out, ",\"findings\":[");
	for (unsigned kind = 0; kind < TXT_KIND_COUNT; kind++)
		put_findings_json(&all[kind].findings, arena, &is_first, out);
	buf_text(out, "],\"records\":[");
	for (unsigned kind = 0; kind < TXT_KIND_COUNT; kind++) {
		bool is_first_of_record = true;
		buf_format(out, "%s{\"state\":\"%s\",\"name\":", kind > 0 ? "," : "", check_state_text(all[kind].state));
		quote_json(all[kind].name, out);
		buf_text(out, ",\"record\":");
		if (all[kind].text.p == NULL)
			buf_text(out, "null");
		else
			quote_json(all[kind].text, out);
		buf_byte(out, ',');
		put_parts_json(&all[kind].record, out);
		buf_text(out, ",\"findings\":[");
		put_findings_json(&all[kind].findings, arena, &is_first_of_record, out);
		buf_text(out, "]}");
	}
	buf_text(out, "],\"could_not_tell\":[");
	bool is_first_unknown = true;
	for (unsigned kind = 0; kind < TXT_KIND_COUNT; kind++)
		for (size_t i = 0; i < all[kind].unknowns.count; i++) {
			buf_text(out, is_first_unknown ? "" : ",");
			is_first_unknown = false;
			quote_json(all[kind].unknowns.items[i], out);
		}
	buf_text(out, "]}\n");
}

static void put_domain_text(const struct published *all, struct arena *arena, struct buf *out)
{
	for (unsigned kind = 0; kind < TXT_KIND_COUNT; kind++) {
		const struct published *one = &all[kind];
		if (kind > 0)
			buf_byte(out, '\n');
		quote_terminal(one->name, false, out);
		buf_byte(out, '\n');
		if (one->text.p != NULL) {
			put_text(&one->record, &one->findings, arena, out);
			continue;
		}
		put_findings(&one->findings, arena, out);
		for (size_t i = 0; i < one->unknowns.count; i++) {
			buf_byte(out, '\n');
			quote_terminal(WORDS(arena, "Could not tell: {what}", {"what", one->unknowns.items[i]}), false, out);
			buf_byte(out, '\n');
		}
	}
}

static int explain_domain(struct cli *cli, struct str domain, enum txt_kind asked, struct cli_look *look)
{
	struct published all[TXT_KIND_COUNT];
	struct arena arena;
	struct buf out;
	struct err err = {0};
	int code;

	arena_init(&arena, MIB(32));
	buf_init(&out, MIB(16));
	if (cli_look_open(look, &err)) {
		code = EXIT_DONE;
		for (unsigned kind = 0; kind < TXT_KIND_COUNT; kind++) {
			look_up(domain, (enum txt_kind)kind, look, &arena, &all[kind]);
			if (all[kind].unknowns.count > 0)
				code = EXIT_CANNOT_TELL;
		}
		if (cli->format == OUTPUT_JSON || cli->format == OUTPUT_JSONL)
			put_domain_json(domain, all, asked, &arena, &out);
		else
			put_domain_text(all, &arena, &out);
		cli_print(buf_view(&out));
	} else {
		code = cli_fail(&err);
	}
	cli_look_close(look);
	buf_done(&out);
	arena_done(&arena);
	return code;
}

/* --- a record that was pasted --- */

static int explain(struct cli *cli, const char *text)
{
	struct arena arena;
	struct buf out;
	struct txt_record record;
	struct findings findings = {0};
	enum txt_kind kind;

	if (strlen(text) > RECORD_MOST_BYTES)
		return cli_usage("record", "the record is longer than 64 KiB");
	if (!txt_record_kind(str_of(text), &kind))
		return cli_usage("record", "this is neither a TLS-RPT nor an MTA-STS record");
	arena_init(&arena, MIB(16));
	buf_init(&out, MIB(16));
	struct str subject = str_of(txt_kind_label(kind));
	txt_record_read(str_of(text), kind, subject, &arena, &record, &findings);
	if (cli->format == OUTPUT_JSON || cli->format == OUTPUT_JSONL)
		put_json(&record, &findings, &arena, &out);
	else
		put_text(&record, &findings, &arena, &out);
	cli_print(buf_view(&out));
	buf_done(&out);
	arena_done(&arena);
	return EXIT_DONE;
}

struct wish {
	struct option_list rua, keep;
	struct cli_look look;
	bool published;
	const char *kind, *format, *id;
	uint64_t ttl_secs;
};

/* False after a usage message. */
static bool read_kind(const struct wish *wish, enum txt_kind *out)
{
	*out = TXT_TLSRPT;
	if (wish->kind == NULL || strcmp(wish->kind, "tls-rpt") == 0)
		return true;
	*out = TXT_STS;
	if (strcmp(wish->kind, "mta-sts") == 0)
		return true;
	(void)cli_usage("record", "--kind is tls-rpt or mta-sts");
	return false;
}

/* The addresses that are published now stay, behind ours. */
static bool add_published(const struct cli *cli, struct wish *wish, struct str domain, struct arena *arena,
                          struct str_list *list, struct err *err)
{
	struct published now;

	if (!cli_look_open(&wish->look, err))
		return false;
	look_up(domain, TXT_TLSRPT, &wish->look, arena, &now);
	if (now.unknowns.count > 0 || findings_have(&now.findings, FINDING_DNSSEC_BOGUS))
		return err_set(err, ERR_LATER, "what is published at %.*s now could not be told, so nothing of it can be kept",
		               STR_ARGS(now.name));
	struct str *items = ARENA_ARRAY(arena, list->count + now.record.rua.count + 1, struct str);
	for (size_t i = 0; i < list->count; i++)
		items[i] = list->items[i];
	list->items = items;
	for (size_t i = 0; i < now.record.rua.count; i++) {
		bool known = false;
		for (size_t j = 0; j < list->count; j++)
			known = known || str_eq(list->items[j], now.record.rua.items[i]);
		if (known)
			continue;
		struct buf encoded;
		struct err why = {0};
		buf_init(&encoded, KIB(4));
		if (txt_record_encode_rua(now.record.rua.items[i], &encoded, &why))
			list->items[list->count++] = arena_str(arena, buf_view(&encoded));
		else if (!cli->quiet)
			(void)fputs("An address that is published now is not complete and was left out.\n", stderr);
		buf_done(&encoded);
	}
	return true;
}

static bool add_uris(const struct option_list *uris, struct arena *arena, struct str_list *list, struct err *err)
{
	struct buf encoded;
	bool ok = true;

	buf_init(&encoded, KIB(4));
	for (size_t i = 0; i < uris->count && ok; i++) {
		buf_clear(&encoded);
		ok = txt_record_encode_rua(str_of(uris->items[i]), &encoded, err);
		bool known = false;
		for (size_t j = 0; j < list->count; j++)
			known = known || str_eq(list->items[j], buf_view(&encoded));
		if (ok && !known)
			list->items[list->count++] = arena_str(arena, buf_view(&encoded));
	}
	buf_done(&encoded);
	return ok;
}

/* RFC 8461 section 3.1 wants letters and digits; the time never repeats. */
static struct str id_of_now(struct arena *arena)
{
	char text[INSTANT_TEXT_MAX];
	struct str at = instant_format(instant_now(), text);
	char *id = arena_bytes(arena, at.len);
	size_t len = 0;

	for (size_t i = 0; i < at.len; i++)
		if (byte_is_digit(at.p[i]) || byte_is_alpha(at.p[i]))
			id[len++] = at.p[i];
	return str_make(id, len);
}

static bool make_value(const struct cli *cli, struct wish *wish, struct str domain, enum txt_kind kind,
                       struct arena *arena, struct buf *value, struct str_list *rua, struct err *err)
{
	if (kind == TXT_STS) {
		struct str id = wish->id == NULL ? id_of_now(arena) : str_of(wish->id);
		txt_record_write_sts(id, value);
		return true;
	}
	rua->items = ARENA_ARRAY(arena, COUNT_OF(wish->rua.items) + COUNT_OF(wish->keep.items), struct str);
	bool ok = add_uris(&wish->rua, arena, rua, err) && add_uris(&wish->keep, arena, rua, err);
	if (ok && (wish->published || wish->look.resolvers.count > 0)) {
		ok = add_published(cli, wish, domain, arena, rua, err);
		cli_look_close(&wish->look);
	}
	if (!ok)
		return false;
	if (rua->count == 0)
		return err_set(err, ERR_INPUT, "say where reports go: --rua mailto:ADDRESS or --rua https://ADDRESS");
	txt_record_write_tlsrpt(rua, value);
	return true;
}

static int generate(struct cli *cli, struct str domain, struct wish *wish)
{
	struct arena arena;
	struct buf value, out;
	struct str_list rua = {0};
	struct err err = {0};
	struct findings findings = {0};
	struct txt_record record;
	enum zone_format format = ZONE_TEXT;
	enum txt_kind kind = TXT_TLSRPT;

	if (!host_name_is_valid(domain))
		return cli_usage("record", "'%.*s' is not a domain name", STR_ARGS(domain));
	if (!read_kind(wish, &kind))
		return EXIT_USAGE;
	if (wish->format != NULL && !zone_format_of(str_of(wish->format), &format))
		return cli_usage("record", "there is no format '%s'", wish->format);
	if (wish->ttl_secs > INT32_MAX)
		return cli_usage("record", "--ttl is at most 2147483647 seconds");
	arena_init(&arena, MIB(16));
	buf_init(&value, RECORD_MOST_BYTES);
	buf_init(&out, MIB(16));
	bool ok = make_value(cli, wish, domain, kind, &arena, &value, &rua, &err);
	if (ok) {
		/* What we make must stand our own reading. */
		txt_record_read(buf_view(&value), kind, str_of(txt_kind_label(kind)), &arena, &record, &findings);
		ok = record.is_valid ||
		     err_set(&err, ERR_INPUT, "%.*s", STR_ARGS(finding_words_sentence(&findings.items[0], &arena)));
	}
	if (ok && (cli->format == OUTPUT_JSON || cli->format == OUTPUT_JSONL)) {
		buf_format(&out, "{\"name\":\"%s.%.*s\",\"type\":\"TXT\",\"ttl\":%u,\"value\":", txt_kind_label(kind),
		           STR_ARGS(domain), (unsigned)wish->ttl_secs);
		bool is_first = true;
		quote_json(buf_view(&value), &out);
		buf_text(&out, ",\"findings\":[");
		put_findings_json(&findings, &arena, &is_first, &out);
		buf_text(&out, "]}\n");
	} else if (ok) {
		ok = zone_format_write(format, str_of(txt_kind_label(kind)), domain, buf_view(&value),
		                       (uint32_t)wish->ttl_secs, &out, &err);
	}
	if (ok)
		cli_print(buf_view(&out));
	if (ok && !cli->quiet && rua.count > 1)
		(void)fprintf(stderr, "%s\n", tr("There are several addresses; some senders use only the first."));
	buf_done(&value);
	buf_done(&out);
	arena_done(&arena);
	if (ok)
		return EXIT_DONE;
	int code = cli_fail(&err);
	return err.kind == ERR_LATER ? EXIT_CANNOT_TELL : code == EXIT_FAILED ? EXIT_USAGE : EXIT_FAILED;
}

int cli_record(struct cli *cli, int argc, char **argv)
{
	struct wish wish = {.ttl_secs = 3600};
	char asked[RESOLVE_NAME_MAX];
	struct str domain;
	enum txt_kind kind;
	const struct option options[] = {
	    {"--rua", OPTION_LIST, &wish.rua, NULL},   {"--keep", OPTION_LIST, &wish.keep, NULL},
	    {"--kind", OPTION_TEXT, &wish.kind, NULL}, {"--format", OPTION_TEXT, &wish.format, NULL},
	    {"--id", OPTION_TEXT, &wish.id, NULL},     {"--ttl", OPTION_COUNT, &wish.ttl_secs, NULL},
	    {"--published", OPTION_FLAG, &wish.published, NULL}, CLI_LOOK_OPTIONS(&wish.look),
	    {NULL, OPTION_FLAG, NULL, NULL},
	};

	if (!cli_parse(cli, &argc, argv, options, usage))
		return EXIT_USAGE;
	int code = cli_look_judge(&wish.look, "record");
	if (code != EXIT_DONE)
		return code;
	if (argc == 2 && strcmp(argv[0], "explain") == 0) {
		/* A record holds "=" or ";", which no name does. */
		bool is_name = strpbrk(argv[1], "=;") == NULL && cli_look_domain(argv[1], asked, &domain);
		if (!is_name)
			return explain(cli, argv[1]);
		return read_kind(&wish, &kind) ? explain_domain(cli, domain, kind, &wish.look) : EXIT_USAGE;
	}
	if (argc == 2 && strcmp(argv[0], "generate") == 0)
		return generate(cli, str_of(argv[1]), &wish);
	return cli_usage("record", "it is 'record generate DOMAIN' or 'record explain RECORD' or 'record explain DOMAIN'");
}
