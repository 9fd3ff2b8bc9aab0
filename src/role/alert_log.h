/* SPDX-License-Identifier: ISC */
#pragma once
/* The log of alerts as it is shown: what a rule decided, and what became of it on each channel; and messages without a
 * rule (a test, a document). */
#include "present/doc.h"
#include "present/json_out.h"
#include "store/alert_outbox.h"
#include "store/alerts.h"

struct alert_log_row {
	const struct alert_row *row; /* NULL: no rule */
	const char *rule;
	struct str number, title;
	struct alert_delivery *deliveries;
	size_t count;
};

/* Where a page begins: behind these.  0: nothing is left. */
struct alert_log_place {
	int64_t alert, delivery;
};
#define ALERT_LOG_START ((struct alert_log_place){INT64_MAX, INT64_MAX})

/* Newest first.  A tenant gets what is of his domains alone, and no deliveries: channels are the house's. */
bool alert_log_page(struct store *store, struct alert_log_place from, size_t most, struct arena *arena,
                    struct alert_log_row **out, size_t *out_count, struct alert_log_place *out_next, struct err *err);

extern const struct doc_column alert_log_columns[];
#define ALERT_LOG_COLUMNS 10
/* One row for what was decided, and one for each channel. */
void alert_log_table(const struct alert_log_row *rows, size_t n, struct doc_table *table);
void alert_log_json(const struct alert_log_row *row, struct json_out *json); /* one object of a list */
