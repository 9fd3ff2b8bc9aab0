-- SPDX-License-Identifier: ISC
-- Where names lead is looked up all the time; that changes no file, and is counted apart.
ALTER TABLE shelf ADD COLUMN places INTEGER NOT NULL DEFAULT 1;
DROP TRIGGER shelf_place;
CREATE TRIGGER shelf_place AFTER UPDATE OF leads, seen_at ON policy_place BEGIN
	UPDATE shelf SET places = places + 1;
END;
