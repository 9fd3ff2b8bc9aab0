-- SPDX-License-Identifier: ISC
-- What our own looks saw, dated: one row for each value of a fact, as long as it lasts.  Kinds are those of
-- report/observation.h.
CREATE TABLE observation (
	id INTEGER PRIMARY KEY,
	kind INTEGER NOT NULL,
	subject INTEGER NOT NULL, -- name: the domain, or the server
	place TEXT NOT NULL, -- within the subject: an address, what a finding is about; may be ''
	value TEXT NOT NULL, -- what makes it another one when it changes
	text TEXT,
	detail BLOB,
	first_seen INTEGER NOT NULL,
	last_seen INTEGER NOT NULL,
	gone_at INTEGER -- NULL: still so
) STRICT;
CREATE INDEX observation_subject ON observation (subject, kind, first_seen);
CREATE UNIQUE INDEX observation_now ON observation (subject, kind, place, value) WHERE gone_at IS NULL;
-- Which domains have a finding on one server.
CREATE INDEX observation_found ON observation (place, value) WHERE kind = 6 AND gone_at IS NULL;

-- When the domains of this house are looked at.
CREATE TABLE look (
	domain INTEGER PRIMARY KEY, -- name
	next_at INTEGER NOT NULL,
	looked_at INTEGER,
	verdict INTEGER, -- report/check.h
	unknown INTEGER NOT NULL DEFAULT 0, -- looks in a row that could not tell
	reason TEXT -- why the last one could not
) STRICT;
CREATE INDEX look_next ON look (next_at);

-- Domains with a failure that a report names: they are looked at soon.
CREATE TABLE look_wanted (
	domain INTEGER NOT NULL,
	day INTEGER NOT NULL,
	PRIMARY KEY (domain, day)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER look_want AFTER INSERT ON day_failure WHEN EXISTS (SELECT 1 FROM look) BEGIN
	INSERT INTO look_wanted SELECT new.domain, new.day
		WHERE NOT EXISTS (SELECT 1 FROM look_wanted WHERE domain = new.domain AND day = new.day);
END;
