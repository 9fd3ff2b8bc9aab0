/* SPDX-License-Identifier: ISC */
#pragma once
/* What a result type, a policy type and a mode are called in words. */
#include "base/arena.h"
#include "report/report.h"

/* "The certificate shown by the server had expired."; for RESULT_OTHER that it is not in the RFC. */
const char *result_words_sentence(enum result_type type);

/* The end of "12 sessions failed at mx.example.com ...": "because the certificate had expired". */
const char *result_words_because(enum result_type type);

/* The cause where it is known, else the result, in a sentence, and where the fault usually is. */
struct str result_words_explain(struct arena *arena, enum result_type type, enum cause cause, enum fault fault);

/* "MTA-STS", "DANE", "no policy found", else the sender's own word, else "not stated". */
struct str result_words_policy(enum policy_type type, struct str text);

/* "MTA-STS enforce", "MTA-STS, mode not stated", "DANE", "no policy found". */
struct str result_words_policy_mode(struct arena *arena, enum policy_type type, struct str text, enum sts_mode mode);

/* Whether failed sessions without a detail were refused: what MTA-STS enforce and DANE ask of every sender. */
bool result_words_policy_refuses(enum policy_type type, enum sts_mode mode);
