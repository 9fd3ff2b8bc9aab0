/* SPDX-License-Identifier: ISC */
#pragma once
/* Tells the service manager how far we are (the protocol of sd_notify(3)): one line on the socket that NOTIFY_SOCKET
 * names, "READY=1" or "STOPPING=1".  Without such a socket, or with a broken one, nothing happens: it is news, no duty. */
void notify_manager(const char *line);
