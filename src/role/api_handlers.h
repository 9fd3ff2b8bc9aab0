/* SPDX-License-Identifier: ISC */
#pragma once
/* Which function answers which route of the API: X(ROUTE, function). */
#include "role/api.h"

#define API_HANDLERS(X)                                                                                                \
	X(API_META, api_session_meta)                                                                                  \
	X(API_ME, api_session_me)                                                                                      \
	X(API_OPENAPI, api_session_openapi)                                                                            \
	X(API_OVERVIEW, api_data_overview)                                                                             \
	X(API_STATUS, api_data_status)                                                                                 \
	X(API_DAYS, api_data_days)                                                                                     \
	X(API_RESULTS, api_data_results)                                                                               \
	X(API_SOURCES, api_data_sources)                                                                               \
	X(API_SOURCE, api_data_source)                                                                                 \
	X(API_SEARCH, api_search)                                                                                      \
	X(API_SUGGEST, api_search_suggest)                                                                             \
	X(API_ISSUES, api_issues_list)                                                                                 \
	X(API_ISSUE, api_issues_one)                                                                                   \
	X(API_DOMAINS, api_domains_list)                                                                               \
	X(API_OFFERED_DOMAINS, api_domains_offered)                                                                    \
	X(API_DOMAIN, api_domains_one)                                                                                 \
	X(API_DOMAIN_HISTORY, api_domains_history)                                                                     \
	X(API_REPORTS, api_reports_list)                                                                               \
	X(API_REPORT, api_reports_one)                                                                                 \
	X(API_REPORT_ORIGINAL, api_reports_original)                                                                   \
	X(API_POLICIES, api_policies_list)                                                                             \
	X(API_POLICY, api_policies_one)                                                                                \
	X(API_EXPLAIN, api_tools_explain)                                                                              \
	X(API_CHECK, api_checks_one)                                                                                   \
	X(API_START_CHECK, api_checks_start)                                                                           \
	X(API_POLICY_ADVICE, api_checks_advice)                                                                        \
	X(API_CAUSES, api_tools_causes)                                                                                \
	X(API_CAUSE, api_tools_cause)                                                                                  \
	X(API_RECORD_GENERATE, api_tools_generate)                                                                     \
	X(API_RECORD_EXPLAIN, api_tools_record)                                                                        \
	X(API_QUARANTINE, api_aside_list)                                                                              \
	X(API_QUARANTINED, api_aside_one)                                                                              \
	X(API_QUARANTINED_ORIGINAL, api_aside_original)                                                                \
	X(API_ALERTS, api_aside_alerts)                                                                                \
	X(API_SIGN_IN_WAYS, api_sign_in_ways)                                                                          \
	X(API_SIGN_IN, api_sign_in)                                                                                    \
	X(API_SIGN_OUT, api_sign_in_out)                                                                               \
	X(API_PASSKEY_OPTIONS, api_sign_in_passkey_options)                                                            \
	X(API_PASSKEY_SIGN_IN, api_sign_in_passkey)                                                                    \
	X(API_OIDC_GO, api_oidc_go)                                                                                    \
	X(API_OIDC_BACK, api_oidc_back)                                                                                \
	X(API_ME_SIGN_INS, api_oidc_mine)                                                                              \
	X(API_ME_SIGN_IN_ADD, api_oidc_link)                                                                           \
	X(API_ME_SIGN_IN_REMOVE, api_oidc_unlink)                                                                      \
	X(API_LINK, api_sign_in_link)                                                                                  \
	X(API_LINK_USE, api_sign_in_use_link)                                                                          \
	X(API_ME_EDIT, api_me_edit)                                                                                    \
	X(API_ME_PASSWORD, api_me_password)                                                                            \
	X(API_ME_TOTP_OPTIONS, api_me_totp_options)                                                                    \
	X(API_ME_TOTP, api_me_totp)                                                                                    \
	X(API_ME_TOTP_OFF, api_me_totp_off)                                                                            \
	X(API_ME_RECOVERY, api_me_recovery)                                                                            \
	X(API_ME_PASSKEYS, api_me_passkeys)                                                                            \
	X(API_ME_PASSKEY_ADD, api_me_passkey_add)                                                                      \
	X(API_ME_PASSKEY_OPTIONS, api_me_passkey_options)                                                              \
	X(API_ME_PASSKEY_RENAME, api_me_passkey_rename)                                                                \
	X(API_ME_PASSKEY_REMOVE, api_me_passkey_remove)                                                                \
	X(API_ME_SESSIONS, api_me_sessions)                                                                            \
	X(API_ME_SESSIONS_END, api_me_session_end_others)                                                              \
	X(API_ME_SESSION_END, api_me_session_end)                                                                      \
	X(API_USERS, api_users_list)                                                                                   \
	X(API_USER_ADD, api_users_add)                                                                                 \
	X(API_USER, api_users_one)                                                                                     \
	X(API_USER_EDIT, api_users_edit)                                                                               \
	X(API_USER_REMOVE, api_users_remove)                                                                           \
	X(API_USER_ROLE, api_users_role)                                                                               \
	X(API_USER_RESET, api_users_reset)                                                                             \
	X(API_TENANTS, api_users_tenants)                                                                              \
	X(API_TENANT_ADD, api_users_tenant_add)                                                                        \
	X(API_TENANT, api_users_tenant)                                                                                \
	X(API_TENANT_EDIT, api_users_tenant_edit)                                                                      \
	X(API_TENANT_REMOVE, api_users_tenant_remove)                                                                  \
	X(API_TOKENS, api_users_tokens)                                                                                \
	X(API_TOKEN_ADD, api_users_token_add)                                                                          \
	X(API_TOKEN_EDIT, api_users_token_edit)                                                                        \
	X(API_TOKEN_REMOVE, api_users_token_remove)                                                                    \
	X(API_AUDIT, api_users_audit)                                                                                  \
	X(API_ISSUE_ACKNOWLEDGE, api_acts_issue_acknowledge)                                                           \
	X(API_ISSUE_SNOOZE, api_acts_issue_snooze)                                                                     \
	X(API_ISSUE_CLOSE, api_acts_issue_close)                                                                       \
	X(API_ISSUE_REOPEN, api_acts_issue_reopen)                                                                     \
	X(API_SETUP, api_setup_one)                                                                                    \
	X(API_SETUP_WATCH, api_setup_watch)                                                                            \
	X(API_SETUP_TEST, api_setup_test)                                                                              \
	X(API_DOMAIN_ADD, api_acts_domain_add)                                                                         \
	X(API_DOMAIN_EDIT, api_acts_domain_edit)                                                                       \
	X(API_DOMAIN_REMOVE, api_acts_domain_remove)                                                                   \
	X(API_SOURCE_DECIDE, api_acts_source_decide)                                                                   \
	X(API_QUARANTINE_RETRY, api_acts_arrival_retry)                                                                \
	X(API_QUARANTINE_DROP, api_acts_arrival_drop)                                                                  \
	X(API_CHANNELS, api_house_channels)                                                                            \
	X(API_CHANNEL_ADD, api_house_channel_add)                                                                      \
	X(API_CHANNEL, api_house_channel)                                                                              \
	X(API_CHANNEL_EDIT, api_house_channel_edit)                                                                    \
	X(API_CHANNEL_REMOVE, api_house_channel_remove)                                                                \
	X(API_CHANNEL_TEST, api_house_channel_test)                                                                    \
	X(API_SETTINGS, api_house_settings)                                                                            \
	X(API_ISSUE_RECHECK, api_house_recheck)

#define X(route, function) api_fn function;
API_HANDLERS(X)
#undef X
