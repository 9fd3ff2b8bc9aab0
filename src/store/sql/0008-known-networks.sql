-- SPDX-License-Identifier: ISC
-- A /24 or a /64 from which a known reporter delivered what counts: room is kept for it under a flood (role/known_networks).
CREATE TABLE known_network (
	network TEXT PRIMARY KEY,
	last_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
