/* SPDX-License-Identifier: ISC */
#pragma once
/* What a message says, in the language of its channel, before it takes the form of a channel.  Every text may hold
 * foreign bytes: composers quote them for their target.  Texts are not copied. */
#include "base/buf.h"
#include "base/instant.h"
#include "facts/alert_facts.h"
#include "report/issue.h"

enum alert_event {
#define X(id, text) ALERT_EVENT_##id,
	ALERT_EVENTS(X)
#undef X
	    ALERT_EVENT_COUNT
};
const char *alert_event_text(enum alert_event event);

/* One issue of a digest. */
struct alert_line {
	struct str number, text, link;
};

struct alert_message {
	enum alert_event event;
	struct str id;     /* the same for every attempt, never used twice: "5b1e...-42" */
	struct str thread; /* what belongs together: the same for an issue's beginning and its end */
	struct str house;  /* the name of the machine that says it */
	instant at;
	struct str language;
	struct str headline;                  /* one line */
	struct str sentences;                 /* what it means */
	struct str fix, fix_label;            /* what to do, one line; may be absent */
	struct str link, command, look_label; /* the page (absent where pages have no address), and the command */
	struct str mute_link, mute_command, mute_label;
	struct str why;                       /* why it was sent */
	struct str rule;                      /* the name of the rule, for machines */
	int64_t rule_id;
	const struct issue *issue;            /* NULL: it is about none */
	struct str title;                     /* of the issue */
	const struct alert_line *lines;       /* of a digest */
	size_t line_count;
	enum severity severity;
	struct str unsubscribe; /* a mail: the URL of List-Unsubscribe; absent: none */
};

/* The whole as plain text: what mail, Matrix, ntfy say. */
void alert_message_text(const struct alert_message *message, struct buf *out);
/* The same as HTML, without anything that is loaded; `is_page`: a whole page for a mail. */
void alert_message_html(const struct alert_message *message, bool is_page, struct buf *out);
