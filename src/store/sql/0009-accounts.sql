-- SPDX-License-Identifier: ISC
-- Who may look and change by the web.  Secrets are never here: of what is shown once (links, sessions, tokens, recovery
-- codes) the SHA-256 stands here, of a password what crypt(5) makes of it.
CREATE TABLE account (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	name TEXT NOT NULL UNIQUE, -- what one types, lower case
	full_name TEXT NOT NULL DEFAULT '',
	is_site_admin INTEGER NOT NULL DEFAULT 0,
	is_disabled INTEGER NOT NULL DEFAULT 0,
	language TEXT NOT NULL DEFAULT '',
	time_zone TEXT NOT NULL DEFAULT '',
	theme TEXT NOT NULL DEFAULT '',
	density TEXT NOT NULL DEFAULT '',
	has_shortcuts INTEGER NOT NULL DEFAULT 1,
	handle BLOB NOT NULL UNIQUE, -- what passkeys call the user by
	password TEXT,
	totp BLOB,                   -- the shared secret
	totp_step INTEGER NOT NULL DEFAULT 0, -- the last one that was used
	issuer TEXT, -- of OpenID Connect
	subject TEXT,
	created_at INTEGER NOT NULL,
	last_seen_at INTEGER
) STRICT;
CREATE UNIQUE INDEX account_subject ON account (issuer, subject) WHERE subject IS NOT NULL;

-- tenant 0: of the whole house.
CREATE TABLE membership (
	account INTEGER NOT NULL,
	tenant INTEGER NOT NULL,
	role INTEGER NOT NULL,
	by_group INTEGER NOT NULL DEFAULT 0, -- given by a group of OpenID Connect, and taken with it
	PRIMARY KEY (account, tenant)
) STRICT, WITHOUT ROWID;

CREATE TABLE passkey (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	account INTEGER NOT NULL,
	label TEXT NOT NULL,
	credential BLOB NOT NULL UNIQUE,
	public_key BLOB NOT NULL,
	algorithm INTEGER NOT NULL, -- of COSE
	counter INTEGER NOT NULL,
	created_at INTEGER NOT NULL,
	last_used_at INTEGER
) STRICT;
CREATE INDEX passkey_account ON passkey (account);

CREATE TABLE recovery_code (
	account INTEGER NOT NULL,
	hash BLOB NOT NULL,
	PRIMARY KEY (account, hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE web_session (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	hash BLOB NOT NULL UNIQUE, -- of the cookie
	account INTEGER NOT NULL,
	method INTEGER NOT NULL,
	created_at INTEGER NOT NULL,
	last_used_at INTEGER NOT NULL,
	peer TEXT NOT NULL,
	agent TEXT NOT NULL
) STRICT;
CREATE INDEX web_session_account ON web_session (account);

CREATE TABLE api_token (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	hash BLOB NOT NULL UNIQUE,
	hint TEXT NOT NULL, -- its first letters, to be told from others
	label TEXT NOT NULL,
	account INTEGER NOT NULL, -- whose it is; 0: of the command line
	tenant INTEGER NOT NULL,
	scopes INTEGER NOT NULL,
	created_at INTEGER NOT NULL,
	expires_at INTEGER NOT NULL,
	last_used_at INTEGER,
	last_peer TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX api_token_account ON api_token (account);

-- Links that open once: the first run, an invitation, a reset.
CREATE TABLE account_link (
	hash BLOB PRIMARY KEY,
	account INTEGER NOT NULL, -- 0: makes the first site admin
	kind INTEGER NOT NULL,
	created_at INTEGER NOT NULL,
	expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	at INTEGER NOT NULL,
	actor_kind INTEGER NOT NULL,
	actor INTEGER NOT NULL,   -- account or token
	actor_name TEXT NOT NULL, -- as it was then
	tenant INTEGER NOT NULL,  -- whose admins may read this; 0: of the site
	peer TEXT NOT NULL,
	action TEXT NOT NULL,
	object TEXT NOT NULL,
	before TEXT, -- JSON
	after TEXT
) STRICT;
CREATE INDEX audit_at ON audit (at);
CREATE INDEX audit_tenant ON audit (tenant, id);

-- What stands on a tenant's documents, and how far it may go.
ALTER TABLE tenant ADD COLUMN title TEXT NOT NULL DEFAULT '';
ALTER TABLE tenant ADD COLUMN logo_text TEXT NOT NULL DEFAULT '';
ALTER TABLE tenant ADD COLUMN colour TEXT NOT NULL DEFAULT '';
ALTER TABLE tenant ADD COLUMN language TEXT NOT NULL DEFAULT '';
ALTER TABLE tenant ADD COLUMN most_domains INTEGER NOT NULL DEFAULT 0; -- 0: no limit
-- A number may be given again: nothing of the one that is gone may fall to the next.
CREATE TRIGGER tenant_gone AFTER DELETE ON tenant BEGIN
	DELETE FROM membership WHERE tenant = old.id;
	DELETE FROM api_token WHERE tenant = old.id;
	UPDATE audit SET tenant = 0 WHERE tenant = old.id;
END;
