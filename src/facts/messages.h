/* SPDX-License-Identifier: ISC */
/* The messages between roles.  X(ID, name, most bytes of its body).  The bodies are described where they are made:
 * report/wire.h, role/. */
#define MESSAGES(X)                                                                                                    \
	/* a door, or the command line, to keep; keep to decode: an arrival */                                         \
	X(ARRIVAL, "arrival", LIMIT_ARRIVAL_BYTES + KIB(32))                                                           \
	/* decode to keep: struct decoded */                                                                           \
	X(DECODED, "decoded", LIMIT_DECODED_BYTES)                                                                     \
	/* keep to a door: what became of it */                                                                        \
	X(VERDICT, "verdict", KIB(4))                                                                                  \
	/* a command that changes the store, and its answer */                                                         \
	X(COMMAND, "command", KIB(64))                                                                                 \
	X(ANSWER, "answer", MIB(1))                                                                                    \
	/* supervisor to a role: here is a connection to a peer (one descriptor) */                                    \
	X(LINK, "link", 64)                                                                                            \
	/* a role to the supervisor, a decode worker to keep: ready; this decode worker is to be replaced */                                    \
	X(READY, "ready", 512)                                                                                          \
	X(REPLACE, "replace", 64)                                                                                      \
	/* keep to a door: the networks of reporters that are known */                                                 \
	X(KNOWN, "known", KIB(512))                                                                                    \
	/* supervisor to a role: finish what is under way, then exit */                                                \
	X(DRAIN, "drain", 64)                                                                                          \
	/* keep to reach and back: a DNS question, a delivery, a look */                                               \
	X(ASK, "ask", MIB(1))                                                                                          \
	X(TOLD, "told", MIB(4))
