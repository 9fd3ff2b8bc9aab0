-- SPDX-License-Identifier: ISC
-- Sums over all domains, a day: of the house (tenant 0) as before, and of each tenant over his own.
CREATE TABLE tenant_day (
	tenant INTEGER NOT NULL,
	day INTEGER NOT NULL,
	reporter INTEGER NOT NULL,
	type INTEGER NOT NULL,
	type_text INTEGER NOT NULL,
	mode INTEGER NOT NULL,
	units INTEGER NOT NULL,
	successful INTEGER NOT NULL,
	failed INTEGER NOT NULL,
	unexplained INTEGER NOT NULL,
	PRIMARY KEY (tenant, day, reporter, type, type_text, mode)
) STRICT, WITHOUT ROWID;
INSERT INTO tenant_day SELECT 0, day, reporter, type, type_text, mode, units, successful, failed, unexplained FROM house_day;
DROP TABLE house_day;

-- Whose sums hold which domain: `owned`, as it was when it was last settled (store_sums.c).
CREATE TABLE tenant_domain (
	domain INTEGER NOT NULL,
	tenant INTEGER NOT NULL,
	PRIMARY KEY (domain, tenant)
) STRICT, WITHOUT ROWID;
INSERT INTO tenant_domain SELECT id, tenant FROM owned WHERE tenant <> 0;
INSERT INTO tenant_day SELECT t.tenant, u.day, u.reporter, u.type, u.type_text, u.mode, sum(u.units), sum(u.successful),
	sum(u.failed), sum(u.unexplained) FROM tenant_domain t JOIN day_unit u ON u.domain = t.domain GROUP BY 1, 2, 3, 4, 5, 6;

-- Sums of all days of a series of units; and its first and last day.  Domains stand first, for what is asked of one.
CREATE TABLE series (
	domain INTEGER NOT NULL,
	reporter INTEGER NOT NULL,
	type INTEGER NOT NULL,
	type_text INTEGER NOT NULL,
	mode INTEGER NOT NULL,
	first_day INTEGER NOT NULL,
	last_day INTEGER NOT NULL,
	units INTEGER NOT NULL,
	successful INTEGER NOT NULL,
	failed INTEGER NOT NULL,
	unexplained INTEGER NOT NULL,
	PRIMARY KEY (domain, reporter, type, type_text, mode)
) STRICT, WITHOUT ROWID;
INSERT INTO series SELECT domain, reporter, type, type_text, mode, min(day), max(day), sum(units), sum(successful), sum(failed),
	sum(unexplained) FROM day_unit GROUP BY 1, 2, 3, 4, 5;

-- The sums of span_unit over a hundred days, whose first is `day`: what senders of a year add up.
CREATE TABLE hundred_unit (
	day INTEGER NOT NULL,
	reporter INTEGER NOT NULL,
	domain INTEGER NOT NULL,
	type INTEGER NOT NULL,
	type_text INTEGER NOT NULL,
	mode INTEGER NOT NULL,
	units INTEGER NOT NULL,
	successful INTEGER NOT NULL,
	failed INTEGER NOT NULL,
	unexplained INTEGER NOT NULL,
	PRIMARY KEY (day, reporter, domain, type, type_text, mode)
) STRICT, WITHOUT ROWID;
INSERT INTO hundred_unit SELECT day - ((day % 100) + 100) % 100, reporter, domain, type, type_text, mode, sum(units), sum(successful),
	sum(failed), sum(unexplained) FROM span_unit GROUP BY 1, 2, 3, 4, 5, 6;

-- Days on which something failed are few.
CREATE INDEX day_unit_failed ON day_unit (day, reporter, domain, type, type_text, mode, successful, failed, unexplained, units)
	WHERE failed > 0;
DROP INDEX day_unit_unexplained;

-- The failures of a series.
CREATE INDEX failure_series ON failure (domain, reporter, day);

-- Reports by the beginning of their id, in small letters: what somebody looks for.
CREATE INDEX report_rid ON report (lower(substr(rid, 1, 16)));
