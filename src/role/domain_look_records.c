/* SPDX-License-Identifier: ISC */
/* The TLS-RPT record, the MTA-STS record and the policy file of a domain. */
#include "base/file.h"
#include "base/limits.h"
#include "publish/sts_text.h"
#include "publish/txt_record.h"
#include "report/mx_pattern.h"
#include "role/domain_look_parts.h"
#include "sys/dial.h"
#include "sys/fetch.h"

#define POLICY_PATH "/.well-known/mta-sts.txt"
#define POLICY_TIMEOUT_MS 60000 /* RFC 8461 section 3.3 */
#define DIAL_MS 10000
#define HANDSHAKE_MS 15000

static struct str_list texts_of(struct domain_looking *looking, const struct resolve_answer *answer)
{
	struct str_list texts = {.items = ARENA_ARRAY(looking->arena, answer->count, struct str)};

	for (size_t i = 0; i < answer->count; i++)
		texts.items[texts.count++] = answer->records[i].text;
	return texts;
}

static enum check_state state_since(const struct check *check, size_t findings_before)
{
	for (size_t i = findings_before; i < check->findings.count; i++)
		if (check->findings.items[i].severity >= SEVERITY_WARNING)
			return CHECK_PROBLEMS;
	return CHECK_OK;
}

/* Places where DNS panels and tutorials put the record by mistake. */
static bool look_elsewhere(struct domain_looking *looking, struct str name, struct str domain)
{
	struct arena *arena = looking->arena;
	const char *const places[] = {
	    arena_format(arena, "_smtp-tls.%.*s", STR_ARGS(domain)),
	    arena_format(arena, "_smtp_tls.%.*s", STR_ARGS(domain)),
	    arena_format(arena, "_smtp._tls.%.*s.%.*s", STR_ARGS(domain), STR_ARGS(domain)),
	    arena_format(arena, "_tls._smtp.%.*s", STR_ARGS(domain)),
	    arena_format(arena, "%.*s", STR_ARGS(domain)),
	};

	for (size_t i = 0; i < COUNT_OF(places); i++) {
		struct resolve_answer answer;
		resolve_ask(looking->options->resolve, str_of(places[i]), RESOLVE_TXT, looking->deadline_ms, arena, &answer);
		for (size_t j = 0; answer.outcome == RESOLVE_ANSWER && j < answer.count; j++) {
			if (str_starts_with_nocase(answer.records[j].text, STR("v=TLSRPT"))) {
				domain_looking_found(looking, FINDING_RECORD_MISPLACED, name, str_of(places[i]));
				return true;
			}
		}
	}
	return false;
}

static void judge_ours(struct domain_looking *looking, struct str name, const struct str_list *rua)
{
	const struct str_list *ours = &looking->options->our_rua;

	for (size_t i = 0; i < rua->count; i++)
		for (size_t j = 0; j < ours->count; j++)
			if (str_eq_nocase(rua->items[i], ours->items[j]) ||
			    (str_starts_with(ours->items[j], STR("/")) && str_ends_with(rua->items[i], ours->items[j])))
				return;
	if (ours->count > 0)
		domain_looking_found(looking, FINDING_RUA_NOT_OURS, name, STR_NONE);
}

void domain_look_tls_rpt(struct domain_looking *looking)
{
	struct check *check = looking->check;
	size_t before = check->findings.count;
	struct resolve_answer answer;

	check->tls_rpt.name = domain_looking_name(looking, "_smtp._tls.", check->domain);
	if (!domain_looking_ask(looking, check->tls_rpt.name, RESOLVE_TXT, &answer)) {
		check->tls_rpt.state = answer.outcome == RESOLVE_BOGUS ? CHECK_PROBLEMS : CHECK_CANNOT_TELL;
		return;
	}
	struct str_list texts = texts_of(looking, &answer);
	struct findings chosen_findings = {0};
	int chosen = txt_record_choose(&texts, TXT_TLSRPT, check->tls_rpt.name, looking->arena, &chosen_findings);
	if (findings_have(&chosen_findings, FINDING_RECORD_MISSING)) {
		if (!look_elsewhere(looking, check->tls_rpt.name, check->domain))
			domain_looking_found(looking, FINDING_RECORD_MISSING, check->tls_rpt.name, STR_NONE);
		check->tls_rpt.state = CHECK_NONE;
		return;
	}
	if (chosen < 0) {
		domain_looking_found(looking, FINDING_RECORD_MULTIPLE, check->tls_rpt.name, STR_NONE);
		check->tls_rpt.state = CHECK_PROBLEMS;
		return;
	}
	struct txt_record record;
	check->tls_rpt.record = texts.items[chosen];
	txt_record_read(texts.items[chosen], TXT_TLSRPT, check->tls_rpt.name, looking->arena, &record, &check->findings);
	check->tls_rpt.rua = record.rua;
	if (record.is_valid)
		judge_ours(looking, check->tls_rpt.name, &record.rua);
	check->tls_rpt.state = state_since(check, before);
}

static const struct {
	unsigned fault;
	const char *words;
} fault_words[] = {
    {CERT_EXPIRED, "expired"},        {CERT_NOT_YET_VALID, "not valid yet"},
    {CERT_REVOKED, "revoked"},        {CERT_SELF_SIGNED, "signed by itself"},
    {CERT_INCOMPLETE, "chain not complete"}, {CERT_UNKNOWN_ISSUER, "unknown authority"},
    {CERT_WRONG_NAME, "for another name"},   {CERT_WEAK, "too weak"},
    {CERT_WRONG_PURPOSE, "not for servers"}, {CERT_NO_CHAIN, "not shown"},
    {CERT_OTHER, "not verified"},
};

static struct str words_of(struct domain_looking *looking, unsigned faults)
{
	struct buf out;

	buf_init(&out, KIB(1));
	for (size_t i = 0; i < COUNT_OF(fault_words); i++)
		if ((faults & fault_words[i].fault) != 0)
			buf_format(&out, "%s%s", out.len > 0 ? ", " : "", fault_words[i].words);
	struct str text = arena_str(looking->arena, buf_view(&out));
	buf_done(&out);
	return text;
}

#define HOST_EXPIRING_DAYS 14

static void judge_host_end(struct domain_looking *looking, struct str host, const struct tls_seen *seen)
{
	char text[INSTANT_TEXT_MAX];

	if (seen->chain_count == 0 || (seen->faults & CERT_EXPIRED) != 0 ||
	    (seen->chain[0].not_after - looking->check->at) / SECS_PER_DAY >= HOST_EXPIRING_DAYS)
		return;
	domain_looking_found(looking, FINDING_STS_HOST_CERT_EXPIRING, host,
	                     arena_str(looking->arena, day_format(day_of(seen->chain[0].not_after), text)));
}

/* In so many milliseconds, or when the time of the whole look is over. */
static int64_t sooner(const struct domain_looking *looking, int64_t ms)
{
	int64_t at = clock_ms() + ms;

	return at < looking->deadline_ms ? at : looking->deadline_ms;
}

/* What did not answer by then might still have. */
static bool is_over(struct domain_looking *looking)
{
	if (clock_ms() < looking->deadline_ms)
		return false;
	domain_looking_cannot_tell(looking, looking->check->mta_sts.host, STR("the time for the whole check was over"));
	return true;
}

enum reach { REACH_OK, REACH_PROBLEM, REACH_CANNOT_TELL };

/* Finds the address of the policy host that takes a connection, and judges its certificate by our own look. */
static enum reach reach_host(struct domain_looking *looking, struct str host, struct address *out)
{
	static const enum resolve_type types[] = {RESOLVE_A, RESOLVE_AAAA};
	const struct domain_look_options *options = looking->options;
	enum dial_result last = DIAL_UNREACHABLE;
	bool any = false;

	for (size_t t = 0; t < COUNT_OF(types); t++) {
		struct resolve_answer answer;
		if (!domain_looking_ask(looking, host, types[t], &answer))
			return answer.outcome == RESOLVE_BOGUS ? REACH_PROBLEM : REACH_CANNOT_TELL;
		for (size_t i = 0; answer.outcome == RESOLVE_ANSWER && i < answer.count && i < 4; i++) {
			struct address address;
			struct tls_seen seen;
			struct str reason = STR_NONE;
			int fd;
			if (!address_parse(answer.records[i].text, &address))
				continue;
			any = true;
			if (options->may_connect != NULL && !options->may_connect(options->context, &address)) {
				domain_looking_cannot_tell(looking, host, STR("we were at its address too often lately, and hold back"));
				return REACH_CANNOT_TELL;
			}
			last = dial(&address, options->https_port, options->https_local, sooner(looking, DIAL_MS), &fd);
			if (last != DIAL_OK)
				continue;
			bool shook = tls_look(options->authorities, fd, host, TLS_OFFER_TODAY, sooner(looking, HANDSHAKE_MS),
			                      looking->arena, &seen, &reason);
			file_close(&fd);
			*out = address;
			if (!shook && is_over(looking))
				return REACH_CANNOT_TELL;
			if (!shook) {
				domain_looking_found(looking, FINDING_STS_FETCH_TLS, host, reason);
				return REACH_PROBLEM;
			}
			if (seen.chain_count > 0)
				looking->check->mta_sts.cert_not_after = seen.chain[0].not_after;
			judge_host_end(looking, host, &seen);
			if ((seen.faults & ~(unsigned)CERT_WEAK) != 0) {
				domain_looking_found(looking, FINDING_STS_HOST_CERT_INVALID, host,
				                     words_of(looking, seen.faults & ~(unsigned)CERT_WEAK));
				return REACH_PROBLEM;
			}
			return REACH_OK;
		}
	}
	if (!any)
		domain_looking_found(looking, FINDING_STS_FETCH_DNS, host, STR_NONE);
	else if (last == DIAL_TIMEOUT || last == DIAL_UNREACHABLE) {
		domain_looking_cannot_tell(looking, host, str_of(dial_sentence(last)));
		return REACH_CANNOT_TELL;
	} else
		domain_looking_found(looking, FINDING_STS_FETCH_TCP, host, str_of(dial_sentence(last)));
	return REACH_PROBLEM;
}

static bool is_text_plain(struct str type)
{
	return str_eq_nocase(str_trim(str_upto(type, str_find_byte(type, ';'))), STR("text/plain"));
}

static bool judge_fetch(struct domain_looking *looking, struct str host, const struct fetch_answer *answer)
{
	struct arena *arena = looking->arena;

	switch (answer->result) {
	case FETCH_OK: break;
	case FETCH_TIMEOUT: domain_looking_found(looking, FINDING_STS_FETCH_TIMEOUT, host, STR_NONE); return false;
	case FETCH_TOO_BIG: domain_looking_found(looking, FINDING_POLICY_TOO_LARGE, host, STR_NONE); return false;
	case FETCH_TLS: domain_looking_found(looking, FINDING_STS_FETCH_TLS, host, answer->reason); return false;
	case FETCH_CERTIFICATE:
		domain_looking_found(looking, FINDING_STS_HOST_CERT_INVALID, host, answer->reason);
		return false;
	case FETCH_CONNECT:
	case FETCH_FORBIDDEN:
	case FETCH_BROKEN: domain_looking_found(looking, FINDING_STS_FETCH_UNKNOWN, host, answer->reason); return false;
	}
	if (answer->status >= 300 && answer->status < 400) {
		struct str to = answer->location.p != NULL ? answer->location : STR("another address");
		domain_looking_found(looking, FINDING_STS_FETCH_REDIRECT, host, to);
		return false;
	}
	if (answer->status != 200) {
		domain_looking_found(looking, FINDING_STS_FETCH_HTTP_STATUS, host,
		                     str_of(arena_format(arena, "%u", answer->status)));
		return false;
	}
	if (!is_text_plain(answer->content_type))
		domain_looking_found(looking, FINDING_STS_FETCH_CONTENT_TYPE, host,
		                     answer->content_type.len > 0 ? answer->content_type : STR("(no type)"));
	return true;
}

/* True when a policy file was read, valid or not. */
static enum reach read_policy(struct domain_looking *looking, struct str host)
{
	const struct domain_look_options *options = looking->options;
	struct fetch_request request = {
	    .host = host,
	    .path = STR(POLICY_PATH),
	    .port = options->https_port,
	    .allow_local = options->https_local,
	    .ca_file = options->ca_file,
	    .user_agent = options->user_agent,
	};
	struct fetch_answer answer;
	struct buf body;

	enum reach reach = reach_host(looking, host, &request.address);
	if (reach != REACH_OK)
		return reach;
	buf_init(&body, STS_POLICY_MOST_BYTES);
	int64_t left_ms = sooner(looking, POLICY_TIMEOUT_MS) - clock_ms();
	request.timeout_ms = left_ms > 0 ? (uint32_t)left_ms : 1;
	fetch(&request, looking->arena, &body, &answer);
	if (answer.result != FETCH_OK && is_over(looking)) {
		buf_done(&body);
		return REACH_CANNOT_TELL;
	}
	bool ok = judge_fetch(looking, host, &answer);
	if (ok) {
		looking->check->mta_sts.body = arena_str(looking->arena, buf_view(&body));
		sts_text_read(looking->check->mta_sts.body, host, looking->arena, &looking->check->mta_sts.policy,
		              &looking->check->findings);
	}
	buf_done(&body);
	return ok ? REACH_OK : REACH_PROBLEM;
}

void domain_look_mta_sts(struct domain_looking *looking, bool with_policy)
{
	struct check *check = looking->check;
	struct str name = domain_looking_name(looking, "_mta-sts.", check->domain);
	size_t before = check->findings.count;
	struct findings chosen_findings = {0};
	struct resolve_answer answer;

	check->mta_sts.host = domain_looking_name(looking, "mta-sts.", check->domain);
	if (!domain_looking_ask(looking, name, RESOLVE_TXT, &answer)) {
		check->mta_sts.state = answer.outcome == RESOLVE_BOGUS ? CHECK_PROBLEMS : CHECK_CANNOT_TELL;
		return;
	}
	struct str_list texts = texts_of(looking, &answer);
	int chosen = txt_record_choose(&texts, TXT_STS, name, looking->arena, &chosen_findings);
	if (findings_have(&chosen_findings, FINDING_STS_RECORD_MISSING)) {
		struct resolve_answer host;
		resolve_ask(looking->options->resolve, check->mta_sts.host, RESOLVE_A, looking->deadline_ms, looking->arena,
		            &host);
		bool has_host = host.outcome == RESOLVE_ANSWER;
		domain_looking_found(looking, has_host ? FINDING_STS_RECORD_MISSING : FINDING_STS_ABSENT,
		                     has_host ? name : check->domain, STR_NONE);
		check->mta_sts.state = has_host ? CHECK_PROBLEMS : CHECK_NONE;
		return;
	}
	if (chosen < 0) {
		domain_looking_found(looking, FINDING_STS_RECORD_MULTIPLE, name, STR_NONE);
	} else {
		struct txt_record record;
		check->mta_sts.record = texts.items[chosen];
		txt_record_read(texts.items[chosen], TXT_STS, name, looking->arena, &record, &check->findings);
		check->mta_sts.id = record.id;
	}
	enum reach reach = !with_policy ? REACH_OK : read_policy(looking, check->mta_sts.host);
	check->mta_sts.state = state_since(check, before);
	if (reach == REACH_CANNOT_TELL && check->mta_sts.state == CHECK_OK)
		check->mta_sts.state = CHECK_CANNOT_TELL;
}
