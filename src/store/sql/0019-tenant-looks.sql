-- SPDX-License-Identifier: ISC
-- The picture on a tenant's documents (PNG), and how long the originals are kept that are his alone (0: as the house).
CREATE TABLE tenant_logo (
	tenant INTEGER PRIMARY KEY,
	hash TEXT NOT NULL, -- SHA-256, hex
	png BLOB NOT NULL
) STRICT;
ALTER TABLE tenant ADD COLUMN originals_days INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tenant ADD COLUMN originals_swept INTEGER NOT NULL DEFAULT 0; -- the arrival up to which all were looked at
-- Of his unguessable address and URL, for all of his domains; '': he has none.
ALTER TABLE tenant ADD COLUMN token TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX tenant_token ON tenant (token) WHERE token <> '';
CREATE TRIGGER tenant_logo_gone AFTER DELETE ON tenant BEGIN
	DELETE FROM tenant_logo WHERE tenant = old.id;
END;
-- What was not his alone may be now: looked at again from the first.
CREATE TRIGGER tenant_sweeps_again AFTER UPDATE OF originals_days ON tenant WHEN old.originals_days <> new.originals_days BEGIN
	UPDATE tenant SET originals_swept = 0 WHERE originals_days > 0;
END;
CREATE TRIGGER domain_is_swept AFTER INSERT ON domain BEGIN
	UPDATE tenant SET originals_swept = 0 WHERE id = new.tenant AND originals_days > 0;
END;
CREATE TRIGGER domain_is_swept_again AFTER UPDATE OF tenant, proven ON domain WHEN old.tenant <> new.tenant OR old.proven <> new.proven BEGIN
	UPDATE tenant SET originals_swept = 0 WHERE id = new.tenant AND originals_days > 0;
END;
