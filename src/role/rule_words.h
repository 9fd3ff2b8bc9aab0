/* SPDX-License-Identifier: ISC */
#pragma once
/* A rule of alerts for people and for programs, in the language of the thread; texts are in `arena`. */
#include "present/json_out.h"
#include "report/alert_rule.h"
#include "role/alerting.h"
#include "store/alert_channels.h"

/* "more than 1 % of a day's sessions failed, of at least 20" */
struct str rule_words_what(const struct alert_rule *rule, struct arena *arena);
/* "daily at 09:00, quiet from 22:00 to 07:00 Europe/Berlin but for what is critical" */
struct str rule_words_when(const struct alert_rule *rule, struct arena *arena);
struct str rule_words_scope(const struct alert_rule *rule);
struct str rule_words_channels(const struct alert_rule *rule, const struct alert_channel_list *channels, struct arena *arena);
/* "on", "off", "muted" */
const char *rule_words_state(const struct alert_rule *rule);
/* "In the last 30 days it would have fired 3 times: 4, 9, 18 Nov." */
struct str rule_words_trial(const struct alert_trial *trial, struct arena *arena);
/* How often it would have been kept back; absent: never. */
struct str rule_words_kept_back(const struct alert_trial *trial, struct arena *arena);

/* Members of an open object. */
void rule_words_json(const struct alert_rule *rule, const struct alert_channel_list *channels, struct arena *arena,
                     struct json_out *json);
void rule_words_trial_json(const struct alert_trial *trial, struct json_out *json);
