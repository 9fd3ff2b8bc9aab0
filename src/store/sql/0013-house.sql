-- SPDX-License-Identifier: ISC
-- Sums over all domains, a day; and over all reporters, ten days: what a chart of a year and the list of domains add up.
CREATE TABLE house_day (
	day INTEGER NOT NULL,
	reporter INTEGER NOT NULL,
	type INTEGER NOT NULL,
	type_text INTEGER NOT NULL,
	mode INTEGER NOT NULL,
	units INTEGER NOT NULL,
	successful INTEGER NOT NULL,
	failed INTEGER NOT NULL,
	unexplained INTEGER NOT NULL,
	PRIMARY KEY (day, reporter, type, type_text, mode)
) STRICT, WITHOUT ROWID;
INSERT INTO house_day SELECT day, reporter, type, type_text, mode, sum(units), sum(successful), sum(failed), sum(unexplained)
	FROM day_unit GROUP BY 1, 2, 3, 4, 5;

CREATE TABLE domain_span (
	day INTEGER NOT NULL,
	domain INTEGER NOT NULL,
	type INTEGER NOT NULL,
	type_text INTEGER NOT NULL,
	mode INTEGER NOT NULL,
	units INTEGER NOT NULL,
	successful INTEGER NOT NULL,
	failed INTEGER NOT NULL,
	unexplained INTEGER NOT NULL,
	PRIMARY KEY (day, domain, type, type_text, mode)
) STRICT, WITHOUT ROWID;
INSERT INTO domain_span SELECT day, domain, type, type_text, mode, sum(units), sum(successful), sum(failed), sum(unexplained)
	FROM span_unit GROUP BY 1, 2, 3, 4, 5;

-- Failed sessions without a detail, and reports with failures, are few.
CREATE INDEX day_unit_unexplained ON day_unit (day) WHERE unexplained > 0;
CREATE INDEX report_failed ON report (day) WHERE failed > 0;
