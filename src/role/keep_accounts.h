/* SPDX-License-Identifier: ISC */
#pragma once
/* Verbs of COMMAND about users, sessions and tokens.  Arguments and answers are wire fields, in the order of the
 * comments.  What is secret comes as its SHA-256, made by the asker. */
#include "report/account.h"
#include "role/keep.h"

typedef bool keep_accounts_fn(struct keep *keep, struct wire_reader *arguments, struct buf *answer, struct err *err);

/* name, full name, language, u8 is_site_admin, u64 tenant, u8 role, link hash, u64 link expiry -> u64 id */
keep_accounts_fn keep_accounts_add;
/* id, u8 set of KEEP_ACCOUNT_*, full name, u8 is_site_admin, u8 is_disabled */
keep_accounts_fn keep_accounts_edit;
#define KEEP_ACCOUNT_NAME 1u
#define KEEP_ACCOUNT_SITE 2u
#define KEEP_ACCOUNT_DISABLED 4u
/* id */
keep_accounts_fn keep_accounts_remove;
/* id, tenant, u8 role */
keep_accounts_fn keep_accounts_role;
/* id, hash, expiry: a link by which he gets in once and sets a password anew */
keep_accounts_fn keep_accounts_reset;
/* hash, expiry: ERR_INPUT where there is a user */
keep_accounts_fn keep_accounts_first_link;
/* link hash, name (first run alone), full name, language, password hash, session hash, peer, agent -> account, session */
keep_accounts_fn keep_accounts_use_link;

/* id, full name, language, time zone, theme, density, u8 shortcuts */
keep_accounts_fn keep_accounts_profile;
/* id, password hash (absent: none), session that stays */
keep_accounts_fn keep_accounts_password;
/* id, secret, step, hashes of recovery codes */
keep_accounts_fn keep_accounts_totp;
/* id */
keep_accounts_fn keep_accounts_totp_off;
/* id, hashes */
keep_accounts_fn keep_accounts_recovery;
/* id, label, credential, public key, u64 algorithm, u32 counter -> u64 passkey */
keep_accounts_fn keep_accounts_passkey_add;
/* id, passkey, label; absent: remove it */
keep_accounts_fn keep_accounts_passkey_edit;

/* id, tenant, u8 screen, name, query -> u64 search */
keep_accounts_fn keep_accounts_search_save;
/* id, search */
keep_accounts_fn keep_accounts_search_remove;

/* id, hash, u8 method, peer, agent, what proves it: u64 totp step or 0, recovery hash or absent, passkey or 0, u32 its
 * counter -> u64 session */
keep_accounts_fn keep_accounts_session_open;
/* id, session (0: all) , u8 others: the others instead */
keep_accounts_fn keep_accounts_session_end;
/* u32 count, then each: u8 is_token, u64 id, u64 at, peer */
keep_accounts_fn keep_accounts_seen;

/* u64 tenant, label, u8 scopes, u64 expiry, hash, hint -> u64 id */
keep_accounts_fn keep_accounts_token_add;
/* id, label, u8 scopes, expiry */
keep_accounts_fn keep_accounts_token_edit;
keep_accounts_fn keep_accounts_token_remove;

/* Once a day: what has run out is deleted. */
/* A new user: all that accounts_add() wants but the handle, which is made here. */
bool keep_accounts_make(struct keep *keep, struct account *account, int64_t *out_id, struct err *err);

void keep_accounts_tidy(struct keep *keep);
