/* SPDX-License-Identifier: ISC */
/* One binary.  `mailseal NOUN VERB` is the command line; `mailseal --role NAME` is how the supervisor starts a role. */
#include <string.h>

#include "cli/cli.h"
#include "role/role_start.h"

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "--role") == 0)
		return role_start(argc, argv);
	return cli_main(argc, argv);
}
