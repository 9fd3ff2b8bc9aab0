/* SPDX-License-Identifier: ISC */
#pragma once
/* The only way out for foreign text: each function makes any bytes safe for one target.
 * All of them turn bytes that are not UTF-8 into U+FFFD. */
#include "base/buf.h"
#include "base/str.h"

/* A terminal: control characters (C0, DEL, C1), bidirectional controls and line separators become visible
 * as \n, \t, \x1b, \u202e.  `keep_newlines` leaves LF alone. */
void quote_terminal(struct str s, bool keep_newlines, struct buf *out);

/* Text and attribute values of HTML: & < > " ' escaped, control characters as U+FFFD, bidirectional controls dropped. */
void quote_html(struct str s, struct buf *out);

/* One field of RFC 4180 CSV, quoted where needed; a leading = + - @ TAB CR gets a ' in front, so that no
 * spreadsheet takes it for a formula.  Other controls become U+FFFD. */
void quote_csv(struct str s, struct buf *out);

/* One field of a tab separated line: \t \n \\ escaped, other controls as in quote_terminal. */
void quote_plain(struct str s, struct buf *out);

/* A JSON string with its quotes.  Control characters and U+2028, U+2029 escaped. */
void quote_json(struct str s, struct buf *out);

/* A JSON text (base/json_text.h), its control characters escaped: they can stand in its strings only. */
void quote_json_text(struct str s, struct buf *out);

/* key="value" of a log line, with the quotes: printable ASCII stays, everything else \xNN; cut at 512 bytes. */
void quote_log(struct str s, struct buf *out);

/* The value of a label of Prometheus, with its quotes: " \\ and line ends escaped, other controls as U+FFFD. */
void quote_label(struct str s, struct buf *out);

/* A value of a mail header: RFC 2047 where not ASCII, controls dropped, folded below 78 columns. */
void quote_mail_header(struct str s, struct buf *out);
