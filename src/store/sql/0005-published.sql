-- SPDX-License-Identifier: ISC
-- The MTA-STS policies that this house serves, with their history: the newest of a domain is the one that is served.
CREATE TABLE published (
	n INTEGER PRIMARY KEY AUTOINCREMENT,
	domain INTEGER NOT NULL,
	tenant INTEGER NOT NULL, -- whose the domain was then
	id TEXT NOT NULL,
	mode INTEGER NOT NULL,
	max_age INTEGER NOT NULL,
	mx TEXT NOT NULL,        -- one pattern a line
	text TEXT NOT NULL,      -- the file; empty: taken down
	who TEXT NOT NULL,
	at INTEGER NOT NULL,
	wave INTEGER NOT NULL,
	overruled INTEGER NOT NULL,
	UNIQUE (domain, id)
) STRICT;
CREATE INDEX published_domain ON published (domain, n);
CREATE INDEX published_wave ON published (wave) WHERE wave > 0;

-- Where mta-sts.DOMAIN leads: 0 not known, 1 here, 2 elsewhere.
CREATE TABLE policy_place (
	domain INTEGER PRIMARY KEY,
	leads INTEGER NOT NULL,
	seen_at INTEGER,         -- when that was last told
	due_at INTEGER NOT NULL, -- when it is looked up again
	tries INTEGER NOT NULL   -- without "here", one after the other
) STRICT;

-- Grows with every change of what is served, so that whoever serves it can look often.
CREATE TABLE shelf (version INTEGER NOT NULL) STRICT;
INSERT INTO shelf VALUES (1);
CREATE TRIGGER shelf_published AFTER INSERT ON published BEGIN
	UPDATE shelf SET version = version + 1;
	INSERT INTO policy_place SELECT new.domain, 0, NULL, 0, 0 WHERE new.text <> ''
		ON CONFLICT (domain) DO UPDATE SET due_at = 0, tries = 0;
	DELETE FROM policy_place WHERE domain = new.domain AND new.text = '';
END;
CREATE TRIGGER shelf_place AFTER UPDATE OF leads, seen_at ON policy_place BEGIN
	UPDATE shelf SET version = version + 1;
END;
CREATE TRIGGER shelf_domain_gone AFTER DELETE ON domain WHEN EXISTS (SELECT 1 FROM published WHERE domain = old.id) BEGIN
	DELETE FROM published WHERE domain = old.id;
	DELETE FROM policy_place WHERE domain = old.id;
	UPDATE shelf SET version = version + 1;
END;
CREATE TRIGGER shelf_domain AFTER UPDATE OF proven ON domain WHEN EXISTS (SELECT 1 FROM published WHERE domain = new.id) BEGIN
	UPDATE shelf SET version = version + 1;
END;
CREATE TRIGGER shelf_tenant AFTER INSERT ON tenant BEGIN
	UPDATE shelf SET version = version + 1;
END;
CREATE TRIGGER shelf_tenant_gone AFTER DELETE ON tenant BEGIN
	UPDATE shelf SET version = version + 1;
END;
