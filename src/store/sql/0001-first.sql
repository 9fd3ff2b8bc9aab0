-- SPDX-License-Identifier: ISC
-- Names (domains, reporters, hosts, result types and the like) stand once and are referred to by number; 0 is "absent".
CREATE TABLE name (
	id INTEGER PRIMARY KEY,
	text TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO name (id, text) VALUES (0, '');

-- What the writer remembers from run to run.
CREATE TABLE meta (
	key TEXT PRIMARY KEY,
	value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What would be slow to count.  One row.
CREATE TABLE counter (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	arrivals INTEGER NOT NULL,
	original_bytes INTEGER NOT NULL -- as stored
) STRICT;
INSERT INTO counter VALUES (1, 0, 0);

-- The bytes as they came; `codec` 0: as they are, 1: zstd (the frame names its dictionary).
CREATE TABLE original (
	id INTEGER PRIMARY KEY,
	sha256 BLOB NOT NULL UNIQUE,
	size INTEGER NOT NULL,
	codec INTEGER NOT NULL, -- 2: deleted after its time, the row stays
	received_at INTEGER NOT NULL,
	bytes BLOB NOT NULL
) STRICT;

CREATE INDEX original_age ON original (received_at) WHERE codec <> 2;

CREATE TABLE arrival (
	id INTEGER PRIMARY KEY,
	original INTEGER NOT NULL, -- 0: deleted
	size INTEGER NOT NULL,
	door INTEGER NOT NULL,
	received_at INTEGER NOT NULL,
	trust INTEGER NOT NULL,
	outcome INTEGER NOT NULL,
	report INTEGER NOT NULL, -- the first one in it; 0: none
	name TEXT,
	peer TEXT,
	helo TEXT,
	mail_from TEXT,
	recipient TEXT,
	reason TEXT -- of the trust
) STRICT;

-- The reports of an arrival that holds more than one.
CREATE TABLE arrival_report (
	arrival INTEGER NOT NULL,
	report INTEGER NOT NULL,
	PRIMARY KEY (arrival, report)
) STRICT, WITHOUT ROWID;

CREATE TABLE reporter (
	id INTEGER PRIMARY KEY, -- its name
	organization INTEGER NOT NULL, -- name, as written last: a claim
	shortest INTEGER NOT NULL, -- seconds of its shortest and longest period
	longest INTEGER NOT NULL,
	decision INTEGER NOT NULL DEFAULT 0, -- 0: none, 1: trusted, 2: distrusted, by the operator
	decided_at INTEGER
) STRICT;

-- One row for each content of each identity.
CREATE TABLE report (
	id INTEGER PRIMARY KEY,
	reporter INTEGER NOT NULL,
	rid TEXT NOT NULL, -- '': absent, then the content is the id
	begin INTEGER NOT NULL,
	end INTEGER NOT NULL,
	content BLOB NOT NULL, -- SHA-256 of the canonical form
	body INTEGER NOT NULL, -- 8 bytes of the hash without id and names
	day INTEGER NOT NULL, -- INT32_MIN: no readable period
	state INTEGER NOT NULL, -- src/store/inner.h
	trust INTEGER NOT NULL, -- the best of its arrivals
	trusted_at INTEGER NOT NULL, -- when that trust first came
	trust_arrival INTEGER NOT NULL, -- with which arrival
	arrival INTEGER NOT NULL, -- the first
	received_at INTEGER NOT NULL,
	door INTEGER NOT NULL,
	copies INTEGER NOT NULL,
	organization INTEGER NOT NULL,
	domain INTEGER NOT NULL, -- of the first unit
	domains INTEGER NOT NULL,
	units INTEGER NOT NULL,
	successful INTEGER NOT NULL,
	failed INTEGER NOT NULL,
	types INTEGER NOT NULL, -- bits: 1 << policy type
	worst INTEGER NOT NULL, -- result with most failed sessions; 0: none
	deviations INTEGER NOT NULL,
	extra BLOB NOT NULL, -- what is only shown
	UNIQUE (begin, reporter, end, rid, content) -- the time first: new ones stand together
) STRICT;
CREATE INDEX report_day ON report (day);
CREATE INDEX report_body ON report (begin, body);
CREATE INDEX report_superseded ON report (state) WHERE state = 1;
CREATE INDEX report_aside ON report (arrival) WHERE state >= 3;

-- Further arrivals of a report than its first.
CREATE TABLE report_arrival (
	report INTEGER NOT NULL,
	arrival INTEGER NOT NULL,
	PRIMARY KEY (report, arrival)
) STRICT, WITHOUT ROWID;

CREATE TABLE unit (
	report INTEGER NOT NULL,
	n INTEGER NOT NULL,
	domain INTEGER NOT NULL,
	reporter INTEGER NOT NULL,
	day INTEGER NOT NULL,
	aside INTEGER NOT NULL, -- why it does not count though its report does; src/store/inner.h
	type INTEGER NOT NULL,
	type_text INTEGER NOT NULL, -- as written, where it is no registered type
	mode INTEGER NOT NULL,
	successful INTEGER NOT NULL,
	failed INTEGER NOT NULL,
	unexplained INTEGER NOT NULL,
	extra BLOB NOT NULL,
	PRIMARY KEY (report, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX unit_series ON unit (domain, reporter, day);

CREATE TABLE failure (
	day INTEGER NOT NULL,
	report INTEGER NOT NULL,
	unit INTEGER NOT NULL,
	n INTEGER NOT NULL,
	domain INTEGER NOT NULL,
	reporter INTEGER NOT NULL,
	result INTEGER NOT NULL, -- name; 0: not stated
	cause INTEGER NOT NULL, -- name
	fault INTEGER NOT NULL,
	refused INTEGER NOT NULL,
	mx INTEGER NOT NULL,
	sessions INTEGER NOT NULL,
	sending_ip TEXT,
	receiving_ip TEXT,
	helo TEXT,
	reason_code TEXT,
	information TEXT,
	type INTEGER NOT NULL, -- these three are its unit's
	type_text INTEGER NOT NULL,
	mode INTEGER NOT NULL,
	counts INTEGER NOT NULL, -- its report and its unit do; kept by store_sums.c
	PRIMARY KEY (day, report, unit, n)
) STRICT, WITHOUT ROWID;

-- Sums of what counts, kept with the rows in one transaction.
CREATE TABLE day_unit (
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

-- The same over ten days, whose first is `day` (SPAN_DAYS): what a view adds up for a month or a year.
CREATE TABLE span_unit (
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

CREATE TABLE day_failure (
	day INTEGER NOT NULL,
	reporter INTEGER NOT NULL,
	domain INTEGER NOT NULL,
	type INTEGER NOT NULL,
	type_text INTEGER NOT NULL,
	mode INTEGER NOT NULL,
	result INTEGER NOT NULL,
	cause INTEGER NOT NULL,
	fault INTEGER NOT NULL,
	refused INTEGER NOT NULL,
	mx INTEGER NOT NULL,
	failures INTEGER NOT NULL,
	sessions INTEGER NOT NULL,
	PRIMARY KEY (day, reporter, domain, type, type_text, mode, result, cause, fault, refused, mx)
) STRICT, WITHOUT ROWID;

-- Counted reports of a day.
CREATE TABLE day_report (
	day INTEGER NOT NULL,
	reporter INTEGER NOT NULL,
	reports INTEGER NOT NULL,
	last INTEGER NOT NULL, -- when the last one was received
	PRIMARY KEY (day, reporter)
) STRICT, WITHOUT ROWID;

-- Arrivals of which all or a part cannot be read.
CREATE TABLE quarantine (
	arrival INTEGER PRIMARY KEY,
	problem TEXT NOT NULL, -- its code
	place TEXT,
	detail TEXT,
	expected TEXT
) STRICT;

CREATE TABLE tenant (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE,
	created_at INTEGER NOT NULL
) STRICT;

-- The domains of this house.  While there is none, every domain counts.
CREATE TABLE domain (
	id INTEGER PRIMARY KEY, -- its name
	tenant INTEGER NOT NULL DEFAULT 0,
	token TEXT NOT NULL UNIQUE, -- of its unguessable address and URL
	proven INTEGER NOT NULL DEFAULT 0,
	state INTEGER NOT NULL DEFAULT 0, -- 0: active, 1: paused
	created_at INTEGER NOT NULL
) STRICT;

-- Signatures whose key could not be looked up, to be tried again.
CREATE TABLE pending (
	arrival INTEGER PRIMARY KEY,
	next_try INTEGER NOT NULL,
	until INTEGER NOT NULL,
	form BLOB NOT NULL
) STRICT;
CREATE INDEX pending_next ON pending (next_try);
