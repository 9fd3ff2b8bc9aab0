-- SPDX-License-Identifier: ISC
-- The same unreadable bytes stand in quarantine once, however often they come.
ALTER TABLE quarantine ADD COLUMN original INTEGER NOT NULL DEFAULT 0;
ALTER TABLE quarantine ADD COLUMN copies INTEGER NOT NULL DEFAULT 1; -- arrivals
ALTER TABLE quarantine ADD COLUMN last_at INTEGER NOT NULL DEFAULT 0; -- of the last one; 0: there was but one
UPDATE quarantine SET original = coalesce((SELECT original FROM arrival WHERE arrival.id = quarantine.arrival), 0);
CREATE INDEX quarantine_original ON quarantine (original);
