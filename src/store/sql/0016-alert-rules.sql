-- SPDX-License-Identifier: ISC
-- The name is for the rules themselves.
DROP INDEX alert_rule;
CREATE INDEX alert_by_rule ON alert (rule, at);

-- The rules (report/alert_rule.h): the ready-made ones under their numbers, own ones from 100 on.
CREATE TABLE alert_rule (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	name TEXT NOT NULL,
	what INTEGER NOT NULL,
	over INTEGER NOT NULL,
	least_sessions INTEGER NOT NULL,
	severity INTEGER NOT NULL,
	cause TEXT NOT NULL,
	scope INTEGER NOT NULL,
	scope_name TEXT NOT NULL,
	say INTEGER NOT NULL, -- at once, hourly, daily
	daily_minute INTEGER NOT NULL,
	quiet INTEGER NOT NULL,
	quiet_from INTEGER NOT NULL,
	quiet_to INTEGER NOT NULL,
	zone TEXT NOT NULL,
	zone_rule TEXT NOT NULL,
	repeat_days INTEGER NOT NULL,
	off INTEGER NOT NULL,
	muted_until INTEGER,
	created_at INTEGER NOT NULL,
	removed INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX alert_rule_name ON alert_rule (name) WHERE removed = 0;
INSERT INTO alert_rule SELECT n, name, 0, 0, 0, 0, '', 0, '', 0, 540, 0, 0, 0, 'UTC', '', 7, 0, NULL, 0, 0 FROM (
	SELECT 0 AS n, 'mail-refused' AS name UNION ALL SELECT 1, 'reports-stopped' UNION ALL
	SELECT 2, 'new-failure' UNION ALL SELECT 3, 'check-trouble');
UPDATE sqlite_sequence SET seq = 99 WHERE name = 'alert_rule';

-- To whom; none: to every channel.
CREATE TABLE alert_rule_channel (
	rule INTEGER NOT NULL,
	channel INTEGER NOT NULL,
	PRIMARY KEY (rule, channel)
) STRICT, WITHOUT ROWID;

-- Of a message about a day's sums: which day (a day number), and what they were.
ALTER TABLE alert ADD COLUMN day INTEGER;
ALTER TABLE alert ADD COLUMN total INTEGER NOT NULL DEFAULT 0;
CREATE INDEX alert_day ON alert (rule, id) WHERE day IS NOT NULL;

-- What was judged of each issue and when, so that a rule can be tried on the past.
CREATE TABLE alert_fact (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	at INTEGER NOT NULL,
	issue INTEGER NOT NULL,
	severity INTEGER NOT NULL,
	ended INTEGER NOT NULL,
	acknowledged INTEGER NOT NULL,
	refused INTEGER NOT NULL,
	failed INTEGER NOT NULL,
	last_day INTEGER NOT NULL
) STRICT;
CREATE INDEX alert_fact_at ON alert_fact (at);
INSERT INTO alert_fact (at, issue, severity, ended, acknowledged, refused, failed, last_day)
	SELECT h.at, i.id, i.severity, iif(h.event = 5, max(i.ended, 1), 0), 0, i.refused, i.failed,
		iif(h.event = 5, i.last_day, max(i.first_day, h.at / 86400 - 1))
	FROM issue_history h JOIN issue i ON i.id = h.issue WHERE h.event IN (0, 5, 6) ORDER BY h.at;
