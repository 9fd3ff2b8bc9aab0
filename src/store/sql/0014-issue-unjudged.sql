-- SPDX-License-Identifier: ISC
-- Issues of many domains whose numbers have changed and that are judged when all that waits is in.
CREATE TABLE issue_unjudged (
	issue INTEGER PRIMARY KEY
) STRICT;
