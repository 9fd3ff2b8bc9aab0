-- SPDX-License-Identifier: ISC
-- A message that somebody had sent again: of which row it is the copy, and who asked for it.
ALTER TABLE alert_delivery ADD COLUMN again_of INTEGER;
ALTER TABLE alert_delivery ADD COLUMN again_by TEXT;
CREATE INDEX alert_delivery_again ON alert_delivery (again_of, id) WHERE again_of IS NOT NULL;
