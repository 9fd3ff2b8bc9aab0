-- SPDX-License-Identifier: ISC
-- Further units of a report, which a tenant's reports are counted without; and reports that do not count.  Both are few.
CREATE INDEX unit_further ON unit (domain, day) WHERE n > 0;
CREATE INDEX report_uncounted ON report (day) WHERE state <> 0;
