-- SPDX-License-Identifier: ISC
-- Which version has tried to read it last, and how many reports it would read now: they wait for somebody to take them in.
ALTER TABLE quarantine ADD COLUMN tried_by TEXT NOT NULL DEFAULT '';
ALTER TABLE quarantine ADD COLUMN readable INTEGER NOT NULL DEFAULT 0;
CREATE INDEX quarantine_tried ON quarantine (tried_by, arrival);
CREATE INDEX quarantine_readable ON quarantine (arrival) WHERE readable > 0;
