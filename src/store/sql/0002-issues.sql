-- SPDX-License-Identifier: ISC
-- One matter on one subject, with its life (report/issue.h).  Numbers of states and kinds are those of its enums.
CREATE TABLE issue (
	id INTEGER PRIMARY KEY AUTOINCREMENT, -- shown as TI-(1000 + id)
	matter TEXT NOT NULL,
	kind INTEGER NOT NULL,
	subject INTEGER NOT NULL, -- name
	severity INTEGER NOT NULL,
	worst INTEGER NOT NULL,
	fault INTEGER NOT NULL,
	confidence INTEGER NOT NULL,
	trend INTEGER NOT NULL,
	seen INTEGER NOT NULL,
	ended INTEGER NOT NULL, -- 0: not closed
	acknowledged INTEGER NOT NULL,
	snoozed_until INTEGER,
	opened_at INTEGER NOT NULL,
	changed_at INTEGER NOT NULL,
	closed_at INTEGER,
	looked_at INTEGER,
	first_day INTEGER NOT NULL,
	last_day INTEGER NOT NULL,
	clean_day INTEGER NOT NULL,
	failed INTEGER NOT NULL,
	refused INTEGER NOT NULL,
	total INTEGER NOT NULL,
	domains INTEGER NOT NULL,
	reporters INTEGER NOT NULL,
	domains_told INTEGER NOT NULL,
	others_sessions INTEGER NOT NULL,
	others_reporters INTEGER NOT NULL,
	owner TEXT,
	note TEXT
) STRICT;
CREATE INDEX issue_subject ON issue (matter, kind, subject, id);
CREATE INDEX issue_active ON issue (id) WHERE ended = 0;

-- What one reporter said of one domain on one day.
CREATE TABLE issue_part (
	reporter INTEGER NOT NULL,
	domain INTEGER NOT NULL,
	day INTEGER NOT NULL,
	issue INTEGER NOT NULL,
	failed INTEGER NOT NULL,
	refused INTEGER NOT NULL,
	total INTEGER NOT NULL, -- sessions of the day, failed or not
	PRIMARY KEY (reporter, domain, day, issue)
) STRICT, WITHOUT ROWID;
CREATE INDEX issue_part_issue ON issue_part (issue, day);

CREATE TABLE issue_member (
	reporter INTEGER NOT NULL,
	domain INTEGER NOT NULL,
	issue INTEGER NOT NULL,
	last_bad INTEGER NOT NULL,
	last_clean INTEGER NOT NULL, -- the last day it reported without the issue, after last_bad; INT32_MIN: none
	PRIMARY KEY (reporter, domain, issue)
) STRICT, WITHOUT ROWID;
CREATE INDEX issue_member_issue ON issue_member (issue, reporter, domain, last_bad, last_clean);
CREATE INDEX issue_member_domain ON issue_member (domain, issue);

CREATE TABLE issue_history (
	issue INTEGER NOT NULL,
	n INTEGER NOT NULL,
	at INTEGER NOT NULL,
	event INTEGER NOT NULL,
	text TEXT,
	PRIMARY KEY (issue, n)
) STRICT, WITHOUT ROWID;

-- What has changed since the issues were last brought up to date, in the same transaction; whatever changed it.
CREATE TABLE issue_touched (
	day INTEGER NOT NULL,
	reporter INTEGER NOT NULL,
	domain INTEGER NOT NULL,
	PRIMARY KEY (day, reporter, domain)
) STRICT, WITHOUT ROWID;

-- NOT EXISTS and not OR IGNORE: in a trigger the outer statement says what a conflict does.
CREATE TRIGGER issue_touch_failure_new AFTER INSERT ON day_failure BEGIN
	INSERT INTO issue_touched SELECT new.day, new.reporter, new.domain WHERE NOT EXISTS
		(SELECT 1 FROM issue_touched WHERE day = new.day AND reporter = new.reporter AND domain = new.domain);
END;
CREATE TRIGGER issue_touch_failure_more AFTER UPDATE ON day_failure BEGIN
	INSERT INTO issue_touched SELECT new.day, new.reporter, new.domain WHERE NOT EXISTS
		(SELECT 1 FROM issue_touched WHERE day = new.day AND reporter = new.reporter AND domain = new.domain);
END;
CREATE TRIGGER issue_touch_failure_gone AFTER DELETE ON day_failure BEGIN
	INSERT INTO issue_touched SELECT old.day, old.reporter, old.domain WHERE NOT EXISTS
		(SELECT 1 FROM issue_touched WHERE day = old.day AND reporter = old.reporter AND domain = old.domain);
END;
-- Sessions without failures matter to issues that are there, and nowhere else.
CREATE TRIGGER issue_touch_unit_new AFTER INSERT ON day_unit
WHEN new.unexplained > 0 OR EXISTS (SELECT 1 FROM issue_member WHERE reporter = new.reporter AND domain = new.domain)
BEGIN
	INSERT INTO issue_touched SELECT new.day, new.reporter, new.domain WHERE NOT EXISTS
		(SELECT 1 FROM issue_touched WHERE day = new.day AND reporter = new.reporter AND domain = new.domain);
END;
CREATE TRIGGER issue_touch_unit_more AFTER UPDATE ON day_unit
WHEN new.unexplained <> old.unexplained
	OR EXISTS (SELECT 1 FROM issue_member WHERE reporter = new.reporter AND domain = new.domain)
BEGIN
	INSERT INTO issue_touched SELECT new.day, new.reporter, new.domain WHERE NOT EXISTS
		(SELECT 1 FROM issue_touched WHERE day = new.day AND reporter = new.reporter AND domain = new.domain);
END;
CREATE TRIGGER issue_touch_unit_gone AFTER DELETE ON day_unit BEGIN
	INSERT INTO issue_touched SELECT old.day, old.reporter, old.domain WHERE NOT EXISTS
		(SELECT 1 FROM issue_touched WHERE day = old.day AND reporter = old.reporter AND domain = old.domain);
END;
-- What a store held before it knew of issues.
INSERT OR IGNORE INTO issue_touched SELECT DISTINCT day, reporter, domain FROM day_failure;
