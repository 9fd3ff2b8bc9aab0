-- SPDX-License-Identifier: ISC
-- Who a user is at other servers (OpenID Connect): by what that server calls him for ever, never by his mail address.
CREATE TABLE account_sign_in (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	account INTEGER NOT NULL,
	issuer TEXT NOT NULL,
	subject TEXT NOT NULL,
	label TEXT NOT NULL, -- what it calls him to people
	created_at INTEGER NOT NULL,
	last_used_at INTEGER,
	UNIQUE (issuer, subject)
) STRICT;
CREATE INDEX account_sign_in_account ON account_sign_in (account);
-- There was room for one, which nothing filled.
INSERT INTO account_sign_in (account, issuer, subject, label, created_at)
	SELECT id, issuer, subject, name, created_at FROM account WHERE issuer IS NOT NULL AND subject IS NOT NULL;
DROP INDEX account_subject;
ALTER TABLE account DROP COLUMN issuer;
ALTER TABLE account DROP COLUMN subject;
ALTER TABLE account ADD COLUMN site_by_group INTEGER NOT NULL DEFAULT 0; -- is_site_admin was given by a group, and is taken with it
