/* SPDX-License-Identifier: ISC */
#pragma once
/* /mute/TOKEN, the link in a message: a page that asks, because readers of mail follow links by themselves, and what happens
 * when its button is pressed, or when a mail program unsubscribes with one click (RFC 8058). */
#include "role/http_visit.h"

void http_mute(struct http_visit *visit);
