/* SPDX-License-Identifier: ISC */
#pragma once
/* Every limit of the program, with its unit in the name and its reason beside it. */

#define KIB(n) ((size_t)(n)*1024)
#define MIB(n) ((size_t)(n)*1024 * 1024)

/* arrivals */
#define LIMIT_SHOWN_TEXT_BYTES KIB(900)        /* of a report's JSON, to be looked at: one ANSWER; the original has all */
#define LIMIT_ARRIVAL_BYTES MIB(25)          /* as large as big providers send; base64 of 18 MiB */
#define LIMIT_ENVELOPE_TEXT_BYTES 512        /* RFC 5321 4.5.3.1.3: a path is at most 256 */

/* mail */
#define LIMIT_HEADER_BLOCK_BYTES KIB(256)    /* Postfix takes 100 KiB */
#define LIMIT_HEADER_BYTES KIB(64)           /* one header with its folds */
#define LIMIT_HEADERS 1000
#define LIMIT_MIME_DEPTH 10                  /* reports need 2; forwards of forwards 6 */
#define LIMIT_MIME_PARTS 100
#define LIMIT_BOUNDARY_BYTES 200             /* RFC 2046 says 70; real mail has more */
#define LIMIT_PARAMETERS 50                  /* a header */
#define LIMIT_PARAMETER_BYTES KIB(8)         /* all parts of one continued parameter */
#define LIMIT_DKIM_PARSED 10
#define LIMIT_DKIM_VERIFIED 5

/* compression */
#define LIMIT_INFLATED_BYTES MIB(32)         /* 100,000 details are 18.8 MB */
#define LIMIT_ZIP_ENTRIES 100
#define LIMIT_GZIP_MEMBERS 16                /* RFC 1952 permits several */

/* JSON */
#define LIMIT_JSON_DEPTH 16                  /* real reports need 5 */
#define LIMIT_JSON_NODES 2000000             /* values, counted before anything is built; 200,000 details have 1.8 million */
#define LIMIT_JSON_MEMORY_BYTES MIB(88)       /* text, tree and texts of one document, of the worker's 128 */
#define LIMIT_JSON_NUMBER_DIGITS 40

/* reports */
#define LIMIT_REPORTS_PER_ARRIVAL 100
#define LIMIT_UNITS 10000
#define LIMIT_FAILURES 200000                /* of one report */
#define LIMIT_STRINGS_PER_UNIT 1000          /* policy-string, mx-host */
#define LIMIT_DEVIATIONS 200                 /* kept; the rest is counted */
#define LIMIT_UNKNOWN_MEMBERS 200            /* kept; the rest is counted */
#define LIMIT_UNKNOWN_VALUE_BYTES KIB(4)
#define LIMIT_TEXT_BYTES KIB(64)             /* any one text of a report */
#define LIMIT_NAME_BYTES KIB(1)              /* organisation, id, domain, host, address */
#define LIMIT_COUNT UINT64_C(1000000000000)  /* 10^12 sessions: the sum of 9,000 fits 2^53 (RFC 7493 2.2) */
#define LIMIT_PERIOD_DAYS 31
#define LIMIT_PAST_DAYS 4000                 /* older begin: a deviation; archives are imported */

/* the decode worker */
#define LIMIT_DECODE_MEMORY_BYTES MIB(128)
#define LIMIT_DECODE_TEXT_BYTES MIB(16)      /* of it: what the program and its libraries keep resident */
#define LIMIT_DECODE_CPU_SECS 2
#define LIMIT_DECODE_WALL_MS 5000            /* two cores may be busy with other work */
#define LIMIT_DECODE_MESSAGES 10000          /* then the worker is replaced; to start one costs as much as 1,000 */
#define LIMIT_DECODED_BYTES MIB(96)          /* its answer for one arrival */

/* SMTP */
#define LIMIT_SMTP_LINE_BYTES 2048           /* RFC 5321 4.5.3.1.4 says 512; extensions lengthen it */
#define LIMIT_SMTP_DISCARD_BYTES KIB(64)     /* of an overlong line, then 421 */
#define LIMIT_SMTP_RECIPIENTS 100            /* RFC 5321 4.5.3.1.8: at least 100 */
#define LIMIT_SMTP_JUNK 100                  /* commands that do nothing */
#define LIMIT_SMTP_ERRORS 20
#define LIMIT_SMTP_COMMAND_SECS 300          /* RFC 5321 4.5.3.2 */
#define LIMIT_SMTP_COMMAND_BUSY_SECS 10      /* when most connections are taken */
#define LIMIT_SMTP_SESSION_SECS 1800
#define LIMIT_SMTP_DATA_MIN_RATE_BYTES 500   /* a second */
#define LIMIT_SMTP_MEMORY_BYTES MIB(96)      /* of message bytes in all sessions; then 452 */

/* keep */
#define LIMIT_COMMIT_REPORTS 256
#define LIMIT_COMMIT_WAIT_MS 2
#define LIMIT_COMMIT_LATE_MS 50              /* large reports take long to store: then at once, so that nobody waits for many */
#define LIMIT_DIAGNOSIS_WAIT_MS 10000        /* under load; then in parts, so that no commit waits long */
#define LIMIT_DIAGNOSIS_GROUP 4              /* reports in one commit: more of them, and their diagnosis follows the verdicts */
#define LIMIT_DIAGNOSIS_IDLE_MS 20           /* without a commit: then what waits is judged */
#define LIMIT_DIAGNOSIS_PART 512             /* keys in one transaction: an arrival waits a few ms at most */
#define LIMIT_STORE_WAIT_MS 30000            /* for a verdict; then 451 */

#define LIMIT_ORIGINALS_DELETED 1000         /* in one transaction, so that no arrival waits long */

/* HTTP */
#define LIMIT_HTTP_CONNECTIONS 1000
#define LIMIT_HTTP_CONNECTIONS_PER_IP 50
#define LIMIT_HTTP_MEMORY_BYTES MIB(96)      /* of bodies in all requests; then 503 */
#define LIMIT_HTTP_POSTS_AT_ONCE 600         /* from a /24 or a /64; then 429 */
#define LIMIT_HTTP_POSTS_PER_MINUTE 600
#define LIMIT_TLS_ASKS_AT_ONCE 200           /* a proxy asks once for each certificate that it has not */
#define LIMIT_TLS_ASKS_PER_MINUTE 1200
#define LIMIT_HTTP_READS_AT_ONCE 600         /* of one person, token or network: a screen needs ten; then 429 */
#define LIMIT_HTTP_READS_PER_MINUTE 1200
#define LIMIT_ISSUES_AT_ONCE 100              /* of one act: a page has 50, and mail waits meanwhile */
#define LIMIT_PAGE_ROWS 500                  /* rows of one page; more by paging */

/* DNS */
#define LIMIT_DNS_RECORDS 64                 /* of one name and type; ten are many */
#define LIMIT_DNS_ANSWER_BYTES KIB(64)       /* a DNS message has 16 bits for its length */
#define LIMIT_DNS_CACHED_BYTES KIB(4)        /* a key of 8192 bits has 1.5 KiB; larger answers are not kept */
#define LIMIT_DKIM_SKEW_SECS 300             /* clocks that differ */
#define LIMIT_DKIM_KEY_BITS 8192             /* RFC 8301 3.2 asks for 4096; the check of larger ones costs too much */
#define LIMIT_DKIM_RETRY_SECS 86400          /* pending: then it is what it is */
#define LIMIT_DKIM_WAIT_MS 1000              /* for a key; then the message is stored as pending */
#define LIMIT_DKIM_PRIVATE_WAIT_MS 8000      /* the same where a command alone waits, and starts what asks the DNS first */

/* reach */
#define LIMIT_REACH_THREADS 16u              /* they wait for the network nearly all the time */
#define LIMIT_REACH_QUEUE 4096u              /* questions that wait for a thread; more are answered "timeout" */
#define LIMIT_LOOK_THREADS 32u               /* looks under way at the same time; each waits for the network */
#define LIMIT_LOOK_SHARED 1024u              /* servers whose look serves others for ten minutes */
#define LIMIT_LOOK_SHARED_BYTES KIB(64)      /* of the chain of one; larger ones are not shared */
#define LIMIT_LOOK_SERVERS 20u               /* of a domain; ten are many */
#define LIMIT_LOOK_ADDRESSES 4u              /* of a server */
#define LIMIT_LOOK_PATTERNS 1000u            /* mx lines of a policy that is used */
#define LIMIT_LOOK_FINDINGS 500u
#define LIMIT_LOOK_BYTES MIB(4)              /* one look, as it goes from reach to keep */
#define LIMIT_KEYS_WAITING 4096u             /* messages in keep that wait for a key; more are stored as pending */
#define LIMIT_KNOWN_NETWORKS 4096u           /* of reporters that are known; Google has some dozens */
#define LIMIT_KNOWN_NETWORK_DAYS 35          /* without a report that counts: then it is a stranger again */
#define LIMIT_RESERVE_DIVISOR 8u             /* one in so many connections is kept for known networks; a quarter of memory */
#define LIMIT_STRANGERS_UNDER_WAY 512u       /* arrivals of strangers that one door has given to keep; the rest waits */
#define LIMIT_STRANGERS_UNDER_WAY_BYTES MIB(16) /* two doors leave half of what keep takes (limits.in_flight_bytes) */
#define LIMIT_NEW_REPORTERS_PER_DAY 500u     /* that count, however well they sign; more are held */
#define LIMIT_NEW_REPORTER_REPORTS 2000u     /* of one of them, on its first day */
