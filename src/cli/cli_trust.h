/* SPDX-License-Identifier: ISC */
#pragma once
/* mailseal source trust|distrust|forget|decisions: who is believed. */
#include "cli/cli.h"

/* True if `verb` is one of them. */
bool cli_trust_is_verb(const char *verb);
/* `argv[0]` is the verb.  `others`: believe also what somebody else signed in the reporter's name. */
int cli_trust(struct cli *cli, int argc, char **argv, bool others);
