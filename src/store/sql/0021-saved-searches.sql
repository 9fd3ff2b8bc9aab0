-- SPDX-License-Identifier: ISC
-- What a user looks for again and again: the filters of a screen, by a name.  tenant: in which he made it; 0: the house.
CREATE TABLE saved_search (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	account INTEGER NOT NULL,
	tenant INTEGER NOT NULL,
	screen INTEGER NOT NULL,
	name TEXT NOT NULL,
	query TEXT NOT NULL, -- as it stands in the address, without "?"
	created_at INTEGER NOT NULL,
	UNIQUE (account, tenant, name)
) STRICT;
CREATE TRIGGER tenant_gone_searches AFTER DELETE ON tenant BEGIN
	DELETE FROM saved_search WHERE tenant = old.id;
END;
