/* SPDX-License-Identifier: ISC */
#pragma once
/* Users, tokens, sessions and the audit log as JSON: the same for the command line and the API.  Without secrets. */
#include "present/json_out.h"
#include "report/account.h"

/* Members alone, of an object that is open. */
void account_json_user(struct json_out *json, const struct account *account);
void account_json_token(struct json_out *json, const struct api_token *token);
void account_json_session(struct json_out *json, const struct web_session *session, bool is_own);
void account_json_passkey(struct json_out *json, const struct passkey *passkey);
void account_json_audit(struct json_out *json, const struct audit_row *row);
/* "scopes": [...] */
void account_json_scopes(struct json_out *json, unsigned scopes);
