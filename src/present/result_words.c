/* SPDX-License-Identifier: ISC */
#include "present/result_words.h"

#include <assert.h>

#include "base/attr.h"
#include "present/words.h"
#include "report/cause.h"

struct result_text {
	const char *sentence, *because;
};

static const struct result_text texts[] = {
    [RESULT_STARTTLS_NOT_SUPPORTED] = {tr_mark("The sender asked for encryption and the server did not offer it."),
                                       tr_mark("because the server did not offer STARTTLS")},
    [RESULT_CERTIFICATE_HOST_MISMATCH] = {tr_mark("The certificate does not carry the server's name."),
                                          tr_mark("because the certificate does not carry the server's name")},
    [RESULT_CERTIFICATE_EXPIRED] = {tr_mark("The certificate shown by the server had expired."),
                                    tr_mark("because the certificate had expired")},
    [RESULT_CERTIFICATE_NOT_TRUSTED] = {tr_mark("The certificate does not lead to a known authority."),
                                        tr_mark("because the certificate is not trusted")},
    [RESULT_VALIDATION_FAILURE] = {tr_mark("TLS failed for a reason that the result type does not name."),
                                   tr_mark("for a reason that the result type does not name")},
    [RESULT_TLSA_INVALID] = {tr_mark("None of the TLSA records fits the certificate, or none can be used."),
                             tr_mark("because no TLSA record fits")},
    [RESULT_DNSSEC_INVALID] = {tr_mark("The sender's resolver got no valid answer by DNSSEC."),
                               tr_mark("because DNSSEC gave no valid answer")},
    [RESULT_DANE_REQUIRED] = {tr_mark("The sender has a rule to require DANE and found none."),
                              tr_mark("because the sender requires DANE and found none")},
    [RESULT_STS_POLICY_FETCH_ERROR] = {tr_mark("The MTA-STS policy could not be fetched."),
                                       tr_mark("because the MTA-STS policy could not be fetched")},
    [RESULT_STS_POLICY_INVALID] = {tr_mark("The MTA-STS policy was fetched, but it has errors or does not fit the server."),
                                   tr_mark("because the MTA-STS policy was not valid")},
    [RESULT_STS_WEBPKI_INVALID] = {tr_mark("The certificate of the MTA-STS policy host is not valid."),
                                   tr_mark("because the certificate of the MTA-STS policy host was not valid")},
    [RESULT_OTHER] = {tr_mark("This result is not in RFC 8460; it is shown as given."),
                      tr_mark("with a result that RFC 8460 does not know")},
};

static_assert(COUNT_OF(texts) == RESULT_TYPE_COUNT, "a text each");

const char *result_words_sentence(enum result_type type)
{
	assert((unsigned)type < RESULT_TYPE_COUNT);
	return tr(texts[type].sentence);
}

const char *result_words_because(enum result_type type)
{
	assert((unsigned)type < RESULT_TYPE_COUNT);
	return tr(texts[type].because);
}

static const char *fault_sentence(enum fault fault)
{
	switch (fault) {
	case FAULT_RECEIVER: return tr("The fault is at your server.");
	case FAULT_DNS: return tr("The fault is in your DNS.");
	case FAULT_POLICY_HOST: return tr("The fault is at your policy host.");
	case FAULT_SENDER: return tr("The fault is at the sender.");
	case FAULT_UNKNOWN:
	case FAULT_COUNT: break;
	}
	return tr("This alone cannot tell where the fault is.");
}

struct str result_words_explain(struct arena *arena, enum result_type type, enum cause cause, enum fault fault)
{
	const char *what = cause == CAUSE_UNKNOWN ? result_words_sentence(type) : tr(cause_sentence(cause));
	return WORDS(arena, "{what} {fault}", {"what", str_of(what)}, {"fault", str_of(fault_sentence(fault))});
}

struct str result_words_policy(enum policy_type type, struct str text)
{
	switch (type) {
	case POLICY_STS: return str_of(tr("MTA-STS"));
	case POLICY_TLSA: return str_of(tr("DANE"));
	case POLICY_NONE_FOUND: return str_of(tr("no policy found"));
	case POLICY_OTHER:
	case POLICY_TYPE_COUNT: break;
	}
	return text.len > 0 ? text : str_of(tr("not stated"));
}

struct str result_words_policy_mode(struct arena *arena, enum policy_type type, struct str text, enum sts_mode mode)
{
	struct str policy = result_words_policy(type, text);

	if (mode != MODE_NOT_STATED)
		return WORDS(arena, "{policy} {mode}", {"policy", policy}, {"mode", str_of(sts_mode_text(mode))});
	if (type == POLICY_STS)
		return WORDS(arena, "{policy}, mode not stated", {"policy", policy});
	return policy;
}

bool result_words_policy_refuses(enum policy_type type, enum sts_mode mode)
{
	return type == POLICY_TLSA || (type == POLICY_STS && mode == MODE_ENFORCE);
}
