/* SPDX-License-Identifier: ISC */
#include "report/digest_span.h"

#include <assert.h>

#include "base/attr.h"
#include "base/instant.h"

static const char *const span_texts[] = {"week", "month"};
static const char *const event_texts[] = {"certificate-ends", "may-enforce", "policy-ends"};
static_assert(COUNT_OF(event_texts) == DIGEST_EVENT_COUNT, "one each");

const char *digest_span_text(enum digest_span span)
{
	assert((unsigned)span < COUNT_OF(span_texts));
	return span_texts[span];
}

const char *digest_span_event_text(enum digest_event event)
{
	assert((unsigned)event < DIGEST_EVENT_COUNT);
	return event_texts[event];
}

bool digest_span_is_clean(const struct digest *digest)
{
	return digest->now.failed == 0 && digest->open_count == 0 && digest->silent_count == 0;
}

int32_t digest_span_monday(int32_t day)
{
	int32_t weekday = (day + 3) % 7; /* day 0 was a Thursday */
	return day - (weekday < 0 ? weekday + 7 : weekday);
}

void digest_span_month(int32_t day, int32_t *out_first, int32_t *out_last)
{
	char text[INSTANT_TEXT_MAX];
	struct str date = day_format(day, text); /* 2026-11-21 */
	int32_t of_month = (date.p[8] - '0') * 10 + (date.p[9] - '0');
	int32_t first = day - of_month + 1, last = day;

	for (int32_t next = first + 27; next <= first + 31; next++) {
		date = day_format(next, text);
		if (next > first + 27 && date.p[8] == '0' && date.p[9] == '1')
			break;
		last = next;
	}
	*out_first = first;
	*out_last = last;
}
