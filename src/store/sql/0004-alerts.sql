-- SPDX-License-Identifier: ISC
-- What was said, or not said and why: the log of alerts and their outbox in one.
CREATE TABLE alert (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	at INTEGER NOT NULL,
	rule INTEGER NOT NULL, -- alert/alert_rules.h
	kind INTEGER NOT NULL,
	outcome INTEGER NOT NULL,
	issue INTEGER NOT NULL, -- 0: a digest
	count INTEGER NOT NULL, -- of a digest: issues in it
	done_at INTEGER
) STRICT;
CREATE INDEX alert_issue ON alert (issue, id);
CREATE INDEX alert_rule ON alert (rule, at);
CREATE INDEX alert_open ON alert (outcome, id) WHERE outcome IN (0, 2);

-- Issues that opened, closed or changed their severity since alerts were last judged; in the same transaction.
CREATE TABLE alert_due (
	issue INTEGER PRIMARY KEY
) STRICT;
CREATE TRIGGER alert_due_new AFTER INSERT ON issue BEGIN
	INSERT INTO alert_due SELECT new.id WHERE NOT EXISTS (SELECT 1 FROM alert_due WHERE issue = new.id);
END;
CREATE TRIGGER alert_due_change AFTER UPDATE ON issue
WHEN new.severity <> old.severity OR new.ended <> old.ended OR (new.refused > 0) <> (old.refused > 0)
BEGIN
	INSERT INTO alert_due SELECT new.id WHERE NOT EXISTS (SELECT 1 FROM alert_due WHERE issue = new.id);
END;
CREATE INDEX issue_snoozed ON issue (snoozed_until) WHERE snoozed_until IS NOT NULL;
