-- SPDX-License-Identifier: ISC
ALTER TABLE arrival ADD COLUMN is_secret INTEGER NOT NULL DEFAULT 0;

-- What a domain publishes in the DNS to prove whose it is, and how it was proven: 0 not yet, 1 by that record, 2 by its
-- TLS-RPT record, 3 by the operator's word.
ALTER TABLE domain ADD COLUMN nonce TEXT NOT NULL DEFAULT '';
ALTER TABLE domain ADD COLUMN proven_at INTEGER;

-- Hosts that take the mail of a domain: DANE units name them as policy domain.  `own`: the host is of the domain's own
-- organisation, so that nobody gets at the units of another's host by an MX record.
CREATE TABLE domain_mx (
	domain INTEGER NOT NULL,
	host INTEGER NOT NULL, -- name
	own INTEGER NOT NULL,
	PRIMARY KEY (domain, host)
) STRICT, WITHOUT ROWID;
CREATE INDEX domain_mx_host ON domain_mx (host);

-- Which policy domains a tenant may see: those that are proven to be his, where there is anybody else.
CREATE VIEW owned (id, tenant) AS
	SELECT id, tenant FROM domain WHERE proven > 0 OR (SELECT count(*) FROM tenant) < 2
	UNION SELECT m.host, d.tenant FROM domain_mx m JOIN domain d ON d.id = m.domain
		WHERE (m.own = 1 AND d.proven > 0) OR (SELECT count(*) FROM tenant) < 2;

CREATE INDEX unit_foreign ON unit (report) WHERE aside = 1;
CREATE INDEX report_of_arrival ON report_arrival (arrival);
