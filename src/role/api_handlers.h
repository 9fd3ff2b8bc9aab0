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
	X(API_CAUSES, api_tools_causes)                                                                                \
	X(API_CAUSE, api_tools_cause)                                                                                  \
	X(API_RECORD_GENERATE, api_tools_generate)                                                                     \
	X(API_RECORD_EXPLAIN, api_tools_record)                                                                        \
	X(API_QUARANTINE, api_aside_list)                                                                              \
	X(API_QUARANTINED, api_aside_one)                                                                              \
	X(API_QUARANTINED_ORIGINAL, api_aside_original)                                                                \
	X(API_ALERTS, api_aside_alerts)

#define X(route, function) api_fn function;
API_HANDLERS(X)
#undef X
