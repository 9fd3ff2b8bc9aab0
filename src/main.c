/* SPDX-License-Identifier: ISC */
/* One binary.  `mailseal NOUN VERB` is the command line; `mailseal --role NAME` is how the supervisor starts a role. */
#include "cli/cli.h"

int main(int argc, char **argv)
{
	return cli_main(argc, argv);
}
