/* SPDX-License-Identifier: ISC */
/* The roles of `mailseal serve` and what each may do.  sys/sandbox holds these lines with seccomp and Landlock.
 * X(ID, name, rights). */
#define RIGHT_FILES_READ 1u  /* open files of the state folder for reading */
#define RIGHT_FILES_WRITE 2u /* and for writing */
#define RIGHT_ACCEPT 4u      /* accept(2) on sockets it was given */
#define RIGHT_CONNECT 8u     /* socket(2), connect(2) */
#define RIGHT_THREADS 16u    /* clone(2) of threads, never of processes */
#define RIGHT_SOCKET_IO 32u  /* send, receive and poll on sockets it has, also with descriptors */
#define RIGHT_SYSTEM_READ 64u /* open files of the system (certificates, resolver) for reading */

#define ROLES(X)                                                                                                       \
	X(SMTP, "smtp", RIGHT_ACCEPT | RIGHT_THREADS | RIGHT_SOCKET_IO)                                                \
	X(HTTP, "http", RIGHT_ACCEPT | RIGHT_THREADS | RIGHT_SOCKET_IO | RIGHT_FILES_READ)                             \
	X(DECODE, "decode", 0)                                                                                         \
	X(KEEP, "keep", RIGHT_FILES_READ | RIGHT_FILES_WRITE | RIGHT_SOCKET_IO | RIGHT_ACCEPT)                          \
	X(REACH, "reach", RIGHT_CONNECT | RIGHT_THREADS | RIGHT_SOCKET_IO | RIGHT_SYSTEM_READ)
