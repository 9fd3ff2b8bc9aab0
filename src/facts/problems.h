/* SPDX-License-Identifier: ISC */
/* Why an arrival, or a part of one, cannot be read.  X(ID, code, sentence).  Shown in quarantine with the place. */
#define PROBLEMS(X)                                                                                                    \
	X(NO_REPORT, "no-report", "There is no TLS report in it.")                                                     \
	X(EMPTY, "empty", "It is empty.")                                                                              \
	X(TOO_LARGE, "too-large", "It is larger than 25 MiB.")                                                         \
	X(HEADER_LIMIT, "header-limit", "The mail has more headers than any report needs.")                            \
	X(MIME_LIMIT, "mime-limit", "The mail has more parts or levels than any report needs.")                        \
	X(ENCODING_BROKEN, "encoding-broken", "The transfer encoding is broken.")                                      \
	X(GZIP_BROKEN, "gzip-broken", "The gzip data is broken.")                                                      \
	X(GZIP_TRUNCATED, "gzip-truncated", "The gzip data ends too early.")                                           \
	X(INFLATE_LIMIT, "inflate-limit", "It unpacks to more than 32 MiB.")                                           \
	X(ZIP_BROKEN, "zip-broken", "The zip file is broken, encrypted or holds no report.")                           \
	X(NESTED_COMPRESSION, "nested-compression", "It is compressed twice.")                                         \
	X(CONTAINER, "container", "It is packed in a form that no reporter may use.")                                  \
	X(MIME_AMBIGUOUS, "mime-ambiguous",                                                                            \
	  "Its MIME headers contradict one another, and each way to read them gives another report.")                  \
	X(ENCRYPTED, "encrypted", "The mail is encrypted.")                                                            \
	X(JSON_BROKEN, "json-broken", "It is not JSON.")                                                               \
	X(JSON_TRUNCATED, "json-truncated", "The JSON text ends too early.")                                           \
	X(JSON_LIMIT, "json-limit", "The JSON text is deeper or larger than any report.")                              \
	X(JSON_DUPLICATE, "json-duplicate", "A member stands twice with different values.")                            \
	X(JSON_ENCODING, "json-encoding", "The JSON text is not UTF-8.")                                               \
	X(NOT_TLSRPT, "not-tlsrpt", "It is JSON, but no TLS report.")                                                  \
	X(DMARC_REPORT, "dmarc-report", "It is a DMARC report, not a TLS report.")                                     \
	X(BOUNCE, "bounce", "It is a delivery status notification.")                                                   \
	X(AUTO_REPLY, "auto-reply", "It is an automatic reply.")                                                       \
	X(REPORT_LIMIT, "report-limit", "The report has more entries than can be kept.")                               \
	X(DATE_UNUSABLE, "date-unusable", "The report has no readable period, so that it cannot be counted.")          \
	X(DECODER_CRASH, "decoder-crash", "The reader crashed on it.")                                                 \
	X(DECODER_TIMEOUT, "decoder-timeout", "The reader took too long.")                                             \
	X(DECODER_MEMORY, "decoder-memory", "The reader needed too much memory.")                                      \
	X(DECODER_ANSWER, "decoder-answer", "The reader gave an answer that makes no sense.")
