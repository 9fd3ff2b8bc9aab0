-- SPDX-License-Identifier: ISC
-- A domain's own days, for its page and for the list of domains.
CREATE INDEX day_unit_domain ON day_unit (domain, day);
