-- SPDX-License-Identifier: ISC
-- What makes the ids of messages unlike those of any other house.
INSERT INTO meta (key, value) VALUES ('alert-house', lower(hex(randomblob(8))));

-- Where alerts go (report/alert_channel.h).  A removed one stays, for the log.
CREATE TABLE alert_channel (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	name TEXT NOT NULL,
	kind INTEGER NOT NULL,
	address TEXT NOT NULL,
	target TEXT NOT NULL,
	secret TEXT NOT NULL, -- where it is, never what it is
	language TEXT NOT NULL,
	paused INTEGER NOT NULL,
	local INTEGER NOT NULL, -- may be at a private address
	mx TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	removed INTEGER NOT NULL DEFAULT 0,
	delivered_at INTEGER,
	failed_at INTEGER,
	failures INTEGER NOT NULL DEFAULT 0, -- in a row
	result TEXT NOT NULL DEFAULT '',
	told_at INTEGER -- when the others were told that it fails
) STRICT;
CREATE UNIQUE INDEX alert_channel_name ON alert_channel (name) WHERE removed = 0;

-- One message to one channel: the outbox, and the log of what became of it.
CREATE TABLE alert_delivery (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	channel INTEGER NOT NULL,
	alert INTEGER NOT NULL, -- 0: a test, a document, or the word on another channel
	event INTEGER NOT NULL,
	state INTEGER NOT NULL, -- store/alert_outbox.h
	attempts INTEGER NOT NULL DEFAULT 0,
	created_at INTEGER NOT NULL,
	next_at INTEGER NOT NULL,
	done_at INTEGER,
	headline TEXT NOT NULL,
	key TEXT, -- of a document: it is sent once
	words TEXT NOT NULL, -- of the last attempt, or why it is not sent
	request BLOB -- report/alert_request.h; NULL: not composed, or long delivered
) STRICT;
CREATE INDEX alert_delivery_open ON alert_delivery (next_at, id) WHERE state < 2;
CREATE UNIQUE INDEX alert_delivery_key ON alert_delivery (key) WHERE key IS NOT NULL;
CREATE INDEX alert_delivery_alert ON alert_delivery (alert);
CREATE INDEX alert_delivery_channel ON alert_delivery (channel, id);
CREATE INDEX alert_delivery_old ON alert_delivery (done_at) WHERE request IS NOT NULL;
