-- SPDX-License-Identifier: ISC
-- What an issue that no failure tells of rests on, as codes and numbers (report/issue.h).
ALTER TABLE issue ADD COLUMN detail TEXT;
CREATE INDEX issue_open_subject ON issue (kind, subject) WHERE ended = 0;
